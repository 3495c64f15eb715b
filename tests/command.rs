//! The command as a user meets it: help, formatting, showing, compiling, generating.

use std::path::Path;
use std::process::{Command, Output};

fn gable(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gable"))
        .args(arguments)
        .env("GABLE_CACHE", folder.join("cache"))
        .env("NO_COLOR", "1")
        .current_dir(folder)
        .output()
        .expect("the command starts")
}

fn good(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

const GRAMMAR: &str = "attr height = 12\n@StartRule\nLot --> extrude(height) comp(f) { top: Roof | side: Wall }\n\
    Wall --> report(\"wall\", geometry.area) split(y) { ~3 : Floor }*\n";

#[test]
fn help_teaches_and_completions_exist() {
    let folder = tempfile::tempdir().expect("a folder");
    let help = good(&gable(folder.path(), &["--help"]));
    assert!(
        help.contains("gable generate") && help.contains("Exit codes"),
        "{help}"
    );
    for command in [
        "check",
        "fmt",
        "show",
        "compile",
        "generate",
        "grammars",
        "completions",
    ] {
        assert!(help.contains(command), "{command} in {help}");
        good(&gable(folder.path(), &[command, "--help"]));
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(good(&gable(folder.path(), &["completions", shell])).contains("gable"));
    }
}

#[test]
fn generate_counts_and_reports_as_json() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("box.cga"), GRAMMAR).expect("writable");
    let text = good(&gable(
        folder.path(),
        &[
            "generate", "box.cga", "--lot", "10x8", "--set", "height=6", "--json",
        ],
    ));
    let summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    // Two floors on each of four walls, and a roof.
    assert_eq!(summary["counts"]["leaves"], 9, "{summary}");
    assert_eq!(summary["counts"]["triangles"], 18, "{summary}");
    assert_eq!(summary["reports"]["wall"]["n"], 4, "{summary}");
    assert_eq!(summary["reports"]["wall"]["sum"], 216.0, "{summary}");
    let glb = std::fs::read(folder.path().join("box.glb")).expect("the default name");
    assert_eq!(&glb[..4], b"glTF");
}

#[test]
fn reports_are_written_as_csv_for_all_and_for_each_shape() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("writable");
    };
    write("box.cga", GRAMMAR);
    let house = |name: &str, west: f64, height: f64| {
        let (south, east, north) = (52.0, west + 0.0001, 52.0001);
        serde_json::json!({
            "type": "Feature",
            "properties": { "name": name, "height": height },
            "geometry": { "type": "Polygon", "coordinates":
                [[[west, south], [east, south], [east, north], [west, north], [west, south]]] },
        })
    };
    let houses = [house("low", 4.0, 3.0), house("high, very", 4.001, 6.0)];
    let houses = serde_json::json!({ "type": "FeatureCollection", "features": houses });
    write("houses.geojson", &houses.to_string());
    let text = good(&gable(
        folder.path(),
        &[
            "generate",
            "box.cga",
            "--features",
            "houses.geojson",
            "--reports",
            "walls.csv",
            "--json",
        ],
    ));
    let summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let csv = std::fs::read_to_string(folder.path().join("walls.csv")).expect("written");
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows[0], "shape,name,key,n,sum,avg,min,max,values");
    assert!(rows[1].starts_with("all,,wall,8,"), "{csv}");
    assert_eq!(rows.len(), 4, "{csv}");
    // A house twice as high has twice the walls.
    let sum = |shape: usize| {
        let of_shape = &summary["shapeReports"][shape];
        assert_eq!(of_shape["shape"], shape, "{summary}");
        assert_eq!(of_shape["reports"]["wall"]["n"], 4, "{summary}");
        of_shape["reports"]["wall"]["sum"]
            .as_f64()
            .expect("a number")
    };
    assert!((sum(1) - 2.0 * sum(0)).abs() < 1e-3 * sum(0), "{summary}");
    let total = summary["reports"]["wall"]["sum"]
        .as_f64()
        .expect("a number");
    assert!((sum(0) + sum(1) - total).abs() < 1e-9 * total, "{summary}");
    let glb = std::fs::read(folder.path().join("box.glb")).expect("written");
    assert!(String::from_utf8_lossy(&glb).contains("sum of wall"));
}

#[test]
fn an_obj_has_the_polygons() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("box.cga"), GRAMMAR).expect("writable");
    good(&gable(
        folder.path(),
        &["generate", "box.cga", "-o", "out/box.obj"],
    ));
    let text = std::fs::read_to_string(folder.path().join("out/box.obj")).expect("written");
    assert_eq!(
        text.lines().filter(|line| line.starts_with("f ")).count(),
        17,
        "4 floors x 4 walls and a roof"
    );
}

