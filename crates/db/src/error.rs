//! What can go wrong in a database, in kinds that a caller can act on.

use thiserror::Error;

use crate::address::Address;

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

/// Why a database was not opened. Each text is a whole sentence for the person who started the program.
#[derive(Debug, Error)]
pub enum OpenError {
    /// No file there, or no tables of ours.
    #[error(
        "There is no Tallystick database at {0}. Create one with `tallystick init`, or check the address (is the disk mounted?)."
    )]
    Missing(Address),
    /// `init` found something already there.
    #[error("{0} exists already and is left as it is. Start it with `tallystick serve`.")]
    Exists(Address),
    /// A database, but not one of ours.
    #[error("{0} is not a Tallystick database; it is left untouched.")]
    Foreign(Address),
    /// Made by a newer release.
    #[error(
        "The database {address} was written by a newer Tallystick (schema {found}, this one knows {known}); it is left untouched. Start the newer release."
    )]
    Newer {
        /// Where it is.
        address: Address,
        /// The schema it has.
        found: i32,
        /// The newest schema this program knows.
        known: i32,
    },
    /// The engine found damage.
    #[error(
        "The database {address} is damaged ({finding}); it is not opened. Restore the last good backup."
    )]
    Damaged {
        /// Where it is.
        address: Address,
        /// What the engine said.
        finding: String,
    },
    /// Another server has it.
    #[error(
        "Another Tallystick ({0}) has this database open; only one server may use a SQLite file."
    )]
    InUse(String),
    /// The file system or the server refuses.
    #[error("The database cannot be used: {0}")]
    Unusable(String),
}
