//! Attacks that know no endpoint by name: they read the OpenAPI document and try every operation.

use serde_json::{Value, json};

use crate::support::objects::{self, Home, Objects, Others, parameters};
use crate::support::openapi::{Operation, operations};
use crate::support::{Actor, Answer, World, both_engines};

both_engines!(
    ids_of_others_open_nothing,
    ids_in_bodies_open_nothing,
    objects_sent_back_move_nothing_protected,
    unknown_and_foreign_cannot_be_told_apart
        with [("security.key_file", format!("{}/walkers-key", crate::support::post::folder()).as_str())]
);

/// Who asks: some operations are for applications only.
fn asker<'a>(operation: &Operation, person: &'a Actor, application: &'a Actor) -> &'a Actor {
    if operation.is_for_applications() {
        application
    } else {
        person
    }
}

/// Something every handler would accept, were it not for the ids.
async fn body(operation: &Operation, own: &Objects<'_>) -> Option<Value> {
    let properties = operation.body.as_ref()?;
    let mut body = own.body(&operation.id).await.unwrap_or(json!({}));
    for (name, _) in properties {
        if matches!(name.as_str(), "title" | "name") {
            body[name] = json!("Swapped");
        }
    }
    Some(body)
}

/// The path of one owner, with one parameter as another has it.
async fn swapped(path: &str, own: &Objects<'_>, name: &str, value: String) -> String {
    let mut filled = path.to_owned();
    for parameter in parameters(path) {
        let value = if parameter == name {
            value.clone()
        } else {
            own.value(path, &parameter).await
        };
        filled = filled.replace(&format!("{{{parameter}}}"), &value);
    }
    filled
}

#[track_caller]
fn refused(answer: &Answer, why: &str) {
    assert!(
        matches!(answer.status, 403 | 404 | 422),
        "{why}: {} answered {} {}",
        answer.what,
        answer.status,
        answer.text
    );
}

/// Deletions that are answered alike whether or not there was anything to delete.
const FORGIVING: [&str; 1] = ["delete_tag"];

async fn ids_of_others_open_nothing(world: &World) {
    let canary = Objects::of(world, &world.canary_org, &world.canary);
    let side = Objects::of(world, &world.side, &world.both);
    // Another member's, hidden from all but administrators where that can be.
    let sibling = Objects::of(world, &world.org, &world.other).hidden();
    let application = world.application("application", &world.org).await;
    let before = everything(world).await;
    let mut tried = 0;
    for operation in operations() {
        let own = Objects::of(world, &world.org, &world.both);
        let both = asker(&operation, &world.both, &application);
        let sent = body(&operation, &own).await;
        let path = operation.path.as_str();
        let homes: Vec<Home> = operation
            .path_params
            .iter()
            .map(|name| objects::home(path, name))
            .collect();
        let in_one = |home: &Home| matches!(home, Home::Organisation | Home::Hidden);
        for (index, name) in operation.path_params.iter().enumerate() {
            let try_it = async |actor: &Actor, from: &Objects<'_>, why: &str| {
                let path = swapped(path, &own, name, from.value(path, name).await).await;
                let answer = actor
                    .send(operation.method.clone(), &path, sent.as_ref())
                    .await;
                let is_the_same = FORGIVING.contains(&operation.id.as_str());
                if !(is_the_same && answer.status == 204) {
                    refused(&answer, why);
                }
            };
            try_it(both, &canary, "another organisation's id").await;
            // Both ids are the caller's, but they do not belong together. A member is one here as well as there.
            if in_one(&homes[index]) || (name == "org" && homes.iter().any(in_one)) {
                try_it(both, &side, "a child through another parent").await;
            }
            if matches!(homes[index], Home::Hidden | Home::Person) {
                try_it(&world.standard, &sibling, "a sibling's id").await;
            }
            tried += index + 1;
        }
    }
    assert!(tried > 20, "the walker walked {tried} steps only");
    let after = everything(world).await;
    assert_eq!(before.0, after.0, "the canary organisation changed");
    still_there(&sibling).await;
    still_there(&canary).await;
}

