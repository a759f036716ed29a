//! `cargo xtask bench`: Tallystick and its peers, in turns, in one run, on this machine.
//!
//! Only ratios within one run mean anything: the load generator shares the machine with the servers, and disks
//! have good and bad days. So every round gives each of them its turn, and medians over the rounds are reported.
//! All traffic stays on 127.0.0.1.

mod data;
mod goals;
mod growth;
mod legs;
mod load;
mod machine;
mod nginx;
mod page;
mod pocketbase;
mod postgres;
mod process;
mod report;
mod tallystick;
mod tools;

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use load::Wrk;
use page::Page;
use process::Server;
use report::Report;
use tallystick::Tallystick;

/// What to measure, how long, and with how much.
#[derive(Args)]
pub struct Options {
    /// How often each server gets its turn
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// How long one turn of reading or completing lasts
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// Connections of the load generator
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1024))]
    clients: u32,
    /// Members of the organisation
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    members: u64,
    /// Tasks of the organisation, spread evenly over its members, three in ten of them done
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(100..=100_000_000))]
    tasks: u64,
    /// Tasks to complete in one turn, which ends early when they are used up
    #[arg(long, default_value_t = 60_000, value_parser = clap::value_parser!(u64).range(1_000..=1_000_000))]
    completes: u64,
    /// Also read the page from an organisation with 100 times the tasks; needs minutes to fill and some 10 GB
    #[arg(long)]
    growth: bool,
    /// Measure this executable instead of building one
    #[arg(long)]
    program: Option<PathBuf>,
    /// Put the figures into docs/benchmarks.md as well
    #[arg(long)]
    write: bool,
    /// Where servers, data and logs go; on the disk to be measured [default: target/bench]
    #[arg(long)]
    folder: Option<PathBuf>,
}

impl Options {
    /// The command that asks for the same run.
    fn command(&self) -> String {
        let Self {
            rounds,
            seconds,
            clients,
            members,
            tasks,
            completes,
            ..
        } = self;
        let growth = if self.growth { " --growth" } else { "" };
        format!(
            "cargo xtask bench --rounds {rounds} --seconds {seconds} --clients {clients} --members {members} --tasks {tasks} --completes {completes}{growth}"
        )
    }
}

/// How much data.
#[derive(Clone, Copy)]
pub struct Size {
    members: u64,
    tasks: u64,
}

impl Size {
    /// The member whose page is read: one in the middle.
    fn reader(self) -> u64 {
        self.members / 2
    }

    /// The smallest with so many active tasks in which three of ten tasks of each member are done.
    fn with_active(members: u64, active: u64) -> Self {
        let tasks = active.div_ceil(members * 7) * members * 10;
        Self { members, tasks }
    }
}

/// A server that can serve the page, filled and ready to be started as often as needed.
trait Contestant {
    /// As the report calls it.
    fn name(&self) -> &'static str;
    /// Starts it; it may need a moment before it answers.
    fn launch(&self) -> Result<Server>;
    /// What to ask it for.
    fn page(&self) -> &Page;
    /// Whether a body it answered is the page, whole and true.
    fn check(&self, body: &[u8]) -> Result<()>;
}

/// Tasks on the page.
const ROWS: usize = 10;
/// How many times the tasks the organisation that grew has.
const GROWN: u64 = 100;

/// Measures everything asked for.
pub fn run(options: &Options) -> Result<()> {
    if cfg!(debug_assertions) {
        // Data are made by the server's own code, which takes its time without optimisation.
        return again_optimised();
    }
    let root = PathBuf::from(
        std::env::var_os("CARGO_MANIFEST_DIR").context("run me as: cargo xtask bench")?,
    );
    let root = root
        .parent()
        .context("the manifest is in a folder")?
        .to_owned();
    let folder = options
        .folder
        .clone()
        .unwrap_or_else(|| root.join("target/bench"));
    fs::create_dir_all(&folder)?;
    let folder = folder.canonicalize()?;

    tools::wrk()?;
    let (nginx, pg_bin, pocketbase) = (
        tools::nginx()?,
        tools::postgres()?,
        tools::pocketbase(&folder)?,
    );
    let program = match &options.program {
        Some(program) => program.canonicalize()?,
        None => tallystick::build(&root)?,
    };
    if let Some(load) = machine::busy() {
        say(&format!(
            "the machine is busy (load {load}); the figures will be too low"
        ));
    }

    let mut report = Report::new(options, &folder)?;
    say("starting PostgreSQL");
    let postgres = postgres::Postgres::start(pg_bin, &folder.join("postgres"))?;
    postgres.fill()?;
    report.versions(vec![
        tallystick::version(&program)?,
        tools::pocketbase_version(),
        machine::nginx(&nginx)?,
        postgres.version()?,
    ]);
    the_page(
        &mut report,
        options,
        &folder,
        &program,
        &postgres,
        (nginx, pocketbase),
    )?;
    changes(&mut report, options, &folder, &program, &postgres)?;

    let text = report.markdown()?;
    println!("{text}");
    if options.write {
        report::put_into(&root.join("docs/benchmarks.md"), &text)?;
    }
    Ok(())
}

