//! Attacks that know no endpoint by name: they read the OpenAPI document and try every operation.

use serde_json::{Map, Value, json};
use tallystick_server::oauth::GrantType;
use tallystick_server::task::rules::Assignee;

use crate::support::openapi::{Operation, operations};
use crate::support::{Actor, Answer, Grant, World, both_engines};

both_engines!(
    ids_of_others_open_nothing,
    ids_in_bodies_open_nothing,
    objects_sent_back_move_nothing_protected,
    unknown_and_foreign_cannot_be_told_apart,
);

/// The ids of one organisation, by the names they have in paths.
struct Ids {
    org: String,
    task: String,
    user: i64,
    email: String,
    token: String,
    client: String,
    authorization: String,
}

impl Ids {
    fn value(&self, parameter: &str) -> String {
        match parameter {
            "org" => self.org.clone(),
            "task" => self.task.clone(),
            "user_id" => self.user.to_string(),
            "id" | "token" => self.token.clone(),
            "client" => self.client.clone(),
            "authorization" => self.authorization.clone(),
            "email" => self.email.clone(),
            "session" => "0".repeat(32),
            other => panic!("teach the walker what {{{other}}} is"),
        }
    }
}

/// What the first caller, an administrator of two organisations, owns in the first.
async fn own(world: &World) -> Ids {
    let task = task_of(world, &world.org, world.both.user_id, false).await;
    ids(world, &world.org, task, &world.both).await
}

async fn ids(world: &World, org: &str, task: String, of: &Actor) -> Ids {
    let spare = world.token(of, "spare", Grant::default()).await;
    let token = spare.get("/me/tokens/current").await.data()["id"].clone();
    let (client, _) = world.client(org, &[GrantType::ClientCredentials]).await;
    let (_, authorization) = world.connected(of, "connected", org, &[]).await;
    let person = of.get("/me").await.data()["email"].clone();
    Ids {
        org: org.to_owned(),
        task,
        user: of.user_id,
        email: person.as_str().unwrap().to_owned(),
        token: token.as_str().unwrap().to_owned(),
        client,
        authorization,
    }
}

/// Who asks: some operations are for applications only.
fn asker<'a>(operation: &Operation, person: &'a Actor, application: &'a Actor) -> &'a Actor {
    if operation.is_for_applications() {
        application
    } else {
        person
    }
}

async fn task_of(world: &World, org: &str, user_id: i64, top_secret: bool) -> String {
    world
        .task_in(org, user_id, |task| {
            task.top_secret = top_secret;
            task.assignees.push(Assignee {
                user_id,
                completed_at: None,
            });
        })
        .await
}

