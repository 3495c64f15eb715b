//! `tileset.json` (3D Tiles 1.1): what a server says of a world, and what a viewer reads of any tileset.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Bounds;

/// A tileset. What it has besides these fields is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tileset {
    /// Version and origin.
    pub asset: Asset,
    /// Metres by which the world is wrong when nothing of it is drawn.
    pub geometric_error: f64,
    /// The outermost tile.
    pub root: Tile,
    /// Extensions that some of the tileset uses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions_used: Vec<String>,
    /// Those without which it cannot be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions_required: Vec<String>,
    /// Schema, metadata, groups, extensions and the like, as they are.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

/// About the tileset as a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asset {
    /// `1.1`; viewers read `1.0` too.
    pub version: String,
    /// The revision; some clients add it to addresses, so that old content is not taken from caches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tileset_version: Option<String>,
    /// Whatever else is said, as it is.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

/// A tile: by itself, or the root of an implicit tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tile {
    /// Where it and all below it lie.
    pub bounding_volume: BoundingVolume,
    /// Metres by which the world is wrong when this tile is drawn and not those below.
    pub geometric_error: f64,
    /// How tiles below take this one's place; those below inherit it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refine: Option<Refine>,
    /// Takes its coordinates to those of the tile around it: 4 x 4, by columns. The identity when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transform: Option<[f64; 16]>,
    /// What is drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// What is drawn, when it is more than one thing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contents: Vec<Content>,
    /// Tiles below follow from numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub implicit_tiling: Option<ImplicitTiling>,
    /// Tiles below.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Self>,
    /// Metadata, extensions and the like, as they are.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

/// Where something lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BoundingVolume {
    /// The middle and three half sides, metres.
    Box([f64; 12]),
    /// West, south, east, north in radians; least and greatest height above the ellipsoid in metres. `transform`s do
    /// not apply.
    Region([f64; 6]),
    /// The middle and the radius, metres.
    Sphere([f64; 4]),
}

/// How tiles take the place of the one above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Refine {
    /// They are drawn besides it.
    Add,
    /// They are drawn instead.
    Replace,
}

/// What is drawn for a tile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// Its address, from the tileset's; with `{level}`, `{x}`, `{y}` in implicit trees.
    pub uri: String,
    /// Where it lies, when that is less than its tile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounding_volume: Option<BoundingVolume>,
    /// Metadata, group, extensions, as they are.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

/// Tiles that follow from numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImplicitTiling {
    /// How tiles are divided.
    pub subdivision_scheme: SubdivisionScheme,
    /// Levels that there are.
    pub available_levels: u8,
    /// Levels of a subtree.
    pub subtree_levels: u8,
    /// Where subtrees are.
    pub subtrees: Subtrees,
}

/// How tiles are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SubdivisionScheme {
    /// In four, along x and y.
    Quadtree,
    /// In eight.
    Octree,
}

/// Where subtrees are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subtrees {
    /// An address with `{level}`, `{x}`, `{y}`.
    pub uri: String,
}

/// Why a text is no tileset that can be read.
#[derive(Debug, thiserror::Error)]
pub enum TilesetError {
    /// Not JSON, or not a tileset.
    #[error("no tileset: {0}")]
    Json(#[from] serde_json::Error),
    /// It says something that cannot be.
    #[error("the tileset cannot be used: {0}")]
    Content(String),
}

/// What a server tells of its world: layers, each an implicit quadtree of its own, drawn together.
#[derive(Debug, Clone, PartialEq)]
pub struct World<'a> {
    /// The layers.
    pub layers: &'a [LayerTiles],
    /// Takes its frame to Earth; none for a world of its own. See [`crate::geodesy::EastNorthUp::transform`].
    pub transform: Option<[f64; 16]>,
    /// Whose data it shows.
    pub attribution: &'a [String],
    /// glTF extensions that content uses, so that clients know before they load it.
    pub gltf_extensions: &'a [&'a str],
}

