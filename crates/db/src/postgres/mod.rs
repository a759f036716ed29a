//! The PostgreSQL engine: a pool of connections that are driven from the thread that uses them.

mod connection;
mod error;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use r2d2::{Pool, PooledConnection};
use rand::Rng;
use tokio::sync::Semaphore;

pub(crate) use connection::{Connection, Lead, Servers};
use connection::{Planning, Queued};

use crate::ending::{AsDbError, Stop};
use crate::error::{DbError, Result};
use crate::row::{Row, Source};
use crate::tx::{Inner, Tx};
use crate::value::Value;

/// How often work is tried, after a deadlock, a serialization failure or a lost connection.
const ATTEMPTS: u32 = 5;

/// An open PostgreSQL database.
pub(crate) struct Postgres {
    pool: Pool<Servers>,
    /// One for each connection: bounds the threads that work with one.
    pub(crate) places: Arc<Semaphore>,
}

impl Postgres {
    pub(crate) fn start(config: tokio_postgres::Config, connections: u32) -> Result<Self> {
        let pool = Pool::builder()
            .max_size(connections)
            // They are made when they are needed, and a start need not wait for them.
            .min_idle(Some(0))
            .test_on_check_out(false)
            .connection_timeout(Duration::from_secs(5))
            .error_handler(Box::new(LogError))
            .build(Servers::new(config))
            .map_err(|error| DbError::Gone(error.to_string()))?;
        let places = Arc::new(Semaphore::new(connections as usize));
        Ok(Self { pool, places })
    }

    fn connection(&self) -> Result<PooledConnection<Servers>> {
        self.pool
            .get()
            .map_err(|error| DbError::Gone(error.to_string()))
    }

    pub(crate) fn read<T, E, F>(&self, work: F) -> std::result::Result<T, E>
    where
        E: From<DbError> + AsDbError,
        F: Fn(&mut Tx<'_>) -> std::result::Result<T, E>,
    {
        for attempt in 1.. {
            let mut connection = self.connection()?;
            let mut tx = Tx {
                inner: Inner::Postgres(PgTx::new(&mut connection, false)),
                in_a_hurry: false,
            };
            match work(&mut tx) {
                Err(error) if self.may_help(&error, attempt) => pause(attempt),
                ended => return ended,
            }
        }
        unreachable!("the loop returns at its last attempt")
    }

    pub(crate) fn write<T, E, F>(&self, mut work: F) -> std::result::Result<T, E>
    where
        E: From<DbError> + AsDbError,
        F: FnMut(&mut Tx<'_>) -> std::result::Result<T, Stop<E>>,
    {
        for attempt in 1.. {
            let mut connection = self.connection()?;
            match write_once(&mut connection, &mut work) {
                Err(error) if self.may_help(&error, attempt) => pause(attempt),
                ended => return ended,
            }
        }
        unreachable!("the loop returns at its last attempt")
    }

    fn may_help<E: AsDbError>(&self, error: &E, attempt: u32) -> bool {
        match error.as_db_error() {
            Some(DbError::Busy(_)) => attempt < ATTEMPTS,
            // When the server was started anew, every idle connection is lost, and the next is a new one.
            Some(DbError::Gone(_)) => attempt < ATTEMPTS.max(self.pool.max_size() + 1),
            _ => false,
        }
    }
}

fn write_once<T, E, F>(connection: &mut Connection, work: &mut F) -> std::result::Result<T, E>
where
    E: From<DbError>,
    F: FnMut(&mut Tx<'_>) -> std::result::Result<T, Stop<E>>,
{
    let mut tx = Tx {
        inner: Inner::Postgres(PgTx::new(connection, true)),
        in_a_hurry: false,
    };
    let ended = catch_unwind(AssertUnwindSafe(|| work(&mut tx)));
    let Inner::Postgres(inner) = tx.inner else {
        unreachable!("made above")
    };
    match ended {
        Ok(Ok(answer)) => inner.commit().map(|()| answer).map_err(E::from),
        Ok(Err(Stop::Keep(refusal))) => Err(inner.commit().map_or_else(E::from, |()| refusal)),
        Ok(Err(Stop::Abort(error))) => {
            inner.rollback();
            Err(error)
        }
        Err(panic) => {
            inner.rollback();
            resume_unwind(panic)
        }
    }
}

fn pause(attempt: u32) {
    let most = 4_u64 << attempt.min(5);
    #[expect(
        clippy::disallowed_methods,
        reason = "how long to wait before another try decides nothing that a test could ask for"
    )]
    let wait = rand::rng().random_range(1..=most);
    thread::sleep(Duration::from_millis(wait));
}

#[derive(Debug)]
struct LogError;

impl r2d2::HandleError<DbError> for LogError {
    fn handle_error(&self, error: DbError) {
        tracing::warn!(%error, "PostgreSQL connection failed");
    }
}

fn read_all<F>(rows: &[tokio_postgres::Row], mut read: F) -> Result<()>
where
    F: FnMut(&mut Row<'_>) -> Result<()>,
{
    for row in rows {
        read(&mut Row {
            source: Source::Postgres(row),
            next: 0,
        })?;
    }
    Ok(())
}

/// The PostgreSQL half of [`Tx`]. BEGIN and queued statements travel with the next one that waits.
pub(crate) struct PgTx<'c> {
    connection: &'c mut Connection,
    /// A read runs statement by statement; a write is one transaction.
    transaction: bool,
    begun: bool,
    planning: Planning,
    /// A statement failed: the server has given the transaction up and answers COMMIT with a rollback that looks like
    /// success, so nothing more is sent and COMMIT is refused here.
    failed: bool,
    queued: Queued,
}

impl<'c> PgTx<'c> {
    fn new(connection: &'c mut Connection, transaction: bool) -> Self {
        Self {
            connection,
            transaction,
            begun: false,
            planning: Planning::Once,
            failed: false,
            queued: Vec::new(),
        }
    }

