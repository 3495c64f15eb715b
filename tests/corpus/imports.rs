//! Rule files as the product reads them, with the models of their projects and packages.

use std::path::{Path, PathBuf};

use gable_compiler::{Compiled, Options, compile};
use gable_grammar::Source;
use gable_runtime::asset::AssetStore;
use gable_world::library::{GrammarFiles, package};

/// The bytes of a rule file, which may be in a package.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn bytes(file: &Path) -> Result<Vec<u8>, String> {
    match package::split(file) {
        Some((package, inside)) => {
            let package = package::open(&package).map_err(|error| error.to_string())?;
            let rule = package
                .rule(&inside)
                .ok_or("the package has no such file")?;
            Ok(rule.to_vec())
        }
        None => std::fs::read(file).map_err(|error| error.to_string()),
    }
}

/// The rule files of a package.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn rules_of(file: &Path) -> Result<Vec<PathBuf>, String> {
    let package = package::open(file).map_err(|error| error.to_string())?;
    Ok(package.rules().map(|inside| file.join(inside)).collect())
}

/// Compiles a file and what it imports.
pub(crate) fn compile_bytes(file: &Path, bytes: &[u8]) -> Compiled {
    let source = Source::from_bytes(file.to_string_lossy(), bytes);
    let options = Options {
        kernel_sha256: gable_runtime::kernel_hash(),
        ..Options::default()
    };
    compile(source, &GrammarFiles, &options)
}

/// The models of the package that a file is in, or of the folder `assets` beside its `rules`.
pub(crate) fn assets_of(file: &Path) -> AssetStore {
    if let Some((package, _)) = package::split(file) {
        let mut store = AssetStore::default();
        store.add_fallbacks(package::assets(&package).unwrap_or_default());
        return store;
    }
    file.ancestors()
        .skip(1)
        .find(|folder| folder.ends_with("rules"))
        .and_then(|rules| AssetStore::from_folders(&[rules.parent()?.join("assets")]).ok())
        .unwrap_or_default()
}