#[test]
fn a_recipe_file_is_the_same_for_the_same_command() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("box.cga"), GRAMMAR).expect("writable");
    for name in ["a.recipe", "b.recipe"] {
        good(&gable(
            folder.path(),
            &["generate", "box.cga", "--recipe", name],
        ));
    }
    let read = |name: &str| std::fs::read(folder.path().join(name)).expect("written");
    assert_eq!(read("a.recipe"), read("b.recipe"));
}

#[test]
fn fmt_changes_once_and_check_agrees() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.cga");
    std::fs::write(&file, "Lot-->extrude( 10 )   // up\n\n\n\nA-->NIL").expect("writable");
    assert_eq!(
        gable(folder.path(), &["fmt", "--check", "a.cga"])
            .status
            .code(),
        Some(1)
    );
    good(&gable(folder.path(), &["fmt", "a.cga"]));
    good(&gable(folder.path(), &["fmt", "--check", "a.cga"]));
    let text = std::fs::read_to_string(&file).expect("still there");
    assert!(
        text.contains("// up") && text.contains("extrude(10)"),
        "{text}"
    );
}

#[test]
fn show_prints_every_stage() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("box.cga"), GRAMMAR).expect("writable");
    assert!(good(&gable(folder.path(), &["show", "box.cga", "--ast"])).contains("Wall"));
    assert!(good(&gable(folder.path(), &["show", "box.cga", "--ir"])).contains("extrude"));
    assert!(good(&gable(folder.path(), &["show", "box.cga", "--wat"])).contains("k_extrude"));
    let manifest: serde_json::Value = serde_json::from_str(&good(&gable(
        folder.path(),
        &["show", "box.cga", "--manifest"],
    )))
    .expect("JSON");
    assert_eq!(manifest["attributes"][0]["name"], "height");
    assert_eq!(
        gable(folder.path(), &["show", "box.cga"]).status.code(),
        Some(2)
    );
}

#[test]
fn check_compat_counts_features_and_says_what_is_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("writable");
    };
    write("a.cga", "Lot --> extrude(rand(3, 9)) extrude(1) Top.");
    write(
        "b.cga",
        "import a : \"nowhere.cga\"\nLot --> extrude(2) comp(f) { front : F }",
    );
    let text = good(&gable(folder.path(), &["check", "--compat", "."]));
    let line = |name: &str| {
        let line = text.lines().find(|it| it.trim_start().starts_with(name));
        line.unwrap_or_default()
            .split_whitespace()
            .collect::<Vec<_>>()
    };
    assert_eq!(line("extrude"), ["extrude", "3", "2", "supported"]);
    assert_eq!(line("rand")[..4], ["rand", "1", "1", "approximated"]);
    assert_eq!(line("front"), ["front", "1", "1", "supported"]);
    assert!(text.ends_with("4 features in 2 files: 3 supported, 1 approximated, 0 missing\n"));

    write("c.cga", "Lot --> comp(f) { nowhere : F }");
    let output = gable(folder.path(), &["check", "--compat", "--json", "."]);
    assert_eq!(output.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["files"], 3, "{json}");
    assert_eq!(json["missing"], 1, "{json}");
    let features = json["features"].as_array().expect("a list");
    let missing: Vec<_> = features
        .iter()
        .filter(|it| it["support"] == "missing")
        .collect();
    assert_eq!(missing[0]["name"], "nowhere", "{json}");
    assert_eq!(missing[0]["kind"], "selector", "{json}");
}

#[test]
fn compile_writes_a_small_module_and_the_kernel() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("box.cga"), GRAMMAR).expect("writable");
    good(&gable(
        folder.path(),
        &["compile", "box.cga", "--kernel", "kernel.wasm"],
    ));
    let module = std::fs::read(folder.path().join("box.wasm")).expect("the default name");
    assert!(module.len() < 4096, "{} bytes", module.len());
    assert_eq!(
        &std::fs::read(folder.path().join("kernel.wasm")).expect("written")[..4],
        b"\0asm"
    );
}

#[test]
fn bundled_grammars_pass_their_own_check_and_can_be_copied() {
    let folder = tempfile::tempdir().expect("a folder");
    good(&gable(folder.path(), &["grammars", "--copy-to", "mine"]));
    good(&gable(
        folder.path(),
        &["check", "--deny-warnings", "mine/grammars"],
    ));
    assert!(good(&gable(folder.path(), &["grammars"])).contains("perimeter_block"));
    assert!(good(&gable(folder.path(), &["grammars", "plant"])).contains("-->"));
}

