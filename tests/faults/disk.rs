//! What can happen to the folder of the cache, and to the process that writes it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::server::wait_until;
use crate::subject::{GRAMMAR, Subject, tiles, world};

const CACHED: [&str; 3] = ["lots.toml", "--cache", "kept"];
const BROTLI: (&str, &str) = ("accept-encoding", "br");

#[test]
fn after_a_kill_at_any_moment_content_is_what_it_would_be_without_a_cache() {
    let folder = tempfile::tempdir().expect("a folder");
    world(folder.path(), GRAMMAR);
    let truth = Subject::start(folder.path(), &["lots.toml"]).contents();
    for round in 0..4 {
        let mut subject = Subject::start(folder.path(), &CACHED);
        let answers = AtomicUsize::new(0);
        let base = subject.server.base.clone();
        std::thread::scope(|scope| {
            for client in 0..3 {
                let (base, truth, answers) = (&base, &truth, &answers);
                // Until nobody answers any more.
                scope.spawn(move || {
                    let paths = truth.iter().skip(20 * round).step_by(client + 1);
                    ask_all(base, paths, answers);
                });
            }
            wait_until("some answers", || {
                answers.load(Ordering::SeqCst) > 8 * round
            });
            subject.server.kill();
        });
    }
    let subject = Subject::start(folder.path(), &CACHED);
    assert!(subject.contents() == truth);
    assert!(subject.count("gable_cache_disk_hits") > 0);
    assert_eq!(subject.count("gable_cache_damaged"), 0);
    subject.is_well();
}

/// Asks for contents until nobody answers any more; each must be what it should be.
fn ask_all<'a>(
    base: &str,
    contents: impl Iterator<Item = (&'a String, &'a Vec<u8>)>,
    answers: &AtomicUsize,
) {
    let answered =
        contents.map_while(|(path, wanted)| Some((path, wanted, fetch(&format!("{base}{path}"))?)));
    for (path, wanted, bytes) in answered {
        assert!(bytes == *wanted, "{path}");
        answers.fetch_add(1, Ordering::SeqCst);
    }
}

/// Bytes, or none when the server is killed meanwhile.
fn fetch(address: &str) -> Option<Vec<u8>> {
    let mut response = ureq::get(address).header(BROTLI.0, BROTLI.1).call().ok()?;
    response.body_mut().read_to_vec().ok()
}

#[test]
fn a_full_disk_costs_no_answer() {
    // Files of 1 KB at most; a limit of the shell, so that no mount is needed. The log is a file too: it goes nowhere.
    const SCRIPT: &str = r#"trap "" XFSZ; ulimit -f 2; exec "$0" "$@" 2>/dev/null"#;
    let folder = tempfile::tempdir().expect("a folder");
    world(folder.path(), GRAMMAR);
    let truth = Subject::start(folder.path(), &["lots.toml"]).contents();
    let subject = Subject::after(SCRIPT, folder.path(), &CACHED);
    assert!(subject.contents() == truth);
    wait_until("the disk is found full", || {
        subject.count("gable_cache_disk_errors") > 0
    });
    assert!(subject.contents() == truth);
    subject.is_well();
}

#[test]
fn a_damaged_cache_is_found_out_and_made_again() {
    let folder = tempfile::tempdir().expect("a folder");
    world(folder.path(), GRAMMAR);
    let mut subject = Subject::start(folder.path(), &CACHED);
    let truth = subject.contents();
    assert!(subject.server.end().success());
    let files = files(&folder.path().join("kept"));
    let entries = files
        .iter()
        .filter(|file| file.metadata().is_ok_and(|about| about.len() > 200));
    let mut damaged = 0;
    for (number, file) in entries.enumerate() {
        let mut bytes = std::fs::read(file).expect("readable");
        let middle = bytes.len() / 2;
        match number % 4 {
            0 => bytes[middle] ^= 4,
            1 => bytes.truncate(middle),
            2 => bytes.clear(),
            _ => continue,
        }
        std::fs::write(file, bytes).expect("writable");
        damaged += 1;
    }
    assert!(damaged > 20, "{files:?}");
    let subject = Subject::start(folder.path(), &CACHED);
    assert!(subject.contents() == truth);
    assert!(subject.count("gable_cache_damaged") > 10);
    assert!(subject.count("gable_cache_disk_hits") > 5);
    subject.is_well();
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("readable").flatten();
    let below = |path: PathBuf| {
        if path.is_dir() {
            files(&path)
        } else {
            vec![path]
        }
    };
    entries.flat_map(|entry| below(entry.path())).collect()
}

#[test]
fn a_shutdown_waits_for_the_generation_and_writes_it_down() {
    let folder = tempfile::tempdir().expect("a folder");
    world(folder.path(), &crate::grammars::with("Work(21)"));
    let mut subject = Subject::start(folder.path(), &CACHED);
    let layer = subject.server.layer("lots", "lots");
    // A tile with one lot, the one that is much work.
    let slow = tiles()
        .filter(|tile| tile.starts_with("3/"))
        .map(|tile| format!("{layer}/content/{tile}.glb"));
    let slow = slow.last().expect("tiles");
    let base = subject.server.base.clone();
    let address = format!("{base}{slow}");
    let asked = std::thread::spawn(move || fetch(&address));
    wait_until("it is being made", || subject.count("gable_jobs") > 0);
    let status = subject.server.end();
    let bytes = asked.join().expect("no panic").expect("an answer");
    assert_eq!((status.code(), bytes.is_empty()), (Some(0), false));
    let subject = Subject::start(folder.path(), &CACHED);
    let again = subject.server.get(&slow, &[BROTLI]);
    assert_eq!(
        (again.header("cache-status"), again.bytes == bytes),
        ("Gable; hit", true)
    );
}
