//! Worlds as files: what the server would send.

#[path = "support/bakes.rs"]
mod support;
#[path = "support/validator.rs"]
mod validator;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;
use std::path::Path;

use axum::body::Body;
use axum::http::Request;
use gable_content::archive::Reader;
use gable_content::coding::{Coding, decode};
use gable_runtime::{Engine, EngineOptions};
use gable_tiles::{Server, ServerOptions};
use gable_world::World;
use tower::ServiceExt as _;

use support::*;

/// What the server answers.
fn served(world: &Path, addresses: impl Iterator<Item = String>) -> BTreeMap<String, Vec<u8>> {
    let engine = Engine::new(EngineOptions::default()).expect("an engine");
    let server = Server::new(ServerOptions::default()).expect("a server");
    server.put(World::open(world, &engine).expect("a world"));
    let router = server.routes();
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

/// Siblings are there where they are worth it, and stand for their file; says how many there are.
fn assert_siblings(plain: &BTreeSet<&String>, baked: &BTreeMap<String, Vec<u8>>) -> usize {
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
    let siblings = assert_siblings(&plain, &baked);
    let levels = report["levels"].as_array().expect("a list");
    let contents: Vec<&&String> = plain.iter().filter(|name| name.ends_with(".glb")).collect();
    assert!(
        levels.len() == 3 && contents.len() > 8 && siblings > 24,
        "{report}"
    );
    assert_eq!(sum(&report, "tiles"), contents.len() as u64);
    assert_eq!(
        sum(&report, "bytes"),
        contents
            .iter()
            .map(|name| baked[**name].len() as u64)
            .sum::<u64>()
    );
    let check = assert_checked(at, "out");
    assert_eq!(check["contents"], contents.len());
    validator::assert_valid(contents.iter().map(|name| at.join("out").join(name)));
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
