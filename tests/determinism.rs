//! The same recipe gives the same bytes in wasmtime, natively compiled, and in V8 (Node); and again; and every bundled
//! grammar's output is the golden one and passes the Khronos validator.

#[path = "support/grammars.rs"]
mod support;
#[path = "support/validator.rs"]
mod validator;

use std::path::Path;
use std::process::Command;

use gable_runtime::{Engine, EngineOptions, NativeRules, Rules, hash};

/// Writes what Node needs into a folder, runs the module there, and returns the content.
fn in_node(
    folder: &Path,
    module: &[u8],
    recipe: &gable_kernel::recipe::Recipe,
    assets: &gable_runtime::asset::AssetStore,
) -> Vec<u8> {
    let write = |name: &str, bytes: &[u8]| {
        let file = folder.join(name);
        std::fs::write(&file, bytes).expect("writable");
        file.to_string_lossy().into_owned()
    };
    let mut list = Vec::new();
    for reference in &recipe.assets {
        let file = hash::hex(&reference.hash);
        let bytes = assets
            .by_hash(&reference.hash)
            .expect("the store has what it listed");
        list.push((reference.name.clone(), write(&file, bytes)));
    }
    let out = folder.join("out.bin");
    let output = Command::new("node")
        .arg("run-module.mjs")
        .arg(write("kernel.wasm", gable_runtime::KERNEL))
        .arg(write("module.wasm", module))
        .arg(write("recipe.bin", &recipe.to_bytes()))
        .arg(write(
            "assets.json",
            serde_json::to_string(&list).expect("plain data").as_bytes(),
        ))
        .arg(&out)
        .current_dir(support::root().join("tests"))
        .output()
        .expect("node runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    std::fs::read(out).expect("node wrote the content")
}

#[test]
fn every_bundled_grammar_gives_the_same_bytes_in_every_engine() {
    let engine = Engine::new(EngineOptions::default()).expect("an engine");
    let assets = support::assets();
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    let mut golden = String::from("grammar, LOD: triangles, drawn, instances, bytes, SHA-256\n");
    for (name, path) in support::bundled() {
        let artifact = support::compile_file(&path);
        let rules = Rules::load(&engine, &artifact.wasm).expect("our own modules are accepted");
        let natively = NativeRules::load(&engine, &artifact.wasm).expect("natively");
        for lod in [0.0, 1.0, 2.0] {
            let recipe = support::recipe(&artifact, support::footprints(), &assets, Some(lod));
            let content = rules
                .generate(&recipe, &assets)
                .unwrap_or_else(|error| panic!("{name} at LOD {lod}: {error}"));
            assert!(
                content.summary.counts.triangles > 0,
                "{name} at LOD {lod} makes something"
            );
            let again = rules.generate(&recipe, &assets).expect("again");
            assert!(
                content.bytes == again.bytes,
                "{name} at LOD {lod}: twice the same"
            );
            let native = natively.generate(&recipe, &assets).expect("natively");
            assert!(
                content.bytes == native.bytes,
                "{name} at LOD {lod}: natively the same bytes"
            );
            assert_eq!(
                content.summary, native.summary,
                "{name} at LOD {lod}: natively the same summary"
            );
            let node = in_node(folder.path(), &artifact.wasm, &recipe, &assets);
            assert!(
                content.bytes == node,
                "{name} at LOD {lod}: in V8 the same bytes"
            );
            let counts = &content.summary.counts;
            golden.push_str(&format!(
                "{name}, {lod}: {}, {}, {}, {}, {}\n",
                counts.triangles,
                counts.drawn_triangles,
                counts.instances,
                content.bytes.len(),
                hash::hex(&hash::sha256(&content.bytes)),
            ));
            let file = folder.path().join(format!("{name}-{lod}.glb"));
            std::fs::write(&file, &content.bytes).expect("writable");
            files.push(file);
        }
    }
    insta::assert_snapshot!(golden);
    validator::assert_valid(&files);
}

#[test]
fn a_recipe_survives_its_bytes_and_refuses_damage() {
    let (_, path) = support::bundled().swap_remove(0);
    let artifact = support::compile_file(&path);
    let recipe = support::recipe(
        &artifact,
        support::footprints(),
        &support::assets(),
        Some(1.0),
    );
    let bytes = recipe.to_bytes();
    assert_eq!(
        gable_kernel::recipe::Recipe::from_bytes(&bytes).as_ref(),
        Ok(&recipe)
    );
    for length in [0, 7, 8, 9, bytes.len() / 2, bytes.len() - 1] {
        assert!(
            gable_kernel::recipe::Recipe::from_bytes(&bytes[..length]).is_err(),
            "cut to {length}"
        );
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(
        gable_kernel::recipe::Recipe::from_bytes(&longer).is_err(),
        "one byte too many"
    );
}
