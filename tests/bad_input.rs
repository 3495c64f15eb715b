//! Wrong input gets a clear message with place and cure, from the real binary: no panic, no hang, bounded memory.

use std::path::Path;
use std::process::{Command, Output};

/// A folder with files, in which the command runs.
struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).expect("writable");
        }
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs `gable` with an address space of 6 GB (the engine reserves, it does not use) and a time limit.
    fn run(&self, arguments: &[&str]) -> Outcome {
        let output = Command::new("timeout")
            .arg("120")
            .arg(env!("CARGO_BIN_EXE_gable"))
            .args(arguments)
            .env("GABLE_CACHE", self.path().join("cache"))
            .env("NO_COLOR", "1")
            .current_dir(self.path())
            .output()
            .expect("the command starts");
        Outcome::from(output)
    }

    fn generate(&self, rules: &str) -> Outcome {
        self.run(&["generate", rules, "-o", "out.glb"])
    }
}

#[derive(Debug)]
struct Outcome {
    code: i32,
    text: String,
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        let text = String::from_utf8_lossy(&output.stderr).into_owned()
            + &String::from_utf8_lossy(&output.stdout);
        assert!(!text.contains("panicked"), "{text}");
        Self {
            code: output.status.code().expect("an exit code, not a signal"),
            text,
        }
    }
}

impl Outcome {
    #[track_caller]
    fn fails_with(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{}", self.text);
        self.says(words);
    }

    #[track_caller]
    fn says(&self, words: &[&str]) {
        for word in words {
            assert!(
                self.text.contains(word),
                "expected `{word}` in:\n{}",
                self.text
            );
        }
    }
}

#[test]
fn a_syntax_error_names_line_and_cure() {
    let case = Case::new(&[(
        "a.cga",
        "Lot --> extrude(10)\nTop --> split(y) { 3 Floor }\nRest --> NIL\n",
    )]);
    case.generate("a.cga")
        .fails_with(1, &["a.cga:2", "error[E01", "expected"]);
}

#[test]
fn every_bad_declaration_is_reported() {
    let case = Case::new(&[(
        "a.cga",
        "A --> extrude(\nB --> color(\"#ff0000\")\nC --> t(1,2\nD --> s(1,,2)\n",
    )]);
    let outcome = case.run(&["check", "a.cga"]);
    outcome.fails_with(1, &["a.cga:"]);
    assert!(
        outcome.text.matches("error[").count() >= 2,
        "{}",
        outcome.text
    );
}

#[test]
fn a_type_error_names_both_sides() {
    let case = Case::new(&[("a.cga", "attr height = \"tall\"\nLot --> extrude(height)\n")]);
    case.generate("a.cga")
        .fails_with(1, &["a.cga:2", "error[E03", "string"]);
}

#[test]
fn an_unknown_rule_is_a_warning_and_a_leaf() {
    let case = Case::new(&[("a.cga", "Lot --> extrude(10) Facade\n")]);
    let outcome = case.generate("a.cga");
    assert_eq!(outcome.code, 0, "{}", outcome.text);
    outcome.says(&["a.cga:1", "Facade"]);
}

#[test]
fn an_unknown_start_rule_lists_the_known() {
    let case = Case::new(&[("a.cga", "Lot --> extrude(10)\n")]);
    case.run(&["generate", "a.cga", "--start", "Lott"])
        .fails_with(2, &["Lott", "Lot"]);
}

#[test]
fn a_cyclic_import_names_the_cycle() {
    let case = Case::new(&[
        ("a.cga", "import b : \"b.cga\"\nLot --> b.Lot\n"),
        ("b.cga", "import a : \"a.cga\"\nLot --> a.Lot\n"),
    ]);
    case.generate("a.cga")
        .fails_with(1, &["error[E02", "a.cga", "b.cga"]);
}

#[test]
fn a_missing_import_names_the_path() {
    let case = Case::new(&[("a.cga", "import b : \"walls/b.cga\"\nLot --> b.Lot\n")]);
    case.generate("a.cga")
        .fails_with(1, &["a.cga:1", "walls/b.cga"]);
}

#[test]
fn endless_recursion_of_rules_ends_with_its_place() {
    let case = Case::new(&[("a.cga", "Lot --> t(1,0,0) Lot\n")]);
    case.generate("a.cga")
        .fails_with(4, &["a.cga:1", "recursion"]);
}

#[test]
fn endless_recursion_of_functions_ends_with_its_place() {
    let case = Case::new(&[(
        "a.cga",
        "f(x) = case x < 0 : 0 else : f(x + 1)\nLot --> extrude(f(1))\n",
    )]);
    case.generate("a.cga")
        .fails_with(4, &["a.cga:", "functions"]);
}

