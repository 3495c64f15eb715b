//! Small grammars with what they become: IR and WAT, or the messages about them.

use std::fmt::Write as _;
use std::path::Path;

use crate::support::{compile_files, rendered};
use gable_compiler::{ir, show_wat};
use gable_grammar::{Severity, Source};

fn read(path: &Path) -> String {
    Source::from_bytes("", &std::fs::read(path).unwrap()).text
}

#[test]
fn grammars_become_this_ir_and_wat() {
    insta::glob!("golden/*.cga", |path| {
        let compiled = compile_files(&[("main.cga", &read(path))]);
        let (Some(artifact), Some(program)) = (&compiled.artifact, &compiled.program) else {
            panic!("{}", rendered(&compiled));
        };
        wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::MVP)
            .validate_all(&artifact.wasm)
            .unwrap();
        let mut text = ir::show(program);
        let wat = show_wat(artifact);
        let custom = |line: &&str| !line.trim_start().starts_with("(@custom");
        for line in wat.lines().filter(custom) {
            write!(text, "\n{line}").unwrap();
        }
        insta::assert_snapshot!(text);
    });
}

#[test]
fn mistakes_get_these_messages() {
    insta::glob!("diagnostics/*.cga", |path| {
        let compiled = compile_files(&[("main.cga", &read(path))]);
        assert!(compiled.artifact.is_none());
        insta::assert_snapshot!(rendered(&compiled));
    });
}

#[test]
fn a_missing_import_is_reported_once_at_its_path() {
    let compiled = compile_files(&[(
        "main.cga",
        "import a : \"b.cga\"\nLot --> a.Rule t(a.x, 0, 0)",
    )]);
    let codes: Vec<_> = compiled.diagnostics.iter().map(|it| it.code.0).collect();
    assert_eq!(codes, ["E0202"]);
}

#[test]
fn a_cycle_of_imports_is_reported_with_its_way() {
    let compiled = compile_files(&[
        ("main.cga", "import a : \"a.cga\"\nLot --> a.A"),
        ("a.cga", "import b : \"b.cga\"\nA --> b.B"),
        ("b.cga", "import a : \"a.cga\"\nB --> NIL"),
    ]);
    let titles: Vec<_> = compiled
        .diagnostics
        .iter()
        .map(|it| it.title.as_str())
        .collect();
    assert_eq!(titles, ["`a.cga` imports itself: a.cga -> b.cga -> a.cga"]);
}

#[test]
fn what_is_not_supported_matters_only_where_it_is_used() {
    let text = "Lot --> NIL\nDead(x) --> bakeUV(x)";
    let compiled = compile_files(&[("main.cga", text)]);
    assert!(
        compiled
            .diagnostics
            .iter()
            .all(|it| it.severity == Severity::Warning)
    );
    assert!(compiled.artifact.is_some());
}

#[test]
fn a_module_has_nothing_but_functions() {
    let compiled = compile_files(&[("main.cga", "Lot --> extrude(1) A.")]);
    let artifact = compiled.artifact.unwrap();
    for payload in wasmparser::Parser::new(0).parse_all(&artifact.wasm) {
        use wasmparser::Payload as P;
        match payload.unwrap() {
            P::MemorySection(_)
            | P::TableSection(_)
            | P::DataSection(_)
            | P::StartSection { .. } => {
                panic!("a module has no memory, table, data or start function")
            }
            P::ImportSection(section) => {
                for import in section.into_imports() {
                    assert_eq!(import.unwrap().module, gable_kernel::abi::MODULE);
                }
            }
            P::ExportSection(section) => {
                let names: Vec<_> = section
                    .into_iter()
                    .map(|export| export.unwrap().name)
                    .collect();
                assert_eq!(names, ["generate"]);
            }
            _ => {}
        }
    }
}

#[test]
fn deep_nesting_is_refused_on_a_small_stack() {
    let terms = "1 + ".repeat(900);
    let text = format!("f = {terms}1\nLot --> t(f, 0, 0)");
    let small = std::thread::Builder::new().stack_size(2 << 20);
    let codes = small.spawn(move || {
        let compiled = compile_files(&[("main.cga", &text)]);
        compiled
            .diagnostics
            .iter()
            .map(|it| it.code.0)
            .collect::<Vec<_>>()
    });
    assert_eq!(codes.unwrap().join().unwrap(), ["E0305"]);
}
