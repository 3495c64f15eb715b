//! Small grammars, a folder for each operation, and what must come of them; the rules were measured on CityEngine's
//! runtime wherever that is possible. Each file says in comments what it runs on and what it expects:
//!
//! ```text
//! // shape: rect30x20             (see tests/support/shapes.rs)
//! // edges: kind front,side,back   (an edge attribute, a value for each edge; may come again)
//! // set: height=12               (an attribute from outside; may come again)
//! // next: rect10x10 at 30 0 height=5  (another initial shape, moved along x and z, with attributes of its own)
//! // context: rect10x10 at 30 0    (the same, of which no content is made)
//! // assets: parts                (a folder of assets beside it)
//! // expect: faces 6, vertices 8, area 2200, bounds 0 0 0 30 10 20
//! // print: text                  (all printed lines, in order)
//! // report: key n 2 sum 30       (see the test for words)
//! // warning: part of its text    (all warnings, in order; none by default)
//! ```
//!
//! Files in folders named `parts` are for importing.

#[path = "support/grammars.rs"]
mod grammars;
#[path = "support/obj.rs"]
mod obj;
#[path = "support/shapes.rs"]
mod shapes;

use std::path::{Path, PathBuf};

use gable_compiler::Artifact;
use gable_kernel::recipe::{InitialShape, Value};
use gable_runtime::asset::AssetStore;
use gable_runtime::{Content, Engine, EngineOptions, NativeRules};

/// What a file's comments say.
#[derive(Default)]
struct Expectations {
    shape: String,
    next: Vec<String>,
    context: Vec<String>,
    set: Vec<(String, String)>,
    assets: Option<String>,
    edges: Vec<(String, String)>,
    expect: Vec<String>,
    prints: Vec<String>,
    reports: Vec<String>,
    warnings: Vec<String>,
}

