//! `gable world`: what worlds are made of.

use gable_world::{Check, LayerCheck, LevelCheck, World};

use super::build;
use crate::cli::{WorldArguments, WorldCheckArguments, WorldCommand};
use crate::failure::Failure;
use crate::say::{say, tell};
use crate::table;

/// Runs it.
pub(crate) fn run(arguments: &WorldArguments) -> Result<(), Failure> {
    match &arguments.command {
        WorldCommand::Check(arguments) => check(arguments),
    }
}

fn check(arguments: &WorldCheckArguments) -> Result<(), Failure> {
    let engine = build::engine(gable_runtime::cores())?;
    let mut checks = Vec::new();
    for path in &arguments.worlds {
        let world =
            World::open(path, &engine).map_err(|error| Failure::Input(error.to_string()))?;
        let check = Check::new(&world);
        if !arguments.json {
            print(&check);
        }
        checks.push(check);
    }
    if arguments.json {
        say!(
            "{}",
            serde_json::to_string_pretty(&checks).expect("plain data")
        );
    }
    if checks.iter().any(Check::has_errors) {
        return Err(Failure::Grammar);
    }
    Ok(())
}

fn print(check: &Check) {
    say!("{}", check.name);
    for layer in &check.layers {
        print_layer(layer);
    }
}

fn print_layer(layer: &LayerCheck) {
    let features = match layer.features {
        Some(count) => format!("{count} features"),
        None => "cells".to_owned(),
    };
    say!(
        "\n{}: {features}, module {} bytes, revision {}",
        layer.name,
        layer.module_bytes,
        layer.revision
    );
    let head = [
        "level",
        "error m",
        "tiles",
        "heaviest",
        "shapes",
        "recipe B",
        "content B",
        "memory B",
        "triangles",
        "gas",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(layer.levels.iter().map(row));
    table::print(&rows);
    for failure in layer
        .levels
        .iter()
        .filter_map(|level| level.failure.as_ref())
    {
        tell!("error: {failure}");
    }
    for reason in &layer.left_out {
        tell!("left out: {reason}");
    }
    for warning in &layer.warnings {
        tell!("warning: {}", warning.trim_end());
    }
}

fn row(level: &LevelCheck) -> Vec<String> {
    let counts = level.summary.counts;
    vec![
        level.level.to_string(),
        level.error.to_string(),
        level.tiles.to_string(),
        level.heaviest.clone().unwrap_or_else(|| "-".to_owned()),
        level.shapes.to_string(),
        level.recipe_bytes.to_string(),
        level.content_bytes.to_string(),
        level.memory_bytes.to_string(),
        counts.drawn_triangles.to_string(),
        level.summary.gas.to_string(),
    ]
}
