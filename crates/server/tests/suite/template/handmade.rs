//! Templates written by hand: what their parts are called, how they are counted.

use serde_json::{Value, json};

use super::{assign, each, imported, refused, when};
use crate::support::{World, both_engines};

both_engines!(
    ids_of_any_kind_are_taken,
    warnings_count_as_the_body_does,
    less_than_nothing_is_put_right,
);

async fn ids_of_any_kind_are_taken(world: &World) {
    let looks = |kind: &str, id: Value| json!({"conditionable_id": id, "conditionable_type": kind, "operation": "is_empty", "statement": null});
    let parts = |one: Value, two: Value| {
        json!({
            "prerun": [{"id": one, "label": "Who", "field_type": "assignees_form", "required": false}],
            "stages": [{"id": one, "name": "First"}],
            "steps": [
                {"id": one, "title": "One", "stage_id": one, "captures": [{"id": one, "label": "Day", "field_type": "date", "required": false}]},
                {"id": two, "title": "Two", "deadline": {"value": 1, "unit": "days", "option": "from", "step": one}},
            ],
            "automated_actions": [{"automated_alias": "R", "conditions": [looks("Prerun", one.clone()), looks("Capture", one.clone())],
                "then_actions": [
                    {"action_type": "deadline", "action_verb": "deadline", "target_step_id": two, "actionable_type": "Capture",
                        "actionable_id": one, "deadline": {"value": 1, "unit": "days", "option": "from"}},
                    {"action_type": "assignment", "action_verb": "assign", "target_step_id": one, "actionable_type": "Prerun",
                        "actionable_id": one}]}],
        })
    };
    for (one, two) in [
        (json!("step-1"), json!("step 2")),
        (json!(1), json!(2)),
        // A number and its digits are the same.
        (json!("7"), json!(8)),
        (json!("A".repeat(32)), json!("é".repeat(255))),
    ] {
        let (made, warnings) =
            imported(world, &world.standard, parts(one.clone(), two.clone())).await;
        assert_eq!(warnings, json!([]), "{one}");
        let steps = &made["steps"]["data"];
        for id in [
            &made["prerun"][0]["id"],
            &made["stages"]["data"][0]["id"],
            &steps[0]["id"],
            &steps[1]["id"],
        ] {
            let id = id.as_str().unwrap();
            assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
        }
        let rule = &made["automated_actions"][0];
        let field = &steps[0]["captures"][0]["id"];
        assert_eq!(
            each(&rule["conditions"], "conditionable_id"),
            [made["prerun"][0]["id"].clone(), field.clone()]
        );
        assert_eq!(
            each(&rule["then_actions"], "target_step_id"),
            [steps[1]["id"].clone(), steps[0]["id"].clone()]
        );
        assert_eq!(
            each(&rule["then_actions"], "actionable_id"),
            [field.clone(), made["prerun"][0]["id"].clone()]
        );
        assert_eq!(steps[0]["stage_id"], made["stages"]["data"][0]["id"]);
        assert_eq!(steps[1]["deadline"]["step"], steps[0]["id"]);
    }
    let post = async |parts: Value| {
        let mut body = parts;
        (body["title"], body["type"]) = (json!("Wrong"), json!("procedure"));
        world.standard.post(&world.at("checklists"), body).await
    };
    refused(
        post(parts(json!("x".repeat(256)), json!(2))).await,
        "steps.0.id",
    );
    refused(post(parts(json!(1.5), json!(2))).await, "stages.0.id");
    refused(post(parts(json!([1]), json!(2))).await, "prerun.0.id");
    refused(post(parts(json!(1), json!("1"))).await, "steps.1.id");
    // What is not there is left out, and a part of another kind is not what was meant.
    let mut odd = parts(json!(1), json!(2));
    odd["automated_actions"][0]["conditions"][0]["conditionable_type"] = json!("Step");
    odd["automated_actions"][0]["conditions"][0]["conditionable_id"] = json!("none");
    odd["automated_actions"][0]["conditions"][0]["operation"] = json!("completed");
    odd["steps"][0]["stage_id"] = json!("none");
    odd["steps"][0]["bp_to_launch"] = json!({"id": "other template"});
    let (made, warnings) = imported(world, &world.standard, odd).await;
    let mut paths = each(&warnings, "path");
    paths.sort_by_key(Value::to_string);
    assert_eq!(
        paths,
        [
            "automated_actions.0",
            "steps.0.bp_to_launch.id",
            "steps.0.stage_id"
        ]
    );
    assert_eq!(made["automated_actions"], json!([]));
    // Outside of an import only ids are ids.
    let template = super::made(world, &world.standard, "By hand").await;
    let body = json!({"title": "A", "stage_id": "first"});
    refused(
        world
            .standard
            .post(&format!("{template}/steps"), body)
            .await,
        "stage_id",
    );
}

