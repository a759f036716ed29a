//! The verbs: what a closure may do inside its transaction.

use crate::error::{DbError, Result};
use crate::postgres::PgTx;
use crate::row::Row;
use crate::sqlite::SqliteTx;
use crate::value::Value;

/// A transaction in progress. It ends when the closure that was given it returns.
pub struct Tx<'c> {
    pub(crate) inner: Inner<'c>,
    pub(crate) in_a_hurry: bool,
}

pub(crate) enum Inner<'c> {
    Sqlite(SqliteTx<'c>),
    Postgres(PgTx<'c>),
}

impl Tx<'_> {
    /// Runs a statement that gives no rows; answers how many rows it changed.
    pub fn run(&mut self, sql: &str, args: &[Value<'_>]) -> Result<u64> {
        match &mut self.inner {
            Inner::Sqlite(tx) => tx.run(sql, args),
            Inner::Postgres(tx) => tx.run(sql, args),
        }
    }

    /// Runs a statement whose answer nobody needs.
    ///
    /// PostgreSQL gets it together with the next statement or with COMMIT, which saves a round trip; a
    /// failure then shows there and aborts the transaction. SQLite runs it at once.
    pub fn later(&mut self, sql: &str, args: &[Value<'_>]) -> Result<()> {
        match &mut self.inner {
            Inner::Sqlite(tx) => tx.run(sql, args).map(|_| ()),
            Inner::Postgres(tx) => tx.later(sql, args),
        }
    }

    /// Calls `read` for each row.
    pub fn each<F>(&mut self, sql: &str, args: &[Value<'_>], read: F) -> Result<()>
    where
        F: FnMut(&mut Row<'_>) -> Result<()>,
    {
        match &mut self.inner {
            Inner::Sqlite(tx) => tx.each(sql, args, read),
            Inner::Postgres(tx) => tx.each(sql, args, read),
        }
    }

    /// Two statements, of which the second needs nothing of the first one's answer: they run one after the other, and
    /// PostgreSQL gets both at once, which saves a round trip.
    pub fn each_of_two<F, G>(
        &mut self,
        (first, first_args): (&str, &[Value<'_>]),
        mut read_first: F,
        (second, second_args): (&str, &[Value<'_>]),
        mut read_second: G,
    ) -> Result<()>
    where
        F: FnMut(&mut Row<'_>) -> Result<()>,
        G: FnMut(&mut Row<'_>) -> Result<()>,
    {
        match &mut self.inner {
            Inner::Sqlite(tx) => {
                tx.each(first, first_args, &mut read_first)?;
                tx.each(second, second_args, &mut read_second)
            }
            Inner::Postgres(tx) => tx.each_of_two(
                (first, first_args),
                read_first,
                (second, second_args),
                read_second,
            ),
        }
    }

    /// All rows, each read by `read`.
    pub fn all<T, F>(&mut self, sql: &str, args: &[Value<'_>], mut read: F) -> Result<Vec<T>>
    where
        F: FnMut(&mut Row<'_>) -> Result<T>,
    {
        let mut rows = Vec::new();
        self.each(sql, args, |row| {
            rows.push(read(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The first row, or none.
    pub fn maybe<T, F>(&mut self, sql: &str, args: &[Value<'_>], mut read: F) -> Result<Option<T>>
    where
        F: FnMut(&mut Row<'_>) -> Result<T>,
    {
        let mut first = None;
        self.each(sql, args, |row| {
            if first.is_none() {
                first = Some(read(row)?);
            }
            Ok(())
        })?;
        Ok(first)
    }

    /// The first row; [`DbError::Missing`] when there is none.
    pub fn one<T, F>(&mut self, sql: &str, args: &[Value<'_>], read: F) -> Result<T>
    where
        F: FnMut(&mut Row<'_>) -> Result<T>,
    {
        self.maybe(sql, args, read)?.ok_or(DbError::Missing)
    }

    /// To be called before a read that may take longer than a few milliseconds.
    ///
    /// SQLite reads run on the thread that serves the request, because switching threads costs more
    /// than a short read. A long one is sent to the blocking pool: this call fails with
    /// [`DbError::TooLongForHere`], [`crate::Db::read`] sees that and runs the closure again over there.
    ///
    /// PostgreSQL from then on plans each statement for its values, instead of once and for all: a millisecond spent on
    /// a plan is half of a short read, and the best part of a long one.
    pub fn take_time(&mut self) -> Result<()> {
        if let Inner::Postgres(tx) = &mut self.inner {
            tx.take_time();
        }
        if self.in_a_hurry {
            Err(DbError::TooLongForHere)
        } else {
            Ok(())
        }
    }

    /// Prepares a statement without running it: the test that finds typos before a user does.
    pub fn prepare(&mut self, sql: &str) -> Result<()> {
        match &mut self.inner {
            Inner::Sqlite(tx) => tx.prepare(sql),
            Inner::Postgres(tx) => tx.prepare(sql),
        }
    }
}
