//! Tags: words that an organisation puts on templates, processes and tasks.
//!
//! Definitions live here; whoever may edit a subject attaches and detaches through [`store::attach`] and
//! [`store::detach`], after its own room has found it.

mod http;
pub mod store;

use crate::endpoint;
use crate::http::endpoint::Endpoint;
use http::fields;

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(read, Tags, member(ANY), http::list),
        endpoint!(write, Tags, member(ADMIN), http::create),
        endpoint!(read, Tags, member(ANY), http::get),
        endpoint!(write, Tags, member(ADMIN), http::update),
        endpoint!(write, Tags, member(ADMIN), http::delete),
        endpoint!(read, Tags, member(ANY), fields::read),
        endpoint!(write, Tags, member(ANY), fields::replace),
        endpoint!(write, Tags, member(ANY), fields::set),
        endpoint!(write, Tags, member(ANY), fields::remove),
    ]
}
