//! What a step can be told, and what telling it changes.

use serde_json::{Value, json};

use super::{each, field, id, imported, made, refused, step, whole};
use crate::support::{World, both_engines};

both_engines!(
    every_key_of_a_step_is_kept,
    what_is_not_for_clients_is_dropped,
    blank_words_are_missing_ones,
    null_leaves_lists_alone,
    the_cap_on_assignees,
    completed_once_for_all,
    tags_are_no_edit,
    a_copy_has_tags_too,
);

const FLAGS: [&str; 10] = [
    "allow_guest_owners",
    "skip_start_process",
    "can_complete_only_assignees",
    "everyone_must_complete",
    "prevent_guest_comment",
    "is_soft_start_date",
    "role_changes_every_time",
    "assign_run_starter",
    "top_secret",
    "send_chromeless",
];

async fn tag(world: &World, title: &str) -> String {
    let body = json!({"title": title, "color": "#102030"});
    id(&world.admin.post(&world.at("tags"), body).await.expect(201))
}

async fn every_key_of_a_step_is_kept(world: &World) {
    let template = made(world, &world.standard, "Keys").await;
    let one = step(&world.standard, &template, "One").await;
    let path = format!("{template}/steps/{one}");
    let change = async |mut changes: Value| {
        changes["title"] = json!("One");
        world.standard.put(&path, changes).await
    };
    let first = world.standard.get(&path).await.expect(200);
    for flag in FLAGS {
        let usual = matches!(flag, "allow_guest_owners" | "assign_run_starter");
        assert_eq!(first.data()[flag], usual, "{flag}");
        let words = if usual { "0" } else { "TRUE" };
        let turned = change(json!({flag: words})).await.expect(200);
        assert_eq!(turned.data()[flag], !usual, "{flag}");
        let after = change(json!({flag: null})).await.expect(200);
        assert_eq!(after.data()[flag], !usual, "null leaves {flag} alone");
        refused(change(json!({flag: "perhaps"})).await, flag);
    }
    let start = json!({"value": 3, "unit": "hours"});
    let answer = change(json!({"start_date": start})).await.expect(200);
    assert_eq!(answer.data()["start_date"], start);
    refused(
        change(json!({"start_date": {"value": 3}})).await,
        "start_date.unit",
    );
    refused(
        change(json!({"start_date": {"value": -3, "unit": "days"}})).await,
        "start_date.value",
    );
    let answer = change(json!({"start_date": null})).await.expect(200);
    assert_eq!(answer.data()["start_date"], Value::Null);
    // Words of a deadline are kept, whatever they are; two have a newer name.
    for (sent, kept) in [
        (
            json!({"value": 1, "unit": "moons", "option": "around", "step": "full_moon"}),
            json!({"value": 1, "unit": "moons", "option": "around", "step": "full_moon"}),
        ),
        (
            json!({"value": "2", "unit": "day", "option": "before", "step": "start_process"}),
            json!({"value": 2, "unit": "day", "option": "prior_to", "step": "start_run"}),
        ),
        (
            json!({"value": 2, "unit": "days", "option": "from"}),
            json!({"value": 2, "unit": "days", "option": "from", "step": null}),
        ),
        (Value::Null, Value::Null),
    ] {
        let answer = change(json!({"deadline": sent})).await.expect(200);
        assert_eq!(answer.data()["deadline"], kept, "{sent}");
    }
    let bare = json!({"title": "Bare", "deadline": null});
    let answer = world
        .standard
        .post(&format!("{template}/steps"), bare)
        .await
        .expect(201);
    assert_eq!(answer.data()["deadline"], Value::Null);
}

