//! Rule files whose results were measured (`measured.tsv`): runs them and compares.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gable_compiler::{Artifact, Options, compile};
use gable_grammar::{Severity, Source};
use gable_kernel::recipe::{InitialShape, Recipe};
use gable_runtime::asset::AssetStore;
use gable_runtime::hash::{hex, sha256};
use gable_runtime::{Engine, NativeRules};

use crate::{Imports, obj, shapes, support};

/// A measured run.
struct Run<'a> {
    file: &'a str,
    sha256: &'a str,
    shape: &'a str,
    seed: u64,
    attributes: Vec<(&'a str, &'a str)>,
    counts: [u64; 2],
    /// Area and bounds, where they were noted.
    extent: Option<(f64, [f64; 6])>,
}

impl<'a> Run<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut columns = line.split('\t');
        let (file, sha256, shape) = (columns.next()?, columns.next()?, columns.next()?);
        let seed = columns.next()?.parse().ok()?;
        let attributes = columns
            .next()?
            .split(", ")
            .filter_map(|a| a.split_once('='))
            .collect();
        let counts = [columns.next()?.parse().ok()?, columns.next()?.parse().ok()?];
        let extent = extent(columns.next(), columns.next());
        Some(Self {
            file,
            sha256,
            shape,
            seed,
            attributes,
            counts,
            extent,
        })
    }
}

/// Area and bounds from their columns.
fn extent(area: Option<&str>, bounds: Option<&str>) -> Option<(f64, [f64; 6])> {
    let numbers = bounds?.split(' ').map(|text| text.parse().ok());
    let bounds: Vec<f64> = numbers.collect::<Option<_>>()?;
    Some((area?.parse().ok()?, bounds.try_into().ok()?))
}

/// What a run made.
struct Made {
    counts: [u64; 2],
    area: f64,
    bounds: [f64; 6],
}

/// Compares every measured run whose rule file is among `files`, and prints a table.
pub(crate) fn compare(files: &[PathBuf], engine: &Engine) {
    let known: BTreeMap<String, &PathBuf> = files
        .iter()
        .rev()
        .filter_map(|file| Some((hex(&sha256(&std::fs::read(file).ok()?)), file)))
        .collect();
    let find = |run: &Run<'_>| {
        let mut from = known.range(run.sha256.to_owned()..);
        from.next()
            .filter(|(hash, _)| hash.starts_with(run.sha256))
            .map(|(_, file)| *file)
    };
    let (mut same, mut total) = (0, 0);
    for line in include_str!("measured.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        let run = Run::parse(line).expect("the table is well formed");
        let Some(file) = find(&run) else { continue };
        total += 1;
        let differences = match generate(&run, file, engine) {
            Ok(made) => differences(&run, &made),
            Err(message) => message,
        };
        same += usize::from(differences.is_empty());
        let verdict = if differences.is_empty() {
            "same"
        } else {
            "differs"
        };
        let attributes: Vec<String> = run
            .attributes
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        println!(
            "{verdict:<8} {} {} {} {differences}",
            run.file,
            run.shape,
            attributes.join(", ")
        );
    }
    println!("\n{same} of {total} measured runs are the same");
}

fn differences(run: &Run<'_>, made: &Made) -> String {
    let mut list = Vec::new();
    for (what, expected, found) in [
        ("faces", run.counts[0], made.counts[0]),
        ("vertices", run.counts[1], made.counts[1]),
    ] {
        if expected != found {
            list.push(format!("{what} {found} (measured {expected})"));
        }
    }
    let Some((area, bounds)) = run.extent else {
        return list.join(", ");
    };
    if (area - made.area).abs() > 2e-6 * area {
        list.push(format!("area {:.4} (measured {area})", made.area));
    }
    let differs = |(a, b): (&f64, &f64)| (a - b).abs() > 2e-4;
    if bounds.iter().zip(&made.bounds).any(differs) {
        list.push(format!("bounds {:.4?} (measured {bounds:?})", made.bounds));
    }
    list.join(", ")
}

fn generate(run: &Run<'_>, file: &Path, engine: &Engine) -> Result<Made, String> {
    let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
    let source = Source::from_bytes(file.to_string_lossy(), &bytes);
    let options = Options {
        kernel_sha256: gable_runtime::kernel_hash(),
        ..Options::default()
    };
    let compiled = compile(source, &Imports, &options);
    let error = compiled
        .diagnostics
        .iter()
        .find(|d| d.severity == Severity::Error);
    let artifact = compiled.artifact.ok_or_else(|| {
        error.map_or_else(String::new, |error| {
            format!("{} {}", error.code.0, error.title)
        })
    })?;
    let assets = assets_of(file);
    let recipe = recipe(run, &artifact, &assets);
    let rules = NativeRules::load(engine, &artifact.wasm).map_err(|error| error.to_string())?;
    let content = rules
        .generate(&recipe, &assets)
        .map_err(|error| error.to_string())?;
    let counts = content.summary.counts;
    let text = String::from_utf8_lossy(&content.bytes);
    let (area, bounds) = obj::area_and_bounds(&obj::polygons(&text));
    Ok(Made {
        counts: [counts.faces, counts.vertices],
        area,
        bounds,
    })
}

/// The `assets` folder of the unpacked package that a file is in.
fn assets_of(file: &Path) -> AssetStore {
    file.ancestors()
        .skip(1)
        .find(|folder| folder.ends_with("rules"))
        .and_then(|rules| AssetStore::from_folders(&[rules.parent()?.join("assets")]).ok())
        .unwrap_or_default()
}

fn recipe(run: &Run<'_>, artifact: &Artifact, assets: &AssetStore) -> Recipe {
    let attributes = run
        .attributes
        .iter()
        .filter_map(|&(name, text)| Some((name.to_owned(), support::value(artifact, name, text)?)))
        .collect();
    let shape = InitialShape {
        polygons: shapes::polygons(run.shape),
        seed: run.seed,
        ..InitialShape::default()
    };
    support::recipe_to_measure(artifact, shape, attributes, assets)
}
