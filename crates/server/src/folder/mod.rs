//! Folders: of templates, and of processes and tasks. Two separate trees.
//!
//! A template names its folder itself; processes and tasks lie in one through a link, whose number takes them out again.
//! Whatever changes a tree holds it first ([`store::hold_tree`]), so that two moves at once cannot close a circle.

mod http;
pub mod rules;
pub mod store;

use crate::endpoint;
use crate::http::endpoint::Endpoint;
use http::{fields, objects, read, write};

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(read, Tags, member(ANY), read::list),
        endpoint!(write, Tags, member(FULL), write::create),
        endpoint!(write, Tags, member(FULL), objects::add),
        endpoint!(write, Tags, member(FULL), objects::remove),
        endpoint!(read, Tags, member(ANY), read::get),
        endpoint!(write, Tags, member(FULL), write::update),
        endpoint!(write, Tags, member(FULL), write::delete),
        endpoint!(read, Tags, member(ANY), fields::read),
        endpoint!(write, Tags, member(ANY), fields::replace),
        endpoint!(write, Tags, member(ANY), fields::set),
        endpoint!(write, Tags, member(ANY), fields::remove),
    ]
}