/// The tiles of a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerTiles {
    /// Part of addresses.
    pub name: String,
    /// Part of addresses: another for other content.
    pub revision: String,
    /// Where it lies, in the metres of the world's frame.
    pub bounds: Bounds,
    /// Number of levels of the quadtree.
    pub levels: u8,
    /// Levels of a subtree.
    pub subtree_levels: u8,
    /// Metres by which the layer is wrong when only its root is drawn; half as many at each level below.
    pub root_error: f64,
}

impl LayerTiles {
    /// The root of its quadtree: content at `{name}/{revision}/content/{level}/{x}/{y}.glb`, subtrees beside it.
    fn tile(&self) -> Tile {
        let address = |what: &str| {
            format!(
                "{}/{}/{what}/{{level}}/{{x}}/{{y}}",
                self.name, self.revision
            )
        };
        Tile {
            refine: Some(Refine::Replace),
            content: Some(Content {
                uri: address("content") + ".glb",
                bounding_volume: None,
                other: BTreeMap::new(),
            }),
            implicit_tiling: Some(ImplicitTiling {
                subdivision_scheme: SubdivisionScheme::Quadtree,
                available_levels: self.levels,
                subtree_levels: self.subtree_levels,
                subtrees: Subtrees {
                    uri: address("subtrees") + ".subtree",
                },
            }),
            ..Tile::new(BoundingVolume::Box(self.bounds.to_box()), self.root_error)
        }
    }
}

impl World<'_> {
    /// Its tileset: a root without content, and a child for each layer.
    pub fn tileset(&self) -> Tileset {
        let (mut used, mut other) = (Vec::new(), BTreeMap::new());
        if !self.gltf_extensions.is_empty() {
            used.push("3DTILES_content_gltf".to_owned());
            let extension = serde_json::json!({
                "3DTILES_content_gltf": { "extensionsUsed": self.gltf_extensions }
            });
            other.insert("extensions".to_owned(), extension);
        }
        if !self.attribution.is_empty() {
            let extras = serde_json::json!({ "attribution": self.attribution });
            other.insert("extras".to_owned(), extras);
        }
        let bounds = self.layers.iter().map(|layer| layer.bounds);
        let bounds = bounds.reduce(Bounds::union).unwrap_or(Bounds {
            low: [0.0; 3],
            high: [0.0; 3],
        });
        // Drawing nothing is worse than drawing the root, and without its layers the root is nothing.
        let error = bounds.diagonal();
        let versions: Vec<String> = self
            .layers
            .iter()
            .map(|layer| format!("{}-{}", layer.name, layer.revision))
            .collect();
        Tileset {
            asset: Asset {
                version: "1.1".to_owned(),
                tileset_version: Some(versions.join("+")),
                other: BTreeMap::new(),
            },
            geometric_error: error,
            root: Tile {
                refine: Some(Refine::Add),
                transform: self.transform,
                children: self.layers.iter().map(LayerTiles::tile).collect(),
                ..Tile::new(BoundingVolume::Box(bounds.to_box()), error)
            },
            extensions_used: used,
            extensions_required: Vec::new(),
            other,
        }
    }
}

impl Tile {
    /// A tile without content.
    pub fn new(bounding_volume: BoundingVolume, geometric_error: f64) -> Self {
        Self {
            bounding_volume,
            geometric_error,
            refine: None,
            transform: None,
            content: None,
            contents: Vec::new(),
            implicit_tiling: None,
            children: Vec::new(),
            other: BTreeMap::new(),
        }
    }
}

impl Tileset {
    /// The file.
    ///
    /// # Panics
    /// With a number that is not finite: JSON has none.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("plain data")
    }

    /// Reads a file, and checks what all that follows relies on.
    ///
    /// # Errors
    /// [`TilesetError`] naming what is wrong.
    pub fn from_json(text: &[u8]) -> Result<Self, TilesetError> {
        // Some writers begin with a byte order mark, which the standard forbids.
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let tileset: Self = serde_json::from_slice(text)?;
        tileset.check().map_err(TilesetError::Content)?;
        Ok(tileset)
    }

    fn check(&self) -> Result<(), String> {
        if !["1.0", "1.1"].contains(&self.asset.version.as_str()) {
            return Err(format!("its version is `{}`", self.asset.version));
        }
        let mut tiles = vec![&self.root];
        while let Some(tile) = tiles.pop() {
            tile.check()?;
            tiles.extend(&tile.children);
        }
        Ok(())
    }
}

