//! The playground at `/play` of the real server, in headless Chromium: what it makes is what `gable generate` makes, byte for byte.
//! The pictures are kept in `target/artefacts`.

#[path = "support/grammars.rs"]
mod grammars;
#[path = "support/server.rs"]
mod server;

use std::path::{Path, PathBuf};
use std::process::Command;

use gable_kernel::recipe::{InitialShape, Recipe, seed_of};
use gable_runtime::hash::{hex, sha256};
use gable_runtime::{Engine, EngineOptions, Rules};
use serde_json::{Value, json};
use server::Server;

/// What the page shows after each of these steps (see `browser/play.mjs`), in a playground of its own.
fn play(steps: &Value, more: &[&str]) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &["san-francisco"]);
    let output = Command::new("node")
        .arg("browser/play.mjs")
        .arg(&server.base)
        .arg(steps.to_string())
        .args(["--seconds", "600"])
        .args(more)
        .current_dir(grammars::root().join("tests"))
        .output()
        .expect("node runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{steps}: {error}");
    let told: Value = serde_json::from_slice(&output.stdout).expect("it prints JSON");
    let mut errors = told["errors"].as_array().expect("a list").iter();
    // Chromium says so where it draws in software.
    let expected = |error: &Value| {
        error
            .as_str()
            .is_some_and(|error| error.contains("WebGPU canvas configured with a different format"))
    };
    assert!(
        errors.all(expected),
        "the console is quiet: {}",
        told["errors"]
    );
    assert_eq!(told["refused"], json!([]), "the server answers everything");
    let seen = told["seen"].as_array().expect("a list").clone();
    for one in seen.iter().filter(|one| one.get("trouble").is_some()) {
        assert_eq!(one["trouble"], "", "{one}");
    }
    seen
}

/// SHA-256 of what `gable generate` makes with these arguments.
fn native(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("native.glb");
    let output = Command::new(env!("CARGO_BIN_EXE_gable"))
        .arg("generate")
        .args(arguments)
        .arg("-o")
        .arg(&file)
        .output()
        .expect("the command starts");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    hex(&sha256(&std::fs::read(&file).expect("readable")))
}

/// A text as a file, so that the command can read it.
fn written(folder: &Path, text: &str) -> PathBuf {
    let file = folder.join("text.cga");
    std::fs::write(&file, text).expect("writable");
    file
}

fn artefact(name: &str) -> String {
    let file = grammars::root().join("target/artefacts").join(name);
    file.display().to_string()
}

fn strings(seen: &Value, name: &str) -> Vec<String> {
    let list = seen[name].as_array().expect("a list").iter();
    list.map(|it| it.as_str().expect("a text").to_owned())
        .collect()
}

const TOWER: &str = r#"/** A tower. */
@Range(min=3, max=90, stepsize=1) @Distance
attr height = 12
attr form = "round"
@Color
attr wallColor = "\#c0b090"
attr isTall = false

@StartRule
Lot --> extrude(case isTall: height * 2 else: height * rand(0.9, 1.1)) report("height", height) Body
Other --> NIL
Body --> comp(f) { top : color("\#804020") Roof | side : color(wallColor) Wall }
Roof --> case form == "round": roofPyramid(40) else: Flat
"#;

fn tower() -> String {
    TOWER.replace("\\#", "#")
}

