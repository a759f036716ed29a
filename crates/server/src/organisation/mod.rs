//! Organisations: what a member sees of theirs, and the settings that rules ask for.

mod http;
pub mod store;
pub mod worktime;

use crate::endpoint;
use crate::http::endpoint::Endpoint;

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(read, Org, user, http::list_mine),
        endpoint!(read, Org, member(ANY), http::get),
    ]
}
