//! What a template names outside of itself: people who are not here, templates that are not shown.

use serde_json::{Value, json};

use super::{assign, each, id, imported, made, refused, step, when, whole};
use crate::support::{Actor, World, both_engines};

both_engines!(
    rules_without_people_are_left_out,
    rules_follow_their_people,
    a_hidden_template_is_not_there,
    who_starts_a_template_is_a_member,
    a_wrong_favourite_is_refused,
);

/// Each rule of a template, as it is shown, can be sent back with another name.
async fn can_be_renamed(by: &Actor, template: &str) -> usize {
    let shown = whole(by, template).await;
    let rules = shown["automated_actions"].as_array().unwrap();
    for rule in rules {
        let mut echo = rule.clone();
        echo["automated_alias"] = json!("Renamed");
        let path = format!(
            "{template}/automated-actions/{}",
            rule["id"].as_str().unwrap()
        );
        by.put(&path, echo).await.expect(200);
    }
    rules.len()
}

async fn rules_without_people_are_left_out(world: &World) {
    let (a, b) = (json!("a"), json!("b"));
    let far = || assign(&b, json!({"users": [424_242], "groups": ["9".repeat(32)]}));
    let mut picker = far();
    (picker["actionable_type"], picker["actionable_id"]) = (json!("Prerun"), json!("p"));
    let mut unassign = far();
    unassign["action_verb"] = json!("unassign");
    let some = assign(&b, json!({"users": [424_242, world.light.user_id]}));
    let clear = json!({"action_type": "assignment", "action_verb": "clear_assignees", "target_step_id": "b"});
    let parts = json!({"steps": [{"id": "a", "title": "A"}, {"id": "b", "title": "B"}],
        "prerun": [{"id": "p", "label": "Who", "field_type": "assignees_form", "required": true}],
        "automated_actions": [when(&a, json!([far(), unassign])), when(&a, json!([far(), clear])), when(&a, json!([picker])), when(&a, json!([some]))]});
    let (made, warnings) = imported(world, &world.standard, parts).await;
    let rules = made["automated_actions"].as_array().unwrap();
    let verbs: Vec<Vec<Value>> = rules
        .iter()
        .map(|rule| each(&rule["then_actions"], "action_verb"))
        .collect();
    assert_eq!(verbs, [["clear_assignees"], ["assign"], ["assign"]]);
    assert_eq!(
        rules[1]["then_actions"][0]["assignees"],
        Value::Null,
        "the field is left"
    );
    assert_eq!(
        rules[2]["then_actions"][0]["assignees"]["users"],
        json!([world.light.user_id])
    );
    let whole_rules = each(&warnings, "path");
    for (path, told) in [
        ("automated_actions.0", true),
        ("automated_actions.1", true),
        ("automated_actions.2", false),
        ("automated_actions.3", false),
    ] {
        assert_eq!(whole_rules.contains(&json!(path)), told, "{path}");
    }
    let template = world.at(&format!("checklists/{}", made["id"].as_str().unwrap()));
    assert_eq!(can_be_renamed(&world.standard, &template).await, 3);
    // What is exported now is imported without a word.
    let (_, warnings) = imported(
        world,
        &world.standard,
        whole(&world.standard, &template).await,
    )
    .await;
    assert_eq!(warnings, json!([]));
    // Copied to where none of its people are.
    let there = format!("/organizations/{}/checklists", world.side);
    let tenant = json!({"tenant": world.org});
    let path = format!("{there}/{}/clone", made["id"].as_str().unwrap());
    let copy = world.both.post(&path, tenant).await.expect(201);
    let copy = format!("{there}/{}", id(&copy));
    assert_eq!(can_be_renamed(&world.both, &copy).await, 2);
}

async fn rules_follow_their_people(world: &World) {
    let group = json!({"name": "Crew", "members": [world.light.user_id]});
    let group = id(&world
        .admin
        .post(&world.at("groups"), group)
        .await
        .expect(201));
    let template = made(world, &world.admin, "People").await;
    let one = json!(step(&world.admin, &template, "One").await);
    let rules = format!("{template}/automated-actions");
    let to = |people: Value| json!([assign(&one, people)]);
    for actions in [
        to(json!({"groups": [group]})),
        to(json!({"guests": ["kim@guest.example"]})),
        to(json!({"groups": [group], "users": [world.light.user_id]})),
    ] {
        world
            .admin
            .post(&rules, when(&one, actions))
            .await
            .expect(201);
    }
    world
        .admin
        .put(&format!("{template}/publish"), json!({}))
        .await
        .expect(200);
    let edited = json!({"title": "People, edited"});
    world.admin.put(&template, edited).await.expect(200);
    assert_eq!(can_be_renamed(&world.admin, &template).await, 3);
    world
        .admin
        .delete(&world.at(&format!("groups/{group}")))
        .await
        .expect(204);
    assert_eq!(
        can_be_renamed(&world.admin, &template).await,
        2,
        "the group's rule went with it"
    );
    world
        .admin
        .delete(&world.at("guests/kim@guest.example"))
        .await;
    assert_eq!(
        can_be_renamed(&world.admin, &template).await,
        1,
        "and the guest's"
    );
    // The kept version still has them; who is gone does not come back with it.
    let restored = world
        .admin
        .put(&format!("{template}/versions/1/restore"), json!({}))
        .await
        .expect(200);
    let rules = restored.data()["automated_actions"].as_array().unwrap();
    assert!(
        rules
            .iter()
            .all(|rule| rule["then_actions"][0]["assignees"]["groups"] == json!([]))
    );
    assert!(!restored.text.contains(&group));
    assert_eq!(can_be_renamed(&world.admin, &template).await, rules.len());
}

