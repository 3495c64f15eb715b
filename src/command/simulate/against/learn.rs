//! The truth about tiles: their recipes come from the server, their content is made here as the server makes it. So nothing
//! is generated or kept there, and nobody's popularity changes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use gable_content::coding::Coding;
use gable_kernel::recipe::Recipe;
use gable_placement::usage::TileView;
use gable_runtime::asset::AssetStore;
use gable_runtime::{Rules, hash, kernel_hash};
use gable_session::world::World;
use gable_tiles::measure;
use gable_tileset::manifest::Resource;
use serde::{Deserialize, Serialize};

use super::remote::Remote;
use super::tiles::Chosen;
use crate::command::build;
use crate::failure::Failure;
use crate::progress::Progress;

/// A tile as it really is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Learned {
    pub(super) layer: String,
    pub(super) level: u8,
    /// Where client and server decide about it.
    pub(super) address: String,
    /// The first sixteen digits of its recipe's hash: its name in reports.
    pub(super) key: String,
    /// The module that it needs.
    pub(super) module: String,
    pub(super) shapes: u32,
    /// Bytes as they are sent.
    pub(super) recipe_bytes: u64,
    pub(super) mesh_bytes: u64,
    /// CPU seconds to make it here.
    pub(super) work: f64,
}

impl Learned {
    /// As the cost model sees it.
    #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
    pub(super) fn view(&self) -> TileView {
        TileView {
            recipe: self.recipe_bytes as f64 / 1e6,
            mesh: self.mesh_bytes as f64 / 1e6,
            work: self.work,
        }
    }
}

/// What clients need once to run recipes: a grammar's module, with kernel and assets.
#[derive(Debug)]
pub(super) struct Module {
    pub(super) sha256: String,
    /// Megabytes as they are sent.
    pub(super) megabytes: f64,
    rules: Rules,
}

/// Tiles and modules of a world.
#[derive(Debug)]
pub(super) struct LearnedWorld {
    pub(super) tiles: Vec<Learned>,
    pub(super) modules: Vec<Module>,
}

/// Learns what is not in the file yet, and writes it there.
pub(super) fn learn(
    remote: &Remote,
    world: &World,
    chosen: &[Chosen<'_>],
    file: Option<&Path>,
    progress: &Progress,
) -> Result<LearnedWorld, Failure> {
    progress.phase("fetching modules and assets");
    let cores = gable_runtime::cores();
    let engine = build::engine_for_strangers(cores)?;
    let (assets, asset_bytes) = fetch_assets(remote, world)?;
    let modules = fetch_modules(remote, world, &engine, &asset_bytes)?;
    let mut known = read(file)?;
    let done = AtomicU64::new(0);
    let total = chosen.len() as u64;
    let results = gable_runtime::in_parallel(chosen.len(), cores as usize, |number| {
        let one = &chosen[number];
        let learned = match known.get(&one.address(&world.id, "tile", "")) {
            Some(learned) => Ok(learned.clone()),
            None => learn_one(remote, world, one, (&modules, &assets)),
        };
        progress.count(done.fetch_add(1, Ordering::Relaxed) + 1, total, " learned");
        learned
    });
    let tiles: Vec<Learned> = results.into_iter().collect::<Result<_, _>>()?;
    known.extend(
        tiles
            .iter()
            .map(|tile| (tile.address.clone(), tile.clone())),
    );
    if let Some(file) = file {
        let text = serde_json::to_string(&known).expect("plain data");
        crate::command::simulate::write(file, &text)?;
    }
    Ok(LearnedWorld { tiles, modules })
}

fn read(file: Option<&Path>) -> Result<BTreeMap<String, Learned>, Failure> {
    let Some(path) = file.filter(|path| path.exists()) else {
        return Ok(BTreeMap::new());
    };
    let text =
        std::fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::Input(format!(
            "{} is nothing that --learned has written: {error}; remove it, or name another file",
            path.display()
        ))
    })
}

