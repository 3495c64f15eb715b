//! The pages `/three` and `/cesium` of the real server in headless Chromium: tiles are generated there, what was seen is there without
//! the server, and neither a full disk nor a changed world leaves a hole. The pictures are kept in `target/artefacts`.

#[path = "support/server.rs"]
mod server;
#[path = "support/visitor.rs"]
mod visitor;

use std::collections::BTreeMap;
use std::path::Path;

use gable_runtime::hash;
use serde_json::Value;
use server::Server;
use visitor::Visitor;

const TOWERS: &str =
    "name = 'Towers'\n[[layer]]\nname = 'towers'\ngrammar = 'tower.cga'\nfeatures = 'lot:60x60'\n";

/// Rules for one lot with towers of a colour on it.
fn rules(color: &str) -> String {
    format!(
        "@StartRule\nLot --> split(x) {{ ~6: Row }}*\nRow --> split(z) {{ ~6: Tower }}*\n\
         Tower --> s('0.8, '1, '0.8) extrude(rand(5, 30)) comp(f) {{ top: color(\"#404040\") Roof. | all: color(\"{color}\") Wall. }}\n"
    )
}

/// A server whose own seconds count more than anything, so that whoever can generates; or those of clients, so that nobody does.
fn serve(folder: &Path, world: &str, dear: &str, address: &str) -> Server {
    let weights = format!("[weights]\n{dear} = 1e9\n");
    std::fs::write(folder.join("gable.toml"), weights).expect("writable");
    Server::start_at(folder, &[world, "--config", "gable.toml"], address)
}

fn serve_towers(folder: &Path, color: &str, address: &str) -> Server {
    std::fs::write(folder.join("tower.cga"), rules(color)).expect("writable");
    std::fs::write(folder.join("towers.toml"), TOWERS).expect("writable");
    serve(folder, "towers.toml", "edge_second", address)
}

fn list<'a>(seen: &'a Value, name: &str) -> &'a [Value] {
    seen[name].as_array().map_or(&[], Vec::as_slice)
}

/// Hashes of the contents that a page got, by their paths on the server.
fn contents(seen: &Value, base: &str) -> BTreeMap<String, String> {
    let pair = |content: &Value| {
        let address = content["address"].as_str()?;
        let path = address.split('?').next()?.strip_prefix(base)?;
        Some((path.to_owned(), content["sha256"].as_str()?.to_owned()))
    };
    let contents = list(seen, "contents");
    contents
        .iter()
        .map(|it| pair(it).expect("it is the server's"))
        .collect()
}

fn texts<'a>(seen: &'a Value, name: &str) -> impl Iterator<Item = &'a str> {
    list(seen, name).iter().filter_map(Value::as_str)
}

/// What holds of every view.
fn assert_complete(seen: &Value) {
    assert_eq!(seen["state"], "complete", "{seen}");
    assert!(!list(seen, "contents").is_empty(), "{seen}");
    let expected = |error: &str| error.contains("1.1 or higher have limited support");
    assert!(
        texts(seen, "errors").all(expected),
        "the console is quiet: {seen}"
    );
    let covered = seen["picture"]["covered"].as_f64();
    assert!(covered > Some(0.1), "the picture shows something: {seen}");
}

/// What the server sends at these paths has the same hashes.
fn assert_same(server: &Server, contents: &BTreeMap<String, String>, query: &str) {
    for (path, sha256) in contents {
        let sent = server.get(&format!("{path}{query}"), &[]).bytes;
        assert_eq!(*sha256, hash::hex(&hash::sha256(&sent)), "{path}");
    }
}

/// A page is opened, and opened again when the server is gone.
fn assert_kept(page: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = serve(folder.path(), "san-francisco", "edge_second", "127.0.0.1:0");
    let base = server.base.clone();
    let address = format!("{base}/{page}?world=san-francisco");
    let mut visitor = Visitor::new();
    let first = visitor.open(&address, &format!("page-{page}"));
    assert_complete(&first);
    let made = contents(&first, &base);
    let generated = |content: &Value| content["generated"] == true;
    assert!(
        made.len() >= 15 && list(&first, "contents").iter().all(generated),
        "{first}"
    );
    assert_same(&server, &made, "?c=none");
    assert_said(&first);
    visitor.forget();
    server.kill();
    let second = visitor.open(&address, &format!("page-{page}-offline"));
    assert_complete(&second);
    assert_eq!(
        contents(&second, &base),
        made,
        "the same is seen without the server"
    );
}

