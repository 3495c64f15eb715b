//! Every run of CityEngine's own runtime that was measured and whose rules we can write ourselves: the same polygons,
//! prints and reports, where no random number decides. Public rule files themselves, which are not ours to keep here, are
//! run by `cargo run --release --example corpus -- FOLDER measured`.

#[path = "support/grammars.rs"]
mod grammars;
#[path = "support/measured.rs"]
mod measured;
#[path = "support/obj.rs"]
mod obj;
#[path = "support/shapes.rs"]
mod shapes;

use std::collections::BTreeMap;

use gable_runtime::asset::AssetStore;
use gable_runtime::{Engine, EngineOptions};

#[test]
fn rules_of_our_own_give_what_was_measured() {
    let engine = Engine::new(EngineOptions::default()).expect("an engine");
    let assets = AssetStore::default();
    let folder = grammars::root().join("tests/measured");
    let mut compiled = BTreeMap::new();
    let (mut runs, mut failures) = (0, Vec::new());
    for run in measured::runs() {
        let Some(own) = &run.own else { continue };
        runs += 1;
        let artifact = compiled
            .entry(own.clone())
            .or_insert_with(|| grammars::compile_file(&folder.join(own)));
        let differences = match run.generate(artifact, &assets, &engine) {
            Ok(content) => run.differences(&content),
            Err(message) => vec![message],
        };
        if !differences.is_empty() {
            let title = run.title();
            failures.push(format!("{title}:\n      {}", differences.join("\n      ")));
        }
    }
    assert_eq!(runs, 72, "all but those of the tower, which needs models");
    assert!(
        failures.is_empty(),
        "{} of {runs} runs:\n{}",
        failures.len(),
        failures.join("\n")
    );
}
