//! The activity feed: what it tells, to whom, and how it is narrowed.

use serde_json::{Value, json};
use tallystick_server::clock::{DAY, MINUTE};
use tallystick_server::task::rules::Task;

use crate::support::{Actor, World, both_engines};
use crate::task::{complete, to, total};

both_engines!(
    changes_are_told,
    everybody_sees_what_they_may,
    filters_narrow,
    wrong_filters_are_named,
    everything_is_told_by_its_name,
);

async fn feed(world: &World, by: &Actor, query: &str) -> Vec<Value> {
    let path = world.at(&format!("activity-feeds?per_page=100&{query}"));
    let answer = by.get(&path).await.expect(200);
    let rows = answer.data().as_array().unwrap().clone();
    assert_eq!(total(&answer), i64::try_from(rows.len()).unwrap());
    rows
}

fn verbs(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["verb"][0].as_str().unwrap())
        .collect()
}

async fn make(world: &World, by: &Actor, title: &str) -> String {
    let body = json!({"title": title, "owners": {"users": [world.standard.user_id]}});
    let made = by.post(&world.at("tasks"), body).await.expect(201);
    made.data()["id"].as_str().unwrap().to_owned()
}

async fn changes_are_told(world: &World) {
    let task = make(world, &world.admin, "Oil the hinges").await;
    let at = world.at(&format!("tasks/{task}"));
    world.clock.advance(MINUTE);
    let body = json!({"title": "Oil all hinges", "owners": {"users": []}});
    world.admin.put(&at, body).await.expect(200);
    world.clock.advance(MINUTE);
    let body = json!({"content": format!("@[{}] see", world.standard.user_id)});
    let said = world
        .admin
        .post(&format!("{at}/comment"), body)
        .await
        .expect(201);
    let rows = feed(world, &world.admin, "").await;
    assert_eq!(
        verbs(&rows),
        ["commented", "owners-updated", "updated", "created"]
    );
    let actor = json!([{
        "id": world.admin.user_id, "email": "ada@northwind.example", "username": "ada", "first_name": "Ada",
        "last_name": "Example", "full_name": "Ada Example", "profile_pic": null, "resize_profile_pic": null,
    }]);
    let named =
        |id: &Value, title: &str| json!({"data": {"id": id, "title": title, "name": title}});
    let text = "<strong>Bruno Example</strong> see";
    assert_eq!(
        rows[0],
        json!({
            "id": rows[0]["id"], "organization_id": world.org, "created_at": "2026-03-02T10:02:00.000Z",
            "auditable_type": "App\\Models\\Thread", "auditable_id": said.data()["id"],
            "parentable_type": "App\\Models\\Task", "parentable_id": task, "undoable": false,
            "verb": ["commented"], "source": ["Member"], "actor_type": ["App\\Models\\User"],
            "actor_id": [world.admin.user_id], "type": ["Comment"],
            "description": ["commented on the task \"Oil all hinges\""],
            "field": null, "old_value": null, "text": [text], "references": null, "actor": actor,
            "audit": named(&said.data()["id"], text), "parent": named(&json!(task), "Oil all hinges"), "origin": null,
        })
    );
    assert_eq!(rows[2]["field"], json!(["title"]));
    assert_eq!(rows[2]["old_value"], json!(["Oil the hinges"]));
    assert_eq!(
        rows[1]["old_value"],
        json!([world.standard.user_id.to_string()])
    );
    // What a comment said is gone with the comment; that there was one is not.
    let comment = said.data()["id"].as_str().unwrap();
    world
        .admin
        .delete(&format!("{at}/comment/{comment}"))
        .await
        .expect(204);
    let rows = feed(world, &world.admin, "").await;
    assert_eq!(rows[0]["verb"], json!(["comment-deleted"]));
    assert_eq!(rows[0]["text"], Value::Null);
    assert_eq!(rows[0]["audit"], Value::Null);
    assert_eq!(rows.len(), 5);
}

