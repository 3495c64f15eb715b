//! Logs: to standard error, as text for people or JSON for collectors.

use std::io::IsTerminal as _;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use crate::cli::{LogFormat, ServeArguments};

/// Starts them: warnings; everything with `--verbose`; whatever `GABLE_LOG` says.
pub(crate) fn start(verbose: bool) {
    let logs = lines().without_time();
    // What drivers say while one is chosen is not for people: what matters comes back as an error.
    let quiet = "warn,wgpu_hal=off";
    let filter = filter(if verbose { "debug" } else { quiet });
    tracing_subscriber::registry()
        .with(logs.with_filter(filter))
        .init();
}

/// Starts those of a server, which tell what it does; and `traces`, if they are wanted.
pub(crate) fn start_server(
    verbose: bool,
    arguments: &ServeArguments,
    traces: Option<impl Layer<Registry> + Send + Sync>,
) {
    let filter = filter(match (verbose, arguments.access_log) {
        (true, _) => "debug",
        (false, true) => "info,gable::access=debug",
        (false, false) => "info",
    });
    let logs = match arguments.log_format {
        LogFormat::Json => lines().json().boxed(),
        LogFormat::Text => lines().boxed(),
    };
    tracing_subscriber::registry()
        .with(traces)
        .with(logs.with_filter(filter))
        .init();
}

fn filter(level: &str) -> EnvFilter {
    EnvFilter::try_from_env("GABLE_LOG").unwrap_or_else(|_| EnvFilter::new(level))
}

/// As text, in colours if a terminal shows it.
fn lines<S>()
-> fmt::Layer<S, fmt::format::DefaultFields, fmt::format::Format, fn() -> std::io::Stderr> {
    fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
}
