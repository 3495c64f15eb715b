//! The tile server as its clients meet it: the real binary, over HTTP.

#[path = "support/server.rs"]
mod server;

use std::path::Path;

use server::{Server, wait_until};

/// Two streets of lots: 18 boxes with levels of detail.
fn small_world(folder: &Path) {
    let grammar = "attr LOD = 2\nattr height = 9\n@StartRule\nLot --> extrude(height) Body\n\
        Body --> case LOD < 1: X. else: comp(f) { side: Wall | all: X. }\n\
        Wall --> case LOD < 2: X. else: split(y) { ~3 : X. }*\n";
    std::fs::write(folder.join("lot.cga"), grammar).expect("writable");
    let square = |x: u32, y: u32| {
        let (west, south) = (f64::from(x) * 0.0005, f64::from(y) * 0.0005);
        let (east, north) = (west + 0.0002, south + 0.0002);
        format!(
            r#"{{"type":"Feature","properties":{{"height":{}}},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#,
            6 + x
        )
    };
    let lots: Vec<String> = (0..9)
        .flat_map(|x| (0..2).map(move |y| square(x, y)))
        .collect();
    let features = format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        lots.join(",")
    );
    std::fs::write(folder.join("lots.geojson"), features).expect("writable");
    let world =
        "name = 'Lots'\n[[layer]]\nname = 'lots'\nfeatures = 'lots.geojson'\ngrammar = 'lot.cga'\n";
    std::fs::write(folder.join("lots.toml"), world).expect("writable");
}

fn started() -> (tempfile::TempDir, Server) {
    let folder = tempfile::tempdir().expect("a folder");
    small_world(folder.path());
    let server = Server::start(folder.path(), &["lots.toml"]);
    (folder, server)
}

const BROTLI: (&str, &str) = ("accept-encoding", "br");
const RECIPES: (&str, &str) = (
    "accept",
    "application/vnd.gable.recipe, model/gltf-binary;q=0.5",
);

#[test]
fn content_is_validated_without_being_made_and_the_same_in_every_coding() {
    let (_folder, server) = started();
    let tile = server.layer("lots", "lots") + "/content/0/0/0.glb";
    let head = server.ask("HEAD", &tile, &[BROTLI]);
    assert_eq!(
        (head.status, head.header("content-type")),
        (200, "model/gltf-binary")
    );
    let tag = head.header("etag").to_owned();
    let known = server.get(&tile, &[BROTLI, ("if-none-match", &tag)]);
    assert_eq!((known.status, known.bytes.len()), (304, 0));
    let metrics = server.get("/metrics", &[]).text();
    assert!(
        metrics.contains("gable_generation_seconds_count 0"),
        "{metrics}"
    );
    let made = server.get(&tile, &[BROTLI]);
    assert_eq!((made.status, made.header("etag")), (200, tag.as_str()));
    assert_eq!(made.header("content-encoding"), "br");
    assert!(made.header("cache-control").contains("immutable"));
    assert!(made.header("cache-status").contains("fwd=miss"));
    assert!(
        made.header("server-timing")
            .contains("decide;desc=\"B:mesh-only-client\"")
    );
    assert_eq!(made.header("access-control-allow-origin"), "*");
    let again = server.get(&tile, &[BROTLI]);
    assert_eq!(
        (again.header("cache-status"), &again.bytes),
        ("Gable; hit", &made.bytes)
    );
    let mut plain = Vec::new();
    brotli::BrotliDecompress(&mut made.bytes.as_slice(), &mut plain).expect("brotli");
    let identity = server.get(&tile, &[("accept-encoding", "identity")]);
    assert_eq!(identity.header("content-encoding"), "");
    assert_eq!(identity.bytes, plain);
    assert_ne!(
        identity.header("etag"),
        tag,
        "another coding is another representation"
    );
    let part = server.get(
        &tile,
        &[("accept-encoding", "identity"), ("range", "bytes=0-3")],
    );
    assert_eq!(
        (part.status, part.bytes.as_slice()),
        (206, b"glTF".as_slice())
    );
    let unpacked = server.get(&(tile + "?c=none"), &[("accept-encoding", "identity")]);
    assert!(!unpacked.text().contains("EXT_meshopt_compression"));
    assert!(identity.text().contains("EXT_meshopt_compression"));
}

