//! What a rule can say, in which words, and what it cannot.

use serde_json::{Value, json};

use super::{each, id, made, refused, step, whole};
use crate::support::{Actor, World, both_engines};

both_engines!(
    letters_order_and_other_names,
    webhooks_are_called_by_rules,
    people_from_a_field,
    deadlines_from_a_date_and_from_a_step,
    what_is_missing_is_named,
    one_of_a_kind_for_each_step,
);

struct Place {
    template: String,
    rules: String,
    one: String,
    two: String,
}

async fn place(world: &World, title: &str) -> Place {
    let template = made(world, &world.standard, title).await;
    Place {
        rules: format!("{template}/automated-actions"),
        one: step(&world.standard, &template, "One").await,
        two: step(&world.standard, &template, "Two").await,
        template,
    }
}

impl Place {
    /// When the first step is completed, this.
    fn then(&self, action: Value) -> Value {
        json!({"automated_alias": "R", "then_actions": [action], "conditions": [self.completed()]})
    }

    fn completed(&self) -> Value {
        json!({"conditionable_id": self.one, "conditionable_type": "Step", "operation": "completed", "statement": "any_time"})
    }

    fn show(&self) -> Value {
        json!({"action_type": "visibility", "action_verb": "show", "target_step_id": self.two})
    }

    async fn field(&self, by: &Actor, kind: &str) -> String {
        let body = json!({"label": "F", "field_type": kind, "required": false});
        let path = format!("{}/steps/{}/captures", self.template, self.one);
        id(&by.post(&path, body).await.expect(201))
    }
}

async fn letters_order_and_other_names(world: &World) {
    let at = place(world, "Words").await;
    let condition = |operation: &str, position: i64| {
        json!({"conditionable_id": at.one, "conditionable_type": "sTEP", "operation": operation, "statement": null, "position": position,
            "logic": "AND"})
    };
    let action = |verb: &str, position: i64| {
        json!({"action_type": "Assignment", "action_verb": verb, "target_step_id": at.two.to_uppercase(), "position": position,
            "assignees": {"users": [world.light.user_id.to_string()]}})
    };
    let rule = json!({"alias": "Named otherwise", "conditions": [condition("Reopened", 2), condition("COMPLETED", 1)],
        "actions": [action("UNASSIGN", 3), action("assign", 1), action("Assign_Only", 2)]});
    let answer = world.standard.post(&at.rules, rule).await.expect(201);
    let made = answer.data();
    assert_eq!(made["automated_alias"], "Named otherwise");
    assert_eq!(
        each(&made["conditions"], "operation"),
        ["completed", "reopened"]
    );
    assert_eq!(each(&made["conditions"], "position"), [1, 2]);
    assert_eq!(
        each(&made["conditions"], "conditionable_type"),
        ["Step", "Step"]
    );
    let verbs = ["assign", "assign_only", "unassign"];
    assert_eq!(each(&made["then_actions"], "action_verb"), verbs);
    assert_eq!(
        each(&made["then_actions"], "target_step_id"),
        vec![at.two.clone(); 3]
    );
    // Sent back as it was shown, it is the same rule.
    let path = format!("{}/{}", at.rules, id(&answer));
    let again = world.standard.put(&path, made.clone()).await.expect(200);
    assert_eq!(each(&again.data()["then_actions"], "action_verb"), verbs);
}

async fn webhooks_are_called_by_rules(world: &World) {
    let at = place(world, "Web").await;
    let call = |url: &str, name: &str| json!({"action_type": "webhook", "action_verb": "emit_webhook", "webhook_url": url, "alias_name": name});
    let rule = at.then(call("https://hooks.example/x", "Told"));
    let answer = world.standard.post(&at.rules, rule).await.expect(201);
    let action = &answer.data()["then_actions"][0];
    assert_eq!(action["webhook_url"], "https://hooks.example/x");
    assert_eq!(
        (&action["alias_name"], &action["target_step_id"]),
        (&json!("Told"), &Value::Null)
    );
    let mut of_a_step = call("https://hooks.example/x", "Told");
    of_a_step["target_step_id"] = json!(at.two);
    let answer = world
        .standard
        .post(&at.rules, at.then(of_a_step))
        .await
        .expect(201);
    assert_eq!(
        answer.data()["then_actions"][0]["target_step_id"],
        json!(at.two)
    );
    for (action, key) in [
        (call("", "Told"), "webhook_url"),
        (call("ftp://x", "Told"), "webhook_url"),
        (call("https://hooks.example/x", " "), "alias_name"),
    ] {
        let answer = world.standard.post(&at.rules, at.then(action)).await;
        refused(answer, &format!("then_actions.0.{key}"));
    }
}

