//! What an application does with its own token: it makes people members of its organisation, and gets tokens that act for
//! them there (contract: auth, section 7). An application is nobody's user: its token opens nothing else.

mod http;

use crate::endpoint;
use crate::http::endpoint::Endpoint;

/// The endpoints of this room.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(write, Members, application, http::provision),
        endpoint!(write, Tokens, application, http::issue),
    ]
}
