//! One connection, with the little runtime that drives its protocol on the calling thread.
//!
//! `tokio-postgres` sends requests that are polled together in one go, which is how BEGIN, queued
//! statements and the one whose answer is wanted share a round trip. Driving the socket from the
//! calling thread saves the two thread switches per statement that a background task would cost.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use futures_util::future::try_join_all;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Statement};

use crate::dialect;
use crate::error::{DbError, Result};
use crate::postgres::error::{is_refusal, translate};
use crate::value::Value;

type Queued = [(String, Vec<Value<'static>>)];
type Protocol =
    Pin<Box<dyn Future<Output = std::result::Result<(), tokio_postgres::Error>> + Send>>;

/// A connection and the statements prepared on it.
pub(crate) struct Connection {
    // Declared before the runtime: the protocol's socket must be closed while its reactor lives.
    line: Line,
    client: Client,
    statements: HashMap<String, Statement>,
    runtime: Runtime,
}

struct Line {
    protocol: Option<Protocol>,
    broken: bool,
}

impl Line {
    /// Runs `work` to its end, moving the protocol along beside it.
    async fn drive<F: Future>(&mut self, work: F) -> F::Output {
        let mut work = pin!(work);
        poll_fn(|context| {
            // The work goes first: it queues its requests, which the protocol then sends at once.
            if let Poll::Ready(answer) = work.as_mut().poll(context) {
                return Poll::Ready(answer);
            }
            if let Some(protocol) = &mut self.protocol
                && protocol.as_mut().poll(context).is_ready()
            {
                self.protocol = None;
                self.broken = true;
            }
            work.as_mut().poll(context)
        })
        .await
    }
}

impl Connection {
    pub(crate) fn open(config: &Config) -> Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| DbError::Other(error.to_string()))?;
        let (client, protocol) = runtime.block_on(config.connect(NoTls)).map_err(|error| {
            // "db error" alone tells nobody that the database is missing or the password wrong.
            let said = error
                .as_db_error()
                .map(|detail| detail.message().to_owned());
            DbError::Gone(said.unwrap_or_else(|| error.to_string()))
        })?;
        let line = Line {
            protocol: Some(Box::pin(protocol)),
            broken: false,
        };
        let mut connection = Self {
            line,
            client,
            statements: HashMap::new(),
            runtime,
        };
        connection.batch("SET synchronous_commit = on; SET statement_timeout = '30s'; SET lock_timeout = '10s'; SET TIME ZONE 'UTC'")?;
        Ok(connection)
    }

    /// Runs statements that need no values and give no rows.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        let work = self.client.batch_execute(sql);
        let ended = self.runtime.block_on(self.line.drive(work));
        ended.map_err(|error| self.failed(&error))
    }

    /// The whole client, for the migrations, which bring their own statements.
    pub(crate) fn with_client<T>(&mut self, work: impl AsyncFnOnce(&mut Client) -> T) -> T {
        let Self {
            line,
            client,
            runtime,
            ..
        } = self;
        runtime.block_on(line.drive(work(client)))
    }

    pub(crate) fn statement(&mut self, sql: &str) -> Result<Statement> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        let text = dialect::for_postgres(sql);
        let ended = self
            .runtime
            .block_on(self.line.drive(self.client.prepare(&text)));
        let statement = ended.map_err(|error| self.failed(&error))?;
        if self.statements.len() >= 512 {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(crate) fn query(
        &mut self,
        begin: bool,
        queued: &Queued,
        sql: &str,
        args: &[Value<'_>],
    ) -> Result<Vec<tokio_postgres::Row>> {
        self.together(begin, queued, sql, async |client, statement| {
            client.query(&statement, &parameters(args)).await
        })
    }

    pub(crate) fn execute(
        &mut self,
        begin: bool,
        queued: &Queued,
        sql: &str,
        args: &[Value<'_>],
    ) -> Result<u64> {
        self.together(begin, queued, sql, async |client, statement| {
            client.execute(&statement, &parameters(args)).await
        })
    }

    fn together<T>(
        &mut self,
        begin: bool,
        queued: &Queued,
        sql: &str,
        last: impl AsyncFnOnce(&Client, Statement) -> std::result::Result<T, tokio_postgres::Error>,
    ) -> Result<T> {
        // A failed PREPARE would abort the transaction, so it happens before BEGIN is sent.
        let statement = self.statement(sql)?;
        let before = self.statements_of(queued)?;
        let Self {
            line,
            client,
            runtime,
            ..
        } = self;
        let ended = runtime.block_on(line.drive(async {
            let (first, last) = futures_util::future::join(
                lead(client, begin, &before, queued),
                last(client, statement),
            )
            .await;
            first.and(last)
        }));
        ended.map_err(|error| self.failed(&error))
    }

    /// Sends what is queued together with COMMIT.
    pub(crate) fn commit(&mut self, begin: bool, queued: &Queued) -> Result<()> {
        let before = match self.statements_of(queued) {
            Ok(statements) => statements,
            Err(error) => {
                self.rollback();
                return Err(error);
            }
        };
        let Self {
            line,
            client,
            runtime,
            ..
        } = self;
        let (first, last) = runtime.block_on(line.drive(futures_util::future::join(
            lead(client, begin, &before, queued),
            client.batch_execute("COMMIT"),
        )));
        let Some(error) = first.and(last).err() else {
            return Ok(());
        };
        if is_refusal(&error) {
            // COMMIT of a failed transaction rolled it back.
            return Err(self.failed(&error));
        }
        self.line.broken = true;
        Err(DbError::OutcomeUnknown(error.to_string()))
    }

    pub(crate) fn rollback(&mut self) {
        if self.batch("ROLLBACK").is_err() {
            self.line.broken = true;
        }
    }

    pub(crate) const fn is_broken(&self) -> bool {
        self.line.broken
    }

    fn statements_of(&mut self, queued: &Queued) -> Result<Vec<Statement>> {
        queued.iter().map(|(sql, _)| self.statement(sql)).collect()
    }

    fn failed(&mut self, error: &tokio_postgres::Error) -> DbError {
        let error = translate(error);
        self.line.broken |= matches!(error, DbError::Gone(_));
        error
    }
}

/// BEGIN and the queued statements; polled first, so sent first.
async fn lead(
    client: &Client,
    begin: bool,
    statements: &[Statement],
    queued: &Queued,
) -> std::result::Result<(), tokio_postgres::Error> {
    let begin = async {
        if begin {
            client.batch_execute("BEGIN").await
        } else {
            Ok(())
        }
    };
    let queued = try_join_all(
        statements
            .iter()
            .zip(queued)
            .map(async |(statement, (_, args))| client.execute(statement, &parameters(args)).await),
    );
    let (begin, queued) = futures_util::future::join(begin, queued).await;
    begin.and(queued.map(|_| ()))
}

fn parameters<'a>(args: &'a [Value<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    args.iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

/// Makes connections for the pool.
pub(crate) struct Servers {
    config: Config,
}

impl Servers {
    pub(crate) const fn new(config: Config) -> Self {
        Self { config }
    }
}

impl r2d2::ManageConnection for Servers {
    type Connection = Connection;
    type Error = DbError;

    fn connect(&self) -> Result<Connection> {
        Connection::open(&self.config)
    }

    fn is_valid(&self, _connection: &mut Connection) -> Result<()> {
        Ok(())
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        connection.is_broken()
    }
}
