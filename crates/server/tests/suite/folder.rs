//! Folders: trees without circles, and what lies in them.

use serde_json::{Value, json};

use crate::support::shapes::snapshots;
use crate::support::{World, both_engines};

both_engines!(
    nested_or_side_by_side,
    what_cannot_be_a_parent,
    two_moves_at_once_close_no_circle,
    what_lies_in_a_deleted_folder_moves_out,
    tasks_in_folders,
    templates_in_folders,
);

async fn made(world: &World, body: Value) -> Value {
    let made = world
        .standard
        .post(&world.at("folders"), body)
        .await
        .expect(201);
    made.data().clone()
}

fn at(world: &World, folder: &Value) -> String {
    world.at(&format!("folders/{}", folder["id"].as_str().unwrap()))
}

fn names(folders: &Value) -> Vec<&str> {
    let rows = folders.as_array().unwrap().iter();
    rows.map(|folder| folder["name"].as_str().unwrap())
        .collect()
}

async fn nested_or_side_by_side(world: &World) {
    let top = made(world, json!({"name": " Sales "})).await;
    let inner = made(world, json!({"name": "Öl", "parent_id": top["id"]})).await;
    made(world, json!({"name": "Deep", "parent_id": inner["id"]})).await;
    made(world, json!({"name": "Second"})).await;
    made(world, json!({"name": "Work", "folder_type": "run"})).await;
    let read = world.light.get(&at(world, &inner)).await.expect(200);
    snapshots()
        .bind(|| insta::assert_json_snapshot!("folder", read.json, {".data.parent_id" => "[id]"}));
    let ask = async |query: &str| {
        world
            .light
            .get(&world.at(&format!("folders?{query}")))
            .await
            .expect(200)
    };
    let flat = ask("folder_type=checklist&pagination=false").await;
    assert_eq!(names(flat.data()), ["Sales", "Öl", "Deep", "Second"]);
    assert_eq!(flat.json.get("meta"), None);
    let nested = ask("folder_type=checklist&pagination=false&with=children&sort=position").await;
    assert_eq!(names(nested.data()), ["Sales", "Second"]);
    let children = &nested.data()[0]["children"]["data"];
    assert_eq!(names(children), ["Öl"]);
    assert_eq!(names(&children[0]["children"]["data"]), ["Deep"]);
    assert_eq!(nested.data()[1]["children"], json!({"data": []}));
    let page = ask("folder_type=checklist&with=children&per_page=1&page=2").await;
    assert_eq!(names(page.data()), ["Second"]);
    assert_eq!(page.json["meta"]["pagination"]["total"], 2);
    let found = ask("with=children&q=%C3%B6L").await;
    assert_eq!(names(found.data()), ["Öl"]);
    let all = ask("sort=-name&per_page=3").await;
    assert_eq!(names(all.data()), ["Öl", "Work", "Second"]);
    assert_eq!(all.json["meta"]["pagination"]["total"], 5);
    let one = world
        .light
        .get(&format!("{}?with=children", at(world, &top)))
        .await
        .expect(200);
    assert_eq!(one.data()["children"]["data"], *children);
}

async fn what_cannot_be_a_parent(world: &World) {
    let top = made(world, json!({"name": "Top"})).await;
    let inner = made(world, json!({"name": "Inner", "parent_id": top["id"]})).await;
    let work = made(world, json!({"name": "Work", "folder_type": "run"})).await;
    for parent in [
        &top["id"],
        &inner["id"],
        &work["id"],
        &json!("0".repeat(32)),
        &json!("x"),
    ] {
        let answer = world
            .standard
            .put(&at(world, &top), json!({"parent_id": parent}))
            .await;
        let answer = answer.expect(422);
        assert!(
            answer.json["errors"]["parent_id"].is_array(),
            "{}",
            answer.text
        );
    }
    let moved = world
        .standard
        .put(&at(world, &inner), json!({"parent_id": null, "name": "Up"}))
        .await
        .expect(200);
    assert_eq!(moved.data()["parent_id"], Value::Null);
    assert_eq!(moved.data()["name"], "Up");
    // The type stays what it was.
    let sent = world
        .standard
        .put(
            &at(world, &inner),
            json!({"folder_type": "run", "position": 7}),
        )
        .await
        .expect(200);
    assert_eq!(sent.data()["folder_type"], "checklist");
    assert_eq!(sent.data()["position"], 7);
    let mut above = top["id"].clone();
    for level in 2..=20 {
        above = made(
            world,
            json!({"name": format!("Level {level}"), "parent_id": above}),
        )
        .await["id"]
            .clone();
    }
    let deeper = world
        .standard
        .post(
            &world.at("folders"),
            json!({"name": "Level 21", "parent_id": above}),
        )
        .await;
    deeper.expect(422);
    let path = world.at("folders?with=children&pagination=false");
    assert!(
        world
            .light
            .get(&path)
            .await
            .expect(200)
            .text
            .contains("Level 20")
    );
    for body in [
        json!({"name": ""}),
        json!({"name": "x".repeat(33)}),
        json!({"position": 0}),
    ] {
        world.standard.put(&at(world, &top), body).await.expect(422);
    }
}

