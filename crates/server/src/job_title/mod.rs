//! Job titles: named places on template steps, filled when a process starts. The API calls them roles, which are something
//! else here: see [`crate::member`].

mod http;
pub mod store;

use crate::endpoint;
use crate::http::endpoint::Endpoint;

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(read, Groups, member(ANY), http::list),
        endpoint!(write, Groups, member(ADMIN), http::create),
        endpoint!(read, Groups, member(ANY), http::get),
        endpoint!(write, Groups, member(ADMIN), http::update),
        endpoint!(write, Groups, member(ADMIN), http::delete),
    ]
}
