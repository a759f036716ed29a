//! One handle over SQLite and PostgreSQL.
//!
//! SQL is written once, in the subset both engines read the same way. Work is a plain closure on
//! [`Tx`]: no `async`, no lifetimes to juggle, testable without a runtime. [`Db::read`] and
//! [`Db::write`] run it in one transaction, on whichever engine the address names.
//!
//! This crate knows no table. What differs between the engines lives in `sqlite/`, `postgres/` and
//! `dialect.rs`, and the differences that bite are pinned down as tests in `tests/traps.rs`.

mod address;
mod db;
mod dialect;
mod ending;
mod error;
mod lock;
mod open;
mod postgres;
mod row;
mod sqlite;
mod tx;
mod value;

pub use address::Address;
pub use db::{Db, Engine};
pub use ending::{AsDbError, Stop};
pub use error::{DbError, OpenError, Result};
pub use open::{Options, Schema};
pub use refinery;
pub use row::{FromColumn, Row};
pub use tx::Tx;
pub use value::Value;

/// The values of a statement, in the order of its `$1`, `$2`, … placeholders.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::Value::from($value)),*] };
}