/// Everything that was made for somebody, and that they can read, can still be read.
async fn still_there(owned: &Objects<'_>) {
    let made = owned.made();
    let reads: Vec<Operation> = operations()
        .into_iter()
        .filter(|operation| operation.method == http::Method::GET && !operation.open)
        .collect();
    let mut read = 0;
    for (stem, value) in made {
        if !reads.iter().any(|operation| operation.path == stem) {
            continue;
        }
        let last = parameters(&stem).pop().unwrap();
        let path = swapped(&stem, owned, &last, value).await;
        owned.owner.get(&path).await.expect(200);
        read += 1;
    }
    assert!(read >= 2, "{read} objects of {} only", owned.owner.name);
}

/// What the canary organisation sees of itself.
async fn everything(world: &World) -> (Value, Value) {
    let org = &world.canary_org;
    let tasks = world
        .canary
        .get(&format!("/organizations/{org}/tasks"))
        .await;
    let people = world
        .canary
        .get(&format!("/organizations/{org}/users-list"))
        .await;
    // When somebody was last here is written down now and then, whatever a test does.
    let mut people = people.data().clone();
    for person in people.as_array_mut().unwrap() {
        person.as_object_mut().unwrap().remove("last_accessed_at");
    }
    (tasks.data().clone(), people)
}

async fn ids_in_bodies_open_nothing(world: &World) {
    let canary = Objects::of(world, &world.canary_org, &world.canary);
    let hidden = Objects::of(world, &world.org, &world.other).hidden();
    let others = Others {
        canary: &canary,
        hidden: &hidden,
    };
    let before = everything(world).await;
    let mut tried = 0;
    for operation in operations() {
        for (property, _) in operation.body.iter().flatten() {
            for value in objects::foreign(&others, property).await {
                let own = Objects::of(world, &world.org, &world.standard);
                let mut sent = body(&operation, &own).await.unwrap();
                sent[property] = value;
                let path = own.fill(&operation.path).await;
                let answer = world
                    .standard
                    .send(operation.method.clone(), &path, Some(&sent))
                    .await;
                refused(&answer, &format!("{sent}"));
                tried += 1;
            }
        }
    }
    assert!(tried >= 12, "the walker walked {tried} steps only");
    assert_eq!(before, everything(world).await);
}

/// Another value of the same type.
fn changed(value: &Value) -> Value {
    match value {
        Value::Null => json!("2020-01-01T00:00:00Z"),
        Value::Bool(flag) => json!(!flag),
        Value::Number(number) => json!(number.as_f64().unwrap_or_default() as i64 + 1),
        Value::String(text) if text.len() == 32 => json!("0".repeat(32)),
        Value::String(_) => json!("2020-01-01T00:00:00Z"),
        Value::Array(_) => json!(["*"]),
        Value::Object(_) => json!({"injected": true}),
    }
}

/// Words that would be worth sending although an answer never holds them, or holds something harmless.
const TEMPTING: [(&str, &str); 6] = [
    ("status", "completed"),
    ("role", "admin"),
    ("kind", "application"),
    ("secret_hash", "0"),
    ("completer_id", "1"),
    ("deleted_at", "2020-01-01T00:00:00Z"),
];

async fn objects_sent_back_move_nothing_protected(world: &World) {
    let all = operations();
    let mut tried = 0;
    for write in all.iter().filter(|write| write.body.is_some()) {
        let same_path =
            |read: &&Operation| read.path == write.path && read.method == http::Method::GET;
        let (Some(_), "PUT" | "PATCH") = (all.iter().find(same_path), write.method.as_str()) else {
            continue;
        };
        let own = Objects::of(world, &world.org, &world.both);
        let path = own.fill(&write.path).await;
        let before = world.both.get(&path).await.data().clone();
        let inputs = write.body.as_ref().unwrap();
        let is_input = |name: &str| inputs.iter().any(|(input, _)| input == name);
        let mut attacks: Vec<(String, Value)> = before
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, _)| !is_input(name))
            .map(|(name, value)| (name.clone(), changed(value)))
            .collect();
        let tempting = TEMPTING.into_iter().filter(|(name, _)| !is_input(name));
        attacks.extend(tempting.map(|(name, value)| (name.to_owned(), json!(value))));
        for (name, value) in attacks {
            let mut echo = before.clone();
            echo[&name] = value;
            let answer = world
                .both
                .send(write.method.clone(), &path, Some(&echo))
                .await;
            assert!(
                matches!(answer.status, 200 | 201 | 403 | 422),
                "{name}: {}",
                answer.text
            );
            let mut after = world.both.get(&path).await.data().clone();
            let mut before = before.clone();
            for used in WRITTEN_DOWN_LATER {
                if let Some(stored) = after.as_object_mut().unwrap().remove(used) {
                    before.as_object_mut().unwrap().remove(used);
                    let sent = name == used && !stored.is_null() && echo[used] == stored;
                    assert!(!sent, "{} set {used}", answer.what);
                }
            }
            assert_eq!(before, after, "{} with another {name}", answer.what);
            tried += 1;
        }
    }
    assert!(tried > 40, "{tried} attacks only");
    new_objects_are_new(world).await;
}

