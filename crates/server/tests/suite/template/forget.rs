//! What templates do when something goes that they name, and what comes back from the bin.

use serde_json::{Value, json};
use tallystick_server::template::store;

use super::{each, field, id, made, step, whole};
use crate::support::{World, both_engines};

both_engines!(
    a_group_and_a_guest_leave_steps_rules_and_grants,
    a_guest_who_joins_keeps_the_place,
    folders_that_go,
    what_was_published_stays_published,
    the_bin_keeps_versions,
    the_bin_gives_back_what_still_fits,
);

const KIM: &str = "kim@guest.example";

async fn group(world: &World) -> String {
    let body = json!({"name": "Night shift", "members": [world.light.user_id]});
    id(&world
        .admin
        .post(&world.at("groups"), body)
        .await
        .expect(201))
}

async fn folder(world: &World, body: Value) -> String {
    id(&world
        .admin
        .post(&world.at("folders"), body)
        .await
        .expect(201))
}

/// A template whose step and rule name this group, the guest and a member; answers its path and the step.
async fn peopled(world: &World, group: &str) -> (String, String) {
    let template = made(world, &world.standard, "Shift").await;
    let one = step(&world.standard, &template, "One").await;
    let people = json!({"title": "One", "assignees": [world.standard.user_id], "guests": [KIM], "groups": [group]});
    let path = format!("{template}/steps/{one}");
    world.standard.put(&path, people).await.expect(200);
    let ready = field(&world.standard, &template, &one).await;
    let rule = json!({"automated_alias": "Call",
        "conditions": [{"conditionable_id": ready, "conditionable_type": "Capture", "operation": "equals", "statement": "Yes"}],
        "then_actions": [{"action_type": "assignment", "action_verb": "assign", "target_step_id": one,
            "assignees": {"users": [world.standard.user_id], "guests": [KIM], "groups": [group]}}]});
    let rules = format!("{template}/automated-actions");
    world.standard.post(&rules, rule).await.expect(201);
    (template, one)
}

/// Guests and groups of the step and of the rule.
async fn named(world: &World, template: &str) -> [Value; 4] {
    let now = whole(&world.standard, template).await;
    let (step, rule) = (&now["steps"]["data"][0], &now["automated_actions"][0]);
    let people = &rule["then_actions"][0]["assignees"];
    [
        &step["guests"],
        &step["groups"],
        &people["guests"],
        &people["groups"],
    ]
    .map(Value::clone)
}

async fn bring_back(world: &World, template: &str) {
    let (org, wanted) = (
        world.org.clone(),
        template.rsplit('/').next().unwrap().to_owned(),
    );
    let back = world.write(move |tx| store::restore_from_bin(tx, &org, &wanted));
    assert!(back.await);
    let restore = format!("{template}/restore");
    world.standard.put(&restore, json!({})).await.expect(200);
}

async fn throw_away(world: &World, template: &str) {
    world.standard.delete(template).await.expect(200);
    let delete = format!("{template}/delete");
    world.admin.delete(&delete).await.expect(200);
}

async fn a_group_and_a_guest_leave_steps_rules_and_grants(world: &World) {
    let group = group(world).await;
    let (template, _) = peopled(world, &group).await;
    let permissions = format!("{template}/permissions");
    let launch = json!({"launch": {"groups": [group]}});
    world.standard.put(&permissions, launch).await.expect(200);
    let publish = format!("{template}/publish");
    world.standard.put(&publish, json!({})).await.expect(200);
    world.light.get(&template).await.expect(200);
    let path = world.at(&format!("groups/{group}"));
    world.admin.delete(&path).await.expect(204);
    let (kim, none) = (json!([KIM]), json!([]));
    let wanted = [kim.clone(), none.clone(), kim, none.clone()];
    assert_eq!(named(world, &template).await, wanted);
    let granted = world.standard.get(&permissions).await.expect(200);
    assert_eq!(granted.data()["launch"]["groups"], none);
    world.light.get(&template).await.expect(404);
    // What was kept says what it said; what is there now is another version.
    let now = whole(&world.standard, &template).await;
    assert_eq!(now["version"], 2);
    let kept = format!("{template}/versions/1?with=steps");
    let kept = world.standard.get(&kept).await.expect(200);
    let kept = &kept.data()["steps"]["data"][0];
    assert_eq!(kept["groups"], json!([group]));
    let path = world.at(&format!("guests/{KIM}"));
    world.admin.delete(&path).await.expect(200);
    assert_eq!(
        named(world, &template).await,
        [none.clone(), none.clone(), none.clone(), none]
    );
    assert_eq!(whole(&world.standard, &template).await["version"], 2);
    // Brought back without those who left.
    let restore = format!("{template}/versions/1/restore");
    world.standard.put(&restore, json!({})).await.expect(200);
    assert_eq!(named(world, &template).await[1], json!([]));
}

