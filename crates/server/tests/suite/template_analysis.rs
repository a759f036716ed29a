//! What can be learned of a template without launching it: what its rules do, what is wrong with it, how versions differ, when its
//! steps would be due, and how it leaves and comes back.

use serde_json::{Value, json};

use crate::support::{Actor, Answer, World, both_engines};

both_engines!(
    rules_are_tried_out,
    bad_answers_are_named,
    a_check_finds_what_is_wrong,
    versions_are_compared,
    deadlines_of_a_launch_now,
    exported_and_imported,
    whoever_reads_may_analyse,
);

const FIELD: &str = "0000000000000000000000000000000a";
const FIRST: &str = "0000000000000000000000000000000b";
const SECOND: &str = "0000000000000000000000000000000c";

/// Two steps; the second appears when the kick-off form says High or the first is completed, and goes to the standard member.
async fn made(world: &World) -> (String, Value) {
    let body = json!({
        "title": "Buy | <b>things</b>", "type": "procedure", "summary": "<p>For <b>all</b></p>",
        "prerun": [{"id": FIELD, "alias": "risk-1", "label": "Risk", "field_type": "dropdown", "required": true,
            "options": [{"id": 1, "text": "Low"}, {"id": 2, "text": "High"}]}],
        "steps": [
            {"id": FIRST, "title": "Ask for {{risk-1}}", "deadline": {"value": 1, "unit": "days", "option": "from", "step": "start_run"}},
            {"id": SECOND, "title": "Sign \"] --> x", "step_type": "approval",
                "deadline": {"value": 1, "unit": "days", "option": "from", "step": FIRST}}],
        "automated_actions": [{"automated_alias": "Check", "conditions": [
                {"conditionable_id": FIELD, "conditionable_type": "Prerun", "operation": "equals", "statement": "High"},
                {"conditionable_id": FIRST, "conditionable_type": "Step", "operation": "completed", "statement": "any_time", "logic": "or"}],
            "then_actions": [
                {"action_type": "visibility", "action_verb": "show", "target_step_id": SECOND},
                {"action_type": "assignment", "action_verb": "assign_only", "target_step_id": SECOND,
                    "assignees": {"users": [world.standard.user_id]}}]}]});
    let answer = world.admin.post(&world.at("checklists"), body).await;
    let id = answer.expect(201).data()["id"].as_str().unwrap().to_owned();
    let path = world.at(&format!("checklists/{id}"));
    let whole = world
        .admin
        .get(&format!("{path}?with=steps"))
        .await
        .expect(200);
    let data = whole.data().clone();
    (path, data)
}

fn step(template: &Value, place: usize) -> &str {
    template["steps"]["data"][place]["id"].as_str().unwrap()
}

async fn tried(by: &Actor, path: &str, body: Value) -> Answer {
    let path = format!("{path}/automated-actions/test");
    by.post(&path, body).await
}

async fn rules_are_tried_out(world: &World) {
    let (path, template) = made(world).await;
    let field = template["prerun"][0]["id"].as_str().unwrap();
    let low = json!({"prerun": {field: {"id": 1, "text": "Low"}}});
    let answer = tried(&world.standard, &path, low).await.expect(200);
    assert_eq!(answer.data()["rules"][0]["holds"], false);
    assert_eq!(
        answer.data()["rules"][0]["conditions"][0]["saw"],
        json!(["Low"])
    );
    assert_eq!(answer.data()["steps"][1]["hidden"], true);

    let high = json!({"prerun": {field: {"id": 2, "text": "High"}}});
    let answer = tried(&world.admin, &path, high).await.expect(200);
    let actions = &answer.data()["rules"][0]["then_actions"];
    assert_eq!(actions[0]["effect"], "shown");
    assert_eq!(
        actions[1]["assignees"]["users"],
        json!([world.standard.user_id])
    );
    let second = &answer.data()["steps"][1];
    assert_eq!(
        (&second["hidden"], &second["status"]),
        (&json!(false), &json!("not-started"))
    );
    assert_eq!(
        second["assignees"]["users"],
        json!([world.standard.user_id])
    );

    let done = json!({"steps": {step(&template, 0): {"status": "completed", "completed_at": "2026-03-02T10:00:00Z"}}});
    let answer = tried(&world.standard, &path, done).await.expect(200);
    assert_eq!(answer.data()["rules"][0]["holds"], true);
    // A day after the first was completed, not after it was due.
    assert_eq!(
        answer.data()["steps"][1]["deadline"],
        "2026-03-03T10:00:00.000Z"
    );

    // Nothing of it happened.
    let after = world
        .admin
        .get(&format!("{path}?with=steps"))
        .await
        .expect(200);
    assert_eq!(after.data(), &template);
}

