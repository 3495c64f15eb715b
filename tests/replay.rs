//! `gable simulate --against`: a trace over HTTP against the real binary costs what the simulator says.

#[path = "support/server.rs"]
mod server;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use server::Server;

/// A city without end of small cells: some twenty milliseconds of work each.
const WORLD: &str = "name = 'Small'\n[[layer]]\nname = 'city'\ngrammar = 'endless_city'\n\
    cells = { side = 64.0, levels = 6 }\ndetail = [1, 2]\n";
/// The two may differ by this share: a short trace, on a machine that does other things, too.
const TOLERANCE: f64 = 0.10;

fn simulate(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gable"))
        .arg("simulate")
        .args(arguments)
        .env("NO_COLOR", "1")
        .current_dir(folder)
        .output()
        .expect("the command starts")
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_trace_over_http_costs_what_the_simulator_says() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("small.toml"), WORLD).expect("writable");
    let server = Server::start(folder.path(), &["small.toml", "--memory", "1MB"]);
    let replayed = simulate(
        folder.path(),
        &[
            "--against",
            &server.base,
            "--levels",
            "4..5",
            "--trace",
            "times-6",
            "--requests",
            "480",
            "--seconds",
            "10",
            "--json",
            "figures.json",
        ],
    );
    assert!(replayed.status.success(), "{}", errors(&replayed));
    let table = String::from_utf8_lossy(&replayed.stdout).into_owned();
    assert!(table.contains("ours, over HTTP"), "{table}");
    let json = std::fs::read(folder.path().join("figures.json")).expect("figures");
    let figures: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    let figures = &figures[0];
    assert_eq!(figures["failed"], 0, "{}", errors(&replayed));
    assert_eq!(
        figures["other_bytes"], 0,
        "the same content is made here and there"
    );
    let [simulated, decisions, http] =
        [0, 1, 2].map(|place| figures["ratios"][place].as_f64().expect("a number"));
    assert!(
        (decisions / simulated - 1.0).abs() < TOLERANCE,
        "{decisions} decided, {simulated} simulated\n{table}"
    );
    // A machine that does other things, too, makes clients wait longer; nothing makes them wait less.
    assert!(http > simulated * (1.0 - TOLERANCE), "{http}\n{table}");
    // Asked once more, the server is no more what the simulator begins with.
    let page = server.get("/debug/placement?format=json", &[]).json();
    assert!(page["planner"]["tiles"].as_u64() > Some(0), "{page}");
    assert!(page["edge"]["cores"].as_u64() > Some(0), "{page}");
}

#[test]
fn who_cannot_be_replayed_against_is_told_with_the_cure() {
    let folder = tempfile::tempdir().expect("a folder");
    let against = |address: &str, more: &[&str]| {
        let mut arguments = vec!["--against", address, "--trace", "times-2", "--seconds", "1"];
        arguments.extend(more);
        let output = simulate(folder.path(), &arguments);
        assert!(!output.status.success());
        errors(&output)
    };
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", nobody.local_addr().expect("an address"));
    drop(nobody);
    let text = against(&address, &[]);
    assert!(
        text.contains("no server answers") && text.contains("gable serve"),
        "{text}"
    );

    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", other.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in other.incoming().flatten().take(2) {
            let mut stream = stream;
            // Whatever is asked.
            let _read = stream.read(&mut [0; 4096]);
            let health = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
            let _written = stream.write_all(health);
        }
    });
    let text = against(&address, &[]);
    assert!(text.contains("no Gable server"), "{text}");

    let server = Server::start(folder.path(), &["endless"]);
    let text = against(&server.base, &["--world", "atlantis"]);
    assert!(
        text.contains("no world `atlantis`")
            && text.contains("endless")
            && text.contains("--world"),
        "{text}"
    );
    let text = against(&server.base, &["--weights", "latency"]);
    assert!(
        text.contains("--weights does not go with --against"),
        "{text}"
    );
    let text = against("127.0.0.1:8080", &[]);
    assert!(text.contains("http://127.0.0.1:8080"), "{text}");
}
