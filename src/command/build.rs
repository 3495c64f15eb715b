//! Compiling, for all commands that need a module.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gable_compiler::{Artifact, Compiled, Options, compile};
use gable_grammar::{Diagnostic, RenderStyle, Severity, render};
use gable_runtime::{Engine, EngineOptions};
use gable_world::library::{self, GrammarFiles};

use crate::failure::Failure;
use crate::say::tell_text;

/// Compiles a grammar; diagnostics are the caller's.
pub(crate) fn compile_quietly(rules: &Path) -> Result<Compiled, Failure> {
    let source = library::grammar(rules).map_err(Failure::Input)?;
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

/// An engine for our own compiler's modules: gas ends them.
pub(crate) fn engine(concurrent_runs: u32) -> Result<Engine, Failure> {
    engine_with(EngineOptions {
        concurrent_runs,
        wall_time: None,
        ..EngineOptions::default()
    })
}

/// A run of a module that came from a server ends after this.
const WALL_TIME: Duration = Duration::from_secs(30);

/// An engine for modules that came from a server: the clock ends what gas does not.
pub(crate) fn engine_for_strangers(concurrent_runs: u32) -> Result<Engine, Failure> {
    engine_with(EngineOptions {
        concurrent_runs,
        wall_time: Some(WALL_TIME),
        ..EngineOptions::default()
    })
}

/// An engine that keeps compiled modules in the user's cache.
fn engine_with(options: EngineOptions) -> Result<Engine, Failure> {
    Ok(Engine::new(EngineOptions {
        compile_cache: cache_folder(),
        ..options
    })?)
}

/// Where compiled modules are kept: the user's own cache folder.
pub(crate) fn cache_folder() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("GABLE_CACHE") {
        return Some(PathBuf::from(folder)).filter(|path| !path.as_os_str().is_empty());
    }
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let base =
        base.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    Some(base.join("gable").join("modules"))
}

/// Where what the user made is kept: the user's own data folder.
pub(crate) fn data_folder() -> Option<PathBuf> {
    let base = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    Some(base.or_else(home)?.join("gable"))
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
