//! The demo worlds in viewers that know nothing of Gable: `CesiumJS` and 3d-tiles-renderer, in headless Chromium. The pictures are
//! kept in `target/artefacts`.

#[path = "support/liar.rs"]
#[expect(dead_code, reason = "not all faults are tried here")]
mod liar;
#[path = "support/server.rs"]
mod server;

use std::path::Path;
use std::process::Command;

use liar::{Fault, before};
use serde_json::Value;
use server::Server;

/// What a viewer made of a world from a camera: eye and target in metres of the world's frame.
fn view(server: &Server, viewer: &str, world: &str, camera: (&str, &str)) -> Value {
    view_with(&server.base, viewer, world, camera, &[])
}

fn view_with(
    base: &str,
    viewer: &str,
    world: &str,
    (name, camera): (&str, &str),
    more: &[&str],
) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let picture = root.join(format!("target/artefacts/{world}-{name}-{viewer}.png"));
    let output = Command::new("node")
        .args(["browser/view.mjs", viewer])
        .arg(format!("{base}/{world}/tileset.json"))
        .arg(picture)
        .arg(format!("--camera={camera}"))
        .args(["--seconds", "600"])
        .args(more)
        .current_dir(root.join("tests"))
        .output()
        .expect("node runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{viewer}, {world}: {error}");
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}

fn list<'a>(seen: &'a Value, name: &str) -> &'a [Value] {
    seen[name].as_array().map_or(&[], Vec::as_slice)
}

/// What holds of every view.
fn assert_complete(seen: &Value) {
    assert!(list(seen, "failures").is_empty(), "no tile fails: {seen}");
    assert!(
        list(seen, "refused").is_empty(),
        "the server answers everything, textures too: {seen}"
    );
    // 3d-tiles-renderer says so of every tileset of version 1.1.
    let mut errors = list(seen, "errors").iter().filter_map(Value::as_str);
    let expected = |error: &str| error.contains("1.1 or higher have limited support");
    assert!(errors.all(expected), "the console is quiet: {seen}");
    let at_least = |value: &Value, least: f64| value.as_f64().is_some_and(|value| value > least);
    assert!(
        at_least(&seen["triangles"], 1000.0),
        "much is drawn: {seen}"
    );
    let picture = &seen["picture"];
    assert!(
        at_least(&picture["colors"], 200.0) && at_least(&picture["covered"], 0.1),
        "the picture shows something: {seen}"
    );
    assert!(
        seen["picked"]["height"].is_number() || seen["picked"]["name"].is_string(),
        "a feature that is picked has properties: {seen}"
    );
}

/// Shows a world from far and near in both viewers; near, the finest level of each layer is there.
fn assert_shown(world: &str, finest: &[&str], cameras: [(&str, &str); 2]) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    for viewer in ["cesium", "three"] {
        for camera in cameras {
            let seen = view(&server, viewer, world, camera);
            assert_complete(&seen);
            let far = camera.0 == "far";
            let shown = |tile: &&str| list(&seen, "levels").iter().any(|level| level == tile);
            assert!(
                far || finest.iter().all(shown),
                "what is near is drawn in full detail: {seen}"
            );
            assert!(
                far || seen["requests"]["texture"]["count"].as_u64() > Some(0),
                "what is near has textures: {seen}"
            );
        }
    }
}

#[test]
fn viewers_show_san_francisco() {
    let cameras = [
        ("far", "-300,-500,350,150,0,0"),
        ("near", "180,-40,3,260,20,12"),
    ];
    assert_shown("san-francisco", &["buildings/3", "ground/4"], cameras);
}

#[test]
fn viewers_show_the_endless_city() {
    let cameras = [("far", "-700,-1000,600,0,0,0"), ("near", "0,0,3,60,20,12")];
    assert_shown("endless", &["city/7"], cameras);
}

/// From above, so that tiles of two levels are seen.
const ABOVE: (&str, &str) = ("generated", "-250,-330,180,-190,-250,130");

/// A server whose own seconds count more than anything, so that whoever can generates.
fn sparing_server(folder: &Path) -> Server {
    std::fs::write(folder.join("gable.toml"), "[weights]\nedge_second = 1e9\n").expect("writable");
    Server::start(folder, &["san-francisco", "--config", "gable.toml"])
}

/// How many contents were generated in the browser, and how many were not.
fn made(seen: &Value) -> (usize, usize) {
    let contents = list(seen, "contents");
    let generated = contents.iter().filter(|it| it["generated"] == true).count();
    (generated, contents.len() - generated)
}

#[test]
fn unmodified_viewers_generate_in_the_browser_what_the_server_would_send() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = sparing_server(folder.path());
    for viewer in ["cesium", "three"] {
        let seen = view_with(
            &server.base,
            viewer,
            "san-francisco",
            ABOVE,
            &["--generate"],
        );
        assert_complete(&seen);
        let (generated, others) = made(&seen);
        assert!(generated >= 8 && others == 0, "{seen}");
        assert!(list(&seen, "kept").len() > generated, "{seen}");
        for content in list(&seen, "contents") {
            let address = content["address"].as_str().expect("an address");
            let path = address.split('?').next().expect("a path");
            let path = path.strip_prefix(&server.base).expect("of the server");
            let plain = server.get(&format!("{path}?c=none"), &[]);
            let sha256 = gable_runtime::hash::hex(&gable_runtime::hash::sha256(&plain.bytes));
            assert_eq!(content["sha256"], sha256, "{viewer}: {path}");
        }
    }
}

#[test]
fn a_module_that_was_tampered_with_is_not_run_in_the_browser() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = sparing_server(folder.path());
    let liar = before(&server.base, Fault::Damaged, |path| {
        path.starts_with("/modules/")
    });
    let seen = view_with(&liar, "three", "san-francisco", ABOVE, &["--generate"]);
    assert!(list(&seen, "failures").is_empty(), "{seen}");
    let (generated, others) = made(&seen);
    assert!(generated == 0 && others >= 8, "{seen}");
    let mut kept = list(&seen, "kept").iter().filter_map(Value::as_str);
    assert!(!kept.any(|address| address.contains("/modules/")), "{seen}");
}

#[test]
fn where_workers_end_the_view_is_complete_all_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = sparing_server(folder.path());
    let more = ["--generate", "--ending"];
    let seen = view_with(&server.base, "three", "san-francisco", ABOVE, &more);
    assert!(list(&seen, "failures").is_empty(), "{seen}");
    let (generated, others) = made(&seen);
    assert!(generated + others >= 8, "{seen}");
    assert!(seen["ended"].as_u64() > Some(0), "{seen}");
}
