//! `cargo xtask bench`: Tallystick and its peers, in turns, in one run, on this machine.
//!
//! Only ratios within one run mean anything: the load generator shares the machine with the servers, and disks
//! have good and bad days. So every round gives each of them its turn, and medians over the rounds are reported.
//! All traffic stays on 127.0.0.1.

mod data;
mod goals;
mod legs;
mod load;
mod machine;
mod nginx;
mod page;
mod pocketbase;
mod postgres;
mod process;
mod report;
mod tools;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

use load::Wrk;
use page::Page;
use process::Server;
use report::Report;

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
            ..
        } = self;
        format!(
            "cargo xtask bench --rounds {rounds} --seconds {seconds} --clients {clients} --members {members} --tasks {tasks}"
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
}

/// A server that can serve the page, filled and ready to be started as often as needed.
trait Contestant {
    /// As the report calls it.
    fn name(&self) -> &'static str;
    /// Starts it; it may need a moment before it answers.
    fn launch(&self) -> Result<Server>;
    /// What to ask it for.
    fn page(&self) -> &Page;
}

/// Measures everything asked for.
pub fn run(options: &Options) -> Result<()> {
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
    let wrk = Wrk::new(&folder, options.clients)?;
    let size = Size {
        members: options.members,
        tasks: options.tasks,
    };

    if let Some(load) = machine::busy() {
        say(&format!(
            "the machine is busy (load {load}); the figures will be too low"
        ));
    }
    say("starting PostgreSQL");
    let postgres = postgres::Postgres::start(pg_bin, &folder.join("postgres"))?;
    postgres.fill()?;
    say(&format!("filling PocketBase with {} tasks", size.tasks));
    let pocketbase = pocketbase::PocketBase::fill(pocketbase, &folder.join("pocketbase"), size)?;

    let mut report = Report::new(options, &folder)?;
    report.of(pocketbase.name()).bytes = Some(fs::metadata(pocketbase.program())?.len());
    legs::starts(&mut report, options.rounds, &[&pocketbase])?;

    let body = legs::once(&pocketbase)?;
    let static_page = nginx::Nginx::fill(
        nginx.clone(),
        &folder.join("nginx"),
        &body,
        pocketbase.page(),
    )?;
    report.of(pocketbase.name()).page = Some(body.len());
    report.of(static_page.name()).page = Some(body.len());
    legs::reads(&mut report, &wrk, options, &[&pocketbase, &static_page])?;
    legs::completes(&mut report, options, &postgres)?;

    report.versions(vec![
        tools::pocketbase_version(),
        machine::nginx(&nginx)?,
        postgres.version()?,
    ]);
    let text = report.markdown()?;
    println!("{text}");
    if options.write {
        report::put_into(&root.join("docs/benchmarks.md"), &text)?;
    }
    Ok(())
}

/// Tells the person waiting what is going on, apart from the result.
fn say(what: &str) {
    eprintln!("bench: {what}");
}