async fn bad_answers_are_named(world: &World) {
    let (path, template) = made(world).await;
    let field = template["prerun"][0]["id"].as_str().unwrap();
    let first = step(&template, 0);
    let body = json!({
        "prerun": {field: {"id": 1, "text": "High"}, "nothing": "x"},
        "taskdata": {field: "Low"},
        "steps": {first: {"status": "done", "deadline": "soon", "assignees": {"users": ["x"]}}, SECOND: {}},
        "triggered_by": FIRST,
    });
    let answer = tried(&world.admin, &path, body).await.expect(422);
    let errors = answer.json["errors"].as_object().unwrap();
    let mut wanted = vec![
        format!("prerun.{field}"),
        "prerun.nothing".to_owned(),
        format!("steps.{SECOND}"),
        format!("steps.{first}.assignees.users.0"),
        format!("steps.{first}.deadline"),
        format!("steps.{first}.status"),
        format!("taskdata.{field}"),
        "triggered_by".to_owned(),
    ];
    wanted.sort();
    assert_eq!(errors.keys().cloned().collect::<Vec<_>>(), wanted);
}

async fn a_check_finds_what_is_wrong(world: &World) {
    let (path, template) = made(world).await;
    let healthy = world
        .standard
        .get(&format!("{path}/health"))
        .await
        .expect(200);
    assert_eq!(healthy.data()["healthy"], true, "{}", healthy.text);
    let rule = json!({"automated_alias": "Never", "conditions": [{"conditionable_id": template["prerun"][0]["id"],
            "conditionable_type": "Prerun", "operation": "equals", "statement": "high"}],
        "then_actions": [{"action_type": "visibility", "action_verb": "hide", "target_step_id": step(&template, 0)}]});
    let rules = format!("{path}/automated-actions");
    let rule = world.admin.post(&rules, rule).await.expect(201);
    let ill = world
        .standard
        .get(&format!("{path}/health"))
        .await
        .expect(200);
    let worst = &ill.data()["findings"][0];
    assert_eq!(ill.data()["healthy"], false);
    assert_eq!(
        (&worst["code"], &worst["severity"]),
        (&json!("option_unknown"), &json!("error"))
    );
    assert_eq!(
        (&worst["kind"], &worst["id"]),
        (&json!("rule"), &rule.data()["id"])
    );
}

