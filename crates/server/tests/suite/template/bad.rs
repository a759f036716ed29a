//! Templates that are wrong: each fault is named by its path, all of them at once, and nothing is stored.

use serde_json::{Value, json};

use crate::support::{World, both_engines};

both_engines!(every_fault_has_its_path, all_faults_at_once);

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn field(changes: Value) -> Value {
    let mut field = json!({"label": "F", "field_type": "text", "required": false});
    for (key, value) in changes.as_object().unwrap() {
        field[key] = value.clone();
    }
    json!({"prerun": [field]})
}

fn rule(condition: Value, action: Value) -> Value {
    let mut of = json!({"conditionable_id": A, "conditionable_type": "Step", "operation": "completed", "statement": null});
    let mut then = json!({"action_type": "visibility", "action_verb": "show", "target_step_id": B});
    for (whole, changes) in [(&mut of, condition), (&mut then, action)] {
        for (key, value) in changes.as_object().unwrap() {
            whole[key] = value.clone();
        }
    }
    json!({"steps": [{"id": A, "title": "A"}, {"id": B, "title": "B"}],
        "automated_actions": [{"conditions": [of], "then_actions": [then]}]})
}

fn hangs(id: &str, on: &str) -> Value {
    json!({"id": id, "title": "S", "deadline": {"value": 1, "unit": "days", "option": "from", "step": on}})
}

