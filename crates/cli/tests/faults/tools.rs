//! How faults are made: strace for failing calls, a small file system for full disks.

use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::machine::until;
use crate::server::signal;

/// A number below `limit`, another one each time.
pub fn any(limit: usize) -> usize {
    let chance = RandomState::new().build_hasher().finish();
    usize::try_from(chance % limit as u64).unwrap()
}

fn need_root(what: &str) {
    assert!(rustix::process::geteuid().is_root(), "{what} takes root");
}

/// Makes calls of a running process fail, until it is dropped.
pub struct Strace(Child);

impl Strace {
    /// `fault` as in `strace -e inject=`.
    pub fn on(pid: u32, calls: &str, fault: &str) -> Self {
        need_root("making calls of a server fail");
        let mut strace = Command::new("strace")
            .args([
                "-f",
                "-e",
                &format!("trace={calls}"),
                "-e",
                &format!("inject={calls}:{fault}"),
                "-p",
                &pid.to_string(),
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("strace has to be installed for this test (./test does so)");
        let mut talk = BufReader::new(strace.stderr.take().unwrap());
        let mut heard = String::new();
        while !heard.contains("attached") {
            let length = talk.read_line(&mut heard).unwrap();
            assert!(length > 0, "strace cannot hold the server: {heard}");
        }
        // It must not be held up by a pipe that nobody reads.
        std::thread::spawn(move || std::io::copy(&mut talk, &mut std::io::sink()));
        Self(strace)
    }
}

impl Drop for Strace {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            // Asked, not killed: it has to let go of the server.
            signal(self.0.id(), "INT");
        }
        let _ = self.0.wait();
    }
}

/// A disk of a few megabytes, gone with the test.
pub struct SmallDisk {
    pub at: PathBuf,
    _folder: TempDir,
}

impl SmallDisk {
    pub fn new(size: &str) -> Self {
        need_root("mounting a small disk");
        let folder = TempDir::new().unwrap();
        let at = folder.path().join("disk");
        fs::create_dir(&at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(&at)
            .status()
            .unwrap();
        assert!(mounted.success(), "no small disk can be mounted here");
        Self {
            at,
            _folder: folder,
        }
    }

    fn ballast(&self) -> PathBuf {
        self.at.join("ballast")
    }

    /// Leaves no byte free.
    pub fn fill(&self) {
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.ballast())
            .unwrap();
        for piece in [65_536, 4_096, 1] {
            while file.write_all(&vec![0; piece]).is_ok() {}
        }
    }

    pub fn relieve(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        unmount(&self.at);
    }
}

fn unmount(at: &Path) {
    // Somebody may still be closing a file there.
    until("the small disk is unmounted", || {
        Command::new("umount")
            .arg(at)
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    });
}
