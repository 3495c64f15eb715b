//! `manifest.json`: what clients need to know of a world to run its recipes and to let people set its attributes.

use gable_compiler::about::attributes;
use gable_runtime::{hash, kernel_hash};
use gable_tileset::manifest::{LayerManifest, Resource, WorldManifest};

use crate::layer::Layer;
use crate::world::World;

/// What there is to say of a world.
pub fn manifest(world: &World) -> WorldManifest {
    let settings = world.settings();
    let layers = world.layers().iter();
    WorldManifest {
        id: world.id().to_owned(),
        name: settings.name.clone(),
        description: settings.description.clone(),
        attribution: settings.attribution.clone(),
        kernel: module(&kernel_hash(), gable_runtime::KERNEL.len()),
        layers: layers.map(|layer| of_layer(world, layer)).collect(),
    }
}

fn module(hash: &[u8; 32], bytes: usize) -> Resource {
    Resource {
        name: String::new(),
        sha256: hash::hex(hash),
        uri: format!("/modules/{}.wasm", hash::hex(hash)),
        bytes,
    }
}

fn of_layer(world: &World, layer: &Layer) -> LayerManifest {
    let assets = layer.assets().iter().map(|reference| Resource {
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
        extent: layer.extent().map(|extent| [extent.low, extent.high]),
        tile: address("tile"),
        content: address("content") + ".glb",
        recipe: address("content") + ".recipe",
        modules: layer
            .grammars()
            .map(|grammar| module(&grammar.hash(), grammar.wasm().len()))
            .collect(),
        assets: assets.collect(),
        attributes: attributes(layer.grammar().manifest()),
    }
}
