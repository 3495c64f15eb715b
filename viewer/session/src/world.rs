//! What a viewer knows of a world before it sees a tile: `tileset.json` and `manifest.json`.

use gable_tileset::manifest::{LayerManifest, Resource, WorldManifest};
use gable_tileset::{BoundingVolume, Bounds, ImplicitTiling, Tile, TileId, Tileset};
use gable_view::tree::Tree;

/// A world as its server describes it; by default one without anything.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// Its name in addresses.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Whose data it shows.
    pub attribution: Vec<String>,
    /// The kernel that its recipes need.
    pub kernel: Resource,
    /// Its layers.
    pub layers: Vec<Layer>,
}

/// A layer of a world.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// Changes with its content.
    pub revision: String,
    /// Where its tiles are.
    pub tree: Tree,
    /// Where its tiles lie.
    pub bounds: Bounds,
    /// Where its content lies, if that is known.
    pub extent: Option<Bounds>,
    /// Grammars that its recipes need.
    pub modules: Vec<Resource>,
    /// Assets that they need.
    pub assets: Vec<Resource>,
    /// What its grammar lets one set, for user interfaces.
    pub attributes: serde_json::Value,
}

/// Why a world cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    /// It is not the JSON that it should be.
    #[error("{file} cannot be read: {why}")]
    Unreadable {
        /// Which file.
        file: &'static str,
        /// Why.
        why: String,
    },
    /// It says something that does not fit.
    #[error("{file} does not fit: {why}; is this a Gable server of this version?")]
    Unfit {
        /// Which file.
        file: &'static str,
        /// Why.
        why: String,
    },
}

const TILESET: &str = "tileset.json";
const MANIFEST: &str = "manifest.json";
/// Subtrees of more levels are not read.
const MOST_SUBTREE_LEVELS: u8 = 10;

impl World {
    /// From what is at `/{world}/tileset.json` and `/{world}/manifest.json`.
    ///
    /// # Errors
    /// [`WorldError`] when they are not what they should be, or not of the same revision.
    pub fn read(tileset: &[u8], manifest: &[u8]) -> Result<Self, WorldError> {
        let manifest: WorldManifest =
            serde_json::from_slice(manifest).map_err(|error| unreadable(MANIFEST, &error))?;
        let tileset = Tileset::from_json(tileset).map_err(|error| unreadable(TILESET, &error))?;
        let layers = manifest.layers.into_iter().map(|layer| {
            let start = format!("{}/{}/", layer.name, layer.revision);
            let mut tiles = tileset.root.children.iter();
            let is_it = |tile: &&Tile| {
                let content = tile.content.as_ref();
                content.is_some_and(|content| content.uri.starts_with(&start))
            };
            let tile = tiles.find(is_it);
            let tile =
                tile.ok_or_else(|| unfit(TILESET, &format!("it lacks the layer {start}")))?;
            read_layer(layer, tile)
        });
        Ok(Self {
            id: manifest.id,
            name: manifest.name,
            attribution: manifest.attribution,
            kernel: manifest.kernel,
            layers: layers.collect::<Result<_, _>>()?,
        })
    }

    /// The path of a tile's decision, mesh, recipe or subtree, as [`Part`] says.
    #[must_use]
    pub fn path(&self, layer: usize, tile: TileId, part: Part) -> String {
        let Layer { name, revision, .. } = &self.layers[layer];
        let (folder, ending) = match part {
            Part::Decision => ("tile", ""),
            Part::Mesh => ("content", ".glb"),
            Part::Recipe => ("content", ".recipe"),
            Part::Subtree => ("subtrees", ".subtree"),
        };
        format!("/{}/{name}/{revision}/{folder}/{tile}{ending}", self.id)
    }

    /// The box around what people want to see: what is known of content, else all tiles.
    #[must_use]
    pub fn extent(&self) -> Option<Bounds> {
        let extents = self.layers.iter().filter_map(|layer| layer.extent);
        extents.reduce(Bounds::union).or_else(|| self.bounds())
    }

    /// Height of the lowest content, or of the tiles where no more is known; metres.
    #[must_use]
    pub fn floor(&self) -> Option<f64> {
        let layers = self.layers.iter();
        let floors = layers.map(|layer| layer.extent.unwrap_or(layer.bounds).low[2]);
        floors.reduce(f64::min)
    }

    /// The box around the tiles of all layers.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        let bounds = self.layers.iter().map(|layer| layer.bounds);
        bounds.reduce(Bounds::union)
    }
}