async fn a_hidden_template_is_not_there(world: &World) {
    let hidden = made(world, &world.admin, "Hidden").await;
    let nobody = json!({"read": {"everyone": false}});
    world
        .admin
        .put(&format!("{hidden}/permissions"), nobody)
        .await
        .expect(200);
    let hidden = hidden.rsplit('/').next().unwrap().to_owned();
    let unknown = "9".repeat(32);
    let template = made(world, &world.standard, "Shown").await;
    let steps = format!("{template}/steps");
    let launch = |id: &str| json!({"title": "Launch", "bp_to_launch": {"id": id}});
    let form = |id: &str| json!({"title": "Shown", "ko_form_blueprint_id": id});
    let mut answers = Vec::new();
    for id in [&hidden, &unknown] {
        let one = world.standard.post(&steps, launch(id)).await;
        let two = world.standard.put(&template, form(id)).await;
        let mut body = form(id);
        body["type"] = json!("procedure");
        let three = world.standard.post(&world.at("checklists"), body).await;
        let errors = [&one, &two, &three].map(|answer| answer.json["errors"].clone());
        refused(one, "bp_to_launch.id");
        refused(two, "ko_form_blueprint_id");
        refused(three, "ko_form_blueprint_id");
        let parts = json!({"ko_form_blueprint_id": id, "steps": [launch(id)]});
        let (made, warnings) = imported(world, &world.standard, parts).await;
        assert_eq!(made["ko_form_blueprint_id"], Value::Null);
        assert_eq!(made["steps"]["data"][0]["bp_to_launch"], Value::Null);
        answers.push((errors, warnings));
    }
    assert_eq!(answers[0], answers[1], "nothing tells them apart");
    // Who sees it may name it, and who sends that back has not named it.
    let answer = world.admin.post(&steps, launch(&hidden)).await.expect(201);
    let path = format!("{steps}/{}", id(&answer));
    world.admin.put(&template, form(&hidden)).await.expect(200);
    let echo = world.standard.get(&path).await.expect(200);
    let after = world
        .standard
        .put(&path, echo.data().clone())
        .await
        .expect(200);
    assert_eq!(after.data()["bp_to_launch"]["id"], json!(hidden));
    world
        .standard
        .put(&template, form(&hidden))
        .await
        .expect(200);
    // Once it is shared, it is there.
    let everyone = json!({"read": {"everyone": true}});
    world
        .admin
        .put(
            &world.at(&format!("checklists/{hidden}/permissions")),
            everyone,
        )
        .await
        .expect(200);
    world
        .standard
        .post(&steps, launch(&hidden))
        .await
        .expect(201);
}

async fn who_starts_a_template_is_a_member(world: &World) {
    let with = |user: Value| json!({"title": "Started", "type": "procedure", "user_id": user});
    let post = async |body: Value| world.standard.post(&world.at("checklists"), body).await;
    for user in [
        json!(world.light.user_id),
        json!(world.light.user_id.to_string()),
        Value::Null,
        json!(""),
    ] {
        let answer = post(with(user)).await.expect(201);
        assert_eq!(answer.data()["created_by"], world.standard.user_id);
        assert_eq!(answer.data()["owner_id"], world.standard.user_id);
    }
    for user in [
        json!(world.canary.user_id),
        json!(world.disabled.user_id),
        json!(424_242),
        json!("me"),
        json!(0),
    ] {
        refused(post(with(user)).await, "user_id");
    }
    let mut import = with(json!(424_242));
    import["steps"] = json!([]);
    let answer = post(import).await.expect(201);
    assert_eq!(each(&answer.json["import_warnings"], "path"), ["user_id"]);
}

async fn a_wrong_favourite_is_refused(world: &World) {
    let body = json!({"title": "Star", "type": "procedure", "starred": "perhaps"});
    refused(
        world.standard.post(&world.at("checklists"), body).await,
        "starred",
    );
    let template = made(world, &world.standard, "Star").await;
    for (key, wrong) in [
        ("starred", json!("perhaps")),
        ("is_published_state", json!(7)),
    ] {
        let body = json!({"title": "Changed", key: wrong});
        refused(world.standard.put(&template, body).await, key);
    }
    let now = world.standard.get(&template).await.expect(200);
    assert_eq!(
        (&now.data()["title"], &now.data()["starred"]),
        (&json!("Star"), &json!(false))
    );
    let answer = world
        .standard
        .put(&template, json!({"title": "Star", "starred": "1"}))
        .await
        .expect(200);
    assert_eq!(answer.data()["starred"], true);
    let answer = world
        .standard
        .put(&template, json!({"title": "Star", "starred": null}))
        .await
        .expect(200);
    assert_eq!(answer.data()["starred"], true);
}
