//! Search: things found by words in their names, of every kind at once.
//!
//! `filter.rs` reads the conditions in brackets, `condition.rs` turns them into SQL, `store.rs` asks the rooms that have the things.

pub mod condition;
pub mod filter;
mod http;
pub mod store;

use crate::endpoint;
use crate::http::endpoint::Endpoint;

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(read, Search, member(ANY), http::search)]
}
