//! Worlds as files: what the server would send, whole whatever happens.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use axum::body::Body;
use axum::http::Request;
use gable_content::archive::Reader;
use gable_content::coding::{Coding, decode};
use gable_runtime::{Engine, EngineOptions};
use gable_tiles::{Server, ServerOptions};
use gable_world::World;
use serde_json::Value;
use tower::ServiceExt as _;

/// A corner of San Francisco: three levels, a dozen tiles.
const CORNER: &str = "name = 'Corner'\n[[layer]]\nname = 'buildings'\nfeatures = 'bundled:san-francisco.geojson'\n\
    grammar = 'city'\ntile = 64.0\nbounds = [-122.4366, 37.7744, -122.4346, 37.7764]\n";
const LIMIT: usize = 1 << 28;

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gable"));
    command
        .args(arguments)
        .env("GABLE_CACHE", folder.join("cache"))
        .env("NO_COLOR", "1")
        .current_dir(folder);
    command
}

fn gable(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("it starts")
}

fn good(output: &Output) -> String {
    assert!(output.status.success(), "{}", errors(output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A bake's or a check's summary.
fn json(output: &Output) -> Value {
    serde_json::from_str(&String::from_utf8_lossy(&output.stdout)).expect("JSON")
}

/// A folder with worlds in it.
fn folder_with(worlds: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in worlds {
        fs::write(folder.path().join(name), text).expect("writable");
    }
    folder
}

/// All files below a folder, by path.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
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

/// What the server answers.
fn served(world: &Path, addresses: impl Iterator<Item = String>) -> BTreeMap<String, Vec<u8>> {
    let engine = Engine::new(EngineOptions::default()).expect("an engine");
    let server = Server::new(ServerOptions::default()).expect("a server");
    server.put(World::open(world, &engine).expect("a world"));
    let router = server.router();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut answers = BTreeMap::new();
        for address in addresses {
            let request = Request::get(&address).body(Body::empty()).expect("valid");
            let answer = router.clone().oneshot(request).await.expect("an answer");
            assert_eq!(answer.status(), 200, "{address}");
            let body = axum::body::to_bytes(answer.into_body(), LIMIT).await;
            answers.insert(address, body.expect("a body").to_vec());
        }
        answers
    })
}

fn assert_checked(folder: &Path, tileset: &str) -> Value {
    let output = gable(folder, &["tiles", "check", tileset, "--json"]);
    let report = json(&output);
    assert_eq!(report["findings"], Value::Array(Vec::new()), "{tileset}");
    good(&output);
    report
}

/// Where somebody has `CesiumGS`'s validator, it is asked too: `GABLE_TILES_VALIDATOR=3d-tiles-validator/build/main.js`.
fn assert_others_agree(tileset: &Path) {
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

/// Each file has siblings that are the same when they are unpacked, textures and tiny ones aside; how many there are.
fn assert_siblings(baked: &BTreeMap<String, Vec<u8>>, plain: &BTreeSet<&String>) -> usize {
    let mut siblings = 0;
    for (coding, ending) in [
        (Coding::Brotli, "br"),
        (Coding::Gzip, "gz"),
        (Coding::Zstd, "zst"),
    ] {
        for name in plain {
            let sibling = baked.get(&format!("{name}.{ending}"));
            siblings += usize::from(sibling.is_some());
            assert_eq!(
                sibling.is_some(),
                !name.ends_with(".png") && baked[*name].len() >= 200
            );
            let decoded = sibling.map(|bytes| decode(coding, bytes, LIMIT).expect("valid"));
            assert!(decoded.is_none_or(|bytes| bytes == baked[*name]), "{name}");
        }
    }
    siblings
}

/// What the Khronos validator says of GLB files.
fn assert_valid(paths: impl Iterator<Item = std::path::PathBuf>) {
    let output = Command::new("node")
        .arg("validate-gltf.mjs")
        .args(paths)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"))
        .output()
        .expect("node runs");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        errors(&output)
    );
}

#[test]
fn a_baked_world_is_what_the_server_sends() {
    let folder = folder_with(&[("corner.toml", CORNER)]);
    let at = folder.path();
    let bake = ["bake", "corner.toml", "-o", "out", "--json"];
    let report = json(&gable(
        at,
        &[&bake[..], &["--encoding", "br,gzip,zstd"]].concat(),
    ));
    let baked = files(&at.join("out"));
    let plain: BTreeSet<&String> = baked
        .keys()
        .filter(|name| {
            ![".br", ".gz", ".zst"]
                .iter()
                .any(|ending| name.ends_with(ending))
        })
        .filter(|name| *name != "bake.json")
        .collect();
    let answers = served(
        &at.join("corner.toml"),
        plain.iter().map(|name| format!("/corner/{name}")),
    );
    for name in &plain {
        assert!(
            baked[*name] == answers[&format!("/corner/{name}")],
            "{name}"
        );
    }
    let siblings = assert_siblings(&baked, &plain);
    let levels = report["levels"].as_array().expect("a list");
    let contents: Vec<&&String> = plain.iter().filter(|name| name.ends_with(".glb")).collect();
    let sum = |key: &str| {
        levels
            .iter()
            .filter_map(|level| level[key].as_u64())
            .sum::<u64>()
    };
    assert!(
        levels.len() == 3 && contents.len() > 8 && siblings > 24,
        "{report}"
    );
    assert_eq!(sum("tiles"), contents.len() as u64);
    assert_eq!(
        sum("bytes"),
        contents
            .iter()
            .map(|name| baked[**name].len() as u64)
            .sum::<u64>()
    );
    let check = assert_checked(at, "out");
    assert_eq!(check["contents"], contents.len());
    assert_valid(contents.iter().map(|name| at.join("out").join(name)));
    assert_others_agree(&at.join("out/tileset.json"));
    // Once more: everything is there.
    let again = json(&gable(at, &bake));
    let made = again["levels"].as_array().expect("a list");
    assert!(
        made.iter()
            .all(|level| level["made"] == 0 && level["triangles"].as_u64() > Some(0))
    );
    assert_eq!(files(&at.join("out")), baked);
}

#[test]
fn a_bake_that_was_killed_is_gone_on_with() {
    let folder = folder_with(&[("corner.toml", CORNER)]);
    let at = folder.path();
    good(&gable(at, &["bake", "corner.toml", "-o", "whole"]));
    let bake = [
        "bake",
        "corner.toml",
        "-o",
        "out",
        "--threads",
        "1",
        "--json",
    ];
    let mut child = command(at, &bake)
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    let has_content = || {
        let out = at.join("out");
        out.exists() && files_named(&out, ".glb") > 1
    };
    while !has_content() && child.try_wait().expect("it is ours").is_none() {
        std::thread::yield_now();
    }
    child.kill().expect("it is ours");
    child.wait().expect("it ends");
    assert!(
        !at.join("out/tileset.json").exists(),
        "killed in the middle"
    );
    let report = json(&gable(at, &bake));
    let levels = report["levels"].as_array().expect("a list");
    let sum = |key: &str| {
        levels
            .iter()
            .filter_map(|level| level[key].as_u64())
            .sum::<u64>()
    };
    assert!((1..sum("tiles")).contains(&sum("made")), "{report}");
    assert_eq!(files(&at.join("out")), files(&at.join("whole")));
}

/// Files below a folder that somebody else writes to.
fn files_named(folder: &Path, ending: &str) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| {
            let path = entry.path();
            if path.is_dir() {
                files_named(&path, ending)
            } else {
                usize::from(path.to_string_lossy().ends_with(ending))
            }
        })
        .sum()
}