async fn everybody_sees_what_they_may(world: &World) {
    let task = make(world, &world.admin, "Oil the hinges").await;
    let secret = world
        .task(|task: &mut Task| {
            task.top_secret = true;
            task.assignees = to(&[&world.other]);
        })
        .await;
    let path = world.at(&format!("tasks/{secret}/comment"));
    world
        .other
        .post(&path, json!({"content": "Shh"}))
        .await
        .expect(201);
    let body = json!({"title": "Onboarding", "type": "procedure"});
    let made = world
        .admin
        .post(&world.at("checklists"), body)
        .await
        .expect(201);
    let template = made.data()["id"].as_str().unwrap();
    let path = world.at(&format!("checklists/{template}/comment"));
    world
        .standard
        .post(
            &path,
            json!({"content": "Shorter, please", "label": "improvement"}),
        )
        .await
        .expect(201);
    let seen = async |actor: &Actor| {
        let rows = feed(world, actor, "sort=created_at").await;
        let mut titles: Vec<String> = rows
            .iter()
            .map(|row| {
                let place = if row["parent"].is_null() {
                    "audit"
                } else {
                    "parent"
                };
                row[place]["data"]["title"].as_str().unwrap().to_owned()
            })
            .collect();
        titles.sort();
        titles
    };
    let (oil, count, on) = ("Oil the hinges", "Count the chairs", "Onboarding");
    assert_eq!(seen(&world.admin).await, [count, oil, on, on]);
    assert_eq!(seen(&world.standard).await, [oil, on, on]);
    assert_eq!(seen(&world.other).await, [count, on, on]);
    assert!(seen(&world.light).await.is_empty());
    // One thing: not found when it cannot be seen, refused when it can and its feed cannot.
    let of = async |actor: &Actor, kind: &str, id: &str| {
        let path = world.at(&format!("activity-feeds?entity_type={kind}&entity_id={id}"));
        actor.get(&path).await.status
    };
    assert_eq!(of(&world.standard, "task", &task).await, 200);
    assert_eq!(of(&world.standard, "task", &secret).await, 404);
    assert_eq!(of(&world.standard, "checklist", template).await, 200);
    assert_eq!(of(&world.light, "checklist", template).await, 404);
    assert_eq!(of(&world.standard, "run", template).await, 404);
    assert_eq!(of(&world.standard, "task", &world.canary_task).await, 404);
    assert_eq!(of(&world.admin, "task", &secret).await, 200);
    let launch = json!({"launch": {"users": [world.light.user_id]}});
    let path = world.at(&format!("checklists/{template}/permissions"));
    world.admin.put(&path, launch).await.expect(200);
    assert_eq!(of(&world.light, "checklist", template).await, 403);
    // Deleted for good: administrators still see that it was.
    let path = world.at(&format!("tasks/{task}/delete"));
    world.admin.delete(&path).await.expect(204);
    let rows = feed(
        world,
        &world.admin,
        &format!("entity_type=task&entity_id={task}"),
    )
    .await;
    assert_eq!(verbs(&rows), ["deleted", "created"]);
    assert_eq!(of(&world.standard, "task", &task).await, 404);
}

async fn filters_narrow(world: &World) {
    let task = make(world, &world.admin, "Oil the hinges").await;
    world.clock.advance(DAY);
    complete(world, &world.standard, &task).await.expect(200);
    let path = world.at(&format!("tasks/{task}/problem"));
    world
        .admin
        .post(&path, json!({"content": "They squeak"}))
        .await
        .expect(201);
    let all = ["re-opened", "issue-reported", "completed", "created"];
    for (query, wanted) in [
        ("", &all[..]),
        (&format!("entity_type=task&entity_id={task}")[..], &all),
        ("entity_type=thread", &all[1..2]),
        ("entity_type=run", &[]),
        ("type=Comment", &all[1..2]),
        (
            "type=Blueprint,Task",
            &["re-opened", "completed", "created"],
        ),
        ("verb=completed,created", &all[2..]),
        (
            &format!("actor_type=user&actor_id={}", world.standard.user_id),
            &all[2..3],
        ),
        ("actor_email=BRUNO@northwind.example", &all[2..3]),
        ("actor_email=nobody@northwind.example", &[]),
        ("source=Member", &all),
        ("source=Guest", &[]),
        ("source=Webhook", &[]),
        ("created_before=2026-03-02", &all[3..]),
        ("created_after=2026-03-03", &all[..3]),
        (
            "created_after=2026-03-03T10:00:00Z&created_before=2026-03-03T10:00:00Z",
            &all[..3],
        ),
        ("search=SQUEAK", &[]),
        ("search=reported%20an", &all[1..2]),
        ("field=title", &[]),
        ("origin_type=process", &[]),
    ] {
        assert_eq!(
            verbs(&feed(world, &world.admin, query).await),
            wanted,
            "{query}"
        );
    }
    let page = world
        .admin
        .get(&world.at("activity-feeds?per_page=1&page=2&sort=created_at"))
        .await
        .expect(200);
    assert_eq!(page.data()[0]["verb"], json!(["completed"]));
    assert_eq!(total(&page), 4);
}

