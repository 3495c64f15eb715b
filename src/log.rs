//! Logs: to standard error, as text for people or JSON for collectors.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::cli::{Cli, Command, LogFormat};

/// Starts them: warnings; what a server does, too; everything with `--verbose`; whatever `GABLE_LOG` says.
pub(crate) fn start(cli: &Cli) {
    let serve = match &cli.command {
        Command::Serve(arguments) => Some(arguments),
        _ => None,
    };
    let level = match (cli.verbose, serve) {
        (true, _) => "debug",
        (false, Some(serve)) if serve.access_log => "info,gable::access=debug",
        (false, Some(_)) => "info",
        (false, None) => "warn",
    };
    let filter = EnvFilter::try_from_env("GABLE_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match serve {
        Some(serve) if serve.log_format == LogFormat::Json => logs.json().init(),
        Some(_) => logs.init(),
        None => logs.without_time().init(),
    }
}
