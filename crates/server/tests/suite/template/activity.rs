//! What the activity feed tells of templates and their parts.

use serde_json::{Value, json};

use super::{each, field, id, made, show, step, whole};
use crate::support::{Actor, World, both_engines};

both_engines!(
    steps_and_fields_are_told_of_the_step,
    rules_and_forms_are_told_of_the_template,
    a_template_is_told_key_by_key,
    whoever_may_not_see_it_is_not_told,
);

/// Rows of the feed, the first change first: what it was done to, verb, field, value before, sentence.
async fn feed(world: &World, by: &Actor, query: &str) -> Vec<[String; 5]> {
    let path = world.at(&format!(
        "activity-feeds?sort=created_at&per_page=100&{query}"
    ));
    let rows = by.get(&path).await.expect(200);
    let text = |row: &Value, key: &str| row[key][0].as_str().unwrap_or("-").to_owned();
    let rows = rows.data().as_array().unwrap().iter();
    rows.map(|row| {
        let kind = row["type"][0].as_str().unwrap().to_owned();
        let rest = ["verb", "field", "old_value", "description"].map(|key| text(row, key));
        let [verb, field, old, sentence] = rest;
        [kind, verb, field, old, sentence]
    })
    .collect()
}

/// The last so many rows, as lines.
async fn lines(world: &World, query: &str, last: usize) -> Vec<String> {
    let rows = feed(world, &world.standard, query).await;
    let start = rows.len().saturating_sub(last);
    rows[start..].iter().map(|row| row.join(" | ")).collect()
}

async fn steps_and_fields_are_told_of_the_step(world: &World) {
    let template = made(world, &world.standard, "Move house").await;
    let template_id = template.rsplit('/').next().unwrap();
    let one = step(&world.standard, &template, "Pack").await;
    let two = step(&world.standard, &template, "Carry").await;
    let path = format!("{template}/steps/{one}");
    let body = json!({"title": "Pack it all", "assignees": [world.light.user_id]});
    world.standard.put(&path, body).await.expect(200);
    let last = json!({"position": 1});
    let reorder = format!("{template}/steps/{two}/reorder");
    world.standard.put(&reorder, last).await.expect(200);
    let ready = field(&world.standard, &template, &one).await;
    let capture = format!("{path}/captures/{ready}");
    let body = json!({"label": "Boxes?", "field_type": "text", "required": true});
    world.standard.put(&capture, body).await.expect(200);
    let out = json!({"target_step_id": two, "position": 1});
    let moved = format!("{capture}/move-out");
    world.standard.put(&moved, out).await.expect(200);
    let capture = format!("{template}/steps/{two}/captures/{ready}");
    world.standard.delete(&capture).await.expect(200);
    world.standard.delete(&path).await.expect(200);
    let options =
        json!([{"id": 1, "text": "Yes", "value": null}, {"id": 2, "text": "No", "value": null}]);
    let of = |rest: &str| format!("entity_type=checklist&entity_id={template_id}{rest}");
    assert_eq!(
        lines(world, &of(""), 20).await,
        [
            "Blueprint | created | - | - | created the template \"Move house\"",
            "Step | created | - | - | created the step \"Pack\"",
            "Step | created | - | - | created the step \"Carry\"",
            "Step | owners-updated | assignees | - | changed the assignees of the step \"Pack it all\"",
            "Step | updated | title | Pack | changed the title of the step \"Pack it all\"",
            "Step | re-ordered | position | 2 | moved the step \"Carry\"",
            "Step | updated | captures | - | added the form field \"Ready?\"",
            "Step | updated | field_type | dropdown | changed the field type of the form field \"Boxes?\"",
            "Step | updated | label | Ready? | changed the label of the form field \"Boxes?\"",
            &format!(
                "Step | updated | options | {options} | changed the options of the form field \"Boxes?\""
            ),
            "Step | updated | required | false | changed the required of the form field \"Boxes?\"",
            &format!("Step | re-ordered | captures | {one} | moved the form field \"Boxes?\""),
            "Step | updated | captures | - | deleted the form field \"Boxes?\"",
            "Step | deleted | - | - | deleted the step \"Pack it all\"",
        ]
    );
    // Each filter finds them.
    for (query, found) in [
        (of("&verb=re-ordered"), 2),
        (of("&verb=created,deleted"), 4),
        (of("&field=title"), 1),
        (of("&type=Step"), 13),
        (of("&type=Blueprint"), 1),
        ("entity_type=step&verb=owners-updated".to_owned(), 1),
        (format!("entity_type=step&entity_id={two}"), 4),
    ] {
        let rows = feed(world, &world.standard, &query).await;
        assert_eq!(rows.len(), found, "{query}");
    }
    let of_step = world.at(&format!("activity-feeds?entity_type=step&entity_id={two}"));
    let row = world.standard.get(&of_step).await.data()[3].clone();
    assert_eq!(row["auditable_type"], "App\\Models\\Step");
    assert_eq!(row["parentable_type"], "App\\Models\\Checklist");
    assert_eq!(row["parentable_id"], template_id);
    assert_eq!(row["audit"]["data"]["title"], "Carry");
    assert_eq!(row["parent"]["data"]["title"], "Move house");
}

