//! A PostgreSQL of the run's own, on the same disk, with Debian's settings: `fsync` on, nothing tuned.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use rustix::process::{Signal, geteuid};

use super::load::Sample;
use super::process::{Server, empty_folder, free_port, output};

/// A running PostgreSQL.
pub struct Postgres {
    bin: PathBuf,
    port: u16,
    script: PathBuf,
    _server: Server,
}

const USER: &str = "bench";
const PGBENCH: &str = "pgbench";
/// Hundred thousands of rows of pgbench's table.
const SCALE: u64 = 5;

impl Postgres {
    /// Makes a fresh one in `folder` and starts it.
    pub fn start(bin: PathBuf, folder: &Path) -> Result<Self> {
        empty_folder(folder)?;
        let data = folder.join("data");
        fs::create_dir(&data)?;
        if geteuid().is_root() {
            // PostgreSQL refuses to run as root; its Debian package brings a user for it.
            let id = |flag| -> Result<u32> {
                Ok(output(Command::new("id").args([flag, "postgres"]))?
                    .trim()
                    .parse()?)
            };
            chown(&data, Some(id("-u")?), Some(id("-g")?))?;
        }
        let mut init = as_postgres(&bin.join("initdb"));
        output(init.arg("-D").arg(&data).args([
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "-U",
            USER,
        ]))?;
        let port = free_port()?;
        let mut serve = as_postgres(&bin.join("postgres"));
        serve.arg("-D").arg(&data).args([
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
        ]);
        serve.args([
            "-c",
            "fsync=on",
            "-c",
            "synchronous_commit=on",
            "-c",
            &format!("port={port}"),
        ]);
        let mut server =
            Server::start("PostgreSQL", serve, &folder.join("log"))?.ends_on(Signal::INT);
        server.wait(|| {
            let mut asked = Command::new(bin.join("pg_isready"));
            asked.args([
                "-q",
                "-h",
                "127.0.0.1",
                "-U",
                USER,
                "-d",
                "postgres",
                "-p",
                &port.to_string(),
            ]);
            asked
                .status()
                .ok()
                .filter(std::process::ExitStatus::success)
        })?;
        Ok(Self {
            bin,
            port,
            script: folder.join("update.sql"),
            _server: server,
        })
    }

    /// Makes an empty database and answers its address.
    pub fn database(&self, name: &str) -> Result<String> {
        let sorting = ["--template=template0", "--encoding=UTF8", "--locale=C"];
        output(self.tool("createdb").args(sorting).arg(name))?;
        Ok(format!("postgres://{USER}@127.0.0.1:{}/{name}", self.port))
    }

    /// What a database does to itself some time after it was filled, done now rather than in the middle of a measurement.
    pub fn settle(&self, name: &str) -> Result<()> {
        output(self.tool("vacuumdb").args(["--quiet", "--analyze", name]))?;
        self.checkpoint()
    }

    /// Writes out everything, so that a measurement does not pay for the one before.
    pub fn checkpoint(&self) -> Result<()> {
        output(
            self.tool("psql")
                .args(["-q", "-d", "postgres", "-c", "CHECKPOINT"]),
        )
        .map(drop)
    }

    /// Fills pgbench's table.
    pub fn fill(&self) -> Result<()> {
        self.database(PGBENCH)?;
        output(
            self.tool("pgbench")
                .args(["-q", "-i", "-s", &SCALE.to_string(), PGBENCH]),
        )?;
        fs::write(
            &self.script,
            format!(
                "\\set aid random(1, {})\nUPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = :aid;\n",
                SCALE * 100_000
            ),
        )?;
        self.settle(PGBENCH)
    }

    /// Each client changes one row and commits, again and again.
    pub fn commits(&self, clients: u32, seconds: u32) -> Result<Sample> {
        let mut bench = self.tool("pgbench");
        bench.args([
            "-n",
            "-M",
            "prepared",
            "-c",
            &clients.to_string(),
            "-T",
            &seconds.to_string(),
        ]);
        let log = self.script.with_file_name("latency");
        // One in twenty is enough for percentiles and costs nothing.
        bench
            .args(["-l", "--sampling-rate=0.05"])
            .arg("--log-prefix")
            .arg(&log)
            .arg("-f")
            .arg(&self.script)
            .arg(PGBENCH);
        let said = output(&mut bench)?;
        let tps = said
            .lines()
            .find_map(|line| line.strip_prefix("tps = "))
            .with_context(|| format!("no tps in:\n{said}"))?;
        let rate = tps.split(' ').next().unwrap_or_default().parse()?;
        let (p50, p99) = percentiles(&log)?;
        Ok(Sample { rate, p50, p99 })
    }

    /// The version, as PostgreSQL says it.
    pub fn version(&self) -> Result<String> {
        Ok(
            output(Command::new(self.bin.join("postgres")).arg("--version"))?
                .trim()
                .replace("postgres (PostgreSQL)", "PostgreSQL"),
        )
    }

    fn tool(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command.args(["-h", "127.0.0.1", "-U", USER, "-p", &self.port.to_string()]);
        command
    }
}

/// pgbench leaves one line per transaction in `PREFIX.PID`; the third word is its time in microseconds.
fn percentiles(prefix: &Path) -> Result<(f64, f64)> {
    let folder = prefix.parent().context("a log has a folder")?;
    let stem = prefix
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
        + ".";
    let mut times: Vec<u32> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with(&stem))
        {
            times.extend(
                fs::read_to_string(&path)?
                    .lines()
                    .filter_map(|line| line.split(' ').nth(2)?.parse::<u32>().ok()),
            );
            fs::remove_file(path)?;
        }
    }
    times.sort_unstable();
    let at = |share: usize| {
        times
            .get(times.len() * share / 100)
            .map(|&micros| f64::from(micros) / 1e3)
    };
    at(50).zip(at(99)).context("pgbench logged no transaction")
}

/// A program of PostgreSQL, run as somebody who is not root, and not outliving this program.
fn as_postgres(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if geteuid().is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.args(["--pdeathsig", "KILL", "--"]).arg(program);
    // The folder this program was started in may be closed to that user.
    command.current_dir("/");
    command
}
