//! `gable view`: the real command, a real server, real pictures (drawn by whatever drivers of Vulkan and OpenGL
//! there are; lavapipe and llvmpipe will do).
//!
//! Pictures are compared with `tests/pictures`: on average no channel may differ by more than 1.5 of 255, and no more than
//! one pixel of a hundred by more than 24, since drivers round differently. `BLESS=1` writes them anew.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

#[path = "support/picture.rs"]
mod picture;
use picture::{Picture, compare};
#[path = "support/server.rs"]
mod server;
use server::{Server, wait_until};

fn view(folder: &Path, arguments: &[&str]) -> Output {
    view_by(folder, arguments, &[])
}

/// With variables of the environment that choose a driver.
fn view_by(folder: &Path, arguments: &[&str], driver: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gable"))
        .envs(driver.iter().copied())
        .arg("view")
        .args(arguments)
        .env("GABLE_CACHE", folder.join("cache/modules"))
        .current_dir(folder)
        .output()
        .expect("the command starts")
}

/// What a view took.
fn seen(output: &Output) -> Value {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn refused(output: &Output, code: i32) -> String {
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(!error.contains("panicked"), "{error}");
    error
}

const SMALL: [&str; 3] = ["--size", "480x270", "--json"];

/// A bundled world at a place is drawn as it was.
fn shows(world: &str, camera: &str, name: &str) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(name);
    let path = file.to_str().expect("a path");
    let arguments = [
        &[world, "--camera", camera, "--screenshot", path][..],
        &SMALL,
    ]
    .concat();
    let seen = seen(&view(folder.path(), &arguments));
    compare(&file, name);
    seen
}

#[test]
fn san_francisco_from_above_is_as_it_was() {
    let seen = shows(
        "san-francisco",
        "-250,-330,180,35,-24",
        "san-francisco-above.png",
    );
    assert!(seen["triangles"].as_u64() > Some(10_000), "{seen}");
}

#[test]
fn a_street_of_san_francisco_is_as_it_was() {
    shows(
        "san-francisco",
        "-252,-45,1.7,90,4",
        "san-francisco-street.png",
    );
}

#[test]
fn the_endless_city_is_as_it_was() {
    let seen = shows("endless", "-700,-900,420,38,-24", "endless-above.png");
    assert!(seen["instances"].as_u64() > Some(100), "{seen}");
}

/// Without Vulkan there is OpenGL, and what browsers have of it: neither base vertices nor buffers that shaders read.
#[test]
fn opengl_draws_the_same() {
    let es = [
        ("MESA_GL_VERSION_OVERRIDE", "3.1"),
        ("MESA_GLSL_VERSION_OVERRIDE", "140"),
        ("MESA_GLES_VERSION_OVERRIDE", "3.0"),
    ];
    for (versions, device) in [(&[][..], "(Gl"), (&es, "OpenGL ES 3.0")] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("gl.png");
        let path = file.to_str().expect("a path");
        let camera = ["--camera", "-250,-330,180,35,-24"];
        let arguments = [
            &["san-francisco", "--screenshot", path][..],
            &camera,
            &SMALL,
        ]
        .concat();
        let driver = [&[("WGPU_BACKEND", "gl")], versions].concat();
        let seen = seen(&view_by(folder.path(), &arguments, &driver));
        let found = seen["device"].as_str();
        assert!(found.is_some_and(|found| found.contains(device)), "{seen}");
        compare(&file, "san-francisco-above.png");
    }
}

/// A bundled grammar is drawn as it was, from where one sees all of it.
fn grammar_shows(name: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let name_of_file = format!("grammar-{name}.png");
    let file = folder.path().join(&name_of_file);
    let path = file.to_str().expect("a path");
    let arguments = [name, "--screenshot", path, "--size", "320x240", "--json"];
    let seen = seen(&view(folder.path(), &arguments));
    compare(&file, &name_of_file);
    assert!(seen["generated"].as_u64() > Some(0), "{seen}");
    assert_eq!(seen["meshes"], 0, "{seen}");
}

#[test]
fn bundled_grammars_of_buildings_are_as_they_were() {
    for name in ["city", "detached_house", "high_rise", "perimeter_block"] {
        grammar_shows(name);
    }
}

#[test]
fn bundled_grammars_of_other_things_are_as_they_were() {
    for name in ["endless_city", "fractal", "ground", "plant", "street"] {
        grammar_shows(name);
    }
}

