//! One thread writes. It takes every closure that is waiting, runs each in a savepoint of its own,
//! commits once with `synchronous=FULL`, and only then answers them all: 32 callers share one flush.
//!
//! The log is emptied into the database after the callers have their answers, and rarely: the longer it may grow, the
//! more changes of one page are carried over in one go.
//!
//! A closure that fails or panics loses its own savepoint and nobody else's. A COMMIT that fails for
//! want of space is a plain refusal; any other failed COMMIT leaves the outcome unknown, and the
//! process must end, because the kernel reports a lost page only once.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;

use rusqlite::Connection;
use tokio::sync::mpsc;

use crate::ending::FailStop;
use crate::error::{DbError, Result};
use crate::sqlite::{Mode, SqliteTx, connect, execute, translate};
use crate::tx::{Inner, Tx};

/// How many closures share a commit at most: bounds the wait of the first.
const GROUP: usize = 128;
/// How many closures may wait: beyond that, senders wait, and behind them the sockets.
const QUEUE: usize = 1024;

/// How many pages the log may hold before it is emptied: 32 MiB.
const LOG: i32 = 8_192;

thread_local! {
    /// How many pages the log held after the last commit of this thread.
    static LOGGED: Cell<i32> = const { Cell::new(0) };
}

/// A closure with its caller, without their types.
pub(crate) trait Job: Send {
    /// Does the work; true when what it wrote is to be kept.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Tells the caller. `None`: as the closure itself ended. `Some`: it did not come to that.
    fn settle(self: Box<Self>, failure: Option<DbError>);
}

/// The way to the writing thread. When it is dropped, the thread finishes what waits, closes its connection, which
/// empties the log into the database, and ends.
pub(crate) struct Writer {
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        // The last handle may be let go by a job, on the very thread that would be waited for.
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

impl Writer {
    pub(crate) fn start(path: &Path, fail_stop: FailStop) -> Result<Self> {
        let connection = connect(path, Mode::Write).map_err(translate)?;
        // Takes the place of SQLite's own hook, which would empty the log before the callers are answered.
        connection.wal_hook(Some(|_, pages| {
            LOGGED.set(pages);
            Ok(())
        }));
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name("tallystick-writer".to_owned())
            .spawn(move || {
                Loop {
                    connection,
                    fail_stop,
                }
                .run(waiting)
            })
            .map_err(|error| DbError::Other(error.to_string()))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    pub(crate) async fn submit(&self, job: Box<dyn Job>) -> Result<()> {
        match &self.jobs {
            Some(jobs) => jobs.send(job).await.map_err(|_| ended()),
            None => Err(ended()),
        }
    }

    pub(crate) fn submit_blocking(&self, job: Box<dyn Job>) -> Result<()> {
        match &self.jobs {
            Some(jobs) => jobs.blocking_send(job).map_err(|_| ended()),
            None => Err(ended()),
        }
    }
}

fn ended() -> DbError {
    DbError::Gone("the writer has ended".to_owned())
}

struct Loop {
    connection: Connection,
    fail_stop: FailStop,
}

impl Loop {
    fn run(self, mut waiting: mpsc::Receiver<Box<dyn Job>>) {
        let mut group = Vec::with_capacity(GROUP);
        while let Some(first) = waiting.blocking_recv() {
            group.push(first);
            while group.len() < GROUP
                && let Ok(next) = waiting.try_recv()
            {
                group.push(next);
            }
            if let Err(reason) = self.commit_together(&mut group) {
                // Whoever still waits is told that nothing was stored: the queue ends with this thread.
                drop(waiting);
                (self.fail_stop)(&reason);
                return;
            }
            self.empty_log();
        }
    }

    /// What cannot be carried over now stays in the log, where it is just as safe, and is tried again.
    fn empty_log(&self) {
        if LOGGED.get() < LOG {
            return;
        }
        let emptied = self
            .connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = emptied {
            tracing::warn!(%error, "the log could not be emptied into the database");
        }
    }

