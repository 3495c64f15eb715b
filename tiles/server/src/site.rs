//! The worlds that are served: the current revisions, and the last ones for those who are still reading them.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use bytes::Bytes;
use gable_cache::Failure;
use gable_kernel::asset::Asset;
use gable_kernel::recipe::Recipe;
use gable_placement::Origin;
use gable_runtime::asset::AssetStore;
use gable_runtime::{Rules, hash, kernel_hash};
use gable_tileset::TileId;
use gable_tileset::manifest::WorldManifest;
use gable_world::{Layer, World};

use crate::address::Place;
use crate::remote::Remote;

/// A world and what is prepared of it once.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) about: WorldManifest,
    /// `tileset.json` and its hash.
    pub(crate) tileset: Document,
    /// `manifest.json` and its hash.
    pub(crate) manifest: Document,
    pub(crate) source: Source,
    /// By layer and module: bytes that a client needs once to run such recipes.
    needs: Vec<Vec<([u8; 32], usize)>>,
}

/// Where recipes come from.
#[derive(Debug)]
pub(crate) enum Source {
    /// From a world that was opened here.
    Local(Box<World>),
    /// From an upstream server.
    Remote(Remote),
}

/// A text that is sent as it is.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) bytes: Bytes,
    pub(crate) hash: [u8; 32],
    /// The first half of its hash, in hexadecimal.
    pub(crate) tag: String,
}

impl Document {
    pub(crate) fn new(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let hash = hash::sha256(&bytes);
        let tag = hash::hex(&hash)[..32].to_owned();
        Self { bytes, hash, tag }
    }
}

impl Served {
    pub(crate) fn local(world: World) -> Self {
        for layer in world.layers() {
            if let [first, rest @ ..] = layer.left_out() {
                let (world, layer, more) = (world.id(), layer.name(), rest.len());
                tracing::warn!(world, layer, more, "a feature is left out: {first}");
            }
        }
        let about = gable_world::manifest(&world);
        let tileset = Document::new(world.tileset().to_json().into_bytes());
        let text = serde_json::to_vec(&about).expect("plain data");
        Self::new(
            about,
            tileset,
            Document::new(text),
            Source::Local(Box::new(world)),
        )
    }

    pub(crate) fn new(
        about: WorldManifest,
        tileset: Document,
        manifest: Document,
        source: Source,
    ) -> Self {
        let needs = about.layers.iter().map(|layer| {
            let assets: usize = layer.assets.iter().map(|asset| asset.bytes).sum();
            let modules = layer.modules.iter();
            let hashed =
                modules.filter_map(|module| Some((hash::from_hex(&module.sha256)?, module)));
            hashed
                .map(|(hash, module)| (hash, about.kernel.bytes + module.bytes + assets))
                .collect()
        });
        Self {
            needs: needs.collect(),
            about,
            tileset,
            manifest,
            source,
        }
    }

    /// Whom to ask for its meshes; none for what is here, or while nobody answers.
    pub(crate) fn origin(&self) -> Option<Origin> {
        match &self.source {
            Source::Local(_) => None,
            Source::Remote(remote) => remote.upstream.origin(),
        }
    }

    fn assets(&self) -> &AssetStore {
        match &self.source {
            Source::Local(world) => world.assets(),
            Source::Remote(remote) => &remote.assets,
        }
    }

    fn module(&self, hash: &[u8; 32]) -> Option<Bytes> {
        match &self.source {
            Source::Local(world) => {
                let mut grammars = world.layers().iter().flat_map(Layer::grammars);
                let grammar = grammars.find(|grammar| grammar.hash() == *hash)?;
                Some(Bytes::copy_from_slice(grammar.wasm()))
            }
            Source::Remote(remote) => remote.modules.get(hash).map(|(wasm, _)| wasm.clone()),
        }
    }
}

/// A layer of a served world.
#[derive(Debug, Clone)]
pub(crate) struct ServedLayer {
    pub(crate) served: Arc<Served>,
    pub(crate) number: usize,
}

impl ServedLayer {
    /// The module that a recipe names, ready to run; none when this server cannot run it.
    pub(crate) fn rules(&self, module: &[u8; 32]) -> Option<&Rules> {
        match &self.served.source {
            Source::Local(world) => {
                let mut grammars = world.layers()[self.number].grammars();
                let grammar = grammars.find(|grammar| grammar.hash() == *module)?;
                Some(grammar.rules())
            }
            Source::Remote(remote) => remote.modules.get(module)?.1.as_ref(),
        }
    }

    /// The address of what belongs to a tile.
    pub(crate) fn address(&self, tile: TileId, folder: &str, ending: &str) -> String {
        let about = &self.served.about;
        let layer = &about.layers[self.number];
        format!(
            "/{}/{}/{}/{folder}/{tile}{ending}",
            about.id, layer.name, layer.revision
        )
    }

