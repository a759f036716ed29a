//! Chores of the project, run as `cargo xtask <chore>`: one module per chore, nothing else here.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks to its user"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "the rules on clock and environment are for the server; a chore may read both"
)]

mod bench;
mod generate;

use clap::Parser;

/// Chores of the project.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Chore {
    /// Measure Tallystick beside other servers, on this machine, in one run.
    Bench(bench::Options),
    /// Write the files that are made from the code, or check that they are up to date.
    Generate(generate::Options),
}

fn main() -> anyhow::Result<()> {
    match Chore::parse() {
        Chore::Bench(options) => bench::run(&options),
        Chore::Generate(options) => generate::run(&options),
    }
}
