//! The token endpoint and its relatives: every grant, every way to prove a client, and what ends what.

use base64ct::{Base64, Encoding};
use http::Method;
use serde_json::{Value, json};
use tallystick_server::clock::SECOND;
use tallystick_server::http::access::Scopes;
use tallystick_server::oauth::code::{self, NewCode};
use tallystick_server::oauth::{GrantType, device};

use crate::support::{Actor, Answer, REDIRECT, World, both_engines};

both_engines!(
    an_application_proves_itself,
    errors_are_those_of_the_rfc,
    the_third_party_story,
    codes_are_exchanged_once,
    a_code_fits_one_client_address_and_verifier,
    many_exchanges_at_once_give_one_success,
    refresh_tokens_rotate,
    a_stolen_refresh_token_ends_the_family,
    a_lost_answer_is_given_again,
    many_refreshes_at_once_leave_one_pair,
    scopes_only_narrow_on_refresh,
    devices,
    introspection_tells_only_the_owner,
    revocation,
    applications_register_themselves,
    metadata_names_our_own_addresses,
    people_who_left_get_nothing,
);
both_engines!(registration_can_be_off with [("oauth.registration", "false")]);
both_engines!(token_requests_are_limited with [("limits.per_token_endpoint", "5"), ("limits.registrations", "2")]);

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn form(pairs: &[(&str, &str)]) -> Vec<u8> {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
        .into_bytes()
}

/// A form without an access token, as programs send it.
async fn ask(world: &World, path: &str, pairs: &[(&str, &str)]) -> Answer {
    let headers = [FORM, ("x-tallyfy-client", "")];
    world
        .stranger
        .with_body(&headers, Method::POST, path, Some(form(pairs)))
        .await
}

fn basic(id: &str, secret: &str) -> String {
    format!(
        "Basic {}",
        Base64::encode_string(format!("{id}:{secret}").as_bytes())
    )
}

#[track_caller]
fn refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.status, status, "{} {}", answer.what, answer.text);
    assert_eq!(answer.json["error"], error, "{}", answer.text);
    assert!(
        answer.json["error_description"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    );
    assert_eq!(answer.json["message"], answer.json["error_description"]);
    assert_eq!(answer.header("cache-control"), "no-store");
}

const ALL: [GrantType; 4] = [
    GrantType::ClientCredentials,
    GrantType::AuthorizationCode,
    GrantType::RefreshToken,
    GrantType::DeviceCode,
];

/// A code that the standard member allowed this client, as the consent page would make it.
async fn code(world: &World, client: &str) -> String {
    let (app, client, org, user_id) = (
        world.app.clone(),
        client.to_owned(),
        world.org.clone(),
        world.standard.user_id,
    );
    let made = world.app.write(move |tx| {
        let new = NewCode {
            client: &client,
            user_id,
            organization: Some(&org),
            redirect_uri: REDIRECT,
            scopes: &Scopes::all(),
            challenge: &code::challenge(VERIFIER),
        };
        code::issue(tx, &app, &new, app.clock.now())
    });
    made.await.unwrap()
}

async fn exchange(world: &World, client: &(String, String), code: &str) -> Answer {
    let pairs = [
        ("grant_type", "authorization_code"),
        ("client_id", &client.0),
        ("client_secret", &client.1),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    ask(world, "/oauth/token", &pairs).await
}

async fn refresh(world: &World, client: &(String, String), token: &str) -> Answer {
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", &client.0),
        ("client_secret", &client.1),
        ("refresh_token", token),
    ];
    ask(world, "/oauth/token", &pairs).await
}

