//! `gable completions`: for shells.

use clap::CommandFactory as _;

use crate::cli::{Cli, CompletionsArguments};
use crate::failure::Failure;

/// Runs it.
pub(crate) fn run(arguments: &CompletionsArguments) -> Result<(), Failure> {
    clap_complete::generate(
        arguments.shell,
        &mut Cli::command(),
        "gable",
        &mut std::io::stdout(),
    );
    Ok(())
}