async fn wrong_filters_are_named(world: &World) {
    for (query, name) in [
        ("type=Robot", "type"),
        ("verb=sang", "verb"),
        ("search=x", "search"),
        ("created_after=soon", "created_after"),
        ("entity_id=1", "entity_type"),
        ("entity_type=tag", "entity_type"),
        ("actor_id=me", "actor_id"),
        ("source=Nobody", "source"),
    ] {
        let path = world.at(&format!("activity-feeds?{query}"));
        let answer = world.light.get(&path).await.expect(422);
        assert!(answer.json["errors"].get(name).is_some(), "{}", answer.text);
    }
}

async fn everything_is_told_by_its_name(world: &World) {
    let key = json!({"key": "floor", "applies_to": "guest", "field_type": "text"});
    for (path, body, kind, words, slot) in [
        (
            "groups",
            json!({"name": "Cooks"}),
            "Group",
            "group \"Cooks\"",
            "id",
        ),
        (
            "tags",
            json!({"title": "Urgent"}),
            "Tag",
            "tag \"Urgent\"",
            "id",
        ),
        (
            "folders",
            json!({"name": "Cellar", "folder_type": "run"}),
            "Folder",
            "folder \"Cellar\"",
            "id",
        ),
        (
            "text-templates",
            json!({"title": "Safety"}),
            "Snippet",
            "snippet \"Safety\"",
            "id",
        ),
        (
            "roles",
            json!({"name": "Baker"}),
            "JobTitle",
            "job-title \"Baker\"",
            "id",
        ),
        (
            "custom-field-keys",
            key,
            "CustomFieldKey",
            "custom-field-key \"",
            "id",
        ),
        (
            "guests",
            json!({"email": "kim@farm.example"}),
            "Guest",
            "guest \"kim@farm.example\"",
            "email",
        ),
    ] {
        let made = world.admin.post(&world.at(path), body).await.expect(201);
        let slot = match &made.data()[slot] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let gone = world
            .admin
            .delete(&world.at(&format!("{path}/{slot}")))
            .await;
        assert!(gone.status < 300, "{path}: {}", gone.text);
        let rows = feed(world, &world.admin, &format!("type={kind}")).await;
        let told: Vec<&str> = rows
            .iter()
            .map(|row| row["description"][0].as_str().unwrap())
            .collect();
        assert_eq!(told.len(), 2, "{path}: {told:?}");
        for (told, verb) in told.iter().zip(["deleted", "created"]) {
            assert!(
                told.starts_with(&format!("{verb} the {words}")),
                "{path}: {told}"
            );
        }
    }
    let email = json!({"email": "lee@farm.example"});
    world
        .admin
        .post(&world.at("guests"), email)
        .await
        .expect(201);
    let at = world.at("guests/lee@farm.example");
    world
        .admin
        .post(&format!("{at}/to/member"), json!({}))
        .await
        .expect(200);
    let rows = feed(world, &world.admin, "verb=invited").await;
    assert_eq!(
        rows[0]["description"][0],
        "made the guest \"lee@farm.example\" a member"
    );
}
