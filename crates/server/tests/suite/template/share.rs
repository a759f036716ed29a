//! Who may do what with a template: the five permissions, for members and for groups.

use serde_json::{Value, json};

use super::made;
use crate::support::{Actor, World, both_engines};

both_engines!(
    each_permission_for_a_member,
    each_permission_for_a_group,
    what_is_not_shared_is_not_there,
    lists_show_what_can_be_read,
    the_public_sees_texts_and_forms_only,
);

/// What somebody gets for reading, changing, copying, and for the permissions themselves.
async fn gets(actor: &Actor, template: &str) -> [u16; 4] {
    let title = json!({"title": "Secret sauce"});
    [
        actor.get(template).await.status,
        actor.put(template, title).await.status,
        actor
            .post(&format!("{template}/clone"), json!({}))
            .await
            .status,
        actor.get(&format!("{template}/permissions")).await.status,
    ]
}

async fn grant(world: &World, template: &str, permissions: Value) {
    let path = format!("{template}/permissions");
    world.admin.put(&path, permissions).await.expect(200);
}

/// A template that nobody but administrators may see.
async fn secret(world: &World) -> String {
    let template = made(world, &world.admin, "Secret sauce").await;
    grant(world, &template, json!({"read": {"everyone": false}})).await;
    template
}

async fn each_permission_for_a_member(world: &World) {
    let template = secret(world).await;
    assert_eq!(gets(&world.standard, &template).await, [404; 4]);
    for (permission, standard, light) in [
        ("read", [200, 403, 403, 200], [200, 403, 403, 200]),
        ("edit", [200, 200, 403, 200], [200, 403, 403, 200]),
        ("launch", [200, 403, 403, 200], [200, 403, 403, 200]),
        ("duplicate", [200, 403, 201, 200], [200, 403, 403, 200]),
        ("process_read", [200, 403, 403, 200], [200, 403, 403, 200]),
    ] {
        let to = |actor: &Actor| json!({permission: {"users": [actor.user_id]}});
        grant(world, &template, to(&world.standard)).await;
        assert_eq!(
            gets(&world.standard, &template).await,
            standard,
            "{permission}"
        );
        assert_eq!(
            gets(&world.other, &template).await,
            [404; 4],
            "{permission}"
        );
        grant(world, &template, to(&world.light)).await;
        assert_eq!(gets(&world.light, &template).await, light, "{permission}");
        grant(world, &template, json!({permission: null})).await;
        assert_eq!(
            gets(&world.standard, &template).await,
            [404; 4],
            "taken away at once"
        );
    }
    // Named under users: reading and launching.
    let body = json!({"title": "Secret sauce", "users": [world.other.user_id]});
    world.admin.put(&template, body).await.expect(200);
    assert_eq!(gets(&world.other, &template).await, [200, 403, 403, 200]);
    // Administrators need no grant.
    assert_eq!(gets(&world.both, &template).await, [200, 200, 201, 200]);
    // Everyone means administrators and standard members.
    grant(world, &template, json!({"read": {"everyone": true}})).await;
    assert_eq!(world.standard.get(&template).await.status, 200);
    assert_eq!(world.light.get(&template).await.status, 404);
}

async fn each_permission_for_a_group(world: &World) {
    let template = secret(world).await;
    let list = world.at("checklists?q=Secret%20sauce");
    let group = json!({"name": "Cooks", "members": [world.standard.user_id, world.light.user_id]});
    let made = world.admin.post(&world.at("groups"), group).await;
    let id = made.expect(201).data()["id"].clone();
    let members = world.at(&format!("groups/{}", id.as_str().unwrap()));
    for (permission, standard) in [
        ("read", [200, 403, 403, 200]),
        ("edit", [200, 200, 403, 200]),
        ("launch", [200, 403, 403, 200]),
        ("duplicate", [200, 403, 201, 200]),
        ("process_read", [200, 403, 403, 200]),
    ] {
        let body = json!({permission: {"groups": [id]}});
        grant(world, &template, body).await;
        assert_eq!(
            gets(&world.standard, &template).await,
            standard,
            "{permission}"
        );
        let light = gets(&world.light, &template).await;
        assert_eq!(light, [200, 403, 403, 200], "{permission}");
        assert_eq!(
            gets(&world.other, &template).await,
            [404; 4],
            "{permission}"
        );
        for (actor, found) in [(&world.standard, 1), (&world.light, 1), (&world.other, 0)] {
            let seen = actor.get(&list).await.expect(200);
            let rows = seen.data().as_array().unwrap().iter();
            let count = rows
                .filter(|row| template.ends_with(row["id"].as_str().unwrap()))
                .count();
            assert_eq!(count, found, "{permission}: {}", actor.name);
        }
        grant(world, &template, json!({permission: null})).await;
        assert_eq!(
            gets(&world.standard, &template).await,
            [404; 4],
            "{permission}"
        );
    }
    // Whoever leaves the group loses what it was granted, whoever joins gets it.
    let body = json!({"edit": {"groups": [id]}});
    grant(world, &template, body).await;
    let body = json!({"name": "Cooks", "members": [world.other.user_id]});
    world.admin.put(&members, body).await.expect(201);
    assert_eq!(gets(&world.standard, &template).await, [404; 4]);
    assert_eq!(gets(&world.other, &template).await, [200, 200, 403, 200]);
    // Several grants add up.
    let body = json!({"duplicate": {"users": [world.other.user_id]}});
    grant(world, &template, body).await;
    assert_eq!(gets(&world.other, &template).await, [200, 200, 201, 200]);
    // A group that is gone grants nothing.
    world.admin.delete(&members).await;
    assert_eq!(gets(&world.other, &template).await, [200, 403, 201, 200]);
    let seen = world
        .admin
        .get(&format!("{template}/permissions"))
        .await
        .expect(200);
    assert!(!seen.text.contains(id.as_str().unwrap()), "{}", seen.text);
}

