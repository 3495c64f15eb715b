//! `gable fmt`: formats grammars.

use std::io::Read as _;
use std::path::Path;

use gable_grammar::{Source, SourceId, SourceMap, format, render};

use crate::cli::FmtArguments;
use crate::failure::Failure;
use crate::files;
use crate::say::{say, say_text, tell_text};

use super::build;

/// Runs it.
pub(crate) fn run(arguments: &FmtArguments) -> Result<(), Failure> {
    if arguments.rules.iter().any(|path| path.as_os_str() == "-") {
        return format_input();
    }
    let mut failed = false;
    for path in files::grammar_files(&arguments.rules)? {
        let bytes = std::fs::read(&path).map_err(|error| Failure::file("read", &path, &error))?;
        let Some(formatted) = formatted(&path.to_string_lossy(), &bytes) else {
            failed = true;
            continue;
        };
        if formatted.as_bytes() == bytes {
            continue;
        }
        if arguments.check {
            say!("{} is not formatted", path.display());
            failed = true;
        } else {
            replace(&path, formatted.as_bytes())?;
            say!("{} formatted", path.display());
        }
    }
    if failed {
        Err(Failure::Grammar)
    } else {
        Ok(())
    }
}

fn format_input() -> Result<(), Failure> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().read_to_end(&mut bytes);
    read.map_err(|error| Failure::Input(format!("cannot read standard input: {error}")))?;
    say_text!("{}", formatted("<stdin>", &bytes).ok_or(Failure::Grammar)?);
    Ok(())
}

/// The formatted text; `None` after printing what is wrong with it.
fn formatted(name: &str, bytes: &[u8]) -> Option<String> {
    let source = Source::from_bytes(name, bytes);
    match format(&source, SourceId(0)) {
        Ok(text) => Some(text),
        Err(diagnostics) => {
            let mut sources = SourceMap::default();
            sources.add(source);
            tell_text!(
                "{}",
                render(&sources, &diagnostics.into_sorted(), build::style())
            );
            None
        }
    }
}

/// Writes beside the file and moves into its place, so that nothing is lost when the disk is full.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let part = path.with_extension("cga.part");
    std::fs::write(&part, bytes)
        .and_then(|()| std::fs::rename(&part, path))
        .map_err(|error| Failure::file("write", path, &error))
}
