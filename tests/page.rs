//! The page at `/` of the real server, in headless Chromium: our own viewer, by WebGPU and by WebGL 2. The pictures are kept in
//! `target/artefacts`.

#[path = "support/server.rs"]
mod server;

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use server::Server;

/// From above, so that tiles of two levels are seen.
const ABOVE: &str = "/?world=san-francisco#camera=-250,-330,180,35,-24";

/// What the page made of a path, and of what was done there.
fn page(base: &str, path: &str, name: &str, more: &[&str]) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let picture = root.join(format!("target/artefacts/page-{name}.png"));
    let output = Command::new("node")
        .arg("browser/page.mjs")
        .arg(format!("{base}{path}"))
        .arg(picture)
        .args(["--seconds", "600"])
        .args(more)
        .current_dir(root.join("tests"))
        .output()
        .expect("node runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {error}");
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}

fn list<'a>(seen: &'a Value, name: &str) -> &'a [Value] {
    seen[name].as_array().map_or(&[], Vec::as_slice)
}

/// A server whose own seconds count more than anything, so that whoever can generates.
fn sparing_server(folder: &Path) -> Server {
    std::fs::write(folder.join("gable.toml"), "[weights]\nedge_second = 1e9\n").expect("writable");
    Server::start(folder, &["san-francisco", "--config", "gable.toml"])
}

/// What holds of every view.
fn assert_shown(seen: &Value) {
    assert_eq!(seen["problem"], "", "{seen}");
    assert_eq!(seen["state"]["complete"], true, "{seen}");
    assert!(list(seen, "errors").is_empty(), "the console is quiet: {seen}");
    assert!(list(seen, "refused").is_empty(), "{seen}");
    assert_eq!(seen["numbers"]["failures"], 0, "{seen}");
    let at_least = |value: &Value, least: f64| value.as_f64().is_some_and(|value| value > least);
    assert!(at_least(&seen["numbers"]["triangles"], 1000.0), "{seen}");
    let picture = &seen["picture"];
    assert!(
        at_least(&picture["colors"], 1000.0) && at_least(&picture["covered"], 0.3),
        "the picture shows something: {seen}"
    );
}

/// Everything was generated in the page, and is what the server would have sent, byte for byte.
fn assert_generated(server: &Server, seen: &Value) {
    let contents = list(seen, "contents");
    assert!(contents.len() >= 8, "{seen}");
    for content in contents {
        assert_eq!(content["generated"], true, "{content}");
        let address = content["address"].as_str().expect("an address");
        let path = address.strip_prefix(&server.base).expect("of the server");
        let plain = server.get(&format!("{path}?c=none"), &[]);
        let sha256 = gable_runtime::hash::hex(&gable_runtime::hash::sha256(&plain.bytes));
        assert_eq!(content["sha256"], sha256, "{path}");
    }
    assert_eq!(seen["numbers"]["meshes"], 0, "{seen}");
}

#[test]
fn the_page_generates_the_world_that_it_shows() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = sparing_server(folder.path());
    for graphics in ["webgpu", "webgl"] {
        let seen = page(&server.base, ABOVE, graphics, &["--graphics", graphics]);
        assert_shown(&seen);
        assert_generated(&server, &seen);
        assert_eq!(seen["isIsolated"], true, "{seen}");
        let device = seen["device"].as_str().expect("a device");
        let expected = if graphics == "webgpu" { "WebGPU" } else { "WebGL 2" };
        assert!(device.starts_with(expected), "{device}");
        let address = seen["address"].as_str().expect("an address");
        assert!(address.contains("#camera=-250.00,-330.00,180.00,35.00,-24.00"), "{address}");
    }
}

#[test]
fn a_building_is_picked_and_changed_in_the_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = sparing_server(folder.path());
    let more = ["--size", "900x500", "--pick", "500,300", "--set", "height=70"];
    let seen = page(&server.base, ABOVE, "picked", &more);
    assert_shown(&seen);
    let selected = &seen["selected"];
    assert_eq!(selected["layer"], "buildings", "{seen}");
    let found = seen["found"].as_str().expect("a text");
    let name = selected["name"].as_str().expect("a name");
    assert!(found.contains(name) && found.contains("Reports"), "{found}");
    let rows = list(&seen["numbers"], "rows");
    let is_set = |row: &&Value| row["place"] == "generated here, with attributes set here";
    let buildings = rows.iter().filter(|row| row["name"].as_str().is_some_and(|name| name.starts_with("buildings")));
    assert!(buildings.clone().count() > 0 && buildings.clone().all(|row| is_set(&row)), "{seen}");
}

#[test]
fn a_lost_device_is_opened_anew_in_the_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &["san-francisco"]);
    let seen = page(&server.base, ABOVE, "lost", &["--lose"]);
    assert_eq!(seen["state"]["complete"], true, "{seen}");
    assert_eq!(seen["problem"], "", "{seen}");
    assert!(seen["picture"]["colors"].as_f64() > Some(1000.0), "{seen}");
}

#[test]
fn what_is_not_there_is_said_in_the_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &["san-francisco"]);
    let seen = page(&server.base, "/?world=atlantis", "missing", &[]);
    assert_eq!(
        seen["problem"],
        "There is no world atlantis: this server has san-francisco."
    );
    let seen = page(&server.base, "/#camera=1,2", "crooked", &[]);
    assert_eq!(seen["state"]["complete"], true, "{seen}");
}

#[test]
fn fingers_select_in_the_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &["san-francisco"]);
    let more = ["--size", "420x700", "--touch", "--pick", "210,400"];
    let seen = page(&server.base, ABOVE, "touched", &more);
    assert_eq!(seen["selected"]["layer"], "buildings", "{seen}");
}
