//! The wire between actors and server: sends, and looks at everything that comes back.

use std::sync::{Mutex, PoisonError};

use http::{HeaderMap, Method};
use tallystick_server::web::is_own;
use tallystick_wire::token;

use super::{Answer, MARK};

/// Length of every token.
const TOKEN: usize = 41;
/// How the paths of requests end whose answer holds a new secret, this once.
const SHOWN_ONCE: [&str; 9] = [
    "/me/tokens",
    "/rotate",
    "/auth/login",
    "/oauth/token",
    "/oauth/device_authorization",
    "/oauth/register",
    "/oauth-clients",
    "/secret",
    "/token",
];

pub struct Wire {
    /// `http://127.0.0.1:port`.
    pub origin: String,
    client: reqwest::Client,
    /// Every secret that was made in this world.
    secrets: Mutex<Vec<String>>,
}

/// One request.
pub struct Sending {
    pub method: Method,
    /// Prefix, path and query.
    pub target: String,
    pub headers: HeaderMap,
    pub body: Option<Vec<u8>>,
    /// Whether the sender belongs to the canary organisation.
    pub may_see_mark: bool,
}

impl Wire {
    pub fn to(origin: String) -> Self {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            origin,
            client,
            secrets: Mutex::new(Vec::new()),
        }
    }

    pub fn remember(&self, secret: &str) {
        self.secrets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(secret.to_owned());
    }

    pub fn secrets(&self) -> Vec<String> {
        self.secrets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub async fn send(&self, sending: Sending) -> Answer {
        let what = format!("{} {}", sending.method, sending.target);
        let path = sending.target.split('?').next().unwrap_or_default();
        let path = path.trim_end_matches('/');
        let page = is_own(path);
        let acts = sending.method == Method::POST;
        let makes_a_token =
            sending.method == Method::POST && SHOWN_ONCE.iter().any(|end| path.ends_with(end));
        let mut request = self
            .client
            .request(sending.method, format!("{}{}", self.origin, sending.target))
            .headers(sending.headers);
        let mut brought = sending.target.clone();
        if let Some(body) = &sending.body {
            brought.push_str(&String::from_utf8_lossy(body));
        }
        if let Some(body) = sending.body {
            request = request.body(body);
        }
        let response = request
            .send()
            .await
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let bytes = response.bytes().await.unwrap().to_vec();
        let answer = Answer::new(what, status, headers, bytes);
        if page {
            self.watch_page(&answer, acts, &brought);
        }
        let shows_a_secret = page || (makes_a_token && matches!(status, 200 | 201));
        self.watch(&answer, sending.may_see_mark, shows_a_secret);
        answer
    }

    /// Fails the test when a page shows a secret that it was not just asked to make. Cookies and the address that an
    /// application is answered at hold some; a page that is only looked at never does.
    /// The code that a mailed link brings along stands in the form it leads to.
    fn watch_page(&self, answer: &Answer, acts: bool, brought: &str) {
        let made = acts && answer.status == 200;
        assert!(
            made || tokens(&answer.text).all(|token| brought.contains(token)),
            "{} shows a secret: {}",
            answer.what,
            answer.text
        );
    }

    /// Fails the test when an answer shows what is not for this caller.
    fn watch(&self, answer: &Answer, may_see_mark: bool, shows_a_secret: bool) {
        let all = format!("{:?}\n{}", answer.headers, answer.text);
        assert!(
            may_see_mark || !all.contains(MARK),
            "{} shows what belongs to the canary organisation: {all}",
            answer.what
        );
        for found in tokens(&all) {
            assert!(shows_a_secret, "{} shows a secret: {all}", answer.what);
            self.remember(found);
        }
        assert!(
            answer.headers.contains_key("x-request-id"),
            "{} has no request id",
            answer.what
        );
    }
}

/// Everything in a text that is a well-formed token.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("ts")
        .filter_map(|(start, _)| text.get(start..start + TOKEN))
        .filter(|candidate| token::recognise(candidate).is_some())
}
