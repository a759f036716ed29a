//! Personal access tokens: made, listed, narrowed, rotated and revoked by the person they act for.
//!
//! A token acts as its user. Role and membership are read at each request, never frozen into it. The
//! secret is shown once and stored as a hash.

mod admin;
mod http;
pub mod inventory;
mod leak;
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
        endpoint!(write, Tokens, user, http::create).own_credentials_only(),
        endpoint!(write, Tokens, user, http::revoke_all).own_credentials_only(),
        endpoint!(read, Tokens, user, http::current),
        endpoint!(write, Tokens, user, http::revoke_current),
        endpoint!(write, Rotation, user, http::rotate_current).own_credentials_only(),
        endpoint!(read, Tokens, user, http::get),
        endpoint!(write, Tokens, user, http::update).own_credentials_only(),
        endpoint!(write, Tokens, user, http::revoke).own_credentials_only(),
        endpoint!(read, Tokens, member(ADMIN), admin::organization_tokens).own_credentials_only(),
        endpoint!(write, Tokens, member(ADMIN), admin::exclude).own_credentials_only(),
        endpoint!(write, Tokens, member(ADMIN), admin::exclude_member).own_credentials_only(),
        endpoint!(open, leak::report),
        endpoint!(read, Tokens, member(ANY), admin::token_policy),
        endpoint!(write, Tokens, member(ADMIN), admin::update_token_policy).own_credentials_only(),
    ]
}