#[test]
fn a_grammar_is_set_on_the_command_line_and_its_errors_are_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = "attr height = 5\n@StartRule\nLot --> extrude(height)\n";
    std::fs::write(folder.path().join("a.cga"), rules).expect("writable");
    let small = ["--screenshot", "a.png", "--size", "64x36", "--json"];
    let run = |arguments: &[&str]| view(folder.path(), &[arguments, &small].concat());
    seen(&run(&["a.cga", "--lot", "10x10", "--set", "height=40"]));
    let error = refused(&run(&["a.cga", "--set", "hieght=40"]), 1);
    assert!(
        error.contains("no attribute `hieght`") && error.contains("height"),
        "{error}"
    );
    let error = refused(&run(&["a.cga", "--lot", "10"]), 2);
    assert!(error.contains("such as 30x20"), "{error}");
    let error = refused(&run(&["a.cga", "--set", "height"]), 2);
    assert!(error.contains("such as roofAngle=35"), "{error}");
    let error = refused(&run(&["a.cga", "--features", "none.geojson"]), 3);
    assert!(error.contains("none.geojson"), "{error}");
    let error = refused(&run(&["endless", "--lot", "10x10"]), 2);
    assert!(error.contains("endless is no grammar"), "{error}");
    let error = refused(&run(&["none.cga"]), 3);
    assert!(
        error.contains("neither a file nor a bundled grammar"),
        "{error}"
    );
    std::fs::write(folder.path().join("b.cga"), "Lot -->\n  extrude(\n").expect("writable");
    let error = refused(&run(&["b.cga"]), 1);
    assert!(error.contains("b.cga:"), "{error}");
}

#[test]
fn a_server_is_looked_at_like_a_world_and_its_placements_are_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &["san-francisco", "endless"]);
    wait_until("it knows its pace", || {
        server.get("/calibration.json", &[]).status == 200
    });
    let file = folder.path().join("picture.png");
    let path = file.to_str().expect("a path");
    let camera = "-250,-330,180,35,-24";
    let place = [
        "--world-name",
        "san-francisco",
        "--camera",
        camera,
        "--screenshot",
        path,
    ];
    let arguments = [&[server.base.as_str()][..], &place, &SMALL].concat();
    let first = seen(&view(folder.path(), &arguments));
    // The same picture, whoever made its tiles.
    compare(&file, "san-francisco-above.png");
    let made = |seen: &Value, who: &str| seen[who].as_u64().expect("a count");
    assert!(made(&first, "generated") + made(&first, "meshes") >= made(&first, "tiles"));
    let page = server.get("/debug/placement?format=json", &[]).text();
    assert!(
        page.contains("san-francisco/"),
        "it asked for decisions: {page}"
    );
    let unknown = [
        &[server.base.as_str(), "--world-name", "atlantis"][..],
        &["--screenshot", path],
    ]
    .concat();
    let error = refused(&view(folder.path(), &unknown), 2);
    assert!(
        error.contains("no world `atlantis`") && error.contains("endless"),
        "{error}"
    );
}

#[test]
fn a_flight_says_what_it_took() {
    let folder = tempfile::tempdir().expect("a folder");
    let flight = [
        "--path",
        "demo",
        "--frames",
        "6",
        "--screenshot",
        "end.png",
        "--quality",
        "low",
    ];
    let flight = seen(&view(folder.path(), &[&flight[..], &SMALL].concat()));
    let number = |name: &str| {
        flight[name]
            .as_f64()
            .unwrap_or_else(|| panic!("{name} in {flight}"))
    };
    assert_eq!(number("frames"), 6.0);
    assert!(number("first_tile") <= number("complete_view"));
    assert!(number("generated") + number("meshes") > 20.0 && number("failures") == 0.0);
    assert!(
        number("most_uploaded_in_a_frame") <= 4.0 * 1024.0 * 1024.0,
        "{flight}"
    );
    assert!(number("graphics_bytes") <= 512.0 * 1024.0 * 1024.0);
    assert!(
        number("graphics_bytes_per_million_triangles") < 60e6,
        "{flight}"
    );
    assert!(flight["frame_milliseconds"]["p50"].as_f64() > Some(0.0));
    assert_eq!(Picture::read(&folder.path().join("end.png")).width, 480);
}

#[test]
fn what_cannot_be_shown_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| {
        view(
            folder.path(),
            &[arguments, &["--screenshot", "x.png"]].concat(),
        )
    };
    let error = refused(&run(&["nowhere"]), 3);
    assert!(error.contains("nowhere"), "{error}");
    let error = refused(&run(&["http://127.0.0.1:9"]), 3);
    assert!(error.contains("does not answer"), "{error}");
    let error = refused(&run(&["--camera", "1,2,3"]), 2);
    assert!(error.contains("five numbers"), "{error}");
    std::fs::write(folder.path().join("odd.json"), "{}").expect("writable");
    let error = refused(&run(&["--path", "odd.json"]), 3);
    assert!(
        error.contains("odd.json: it is no recorded path"),
        "{error}"
    );
    let error = refused(&run(&["lots.toml", "--path", "demo"]), 2);
    assert!(
        error.contains("no path is bundled for `lots.toml`"),
        "{error}"
    );
    let error = refused(&run(&["--size", "0x5"]), 2);
    assert!(error.contains("such as 1280x720"), "{error}");
    let error = refused(&run(&["--timeout", "0", "--size", "64x36"]), 3);
    assert!(error.contains("not complete after"), "{error}");
    let error = refused(
        &view(
            folder.path(),
            &["--size", "64x36", "--screenshot", "no/such/folder.png"],
        ),
        3,
    );
    assert!(error.contains("cannot write no/such/folder.png"), "{error}");
}
