//! A world of a server: recipes or meshes, as each answer says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use gable_kernel::recipe::Recipe;
use gable_model::{ImageSource, Model};
use gable_runtime::{Content, Rules, hash};
use gable_session::loader::{Origin, Pixels, read_content};
use gable_session::overrides::{Overrides, alone};
use gable_session::scenery::SET_HERE;
use gable_session::world::{Layer, Part, World};
use gable_tileset::{Subtree, TileId};
use gable_view::selection::Key;

use super::{Cores, Desk, News, Problem, Reports, Source, set, unpack};
use crate::connection::{Answer, Connection, ConnectionError};
use crate::kit::Kit;
use crate::lock;

const RECIPE_TYPE: &str = "application/vnd.gable.recipe";
const MESH_TYPE: &str = "model/gltf-binary";
/// How often the server is asked whether the world has changed.
const ASK: Duration = Duration::from_secs(1);
/// Recipes that are kept while attributes are set.
const MOST_RECIPES: usize = 512;

/// A world of a server.
#[derive(Debug)]
pub struct Remote {
    connection: Arc<Connection>,
    kit: Arc<Kit>,
    world: RwLock<Arc<World>>,
    overrides: Mutex<Overrides>,
    /// By path: what changes attributes again and again fetches once.
    recipes: Mutex<BTreeMap<String, Arc<Recipe>>>,
}

impl Remote {
    pub(crate) fn new(connection: Arc<Connection>, kit: Arc<Kit>, world: World) -> Self {
        Self {
            connection,
            kit,
            world: RwLock::new(Arc::new(world)),
            overrides: Mutex::default(),
            recipes: Mutex::default(),
        }
    }

