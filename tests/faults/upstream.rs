//! Upstream servers that are down, slow, or lie.

use std::path::Path;

use crate::liar::{Fault, Liar};
use crate::server::wait_until;
use crate::subject::{GRAMMAR, Subject, world};

const BROTLI: (&str, &str) = ("accept-encoding", "br");

fn origin() -> (tempfile::TempDir, Subject) {
    let folder = tempfile::tempdir().expect("a folder");
    world(folder.path(), GRAMMAR);
    let subject = Subject::start(folder.path(), &["lots.toml"]);
    (folder, subject)
}

fn edge(folder: &Path, upstream: &[&str]) -> Subject {
    let arguments: Vec<&str> = upstream
        .iter()
        .flat_map(|address| ["--upstream", address])
        .collect();
    let edge = Subject::start(folder, &arguments);
    wait_until("the worlds are mirrored", || {
        edge.server.get("/readyz", &[]).status == 200
    });
    edge
}

/// What lies on the way to one tile.
fn paths(layer: &str, x: u32) -> [String; 3] {
    ["glb", "recipe", "glb?c=none"].map(|ending| format!("{layer}/content/3/{x}/1.{ending}"))
}

#[test]
fn each_lie_ends_in_an_error_that_names_it_and_in_the_truth_afterwards() {
    let (_folder, origin) = origin();
    let elsewhere = tempfile::tempdir().expect("a folder");
    let liar = Liar::before(&origin.server.base, Fault::None);
    let edge = edge(elsewhere.path(), &[&liar.base]);
    let layer = edge.server.layer("lots", "lots");
    let faults = [
        Fault::Page,
        Fault::Fails,
        Fault::Flipped,
        Fault::Short,
        Fault::Bomb,
        Fault::Garbage,
        Fault::Truncated,
    ];
    for (x, fault) in (0..).zip(faults) {
        liar.set(fault);
        for path in paths(&layer, x) {
            let truth = origin.server.get(&path, &[BROTLI]);
            let lie = edge.server.get(&path, &[BROTLI]);
            assert_eq!(
                (truth.status, lie.status),
                (200, 502),
                "{fault:?} {path} {}",
                lie.text()
            );
            let text = lie.text();
            assert!(text.contains("upstream server"), "{text}");
            assert_eq!(lie.header("cache-control"), "no-store");
        }
        liar.set(Fault::None);
        for path in paths(&layer, x) {
            let truth = origin.server.get(&path, &[BROTLI]);
            wait_until("the upstream server is believed again", || {
                edge.server.get(&path, &[BROTLI]).status == 200
            });
            let own = edge.server.get(&path, &[BROTLI]);
            assert!(
                own.bytes == truth.bytes && own.header("etag") == truth.header("etag"),
                "{fault:?} {path}"
            );
        }
    }
    assert!(edge.peak() < 1 << 30, "{}", edge.peak());
    edge.is_well();
}

#[test]
fn what_an_upstream_server_has_lost_is_asked_for_again() {
    let (_folder, origin) = origin();
    let elsewhere = tempfile::tempdir().expect("a folder");
    let liar = Liar::before(&origin.server.base, Fault::None);
    let edge = edge(elsewhere.path(), &[&liar.base]);
    let layer = edge.server.layer("lots", "lots");
    liar.set(Fault::Missing);
    let path = format!("{layer}/content/3/2/2.glb");
    let lost = edge.server.get(&path, &[BROTLI]);
    assert_eq!(
        (lost.status, lost.header("cache-control")),
        (404, "no-store")
    );
    liar.set(Fault::None);
    wait_until("it is found", || {
        edge.server.get(&path, &[BROTLI]).status == 200
    });
}

#[test]
fn beside_a_second_upstream_server_no_fault_of_the_first_is_seen() {
    let (_folder, origin) = origin();
    let truth = origin.contents();
    let faults = [
        Fault::Page,
        Fault::Fails,
        Fault::Missing,
        Fault::Flipped,
        Fault::Closed,
        Fault::Truncated,
        Fault::Bomb,
    ];
    let liars = faults.map(|fault| Liar::before(&origin.server.base, fault));
    let elsewhere = tempfile::tempdir().expect("a folder");
    let mut upstream: Vec<&str> = liars.iter().map(|liar| liar.base.as_str()).collect();
    upstream.push(&origin.server.base);
    let edge = edge(elsewhere.path(), &upstream);
    assert!(edge.contents() == truth);
    edge.is_well();
}

#[test]
fn silence_and_endless_talk_are_cut_off() {
    let (_folder, origin) = origin();
    let liars =
        [Fault::Silent, Fault::Endless].map(|fault| Liar::before(&origin.server.base, fault));
    let elsewhere = tempfile::tempdir().expect("a folder");
    let edge = edge(
        elsewhere.path(),
        &[&liars[0].base, &liars[1].base, &origin.server.base],
    );
    let path = format!("{}/content/3/2/2.glb", edge.server.layer("lots", "lots"));
    let truth = origin.server.get(&path, &[BROTLI]);
    assert!(edge.server.get(&path, &[BROTLI]).bytes == truth.bytes);
    assert!(edge.peak() < 700 << 20, "{}", edge.peak());
    edge.is_well();
}

#[test]
fn an_edge_starts_before_its_upstream_server_and_says_so_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let edge = Subject::start(folder.path(), &["--upstream", "http://127.0.0.1:1"]);
    assert_eq!(edge.server.get("/readyz", &[]).status, 503);
    let answer = edge.server.get("/lots/tileset.json", &[]);
    assert_eq!(answer.status, 404);
    wait_until("it says why", || edge.log().contains("upstream"));
    edge.is_well();
}
