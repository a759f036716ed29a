//! Templates through the front door: what they hold, what editing them does and refuses, who may.

mod activity;
mod bad;
mod change;
mod copy;
mod custom_field;
mod field;
mod foreign;
mod forget;
mod handmade;
mod import;
mod life;
mod limit;
mod list;
mod part;
mod rule;
mod share;
mod step;
mod tags;

use serde_json::{Value, json};

use crate::support::{Actor, Answer, World};

/// Makes an empty template of this member's; answers its path.
async fn made(world: &World, by: &Actor, title: &str) -> String {
    let body = json!({"title": title, "type": "procedure"});
    let answer = by.post(&world.at("checklists"), body).await.expect(201);
    world.at(&format!("checklists/{}", id(&answer)))
}

fn id(answer: &Answer) -> String {
    answer.data()["id"].as_str().unwrap().to_owned()
}

/// Adds a step with this title; answers its id.
async fn step(by: &Actor, template: &str, title: &str) -> String {
    let body = json!({"title": title});
    let answer = by.post(&format!("{template}/steps"), body).await;
    id(&answer.expect(201))
}

/// Adds a dropdown with the options Yes and No to a step; answers its id.
async fn field(by: &Actor, template: &str, step: &str) -> String {
    let body = json!({"label": "Ready?", "field_type": "dropdown", "required": false,
        "options": [{"id": 1, "text": "Yes"}, {"id": 2, "text": "No"}]});
    let path = format!("{template}/steps/{step}/captures");
    let answer = by.post(&path, body);
    id(&answer.await.expect(201))
}

/// A rule that shows a step when a field says Yes.
fn show(field: &str, step: &str) -> Value {
    json!({"automated_alias": "Show",
        "conditions": [{"conditionable_id": field, "conditionable_type": "Capture", "operation": "equals", "statement": "Yes"}],
        "then_actions": [{"action_type": "visibility", "action_verb": "show", "target_step_id": step}]})
}

async fn whole(by: &Actor, template: &str) -> Value {
    let path = format!("{template}?with=steps,stages,permissions");
    let answer = by.get(&path);
    answer.await.expect(200).data().clone()
}

/// Each of these, by this key.
fn each(list: &Value, key: &str) -> Vec<Value> {
    let all = list.as_array().unwrap().iter();
    all.map(|entry| entry[key].clone()).collect()
}

/// Refused with a fault of this path.
fn refused(answer: Answer, path: &str) {
    let answer = answer.expect(422);
    assert!(
        answer.json["errors"][path].is_array(),
        "nothing at {path}: {}",
        answer.text
    );
}

/// Makes a template of a whole body by this member; answers it, with its warnings beside.
async fn imported(world: &World, by: &Actor, parts: Value) -> (Value, Value) {
    let mut body = json!({"title": "Brought", "type": "procedure"});
    for (key, value) in parts.as_object().unwrap() {
        body[key] = value.clone();
    }
    let answer = by.post(&world.at("checklists"), body).await.expect(201);
    let path = world.at(&format!("checklists/{}", id(&answer)));
    (
        whole(by, &path).await,
        answer.json["import_warnings"].clone(),
    )
}

/// An action that assigns these people to a step.
fn assign(step: &Value, people: Value) -> Value {
    json!({"action_type": "assignment", "action_verb": "assign", "target_step_id": step, "assignees": people})
}

/// A rule that does this when a step is completed.
fn when(step: &Value, actions: Value) -> Value {
    json!({"automated_alias": "R", "then_actions": actions,
        "conditions": [{"conditionable_id": step, "conditionable_type": "Step", "operation": "completed", "statement": null}]})
}