async fn every_fault_has_its_path(world: &World) {
    let long = "x".repeat(1_000_000);
    let cases: Vec<(Value, &str)> = vec![
        (json!({"title": null}), "title"),
        (json!({"title": ["x"]}), "title"),
        (json!({"title": long}), "title"),
        (json!({"type": "template"}), "type"),
        (json!({"type": null}), "type"),
        (json!({"webhook": "ftp://x"}), "webhook"),
        (
            json!({"public_cover": "javascript:alert(1)"}),
            "public_cover",
        ),
        (json!({"owner_id": world.canary.user_id}), "owner_id"),
        (json!({"users": [world.light.user_id, 4]}), "users.1"),
        (json!({"auto_naming": "perhaps"}), "auto_naming"),
        (
            json!({"default_process_name_format": "x".repeat(551)}),
            "default_process_name_format",
        ),
        (json!({"prerun": "x"}), "prerun"),
        (json!({"prerun": [5]}), "prerun.0"),
        (field(json!({"label": " "})), "prerun.0.label"),
        (
            field(json!({"field_type": "number"})),
            "prerun.0.field_type",
        ),
        (field(json!({"required": null})), "prerun.0.required"),
        (field(json!({"position": 0})), "prerun.0.position"),
        (
            field(json!({"field_type": "radio", "options": [{"id": 1, "text": "one"}]})),
            "prerun.0.options",
        ),
        (
            field(json!({"field_type": "dropdown", "options": [{"id": 1}]})),
            "prerun.0.options.0.text",
        ),
        (
            field(
                json!({"field_type": "dropdown", "options": [{"id": 1, "text": "a"}, {"id": 1, "text": "b"}]}),
            ),
            "prerun.0.options.1.id",
        ),
        (
            field(json!({"field_type": "dropdown", "options": [{"id": "x", "text": "a"}]})),
            "prerun.0.options.0.id",
        ),
        (field(json!({"field_type": "table"})), "prerun.0.columns"),
        (
            field(json!({"field_type": "table", "columns": [{"id": 1}]})),
            "prerun.0.columns.0.label",
        ),
        (
            json!({"steps": [{"title": "A", "step_type": "dance"}]}),
            "steps.0.step_type",
        ),
        (
            json!({"steps": [{"title": "A", "captures": [{"label": "x"}]}]}),
            "steps.0.captures.0.field_type",
        ),
        (
            json!({"steps": [{"title": "A", "deadline": {"value": 1}}]}),
            "steps.0.deadline.unit",
        ),
        (
            json!({"steps": [{"title": "A", "deadline": 5}]}),
            "steps.0.deadline",
        ),
        (
            json!({"steps": [{"title": "A", "assignees": ["x"]}]}),
            "steps.0.assignees.0",
        ),
        (
            json!({"steps": [hangs(A, B), hangs(B, A)]}),
            "steps.0.deadline.step",
        ),
        (
            json!({"steps": [{"id": A, "title": "A"}, {"id": A, "title": "B"}]}),
            "steps.1.id",
        ),
        (
            json!({"steps": [{"title": "A", "captures": [
            {"label": "x", "field_type": "text", "required": false, "alias": "x-1"},
            {"label": "x", "field_type": "text", "required": false, "alias": "x-1"}]}]}),
            "steps.0.captures.1.alias",
        ),
        (
            json!({"stages": [{"position": 1}], "steps": []}),
            "stages.0.name",
        ),
        (
            json!({"steps": [], "automated_actions": [{"then_actions": []}]}),
            "automated_actions.0.conditions",
        ),
        (
            rule(json!({"operation": "equals"}), json!({})),
            "automated_actions.0.conditions.0.operation",
        ),
        (
            rule(json!({"operation": "sings"}), json!({})),
            "automated_actions.0.conditions.0.operation",
        ),
        (
            rule(json!({"conditionable_type": "Task"}), json!({})),
            "automated_actions.0.conditions.0.conditionable_type",
        ),
        (
            rule(json!({"logic": "xor"}), json!({})),
            "automated_actions.0.conditions.0.logic",
        ),
        (
            rule(json!({}), json!({"action_verb": "assign"})),
            "automated_actions.0.then_actions.0.action_verb",
        ),
        (
            rule(
                json!({}),
                json!({"action_type": "assignment", "action_verb": "assign"}),
            ),
            "automated_actions.0.then_actions.0.assignees",
        ),
        (
            rule(
                json!({}),
                json!({"action_type": "deadline", "action_verb": "deadline", "deadline": {"value": 1, "unit": "moons", "option": "from"}}),
            ),
            "automated_actions.0.then_actions.0.deadline.unit",
        ),
        (
            rule(
                json!({}),
                json!({"action_type": "webhook", "action_verb": "emit_webhook"}),
            ),
            "automated_actions.0.then_actions.0.webhook_url",
        ),
        (
            rule(json!({}), json!({"target_step_id": null})),
            "automated_actions.0.then_actions.0.target_step_id",
        ),
    ];
    assert!(cases.len() > 30);
    for (changes, path) in cases {
        let mut body = json!({"title": "Wrong", "type": "procedure"});
        for (key, value) in changes.as_object().unwrap() {
            body[key] = value.clone();
        }
        let answer = world.standard.post(&world.at("checklists"), body).await;
        let shown: String = changes.to_string().chars().take(300).collect();
        assert_eq!(answer.status, 422, "{shown}: {}", answer.text);
        assert!(
            answer.json["errors"][path].is_array(),
            "{shown} at {path}: {}",
            answer.text
        );
        assert!(
            answer.text.len() < 2_000,
            "the answer repeats what was sent"
        );
    }
    let list = world.admin.get(&world.at("checklists")).await;
    assert_eq!(list.json["meta"]["pagination"]["total"], 0);
}

async fn all_faults_at_once(world: &World) {
    let body = json!({"type": "x", "prerun": [{"label": "", "field_type": "y"}], "steps": [{"title": "", "captures": [{}]}]});
    let answer = world
        .standard
        .post(&world.at("checklists"), body)
        .await
        .expect(422);
    let paths: Vec<&String> = answer.json["errors"].as_object().unwrap().keys().collect();
    let wanted = [
        "prerun.0.field_type",
        "prerun.0.label",
        "prerun.0.required",
        "steps.0.captures.0.field_type",
        "steps.0.captures.0.label",
        "steps.0.captures.0.required",
        "steps.0.title",
        "title",
        "type",
    ];
    assert_eq!(paths, wanted);
}
