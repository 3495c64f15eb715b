//! One tile: its content, the textures that it names, and the siblings that a web server sends in their place.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use gable_content::coding::{Coding, Quality, encode, is_worth_coding};
use gable_content::glb::Glb;
use gable_kernel::asset::Asset;
use gable_kernel::recipe::Recipe;
use gable_tileset::TileId;
use gable_world::{Grammar, Layer, TEXTURE_FOLDER, World};
use serde_json::Value;

use super::BakeError;
use super::folder::Folder;
use crate::content;
use crate::variant::Packing;
use gable_runtime::hash::from_hex;

/// What is known of a content that is there.
#[derive(Debug, Clone, Default)]
pub(super) struct Baked {
    /// It was made now, and not there before.
    pub(super) made: bool,
    pub(super) bytes: u64,
    /// Bytes of its siblings, in the order of the codings.
    pub(super) coded: Vec<u64>,
    /// Triangles on the screen: those of instances each.
    pub(super) triangles: u64,
    /// The textures that it names, as their files are called.
    pub(super) textures: BTreeSet<String>,
}

/// Where a tile's content lies in the folder, as the server has it.
pub(super) fn content_path(layer: &Layer, tile: TileId) -> String {
    path(layer, "content", tile, "glb")
}

/// Where a subtree lies.
pub(super) fn subtree_path(layer: &Layer, tile: TileId) -> String {
    path(layer, "subtrees", tile, "subtree")
}

fn path(layer: &Layer, what: &str, tile: TileId, ending: &str) -> String {
    format!(
        "{}/{}/{what}/{tile}.{ending}",
        layer.name(),
        layer.revision()
    )
}

/// The ending of a sibling, as `gzip_static` and the like expect it.
pub(super) fn ending(coding: Coding) -> &'static str {
    match coding {
        Coding::Identity => "",
        Coding::Gzip => ".gz",
        Coding::Brotli => ".br",
        Coding::Zstd => ".zst",
    }
}

/// The media type by which it is decided whether siblings are worth it.
pub(super) fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("glb") => "model/gltf-binary",
        Some("json") => "application/json",
        Some("subtree") => "application/octet-stream",
        _ => "image/png",
    }
}

/// Sees that a tile's content is in the folder.
///
/// # Errors
/// [`BakeError`] when the folder fails; inside, the reason for which there is no such content.
pub(super) fn bake_tile(
    folder: &Folder,
    world: &World,
    (layer, tile): (&Layer, TileId),
    codings: &[Coding],
) -> Result<Result<Baked, String>, BakeError> {
    let path = content_path(layer, tile);
    let there = folder
        .read(&path)?
        .and_then(|bytes| Some((Glb::from_bytes(&bytes).ok()?, bytes)));
    let made = there.is_none();
    let (glb, bytes) = match there {
        Some(there) => there,
        None => match make(world, layer, tile) {
            Ok(made) => made,
            Err(reason) => return Ok(Err(reason)),
        },
    };
    let textures = textures(&glb.json);
    for texture in &textures {
        if let Err(reason) = bake_texture(folder, world, texture)? {
            return Ok(Err(reason));
        }
    }
    let coded = write_siblings(folder, &path, &bytes, codings, made)?;
    if made {
        // Last: what is there is whole, with all that belongs to it.
        folder.write(&path, &bytes)?;
    }
    Ok(Ok(Baked {
        made,
        bytes: bytes.len() as u64,
        coded,
        triangles: triangles(&glb.json),
        textures,
    }))
}

/// The same bytes as the server's.
fn make(world: &World, layer: &Layer, tile: TileId) -> Result<(Glb, Vec<u8>), String> {
    let work = || {
        let recipe: Recipe = layer.recipe(tile).ok_or("it has no content")?;
        let mut grammars = layer.grammars();
        let grammar = grammars.find(|grammar| grammar.hash() == recipe.module);
        let rules = grammar.map(Grammar::rules).ok_or("its module is missing")?;
        content::make(rules, world.assets(), &recipe, Packing::Meshopt)
            .map_err(|failure| failure.text)
    };
    let bytes = catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| "it ended by a fault of ours, which is told above".to_owned())??;
    let glb = Glb::from_bytes(&bytes).map_err(|error| error.to_string())?;
    Ok((glb, bytes))
}

