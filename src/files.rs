//! Grammar files on disk and in the bundle.

use std::path::{Component, Path, PathBuf};

use gable_grammar::{Source, Sources};

use crate::bundle;
use crate::failure::Failure;

/// Reads imports beside the importing file, or from the bundle.
#[derive(Debug)]
pub(crate) struct GrammarFiles;

impl Sources for GrammarFiles {
    fn import(&self, importer: &str, path: &str) -> Result<Source, String> {
        let written = path.replace('\\', "/");
        if let Some(importer) = importer.strip_prefix(bundle::PREFIX) {
            let path = normal(
                &Path::new(importer)
                    .parent()
                    .unwrap_or(Path::new(""))
                    .join(&written),
            );
            let text = bundle::grammar(&path)
                .ok_or_else(|| format!("there is no bundled grammar `{path}`"))?;
            return Ok(Source::from_bytes(
                format!("{}{path}", bundle::PREFIX),
                text,
            ));
        }
        let mut tried = Vec::new();
        for candidate in candidates(Path::new(importer), &written) {
            match std::fs::read(&candidate) {
                Ok(bytes) => return Ok(Source::from_bytes(normal(&candidate), &bytes)),
                Err(error) => tried.push(format!("{}: {error}", candidate.display())),
            }
        }
        Err(tried.join("; "))
    }
}

/// Where an import may lie: beside the importer; for paths from a project's root (`/project/rules/x.cga`, or
/// `rules/x.cga` as projects write them), below each of the importer's ancestors.
fn candidates(importer: &Path, written: &str) -> Vec<PathBuf> {
    let folder = importer.parent().unwrap_or(Path::new(""));
    if let Some(rooted) = written.strip_prefix('/') {
        return folder
            .ancestors()
            .map(|ancestor| ancestor.join(rooted))
            .filter(|path| path.exists())
            .take(1)
            .chain([PathBuf::from(written)])
            .collect();
    }
    let beside = folder.join(written);
    let above = folder
        .ancestors()
        .skip(1)
        .map(|ancestor| ancestor.join(written))
        .find(|path| path.exists());
    std::iter::once(beside).chain(above).collect()
}

/// A path without `.` and `..`, with `/`: the one name of a file.
fn normal(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if parts.last().is_some_and(|part| part != "..") => {
                parts.pop();
            }
            Component::RootDir => parts.push(String::new()),
            other => parts.push(other.as_os_str().to_string_lossy().into_owned()),
        }
    }
    parts.join("/")
}

/// The grammar that a RULES argument names: a file, or a bundled one.
///
/// # Errors
/// [`Failure::Input`] when there is neither.
pub(crate) fn grammar(rules: &Path) -> Result<Source, Failure> {
    let name = rules.to_string_lossy();
    if !rules.exists() {
        let file = if name.ends_with(".cga") {
            name.to_string()
        } else {
            format!("{name}.cga")
        };
        if let Some(text) = bundle::grammar(&file) {
            return Ok(Source::from_bytes(
                format!("{}{file}", bundle::PREFIX),
                text,
            ));
        }
        let names: Vec<String> = bundle::grammars()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        return Err(Failure::Input(format!(
            "{name} is neither a file nor a bundled grammar (those are: {})",
            names.join(", ")
        )));
    }
    let bytes = std::fs::read(rules).map_err(|error| Failure::file("read", rules, &error))?;
    Ok(Source::from_bytes(normal(rules), &bytes))
}

/// The grammar files that arguments name: files as they are, folders searched for `.cga`, in order of path.
///
/// # Errors
/// [`Failure::Input`] for folders that cannot be read.
pub(crate) fn grammar_files(rules: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in rules {
        if path.is_dir() {
            search(path, &mut files)?;
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