    fn world(&self) -> Arc<World> {
        let world = self.world.read();
        world.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Source for Remote {
    fn subtree(&self, key: Key) -> Result<Option<Subtree>, String> {
        subtree(&self.connection, &self.world(), key)
    }

    fn tile(
        &self,
        key: Key,
        cores: &Cores,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<(Box<Model>, Origin), String> {
        let tile = Tile {
            remote: self,
            world: self.world(),
            cores,
            key,
            is_cancelled,
        };
        tile.make()
    }

    fn reports(&self, key: Key, feature: &str, cores: &Cores) -> Result<Reports, String> {
        let tile = Tile {
            remote: self,
            world: self.world(),
            cores,
            key,
            is_cancelled: &|| false,
        };
        tile.reports(feature)
    }

    fn image(&self, source: &ImageSource, cores: &Cores) -> Result<Pixels, String> {
        match source {
            ImageSource::Embedded(bytes) => cores.compute(|| unpack(bytes)),
            ImageSource::Address(path) if path.starts_with('/') => {
                let answer = self.connection.get(path);
                let answer = answer.map_err(|error| error.to_string())?;
                cores.compute(|| unpack(&answer.bytes))
            }
            ImageSource::Address(other) => Err(format!("{other} is not on this server")),
        }
    }

    fn overrides(&self) -> &Mutex<Overrides> {
        &self.overrides
    }

    fn received(&self) -> u64 {
        self.connection.received()
    }
}

fn subtree(connection: &Connection, world: &World, key: Key) -> Result<Option<Subtree>, String> {
    let layer = layer(world, key)?;
    let path = world.path(key.layer, key.tile, Part::Subtree);
    match connection.get(&path) {
        Ok(answer) => {
            let subtree = Subtree::from_bytes(&answer.bytes, layer.tree.subtree_levels());
            subtree
                .map(Some)
                .map_err(|error| format!("{path}: {error}"))
        }
        Err(ConnectionError::Refused { status: 404, .. }) => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

fn layer(world: &World, key: Key) -> Result<&Layer, String> {
    let layer = world.layers.get(key.layer);
    layer.ok_or_else(|| "the world has changed, and lost this layer".to_owned())
}

struct Tile<'a> {
    remote: &'a Remote,
    world: Arc<World>,
    cores: &'a Cores,
    key: Key,
    is_cancelled: &'a dyn Fn() -> bool,
}

impl Tile<'_> {
    fn make(&self) -> Result<(Box<Model>, Origin), String> {
        let start = Instant::now();
        let layer = layer(&self.world, self.key)?;
        let concern = |overrides: &Overrides| overrides.concern(&layer.name, self.key.tile);
        let is_set_here = self.fits() && concern(&lock(&self.remote.overrides));
        let (model, mut origin) = if is_set_here {
            self.set_here(layer)?
        } else {
            self.as_served()?
        };
        origin.seconds = start.elapsed().as_secs_f64();
        Ok((Box::new(model), origin))
    }

    fn fits(&self) -> bool {
        self.remote.kit.fits(&self.world)
    }

    /// As the server decides.
    fn as_served(&self) -> Result<(Model, Origin), String> {
        let answer = self.ask()?;
        let mut origin = Origin {
            placement: answer.placement.clone(),
            wire_bytes: answer.wire_bytes,
            ..Origin::default()
        };
        let (model, seconds) = if answer.media_type == RECIPE_TYPE {
            origin.is_generated = true;
            match self.generate_answer(&answer) {
                Ok(made) => made,
                Err(why) if (self.is_cancelled)() => return Err(why),
                Err(why) => {
                    tracing::warn!(tile = %self.key.tile, why, "the mesh is fetched instead");
                    origin.is_generated = false;
                    let mesh = self.fetch(Part::Mesh, &[("accept", MESH_TYPE)])?;
                    origin.wire_bytes += mesh.wire_bytes;
                    self.decode(&mesh)?
                }
            }
        } else {
            self.decode(&answer)?
        };
        origin.work_seconds = seconds;
        Ok((model, origin))
    }

    /// What the grammar reports of a feature.
    fn reports(&self, feature: &str) -> Result<Reports, String> {
        if !self.fits() {
            return Err("the server has another kernel".to_owned());
        }
        let (recipe, _) = self.recipe_set_here(layer(&self.world, self.key)?)?;
        let reports = |content: Content| Ok(content.summary.reports);
        Ok(self.run(&alone(recipe, feature)?, reports)?.0)
    }

    /// Its recipe with what somebody set here, and the bytes that came for it now.
    fn recipe_set_here(&self, layer: &Layer) -> Result<(Recipe, u64), String> {
        let (recipe, wire_bytes) = self.recipe()?;
        let mut recipe = Recipe::clone(&recipe);
        let rules = self.rules(&recipe)?;
        let overrides = lock(&self.remote.overrides);
        set(&overrides, &layer.name, &mut recipe, rules.manifest());
        Ok((recipe, wire_bytes))
    }

    /// With attributes that somebody set here: nobody else can make it.
    fn set_here(&self, layer: &Layer) -> Result<(Model, Origin), String> {
        let (recipe, wire_bytes) = self.recipe_set_here(layer)?;
        let (model, work_seconds) = self.generate(&recipe)?;
        let origin = Origin {
            is_generated: true,
            placement: SET_HERE.to_owned(),
            wire_bytes,
            work_seconds,
            ..Origin::default()
        };
        Ok((model, origin))
    }

    /// Its recipe, and the bytes that came for it now.
    fn recipe(&self) -> Result<(Arc<Recipe>, u64), String> {
        let path = self.world.path(self.key.layer, self.key.tile, Part::Recipe);
        if let Some(recipe) = lock(&self.remote.recipes).get(&path) {
            return Ok((recipe.clone(), 0));
        }
        let answer = self.fetch(Part::Recipe, &[("accept", RECIPE_TYPE)])?;
        let recipe = Recipe::from_bytes(&answer.bytes).map_err(|error| error.to_string())?;
        let recipe = Arc::new(recipe);
        let mut recipes = lock(&self.remote.recipes);
        if recipes.len() >= MOST_RECIPES {
            recipes.clear();
        }
        recipes.insert(path, recipe.clone());
        Ok((recipe, answer.wire_bytes))
    }

    fn ask(&self) -> Result<Answer, String> {
        if !self.fits() {
            return self.fetch(Part::Mesh, &[("accept", MESH_TYPE)]);
        }
        let accept = format!("{RECIPE_TYPE}, {MESH_TYPE};q=0.5");
        let said = {
            let mut statement = self.remote.connection.statement();
            statement.ready = self.remote.kit.ready();
            statement.say()
        };
        self.fetch(
            Part::Decision,
            &[("accept", &accept), ("gable-client", &said)],
        )
    }

    fn fetch(&self, part: Part, headers: &[(&str, &str)]) -> Result<Answer, String> {
        let path = self.world.path(self.key.layer, self.key.tile, part);
        let answer = self
            .remote
            .connection
            .ask(&path, headers, self.is_cancelled);
        answer.map_err(|error| error.to_string())
    }

    /// Runs a recipe that came as an answer; the seconds that it took.
    fn generate_answer(&self, answer: &Answer) -> Result<(Model, f64), String> {
        let recipe = Recipe::from_bytes(&answer.bytes).map_err(|error| error.to_string())?;
        let (model, seconds) = self.generate(&recipe)?;
        let tag = answer.tag.get(..16).unwrap_or_default();
        self.remote.connection.statement().generated(tag, seconds);
        Ok((model, seconds))
    }

    fn rules(&self, recipe: &Recipe) -> Result<Arc<Rules>, String> {
        let wanted = hash::hex(&recipe.module);
        let layer = layer(&self.world, self.key)?;
        let mut modules = layer.modules.iter();
        let module = modules.find(|module| module.sha256 == wanted);
        let module = module.ok_or("the recipe needs a module that the layer does not have")?;
        let rules = self.remote.kit.rules(&self.remote.connection, module);
        rules.map_err(|error| error.to_string())
    }

    /// Runs a recipe and reads its content; the seconds that it took to run.
    fn generate(&self, recipe: &Recipe) -> Result<(Model, f64), String> {
        self.run(recipe, |content| self.read(&content.bytes))
    }

    /// Runs a recipe, and does something with its content on the same core; the seconds that it took to run.
    fn run<T>(
        &self,
        recipe: &Recipe,
        then: impl FnOnce(Content) -> Result<T, String>,
    ) -> Result<(T, f64), String> {
        let rules = self.rules(recipe)?;
        let layer = layer(&self.world, self.key)?;
        let assets = self.remote.kit.assets(&self.remote.connection, layer);
        let assets = assets.map_err(|error| error.to_string())?;
        self.cores.compute(|| {
            if (self.is_cancelled)() {
                return Err("it was cancelled".to_owned());
            }
            let start = Instant::now();
            let content = rules.generate(recipe, &assets);
            let content = content.map_err(|error| error.to_string())?;
            let seconds = start.elapsed().as_secs_f64();
            Ok((then(content)?, seconds))
        })
    }

    /// Unpacks a mesh; the seconds that it took.
    fn decode(&self, answer: &Answer) -> Result<(Model, f64), String> {
        self.cores.compute(|| {
            let start = Instant::now();
            let model = self.read(&answer.bytes)?;
            Ok((model, start.elapsed().as_secs_f64()))
        })
    }

    fn read(&self, bytes: &[u8]) -> Result<Model, String> {
        let path = self.world.path(self.key.layer, self.key.tile, Part::Mesh);
        read_content(bytes, &path)
    }
}

/// Asks the server again and again whether the world has changed since it had this tag, or is there at all, as long as
/// somebody listens.
pub(crate) fn follow(remote: &Arc<Remote>, mut tag: String, desk: Desk) -> std::io::Result<()> {
    let remote = Arc::downgrade(remote);
    let follow = move || {
        let mut was_there = true;
        loop {
            std::thread::sleep(ASK);
            let Some(remote) = remote.upgrade() else {
                return;
            };
            let looked = look(&remote, &mut tag);
            drop(remote);
            let is_there = looked.is_ok();
            let (problem, world) = match looked {
                Ok(world) => ((!was_there).then_some(None), world),
                Err(error) => (was_there.then(|| Some(silent(&error))), None),
            };
            was_there = is_there;
            let problem = problem.map(News::Problem);
            let world = world.map(|world| News::World(Box::new(world), None));
            if !problem.into_iter().chain(world).all(|news| desk.tell(news)) {
                return;
            }
        }
    };
    let thread = std::thread::Builder::new().name("gable-follow".to_owned());
    thread.spawn(follow).map(|_| ())
}

fn silent(error: &ConnectionError) -> Problem {
    Problem {
        text: format!("{error}\nWhat is here stays; the server is asked again each second."),
        is_error: true,
    }
}

/// The world, if it is not what it was.
fn look(remote: &Remote, tag: &mut String) -> Result<Option<World>, ConnectionError> {
    let Remote { connection, .. } = remote;
    let old = remote.world();
    let path = format!("/{}/manifest.json", old.id);
    let known = format!("\"{tag}\"");
    match connection.ask(&path, &[("if-none-match", &known)], &|| false) {
        Err(ConnectionError::Refused { status: 304, .. }) => return Ok(None),
        answer => answer?,
    };
    let (mut world, new) = connection.world(&old.id)?;
    *tag = new;
    let before: Vec<_> = old
        .layers
        .iter()
        .map(|it| (&it.name, &it.revision))
        .collect();
    let is_known = |layer: &Layer| before.contains(&(&layer.name, &layer.revision));
    if world.layers.len() == before.len() && world.layers.iter().all(is_known) {
        return Ok(None);
    }
    for number in 0..world.layers.len() {
        let key = Key {
            layer: number,
            tile: TileId::ROOT,
        };
        // With it, what is drawn can stay until the new is there.
        if let Ok(subtree) = subtree(connection, &world, key) {
            world.layers[number].tree.put(TileId::ROOT, subtree);
        }
    }
    lock(&remote.recipes).clear();
    *remote.world.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(world.clone());
    Ok(Some(world))
}
