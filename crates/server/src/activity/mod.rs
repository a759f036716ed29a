//! What happened: one row for each change, written in the transaction that made it.

pub mod store;
