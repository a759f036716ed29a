//! Snippets: text that templates share by reference. Whoever shows a template fills them in; a process keeps what it was
//! started with.

mod http;
pub mod store;

use crate::endpoint;
use crate::http::endpoint::Endpoint;

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(read, Templates, member(ANY), http::list),
        endpoint!(write, Templates, member(ADMIN), http::create),
        endpoint!(read, Templates, member(ANY), http::get),
        endpoint!(write, Templates, member(ADMIN), http::update),
        endpoint!(write, Templates, member(ADMIN), http::delete),
    ]
}
