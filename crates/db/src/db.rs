//! The handle: `read` and `write`, each one closure in one transaction.

use std::sync::Arc;

use tokio::sync::oneshot;

use crate::address::Address;
use crate::ending::{AsDbError, Stop};
use crate::error::DbError;
use crate::lock::FileLock;
use crate::postgres::Postgres;
use crate::sqlite::{Damage, Job, Sqlite};
use crate::tx::Tx;

/// Which engine an address named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file on this machine.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// An open database. Clones share it.
#[derive(Clone)]
pub struct Db {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) engine: Inside,
    /// Once it is known to be damaged, nothing is read from it or written to it any more.
    pub(crate) damage: Damage,
    pub(crate) address: Address,
    /// Declared after the engine: let go only when every connection is closed.
    pub(crate) _lock: Option<FileLock>,
}

pub(crate) enum Inside {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Db {
    /// Which engine this is: for messages and tests, never for choosing SQL.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.shared.engine {
            Inside::Sqlite(_) => Engine::Sqlite,
            Inside::Postgres(_) => Engine::Postgres,
        }
    }

    /// Where the database is, without any password.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.shared.address
    }

    /// Looks through the whole database for damage and for references to nothing; answers what it found.
    /// PostgreSQL guards its pages itself, so there is nothing to look for.
    pub fn examine(&self) -> Result<Vec<String>, DbError> {
        match &self.shared.engine {
            Inside::Sqlite(sqlite) => sqlite.examine(),
            Inside::Postgres(_) => Ok(Vec::new()),
        }
    }

    /// Looks through the whole database for damage, in the background and within a budget of time. When it finds some,
    /// every read and write from then on is [`DbError::Corrupt`].
    ///
    /// Opening looks for a few milliseconds only, so a server calls this once it serves.
    pub fn look_through(&self) {
        if let Inside::Sqlite(sqlite) = &self.shared.engine {
            sqlite.look_through(&self.shared.damage);
        }
    }

    fn refuse_damaged(&self) -> Result<(), DbError> {
        match self.shared.damage.get() {
            None => Ok(()),
            Some(finding) => Err(DbError::Corrupt(finding.clone())),
        }
    }

    /// Runs `work` on a consistent view of the data.
    ///
    /// On SQLite that is one snapshot, on the calling thread unless [`Tx::take_time`] says otherwise. On
    /// PostgreSQL each statement sees what is committed when it starts: a transaction of its own round
    /// trips would cost half of the throughput, and a list is not a balance sheet. `work` may run twice.
    pub async fn read<T, E, F>(&self, work: F) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + AsDbError + Send + 'static,
        F: Fn(&mut Tx<'_>) -> std::result::Result<T, E> + Send + Sync + 'static,
    {
        self.refuse_damaged()?;
        let places = match &self.shared.engine {
            Inside::Sqlite(sqlite) => match sqlite.read(true, &work) {
                Err(error) if matches!(error.as_db_error(), Some(DbError::TooLongForHere)) => {
                    &sqlite.long_reads
                }
                ended => return ended,
            },
            Inside::Postgres(postgres) => &postgres.places,
        };
        // Whoever has to wait for a connection waits here, without holding a thread.
        let place = places.clone().acquire_owned().await.ok();
        let shared = self.shared.clone();
        blocking(move || {
            let _place = place;
            match &shared.engine {
                Inside::Sqlite(sqlite) => sqlite.read(false, &work),
                Inside::Postgres(postgres) => postgres.read(work),
            }
        })
        .await
    }

    /// [`Db::read`] for callers without a runtime: commands and tests.
    pub fn read_here<T, E, F>(&self, work: F) -> std::result::Result<T, E>
    where
        E: From<DbError> + AsDbError,
        F: Fn(&mut Tx<'_>) -> std::result::Result<T, E>,
    {
        self.refuse_damaged()?;
        match &self.shared.engine {
            Inside::Sqlite(sqlite) => sqlite.read(false, work),
            Inside::Postgres(postgres) => postgres.read(work),
        }
    }

    /// Runs `work` in one transaction and answers after its commit.
    ///
    /// `work` may run more than once (after a deadlock or a serialization failure), so it touches nothing
    /// outside its transaction.
    pub async fn write<T, E, F>(&self, work: F) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + AsDbError + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> std::result::Result<T, Stop<E>> + Send + 'static,
    {
        self.refuse_damaged()?;
        match &self.shared.engine {
            Inside::Sqlite(sqlite) => {
                let (job, answer) = Waiting::queue(work);
                sqlite.writer.submit(job).await?;
                answer.await.unwrap_or_else(|_| {
                    Err(DbError::Gone("the writer has ended".to_owned()).into())
                })
            }
            Inside::Postgres(postgres) => {
                let place = postgres.places.clone().acquire_owned().await.ok();
                let db = self.clone();
                blocking(move || {
                    let _place = place;
                    db.write_here(work)
                })
                .await
            }
        }
    }

    /// [`Db::write`] for callers without a runtime: commands and tests.
    pub fn write_here<T, E, F>(&self, work: F) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + AsDbError + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> std::result::Result<T, Stop<E>> + Send + 'static,
    {
        self.refuse_damaged()?;
        match &self.shared.engine {
            Inside::Sqlite(sqlite) => {
                let (job, answer) = Waiting::queue(work);
                sqlite.writer.submit_blocking(job)?;
                answer.blocking_recv().unwrap_or_else(|_| {
                    Err(DbError::Gone("the writer has ended".to_owned()).into())
                })
            }
            Inside::Postgres(postgres) => postgres.write(work),
        }
    }
}

async fn blocking<T, E, F>(work: F) -> std::result::Result<T, E>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
    F: FnOnce() -> std::result::Result<T, E> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(ended) => ended,
        Err(failure) if failure.is_panic() => Err(DbError::Panicked.into()),
        Err(failure) => Err(DbError::Gone(failure.to_string()).into()),
    }
}

/// A write closure on its way through the writing thread.
struct Waiting<T, E, F> {
    work: F,
    ended: Option<std::result::Result<T, E>>,
    caller: oneshot::Sender<std::result::Result<T, E>>,
}

type Answer<T, E> = oneshot::Receiver<std::result::Result<T, E>>;

impl<T, E, F> Waiting<T, E, F>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
    F: FnMut(&mut Tx<'_>) -> std::result::Result<T, Stop<E>> + Send + 'static,
{
    fn queue(work: F) -> (Box<dyn Job>, Answer<T, E>) {
        let (caller, answer) = oneshot::channel();
        (
            Box::new(Self {
                work,
                ended: None,
                caller,
            }),
            answer,
        )
    }
}

impl<T, E, F> Job for Waiting<T, E, F>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
    F: FnMut(&mut Tx<'_>) -> std::result::Result<T, Stop<E>> + Send + 'static,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let (kept, ended) = match (self.work)(tx) {
            Ok(answer) => (true, Ok(answer)),
            Err(Stop::Keep(refusal)) => (true, Err(refusal)),
            Err(Stop::Abort(error)) => (false, Err(error)),
        };
        self.ended = Some(ended);
        kept
    }

    fn settle(self: Box<Self>, failure: Option<DbError>) {
        let answer = match (failure, self.ended) {
            (Some(error), _) => Err(error.into()),
            (None, Some(ended)) => ended,
            (None, None) => Err(DbError::Panicked.into()),
        };
        // A caller that went away does not mind.
        let _ = self.caller.send(answer);
    }
}
