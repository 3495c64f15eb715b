//! `gable view` of a grammar: a world of one layer, read again whenever a file of it changes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gable_desktop::open::{OpenError, Opened};
use gable_desktop::source::Wake;
use gable_desktop::source::workbench::Open;
use gable_world::library::{self, bundle, package};
use gable_world::{LayerSettings, World, WorldError, WorldSettings, parse_lot};

use super::cores;
use crate::cli::{ShapesArguments, ViewArguments};
use crate::command::build;
use crate::failure::Failure;

/// Whether a name is that of a grammar.
pub(super) fn is_grammar(name: &str) -> bool {
    let is_file = Path::new(name)
        .extension()
        .is_some_and(|it| it.eq_ignore_ascii_case("cga") || it.eq_ignore_ascii_case("rpk"));
    let mut bundled = bundle::grammars().into_iter().map(|(bundled, _)| bundled);
    is_file || (!Path::new(name).exists() && bundled.any(|bundled| bundled == name))
}

/// Whether there is something on the command line that only grammars need.
pub(super) fn are_given(arguments: &ViewArguments) -> bool {
    let ShapesArguments {
        features,
        lot,
        start,
        set,
        map,
        seed,
    } = &arguments.shapes;
    let named = [features.is_some(), lot.is_some(), start.is_some()];
    named.contains(&true) || !set.is_empty() || !map.is_empty() || *seed != 0
}

/// Opens it. What is wrong with it is a problem, not a failure.
pub(super) fn open(rules: &str, arguments: &ViewArguments, wake: &Wake) -> Result<Opened, Failure> {
    check(rules, arguments)?;
    let settings = settings(rules, arguments)?;
    // As many threads generate as measure a grammar that has just changed.
    let runs = u32::try_from(2 * cores() + 1).unwrap_or(u32::MAX);
    let engine = build::engine(runs)?;
    let read = move || {
        let world = World::with_settings(settings.clone(), &engine);
        world.map_err(|error| message(&error))
    };
    let open: Open = Box::new(read);
    let file = package::split(Path::new(rules)).map(|(package, _)| package);
    let file = file.unwrap_or_else(|| PathBuf::from(rules));
    let opened = Opened::workbench(open, vec![file], wake);
    opened.map_err(|error: OpenError| Failure::Input(error.to_string()))
}

/// What is wrong with the command line does not become right by waiting.
fn check(rules: &str, arguments: &ViewArguments) -> Result<(), Failure> {
    library::grammar(Path::new(rules)).map_err(Failure::Input)?;
    match (&arguments.shapes.lot, &arguments.shapes.features) {
        (Some(_), Some(_)) => Err(Failure::Usage(
            "--lot and --features: give one of them".to_owned(),
        )),
        (Some(lot), None) => {
            let wrong = |message| Failure::Usage(format!("--lot {message}"));
            parse_lot(lot).map(|_| ()).map_err(wrong)
        }
        (None, Some(path)) => {
            let there = std::fs::metadata(path);
            there
                .map(|_| ())
                .map_err(|error| Failure::file("read", path, &error))
        }
        (None, None) => Ok(()),
    }
}

/// Without the layer's name, which the author never gave.
fn message(error: &WorldError) -> String {
    match error {
        WorldError::Grammar { diagnostics, .. } => diagnostics.clone(),
        WorldError::Setting { message, .. } => message.clone(),
        WorldError::Features { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

fn settings(rules: &str, arguments: &ViewArguments) -> Result<WorldSettings, Failure> {
    let stem = Path::new(rules).file_stem().unwrap_or_default();
    let name = stem.to_string_lossy().into_owned();
    let features = match &arguments.shapes.features {
        Some(path) => path.display().to_string(),
        None => {
            let lot = arguments.shapes.lot.as_deref();
            format!(
                "lot:{}",
                lot.unwrap_or_else(|| bundle::lot(Path::new(rules)))
            )
        }
    };
    let set = pairs("--set", &arguments.shapes.set, "roofAngle=35")?;
    let layer = LayerSettings {
        name: "shapes".to_owned(),
        grammar: PathBuf::from(rules),
        features: Some(features),
        cells: None,
        start: arguments.shapes.start.clone(),
        seed: arguments.shapes.seed,
        set: set
            .into_iter()
            .map(|(name, value)| (name, value.into()))
            .collect(),
        map: pairs("--map", &arguments.shapes.map, "height=eaves")?,
        bounds: None,
        source_layer: None,
        tile: None,
        detail: None,
        error: None,
        neighbourhood: None,
    };
    Ok(WorldSettings {
        name,
        description: String::new(),
        attribution: Vec::new(),
        origin: None,
        assets: Vec::new(),
        layers: vec![layer],
    })
}

fn pairs(
    option: &str,
    texts: &[String],
    example: &str,
) -> Result<BTreeMap<String, String>, Failure> {
    let pair = |text: &String| match text.split_once('=') {
        Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
        None => Err(Failure::Usage(format!(
            "{option} {text}: expected two names with `=` between, such as {example}"
        ))),
    };
    texts.iter().map(pair).collect()
}
