//! How a connection is set up, and how a file is recognised as ours.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::{DbError, Result};
use crate::sqlite::translate;

/// `TALY` in ASCII, written into the header of every file we make.
pub(crate) const APPLICATION_ID: i64 = 0x5441_4C59;

/// What a connection may do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Create,
    Write,
    Read,
    /// For looking through the whole file once: what was seen is not seen again, so hardly anything is kept of it.
    Check,
}

/// Opens a connection with the settings that durability and safety rest on.
pub(crate) fn connect(path: &Path, mode: Mode) -> rusqlite::Result<Connection> {
    let access = match mode {
        Mode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        Mode::Write | Mode::Read | Mode::Check => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(256);
    // A prepared statement keeps its plan. Without this, binding another value may throw the plan away, and planning
    // costs more than most of our statements do.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "mmap_size", 0)?;
    // FULL: an acknowledged commit is on stable storage, not in the page cache of the kernel.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // At most, in KiB.
    let cache = match mode {
        Mode::Create | Mode::Write => -65_536,
        Mode::Read => -16_384,
        Mode::Check => -512,
    };
    connection.pragma_update(None, "cache_size", cache)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    if matches!(mode, Mode::Read | Mode::Check) {
        connection.pragma_update(None, "query_only", true)?;
        // Only the writer checkpoints (a reader that does may meet it in the middle of a commit).
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    }
    Ok(connection)
}

/// Looks for damage until `enough` says so: `Ok(true)` when the whole file was read and is sound, `Ok(false)` when it
/// was told to end before, [`DbError::Corrupt`] with SQLite's finding when it is damaged.
pub(crate) fn quick_check(
    connection: &Connection,
    enough: impl FnMut() -> bool + Send + 'static,
) -> Result<bool> {
    // While it walks the pages of a table, SQLite counts a page as a step: 64 of them are a quarter of a megabyte.
    connection
        .progress_handler(64, Some(enough))
        .map_err(translate)?;
    let found = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    connection
        .progress_handler(0, None::<fn() -> bool>)
        .map_err(translate)?;
    match found {
        Ok(text) if text == "ok" => Ok(true),
        Ok(text) => Err(DbError::Corrupt(one_line(&text))),
        Err(error)
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) =>
        {
            Ok(false)
        }
        Err(error) => Err(translate(error)),
    }
}

/// The finding without the line that only says which database is meant: it goes into a sentence.
fn one_line(finding: &str) -> String {
    let lines: Vec<&str> = finding
        .lines()
        .filter(|line| !line.starts_with("***"))
        .collect();
    lines.join("; ")
}

/// A connection for reading, with the moment at which its current read is given up.
pub(crate) struct Reader {
    pub(crate) connection: Connection,
    started: Instant,
    /// Milliseconds after `started`.
    deadline: Arc<AtomicU64>,
}

impl Reader {
    fn new(connection: Connection) -> rusqlite::Result<Self> {
        let started = Instant::now();
        let deadline = Arc::new(AtomicU64::new(u64::MAX));
        let limit = deadline.clone();
        connection.progress_handler(
            50_000,
            Some(move || started.elapsed().as_millis() as u64 > limit.load(Ordering::Relaxed)),
        )?;
        Ok(Self {
            connection,
            started,
            deadline,
        })
    }

    /// Lets the next read take this long.
    pub(crate) fn allow(&self, time: Duration) {
        let end = (self.started.elapsed() + time).as_millis() as u64;
        self.deadline.store(end, Ordering::Relaxed);
    }
}

/// Makes reader connections for the pool.
pub(crate) struct Readers {
    path: PathBuf,
}

impl Readers {
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }
}

impl r2d2::ManageConnection for Readers {
    type Connection = Reader;
    type Error = rusqlite::Error;

    fn connect(&self) -> rusqlite::Result<Reader> {
        Reader::new(connect(&self.path, Mode::Read)?)
    }

    fn is_valid(&self, _reader: &mut Reader) -> rusqlite::Result<()> {
        Ok(())
    }

    fn has_broken(&self, reader: &mut Reader) -> bool {
        !reader.connection.is_autocommit()
    }
}
