//! Applications as administrators manage them, the tokens of an organisation, its policy and the record of it all.

use http::Method;
use serde_json::{Value, json};
use tallystick_server::oauth::GrantType;

use crate::support::{Grant, World, both_engines};

both_engines!(
    made_changed_rotated_removed,
    what_an_application_may_be,
    tokens_of_the_organisation,
    the_policy_is_kept,
    the_record_tells_who_and_never_a_secret,
);

pub async fn own_token(world: &World, id: &str, secret: &str) -> u16 {
    let body =
        json!({"grant_type": "client_credentials", "client_id": id, "client_secret": secret});
    world.stranger.post("/oauth/token", body).await.status
}

async fn made_changed_rotated_removed(world: &World) {
    let clients = world.at("oauth-clients");
    let made = world
        .admin
        .post(
            &clients,
            json!({"name": " Ledger ", "redirect": "https://ledger.example/cb"}),
        )
        .await
        .expect(201);
    let made = made.data();
    assert!(made["id"].is_i64());
    assert_eq!(made["name"], "Ledger");
    assert_eq!(made["redirect_uris"], json!(["https://ledger.example/cb"]));
    assert_eq!(
        made["grant_types"],
        json!(["client_credentials", "authorization_code", "refresh_token"])
    );
    let (id, secret) = (
        made["id"].to_string(),
        made["secret"].as_str().unwrap().to_owned(),
    );
    assert_eq!(own_token(world, &id, &secret).await, 200);
    let one = format!("{clients}/{id}");
    let read = world.admin.get(&one).await.expect(200);
    assert!(read.data().get("secret").is_none());
    assert_eq!(read.data()["secret_last4"], secret[secret.len() - 4..]);
    let changed = world
        .admin
        .put(
            &one,
            json!({"grant_types": ["client_credentials", "password"]}),
        )
        .await
        .expect(200);
    assert_eq!(changed.data()["legacy_grant_types"], json!(["password"]));
    assert_eq!(changed.data()["name"], "Ledger");

    let rotated = world
        .admin
        .post(&format!("{one}/secret"), json!({}))
        .await
        .expect(201);
    let fresh = rotated.data()["secret"].as_str().unwrap().to_owned();
    assert_eq!(
        (
            own_token(world, &id, &secret).await,
            own_token(world, &id, &fresh).await
        ),
        (200, 200)
    );
    world
        .clock
        .advance(tallystick_server::oauth::client::OVERLAP);
    assert_eq!(
        (
            own_token(world, &id, &secret).await,
            own_token(world, &id, &fresh).await
        ),
        (401, 200)
    );
    let at_once = world
        .admin
        .post(&format!("{one}/secret?overlap=false"), json!({}))
        .await
        .expect(201);
    assert_eq!(own_token(world, &id, &fresh).await, 401);
    let last = at_once.data()["secret"].as_str().unwrap();

    let body = json!({"grant_type": "client_credentials", "client_id": id, "client_secret": last});
    let token = world.stranger.post("/oauth/token", body).await.expect(200);
    let application = world
        .stranger
        .with_token("application", token.json["access_token"].as_str().unwrap());
    let (connected, _) = world
        .connected(&world.standard, "connected", &world.org, &[])
        .await;
    world.admin.delete(&one).await.expect(204);
    world.admin.get(&one).await.expect(404);
    world.admin.delete(&one).await.expect(404);
    assert_eq!(own_token(world, &id, last).await, 401);
    let users = format!(
        "/applications/{}/users/bruno%40northwind.example/token",
        world.org
    );
    application.post(&users, json!({})).await.expect(401);
    connected.get("/me").await.expect(200);
}