#[test]
fn the_first_visit_shows_a_house_and_an_edit_changes_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = tower();
    let seen = play(
        &json!([
            ["open", ""],
            ["picture", artefact("play.png")],
            ["text", text],
            ["fill", ["#lot-width", "21.5"]],
            ["fill", ["#seed", "7"]],
            ["type", "\n// more"],
            ["set", ["height", "30"]],
            ["set", ["is tall", "true"]],
            ["set", ["wall color", "#336699"]],
            ["picture", artefact("play-tower.png")],
            ["select", ["#start", "Other"]],
        ]),
        &[],
    );
    assert_eq!(
        seen[0]["sha256"],
        native(&["detached_house"]),
        "{}",
        seen[0]
    );
    assert_eq!(
        strings(&seen[0], "tabs"),
        ["detached_house.cga", "lib/facade.cga"]
    );
    let stage = &seen[1]["stage"];
    assert!(
        stage["colors"].as_f64() > Some(1000.0) && stage["covered"].as_f64() > Some(0.1),
        "{stage}"
    );

    let file = written(folder.path(), &text);
    let file = file.to_str().expect("a path");
    assert_eq!(
        seen[2]["sha256"],
        native(&[file, "--lot", "11x9"]),
        "{}",
        seen[2]
    );
    assert!(
        seen[2]["reports"]
            .as_str()
            .is_some_and(|text| text.contains("height12")),
        "{}",
        seen[2]
    );
    let lot = [file, "--lot", "21.5x9", "--seed", "7"];
    assert_eq!(seen[4]["sha256"], native(&lot), "{}", seen[4]);
    assert_eq!(
        seen[5]["sha256"], seen[4]["sha256"],
        "a comment changes nothing"
    );
    let mut set = lot.to_vec();
    for (place, value) in [
        (6, "height=30"),
        (7, "isTall=true"),
        (8, "wallColor=#336699"),
    ] {
        set.extend(["--set", value]);
        assert_eq!(
            seen[place]["sha256"],
            native(&set),
            "{value}: {}",
            seen[place]
        );
    }
    set.extend(["--start", "Other"]);
    assert_eq!(seen[10]["sha256"], native(&set), "{}", seen[10]);
}

#[test]
fn what_is_wrong_is_said_at_its_place_and_the_last_good_model_stays() {
    let wrong = "Lot --> extrude(10) Body\n\nBody --> color(hight)\n";
    let seen = play(
        &json!([
            ["open", ""],
            ["text", "attr height = 1\nLot --> extrude(10)\n"],
            ["text", format!("attr height = 1\n{wrong}")],
            ["problem", "hight"],
            ["text", "attr height = 1\nLot --> extrude(11)\n"],
            ["text", "Lot --> s(1, 1, 1) Lot\n"],
        ]),
        &[],
    );
    let bad = &seen[2];
    let problems = strings(bad, "problems");
    assert!(
        problems[0].starts_with("line 4 ")
            && problems[0].contains("`hight`")
            && problems[0].contains("`height`"),
        "{problems:?}"
    );
    assert_eq!(strings(bad, "underlined"), ["hight"]);
    assert_eq!(bad["isOld"], true);
    assert_eq!(
        bad["sha256"], seen[1]["sha256"],
        "the last good model stays"
    );
    assert_eq!(
        seen[3]["line"], "Body --> color(hight)",
        "a click goes there"
    );
    let good = &seen[4];
    assert_eq!(
        (strings(good, "problems").len(), &good["isOld"]),
        (0, &json!(false))
    );
    assert_ne!(good["sha256"], seen[1]["sha256"]);
    // A rule that calls itself for ever ends at a limit of the kernel, which knows where.
    let endless = strings(&seen[5], "problems");
    assert!(
        endless.iter().any(|problem| problem.starts_with("line 1 ")),
        "{endless:?}"
    );
    assert_eq!(seen[5]["isOld"], true);
}

#[test]
fn a_run_that_does_not_end_is_ended() {
    let endless = "f(n) = case n > 0: f(n - 1) + f(n - 1) else: 1\nLot --> extrude(f(60))\n";
    let good = "Lot --> extrude(3)\n";
    let seen = play(
        &json!([
            ["open", ""],
            ["text", endless],
            ["text", good],
            ["text", endless],
            ["type", " "],
            ["text", good]
        ]),
        &[],
    );
    let problems = strings(&seen[1], "problems");
    assert!(
        problems
            .iter()
            .any(|problem| problem.contains("ended after 20 s")),
        "{problems:?}"
    );
    for place in [2, 5] {
        assert_eq!(
            strings(&seen[place], "problems").len(),
            0,
            "{}",
            seen[place]
        );
        assert_eq!(seen[place]["isOld"], false);
    }
}

