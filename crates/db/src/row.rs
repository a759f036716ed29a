//! Rows, read column by column in the order of the SELECT list.

use crate::error::{DbError, Result};

/// One row of an answer. Each [`Row::take`] reads the next column.
pub struct Row<'r> {
    pub(crate) source: Source<'r>,
    pub(crate) next: usize,
}

pub(crate) enum Source<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

/// A type that a column can be read as.
pub trait FromColumn:
    Sized + rusqlite::types::FromSql + for<'a> tokio_postgres::types::FromSql<'a>
{
}

impl FromColumn for i64 {}
impl FromColumn for bool {}
impl FromColumn for String {}
impl FromColumn for Option<i64> {}
impl FromColumn for Option<bool> {}
impl FromColumn for Option<String> {}

impl Row<'_> {
    /// The next column as `T`. A type that does not fit is [`DbError::Decode`], never a panic.
    pub fn take<T: FromColumn>(&mut self) -> Result<T> {
        let column = self.next;
        self.next += 1;
        match &self.source {
            Source::Sqlite(row) => row
                .get(column)
                .map_err(|error| DbError::Decode(format!("column {column}: {error}"))),
            Source::Postgres(row) => row
                .try_get(column)
                .map_err(|error| DbError::Decode(format!("column {column}: {error}"))),
        }
    }
}
