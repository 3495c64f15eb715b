//! Who may use whom, and who may name which library: the rules of ARCHITECTURE.md as a test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// For each of our crates, those of ours that it may use (development dependencies left aside).
const MAY_USE: &[(&str, &[&str])] = &[
    ("gable-grammar", &[]),
    ("gable-kernel", &[]),
    ("gable-tileset", &[]),
    ("gable-placement", &[]),
    ("gable-cache", &[]),
    ("gable-features", &["gable-tileset"]),
    ("gable-content", &["gable-tileset"]),
    ("gable-compiler", &["gable-grammar", "gable-kernel"]),
    (
        "gable-author",
        &[
            "gable-grammar",
            "gable-compiler",
            "gable-kernel",
            "gable-tileset",
        ],
    ),
    ("gable-runtime", &["gable-kernel"]),
    (
        "gable-world",
        &[
            "gable-grammar",
            "gable-compiler",
            "gable-kernel",
            "gable-runtime",
            "gable-features",
            "gable-tileset",
        ],
    ),
    (
        "gable-tiles",
        &[
            "gable-world",
            "gable-cache",
            "gable-content",
            "gable-placement",
            "gable-kernel",
            "gable-runtime",
            "gable-tileset",
        ],
    ),
    (
        "gable",
        &[
            "gable-desktop",
            "gable-render",
            "gable-session",
            "gable-view",
            "gable-tiles",
            "gable-tileset",
            "gable-cache",
            "gable-world",
            "gable-content",
            "gable-grammar",
            "gable-compiler",
            "gable-kernel",
            "gable-runtime",
            "gable-features",
            "gable-placement",
        ],
    ),
    ("gable-model", &["gable-content"]),
    ("gable-view", &["gable-tileset"]),
    ("gable-render", &["gable-model"]),
    (
        "gable-session",
        &[
            "gable-kernel",
            "gable-model",
            "gable-render",
            "gable-tileset",
            "gable-view",
        ],
    ),
    (
        "gable-browser",
        &[
            "gable-kernel",
            "gable-model",
            "gable-render",
            "gable-session",
            "gable-tileset",
            "gable-view",
        ],
    ),
    (
        "gable-desktop",
        &[
            "gable-content",
            "gable-kernel",
            "gable-model",
            "gable-render",
            "gable-runtime",
            "gable-session",
            "gable-tileset",
            "gable-view",
            "gable-world",
        ],
    ),
    ("xtask", &[]),
];

fn metadata() -> serde_json::Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

#[test]
fn crates_use_only_what_lies_below_them() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("a list");
    let ours: BTreeSet<&str> = packages
        .iter()
        .filter_map(|package| package["name"].as_str())
        .collect();
    let rules: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    assert_eq!(
        ours,
        rules.keys().copied().collect(),
        "each crate has a line in MAY_USE"
    );
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let used: BTreeSet<&str> = package["dependencies"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|dependency| dependency["kind"].is_null())
            .filter_map(|dependency| dependency["name"].as_str())
            .filter(|dependency| ours.contains(dependency))
            .collect();
        let allowed: BTreeSet<&str> = rules[name].iter().copied().collect();
        assert!(
            used.is_subset(&allowed),
            "`{name}` uses {used:?}, may use {allowed:?}"
        );
    }
}

/// Every Rust file below a folder of the checkout.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut list = Vec::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
        &mut list,
    );
    assert!(!list.is_empty(), "{folder} has sources");
    list
}

fn collect(folder: &Path, list: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, list);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            list.push((
                path.display().to_string(),
                std::fs::read_to_string(&path).expect("text"),
            ));
        }
    }
}

#[test]
fn pest_stays_in_the_parser() {
    for (path, text) in sources("grammar/src") {
        assert!(
            path.contains("/parse") || !text.contains("pest::"),
            "{path} names pest"
        );
    }
}

#[test]
fn wasmtime_stays_in_the_host() {
    for folder in [
        "src",
        "compiler/src",
        "grammar/src",
        "runtime/kernel/src",
        "tiles/features/src",
        "tiles/cache/src",
    ] {
        for (path, text) in sources(folder) {
            assert!(!text.contains("wasmtime::"), "{path} names wasmtime");
        }
    }
}

#[test]
fn files_have_a_purpose_and_a_bearable_size() {
    for folder in [
        "src",
        "compiler/src",
        "grammar/src",
        "runtime/kernel/src",
        "runtime/host/src",
        "tiles/features/src",
        "tiles/placement/src",
        "tiles/cache/src",
        "xtask/src",
    ] {
        for (path, text) in sources(folder) {
            let test = path.ends_with("tests.rs") || path.contains("/tests/");
            assert!(
                test || text.starts_with("//!"),
                "{path} does not say what it is for"
            );
            let lines = text.lines().count();
            assert!(
                lines <= 700 || path.ends_with("abi/table.rs"),
                "{path} has {lines} lines"
            );
        }
    }
}

#[test]
fn nothing_is_ignored_or_left_to_do() {
    for folder in [
        "src",
        "tests",
        "compiler/src",
        "grammar/src",
        "runtime/kernel/src",
        "runtime/host/src",
        "tiles/features/src",
        "tiles/placement/src",
        "tiles/cache/src",
    ] {
        for (path, text) in sources(folder) {
            if path.ends_with("tests/architecture.rs") {
                continue;
            }
            for word in ["#[ignore", "todo!(", "unimplemented!(", "TODO", "FIXME"] {
                assert!(!text.contains(word), "{path} has `{word}`");
            }
        }
    }
}
