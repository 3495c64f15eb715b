//! The demo worlds in viewers that know nothing of Gable: `CesiumJS` and 3d-tiles-renderer, in headless Chromium. The pictures are
//! kept in `target/artefacts`.

#[path = "support/server.rs"]
mod server;

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use server::Server;

/// What a viewer made of a world from a camera: eye and target in metres of the world's frame.
fn view(server: &Server, viewer: &str, world: &str, (name, camera): (&str, &str)) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let picture = root.join(format!("target/artefacts/{world}-{name}-{viewer}.png"));
    let output = Command::new("node")
        .args(["browser/view.mjs", viewer])
        .arg(format!("{}/{world}/tileset.json", server.base))
        .arg(picture)
        .arg(format!("--camera={camera}"))
        .args(["--seconds", "600"])
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
