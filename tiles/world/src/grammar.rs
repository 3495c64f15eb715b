//! A layer's grammar: compiled, checked, ready to run, with the assets that it may name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gable_compiler::about::find_settable;
use gable_compiler::{Options, compile};
use gable_grammar::{RenderStyle, render};
use gable_kernel::asset::Asset;
use gable_kernel::manifest::Manifest;
use gable_kernel::query::Query;
use gable_kernel::recipe::{AssetReference, InitialShape};
use gable_runtime::asset::AssetStore;
use gable_runtime::{Engine, GenerateError, Rules};

use crate::library::{self, GrammarFiles, bundle, package};

/// A grammar, compiled and ready to run.
#[derive(Debug, Clone)]
pub struct Grammar {
    wasm: Vec<u8>,
    rules: Rules,
    files: Vec<PathBuf>,
    warnings: String,
}

/// Why a grammar cannot be used.
#[derive(Debug)]
pub(crate) enum GrammarFailure {
    /// There is none of that name.
    Missing(String),
    /// It has errors: the messages, drawn.
    Errors(String),
    /// The engine refuses it.
    Engine(GenerateError),
}

impl Grammar {
    /// Compiles a file or a bundled grammar.
    pub(crate) fn load(path: &Path, engine: &Engine) -> Result<Self, GrammarFailure> {
        let source = library::grammar(path).map_err(GrammarFailure::Missing)?;
        let options = Options {
            kernel_sha256: gable_runtime::kernel_hash(),
            ..Options::default()
        };
        let compiled = compile(source, &GrammarFiles, &options);
        let drawn = render(&compiled.sources, &compiled.diagnostics, RenderStyle::Plain);
        let Some(artifact) = compiled.artifact else {
            return Err(GrammarFailure::Errors(drawn));
        };
        let rules = Rules::load(engine, &artifact.wasm).map_err(GrammarFailure::Engine)?;
        let paths = artifact.manifest.sources.iter();
        let on_disk = paths.filter(|path| !path.starts_with(bundle::PREFIX));
        let mut files: Vec<PathBuf> = on_disk.map(|path| file_of(Path::new(path))).collect();
        files.dedup();
        Ok(Self {
            files,
            wasm: artifact.wasm,
            rules,
            warnings: drawn,
        })
    }

    /// The module.
    pub fn wasm(&self) -> &[u8] {
        &self.wasm
    }

    /// SHA-256 of the module.
    pub fn hash(&self) -> [u8; 32] {
        self.rules.hash()
    }

    /// The module, ready to run.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// What the module says about itself.
    pub fn manifest(&self) -> &Manifest {
        self.rules.manifest()
    }

    /// The files it was read from; none for a bundled one.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// What the compiler warns of, drawn.
    pub fn warnings(&self) -> &str {
        &self.warnings
    }

    /// Whether a recipe may set this attribute.
    pub(crate) fn has_attribute(&self, name: &str) -> bool {
        find_settable(self.manifest(), name).is_some()
    }

    /// Leaves out values of attributes that it does not have.
    pub(crate) fn drop_unknown(&self, shapes: &mut [InitialShape]) {
        for shape in shapes {
            shape
                .attributes
                .retain(|(name, _)| self.has_attribute(name));
        }
    }

    /// The assets of a store that this grammar may name when these texts are values of attributes: recipes carry the
    /// names of these only.
    pub(crate) fn assets(
        &self,
        store: &AssetStore,
        values: &BTreeSet<&str>,
    ) -> Vec<AssetReference> {
        let all = store.references();
        let texts = &self.manifest().strings;
        let queries: Vec<Query> = texts.iter().filter_map(|text| query(text)).collect();
        let named = |name: &str| {
            values.contains(name)
                || texts.iter().any(|text| may_be_part(text, name))
                || queries
                    .iter()
                    .any(|it| it.fits(name) || it.fits_from_there(name))
        };
        let is_material = |name: &str| name.ends_with(".mtl");
        let asks_for_materials = texts.iter().any(|text| text.contains(".mtl"));
        let mut kept: BTreeSet<&str> = BTreeSet::new();
        let mut new: Vec<&AssetReference> = (all.iter())
            .filter(|reference| named(&reference.name))
            // Models have theirs in them.
            .filter(|reference| asks_for_materials || !is_material(&reference.name))
            .collect();
        // What is kept may name others: images of materials, files in tables.
        while let Some(reference) = new.pop() {
            if !kept.insert(&reference.name) {
                continue;
            }
            let bytes = store.by_hash(&reference.hash);
            let asset = bytes.and_then(|bytes| Asset::from_bytes(bytes).ok());
            let named = asset.map(names_in).unwrap_or_default();
            let is_named = |reference: &&AssetReference| {
                (named.iter()).any(|text| text == &reference.name || ends_so(text, &reference.name))
            };
            new.extend(all.iter().filter(is_named));
        }
        let kept = all
            .iter()
            .filter(|reference| kept.contains(reference.name.as_str()));
        kept.cloned().collect()
    }
}