async fn warnings_count_as_the_body_does(world: &World) {
    let gone = "9".repeat(32);
    let far = json!([assign(&json!("b"), json!({"users": [424_242]}))]);
    let mut rules = [
        when(
            &json!("none"),
            json!([assign(&json!("a"), json!({"users": [world.light.user_id]}))]),
        ),
        when(&json!("a"), far),
        when(
            &json!("a"),
            json!([assign(&json!("b"), json!({"users": [world.light.user_id]}))]),
        ),
    ];
    for (rule, position) in rules.iter_mut().zip([3, 2, 1]) {
        rule["position"] = json!(position);
        rule["automated_alias"] = json!(format!("R{position}"));
    }
    let parts = json!({"automated_actions": rules, "steps": [
        {"id": "b", "title": "B", "position": 2, "stage_id": gone, "assignees": [424_242]},
        {"id": "a", "title": "A", "position": 1, "deadline": {"value": 1, "unit": "days", "option": "from", "step": gone}}]});
    let (made, warnings) = imported(world, &world.standard, parts).await;
    assert_eq!(each(&made["steps"]["data"], "title"), ["A", "B"]);
    assert_eq!(each(&made["automated_actions"], "automated_alias"), ["R1"]);
    let mut paths = each(&warnings, "path");
    paths.sort_by_key(Value::to_string);
    let wanted = [
        "automated_actions.0",
        "automated_actions.1",
        "automated_actions.1.then_actions.0.assignees.users.0",
        "steps.0.assignees.0",
        "steps.0.stage_id",
        "steps.1.deadline.step",
    ];
    assert_eq!(paths, wanted, "{warnings}");
    // Faults as well.
    let body = json!({"title": "Twice", "type": "procedure",
        "steps": [{"id": "a", "title": "A", "position": 9}, {"id": "b", "title": "B"}, {"id": "a", "title": "C", "position": 3}],
        "stages": [{"id": 1, "name": "X", "position": 2}, {"id": 1, "name": "Y", "position": 1}]});
    let answer = world.standard.post(&world.at("checklists"), body).await;
    refused(answer, "steps.0.id");
    let circle = |on: &str| json!({"value": 1, "unit": "days", "option": "from", "step": on});
    let body = json!({"title": "Circle", "type": "procedure", "steps": [{"title": "Last", "position": 7},
        {"id": "a", "title": "A", "position": 1, "deadline": circle("b")}, {"id": "b", "title": "B", "position": 2, "deadline": circle("a")}]});
    let answer = world
        .standard
        .post(&world.at("checklists"), body)
        .await
        .expect(422);
    let paths: Vec<&String> = answer.json["errors"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["steps.1.deadline.step", "steps.2.deadline.step"]);
}

async fn less_than_nothing_is_put_right(world: &World) {
    let at = |value: i64, option: &str| json!({"value": value, "unit": "days", "option": option, "step": "start_run"});
    let parts = json!({"steps": [
        {"title": "A", "deadline": at(-2, "from")},
        {"title": "B", "deadline": at(-2, "before")},
        {"title": "C", "deadline": at(-2, "around"), "start_date": {"value": -1, "unit": "days"}},
        {"title": "D", "deadline": at(2, "from")}]});
    let (made, warnings) = imported(world, &world.standard, parts).await;
    let deadlines = each(&made["steps"]["data"], "deadline");
    assert_eq!(
        deadlines,
        [
            at(2, "prior_to"),
            at(2, "from"),
            at(0, "around"),
            at(2, "from")
        ]
    );
    assert_eq!(
        made["steps"]["data"][2]["start_date"],
        json!({"value": 0, "unit": "days"})
    );
    let paths = each(&warnings, "path");
    let wanted = [
        "steps.0.deadline.value",
        "steps.1.deadline.value",
        "steps.2.deadline.value",
        "steps.2.start_date.value",
    ];
    assert_eq!(paths, wanted);
    // Whoever writes to a template directly is told.
    let template = super::made(world, &world.standard, "Direct").await;
    let body = json!({"title": "A", "deadline": at(-2, "from")});
    refused(
        world
            .standard
            .post(&format!("{template}/steps"), body)
            .await,
        "deadline.value",
    );
}
