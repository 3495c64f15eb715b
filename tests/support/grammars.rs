//! What integration tests and figures share: the bundled grammars compiled, and shapes to run them on.
#![allow(dead_code, reason = "each user takes what it needs")]

use std::path::{Path, PathBuf};

use gable_compiler::{Artifact, Options, compile};
use gable_grammar::{Source, Sources};
use gable_kernel::limits::Limits;
use gable_kernel::manifest::Type;
use gable_kernel::recipe::{Format, InitialShape, Output, Recipe, Value};
use gable_runtime::asset::AssetStore;

/// The root of the checkout.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Imports beside the importing file.
pub(crate) struct Disk;

impl Sources for Disk {
    fn import(&self, importer: &str, path: &str) -> Result<Source, String> {
        let file = Path::new(importer)
            .parent()
            .unwrap_or(Path::new(""))
            .join(path);
        let bytes = std::fs::read(&file).map_err(|error| error.to_string())?;
        Ok(Source::from_bytes(file.to_string_lossy(), &bytes))
    }
}

/// Names and files of the bundled grammars.
pub(crate) fn bundled() -> Vec<(String, PathBuf)> {
    let folder = root().join("assets/grammars");
    let mut list: Vec<(String, PathBuf)> = std::fs::read_dir(folder)
        .expect("the bundle is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "cga"))
        .map(|path| {
            (
                path.file_stem()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned(),
                path,
            )
        })
        .collect();
    list.sort();
    assert!(list.len() >= 6, "six bundled grammars at least");
    list
}

/// Compiles a file.
pub(crate) fn compile_file(path: &Path) -> Artifact {
    let bytes = std::fs::read(path).expect("readable");
    let source = Source::from_bytes(path.to_string_lossy(), &bytes);
    compile_text(&source.path, &source.text)
}

/// Compiles a text.
///
/// # Panics
/// With the diagnostics, when it does not compile.
pub(crate) fn compile_text(name: &str, text: &str) -> Artifact {
    let options = Options {
        kernel_sha256: gable_runtime::kernel_hash(),
        ..Options::default()
    };
    let compiled = compile(Source::from_bytes(name, text.as_bytes()), &Disk, &options);
    let messages = gable_grammar::render(
        &compiled.sources,
        &compiled.diagnostics,
        gable_grammar::RenderStyle::Plain,
    );
    compiled
        .artifact
        .unwrap_or_else(|| panic!("{name} compiles:\n{messages}"))
}

/// Models and textures of the bundle.
pub(crate) fn assets() -> AssetStore {
    let folder = root().join("assets");
    let mut store = AssetStore::default();
    for sub in ["models", "textures"] {
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder.join(sub))
            .expect("the bundle is there")
            .map(|e| e.expect("an entry").path())
            .collect();
        files.sort();
        for file in files {
            let name = format!(
                "{sub}/{}",
                file.file_name().expect("a name").to_string_lossy()
            );
            store.add(&name, std::fs::read(&file).expect("readable"));
        }
    }
    store
}

/// A rectangle `width` by `depth` with its first edge at the front, lower left corner at (x, z).
pub(crate) fn rectangle(x: f64, z: f64, width: f64, depth: f64) -> Vec<Vec<[f64; 3]>> {
    vec![vec![
        [x, 0.0, z + depth],
        [x + width, 0.0, z + depth],
        [x + width, 0.0, z],
        [x, 0.0, z],
    ]]
}

/// Footprints with corners in them: a rectangle, an L, one with a courtyard, a sliver, an octagon-like one.
pub(crate) fn footprints() -> Vec<Vec<Vec<[f64; 3]>>> {
    let l = vec![vec![
        [40.0, 0.0, 20.0],
        [70.0, 0.0, 20.0],
        [70.0, 0.0, 10.0],
        [50.0, 0.0, 10.0],
        [50.0, 0.0, 0.0],
        [40.0, 0.0, 0.0],
    ]];
    let mut court = rectangle(80.0, 0.0, 40.0, 30.0);
    court.push(vec![
        [90.0, 0.0, 20.0],
        [90.0, 0.0, 10.0],
        [110.0, 0.0, 10.0],
        [110.0, 0.0, 20.0],
    ]);
    let sliver = rectangle(130.0, 0.0, 0.6, 18.0);
    let corner = vec![vec![
        [140.0, 0.0, 20.0],
        [160.0, 0.0, 20.0],
        [166.0, 0.0, 14.0],
        [166.0, 0.0, 3.0],
        [150.0, 0.0, -4.0],
        [140.0, 0.0, 2.0],
    ]];
    vec![rectangle(0.0, 0.0, 30.0, 20.0), l, court, sliver, corner]
}

/// A recipe for footprints, with the level of detail where the grammar has one.
pub(crate) fn recipe(
    artifact: &Artifact,
    footprints: Vec<Vec<Vec<[f64; 3]>>>,
    assets: &AssetStore,
    lod: Option<f64>,
) -> Recipe {
    let knows_lod = artifact
        .manifest
        .attributes
        .iter()
        .any(|a| a.name == "LOD" && a.settable);
    let shapes = footprints
        .into_iter()
        .enumerate()
        .map(|(k, polygon)| InitialShape {
            name: format!("shape {k}"),
            polygons: vec![polygon],
            seed: k as u64,
            ..InitialShape::default()
        })
        .collect();
    Recipe {
        kernel: gable_runtime::kernel_hash(),
        module: gable_runtime::hash::sha256(&artifact.wasm),
        assets: assets.references(),
        shapes,
        context: Vec::new(),
        neighbourhood: f64::INFINITY,
        attributes: lod
            .filter(|_| knows_lod)
            .map(|lod| ("LOD".to_owned(), Value::Float(lod)))
            .into_iter()
            .collect(),
        seed: 7,
        limits: Limits::default(),
        output: Output::default(),
        texture_folder: String::new(),
    }
}

/// The value of an attribute from text; `None` when the grammar has no such attribute, or it is a number and the text is
/// none.
pub(crate) fn value(artifact: &Artifact, name: &str, text: &str) -> Option<Value> {
    let mut attributes = artifact.manifest.attributes.iter();
    Some(match attributes.find(|it| it.name == name)?.ty {
        Type::Float => Value::Float(text.parse().ok()?),
        Type::Bool => Value::Bool(text == "true"),
        // A row: `1;2;3`.
        Type::FloatArray => {
            let row: Result<Vec<f64>, _> = text.split(';').map(str::parse).collect();
            Value::FloatArray(vec![row.ok()?])
        }
        _ => Value::String(text.to_owned()),
    })
}

/// A recipe for one shape, whose content is measured: an OBJ, where faces stay whole.
pub(crate) fn recipe_to_measure(
    artifact: &Artifact,
    shape: InitialShape,
    attributes: Vec<(String, Value)>,
    assets: &AssetStore,
) -> Recipe {
    Recipe {
        kernel: gable_runtime::kernel_hash(),
        module: gable_runtime::hash::sha256(&artifact.wasm),
        assets: assets.references(),
        shapes: vec![shape],
        attributes,
        neighbourhood: f64::INFINITY,
        output: Output {
            format: Format::Obj,
            ..Output::default()
        },
        ..Recipe::default()
    }
}
