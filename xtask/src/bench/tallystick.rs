//! Tallystick itself: its own code makes the data, its release build serves them with the settings anyone starts with.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use rusqlite::Connection;
use tallystick_db::{Address, Db, Options};
use tallystick_server::clock::{Clock as _, SystemClock};
use tallystick_server::demo;
use tallystick_server::fixture::{Fixture, benchmark};
use tallystick_server::ids::Ids;
use tallystick_server::schema::SCHEMA;

use super::goals::name;
use super::page::Page;
use super::postgres::Postgres;
use super::process::{Server, empty_folder, free_port, leashed, output};
use super::{Contestant, ROWS, Size, say};

/// A filled database and the server for it.
pub struct Tallystick {
    name: &'static str,
    program: PathBuf,
    folder: PathBuf,
    address: String,
    port: u16,
    page: Page,
    organization: String,
    own_tasks: usize,
    filled: Filled,
}

/// What it took to make the data.
#[derive(Clone, Copy)]
pub struct Filled {
    /// Rows of the table of tasks.
    pub tasks: u64,
    /// How long it took.
    pub time: Duration,
    /// Of the database, where that is a file.
    pub bytes: Option<u64>,
}

impl Tallystick {
    /// Makes and fills a SQLite database in `folder`.
    pub fn on_sqlite(program: &Path, folder: &Path, size: Size) -> Result<Self> {
        empty_folder(folder)?;
        let file = folder.join("tallystick.db");
        let address = format!("sqlite:{}", file.display());
        let mut this = Self::fill(name::SQLITE, program, folder, address, size)?;
        Connection::open(&file)?.execute_batch("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)")?;
        this.filled.bytes = Some(fs::metadata(&file)?.len());
        Ok(this)
    }

    /// Makes and fills the database `database`; `folder` is for logs and lists.
    pub fn on_postgres(
        program: &Path,
        folder: &Path,
        postgres: &Postgres,
        database: &str,
        size: Size,
    ) -> Result<Self> {
        empty_folder(folder)?;
        let address = postgres.database(database)?;
        let this = Self::fill(name::POSTGRES, program, folder, address, size)?;
        postgres.settle(database)?;
        Ok(this)
    }

    fn fill(
        name: &'static str,
        program: &Path,
        folder: &Path,
        address: String,
        size: Size,
    ) -> Result<Self> {
        let begin = Instant::now();
        let fixture = make(&address, size)?;
        let filled = Filled {
            tasks: size.tasks,
            time: begin.elapsed(),
            bytes: None,
        };
        let reader = usize::try_from(size.reader())?;
        let (_, token) = fixture
            .members
            .get(reader)
            .context("the reader is a member")?;
        let port = free_port()?;
        let organization = fixture.organization_id.clone();
        let page = format!(
            "http://127.0.0.1:{port}/api/organizations/{organization}/me/tasks?per_page={ROWS}"
        );
        fs::write(folder.join("tasks"), lines(&fixture)?)?;
        Ok(Self {
            name,
            program: program.to_owned(),
            folder: folder.to_owned(),
            address,
            port,
            page: Page::new(page, token),
            organization,
            own_tasks: fixture
                .active_tasks
                .iter()
                .filter(|(member, _)| *member == reader)
                .count(),
            filled,
        })
    }

    /// Where a task is completed.
    pub fn complete_url(&self) -> String {
        format!(
            "http://127.0.0.1:{}/api/organizations/{}/completed-tasks",
            self.port, self.organization
        )
    }

    /// The tasks that can be completed: a line each, the token of who has to do it and the task's id.
    pub fn tasks(&self) -> PathBuf {
        self.folder.join("tasks")
    }

    /// What it took to make the data.
    pub fn filled(&self) -> Filled {
        self.filled
    }

    /// Gives the disk back.
    pub fn discard(self) -> Result<()> {
        Ok(fs::remove_dir_all(self.folder)?)
    }
}

impl Contestant for Tallystick {
    fn name(&self) -> &'static str {
        self.name
    }

    fn launch(&self) -> Result<Server> {
        let mut serve = leashed(&self.program);
        serve.args(["serve", "--database", &self.address, "--listen"]);
        serve.arg(format!("127.0.0.1:{}", self.port));
        // A load generator is one person in a great hurry.
        serve.args([
            "--set",
            "limits.per_person=0",
            "--set",
            "limits.per_stranger=0",
        ]);
        serve.current_dir(&self.folder);
        Server::start(self.name, serve, &self.folder.join("log"))
    }

    fn page(&self) -> &Page {
        &self.page
    }

    fn check(&self, body: &[u8]) -> Result<()> {
        let answer: serde_json::Value = serde_json::from_slice(body)?;
        let total = answer["meta"]["pagination"]["total"].as_u64();
        ensure!(
            total == u64::try_from(self.own_tasks).ok(),
            "{} tells of {total:?} tasks, there are {}",
            self.name,
            self.own_tasks
        );
        let rows = answer["data"].as_array().map_or(0, Vec::len);
        ensure!(
            rows == self.own_tasks.min(ROWS),
            "{} shows {rows} tasks",
            self.name
        );
        Ok(())
    }
}

/// Builds the executable that is measured, as it is released, and answers where it is.
pub fn build(root: &Path) -> Result<PathBuf> {
    say("building Tallystick");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--release", "--quiet", "--package", "tallystick"]);
    output(build.current_dir(root))?;
    let program = std::env::current_exe()?.with_file_name("tallystick");
    ensure!(program.is_file(), "{} was not built", program.display());
    Ok(program)
}

/// The version, as the executable says it.
pub fn version(program: &Path) -> Result<String> {
    let said = output(Command::new(program).arg("--version"))?;
    Ok(said.trim().replace("tallystick", "Tallystick"))
}

fn make(address: &str, size: Size) -> Result<Fixture> {
    let address: Address = address.parse().map_err(|error: String| anyhow!(error))?;
    Db::create(&address, &SCHEMA)?;
    let (failing, failed) = std::sync::mpsc::channel();
    let options = Options {
        connections: 4,
        exclusive: false,
        fail_stop: Arc::new(move |reason| drop(failing.send(reason.to_owned()))),
    };
    let db = Db::open(&address, &SCHEMA, options)?;
    let now = SystemClock::default().now();
    demo::found_instance(&db, &Ids::default(), now)?;
    let (members, tasks) = (i64::try_from(size.members)?, i64::try_from(size.tasks)?);
    let made = benchmark(&db, members, tasks, now);
    if let Ok(reason) = failed.try_recv() {
        return Err(anyhow!(reason));
    }
    Ok(made?)
}

fn lines(fixture: &Fixture) -> Result<String> {
    let mut text = String::new();
    for (member, task) in &fixture.active_tasks {
        let (_, token) = fixture
            .members
            .get(*member)
            .context("assigned to a member")?;
        writeln!(text, "{token} {task}")?;
    }
    Ok(text)
}