/// When and how a token was last used is noted by the server a few seconds after the fact, so it may appear between
/// two looks; it must only never be what a request said.
const WRITTEN_DOWN_LATER: [&str; 3] = ["last_used_at", "last_used_ip", "last_client"];

/// A whole object as the body of a POST makes a fresh one: its own id, its own maker, nothing finished.
async fn new_objects_are_new(world: &World) {
    let finished = world
        .task(|task| {
            task.status = tallystick_wire::task::TaskStatus::Completed;
            task.completed_at = Some(task.created_at);
            task.completer_id = Some(task.starter_id);
        })
        .await;
    let mut echo = world
        .admin
        .get(&world.at(&format!("tasks/{finished}")))
        .await
        .data()
        .clone();
    refused(
        &world.standard.post(&world.at("tasks"), echo.clone()).await,
        "completed from the start",
    );
    echo["status"] = json!("not-started");
    let made = world
        .standard
        .post(&world.at("tasks"), echo.clone())
        .await
        .expect(201);
    let made = made.data();
    assert_ne!(made["id"], echo["id"]);
    assert_ne!(made["increment_id"], echo["increment_id"]);
    assert_eq!(made["starter_id"], world.standard.user_id);
    for name in ["completed_at", "completer_id", "archived_at", "is_approved"] {
        assert_eq!(made[name], Value::Null, "{name}");
    }
    let echo = json!({"name": "x", "user_id": world.canary.user_id, "kind": "application", "id": "0".repeat(32)});
    let made = world.standard.post("/me/tokens", echo).await.expect(201);
    let actor = world
        .standard
        .with_token("new", made.data()["token"].as_str().unwrap());
    assert_eq!(actor.get("/me").await.data()["id"], world.standard.user_id);
    assert_eq!(made.data()["kind"], "personal");
}

async fn unknown_and_foreign_cannot_be_told_apart(world: &World) {
    let canary = Objects::of(world, &world.canary_org, &world.canary);
    let application = world.application("application", &world.org).await;
    for actor in [&world.admin, &world.standard, &world.light] {
        for operation in operations() {
            let own = Objects::of(world, &world.org, actor);
            let path = operation.path.as_str();
            for name in &operation.path_params {
                let sent = body(&operation, &own).await;
                let asker = asker(&operation, actor, &application);
                let ask = async |value: String| {
                    let path = swapped(path, &own, name, value).await;
                    asker
                        .send(operation.method.clone(), &path, sent.as_ref())
                        .await
                };
                let foreign = ask(canary.value(path, name).await).await;
                let unknown = ask(objects::unknown(path, name)).await;
                assert_eq!(
                    foreign.comparable(),
                    unknown.comparable(),
                    "{}",
                    foreign.what
                );
            }
        }
    }
    let unknown = objects::unknown("/organizations/{org}", "org");
    let token = canary.value("/me/tokens/{id}", "id").await;
    for foreign in [&world.canary_task, &token] {
        let ask = async |id: &String| {
            world
                .admin
                .post(&world.at("completed-tasks"), json!({"task_id": id}))
                .await
        };
        assert_eq!(
            ask(foreign).await.comparable(),
            ask(&unknown).await.comparable()
        );
    }
    let restrict = async |org: &String| {
        let wanted = json!({"name": "x", "organization_id": org});
        world.admin.post("/me/tokens", wanted).await
    };
    assert_eq!(
        restrict(&world.canary_org).await.comparable(),
        restrict(&unknown).await.comparable()
    );
}
