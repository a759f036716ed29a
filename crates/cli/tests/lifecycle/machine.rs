//! A machine to install on: databases on either engine, the executable, and what its commands say.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tallystick_db::{Address, Db, Options};
use tallystick_server::schema::SCHEMA;
use tempfile::TempDir;

/// Where one test's database is. Goes away with the test.
pub struct Place {
    /// For `--database`.
    pub address: String,
    /// A folder of the test's own.
    pub folder: TempDir,
    dropped: Option<String>,
}

impl Place {
    pub fn sqlite() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        Self {
            address: format!("sqlite:{}", folder.path().join("tally.db").display()),
            folder,
            dropped: None,
        }
    }

    pub fn postgres() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("cli_{}_{number}", std::process::id());
        let server = postgres_server();
        ask(
            &server,
            &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        );
        ask(
            &server,
            &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"),
        );
        let (server_part, _) = server.rsplit_once('/').expect("an address with a database");
        Self {
            address: format!("{server_part}/{name}"),
            folder: TempDir::new().expect("a temporary folder"),
            dropped: Some(name),
        }
    }

    pub fn both() -> [Self; 2] {
        [Self::sqlite(), Self::postgres()]
    }

    /// The SQLite file.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("tally.db")
    }

    /// A look into the database past the server, on either engine.
    pub fn look(&self) -> Db {
        look(&self.address)
    }

    /// Waits until PostgreSQL has noticed that a server which has ended, in peace or not, is gone.
    pub fn forgotten_by_postgres(&self) {
        if self.dropped.is_some() {
            until("PostgreSQL has no connections of the ended server", || {
                ask(
                    &self.address,
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
                )
                .as_deref()
                    == Some("0")
            });
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

pub fn look(address: &str) -> Db {
    let address: Address = address.parse().expect("a readable address");
    let options = Options {
        connections: 2,
        exclusive: false,
        fail_stop: Arc::new(|_| {}),
    };
    Db::open(&address, &SCHEMA, options).expect("a database of ours")
}

/// The server that the tests may make databases on. Without one the test fails: half a proof that looks whole is worse.
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
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "not within 30 seconds: {what}");
        std::thread::yield_now();
    }
}

/// The executable, with nothing of ours in its environment.
pub fn tallystick() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tallystick"));
    command.stdin(Stdio::null()).env_remove("TALLYSTICK_CONFIG");
    command
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub talk: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("text on stdout"),
            talk: String::from_utf8(output.stderr).expect("text on stderr"),
        }
    }
}

/// Runs a command to its end.
pub fn run(arguments: &[&str]) -> Ended {
    run_with(arguments, &[])
}

/// Runs a command to its end with these variables.
pub fn run_with(arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    tallystick()
        .args(arguments)
        .envs(variables.iter().copied())
        .output()
        .expect("tallystick starts")
        .into()
}

/// Runs a command that has to succeed; answers its data.
pub fn done(arguments: &[&str]) -> String {
    let ended = run(arguments);
    assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.talk);
    ended.out.trim_end().to_owned()
}

/// Runs a command that has to be refused with one sentence; answers the sentence.
pub fn refused(arguments: &[&str]) -> String {
    refused_with(arguments, &[])
}

pub fn refused_with(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let ended = run_with(arguments, variables);
    assert_eq!(ended.code, Some(1), "{arguments:?}: {ended:?}");
    assert_eq!(ended.out, "", "a refusal is no data");
    let lines: Vec<&str> = ended.talk.lines().collect();
    assert_eq!(lines.len(), 1, "one sentence, not {:?}", ended.talk);
    assert!(lines[0].starts_with("tallystick: "), "{}", ended.talk);
    lines[0].to_owned()
}

/// An organisation with one administrator and their token, on a database made for it.
pub struct Installation {
    pub address: String,
    pub organization: String,
    pub user: String,
    pub token: String,
}

impl Installation {
    pub fn on(address: &str) -> Self {
        let database = ["--database", address];
        let say = |words: &[&str]| done(&[words, &database].concat());
        say(&["init"]);
        let organization = say(&["org", "create", "Harbour Office"]);
        let admin = [
            "--org",
            organization.as_str(),
            "ida@harbour.example",
            "--role",
            "admin",
        ];
        let user = say(&[&["user", "create"], admin.as_slice()].concat());
        let token = say(&["token", "create", "ida@harbour.example"]);
        Self {
            address: address.to_owned(),
            organization,
            user,
            token,
        }
    }
}

/// A settings file.
pub fn write_file(path: &Path, text: &str) -> String {
    let mut file = std::fs::File::create(path).expect("a new file");
    file.write_all(text.as_bytes()).expect("a written file");
    path.to_str().expect("a path of text").to_owned()
}
