//! Steps, form fields, rules and milestones.

use serde_json::{Value, json};

use super::{each, field, id, made, refused, show, step, whole};
use crate::support::{World, both_engines};

both_engines!(
    steps_in_order,
    people_of_a_step_are_one_set,
    fields_keep_their_identity,
    what_a_rule_uses_stays,
    rules_are_replaced_whole,
    milestones,
    two_edits_at_once_are_both_kept,
);

async fn steps_in_order(world: &World) {
    let template = made(world, &world.standard, "Order").await;
    let mut steps = Vec::new();
    for title in ["A", "B", "C"] {
        steps.push(step(&world.standard, &template, title).await);
    }
    let titles = async || {
        let all = world
            .standard
            .get(&format!("{template}/steps"))
            .await
            .expect(200);
        assert_eq!(each(all.data(), "position"), (1..=3).collect::<Vec<_>>());
        each(all.data(), "title")
    };
    let moved = |position: i64| json!({"position": position});
    let reorder = format!("{template}/steps/{}/reorder", steps[2]);
    let answer = world.standard.put(&reorder, moved(1)).await.expect(200);
    assert_eq!(answer.data()["position"], 1);
    assert_eq!(titles().await, ["C", "A", "B"]);
    world
        .standard
        .put(&reorder, moved(50_000))
        .await
        .expect(200);
    assert_eq!(titles().await, ["A", "B", "C"]);
    world.standard.put(&reorder, moved(-3)).await.expect(200);
    assert_eq!(titles().await, ["C", "A", "B"]);
    world.standard.put(&reorder, moved(3)).await.expect(200);
    for wrong in [
        json!({}),
        json!({"position": "last"}),
        json!({"position": 1.5}),
        json!({"position": ""}),
    ] {
        refused(world.standard.put(&reorder, wrong).await, "position");
    }
    let page = world
        .standard
        .get(&format!("{template}/steps?per_page=2&page=2"))
        .await;
    assert_eq!(each(page.data(), "title"), ["C"]);
    assert_eq!(page.json["meta"]["pagination"]["total_pages"], 2);
    // A step is reached through its own template only.
    let other = made(world, &world.standard, "Other").await;
    world
        .standard
        .get(&format!("{other}/steps/{}", steps[0]))
        .await
        .expect(404);
    world
        .standard
        .delete(&format!("{other}/steps/{}", steps[0]))
        .await
        .expect(404);
    // The default deadline of the organisation; null means none.
    let first = world
        .standard
        .get(&format!("{template}/steps/{}", steps[0]))
        .await;
    assert_eq!(
        first.data()["deadline"],
        json!({"value": 5, "unit": "days", "option": "from", "step": "start_run"})
    );
    let body = json!({"title": "A", "deadline": {"value": 2, "unit": "days", "option": "before", "step": steps[1]}});
    let answer = world
        .standard
        .put(&format!("{template}/steps/{}", steps[0]), body)
        .await
        .expect(200);
    assert_eq!(answer.data()["deadline"]["option"], "prior_to");
    let circle = json!({"title": "B", "deadline": {"value": 2, "unit": "days", "option": "from", "step": steps[0]}});
    let refused = world
        .standard
        .put(&format!("{template}/steps/{}", steps[1]), circle)
        .await
        .expect(422);
    assert!(
        refused.json["errors"]["deadline.step"].is_array(),
        "{}",
        refused.text
    );
    let refused = world
        .standard
        .delete(&format!("{template}/steps/{}", steps[1]))
        .await
        .expect(403);
    assert!(
        refused.text.contains("deadline of step 1"),
        "{}",
        refused.text
    );
}