    pub(crate) fn run(&mut self, sql: &str, args: &[Value<'_>]) -> Result<u64> {
        let lead = self.lead()?;
        let ended = self.connection.execute(&lead, sql, args);
        self.failed = self.transaction && ended.is_err();
        ended
    }

    pub(crate) fn later(&mut self, sql: &str, args: &[Value<'_>]) -> Result<()> {
        if !self.transaction {
            return self.run(sql, args).map(|_| ());
        }
        self.queued.push((
            sql.to_owned(),
            args.iter().cloned().map(Value::into_owned).collect(),
        ));
        Ok(())
    }

    pub(crate) fn each<F>(&mut self, sql: &str, args: &[Value<'_>], read: F) -> Result<()>
    where
        F: FnMut(&mut Row<'_>) -> Result<()>,
    {
        let lead = self.lead()?;
        let ended = self.connection.query(&lead, sql, args);
        self.failed = self.transaction && ended.is_err();
        read_all(&ended?, read)
    }

    pub(crate) fn each_of_two<F, G>(
        &mut self,
        first: (&str, &[Value<'_>]),
        read_first: F,
        second: (&str, &[Value<'_>]),
        read_second: G,
    ) -> Result<()>
    where
        F: FnMut(&mut Row<'_>) -> Result<()>,
        G: FnMut(&mut Row<'_>) -> Result<()>,
    {
        let lead = self.lead()?;
        let ended = self.connection.query_two(&lead, first, second);
        self.failed = self.transaction && ended.is_err();
        let (first, second) = ended?;
        read_all(&first, read_first)?;
        read_all(&second, read_second)
    }

    /// For reads only: a transaction that is rolled back would take the switch back with it.
    pub(crate) fn take_time(&mut self) {
        if !self.transaction {
            self.planning = Planning::ForEach;
        }
    }

    pub(crate) fn prepare(&mut self, sql: &str) -> Result<()> {
        self.connection.statement(sql).map(|_| ())
    }

    /// What goes before the next statement: BEGIN, if it was not sent yet, and what is queued.
    fn lead(&mut self) -> Result<Lead> {
        if self.failed {
            return Err(DbError::Other(
                "an earlier statement of this transaction failed".to_owned(),
            ));
        }
        let begin = self.transaction && !self.begun;
        self.begun |= begin;
        Ok(Lead {
            planning: self.planning,
            begin,
            queued: std::mem::take(&mut self.queued),
        })
    }

    fn commit(mut self) -> Result<()> {
        if !self.begun && self.queued.is_empty() {
            return Ok(());
        }
        match self.lead() {
            Ok(lead) => self.connection.commit(&lead),
            Err(error) => {
                self.connection.rollback();
                Err(error)
            }
        }
    }

    fn rollback(self) {
        if self.begun {
            self.connection.rollback();
        }
    }
}
