//! Why a page is not shown.

use tallystick_db::{AsDbError, DbError};

use crate::http::Refusal;
use crate::http::error::Keeping;

/// What a handler ends with instead of a page.
#[derive(Debug)]
pub enum Fault {
    /// Nobody is signed in: the sign-in page first, then back.
    SignIn,
    /// What is asked for is dangerous and the password was given long ago: it is asked for, then back to this address.
    Confirm(String),
    /// Refused, with the same reasons as the API has.
    Refused(Refusal),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<DbError> for Fault {
    fn from(error: DbError) -> Self {
        Self::Refused(error.into())
    }
}

impl AsDbError for Fault {
    fn as_db_error(&self) -> Option<&DbError> {
        match self {
            Self::Refused(refusal) => refusal.as_db_error(),
            Self::SignIn | Self::Confirm(_) => None,
        }
    }
}

impl Keeping for Fault {
    fn keeps(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.keep)
    }
}
