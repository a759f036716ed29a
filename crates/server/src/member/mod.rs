//! People and their memberships: who somebody is, and what they are in an organisation.

mod http;
pub mod password;
pub mod rules;
pub mod store;
pub mod view;

use crate::endpoint;
use crate::http::endpoint::Endpoint;
use http::fields;

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(read, Org, user, http::me),
        endpoint!(read, Org, member(ANY), http::me_here),
        endpoint!(read, Members, member(ANY), http::list),
        endpoint!(read, Members, member(ANY), http::list_names),
        endpoint!(read, Members, member(ANY), http::get),
        endpoint!(read, Members, member(ANY), fields::read),
        endpoint!(write, Members, member(ANY), fields::replace),
        endpoint!(write, Members, member(ANY), fields::set),
        endpoint!(write, Members, member(ANY), fields::remove),
    ]
}
