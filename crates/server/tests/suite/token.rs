//! Personal access tokens: made, shown once, narrowed, rotated, ended; and what ends with people and memberships.

use serde_json::{Value, json};
use tallystick_server::clock::{DAY, SECOND};
use tallystick_server::member::store::set_membership;
use tallystick_wire::member::{MemberStatus, Role};

use crate::support::shapes::snapshots;
use crate::support::{Actor, Answer, Grant, NOW, World, both_engines};

both_engines!(
    made_and_shown_once,
    lives_as_long_as_asked,
    never_stronger_than_its_maker,
    scopes_only_narrow,
    rotated,
    ended,
    bound_to_one_organisation,
    dies_with_membership_and_person,
    lists_by_state,
);
both_engines!(light_members_may_where_allowed with [("tokens.light_members", "true")]);
both_engines!(eternal_where_allowed with [("tokens.max_days", "0")]);

fn holder(world: &World, made: &Answer) -> Actor {
    world
        .admin
        .with_token("made", made.data()["token"].as_str().unwrap())
}

async fn made_and_shown_once(world: &World) {
    let made = world
        .admin
        .post("/me/tokens", json!({"name": " Laptop "}))
        .await
        .expect(201);
    let actor = holder(world, &made);
    let secret = actor.token.clone().unwrap();
    let current = actor.get("/me/tokens/current").await.expect(200);
    assert_eq!(current.data()["last4"], secret[secret.len() - 4..]);
    assert_eq!(current.data()["prefix"], secret[..8]);
    snapshots().bind(|| {
        insta::assert_json_snapshot!("made", made.json);
        insta::assert_json_snapshot!("read_again", current.json);
    });
    for name in ["", "   ", &"x".repeat(101)] {
        world
            .admin
            .post("/me/tokens", json!({"name": name}))
            .await
            .expect(422);
    }
}

async fn lives_as_long_as_asked(world: &World) {
    let made = world
        .admin
        .post("/me/tokens", json!({"name": "short", "expires_in": "60"}))
        .await
        .expect(201);
    let actor = holder(world, &made);
    world.clock.advance(60 * SECOND - 1);
    actor.get("/me").await.expect(200);
    world.clock.advance(1);
    let ended = actor.get("/me").await.expect(401);
    assert!(ended.header("www-authenticate").contains("expired"));
    for (body, field) in [
        (json!({"expires_in": 0}), "expires_in"),
        (json!({"expires_in": -5}), "expires_in"),
        (json!({"expires_in": i64::MAX}), "expires_in"),
        (json!({"expires_in": null}), "expires_in"),
        (json!({"expires_at": null}), "expires_at"),
        (json!({"expires_at": "2020-01-01"}), "expires_at"),
        (json!({"expires_at": "2036-01-01"}), "expires_at"),
        (json!({"expires_at": "tomorrow"}), "expires_at"),
        (json!({"scopes": ["everything"]}), "scopes"),
    ] {
        let mut body = body;
        body["name"] = json!("x");
        let refused = world.admin.post("/me/tokens", body).await.expect(422);
        assert!(
            refused.json["errors"].get(field).is_some(),
            "{}",
            refused.text
        );
    }
}

async fn eternal_where_allowed(world: &World) {
    let made = world
        .admin
        .post("/me/tokens", json!({"name": "x", "expires_at": null}))
        .await
        .expect(201);
    assert_eq!(made.data()["expires_at"], Value::Null);
    world.clock.advance(4_000 * DAY);
    holder(world, &made).get("/me").await.expect(200);
}

async fn light_members_may_where_allowed(world: &World) {
    world
        .light
        .post("/me/tokens", json!({"name": "x"}))
        .await
        .expect(201);
}

async fn never_stronger_than_its_maker(world: &World) {
    let scopes = &["tokens.write", "tasks.read"];
    let weak = world
        .token(
            &world.admin,
            "weak",
            Grant {
                scopes,
                ..Grant::default()
            },
        )
        .await;
    for wanted in [
        json!(["*"]),
        json!(["tasks.write"]),
        json!(["read"]),
        json!([]),
        json!(["org.read"]),
    ] {
        weak.post("/me/tokens", json!({"name": "x", "scopes": wanted}))
            .await
            .expect(403);
    }
    let same = weak
        .post("/me/tokens", json!({"name": "x"}))
        .await
        .expect(201);
    assert_eq!(same.data()["scopes"], json!(["tokens.write", "tasks.read"]));
    let child = holder(
        world,
        &weak
            .post("/me/tokens", json!({"name": "x", "scopes": ["tasks.read"]}))
            .await
            .expect(201),
    );
    child.get(&world.at("me/tasks")).await.expect(200);
    child
        .post(&world.at("tasks"), json!({"title": "x"}))
        .await
        .expect(403);
    child.get("/me/tokens").await.expect(403);
}

async fn scopes_only_narrow(world: &World) {
    let actor = world
        .token(
            &world.admin,
            "own",
            Grant {
                scopes: &["tasks.write", "tokens.write"],
                ..Grant::default()
            },
        )
        .await;
    let id = actor.get("/me/tokens/current").await.data()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let at = format!("/me/tokens/{id}");
    world
        .admin
        .put(&at, json!({"scopes": ["*"]}))
        .await
        .expect(422);
    world
        .admin
        .put(&at, json!({"scopes": []}))
        .await
        .expect(422);
    let narrowed = world
        .admin
        .put(&at, json!({"name": "less", "scopes": ["tasks.read"]}))
        .await
        .expect(200);
    assert_eq!(narrowed.data()["name"], "less");
    actor
        .post(&world.at("tasks"), json!({"title": "x"}))
        .await
        .expect(403);
    world
        .admin
        .put(&at, json!({"scopes": ["tasks.write"]}))
        .await
        .expect(422);
}

