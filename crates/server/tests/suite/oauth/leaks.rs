//! Reports of leaked secrets.

use http::Method;
use serde_json::{Value, json};
use tallystick_server::oauth::GrantType;

use super::clients::own_token;
use crate::support::{Grant, World, both_engines};

both_engines!(leaked_secrets_end with [("security.leak_report_secret", "a shared secret")]);
both_engines!(reports_are_taken_where_they_are_set_up);

/// A report as a scanner signs it.
async fn report(world: &World, secret: &str, body: &Value) -> crate::support::Answer {
    use hmac::{Hmac, Mac};
    let bytes = body.to_string().into_bytes();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(&bytes);
    let hex: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let signature = format!("sha256={hex}");
    let headers = [
        ("x-tallystick-signature", signature.as_str()),
        ("content-type", "application/json"),
    ];
    world
        .stranger
        .with_body(
            &headers,
            Method::POST,
            "/secret-scanning/report",
            Some(bytes),
        )
        .await
}

async fn leaked_secrets_end(world: &World) {
    let personal = world
        .token(&world.standard, "leaked", Grant::default())
        .await;
    let application = world.application("application", &world.org).await;
    let (connected, _) = world
        .connected(&world.standard, "connected", &world.org, &[])
        .await;
    let (id, secret) = world
        .client(&world.org, &[GrantType::ClientCredentials])
        .await;
    let entry = |secret: &str| json!({"token": secret, "url": "https://code.example/blob/1"});
    let found = [
        personal.token.as_deref(),
        application.token.as_deref(),
        connected.token.as_deref(),
        Some(secret.as_str()),
        Some("tsp_not_one"),
    ];
    let body: Value = found.iter().flatten().map(|secret| entry(secret)).collect();
    report(world, "another secret", &body).await.expect(401);
    world
        .stranger
        .post("/secret-scanning/report", body.clone())
        .await
        .expect(401);
    personal.get("/me").await.expect(200);
    let answer = report(world, "a shared secret", &body).await.expect(200);
    let labels: Vec<&str> = answer
        .json
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["label"].as_str().unwrap())
        .collect();
    assert_eq!(
        labels,
        [
            "true_positive",
            "true_positive",
            "true_positive",
            "true_positive",
            "false_positive"
        ]
    );
    personal.get("/me").await.expect(401);
    connected.get("/me").await.expect(401);
    application
        .post(&format!("/applications/{}/users", world.org), json!({}))
        .await
        .expect(401);
    assert_eq!(own_token(world, &id, &secret).await, 401);
    let again = report(world, "a shared secret", &body).await.expect(200);
    assert!(!again.text.contains("true_positive"), "{}", again.text);
    let log = world
        .admin
        .get(&world.at("system-log?event=secret_leaked"))
        .await;
    assert_eq!(log.json["meta"]["pagination"]["total"], 4);
    report(world, "a shared secret", &json!({"token": "x"}))
        .await
        .expect(400);
}

async fn reports_are_taken_where_they_are_set_up(world: &World) {
    report(world, "", &json!([])).await.expect(404);
}
