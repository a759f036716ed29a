//! Tags of templates and steps: with imports and copies, and how often they are used.

use serde_json::{Value, json};
use tallystick_server::member::store::set_membership;
use tallystick_wire::member::{MemberStatus, Role};

use super::{each, id, made, step};
use crate::support::{Actor, NOW, World, both_engines};

both_engines!(
    an_import_finds_its_tags,
    a_copy_elsewhere_finds_tags_by_their_titles,
    archived_templates_are_counted_apart,
);

/// Makes a tag in this organisation; answers its id.
async fn tag(by: &Actor, org: &str, title: &str) -> String {
    let path = format!("/organizations/{org}/tags");
    id(&by.post(&path, json!({"title": title})).await.expect(201))
}

async fn attach(world: &World, kind: &str, subject: &str, tag: &str) {
    let body = json!({"subject_type": kind, "subject_id": subject, "tag_id": tag});
    let path = world.at("checklists/tags");
    world.admin.post(&path, body).await.expect(201);
}

fn titles(tags: &Value) -> Vec<Value> {
    each(&tags["data"], "title")
}

async fn with_tags(by: &Actor, template: &str) -> (Vec<Value>, Vec<Value>) {
    let path = format!("{template}?with=steps,tags");
    let shown = by.get(&path).await.expect(200);
    let step = &shown.data()["steps"]["data"][0];
    (titles(&shown.data()["tags"]), titles(&step["tags"]))
}

async fn an_import_finds_its_tags(world: &World) {
    let kitchen = tag(&world.admin, &world.org, "Kitchen").await;
    tag(&world.admin, &world.org, "Über").await;
    let gone = "99999999999999999999999999999999";
    let body = json!({"title": "Bake", "type": "procedure",
        "tags": {"data": [
            {"id": 4711, "tag_id": kitchen, "title": "Renamed since"},
            {"id": 4712, "tag_id": gone, "title": "Nowhere"},
            {"id": 4713, "tag_id": gone, "title": "üBER"}]},
        "steps": [{"title": "Knead", "tags": ["kitchen", {"id": gone, "title": "Nor there"}]}]});
    let path = world.at("checklists");
    let made = world.standard.post(&path, body).await.expect(201);
    let warned = each(&made.json["import_warnings"], "path");
    assert_eq!(warned, ["tags.1", "steps.0.tags.1"]);
    let template = world.at(&format!("checklists/{}", id(&made)));
    let (own, of_step) = with_tags(&world.standard, &template).await;
    assert_eq!(own, ["Kitchen", "Über"]);
    assert_eq!(of_step, ["Kitchen"]);
}

async fn a_copy_elsewhere_finds_tags_by_their_titles(world: &World) {
    let template = made(world, &world.standard, "Original").await;
    let one = step(&world.standard, &template, "One").await;
    let own = template.rsplit('/').next().unwrap().to_owned();
    for (kind, subject, title) in [
        ("Checklist", &own, "Known"),
        ("Checklist", &own, "New"),
        ("Step", &one, "New"),
    ] {
        let all = world.admin.get(&world.at("tags")).await;
        let all = all.data().as_array().unwrap().clone();
        let known = all.iter().find(|tag| tag["title"] == title);
        let id = match known {
            Some(known) => known["id"].as_str().unwrap().to_owned(),
            None => tag(&world.admin, &world.org, title).await,
        };
        attach(world, kind, subject, &id).await;
    }
    // Within the organisation they are the same ones.
    let path = format!("{template}/clone");
    let copy = world.admin.post(&path, json!({})).await.expect(201);
    let copy = world.at(&format!("checklists/{}", id(&copy)));
    let both = vec![json!("Known"), json!("New")];
    let wanted = (both.clone(), vec![json!("New")]);
    assert_eq!(with_tags(&world.admin, &copy).await, wanted);
    // Elsewhere those of the same titles; only whoever may make tags there brings the others along.
    let there = format!("/organizations/{}", world.side);
    tag(&world.both, &world.side, "kNOWN").await;
    let path = format!("{there}/checklists/{own}/clone");
    let copied = async |role: Role| {
        let (side, user_id) = (world.side.clone(), world.both.user_id);
        let active = MemberStatus::Active;
        let changed = world.write(move |tx| set_membership(tx, &side, user_id, role, active, NOW));
        changed.await;
        let body = json!({"tenant": world.org});
        let copy = world.both.post(&path, body).await.expect(201);
        let copy = format!("{there}/checklists/{}", id(&copy));
        with_tags(&world.both, &copy).await
    };
    let known = vec![json!("kNOWN")];
    assert_eq!(copied(Role::Standard).await, (known, vec![]));
    let both = vec![json!("kNOWN"), json!("New")];
    assert_eq!(copied(Role::Admin).await, (both, vec![json!("New")]));
    let tags = format!("{there}/tags?sort=title");
    let tags = world.both.get(&tags).await.expect(200);
    assert_eq!(each(tags.data(), "title"), ["kNOWN", "New"]);
}

async fn archived_templates_are_counted_apart(world: &World) {
    let kitchen = tag(&world.admin, &world.org, "Kitchen").await;
    for title in ["Bake", "Roast", "Fry"] {
        let template = made(world, &world.standard, title).await;
        let own = template.rsplit('/').next().unwrap();
        attach(world, "Checklist", own, &kitchen).await;
        if title == "Fry" {
            world.standard.delete(&template).await.expect(200);
        }
    }
    let one = made(world, &world.standard, "Other").await;
    let one = step(&world.standard, &one, "Of another").await;
    attach(world, "Step", &one, &kitchen).await;
    let path = world.at(&format!("tags/{kitchen}?with=statistics"));
    let shown = world.standard.get(&path).await.expect(200);
    assert_eq!(
        shown.data()["statistics"]["data"],
        json!({"active_template": 2, "archived_template": 1, "active_process": 0, "archived_process": 0})
    );
}
