//! Whether rule files parse, compile and run: each start rule of each file on a rectangle, an L, a polygon with a hole and
//! a strip of quads like a street.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use gable_compiler::{Artifact, Compiled};
use gable_grammar::{Code, Diagnostic, Severity, Source, SourceId, parse};
use gable_kernel::recipe::{InitialShape, Recipe};
use gable_runtime::asset::AssetStore;
use gable_runtime::{Content, Engine, NativeRules};

use crate::{grammars, imports, shapes};

/// The error of an import that is not there.
const NO_IMPORT: Code = Code("E0202");

/// What became of the files.
#[derive(Default)]
struct Totals {
    files: usize,
    parsed: usize,
    /// Files that import what is not there.
    incomplete: usize,
    compiled: usize,
    ran: usize,
    /// Files without a rule to start with: for importing only.
    libraries: usize,
    /// Runs of a start rule on a shape.
    runs: usize,
    /// By kind, in how many files.
    errors: BTreeMap<String, usize>,
    /// By kind, in how many runs.
    warnings: BTreeMap<String, usize>,
}

/// Tries all files, and prints a table.
pub(crate) fn try_all(files: &[PathBuf], engine: &Engine) {
    // Panics are counted, not printed one by one.
    std::panic::set_hook(Box::new(|_| {}));
    let mut totals = Totals::default();
    for file in files {
        let (outcome, reason) = totals.try_file(file, engine);
        println!("{outcome:<12} {}", file.display());
        if !reason.is_empty() {
            println!("{:<12} {reason}", "");
        }
    }
    _ = std::panic::take_hook();
    println!(
        "\n{} files, {} parse, {} import files that are not there, {} compile, {} run ({} runs), {} are libraries",
        totals.files,
        totals.parsed,
        totals.incomplete,
        totals.compiled,
        totals.ran,
        totals.runs,
        totals.libraries
    );
    list("errors, in so many files", totals.errors);
    list("warnings, in so many runs", totals.warnings);
    println!();
}

fn list(title: &str, counts: BTreeMap<String, usize>) {
    println!("\n{title}");
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (text, count) in counts {
        println!("{count:6}  {text}");
    }
}

impl Totals {
    /// What became of a file, and why.
    fn try_file(&mut self, file: &Path, engine: &Engine) -> (&'static str, String) {
        self.files += 1;
        let bytes = imports::bytes(file).expect("readable");
        let source = Source::from_bytes(file.to_string_lossy(), &bytes);
        let (_, diagnostics) = parse(&source, SourceId(0));
        if diagnostics.has_errors() {
            let first = diagnostics.into_sorted().remove(0);
            let line = source.position(first.primary.span.start).line;
            let error = format!("{} {}", first.code.0, first.title);
            self.error(&error);
            return ("syntax", format!("line {line}: {error}"));
        }
        self.parsed += 1;
        let Ok(compiled) = catch_unwind(|| imports::compile_bytes(file, &bytes)) else {
            self.error("the compiler panics");
            return ("crash", String::new());
        };
        let Some(artifact) = &compiled.artifact else {
            return self.not_compiled(&compiled);
        };
        self.compiled += 1;
        match NativeRules::load(engine, &artifact.wasm) {
            Ok(rules) => self.run_file(file, artifact, &rules),
            Err(error) => {
                self.error(&format!("load: {error}"));
                ("load", error.to_string())
            }
        }
    }

    /// Counts the errors of a file; the reason is an import that is missing, if one is, else the first.
    fn not_compiled(&mut self, compiled: &Compiled) -> (&'static str, String) {
        let errors = compiled.diagnostics.iter();
        let errors = errors.filter(|it| it.severity == Severity::Error);
        let text = |it: &Diagnostic| format!("{} {}", it.code.0, it.title);
        let mut kinds: Vec<String> = errors.clone().map(|it| kind_of(&text(it))).collect();
        kinds.sort();
        kinds.dedup();
        kinds.iter().for_each(|kind| self.error(kind));
        let missing = errors.clone().find(|it| it.code == NO_IMPORT);
        self.incomplete += usize::from(missing.is_some());
        let outcome = missing.map_or("compile", |_| "import");
        let first = missing.or_else(|| errors.clone().next());
        let reason = first.map(|it| {
            let line = compiled.sources.position(it.primary.span).line;
            format!("line {line}: {}", text(it))
        });
        (outcome, reason.unwrap_or_default())
    }

