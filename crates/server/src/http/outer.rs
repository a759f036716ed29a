//! The outermost layers: what happens to every request before and after its route.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, State};
use axum::routing::{MethodFilter, MethodRouter, on};
use http::request::Parts;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request as HttpRequest, Response, StatusCode, Uri,
    header,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tallystick_db::DbError;
use tower::ServiceExt;
use tower_http::compression::CompressionLayer;

use crate::app::App;
use crate::guest::rules::is_code;
use crate::http::body::{Body, drain};
use crate::http::caller::Credential;
use crate::http::cors;
use crate::http::endpoint::Endpoint;
use crate::http::error::{Reason, Refusal};
use crate::http::pipeline::{self, Finished};
use crate::http::query::Query;
use crate::http::request::Request;
use crate::web;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Mounts endpoints at `/…` and at `/api/…`.
pub fn mount(endpoints: Vec<Endpoint>) -> Router<App> {
    let mut routes: Vec<(String, MethodRouter<App>)> = Vec::new();
    for endpoint in endpoints {
        let endpoint = Arc::new(endpoint);
        for method in std::iter::once(&endpoint.method).chain(&endpoint.also) {
            let Ok(filter) = MethodFilter::try_from(method.clone()) else {
                continue;
            };
            let served = endpoint.clone();
            let handler = on(
                filter,
                move |State(app): State<App>,
                      params: Result<RawPathParams, RawPathParamsRejection>,
                      request: HttpRequest<axum::body::Body>| {
                    handle(app, served, params, request)
                },
            );
            match routes.iter_mut().find(|(path, _)| *path == endpoint.path) {
                Some((_, known)) => *known = std::mem::take(known).merge(handler),
                None => routes.push((endpoint.path.clone(), handler)),
            }
        }
    }
    let mut router = Router::new();
    for (path, handler) in routes {
        router = router
            .route(&path, handler.clone())
            .route(&format!("/api{path}"), handler);
    }
    router
        .fallback(async || pipeline::refuse(&Reason::EndpointNotFound.into()))
        .method_not_allowed_fallback(async || pipeline::refuse(&Reason::MethodNotAllowed.into()))
}

async fn handle(
    app: App,
    endpoint: Arc<Endpoint>,
    params: Result<RawPathParams, RawPathParamsRejection>,
    request: HttpRequest<axum::body::Body>,
) -> Finished {
    let (parts, body) = request.into_parts();
    // What is no UTF-8 names nothing: it is left out, and so not found.
    let params = params.map_or_else(
        |_| Vec::new(),
        |params| {
            let pairs = params.iter();
            pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect()
        },
    );
    let mut request = head(&app, params, &parts);
    // Only who sent a credential of the right form has a body read for them.
    if let Err(refusal) = pipeline::check_head(&app, &endpoint, &request, &parts.headers) {
        drain(&parts.headers, body).await;
        return pipeline::refuse(&refusal);
    }
    request.body = match read_body(&app, &parts.headers, body).await {
        Ok(body) => body,
        Err(refusal) => return pipeline::refuse(&refusal),
    };
    pipeline::answer(app, endpoint, request).await
}

/// The head of a request, decoded and bounded; its body is read by [`read_body`].
pub fn head(app: &App, mut params: Vec<(String, String)>, parts: &Parts) -> Request {
    // A zero byte names nothing either.
    params.retain(|(_, value)| !value.contains('\0'));
    let peer = parts
        .extensions
        .get::<SocketAddr>()
        .map_or(IpAddr::from([127, 0, 0, 1]), SocketAddr::ip);
    let id = parts
        .headers
        .get(REQUEST_ID)
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let forwarded = app.settings.server.trusts(peer);
    Request {
        id,
        method: parts.method.clone(),
        path: parts.uri.path().to_owned(),
        params,
        query: Query::parse(parts.uri.query().unwrap_or_default()),
        body: Body::default(),
        client: text(&parts.headers, "x-tallyfy-client")
            .map(|name| name.chars().take(100).collect()),
        agent: text(&parts.headers, "user-agent").map(|name| name.chars().take(200).collect()),
        signature: text(&parts.headers, "x-tallystick-signature"),
        ip: if forwarded {
            forwarded_ip(app, &parts.headers).unwrap_or(peer)
        } else {
            peer
        },
        origin: origin(app, &parts.headers, forwarded),
        idempotency_key: parts
            .headers
            .get("idempotency-key")
            .map(|key| key.to_str().unwrap_or_default().to_owned()),
        credential: bearer(&parts.headers).and_then(|secret| Credential::recognise(&secret)),
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let (scheme, secret) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .trim()
        .split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| secret.trim().to_owned())
}

