//! OAuth through its front door: every grant, every way to prove a client, what ends what, and the applications of an
//! organisation as its administrators manage them.

mod clients;
mod codes;
mod device;
mod grants;
mod introspect;
mod leaks;
mod refresh;
mod register;

use base64ct::{Base64, Encoding};
use http::Method;
use tallystick_server::http::access::Scopes;
use tallystick_server::oauth::GrantType;
use tallystick_server::oauth::code::{self, NewCode};

use crate::support::{Actor, Answer, REDIRECT, World};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

const ALL: [GrantType; 4] = [
    GrantType::ClientCredentials,
    GrantType::AuthorizationCode,
    GrantType::RefreshToken,
    GrantType::DeviceCode,
];

/// An application and its secret.
type Client = (String, String);

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

async fn exchange(world: &World, client: &Client, code: &str) -> Answer {
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

async fn refresh(world: &World, client: &Client, token: &str) -> Answer {
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

async fn begun(world: &World, client: &Client) -> Answer {
    let code = code(world, &client.0).await;
    exchange(world, client, &code).await.expect(200)
}
