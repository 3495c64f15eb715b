//! Compiling, for all commands that need a module.

use std::io::IsTerminal as _;
use std::path::Path;

use gable_compiler::{Artifact, Compiled, Options, compile};
use gable_grammar::{Diagnostic, RenderStyle, Severity, render};

use crate::failure::Failure;
use crate::files::{self, GrammarFiles};
use crate::say::tell_text;

/// Compiles a grammar; diagnostics are the caller's.
pub(crate) fn compile_quietly(rules: &Path) -> Result<Compiled, Failure> {
    let source = files::grammar(rules)?;
    let options = Options {
        kernel_sha256: gable_runtime::kernel_hash(),
        ..Options::default()
    };
    Ok(compile(source, &GrammarFiles, &options))
}

/// Compiles a grammar and prints what is wrong with it.
pub(crate) fn compile_loudly(rules: &Path) -> Result<Artifact, Failure> {
    let compiled = compile_quietly(rules)?;
    tell_text!(
        "{}",
        render(&compiled.sources, &compiled.diagnostics, style())
    );
    compiled.artifact.ok_or(Failure::Grammar)
}

/// Colours on a terminal.
pub(crate) fn style() -> RenderStyle {
    let plain = std::env::var_os("NO_COLOR").is_some() || !std::io::stderr().is_terminal();
    if plain {
        RenderStyle::Plain
    } else {
        RenderStyle::Colour
    }
}

/// Whether it stops the grammar from compiling.
pub(crate) fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error
}
