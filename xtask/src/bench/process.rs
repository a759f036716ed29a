//! Servers under test as child processes: started, watched, asked for their memory, and ended whatever happens.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// How long any server may take to start or to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; ended when dropped.
pub struct Server {
    name: &'static str,
    child: Child,
    log: PathBuf,
    farewell: Signal,
}

impl Server {
    /// Starts `command` with its output in `log`.
    pub fn start(name: &'static str, mut command: Command, log: &Path) -> Result<Self> {
        let out = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            .spawn()
            .with_context(|| {
                format!("cannot start {name} ({})", command.get_program().display())
            })?;
        Ok(Self {
            name,
            child,
            log: log.to_owned(),
            farewell: Signal::TERM,
        })
    }

    /// Ends on another signal than SIGTERM.
    pub fn ends_on(mut self, signal: Signal) -> Self {
        self.farewell = signal;
        self
    }

    /// Asks `ready` again and again until it has an answer. A server that ended meanwhile is an error that shows its log.
    pub fn wait<T>(&mut self, mut ready: impl FnMut() -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = ready() {
                return Ok(found);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended with {status}:\n{}", self.name, tail(&self.log));
            }
            if Instant::now() > deadline {
                bail!(
                    "{} was not ready after {PATIENCE:?}:\n{}",
                    self.name,
                    tail(&self.log)
                );
            }
            // Shorter than any start worth measuring, long enough not to take a core away from it.
            thread::sleep(Duration::from_micros(200));
        }
    }

    /// Memory held right now: all of it, and the part no file could give back.
    pub fn memory(&self) -> Result<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let field = |name: &str| -> Result<u64> {
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .with_context(|| format!("no {name}"))?;
            Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
        };
        Ok(Memory {
            resident: field("VmRSS:")?,
            anonymous: field("RssAnon:")?,
        })
    }

    /// Asks it to end and waits for that; insists after a while.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if pid.is_some_and(|pid| kill_process(pid, self.farewell).is_ok()) {
            let deadline = Instant::now() + PATIENCE;
            while Instant::now() < deadline {
                if !matches!(self.child.try_wait(), Ok(None)) {
                    return;
                }
                thread::sleep(Duration::from_millis(2));
            }
        }
        // Nothing is left to be told to: the process is gone already, or will be after this.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// Bytes of memory.
#[derive(Clone, Copy)]
pub struct Memory {
    /// Everything resident, the executable's pages included.
    pub resident: u64,
    /// Heap and stacks.
    pub anonymous: u64,
}

/// A command whose process dies with this program, should this program be killed before it can clean up.
pub fn leashed(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program);
    command
}

/// Runs a command to its end and answers what it printed; failing is an error that shows what it said.
pub fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().display().to_string();
    let done = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {program}"))?;
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    if !done.status.success() {
        bail!(
            "{program} ended with {}:\n{said}{}",
            done.status,
            String::from_utf8_lossy(&done.stderr)
        );
    }
    Ok(said)
}

/// A port of 127.0.0.1 that was free a moment ago.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// An empty folder at `path`, whatever was there before.
pub fn empty_folder(path: &Path) -> Result<()> {
    if path.exists() {
        fs::remove_dir_all(path).with_context(|| format!("cannot empty {}", path.display()))?;
    }
    fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
