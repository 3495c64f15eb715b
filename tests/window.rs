//! `gable view` in a window: the real command on a screen without a monitor (Xvfb), with real keys and mouse (xdotool), drawn
//! by whatever Vulkan driver there is (lavapipe will do).

use std::path::Path;

#[path = "support/picture.rs"]
#[expect(dead_code, reason = "no picture is kept here")]
mod picture;
use picture::Picture;
#[path = "support/screen.rs"]
mod screen;
use screen::Screen;
#[path = "support/server.rs"]
mod server;
use server::Server;

const SMALL: [&str; 4] = ["--size", "640x400", "--quality", "low"];

const HOUSE: &str = "attr height = 10\n@StartRule\nLot --> extrude(height) House\nHouse --> color(\"#c08060\") report(\"Height\", height)\n";

fn house(folder: &Path, text: &str) {
    // As editors do: beside it first, then in its place.
    let part = folder.join("house.cga.new");
    std::fs::write(&part, text).expect("writable");
    std::fs::rename(&part, folder.join("house.cga")).expect("writable");
}

fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &SMALL].concat()
}

/// The next screenshot.
fn picture(window: &mut screen::Window<'_>, folder: &Path) -> Picture {
    let from = window.said();
    window.key(&["p"]);
    let line = window.wait_from(from, "Written: ");
    let name = line.rsplit("Written: ").next().expect("a name").trim();
    Picture::read(&folder.join(name))
}

/// The camera when the view was complete after a line.
fn camera(window: &mut screen::Window<'_>, from: usize) -> String {
    let line = window.wait_from(from, "the view is complete");
    line.rsplit("camera=")
        .next()
        .expect("it says where")
        .to_owned()
}

/// The share of pixels that differ.
fn difference(a: &Picture, b: &Picture) -> f64 {
    assert_eq!((a.width, a.height), (b.width, b.height));
    let (a, b) = (&a.rgb, &b.rgb);
    let pairs = a.chunks_exact(3).zip(b.chunks_exact(3));
    let differ = pairs.filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > 12));
    differ.count() as f64 * 3.0 / a.len() as f64
}

/// A world of one lot, with this grammar.
fn world(folder: &Path, name: &str, rules: &str) {
    let world = format!(
        "name = 'One lot'\n[[layer]]\nname = 'shapes'\ngrammar = '{name}.cga'\nfeatures = 'lot:20x20'\n"
    );
    std::fs::write(folder.join(format!("{name}.cga")), rules).expect("writable");
    std::fs::write(folder.join(format!("{name}.toml")), world).expect("writable");
}

#[test]
fn hands_move_the_camera_and_clicks_find_buildings() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    house(folder, HOUSE);
    let screen = Screen::start();
    let mut window = screen.view(folder, &with(&["house.cga", "--lot", "20x20"]));
    let first = camera(&mut window, 0);
    window.key(&["Tab"]);
    let before = picture(&mut window, folder);
    window.drag("1", [400, 150], [520, 170]);
    let turned = picture(&mut window, folder);
    let share = difference(&before, &turned);
    assert!(share > 0.05, "it turned: {share}");
    // The house is in the middle.
    window.point([320, 200]);
    window.hands(&["click", "1"]);
    window.wait("selected name=\"lot\"");
    let reports = window.wait("reports name=\"lot\"");
    assert!(
        reports.contains("Height") && reports.contains("10.0"),
        "{reports}"
    );
    window.key(&["Escape"]);
    // Wheel, then keys: nearer, then away to the side.
    window.hands(&["click", "4"]);
    let nearer = picture(&mut window, folder);
    assert!(difference(&turned, &nearer) > 0.01);
    window.key(&["m", "w", "d", "F5", "F6", "bracketright"]);
    let lines = picture(&mut window, folder);
    assert!(difference(&nearer, &lines) > 0.02);
    window.key(&["F5", "F5", "F6", "F3", "question"]);
    window.key(&["question", "F3", "b"]);
    window.wait("Bookmark 1 is kept");
    window.key(&["Home"]);
    window.key(&["1", "c"]);
    let link = window.wait("Copied: gable view house.cga --lot 20x20 --camera ");
    assert!(!link.contains(&first), "{link}");
    window.quit();
    let kept = std::fs::read_to_string(folder.join("data/gable/bookmarks.json")).expect("kept");
    assert!(kept.contains("\"house\""), "{kept}");
}

#[test]
fn windows_of_any_size_and_storms_of_sizes_are_survived() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    house(folder, HOUSE);
    let screen = Screen::start();
    let mut window = screen.view(folder, &with(&["house.cga"]));
    window.wait("the view is complete");
    let before = picture(&mut window, folder);
    for step in 0..40_u32 {
        window.resize([1 + step * 29 % 900, 1 + step * 53 % 700]);
    }
    for size in [[1, 1], [1200, 1], [1, 800], [640, 400]] {
        window.resize(size);
    }
    let after = picture(&mut window, folder);
    assert!(difference(&before, &after) < 0.01, "it is as it was");
    window.quit();
}