/// The layer after a change, which the server looks at anew.
fn changed(folder: &Path, server: &Server) -> String {
    let old = server.layer("lots", "lots");
    let path = folder.join("lots.toml");
    let world = std::fs::read_to_string(&path).expect("there");
    std::fs::write(&path, world + "seed = 2\n").expect("writable");
    wait_until("the change is served", || {
        server.layer("lots", "lots") != old
    });
    let layer = server.layer("lots", "lots");
    wait_until("the change is looked at", || {
        let costs = server.costs("lots");
        let first = costs["tiles"][0]["revision"].as_str();
        costs["complete"] == true && first.is_some_and(|revision| layer.ends_with(revision))
    });
    layer
}

#[test]
fn recipes_go_to_those_who_ask_for_them_and_are_able() {
    let (folder, server) = started();
    wait_until("the server knows such tiles and its own pace", || {
        server.costs("lots")["complete"] == true
            && server.get("/calibration.json", &[]).status == 200
    });
    let layer = changed(folder.path(), &server);
    let tile = layer.clone() + "/tile/0/0/0";
    let manifest = server.get("/lots/manifest.json", &[]).json();
    let module = &manifest["layers"][0]["modules"][0]["sha256"]
        .as_str()
        .expect("a hash")[..16];
    let about = format!("id=strong; class=workstation; power=3; modules={module}");
    let strong = ("gable-client", about.as_str());
    let recipe = server.get(&tile, &[RECIPES, strong]);
    assert_eq!(
        (recipe.status, recipe.header("content-type")),
        (200, "application/vnd.gable.recipe")
    );
    assert_eq!(
        recipe.header("content-location"),
        format!("{layer}/content/0/0/0.recipe")
    );
    assert_eq!(recipe.header("cache-control"), "private, no-cache");
    let said = recipe.header("gable-placement");
    assert!(said.starts_with("A; reason=cheapest-now"), "{said}");
    assert_eq!(
        server.get(recipe.header("content-location"), &[]).bytes,
        recipe.bytes
    );
    let plain = server.get(&tile, &[strong]);
    assert_eq!(
        (plain.status, plain.header("content-type")),
        (200, "model/gltf-binary"),
        "who names no recipes gets meshes"
    );
    assert_eq!(
        plain.header("content-location"),
        format!("{layer}/content/0/0/0.glb")
    );
    let known = server.get(
        &tile,
        &[RECIPES, strong, ("if-none-match", recipe.header("etag"))],
    );
    assert_eq!(known.status, 304);
    // What the client would run it with is there, by hash.
    let manifest = server.get("/lots/manifest.json", &[]).json();
    for module in [&manifest["kernel"], &manifest["layers"][0]["modules"][0]] {
        let bytes = server.get(module["uri"].as_str().expect("an address"), &[]);
        assert_eq!(
            (bytes.status, &bytes.bytes[..4]),
            (200, b"\0asm".as_slice())
        );
        assert_eq!(module["bytes"], bytes.bytes.len());
    }
    let calibration = server.get("/calibration.json", &[]).json();
    assert!(
        calibration["seconds"]
            .as_f64()
            .is_some_and(|seconds| seconds > 1e-4),
        "{calibration}"
    );
    for part in ["kernel", "module", "recipe"] {
        let answer = server.get(calibration[part].as_str().expect("an address"), &[]);
        assert_eq!(answer.status, 200, "{part}");
    }
    let page = server.get("/debug/placement", &[]).text();
    assert!(
        page.contains("lots/lots/0/0/0") && page.contains("cheapest-now"),
        "{page}"
    );
}

#[test]
fn what_is_not_there_is_said_and_never_made() {
    let (_folder, server) = started();
    let layer = server.layer("lots", "lots");
    for (path, words) in [
        ("/nowhere/tileset.json".to_owned(), "there are: lots"),
        (
            "/lots/lots/0123/content/0/0/0.glb".to_owned(),
            "read tileset.json again",
        ),
        (format!("{layer}/content/20/0/0.glb"), "no content"),
        (format!("{layer}/subtrees/3/0/0.subtree"), "no subtree"),
        ("/../../etc/passwd".to_owned(), "nothing at this address"),
        (
            "/lots/..%2f..%2fetc%2fpasswd".to_owned(),
            "nothing at this address",
        ),
    ] {
        let answer = server.get(&path, &[]);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text().contains(words), "{path}: {}", answer.text());
    }
    assert_eq!(server.ask("DELETE", "/lots/tileset.json", &[]).status, 405);
    assert_eq!(server.get("/readyz", &[]).status, 200);
}