/// Something every handler would accept, were it not for the ids.
fn body(operation: &Operation, task: &str) -> Option<Value> {
    let properties = operation.body.as_ref()?;
    let mut body = Map::new();
    for (name, _) in properties {
        match name.as_str() {
            "title" | "name" => body.insert(name.clone(), json!("Swapped")),
            "task_id" => body.insert(name.clone(), json!(task)),
            _ => None,
        };
    }
    Some(body.into())
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

async fn ids_of_others_open_nothing(world: &World) {
    let canary = ids(
        world,
        &world.canary_org,
        world.canary_task.clone(),
        &world.canary,
    )
    .await;
    let task = task_of(world, &world.side, world.both.user_id, false).await;
    let side = ids(world, &world.side, task, &world.both).await;
    // A sibling's: another member's token, and a task that its assignee alone may see.
    let task = task_of(world, &world.org, world.other.user_id, true).await;
    let sibling = ids(world, &world.org, task, &world.other).await;
    let application = world.application("application", &world.org).await;
    let before = everything(world).await;
    let mut tried = 0;
    for operation in operations() {
        let own = own(world).await;
        let both = asker(&operation, &world.both, &application);
        for (index, swapped) in operation.path_params.iter().enumerate() {
            let path = |with: &Ids| {
                operation.filled(|name| {
                    if name == swapped {
                        with.value(name)
                    } else {
                        own.value(name)
                    }
                })
            };
            let sent = body(&operation, &own.task);
            let try_it = async |actor: &Actor, path: String, why: &str| {
                let answer = actor
                    .send(operation.method.clone(), &path, sent.as_ref())
                    .await;
                refused(&answer, why);
            };
            try_it(both, path(&canary), "another organisation's id").await;
            // Both ids are the caller's, but they do not belong together. A member is one here as well as there.
            let child = |name: &str| matches!(name, "task" | "client");
            let has_a_child = operation.path_params.iter().any(|name| child(name));
            if has_a_child && (swapped == "org" || child(swapped)) {
                try_it(both, path(&side), "a child through another parent").await;
            }
            if matches!(swapped.as_str(), "task" | "id" | "authorization") {
                let path = operation.filled(|name| match name {
                    "org" => world.org.clone(),
                    name if name == swapped => sibling.value(name),
                    name => own.value(name),
                });
                try_it(&world.standard, path, "a sibling's id").await;
            }
            tried += index + 1;
        }
    }
    assert!(tried > 20, "the walker walked {tried} steps only");
    let after = everything(world).await;
    assert_eq!(before.0, after.0, "the canary organisation changed");
    world
        .other
        .get(&format!("{}/{}", world.at("tasks"), sibling.task))
        .await
        .expect(200);
    world
        .other
        .get(&format!("/me/tokens/{}", sibling.token))
        .await
        .expect(200);
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
    (tasks.data().clone(), people.data().clone())
}

/// Values that belong to somebody else, for a property of a body; none for properties that hold no id.
fn foreign(name: &str, world: &World, hidden: &str) -> Vec<Value> {
    match name {
        "task_id" => vec![json!(world.canary_task), json!(hidden)],
        "organization_id" => vec![json!(world.canary_org)],
        "override_user" => vec![json!(world.canary.user_id)],
        "run_id" => vec![json!(world.canary_task)],
        "owners" | "assignees" => vec![
            json!({"users": [world.canary.user_id]}),
            json!({"users": [world.standard.user_id, world.canary.user_id.to_string()]}),
            json!({"groups": [world.canary_task]}),
        ],
        "tags" => vec![json!([world.canary_task])],
        other => {
            let suspicious =
                other.ends_with("_id") || other.ends_with("_ids") || other.ends_with("_user");
            assert!(!suspicious, "teach the walker whose {other} may be");
            Vec::new()
        }
    }
}

async fn ids_in_bodies_open_nothing(world: &World) {
    let hidden = task_of(world, &world.org, world.other.user_id, true).await;
    let before = everything(world).await;
    let mut tried = 0;
    for operation in operations() {
        for (property, _) in operation.body.iter().flatten() {
            for value in foreign(property, world, &hidden) {
                let task = task_of(world, &world.org, world.standard.user_id, false).await;
                let own = ids(world, &world.org, task, &world.standard).await;
                let mut sent = body(&operation, &own.task).unwrap();
                sent[property] = value;
                let path = operation.filled(|name| own.value(name));
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
        let own = own(world).await;
        let path = write.filled(|name| own.value(name));
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
        attacks.extend(TEMPTING.map(|(name, value)| (name.to_owned(), json!(value))));
        for (name, value) in attacks {
            let mut echo = before.clone();
            echo[&name] = value;
            let answer = world
                .both
                .send(write.method.clone(), &path, Some(&echo))
                .await;
            assert!(
                matches!(answer.status, 200 | 403 | 422),
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
    let canary = ids(
        world,
        &world.canary_org,
        world.canary_task.clone(),
        &world.canary,
    )
    .await;
    let nobody = Ids {
        org: "0123456789abcdef0123456789abcdef".to_owned(),
        task: "0123456789abcdef0123456789abcdef".to_owned(),
        user: 999_999,
        email: "nobody@nowhere.example".to_owned(),
        token: "0123456789abcdef0123456789abcdef".to_owned(),
        client: "999999".to_owned(),
        authorization: "0123456789abcdef0123456789abcdef".to_owned(),
    };
    let application = world.application("application", &world.org).await;
    for actor in [&world.admin, &world.standard, &world.light] {
        for operation in operations() {
            let task = task_of(world, &world.org, actor.user_id, false).await;
            let own = ids(world, &world.org, task, actor).await;
            for swapped in &operation.path_params {
                let sent = body(&operation, &own.task);
                let asker = asker(&operation, actor, &application);
                let ask = async |from: &Ids| {
                    let path = operation.filled(|name| {
                        if name == swapped {
                            from.value(name)
                        } else {
                            own.value(name)
                        }
                    });
                    asker
                        .send(operation.method.clone(), &path, sent.as_ref())
                        .await
                };
                let (foreign, unknown) = (ask(&canary).await, ask(&nobody).await);
                assert_eq!(
                    foreign.comparable(),
                    unknown.comparable(),
                    "{}",
                    foreign.what
                );
            }
        }
    }
    for (foreign, unknown) in [(&canary.task, &nobody.task), (&canary.token, &nobody.token)] {
        let ask = async |id: &String| {
            world
                .admin
                .post(&world.at("completed-tasks"), json!({"task_id": id}))
                .await
        };
        assert_eq!(
            ask(foreign).await.comparable(),
            ask(unknown).await.comparable()
        );
    }
    let restrict = async |org: &String| {
        let wanted = json!({"name": "x", "organization_id": org});
        world.admin.post("/me/tokens", wanted).await
    };
    assert_eq!(
        restrict(&canary.org).await.comparable(),
        restrict(&nobody.org).await.comparable()
    );
}
