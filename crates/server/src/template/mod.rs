//! Templates: what processes are made from.
//!
//! `model/` is a template as rules work on it. `read/` makes one of a body and finds every fault in it, `edit/` changes one
//! and keeps it whole, `store/` keeps it, `access.rs` says who may, `view.rs` shows it. An edit loads the template, changes a copy
//! and stores what is different: no statement knows what a rule or a deadline is.

pub mod access;
pub mod alias;
#[cfg(test)]
mod arbitrary;
pub mod around;
pub mod check;
pub mod compare;
pub mod edit;
pub mod embed;
pub mod evaluate;
pub mod export;
pub mod forget;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzz;
mod http;
pub mod import;
mod markup;
pub mod model;
pub mod outside;
pub mod parts;
pub mod read;
pub mod render;
mod snippets;
pub mod store;
pub mod told;
pub mod variable;
pub mod view;

use crate::endpoint;
use crate::http::endpoint::Endpoint;
use http::{
    archive, copy, custom_field, evaluate as trial, export as elsewhere, field, prerun, public,
    read as look, rule, share, stage, step, tag, version, write,
};

/// What the contract lists in order to say that it is not offered: such a route answers 405.
pub const NOT_OFFERED: [(&str, &str); 1] = [(
    "GET",
    "/organizations/{org}/checklists/{checklist}/steps/{step}/captures/{capture}",
)];

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(read, Templates, member(ANY), look::list),
        endpoint!(read, Templates, member(ANY), look::get),
        endpoint!(read, Templates, member(ANY), look::form_fields),
        endpoint!(open, public::get),
        endpoint!(write, Templates, member(FULL), write::create),
        endpoint!(write, Templates, member(ANY), write::update),
        endpoint!(write, Templates, member(FULL), archive::archive),
        endpoint!(write, Templates, member(FULL), archive::restore),
        endpoint!(write, Templates, member(ADMIN), archive::delete),
        endpoint!(write, Templates, member(FULL), archive::publish),
        endpoint!(write, Templates, member(FULL), copy::clone),
        endpoint!(read, Templates, member(ANY), share::get),
        endpoint!(write, Templates, member(FULL), share::set),
        endpoint!(write, Tags, member(FULL), tag::attach),
        endpoint!(write, Tags, member(FULL), tag::detach),
        endpoint!(read, Templates, member(ANY), version::list),
        endpoint!(write, Templates, member(FULL), version::restore),
        endpoint!(read, Templates, member(ANY), step::list),
        endpoint!(read, Templates, member(ANY), step::get),
        endpoint!(write, Templates, member(FULL), step::create),
        endpoint!(write, Templates, member(FULL), step::update),
        endpoint!(write, Templates, member(FULL), step::delete),
        endpoint!(write, Templates, member(FULL), step::reorder),
        endpoint!(write, Templates, member(FULL), step::clone),
        endpoint!(write, Templates, member(FULL), step::edit_step_type),
        endpoint!(write, Templates, member(FULL), field::create),
        endpoint!(write, Templates, member(FULL), field::update),
        endpoint!(write, Templates, member(FULL), field::reorder),
        endpoint!(write, Templates, member(FULL), field::move_out),
        endpoint!(write, Templates, member(FULL), field::delete),
        endpoint!(write, Templates, member(FULL), prerun::delete),
        endpoint!(write, Templates, member(FULL), rule::create),
        endpoint!(write, Templates, member(FULL), rule::update),
        endpoint!(write, Templates, member(FULL), rule::delete),
        endpoint!(read, Templates, member(ANY), elsewhere::export),
        endpoint!(read, Templates, member(ANY), version::get),
        endpoint!(read, Templates, member(ANY), version::compare),
        endpoint!(read, Templates, member(ANY), version::health),
        endpoint!(read, Templates, member(ANY), trial::test),
        endpoint!(read, Templates, member(ANY), trial::deadlines),
        endpoint!(read, Templates, member(ANY), custom_field::template),
        endpoint!(
            write,
            Templates,
            member(FULL),
            custom_field::replace_template
        ),
        endpoint!(
            write,
            Templates,
            member(FULL),
            custom_field::remove_template
        ),
        endpoint!(read, Templates, member(ANY), custom_field::step),
        endpoint!(write, Templates, member(FULL), custom_field::replace_step),
        endpoint!(write, Templates, member(FULL), custom_field::remove_step),
        endpoint!(read, Templates, member(ANY), custom_field::capture),
        endpoint!(
            write,
            Templates,
            member(FULL),
            custom_field::replace_capture
        ),
        endpoint!(write, Templates, member(FULL), custom_field::remove_capture),
        endpoint!(read, Templates, member(ANY), custom_field::prerun),
        endpoint!(write, Templates, member(FULL), custom_field::replace_prerun),
        endpoint!(write, Templates, member(FULL), custom_field::remove_prerun),
        endpoint!(read, Templates, member(ANY), stage::list),
        endpoint!(write, Templates, member(FULL), stage::create),
        endpoint!(write, Templates, member(FULL), stage::update),
        endpoint!(write, Templates, member(FULL), stage::delete),
    ]
}