async fn rules_and_forms_are_told_of_the_template(world: &World) {
    let template = made(world, &world.standard, "Hire").await;
    let one = step(&world.standard, &template, "Greet").await;
    let ready = field(&world.standard, &template, &one).await;
    let rules = format!("{template}/automated-actions");
    let rule = show(&ready, &one);
    let rule = id(&world.standard.post(&rules, rule).await.expect(201));
    let rule = format!("{rules}/{rule}");
    world.standard.delete(&rule).await.expect(200);
    let prerun = json!([{"label": "Name", "field_type": "text", "required": true}]);
    let body = json!({"title": "Hire", "prerun": prerun});
    world.standard.put(&template, body).await.expect(200);
    let stages = format!("{template}/stages");
    let stage = json!({"name": "Plan"});
    let stage = id(&world.standard.post(&stages, stage).await.expect(201));
    let name = json!({"name": "Think"});
    let stage = format!("{stages}/{stage}");
    world.standard.put(&stage, name).await.expect(200);
    assert_eq!(
        lines(world, "type=Blueprint&field=automated_actions,", 9)
            .await
            .len(),
        0,
        "one field at a time"
    );
    assert_eq!(
        lines(world, "type=Blueprint", 5).await,
        [
            "Blueprint | updated | automated_actions | - | added the rule \"Show\"",
            "Blueprint | updated | automated_actions | - | deleted the rule \"Show\"",
            "Blueprint | updated | prerun | - | added the kick-off field \"Name\"",
            "Blueprint | updated | stages | - | added the milestone \"Plan\"",
            "Blueprint | updated | name | Plan | changed the name of the milestone \"Think\"",
        ]
    );
    assert_eq!(lines(world, "field=automated_actions", 9).await.len(), 2);
}

async fn a_template_is_told_key_by_key(world: &World) {
    let template = made(world, &world.standard, "Bake").await;
    let change = async |body: Value| world.standard.put(&template, body).await.expect(200);
    change(json!({"title": "Bake bread", "guidance": "<p>Warm</p>"})).await;
    change(json!({"title": "Bake bread", "guidance": "<p>Hot</p>", "status": "Started"})).await;
    change(json!({"title": "Bake bread", "users": [world.light.user_id]})).await;
    let edit = json!({"edit": {"users": [world.other.user_id]}});
    let permissions = format!("{template}/permissions");
    world.standard.put(&permissions, edit).await.expect(200);
    let publish = format!("{template}/publish");
    world.standard.put(&publish, json!({})).await.expect(200);
    step(&world.standard, &template, "Knead").await;
    let restore = format!("{template}/versions/1/restore");
    world.standard.put(&restore, json!({})).await.expect(200);
    world.standard.delete(&template).await.expect(200);
    let restore = format!("{template}/restore");
    world.standard.put(&restore, json!({})).await.expect(200);
    assert_eq!(
        lines(world, "type=Blueprint", 20).await,
        [
            "Blueprint | created | - | - | created the template \"Bake\"",
            "Blueprint | updated | guidance | - | changed the guidance of the template \"Bake bread\"",
            "Blueprint | updated | title | Bake | changed the title of the template \"Bake bread\"",
            "Blueprint | updated | status | - | changed the status of the template \"Bake bread\"",
            "Blueprint | updated | guidance | <p>Warm</p> | changed the guidance of the template \"Bake bread\"",
            "Blueprint | updated | users | - | changed the users of the template \"Bake bread\"",
            "Blueprint | updated | permissions | - | changed the permissions of the template \"Bake bread\"",
            "Blueprint | published | is_published_state | false | published the template \"Bake bread\"",
            "Blueprint | updated | version | 2 | restored version 1 of the template \"Bake bread\"",
            "Blueprint | archived | - | - | archived the template \"Bake bread\"",
            "Blueprint | unarchived | - | - | restored the template \"Bake bread\"",
        ]
    );
    assert_eq!(
        lines(world, "verb=published&field=is_published_state", 9)
            .await
            .len(),
        1
    );
    let tag = json!({"title": "Kitchen"});
    let tag = world.admin.post(&world.at("tags"), tag).await.expect(201);
    let now = whole(&world.standard, &template).await;
    let one = step(&world.standard, &template, "Rise").await;
    for (kind, subject) in [
        ("Checklist", now["id"].as_str().unwrap()),
        ("Step", one.as_str()),
    ] {
        let link = json!({"subject_type": kind, "subject_id": subject, "tag_id": tag.data()["id"]});
        let link = world
            .standard
            .post(&world.at("checklists/tags"), link)
            .await;
        let number = link.expect(201).data()["id"].clone();
        let link = world.at(&format!("checklists/tags/{number}"));
        world.standard.delete(&link).await.expect(204);
    }
    assert_eq!(
        lines(world, "field=tags", 9).await,
        [
            "Blueprint | linked | tags | - | put the tag \"Kitchen\" on the template \"Bake bread\"",
            "Blueprint | unlinked | tags | - | took the tag \"Kitchen\" off the template \"Bake bread\"",
            "Step | linked | tags | - | put the tag \"Kitchen\" on the step \"Rise\"",
            "Step | unlinked | tags | - | took the tag \"Kitchen\" off the step \"Rise\"",
        ]
    );
}

async fn whoever_may_not_see_it_is_not_told(world: &World) {
    let template = made(world, &world.standard, "Secret sauce").await;
    let permissions = format!("{template}/permissions");
    let nobody = json!({"read": null});
    world.standard.put(&permissions, nobody).await.expect(200);
    let one = step(&world.standard, &template, "Stir").await;
    let query = format!("entity_type=step&entity_id={one}");
    assert_eq!(feed(world, &world.standard, &query).await.len(), 1);
    assert!(feed(world, &world.other, "type=Step").await.is_empty());
    let path = world.at(&format!("activity-feeds?{query}"));
    world.other.get(&path).await.expect(404);
    let all = world.at("activity-feeds?type=Step");
    let rows = world.admin.get(&all).await.expect(200);
    assert_eq!(each(rows.data(), "auditable_id"), [json!(one)]);
}