#[test]
fn rule_files_in_windows_1252_are_read_everywhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path().join(name), bytes).expect("writable");
    };
    write(
        "h\u{e4}user.cga",
        b"import d : \"d\xe4cher.cga\"\n// Gr\xfc\xdfe\n@StartRule\nLot --> print(\"H\xf6he \x80\") d.Dach",
    );
    write(
        "d\u{e4}cher.cga",
        b"Dach --> print(readTextFile(\"notiz.txt\")) report(\"Dachfl\xe4che\", geometry.area)",
    );
    std::fs::create_dir(folder.path().join("assets")).expect("writable");
    write("assets/notiz.txt", b"Stra\xdfe");
    let arguments = ["check", "h\u{e4}user.cga", "--deny-warnings"];
    good(&gable(folder.path(), &arguments));
    let arguments = ["generate", "h\u{e4}user.cga", "--lot", "10x8", "--json"];
    let text = good(&gable(folder.path(), &arguments));
    let summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        summary["prints"],
        serde_json::json!(["H\u{f6}he \u{20ac}", "Stra\u{df}e"])
    );
    assert_eq!(summary["reports"]["Dachfl\u{e4}che"]["sum"], 80.0);
    let tree = good(&gable(folder.path(), &["show", "h\u{e4}user.cga", "--ast"]));
    assert!(tree.contains("H\u{f6}he \u{20ac}"), "{tree}");
    // The formatter writes UTF-8.
    good(&gable(folder.path(), &["fmt", "h\u{e4}user.cga"]));
    let text = std::fs::read_to_string(folder.path().join("h\u{e4}user.cga")).expect("UTF-8");
    assert!(text.contains("// Gr\u{fc}\u{df}e"), "{text}");
}

/// Writes a rule package of these files.
fn package(path: &Path, files: &[(&str, &str)]) {
    let mut writer = sevenz_rust2::ArchiveWriter::create(path).expect("writable");
    for (name, text) in files {
        let entry = sevenz_rust2::ArchiveEntry::new_file(name);
        let pushed = writer.push_archive_entry(entry, Some(text.as_bytes()));
        pushed.expect("packed");
    }
    writer.finish().expect("written");
}

#[test]
fn rule_packages_stand_where_rule_files_may() {
    let folder = tempfile::tempdir().expect("a folder");
    let main = "import lib : \"/Library/rules/tree.cga\"\n@StartRule\nLot --> s(1, 2, 1) i(\"cube.obj\") lib.Tree";
    let cube = "v 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 3";
    package(
        &folder.path().join("town.rpk"),
        &[
            ("rules/town.cga", main),
            ("rules/other.cga", "Lot --> X."),
            ("bin/town.cgb", "closed"),
            ("bin/town$lib.cgb", "closed"),
            ("assets/cube.obj", cube),
            (
                ".ws/Library/rules/tree.cga",
                "Tree --> t(5, 0, 0) i(\"trees/oak.obj\") Crown",
            ),
            (".ws/Library/assets/trees/oak.obj", cube),
        ],
    );
    let run = |arguments: &[&str]| gable(folder.path(), arguments);
    let checked = run(&["check", "town.rpk"]);
    assert!(
        good(&checked).starts_with("2 files: 0 errors"),
        "{checked:?}"
    );
    let text = good(&run(&["generate", "town.rpk", "--json", "-o", "town.obj"]));
    let summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(summary["warnings"], serde_json::json!([]), "{summary}");
    assert_eq!(summary["counts"]["faces"], 1, "{summary}");
    good(&run(&[
        "generate",
        "town.rpk/rules/other.cga",
        "-o",
        "other.obj",
    ]));
    good(&run(&["compile", "town.rpk"]));
    assert!(folder.path().join("town.wasm").exists());
    assert!(good(&run(&["show", "town.rpk", "--ir"])).contains("insert"));
    let world = "name = \"Town\"\n[[layer]]\nname = \"lots\"\ngrammar = \"town.rpk\"\nfeatures = \"lot:30x20\"\n";
    std::fs::write(folder.path().join("world.toml"), world).expect("writable");
    good(&run(&["world", "check", "world.toml"]));
    package(
        &folder.path().join("closed.rpk"),
        &[("bin/town.cgb", "closed")],
    );
    for arguments in [["check", "closed.rpk"], ["generate", "closed.rpk"]] {
        let refused = run(&arguments);
        let message = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(3), "{message}");
        assert!(message.contains("closed bytecode"), "{message}");
    }
}