#[test]
fn a_changed_file_is_served_and_the_old_revision_stays_for_those_who_read_it() {
    let (folder, server) = started();
    let before = server.layer("lots", "lots");
    let old = server.get(&format!("{before}/content/0/0/0.glb"), &[]);
    let grammar = folder.path().join("lot.cga");
    let text = std::fs::read_to_string(&grammar).expect("readable");
    std::fs::write(&grammar, "Lot --> extrude(").expect("writable");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert_eq!(
        server.layer("lots", "lots"),
        before,
        "the last good revision stays"
    );
    std::fs::write(
        &grammar,
        text.replace("extrude(height)", "extrude(height + 1)"),
    )
    .expect("writable");
    wait_until("the new revision", || {
        server.layer("lots", "lots") != before
    });
    let new = server.get(
        &format!("{}/content/0/0/0.glb", server.layer("lots", "lots")),
        &[],
    );
    assert_ne!(new.bytes, old.bytes);
    let still = server.get(&format!("{before}/content/0/0/0.glb"), &[]);
    assert_eq!((still.status, still.bytes), (200, old.bytes));
}

#[test]
fn content_survives_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    small_world(folder.path());
    let arguments = ["lots.toml", "--cache", "kept"];
    let mut server = Server::start(folder.path(), &arguments);
    let tile = server.layer("lots", "lots") + "/content/0/0/0.glb";
    let made = server.get(&tile, &[BROTLI]);
    wait_until("it is on disk", || {
        let metrics = server.get("/metrics", &[]).text();
        metrics.contains("gable_cache_disk_entries 1")
            && metrics.contains("gable_cache_waiting_bytes 0")
    });
    server.kill();
    drop(server);
    let server = Server::start(folder.path(), &arguments);
    let kept = server.get(&tile, &[BROTLI]);
    assert_eq!(
        (kept.header("cache-status"), &kept.bytes),
        ("Gable; hit", &made.bytes)
    );
}

/// The entries of `costs.json`.
fn tiles(costs: &serde_json::Value) -> impl Iterator<Item = &serde_json::Value> {
    costs["tiles"].as_array().into_iter().flatten()
}

#[test]
fn an_edge_serves_the_same_bytes_and_goes_on_when_its_upstream_has_gone() {
    let (_folder, mut origin) = started();
    let elsewhere = tempfile::tempdir().expect("a folder");
    let dead = "http://127.0.0.1:1";
    let edge = Server::start(
        elsewhere.path(),
        &["--upstream", dead, "--upstream", &origin.base],
    );
    wait_until("the worlds are mirrored", || {
        edge.get("/readyz", &[]).status == 200
    });
    let layer = edge.layer("lots", "lots");
    assert_eq!(layer, origin.layer("lots", "lots"));
    for path in [
        "/lots/tileset.json".to_owned(),
        "/lots/manifest.json".to_owned(),
        format!("{layer}/subtrees/0/0/0.subtree"),
        format!("{layer}/content/0/0/0.recipe"),
        format!("{layer}/content/1/0/0.glb"),
    ] {
        let (theirs, ours) = (origin.get(&path, &[BROTLI]), edge.get(&path, &[BROTLI]));
        assert_eq!(
            (ours.status, &ours.bytes, ours.header("etag")),
            (200, &theirs.bytes, theirs.header("etag")),
            "{path}"
        );
    }
    let content = edge.get(&format!("{layer}/content/0/0/0.glb"), &[BROTLI]);
    wait_until("what tiles cost is known before they are asked for", || {
        edge.costs("lots")["complete"] == true
    });
    let (theirs, ours) = (origin.costs("lots"), edge.costs("lots"));
    for (theirs, ours) in tiles(&theirs).zip(tiles(&ours)) {
        for part in ["revision", "level", "shapes", "mesh_bytes"] {
            assert_eq!(ours[part], theirs[part], "{part}");
        }
        let seconds = [theirs, ours].map(|tile| tile["seconds"].as_f64().expect("a time"));
        let pace = seconds[1] / seconds[0];
        assert!((0.1..10.0).contains(&pace), "of the same machine: {pace}");
    }
    assert_eq!(tiles(&theirs).count(), tiles(&ours).count());
    assert!(tiles(&ours).count() > 0, "{ours}");
    origin.kill();
    for path in ["/lots/tileset.json", "/lots/manifest.json"] {
        assert_eq!(
            edge.get(path, &[]).status,
            200,
            "{path} is stale and served"
        );
    }
    let again = edge.get(&format!("{layer}/content/0/0/0.glb"), &[BROTLI]);
    assert_eq!(again.bytes, content.bytes);
    let coded_otherwise = edge.get(
        &format!("{layer}/content/0/0/0.glb"),
        &[("accept-encoding", "zstd")],
    );
    assert_eq!(
        coded_otherwise.status, 200,
        "it is coded anew from what is kept"
    );
    let missing = edge.get(&format!("{layer}/content/2/0/0.glb"), &[]);
    assert_eq!(missing.status, 502, "its recipe was never asked for");
    assert!(missing.text().contains("upstream"), "{}", missing.text());
}