async fn a_guest_who_joins_keeps_the_place(world: &World) {
    let group = group(world).await;
    let (template, one) = peopled(world, &group).await;
    let convert = world.at(&format!("guests/{KIM}/to/member"));
    let joined = world.admin.post(&convert, json!({})).await.expect(200);
    let kim = joined.data()["id"].clone();
    let now = whole(&world.standard, &template).await;
    let wanted = json!([world.standard.user_id, kim]);
    let step = &now["steps"]["data"][0];
    assert_eq!(step["id"], one);
    assert_eq!((&step["assignees"], &step["guests"]), (&wanted, &json!([])));
    let people = &now["automated_actions"][0]["then_actions"][0]["assignees"];
    assert_eq!((&people["users"], &people["guests"]), (&wanted, &json!([])));
}

async fn folders_that_go(world: &World) {
    let above = folder(world, json!({"name": "All", "folder_type": "run"})).await;
    let body = json!({"name": "Moves", "folder_type": "run", "parent_id": above});
    let processes = folder(world, body).await;
    let own = folder(world, json!({"name": "T", "folder_type": "checklist"})).await;
    let template = made(world, &world.standard, "Move house").await;
    let body = json!({"title": "Move house", "folder_id": own, "default_folder": processes});
    world.standard.put(&template, body).await.expect(200);
    for (gone, left) in [(&processes, json!(above)), (&above, Value::Null)] {
        let path = world.at(&format!("folders/{gone}"));
        world.admin.delete(&path).await.expect(204);
        let now = whole(&world.standard, &template).await;
        assert_eq!(now["default_folder"], left);
    }
    world.standard.delete(&template).await.expect(200);
    let path = world.at(&format!("folders/{own}"));
    world.admin.delete(&path).await.expect(204);
    let restore = format!("{template}/restore");
    let back = world.standard.put(&restore, json!({})).await.expect(200);
    assert_eq!(back.data()["folder_id"], Value::Null);
}

async fn what_was_published_stays_published(world: &World) {
    let inner = made(world, &world.standard, "Inner").await;
    let inner_id = inner.rsplit('/').next().unwrap();
    let outer = made(world, &world.standard, "Outer").await;
    let html = format!("<p>Before</p><div data-template-id=\"{inner_id}\">Inner</div>");
    let body = json!({"title": "Outer", "summary": html, "dual_version_enabled": true});
    world.standard.put(&outer, body).await.expect(200);
    let with = json!({"title": "With it", "summary": html});
    let steps = format!("{outer}/steps");
    let holder = id(&world.standard.post(&steps, with).await.expect(201));
    let publish = format!("{outer}/publish");
    world.standard.put(&publish, json!({})).await.expect(200);
    let gone = world.standard.delete(&inner).await.expect(200);
    let outer_id = outer.rsplit('/').next().unwrap();
    assert_eq!(
        gone.json["deleted_references"],
        json!([{"type": "Blueprint", "title": "Outer", "id": outer_id}, {"type": "Step", "title": "With it", "id": holder}])
    );
    let now = whole(&world.standard, &outer).await;
    assert_eq!(now["summary"], "<p>Before</p>");
    assert_eq!(
        (&now["is_published_state"], &now["version"]),
        (&json!(true), &json!(2))
    );
}

async fn the_bin_keeps_versions(world: &World) {
    let template = made(world, &world.standard, "Old ways").await;
    step(&world.standard, &template, "First").await;
    let publish = format!("{template}/publish");
    world.standard.put(&publish, json!({})).await.expect(200);
    // Again, without a change: nothing more is kept.
    world.standard.put(&publish, json!({})).await.expect(200);
    step(&world.standard, &template, "Second").await;
    world.standard.put(&publish, json!({})).await.expect(200);
    let path = format!("{template}/versions");
    let before = world.standard.get(&path).await.expect(200);
    assert_eq!(each(before.data(), "version"), [2, 1]);
    throw_away(world, &template).await;
    bring_back(world, &template).await;
    let after = world.standard.get(&path).await.expect(200);
    assert_eq!(after.data(), before.data());
    let first = format!("{template}/versions/1?with=steps");
    let first = world.standard.get(&first).await.expect(200);
    assert_eq!(each(&first.data()["steps"]["data"], "title"), ["First"]);
    step(&world.standard, &template, "Third").await;
    assert_eq!(whole(&world.standard, &template).await["version"], 3);
}

async fn the_bin_gives_back_what_still_fits(world: &World) {
    let group = group(world).await;
    let (template, _) = peopled(world, &group).await;
    let own = folder(world, json!({"name": "T", "folder_type": "checklist"})).await;
    let body = json!({"title": "Shift", "alias": "shift", "folder_id": own, "groups": [group]});
    world.standard.put(&template, body).await.expect(200);
    throw_away(world, &template).await;
    for path in [format!("groups/{group}"), format!("folders/{own}")] {
        world.admin.delete(&world.at(&path)).await.expect(204);
    }
    let other = made(world, &world.standard, "Other").await;
    let body = json!({"title": "Other", "alias": "shift"});
    world.standard.put(&other, body).await.expect(200);
    bring_back(world, &template).await;
    let now = whole(&world.standard, &template).await;
    assert_eq!(
        (&now["folder_id"], &now["groups"]),
        (&Value::Null, &json!([]))
    );
    assert_eq!(named(world, &template).await[1], json!([]));
    let alias = now["alias"].as_str().unwrap();
    assert!(alias.starts_with("shift-"), "{alias}");
}
