//! `cargo xtask generate`: the files that are made from the code. With `--check` nothing is written, and a file that
//! would change fails the run.

mod parity;
mod settings;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// Options of `generate`.
#[derive(clap::Args)]
pub struct Options {
    /// Only compare, and fail where a file is not up to date
    #[arg(long)]
    check: bool,
}

/// Writes or compares every generated file.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let root = root()?;
    let endpoints = fs::read_to_string(root.join("docs/contract/endpoints.tsv"))?;
    let features = fs::read_to_string(root.join("docs/contract/features.tsv"))?;
    let files = [
        (
            "docs/openapi.json",
            tallystick_server::router::openapi_document() + "\n",
        ),
        ("docs/parity.md", parity::page(&endpoints, &features)),
        ("docs/settings.md", settings::page()),
    ];
    let mut stale = Vec::new();
    for (name, content) in files {
        let path = root.join(name);
        if fs::read_to_string(&path).unwrap_or_default() == content {
            continue;
        }
        if options.check {
            stale.push(name);
        } else {
            fs::write(&path, content).with_context(|| format!("writing {name}"))?;
            println!("wrote {name}");
        }
    }
    println!("{}", parity::summary(&endpoints));
    if !stale.is_empty() {
        bail!(
            "not up to date: {}. Run cargo xtask generate and commit what it writes",
            stale.join(", ")
        );
    }
    Ok(())
}

fn root() -> anyhow::Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent()
        .map(Path::to_owned)
        .context("xtask lies in the repository's root")
}
