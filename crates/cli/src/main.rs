//! `tallystick`: the server and its administration, in one executable.
//!
//! A command is a function from its arguments to an [`exit::Exit`]; data goes to stdout, talk to stderr.

mod args;
mod commands;
mod exit;
mod logging;
mod output;
mod startup;

use clap::Parser;

/// Steadier than the system's under many short-lived allocations on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    commands::run(args::Args::parse()).into()
}
