//! `manifest.json`: what our own clients want to know of a world beyond its tileset.

use gable_kernel::manifest::{Attribute, Type};
use gable_kernel::recipe::Value;
use gable_runtime::{hash, kernel_hash};
use gable_world::{Grammar, Layer, World};
use serde_json::json;

/// The text.
pub(crate) fn of_world(world: &World) -> Vec<u8> {
    let settings = world.settings();
    let json = json!({
        "id": world.id(),
        "name": settings.name,
        "description": settings.description,
        "attribution": settings.attribution,
        "tileset": "tileset.json",
        "kernel": module(&kernel_hash(), gable_runtime::KERNEL.len()),
        "layers": world.layers().iter().map(|layer| of_layer(world, layer)).collect::<Vec<_>>(),
    });
    serde_json::to_vec(&json).expect("plain data")
}

fn module(hash: &[u8; 32], bytes: usize) -> serde_json::Value {
    json!({
        "sha256": hash::hex(hash),
        "uri": format!("/modules/{}.wasm", hash::hex(hash)),
        "bytes": bytes,
    })
}

fn of_layer(world: &World, layer: &Layer) -> serde_json::Value {
    let assets = layer.assets().iter().map(|reference| {
        let bytes = world
            .assets()
            .by_hash(&reference.hash)
            .map_or(0, <[u8]>::len);
        json!({
            "name": reference.name,
            "sha256": hash::hex(&reference.hash),
            "uri": format!("/assets/{}", hash::hex(&reference.hash)),
            "bytes": bytes,
        })
    });
    let address = |what: &str| {
        format!(
            "{}/{}/{what}/{{level}}/{{x}}/{{y}}",
            layer.name(),
            layer.revision()
        )
    };
    json!({
        "name": layer.name(),
        "revision": layer.revision(),
        "levels": layer.levels(),
        "features": layer.feature_count(),
        "tile": address("tile"),
        "content": address("content") + ".glb",
        "recipe": address("content") + ".recipe",
        "modules": layer.grammars().map(|grammar| module(&grammar.hash(), grammar.wasm().len())).collect::<Vec<_>>(),
        "assets": assets.collect::<Vec<_>>(),
        "attributes": attributes(layer.grammar()),
    })
}

fn attributes(grammar: &Grammar) -> Vec<serde_json::Value> {
    let shown = |attribute: &&Attribute| attribute.settable && !attribute.hidden;
    let one = |attribute: &Attribute| {
        let annotations = attribute.annotations.iter().map(|annotation| {
            let arguments = annotation.arguments.iter();
            let arguments: Vec<_> = arguments
                .map(|(key, argument)| json!([key, value(argument)]))
                .collect();
            json!({ "name": annotation.name, "arguments": arguments })
        });
        json!({
            "name": attribute.name,
            "type": type_name(attribute.ty),
            "default": attribute.default.as_ref().map(value),
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

fn value(value: &Value) -> serde_json::Value {
    match value {
        Value::Float(number) => json!(number),
        Value::Bool(value) => json!(value),
        Value::String(text) => json!(text),
        Value::FloatArray(rows) => json!(rows),
        Value::BoolArray(rows) => json!(rows),
        Value::StringArray(rows) => json!(rows),
    }
}
