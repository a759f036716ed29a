//! Which other sites may read answers in a browser: any for what a token opens, as configured; none for what a cookie opens.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use crate::app::App;

/// The layer over all routes.
pub fn layer(app: &App) -> CorsLayer {
    let origins = &app.settings.server.cors_origins;
    let allowed = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::from(Any)
    } else {
        AllowOrigin::list(
            origins
                .iter()
                .filter_map(|origin| HeaderValue::from_str(origin).ok()),
        )
    };
    let names = |list: &[&'static str]| {
        list.iter()
            .map(|name| HeaderName::from_static(name))
            .collect::<Vec<_>>()
    };
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ])
        .allow_headers(names(&[
            "authorization",
            "content-type",
            "accept",
            "x-tallyfy-client",
            "x-organization-id",
            "x-requested-with",
            "idempotency-key",
            "x-request-id",
        ]))
        .expose_headers(names(&[
            "retry-after",
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-request-id",
            "www-authenticate",
            "content-disposition",
        ]))
        .max_age(std::time::Duration::from_secs(600))
}

/// Takes back what the layer allowed: a page is for our own pages.
pub fn forbid(headers: &mut HeaderMap) {
    for name in [
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        header::ACCESS_CONTROL_ALLOW_METHODS,
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        header::ACCESS_CONTROL_MAX_AGE,
    ] {
        headers.remove(name);
    }
}