fn learn_one(
    remote: &Remote,
    world: &World,
    chosen: &Chosen<'_>,
    (modules, assets): (&[Module], &AssetStore),
) -> Result<Learned, Failure> {
    let path = chosen.address(&world.id, "content", ".recipe");
    let wrong = |error: String| Failure::Input(format!("{path}: {error}"));
    let answer = remote.fetch(&path)?;
    let plain = answer.plain().map_err(wrong)?;
    let recipe = Recipe::from_bytes(&plain).map_err(|error| wrong(error.to_string()))?;
    let module = hash::hex(&recipe.module);
    let found = modules.iter().find(|one| one.sha256 == module);
    let rules = &found
        .ok_or_else(|| {
            wrong("its module is not in the manifest; the world has changed, try again".to_owned())
        })?
        .rules;
    let made = measure(rules, assets, &recipe, Coding::Brotli).map_err(wrong)?;
    Ok(Learned {
        layer: chosen.layer.name.clone(),
        level: chosen.tile.level(),
        address: chosen.address(&world.id, "tile", ""),
        key: hash::hex(&hash::sha256(&plain))[..16].to_owned(),
        module,
        shapes: u32::try_from(recipe.shapes.len()).unwrap_or(u32::MAX),
        recipe_bytes: answer.bytes.len() as u64,
        mesh_bytes: made.mesh_bytes as u64,
        work: made.cpu_seconds,
    })
}

/// Assets of all layers, and the bytes of each as they are sent.
fn fetch_assets(
    remote: &Remote,
    world: &World,
) -> Result<(AssetStore, BTreeMap<String, usize>), Failure> {
    let mut assets = BTreeMap::new();
    let mut bytes = BTreeMap::new();
    for asset in world.layers.iter().flat_map(|layer| &layer.assets) {
        if !assets.contains_key(&asset.name) {
            let (plain, sent) = by_hash(remote, asset)?;
            bytes.insert(asset.sha256.clone(), sent);
            assets.insert(asset.name.clone(), plain);
        }
    }
    Ok((AssetStore::from_prepared(assets), bytes))
}

/// Modules of all layers, ready to run.
fn fetch_modules(
    remote: &Remote,
    world: &World,
    engine: &gable_runtime::Engine,
    asset_bytes: &BTreeMap<String, usize>,
) -> Result<Vec<Module>, Failure> {
    if world.kernel.sha256 != hash::hex(&kernel_hash()) {
        return Err(Failure::Input(
            "the server has another kernel than this Gable: replay with the version that serves"
                .to_owned(),
        ));
    }
    let (_, kernel) = by_hash(remote, &world.kernel)?;
    let mut modules: Vec<Module> = Vec::new();
    for layer in &world.layers {
        let assets: usize = layer
            .assets
            .iter()
            .filter_map(|asset| asset_bytes.get(&asset.sha256))
            .sum();
        for module in &layer.modules {
            if modules.iter().any(|known| known.sha256 == module.sha256) {
                continue;
            }
            let (wasm, sent) = by_hash(remote, module)?;
            #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
            let megabytes = (kernel + sent + assets) as f64 / 1e6;
            modules.push(Module {
                sha256: module.sha256.clone(),
                megabytes,
                rules: Rules::load(engine, &wasm)?,
            });
        }
    }
    Ok(modules)
}

/// What is named by its hash: itself, and its bytes as they were sent.
fn by_hash(remote: &Remote, resource: &Resource) -> Result<(Vec<u8>, usize), Failure> {
    let answer = remote.fetch(&resource.uri)?;
    let wrong = |error: &str| Failure::Input(format!("{}: {error}", resource.uri));
    let plain = answer.plain().map_err(|error| wrong(&error))?;
    if hash::hex(&hash::sha256(&plain)) != resource.sha256 {
        return Err(wrong("its bytes do not have its hash"));
    }
    Ok((plain, answer.bytes.len()))
}
