//! Tags: what they are called, how they are listed, and what carries them.

use serde_json::{Value, json};
use tallystick_server::tag::store;
use tallystick_wire::tag::SubjectType;

use crate::support::shapes::snapshots;
use crate::support::{NOW, World, both_engines};

both_engines!(
    whole,
    faults,
    automatic_tags_stay_in_the_background,
    attached_once_and_gone_with_the_tag,
    on_what_the_caller_may_change,
);

async fn made(world: &World, body: Value) -> Value {
    let made = world.admin.post(&world.at("tags"), body).await.expect(201);
    made.data().clone()
}

fn at(world: &World, tag: &Value) -> String {
    world.at(&format!("tags/{}", tag["id"].as_str().unwrap()))
}

async fn whole(world: &World) {
    let tag = made(world, json!({"title": " Finance ", "color": "#2a7F62"})).await;
    let path = at(world, &tag);
    let read = world
        .light
        .get(&format!("{path}?with=statistics"))
        .await
        .expect(200);
    snapshots().bind(|| insta::assert_json_snapshot!("tag", read.json));
    let changed = world
        .admin
        .put(&path, json!({"title": "Money"}))
        .await
        .expect(200);
    assert_eq!(changed.data()["color"], "#2a7F62");
    let changed = world
        .admin
        .put(&path, json!({"color": ""}))
        .await
        .expect(200);
    assert_eq!(changed.data()["color"], Value::Null);
    assert_eq!(changed.data()["title"], "Money");
    world.admin.delete(&path).await.expect(204);
    world.admin.delete(&path).await.expect(204);
    world.admin.get(&path).await.expect(404);
}

async fn faults(world: &World) {
    made(world, json!({"title": "Über"})).await;
    let tag = made(world, json!({"title": "Other"})).await;
    for (body, fields) in [
        (json!({}), vec!["title"]),
        (
            json!({"title": "x".repeat(31), "color": "red"}),
            vec!["color", "title"],
        ),
        (json!({"title": "üBER"}), vec!["title"]),
        (json!({"title": "Third", "color": "#12345g"}), vec!["color"]),
    ] {
        let answer = world
            .admin
            .post(&world.at("tags"), body.clone())
            .await
            .expect(422);
        let errors = answer.json["errors"].as_object().unwrap();
        assert_eq!(errors.keys().collect::<Vec<_>>(), fields, "{body}");
    }
    let path = at(world, &tag);
    for body in [json!({}), json!({"title": null}), json!({"title": "ÜBER"})] {
        world.admin.put(&path, body).await.expect(422);
    }
    world
        .standard
        .put(&path, json!({"title": "Mine"}))
        .await
        .expect(403);
}

async fn automatic_tags_stay_in_the_background(world: &World) {
    made(world, json!({"title": "B"})).await;
    made(world, json!({"title": "A"})).await;
    let (org, id) = (world.org.clone(), world.app.ids.object(NOW));
    let tag = store::Tag {
        id,
        title: "from: B".to_owned(),
        color: None,
        auto_generated: true,
        created_at: NOW,
    };
    world.write(move |tx| store::insert(tx, &org, &tag)).await;
    for (query, expected) in [
        ("?sort=title", vec!["A", "B"]),
        ("?all=true&sort=-title", vec!["from: B", "B", "A"]),
        ("?all=1&sort=title", vec!["A", "B"]),
        ("?auto_generated=true", vec!["from: B"]),
        ("?all=true&auto_generated=true", vec!["from: B"]),
        ("?auto_generated=false&sort=title", vec!["A", "B"]),
        ("?q=b&all=true&sort=title", vec!["B", "from: B"]),
        ("?status=archived&sort=title", vec!["A", "B"]),
    ] {
        let list = world
            .light
            .get(&world.at(&format!("tags{query}")))
            .await
            .expect(200);
        let rows = list.data().as_array().unwrap();
        let titles: Vec<&str> = rows
            .iter()
            .map(|tag| tag["title"].as_str().unwrap())
            .collect();
        assert_eq!(titles, expected, "{query}");
        assert_eq!(
            list.json["meta"]["pagination"]["total"],
            expected.len(),
            "{query}"
        );
    }
}

