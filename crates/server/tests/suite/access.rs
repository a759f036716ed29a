//! Who may call what: every endpoint against every kind of caller, judged by what the endpoint itself declares.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};
use tallystick_server::http::endpoint::{Endpoint, Mode, Who};
use tallystick_server::router::endpoints;
use tallystick_wire::member::Role;
use tallystick_wire::token::{self, Kind};

use crate::support::objects::Objects;
use crate::support::{Actor, Answer, Grant, World, both_engines};

both_engines!(
    every_endpoint_against_every_caller,
    unknown_and_revoked_tokens_cannot_be_told_apart,
    the_head_is_checked_on_every_endpoint
        with [("security.key_file", format!("{}/walkers-key", crate::support::post::folder()).as_str())]
);

/// What a caller is to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// 401
    Unknown,
    /// 403
    Forbidden,
    /// 404
    Hidden,
    /// Whatever the handler says: 2xx, or 422 for its own reasons.
    Allowed,
}

const CALLERS: [&str; 20] = [
    "no token",
    "garbage",
    "bad checksum",
    "unknown",
    "refresh token",
    "revoked",
    "expired",
    "disabled",
    "invited",
    "foreigner",
    "other org only",
    "foreign scope",
    "read scope",
    "light",
    "standard",
    "admin",
    "application",
    "other application",
    "admin by application",
    "read by application",
];

/// Rules of a handler, beyond roles, that show in the table.
const EXCEPTIONS: [(&str, &str, u16, &str); 7] = [
    (
        "update_template",
        "light",
        403,
        "light members set the label of a template, nothing else",
    ),
    (
        "delete_template",
        "admin",
        403,
        "a template is archived before it is deleted",
    ),
    (
        "delete_template",
        "admin by application",
        403,
        "a template is archived before it is deleted",
    ),
    (
        "create_token",
        "light",
        403,
        "light members make no tokens unless the installation allows it",
    ),
    (
        "create_token",
        "disabled",
        403,
        "who is active nowhere makes no tokens",
    ),
    (
        "create_token",
        "invited",
        403,
        "who is active nowhere makes no tokens",
    ),
    (
        "end_authorization",
        "other org only",
        404,
        "a credential for one organisation sees what was allowed there only",
    ),
];

fn expected(endpoint: &Endpoint, caller: &str) -> Class {
    let role = match caller {
        "light" => Role::Light,
        "standard" => Role::Standard,
        _ => Role::Admin,
    };
    if matches!(caller, "application" | "other application") {
        return match (caller, endpoint.who) {
            (_, Who::Anyone(_)) | ("application", Who::Application(_)) => Class::Allowed,
            (_, Who::Application(_)) => Class::Forbidden,
            _ => Class::Unknown,
        };
    }
    if caller.ends_with("by application") && !endpoint.for_applications {
        return Class::Forbidden;
    }
    match (caller, endpoint.who) {
        (_, Who::Anyone(_)) => Class::Allowed,
        (_, Who::Application(_)) => Class::Unknown,
        ("no token" | "garbage" | "bad checksum" | "unknown" | "refresh token", _)
        | ("revoked" | "expired", _)
        | ("disabled", Who::Member(..) | Who::SlowMember(..)) => Class::Unknown,
        ("invited" | "foreigner", Who::Member(..) | Who::SlowMember(..)) => Class::Hidden,
        ("other org only", Who::Member(..) | Who::SlowMember(..)) | ("foreign scope", _) => {
            Class::Forbidden
        }
        ("read scope" | "read by application", _) if endpoint.mode != Mode::Read => {
            Class::Forbidden
        }
        (_, Who::Member(roles, _) | Who::SlowMember(roles, _)) if !roles.contain(role) => {
            Class::Forbidden
        }
        _ => Class::Allowed,
    }
}

