//! Whole templates in one body.

use serde_json::{Value, json};

use super::{each, id, whole};
use crate::support::{World, both_engines};

both_engines!(
    what_is_not_here_is_left_out_and_told,
    a_refused_import_leaves_nothing,
    the_examples_come_back_as_they_went,
);

const STEP: &str = "11111111111111111111111111111111";
const GONE: &str = "99999999999999999999999999999999";

async fn what_is_not_here_is_left_out_and_told(world: &World) {
    let rule = |target: &str| {
        json!({"automated_alias": "R", "conditions": [{"conditionable_id": STEP, "conditionable_type": "Step", "operation": "completed",
            "statement": null}], "then_actions": [{"action_type": "status", "action_verb": "reopen", "target_step_id": target}]})
    };
    let body = json!({"title": "Brought along", "type": "procedure", "increment_id": 7, "version": 9, "users": [424_242],
        "default_folder": GONE, "ko_form_blueprint_id": GONE, "custom_fields": {}, "status": null,
        "steps": {"data": [{"id": STEP, "title": "Only", "position": 1, "assignees": [world.light.user_id, 424_242], "stage_id": GONE,
            "deadline": {"value": 1, "unit": "days", "option": "from", "step": GONE}, "bp_to_launch": {"id": GONE}}]},
        "automated_actions": [rule(STEP), rule(GONE)]});
    let answer = world
        .standard
        .post(&world.at("checklists"), body)
        .await
        .expect(201);
    let mut paths: Vec<String> = each(&answer.json["import_warnings"], "path")
        .iter()
        .map(|path| path.as_str().unwrap().to_owned())
        .collect();
    paths.sort();
    let wanted = [
        "automated_actions.1",
        "default_folder",
        "ko_form_blueprint_id",
        "steps.0.assignees.1",
        "steps.0.bp_to_launch.id",
        "steps.0.deadline.step",
        "steps.0.stage_id",
        "users.0",
    ];
    assert_eq!(paths, wanted);
    let made = whole(
        &world.standard,
        &world.at(&format!("checklists/{}", id(&answer))),
    )
    .await;
    let step = &made["steps"]["data"][0];
    assert_eq!(step["assignees"], json!([world.light.user_id]));
    assert_eq!(
        (&step["stage_id"], &step["bp_to_launch"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(step["deadline"]["step"], "start_run");
    assert_ne!(step["id"], STEP);
    assert_eq!(made["automated_actions"].as_array().unwrap().len(), 1);
    assert_eq!(made["version"], 1);
    assert!(!made.to_string().contains(GONE));
}

async fn a_refused_import_leaves_nothing(world: &World) {
    let before = world.admin.get(&world.at("checklists?archived=1")).await;
    let body = json!({"title": "Half", "type": "procedure", "steps": [{"title": "Good", "guests": ["new@guest.example"]}, {"summary": "no title"}]});
    let refused = world
        .standard
        .post(&world.at("checklists"), body)
        .await
        .expect(422);
    assert!(
        refused.json["errors"]["steps.1.title"].is_array(),
        "{}",
        refused.text
    );
    let after = world.admin.get(&world.at("checklists?archived=1")).await;
    assert_eq!(before.json, after.json);
}

/// Every id and every alias in a template, in the order in which they stand there.
fn names(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for key in ["id", "alias"] {
                found.extend(map.get(key).and_then(Value::as_str).map(str::to_owned));
            }
            map.values().for_each(|value| names(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}

/// The same with places instead of names.
fn numbered(value: &mut Value, found: &[String]) {
    match value {
        Value::Object(map) => map.values_mut().for_each(|value| numbered(value, found)),
        Value::Array(items) => items.iter_mut().for_each(|item| numbered(item, found)),
        Value::String(text) => {
            for (place, name) in found.iter().enumerate() {
                if text == name {
                    *text = format!("<{place}>");
                }
                *text = text.replace(&format!("{{{{{name}}}}}"), &format!("<{place}>"));
            }
        }
        _ => {}
    }
}

/// The first place where two values differ.
fn difference(one: &Value, two: &Value, path: &str) -> Option<String> {
    match (one, two) {
        (Value::Object(a), Value::Object(b)) => a
            .keys()
            .chain(b.keys())
            .find_map(|key| difference(&one[key], &two[key], &format!("{path}.{key}"))),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => (0..a.len())
            .find_map(|index| difference(&a[index], &b[index], &format!("{path}.{index}"))),
        _ => (one != two).then(|| format!("{path}: {one} is not {two}")),
    }
}

/// A template without what every copy has anew.
fn plain(value: &Value) -> Value {
    let mut found = Vec::new();
    names(value, &mut found);
    let mut value = value.clone();
    numbered(&mut value, &found);
    for key in [
        "increment_id",
        "alias",
        "owner_id",
        "created_by",
        "last_updated_by",
        "created_at",
        "last_updated",
        "starred",
    ] {
        value.as_object_mut().unwrap().remove(key);
    }
    value
}

async fn the_examples_come_back_as_they_went(world: &World) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/templates");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let body: Value = serde_json::from_str(&text).unwrap();
        let first = world
            .standard
            .post(&world.at("checklists"), body.clone())
            .await
            .expect(201);
        assert_eq!(
            first.json["import_warnings"],
            json!([]),
            "{}",
            body["title"]
        );
        let exported = whole(
            &world.standard,
            &world.at(&format!("checklists/{}", id(&first))),
        )
        .await;
        assert_eq!(
            exported["steps_count"],
            body["steps"].as_array().unwrap().len()
        );
        assert_eq!(
            exported["automated_actions"].as_array().unwrap().len(),
            body["automated_actions"].as_array().unwrap().len()
        );
        // Into an organisation that has nothing yet.
        let there = format!("/organizations/{}/checklists", world.side);
        let second = world.both.post(&there, exported.clone()).await.expect(201);
        let again = whole(&world.both, &format!("{there}/{}", id(&second))).await;
        assert_eq!(difference(&plain(&again), &plain(&exported), ""), None);
        count += 1;
    }
    assert_eq!(count, 6);
}
