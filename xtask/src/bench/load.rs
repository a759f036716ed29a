//! The load generator: wrk, the same for every server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use super::page::Page;
use super::process::output;

/// What one run of the load generator saw.
#[derive(Clone, Copy)]
pub struct Sample {
    /// Answers per second.
    pub rate: f64,
    /// Half of the answers came within this many milliseconds.
    pub p50: f64,
    /// All but one in a hundred came within this many milliseconds.
    pub p99: f64,
}

/// wrk and its scripts.
pub struct Wrk {
    report: PathBuf,
    complete: PathBuf,
    clients: u32,
}

/// The line `report.lua` prints.
#[derive(Deserialize)]
struct Line {
    requests: u64,
    micros: f64,
    p50: f64,
    p99: f64,
    refused: u64,
    broken: u64,
}

impl Wrk {
    /// Writes the scripts into `folder`.
    pub fn new(folder: &Path, clients: u32) -> Result<Self> {
        const REPORT: &str = include_str!("wrk/report.lua");
        const COMPLETE: &str = include_str!("wrk/complete.lua");
        let (report, complete) = (folder.join("report.lua"), folder.join("complete.lua"));
        fs::write(&report, REPORT)?;
        fs::write(&complete, format!("{COMPLETE}\n{REPORT}"))?;
        Ok(Self {
            report,
            complete,
            clients,
        })
    }

    /// Gets one page again and again.
    pub fn read(&self, page: &Page, seconds: u32) -> Result<Sample> {
        let mut wrk = self.command(2, seconds);
        for (name, value) in &page.headers {
            wrk.arg("-H").arg(format!("{name}: {value}"));
        }
        measure(wrk.arg("-s").arg(&self.report).arg(&page.url))
    }

    /// Completes the tasks of `list` (a token and an id per line) from line `skip` on, at most `most` of them.
    pub fn complete(
        &self,
        url: &str,
        list: &Path,
        skip: u64,
        most: u64,
        seconds: u32,
    ) -> Result<Sample> {
        // One wrk thread, so that one script hands out each task once; it is far from being the slowest part.
        let mut wrk = self.command(1, seconds);
        wrk.arg("-s")
            .arg(&self.complete)
            .arg(url)
            .arg("--")
            .arg(list);
        measure(wrk.args([skip.to_string(), most.to_string()]))
    }

    fn command(&self, threads: u32, seconds: u32) -> Command {
        let mut wrk = Command::new("wrk");
        wrk.arg(format!("-t{threads}"))
            .arg(format!("-c{}", self.clients))
            .arg(format!("-d{seconds}s"));
        wrk.args(["--timeout", "10s"]);
        wrk
    }
}

fn measure(wrk: &mut Command) -> Result<Sample> {
    let said = output(wrk)?;
    let line = said.lines().rev().find(|line| line.starts_with('{'));
    let line: Line =
        serde_json::from_str(line.with_context(|| format!("wrk gave no figures:\n{said}"))?)?;
    ensure!(line.requests > 0, "wrk got no answer:\n{said}");
    if line.refused + line.broken > 0 {
        bail!(
            "{} of {} answers were errors, {} connections broke",
            line.refused,
            line.requests,
            line.broken
        );
    }
    Ok(Sample {
        rate: line.requests as f64 / (line.micros / 1e6),
        p50: line.p50 / 1e3,
        p99: line.p99 / 1e3,
    })
}
