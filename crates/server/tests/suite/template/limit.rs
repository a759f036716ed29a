//! How much a template holds.

use serde_json::{Value, json};

use super::{id, imported, made, refused, step};
use crate::support::{World, both_engines};

both_engines!(
    titles_have_a_length,
    a_template_is_full_one_day,
    a_step_is_full_one_day,
);

/// A body in which something has this name.
type Named<'a> = Box<dyn Fn(&str) -> Value + 'a>;

async fn titles_have_a_length(world: &World) {
    let template = made(world, &world.standard, "Lengths").await;
    let one = step(&world.standard, &template, "One").await;
    let rules = |name: &str| {
        json!({"automated_alias": name, "conditions": [{"conditionable_id": one, "conditionable_type": "Step", "operation": "completed",
            "statement": null}], "then_actions": [{"action_type": "status", "action_verb": "reopen", "target_step_id": one}]})
    };
    let cases: [(&str, usize, &str, Named<'_>); 5] = [
        (
            "",
            250,
            "title",
            Box::new(|text| json!({"title": text, "type": "procedure"})),
        ),
        (
            "steps",
            600,
            "title",
            Box::new(|text| json!({"title": text})),
        ),
        (
            "stages",
            250,
            "name",
            Box::new(|text| json!({"name": text})),
        ),
        ("automated-actions", 300, "automated_alias", Box::new(rules)),
        (
            &format!("steps/{one}/captures"),
            1_000,
            "label",
            Box::new(|text| json!({"label": text, "field_type": "text", "required": false})),
        ),
    ];
    for (path, most, key, body) in cases {
        let path = match path {
            "" => world.at("checklists"),
            path => format!("{template}/{path}"),
        };
        // Characters are counted, not bytes.
        let answer = world.standard.post(&path, body(&"é".repeat(most))).await;
        assert_eq!(
            answer.expect(201).data()[key]
                .as_str()
                .unwrap()
                .chars()
                .count(),
            most
        );
        refused(
            world
                .standard
                .post(&path, body(&"é".repeat(most + 1)))
                .await,
            key,
        );
    }
    let summary = json!({"title": "Lengths", "summary": "x".repeat(2_001)});
    refused(world.standard.put(&template, summary).await, "summary");
}

/// So many of these.
fn many(count: usize, one: impl Fn(usize) -> Value) -> Vec<Value> {
    (0..count).map(one).collect()
}

async fn a_template_is_full_one_day(world: &World) {
    let rule = json!({"conditions": [{"conditionable_id": 0, "conditionable_type": "Step", "operation": "completed", "statement": null}],
        "then_actions": [{"action_type": "status", "action_verb": "reopen", "target_step_id": 0}]});
    let full = json!({
        "steps": many(2_000, |index| json!({"id": index, "title": "S"})),
        "stages": many(500, |index| json!({"id": index, "name": "M"})),
        "automated_actions": many(2_000, |_| rule.clone()),
    });
    let post = async |parts: &Value| {
        let mut body = parts.clone();
        (body["title"], body["type"]) = (json!("Full"), json!("procedure"));
        world.standard.post(&world.at("checklists"), body).await
    };
    for key in ["steps", "stages", "automated_actions"] {
        let mut more = json!({"steps": [], "stages": [], "automated_actions": []});
        let mut list = full[key].clone();
        let next = list[0].clone();
        list.as_array_mut().unwrap().push(next);
        more[key] = list;
        refused(post(&more).await, key);
    }
    let made = post(&full).await.expect(201);
    assert_eq!(made.data()["steps_count"], 2_000);
    let template = world.at(&format!("checklists/{}", id(&made)));
    let page = world
        .standard
        .get(&format!("{template}/steps?per_page=1"))
        .await;
    let first = page.data()[0]["id"].as_str().unwrap();
    let steps = format!("{template}/steps");
    refused(
        world.standard.post(&steps, json!({"title": "S"})).await,
        "title",
    );
    refused(
        world
            .standard
            .post(&format!("{steps}/{first}/clone"), json!({}))
            .await,
        "steps",
    );
    let stages = format!("{template}/stages");
    refused(
        world.standard.post(&stages, json!({"name": "M"})).await,
        "name",
    );
    let mut one = rule;
    one["conditions"][0]["conditionable_id"] = json!(first);
    one["then_actions"][0]["target_step_id"] = json!(first);
    let rules = format!("{template}/automated-actions");
    refused(world.standard.post(&rules, one).await, "automated_alias");
}

async fn a_step_is_full_one_day(world: &World) {
    let field = || json!({"label": "F", "field_type": "text", "required": false});
    let parts = |count: usize| json!({"steps": [{"title": "Full", "captures": many(count, |_| field())}, {"title": "Other", "captures": [field()]}]});
    let (made, _) = imported(world, &world.standard, parts(1_000)).await;
    let mut more = parts(1_001);
    (more["title"], more["type"]) = (json!("More"), json!("procedure"));
    refused(
        world.standard.post(&world.at("checklists"), more).await,
        "steps.0.captures",
    );
    let steps = &made["steps"]["data"];
    let [full, other] = [0, 1].map(|index| steps[index]["id"].as_str().unwrap().to_owned());
    let at = world.at(&format!(
        "checklists/{}/steps",
        made["id"].as_str().unwrap()
    ));
    refused(
        world
            .standard
            .post(&format!("{at}/{full}/captures"), field())
            .await,
        "label",
    );
    let lone = steps[1]["captures"][0]["id"].as_str().unwrap();
    let out = json!({"target_step_id": full, "position": 1});
    let path = format!("{at}/{other}/captures/{lone}/move-out");
    refused(world.standard.put(&path, out).await, "target_step_id");
    // Moved to where it is, nothing becomes more.
    let own = steps[0]["captures"][7]["id"].as_str().unwrap();
    let stay = json!({"target_step_id": full, "position": 1});
    let path = format!("{at}/{full}/captures/{own}/move-out");
    world.standard.put(&path, stay).await.expect(200);
    let out = json!({"target_step_id": other, "position": 1});
    world.standard.put(&path, out).await.expect(200);
    let path = format!("{at}/{other}/captures/{lone}/move-out");
    let back = json!({"target_step_id": full, "position": 1});
    world.standard.put(&path, back).await.expect(200);
}
