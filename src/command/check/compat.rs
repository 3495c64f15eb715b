//! `gable check --compat`: which features of the language grammars use, and whether there are these.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use gable_compiler::language::{Kind, Support, feature, uses};
use gable_grammar::{SourceId, parse};
use gable_world::library;

use super::plural;
use crate::cli::MessageFormat;
use crate::failure::Failure;
use crate::say::say;
use crate::table;

/// Counts, prints, and fails when something is missing.
pub(super) fn run(paths: &[PathBuf], format: MessageFormat) -> Result<(), Failure> {
    let mut used = Used::default();
    for (number, path) in paths.iter().enumerate() {
        used.read(number, path)?;
    }
    let rows = used.rows();
    match format {
        MessageFormat::Text => as_table(&rows, &used, paths.len()),
        MessageFormat::Json => say!("{}", as_json(&rows, &used, paths.len())),
    }
    if rows.iter().any(|row| row.support == Support::Missing) {
        Err(Failure::Grammar)
    } else {
        Ok(())
    }
}

/// How often a feature is used, and in which files.
#[derive(Default)]
struct Count {
    uses: usize,
    files: BTreeSet<usize>,
}

#[derive(Default)]
struct Used {
    features: BTreeMap<(Kind, String), Count>,
    /// Files with syntax errors: what is in the broken places is not counted.
    broken: Vec<PathBuf>,
}

/// A line of the table.
struct Row<'a> {
    kind: Kind,
    name: &'a str,
    count: &'a Count,
    support: Support,
    note: String,
}

impl Used {
    fn read(&mut self, number: usize, path: &Path) -> Result<(), Failure> {
        let source = library::grammar(path).map_err(Failure::Input)?;
        let (file, diagnostics) = parse(&source, SourceId(0));
        if diagnostics.has_errors() {
            self.broken.push(path.to_owned());
        }
        for it in uses(&file) {
            self.add(number, it.kind, it.name);
        }
        Ok(())
    }

    fn add(&mut self, file: usize, kind: Kind, name: String) {
        let count = self.features.entry((kind, name)).or_default();
        count.uses += 1;
        count.files.insert(file);
    }

    /// By kind, the most used first.
    fn rows(&self) -> Vec<Row<'_>> {
        let mut rows: Vec<Row<'_>> = self.features.iter().map(row).collect();
        rows.sort_by_key(|row| (row.kind, std::cmp::Reverse(row.count.uses)));
        rows
    }
}

fn row<'a>(((kind, name), count): (&'a (Kind, String), &'a Count)) -> Row<'a> {
    let (support, note) = match feature(*kind, name) {
        Some(feature) => (feature.support, feature.note()),
        None if *kind == Kind::Annotation => {
            let note = "the language has no such annotation: no effect";
            (Support::Full, note.to_owned())
        }
        None => (Support::Missing, String::new()),
    };
    Row {
        kind: *kind,
        name,
        count,
        support,
        note,
    }
}

fn as_table(rows: &[Row<'_>], used: &Used, files: usize) {
    for kind in Kind::ALL {
        let mut cells: Vec<Vec<String>> = Vec::new();
        for row in rows.iter().filter(|row| row.kind == kind) {
            let (uses, files) = (row.count.uses as u64, row.count.files.len() as u64);
            cells.push(vec![
                row.name.to_owned(),
                table::count(uses),
                table::count(files),
                format!("{:<12}  {}", row.support, row.note),
            ]);
        }
        if !cells.is_empty() {
            let widest = cells.iter().map(|row| row[3].chars().count()).max();
            for row in &mut cells {
                row[3] = format!("{:<width$}", row[3], width = widest.unwrap_or(0));
            }
            let head = ["", "uses", "files", ""].map(str::to_owned).to_vec();
            cells.insert(0, head);
            say!("{kind}s");
            table::print(&cells);
        }
    }
    for path in &used.broken {
        say!("syntax errors, not counted in full: {}", path.display());
    }
    let count = |test: fn(Support) -> bool| rows.iter().filter(|row| test(row.support)).count();
    say!(
        "{} in {}: {} supported, {} approximated, {} missing",
        plural(rows.len(), "feature"),
        plural(files, "file"),
        count(|it| it == Support::Full),
        count(|it| matches!(it, Support::Approximated(_))),
        count(|it| it == Support::Missing)
    );
}

fn as_json(rows: &[Row<'_>], used: &Used, files: usize) -> serde_json::Value {
    let features: Vec<_> = rows
        .iter()
        .map(|row| {
            serde_json::json!({
                "kind": row.kind.to_string(),
                "name": row.name,
                "uses": row.count.uses,
                "files": row.count.files.len(),
                "support": row.support.to_string(),
                "note": row.note,
            })
        })
        .collect();
    let missing = rows.iter().filter(|row| row.support == Support::Missing);
    serde_json::json!({
        "files": files,
        "filesWithSyntaxErrors": used.broken,
        "missing": missing.count(),
        "features": features,
    })
}