async fn rotated(world: &World) {
    let scopes = &["tokens.rotate", "tasks.read"];
    let old = world
        .token(
            &world.admin,
            "old",
            Grant {
                scopes,
                expires_at: Some(NOW.plus(DAY)),
                ..Grant::default()
            },
        )
        .await;
    old.get("/me/tokens").await.expect(403);
    world.clock.advance(DAY / 2);
    let made = old
        .post("/me/tokens/current/rotate", json!({}))
        .await
        .expect(201);
    assert_eq!(
        made.data()["scopes"],
        json!(["tokens.rotate", "tasks.read"])
    );
    assert_eq!(
        made.data()["expires_at"],
        "2026-03-03T22:00:00.000Z",
        "its life begins anew"
    );
    old.get(&world.at("me/tasks")).await.expect(401);
    holder(world, &made)
        .get(&world.at("me/tasks"))
        .await
        .expect(200);
}

async fn ended(world: &World) {
    let [one, two] = [
        world.token(&world.admin, "one", Grant::default()).await,
        world.token(&world.admin, "two", Grant::default()).await,
    ];
    one.delete("/me/tokens/current").await.expect(204);
    one.get("/me").await.expect(401);
    let id = two.get("/me/tokens/current").await.data()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for _ in 0..2 {
        world
            .admin
            .delete(&format!("/me/tokens/{id}"))
            .await
            .expect(204);
    }
    two.get("/me").await.expect(401);
    world.admin.delete("/me/tokens").await.expect(204);
    world.admin.get("/me").await.expect(401);
    world.both.get("/me").await.expect(200);
}

async fn bound_to_one_organisation(world: &World) {
    let body = json!({"name": "x", "organization_id": world.side});
    let bound = holder(
        world,
        &world.both.post("/me/tokens", body).await.expect(201),
    );
    bound
        .get(&format!("/organizations/{}", world.side))
        .await
        .expect(200);
    let refused = bound
        .get(&format!("/organizations/{}", world.org))
        .await
        .expect(403);
    assert_eq!(refused.code(), "ORGANIZATION_RESTRICTED");
    let listed = bound.get("/me/organizations").await.expect(200);
    assert_eq!(listed.data().as_array().unwrap().len(), 1);
    assert_eq!(listed.data()[0]["id"], world.side);
    bound
        .post(
            "/me/tokens",
            json!({"name": "x", "organization_id": world.org}),
        )
        .await
        .expect(403);
    let child = bound
        .post("/me/tokens", json!({"name": "x"}))
        .await
        .expect(201);
    assert_eq!(child.data()["organization_id"], world.side);
    let listed = bound.get("/me/tokens").await.expect(200);
    assert!(listed.data().as_array().unwrap().len() >= 3);
}

async fn dies_with_membership_and_person(world: &World) {
    let organization = Some(world.side.as_str());
    let bound = world
        .token(
            &world.both,
            "bound",
            Grant {
                organization,
                ..Grant::default()
            },
        )
        .await;
    let (side, user) = (world.side.clone(), world.both.user_id);
    let change = async |role: Role, status: MemberStatus| {
        let side = side.clone();
        world
            .write(move |tx| set_membership(tx, &side, user, role, status, NOW))
            .await;
    };
    bound.get("/me").await.expect(200);
    change(Role::Light, MemberStatus::Active).await;
    let at = format!("/organizations/{side}");
    // The membership changed: what hangs on it ended, what hangs on the person reads the new role.
    bound.get("/me").await.expect(401);
    bound.get(&at).await.expect(401);
    assert_eq!(
        world.both.get(&format!("{at}/me")).await.data()["role"],
        "light"
    );
    change(Role::Admin, MemberStatus::Disabled).await;
    world.both.get(&at).await.expect(401);
    world.both.get(&world.at("tasks")).await.expect(200);
    for change in [
        "UPDATE users SET epoch = epoch + 1 WHERE id = $1",
        "UPDATE users SET suspended_at = 1 WHERE id = $1",
        "UPDATE users SET email_verified_at = NULL WHERE id = $1",
    ] {
        let actor = world.token(&world.other, "before", Grant::default()).await;
        actor.get("/me").await.expect(200);
        let id = world.other.user_id;
        world
            .write(move |tx| tx.run(change, tallystick_db::args![id]))
            .await;
        actor.get("/me").await.expect(401);
        actor.get(&world.at("me")).await.expect(401);
        let undo = "UPDATE users SET suspended_at = NULL, email_verified_at = 1 WHERE id = $1";
        world
            .write(move |tx| tx.run(undo, tallystick_db::args![id]))
            .await;
    }
}

async fn lists_by_state(world: &World) {
    let soon = Grant {
        expires_at: Some(NOW.plus(SECOND)),
        ..Grant::default()
    };
    world.token(&world.admin, "soon", soon).await;
    world
        .token(&world.admin, "ended", Grant::default())
        .await
        .delete("/me/tokens/current")
        .await
        .expect(204);
    world.clock.advance(SECOND);
    for (state, count) in [
        ("", 3),
        ("?state=all", 3),
        ("?state=active", 1),
        ("?state=expired", 1),
        ("?state=revoked", 1),
    ] {
        let listed = world
            .admin
            .get(&format!("/me/tokens{state}"))
            .await
            .expect(200);
        assert_eq!(listed.data().as_array().unwrap().len(), count, "{state}");
        assert_eq!(listed.json["meta"]["pagination"]["total"], count, "{state}");
    }
    world.admin.get("/me/tokens?state=lost").await.expect(422);
}