async fn versions_are_compared(world: &World) {
    let (path, template) = made(world).await;
    let first = step(&template, 0);
    world
        .admin
        .put(&format!("{path}/publish"), json!({}))
        .await
        .expect(200);
    let same = world
        .admin
        .get(&format!("{path}/versions/1/compare"))
        .await
        .expect(200);
    assert_eq!(same.data()["changes"], json!([]));
    world
        .admin
        .put(
            &format!("{path}/steps/{first}"),
            json!({"title": "Ask twice"}),
        )
        .await
        .expect(200);
    let added = world
        .admin
        .post(&format!("{path}/steps"), json!({"title": "Pay"}))
        .await
        .expect(201);
    let answer = world
        .standard
        .get(&format!("{path}/versions/1/compare"))
        .await
        .expect(200);
    assert_eq!(
        (&answer.data()["from"], &answer.data()["to"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(
        answer.data()["changes"],
        json!([
            {"kind": "step", "id": first, "title": "Ask twice", "change": "changed", "field": "title",
                "before": template["steps"]["data"][0]["title"], "after": "Ask twice"},
            {"kind": "step", "id": added.data()["id"], "title": "Pay", "change": "added"},
        ])
    );
    let then = world
        .standard
        .get(&format!("{path}/versions/1?with=steps"))
        .await
        .expect(200);
    assert_eq!(
        (&then.data()["version"], &then.data()["steps_count"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(then.data()["steps"], template["steps"]);
    for (rest, status) in [
        ("1/compare?to=9", 404),
        ("9/compare", 404),
        ("9", 404),
        ("x", 404),
        ("1/compare?to=x", 422),
    ] {
        world
            .admin
            .get(&format!("{path}/versions/{rest}"))
            .await
            .expect(status);
    }
}

async fn deadlines_of_a_launch_now(world: &World) {
    let (path, template) = made(world).await;
    let answer = world.light.get(&format!("{path}/steps-deadlines")).await;
    // Light members read what they are granted.
    answer.expect(404);
    let answer = world
        .standard
        .get(&format!("{path}/steps-deadlines"))
        .await
        .expect(200);
    assert_eq!(
        answer.data(),
        &json!([
            {"step_id": step(&template, 0), "deadline_time": "2026-03-03T10:00:00.000Z", "provisional": false},
            {"step_id": step(&template, 1), "deadline_time": "2026-03-04T10:00:00.000Z", "provisional": true},
        ])
    );
}

async fn exported_and_imported(world: &World) {
    let (path, template) = made(world).await;
    let answer = world
        .standard
        .get(&format!("{path}/export"))
        .await
        .expect(200);
    let again = world
        .admin
        .post(&world.at("checklists"), answer.data().clone())
        .await
        .expect(201);
    assert_eq!(again.json["import_warnings"], json!([]));
    let copy = world.at(&format!(
        "checklists/{}",
        again.data()["id"].as_str().unwrap()
    ));
    let back = world.admin.get(&format!("{copy}/export")).await.expect(200);
    let titles = |data: &Value| {
        let steps = data["steps"]["data"].as_array().unwrap().iter();
        steps
            .map(|step| step["deadline"]["value"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(titles(back.data()), titles(answer.data()));
    assert_eq!(
        back.data()["automated_actions"][0]["then_actions"][0]["target_step_id"],
        back.data()["steps"]["data"][1]["id"]
    );
    assert_ne!(
        back.data()["steps"]["data"][1]["id"],
        template["steps"]["data"][1]["id"]
    );

    let text = world
        .standard
        .get(&format!("{path}/export?format=markdown"))
        .await
        .expect(200);
    let (name, document) = (
        &text.data()["filename"],
        text.data()["content"].as_str().unwrap(),
    );
    assert_eq!(name, "buy-b-things-b.md");
    assert!(
        document.starts_with("# Buy \\| \\<b\\>things\\</b\\>\n\nFor **all**\n"),
        "{document}"
    );
    assert!(
        document.contains("- **Due:** 1 day after the launch"),
        "{document}"
    );
    assert!(
        document.contains("| Risk | dropdown: Low, High | yes |"),
        "{document}"
    );
    let chart = world
        .standard
        .get(&format!("{path}/export?format=mermaid"))
        .await
        .expect(200);
    let chart = chart.data()["content"].as_str().unwrap().to_owned();
    assert!(
        chart.contains("s1{\"2. Sign #34;#93; #45;#45;#62; x\"}:::hidden"),
        "{chart}"
    );
    assert!(chart.contains("s0 -. \"show if"), "{chart}");
    world
        .standard
        .get(&format!("{path}/export?format=pdf"))
        .await
        .expect(422);
}

async fn whoever_reads_may_analyse(world: &World) {
    let (path, _) = made(world).await;
    let reads = [
        "health",
        "export",
        "steps-deadlines",
        "versions/1",
        "versions/1/compare",
    ];
    for rest in reads {
        world
            .standard
            .get(&format!("{path}/{rest}"))
            .await
            .expect(200);
        world.light.get(&format!("{path}/{rest}")).await.expect(404);
    }
    tried(&world.light, &path, json!({})).await.expect(404);
    world
        .admin
        .put(
            &format!("{path}/permissions"),
            json!({"launch": {"users": [world.light.user_id]}}),
        )
        .await
        .expect(200);
    for rest in reads {
        world.light.get(&format!("{path}/{rest}")).await.expect(200);
    }
    tried(&world.light, &path, json!({})).await.expect(200);
}