/// A caller of this kind with a token made for this one request, because some requests end their token.
async fn caller(world: &World, kind: &'static str) -> Actor {
    let grant = Grant::default();
    match kind {
        "no token" => world.stranger.clone(),
        "garbage" => world.admin.with_token(kind, "letmein"),
        "bad checksum" => {
            let mut text = world.admin.token.clone().unwrap();
            let last = if text.pop() == Some('0') { '1' } else { '0' };
            text.push(last);
            world.admin.with_token(kind, &text)
        }
        "unknown" => world.admin.with_token(kind, &invented(Kind::Personal)),
        "refresh token" => world.admin.with_token(kind, &invented(Kind::Refresh)),
        "revoked" => {
            let actor = world.token(&world.admin, kind, grant).await;
            actor.delete("/me/tokens/current").await.expect(204);
            actor
        }
        "expired" => {
            let expires_at = Some(world.app.clock.now());
            world
                .token(
                    &world.admin,
                    kind,
                    Grant {
                        expires_at,
                        ..grant
                    },
                )
                .await
        }
        "disabled" => world.token(&world.disabled, kind, grant).await,
        "invited" => world.token(&world.invited, kind, grant).await,
        "foreigner" => world.token(&world.canary, kind, grant).await,
        "other org only" => {
            let organization = Some(world.side.as_str());
            world
                .token(
                    &world.both,
                    kind,
                    Grant {
                        organization,
                        ..grant
                    },
                )
                .await
        }
        "foreign scope" => {
            let scopes: &[&str] = &["webhooks.write"];
            world
                .token(&world.admin, kind, Grant { scopes, ..grant })
                .await
        }
        "read scope" => {
            let scopes: &[&str] = &["read"];
            world
                .token(&world.admin, kind, Grant { scopes, ..grant })
                .await
        }
        "light" => world.token(&world.light, kind, grant).await,
        "standard" => world.token(&world.standard, kind, grant).await,
        "admin" => world.token(&world.admin, kind, grant).await,
        "application" => world.application(kind, &world.org).await,
        "other application" => world.application(kind, &world.side).await,
        "admin by application" => world.connected(&world.admin, kind, &world.org, &[]).await.0,
        "read by application" => {
            let scopes = ["read"];
            world
                .connected(&world.admin, kind, &world.org, &scopes)
                .await
                .0
        }
        other => unreachable!("{other}"),
    }
}

fn invented(kind: Kind) -> String {
    token::build(kind, &[42; 60]).unwrap()
}

/// A path and body that a member with every right would be allowed.
async fn request(objects: &Objects<'_>, endpoint: &Endpoint) -> (String, Option<Value>) {
    let path = objects.fill(&endpoint.path).await;
    let operation = endpoint.operation.operation_id.as_deref().unwrap();
    let body = match objects.body(operation).await {
        Some(body) => Some(body),
        None if endpoint.method == Method::GET || endpoint.method == Method::DELETE => None,
        None => Some(json!({})),
    };
    (path, body)
}

