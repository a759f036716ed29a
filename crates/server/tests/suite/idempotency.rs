//! `Idempotency-Key`: what was done once is not done again, also when the repetition comes at the same moment.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, World, both_engines};

both_engines!(
    one_key_acts_once,
    many_at_once_with_one_key,
    keys_belong_to_their_caller_and_route,
);

/// How many tasks there are.
async fn tasks(world: &World) -> i64 {
    let all = world.admin.get(&world.at("tasks?status=all")).await;
    all.json["meta"]["pagination"]["total"].as_i64().unwrap()
}

async fn keyed(world: &World, key: &str, body: &Value) -> Answer {
    let headers = [
        ("idempotency-key", key),
        ("content-type", "application/json"),
    ];
    let bytes = Some(body.to_string().into_bytes());
    world
        .admin
        .with_body(&headers, Method::POST, &world.at("tasks"), bytes)
        .await
}

async fn one_key_acts_once(world: &World) {
    let body = json!({"title": "Fetch the mail"});
    let first = keyed(world, "k1", &body).await.expect(201);
    let second = keyed(world, "k1", &body).await.expect(201);
    assert_eq!(first.text, second.text);
    assert_eq!(first.header("idempotent-replayed"), "");
    assert_eq!(second.header("idempotent-replayed"), "true");
    let other = keyed(world, "k1", &json!({"title": "Fetch the milk"}))
        .await
        .expect(422);
    assert!(
        other.json["errors"].get("Idempotency-Key").is_some(),
        "{}",
        other.text
    );
    assert_eq!(tasks(world).await, 1);
    // A refused request leaves its key free.
    keyed(world, "k2", &json!({})).await.expect(422);
    keyed(world, "k2", &body).await.expect(201);
    keyed(world, &"k".repeat(256), &body).await.expect(422);
    // After a day the key is new again.
    world.clock.advance(tallystick_server::clock::DAY + 1);
    let again = keyed(world, "k1", &body).await.expect(201);
    assert_ne!(again.data()["id"], first.data()["id"]);
}

async fn many_at_once_with_one_key(world: &World) {
    let body = json!({"title": "Ring the bell"});
    let all = (0..12).map(|_| keyed(world, "same", &body));
    let answers = futures_util::future::join_all(all).await;
    let replayed = answers
        .iter()
        .filter(|answer| answer.header("idempotent-replayed") == "true")
        .count();
    for answer in &answers {
        assert_eq!(answer.status, 201, "{}", answer.text);
        assert_eq!(answer.text, answers[0].text);
    }
    assert_eq!(replayed, 11);
    assert_eq!(tasks(world).await, 1);
}

async fn keys_belong_to_their_caller_and_route(world: &World) {
    let headers = [
        ("idempotency-key", "shared"),
        ("content-type", "application/json"),
    ];
    let body = || Some(br#"{"title": "x", "name": "x"}"#.to_vec());
    let at = world.at("tasks");
    let one = world
        .admin
        .with_body(&headers, Method::POST, &at, body())
        .await
        .expect(201);
    let two = world
        .standard
        .with_body(&headers, Method::POST, &at, body())
        .await
        .expect(201);
    assert_ne!(one.data()["id"], two.data()["id"]);
    // An answer that holds a secret is never stored, so it cannot be shown again.
    world
        .admin
        .with_body(&headers, Method::POST, "/me/tokens", body())
        .await
        .expect(201);
    let again = world
        .admin
        .with_body(&headers, Method::POST, "/me/tokens", body())
        .await
        .expect(409);
    assert_eq!(again.code(), "ALREADY_DONE");
    // The prefix is no other route.
    let target = world.at("tasks");
    let mut sent = world.admin.headers();
    sent.insert("idempotency-key", "shared".parse().unwrap());
    sent.insert("content-type", "application/json".parse().unwrap());
    let bare = world
        .admin
        .raw(Method::POST, &target, sent, body())
        .await
        .expect(201);
    assert_eq!(bare.text, one.text);
}
