//! Accounts: how people sign in and out, prove their address, and keep strangers from guessing (contract: auth, section 8).

pub mod session;
pub mod sign_in;
pub mod throttle;

use crate::http::endpoint::Endpoint;

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    Vec::new()
}
