//! One file for each command.

mod account;
mod admin;
mod bin;
mod demo;
mod doctor;
mod init;
mod serve;
mod settings;

use crate::args::{Args, Command};
use crate::exit::Exit;
use crate::output;

/// Runs a command; a failure is one sentence on stderr.
pub fn run(args: Args) -> Exit {
    let ended = match args.command {
        Command::Demo(options) => demo::run(&options),
        Command::Init(common) => init::run(&common),
        Command::Serve(options) => serve::run(&options),
        Command::Settings(common) => settings::run(&common),
        Command::Doctor(common) => doctor::run(&common),
        Command::Org(command) => admin::org(command),
        Command::User(command) => admin::user(command),
        Command::Token(command) => admin::token(command),
        Command::Bin(command) => bin::run(command),
    };
    ended.unwrap_or_else(|sentence| {
        output::say(&format!("tallystick: {sentence}"));
        Exit::Failed
    })
}
