//! `gable generate`: a grammar on features, to a model.

mod recipe;
mod reports;
mod summary;

use std::path::{Path, PathBuf};
use std::time::Instant;

use gable_features::Features;
use gable_kernel::recipe::Format;
use gable_runtime::asset::AssetStore;
use gable_runtime::{Content, Rules};
use gable_world::library::{bundle, package};

use crate::cli::GenerateArguments;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::say::tell;

use super::build;

/// The grammar and the features of a bare `gable generate`.
const DEFAULT_GRAMMAR: &str = "city";

/// Runs it.
pub(crate) fn run(arguments: &GenerateArguments) -> Result<(), Failure> {
    let start = Instant::now();
    let progress = Progress::new();
    let rules = arguments
        .rules
        .clone()
        .unwrap_or_else(|| PathBuf::from(DEFAULT_GRAMMAR));
    let output = output_path(arguments, &rules)?;

    progress.phase(format!("compiling {}", rules.display()));
    let artifact = build::compile_loudly(&rules)?;
    progress.phase("reading features");
    let features = features(arguments)?;
    progress.phase("reading assets");
    let assets = assets(arguments, &rules)?;
    let recipe = recipe::make(
        arguments,
        &artifact,
        &features,
        &assets,
        format_of(&output)?,
    )?;
    if let Some(path) = &arguments.recipe {
        write(path, &recipe.to_bytes())?;
    }

    progress.phase("preparing the module");
    let rules = Rules::load(&build::engine(1)?, &artifact.wasm)?;
    progress.phase(format!("generating {} shapes", recipe.shapes.len()));
    let generation = Instant::now();
    let content = rules.generate(&recipe, &assets)?;
    let generation = generation.elapsed();
    progress.phase(format!("writing {}", output.display()));
    write_content(&output, &content, arguments, &assets)?;
    if let Some(path) = &arguments.reports {
        write(path, reports::csv(&content.summary).as_bytes())?;
    }
    drop(progress);

    let times = summary::Times {
        total: start.elapsed(),
        generation,
    };
    summary::print(arguments.json, &output, &features, &content, times);
    Ok(())
}

fn output_path(arguments: &GenerateArguments, rules: &Path) -> Result<PathBuf, Failure> {
    let output = arguments.output.clone().unwrap_or_else(|| {
        let name = rules.file_stem().unwrap_or_default();
        Path::new(name).with_extension("glb")
    });
    format_of(&output)?;
    Ok(output)
}

fn format_of(output: &Path) -> Result<Format, Failure> {
    match output
        .extension()
        .and_then(|ending| ending.to_str())
        .map(str::to_ascii_lowercase)
        .as_deref()
    {
        Some("glb") => Ok(Format::Glb),
        Some("obj") => Ok(Format::Obj),
        _ => Err(Failure::Usage(format!(
            "{}: the output's name must end in .glb or .obj",
            output.display()
        ))),
    }
}

/// The features asked for, the bundled ones, or one lot.
fn features(arguments: &GenerateArguments) -> Result<Features, Failure> {
    let options = recipe::read_options(arguments)?;
    let mut features = match (&arguments.shapes.features, &arguments.rules) {
        (Some(path), _) => gable_features::read(path, &options)
            .map_err(|error| Failure::Input(error.to_string()))?,
        (None, None) => {
            gable_features::bundled(&options).map_err(|error| Failure::Input(error.to_string()))?
        }
        (None, Some(rules)) => {
            let lot = arguments.shapes.lot.as_deref();
            recipe::lot(lot.unwrap_or_else(|| bundle::lot(rules)))?
        }
    };
    if let Some(limit) = arguments.limit {
        features.features.truncate(limit);
    }
    if features.features.is_empty() {
        return Err(Failure::Input(
            "there are no polygons in the features (or none in --bounds, or none with --limit)"
                .to_owned(),
        ));
    }
    Ok(features)
}

/// Models and textures: from --assets, beside the grammar or from its package, from the bundle.
fn assets(arguments: &GenerateArguments, rules: &Path) -> Result<AssetStore, Failure> {
    let mut folders = arguments.assets.clone();
    let package = package::split(rules);
    if rules.exists() && package.is_none() {
        let folder = rules
            .parent()
            .map_or_else(|| PathBuf::from("."), Path::to_owned);
        let beside = [
            folder.join("assets"),
            folder.join("../assets"),
            folder.clone(),
        ];
        folders.extend(
            beside
                .into_iter()
                .filter(|path| path.is_dir() && !path.as_os_str().is_empty()),
        );
    }
    let mut store =
        AssetStore::from_folders(&folders).map_err(|error| Failure::Input(error.to_string()))?;
    if let Some((package, _)) = package {
        let files = package::assets(&package).map_err(|error| Failure::Input(error.to_string()))?;
        store.add_fallbacks(files);
    }
    let bundled = bundle::assets().into_iter();
    store.add_fallbacks(bundled.map(|(name, bytes)| (name, bytes.to_vec())));
    for error in store.errors() {
        tell!("warning: {error}");
    }
    Ok(store)
}

fn write_content(
    output: &Path,
    content: &Content,
    arguments: &GenerateArguments,
    assets: &AssetStore,
) -> Result<(), Failure> {
    let folder = output.parent().unwrap_or(Path::new(""));
    for (name, bytes) in &content.companions {
        write(&folder.join(name), bytes)?;
    }
    if arguments.external_textures {
        for name in external_files(&content.bytes) {
            if let Some(bytes) = assets.file(&name) {
                write(&folder.join(&name), bytes)?;
            }
        }
    }
    write(output, &content.bytes)
}

/// The images that a GLB names outside itself.
fn external_files(glb: &[u8]) -> Vec<String> {
    let json = glb.get(12..16).and_then(|length| {
        let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
        serde_json::from_slice::<serde_json::Value>(glb.get(20..20 + length)?).ok()
    });
    let images = json.as_ref().and_then(|json| json["images"].as_array());
    images
        .into_iter()
        .flatten()
        .filter_map(|image| image["uri"].as_str().map(str::to_owned))
        .collect()
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|error| Failure::file("create", folder, &error))?;
    }
    std::fs::write(path, bytes).map_err(|error| Failure::file("write", path, &error))
}
