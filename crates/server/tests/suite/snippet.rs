//! Snippets: kept clean, read by everybody, written by administrators.

use serde_json::{Value, json};

use crate::support::shapes::snapshots;
use crate::support::{World, both_engines};

both_engines!(kept_clean, what_an_older_version_cleaned_is_cleaned_again);

async fn made(world: &World, body: Value) -> Value {
    let made = world.admin.post(&world.at("text-templates"), body).await;
    made.expect(201).data().clone()
}

async fn kept_clean(world: &World) {
    let content = r#"<h2 onclick="x()">Hello {{first_name}}</h2><script>alert(1)</script><p style="color:red">Bye</p>"#;
    let body = json!({"title": "Greeting", "content": content, "is_public": 1});
    let snippet = made(world, body).await;
    let path = world.at(&format!(
        "text-templates/{}",
        snippet["id"].as_str().unwrap()
    ));
    let read = world.light.get(&path).await.expect(200);
    snapshots().bind(|| insta::assert_json_snapshot!("snippet", read.json));
    let changed = world
        .admin
        .put(&path, json!({"content": null, "is_public": "false"}))
        .await
        .expect(200);
    assert_eq!(changed.data()["content"], "");
    assert_eq!(changed.data()["is_public"], false);
    assert_eq!(changed.data()["title"], "Greeting");
    world
        .standard
        .put(&path, json!({"title": "Mine"}))
        .await
        .expect(403);
    for body in [
        json!({}),
        json!({"title": "x".repeat(201)}),
        json!({"title": "T", "content": "x".repeat(100_001)}),
    ] {
        world
            .admin
            .post(&world.at("text-templates"), body)
            .await
            .expect(422);
    }
    made(world, json!({"title": "Ärger"})).await;
    let found = world
        .light
        .get(&world.at("text-templates?q=%C3%A4RG"))
        .await
        .expect(200);
    assert_eq!(found.data()[0]["title"], "Ärger");
    assert_eq!(found.json["meta"]["pagination"]["total"], 1);
    world.admin.delete(&path).await.expect(204);
    world.admin.delete(&path).await.expect(404);
}

async fn what_an_older_version_cleaned_is_cleaned_again(world: &World) {
    let snippet = made(world, json!({"title": "Old"})).await;
    let (org, id) = (
        world.org.clone(),
        snippet["id"].as_str().unwrap().to_owned(),
    );
    world
        .write(move |tx| {
            let sql = "UPDATE snippets SET content = $3, content_rules = 0 WHERE organization_id = $1 AND id = $2";
            tx.run(sql, tallystick_db::args![&org, &id, "<p><object>x</object></p>"])
        })
        .await;
    let path = world.at(&format!(
        "text-templates/{}",
        snippet["id"].as_str().unwrap()
    ));
    let read = world.light.get(&path).await.expect(200);
    assert_eq!(read.data()["content"], "<p>x</p>");
}
