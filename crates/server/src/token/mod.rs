//! Personal access tokens: made, listed, narrowed, rotated and revoked by the person they act for.
//!
//! A token acts as its user. Role and membership are read at each request, never frozen into it. The
//! secret is shown once and stored as a hash.

mod http;
pub mod make;
pub mod policy;
pub mod rules;
pub mod store;

use crate::endpoint;
use crate::http::endpoint::Endpoint;

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(read, Tokens, user, http::list),
        endpoint!(write, Tokens, user, http::create),
        endpoint!(write, Tokens, user, http::revoke_all),
        endpoint!(read, Tokens, user, http::current),
        endpoint!(write, Tokens, user, http::revoke_current),
        endpoint!(write, Rotation, user, http::rotate_current),
        endpoint!(read, Tokens, user, http::get),
        endpoint!(write, Tokens, user, http::update),
        endpoint!(write, Tokens, user, http::revoke),
    ]
}
