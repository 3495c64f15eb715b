//! The `gable` command: one file per subcommand under `command/`.

mod cli;
mod command;
mod failure;
mod files;
mod log;
mod progress;
mod say;
mod table;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};

/// The system's allocator keeps what large tiles took when they are gone.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // A server's logs begin when it has read its settings.
    if !matches!(cli.command, Command::Serve(_)) {
        log::start(cli.verbose);
    }
    let outcome = match cli.command {
        Command::Check(arguments) => command::check::run(&arguments),
        Command::Fmt(arguments) => command::fmt::run(&arguments),
        Command::Show(arguments) => command::show::run(&arguments),
        Command::Compile(arguments) => command::compile::run(&arguments),
        Command::Generate(arguments) => command::generate::run(&arguments),
        Command::Serve(arguments) => command::serve::run(&arguments, cli.verbose),
        Command::View(arguments) => command::view::run(&arguments),
        Command::Bake(arguments) => command::bake::run(&arguments),
        Command::Tiles(arguments) => command::tiles::run(&arguments),
        Command::World(arguments) => command::world::run(&arguments),
        Command::Sign(arguments) => command::sign::run(&arguments),
        Command::Grammars(arguments) => command::grammars::run(&arguments),
        Command::Simulate(arguments) => command::simulate::run(&arguments),
        Command::Completions(arguments) => command::completions::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            ExitCode::from(failure.code())
        }
    }
}
