//! What is bundled: grammars, models, textures, worlds, camera paths.

use std::path::Path;

use include_dir::{Dir, include_dir};

/// `assets/grammars`.
pub static GRAMMARS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../assets/grammars");
/// `assets/models`.
pub static MODELS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../assets/models");
/// `assets/textures`.
pub static TEXTURES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../assets/textures");

/// `assets/worlds`.
pub static WORLDS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../assets/worlds");
/// `assets/paths`: camera paths through bundled worlds.
pub static PATHS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../assets/paths");

/// The prefix of paths into the bundle.
pub const PREFIX: &str = "bundled:";

/// The text of a bundled grammar by path (`city.cga`, `lib/facade.cga`).
pub fn grammar(path: &str) -> Option<&'static [u8]> {
    GRAMMARS.get_file(path).map(include_dir::File::contents)
}

/// Names and first comment lines of the grammars that one may start with.
pub fn grammars() -> Vec<(String, String)> {
    let mut list: Vec<(String, String)> = GRAMMARS
        .files()
        .filter(|file| {
            file.path()
                .extension()
                .is_some_and(|ending| ending == "cga")
        })
        .map(|file| {
            let name = file
                .path()
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            (name, summary(file.contents_utf8().unwrap_or_default()))
        })
        .collect();
    list.sort();
    list
}

/// Paths and texts of all bundled grammar files, those that are only imported too.
pub fn grammar_files() -> Vec<(String, &'static str)> {
    let mut list = Vec::new();
    collect("", &GRAMMARS, &mut list);
    let text = |(path, bytes)| Some((path, std::str::from_utf8(bytes).ok()?));
    list.into_iter().filter_map(text).collect()
}

/// The text of a bundled world by name.
pub fn world(name: &str) -> Option<&'static str> {
    let file = WORLDS.get_file(format!("{name}.toml"))?;
    file.contents_utf8()
}

/// The camera path through a bundled world, JSON.
pub fn path(world: &str) -> Option<&'static str> {
    let file = PATHS.get_file(format!("{world}.json"))?;
    file.contents_utf8()
}

/// Names of the bundled worlds.
pub fn worlds() -> Vec<String> {
    let names = WORLDS.files().filter_map(|file| file.path().file_stem());
    let mut names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The lot, `WIDTHxDEPTH` in metres, that shows a grammar at its best; the usual one for those that are not bundled.
pub fn lot(rules: &Path) -> &'static str {
    match rules.to_str() {
        Some("detached_house") => "11x9",
        Some("endless_city" | "ground") => "256x256",
        Some("high_rise") => "45x35",
        Some("perimeter_block") => "24x13",
        Some("street") => "90x14",
        _ => "30x20",
    }
}

/// The first line of the comment at the top.
fn summary(text: &str) -> String {
    let line = text
        .lines()
        .map(|line| line.trim_matches(['/', '*', ' ', '#']))
        .find(|line| !line.is_empty());
    line.unwrap_or_default().to_owned()
}

/// All models and textures, by the names that grammars use.
pub fn assets() -> Vec<(String, &'static [u8])> {
    let mut list = Vec::new();
    collect("models/", &MODELS, &mut list);
    collect("textures/", &TEXTURES, &mut list);
    list.sort_by(|a, b| a.0.cmp(&b.0));
    list
}

fn collect(prefix: &str, folder: &'static Dir<'static>, list: &mut Vec<(String, &'static [u8])>) {
    for file in folder.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        list.push((format!("{prefix}{path}"), file.contents()));
    }
    for sub in folder.dirs() {
        collect(prefix, sub, list);
    }
}