    /// `Err` when the outcome is unknown and no further commit may be tried.
    fn commit_together(&self, group: &mut Vec<Box<dyn Job>>) -> std::result::Result<(), String> {
        if let Err(error) = execute(&self.connection, "BEGIN IMMEDIATE") {
            let text = error.to_string();
            for job in group.drain(..) {
                job.settle(Some(same_kind(&error, &text)));
            }
            return Ok(());
        }
        let mut done = Vec::with_capacity(group.len());
        for mut job in group.drain(..) {
            let failure = self.run_in_savepoint(job.as_mut()).err();
            if self.connection.is_autocommit() {
                // SQLite gave up the whole transaction (disk full, I/O error): nobody's work is kept.
                let cause = failure.unwrap_or(DbError::Full);
                let text = cause.to_string();
                for earlier in done.drain(..) {
                    settle(earlier, Some(same_kind(&cause, &text)));
                }
                job.settle(Some(cause));
                continue;
            }
            done.push((job, failure));
        }
        let failure = self.commit().err();
        let text = failure
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        for job in done {
            settle(job, failure.as_ref().map(|error| same_kind(error, &text)));
        }
        match failure {
            Some(DbError::OutcomeUnknown(reason)) => Err(reason),
            _ => Ok(()),
        }
    }

    /// `Err` only when the closure did not come to an end of its own.
    fn run_in_savepoint(&self, job: &mut dyn Job) -> Result<()> {
        if self.connection.is_autocommit() {
            execute(&self.connection, "BEGIN IMMEDIATE")?;
        }
        execute(&self.connection, "SAVEPOINT job")?;
        let mut tx = Tx {
            inner: Inner::Sqlite(SqliteTx {
                connection: &self.connection,
            }),
            in_a_hurry: false,
        };
        let kept = catch_unwind(AssertUnwindSafe(|| job.run(&mut tx)));
        if self.connection.is_autocommit() {
            return Err(DbError::Full);
        }
        if !matches!(kept, Ok(true)) {
            execute(&self.connection, "ROLLBACK TO job")?;
        }
        execute(&self.connection, "RELEASE job")?;
        kept.map(|_| ()).map_err(|_| DbError::Panicked)
    }

    fn commit(&self) -> Result<()> {
        if self.connection.is_autocommit() {
            return Ok(());
        }
        let Err(error) = self.connection.execute_batch("COMMIT") else {
            return Ok(());
        };
        let errno = system_errno(&self.connection);
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        // The log is written before it is flushed, so a write that found no room happened before the
        // point of no return. Everything else may be on the disk or not.
        Err(match (translate(error), errno) {
            (DbError::Full, _) | (_, ENOSPC | EDQUOT) => DbError::Full,
            (DbError::ReadOnly, _) | (_, EROFS) => DbError::ReadOnly,
            (error, _) => DbError::OutcomeUnknown(error.to_string()),
        })
    }
}

fn settle((job, failure): (Box<dyn Job>, Option<DbError>), outer: Option<DbError>) {
    job.settle(outer.or(failure));
}

/// The same kind of error for each member of the group.
fn same_kind(error: &DbError, text: &str) -> DbError {
    match error {
        DbError::Full => DbError::Full,
        DbError::ReadOnly => DbError::ReadOnly,
        DbError::Busy(_) => DbError::Busy(text.to_owned()),
        DbError::Corrupt(_) => DbError::Corrupt(text.to_owned()),
        DbError::OutcomeUnknown(_) => DbError::OutcomeUnknown(text.to_owned()),
        _ => DbError::Gone(text.to_owned()),
    }
}

const ENOSPC: i32 = 28;
const EROFS: i32 = 30;
const EDQUOT: i32 = 122;

#[expect(
    unsafe_code,
    reason = "rusqlite has no safe call for the errno behind the last failure"
)]
fn system_errno(connection: &Connection) -> i32 {
    // SAFETY: the handle is live for as long as the connection is borrowed, and the call only reads it.
    unsafe { rusqlite::ffi::sqlite3_system_errno(connection.handle()) }
}
