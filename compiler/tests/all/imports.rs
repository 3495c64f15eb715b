//! Imports: instances, overrides, propagation, styles.

use crate::support::{Files, compile_files, prints_of};
use gable_compiler::{Options, compile};
use gable_grammar::Source;

const PART: &str = "attr height = 1\nattr width = 2\nextension Top --> print(\"own\") T.\n\
                    start Part --> print(height + \",\" + width) Top";

fn with_part(main: &str) -> Vec<String> {
    prints_of(&[("main.cga", main), ("part.cga", PART)])
}

#[test]
fn imported_rules_have_attributes_of_their_own() {
    assert_eq!(
        with_part("import p : \"part.cga\"\nLot --> p.Part"),
        ["1,2", "own"]
    );
}

#[test]
fn attributes_of_the_importer_reach_the_import() {
    assert_eq!(
        with_part("import p : \"part.cga\"\nattr height = 7\nLot --> p.start"),
        ["7,2", "own"]
    );
}

#[test]
fn parentheses_override_and_protect() {
    let main = "import p : \"part.cga\" (height = a * 2, width)\nattr a = 4\nattr width = 9\nLot --> p.Part";
    assert_eq!(with_part(main), ["8,2", "own"]);
    let main = "import p : \"part.cga\" ()\nattr height = 9\nLot --> p.Part";
    assert_eq!(with_part(main), ["1,2", "own"]);
}

#[test]
fn extension_rules_are_replaced_in_the_scope_of_the_importer() {
    let main = "import p : \"part.cga\" (Top --> print(mine) T.)\nattr mine = 5\nLot --> p.Part";
    assert_eq!(with_part(main), ["1,2", "5"]);
}

#[test]
fn two_imports_of_a_file_are_two_instances() {
    let main = "import p : \"part.cga\" (height = 3)\nimport q : \"part.cga\"\nLot --> set(q.width, 6) p.Part q.Part";
    assert_eq!(with_part(main), ["3,2", "1,6", "own", "own"]);
}

#[test]
fn a_style_replaces_what_it_names() {
    let text = "attr a = 1\nattr b = 2\nLot --> t(a, b, 0)\nstyle Tall\nattr a = 10\nstyle Huge extends Tall\nattr b = 20";
    let default = |style: Option<&str>, name: &str| {
        let options = Options {
            style: style.map(str::to_owned),
            ..Options::default()
        };
        let main = Source {
            path: "main.cga".to_owned(),
            text: text.to_owned(),
        };
        let compiled = compile(main, &Files::default(), &options);
        let attributes = compiled.artifact.unwrap().manifest.attributes;
        attributes
            .into_iter()
            .find(|it| it.name == name)
            .unwrap()
            .default
    };
    use gable_kernel::recipe::Value::Float;
    assert_eq!(
        (default(None, "a"), default(None, "b")),
        (Some(Float(1.0)), Some(Float(2.0)))
    );
    assert_eq!(
        (default(Some("Tall"), "a"), default(Some("Tall"), "b")),
        (Some(Float(10.0)), Some(Float(2.0)))
    );
    assert_eq!(
        (default(Some("Huge"), "a"), default(Some("Huge"), "b")),
        (Some(Float(10.0)), Some(Float(20.0)))
    );
}

#[test]
fn hidden_imports_hide_their_attributes() {
    let hidden = |main: &str| -> Vec<(String, bool)> {
        let inner = "attr depth = 1\nA --> print(depth) X.";
        let part = "import q : \"inner.cga\"\nattr height = 1\nattr width = 2\nA --> print(height + width) q.A";
        let files = [("main.cga", main), ("part.cga", part), ("inner.cga", inner)];
        let attributes = compile_files(&files).artifact.unwrap().manifest.attributes;
        let pairs = attributes.into_iter().map(|it| (it.name, it.hidden));
        pairs.collect()
    };
    let named = |height, width, depth| {
        [
            ("p.height", height),
            ("p.width", width),
            ("p.q.depth", depth),
        ]
        .map(|(name, hidden)| (name.to_owned(), hidden))
    };
    let import = "import p : \"part.cga\"\nLot --> p.A";
    assert_eq!(hidden(import), named(false, false, false));
    assert_eq!(
        hidden(&format!("@Hidden\n{import}")),
        named(true, true, true)
    );
    assert_eq!(
        hidden(&format!("@Hidden(height, q.depth)\n{import}")),
        named(true, false, true)
    );
}
