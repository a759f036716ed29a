//! Copies: of a template within its organisation, and of a step.

use serde_json::{Value, json};

use super::{field, id, made, step, whole};
use crate::support::{World, both_engines};

both_engines!(within_the_organisation, of_a_step, for_older_connectors);

async fn within_the_organisation(world: &World) {
    let folder = json!({"name": "T", "folder_type": "checklist"});
    let folder = id(&world
        .admin
        .post(&world.at("folders"), folder)
        .await
        .expect(201));
    let template = made(world, &world.standard, "Original").await;
    let one = step(&world.standard, &template, "One").await;
    let flags = json!({"title": "Original", "folder_id": folder, "status": "Finishing", "can_add_oot": true, "auto_naming": true,
        "dual_version_enabled": true, "is_public": true, "starred": true, "webhook": "https://hooks.example.com/x",
        "users": [world.light.user_id]});
    world.standard.put(&template, flags).await.expect(200);
    let people = json!({"title": "One", "assignees": [world.light.user_id]});
    let path = format!("{template}/steps/{one}");
    world.standard.put(&path, people).await.expect(200);
    let publish = format!("{template}/publish");
    world.standard.put(&publish, json!({})).await.expect(200);
    let clone = format!("{template}/clone");
    let copy = world.standard.post(&clone, json!({})).await.expect(201);
    let copy = world.at(&format!("checklists/{}", id(&copy)));
    let copy = whole(&world.standard, &copy).await;
    for (key, value) in [
        ("title", json!("COPY OF - Original")),
        ("folder_id", json!(folder)),
        ("status", json!("Finishing")),
        ("can_add_oot", json!(true)),
        ("auto_naming", json!(true)),
        ("dual_version_enabled", json!(true)),
        ("is_published_state", json!(false)),
        ("webhook", json!("https://hooks.example.com/x")),
        // What opens it to others is not copied.
        ("is_public", json!(false)),
        ("starred", json!(false)),
        ("users", json!([])),
        ("version", json!(1)),
        ("started_processes", json!(0)),
        ("owner_id", json!(world.standard.user_id)),
    ] {
        assert_eq!(copy[key], value, "{key}");
    }
    let people = &copy["steps"]["data"][0]["assignees"];
    assert_eq!(*people, json!([world.light.user_id]));
    // Reading is not enough to copy, and what is archived is not there.
    world.other.post(&clone, json!({})).await.expect(403);
    world.light.post(&clone, json!({})).await.expect(403);
    world.standard.delete(&template).await.expect(200);
    world.standard.post(&clone, json!({})).await.expect(404);
    let long = json!({"title": "x".repeat(251)});
    world.standard.post(&clone, long).await.expect(422);
}

async fn of_a_step(world: &World) {
    let template = made(world, &world.standard, "Steps").await;
    let one = step(&world.standard, &template, "One").await;
    step(&world.standard, &template, "Two").await;
    field(&world.standard, &template, &one).await;
    let path = format!("{template}/steps/{one}");
    let people =
        json!({"title": "One", "guests": ["kim@guest.example"], "summary": "<p>Slowly</p>"});
    world.standard.put(&path, people).await.expect(200);
    let original = world.standard.get(&path).await.data().clone();
    let copy = world
        .standard
        .post(&format!("{path}/clone"), json!({}))
        .await;
    let copy = copy.expect(201).data().clone();
    let now = whole(&world.standard, &template).await;
    let order: Vec<&Value> = now["steps"]["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| &step["title"])
        .collect();
    assert_eq!(order, ["One", "One", "Two"]);
    assert_eq!(copy["position"], 2, "right after it");
    for key in ["title", "summary", "guests", "deadline"] {
        assert_eq!(copy[key], original[key], "{key}");
    }
    let (mine, theirs) = (&copy["captures"][0], &original["captures"][0]);
    assert_eq!(mine["options"], theirs["options"]);
    for (mine, theirs) in [
        (&copy["id"], &original["id"]),
        (&copy["alias"], &original["alias"]),
        (&mine["id"], &theirs["id"]),
        (&mine["alias"], &theirs["alias"]),
    ] {
        assert_ne!(mine, theirs);
    }
    let nowhere = format!("{template}/steps/{}/clone", now["id"].as_str().unwrap());
    world.standard.post(&nowhere, json!({})).await.expect(404);
    world
        .other
        .post(&format!("{path}/clone"), json!({}))
        .await
        .expect(403);
}

async fn for_older_connectors(world: &World) {
    let template = made(world, &world.standard, "Steps").await;
    let one = step(&world.standard, &template, "One").await;
    let template_id = template.rsplit('/').next().unwrap();
    let path = format!(
        "/processes/micro-functions/organizations/{}/blueprints/{template_id}/steps/{one}/edit-step-type",
        world.org
    );
    for (word, all) in [("all", true), ("any", false)] {
        let body = json!({"stepType": word});
        let answer = world.standard.put(&path, body).await.expect(200);
        assert_eq!(answer.data()["everyone_must_complete"], all);
    }
    let refused = world.standard.put(&path, json!({"stepType": "some"})).await;
    assert!(refused.expect(422).json["errors"]["stepType"].is_array());
    let body = json!({"stepType": "all"});
    world.other.put(&path, body).await.expect(403);
}
