//! Bakes that do not go well: nothing is lost, nothing of others is touched, and what is wrong is said.

#[path = "support/bakes.rs"]
mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use support::*;

#[test]
fn a_bake_that_was_killed_is_gone_on_with() {
    let folder = folder_with(&[("corner.toml", CORNER)]);
    let at = folder.path();
    good(&gable(at, &["bake", "corner.toml", "-o", "whole"]));
    let bake = [
        "bake",
        "corner.toml",
        "-o",
        "out",
        "--threads",
        "1",
        "--json",
    ];
    let mut child = command(at, &bake)
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    let has_content = || {
        let out = at.join("out");
        out.exists() && files_named(&out, ".glb") > 1
    };
    while !has_content() && child.try_wait().expect("it is ours").is_none() {
        std::thread::yield_now();
    }
    child.kill().expect("it is ours");
    child.wait().expect("it ends");
    assert!(
        !at.join("out/tileset.json").exists(),
        "killed in the middle"
    );
    let report = json(&gable(at, &bake));
    assert!(
        (1..sum(&report, "tiles")).contains(&sum(&report, "made")),
        "{report}"
    );
    assert_eq!(files(&at.join("out")), files(&at.join("whole")));
}

/// Files below a folder that somebody else writes to.
fn files_named(folder: &Path, ending: &str) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| {
            let path = entry.path();
            if path.is_dir() {
                files_named(&path, ending)
            } else {
                usize::from(path.to_string_lossy().ends_with(ending))
            }
        })
        .sum()
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let folder = folder_with(&[
        ("corner.toml", CORNER),
        ("other.toml", CORNER),
        ("photos.3tz", "mine"),
    ]);
    let at = folder.path();
    fs::create_dir(at.join("photos")).expect("writable");
    fs::write(at.join("photos/cat.png"), "mine").expect("writable");
    for target in ["photos", "photos.3tz", "corner.toml"] {
        let output = gable(at, &["bake", "corner.toml", "-o", target]);
        assert_eq!(output.status.code(), Some(3));
        assert!(
            errors(&output).contains("not made by `gable bake`"),
            "{}",
            errors(&output)
        );
    }
    assert_eq!(files(&at.join("photos")).len(), 1);
    assert_eq!(fs::read(at.join("photos.3tz")).expect("there"), b"mine");
    good(&gable(
        at,
        &["bake", "corner.toml", "-o", "out", "--levels", "0"],
    ));
    let output = gable(at, &["bake", "other.toml", "-o", "out"]);
    assert!(
        errors(&output).contains("holds the world `corner`, not `other`"),
        "{}",
        errors(&output)
    );
    let output = gable(at, &["bake", "corner.toml", "-o", "corner.toml/out"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        errors(&output).contains("cannot write corner.toml/out"),
        "{}",
        errors(&output)
    );
}

#[cfg(unix)]
#[test]
fn a_disk_that_takes_no_more_ends_in_a_clear_error_and_a_later_run_goes_on() {
    let folder = folder_with(&[("corner.toml", CORNER)]);
    let at = folder.path();
    good(&gable(at, &["bake", "corner.toml", "-o", "whole"]));
    // Files of more than 16 kB cannot be written.
    let script = "trap '' XFSZ; ulimit -f 32; exec \"$0\" bake corner.toml -o out";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_gable")])
        .env("GABLE_CACHE", at.join("cache"))
        .current_dir(at)
        .output()
        .expect("a shell");
    assert_eq!(output.status.code(), Some(3), "{}", errors(&output));
    assert!(
        errors(&output).contains("cannot write out/.baking/"),
        "{}",
        errors(&output)
    );
    good(&gable(at, &["bake", "corner.toml", "-o", "out"]));
    assert_eq!(files(&at.join("out")), files(&at.join("whole")));
}

#[test]
fn tiles_that_fail_are_listed_and_not_announced() {
    let grammar = "attr LOD = 0\n@StartRule\nLot --> case LOD > 1 && initialShape.origin.px > 0 : Forever\n\
        else : extrude(6)\nForever --> t(0, 0, 0.001) Forever\n";
    let world = CORNER.replace("grammar = 'city'", "grammar = 'endless.cga'");
    let folder = folder_with(&[("endless.cga", grammar), ("corner.toml", &world)]);
    let at = folder.path();
    let output = gable(at, &["bake", "corner.toml", "-o", "out", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", errors(&output));
    let report = json(&output);
    let failures = report["failures"].as_array().expect("a list");
    assert!(!failures.is_empty(), "{report}");
    for failure in failures {
        let tile = failure["tile"].as_str().expect("a path");
        assert!(
            tile.contains("/content/2/") && errors(&output).contains(tile),
            "{tile}"
        );
        assert!(!at.join("out").join(tile).exists(), "{tile}");
    }
    assert!(
        report["levels"][2]["tiles"].as_u64() > Some(0),
        "the rest is baked: {report}"
    );
    assert_checked(at, "out");
}
