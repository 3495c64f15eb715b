//! Grammars on this machine, as their authors work on them: files are watched, what is good is shown, what is not is said.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use gable_kernel::asset::Asset;
use gable_kernel::recipe::Recipe;
use gable_model::{ImageSource, Model};
use gable_runtime::hash;
use gable_session::loader::{Origin, Pixels, read_content};
use gable_session::overrides::{Overrides, alone};
use gable_session::scenery::SET_HERE;
use gable_session::world::{Part, World};
use gable_tileset::{Subtree, TileId};
use gable_view::selection::Key;
use gable_world::{Grammar, Layer};

use super::watch::Watch;
use super::{Cores, Desk, News, Problem, Reports, Source, set, unpack};
use crate::lock;

/// Reads the world anew.
pub type Open = Box<dyn Fn() -> Result<gable_world::World, String> + Send>;

/// A world of files, read again whenever one of them changes.
#[derive(Debug)]
pub struct Workbench {
    /// None until the files are good for the first time.
    state: RwLock<Option<Arc<State>>>,
    overrides: Mutex<Overrides>,
}

#[derive(Debug)]
struct State {
    world: gable_world::World,
    told: World,
}

impl Workbench {
    /// Reads the world; what is wrong with it is not an error, but a problem.
    pub(crate) fn new(open: &Open) -> (Self, Option<Problem>) {
        let (state, problem) = read(open);
        let workbench = Self {
            state: RwLock::new(state.map(Arc::new)),
            overrides: Mutex::default(),
        };
        (workbench, problem)
    }

    /// The world as viewers see it; one without layers until it is good for the first time.
    pub(crate) fn told(&self) -> World {
        self.state()
            .map_or_else(World::default, |state| state.told.clone())
    }

    fn state(&self) -> Option<Arc<State>> {
        let state = self.state.read();
        state.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The recipe of a tile, the grammar that it is for, and whether somebody set attributes of it.
    fn recipe<'a>(
        &self,
        layer: &'a Layer,
        tile: TileId,
    ) -> Result<(Recipe, &'a Grammar, bool), String> {
        let mut recipe = layer.recipe(tile).ok_or("there is no such tile")?;
        let mut grammars = layer.grammars();
        let grammar = grammars.find(|grammar| grammar.hash() == recipe.module);
        let grammar = grammar.ok_or("its grammar is not here")?;
        let overrides = lock(&self.overrides);
        let is_set_here = overrides.concern(layer.name(), tile);
        set(&overrides, layer.name(), &mut recipe, grammar.manifest());
        Ok((recipe, grammar, is_set_here))
    }

    fn layer<T>(
        &self,
        key: Key,
        look: impl FnOnce(&State, &Layer) -> Result<T, String>,
    ) -> Result<T, String> {
        let state = self.state();
        let state = state.ok_or("there is nothing yet")?;
        let layer = state.world.layers().get(key.layer);
        look(&state, layer.ok_or("the world has lost this layer")?)
    }
}

impl Source for Workbench {
    fn subtree(&self, key: Key) -> Result<Option<Subtree>, String> {
        self.layer(key, |_, layer| Ok(layer.subtree(key.tile)))
    }