#[test]
fn an_archive_holds_the_same_files_and_is_the_same_each_time() {
    let folder = folder_with(&[("corner.toml", CORNER)]);
    let at = folder.path();
    good(&gable(at, &["bake", "corner.toml", "-o", "out"]));
    let expected = files(&at.join("out"));
    for (name, arguments) in [
        ("a.3tz", &[][..]),
        ("b.3tz", &["--threads", "1"]),
        ("c.3tz", &["--encoding", "zstd"]),
    ] {
        good(&gable(
            at,
            &[&["bake", "corner.toml", "-o", name], arguments].concat(),
        ));
        let bytes = fs::read(at.join(name)).expect("readable");
        let mut reader = Reader::open(Cursor::new(bytes), LIMIT as u64).expect("an archive");
        let paths = reader.paths().expect("paths");
        assert!(paths.iter().eq(expected.keys()), "{paths:?}");
        for (path, expected) in &expected {
            assert!(
                reader.get(path).expect("whole").as_ref() == Some(expected),
                "{path}"
            );
        }
        assert_checked(at, name);
        assert!(
            !at.join(format!("{name}.baking")).exists(),
            "the folder is gone"
        );
    }
    let [a, b] = ["a.3tz", "b.3tz"].map(|name| fs::read(at.join(name)).expect("readable"));
    assert!(a == b, "the same archive");
    assert_others_agree(&at.join("a.3tz"));
    good(&gable(at, &["bake", "corner.toml", "-o", "a.3tz"]));
    let refused = gable(
        at,
        &["bake", "corner.toml", "-o", "d.3tz", "--encoding", "br"],
    );
    assert_eq!(refused.status.code(), Some(2), "{}", errors(&refused));
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let folder = folder_with(&[
        ("corner.toml", CORNER),
        ("other.toml", CORNER),
        ("photos.3tz", "mine"),
    ]);
    let at = folder.path();
    fs::create_dir(at.join("photos")).expect("writable");
    fs::write(at.join("photos/cat.png"), "mine").expect("writable");
    for target in ["photos", "photos.3tz", "corner.toml"] {
        let output = gable(at, &["bake", "corner.toml", "-o", target]);
        assert_eq!(output.status.code(), Some(3));
        assert!(
            errors(&output).contains("not made by `gable bake`"),
            "{}",
            errors(&output)
        );
    }
    assert_eq!(files(&at.join("photos")).len(), 1);
    assert_eq!(fs::read(at.join("photos.3tz")).expect("there"), b"mine");
    good(&gable(
        at,
        &["bake", "corner.toml", "-o", "out", "--levels", "0"],
    ));
    let output = gable(at, &["bake", "other.toml", "-o", "out"]);
    assert!(
        errors(&output).contains("holds the world `corner`, not `other`"),
        "{}",
        errors(&output)
    );
    let output = gable(at, &["bake", "corner.toml", "-o", "corner.toml/out"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        errors(&output).contains("cannot write corner.toml/out"),
        "{}",
        errors(&output)
    );
}

#[cfg(unix)]
#[test]
fn a_disk_that_takes_no_more_ends_in_a_clear_error_and_a_later_run_goes_on() {
    let folder = folder_with(&[("corner.toml", CORNER)]);
    let at = folder.path();
    good(&gable(at, &["bake", "corner.toml", "-o", "whole"]));
    // Files of more than 16 kB cannot be written.
    let script = "trap '' XFSZ; ulimit -f 32; exec \"$0\" bake corner.toml -o out";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_gable")])
        .env("GABLE_CACHE", at.join("cache"))
        .current_dir(at)
        .output()
        .expect("a shell");
    assert_eq!(output.status.code(), Some(3), "{}", errors(&output));
    assert!(
        errors(&output).contains("cannot write out/.baking/"),
        "{}",
        errors(&output)
    );
    good(&gable(at, &["bake", "corner.toml", "-o", "out"]));
    assert_eq!(files(&at.join("out")), files(&at.join("whole")));
}

#[test]
fn a_changed_world_gets_new_addresses_and_old_ones_go_when_told() {
    let folder = folder_with(&[("corner.toml", CORNER)]);
    let at = folder.path();
    let bake = ["bake", "corner.toml", "-o", "out", "--json"];
    let revisions = || files_in(&at.join("out/buildings"));
    good(&gable(at, &bake));
    let first = revisions();
    fs::write(at.join("corner.toml"), format!("{CORNER}seed = 1\n")).expect("writable");
    good(&gable(at, &bake));
    let both = revisions();
    assert!(both.len() == 2 && both.is_superset(&first), "{both:?}");
    fs::write(at.join("out/robots.txt"), "mine").expect("writable");
    let report = json(&gable(
        at,
        &[&bake[..], &["--clean", "--levels", "0..1"]].concat(),
    ));
    assert!(report["removed"].as_u64() > Some(8), "{report}");
    let last = revisions();
    assert!(last.len() == 1 && last.is_disjoint(&first), "{last:?}");
    let left = files(&at.join("out"));
    let contents = left.keys().filter(|name| name.ends_with(".glb")).count() as u64;
    let levels = report["levels"].as_array().expect("a list");
    assert_eq!(
        contents,
        levels
            .iter()
            .filter_map(|level| level["tiles"].as_u64())
            .sum::<u64>()
    );
    assert!(left.contains_key("robots.txt"), "what is not ours stays");
    assert_checked(at, "out");
}

fn files_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn tiles_that_fail_are_listed_and_not_announced() {
    let grammar = "attr LOD = 0\n@StartRule\nLot --> case LOD > 1 && initialShape.origin.px > 0 : Forever\n\
        else : extrude(6)\nForever --> t(0, 0, 0.001) Forever\n";
    let world = CORNER.replace("grammar = 'city'", "grammar = 'endless.cga'");
    let folder = folder_with(&[("endless.cga", grammar), ("corner.toml", &world)]);
    let at = folder.path();
    let output = gable(at, &["bake", "corner.toml", "-o", "out", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", errors(&output));
    let report = json(&output);
    let failures = report["failures"].as_array().expect("a list");
    assert!(!failures.is_empty(), "{report}");
    for failure in failures {
        let tile = failure["tile"].as_str().expect("a path");
        assert!(
            tile.contains("/content/2/") && errors(&output).contains(tile),
            "{tile}"
        );
        assert!(!at.join("out").join(tile).exists(), "{tile}");
    }
    assert!(
        report["levels"][2]["tiles"].as_u64() > Some(0),
        "the rest is baked: {report}"
    );
    assert_checked(at, "out");
}

#[test]
fn of_a_world_without_end_a_part_is_baked() {
    let grammar = "attr LOD = 0\n@StartRule\nLot --> extrude(1 + LOD) X.\n";
    let world = "name = 'Plain'\n[[layer]]\nname = 'ground'\ngrammar = 'plain.cga'\ncells = { side = 100.0, levels = 11 }\n";
    let folder = folder_with(&[("plain.cga", grammar), ("plain.toml", world)]);
    let at = folder.path();
    let refused = gable(at, &["bake", "plain.toml", "-o", "out"]);
    assert_eq!(refused.status.code(), Some(2));
    let message = errors(&refused);
    for part in [
        "1398101 tiles",
        "1048576",
        "10000 allowed",
        "--levels",
        "--around",
        "--max-tiles 1398101",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(!at.join("out").exists(), "nothing is begun");
    let around = [
        "bake",
        "plain.toml",
        "-o",
        "out",
        "--around",
        "120,-30,60",
        "--levels",
        "2..10",
        "--json",
    ];
    let report = json(&gable(at, &around));
    let tiles: Vec<u64> = report["levels"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|level| level["tiles"].as_u64())
        .collect();
    // The square touches two by two of the finest tiles; with those beside them they are two whole families of four.
    assert_eq!((tiles.len(), tiles[8]), (9, 8), "{report}");
    assert!(tiles.iter().all(|tiles| tiles % 4 == 0), "{report}");
    assert_checked(at, "out");
    assert_others_agree(&at.join("out/tileset.json"));
    let nowhere = gable(
        at,
        &["bake", "plain.toml", "-o", "far", "--around", "900000,0,10"],
    );
    assert!(
        errors(&nowhere).contains("no tile of the world is chosen"),
        "{}",
        errors(&nowhere)
    );
    let wrong = gable(at, &["bake", "plain.toml", "-o", "far", "--layer", "sea"]);
    assert!(
        errors(&wrong).contains("no layer `sea` (it has: ground)"),
        "{}",
        errors(&wrong)
    );
}