#[test]
fn tokens_and_signatures_open_worlds() {
    let folder = tempfile::tempdir().expect("a folder");
    small_world(folder.path());
    let server = Server::start(
        folder.path(),
        &["lots.toml", "--token", "open-sesame-0123456789"],
    );
    let closed = server.get("/lots/tileset.json", &[]);
    assert_eq!(closed.status, 401);
    assert!(closed.header("www-authenticate").contains("Bearer"));
    let open = server.get(
        "/lots/tileset.json",
        &[("authorization", "Bearer open-sesame-0123456789")],
    );
    assert_eq!(open.status, 200);
    assert_eq!(server.get("/healthz", &[]).status, 200);
}

#[test]
fn a_signed_url_opens_its_world_until_it_expires() {
    const KEY: &str = "0123456789abcdef0123456789abcdef";
    let folder = tempfile::tempdir().expect("a folder");
    small_world(folder.path());
    let server = Server::start(folder.path(), &["lots.toml", "--signing-key", KEY]);
    let sign = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_gable"))
            .arg("sign")
            .args(arguments)
            .output()
            .expect("the command starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        (text(&output.stdout), text(&output.stderr))
    };
    let path = "/lots/tileset.json";
    let (signed, _) = sign(&[path, "--key", KEY, "--expires", "1h"]);
    assert_eq!(server.get(&signed, &[]).status, 200, "{signed}");
    assert_eq!(server.get(path, &[]).status, 401);
    let (expired, _) = sign(&[path, "--key", KEY, "--expires", "0s"]);
    let answer = server.get(&expired, &[]);
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("expired"), "{}", answer.text());
    let (foreign, _) = sign(&[path, "--key", &KEY.replace('0', "f")]);
    assert_eq!(server.get(&foreign, &[]).status, 403);
    assert!(sign(&[path, "--key", "short"]).1.contains("at least 16"));
    assert!(
        sign(&[path, "--key", KEY, "--expires", "soon"])
            .1
            .contains("such as 90s, 1h or 7d")
    );
}

#[test]
fn wrong_settings_are_told_with_their_cure() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_gable"))
            .arg("serve")
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .expect("the command starts");
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(run(&["nowhere"]).contains("bundled world (those are: endless, san-francisco)"));
    assert!(run(&["--weights", "cheap"]).contains("balanced"));
    assert!(run(&["--disk", "1GB"]).contains("--cache"));
    assert!(run(&["--tls-key", "k.pem"]).contains("--tls-certificate"));
    std::fs::write(
        folder.path().join("w.toml"),
        "name = 'W'\n[[layer]]\nname = 'a'\ngrammar = 'nothing'\nfeatures = 'x.geojson'",
    )
    .expect("writable");
    assert!(run(&["w.toml"]).contains("neither a file nor a bundled grammar"));
    std::fs::write(folder.path().join("g.toml"), "bind = 'here'").expect("writable");
    assert!(run(&["--config", "g.toml"]).contains("line 1"));
}
