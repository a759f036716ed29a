//! The SQLite engine: many readers, one writer that commits in groups.

mod connection;
mod error;
mod look;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use r2d2::Pool;
use rusqlite::{Connection, params_from_iter};
use tokio::sync::Semaphore;

pub(crate) use connection::{APPLICATION_ID, Mode, connect, quick_check};
pub(crate) use error::translate;
pub(crate) use look::Damage;
pub(crate) use writer::{Job, Writer};

use crate::ending::FailStop;
use crate::error::{DbError, Result};
use crate::row::{Row, Source};
use crate::tx::{Inner, Tx};
use crate::value::Value;

/// An open SQLite database.
pub(crate) struct Sqlite {
    path: PathBuf,
    /// Declared before the other connections: it ends first, so that the writer is the last to close the file.
    look: OnceLock<look::Look>,
    readers: Pool<connection::Readers>,
    pub(crate) writer: Writer,
    /// Bounds the reads that run on the blocking pool, so that request threads always find a reader.
    pub(crate) long_reads: Arc<Semaphore>,
}

impl Sqlite {
    /// Opens every connection now: a process that later runs out of descriptors goes on serving.
    pub(crate) fn start(
        path: &Path,
        quick_readers: u32,
        long_readers: u32,
        fail_stop: FailStop,
    ) -> Result<Self> {
        let readers = Pool::builder()
            .max_size(quick_readers + long_readers)
            .test_on_check_out(false)
            .connection_timeout(Duration::from_secs(30))
            .build(connection::Readers::new(path))
            .map_err(|error| DbError::Gone(error.to_string()))?;
        let writer = Writer::start(path, fail_stop)?;
        Ok(Self {
            path: path.to_owned(),
            look: OnceLock::new(),
            readers,
            writer,
            long_reads: Arc::new(Semaphore::new(long_readers as usize)),
        })
    }

    /// Looks through the file in the background; once for each opening.
    pub(crate) fn look_through(&self, damage: &Damage) {
        self.look
            .get_or_init(|| look::Look::start(&self.path, damage.clone()));
    }

    /// SQLite's own checks of pages, indexes and references.
    pub(crate) fn examine(&self) -> Result<Vec<String>> {
        let reader = self
            .readers
            .get()
            .map_err(|error| DbError::Gone(error.to_string()))?;
        reader.allow(Duration::from_secs(3_600));
        let connection = &reader.connection;
        let mut findings = Vec::new();
        let mut pages = connection
            .prepare("PRAGMA integrity_check")
            .map_err(translate)?;
        let mut rows = pages.query([]).map_err(translate)?;
        while let Some(row) = rows.next().map_err(translate)? {
            let text: String = row.get(0).map_err(translate)?;
            findings.extend((text != "ok").then_some(text));
        }
        let mut references = connection
            .prepare("PRAGMA foreign_key_check")
            .map_err(translate)?;
        let mut rows = references.query([]).map_err(translate)?;
        while let Some(row) = rows.next().map_err(translate)? {
            let table: String = row.get(0).map_err(translate)?;
            findings.push(format!("a row of {table} refers to nothing"));
        }
        Ok(findings)
    }

    /// Runs `work` against one snapshot of the data.
    pub(crate) fn read<T, E, F>(&self, in_a_hurry: bool, work: F) -> std::result::Result<T, E>
    where
        E: From<DbError>,
        F: FnOnce(&mut Tx<'_>) -> std::result::Result<T, E>,
    {
        let reader = self
            .readers
            .get()
            .map_err(|error| DbError::Gone(error.to_string()))?;
        // A minute is far beyond any honest read; what takes longer must not hold its snapshot, which keeps the log growing.
        reader.allow(Duration::from_secs(if in_a_hurry { 5 } else { 60 }));
        let connection = &reader.connection;
        execute(connection, "BEGIN")?;
        // Ends the snapshot also when `work` panics.
        let _end = Rollback(connection);
        work(&mut Tx {
            inner: Inner::Sqlite(SqliteTx { connection }),
            in_a_hurry,
        })
    }
}

struct Rollback<'c>(&'c Connection);

impl Drop for Rollback<'_> {
    fn drop(&mut self) {
        if let Err(error) = execute(self.0, "ROLLBACK") {
            tracing::warn!(%error, "a read transaction did not end cleanly");
        }
    }
}

fn execute(connection: &Connection, sql: &str) -> Result<()> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.execute([]))
        .map(|_| ())
        .map_err(translate)
}

/// The SQLite half of [`Tx`].
pub(crate) struct SqliteTx<'c> {
    connection: &'c Connection,
}

impl SqliteTx<'_> {
    pub(crate) fn run(&mut self, sql: &str, args: &[Value<'_>]) -> Result<u64> {
        let mut statement = self.connection.prepare_cached(sql).map_err(translate)?;
        bind(&mut statement, args)?;
        let changed = statement.raw_execute().map_err(translate)?;
        Ok(changed as u64)
    }

    pub(crate) fn each<F>(&mut self, sql: &str, args: &[Value<'_>], mut read: F) -> Result<()>
    where
        F: FnMut(&mut Row<'_>) -> Result<()>,
    {
        let mut statement = self.connection.prepare_cached(sql).map_err(translate)?;
        bind(&mut statement, args)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(translate)? {
            read(&mut Row {
                source: Source::Sqlite(row),
                next: 0,
            })?;
        }
        Ok(())
    }

    pub(crate) fn prepare(&mut self, sql: &str) -> Result<()> {
        self.connection.prepare(sql).map(|_| ()).map_err(translate)
    }
}

/// Binds by the number in the name: SQLite takes `$2` for a name, and would number it by first appearance.
fn bind(statement: &mut rusqlite::CachedStatement<'_>, args: &[Value<'_>]) -> Result<()> {
    let wanted = statement.parameter_count();
    for index in 1..=wanted {
        let number = statement
            .parameter_name(index)
            .and_then(|name| name.strip_prefix('$'))
            .and_then(|digits| digits.parse::<usize>().ok())
            .ok_or_else(|| DbError::Other(format!("placeholder {index} is not of the form $1")))?;
        let value = args.get(number.wrapping_sub(1)).ok_or_else(|| {
            DbError::Other(format!("${number} has no value: {} given", args.len()))
        })?;
        statement
            .raw_bind_parameter(index, value)
            .map_err(translate)?;
    }
    Ok(())
}

/// Used by the opening of a database, where no pool exists yet.
pub(crate) fn scalar(
    connection: &Connection,
    sql: &str,
    args: &[Value<'_>],
) -> Result<Option<i64>> {
    use rusqlite::OptionalExtension;
    connection
        .query_row(sql, params_from_iter(args), |row| row.get(0))
        .optional()
        .map_err(translate)
}
