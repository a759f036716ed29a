//! PostgreSQL's states into our kinds.

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::error::DbError;

/// Translates by SQLSTATE, never by message (the messages follow the server's language).
pub(crate) fn translate(error: &Error) -> DbError {
    let Some(state) = error.code() else {
        return if error.is_closed()
            || std::error::Error::source(error).is_some_and(|cause| cause.is::<std::io::Error>())
        {
            DbError::Gone(error.to_string())
        } else {
            DbError::Other(error.to_string())
        };
    };
    let text = error.as_db_error().map_or_else(
        || error.to_string(),
        |detail| {
            format!(
                "{} ({})",
                detail.message(),
                detail.constraint().unwrap_or_default()
            )
        },
    );
    match *state {
        SqlState::UNIQUE_VIOLATION => DbError::Unique(text),
        SqlState::FOREIGN_KEY_VIOLATION => DbError::ForeignKey(text),
        SqlState::CHECK_VIOLATION
        | SqlState::NOT_NULL_VIOLATION
        | SqlState::STRING_DATA_RIGHT_TRUNCATION => DbError::Constraint(text),
        SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::LOCK_NOT_AVAILABLE => DbError::Busy(text),
        SqlState::DISK_FULL => DbError::Full,
        SqlState::READ_ONLY_SQL_TRANSACTION => DbError::ReadOnly,
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => DbError::Corrupt(text),
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::TOO_MANY_CONNECTIONS => DbError::Gone(text),
        _ => DbError::Other(text),
    }
}

/// True when the server itself refused: then it is certain that nothing was committed.
pub(crate) fn is_refusal(error: &Error) -> bool {
    error
        .code()
        .is_some_and(|state| !matches!(*state, SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN))
}
