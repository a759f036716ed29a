//! The table of contents: which rooms there are.

use std::sync::LazyLock;

use axum::Router;
use axum::routing::get;
use http::{HeaderValue, StatusCode, header};

use crate::app::App;
use crate::http::endpoint::Endpoint;
use crate::http::openapi;
use crate::http::outer::{self, mount};
use crate::http::pipeline::Finished;
use crate::{
    account, activity, application, audit, custom_field, folder, group, guest, member, oauth,
    organisation, search, tag, task, template, thread, token, web,
};

/// Every endpoint of every room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    let mut all = Vec::new();
    all.extend(account::endpoints());
    all.extend(activity::endpoints());
    all.extend(application::endpoints());
    all.extend(audit::endpoints());
    all.extend(custom_field::endpoints());
    all.extend(folder::endpoints());
    all.extend(group::endpoints());
    all.extend(guest::endpoints());
    all.extend(member::endpoints());
    all.extend(oauth::endpoints());
    all.extend(organisation::endpoints());
    all.extend(search::endpoints());
    all.extend(tag::endpoints());
    all.extend(task::endpoints());
    all.extend(template::endpoints());
    all.extend(thread::endpoints());
    all.extend(token::endpoints());
    all
}

/// The routes that take no access token and ask for no client header, as `(method, path)`.
#[must_use]
pub fn public() -> Vec<(&'static str, &'static str)> {
    let own = [
        ("GET", "/"),
        ("GET", "/health"),
        ("GET", "/ready"),
        ("GET", "/docs/index"),
        ("GET", "/openapi.json"),
    ];
    own.into_iter()
        .chain(oauth::PUBLIC.iter().copied())
        .collect()
}

/// The OpenAPI document as it is served and committed.
#[must_use]
pub fn openapi_document() -> String {
    openapi::document(&endpoints())
        .to_pretty_json()
        .unwrap_or_default()
}

// What describes the API is made when somebody first asks for it: no start waits for it, and few servers hold it.
static DOCUMENT: LazyLock<String> = LazyLock::new(openapi_document);
static SWAGGER: LazyLock<serde_json::Value> = LazyLock::new(|| openapi::swagger2(&endpoints()));
static REFERENCE: LazyLock<String> = LazyLock::new(reference_page);

/// All routes.
pub fn router(app: &App) -> Router<App> {
    let mut router = mount(endpoints());
    for prefix in ["", "/api"] {
        let (app_ready, document, swagger, reference) =
            (app.clone(), &DOCUMENT, &SWAGGER, &REFERENCE);
        let root = if prefix.is_empty() { "/" } else { prefix };
        router = router
            .route(
                root,
                get(move || async move { page("text/html; charset=utf-8", reference.as_str()) }),
            )
            .route(
                &format!("{prefix}/health"),
                get(async || outer::json(&serde_json::json!({"status": "ok"}))),
            )
            .route(&format!("{prefix}/ready"), get(move || ready(app_ready)))
            .route(
                &format!("{prefix}/openapi.json"),
                get(move || async move { page("application/json", document.as_str()) }),
            )
            .route(
                &format!("{prefix}/docs/index"),
                get(move || async move { outer::json(swagger) }),
            );
        router = oauth::routes(router, prefix);
    }
    web::routes(router)
}

async fn ready(app: App) -> Finished {
    match app.health.probe(&app.db).await {
        Ok(()) => outer::json(&serde_json::json!({"status": "ready"})),
        Err(what) => {
            let mut response =
                outer::json(&serde_json::json!({"status": "not ready", "cause": what}));
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response
        }
    }
}

fn page(media: &'static str, text: &'static str) -> Finished {
    let mut response = Finished::new(axum::body::Body::from(text));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    if media.starts_with("text/html") {
        response.headers_mut().insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"),
        );
    }
    response
}

/// The page for people at `/` and `/api/`, made from the same endpoints.
fn reference_page() -> String {
    crate::http::reference::page(&endpoints())
}
