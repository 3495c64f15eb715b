//! `gable view` in a window.

use gable_desktop::window::{Options, WindowError, Windows};

use super::local::LocalServer;
use super::{Target, cores, limits, quality};
use crate::cli::ViewArguments;
use crate::command::build;
use crate::failure::Failure;

/// Shows it until the window is closed.
pub(super) fn run(
    target: &Target<'_>,
    local: Option<&LocalServer>,
    arguments: &ViewArguments,
) -> Result<(), Failure> {
    let windows = Windows::new().map_err(failure)?;
    let opened = target.open(local, arguments, &windows.wake())?;
    let options = Options {
        size: arguments.size,
        quality: quality(arguments),
        limits: limits(arguments),
        cores: cores(),
        camera: arguments.camera,
        hour: arguments.time,
        pictures: arguments.pictures.clone(),
        bookmarks: build::data_folder().map(|folder| folder.join("bookmarks.json")),
        command: command(target, arguments),
    };
    windows.run(opened, options).map_err(failure)
}

/// The command that shows the same again.
fn command(target: &Target<'_>, arguments: &ViewArguments) -> String {
    let mut words = vec![
        "gable".to_owned(),
        "view".to_owned(),
        target.name().to_owned(),
    ];
    let mut add = |option: &str, value: Option<String>| {
        if let Some(value) = value {
            words.extend([option.to_owned(), value]);
        }
    };
    add("--world-name", arguments.world_name.clone());
    let features = arguments.shapes.features.as_ref();
    add(
        "--features",
        features.map(|path| path.display().to_string()),
    );
    add("--lot", arguments.shapes.lot.clone());
    add("--start", arguments.shapes.start.clone());
    arguments
        .shapes
        .set
        .iter()
        .for_each(|text| add("--set", Some(text.clone())));
    arguments
        .shapes
        .map
        .iter()
        .for_each(|text| add("--map", Some(text.clone())));
    add(
        "--seed",
        (arguments.shapes.seed != 0).then(|| arguments.shapes.seed.to_string()),
    );
    words
        .iter()
        .map(|word| quoted(word))
        .collect::<Vec<_>>()
        .join(" ")
}

/// As shells take it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,=+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn failure(error: WindowError) -> Failure {
    Failure::Input(error.to_string())
}
