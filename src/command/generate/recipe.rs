//! Makes the recipe from command line, features and manifest.

use gable_compiler::Artifact;
use gable_features::{AttributeMapping, Features, ReadOptions};
use gable_kernel::limits::Limits;
use gable_kernel::manifest::Manifest;
use gable_kernel::recipe::{Format, Output, Recipe, Value};
use gable_runtime::asset::AssetStore;
use gable_world::{find_settable, initial_shape, parse_value, settable, start_rules};

use crate::cli::GenerateArguments;
use crate::failure::Failure;

/// How features are read.
pub(crate) fn read_options(arguments: &GenerateArguments) -> Result<ReadOptions, Failure> {
    let usage = |error: gable_features::FeatureError| Failure::Usage(error.to_string());
    let mut mapping = AttributeMapping::default();
    for text in &arguments.shapes.map {
        mapping = mapping.with(text).map_err(usage)?;
    }
    let bounds = arguments
        .bounds
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(usage)?;
    Ok(ReadOptions {
        bounds,
        layer: arguments.layer.clone(),
        mapping,
        ..ReadOptions::default()
    })
}

/// One rectangular lot, `WIDTHxDEPTH`, its first edge at the front (+z).
pub(crate) fn lot(text: &str) -> Result<Features, Failure> {
    gable_world::parse_lot(text).map_err(|message| Failure::Usage(format!("--lot {message}")))
}

/// The recipe.
pub(crate) fn make(
    arguments: &GenerateArguments,
    artifact: &Artifact,
    features: &Features,
    assets: &AssetStore,
    format: Format,
) -> Result<Recipe, Failure> {
    let manifest = &artifact.manifest;
    let start_rule = start_rule(arguments, manifest)?;
    let limits = Limits::default();
    Ok(Recipe {
        kernel: gable_runtime::kernel_hash(),
        module: gable_runtime::hash::sha256(&artifact.wasm),
        assets: assets.references(),
        shapes: features
            .features
            .iter()
            .map(|feature| initial_shape(feature, &start_rule, manifest))
            .collect(),
        context: Vec::new(),
        neighbourhood: f64::INFINITY,
        attributes: settings(arguments, manifest)?,
        seed: arguments.shapes.seed,
        limits: Limits {
            gas: arguments.gas.unwrap_or(limits.gas),
            shapes: arguments.max_shapes.unwrap_or(limits.shapes),
            ..limits
        },
        texture_folder: String::new(),
        output: Output {
            format,
            embed_textures: !arguments.external_textures,
            instances: !arguments.no_instances,
            quantize: arguments.quantize,
            features: arguments.feature_ids || arguments.reports.is_some(),
        },
    })
}

fn start_rule(arguments: &GenerateArguments, manifest: &Manifest) -> Result<String, Failure> {
    let names = start_rules(manifest);
    match &arguments.shapes.start {
        None if names.is_empty() => Err(Failure::Usage(
            "the grammar has no rule without parameters to start with; add one, such as \
             `@StartRule Lot --> extrude(10)`"
                .to_owned(),
        )),
        None => Ok(String::new()),
        Some(name) if names.contains(&name.as_str()) => Ok(name.clone()),
        Some(name) => Err(Failure::Usage(format!(
            "--start {name}: the grammar has no rule of that name without parameters (it has: {})",
            names.join(", ")
        ))),
    }
}

/// `--set` and `--lod`, checked against the manifest.
fn settings(
    arguments: &GenerateArguments,
    manifest: &Manifest,
) -> Result<Vec<(String, Value)>, Failure> {
    let mut settings = Vec::new();
    if let Some(lod) = arguments.lod {
        match find_settable(manifest, "LOD").is_some() {
            true => settings.push(("LOD".to_owned(), Value::Float(lod))),
            false => tracing::warn!("--lod has no effect: the grammar has no attribute LOD"),
        }
    }
    for text in &arguments.shapes.set {
        let (name, value) = text.split_once('=').ok_or_else(|| {
            Failure::Usage(format!(
                "--set {text}: expected NAME=VALUE, such as roofAngle=35"
            ))
        })?;
        let attribute = settable(manifest, name).map_err(|names| {
            let text = format!("--set {name}: the grammar has no such attribute (it has: {names})");
            Failure::Usage(text)
        })?;
        settings.push((
            name.to_owned(),
            parse_value(attribute, value)
                .map_err(|message| Failure::Usage(format!("--set {message}")))?,
        ));
    }
    Ok(settings)
}
