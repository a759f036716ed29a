//! Custom fields: keys that an organisation defines for a kind of record, and the values on its records.
//!
//! A room whose records have them finds the record, decides whether the caller may write, and hands a [`Target`] to
//! [`http::read`], [`http::replace`], [`http::set`] and [`http::remove`].

pub mod http;
mod keys;
pub mod rules;
pub mod store;

use tallystick_wire::custom_field::Record;

use crate::endpoint;
use crate::http::endpoint::Endpoint;

/// A record that has custom fields: it exists, and the caller may do what the request wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What kind of record.
    pub record: Record,
    /// Its id, numbers as digits.
    pub id: String,
}

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(read, Org, member(ANY), keys::list),
        endpoint!(write, Org, member(ADMIN), keys::create),
        endpoint!(read, Org, member(ANY), keys::get),
        endpoint!(write, Org, member(ADMIN), keys::update),
        endpoint!(write, Org, member(ADMIN), keys::delete),
    ]
}
