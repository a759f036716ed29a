//! OAuth 2: applications, what people allow them, and the tokens that come of it (contract: auth, sections 6 and 15).
//!
//! A *client* is an application. An *authorization* is what somebody allowed a client, once; every access and refresh
//! token issued because of it belongs to it and ends with it. Codes and refresh tokens are taken by one conditional UPDATE
//! each, so that of many attempts at once one succeeds. What a second attempt ends stays ended: such a refusal commits.
//!
//! Two doors lead here: `door.rs` for programs (form, JSON or Basic in; the RFCs' errors out), and the API's own for
//! administrators and people. The pages where people consent are in the room `web`, which calls [`authorize`] and [`device`].

pub mod authorization;
pub mod authorize;
pub mod client;
pub mod code;
pub mod device;
pub mod door;
mod error;
mod http;
mod introspect;
mod metadata;
pub mod redirect;
pub mod refresh;
mod register;
pub mod steward;
mod token;
pub mod tokens;

pub use client::{Client, GrantType};
pub use error::OAuthRefusal;

use axum::Router;

use crate::app::App;
use crate::endpoint;
use crate::http::endpoint::Endpoint;

/// The endpoints of this room that take an access token.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(read, Tokens, user, http::authorizations).own_credentials_only(),
        endpoint!(write, Tokens, user, http::end_authorization).own_credentials_only(),
        endpoint!(read, Tokens, member(ADMIN), http::clients).own_credentials_only(),
        endpoint!(write, Tokens, member(ADMIN), http::create_client).own_credentials_only(),
        endpoint!(read, Tokens, member(ADMIN), http::client).own_credentials_only(),
        endpoint!(write, Tokens, member(ADMIN), http::update_client).own_credentials_only(),
        endpoint!(write, Tokens, member(ADMIN), http::delete_client).own_credentials_only(),
        endpoint!(write, Tokens, member(ADMIN), http::rotate_secret).own_credentials_only(),
    ]
}

/// The endpoints that programs call without one, as `(method, path)`: they identify a client, or nobody.
pub const PUBLIC: &[(&str, &str)] = &[
    ("POST", "/oauth/token"),
    ("POST", "/oauth/revoke"),
    ("POST", "/oauth/introspect"),
    ("POST", "/oauth/device_authorization"),
    ("POST", "/oauth/register"),
    ("POST", "/mcp/oauth/token"),
    ("POST", "/mcp/oauth/register"),
    ("GET", "/.well-known/oauth-authorization-server"),
    ("GET", "/.well-known/openid-configuration"),
    ("GET", "/.well-known/oauth-protected-resource"),
];

/// Their routes, below `prefix`.
pub fn routes(router: Router<App>, prefix: &str) -> Router<App> {
    door::mount(router, prefix)
}
