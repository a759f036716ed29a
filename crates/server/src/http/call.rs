//! What a handler gets: its transaction, its caller, its request, the time.

use tallystick_db::Tx;
use tallystick_wire::Time;

use crate::app::App;
use crate::http::caller::{Member, User};
use crate::http::error::Refusal;
use crate::http::query::Query;
use crate::http::reply::Reply;
use crate::http::request::Request;

/// What a handler gives. [`Refusal::keep`] decides whether what it wrote survives a refusal.
pub type Answer = Result<Reply, Refusal>;

/// One request being handled, for a caller of kind `P`.
pub struct Call<'a, 'c, P> {
    /// The transaction. It is committed after the handler answers.
    pub tx: &'a mut Tx<'c>,
    /// The running server.
    pub app: &'a App,
    /// What was sent.
    pub request: &'a Request,
    /// Who sent it.
    pub caller: &'a P,
    /// When it is handled; the same moment for all that this request writes.
    pub now: Time,
}

impl<'a, P> Call<'a, '_, P> {
    /// A parameter of the path, percent-decoded. A route without it would be a defect: then it is not found.
    pub fn path(&self, name: &str) -> Result<&'a str, Refusal> {
        self.request.param(name).ok_or_else(Refusal::not_found)
    }

    /// An object id from the path: 32 hex characters, compared in lower case; anything else does not exist.
    pub fn id(&self, name: &str) -> Result<String, Refusal> {
        let text = self.path(name)?;
        object_id(text).ok_or_else(Refusal::not_found)
    }

    /// The query string.
    #[must_use]
    pub const fn query(&self) -> &'a Query {
        &self.request.query
    }
}

impl<'a> Call<'a, '_, Member> {
    /// The organisation of the path, with which every query starts.
    #[must_use]
    pub fn org(&self) -> &'a str {
        &self.caller.organization
    }
}

impl Call<'_, '_, User> {
    /// The caller's number.
    #[must_use]
    pub const fn user_id(&self) -> i64 {
        self.caller.id
    }
}

/// Reads an object id in any letter case.
#[must_use]
pub fn object_id(text: &str) -> Option<String> {
    (text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .then(|| text.to_ascii_lowercase())
}