async fn people_of_a_step_are_one_set(world: &World) {
    let template = made(world, &world.standard, "People").await;
    let one = step(&world.standard, &template, "One").await;
    let path = format!("{template}/steps/{one}");
    let change = async |body: Value| world.standard.put(&path, body).await;
    let body = json!({"title": "One", "assignees": [world.light.user_id.to_string()], "guests": ["Kim@Guest.example"]});
    let answer = change(body).await.expect(200);
    assert_eq!(answer.data()["assignees"], json!([world.light.user_id]));
    assert_eq!(answer.data()["guests"], json!(["kim@guest.example"]));
    let answer = change(json!({"title": "Uno"})).await.expect(200);
    assert_eq!(
        answer.data()["guests"],
        json!(["kim@guest.example"]),
        "nothing was sent, nothing changed"
    );
    let answer = change(json!({"title": "Uno", "assignees": [world.standard.user_id]}))
        .await
        .expect(200);
    assert_eq!(
        answer.data()["guests"],
        json!([]),
        "one list that is sent stands for all three"
    );
    for (people, path) in [
        (json!({"assignees": [world.canary.user_id]}), "assignees.0"),
        (
            json!({"assignees": [world.disabled.user_id]}),
            "assignees.0",
        ),
        (
            json!({"assignees": [world.light.user_id, "x"]}),
            "assignees.1",
        ),
        (json!({"guests": ["bruno@northwind.example"]}), "guests.0"),
        (json!({"guests": ["nobody"]}), "guests.0"),
        (json!({"groups": [one]}), "groups.0"),
        (
            json!({"assignees": [world.light.user_id], "guests": ["kim@guest.example"], "max_assignable": 1}),
            "max_assignable",
        ),
    ] {
        let mut body = people.clone();
        body["title"] = json!("Uno");
        let refused = change(body).await.expect(422);
        assert!(
            refused.json["errors"][path].is_array(),
            "{people}: {}",
            refused.text
        );
    }
}

async fn fields_keep_their_identity(world: &World) {
    let template = made(world, &world.standard, "Fields").await;
    let (one, two) = (
        step(&world.standard, &template, "One").await,
        step(&world.standard, &template, "Two").await,
    );
    let ready = field(&world.standard, &template, &one).await;
    let captures = format!("{template}/steps/{one}/captures");
    let path = format!("{captures}/{ready}");
    world.standard.get(&path).await.expect(405);
    let stored = whole(&world.standard, &template).await["steps"]["data"][0]["captures"][0].clone();
    let mut echo = stored.clone();
    echo["label"] = json!("Really ready?");
    echo["options"] = json!([{"id": 1, "text": "Yes", "required": false, "description": "kept"}, {"id": 7, "text": " No "}]);
    let answer = world.standard.put(&path, echo).await.expect(200);
    assert_eq!(
        (&answer.data()["id"], &answer.data()["alias"]),
        (&stored["id"], &stored["alias"])
    );
    assert_eq!(answer.data()["options"][0]["description"], "kept");
    assert_eq!(
        answer.data()["options"][1],
        json!({"id": 7, "text": " No ", "value": null})
    );
    let text = json!({"label": "Ready?", "field_type": "text", "required": false, "field_validation": "min:3|max:9"});
    let answer = world.standard.put(&path, text).await.expect(200);
    assert_eq!(
        answer.data()["options"],
        json!([]),
        "what the new type cannot have goes"
    );
    assert_eq!(answer.data()["field_validation"], json!(["min:3", "max:9"]));
    let other = field(&world.standard, &template, &one).await;
    let order = json!({"capture_id": other, "position": 1});
    world.standard.put(&captures, order).await.expect(200);
    let now = whole(&world.standard, &template).await;
    assert_eq!(
        each(&now["steps"]["data"][0]["captures"], "id"),
        [json!(other), json!(ready)]
    );
    let out = json!({"target_step_id": two, "position": 1});
    let answer = world
        .standard
        .put(&format!("{path}/move-out"), out)
        .await
        .expect(200);
    assert_eq!(
        (&answer.data()["id"], &answer.data()["step_id"]),
        (&json!(ready), &json!(two))
    );
    world.standard.delete(&path).await.expect(404);
    let there = format!("{template}/steps/{two}/captures/{ready}");
    world.standard.delete(&there).await.expect(200);
    let all = world
        .standard
        .get(&format!("{template}/form-fields"))
        .await
        .expect(200);
    assert_eq!(each(&all.data()["form_fields"], "step_title"), ["One"]);
}