impl Expectations {
    fn read(text: &str) -> Self {
        let mut found = Self::default();
        for line in text.lines() {
            let Some((word, rest)) = line.strip_prefix("// ").and_then(|l| l.split_once(':'))
            else {
                continue;
            };
            let rest = rest.trim().to_owned();
            match word {
                "shape" => found.shape = rest,
                "set" => {
                    let (name, value) = rest.split_once('=').expect("set: name=value");
                    found.set.push((name.to_owned(), value.to_owned()));
                }
                "next" => found.next.push(rest),
                "context" => found.context.push(rest),
                "assets" => found.assets = Some(rest),
                "edges" => {
                    let (name, values) = rest.split_once(' ').expect("edges: name value,value");
                    found.edges.push((name.to_owned(), values.to_owned()));
                }
                "expect" => found.expect.extend(rest.split(", ").map(str::to_owned)),
                "print" => found.prints.push(rest),
                "report" => found.reports.push(rest),
                "warning" => found.warnings.push(rest),
                _ => {}
            }
        }
        found
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("parts") {
            files(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

fn run(path: &Path, expected: &Expectations, engine: &Engine) -> Content {
    let artifact = grammars::compile_file(path);
    let attributes = expected.set.iter().map(|(name, text)| {
        let value = grammars::value(&artifact, name, text);
        let value = value.expect("set: an attribute of the file, and a value of its type");
        (name.clone(), value)
    });
    let edges = expected.edges.iter().map(|(name, values)| {
        let row = values.split(',').map(str::to_owned).collect();
        (format!("/edgeattr/{name}"), Value::StringArray(vec![row]))
    });
    let shape = InitialShape {
        polygons: shapes::polygons(&expected.shape),
        attributes: edges.collect(),
        ..InitialShape::default()
    };
    let folder = path.parent().expect("a folder");
    let folders: Vec<PathBuf> = expected.assets.iter().map(|it| folder.join(it)).collect();
    let assets = AssetStore::from_folders(&folders).expect("readable");
    let mut recipe = grammars::recipe_to_measure(&artifact, shape, attributes.collect(), &assets);
    let others = |lines: &[String]| -> Vec<InitialShape> {
        lines.iter().map(|line| another(&artifact, line)).collect()
    };
    recipe.shapes.extend(others(&expected.next));
    recipe.context = others(&expected.context);
    let rules = NativeRules::load(engine, &artifact.wasm).expect("our own modules are accepted");
    rules
        .generate(&recipe, &assets)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// An initial shape from a line: `rect10x10 at 30 0 height=5`.
fn another(artifact: &Artifact, line: &str) -> InitialShape {
    let mut words = line.split(' ');
    let mut word = || words.next().expect("next: shape at x z name=value...");
    let mut polygons = shapes::polygons(word());
    assert_eq!(word(), "at");
    let [x, z] = [word(), word()].map(|number| number.parse::<f64>().expect("a number"));
    for point in polygons.iter_mut().flatten().flatten() {
        *point = [point[0] + x, point[1], point[2] + z];
    }
    let attributes = words.map(|setting| {
        let (name, text) = setting.split_once('=').expect("name=value");
        let value = grammars::value(artifact, name, text).expect("an attribute of the file");
        (name.to_owned(), value)
    });
    InitialShape {
        polygons,
        attributes: attributes.collect(),
        ..InitialShape::default()
    }
}

/// A measure of the content, as `expect` names and writes it.
fn measure(content: &Content, what: &str, precision: usize) -> String {
    let text = String::from_utf8_lossy(&content.bytes);
    let (area, bounds) = obj::area_and_bounds(&obj::polygons(&text));
    let number = |x: f64| {
        let scale = 10_f64.powi(i32::try_from(precision).expect("small"));
        ((x * scale).round() / scale + 0.0).to_string()
    };
    match what {
        "faces" => content.summary.counts.faces.to_string(),
        "vertices" => content.summary.counts.vertices.to_string(),
        "leaves" => content.summary.counts.leaves.to_string(),
        "materials" => content.summary.counts.materials.to_string(),
        "area" => number(area),
        "bounds" => bounds.map(number).join(" "),
        other => panic!("nothing is known about {other}"),
    }
}

/// A report as `report` writes it: `key n 2 sum 30`, with any of n, sum, avg, min, max, true, false and strings.
fn report(content: &Content, wanted: &str) -> String {
    let mut words = wanted.split(' ');
    let key = words.next().expect("a key");
    let Some(found) = content.summary.reports.get(key) else {
        return format!("{key} is not reported");
    };
    let mut text = key.to_owned();
    for word in words.step_by(2) {
        let number = |x: Option<f64>| x.map_or("none".to_owned(), |x| x.to_string());
        let value = match word {
            "n" => found.n.to_string(),
            "sum" => number(found.sum),
            "avg" => number(found.avg),
            "min" => number(found.min),
            "max" => number(found.max),
            "true" | "false" => found.bools.get(word).copied().unwrap_or(0).to_string(),
            other => found.strings.get(other).copied().unwrap_or(0).to_string(),
        };
        text.push_str(&format!(" {word} {value}"));
    }
    text
}

fn differences(content: &Content, expected: &Expectations) -> Vec<String> {
    let mut list = Vec::new();
    let mut compare = |wanted: &str, found: &str| {
        if wanted != found {
            list.push(format!("expected {wanted}\n      found    {found}"));
        }
    };
    for line in &expected.expect {
        let (what, value) = line.split_once(' ').expect("expect: what value");
        let digits = value.split(' ').filter_map(|number| number.split_once('.'));
        let precision = digits
            .map(|(_, digits)| digits.len())
            .max()
            .unwrap_or(0)
            .max(3);
        let found = measure(content, what, precision);
        compare(line, &format!("{what} {found}"));
    }
    for wanted in &expected.reports {
        compare(wanted, &report(content, wanted));
    }
    compare(
        &expected.prints.join(" / "),
        &content.summary.prints.join(" / "),
    );
    let warnings: Vec<&str> = content
        .summary
        .warnings
        .iter()
        .map(|w| w.text.as_str())
        .collect();
    let all_there = warnings.len() == expected.warnings.len()
        && warnings
            .iter()
            .zip(&expected.warnings)
            .all(|(found, part)| found.contains(part));
    if !all_there {
        compare(&expected.warnings.join(" / "), &warnings.join(" / "));
    }
    list
}

#[test]
fn operations_do_what_was_measured() {
    let mut paths = Vec::new();
    files(&grammars::root().join("tests/conformance"), &mut paths);
    paths.sort();
    assert!(paths.len() >= 40, "{} files", paths.len());
    let engine = Engine::new(EngineOptions::default()).expect("an engine");
    let mut failures = Vec::new();
    for path in &paths {
        let text = std::fs::read_to_string(path).expect("readable");
        let expected = Expectations::read(&text);
        let content = run(path, &expected, &engine);
        for difference in differences(&content, &expected) {
            failures.push(format!("{}: {difference}", path.display()));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} files:\n{}",
        failures.len(),
        paths.len(),
        failures.join("\n")
    );
}
