//! Somebody who calls the API, and what they are answered.

use std::sync::Arc;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;

use super::wire::{Sending, Wire};

/// Somebody with a token, or without one.
#[derive(Clone)]
pub struct Actor {
    pub name: &'static str,
    pub user_id: i64,
    pub token: Option<String>,
    pub(super) in_canary: bool,
    pub(super) wire: Arc<Wire>,
}

impl Actor {
    /// The three headers that every program sends.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert("x-tallyfy-client", HeaderValue::from_static("APIClient"));
        if let Some(token) = &self.token {
            let value = format!("Bearer {token}");
            headers.insert(AUTHORIZATION, HeaderValue::from_str(&value).unwrap());
        }
        headers
    }

    /// The same person with this text as their token.
    pub fn with_token(&self, name: &'static str, token: &str) -> Self {
        Self {
            name,
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// `path` stands below `/api`.
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut headers = self.headers();
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let bytes = body.map(|body| body.to_string().into_bytes());
        self.raw(method, &format!("/api{path}"), headers, bytes)
            .await
    }

    /// Adds headers to the three; an empty value takes one away.
    pub async fn with(&self, changes: &[(&str, &str)], method: Method, path: &str) -> Answer {
        self.with_body(changes, method, path, None).await
    }

    pub async fn with_body(
        &self,
        changes: &[(&str, &str)],
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Answer {
        let mut headers = self.headers();
        for (name, value) in changes {
            let name: HeaderName = name.parse().unwrap();
            if value.is_empty() {
                headers.remove(name);
            } else {
                headers.insert(name, HeaderValue::from_str(value).unwrap());
            }
        }
        self.raw(method, &format!("/api{path}"), headers, body)
            .await
    }

    /// `target` is sent as it is, prefix and query included.
    pub async fn raw(
        &self,
        method: Method,
        target: &str,
        headers: HeaderMap,
        body: Option<Vec<u8>>,
    ) -> Answer {
        let sending = Sending {
            method,
            target: target.to_owned(),
            headers,
            body,
            may_see_mark: self.in_canary,
        };
        self.wire.send(sending).await
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Verb and path of the question, for messages.
    pub what: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    pub text: String,
    /// Null when the body is no JSON.
    pub json: Value,
}

impl Answer {
    pub(super) fn new(what: String, status: u16, headers: HeaderMap, bytes: Vec<u8>) -> Self {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        Self {
            what,
            status,
            headers,
            bytes,
            text,
            json,
        }
    }

    /// This answer, if it has that status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} answered {}", self.what, self.text);
        self
    }

    /// The `data` of a 2xx answer.
    #[track_caller]
    pub fn data(&self) -> &Value {
        assert!(
            self.status < 300 && self.json.get("data").is_some(),
            "{} answered {} {}",
            self.what,
            self.status,
            self.text
        );
        &self.json["data"]
    }

    /// `code` of an error.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Status, headers and body without what differs between any two answers.
    pub fn comparable(&self) -> String {
        let mut headers: Vec<String> = self
            .headers
            .iter()
            .filter(|(name, _)| *name != "x-request-id" && *name != "date")
            .map(|(name, value)| format!("{name}: {value:?}"))
            .collect();
        headers.sort();
        format!("{}\n{}\n{}", self.status, headers.join("\n"), self.text)
    }
}
