//! Where rule files of projects and packages find what they import, and their models.

use std::path::Path;

use gable_compiler::{Compiled, Options, compile};
use gable_grammar::{Source, Sources};
use gable_runtime::asset::AssetStore;

/// Imports beside the file, or below one of its ancestors, as projects write them, or in a package's `.ws`.
struct Imports;

impl Sources for Imports {
    fn import(&self, importer: &str, path: &str) -> Result<Source, String> {
        let written = path.replace('\\', "/");
        let relative = written.trim_start_matches('/');
        let folder = Path::new(importer).parent().unwrap_or(Path::new(""));
        let file = folder
            .ancestors()
            .flat_map(|ancestor| [ancestor.join(relative), ancestor.join(".ws").join(relative)])
            .find(|candidate| candidate.is_file())
            .ok_or_else(|| format!("no file {written} beside {importer} or above"))?;
        let bytes = std::fs::read(&file).map_err(|error| error.to_string())?;
        Ok(Source::from_bytes(file.to_string_lossy(), &bytes))
    }
}

/// Compiles a file and what it imports.
pub(crate) fn compile_file(file: &Path) -> Compiled {
    let bytes = std::fs::read(file).expect("readable");
    let source = Source::from_bytes(file.to_string_lossy(), &bytes);
    let options = Options {
        kernel_sha256: gable_runtime::kernel_hash(),
        ..Options::default()
    };
    compile(source, &Imports, &options)
}

/// The `assets` folder of the unpacked package that a file is in.
pub(crate) fn assets_of(file: &Path) -> AssetStore {
    file.ancestors()
        .skip(1)
        .find(|folder| folder.ends_with("rules"))
        .and_then(|rules| AssetStore::from_folders(&[rules.parent()?.join("assets")]).ok())
        .unwrap_or_default()
}