    fn tile(
        &self,
        key: Key,
        cores: &Cores,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<(Box<Model>, Origin), String> {
        let start = Instant::now();
        self.layer(key, |state, layer| {
            let (recipe, grammar, is_set_here) = self.recipe(layer, key.tile)?;
            let mut origin = Origin {
                is_generated: true,
                ..Origin::default()
            };
            if is_set_here {
                SET_HERE.clone_into(&mut origin.placement);
            }
            cores.compute(|| {
                if is_cancelled() {
                    return Err("it was cancelled".to_owned());
                }
                let begun = Instant::now();
                let content = grammar.rules().generate(&recipe, state.world.assets());
                let content = content.map_err(|error| error.to_string())?;
                let path = state.told.path(key.layer, key.tile, Part::Mesh);
                let model = read_content(&content.bytes, &path)?;
                origin.work_seconds = begun.elapsed().as_secs_f64();
                origin.seconds = start.elapsed().as_secs_f64();
                Ok((Box::new(model), origin))
            })
        })
    }

    fn reports(&self, key: Key, feature: &str, cores: &Cores) -> Result<Reports, String> {
        self.layer(key, |state, layer| {
            let (recipe, grammar, _) = self.recipe(layer, key.tile)?;
            let recipe = alone(recipe, feature)?;
            let run = || grammar.rules().generate(&recipe, state.world.assets());
            let content = cores.compute(run).map_err(|error| error.to_string())?;
            Ok(content.summary.reports)
        })
    }

    fn image(&self, source: &ImageSource, cores: &Cores) -> Result<Pixels, String> {
        let path = match source {
            ImageSource::Embedded(bytes) => return cores.compute(|| unpack(bytes)),
            ImageSource::Address(path) => path,
        };
        let state = self.state().ok_or("there is nothing yet")?;
        let name = path.rsplit('/').next().unwrap_or_default();
        let stem = name.split('.').next().unwrap_or_default();
        let asset = hash::from_hex(stem).and_then(|hash| state.world.assets().by_hash(&hash));
        let asset = asset.and_then(|bytes| Asset::from_bytes(bytes).ok());
        match asset {
            Some(Asset::Image(image)) => cores.compute(|| unpack(&image.bytes)),
            _ => Err(format!("there is no image {name}")),
        }
    }

    fn overrides(&self) -> &Mutex<Overrides> {
        &self.overrides
    }
}

/// The world, if there is anything in it to show, and what is wrong.
fn read(open: &Open) -> (Option<State>, Option<Problem>) {
    let error = |text: String| Problem {
        text,
        is_error: true,
    };
    let world = match open() {
        Ok(world) => world,
        Err(text) => return (None, Some(error(text))),
    };
    let layers = world.layers();
    let left_out: Vec<String> = layers
        .iter()
        .flat_map(|it| it.left_out().to_vec())
        .collect();
    let is_empty = |layer: &Layer| layer.feature_count() == Some(0);
    if !left_out.is_empty() && layers.iter().all(is_empty) {
        return (None, Some(error(left_out.join("\n"))));
    }
    let warnings = layers.iter().flat_map(|it| it.warnings().to_vec());
    let said: Vec<String> = left_out.into_iter().chain(warnings).collect();
    let problem = (!said.is_empty()).then(|| Problem {
        text: said.join("\n"),
        is_error: false,
    });
    match tell(&world) {
        Ok(told) => (Some(State { world, told }), problem),
        Err(text) => (None, Some(error(text))),
    }
}

fn tell(world: &gable_world::World) -> Result<World, String> {
    let manifest = serde_json::to_vec(&gable_world::manifest(world));
    let manifest = manifest.map_err(|error| error.to_string())?;
    let told = World::read(world.tileset().to_json().as_bytes(), &manifest);
    let mut told = told.map_err(|error| error.to_string())?;
    for (told, layer) in told.layers.iter_mut().zip(world.layers()) {
        // With it, what is drawn can stay until the new is there.
        told.tree.put(TileId::ROOT, layer.subtree(TileId::ROOT));
    }
    Ok(told)
}

/// Reads the world again whenever one of its files changes, or one of these, as long as somebody listens.
pub(crate) fn follow(
    workbench: &Arc<Workbench>,
    open: Open,
    rules: Vec<PathBuf>,
    desk: Desk,
) -> Result<(), String> {
    let mut watch = Watch::new().map_err(|error| error.to_string())?;
    watch.look_at(&files(workbench, &rules));
    let workbench = Arc::downgrade(workbench);
    let follow = move || {
        while let Some(written) = watch.wait() {
            let Some(workbench) = workbench.upgrade() else {
                return;
            };
            let begun = Instant::now();
            let (state, problem) = read(&open);
            tracing::debug!(milliseconds = begun.elapsed().as_millis(), "read again");
            let world = state.map(|state| {
                let told = state.told.clone();
                let mut place = workbench
                    .state
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                *place = Some(Arc::new(state));
                News::World(Box::new(told), written)
            });
            watch.look_at(&files(&workbench, &rules));
            drop(workbench);
            let news = world.into_iter().chain([News::Problem(problem)]);
            if !news.into_iter().all(|news| desk.tell(news)) {
                return;
            }
        }
    };
    let thread = std::thread::Builder::new().name("gable-watch".to_owned());
    let spawned = thread.spawn(follow).map(|_| ());
    spawned.map_err(|error| error.to_string())
}

fn files(workbench: &Workbench, rules: &[PathBuf]) -> Vec<PathBuf> {
    let state = workbench.state();
    let known = state.iter().flat_map(|state| state.world.files().to_vec());
    known.chain(rules.iter().cloned()).collect()
}
