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

/// Statements that wait for the next one, with their values.
pub(super) type Queued = Vec<(String, Vec<Value<'static>>)>;
type Protocol =
    Pin<Box<dyn Future<Output = std::result::Result<(), tokio_postgres::Error>> + Send>>;

/// When PostgreSQL makes the plan of a prepared statement.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Planning {
    /// Once, for whatever values may come.
    #[default]
    Once,
    /// When it thinks that knowing the values is worth the time.
    ForEach,
}

/// What is sent before a statement, together with it.
#[derive(Default)]
pub(crate) struct Lead {
    pub(super) planning: Planning,
    pub(super) begin: bool,
    pub(super) queued: Queued,
}

/// A connection and the statements prepared on it.
pub(crate) struct Connection {
    // Declared before the runtime: the protocol's socket must be closed while its reactor lives.
    line: Line,
    client: Client,
    statements: HashMap<String, Statement>,
    planning: Planning,
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
            planning: Planning::Once,
            runtime,
        };
        connection.batch("SET synchronous_commit = on; SET statement_timeout = '30s'; SET lock_timeout = '10s'; SET TIME ZONE 'UTC'; SET plan_cache_mode = force_generic_plan")?;
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
        lead: &Lead,
        sql: &str,
        args: &[Value<'_>],
    ) -> Result<Vec<tokio_postgres::Row>> {
        // A failed PREPARE would abort the transaction, so it happens before BEGIN is sent.
        let statement = self.statement(sql)?;
        self.after(lead, async |client| {
            client.query(&statement, &parameters(args)).await
        })
    }

    /// The rows of two statements, sent together.
    pub(crate) fn query_two(
        &mut self,
        lead: &Lead,
        (first, first_args): (&str, &[Value<'_>]),
        (second, second_args): (&str, &[Value<'_>]),
    ) -> Result<(Vec<tokio_postgres::Row>, Vec<tokio_postgres::Row>)> {
        let (first, second) = (self.statement(first)?, self.statement(second)?);
        self.after(lead, async |client| {
            let (first_args, second_args) = (parameters(first_args), parameters(second_args));
            let (first, second) = futures_util::future::join(
                client.query(&first, &first_args),
                client.query(&second, &second_args),
            )
            .await;
            first.and_then(|first| Ok((first, second?)))
        })
    }

    pub(crate) fn execute(&mut self, lead: &Lead, sql: &str, args: &[Value<'_>]) -> Result<u64> {
        let statement = self.statement(sql)?;
        self.after(lead, async |client| {
            client.execute(&statement, &parameters(args)).await
        })
    }

    fn after<T>(
        &mut self,
        lead: &Lead,
        last: impl AsyncFnOnce(&Client) -> std::result::Result<T, tokio_postgres::Error>,
    ) -> Result<T> {
        let before = self.statements_of(&lead.queued)?;
        let switch = self.switch(lead.planning);
        let Self {
            line,
            client,
            runtime,
            ..
        } = self;
        let ended = runtime.block_on(line.drive(async {
            let (first, last) =
                futures_util::future::join(go_before(client, switch, lead, &before), last(client))
                    .await;
            first.and(last)
        }));
        ended.map_err(|error| self.failed(&error))
    }

    /// What to send when statements are to be planned another way than those before.
    fn switch(&mut self, planning: Planning) -> Option<&'static str> {
        let before = std::mem::replace(&mut self.planning, planning);
        (before != planning).then_some(match planning {
            Planning::Once => "SET plan_cache_mode = force_generic_plan",
            Planning::ForEach => "SET plan_cache_mode = auto",
        })
    }

    /// Sends what is queued together with COMMIT.
    pub(crate) fn commit(&mut self, lead: &Lead) -> Result<()> {
        let before = match self.statements_of(&lead.queued) {
            Ok(statements) => statements,
            Err(error) => {
                self.rollback();
                return Err(error);
            }
        };
        let switch = self.switch(lead.planning);
        let Self {
            line,
            client,
            runtime,
            ..
        } = self;
        let (first, last) = runtime.block_on(line.drive(futures_util::future::join(
            go_before(client, switch, lead, &before),
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

    fn statements_of(
        &mut self,
        queued: &[(String, Vec<Value<'static>>)],
    ) -> Result<Vec<Statement>> {
        queued.iter().map(|(sql, _)| self.statement(sql)).collect()
    }

    fn failed(&mut self, error: &tokio_postgres::Error) -> DbError {
        let error = translate(error);
        self.line.broken |= matches!(error, DbError::Gone(_));
        error
    }
}

/// BEGIN and the queued statements; polled first, so sent first.
async fn go_before(
    client: &Client,
    switch: Option<&str>,
    lead: &Lead,
    statements: &[Statement],
) -> std::result::Result<(), tokio_postgres::Error> {
    let simple = async |sql: Option<&str>| match sql {
        Some(sql) => client.batch_execute(sql).await,
        None => Ok(()),
    };
    let queued = try_join_all(
        statements
            .iter()
            .zip(&lead.queued)
            .map(async |(statement, (_, args))| client.execute(statement, &parameters(args)).await),
    );
    // The switch goes before BEGIN: a rollback would take it back.
    let (switched, begun, queued) = futures_util::future::join3(
        simple(switch),
        simple(lead.begin.then_some("BEGIN")),
        queued,
    )
    .await;
    switched.and(begun).and(queued.map(|_| ()))
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
