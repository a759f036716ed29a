//! Snippets: kept clean, read by everybody, written by administrators.

use serde_json::{Value, json};

use crate::support::shapes::snapshots;
use crate::support::{World, both_engines};

both_engines!(
    kept_clean,
    what_an_older_version_cleaned_is_cleaned_again,
    in_the_texts_of_templates,
);

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

async fn in_the_texts_of_templates(world: &World) {
    let safety = made(
        world,
        json!({"title": "Safety", "content": "<p>Wear <b>gloves</b></p>", "is_public": true}),
    )
    .await;
    let alarm = made(
        world,
        json!({"title": "Alarm", "content": "<p>The code is 4711</p>"}),
    )
    .await;
    let chip = |snippet: &Value| {
        let id = snippet["id"].as_str().unwrap();
        format!("<div data-snippet-id=\"{id}\"></div>")
    };
    let text = format!("<p>Enter</p>{}{}", chip(&safety), chip(&alarm));
    let body = json!({"title": "Open the shop", "type": "procedure", "summary": text, "is_public": true,
        "steps": [{"title": "Lights", "summary": chip(&safety)}]});
    let template = world.admin.post(&world.at("checklists"), body).await;
    let id = template.expect(201).data()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = world.at(&format!("checklists/{id}"));
    let public = format!("/public{path}");
    let markdown = format!("{path}/export?format=markdown");

    // Editors get references and send them back.
    let seen = world.standard.get(&path).await.expect(200);
    assert_eq!(seen.data()["summary"], text);
    // Members read every snippet, the public only those that are public.
    let seen = world.standard.get(&markdown).await.expect(200);
    let document = seen.data()["content"].as_str().unwrap();
    assert_eq!(document.matches("Wear **gloves**").count(), 2, "{document}");
    assert!(document.contains("4711"), "{document}");
    let seen = world.stranger.get(&public).await.expect(200);
    assert_eq!(seen.text.matches("gloves").count(), 2, "{}", seen.text);
    assert!(
        seen.text.contains("Enter") && !seen.text.contains("4711"),
        "{}",
        seen.text
    );

    // A change is seen wherever the snippet is.
    let snippet = world.at(&format!(
        "text-templates/{}",
        safety["id"].as_str().unwrap()
    ));
    let change = json!({"content": "<p>Wear a helmet</p>"});
    world.admin.put(&snippet, change).await.expect(200);
    let seen = world.stranger.get(&public).await.expect(200);
    assert_eq!(seen.text.matches("helmet").count(), 2, "{}", seen.text);

    // One that is deleted leaves the texts.
    world.admin.delete(&snippet).await.expect(204);
    let seen = world
        .admin
        .get(&format!("{path}?with=steps"))
        .await
        .expect(200);
    assert_eq!(
        seen.data()["summary"],
        format!("<p>Enter</p>{}", chip(&alarm))
    );
    assert_eq!(seen.data()["steps"]["data"][0]["summary"], "");
}
