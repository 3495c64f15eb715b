//! Which rule files of a folder, also those in rule packages (RPK), parse, compile and run: `cargo run --release --example
//! corpus -- FOLDER`; and whether those whose results were measured give the same results (`measured` after the folder does
//! only that).
//!
//! Prints two tables: a line per file, with totals, errors and warnings by kind; and a line per measured run.
#![allow(clippy::print_stdout, reason = "it prints a table")]

#[path = "../support/grammars.rs"]
mod grammars;
mod imports;
mod known;
#[path = "../support/measured.rs"]
mod measured;
#[path = "../support/obj.rs"]
mod obj;
mod pass;
#[path = "../support/shapes.rs"]
mod shapes;

use std::path::{Path, PathBuf};
use std::time::Duration;

use gable_runtime::{Engine, EngineOptions};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("usage: corpus FOLDER [measured]");
    let mut files = Vec::new();
    collect(Path::new(&folder), &mut files);
    files.sort();
    let options = EngineOptions {
        wall_time: Some(Duration::from_secs(60)),
        ..EngineOptions::default()
    };
    let engine = Engine::new(options).expect("an engine");
    if arguments.next().as_deref() != Some("measured") {
        pass::try_all(&files, &engine);
    }
    known::compare(&files, &engine);
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let ending = path.extension();
        if path.is_dir() {
            collect(&path, files);
        } else if ending.is_some_and(|ending| ending.eq_ignore_ascii_case("cga")) {
            files.push(path);
        } else if ending.is_some_and(|ending| ending.eq_ignore_ascii_case("rpk")) {
            match imports::rules_of(&path) {
                Ok(rules) => files.extend(rules),
                Err(message) => println!("{message}"),
            }
        }
    }
}
