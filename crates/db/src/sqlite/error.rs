//! SQLite's codes into our kinds.

use rusqlite::{Error, ErrorCode, ffi};

use crate::error::DbError;

/// Translates by result code, never by message (the messages differ between versions).
pub(crate) fn translate(error: Error) -> DbError {
    let Error::SqliteFailure(code, ref message) = error else {
        return match error {
            Error::QueryReturnedNoRows => DbError::Missing,
            Error::FromSqlConversionFailure(..)
            | Error::InvalidColumnType(..)
            | Error::IntegralValueOutOfRange(..) => DbError::Decode(error.to_string()),
            other => DbError::Other(other.to_string()),
        };
    };
    let text = message.clone().unwrap_or_else(|| code.to_string());
    match code.code {
        ErrorCode::ConstraintViolation => match code.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
                DbError::Unique(text)
            }
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => DbError::ForeignKey(text),
            _ => DbError::Constraint(text),
        },
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => DbError::Busy(text),
        ErrorCode::OperationInterrupted => DbError::Busy("the read took too long".to_owned()),
        ErrorCode::DiskFull => DbError::Full,
        ErrorCode::ReadOnly => DbError::ReadOnly,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => DbError::Corrupt(text),
        ErrorCode::CannotOpen => DbError::Gone(text),
        _ => DbError::Other(text),
    }
}
