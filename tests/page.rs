//! The page at `/` of the real server, in headless Chromium: our own viewer, by WebGPU and by WebGL 2. The pictures are kept in
//! `target/artefacts`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

#[path = "support/picture.rs"]
mod picture;
use picture::compare;
#[path = "support/server.rs"]
mod server;
use server::Server;

/// From above, so that tiles of two levels are seen.
const ABOVE: &str = "/?world=san-francisco&quality=medium#camera=-250,-330,180,35,-24";

/// Where a picture is kept.
fn artefact(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join(format!("target/artefacts/page-{name}.png"))
}

/// What the page made of a path, and of what was done there.
fn page(base: &str, path: &str, name: &str, more: &[&str]) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("node")
        .arg("browser/page.mjs")
        .arg(format!("{base}{path}"))
        .arg(artefact(name))
        .args(["--seconds", "180"])
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
    // Software that draws WebGL says how it does it.
    let is_known =
        |error: &str| error.contains("GL Driver Message") || error == "No available adapters.";
    let mut errors = list(seen, "errors").iter().filter_map(Value::as_str);
    assert!(errors.all(is_known), "the console is quiet: {seen}");
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
    assert!(contents.len() >= 6, "{seen}");
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
        let more = ["--graphics", graphics, "--size", "480x270"];
        let seen = page(&server.base, ABOVE, graphics, &more);
        assert_shown(&seen);
        assert_generated(&server, &seen);
        compare(
            &artefact(&format!("{graphics}-canvas")),
            "san-francisco-above.png",
        );
        assert_eq!(seen["isIsolated"], true, "{seen}");
        let device = seen["device"].as_str().expect("a device");
        let expected = if graphics == "webgpu" {
            "WebGPU"
        } else {
            "WebGL 2"
        };
        assert!(device.starts_with(expected), "{device}");
        let address = seen["address"].as_str().expect("an address");
        assert!(
            address.contains("#camera=-250.00,-330.00,180.00,35.00,-24.00"),
            "{address}"
        );
    }
}

const HOUSE: &str = "attr height = 10\n@StartRule\nLot --> extrude(height) House\nHouse --> color(\"#c08060\") report(\"Height\", height)\n";

/// A world of one house, in the middle of the picture.
fn house_server(folder: &Path) -> Server {
    let world = "name = 'House'\n[[layer]]\nname = 'houses'\ngrammar = 'house.cga'\nfeatures = 'lot:20x20'\n";
    std::fs::write(folder.join("house.cga"), HOUSE).expect("writable");
    std::fs::write(folder.join("house.toml"), world).expect("writable");
    Server::start(folder, &["house.toml"])
}

#[test]
fn a_building_is_picked_and_changed_in_the_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = house_server(folder.path());
    let more = [
        "--size",
        "900x500",
        "--pick",
        "450,250",
        "--set",
        "height=20",
    ];
    let seen = page(&server.base, "/", "picked", &more);
    assert_eq!(seen["selected"]["layer"], "houses", "{seen}");
    assert_eq!(seen["selected"]["name"], "lot", "{seen}");
    let texts = ["found", "changed"].map(|name| seen[name].as_str().expect("a text"));
    assert!(texts[0].contains("Height\t10"), "{}", texts[0]);
    assert!(texts[1].contains("Height\t20"), "{}", texts[1]);
    let rows = list(&seen["numbers"], "rows");
    let is_set = |row: &Value| row["place"] == "generated here, with attributes set here";
    assert!(!rows.is_empty() && rows.iter().all(is_set), "{seen}");
    assert!(list(&seen, "errors").is_empty(), "{seen}");
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

/// As with Shift: the service worker does not serve such a page by itself.
#[test]
fn a_page_that_is_loaded_past_its_caches_is_served_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = house_server(folder.path());
    let seen = page(&server.base, "/", "reloaded", &["--reload"]);
    assert_eq!(seen["isServed"], true, "{seen}");
    assert_eq!(seen["state"]["drawn"], 1, "{seen}");
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
    let server = house_server(folder.path());
    let more = ["--size", "420x700", "--touch", "--pick", "210,350"];
    let seen = page(&server.base, "/", "touched", &more);
    assert_eq!(seen["selected"]["name"], "lot", "{seen}");
}