async fn what_is_not_shared_is_not_there(world: &World) {
    let template = secret(world).await;
    let nobody = world.at("checklists/0123456789abcdef0123456789abcdef");
    for path in [
        "",
        "/steps",
        "/form-fields",
        "/permissions",
        "/stages",
        "/versions",
    ] {
        let hidden = world.standard.get(&format!("{template}{path}")).await;
        let unknown = world.standard.get(&format!("{nobody}{path}")).await;
        assert_eq!(hidden.comparable(), unknown.comparable(), "{path}");
    }
    for body in [
        json!({"users": [world.canary.user_id]}),
        json!({"users": ["x"]}),
        json!({"groups": ["y"]}),
    ] {
        let refused = world
            .admin
            .put(&format!("{template}/permissions"), json!({"read": body}))
            .await;
        refused.expect(422);
    }
}

async fn lists_show_what_can_be_read(world: &World) {
    for round in 0..3 {
        let template = secret(world).await;
        if round == 1 {
            grant(
                world,
                &template,
                json!({"launch": {"users": [world.light.user_id]}}),
            )
            .await;
        }
        if round == 2 {
            grant(world, &template, json!({"read": {"everyone": true}})).await;
        }
    }
    for actor in [&world.admin, &world.standard, &world.light, &world.canary] {
        if actor.name == "canary" {
            actor.get(&world.at("checklists")).await.expect(404);
            continue;
        }
        let list = actor
            .get(&world.at("checklists?per_page=100"))
            .await
            .expect(200);
        let all = world.admin.get(&world.at("checklists?per_page=100")).await;
        for template in all.data().as_array().unwrap() {
            let path = world.at(&format!("checklists/{}", template["id"].as_str().unwrap()));
            let readable = actor.get(&path).await.status == 200;
            let mut rows = list.data().as_array().unwrap().iter();
            assert_eq!(
                rows.any(|row| row["id"] == template["id"]),
                readable,
                "{}",
                actor.name
            );
        }
    }
}

async fn the_public_sees_texts_and_forms_only(world: &World) {
    let template = made(world, &world.admin, "Open house").await;
    let step = json!({"title": "Greet", "summary": "<p>Hello</p>", "assignees": [world.light.user_id], "guests": ["kim@guest.example"],
        "webhook": "https://hooks.example/x"});
    let steps = format!("{template}/steps");
    world.admin.post(&steps, step).await.expect(201);
    let hidden = json!({"title": "Alarm code", "top_secret": true});
    world.admin.post(&steps, hidden).await.expect(201);
    let public = format!("/public{template}");
    world.stranger.get(&public).await.expect(404);
    let open = json!({"title": "Open house", "is_public": true, "alias": "open-house"});
    world.admin.put(&template, open).await.expect(200);
    let by_id = world.stranger.get(&public).await.expect(200);
    let alias = format!("/public{}", world.at("checklists/open-house"));
    let by_alias = world.stranger.get(&alias).await.expect(200);
    assert_eq!(by_id.json, by_alias.json);
    assert_eq!(by_id.data()["steps"]["data"][0]["title"], "Greet");
    for secret in [
        "kim@",
        "hooks.example",
        "Alarm",
        "assignees",
        "owner",
        "users",
        "automated",
    ] {
        assert!(!by_id.text.contains(secret), "{secret}: {}", by_id.text);
    }
    world.admin.delete(&template).await.expect(200);
    let gone = world.stranger.get(&alias).await.expect(404);
    let unknown = format!("/public{}", world.at("checklists/no-such-house"));
    assert_eq!(
        gone.comparable(),
        world.stranger.get(&unknown).await.comparable()
    );
}
