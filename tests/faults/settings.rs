//! Worlds that ask for absurd things: a clear error at the start, or a server that is well.

use std::path::Path;
use std::process::Command;

use crate::subject::{GRAMMAR, Subject, world, write};

/// What `gable serve` says when it does not start.
fn refused(folder: &Path) -> String {
    let output = Command::new("timeout")
        .args([
            "20",
            env!("CARGO_BIN_EXE_gable"),
            "serve",
            "w.toml",
            "--bind",
            "127.0.0.1:0",
        ])
        .current_dir(folder)
        .output()
        .expect("the command starts");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let world = std::fs::read_to_string(folder.join("w.toml")).expect("readable");
    assert_eq!(
        output.status.code(),
        Some(3),
        "{text}: {}",
        &world[..world.len().min(200)]
    );
    assert!(!text.contains("panicked"), "{text}");
    text
}

#[test]
fn absurd_numbers_are_refused_with_what_was_expected() {
    let folder = tempfile::tempdir().expect("a folder");
    world(folder.path(), GRAMMAR);
    let layer = "name = 'W'\n[[layer]]\nname = 'a'\ngrammar = 'lot.cga'\n";
    let deep = "[".repeat(100_000);
    for (rest, words) in [
        ("cells = { side = 1.0, levels = 24 }", "levels such that"),
        ("cells = { side = 1.0, levels = 255 }", "levels such that"),
        ("cells = { side = 1.0, levels = 0 }", "levels such that"),
        ("cells = { side = 1.0, levels = 99999999999 }", "levels"),
        ("cells = { side = 1e-9, levels = 3 }", "at least 1 m"),
        ("cells = { side = nan, levels = 3 }", "at least 1 m"),
        ("cells = { side = inf, levels = 1 }", "at most"),
        (
            "features = 'lots.geojson'\ntile = 1e-9",
            "1 to 10000 metres",
        ),
        ("features = 'lots.geojson'\ntile = nan", "1 to 10000 metres"),
        (
            "features = 'lots.geojson'\nerror = 0",
            "0.001 to 1000 metres",
        ),
        ("features = 'lots.geojson'\ndetail = [nan]", "detail"),
        ("features = 'lots.geojson'\ndetail = []", "detail"),
        (
            "features = 'lots.geojson'\nbounds = [nan, 0, 0, 0]",
            "bounds",
        ),
        ("features = '/dev/null'", "null"),
        ("features = '.'", "no polygons"),
        ("features = 'lot.cga'", "lot.cga"),
    ] {
        write(folder.path(), "w.toml", &format!("{layer}{rest}"));
        let text = refused(folder.path());
        assert!(
            text.contains(words) && text.contains("w.toml"),
            "{rest}: {text}"
        );
    }
    write(folder.path(), "w.toml", &format!("name = {deep}"));
    assert!(refused(folder.path()).contains("line 1"));
    write(
        folder.path(),
        "w.toml",
        &format!("{layer}features = 'deep.geojson'"),
    );
    for text in [
        deep,
        format!(
            r#"{{"type":"FeatureCollection","features":{}"#,
            r#"[{"a":"#.repeat(50_000)
        ),
    ] {
        write(folder.path(), "deep.geojson", &text);
        assert!(refused(folder.path()).contains("deep.geojson"));
    }
}

#[test]
fn a_grid_of_four_thousand_million_cells_is_served_cell_by_cell() {
    let folder = tempfile::tempdir().expect("a folder");
    let grammar =
        "attr cellX = 0\nattr cellY = 0\nattr LOD = 0\n@StartRule\nCell --> extrude(5) X.\n";
    write(folder.path(), "cell.cga", grammar);
    write(
        folder.path(),
        "lots.toml",
        "name = 'Cells'\n[[layer]]\nname = 'lots'\ngrammar = 'cell.cga'\ncells = { side = 1.0, levels = 17 }\n",
    );
    let subject = Subject::start(folder.path(), &["lots.toml"]);
    let layer = subject.server.layer("lots", "lots");
    for tile in ["0/0/0", "16/0/0", "16/65535/65535", "9/100/7"] {
        let answer = subject
            .server
            .get(&format!("{layer}/content/{tile}.glb"), &[]);
        assert!(
            [200, 404].contains(&answer.status),
            "{tile}: {}",
            answer.text()
        );
    }
    assert_eq!(
        subject
            .server
            .get(&format!("{layer}/content/17/0/0.glb"), &[])
            .status,
        404
    );
    assert!(subject.peak() < 512 << 20, "{}", subject.peak());
    subject.is_well();
}

#[test]
fn a_footprint_of_a_million_corners_is_left_out_and_said() {
    let folder = tempfile::tempdir().expect("a folder");
    world(folder.path(), GRAMMAR);
    let points: Vec<String> = (0..=1_000_000)
        .map(|point| {
            let (sine, cosine) =
                (std::f64::consts::TAU * f64::from(point % 1_000_000) / 1e6).sin_cos();
            format!("[{:.9},{:.9}]", 0.001 * cosine, 0.001 * sine)
        })
        .collect();
    let polygon = |ring: &str| {
        format!(
            r#"{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[[{ring}]]}}}}"#
        )
    };
    let features = format!(
        r#"{{"type":"FeatureCollection","features":[{},{}]}}"#,
        polygon(&points.join(",")),
        polygon("[0,0],[0.0002,0],[0.0002,0.0002],[0,0.0002],[0,0]")
    );
    write(folder.path(), "lots.geojson", &features);
    let subject = Subject::start(folder.path(), &["lots.toml"]);
    let tileset = subject.server.get("/lots/tileset.json", &[]);
    assert_eq!(tileset.status, 200);
    let layer = subject.server.layer("lots", "lots");
    let answer = subject
        .server
        .get(&format!("{layer}/content/0/0/0.glb"), &[]);
    assert!(
        [200, 404, 500].contains(&answer.status),
        "{}",
        answer.text()
    );
    assert!(subject.peak() < 2 << 30, "{}", subject.peak());
    subject.is_well();
}