async fn what_is_not_for_clients_is_dropped(world: &World) {
    let template = made(world, &world.standard, "Ignored").await;
    step(&world.standard, &template, "First").await;
    let body = json!({"title": "Second", "position": 1, "alias": "mine", "roles": ["x"], "id": "x", "checklist_id": 5,
        "rationale": "old", "owners": {"users": [1]}, "metadata": [], "captures": [{"label": "not here"}]});
    let path = format!("{template}/steps");
    let answer = world.standard.post(&path, body).await.expect(201);
    let made = answer.data();
    assert_eq!(
        (&made["position"], &made["alias"]),
        (&json!(2), &json!("second"))
    );
    assert_eq!(
        (&made["roles"], &made["captures"]),
        (&json!([]), &json!([]))
    );
    assert!(made.get("owners").is_none() && made.get("rationale").is_none());
    let mut echo = made.clone();
    echo["title"] = json!("Renamed");
    echo["alias"] = json!("renamed");
    let path = format!("{path}/{}", id(&answer));
    let after = world.standard.put(&path, echo).await.expect(200);
    assert_eq!(after.data()["alias"], "second", "permanent");
    assert_eq!(after.data()["title"], "Renamed");
}

async fn blank_words_are_missing_ones(world: &World) {
    let template = made(world, &world.standard, "Blank").await;
    let steps = format!("{template}/steps");
    let with = |key: &str, value: Value| {
        let mut deadline =
            json!({"value": 1, "unit": "days", "option": "from", "step": "start_run"});
        deadline[key] = value;
        json!({"title": "Late", "deadline": deadline})
    };
    for key in ["value", "unit", "option"] {
        for blank in [json!(""), json!("  "), Value::Null] {
            let answer = world.standard.post(&steps, with(key, blank)).await;
            refused(answer, &format!("deadline.{key}"));
        }
    }
    let start = json!({"title": "Late", "start_date": {"value": 1, "unit": ""}});
    refused(world.standard.post(&steps, start).await, "start_date.unit");
    let launch = json!({"title": "Late", "bp_to_launch": {"id": ""}});
    refused(world.standard.post(&steps, launch).await, "bp_to_launch.id");
    refused(
        world.standard.post(&steps, json!({"title": " "})).await,
        "title",
    );
    // One fault says it: what is wrong is not missing as well.
    let wrong = world.standard.post(&steps, with("unit", json!([]))).await;
    let wrong = wrong.expect(422);
    assert_eq!(
        wrong.json["errors"]["deadline.unit"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(whole(&world.standard, &template).await["steps_count"], 0);
    // Blank text where nothing is needed is null.
    let body = json!({"title": "Fine", "summary": "", "webhook": " ", "max_assignable": "", "stage_id": "", "top_secret": ""});
    let answer = world.standard.post(&steps, body).await.expect(201);
    for key in ["summary", "webhook", "max_assignable", "stage_id"] {
        assert_eq!(answer.data()[key], Value::Null, "{key}");
    }
    let untyped = json!({"title": "Blank", "type": ""});
    refused(
        world.standard.post(&world.at("checklists"), untyped).await,
        "type",
    );
}

async fn null_leaves_lists_alone(world: &World) {
    let group = json!({"name": "Crew", "members": [world.light.user_id]});
    let group = id(&world
        .admin
        .post(&world.at("groups"), group)
        .await
        .expect(201));
    let (template, tag) = (
        made(world, &world.standard, "Null").await,
        tag(world, "Kept").await,
    );
    let body = json!({"title": "Null", "users": [world.light.user_id], "groups": [group],
        "prerun": [{"label": "Why", "field_type": "text", "required": false}]});
    world.standard.put(&template, body).await.expect(200);
    let body = json!({"title": "One", "assignees": [world.light.user_id], "guests": ["kim@guest.example"], "groups": [group], "tags": [tag]});
    let steps = format!("{template}/steps");
    let one = id(&world.standard.post(&steps, body).await.expect(201));
    let path = format!("{steps}/{one}?with=tags");
    let asked = format!("{template}?with=steps,tags");
    let before = world.standard.get(&asked).await.expect(200);
    let step_before = world.standard.get(&path).await.expect(200);
    let nulls = json!({"title": "Null", "users": null, "groups": null, "prerun": null, "industry_tags": null, "topic_tags": null});
    world.standard.put(&template, nulls).await.expect(200);
    let after = world.standard.get(&asked).await.expect(200);
    assert_eq!(after.data(), before.data(), "null is what nobody said");
    for nulls in [
        json!({"assignees": null}),
        json!({"guests": null, "groups": null}),
        json!({"assignees": null, "guests": null, "groups": null, "tags": null}),
        json!({"tags": {"data": null}}),
    ] {
        let mut body = nulls.clone();
        body["title"] = json!("One");
        world.standard.put(&path, body).await.expect(200);
        let after = world.standard.get(&path).await.expect(200);
        assert_eq!(after.data(), step_before.data(), "{nulls}");
    }
    // An empty list says that there are none.
    let none = json!({"title": "One", "groups": [], "assignees": null, "tags": []});
    world.standard.put(&path, none).await.expect(200);
    let after = world.standard.get(&path).await.expect(200);
    for key in ["assignees", "guests", "groups"] {
        assert_eq!(after.data()[key], json!([]), "{key}");
    }
    assert_eq!(after.data()["tags"]["data"], json!([]));
    let none = json!({"title": "Null", "users": [], "groups": [], "prerun": []});
    let after = world.standard.put(&template, none).await.expect(200);
    for key in ["users", "groups", "prerun"] {
        assert_eq!(after.data()[key], json!([]), "{key}");
    }
}

async fn the_cap_on_assignees(world: &World) {
    let template = made(world, &world.standard, "Cap").await;
    let steps = format!("{template}/steps");
    for (sent, shown) in [
        (json!(0), Value::Null),
        (Value::Null, Value::Null),
        (json!("7"), json!(7)),
        (json!(5_000), json!(5_000)),
        (json!(i32::MAX), json!(i32::MAX)),
    ] {
        let body = json!({"title": "Cap", "max_assignable": sent});
        let answer = world.standard.post(&steps, body).await.expect(201);
        assert_eq!(answer.data()["max_assignable"], shown, "{sent}");
    }
    for wrong in [json!(-1), json!(i64::from(i32::MAX) + 1), json!("many")] {
        let body = json!({"title": "Cap", "max_assignable": wrong});
        refused(world.standard.post(&steps, body).await, "max_assignable");
    }
}

/// Expiring steps and messages have no `everyone_must_complete`, whichever way it comes.
async fn completed_once_for_all(world: &World) {
    const KEY: &str = "everyone_must_complete";
    let template = made(world, &world.standard, "All").await;
    let steps = format!("{template}/steps");
    for kind in ["expiring", "email", "expiring_email"] {
        let body = json!({"title": "One", "step_type": kind, KEY: true});
        refused(world.standard.post(&steps, body).await, KEY);
    }
    let body = json!({"title": "One", KEY: true});
    let one = world.standard.post(&steps, body).await.expect(201);
    assert_eq!(one.data()[KEY], true);
    let path = format!("{steps}/{}", id(&one));
    // Whoever sends back what was shown has not asked for it.
    let mut echo = one.data().clone();
    echo["step_type"] = json!("expiring");
    let after = world.standard.put(&path, echo).await.expect(200);
    assert_eq!(
        (&after.data()[KEY], &after.data()["step_type"]),
        (&json!(false), &json!("expiring"))
    );
    let again = json!({"title": "One", KEY: true});
    refused(world.standard.put(&path, again).await, KEY);
    let legacy = path.replace(
        "/organizations/",
        "/processes/micro-functions/organizations/",
    );
    let legacy = legacy.replace("/checklists/", "/blueprints/") + "/edit-step-type";
    let all = json!({"stepType": "all"});
    let after = world.standard.put(&legacy, all.clone()).await.expect(200);
    assert_eq!(after.data()[KEY], false);
    let task = json!({"title": "One", "step_type": "task"});
    world.standard.put(&path, task).await.expect(200);
    let after = world.standard.put(&legacy, all).await.expect(200);
    assert_eq!(after.data()[KEY], true);
    let steps = json!({"steps": [{"title": "A", "step_type": "email", KEY: true}, {"title": "B", KEY: true}]});
    let (made, warnings) = imported(world, &world.standard, steps).await;
    assert_eq!(each(&made["steps"]["data"], KEY), [false, true]);
    assert_eq!(warnings, json!([]));
}

async fn tags_are_no_edit(world: &World) {
    let template = made(world, &world.standard, "Tags").await;
    let (red, blue) = (tag(world, "Red").await, tag(world, "Blue").await);
    let body = json!({"title": "One", "tags": [red]});
    let steps = format!("{template}/steps");
    let one = id(&world.standard.post(&steps, body).await.expect(201));
    let path = format!("{steps}/{one}?with=tags");
    let dual = json!({"title": "Tags", "dual_version_enabled": true});
    world.standard.put(&template, dual).await.expect(200);
    let publish = format!("{template}/publish");
    let published = world.standard.put(&publish, json!({})).await.expect(200);
    world.clock.advance(5_000_000);
    let shown = world.standard.get(&path).await.expect(200);
    assert_eq!(each(&shown.data()["tags"]["data"], "tag_id"), [json!(red)]);
    let state = async || {
        let now = world.standard.get(&template).await.expect(200);
        ["last_updated", "version", "is_published_state"].map(|key| now.data()[key].clone())
    };
    let before =
        ["last_updated", "version", "is_published_state"].map(|key| published.data()[key].clone());
    // What was shown, sent back; then with another tag.
    let mut echo = shown.data().clone();
    world.standard.put(&path, echo.clone()).await.expect(200);
    assert_eq!(state().await, before);
    echo["tags"] = json!([blue, blue]);
    let after = world.standard.put(&path, echo).await.expect(200);
    assert_eq!(each(&after.data()["tags"]["data"], "tag_id"), [json!(blue)]);
    assert_eq!(state().await, before, "tags stand beside the versions");
    let wrong = json!({"title": "One", "tags": [one]});
    refused(world.standard.put(&path, wrong).await, "tags.0");
    let edited = json!({"title": "Uno", "tags": [blue]});
    world.standard.put(&path, edited).await.expect(200);
    let now = state().await;
    assert_ne!(now[0], before[0]);
    assert_eq!(now[1..], [json!(2), json!(false)]);
}

async fn a_copy_has_tags_too(world: &World) {
    let template = made(world, &world.standard, "Copies").await;
    let red = tag(world, "Red").await;
    let body = json!({"title": "One", "tags": [red], "assignees": [world.light.user_id]});
    let steps = format!("{template}/steps");
    let one = id(&world.standard.post(&steps, body).await.expect(201));
    step(&world.standard, &template, "Two").await;
    field(&world.standard, &template, &one).await;
    let path = format!("{steps}/{one}/clone?with=tags");
    let copy = world.standard.post(&path, json!({})).await.expect(201);
    assert_eq!(each(&copy.data()["tags"]["data"], "tag_id"), [json!(red)]);
    assert_eq!(copy.data()["position"], 2);
    assert_eq!(copy.data()["assignees"], json!([world.light.user_id]));
    let all = world.standard.get(&format!("{steps}?with=tags")).await;
    let fields = each(all.data(), "captures");
    assert_ne!(fields[0][0]["id"], fields[1][0]["id"]);
    assert_ne!(fields[0][0]["alias"], fields[1][0]["alias"]);
    assert_eq!(
        each(&all.data()[0]["tags"]["data"], "tag_id"),
        [json!(red)],
        "the first keeps its own"
    );
}
