//! Accounts: how people sign in and out, prove their address, and keep strangers from guessing (contract: auth, section 8).
//!
//! The functions here serve the pages and the API alike. Those that hash a password are async and open transactions of their
//! own around it: no transaction waits for a hash. Whoever is refused leaves a count and a row in the record behind.

pub mod challenge;
pub mod code;
pub mod email;
mod http;
mod http_own;
pub mod invitation;
pub mod password;
pub mod recovery;
pub mod register;
pub mod second_factor;
pub mod session;
pub mod sign_in;
pub mod sign_out;
mod store;
pub mod throttle;

use tallystick_db::{Result, Tx};
use tallystick_wire::Time;

use crate::endpoint;
use crate::http::endpoint::Endpoint;

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(open, http::login),
        endpoint!(open, http::register),
        endpoint!(write, Tokens, user, http_own::logout),
        endpoint!(open, http::send_reset),
        endpoint!(open, http::reset_password),
        endpoint!(open, http::verify_email),
        endpoint!(slow, Org, member(ANY), http_own::update_password).own_credentials_only(),
        endpoint!(slow, Org, member(ANY), http_own::update_email).own_credentials_only(),
        endpoint!(read, Tokens, user, http_own::sessions).own_credentials_only(),
        endpoint!(write, Tokens, user, http_own::end_session).own_credentials_only(),
    ]
}

/// Forgets what is over: sessions, challenges, codes, counts of failures.
pub fn forget_old(tx: &mut Tx<'_>, now: Time) -> Result<()> {
    session::forget_old(tx, now)?;
    challenge::forget_old(tx, now)?;
    code::forget_old(tx, now)?;
    throttle::forget_old(tx, now)?;
    Ok(())
}