/// The path that an address in a file means, which may be relative to the path of the file; what leads elsewhere stays as
/// it is.
#[must_use]
pub fn resolve(file: &str, address: &str) -> String {
    if address.starts_with('/') || address.contains("://") || address.starts_with("data:") {
        return address.to_owned();
    }
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in address.split('/') {
        match part {
            "." => {}
            ".." if parts.len() > 1 => _ = parts.pop(),
            ".." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// What can be asked for of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Recipe or mesh, as the server decides.
    Decision,
    /// The mesh.
    Mesh,
    /// The recipe.
    Recipe,
    /// The subtree that begins there.
    Subtree,
}

fn read_layer(layer: LayerManifest, tile: &Tile) -> Result<Layer, WorldError> {
    let wrong = |why: &str| unfit(TILESET, &format!("the layer {}: {why}", layer.name));
    let BoundingVolume::Box(numbers) = &tile.bounding_volume else {
        return Err(wrong("its tiles lie in no box"));
    };
    let bounds = Bounds::from_box(numbers).ok_or_else(|| wrong("its box is turned"))?;
    let tiling = tile.implicit_tiling.as_ref();
    let Some(&ImplicitTiling {
        available_levels: levels,
        subtree_levels,
        ..
    }) = tiling
    else {
        return Err(wrong("it has no implicit tiling"));
    };
    let good = levels <= TileId::DEEPEST + 1
        && (1..=MOST_SUBTREE_LEVELS).contains(&subtree_levels)
        && tile.geometric_error.is_finite();
    if !good {
        return Err(wrong("its levels are too many, or its error is no number"));
    }
    Ok(Layer {
        tree: Tree::new(bounds, levels, subtree_levels, tile.geometric_error),
        bounds,
        extent: layer.extent.map(|[low, high]| Bounds { low, high }),
        name: layer.name,
        revision: layer.revision,
        modules: layer.modules,
        assets: layer.assets,
        attributes: layer.attributes,
    })
}

fn unreadable(file: &'static str, error: &dyn std::fmt::Display) -> WorldError {
    let why = error.to_string();
    WorldError::Unreadable { file, why }
}

fn unfit(file: &'static str, why: &str) -> WorldError {
    let why = why.to_owned();
    WorldError::Unfit { file, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_relative_to_their_file() {
        let file = "/city/houses/0a1b/content/3/4/5.glb";
        let texture = resolve(file, "../../../../../assets/ab.png");
        assert_eq!(texture, "/city/assets/ab.png");
        assert_eq!(
            resolve(file, "./6.glb"),
            "/city/houses/0a1b/content/3/4/6.glb"
        );
        assert_eq!(resolve(file, "/x.png"), "/x.png");
        assert_eq!(resolve("/a", "../../../b"), "/b");
        assert_eq!(resolve(file, "https://e.org/x.png"), "https://e.org/x.png");
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let manifest = r#"{"id":"w","name":"W","description":"","attribution":[],"layers":[
            {"name":"a","revision":"1","levels":3,"features":null,"tile":"","content":"","recipe":"",
            "modules":[],"assets":[],"attributes":[]}],
            "kernel":{"sha256":"","uri":"","bytes":0}}"#;
        let bounds = Bounds {
            low: [0.0; 3],
            high: [8.0; 3],
        };
        let layer = gable_tileset::LayerTiles {
            name: "a".to_owned(),
            revision: "1".to_owned(),
            bounds,
            levels: 3,
            subtree_levels: 2,
            root_error: 4.0,
        };
        let tileset = |layer| {
            let world = gable_tileset::World {
                layers: &[layer],
                transform: None,
                attribution: &[],
                gltf_extensions: &[],
            };
            world.tileset().to_json()
        };
        let other = gable_tileset::LayerTiles {
            revision: "2".to_owned(),
            ..layer.clone()
        };
        let world = World::read(tileset(layer).as_bytes(), manifest.as_bytes()).unwrap();
        assert_eq!(world.bounds(), Some(bounds));
        let tile = "2/1/3".parse().unwrap();
        assert_eq!(world.path(0, tile, Part::Decision), "/w/a/1/tile/2/1/3");
        assert_eq!(
            world.path(0, tile, Part::Subtree),
            "/w/a/1/subtrees/2/1/3.subtree"
        );
        let error = World::read(tileset(other).as_bytes(), manifest.as_bytes()).unwrap_err();
        assert!(
            error.to_string().contains("lacks the layer a/1/"),
            "{error}"
        );
        let error = World::read(b"{", manifest.as_bytes()).unwrap_err();
        assert!(
            error.to_string().contains("tileset.json cannot be read"),
            "{error}"
        );
    }
}
