//! The worlds that are served: the current revisions, and the last ones for those who are still reading them.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use bytes::Bytes;
use gable_kernel::asset::Asset;
use gable_kernel::recipe::Recipe;
use gable_runtime::{hash, kernel_hash};
use gable_tileset::TileId;
use gable_world::{Grammar, Layer, World};

use crate::address::Place;
use crate::manifest;

/// A world and what is prepared of it once.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) world: World,
    /// `tileset.json` and its hash.
    pub(crate) tileset: Document,
    /// `manifest.json` and its hash.
    pub(crate) manifest: Document,
    /// By layer: bytes of the assets that its recipes name.
    asset_bytes: Vec<usize>,
}

/// A text that is sent as it is.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) bytes: Bytes,
    /// The first half of its SHA-256, in hexadecimal.
    pub(crate) tag: String,
}

impl Document {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        let tag = hash::hex(&hash::sha256(&bytes))[..32].to_owned();
        Self {
            bytes: bytes.into(),
            tag,
        }
    }
}

impl Served {
    pub(crate) fn new(world: World) -> Self {
        let bytes_of = |layer: &Layer| {
            let assets = layer.assets().iter();
            assets
                .filter_map(|asset| world.assets().by_hash(&asset.hash))
                .map(<[u8]>::len)
                .sum()
        };
        Self {
            asset_bytes: world.layers().iter().map(bytes_of).collect(),
            tileset: Document::new(world.tileset().to_json().into_bytes()),
            manifest: Document::new(manifest::of_world(&world)),
            world,
        }
    }
}

/// A layer of a served world.
#[derive(Debug, Clone)]
pub(crate) struct ServedLayer {
    pub(crate) served: Arc<Served>,
    number: usize,
}

impl ServedLayer {
    pub(crate) fn layer(&self) -> &Layer {
        &self.served.world.layers()[self.number]
    }

    /// What is known of a tile without making it; none where there is no content.
    pub(crate) fn tile(&self, tile: TileId) -> Option<TileFacts> {
        let recipe = self.layer().recipe(tile)?;
        let bytes = recipe.to_bytes();
        Some(TileFacts {
            hash: hash::sha256(&bytes),
            recipe_bytes: bytes.len(),
            shapes: u32::try_from(recipe.shapes.len()).unwrap_or(u32::MAX),
            module: recipe.module,
        })
    }

    /// The recipe of a tile.
    pub(crate) fn recipe(&self, tile: TileId) -> Option<Recipe> {
        self.layer().recipe(tile)
    }

    /// Bytes of all assets that its recipes name.
    pub(crate) fn asset_bytes(&self) -> usize {
        self.served.asset_bytes[self.number]
    }

    /// The grammar that a recipe names.
    pub(crate) fn grammar(&self, module: &[u8; 32]) -> Option<&Grammar> {
        self.layer()
            .grammars()
            .find(|grammar| grammar.hash() == *module)
    }
}

/// What is known of a tile without making it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TileFacts {
    /// SHA-256 of the recipe: names the content.
    pub(crate) hash: [u8; 32],
    /// Length of the recipe.
    pub(crate) recipe_bytes: usize,
    /// Its initial shapes.
    pub(crate) shapes: u32,
    /// The module that it needs.
    pub(crate) module: [u8; 32],
}

impl TileFacts {
    /// The first bytes of the hash: the tile's key for placement, and in reports of clients.
    pub(crate) fn key(&self) -> u64 {
        let mut key = [0; 8];
        key.copy_from_slice(&self.hash[..8]);
        u64::from_be_bytes(key)
    }
}

/// Revisions that are kept beside the current one, for clients that read the last `tileset.json`.
const KEPT_REVISIONS: usize = 3;

/// The worlds that are served.
#[derive(Debug, Default)]
pub(crate) struct Site {
    /// By name: the current revision first.
    worlds: RwLock<BTreeMap<String, Vec<Arc<Served>>>>,
}

impl Site {
    /// Puts a world, or its new revision, in place.
    pub(crate) fn put(&self, world: World) {
        let id = world.id().to_owned();
        let served = Arc::new(Served::new(world));
        let mut worlds = self.worlds.write().expect("no panic while it is held");
        let revisions = worlds.entry(id).or_default();
        revisions.insert(0, served);
        revisions.truncate(1 + KEPT_REVISIONS);
    }

    /// The current revisions of all worlds, by name.
    pub(crate) fn worlds(&self) -> Vec<Arc<Served>> {
        let worlds = self.worlds.read().expect("no panic while it is held");
        worlds
            .values()
            .filter_map(|revisions| revisions.first().cloned())
            .collect()
    }

    /// The current revision of a world.
    pub(crate) fn world(&self, name: &str) -> Option<Arc<Served>> {
        let worlds = self.worlds.read().expect("no panic while it is held");
        worlds.get(name)?.first().cloned()
    }

    /// A revision of a layer.
    pub(crate) fn layer(&self, place: &Place<'_>) -> Option<ServedLayer> {
        let worlds = self.worlds.read().expect("no panic while it is held");
        worlds.get(place.world)?.iter().find_map(|served| {
            let mut layers = served.world.layers().iter();
            let number = layers.position(|layer| {
                layer.name() == place.layer && layer.revision() == place.revision
            })?;
            Some(ServedLayer {
                served: served.clone(),
                number,
            })
        })
    }

    /// A module by hash: the kernel, or a grammar of any revision.
    pub(crate) fn module(&self, hash: &[u8; 32]) -> Option<Bytes> {
        if *hash == kernel_hash() {
            return Some(Bytes::from_static(gable_runtime::KERNEL));
        }
        self.find(|served| {
            let mut grammars = served.world.layers().iter().flat_map(Layer::grammars);
            let grammar = grammars.find(|grammar| grammar.hash() == *hash)?;
            Some(Bytes::copy_from_slice(grammar.wasm()))
        })
    }

    /// A prepared asset by hash.
    pub(crate) fn asset(&self, hash: &[u8; 32]) -> Option<Bytes> {
        self.find(|served| {
            served
                .world
                .assets()
                .by_hash(hash)
                .map(Bytes::copy_from_slice)
        })
    }

    /// The image inside a prepared asset, and its media type.
    pub(crate) fn texture(&self, hash: &[u8; 32]) -> Option<(Bytes, String)> {
        match Asset::from_bytes(&self.asset(hash)?).ok()? {
            Asset::Image(image) => Some((image.bytes.into(), image.media_type)),
            Asset::Model(_) => None,
        }
    }

    fn find<T>(&self, look: impl Fn(&Served) -> Option<T>) -> Option<T> {
        let worlds = self.worlds.read().expect("no panic while it is held");
        worlds.values().flatten().find_map(|served| look(served))
    }
}