async fn two_moves_at_once_close_no_circle(world: &World) {
    for _ in 0..5 {
        let one = made(world, json!({"name": "One"})).await;
        let two = made(world, json!({"name": "Two"})).await;
        let (first, second) = (at(world, &one), at(world, &two));
        let (first, second) = tokio::join!(
            world.standard.put(&first, json!({"parent_id": two["id"]})),
            world.admin.put(&second, json!({"parent_id": one["id"]})),
        );
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);
    }
}

async fn what_lies_in_a_deleted_folder_moves_out(world: &World) {
    let top = made(world, json!({"name": "Top", "folder_type": "run"})).await;
    let inner = made(
        world,
        json!({"name": "Inner", "folder_type": "run", "parent_id": top["id"]}),
    )
    .await;
    let deep = made(
        world,
        json!({"name": "Deep", "folder_type": "run", "parent_id": inner["id"]}),
    )
    .await;
    let task = world.task(|_| {}).await;
    let body = json!({"folder_id": inner["id"], "subject_id": task, "subject_type": "Task"});
    let add = world.at("folders/add-object");
    world.admin.post(&add, body).await.expect(201);
    world.standard.delete(&at(world, &inner)).await.expect(204);
    world.standard.delete(&at(world, &inner)).await.expect(404);
    let left = world.standard.get(&at(world, &deep)).await.expect(200);
    assert_eq!(left.data()["parent_id"], top["id"]);
    let with = world.at(&format!("tasks/{task}?with=folders"));
    let read = world.admin.get(&with).await.expect(200);
    assert_eq!(read.data()["folders"]["data"][0]["folder_id"], top["id"]);
    world.standard.delete(&at(world, &top)).await.expect(204);
    let read = world.admin.get(&with).await.expect(200);
    assert_eq!(read.data()["folders"], json!({"data": []}));
}

async fn tasks_in_folders(world: &World) {
    let one = made(world, json!({"name": "One", "folder_type": "run"})).await;
    let two = made(world, json!({"name": "Two", "folder_type": "run"})).await;
    let templates = made(world, json!({"name": "Templates"})).await;
    let task = world.task(|_| {}).await;
    let add = async |folder: &Value, kind: &str| {
        let body = json!({"folder_id": folder["id"], "subject_id": task, "subject_type": kind});
        world
            .admin
            .post(&world.at("folders/add-object"), body)
            .await
    };
    let link = add(&one, "Task").await.expect(201).data().clone();
    assert_eq!(link["folder_id"], one["id"]);
    let moved = add(&two, "Task").await.expect(201).data().clone();
    assert_eq!(moved["id"], link["id"]);
    assert_eq!(moved["folder_id"], two["id"]);
    let total =
        async |folder: &Value| world.admin.get(&at(world, folder)).await.data()["total"].clone();
    assert_eq!((total(&one).await, total(&two).await), (json!(0), json!(1)));
    for (folder, kind, field) in [
        (&templates, "Task", "folder_id"),
        (&one, "Run", "subject_id"),
        (&one, "Checklist", "subject_type"),
    ] {
        let answer = add(folder, kind).await.expect(422);
        assert!(answer.json["errors"][field].is_array(), "{}", answer.text);
    }
    // Nobody files what they may not see.
    let body = json!({"folder_id": one["id"], "subject_id": task, "subject_type": "Task"});
    let hidden = world
        .standard
        .post(&world.at("folders/add-object"), body)
        .await
        .expect(422);
    assert_eq!(hidden.json["errors"]["subject_id"][0], "Subject not found");
    let out = world.at(&format!("folders-objects/{}", link["id"]));
    world.standard.delete(&out).await.expect(404);
    world.admin.delete(&out).await.expect(204);
    world.admin.delete(&out).await.expect(404);
    assert_eq!(total(&two).await, json!(0));
}

async fn templates_in_folders(world: &World) {
    let top = made(world, json!({"name": "Top"})).await;
    let inner = made(world, json!({"name": "Inner", "parent_id": top["id"]})).await;
    let work = made(world, json!({"name": "Work", "folder_type": "run"})).await;
    let template = json!({"type": "procedure", "title": "Month end", "folder_id": inner["id"], "default_folder": work["id"]});
    let template = world
        .admin
        .post(&world.at("checklists"), template)
        .await
        .expect(201);
    let path = world.at(&format!(
        "checklists/{}",
        template.data()["id"].as_str().unwrap()
    ));
    assert_eq!(template.data()["folder_id"], inner["id"]);
    assert_eq!(template.data()["default_folder"], work["id"]);
    let read = world.admin.get(&at(world, &inner)).await;
    assert_eq!(read.data()["total"], 1);
    for body in [
        json!({"folder_id": work["id"]}),
        json!({"default_folder": top["id"]}),
    ] {
        let mut body = body;
        body["title"] = json!("Month end");
        world.admin.put(&path, body).await.expect(422);
    }
    world.admin.delete(&at(world, &inner)).await.expect(204);
    assert_eq!(world.admin.get(&path).await.data()["folder_id"], top["id"]);
    world.admin.delete(&at(world, &top)).await.expect(204);
    assert_eq!(
        world.admin.get(&path).await.data()["folder_id"],
        Value::Null
    );
}