/// Writes siblings, those that are missing or all; their lengths, 0 where a sibling is not worth it.
pub(super) fn write_siblings(
    folder: &Folder,
    path: &str,
    bytes: &[u8],
    codings: &[Coding],
    all: bool,
) -> Result<Vec<u64>, BakeError> {
    let mut lengths = Vec::with_capacity(codings.len());
    for &coding in codings {
        let sibling = format!("{path}{}", ending(coding));
        let length = match folder.length(&sibling) {
            _ if !is_worth_coding(media_type(path), bytes.len()) => 0,
            Some(length) if !all => length,
            _ => {
                let coded = encode(coding, Quality::Best, bytes);
                folder.write(&sibling, &coded)?;
                coded.len() as u64
            }
        };
        lengths.push(length);
    }
    Ok(lengths)
}

fn bake_texture(
    folder: &Folder,
    world: &World,
    file: &str,
) -> Result<Result<(), String>, BakeError> {
    let path = format!("assets/{file}");
    if folder.length(&path).is_some() {
        return Ok(Ok(()));
    }
    let image = file
        .split_once('.')
        .and_then(|(name, _)| world.assets().by_hash(&from_hex(name)?));
    match image.and_then(|bytes| Asset::from_bytes(bytes).ok()) {
        Some(Asset::Image(image)) => folder.write(&path, &image.bytes).map(Ok),
        _ => Ok(Err(format!("its texture `{file}` is missing"))),
    }
}

/// The files of the textures that a document names.
fn textures(json: &Value) -> BTreeSet<String> {
    let images = json["images"].as_array().into_iter().flatten();
    images
        .filter_map(|image| image["uri"].as_str()?.strip_prefix(TEXTURE_FOLDER))
        .map(str::to_owned)
        .collect()
}

/// Triangles on the screen.
fn triangles(json: &Value) -> u64 {
    let count = |accessor: &Value| {
        let number = accessor.as_u64().unwrap_or(u64::MAX);
        let accessor = usize::try_from(number).ok();
        let accessor = accessor.and_then(|number| json["accessors"].get(number));
        accessor.map_or(0, |accessor| accessor["count"].as_u64().unwrap_or(0))
    };
    let of_mesh = |mesh: &Value| -> u64 {
        let primitives = mesh["primitives"].as_array().into_iter().flatten();
        primitives
            .map(|primitive| count(&primitive["indices"]) / 3)
            .sum()
    };
    let of_node = |node: &Value| {
        let number = usize::try_from(node["mesh"].as_u64()?).ok()?;
        let mesh = json["meshes"].get(number)?;
        let instances = &node["extensions"]["EXT_mesh_gpu_instancing"]["attributes"];
        let instances = instances
            .as_object()
            .and_then(|attributes| attributes.values().next())
            .map_or(1, count);
        Some(of_mesh(mesh) * instances)
    };
    let nodes = json["nodes"].as_array().into_iter().flatten();
    nodes.filter_map(of_node).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triangles_of_instances_count_each_and_textures_are_found() {
        let json = serde_json::json!({
            "accessors": [{ "count": 12 }, { "count": 5 }],
            "meshes": [{ "primitives": [{ "indices": 0 }, { "indices": 0 }] }],
            "nodes": [
                { "mesh": 0 },
                { "mesh": 0, "extensions": { "EXT_mesh_gpu_instancing": { "attributes": { "TRANSLATION": 1 } } } },
                { "children": [0, 1] },
                { "mesh": 7 }
            ],
            "images": [{ "uri": "../../../../../assets/ab.png" }, { "uri": "data:," }]
        });
        assert_eq!(triangles(&json), 8 + 5 * 8);
        assert_eq!(textures(&json), BTreeSet::from(["ab.png".to_owned()]));
        assert_eq!(triangles(&Value::Null), 0);
    }
}
