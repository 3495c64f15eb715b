//! Grammar files that arguments name.

use std::path::{Path, PathBuf};

use gable_world::library::package;

use crate::failure::Failure;

/// The grammar files that arguments name: files as they are, folders searched for `.cga`, rule packages for theirs, in
/// order of path.
///
/// # Errors
/// [`Failure::Input`] for folders and packages that cannot be read.
pub(crate) fn grammar_files(rules: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in rules {
        if path.is_dir() {
            search(path, &mut files)?;
        } else if package::split(path).is_some_and(|(_, inside)| inside.is_empty()) {
            let input = |error: package::PackageError| Failure::Input(error.to_string());
            let package = package::open(path).map_err(input)?;
            files.extend(package.rules().map(|rule| path.join(rule)));
            if package.rules().next().is_none() {
                package.main().map_err(input)?;
            }
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn search(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| Failure::file("read", folder, &error))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            search(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("cga"))
        {
            files.push(path);
        }
    }
    Ok(())
}
