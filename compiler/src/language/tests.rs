use gable_grammar::{Source, SourceId, parse};

use super::*;
use crate::builtins::{FUNCTIONS, OPERATIONS};

fn used(text: &str) -> Vec<String> {
    let (file, diagnostics) = parse(&Source::from_bytes("a.cga", text.as_bytes()), SourceId(0));
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    let uses = uses(&file).into_iter();
    uses.map(|it| format!("{} {}", it.kind, it.name)).collect()
}

#[test]
fn whatever_the_tables_know_is_a_name_of_the_language() {
    for (name, _) in OPERATIONS {
        assert!(feature(Kind::Operation, name).is_some(), "{name}");
    }
    for (name, _) in FUNCTIONS {
        assert!(feature(Kind::Function, name).is_some(), "{name}");
    }
}

#[test]
fn no_feature_is_listed_twice() {
    let mut names: Vec<_> = features().iter().map(|it| (it.kind, it.name)).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn differences_and_old_names_are_of_features_that_there_are_in_the_language() {
    for (kind, names, _) in APPROXIMATED {
        for name in *names {
            assert!(feature(*kind, name).is_some(), "{kind} {name}");
        }
    }
    for (kind, old, _) in DEPRECATED {
        assert!(feature(*kind, old).is_some(), "{kind} {old}");
    }
}

#[test]
fn support_follows_the_tables() {
    let support = |kind, name| feature(kind, name).map(|it| it.support);
    assert_eq!(support(Kind::Operation, "extrude"), Some(Support::Full));
    assert_eq!(support(Kind::Operation, "split"), Some(Support::Full));
    assert_eq!(support(Kind::Function, "min"), Some(Support::Full));
    assert!(matches!(
        support(Kind::Function, "rand"),
        Some(Support::Approximated(_))
    ));
}

#[test]
fn all_of_the_language_is_there() {
    for feature in features() {
        assert_ne!(feature.support, Support::Missing, "{feature:?}");
    }
}

#[test]
fn uses_are_told_from_names_of_the_file() {
    let text = "
        attr inside = 3
        find(a) = a + scope.sx
        Lot(side) --> t(side, inside, find(1)) extrude(height) Top.
        Top --> [ s('1, rand(2), 1) ] len height
        len --> color(\"#ff0000\")
        height = len(\"abc\")
    ";
    assert_eq!(
        used(text),
        [
            "attribute scope.sx",
            "operation t",
            "operation extrude",
            "operation [ ]",
            "operation s",
            "function rand",
            "operation color",
            "function len",
        ]
    );
}

#[test]
fn words_that_mean_themselves_are_neither_functions_nor_attributes() {
    let text = "Lot --> offset(-1, inside) setupProjection(0, scope.xy, 1, 1) translate(abs, world, 0, 0, 0)";
    assert_eq!(
        used(text),
        [
            "operation offset",
            "operation setupProjection",
            "operation translate",
        ]
    );
}

#[test]
fn selectors_are_found_in_blocks_functions_and_queries() {
    let text = "
        Lot --> comp(f) { front : A | top || geometry.area > 3 : B | 0 = C | inside(intra) : D | sideways : E }
        a = geometry.area(top) + sum(comp(e) { border : scope.sx })
    ";
    assert_eq!(
        used(text),
        [
            "operation comp",
            "selector front",
            "selector top",
            "function geometry.area",
            "selector index",
            "function inside",
            "selector sideways",
            "function geometry.area",
            "selector top",
            "function sum",
            "function comp",
            "selector border",
            "attribute scope.sx",
        ]
    );
}

#[test]
fn annotations_and_old_forms_are_found() {
    let text = "
        @Range(1, 2) attr a = 1
        @Range(min=1, max=2) attr b = material.map5
        Lot --> setupProjection(0, scope.xy, 1, 1, 0) extrude(y, 3) i(\"builtin:cube\") set(material.color.a, 1)
    ";
    assert_eq!(
        used(text),
        [
            "annotation Range",
            "old form @Range(a, b)",
            "annotation Range",
            "attribute material.map5",
            "operation setupProjection",
            "old form setupProjection(uvSet, axes, w, h, factor)",
            "operation extrude",
            "old form extrude(axis, h)",
            "operation i",
            "old form i(\"builtin:cube\")",
            "operation set",
            "attribute material.color.a",
        ]
    );
}

#[test]
fn the_document_is_the_one_that_is_committed() {
    let committed = include_str!("../../../docs/cga-compatibility.md");
    assert!(
        committed == document(),
        "docs/cga-compatibility.md says something else than the tables: run `cargo xtask docs`"
    );
}
