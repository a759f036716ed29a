//! An application as itself, what errors look like, and the whole third-party story.

use http::Method;
use serde_json::json;
use tallystick_server::oauth::GrantType;

use super::{ALL, FORM, ask, basic, form, holder, refused};
use crate::support::{World, both_engines};

/// Fields of a form.
type Pairs<'a> = Vec<(&'a str, &'a str)>;

both_engines!(
    an_application_proves_itself,
    errors_are_those_of_the_rfc,
    the_third_party_story,
);

async fn an_application_proves_itself(world: &World) {
    let (id, secret) = world.client(&world.org, &ALL).await;
    let good = [
        ("grant_type", "client_credentials"),
        ("client_id", id.as_str()),
        ("client_secret", secret.as_str()),
        ("scope", "read write"),
    ];
    for path in ["/oauth/token", "/oauth/token/"] {
        let answer = ask(world, path, &good).await.expect(200);
        assert_eq!(answer.json["token_type"], "Bearer");
        assert_eq!(answer.json["expires_in"], 604_800);
        assert!(answer.json.get("refresh_token").is_none());
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let number: i64 = id.parse().unwrap();
    let as_json =
        json!({"grant_type": "client_credentials", "client_id": number, "client_secret": secret});
    world
        .stranger
        .post("/oauth/token", as_json)
        .await
        .expect(200);
    let header = basic(&id, &secret);
    let by_header = [FORM, ("authorization", header.as_str())];
    let only = form(&[("grant_type", "client_credentials")]);
    world
        .stranger
        .with_body(&by_header, Method::POST, "/oauth/token", Some(only.clone()))
        .await
        .expect(200);

    refused(
        &world
            .stranger
            .with_body(&by_header, Method::POST, "/oauth/token", Some(form(&good)))
            .await,
        400,
        "invalid_request",
    );
    let wrong = basic(&id, "tsc_wrong");
    let answer = world
        .stranger
        .with_body(
            &[FORM, ("authorization", &wrong)],
            Method::POST,
            "/oauth/token",
            Some(only),
        )
        .await;
    refused(&answer, 401, "invalid_client");
    assert!(answer.header("www-authenticate").starts_with("Basic "));
    for (id, secret) in [
        (id.as_str(), "wrong"),
        ("4711", secret.as_str()),
        ("not a number", "x"),
        ("'; --", "x"),
    ] {
        let pairs = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
        ];
        let answer = ask(world, "/oauth/token", &pairs).await;
        refused(&answer, 401, "invalid_client");
        assert_eq!(answer.header("www-authenticate"), "");
    }
    let log = world
        .admin
        .get(&world.at("system-log?event=client_authentication_failed"))
        .await
        .expect(200);
    assert_eq!(log.json["meta"]["pagination"]["total"], 2);
    assert_eq!(log.data()[0]["client_id"], json!(id));
}