#[test]
fn a_thousand_million_shapes_end_at_a_limit() {
    let case = Case::new(&[(
        "a.cga",
        "Lot --> split(x) { '0.001 : A }*\nA --> split(z) { '0.001 : B }*\nB --> extrude(1) split(y) { '0.001 : C. }*\n",
    )]);
    case.run(&[
        "generate",
        "a.cga",
        "--max-shapes",
        "200000",
        "-o",
        "out.glb",
    ])
    .fails_with(4, &["a.cga:", "shapes", "--max-shapes"]);
}

#[test]
fn a_nan_size_is_a_warning_with_a_place() {
    let case = Case::new(&[("a.cga", "Lot --> extrude(sqrt(-1)) X.\n")]);
    let outcome = case.generate("a.cga");
    assert_eq!(outcome.code, 0, "{}", outcome.text);
    outcome.says(&["a.cga:1", "warning"]);
}

#[test]
fn a_missing_asset_is_a_warning_that_names_it() {
    let case = Case::new(&[("a.cga", "Lot --> extrude(3) i(\"models/nowhere.obj\") X.\n")]);
    let outcome = case.generate("a.cga");
    assert_eq!(outcome.code, 0, "{}", outcome.text);
    outcome.says(&["a.cga:1", "models/nowhere.obj"]);
}

#[test]
fn a_damaged_model_names_file_and_line() {
    let case = Case::new(&[
        ("a.cga", "Lot --> i(\"door.obj\") X.\n"),
        ("door.obj", "v 0 0 0\nv 1 0 0\nv 1 1\nf 1 2 9\n"),
    ]);
    case.generate("a.cga").says(&["door.obj"]);
}

#[test]
fn self_intersecting_rings_are_repaired_and_counted() {
    let bow = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":
        {"type":"Polygon","coordinates":[[[0,0],[0.001,0.001],[0.001,0],[0,0.001],[0,0]]]}}]}"#;
    let case = Case::new(&[("a.cga", "Lot --> extrude(10)\n"), ("bow.geojson", bow)]);
    let outcome = case.run(&[
        "generate",
        "a.cga",
        "--features",
        "bow.geojson",
        "-o",
        "out.glb",
    ]);
    assert_eq!(outcome.code, 0, "{}", outcome.text);
    outcome.says(&["self-intersect"]);
}

#[test]
fn broken_feature_files_name_file_and_cause() {
    let case = Case::new(&[
        ("a.cga", "Lot --> extrude(10)\n"),
        (
            "cut.geojson",
            "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feat",
        ),
        ("odd.geojson", "\u{0}\u{1}\u{2}"),
    ]);
    for name in ["cut.geojson", "odd.geojson", "missing.geojson"] {
        case.run(&["generate", "a.cga", "--features", name, "-o", "out.glb"])
            .fails_with(3, &[name]);
    }
}

#[test]
fn wrong_settings_say_what_there_is() {
    let case = Case::new(&[("a.cga", "attr height = 10\nLot --> extrude(height)\n")]);
    case.run(&["generate", "a.cga", "--set", "hight=3"])
        .fails_with(2, &["hight", "height"]);
    case.run(&["generate", "a.cga", "--set", "height=tall"])
        .fails_with(2, &["height", "number"]);
    case.run(&["generate", "a.cga", "-o", "out.fbx"])
        .fails_with(2, &[".glb"]);
    case.run(&["generate", "nowhere.cga"])
        .fails_with(3, &["nowhere.cga"]);
}

#[test]
fn deep_nesting_is_a_diagnostic() {
    let text = format!(
        "Lot --> extrude({}1{})\n",
        "(".repeat(5000),
        ")".repeat(5000)
    );
    let case = Case::new(&[("a.cga", &text)]);
    case.generate("a.cga")
        .fails_with(1, &["a.cga:1", "error[E01"]);
}

#[test]
fn a_grammar_without_a_rule_to_start_with_says_how_to_add_one() {
    let case = Case::new(&[("a.cga", "attr height = 3\n")]);
    case.generate("a.cga").fails_with(
        2,
        &["no rule without parameters to start with", "@StartRule"],
    );
}

#[test]
fn messages_that_nobody_reads_do_not_change_the_outcome() {
    let case = Case::new(&[("a.cga", "Lot --> t(")]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_gable"))
        .args(["check", "a.cga"])
        .current_dir(case.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the command starts");
    drop(child.stderr.take());
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(1));
}