async fn what_an_application_may_be(world: &World) {
    let clients = world.at("oauth-clients");
    for (body, field) in [
        (json!({}), "name"),
        (json!({"name": "x".repeat(101)}), "name"),
        (json!({"name": "a\nb"}), "name"),
        (
            json!({"name": "x", "redirect_uris": ["http://evil.example/"]}),
            "redirect_uris.0",
        ),
        (
            json!({"name": "x", "redirect_uris": ["https://a.example/", "https://a.example/#b"]}),
            "redirect_uris.1",
        ),
        (json!({"name": "x", "redirect": "javascript:1"}), "redirect"),
        (
            json!({"name": "x", "grant_types": ["magic"]}),
            "grant_types.0",
        ),
        (
            json!({"name": "x", "grant_types": ["client_credentials"], "confidential": false}),
            "grant_types",
        ),
        (json!({"name": "x", "scopes": ["everything"]}), "scopes"),
        (
            json!({"name": "x", "confidential": "perhaps"}),
            "confidential",
        ),
    ] {
        let refused = world.admin.post(&clients, body).await.expect(422);
        let errors = refused.json["errors"].as_object().unwrap();
        assert!(
            errors.keys().any(|name| name.starts_with(field)),
            "{field}: {}",
            refused.text
        );
    }
    let public = world
        .admin
        .post(&clients, json!({"name": "App", "confidential": false}))
        .await
        .expect(201);
    assert_eq!(public.data()["secret"], Value::Null);
    assert_eq!(public.data()["token_endpoint_auth_method"], "none");
    let secret = format!("{clients}/{}/secret", public.data()["id"]);
    world.admin.post(&secret, json!({})).await.expect(422);
    let once = [
        ("idempotency-key", "app-1"),
        ("content-type", "application/json"),
    ];
    let body = json!({"name": "Once"}).to_string().into_bytes();
    world
        .admin
        .with_body(&once, Method::POST, &clients, Some(body.clone()))
        .await
        .expect(201);
    let again = world
        .admin
        .with_body(&once, Method::POST, &clients, Some(body))
        .await
        .expect(409);
    assert_eq!(again.code(), "ALREADY_DONE");
}

