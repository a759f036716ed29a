//! Signing in and out by API (contract: auth, section 8).

use serde_json::json;
use tallystick_server::account::session;
use tallystick_server::account::sign_in::{self, Attempt, Person};
use tallystick_server::app::App;
use tallystick_server::audit::Origin;
use tallystick_server::clock::MINUTE;
use tallystick_server::http::Refusal;
use tallystick_server::http::error::Reason;
use tallystick_server::ids::Ids;

use crate::support::account::{PASSWORD, login, member, signed_in, text};
use crate::support::{World, both_engines};

both_engines!(
    a_sign_in_gives_a_token_that_ends_with_signing_out,
    nothing_tells_why_a_sign_in_failed,
    the_eleventh_failure_is_refused_on_every_node,
    sessions_are_listed_and_ended_by_their_person,
    an_application_manages_no_sessions,
);
both_engines!(signing_out_ends_personal_tokens_where_it_is_set_so with [("tokens.revoke_on_logout", "true")]);
both_engines!(registration_is_closed_unless_opened);

pub const MIRA: &str = "mira@northwind.example";

pub fn origin() -> Origin {
    Origin {
        ip: [192, 0, 2, 7].into(),
        agent: Some("a browser".to_owned()),
    }
}

async fn a_sign_in_gives_a_token_that_ends_with_signing_out(world: &World) {
    let id = member(world, MIRA).await;
    let answer = login(world, " Mira@Northwind.EXAMPLE ", PASSWORD)
        .await
        .expect(200);
    assert_eq!(answer.json["data"]["id"], id);
    assert_eq!(answer.json["data"]["role"], "standard");
    assert_eq!(text(&answer, "/data/token/token_type"), "Bearer");
    assert_eq!(answer.json["data"]["token"]["expires_in"], 2_592_000);
    let mira = signed_in(world, MIRA, PASSWORD).await;
    mira.get("/me").await.expect(200);
    mira.get(&world.at("me")).await.expect(200);
    let other = signed_in(world, MIRA, PASSWORD).await;
    mira.post("/auth/logout", json!({})).await.expect(204);
    mira.get("/me").await.expect(401);
    other.get("/me").await.expect(200);
    other.delete("/me/tokens").await.expect(204);
    other.get("/me").await.expect(401);
    world
        .stranger
        .post("/auth/logout", json!({}))
        .await
        .expect(401);
}

async fn nothing_tells_why_a_sign_in_failed(world: &World) {
    let unverified = member(world, "unverified@northwind.example").await;
    let suspended = member(world, "suspended@northwind.example").await;
    member(world, MIRA).await;
    world
        .write(move |tx| {
            tx.run(
                "UPDATE users SET email_verified_at = NULL WHERE id = $1",
                tallystick_db::args![unverified],
            )?;
            tx.run(
                "UPDATE users SET suspended_at = 1 WHERE id = $1",
                tallystick_db::args![suspended],
            )
        })
        .await;
    // One hash for each attempt: an unknown account costs what a known one costs.
    let before = world.app.hashing.computed();
    let unknown = login(world, "nobody@northwind.example", PASSWORD)
        .await
        .expect(401);
    assert_eq!(world.app.hashing.computed(), before + 1);
    assert_eq!(unknown.code(), "INVALID_CREDENTIALS");
    for (email, password) in [
        (MIRA, "wrong"),
        ("unverified@northwind.example", PASSWORD),
        ("suspended@northwind.example", PASSWORD),
        // Nobody ever set a password for this account.
        ("ada@northwind.example", PASSWORD),
    ] {
        let before = world.app.hashing.computed();
        let answer = login(world, email, password).await;
        assert_eq!(answer.comparable(), unknown.comparable(), "{email}");
        assert_eq!(world.app.hashing.computed(), before + 1, "{email}");
    }
    let missing = world
        .stranger
        .post("/auth/login", json!({"email": ""}))
        .await;
    let fields = missing.expect(422).json["errors"].clone();
    assert!(fields["email"].is_array() && fields["password"].is_array());
}