#[test]
fn a_grammar_is_shown_as_it_is_saved_and_what_is_wrong_is_said_while_the_last_good_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    house(folder, &HOUSE.replace("extrude(height)", "extrude(height"));
    let screen = Screen::start();
    let arguments = with(&["house.cga", "--camera", "15,-60,20,0,-8"]);
    let mut window = screen.view(folder, &arguments);
    // It is wrong from the start: said, and waited for.
    window.wait("house.cga:3:");
    let from = window.said();
    house(folder, HOUSE);
    window.wait_from(from, "no problem");
    window.wait_from(from, "The change is shown");
    let low = picture(&mut window, folder);
    let from = window.said();
    house(folder, &HOUSE.replace("height = 10", "height = 25"));
    let line = window.wait_from(from, "The change is shown");
    let high = picture(&mut window, folder);
    assert!(difference(&low, &high) > 0.05, "it grew: {line}");
    // Half-written: what is wrong is said with file and line, and nothing changes.
    let from = window.said();
    house(folder, &HOUSE.replace("color(", "color((("));
    window.wait_from(from, "house.cga:4:");
    assert!(
        difference(&high, &picture(&mut window, folder)) < 0.001,
        "the last good stays"
    );
    // A run that fails is no reason to show nothing, either.
    let from = window.said();
    house(
        folder,
        &HOUSE.replace("House -->", "House --> House House\nUnused -->"),
    );
    let line = window.wait_from(from, "lot");
    assert!(
        difference(&high, &picture(&mut window, folder)) < 0.001,
        "it stays: {line}"
    );
    let from = window.said();
    house(folder, HOUSE);
    window.wait_from(from, "The change is shown");
    assert!(
        difference(&low, &picture(&mut window, folder)) < 0.001,
        "good again"
    );
    window.quit();
}

#[test]
fn a_server_that_goes_and_comes_back_is_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let rules = "@StartRule\nLot --> extrude(30) color(\"#8090c0\")\n";
    world(folder, "tower", rules);
    let server = Server::start(folder, &["tower.toml"]);
    let (base, address) = (
        server.base.clone(),
        server.base["http://".len()..].to_owned(),
    );
    let screen = Screen::start();
    let camera = "10,-60,20,0,-5";
    let mut window = screen.view(folder, &with(&[&base, "--camera", camera]));
    window.wait("the view is complete");
    let before = picture(&mut window, folder);
    drop(server);
    window.wait("does not answer");
    assert!(
        difference(&before, &picture(&mut window, folder)) < 0.001,
        "what is here stays"
    );
    // It comes back with another revision of the world.
    world(folder, "tower", &rules.replace("30", "12"));
    let from = window.said();
    let _server = Server::start_at(folder, &["tower.toml"], &address);
    window.wait_from(from, "no problem");
    window.wait_from(from, "the view is complete");
    let after = picture(&mut window, folder);
    assert!(
        difference(&before, &after) > 0.02,
        "the new revision is shown"
    );
    window.quit();
}

/// A slider of the panel sets the height of a house, and the house is made anew, whoever made it first.
fn slides(folder: &Path, target: &str) {
    let screen = Screen::start();
    let camera = ["--camera", "10,-60,20,0,-8"];
    let size = ["--size", "640x480", "--quality", "low"];
    let mut window = screen.view(folder, &[&[target], &camera[..], &size].concat());
    window.wait("the view is complete");
    let before = picture(&mut window, folder);
    // The only attribute of the only layer: its slider stands near the lower end.
    let from = window.said();
    window.drag("1", [220, 353], [270, 353]);
    window.wait_from(from, "the view is complete");
    let after = picture(&mut window, folder);
    let share = difference(&before, &after);
    assert!(share > 0.03, "{target}: it grew: {share}");
    // As the grammar says again.
    let from = window.said();
    window.point([192, 307]);
    window.hands(&["click", "1"]);
    window.wait_from(from, "the view is complete");
    let again = picture(&mut window, folder);
    assert!(
        difference(&before, &again) < 0.001,
        "{target}: it is as it was"
    );
    window.quit();
}

#[test]
fn attributes_are_set_with_the_mouse_while_one_looks() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let rules = "@Range(min=5, max=45, stepsize=1) attr height = 10\n@StartRule\nLot --> extrude(height) color(\"#c08060\")\n";
    world(folder, "slide", rules);
    slides(folder, "slide.cga");
    slides(folder, "slide.toml");
}

#[test]
fn without_a_screen_that_is_said() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_gable"))
        .args(["view", "plant"])
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .expect("the command starts");
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{error}");
    assert!(
        error.contains("without a screen, use --screenshot"),
        "{error}"
    );
}
