//! `gable check`: everything that is wrong with grammars.

mod compat;

use gable_grammar::{render, to_json};

use crate::cli::{CheckArguments, MessageFormat};
use crate::failure::Failure;
use crate::files;
use crate::say::{say, tell_text};

use super::build;

/// Runs it.
pub(crate) fn run(arguments: &CheckArguments) -> Result<(), Failure> {
    let paths = files::grammar_files(&arguments.rules)?;
    if arguments.compat {
        return compat::run(&paths, arguments.format());
    }
    let mut errors = 0;
    let mut warnings = 0;
    let mut json = Vec::new();
    for path in &paths {
        let compiled = build::compile_quietly(path)?;
        let bad = compiled
            .diagnostics
            .iter()
            .filter(|d| build::is_error(d))
            .count();
        errors += bad;
        warnings += compiled.diagnostics.len() - bad;
        match arguments.format() {
            MessageFormat::Text => tell_text!(
                "{}",
                render(&compiled.sources, &compiled.diagnostics, build::style())
            ),
            MessageFormat::Json => {
                let text = to_json(&compiled.sources, &compiled.diagnostics);
                json.extend(
                    serde_json::from_str::<Vec<serde_json::Value>>(&text)
                        .expect("our own JSON is valid"),
                );
            }
        }
    }
    match arguments.format() {
        MessageFormat::Json => say!("{}", serde_json::Value::Array(json)),
        MessageFormat::Text => {
            say!(
                "{}: {}, {}",
                plural(paths.len(), "file"),
                plural(errors, "error"),
                plural(warnings, "warning")
            );
        }
    }
    let failed = errors > 0 || (arguments.deny_warnings && warnings > 0);
    if failed {
        Err(Failure::Grammar)
    } else {
        Ok(())
    }
}

fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
