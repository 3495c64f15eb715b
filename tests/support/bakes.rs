//! What tests of bakes share: worlds, the command, and what others say of the result.
#![allow(dead_code, reason = "each user takes what it needs")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

pub(crate) const CORNER: &str = "name = 'Corner'\n[[layer]]\nname = 'buildings'\nfeatures = 'bundled:san-francisco.geojson'\n\
    grammar = 'city'\ntile = 64.0\nbounds = [-122.4366, 37.7744, -122.4346, 37.7764]\n";
pub(crate) const LIMIT: usize = 1 << 28;

pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gable"));
    command
        .args(arguments)
        .env("GABLE_CACHE", folder.join("cache"))
        .env("NO_COLOR", "1")
        .current_dir(folder);
    command
}

pub(crate) fn gable(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("it starts")
}

pub(crate) fn good(output: &Output) -> String {
    assert!(output.status.success(), "{}", errors(output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A bake's or a check's summary.
pub(crate) fn json(output: &Output) -> Value {
    serde_json::from_str(&String::from_utf8_lossy(&output.stdout)).expect("JSON")
}

/// A folder with worlds in it.
pub(crate) fn folder_with(worlds: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in worlds {
        fs::write(folder.path().join(name), text).expect("writable");
    }
    folder
}

/// All files below a folder, by path.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn collect(root: &Path, folder: &Path, list: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                collect(root, &path, list);
            } else {
                let name = path.strip_prefix(root).expect("below the root");
                let name = name.to_string_lossy().into_owned();
                list.insert(name, fs::read(&path).expect("readable"));
            }
        }
    }
    let mut list = BTreeMap::new();
    collect(folder, folder, &mut list);
    list
}

/// A number of all levels of a bake, summed up.
pub(crate) fn sum(report: &Value, key: &str) -> u64 {
    let levels = report["levels"].as_array().expect("a list");
    levels.iter().filter_map(|level| level[key].as_u64()).sum()
}

pub(crate) fn assert_checked(folder: &Path, tileset: &str) -> Value {
    let output = gable(folder, &["tiles", "check", tileset, "--json"]);
    let report = json(&output);
    assert_eq!(report["findings"], Value::Array(Vec::new()), "{tileset}");
    good(&output);
    report
}

/// Where somebody has the validator of `CesiumGS`, it is asked too: `GABLE_TILES_VALIDATOR=3d-tiles-validator/build/main.js`.
pub(crate) fn assert_others_agree(tileset: &Path) {
    let Some(validator) = std::env::var_os("GABLE_TILES_VALIDATOR") else {
        return;
    };
    let output = Command::new("node")
        .arg(validator)
        .arg("--tilesetFile")
        .arg(tileset)
        .output()
        .expect("node runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let begin = text.find('{').unwrap_or(text.len());
    let mut values = serde_json::Deserializer::from_str(&text[begin..]).into_iter::<Value>();
    let result = values.next().and_then(Result::ok).unwrap_or_default();
    assert_eq!(result["numErrors"], 0, "{}: {text}", tileset.display());
    assert_eq!(result["numWarnings"], 0, "{}: {text}", tileset.display());
}
