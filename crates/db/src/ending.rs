//! How a closure ends: with an answer, with a refusal that keeps or undoes what it wrote, or with the process.

use std::sync::Arc;

use crate::error::DbError;

/// Called once, from the writing thread, when the outcome of a COMMIT is unknown and the process has to end.
pub(crate) type FailStop = Arc<dyn Fn(&str) + Send + Sync>;

/// How a write closure ends without an answer. (With an answer, its work is committed.)
///
/// `?` on an error aborts. A refusal whose traces must survive, such as a counter of failed sign-ins, a burnt code or
/// an audit row, is returned as [`Stop::Keep`].
#[derive(Debug)]
pub enum Stop<E> {
    /// Nothing the closure wrote is kept.
    Abort(E),
    /// What the closure wrote is committed, and the caller is refused.
    Keep(E),
}

impl<E> From<E> for Stop<E> {
    fn from(error: E) -> Self {
        Self::Abort(error)
    }
}

/// Lets this crate look into a caller's own error type, to see whether doing the work again may help.
pub trait AsDbError {
    /// The database error inside, if that is what it is.
    fn as_db_error(&self) -> Option<&DbError>;
}

impl AsDbError for DbError {
    fn as_db_error(&self) -> Option<&DbError> {
        Some(self)
    }
}
