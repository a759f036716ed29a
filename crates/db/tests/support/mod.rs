//! A fresh database for each test, on either engine.
//!
//! A missing PostgreSQL fails the test: half a proof that looks like a whole one is worse than none.

#![allow(
    dead_code,
    clippy::expect_used,
    reason = "each test program uses its own part of this, and a helper may panic as the test itself may"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tallystick_db::refinery::{Migration, Runner};
use tallystick_db::{Address, Db, DbError, Options, Schema, Stop, Tx};
use tempfile::TempDir;

/// The tables that the tests of this crate play with.
pub const SCHEMA: Schema = Schema {
    migrations: || Runner::new(&migrations()[..1]),
};

/// The same, one release later.
pub const NEXT_SCHEMA: Schema = Schema {
    migrations: || Runner::new(&migrations()),
};

fn migrations() -> [Migration; 2] {
    let step = |name, sql| Migration::unapplied(name, sql).expect("a readable migration");
    [
        step(
            "V1__things",
            "CREATE TABLE owners (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL); \
             CREATE TABLE things ( \
                 id BIGINT NOT NULL PRIMARY KEY, \
                 owner BIGINT REFERENCES owners (id), \
                 name TEXT, \
                 amount BIGINT, \
                 flag BOOLEAN, \
                 narrow INTEGER, \
                 kind TEXT CHECK (kind IN ('a', 'b')) \
             ); \
             CREATE UNIQUE INDEX things_by_name ON things (name);",
        ),
        step(
            "V2__colour",
            "ALTER TABLE things ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey';",
        ),
    ]
}

/// Where a test's database is. Goes away with the test.
pub struct Place {
    pub address: Address,
    pub folder: Option<TempDir>,
    dropped: Option<String>,
}

impl Place {
    pub fn sqlite() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let address = format!("sqlite:{}", folder.path().join("t.db").display());
        Self {
            address: address.parse().expect("a readable address"),
            folder: Some(folder),
            dropped: None,
        }
    }

    pub fn postgres() -> Self {
        Self::postgres_with("LOCALE 'C'")
    }

    /// `how` goes into CREATE DATABASE.
    pub fn postgres_with(how: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("db_{}_{number}", std::process::id());
        let server = postgres_server();
        ask(
            &server,
            &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        );
        ask(
            &server,
            &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' {how}"),
        );
        let (server_part, _) = server.rsplit_once('/').expect("an address with a database");
        Self {
            address: format!("{server_part}/{name}")
                .parse()
                .expect("a readable address"),
            folder: None,
            dropped: Some(name),
        }
    }

    /// Made and opened.
    pub fn db(&self) -> Db {
        Db::create(&self.address, &SCHEMA).expect("a new database");
        self.open()
    }

    pub fn open(&self) -> Db {
        Db::open(&self.address, &SCHEMA, options()).expect("an open database")
    }

    /// The database as PostgreSQL clients know it.
    pub fn url(&self) -> &str {
        match &self.address {
            Address::Postgres(url) => url,
            Address::Sqlite(_) => panic!("this test is about PostgreSQL"),
        }
    }

    /// The file as other programs know it.
    pub fn file(&self) -> &std::path::Path {
        match &self.address {
            Address::Sqlite(path) => path,
            Address::Postgres(_) => panic!("this test is about SQLite"),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(name) = &self.dropped {
            ask(
                &postgres_server(),
                &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            );
        }
    }
}

/// How the tests open: with a failed COMMIT being a failed test.
pub fn options() -> Options {
    Options {
        connections: 4,
        exclusive: false,
        fail_stop: Arc::new(|reason| panic!("a COMMIT with an unknown outcome: {reason}")),
    }
}

/// Runs the test on both engines, each with a database of its own.
pub fn on_both(test: impl Fn(&Db)) {
    for place in [Place::sqlite(), Place::postgres()] {
        test(&place.db());
    }
}

pub fn read<T>(db: &Db, work: impl Fn(&mut Tx<'_>) -> tallystick_db::Result<T>) -> T {
    db.read_here(work).expect("a read")
}

pub fn write<T: Send + 'static>(
    db: &Db,
    work: impl FnMut(&mut Tx<'_>) -> tallystick_db::Result<T> + Send + 'static,
) -> T {
    try_write(db, work).expect("a write")
}

pub fn try_write<T: Send + 'static>(
    db: &Db,
    mut work: impl FnMut(&mut Tx<'_>) -> tallystick_db::Result<T> + Send + 'static,
) -> tallystick_db::Result<T> {
    db.write_here(move |tx| work(tx).map_err(Stop::<DbError>::Abort))
}

/// The server that the tests may make databases on.
pub fn postgres_server() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "tells the tests, not the server, where PostgreSQL is"
    )]
    let address = std::env::var("TALLYSTICK_TEST_POSTGRES");
    address.expect("TALLYSTICK_TEST_POSTGRES names no PostgreSQL server: run the tests with ./test")
}

/// What an administrator with a client of their own would do; the first column of the first row.
pub fn ask(url: &str, sql: &str) -> Option<String> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(async {
            let (client, protocol) = tokio_postgres::connect(url, tokio_postgres::NoTls)
                .await
                .expect("the PostgreSQL of the tests answers");
            let protocol = tokio::spawn(protocol);
            let answer = client
                .simple_query(sql)
                .await
                .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
            drop(client);
            let _ = protocol.await;
            answer.iter().find_map(|message| match message {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
        })
}

/// Waits until it is so, but not for ever.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "not within 20 seconds: {what}");
        std::thread::yield_now();
    }
}