#[test]
fn a_fault_of_the_compiler_is_survived_and_said() {
    let seen = play(
        &json!([["fault", "compile"], ["open", ""], ["type", " "]]),
        &[],
    );
    for one in &seen[1..] {
        let problems = strings(one, "problems");
        assert_eq!(problems.len(), 1, "{one}");
        assert!(problems[0].contains("The compiler stopped"), "{one}");
    }
}

#[test]
fn format_gives_what_the_command_gives() {
    let folder = tempfile::tempdir().expect("a folder");
    let text =
        "// 😀 a lot\nattr   a=1\nLot-->extrude( 10+a )comp(f){top:Roof|side:Wall|all:NIL}\n";
    let file = written(folder.path(), text);
    let output = Command::new(env!("CARGO_BIN_EXE_gable"))
        .arg("fmt")
        .arg(&file)
        .output();
    assert!(output.expect("the command starts").status.success());
    let formatted = std::fs::read_to_string(&file).expect("readable");
    let open = json!(["open", ""]);
    let seen = play(
        &json!([
            open,
            ["text", text],
            ["click", "Format"],
            ["key", "ControlOrMeta+z"],
            ["key", "Shift+Alt+F"],
            ["text", "Lot --> ("],
            ["click", "Format"]
        ]),
        &[],
    );
    assert_ne!(formatted, text);
    assert_eq!(seen[2]["text"], formatted);
    assert_eq!(seen[3]["text"], text, "it is undone as one change");
    assert_eq!(seen[4]["text"], formatted, "by key, too");
    assert_eq!(seen[2]["sha256"], seen[1]["sha256"]);
    assert_eq!(
        seen[6]["text"], "Lot --> (",
        "what does not parse is left alone"
    );
    assert!(
        seen[6]["note"]
            .as_str()
            .is_some_and(|note| note.contains("not formatted")),
        "{}",
        seen[6]
    );
}

#[test]
fn a_shared_address_opens_the_same_elsewhere_and_a_reload_loses_nothing() {
    let text = format!("{}\n// \u{1f3e0} \u{fc}", tower());
    let seen = play(
        &json!([
            ["open", ""],
            ["text", text],
            ["fill", ["#seed", "99"]],
            ["set", ["height", "20"]],
            ["reload", ""],
            ["export", ""],
            ["click", "Share"],
            ["type", "\n// later"],
            ["reload", ""],
            ["example", "plant"],
            ["open", "shared"],
        ]),
        &[],
    );
    for place in [4, 10] {
        assert_eq!(seen[place]["text"], text, "{}", seen[place]["step"]);
        assert_eq!(
            seen[place]["sha256"], seen[3]["sha256"],
            "{}",
            seen[place]["step"]
        );
    }
    assert_eq!(seen[5]["exported"], seen[3]["sha256"]);
    assert_eq!(seen[5]["file"], "detached_house.glb");
    let later = seen[8]["text"].as_str().expect("a text");
    assert!(
        later.ends_with("// later"),
        "what came after is not lost: {later}"
    );
    assert_ne!(seen[9]["sha256"], seen[3]["sha256"]);
}

#[test]
fn every_example_gives_what_the_command_gives() {
    let names: Vec<String> = grammars::bundled()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let mut steps = vec![json!(["open", ""])];
    steps.extend(
        names
            .iter()
            .map(|name| json!(["example", name.replace('_', " ")])),
    );
    let seen = play(&json!(steps), &[]);
    for (name, seen) in names.iter().zip(&seen[1..]) {
        assert_eq!(strings(seen, "problems").len(), 0, "{name}: {seen}");
        assert_eq!(seen["tab"], format!("{name}.cga"));
        let lot = gable_world::library::bundle::lot(Path::new(name));
        assert_eq!(seen["sha256"], native(&[name, "--lot", lot]), "{name}");
        println!("{name}: {}", seen["numbers"]);
    }
}