/// The body of a request, whole and within the limit.
pub async fn read_body(
    app: &App,
    headers: &HeaderMap,
    body: axum::body::Body,
) -> Result<Body, Refusal> {
    let most = app.settings.server.max_body_bytes;
    let stated = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|text| text.parse::<usize>().ok());
    if stated.is_some_and(|length| length > most) {
        drain(headers, body).await;
        return Err(Reason::TooLarge(most).into());
    }
    let mut body = body;
    let bytes = match Limited::new(&mut body, most).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            drain(headers, body).await;
            return Err(Reason::TooLarge(most).into());
        }
        Err(_) => {
            return Err(Refusal::bad_request(
                "The body could not be read to its end",
            ));
        }
    };
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    Body::read(content_type, bytes).await
}

/// Scheme and host for links: the configured address, else what the client used.
fn origin(app: &App, headers: &HeaderMap, forwarded: bool) -> String {
    if let Some(configured) = &app.settings.server.public_url {
        return configured.clone();
    }
    let host = forwarded
        .then(|| text(headers, "x-forwarded-host"))
        .flatten()
        .or_else(|| text(headers, "host"));
    let scheme = forwarded
        .then(|| text(headers, "x-forwarded-proto"))
        .flatten()
        .filter(|scheme| scheme == "https" || scheme == "http");
    // Only what can stand in an address: a hostile Host header must not break out of a link.
    let host = host.filter(|host| {
        host.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte))
    });
    format!(
        "{}://{}",
        scheme.as_deref().unwrap_or("http"),
        host.as_deref().unwrap_or("localhost")
    )
}

/// The right-most address that no trusted proxy has.
fn forwarded_ip(app: &App, headers: &HeaderMap) -> Option<IpAddr> {
    let chain = text(headers, "x-forwarded-for")?;
    chain
        .rsplit(',')
        .filter_map(|hop| hop.trim().parse::<IpAddr>().ok())
        .find(|hop| !app.settings.server.trusts(*hop))
}

/// The finished service: a request in, a response out, never an error.
#[derive(Clone)]
pub struct Front {
    app: App,
    inner: Router,
}

impl Front {
    /// Wraps the routes.
    pub fn new(app: App, routes: Router<App>) -> Self {
        let inner = routes
            .with_state(app.clone())
            .layer(CompressionLayer::new())
            .layer(cors::layer(&app));
        Self { app, inner }
    }

