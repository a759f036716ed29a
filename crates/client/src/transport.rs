//! The one place that speaks HTTP: address, headers, sending again, and reading what comes back.

use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::retry::{Ended, Repeat, Retry};
use crate::wire::{ErrorBody, Item};

/// The server gives up after half a minute; what takes longer than this will not come any more.
const TIMEOUT: Duration = Duration::from_secs(60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const CLIENT: HeaderName = HeaderName::from_static("x-tallyfy-client");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// No body.
pub const NOTHING: Option<&()> = None;

/// A way to the server. Clones share connections.
#[derive(Debug, Clone)]
pub struct Transport {
    http: reqwest::Client,
    base: String,
    host: String,
    pub(crate) retry: Retry,
}

impl Transport {
    pub(crate) fn new(base: &str, token: &str) -> Result<Self, Error> {
        let base = base.trim_end_matches('/').to_owned();
        let url = Url::parse(&base)
            .map_err(|error| Error::Unsendable(format!("{base} is not an address: {error}")))?;
        if !matches!(url.scheme(), "http" | "https")
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(Error::Unsendable(format!(
                "{base} is not the address of an API, such as http://127.0.0.1:8080/api"
            )));
        }
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| {
            Error::Unsendable("the access token holds characters that no token has".to_owned())
        })?;
        bearer.set_sensitive(true);
        let headers = HeaderMap::from_iter([
            (AUTHORIZATION, bearer),
            (ACCEPT, HeaderValue::from_static("application/json")),
            (
                CLIENT,
                HeaderValue::from_static(concat!("tallystick-client/", env!("CARGO_PKG_VERSION"))),
            ),
        ]);
        let http = reqwest::Client::builder()
            .default_headers(headers)
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            // A redirect would turn a POST into a GET, and may lead to somebody who should not see the token.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Error::Unsendable(chain(&error)))?;
        let host = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (host, _) => host.unwrap_or_default().to_owned(),
        };
        Ok(Self {
            http,
            base,
            host,
            retry: Retry::default(),
        })
    }

    pub(crate) async fn get<T: DeserializeOwned, Q: Serialize + ?Sized>(
        &self,
        path: &[&str],
        query: &Q,
    ) -> Result<T, Error> {
        let request = self.request(Method::GET, path)?.query(query);
        read(self.send(request, Repeat::Harmless).await?)
    }

    pub(crate) async fn get_item<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, Error> {
        self.get::<Item<T>, _>(path, &[("", ""); 0])
            .await
            .map(|item| item.data)
    }

    /// POST: what it makes or does, it makes or does once, however often it is sent.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, Error> {
        #[expect(
            clippy::disallowed_methods,
            reason = "there is no clock and no seed in a client; any unused key will do"
        )]
        let key = format!("{:032x}", rand::random::<u128>());
        let request = self
            .request(Method::POST, path)?
            .header(IDEMPOTENCY_KEY, key)
            .json(body);
        item(self.send(request, Repeat::Harmless).await?)
    }

    pub(crate) async fn put<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: Option<&impl Serialize>,
    ) -> Result<T, Error> {
        let mut request = self.request(Method::PUT, path)?;
        if let Some(body) = body {
            request = request.json(body);
        }
        item(self.send(request, Repeat::Harmless).await?)
    }

    /// DELETE that answers with nothing.
    pub(crate) async fn delete(&self, path: &[&str], repeat: Repeat) -> Result<(), Error> {
        self.send(self.request(Method::DELETE, path)?, repeat)
            .await
            .map(|_| ())
    }

    /// DELETE that answers with what has become of the thing.
    pub(crate) async fn delete_item<T: DeserializeOwned>(
        &self,
        path: &[&str],
        repeat: Repeat,
    ) -> Result<T, Error> {
        item(
            self.send(self.request(Method::DELETE, path)?, repeat)
                .await?,
        )
    }

    fn request(&self, method: Method, path: &[&str]) -> Result<RequestBuilder, Error> {
        let mut url = self.base.clone();
        for part in path {
            // These would lead to another route than the one that was meant.
            if matches!(*part, "" | "." | "..") {
                return Err(Error::Unsendable(format!("\"{part}\" is not an id")));
            }
            url.push('/');
            url.extend(
                utf8_percent_encode(part, NON_ALPHANUMERIC).map(|piece| match piece {
                    // The one character of our own route names that the set is too careful about.
                    "%2D" => "-",
                    piece => piece,
                }),
            );
        }
        Ok(self.http.request(method, url))
    }

    async fn send(&self, request: RequestBuilder, repeat: Repeat) -> Result<Answer, Error> {
        let mut attempt = 1;
        loop {
            let Some(copy) = request.try_clone() else {
                return Err(Error::Unsendable("the body cannot be sent".to_owned()));
            };
            let (pause, ended) = match self.once(copy).await {
                Ok(answer) if answer.status.is_success() => return Ok(answer),
                Ok(answer) => {
                    let pause = self.retry.pause(
                        attempt,
                        repeat,
                        &Ended::Answer(answer.status, &answer.headers),
                    );
                    (pause, refusal(&answer))
                }
                Err(error) if error.is_builder() => return Err(Error::Unsendable(chain(&error))),
                Err(error) => {
                    let timed_out = error.is_timeout();
                    let pause = self
                        .retry
                        .pause(attempt, repeat, &Ended::Nothing { timed_out });
                    (
                        pause,
                        Error::Unreachable {
                            host: self.host.clone(),
                            reason: chain(&error),
                        },
                    )
                }
            };
            let Some(pause) = pause else {
                return Err(ended);
            };
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    async fn once(&self, request: RequestBuilder) -> reqwest::Result<Answer> {
        let response = request.send().await?;
        Ok(Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body: response.bytes().await?.to_vec(),
        })
    }
}

struct Answer {
    status: reqwest::StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

fn read<T: DeserializeOwned>(answer: Answer) -> Result<T, Error> {
    serde_json::from_slice(&answer.body).map_err(|error| Error::Unreadable {
        status: answer.status.as_u16(),
        reason: error.to_string(),
    })
}

fn item<T: DeserializeOwned>(answer: Answer) -> Result<T, Error> {
    read::<Item<T>>(answer).map(|item| item.data)
}

fn refusal(answer: &Answer) -> Error {
    let status = answer.status.as_u16();
    match serde_json::from_slice::<ErrorBody>(&answer.body) {
        Ok(body) => Error::Refused { status, body },
        Err(_) => Error::Unreadable {
            status,
            reason: answer
                .status
                .canonical_reason()
                .unwrap_or("an unknown status")
                .to_owned(),
        },
    }
}

/// The innermost cause says what happened ("Connection refused"); the outer ones only where.
fn chain(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
