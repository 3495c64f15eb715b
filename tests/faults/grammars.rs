//! Grammars that end badly on one lot of many, and only at the finest level: the trial run does not see it.

use std::time::Instant;

use crate::server::wait_until;
use crate::subject::{Subject, tiles, world};

/// The grammar of boxes, but for the last lot, which at the finest level becomes this.
pub(crate) fn with(work: &str) -> String {
    format!(
        "attr LOD = 2\nattr height = 9\nattr kind = 0\n@StartRule\n\
         Lot --> case LOD < 2: extrude(height) X. else: Fine\n\
         Fine --> case kind < 63: extrude(height) split(y) {{ ~3 : X. }}* else: {work}\n\
         Work(n) --> case n > 0: Work(n - 1) Work(n - 1) else: NIL\n\
         Endless --> Endless\n\
         fibonacci(n) = case n < 2: n else: fibonacci(n - 1) + fibonacci(n - 2)\n\
         Spin --> extrude(fibonacci(90)) X.\n"
    )
}

/// Asks for the tile of the last lot, and meanwhile and afterwards for others.
fn ends_badly(work: &str, words: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    world(folder.path(), &with(work));
    let subject = Subject::start(folder.path(), &["lots.toml", "--workers", "2"]);
    let layer = subject.server.layer("lots", "lots");
    let tiles: Vec<String> = tiles().filter(|tile| tile.starts_with("3/")).collect();
    let path = |tile: &String| format!("{layer}/content/{tile}.glb");
    let asks = |tile: &String| subject.server.get(&path(tile), &[]);
    let bad = tiles.last().expect("tiles");
    let failure = std::thread::scope(|scope| {
        // On a slow machine the work goes on after the first answer says that it takes too long.
        let bad = scope.spawn(|| {
            let mut answers = (0..4).map(|_| asks(bad));
            answers.find(|answer| answer.status != 503).expect("an end")
        });
        wait_until("it runs or has ended", || {
            bad.is_finished() || subject.count("gable_jobs") > 0
        });
        assert_eq!(subject.server.get("/healthz", &[]).status, 200);
        let other = asks(&tiles[0]);
        assert_eq!(other.status, 200, "{}", other.text());
        bad.join().expect("no panic")
    });
    let text = failure.text();
    assert_eq!(failure.status, 500, "{text}");
    for word in words {
        assert!(text.contains(word), "{word} in {text}");
    }
    // It is not run again for each who asks.
    let generations = subject.count("gable_cache_failure_hits");
    let start = Instant::now();
    for _ in 0..20 {
        assert_eq!((asks(bad).status, asks(bad).text()), (500, text.clone()));
    }
    assert!(
        subject.count("gable_cache_failure_hits") >= generations + 40,
        "{:?}",
        start.elapsed()
    );
    assert_eq!(failure.header("cache-control"), "no-store");
    let others = tiles.iter().filter(|tile| *tile != bad).map(asks);
    assert!(others.filter(|answer| answer.status == 200).count() > 40);
    subject.is_well();
}

#[test]
fn a_rule_without_end_fails_its_tile_alone() {
    ends_badly(
        "Endless",
        &[
            "lot.cga:",
            "deeper than the limit",
            "recursion",
            "other tiles",
        ],
    );
}

#[test]
fn work_without_end_fails_its_tile_alone() {
    ends_badly("Spin", &["lot.cga:", "more work than", "other tiles"]);
}

#[test]
fn a_thousand_million_shapes_fail_their_tile_alone() {
    ends_badly("Work(30)", &["lot.cga:", "more", "limit", "other tiles"]);
}
