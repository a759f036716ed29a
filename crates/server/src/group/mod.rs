//! Groups: members and guests under one name, to give work and permissions to together.
//!
//! Who leaves an organisation leaves its groups: the rooms of members and guests call [`store::leave`] and
//! [`store::guest_leaves`].

mod http;
mod input;
pub mod rules;
pub mod store;

use crate::endpoint;
use crate::http::endpoint::Endpoint;

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(read, Groups, member(ANY), http::list),
        endpoint!(write, Groups, member(FULL), http::create),
        endpoint!(read, Groups, member(ANY), http::get),
        endpoint!(write, Groups, member(FULL), http::update),
        endpoint!(write, Groups, member(FULL), http::delete),
    ]
}
