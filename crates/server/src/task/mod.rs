//! Tasks: what somebody has to do.
//!
//! So far they are one-off tasks, which belong to no process. `rules.rs` decides who may do what and what a
//! change does; `store/` keeps them; `list/` finds them; `view.rs` shows them to one viewer.
//! A member's active tasks are counted in `task_counts`, which every change of assignment or state keeps
//! exact: see `store/assign.rs`.

pub mod access;
mod http;
pub mod list;
pub mod rules;
pub mod store;
pub mod view;

use ::http::Method;

use crate::endpoint;
use crate::http::endpoint::Endpoint;
use http::{archive, complete, read, write};

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(read, Tasks, member(ANY), read::list_mine),
        endpoint!(read, Tasks, member(ANY), read::list_of_user),
        endpoint!(read, Tasks, member(ANY), read::list_of_guest),
        endpoint!(read, Tasks, member(ANY), read::list_all),
        endpoint!(read, Tasks, member(ANY), read::get),
        endpoint!(write, Tasks, member(ANY), write::create),
        endpoint!(write, Tasks, member(FULL), write::update).also(Method::PATCH),
        endpoint!(write, Tasks, member(FULL), write::clone),
        endpoint!(write, Tasks, member(ANY), complete::complete),
        endpoint!(write, Tasks, member(ANY), complete::reopen).also(Method::POST),
        endpoint!(write, Tasks, member(FULL), archive::archive),
        endpoint!(write, Tasks, member(FULL), archive::restore),
        endpoint!(write, Tasks, member(FULL), archive::delete),
    ]
}
