//! Which rule files of a folder parse, compile and run: `cargo run --release --example corpus -- FOLDER`; and whether
//! those whose results were measured give the same results (`measured` after the folder does only that).
//!
//! Each start rule (marked, or the first) runs on a rectangle, an L, a polygon with a hole and a strip of quads.
//! Prints a table: a line per file, then totals and what is missing most.
#![allow(clippy::print_stdout, reason = "it prints a table")]

mod measured;
#[path = "../../tests/support/obj.rs"]
mod obj;
#[path = "../../tests/support/shapes.rs"]
mod shapes;
#[path = "../../tests/support/grammars.rs"]
mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gable_compiler::{Options, compile};
use gable_grammar::{Diagnostic, Severity, Source, SourceId, parse};
use gable_runtime::asset::AssetStore;
use gable_runtime::{Engine, EngineOptions, Rules};

/// What became of the files.
#[derive(Default)]
struct Totals {
    files: usize,
    parsed: usize,
    compiled: usize,
    ran: usize,
    /// Files without a rule to start with: for importing only.
    libraries: usize,
    codes: BTreeMap<String, usize>,
}

fn main() {
    let folder = std::env::args().nth(1).expect("usage: corpus FOLDER");
    let mut files = Vec::new();
    collect(Path::new(&folder), &mut files);
    files.sort();
    let options = EngineOptions {
        wall_time: Some(std::time::Duration::from_secs(60)),
        ..EngineOptions::default()
    };
    let engine = Engine::new(options).expect("an engine");
    if std::env::args().nth(2).as_deref() != Some("measured") {
        try_all(&files, &engine);
    }
    measured::compare(&files, &engine);
}

fn try_all(files: &[PathBuf], engine: &Engine) {
    let mut totals = Totals::default();
    for file in files {
        let outcome = try_file(file, engine, &mut totals);
        println!("{:<12} {}", outcome, file.display());
    }
    println!(
        "\n{} files, {} parse, {} compile, {} run",
        totals.files, totals.parsed, totals.compiled, totals.ran
    );
    let mut codes: Vec<_> = totals.codes.into_iter().collect();
    codes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (code, count) in codes.iter().take(60) {
        println!("{count:6}  {code}");
    }
    println!();
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("cga"))
        {
            files.push(path);
        }
    }
}

fn try_file(file: &Path, engine: &Engine, totals: &mut Totals) -> String {
    totals.files += 1;
    let bytes = std::fs::read(file).expect("readable");
    let source = Source::from_bytes(file.to_string_lossy(), &bytes);
    let (_, diagnostics) = parse(&source, SourceId(0));
    if diagnostics.has_errors() {
        return "syntax".to_owned();
    }
    totals.parsed += 1;
    let compiled = compile(
        source,
        &Imports,
        &Options {
            kernel_sha256: gable_runtime::kernel_hash(),
            ..Options::default()
        },
    );
    let Some(artifact) = compiled.artifact else {
        for diagnostic in compiled
            .diagnostics
            .iter()
            .filter(|d| d.severity == Severity::Error)
        {
            *totals.codes.entry(describe(diagnostic)).or_default() += 1;
        }
        return "compile".to_owned();
    };
    totals.compiled += 1;
    let rules = match Rules::load(engine, &artifact.wasm) {
        Ok(rules) => rules,
        Err(error) => return format!("load: {error}"),
    };
    if !artifact
        .manifest
        .rules
        .iter()
        .any(|rule| rule.params.is_empty())
    {
        totals.libraries += 1;
        return "library".to_owned();
    }
    let assets = AssetStore::default();
    for footprint in shapes() {
        let recipe = support::recipe(&artifact, vec![footprint], &assets, None);
        if let Err(error) = rules.generate(&recipe, &assets) {
            let text = format!("run: {error}");
            *totals.codes.entry(text.clone()).or_default() += 1;
            return text;
        }
    }
    totals.ran += 1;
    "runs".to_owned()
}

fn describe(diagnostic: &Diagnostic) -> String {
    format!("{} {}", diagnostic.code.0, diagnostic.title)
}

fn shapes() -> Vec<Vec<Vec<[f64; 3]>>> {
    let mut list = support::footprints();
    list.truncate(3);
    list.push(support::rectangle(0.0, 0.0, 60.0, 8.0));
    list
}

/// Imports beside the file, or below one of its ancestors, as projects write them, or in a package's `.ws`.
struct Imports;

impl gable_grammar::Sources for Imports {
    fn import(&self, importer: &str, path: &str) -> Result<Source, String> {
        let written = path.replace('\\', "/");
        let relative = written.trim_start_matches('/');
        let folder = Path::new(importer).parent().unwrap_or(Path::new(""));
        let file = folder
            .ancestors()
            .flat_map(|ancestor| [ancestor.join(relative), ancestor.join(".ws").join(relative)])
            .find(|candidate| candidate.is_file())
            .ok_or_else(|| format!("no file {written} beside {importer} or above"))?;
        let bytes = std::fs::read(&file).map_err(|error| error.to_string())?;
        Ok(Source::from_bytes(file.to_string_lossy(), &bytes))
    }
}
