//! A request as the handlers see it: decoded, bounded, owned.

use std::net::IpAddr;

use http::Method;

use crate::http::body::Body;
use crate::http::caller::Credential;
use crate::http::query::Query;

/// What was sent. Built once by the pipeline; a write closure that has to run again reads it again.
#[derive(Debug)]
pub struct Request {
    /// Echoed in `X-Request-Id`.
    pub id: String,
    /// The verb.
    pub method: Method,
    /// The path as sent, after repeated slashes were joined.
    pub path: String,
    /// Parameters of the path, percent-decoded.
    pub params: Vec<(String, String)>,
    /// The query string.
    pub query: Query,
    /// The body, read whole; whether it can be understood is told when a handler asks.
    pub body: Body,
    /// `X-Tallyfy-Client`.
    pub client: Option<String>,
    /// `User-Agent`.
    pub agent: Option<String>,
    /// The address the request came from, through trusted proxies only.
    pub ip: IpAddr,
    /// Scheme and host for links.
    pub origin: String,
    /// `X-Tallystick-Signature`: what proves a report that comes without a credential.
    pub signature: Option<String>,
    /// `Idempotency-Key`.
    pub idempotency_key: Option<String>,
    /// The bearer token, if one was sent whose form is right.
    pub credential: Option<Credential>,
}

impl Request {
    /// A parameter of the path.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The absolute address of this request, without its query.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }
}