async fn errors_are_those_of_the_rfc(world: &World) {
    let (id, secret) = world
        .client(&world.org, &[GrantType::AuthorizationCode])
        .await;
    let client = [
        ("client_id", id.as_str()),
        ("client_secret", secret.as_str()),
    ];
    let with = |more: &[(&'static str, &'static str)]| [&client[..], more].concat();
    let cases: [(Pairs<'_>, u16, &str); 8] = [
        (vec![], 400, "invalid_request"),
        (
            with(&[("grant_type", "magic")]),
            400,
            "unsupported_grant_type",
        ),
        (
            with(&[("grant_type", "implicit")]),
            400,
            "unsupported_grant_type",
        ),
        (
            with(&[("grant_type", "client_credentials")]),
            400,
            "unauthorized_client",
        ),
        (
            with(&[
                ("grant_type", "password"),
                ("username", "x"),
                ("password", "y"),
            ]),
            400,
            "unauthorized_client",
        ),
        (
            with(&[("grant_type", "authorization_code")]),
            400,
            "invalid_request",
        ),
        (
            with(&[("grant_type", "authorization_code"), ("code", "tsg_x")]),
            400,
            "invalid_grant",
        ),
        (
            vec![("grant_type", "client_credentials")],
            400,
            "invalid_request",
        ),
    ];
    for (pairs, status, error) in cases {
        refused(&ask(world, "/oauth/token", &pairs).await, status, error);
    }
    let in_address =
        format!("/oauth/token?client_secret={secret}&grant_type=client_credentials&client_id={id}");
    refused(&ask(world, &in_address, &[]).await, 400, "invalid_request");
    for body in ["[1,2]", "{\"grant_type\":", "null"] {
        let headers = [("content-type", "application/json")];
        let answer = world
            .stranger
            .with_body(
                &headers,
                Method::POST,
                "/oauth/token",
                Some(body.as_bytes().to_vec()),
            )
            .await;
        refused(&answer, 400, "invalid_request");
    }
    world.stranger.get("/oauth/token").await.expect(405);
}

async fn the_third_party_story(world: &World) {
    let application = world.application("application", &world.org).await;
    let at = |org: &str, rest: &str| format!("/applications/{org}/users{rest}");
    let body = json!({"first_name": "Mira", "last_name": "Okafor", "email": "Mira@Ledger.example", "role": "standard"});
    let made = application
        .post(&at(&world.org, ""), body.clone())
        .await
        .expect(201);
    assert_eq!(made.data()["status"], "active");
    assert_eq!(made.data()["role"], "standard");
    let taken = application
        .post(&at(&world.org, ""), body)
        .await
        .expect(422);
    assert!(taken.json["errors"]["email"].is_array());
    let issued = application
        .post(&at(&world.org, "/mira%40ledger.example/token"), json!({}))
        .await
        .expect(200);
    assert_eq!(issued.json["expires_in"], 7_776_000);
    assert!(issued.json.get("data").is_none());
    let mira = holder(world, &issued);
    mira.post(
        &world.at("tasks"),
        json!({"title": "Mine", "owners": {"users": [made.data()["id"]]}}),
    )
    .await
    .expect(201);
    let tasks = mira.get(&world.at("me/tasks")).await.expect(200);
    assert_eq!(tasks.data().as_array().unwrap().len(), 1);

    // Its own token opens nothing else, and the user's nothing of an application.
    application.get("/me").await.expect(401);
    application.get(&world.at("me/tasks")).await.expect(401);
    mira.post(&at(&world.org, "/mira%40ledger.example/token"), json!({}))
        .await
        .expect(401);
    mira.post("/me/tokens", json!({"name": "mine for ever"}))
        .await
        .expect(403);
    mira.post("/me/tokens/current/rotate", json!({}))
        .await
        .expect(403);
    mira.get(&format!("/organizations/{}", world.side))
        .await
        .expect(403);
    application
        .post(
            &at(&world.side, "/hana%40northwind.example/token"),
            json!({}),
        )
        .await
        .expect(403);
    let nobody = application
        .post(&at(&world.org, "/nobody%40x.example/token"), json!({}))
        .await
        .expect(404);
    let elsewhere = application
        .post(
            &at(&world.org, "/canary-7f3a%40canary.example/token"),
            json!({}),
        )
        .await;
    assert_eq!(nobody.comparable(), elsewhere.comparable());
    for away in ["eli", "fay"] {
        application
            .post(
                &at(&world.org, &format!("/{away}%40northwind.example/token")),
                json!({}),
            )
            .await
            .expect(422);
    }
    // Somebody with an account elsewhere is asked before anything acts for them.
    let guest = json!({"first_name": "x", "last_name": "y", "email": "canary-7f3a@canary.example"});
    let invited = world
        .canary
        .with_token("application", application.token.as_ref().unwrap())
        .post(&at(&world.org, ""), guest)
        .await
        .expect(201);
    assert_eq!(invited.data()["status"], "invited");

    let list = world
        .standard
        .with_token("mira", mira.token.as_ref().unwrap());
    list.get("/me/authorizations").await.expect(403);
    mira.delete("/me/tokens/current").await.expect(204);
    mira.get(&world.at("me/tasks")).await.expect(401);
}