async fn the_eleventh_failure_is_refused_on_every_node(world: &World) {
    member(world, MIRA).await;
    for _ in 0..10 {
        login(world, MIRA, "wrong").await.expect(401);
    }
    let refused = login(world, MIRA, PASSWORD).await.expect(429);
    assert_eq!(refused.code(), "RATE_LIMIT_EXCEEDED");
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=901).contains(&seconds), "{seconds}");
    // Another server on the same database, and from another network.
    let other = App::new(
        world.app.db.clone(),
        world.clock.clone(),
        Ids::seeded(9),
        world.app.settings.clone(),
    );
    let attempt = |email: &str| Attempt {
        email: email.to_owned(),
        password: PASSWORD.to_owned(),
        origin: origin(),
    };
    let again: Refusal = sign_in::check(&other, attempt(MIRA)).await.unwrap_err();
    assert!(matches!(again.reason, Reason::RateLimited { .. }));
    world.clock.advance(15 * MINUTE);
    login(world, MIRA, PASSWORD).await.expect(200);
}

/// A browser's session, as the pages begin one; answers its secret.
pub async fn session_of(world: &World, user_id: i64) -> String {
    let app = world.app.clone();
    let secret = world
        .write(move |tx| {
            let epoch = tx.one(
                "SELECT epoch FROM users WHERE id = $1",
                tallystick_db::args![user_id],
                |row| row.take(),
            )?;
            let person = Person { user_id, epoch };
            session::begin(tx, &app, person, &origin(), app.clock.now())
        })
        .await;
    world.remember(&secret);
    secret
}

/// Whether a session still stands for its person.
pub async fn session_lives(world: &World, secret: &str) -> bool {
    let (secret, now) = (secret.to_owned(), world.app.clock.now());
    world
        .write(move |tx| session::find(tx, &secret, now))
        .await
        .is_some()
}

async fn sessions_are_listed_and_ended_by_their_person(world: &World) {
    let first = session_of(world, world.standard.user_id).await;
    let second = session_of(world, world.standard.user_id).await;
    let listed = world.standard.get("/me/sessions").await.expect(200);
    let ids: Vec<String> = listed
        .data()
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(listed.data()[0]["agent"], "a browser");
    let path = format!("/me/sessions/{}", ids[0]);
    world.other.delete(&path).await.expect(404);
    world.standard.delete(&path).await.expect(204);
    world.standard.delete(&path).await.expect(404);
    let left = [
        session_lives(world, &first).await,
        session_lives(world, &second).await,
    ];
    assert_eq!(left.iter().filter(|lives| **lives).count(), 1);
}

async fn an_application_manages_no_sessions(world: &World) {
    let (org, app) = (world.org.clone(), world.app.clone());
    let (user_id, client) = (world.standard.user_id, "77");
    let secret = world
        .write(move |tx| {
            use tallystick_server::http::access::Scopes;
            use tallystick_server::token::store::{Order, issue_under};
            tx.run(
                "INSERT INTO oauth_clients (id, organization_id, name, auth_method, grant_types, redirect_uris, scopes, \
                    self_registered, created_at, updated_at) VALUES ($1, $2, 'x', 'none', '', '', '*', FALSE, 1, 1)",
                tallystick_db::args![client, &org],
            )?;
            tx.run(
                "INSERT INTO authorizations (id, client_id, user_id, origin, scopes, user_epoch, membership_epoch, \
                    created_at, expires_at) VALUES ('a', $1, $2, 'code', '*', 1, 0, 1, 9999999999999999)",
                tallystick_db::args![client, user_id],
            )?;
            let order = Order {
                user_id,
                name: "x",
                scopes: &Scopes::all(),
                organization_id: None,
                expires_at: None,
            };
            let kind = tallystick_wire::token::Kind::OAuth;
            let now = app.clock.now();
            issue_under(tx, &app.ids, kind, &order, (Some(client), "a"), now)
        })
        .await
        .1;
    world.remember(&secret);
    let application = world.standard.with_token("application", &secret);
    application.get("/me").await.expect(200);
    let refused = application.get("/me/sessions").await.expect(403);
    assert_eq!(refused.code(), "NOT_FOR_APPLICATIONS");
    let path = world.at(&format!("users/{user_id}/update-password"));
    application.put(&path, json!({})).await.expect(403);
}

async fn signing_out_ends_personal_tokens_where_it_is_set_so(world: &World) {
    member(world, MIRA).await;
    let mira = signed_in(world, MIRA, PASSWORD).await;
    let personal = world.token(&mira, "personal", Default::default()).await;
    personal.get("/me").await.expect(200);
    mira.post("/auth/logout", json!({})).await.expect(204);
    personal.get("/me").await.expect(401);
}

async fn registration_is_closed_unless_opened(world: &World) {
    let answer = world.stranger.post("/auth/register", json!({})).await;
    assert_eq!(answer.expect(403).code(), "REGISTRATION_CLOSED");
}