    /// Whom to ask for its meshes; none for what is here, or while nobody answers.
    pub(crate) fn origin(&self) -> Option<Origin> {
        self.served.origin()
    }

    pub(crate) fn assets(&self) -> &AssetStore {
        self.served.assets()
    }

    /// Whether it comes from an upstream server.
    pub(crate) fn is_remote(&self) -> bool {
        matches!(self.served.source, Source::Remote(_))
    }

    /// Levels of its tiles.
    pub(crate) fn levels(&self) -> u8 {
        self.served.about.layers[self.number].levels
    }

    /// The modules that its recipes name.
    pub(crate) fn modules(&self) -> Vec<[u8; 32]> {
        let needs = self.served.needs[self.number].iter();
        needs.map(|(module, _)| *module).collect()
    }

    /// Bytes of what a client needs once to run a recipe with this module: kernel, module, assets.
    pub(crate) fn module_bytes(&self, module: &[u8; 32]) -> usize {
        let mut needs = self.served.needs[self.number].iter();
        needs
            .find(|(own, _)| own == module)
            .map_or(0, |(_, bytes)| *bytes)
    }
}

/// What is known of a tile without making it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TileFacts {
    /// SHA-256 of the recipe: names the content.
    pub(crate) hash: [u8; 32],
    /// Its first half in hexadecimal: begins the validators.
    digits: [u8; 32],
    /// Length of the recipe.
    pub(crate) recipe_bytes: usize,
    /// Its initial shapes.
    pub(crate) shapes: u32,
    /// The module that it needs.
    pub(crate) module: [u8; 32],
}

impl TileFacts {
    /// Of a recipe's bytes.
    ///
    /// # Errors
    /// A [`Failure`] when they are no recipe: an upstream server of another version.
    pub(crate) fn of(bytes: &[u8]) -> Result<Self, Failure> {
        let recipe = Recipe::from_bytes(bytes).map_err(|error| Failure {
            class: 502,
            text: format!("the recipe cannot be read: {error}"),
            lasting: false,
        })?;
        let hash = hash::sha256(bytes);
        let mut digits = [0; 32];
        digits.copy_from_slice(&hash::hex(&hash).as_bytes()[..32]);
        Ok(Self {
            hash,
            digits,
            recipe_bytes: bytes.len(),
            shapes: u32::try_from(recipe.shapes.len()).unwrap_or(u32::MAX),
            module: recipe.module,
        })
    }

    /// The first half of the hash in hexadecimal: begins the validators.
    pub(crate) fn digits(&self) -> &str {
        str::from_utf8(&self.digits).unwrap_or_default()
    }

    /// The first bytes of the hash: the tile's key for placement, and in reports of clients.
    pub(crate) fn key(&self) -> u64 {
        hash::key(&self.hash)
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
    pub(crate) fn put(&self, served: Served) {
        let mut worlds = self.worlds.write().expect("no panic while it is held");
        let revisions = worlds.entry(served.about.id.clone()).or_default();
        revisions.insert(0, Arc::new(served));
        revisions.truncate(1 + KEPT_REVISIONS);
    }

    /// The current revisions of all worlds, by name.
    pub(crate) fn worlds(&self) -> Vec<Arc<Served>> {
        let worlds = self.worlds.read().expect("no panic while it is held");
        let current = worlds.values().filter_map(|revisions| revisions.first());
        current.cloned().collect()
    }

    /// Their names.
    pub(crate) fn names(&self) -> Vec<String> {
        let worlds = self.worlds();
        worlds
            .iter()
            .map(|served| served.about.id.clone())
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
            let mut layers = served.about.layers.iter();
            let number = layers
                .position(|layer| layer.name == place.layer && layer.revision == place.revision)?;
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
        self.find(|served| served.module(hash))
    }

    /// A prepared asset by hash.
    pub(crate) fn asset(&self, hash: &[u8; 32]) -> Option<Bytes> {
        self.find(|served| served.assets().by_hash(hash).map(Bytes::copy_from_slice))
    }

    /// The image inside a prepared asset, and its media type.
    pub(crate) fn texture(&self, hash: &[u8; 32]) -> Option<(Bytes, String)> {
        match Asset::from_bytes(&self.asset(hash)?).ok()? {
            Asset::Image(image) => Some((image.bytes.into(), image.media_type)),
            Asset::Model(_) | Asset::Text(_) | Asset::Table(_) => None,
        }
    }

    fn find<T>(&self, look: impl Fn(&Served) -> Option<T>) -> Option<T> {
        let worlds = self.worlds.read().expect("no panic while it is held");
        worlds.values().flatten().find_map(|served| look(served))
    }
}