/// The client said what it had measured, each thing once, and that it had to get ready at first.
fn assert_said(seen: &Value) {
    let said: Vec<&str> = texts(seen, "said").collect();
    assert!(
        said.first().is_some_and(|first| first.contains(";ready=")),
        "{said:?}"
    );
    assert!(
        said.last().is_some_and(|last| !last.contains(";ready=")),
        "{said:?}"
    );
    for name in ["mbps", "rtt", "tile"] {
        let field = format!(";{name}=");
        assert!(
            said.iter().any(|it| it.contains(&field)),
            "{name}: {said:?}"
        );
    }
    let tiles = said
        .iter()
        .filter_map(|it| it.split(";tile=").nth(1)?.split(';').next());
    let mut tiles: Vec<&str> = tiles.collect();
    let all = tiles.len();
    tiles.sort_unstable();
    tiles.dedup();
    assert_eq!(tiles.len(), all, "each run is said once: {said:?}");
}

#[test]
fn what_was_seen_in_three_is_there_without_the_server() {
    assert_kept("three");
}

#[test]
fn what_was_seen_in_cesium_is_there_without_the_server() {
    assert_kept("cesium");
}

#[test]
fn meshes_are_kept_as_well_as_what_was_generated() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = serve(
        folder.path(),
        "san-francisco",
        "device_second",
        "127.0.0.1:0",
    );
    let address = format!("{}/three?world=san-francisco", server.base);
    let mut visitor = Visitor::new();
    let first = visitor.open(&address, "page-three-meshes");
    assert_complete(&first);
    let meshes = contents(&first, &server.base);
    assert!(
        list(&first, "contents")
            .iter()
            .all(|it| it["generated"] == false),
        "{first}"
    );
    assert_same(&server, &meshes, "");
    visitor.forget();
    server.kill();
    let second = visitor.open(&address, "page-three-meshes-offline");
    assert_complete(&second);
    assert_eq!(contents(&second, &server.base), meshes);
}

#[test]
fn where_the_browser_has_no_room_tiles_come_and_the_oldest_are_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = serve(folder.path(), "san-francisco", "edge_second", "127.0.0.1:0");
    let address = format!("{}/three?world=san-francisco", server.base);
    let kept = |seen: &Value| {
        let glb = texts(seen, "kept").filter(|it| it.ends_with(".glb"));
        glb.map(str::to_owned).collect::<Vec<_>>()
    };
    for (bytes, some) in [(8_000_000, true), (50_000, false)] {
        let mut visitor = Visitor::new();
        visitor.room(&server.base, bytes);
        let seen = visitor.open(&address, &format!("page-three-room-{bytes}"));
        assert_complete(&seen);
        let made = contents(&seen, &server.base);
        let kept = kept(&seen);
        assert!(kept.len() < made.len(), "not all have room: {seen}");
        assert_eq!(!kept.is_empty(), some, "{seen}");
        if let Some(last) = list(&seen, "contents").last() {
            let last = last["address"].as_str().and_then(|it| it.split('?').next());
            assert!(
                !some || kept.iter().any(|it| Some(it.as_str()) == last),
                "{last:?}: {kept:?}"
            );
        }
    }
}

#[test]
fn a_world_that_changes_while_somebody_looks_is_shown_as_it_is_now() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = serve_towers(folder.path(), "#8090c0", "127.0.0.1:0");
    let base = server.base.clone();
    let address = format!("{base}/three?world=towers");
    let mut visitor = Visitor::new();
    let old = visitor.open(&address, "page-three-old");
    assert_complete(&old);
    let old = contents(&old, &base);
    let old_layer = server.layer("towers", "towers");
    assert!(!old.is_empty() && old.keys().all(|path| path.starts_with(&old_layer)));

    // Another server at the same address, which knows nothing of the old revision.
    server.end();
    let server = serve_towers(folder.path(), "#c04030", base.trim_start_matches("http://"));
    let layer = server.layer("towers", "towers");
    assert_ne!(layer, old_layer);
    let (path, sha256) = old.first_key_value().expect("there is content");
    assert_eq!(server.get(path, &[]).status, 404);
    // What was seen stays as it was; what was not is not there any more, and then the page shows the new world.
    let kept = visitor.ask(&format!("{base}{path}"));
    assert_eq!(
        (&kept["status"], kept["sha256"].as_str()),
        (&200.into(), Some(sha256.as_str()))
    );
    let gone = visitor.ask(&format!("{base}{old_layer}/content/9/0/0.glb"));
    assert_eq!(gone["status"], 404);
    let seen = visitor.look(&layer, "page-three-changed");
    assert_eq!(seen["state"], "complete", "{seen}");

    let new = visitor.open(&address, "page-three-new");
    assert_complete(&new);
    let new = contents(&new, &base);
    assert!(
        new.keys().all(|path| path.starts_with(&layer)),
        "nothing of the old is left: {new:?}"
    );
    assert_same(&server, &new, "?c=none");
}