fn text(answer: &Answer, name: &str) -> String {
    answer.json[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {}", answer.text))
        .to_owned()
}

fn holder(world: &World, answer: &Answer) -> Actor {
    world
        .standard
        .with_token("by application", &text(answer, "access_token"))
}

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
    let cases: [(Vec<(&str, &str)>, u16, &str); 8] = [
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

async fn codes_are_exchanged_once(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let code = code(world, &client.0).await;
    let first = exchange(world, &client, &code).await.expect(200);
    assert_eq!(first.json["expires_in"], 15_778_800);
    assert_eq!(first.json["scope"], "*");
    let actor = holder(world, &first);
    actor.get(&world.at("me/tasks")).await.expect(200);
    let shown = world.standard.get("/me/authorizations").await.expect(200);
    assert_eq!(shown.data()[0]["client_name"], "Ledger");
    assert_eq!(shown.data()[0]["origin"], "code");
    refused(&exchange(world, &client, &code).await, 400, "invalid_grant");
    // The second attempt has ended what the first one got.
    actor.get(&world.at("me/tasks")).await.expect(401);
    refused(
        &refresh(world, &client, &text(&first, "refresh_token")).await,
        400,
        "invalid_grant",
    );
    let log = world
        .admin
        .get(&world.at("system-log?event=authorization_code_reused"))
        .await;
    assert_eq!(log.data()[0]["severity"], "warning");
}

async fn a_code_fits_one_client_address_and_verifier(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let other = world.client(&world.org, &ALL).await;
    let good = [("redirect_uri", REDIRECT), ("code_verifier", VERIFIER)];
    let changes: [(&(String, String), Vec<(&str, &str)>); 7] = [
        (&other, good.to_vec()),
        (
            &client,
            vec![
                ("redirect_uri", "https://ledger.example/callback/"),
                good[1],
            ],
        ),
        (&client, vec![good[1]]),
        (&client, vec![good[0]]),
        (
            &client,
            vec![
                good[0],
                (
                    "code_verifier",
                    "wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong",
                ),
            ],
        ),
        (&client, vec![good[0], ("code_verifier", "short")]),
        (
            &client,
            vec![
                good[0],
                (
                    "code_verifier",
                    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                ),
            ],
        ),
    ];
    for (presenter, more) in changes {
        let code = code(world, &client.0).await;
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("client_id", presenter.0.as_str()),
            ("client_secret", presenter.1.as_str()),
            ("code", code.as_str()),
        ];
        pairs.extend(more);
        refused(
            &ask(world, "/oauth/token", &pairs).await,
            400,
            "invalid_grant",
        );
        // And it is burnt: the right client comes too late.
        refused(&exchange(world, &client, &code).await, 400, "invalid_grant");
    }
    let late = code(world, &client.0).await;
    world.clock.advance(60 * SECOND);
    refused(&exchange(world, &client, &late).await, 400, "invalid_grant");
}

async fn many_exchanges_at_once_give_one_success(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let code = code(world, &client.0).await;
    let all =
        futures_util::future::join_all((0..50).map(|_| exchange(world, &client, &code))).await;
    let given = all.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(given, 1);
    for answer in all.iter().filter(|answer| answer.status != 200) {
        refused(answer, 400, "invalid_grant");
    }
}

async fn begun(world: &World, client: &(String, String)) -> Answer {
    let code = code(world, &client.0).await;
    exchange(world, client, &code).await.expect(200)
}

async fn refresh_tokens_rotate(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let first = begun(world, &client).await;
    let second = refresh(world, &client, &text(&first, "refresh_token"))
        .await
        .expect(200);
    assert_ne!(first.json["refresh_token"], second.json["refresh_token"]);
    holder(world, &first).get("/me").await.expect(401);
    let actor = holder(world, &second);
    actor.get("/me").await.expect(200);
    // A refresh token is no access token.
    world
        .standard
        .with_token("refresh", &text(&second, "refresh_token"))
        .get("/me")
        .await
        .expect(401);
    let third = refresh(world, &client, &text(&second, "refresh_token"))
        .await
        .expect(200);
    world.clock.advance(31_557_600 * SECOND);
    refused(
        &refresh(world, &client, &text(&third, "refresh_token")).await,
        400,
        "invalid_grant",
    );
}

async fn a_stolen_refresh_token_ends_the_family(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let other = world.client(&world.org, &ALL).await;
    let first = begun(world, &client).await;
    let second = refresh(world, &client, &text(&first, "refresh_token"))
        .await
        .expect(200);
    let third = refresh(world, &client, &text(&second, "refresh_token"))
        .await
        .expect(200);
    refused(
        &refresh(world, &client, &text(&first, "refresh_token")).await,
        400,
        "invalid_grant",
    );
    holder(world, &third).get("/me").await.expect(401);
    refused(
        &refresh(world, &client, &text(&third, "refresh_token")).await,
        400,
        "invalid_grant",
    );
    let log = world
        .admin
        .get(&world.at("system-log?event=refresh_token_reused"))
        .await;
    assert_eq!(log.data()[0]["user_id"], world.standard.user_id);

    let mine = begun(world, &client).await;
    refused(
        &refresh(world, &other, &text(&mine, "refresh_token")).await,
        400,
        "invalid_grant",
    );
    holder(world, &mine).get("/me").await.expect(401);
}

async fn a_lost_answer_is_given_again(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let first = begun(world, &client).await;
    let lost = refresh(world, &client, &text(&first, "refresh_token"))
        .await
        .expect(200);
    let again = refresh(world, &client, &text(&first, "refresh_token"))
        .await
        .expect(200);
    holder(world, &lost).get("/me").await.expect(401);
    holder(world, &again).get("/me").await.expect(200);
    let next = refresh(world, &client, &text(&again, "refresh_token"))
        .await
        .expect(200);
    holder(world, &next).get("/me").await.expect(200);
}

async fn many_refreshes_at_once_leave_one_pair(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let first = begun(world, &client).await;
    let token = text(&first, "refresh_token");
    let all =
        futures_util::future::join_all((0..20).map(|_| refresh(world, &client, &token))).await;
    let mut living = 0;
    for answer in &all {
        let answer = answer.clone().expect(200);
        living += usize::from(holder(world, &answer).get("/me").await.status == 200);
    }
    assert_eq!(living, 1);
}

async fn scopes_only_narrow_on_refresh(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let first = begun(world, &client).await;
    let ask_for = async |token: &str, scope: &str| {
        let pairs = [
            ("grant_type", "refresh_token"),
            ("client_id", client.0.as_str()),
            ("client_secret", client.1.as_str()),
            ("refresh_token", token),
            ("scope", scope),
        ];
        ask(world, "/oauth/token", &pairs).await
    };
    refused(
        &ask_for(&text(&first, "refresh_token"), "everything").await,
        400,
        "invalid_scope",
    );
    let narrow = ask_for(&text(&first, "refresh_token"), "tasks.read")
        .await
        .expect(200);
    assert_eq!(narrow.json["scope"], "tasks.read");
    let actor = holder(world, &narrow);
    actor.get(&world.at("me/tasks")).await.expect(200);
    actor
        .post(&world.at("tasks"), json!({"title": "x"}))
        .await
        .expect(403);
    // What was allowed is kept for the next time.
    let wide = refresh(world, &client, &text(&narrow, "refresh_token"))
        .await
        .expect(200);
    assert_eq!(wide.json["scope"], "*");
}

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

async fn introspection_tells_only_the_owner(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let other = world.client(&world.org, &ALL).await;
    let given = begun(world, &client).await;
    let look = async |client: &(String, String), token: &str| {
        let pairs = [
            ("client_id", client.0.as_str()),
            ("client_secret", client.1.as_str()),
            ("token", token),
        ];
        ask(world, "/oauth/introspect", &pairs).await
    };
    let access = text(&given, "access_token");
    let seen = look(&client, &access).await.expect(200);
    assert_eq!(seen.json["active"], true);
    assert_eq!(seen.json["sub"], world.standard.user_id.to_string());
    assert_eq!(seen.json["org_id"], json!(world.org));
    assert_eq!(
        seen.json["exp"].as_i64().unwrap() - seen.json["iat"].as_i64().unwrap(),
        15_778_800
    );
    assert_eq!(
        look(&client, &text(&given, "refresh_token")).await.json["active"],
        true
    );
    let nothing = json!({"active": false});
    let personal = world.standard.token.clone().unwrap();
    for (client, token) in [
        (&other, access.as_str()),
        (&client, personal.as_str()),
        (&client, "tso_x"),
        (&client, ""),
    ] {
        let answer = look(client, token).await;
        if token.is_empty() {
            refused(&answer, 400, "invalid_request");
        } else {
            assert_eq!(answer.expect(200).json, nothing);
        }
    }
    holder(world, &given)
        .delete("/me/tokens/current")
        .await
        .expect(204);
    assert_eq!(look(&client, &access).await.json, nothing);
    refused(
        &ask(world, "/oauth/introspect", &[("token", &access)]).await,
        400,
        "invalid_request",
    );
    let wrong = (client.0.clone(), "wrong".to_owned());
    refused(&look(&wrong, &access).await, 401, "invalid_client");
}

async fn revocation(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let other = world.client(&world.org, &ALL).await;
    let revoke = async |client: &(String, String), token: &str| {
        let pairs = [
            ("client_id", client.0.as_str()),
            ("client_secret", client.1.as_str()),
            ("token", token),
        ];
        ask(world, "/oauth/revoke", &pairs).await
    };
    let given = begun(world, &client).await;
    let actor = holder(world, &given);
    // Somebody else's token is not ended, and the answer does not tell.
    revoke(&other, actor.token.as_ref().unwrap())
        .await
        .expect(200);
    revoke(&client, "nothing").await.expect(200);
    actor.get("/me").await.expect(200);
    revoke(&client, actor.token.as_ref().unwrap())
        .await
        .expect(200);
    actor.get("/me").await.expect(401);
    let again = refresh(world, &client, &text(&given, "refresh_token"))
        .await
        .expect(200);
    revoke(&client, &text(&again, "refresh_token"))
        .await
        .expect(200);
    holder(world, &again).get("/me").await.expect(401);
    refused(
        &refresh(world, &client, &text(&again, "refresh_token")).await,
        400,
        "invalid_grant",
    );
    // Who holds a personal token may end it, without being a client.
    let spare = world
        .token(&world.standard, "spare", Default::default())
        .await;
    ask(
        world,
        "/oauth/revoke",
        &[("token", spare.token.as_ref().unwrap())],
    )
    .await
    .expect(200);
    spare.get("/me").await.expect(401);
    refused(
        &ask(
            world,
            "/oauth/revoke",
            &[("token", &text(&again, "access_token"))],
        )
        .await,
        400,
        "invalid_request",
    );
}

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

async fn people_who_left_get_nothing(world: &World) {
    use tallystick_server::member::store::set_membership;
    use tallystick_wire::member::{MemberStatus, Role};
    let client = world.client(&world.org, &ALL).await;
    let given = begun(world, &client).await;
    let waiting = code(world, &client.0).await;
    let (org, user, now) = (
        world.org.clone(),
        world.standard.user_id,
        world.app.clock.now(),
    );
    world
        .write(move |tx| {
            set_membership(tx, &org, user, Role::Standard, MemberStatus::Disabled, now)
        })
        .await;
    holder(world, &given)
        .get(&world.at("me/tasks"))
        .await
        .expect(401);
    refused(
        &refresh(world, &client, &text(&given, "refresh_token")).await,
        400,
        "invalid_grant",
    );
    refused(
        &exchange(world, &client, &waiting).await,
        400,
        "invalid_grant",
    );
    let _: Value = given.json;
}