async fn attached_once_and_gone_with_the_tag(world: &World) {
    let tag = made(world, json!({"title": "Finance"})).await;
    let id = tag["id"].as_str().unwrap().to_owned();
    let task = world.task(|_| {}).await;
    let attach = async |org: &String| {
        let (org, id, task) = (org.clone(), id.clone(), task.clone());
        let attached =
            world.write(move |tx| store::attach(tx, &org, &id, SubjectType::Task, &task, NOW));
        attached.await
    };
    let (first, is_new) = attach(&world.org).await.unwrap();
    let (second, is_newer) = attach(&world.org).await.unwrap();
    assert!(is_new && !is_newer);
    assert_eq!(first, second);
    assert!(
        attach(&world.side).await.is_none(),
        "another organisation's tag"
    );
    let with = world.at(&format!("tasks/{task}?with=tags"));
    let read = world.admin.get(&with).await.expect(200);
    assert_eq!(read.data()["tags"]["data"][0]["tag_id"], tag["id"]);
    assert_eq!(read.data()["tags"]["data"][0]["id"], first.id);
    let list = world
        .admin
        .get(&world.at("tasks?with=tags"))
        .await
        .expect(200);
    assert_eq!(list.data()[0]["tags"], read.data()["tags"]);
    world.admin.delete(&at(world, &tag)).await.expect(204);
    let read = world.admin.get(&with).await.expect(200);
    assert_eq!(read.data()["tags"], json!({"data": []}));
}

async fn on_what_the_caller_may_change(world: &World) {
    let tag = made(world, json!({"title": "Finance"})).await;
    let template = json!({"type": "procedure", "title": "Month end"});
    let template = world
        .standard
        .post(&world.at("checklists"), template)
        .await
        .expect(201);
    let template = template.data()["id"].as_str().unwrap().to_owned();
    let path = world.at("checklists/tags");
    let wanted = json!({"subject_id": template, "subject_type": "Checklist", "tag_id": tag["id"], "tag_type": "private"});
    let link = world.standard.post(&path, wanted.clone()).await.expect(201);
    let again = world.admin.post(&path, wanted.clone()).await.expect(200);
    assert_eq!(link.data(), again.data());
    let with = world.at(&format!("checklists/{template}?with=tags"));
    let read = world.standard.get(&with).await.expect(200);
    assert_eq!(read.data()["tags"]["data"], json!([link.data()]));
    let statistics = format!("{}?with=statistics", at(world, &tag));
    let statistics = world.light.get(&statistics).await.expect(200);
    assert_eq!(
        statistics.data()["statistics"]["data"]["active_template"],
        1
    );
    for (name, value) in [
        ("tag_id", json!("0".repeat(32))),
        ("subject_id", json!("0".repeat(32))),
        ("subject_id", json!(world.canary_task)),
        ("subject_type", json!("Moon")),
        ("subject_type", json!(null)),
    ] {
        let mut body = wanted.clone();
        body[name] = value;
        let refused = world.admin.post(&path, body).await.expect(422);
        assert!(refused.json["errors"][name].is_array(), "{}", refused.text);
    }
    world.light.post(&path, wanted.clone()).await.expect(403);
    let detach = format!("{path}/{}", link.data()["id"]);
    world.other.post(&path, wanted.clone()).await.expect(403);
    world.other.delete(&detach).await.expect(403);
    world
        .standard
        .delete(&format!("{path}/{}", tag["id"].as_str().unwrap()))
        .await
        .expect(404);
    world.standard.delete(&detach).await.expect(204);
    world.standard.delete(&detach).await.expect(404);
    world
        .admin
        .delete(&world.at(&format!("checklists/{template}")))
        .await
        .expect(200);
    let archived = world.admin.post(&path, wanted).await.expect(422);
    assert_eq!(
        archived.json["errors"]["subject_id"][0],
        "Subject not found"
    );
}
