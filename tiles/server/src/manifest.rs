//! `manifest.json`: what our own clients, and edges below this server, want to know of a world beyond its tileset.

use gable_kernel::manifest::{Attribute, Type};
use gable_runtime::{hash, kernel_hash};
use gable_world::{Grammar, Layer, World, json_of};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WorldManifest {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) attribution: Vec<String>,
    pub(crate) kernel: ModuleManifest,
    pub(crate) layers: Vec<LayerManifest>,
}

/// A module of WebAssembly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ModuleManifest {
    pub(crate) sha256: String,
    pub(crate) uri: String,
    pub(crate) bytes: usize,
}

/// A layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LayerManifest {
    pub(crate) name: String,
    pub(crate) revision: String,
    pub(crate) levels: u8,
    /// None for cells, which need no counting.
    pub(crate) features: Option<usize>,
    /// Addresses with `{level}`, `{x}`, `{y}`: the decision, the mesh, the recipe.
    pub(crate) tile: String,
    pub(crate) content: String,
    pub(crate) recipe: String,
    pub(crate) modules: Vec<ModuleManifest>,
    pub(crate) assets: Vec<AssetManifest>,
    /// For user interfaces: name, type, default, annotations.
    pub(crate) attributes: serde_json::Value,
}

/// A prepared asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct AssetManifest {
    pub(crate) name: String,
    pub(crate) sha256: String,
    pub(crate) uri: String,
    pub(crate) bytes: usize,
}

impl WorldManifest {
    pub(crate) fn new(world: &World) -> Self {
        let settings = world.settings();
        let layers = world.layers().iter();
        Self {
            id: world.id().to_owned(),
            name: settings.name.clone(),
            description: settings.description.clone(),
            attribution: settings.attribution.clone(),
            kernel: module(&kernel_hash(), gable_runtime::KERNEL.len()),
            layers: layers.map(|layer| of_layer(world, layer)).collect(),
        }
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("plain data")
    }
}

fn module(hash: &[u8; 32], bytes: usize) -> ModuleManifest {
    ModuleManifest {
        sha256: hash::hex(hash),
        uri: format!("/modules/{}.wasm", hash::hex(hash)),
        bytes,
    }
}

fn of_layer(world: &World, layer: &Layer) -> LayerManifest {
    let assets = layer.assets().iter().map(|reference| AssetManifest {
        name: reference.name.clone(),
        sha256: hash::hex(&reference.hash),
        uri: format!("/assets/{}", hash::hex(&reference.hash)),
        bytes: world
            .assets()
            .by_hash(&reference.hash)
            .map_or(0, <[u8]>::len),
    });
    let address = |what: &str| {
        format!(
            "{}/{}/{what}/{{level}}/{{x}}/{{y}}",
            layer.name(),
            layer.revision()
        )
    };
    LayerManifest {
        name: layer.name().to_owned(),
        revision: layer.revision().to_owned(),
        levels: layer.levels(),
        features: layer.feature_count(),
        tile: address("tile"),
        content: address("content") + ".glb",
        recipe: address("content") + ".recipe",
        modules: layer
            .grammars()
            .map(|grammar| module(&grammar.hash(), grammar.wasm().len()))
            .collect(),
        assets: assets.collect(),
        attributes: attributes(layer.grammar()),
    }
}

fn attributes(grammar: &Grammar) -> serde_json::Value {
    let shown = |attribute: &&Attribute| attribute.settable && !attribute.hidden;
    let one = |attribute: &Attribute| {
        let annotations = attribute.annotations.iter().map(|annotation| {
            let arguments = annotation.arguments.iter();
            let arguments: Vec<_> = arguments
                .map(|(key, argument)| json!([key, json_of(argument)]))
                .collect();
            json!({ "name": annotation.name, "arguments": arguments })
        });
        json!({
            "name": attribute.name,
            "type": type_name(attribute.ty),
            "default": attribute.default.as_ref().map(json_of),
            "annotations": annotations.collect::<Vec<_>>(),
        })
    };
    grammar
        .manifest()
        .attributes
        .iter()
        .filter(shown)
        .map(one)
        .collect()
}

fn type_name(ty: Type) -> &'static str {
    match ty {
        Type::Float => "float",
        Type::Bool => "bool",
        Type::String => "string",
        Type::FloatArray => "float[]",
        Type::BoolArray => "bool[]",
        Type::StringArray => "string[]",
    }
}