    fn run_file(
        &mut self,
        file: &Path,
        artifact: &Artifact,
        rules: &NativeRules,
    ) -> (&'static str, String) {
        let starts = start_rules(artifact);
        if starts.is_empty() {
            self.libraries += 1;
            return ("library", String::new());
        }
        let assets = imports::assets_of(file);
        for start in starts {
            for polygons in lots() {
                self.runs += 1;
                let shape = InitialShape {
                    polygons,
                    start_rule: start.to_owned(),
                    ..InitialShape::default()
                };
                let recipe = grammars::recipe_to_measure(artifact, shape, Vec::new(), &assets);
                match run(rules, &recipe, &assets) {
                    Ok(content) => self.warn(&content),
                    Err(error) => {
                        self.error(&format!("run: {}", kind_of(&error)));
                        return ("run", error);
                    }
                }
            }
        }
        self.ran += 1;
        ("runs", String::new())
    }

    fn error(&mut self, text: &str) {
        *self.errors.entry(text.to_owned()).or_default() += 1;
    }

    fn warn(&mut self, content: &Content) {
        let warnings = content.summary.warnings.iter();
        let mut kinds: Vec<String> = warnings.map(|it| kind_of(&it.text)).collect();
        kinds.sort();
        kinds.dedup();
        for kind in kinds {
            *self.warnings.entry(kind).or_default() += 1;
        }
    }
}

fn run(rules: &NativeRules, recipe: &Recipe, assets: &AssetStore) -> Result<Content, String> {
    let result = catch_unwind(AssertUnwindSafe(|| rules.generate(recipe, assets)));
    match result {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("the kernel panics".to_owned()),
    }
}

/// The marked start rules of the file itself; without any, its first rule.
fn start_rules(artifact: &Artifact) -> Vec<&str> {
    let rules = &artifact.manifest.rules;
    let marked = rules
        .iter()
        .filter(|rule| rule.start && rule.params.is_empty() && !rule.name.contains('.'));
    let marked: Vec<&str> = marked.map(|rule| rule.name.as_str()).collect();
    if !marked.is_empty() {
        return marked;
    }
    let first = artifact.manifest.default_start();
    first
        .map(|rule| rules[rule].name.as_str())
        .into_iter()
        .collect()
}

/// The polygons of a lot: rings of points.
type Lot = Vec<Vec<Vec<[f64; 3]>>>;

/// A rectangle, an L, a polygon with a hole, and quads in a row that turns.
fn lots() -> Vec<Lot> {
    let mut lots: Vec<Lot> = ["rect30x20", "L30x20", "rect_with_hole"]
        .map(shapes::polygons)
        .into();
    let side = |k: u32| {
        let (sin, cos) = (f64::from(k) * 0.2).sin_cos();
        [[40.0 * sin, 0.0, 40.0 * cos], [52.0 * sin, 0.0, 52.0 * cos]]
    };
    let quad = |k: u32| {
        let ([a, b], [d, c]) = (side(k), side(k + 1));
        vec![vec![a, b, c, d]]
    };
    lots.push((0..4).map(quad).collect());
    lots
}

/// A message without what differs from place to place: numbers, names of files.
fn kind_of(text: &str) -> String {
    let text = text.split(": no file ").next().unwrap_or_default();
    let mut kind = String::new();
    for (place, part) in text.split(['`', '"']).enumerate() {
        let is_file = part.is_empty() || part.contains(['/', '.', ';', '*', '#']);
        match (place % 2 == 1, is_file || part.parse::<f64>().is_ok()) {
            (true, true) => kind.push_str("`...`"),
            (true, false) => kind.push_str(&format!("`{part}`")),
            (false, _) => kind.push_str(part),
        }
    }
    let words = kind.split(' ').map(|word| {
        let bare = word.trim_matches([',', ':', '%', '(', ')']);
        let is_number = bare.parse::<f64>().is_ok();
        if is_number { "N" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}