async fn what_a_rule_uses_stays(world: &World) {
    let template = made(world, &world.standard, "Uses").await;
    let (one, two) = (
        step(&world.standard, &template, "One").await,
        step(&world.standard, &template, "Two").await,
    );
    let ready = field(&world.standard, &template, &one).await;
    let rules = format!("{template}/automated-actions");
    let rule = id(&world
        .standard
        .post(&rules, show(&ready, &two))
        .await
        .expect(201));
    let before = whole(&world.standard, &template).await;
    for path in [
        format!("steps/{one}"),
        format!("steps/{two}"),
        format!("steps/{one}/captures/{ready}"),
    ] {
        let refused = world
            .standard
            .delete(&format!("{template}/{path}"))
            .await
            .expect(403);
        assert!(refused.text.contains("rule 1"), "{}", refused.text);
    }
    assert_eq!(whole(&world.standard, &template).await, before);
    // Moved to another step, the field is still the one the rule means.
    let out = json!({"target_step_id": two, "position": 1});
    world
        .standard
        .put(
            &format!("{template}/steps/{one}/captures/{ready}/move-out"),
            out,
        )
        .await
        .expect(200);
    world
        .standard
        .delete(&format!("{template}/steps/{one}"))
        .await
        .expect(200);
    world
        .standard
        .delete(&format!("{rules}/{rule}"))
        .await
        .expect(200);
    world
        .standard
        .delete(&format!("{template}/steps/{two}"))
        .await
        .expect(200);
    assert_eq!(whole(&world.standard, &template).await["steps_count"], 0);
}

async fn rules_are_replaced_whole(world: &World) {
    let template = made(world, &world.standard, "Rules").await;
    let one = step(&world.standard, &template, "One").await;
    let ready = field(&world.standard, &template, &one).await;
    let rules = format!("{template}/automated-actions");
    let mut rule = show(&ready, &one);
    rule.as_object_mut().unwrap().remove("automated_alias");
    rule["condition_logic"] = json!("OR");
    let first = world.standard.post(&rules, rule.clone()).await.expect(201);
    assert_eq!(
        first.data()["automated_alias"],
        "Show One",
        "a rule without a name gets one"
    );
    assert_eq!(first.data()["conditions"][0]["logic"], "or");
    assert_eq!(first.data()["position"], 1);
    let path = format!("{rules}/{}", id(&first));
    let mut echo = first.data().clone();
    echo["then_actions"] = json!([{"action_type": "assignment", "action_verb": "assign", "target_step_id": one,
        "assignees": {"assignees": [world.light.user_id]}}]);
    let second = world.standard.put(&path, echo).await.expect(200);
    assert_eq!(second.data()["id"], first.data()["id"]);
    let wanted = json!({"users": [world.light.user_id], "guests": [], "groups": []});
    assert_eq!(second.data()["then_actions"][0]["assignees"], wanted);
    world.standard.get(&path).await.expect(405);
    let shown = world.standard.get(&template).await;
    assert_eq!(shown.data()["automated_actions"][0], *second.data());
}

async fn milestones(world: &World) {
    let template = made(world, &world.standard, "Stages").await;
    let stages = format!("{template}/stages");
    let first = id(&world
        .standard
        .post(&stages, json!({"name": "Plan"}))
        .await
        .expect(201));
    let second = json!({"name": "Do", "position": 1});
    let second = world.standard.post(&stages, second).await.expect(201);
    assert_eq!(second.data()["position"], 1);
    let all = world.standard.get(&stages).await.expect(200);
    assert_eq!(each(all.data(), "name"), ["Do", "Plan"]);
    let one = step(&world.standard, &template, "One").await;
    let into = json!({"title": "One", "stage_id": first});
    world
        .standard
        .put(&format!("{template}/steps/{one}"), into)
        .await
        .expect(200);
    let renamed = json!({"name": "Think", "position": 1});
    world
        .standard
        .put(&format!("{stages}/{first}"), renamed)
        .await
        .expect(200);
    let all = world.standard.get(&stages).await.expect(200);
    assert_eq!(each(all.data(), "name"), ["Think", "Do"]);
    world
        .standard
        .delete(&format!("{stages}/{first}"))
        .await
        .expect(204);
    let now = whole(&world.standard, &template).await;
    assert_eq!(
        now["steps"]["data"][0]["stage_id"],
        Value::Null,
        "its steps stay"
    );
    world
        .standard
        .post(&stages, json!({"name": " "}))
        .await
        .expect(422);
}

async fn two_edits_at_once_are_both_kept(world: &World) {
    let template = made(world, &world.standard, "Crowd").await;
    let adding = (0..12).map(|number| step_of(world, &template, number));
    futures_util::future::join_all(adding).await;
    let now = whole(&world.standard, &template).await;
    assert_eq!(now["steps_count"], 12);
    let mut titles = each(&now["steps"]["data"], "title");
    titles.sort_by_key(Value::to_string);
    titles.dedup();
    assert_eq!(titles.len(), 12, "no edit wrote over another one");
}

async fn step_of(world: &World, template: &str, number: usize) {
    step(&world.standard, template, &format!("Step {number}")).await;
}