/// What an asset may name others by.
fn names_in(asset: Asset) -> Vec<String> {
    let names: Vec<String> = match asset {
        Asset::Model(model) => {
            let maps = model
                .materials
                .into_iter()
                .map(|material| material.color_map);
            maps.collect()
        }
        Asset::Table(table) => table.cells,
        Asset::Text(text) => {
            let words = text.split(['\n', '\t', ';', ',']).map(str::trim);
            words.map(str::to_owned).collect()
        }
        Asset::Image(_) => Vec::new(),
    };
    let has_ending = |name: &String| AssetStore::takes(name);
    names.into_iter().filter(has_ending).collect()
}

/// A text as a query, if it looks like one.
fn query(text: &str) -> Option<Query> {
    let keys = ["Name=", "Ext=", "Path=", "Project="];
    let is_query = text.starts_with('$')
        || text.contains(['*', '?'])
        || keys.iter().any(|key| text.contains(key));
    let query = Query::read(text, |_| false);
    query.ok().filter(|_| is_query && text.len() >= 3)
}

/// The file that a path leads to, or the package that it leads into.
fn file_of(path: &Path) -> PathBuf {
    package::split(path).map_or_else(|| path.to_owned(), |(package, _)| package)
}

/// Whether a grammar that has this text may put together this name: the text is the name, or what it begins with (up
/// to a `*`), or its end and more than an ending.
fn may_be_part(text: &str, name: &str) -> bool {
    let head = text.split('*').next().unwrap_or_default();
    let begins = head.len() >= 3 && name.starts_with(head);
    let ends = text.len() >= 5 && !text.starts_with('.') && name.ends_with(text);
    begins || ends || ends_so(text, name)
}

/// Whether a text is a name with folders before it: those of a project.
fn ends_so(text: &str, name: &str) -> bool {
    text.strip_suffix(name)
        .is_some_and(|folders| folders.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whole_or_in_parts() {
        for text in [
            "models/tree_round.obj",
            "models/tree_",
            "models/*.obj",
            "_round.obj",
            "assets/models/tree_round.obj",
            "/City/assets/models/tree_round.obj",
        ] {
            assert!(may_be_part(text, "models/tree_round.obj"), "{text}");
        }
        for text in ["", ".obj", "*", "models/car", "tree_round"] {
            assert!(!may_be_part(text, "models/tree_round.obj"), "{text}");
        }
    }

    #[test]
    fn texts_may_be_queries() {
        let fits = |text: &str, name: &str| query(text).is_some_and(|query| query.fits(name));
        assert!(fits("*.png", "textures/brick.png"));
        assert!(fits("$textures/b.*", "textures/brick.png"));
        assert!(fits("Name=brick* Ext=png", "textures/brick.png"));
        assert!(!fits("?.png", "textures/brick.png"));
        for text in ["*", "brick", "$", "$("] {
            assert!(query(text).is_none(), "{text}");
        }
    }

    #[test]
    fn tables_and_texts_name_others() {
        let cells = ["floor", "a/wall.png", "7.5"].map(str::to_owned).to_vec();
        let table = Asset::Table(gable_kernel::asset::Table { columns: 1, cells });
        assert_eq!(names_in(table), ["a/wall.png"]);
        let text = Asset::Text("oak.obj; elm.obj\nnothing".to_owned());
        assert_eq!(names_in(text), ["oak.obj", "elm.obj"]);
    }
}
