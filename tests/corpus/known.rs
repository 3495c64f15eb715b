//! Rule files whose results were measured (tests/measured/runs.json): runs them and compares.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gable_compiler::Artifact;
use gable_grammar::Severity;
use gable_runtime::Engine;
use gable_runtime::hash::{hex, sha256};

use crate::{imports, measured};

/// Compares every measured run whose rule file is among `files`, and prints a table.
pub(crate) fn compare(files: &[PathBuf], engine: &Engine) {
    let hash = |file: &PathBuf| Some(hex(&sha256(&imports::bytes(file).ok()?)));
    let hashed = files
        .iter()
        .rev()
        .filter_map(|file| Some((hash(file)?, file)));
    let hashed: BTreeMap<String, &PathBuf> = hashed.collect();
    let find = |first_digits: &str| {
        let mut from = hashed.range(first_digits.to_owned()..);
        from.next()
            .filter(|(hash, _)| hash.starts_with(first_digits))
    };
    let (mut same, mut total) = (0, 0);
    for run in measured::runs() {
        let Some((_, file)) = run.sha256.as_deref().and_then(find) else {
            continue;
        };
        total += 1;
        let content = artifact(file)
            .and_then(|artifact| run.generate(&artifact, &imports::assets_of(file), engine));
        let differences = match content {
            Ok(content) => run.differences(&content),
            Err(message) => vec![message],
        };
        let is_same = differences.is_empty();
        same += usize::from(is_same);
        let verdict = if is_same { "same" } else { "differs" };
        println!("{verdict:<8} {} {}", run.title(), differences.join(", "));
    }
    println!("\n{same} of {total} measured runs are the same");
}

fn artifact(file: &Path) -> Result<Artifact, String> {
    let compiled = imports::compile_bytes(file, &imports::bytes(file)?);
    compiled.artifact.ok_or_else(|| {
        let mut errors = compiled.diagnostics.iter();
        let error = errors.find(|it| it.severity == Severity::Error);
        error.map_or_else(String::new, |it| format!("{} {}", it.code.0, it.title))
    })
}
