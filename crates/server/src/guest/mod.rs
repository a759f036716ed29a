//! Guests: people from outside, known by an address, who work through a personal link.
//!
//! The person is one row for the whole instance, what an organisation knows of them another. The code in the link is made
//! with the first request that shows or assigns the guest and may write; see `code.rs`.

pub mod code;
mod http;
mod input;
pub mod rules;
pub mod store;

use crate::endpoint;
use crate::http::endpoint::Endpoint;
pub(crate) use http::found;
use http::{access, fields, read, write};

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(read, Guests, member(ANY), read::list),
        endpoint!(read, Guests, member(ANY), read::list_names),
        endpoint!(write, Guests, member(FULL), write::create),
        endpoint!(read, Guests, member(ANY), read::get),
        endpoint!(write, Guests, member(FULL), write::update),
        endpoint!(write, Guests, member(FULL), write::delete),
        endpoint!(write, Guests, member(ADMIN), access::disable),
        endpoint!(write, Guests, member(ADMIN), access::enable),
        endpoint!(write, Guests, member(ADMIN), access::reset_link),
        endpoint!(write, Guests, member(ADMIN), access::to_member),
        endpoint!(read, Guests, member(ANY), fields::read),
        endpoint!(write, Guests, member(ADMIN), fields::replace),
        endpoint!(write, Guests, member(ADMIN), fields::set),
        endpoint!(write, Guests, member(ADMIN), fields::remove),
    ]
}