fn judge(endpoint: &Endpoint, caller: &str, answer: &Answer) {
    let operation = endpoint.operation.operation_id.as_deref().unwrap();
    let exception = EXCEPTIONS
        .iter()
        .find(|(id, kind, ..)| *id == operation && *kind == caller);
    if let Some((.., status, why)) = exception {
        assert_eq!(answer.status, *status, "{why}: {}", answer.text);
        return;
    }
    let wanted = expected(endpoint, caller);
    let fits = match wanted {
        Class::Unknown => answer.status == 401 && answer.code() == "UNAUTHENTICATED",
        Class::Forbidden => answer.status == 403,
        Class::Hidden => answer.status == 404 && answer.code() == "RESOURCE_NOT_FOUND",
        // What anybody may call has reasons of its own to refuse.
        Class::Allowed if matches!(endpoint.who, Who::Anyone(_)) => answer.status < 500,
        Class::Allowed => matches!(answer.status, 200 | 201 | 204 | 422),
    };
    assert!(
        fits,
        "{caller} is to be {wanted:?}: {} answered {} {}",
        answer.what, answer.status, answer.text
    );
    let challenge = answer.header("www-authenticate");
    match (wanted, caller) {
        (Class::Unknown, "no token") => assert!(
            challenge.starts_with(r#"Bearer realm="api", resource_metadata="http"#),
            "{challenge}"
        ),
        (Class::Unknown, _) => assert!(
            challenge.contains(r#"error="invalid_token""#),
            "{challenge}"
        ),
        (Class::Forbidden, "foreign scope" | "read scope")
            if !answer.text.contains("NOT_FOR_APPLICATIONS") =>
        {
            assert!(
                challenge.contains(r#"error="insufficient_scope""#),
                "{challenge}"
            );
        }
        _ => {}
    }
}

async fn every_endpoint_against_every_caller(world: &World) {
    let mut table = String::new();
    // A refused request ends no token: whoever is refused once can be refused again, until somebody ends credentials.
    let mut refused: BTreeMap<&str, Actor> = BTreeMap::new();
    for endpoint in endpoints() {
        let words = ["token", "auth", "session", "users", "/me"];
        let ends_credentials = words.iter().any(|word| endpoint.path.contains(word));
        let methods = std::iter::once(&endpoint.method).chain(&endpoint.also);
        // Who is refused changes nothing, so all of them are refused the same objects.
        let shared = Objects::of(world, &world.org, &world.admin);
        for method in methods {
            table.push_str(&format!("{method} {}\n   ", endpoint.path));
            for kind in CALLERS {
                let lasts = expected(&endpoint, kind) != Class::Allowed && !ends_credentials;
                let actor = match refused.get(kind) {
                    Some(actor) if lasts => Actor::clone(actor),
                    _ => caller(world, kind).await,
                };
                if lasts {
                    refused.insert(kind, actor.clone());
                }
                let holder = if actor.user_id == 0 {
                    &world.admin
                } else {
                    &actor
                };
                let own = Objects::of(world, &world.org, holder);
                let objects = match expected(&endpoint, kind) {
                    Class::Allowed => &own,
                    _ => &shared,
                };
                let (path, body) = request(objects, &endpoint).await;
                let answer = actor.send(method.clone(), &path, body.as_ref()).await;
                judge(&endpoint, kind, &answer);
                table.push_str(&format!(" {kind} {},", answer.status));
            }
            table.pop();
            table.push('\n');
        }
        if ends_credentials {
            refused.clear();
        }
    }
    insta::assert_snapshot!("who_gets_what", table);
}

async fn unknown_and_revoked_tokens_cannot_be_told_apart(world: &World) {
    let revoked = caller(world, "revoked").await;
    let unknown = caller(world, "unknown").await;
    for endpoint in endpoints() {
        let (path, body) = request(&Objects::of(world, &world.org, &world.admin), &endpoint).await;
        let method = &endpoint.method;
        let one = revoked.send(method.clone(), &path, body.as_ref()).await;
        let two = unknown.send(method.clone(), &path, body.as_ref()).await;
        assert_eq!(one.comparable(), two.comparable());
    }
}

async fn the_head_is_checked_on_every_endpoint(world: &World) {
    for endpoint in endpoints() {
        let (path, _) = request(&Objects::of(world, &world.org, &world.admin), &endpoint).await;
        let method = endpoint.method.clone();
        let with = async |changes: &[(&str, &str)], path: &str| {
            world.admin.with(changes, method.clone(), path).await
        };
        if matches!(endpoint.who, Who::Anyone(_)) {
            with(&[("accept", "text/html")], &path).await.expect(406);
            with(&[], &format!("{path}?access_token=x"))
                .await
                .expect(400);
            continue;
        }
        let answer = with(&[("x-tallyfy-client", "")], &path).await.expect(401);
        assert_eq!(answer.code(), "CLIENT_HEADER_REQUIRED");
        assert!(
            answer.text.contains("X-Tallyfy-Client: "),
            "{}",
            answer.text
        );
        let answer = with(&[("x-tallyfy-client", "   ")], &path)
            .await
            .expect(401);
        assert_eq!(answer.code(), "CLIENT_HEADER_REQUIRED");
        let answer = with(&[("accept", "text/html")], &path).await.expect(406);
        assert_eq!(answer.header("content-type"), "application/json");
        with(&[("accept", "text/html, application/json;q=0")], &path)
            .await
            .expect(406);
        let secret = world.admin.token.clone().unwrap();
        for name in ["access_token", "token", "api_key"] {
            let answer = with(&[], &format!("{path}?{name}={secret}"))
                .await
                .expect(400);
            assert!(!answer.text.contains(&secret));
        }
        for authorization in ["Basic YTpi", "Bearer", "tsp_x", "Token abc"] {
            let answer = with(&[("authorization", authorization)], &path)
                .await
                .expect(401);
            assert!(answer.header("www-authenticate").starts_with("Bearer "));
        }
    }
}
