//! What can go wrong in a database, in kinds that a caller can act on.

use thiserror::Error;

/// The result of every verb of this crate.
pub type Result<T> = std::result::Result<T, DbError>;

/// A failed statement, transaction or connection.
///
/// The texts are for logs: they may hold SQL and names of the engine, so they are never sent to a client.
#[derive(Debug, Error)]
pub enum DbError {
    /// A unique key refused the row. Holds the engine's own words for which one.
    #[error("unique key: {0}")]
    Unique(String),
    /// A reference points at nothing, or at another organisation's row.
    #[error("foreign key: {0}")]
    ForeignKey(String),
    /// A CHECK or NOT NULL refused the row.
    #[error("constraint: {0}")]
    Constraint(String),
    /// A statement that had to give a row gave none.
    #[error("no row where one was expected")]
    Missing,
    /// A column held something the program cannot read.
    #[error("unreadable column: {0}")]
    Decode(String),
    /// Locks, deadlock or serialization: the same work may succeed if it is done again.
    #[error("busy: {0}")]
    Busy(String),
    /// No connection, or it was lost before COMMIT was sent: nothing was stored.
    #[error("database unreachable: {0}")]
    Gone(String),
    /// The disk is full. Nothing was stored; reads still work.
    #[error("disk full")]
    Full,
    /// The disk or the server is read-only. Nothing was stored; reads still work.
    #[error("read-only storage")]
    ReadOnly,
    /// The engine found its own data damaged.
    #[error("damaged database: {0}")]
    Corrupt(String),
    /// COMMIT failed in a way that does not tell whether the work was stored.
    #[error("the outcome of COMMIT is unknown: {0}")]
    OutcomeUnknown(String),
    /// The closure panicked; its own work was rolled back, nobody else's.
    #[error("panic in a database closure")]
    Panicked,
    /// A read that was started on a request thread asks to be run where it may take its time.
    #[error("this read belongs on the blocking pool")]
    TooLongForHere,
    /// Anything else: a defect of ours.
    #[error("{0}")]
    Other(String),
}

impl DbError {
    /// True when a unique key refused the row.
    #[must_use]
    pub const fn is_unique(&self) -> bool {
        matches!(self, Self::Unique(_))
    }
}