impl Tile {
    fn check(&self) -> Result<(), String> {
        if self.geometric_error.is_nan() || self.geometric_error < 0.0 {
            return Err(format!("a geometric error is {}", self.geometric_error));
        }
        let Some(tiling) = &self.implicit_tiling else {
            return Ok(());
        };
        if tiling.subtree_levels == 0 || tiling.available_levels == 0 {
            return Err("an implicit tree has no levels".to_owned());
        }
        if !self.children.is_empty() || matches!(self.bounding_volume, BoundingVolume::Sphere(_)) {
            return Err("an implicit tree has children, or a sphere as its volume".to_owned());
        }
        let addresses = self.content.iter().map(|content| &content.uri);
        for uri in addresses.chain([&tiling.subtrees.uri]) {
            if let Some(missing) = ["{level}", "{x}", "{y}"]
                .iter()
                .find(|part| !uri.contains(*part))
            {
                return Err(format!("the address `{uri}` lacks {missing}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geodesy::EastNorthUp;

    fn world() -> Tileset {
        let layer = |name: &str, levels: u8| LayerTiles {
            name: name.to_owned(),
            bounds: Bounds {
                low: [-512.0, -512.0, 0.0],
                high: [512.0, 512.0, 100.0],
            },
            levels,
            subtree_levels: 3,
            root_error: 64.0,
            revision: "r1".to_owned(),
        };
        World {
            layers: &[layer("ground", 3), layer("houses", 6)],
            transform: Some(EastNorthUp::at(24.94, 60.17, 0.0).transform()),
            attribution: &["Someone".to_owned()],
            gltf_extensions: &["EXT_mesh_gpu_instancing"],
        }
        .tileset()
    }

    #[test]
    fn a_world_is_written_and_read() {
        let tileset = world();
        let text = tileset.to_json();
        assert_eq!(Tileset::from_json(text.as_bytes()).unwrap(), tileset);
        insta::assert_snapshot!(serde_json::to_string_pretty(&tileset).unwrap());
    }

    #[test]
    fn what_is_not_known_is_kept() {
        let text = r#"{"asset":{"version":"1.1","copyright":"us"},"geometricError":9.0,
            "root":{"boundingVolume":{"sphere":[0.0,0.0,0.0,5.0]},"geometricError":0.0,"refine":"ADD",
            "children":[{"boundingVolume":{"region":[0.0,0.0,1.0,1.0,0.0,9.0]},"geometricError":0.0,
            "metadata":{"class":"roof"}}]},"schemaUri":"schema.json"}"#;
        let tileset = Tileset::from_json(text.as_bytes()).unwrap();
        let again: Value = serde_json::from_str(&tileset.to_json()).unwrap();
        assert_eq!(again, serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let with = |change: fn(&mut Tileset)| {
            let mut tileset = world();
            change(&mut tileset);
            Tileset::from_json(tileset.to_json().as_bytes())
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            with(|tileset| tileset.asset.version = "2.0".to_owned()),
            "the tileset cannot be used: its version is `2.0`"
        );
        assert_eq!(
            with(|tileset| tileset.root.geometric_error = -1.0),
            "the tileset cannot be used: a geometric error is -1"
        );
        assert_eq!(
            with(
                |tileset| tileset.root.children[0].content.as_mut().unwrap().uri =
                    "{level}/{x}.glb".to_owned()
            ),
            "the tileset cannot be used: the address `{level}/{x}.glb` lacks {y}"
        );
        assert!(Tileset::from_json(b"{").is_err());
    }
}