#[test]
fn an_imported_file_is_edited_in_its_own_tab() {
    let folder = tempfile::tempdir().expect("a folder");
    let bundle = grammars::root().join("assets/grammars");
    let mass = std::fs::read_to_string(bundle.join("lib/mass.cga")).expect("readable");
    let changed = format!("{mass}\n// changed\nNobody --> NIL\n");
    let main = "import mass : \"lib/mass.cga\"\nLot --> extrude(9) mass.Nobody\n";
    std::fs::create_dir(folder.path().join("lib")).expect("writable");
    std::fs::write(folder.path().join("lib/mass.cga"), &changed).expect("writable");
    let file = written(folder.path(), main);
    let seen = play(
        &json!([
            ["open", ""],
            ["text", main],
            ["tab", "lib/mass.cga"],
            ["text", changed],
            ["reload", ""],
            ["tab", "lib/mass.cga"],
            ["text", "Nobody --> extrude("],
            ["tab", "detached_house.cga"],
            ["problem", "is never closed"]
        ]),
        &[],
    );
    let file = file.to_str().expect("a path");
    assert_eq!(seen[2]["text"], mass);
    assert_eq!(
        seen[3]["sha256"],
        native(&[file, "--lot", "11x9"]),
        "{}",
        seen[3]
    );
    assert_eq!(seen[4]["sha256"], seen[3]["sha256"]);
    assert_eq!(seen[5]["text"], changed);
    assert_eq!(seen[7]["text"], main);
    assert_eq!(
        seen[8]["tab"], "lib/mass.cga",
        "a click goes to the other file"
    );
}

#[test]
fn lots_with_corners_and_courts_are_run_as_natively() {
    let text = "@StartRule Lot --> roofHip(30, 0.5)\n";
    let seen = play(
        &json!([
            ["open", ""],
            ["text", text],
            ["select", ["#lot-shape", "corner"]],
            ["select", ["#lot-shape", "court"]]
        ]),
        &["--size", "420x800", "--dark"],
    );
    let artifact = grammars::compile_text("text.cga", text);
    let assets = grammars::assets();
    let engine = Engine::new(EngineOptions::default()).expect("an engine");
    let rules = Rules::load(&engine, &artifact.wasm).expect("a module");
    let at = |x: f64, z: f64| [x, 0.0, z];
    let corner = vec![vec![
        at(0.0, 9.0),
        at(11.0, 9.0),
        at(11.0, 4.5),
        at(5.5, 4.5),
        at(5.5, 0.0),
        at(0.0, 0.0),
    ]];
    let mut court = grammars::rectangle(0.0, 0.0, 11.0, 9.0);
    let (left, right) = (11.0 / 3.0, 22.0 / 3.0);
    court.push(vec![
        at(left, 6.0),
        at(left, 3.0),
        at(right, 3.0),
        at(right, 6.0),
    ]);
    for (place, polygon) in [(2, corner), (3, court)] {
        let recipe = Recipe {
            kernel: gable_runtime::kernel_hash(),
            module: sha256(&artifact.wasm),
            assets: assets.references(),
            shapes: vec![InitialShape {
                name: "lot".to_owned(),
                polygons: vec![polygon],
                seed: seed_of("lot"),
                ..InitialShape::default()
            }],
            ..Recipe::default()
        };
        let content = rules.generate(&recipe, &assets).expect("it runs");
        assert_eq!(
            seen[place]["sha256"],
            hex(&sha256(&content.bytes)),
            "{}",
            seen[place]
        );
        assert!(
            seen[place]["overflow"].as_i64() <= Some(0),
            "it fits a narrow screen: {}",
            seen[place]
        );
    }
}
