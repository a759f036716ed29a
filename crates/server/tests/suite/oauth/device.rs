//! The device grant.

use serde_json::json;
use tallystick_server::clock::SECOND;
use tallystick_server::http::access::Scopes;
use tallystick_server::oauth::device;

use super::{ALL, ask, holder, refused, text};
use crate::support::{World, both_engines};

both_engines!(devices,);

async fn devices(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let proof = [
        ("client_id", client.0.as_str()),
        ("client_secret", client.1.as_str()),
    ];
    let begin = async || {
        ask(
            world,
            "/oauth/device_authorization",
            &[&proof[..], &[("scope", "tasks.read")]].concat(),
        )
        .await
        .expect(200)
    };
    let poll = async |code: &str| {
        let more = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", code),
        ];
        ask(world, "/oauth/token", &[&proof[..], &more].concat()).await
    };
    let decide = async |user_code: String, allow: bool| {
        let (user_id, org, now) = (
            world.standard.user_id,
            world.org.clone(),
            world.app.clock.now(),
        );
        let scopes = Scopes::stored("tasks.read");
        world
            .write(move |tx| {
                let decision = device::Decision {
                    user_code: &user_code,
                    user_id,
                    organization: Some(&org),
                    scopes: allow.then_some(&scopes),
                };
                device::decide(tx, &decision, now)
            })
            .await
    };
    let begun = begin().await;
    assert_eq!(
        (
            begun.json["expires_in"].clone(),
            begun.json["interval"].clone()
        ),
        (json!(600), json!(5))
    );
    assert_eq!(
        begun.json["verification_uri"],
        format!("{}/app/device", world.origin())
    );
    let (device_code, user_code) = (text(&begun, "device_code"), text(&begun, "user_code"));
    assert!(
        user_code.len() == 9
            && user_code
                .chars()
                .all(|letter| "BCDFGHJKLMNPQRSTVWXZ-".contains(letter)),
        "{user_code}"
    );
    refused(&poll(&device_code).await, 400, "authorization_pending");
    refused(&poll(&device_code).await, 400, "slow_down");
    world.clock.advance(10 * SECOND);
    refused(&poll(&device_code).await, 400, "authorization_pending");
    assert!(decide(user_code.to_lowercase(), true).await);
    assert!(!decide(user_code, false).await, "decided twice");
    world.clock.advance(10 * SECOND);
    let given = poll(&device_code).await.expect(200);
    assert_eq!(given.json["scope"], "tasks.read");
    holder(world, &given)
        .get(&world.at("me/tasks"))
        .await
        .expect(200);
    refused(&poll(&device_code).await, 400, "invalid_grant");

    let denied = begin().await;
    assert!(decide(text(&denied, "user_code"), false).await);
    refused(
        &poll(&text(&denied, "device_code")).await,
        400,
        "access_denied",
    );
    let late = begin().await;
    world.clock.advance(600 * SECOND);
    refused(
        &poll(&text(&late, "device_code")).await,
        400,
        "expired_token",
    );
    assert!(!decide(text(&late, "user_code"), true).await);
    let other = world.client(&world.org, &ALL).await;
    let foreign = begin().await;
    let pairs = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", foreign.json["device_code"].as_str().unwrap()),
        ("client_id", other.0.as_str()),
        ("client_secret", other.1.as_str()),
    ];
    refused(
        &ask(world, "/oauth/token", &pairs).await,
        400,
        "invalid_grant",
    );
}
