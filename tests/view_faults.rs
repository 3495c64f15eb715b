//! `gable view` of servers that misbehave: a clear message or the right picture all the same, never a crash, never a hang.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

#[path = "support/liar.rs"]
mod liar;
use liar::{Fault, Which, before};
#[path = "support/server.rs"]
mod server;
use server::Server;

const WORLD: &str =
    "name = 'Small'\n[[layer]]\nname = 'towers'\ngrammar = 'tower.cga'\nfeatures = 'lot:20x20'\n";
const RULES: &str =
    "@StartRule\nLot --> extrude(30) color(\"#8090c0\") i(\"models/tree_round.obj\")\n";

/// A world of one tile, served well: as a recipe, since the server's own time counts more than anything.
fn serve(folder: &Path) -> Server {
    std::fs::write(folder.join("tower.cga"), RULES).expect("writable");
    std::fs::write(folder.join("small.toml"), WORLD).expect("writable");
    std::fs::write(folder.join("gable.toml"), "[weights]\nedge_second = 1e9\n").expect("writable");
    Server::start(folder, &["small.toml", "--config", "gable.toml"])
}

fn look(folder: &Path, base: &str, seconds: &str) -> Output {
    look_with(folder, base, seconds, &[])
}

fn look_with(folder: &Path, world: &str, seconds: &str, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gable"))
        .args([
            "view",
            world,
            "--screenshot",
            "x.png",
            "--size",
            "160x90",
            "--quality",
            "low",
        ])
        .args(["--json", "--timeout", seconds])
        .args(more)
        .env("GABLE_CACHE", folder.join("cache/modules"))
        .env("GABLE_LOG", "warn")
        .current_dir(folder)
        .output()
        .expect("the command starts")
}

/// What is seen of a server that does this to some of its answers.
fn with(fault: Fault, which: Which, seconds: &str) -> (Option<i32>, Value, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = serve(folder.path());
    let liar = before(&server.base, fault, which);
    let output = look(folder.path(), &liar, seconds);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!error.contains("panicked"), "{error}");
    let seen = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), seen, error)
}

/// The decision, the recipe or the mesh of a tile.
fn is_tile(path: &str) -> bool {
    path.contains("/tile/") || path.contains("/content/")
}

#[test]
fn a_server_that_does_well_sends_a_recipe_and_its_module_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = serve(folder.path());
    let output = look(folder.path(), &server.base, "60");
    let seen: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(seen["generated"], 1, "{seen}");
    let kept = std::fs::read_dir(folder.path().join("cache/files")).expect("a folder");
    assert!(kept.count() > 0);
}

#[test]
fn a_module_or_an_asset_that_is_not_what_its_hash_says_is_not_run_and_the_mesh_comes_instead() {
    for which in [
        (|path: &str| path.starts_with("/modules/")) as Which,
        |path: &str| path.starts_with("/assets/"),
    ] {
        let (code, seen, error) = with(Fault::Damaged, which, "60");
        assert_eq!(code, Some(0), "{error}");
        assert_eq!(
            (&seen["generated"], &seen["meshes"]),
            (&0.into(), &1.into()),
            "{seen} {error}"
        );
    }
}

#[test]
fn tiles_that_are_damaged_are_said_to_be() {
    let (code, _, error) = with(Fault::Damaged, is_tile, "6");
    assert_eq!(code, Some(3), "{error}");
    assert!(
        error.contains("not complete after 6 s") && error.contains("1 failed; last: "),
        "{error}"
    );
    let (code, _, error) = with(Fault::CutOff, is_tile, "6");
    assert_eq!(code, Some(3), "{error}");
    assert!(error.contains("1 failed; last: "), "{error}");
}

#[test]
fn answers_without_an_end_or_a_beginning_are_given_up() {
    let (code, _, error) = with(Fault::Endless, is_tile, "20");
    assert_eq!(code, Some(3), "{error}");
    assert!(
        error.contains("larger than") || error.contains("on their way"),
        "{error}"
    );
    for fault in [Fault::Silent, Fault::Slow] {
        let (code, _, error) = with(fault, is_tile, "3");
        assert_eq!(code, Some(3), "{error}");
        assert!(
            error.contains("not complete after 3 s: 1 tiles are on their way"),
            "{error}"
        );
    }
}

#[test]
fn what_describes_a_world_wrongly_is_named() {
    for (which, name) in [
        (
            (|path: &str| path.ends_with("/tileset.json")) as Which,
            "tileset.json",
        ),
        (
            |path: &str| path.ends_with("/manifest.json"),
            "manifest.json",
        ),
        (|path: &str| path == "/worlds.json", "worlds.json"),
    ] {
        let (code, _, error) = with(Fault::Damaged, which, "6");
        assert_eq!(code, Some(3), "{error}");
        assert!(error.contains(name), "{error}");
    }
    let (code, _, error) = with(Fault::Damaged, |path| path.ends_with(".subtree"), "6");
    assert_eq!(code, Some(3), "{error}");
    assert!(error.contains("subtree"), "{error}");
}

#[test]
fn a_label_that_is_wrong_does_no_harm_where_the_content_is_right() {
    let (code, seen, error) = with(Fault::Mislabelled, |path| path.contains("/content/"), "60");
    assert_eq!(code, Some(0), "{error}");
    assert!(seen["tiles"].as_u64() == Some(1), "{seen}");
}

/// Four million cells of 20 metres, 82 km from corner to corner.
const HUGE: &str = "name = 'Huge'\norigin = [-140.0, 30.0, 0.0]\n[[layer]]\nname = 'city'\ngrammar = 'box.cga'\n\
    cells = { side = 20.0, levels = 13 }\ndetail = [0, 0, 0, 0, 0, 0]\nerror = 2.0\n";
const BOXES: &str = "attr LOD = 2\n@StartRule\n\
    Lot --> offset(-4, inside) extrude(4 + rand(60)) color(rand(1), rand(1), rand(1))\n";

#[test]
fn a_huge_world_is_seen_with_little_memory_from_wherever_one_is() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("box.cga"), BOXES).expect("writable");
    std::fs::write(folder.path().join("huge.toml"), HUGE).expect("writable");
    let from = |camera: &str| {
        let camera = format!("--camera={camera}");
        let more = [camera.as_str(), "--memory", "4MiB"];
        let output = look_with(folder.path(), "huge.toml", "100", &more);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{error}");
        serde_json::from_slice::<Value>(&output.stdout).expect("JSON")
    };
    // From a corner all of it lies ahead: far more than fits.
    let seen = from("40900,40900,200,225,-3");
    assert!(seen["triangles"].as_u64() > Some(10_000), "{seen}");
    assert!(seen["graphics_bytes"].as_u64() < Some(4 << 20), "{seen}");
    // From far away nothing is large enough to be seen, and no number is too large.
    let seen = from("1e12,-1e12,1e9,0,-89");
    assert_eq!(seen["tiles"], 0, "{seen}");
}
