//! A database for one test: a copy of a migrated SQLite file, or a schema of its own in the PostgreSQL server that
//! `TALLYSTICK_TEST_POSTGRES` names.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tallystick_db::{Address, Db, DbError, Options, args};
use tallystick_server::schema::SCHEMA;
use tempfile::TempDir;
use tokio_postgres::error::SqlState;

/// Which engine a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// The place of a test's database; it goes when the test ends.
pub enum Database {
    Sqlite { _folder: TempDir, file: PathBuf },
    Postgres { server: String, schema: String },
}

impl Database {
    pub async fn make(kind: Kind) -> (Self, Db) {
        let (database, address) = match kind {
            Kind::Sqlite => Self::sqlite(),
            Kind::Postgres => Self::postgres().await,
        };
        let options = Options {
            connections: 6,
            exclusive: true,
            fail_stop: Arc::new(|reason| panic!("the outcome of a COMMIT is unknown: {reason}")),
        };
        let db = blocking(move || Db::open(&address, &SCHEMA, options).unwrap()).await;
        (database, db)
    }

    fn sqlite() -> (Self, Address) {
        static TEMPLATE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
        let (_, template) = TEMPLATE.get_or_init(|| {
            let folder = TempDir::new().unwrap();
            let file = folder.path().join("template.db");
            Db::create(&Address::Sqlite(file.clone()), &SCHEMA).unwrap();
            (folder, file)
        });
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("test.db");
        fs::copy(template, &file).unwrap();
        let address = Address::Sqlite(file.clone());
        (
            Self::Sqlite {
                _folder: folder,
                file,
            },
            address,
        )
    }

    async fn postgres() -> (Self, Address) {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        #[expect(
            clippy::disallowed_methods,
            reason = "the test script says by this variable where its PostgreSQL is"
        )]
        let server = std::env::var("TALLYSTICK_TEST_POSTGRES").expect(
            "TALLYSTICK_TEST_POSTGRES must name a PostgreSQL server; run the tests through ./test, which starts one",
        );
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let schema = format!("suite_{}_{count}", std::process::id());
        statement(
            &server,
            &format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}"),
        )
        .await;
        let joint = if server.contains('?') { '&' } else { '?' };
        let address: Address = format!("{server}{joint}options=-c%20search_path%3D{schema}")
            .parse()
            .unwrap();
        let created = address.clone();
        blocking(move || Db::create(&created, &SCHEMA).unwrap()).await;
        (Self::Postgres { server, schema }, address)
    }

    /// Everything that is stored, as text to be searched.
    pub fn content(&self, db: &Db) -> String {
        match self {
            Self::Sqlite { file, .. } => ["", "-wal"]
                .map(|suffix| read(Path::new(&format!("{}{suffix}", file.display()))))
                .concat(),
            Self::Postgres { .. } => db
                .read_here(|tx| {
                    let tables: Vec<String> = tx.all(
                        "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema()",
                        args![],
                        |row| row.take(),
                    )?;
                    let mut rows = Vec::new();
                    for table in tables {
                        let sql = format!("SELECT CAST(whole AS TEXT) FROM {table} whole");
                        rows.extend(tx.all(&sql, args![], |row| row.take::<String>())?);
                    }
                    Ok::<_, DbError>(rows.join("\n"))
                })
                .unwrap(),
        }
    }

    pub async fn remove(self) {
        if let Self::Postgres { server, schema } = self {
            statement(&server, &format!("DROP SCHEMA {schema} CASCADE")).await;
        }
    }
}

fn read(file: &Path) -> String {
    fs::read(file).map_or_else(
        |_| String::new(),
        |bytes| String::from_utf8_lossy(&bytes).into_owned(),
    )
}

/// The facade is synchronous; a thread that drives a runtime may not wait for it.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

async fn statement(server: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls)
        .await
        .expect("the PostgreSQL server of the tests answers");
    let driven = tokio::spawn(connection);
    // A chore of the server that was ended a moment ago may still be at its last statement: then PostgreSQL lets one of the
    // two go first.
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        match client.batch_execute(sql).await {
            Err(error) if error.code() == Some(&SqlState::T_R_DEADLOCK_DETECTED) => {
                assert!(Instant::now() < deadline, "{error}");
            }
            done => break done.unwrap(),
        }
    }
    drop(client);
    driven.await.unwrap().unwrap();
}