async fn tokens_of_the_organisation(world: &World) {
    let everywhere = world
        .token(&world.both, "everywhere", Grant::default())
        .await;
    let here = world
        .token(
            &world.both,
            "here",
            Grant {
                organization: Some(&world.org),
                ..Grant::default()
            },
        )
        .await;
    let id = async |actor: &crate::support::Actor| {
        actor.get("/me/tokens/current").await.data()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (everywhere_id, here_id) = (id(&everywhere).await, id(&here).await);
    let list = world
        .admin
        .get(&world.at("tokens?per_page=100"))
        .await
        .expect(200);
    let listed: Vec<&str> = list
        .data()
        .as_array()
        .unwrap()
        .iter()
        .map(|token| token["id"].as_str().unwrap())
        .collect();
    assert!(listed.contains(&everywhere_id.as_str()) && listed.contains(&here_id.as_str()));
    assert!(list.data()[0]["user_email"].is_string());

    let elsewhere = format!("/organizations/{}/me", world.side);
    world
        .admin
        .delete(&world.at(&format!("tokens/{everywhere_id}")))
        .await
        .expect(204);
    everywhere.get(&world.at("me")).await.expect(401);
    everywhere.get(&elsewhere).await.expect(200);
    world
        .admin
        .delete(&world.at(&format!("tokens/{everywhere_id}")))
        .await
        .expect(404);

    let (connected, _) = world
        .connected(&world.both, "connected", &world.org, &[])
        .await;
    let another = world.token(&world.both, "another", Grant::default()).await;
    world
        .admin
        .delete(&world.at(&format!("users/{}/tokens", world.both.user_id)))
        .await
        .expect(204);
    for gone in [&here, &connected, &another] {
        gone.get(&world.at("me")).await.expect(401);
    }
    another.get(&elsewhere).await.expect(200);
    // What is made from now on works.
    let fresh = world.token(&world.both, "fresh", Grant::default()).await;
    fresh.get(&world.at("me")).await.expect(200);
    let nobody = world
        .admin
        .delete(&world.at("users/999999/tokens"))
        .await
        .expect(404);
    let foreign = world
        .admin
        .delete(&world.at(&format!("users/{}/tokens", world.canary.user_id)))
        .await;
    assert_eq!(nobody.comparable(), foreign.comparable());
}

async fn the_policy_is_kept(world: &World) {
    let policy = world.at("token-policy");
    let before = world.standard.get(&policy).await.expect(200);
    assert_eq!(before.data()["max_days"], Value::Null);
    assert_eq!(before.data()["light_members"], false);
    let wanted = json!({"max_days": 30, "light_members": "1", "grant_types": ["authorization_code", "refresh_token"]});
    let after = world.admin.put(&policy, wanted).await.expect(200);
    assert_eq!(after.data()["max_days"], 30);
    world
        .light
        .post("/me/tokens", json!({"name": "x"}))
        .await
        .expect(201);
    let usual = world
        .admin
        .post("/me/tokens", json!({"name": "x"}))
        .await
        .expect(201);
    assert_eq!(usual.data()["expires_at"], "2026-04-01T10:00:00.000Z");
    let long = world
        .admin
        .post(
            "/me/tokens",
            json!({"name": "x", "expires_in": 86_400 * 31}),
        )
        .await
        .expect(422);
    assert!(long.json["errors"]["expires_in"].is_array());
    let refused = world
        .admin
        .post(&world.at("oauth-clients"), json!({"name": "x"}))
        .await
        .expect(422);
    assert!(refused.json["errors"]["grant_types"].is_array());
    let (id, secret) = world
        .client(&world.org, &[GrantType::ClientCredentials])
        .await;
    assert_eq!(own_token(world, &id, &secret).await, 400);
    // Who belongs to two organisations is bound by the stricter one, unless the token is for the other only.
    world
        .both
        .post(
            "/me/tokens",
            json!({"name": "x", "expires_in": 86_400 * 31}),
        )
        .await
        .expect(422);
    let other = json!({"name": "x", "expires_in": 86_400 * 31, "organization_id": world.side});
    world.both.post("/me/tokens", other).await.expect(201);
    for bad in [
        json!({"max_days": 0}),
        json!({"max_days": "x"}),
        json!({"grant_types": ["x"]}),
        json!({"light_members": "perhaps"}),
    ] {
        world.admin.put(&policy, bad).await.expect(422);
    }
    let cleared = world
        .admin
        .put(&policy, json!({"max_days": null}))
        .await
        .expect(200);
    assert_eq!(cleared.data()["max_days"], Value::Null);
}

async fn the_record_tells_who_and_never_a_secret(world: &World) {
    let made = world
        .standard
        .post("/me/tokens", json!({"name": "laptop"}))
        .await
        .expect(201);
    let id = made.data()["id"].clone();
    let client = world
        .admin
        .post(&world.at("oauth-clients"), json!({"name": "Ledger"}))
        .await
        .expect(201);
    let log = world
        .admin
        .get(&world.at("system-log?per_page=200"))
        .await
        .expect(200);
    let rows = log.data().as_array().unwrap();
    let of = |event: &str| {
        rows.iter()
            .find(|row| row["event"] == event)
            .unwrap_or_else(|| panic!("no {event} in {}", log.text))
    };
    assert_eq!(of("token_created")["credential_id"], id);
    assert_eq!(of("token_created")["actor_id"], world.standard.user_id);
    assert_eq!(of("token_created")["agent"], "APIClient");
    assert_eq!(
        of("client_created")["client_id"],
        client.data()["id"].to_string()
    );
    assert!(!log.text.contains("tsp_") && !log.text.contains("tsc_"));
    // What concerns nobody here is not here.
    world
        .canary
        .post("/me/tokens", json!({"name": "canary-7f3a"}))
        .await
        .expect(201);
    let mine = world
        .admin
        .get(&world.at("system-log?event=token_created"))
        .await;
    assert_eq!(mine.json["meta"]["pagination"]["total"], 1);
    assert_eq!(
        world
            .admin
            .get(&world.at("system-log?to=2020-01-01"))
            .await
            .json["meta"]["pagination"]["total"],
        0
    );
    world
        .admin
        .get(&world.at("system-log?from=never"))
        .await
        .expect(422);
    world
        .standard
        .get(&world.at("system-log"))
        .await
        .expect(403);
}
