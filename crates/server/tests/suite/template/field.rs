//! What a form field can be told: its order, its options, what it begins with.

use serde_json::{Value, json};

use super::{each, field, id, made, refused, step, whole};
use crate::support::{World, both_engines};

both_engines!(
    fields_share_positions,
    options_are_numbered_and_named,
    what_a_field_begins_with,
    a_change_keeps_what_it_does_not_say,
    the_older_names_of_keys,
);

async fn captures(world: &World, title: &str) -> String {
    let template = made(world, &world.standard, title).await;
    let one = step(&world.standard, &template, "One").await;
    format!("{template}/steps/{one}/captures")
}

fn with(label: &str, changes: Value) -> Value {
    let mut body = json!({"label": label, "field_type": "text", "required": false});
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

async fn fields_share_positions(world: &World) {
    let captures = captures(world, "Places").await;
    for (label, position) in [
        ("A", json!(1)),
        ("B", json!(2)),
        ("C", json!(1)),
        ("D", Value::Null),
        ("E", json!("")),
        ("F", json!("1")),
    ] {
        let body = with(label, json!({"position": position}));
        world.standard.post(&captures, body).await.expect(201);
    }
    let step = captures.trim_end_matches("/captures");
    let shown = world.standard.get(step).await.expect(200);
    let shown = &shown.data()["captures"];
    let wanted = ["A", "C", "F", "B", "D", "E"];
    assert_eq!(
        each(shown, "label"),
        wanted,
        "by position, then as they were made"
    );
    assert_eq!(each(shown, "position"), [1, 1, 1, 2, 4, 5]);
    // Moving one gives each a position of its own, in a range that is bounded here.
    let first = &shown[5]["id"];
    let order = |position: Value| json!({"capture_id": first, "position": position});
    world
        .standard
        .put(&captures, order(json!(2)))
        .await
        .expect(200);
    let after = world.standard.get(step).await.expect(200);
    assert_eq!(
        each(&after.data()["captures"], "label"),
        ["A", "E", "C", "F", "B", "D"]
    );
    assert_eq!(
        each(&after.data()["captures"], "position"),
        [1, 2, 3, 4, 5, 6]
    );
    for wrong in [json!(0), json!(10_000), json!(""), Value::Null] {
        let answer = world.standard.put(&captures, order(wrong)).await;
        refused(answer, "position");
    }
}

async fn options_are_numbered_and_named(world: &World) {
    let captures = captures(world, "Options").await;
    let radio = |options: Value| with("Pick", json!({"field_type": "radio", "options": options}));
    let body = radio(
        json!([{"text": "a"}, {"id": 1, "text": "b"}, {"label": "c"}, {"id": "9", "text": null, "label": "d"}]),
    );
    let answer = world.standard.post(&captures, body).await.expect(201);
    assert_eq!(each(&answer.data()["options"], "id"), [2, 1, 3, 9]);
    assert_eq!(
        each(&answer.data()["options"], "text"),
        ["a", "b", "c", "d"]
    );
    for blank in [json!(""), json!("   "), Value::Null] {
        let body = radio(json!([{"id": 1, "text": "a"}, {"id": 2, "text": blank}]));
        refused(world.standard.post(&captures, body).await, "options.1.text");
        let columns = json!({"field_type": "table", "columns": [{"id": 1, "label": blank}]});
        let answer = world.standard.post(&captures, with("Table", columns)).await;
        refused(answer, "columns.0.label");
    }
    // A list of the organization may supply the options.
    let listed = with(
        "Pick",
        json!({"field_type": "dropdown", "list": {"id": "x"}}),
    );
    let answer = world.standard.post(&captures, listed).await.expect(201);
    assert_eq!(answer.data()["options"], json!([]));
    assert_eq!(answer.data()["list"], json!({"id": "x"}));
    let neither = with("Pick", json!({"field_type": "dropdown", "options": null}));
    refused(world.standard.post(&captures, neither).await, "options");
}

async fn what_a_field_begins_with(world: &World) {
    let captures = captures(world, "Defaults").await;
    for (sent, value, enabled) in [
        (json!({"default_value": "x"}), json!("x"), false),
        (
            json!({"default_value": "x", "default_value_enabled": true}),
            json!("x"),
            true,
        ),
        (json!({"value": "y"}), json!("y"), true),
        (
            json!({"default_value": null, "default_value_enabled": false, "value": "y"}),
            json!("y"),
            true,
        ),
        (json!({"default_value": "", "value": "y"}), json!("y"), true),
        (
            json!({"default_value": "x", "value": "y"}),
            json!("x"),
            false,
        ),
        (json!({"value": null}), Value::Null, false),
    ] {
        let body = with("Text", sent.clone());
        let answer = world.standard.post(&captures, body).await.expect(201);
        let shown = answer.data();
        assert_eq!(
            (&shown["default_value"], &shown["default_value_enabled"]),
            (&value, &json!(enabled)),
            "{sent}"
        );
    }
    for kind in ["file", "table", "assignees_form"] {
        for key in ["default_value", "value"] {
            let body = json!({"field_type": kind, "columns": [{"label": "c"}], key: [{"id": "a1"}], "default_value_enabled": true});
            let answer = world.standard.post(&captures, with("None", body)).await;
            let answer = answer.expect(201);
            assert_eq!(
                answer.data()["default_value_enabled"],
                false,
                "{kind} with {key}"
            );
            let path = format!("{captures}/{}", id(&answer));
            let on = json!({"default_value_enabled": true});
            let after = world.standard.put(&path, on).await.expect(200);
            assert_eq!(after.data()["default_value_enabled"], false, "{kind}");
        }
    }
    // A kick-off field that was shown, with the content added that a file was uploaded for.
    let template = made(world, &world.standard, "Files").await;
    let put = async |prerun: Value| {
        let body = json!({"title": "Files", "prerun": prerun});
        let answer = world.standard.put(&template, body).await.expect(200);
        answer.data()["prerun"].clone()
    };
    let mut shown = put(json!([with("Papers", json!({"field_type": "file"}))])).await;
    let papers = json!([{"id": "a1", "filename": "a.pdf"}]);
    shown[0]["value"] = papers.clone();
    let after = put(shown).await;
    assert_eq!(after[0]["default_value"], papers);
    assert_eq!(after[0]["default_value_enabled"], false);
}

async fn a_change_keeps_what_it_does_not_say(world: &World) {
    let captures = captures(world, "Partial").await;
    let body = json!({"label": "Amount", "field_type": "dropdown", "required": true, "options": [{"id": 4, "text": "Four"}], "prefix": "EUR",
        "guidance": "<p>Sum</p>", "settings": {"must_all_checked": true}, "field_validation": ["numeric"]});
    let stored = world.standard.post(&captures, body).await.expect(201);
    let path = format!("{captures}/{}", id(&stored));
    for partial in [
        json!({}),
        json!({"label": "Amount"}),
        json!({"required": true, "options": null, "field_validation": null, "position": null}),
        json!({"id": "x", "alias": "mine", "step_id": 7, "description": "dropped"}),
    ] {
        let after = world.standard.put(&path, partial.clone()).await.expect(200);
        assert_eq!(after.data(), stored.data(), "{partial}");
    }
    let less = json!({"required": "0", "prefix": "", "guidance": null, "field_validation": []});
    let after = world.standard.put(&path, less).await.expect(200);
    assert_eq!(after.data()["required"], false);
    assert_eq!(
        (&after.data()["prefix"], &after.data()["guidance"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(after.data()["field_validation"], json!([]));
    assert_eq!(after.data()["options"], stored.data()["options"]);
    refused(
        world.standard.put(&path, json!({"label": ""})).await,
        "label",
    );
}

/// What is sent back has the newer name, empty; what is meant stands under the other one.
async fn the_older_names_of_keys(world: &World) {
    let template = made(world, &world.standard, "Names").await;
    let one = step(&world.standard, &template, "One").await;
    let ready = field(&world.standard, &template, &one).await;
    let rules = format!("{template}/automated-actions");
    let action = json!({"action_type": "assignment", "action_verb": "assign", "target_step_id": one,
        "assignees": {"users": null, "assignees": [world.light.user_id]}});
    let rule = json!({"automated_alias": "", "alias": "By hand", "then_actions": null, "actions": [action],
        "conditions": [{"conditionable_id": ready, "conditionable_type": "capture", "operation": "IS_EMPTY", "statement": null}]});
    let made = world.standard.post(&rules, rule).await.expect(201);
    assert_eq!(made.data()["automated_alias"], "By hand");
    let people = &made.data()["then_actions"][0]["assignees"]["users"];
    assert_eq!(*people, json!([world.light.user_id]));
    let shown = whole(&world.standard, &template).await;
    assert_eq!(shown["automated_actions"][0], *made.data());
}
