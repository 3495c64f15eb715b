//! Grammar files, wherever they are.

use std::path::{Path, PathBuf};

use gable_grammar::{Source, Sources, normal};

use super::{bundle, package};

/// Reads imports beside the importing file, from its rule package, or from the bundle.
#[derive(Debug)]
pub struct GrammarFiles;

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
        if let Some((file, inside)) = package::split(Path::new(importer)) {
            let package = package::open(&file).map_err(|error| error.to_string())?;
            let (path, text) = package
                .import(&inside, &written)
                .ok_or_else(|| format!("{} has no such file", file.display()))?;
            return Ok(Source::from_bytes(normal(&file.join(path)), text));
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
/// `rules/x.cga` as projects write them), below each of the importer's ancestors, or in its `.ws`, where unpacked rule
/// packages keep other projects.
fn candidates(importer: &Path, written: &str) -> Vec<PathBuf> {
    let folder = importer.parent().unwrap_or(Path::new(""));
    if let Some(rooted) = written.strip_prefix('/') {
        return folder
            .ancestors()
            .flat_map(|ancestor| [ancestor.join(rooted), ancestor.join(".ws").join(rooted)])
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

/// The grammar that a RULES argument names: a file, a rule package or a file in one, or a bundled grammar.
///
/// # Errors
/// A text that names both when there is neither.
pub fn grammar(rules: &Path) -> Result<Source, String> {
    if let Some((file, inside)) = package::split(rules) {
        let package = package::open(&file).map_err(|error| error.to_string())?;
        let inside = match inside.as_str() {
            "" => package.main().map_err(|error| error.to_string())?,
            inside => inside,
        };
        let text = package.rule(inside).ok_or_else(|| {
            let rules: Vec<&str> = package.rules().collect();
            let (file, rules) = (file.display(), rules.join(", "));
            format!("{file} has no rule file `{inside}` (it has: {rules})")
        })?;
        return Ok(Source::from_bytes(normal(&file.join(inside)), text));
    }
    let name = rules.to_string_lossy();
    let bundled = name.strip_prefix(bundle::PREFIX);
    if bundled.is_some() || !rules.exists() {
        let name = bundled.unwrap_or(&name);
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
        return Err(format!(
            "{name} is neither a file nor a bundled grammar (those are: {})",
            names.join(", ")
        ));
    }
    let bytes = std::fs::read(rules).map_err(|error| format!("cannot read {name}: {error}"))?;
    Ok(Source::from_bytes(normal(rules), &bytes))
}
