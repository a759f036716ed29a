//! Applications that register themselves, and what they discover.

use http::Method;
use serde_json::json;

use super::{ask, refused, text};
use crate::support::{World, both_engines};

both_engines!(
    applications_register_themselves,
    metadata_names_our_own_addresses,
);
both_engines!(registration_can_be_off with [("oauth.registration", "false")]);
both_engines!(token_requests_are_limited with [("limits.per_token_endpoint", "5"), ("limits.registrations", "2")]);

async fn applications_register_themselves(world: &World) {
    let good = json!({"client_name": "Desk helper", "redirect_uris": ["http://127.0.0.1/cb"], "token_endpoint_auth_method": "none", "scope": "mcp.tasks.read"});
    let made = world
        .stranger
        .post("/mcp/oauth/register", good.clone())
        .await
        .expect(201);
    assert_eq!(
        made.json["grant_types"],
        json!(["authorization_code", "refresh_token"])
    );
    assert!(made.json.get("client_secret").is_none());
    assert_eq!(text(&made, "client_id").len(), 36);
    let mut confidential = good.clone();
    confidential["token_endpoint_auth_method"] = json!("client_secret_post");
    let made = world
        .stranger
        .post("/oauth/register", confidential)
        .await
        .expect(201);
    assert_eq!(made.json["client_secret_expires_at"], 0);
    for (name, value, error) in [
        ("redirect_uris", json!([]), "invalid_redirect_uri"),
        (
            "redirect_uris",
            json!(["http://evil.example/cb"]),
            "invalid_redirect_uri",
        ),
        (
            "redirect_uris",
            json!(["javascript:alert(1)"]),
            "invalid_redirect_uri",
        ),
        (
            "grant_types",
            json!(["client_credentials"]),
            "invalid_client_metadata",
        ),
        (
            "grant_types",
            json!(["password"]),
            "invalid_client_metadata",
        ),
        (
            "grant_types",
            json!(["implicit"]),
            "invalid_client_metadata",
        ),
        (
            "response_types",
            json!(["token"]),
            "invalid_client_metadata",
        ),
        (
            "token_endpoint_auth_method",
            json!("private_key_jwt"),
            "invalid_client_metadata",
        ),
        (
            "client_name",
            json!("x".repeat(101)),
            "invalid_client_metadata",
        ),
        ("scope", json!("all.of.it"), "invalid_client_metadata"),
        (
            "redirect_uris",
            json!("https://a.example/cb"),
            "invalid_client_metadata",
        ),
    ] {
        let mut bad = good.clone();
        bad[name] = value;
        refused(
            &world.stranger.post("/oauth/register", bad).await,
            400,
            error,
        );
    }
}

async fn metadata_names_our_own_addresses(world: &World) {
    let hostile = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
    ];
    for path in [
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/mcp",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-protected-resource",
    ] {
        let answer = world
            .stranger
            .with(&hostile, Method::GET, path)
            .await
            .expect(200);
        assert!(!answer.text.contains("evil"), "{}", answer.text);
        assert!(answer.text.contains(world.origin()), "{}", answer.text);
    }
    let server = world
        .stranger
        .get("/.well-known/oauth-authorization-server")
        .await;
    assert_eq!(server.json["issuer"], json!(world.origin()));
    assert_eq!(
        server.json["code_challenge_methods_supported"],
        json!(["S256"])
    );
}

async fn registration_can_be_off(world: &World) {
    let wanted = json!({"redirect_uris": ["https://a.example/cb"]});
    refused(
        &world.stranger.post("/oauth/register", wanted).await,
        400,
        "access_denied",
    );
    let metadata = world
        .stranger
        .get("/.well-known/oauth-authorization-server")
        .await
        .expect(200);
    assert!(metadata.json.get("registration_endpoint").is_none());
}

async fn token_requests_are_limited(world: &World) {
    let wanted = json!({"redirect_uris": ["https://a.example/cb"]});
    for _ in 0..2 {
        world
            .stranger
            .post("/oauth/register", wanted.clone())
            .await
            .expect(201);
    }
    let answer = world.stranger.post("/oauth/register", wanted).await;
    refused(&answer, 429, "slow_down");
    assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
    assert_eq!(answer.code(), "RATE_LIMIT_EXCEEDED");
    ask(world, "/oauth/token", &[]).await.expect(400);
    ask(world, "/oauth/token", &[]).await.expect(400);
    refused(&ask(world, "/oauth/token", &[]).await, 429, "slow_down");
}