/// Starting and reading, with all who can.
fn the_page(
    report: &mut Report,
    options: &Options,
    folder: &Path,
    program: &Path,
    postgres: &postgres::Postgres,
    (nginx, pocketbase): (PathBuf, PathBuf),
) -> Result<()> {
    let wrk = Wrk::new(folder, options.clients)?;
    let size = Size {
        members: options.members,
        tasks: options.tasks,
    };
    say(&format!("filling everyone with {} tasks", size.tasks));
    let sqlite = Tallystick::on_sqlite(program, &folder.join("tallystick"), size)?;
    let on_postgres = folder.join("tallystick-postgres");
    let on_postgres = Tallystick::on_postgres(program, &on_postgres, postgres, "page", size)?;
    let pocketbase = pocketbase::PocketBase::fill(pocketbase, &folder.join("pocketbase"), size)?;

    report.of(sqlite.name()).bytes = Some(fs::metadata(program)?.len());
    report.of(on_postgres.name()).bytes = report.of(sqlite.name()).bytes;
    report.of(pocketbase.name()).bytes = Some(fs::metadata(pocketbase.program())?.len());
    legs::starts(
        report,
        options.rounds,
        &[&sqlite, &on_postgres, &pocketbase],
    )?;

    let body = legs::once(&sqlite)?;
    let copy = nginx::Nginx::fill(nginx, &folder.join("nginx"), &body, sqlite.page())?;
    let everyone: [&dyn Contestant; 4] = [&sqlite, &on_postgres, &pocketbase, &copy];
    for contestant in everyone {
        report.of(contestant.name()).page = Some(legs::once(contestant)?.len());
    }
    legs::reads(report, &wrk, options, &everyone)?;

    if options.growth {
        growth::room_for(sqlite.filled(), folder)?;
        let size = Size {
            tasks: size.tasks * GROWN,
            ..size
        };
        say(&format!("filling Tallystick with {} tasks", size.tasks));
        let grown = Tallystick::on_sqlite(program, &folder.join("tallystick-grown"), size)?;
        report.of(grown.name()).grown = Some(grown.filled());
        legs::growth(report, &wrk, options, &sqlite, &grown)?;
        grown.discard()?;
    }
    Ok(())
}

/// Durable changes, on data of their own: what is completed is gone from the page.
fn changes(
    report: &mut Report,
    options: &Options,
    folder: &Path,
    program: &Path,
    postgres: &postgres::Postgres,
) -> Result<()> {
    let wrk = Wrk::new(folder, options.clients)?;
    let needed = legs::warm_up(options) + u64::from(options.rounds) * options.completes;
    let size = Size::with_active(options.members, needed);
    say(&format!(
        "filling Tallystick with {} tasks to complete, on both engines",
        size.tasks
    ));
    let sqlite = Tallystick::on_sqlite(program, &folder.join("tallystick-changes"), size)?;
    let on_postgres = folder.join("tallystick-postgres-changes");
    let on_postgres = Tallystick::on_postgres(program, &on_postgres, postgres, "changes", size)?;
    legs::completes(report, &wrk, options, postgres, &[&sqlite, &on_postgres])
}

/// Becomes the same command, built with optimisation.
fn again_optimised() -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut again = Command::new(cargo);
    again.args(["run", "--release", "--quiet", "--package", "xtask", "--"]);
    again.args(std::env::args_os().skip(1));
    say("building the filler");
    Err(again.exec()).context("cannot run cargo again")
}

/// Tells the person waiting what is going on, apart from the result.
fn say(what: &str) {
    eprintln!("bench: {what}");
}