async fn people_from_a_field(world: &World) {
    let at = place(world, "Picker").await;
    let picker = at.field(&world.standard, "assignees_form").await;
    let text = at.field(&world.standard, "text").await;
    let assign = |kind: &str, field: &str| {
        json!({"action_type": "assignment", "action_verb": "assign", "target_step_id": at.two, "actionable_type": kind,
            "actionable_id": field})
    };
    let answer = world
        .standard
        .post(&at.rules, at.then(assign("capture", &picker)))
        .await
        .expect(201);
    let action = &answer.data()["then_actions"][0];
    assert_eq!(
        (&action["actionable_type"], &action["actionable_id"]),
        (&json!("Capture"), &json!(picker))
    );
    for (action, path) in [
        (assign("Capture", &text), "then_actions.0.actionable_id"),
        (assign("Prerun", &picker), "then_actions.0.actionable_id"),
        (assign("", &picker), "then_actions.0.actionable_type"),
        (assign("Field", &picker), "then_actions.0.actionable_type"),
        (assign("Capture", ""), "then_actions.0.assignees"),
    ] {
        refused(world.standard.post(&at.rules, at.then(action)).await, path);
    }
    // A field that is read only this way is used all the same.
    let path = format!("{}/steps/{}/captures/{picker}", at.template, at.one);
    world.standard.delete(&path).await.expect(403);
    let rule = format!("{}/{}", at.rules, id(&answer));
    world.standard.delete(&rule).await.expect(200);
    world.standard.delete(&path).await.expect(200);
}

async fn deadlines_from_a_date_and_from_a_step(world: &World) {
    let at = place(world, "Due").await;
    let date = at.field(&world.standard, "date").await;
    let due = |from: Option<(&str, &str)>| {
        let mut action = json!({"action_type": "deadline", "action_verb": "deadline", "target_step_id": at.two,
            "deadline": {"value": "2", "unit": "Days", "option": "BEFORE"}});
        if let Some((kind, id)) = from {
            action["actionable_type"] = json!(kind);
            action["actionable_id"] = json!(id);
        }
        action
    };
    for from in [
        None,
        Some(("Capture", date.as_str())),
        Some(("Step", at.one.as_str())),
    ] {
        let rule = at.then(due(from));
        let answer = world.standard.post(&at.rules, rule).await.expect(201);
        let action = &answer.data()["then_actions"][0];
        assert_eq!(
            action["deadline"],
            json!({"value": 2, "unit": "days", "option": "before"})
        );
        assert_eq!(action["actionable_type"], json!(from.map(|(kind, _)| kind)));
        assert_eq!(action["actionable_id"], json!(from.map(|(_, id)| id)));
    }
    refused(
        world
            .standard
            .post(&at.rules, at.then(due(Some(("Step", &date)))))
            .await,
        "then_actions.0.actionable_id",
    );
    for (key, wrong) in [
        ("value", json!("")),
        ("unit", json!("moon")),
        ("unit", json!(" ")),
        ("option", json!("prior_to")),
    ] {
        let mut action = due(None);
        action["deadline"][key] = wrong;
        let answer = world.standard.post(&at.rules, at.then(action)).await;
        refused(answer, &format!("then_actions.0.deadline.{key}"));
    }
    let path = format!("{}/steps/{}/captures/{date}", at.template, at.one);
    world.standard.delete(&path).await.expect(403);
}

async fn what_is_missing_is_named(world: &World) {
    let at = place(world, "Missing").await;
    for key in ["conditionable_id", "conditionable_type", "operation"] {
        for blank in [Some(json!("")), Some(json!(" ")), Some(Value::Null), None] {
            let mut rule = at.then(at.show());
            match blank {
                Some(blank) => rule["conditions"][0][key] = blank,
                None => drop(rule["conditions"][0].as_object_mut().unwrap().remove(key)),
            }
            let answer = world.standard.post(&at.rules, rule).await;
            refused(answer, &format!("conditions.0.{key}"));
        }
    }
    for key in ["action_type", "action_verb", "target_step_id"] {
        for blank in [json!(""), Value::Null] {
            let mut action = at.show();
            action[key] = blank;
            let answer = world.standard.post(&at.rules, at.then(action)).await;
            refused(answer, &format!("then_actions.0.{key}"));
        }
    }
    let mut rule = at.then(at.show());
    rule["conditions"][0]
        .as_object_mut()
        .unwrap()
        .remove("statement");
    refused(
        world.standard.post(&at.rules, rule).await,
        "conditions.0.statement",
    );
    for key in ["conditions", "then_actions"] {
        for empty in [
            json!([]),
            json!({"data": []}),
            json!({"data": null}),
            json!(""),
            Value::Null,
        ] {
            let mut rule = at.then(at.show());
            rule[key] = empty;
            refused(world.standard.post(&at.rules, rule).await, key);
        }
    }
    let shown = whole(&world.standard, &at.template).await;
    assert_eq!(
        shown["automated_actions"],
        json!([]),
        "nothing of it was stored"
    );
    // Wrapped as an include is, a list is a list.
    let rule =
        json!({"conditions": {"data": [at.completed()]}, "then_actions": {"data": [at.show()]}});
    world.standard.post(&at.rules, rule).await.expect(201);
}

async fn one_of_a_kind_for_each_step(world: &World) {
    let at = place(world, "Once").await;
    let hide =
        json!({"action_type": "visibility", "action_verb": "hide", "target_step_id": at.two});
    let due = json!({"action_type": "deadline", "action_verb": "deadline", "target_step_id": at.two,
        "deadline": {"value": 1, "unit": "days", "option": "from"}});
    for actions in [json!([at.show(), hide]), json!([due, due])] {
        let mut rule = at.then(at.show());
        rule["then_actions"] = actions;
        let answer = world.standard.post(&at.rules, rule).await;
        refused(answer, "then_actions.1.target_step_id");
    }
    let mut rule = at.then(at.show());
    let mut other = hide;
    other["target_step_id"] = json!(at.one);
    rule["then_actions"] = json!([at.show(), other, due]);
    world.standard.post(&at.rules, rule).await.expect(201);
}