    /// Answers one request.
    pub async fn answer(
        self,
        mut request: HttpRequest<axum::body::Body>,
    ) -> Response<axum::body::Body> {
        let started = Instant::now();
        let id = text(request.headers(), "x-request-id")
            .filter(|id| id.len() <= 128 && id.bytes().all(|byte| byte.is_ascii_graphic()))
            .unwrap_or_else(|| self.app.ids.object(self.app.clock.now()));
        let id = HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static("-"));
        request.headers_mut().insert(REQUEST_ID, id.clone());
        if let Some(tidy) = tidy(request.uri()) {
            *request.uri_mut() = tidy;
        }
        let method = request.method().clone();
        let head = (id.clone(), request.uri().path().to_owned());
        let own = web::is_own(&head.1);
        let refuse = |refusal: Refusal| {
            if own {
                web::failure(&self.app, &refusal)
            } else {
                pipeline::refuse(&refusal)
            }
        };
        let limit = self.app.settings.server.request_timeout;
        // Spawned, so that a panic in a handler becomes a 500 and not a broken connection.
        let work = std::panic::AssertUnwindSafe(self.inner.oneshot(request));
        let answered =
            tokio::time::timeout(limit, futures_util::FutureExt::catch_unwind(work)).await;
        let mut response = match answered {
            Ok(Ok(Ok(response))) => response,
            Ok(Ok(Err(never))) => match never {},
            Ok(Err(_panic)) => refuse(Refusal::from(DbError::Panicked)),
            // A write goes on by itself: whether it was stored is not known here.
            Err(_elapsed) if !method.is_safe() => refuse(Refusal::from(DbError::OutcomeUnknown(
                "the request took too long".to_owned(),
            ))),
            Err(_elapsed) => refuse(Reason::TimedOut.into()),
        };
        if method == Method::OPTIONS && response.status() == StatusCode::OK {
            *response.status_mut() = StatusCode::NO_CONTENT;
        }
        let headers = response.headers_mut();
        point_to_metadata(&self.app, headers);
        if own {
            cors::forbid(headers);
        }
        headers.insert(REQUEST_ID, id);
        headers.insert(
            "x-content-type-options",
            HeaderValue::from_static("nosniff"),
        );
        report(&head, &method, &response, started);
        self.app
            .metrics
            .note(&method, response.status(), started.elapsed());
        response
    }
}

/// A client that is asked for a token finds out by itself where to get one (RFC 9728, section 5.1).
fn point_to_metadata(app: &App, headers: &mut HeaderMap) {
    let Some(challenge) = headers.get_mut(header::WWW_AUTHENTICATE) else {
        return;
    };
    let Some(text) = challenge
        .to_str()
        .ok()
        .filter(|text| text.starts_with("Bearer "))
    else {
        return;
    };
    let pointed = format!(
        "{text}, resource_metadata=\"{}/.well-known/oauth-protected-resource\"",
        app.origin()
    );
    if let Ok(pointed) = HeaderValue::from_str(&pointed) {
        *challenge = pointed;
    }
}

/// Guests may be named by the code of their link, which no log may hold.
fn without_codes(path: &str) -> String {
    let parts = path.split('/').map(|part| match is_code(part) {
        true => "[code]",
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// One line for each failure of ours, and for every request where somebody asked for that. The path only: a query
/// may hold what people search for.
fn report(
    (id, path): &(HeaderValue, String),
    method: &Method,
    response: &Response<axum::body::Body>,
    started: Instant,
) {
    let status = response.status().as_u16();
    let path = without_codes(path);
    let id = id.to_str().unwrap_or_default();
    let took = started.elapsed().as_millis() as u64;
    if response.status().is_server_error() {
        let cause = response
            .extensions()
            .get::<pipeline::Cause>()
            .map_or("", |cause| &cause.0);
        tracing::error!(id, %method, path, status, took, cause, "a request failed");
    } else {
        tracing::debug!(id, %method, path, status, took, "answered");
    }
}

/// Joins repeated slashes and drops one trailing slash, without a redirect.
fn tidy(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    let trailing = path.len() > 1 && path.ends_with('/');
    if !trailing && !path.contains("//") {
        return None;
    }
    let mut tidied = String::with_capacity(path.len());
    for letter in path.chars() {
        if !(letter == '/' && tidied.ends_with('/')) {
            tidied.push(letter);
        }
    }
    if tidied.len() > 1 && tidied.ends_with('/') {
        tidied.pop();
    }
    if let Some(query) = uri.query() {
        tidied.push('?');
        tidied.push_str(query);
    }
    tidied.parse().ok()
}

/// A plain JSON answer, for the routes that are not endpoints.
pub fn json(value: &serde_json::Value) -> Finished {
    let mut response = Finished::new(axum::body::Body::from(value.to_string()));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_are_tidied_without_touching_the_query() {
        let tidied = |text: &str| tidy(&text.parse().unwrap()).map(|uri| uri.to_string());
        assert_eq!(tidied("/api/me"), None);
        assert_eq!(tidied("/api//me/"), Some("/api/me".to_owned()));
        assert_eq!(tidied("//me?q=a//b"), Some("/me?q=a//b".to_owned()));
        assert_eq!(tidied("/"), None);
    }
}
