//! The pages for people: sign-in, consent, settings. Rendered here, complete without JavaScript, nothing from elsewhere.
//!
//! Every page passes `door.rs`, which knows who looks at it and refuses a form that was not sent from a page of ours. A handler
//! then reads or writes in one transaction in which the session is looked up again, calls the same rules and stores as the API,
//! and renders a template of `templates/app/`.

mod applications;
mod assets;
mod confirm;
mod consent;
mod consent_page;
mod device;
mod door;
mod fault;
mod field;
mod form;
mod integrations;
mod log;
mod mailed;
mod next;
mod page;
mod policy;
mod second_factor;
mod security;
mod sign_in;
mod snippets;
mod token_form;
mod tokens;
mod who;
mod words;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, State};
use axum::response::Redirect;
use axum::routing::{MethodRouter, any, get, post};
use futures_util::future::BoxFuture;

use crate::app::App;
use crate::http::Refusal;
use crate::http::pipeline::Finished;
use crate::web::door::Visit;
use crate::web::fault::Fault;

pub use page::failure;

/// What a handler answers.
type Answered = Result<Finished, Fault>;

type Handler = fn(Visit) -> BoxFuture<'static, Answered>;

/// One address of the pages.
pub struct Address {
    /// As the router writes it.
    pub path: &'static str,
    get: Option<Handler>,
    post: Option<Handler>,
}

impl Address {
    /// Whether there is something to look at.
    #[must_use]
    pub const fn shows(&self) -> bool {
        self.get.is_some()
    }

    /// Whether a form leads there.
    #[must_use]
    pub const fn acts(&self) -> bool {
        self.post.is_some()
    }
}

/// `address!(path, get handler)`, `address!(path, get handler, post handler)`, `address!(path, post handler)`.
macro_rules! address {
    ($path:literal, get $get:path) => { address!(@ $path, Some(|visit| Box::pin($get(visit))), None) };
    ($path:literal, post $post:path) => { address!(@ $path, None, Some(|visit| Box::pin($post(visit)))) };
    ($path:literal, get $get:path, post $post:path) => {
        address!(@ $path, Some(|visit| Box::pin($get(visit))), Some(|visit| Box::pin($post(visit))))
    };
    (@ $path:literal, $get:expr, $post:expr) => { Address { path: $path, get: $get, post: $post } };
}

/// Every page.
pub const ADDRESSES: &[Address] = &[
    address!("/app/sign-in", get sign_in::page, post sign_in::submit),
    address!("/app/sign-in/code", get sign_in::code_page, post sign_in::submit_code),
    address!("/app/forgot", get mailed::forgot, post mailed::send),
    address!("/app/reset", get mailed::reset_form, post mailed::reset),
    address!("/app/verify", get mailed::verify_form, post mailed::verify),
    address!("/app/address", get mailed::address_form, post mailed::address),
    address!("/app/invitation", get mailed::invitation_form, post mailed::invitation),
    address!("/app/sign-out", post sign_in::sign_out),
    address!("/app/confirm", get confirm::page, post confirm::submit),
    address!("/app/device", get device::page, post device::submit),
    address!("/app/settings/integrations", get integrations::page),
    address!("/app/settings/integrations/new", get token_form::page, post tokens::make),
    address!("/app/settings/integrations/revoke-all", get tokens::ask_revoke_all, post tokens::revoke_all),
    address!("/app/settings/integrations/tokens/{id}/rotate", get tokens::ask_rotate, post tokens::rotate),
    address!("/app/settings/integrations/tokens/{id}/revoke", get tokens::ask_revoke, post tokens::revoke),
    address!("/app/settings/integrations/connections/{id}/disconnect", get integrations::ask_disconnect, post integrations::disconnect),
    address!("/app/settings/security", get security::page),
    address!("/app/settings/security/password", get second_factor::password_form, post second_factor::change_password),
    address!("/app/settings/security/second-factor/start", post second_factor::start),
    address!("/app/settings/security/second-factor/confirm", post second_factor::confirm),
    address!("/app/settings/security/second-factor/off", get second_factor::ask_off, post second_factor::off),
    address!("/app/settings/security/recovery-codes", get second_factor::ask_codes, post second_factor::codes),
    address!("/app/settings/security/sessions/{id}/end", post security::end_session),
    address!("/app/settings/security/sessions/end-others", post security::end_others),
    address!("/app/settings/applications", get applications::page),
    address!("/app/settings/applications/new", get applications::form, post applications::create),
    address!("/app/settings/applications/{id}", get applications::edit, post applications::change),
    address!("/app/settings/applications/{id}/secret", get applications::ask_rotate, post applications::rotate),
    address!("/app/settings/applications/{id}/remove", get applications::ask_remove, post applications::remove),
    address!("/app/settings/policy", get policy::page, post policy::change),
    address!("/app/settings/log", get log::page),
    address!("/oauth/authorize", get consent::page, post consent::decide),
    address!("/api/oauth/authorize", get consent::page, post consent::decide),
    address!("/mcp/oauth/authorize", get consent::page, post consent::decide),
    address!("/api/mcp/oauth/authorize", get consent::page, post consent::decide),
];

/// Whether a path is answered to our own pages only: cookies work here, and no other site reads what is answered.
#[must_use]
pub fn is_own(path: &str) -> bool {
    path == "/app" || path.starts_with("/app/") || path.ends_with("/oauth/authorize")
}

/// The routes of the pages.
pub fn routes(router: Router<App>) -> Router<App> {
    let router = ADDRESSES.iter().fold(router, |router, address| {
        let mut methods = MethodRouter::new().fallback(async |State(app): State<App>| {
            page::failure(&app, &crate::http::error::Reason::MethodNotAllowed.into())
        });
        if let Some(handler) = address.get {
            methods = methods.merge(get(serve(handler)));
        }
        if let Some(handler) = address.post {
            methods = methods.merge(post(serve(handler)));
        }
        router.route(address.path, methods)
    });
    router
        .route("/app", get(async || Redirect::to(next::HOME)))
        .route("/app/settings", get(async || Redirect::to(next::HOME)))
        .route("/app/static/{name}", get(assets::serve))
        .route(
            "/app/{*rest}",
            any(async |State(app): State<App>| page::failure(&app, &Refusal::not_found())),
        )
}

/// A handler behind the door.
fn serve(
    handler: Handler,
) -> impl Fn(
    State<App>,
    Result<RawPathParams, RawPathParamsRejection>,
    http::Request<Body>,
) -> BoxFuture<'static, Finished>
+ Clone
+ Send
+ Sync
+ 'static {
    move |State(app), params, request| {
        let params = params.map_or_else(
            |_| Vec::new(),
            |params| {
                let pairs = params.iter();
                pairs
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect()
            },
        );
        Box::pin(door::enter(app, params, request, handler))
    }
}
