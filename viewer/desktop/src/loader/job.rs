//! One thing to fetch, and what becomes of it.

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use gable_kernel::recipe::Recipe;
use gable_model::{ImageSource, Model};
use gable_runtime::hash;
use gable_session::loader::{Event, Origin, Pixels};
use gable_session::world::{Part, resolve};
use gable_tileset::Subtree;
use gable_view::selection::Key;

use super::Shared;
use crate::connection::{Answer, ConnectionError};

const RECIPE_TYPE: &str = "application/vnd.gable.recipe";
const MESH_TYPE: &str = "model/gltf-binary";
/// Content never unpacks to more bytes.
const LARGEST_MODEL: usize = 512 << 20;
/// Images are never larger: pixels along a side.
const LARGEST_IMAGE: u32 = 8192;

/// One thing to fetch.
#[derive(Debug)]
pub(super) enum Job {
    Subtree(Key),
    /// A tile, and whether it was cancelled.
    Tile(Key, Arc<AtomicBool>),
    Image(ImageSource),
}

impl Job {
    /// Does it; nothing comes of what was cancelled.
    pub(super) fn run(self, shared: &Shared) -> Option<Event> {
        match self {
            Self::Subtree(key) => Some(Event::Subtree(key, subtree(shared, key))),
            Self::Tile(key, flag) => {
                let is_cancelled = || flag.load(Ordering::Relaxed);
                let tile = Tile {
                    shared,
                    key,
                    is_cancelled: &is_cancelled,
                };
                let made = tile.make();
                (!is_cancelled()).then_some(Event::Tile(key, made))
            }
            Self::Image(source) => {
                let pixels = image(shared, &source);
                Some(Event::Image(source, pixels))
            }
        }
    }
}

fn subtree(shared: &Shared, key: Key) -> Result<Option<Subtree>, String> {
    let path = shared.world.path(key.layer, key.tile, Part::Subtree);
    match shared.connection.get(&path) {
        Ok(answer) => {
            let levels = shared.world.layers[key.layer].tree.subtree_levels();
            let subtree = Subtree::from_bytes(&answer.bytes, levels);
            subtree
                .map(Some)
                .map_err(|error| format!("{path}: {error}"))
        }
        Err(ConnectionError::Refused { status: 404, .. }) => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

struct Tile<'a> {
    shared: &'a Shared,
    key: Key,
    is_cancelled: &'a dyn Fn() -> bool,
}

impl Tile<'_> {
    fn make(&self) -> Result<(Box<Model>, Origin), String> {
        let start = Instant::now();
        let answer = self.ask()?;
        let mut origin = Origin {
            placement: answer.placement.clone(),
            wire_bytes: answer.wire_bytes,
            ..Origin::default()
        };
        let (model, seconds) = if answer.media_type == RECIPE_TYPE {
            origin.is_generated = true;
            match self.generate(&answer) {
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
        origin.seconds = start.elapsed().as_secs_f64();
        Ok((Box::new(model), origin))
    }

    fn ask(&self) -> Result<Answer, String> {
        let Shared {
            connection,
            world,
            kit,
            ..
        } = self.shared;
        if !kit.fits(world) {
            return self.fetch(Part::Mesh, &[("accept", MESH_TYPE)]);
        }
        let accept = format!("{RECIPE_TYPE}, {MESH_TYPE};q=0.5");
        let said = connection.statement().say();
        self.fetch(
            Part::Decision,
            &[("accept", &accept), ("gable-client", &said)],
        )
    }

    fn fetch(&self, part: Part, headers: &[(&str, &str)]) -> Result<Answer, String> {
        let path = self.shared.world.path(self.key.layer, self.key.tile, part);
        let answer = self
            .shared
            .connection
            .ask(&path, headers, self.is_cancelled);
        answer.map_err(|error| error.to_string())
    }

    /// Runs a recipe; the seconds that it took.
    fn generate(&self, answer: &Answer) -> Result<(Model, f64), String> {
        let Shared {
            connection,
            world,
            kit,
            cores,
            ..
        } = self.shared;
        let layer = &world.layers[self.key.layer];
        let recipe = Recipe::from_bytes(&answer.bytes).map_err(|error| error.to_string())?;
        let wanted = hash::hex(&recipe.module);
        let module = layer.modules.iter().find(|module| module.sha256 == wanted);
        let module = module.ok_or("the recipe needs a module that the layer does not have")?;
        let rules = kit
            .rules(connection, module)
            .map_err(|error| error.to_string())?;
        let assets = kit.assets(connection, &layer.name, &layer.assets);
        let assets = assets.map_err(|error| error.to_string())?;
        cores.compute(|| {
            if (self.is_cancelled)() {
                return Err("it was cancelled".to_owned());
            }
            let start = Instant::now();
            let content = rules
                .generate(&recipe, &assets)
                .map_err(|error| error.to_string())?;
            let seconds = start.elapsed().as_secs_f64();
            let recipe = answer.tag.get(..16).unwrap_or_default();
            connection.statement().generated(recipe, seconds);
            Ok((self.read(&content.bytes)?, seconds))
        })
    }

    /// Unpacks a mesh; the seconds that it took.
    fn decode(&self, answer: &Answer) -> Result<(Model, f64), String> {
        self.shared.cores.compute(|| {
            let start = Instant::now();
            let model = self.read(&answer.bytes)?;
            Ok((model, start.elapsed().as_secs_f64()))
        })
    }

    fn read(&self, bytes: &[u8]) -> Result<Model, String> {
        let path = self
            .shared
            .world
            .path(self.key.layer, self.key.tile, Part::Mesh);
        let model = Model::from_glb(bytes, LARGEST_MODEL);
        let mut model = model.map_err(|error| format!("{path}: {error}"))?;
        for image in &mut model.images {
            if let ImageSource::Address(address) = image {
                *address = resolve(&path, address);
            }
        }
        Ok(model)
    }
}

fn image(shared: &Shared, source: &ImageSource) -> Result<Pixels, String> {
    match source {
        ImageSource::Embedded(bytes) => unpack(bytes),
        ImageSource::Address(path) if path.starts_with('/') => {
            let answer = shared.connection.get(path);
            let answer = answer.map_err(|error| error.to_string())?;
            shared.cores.compute(|| unpack(&answer.bytes))
        }
        ImageSource::Address(other) => Err(format!("{other} is not on this server")),
    }
}

fn unpack(bytes: &[u8]) -> Result<Pixels, String> {
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(LARGEST_IMAGE);
    limits.max_image_height = Some(LARGEST_IMAGE);
    let reader = image::ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let mut reader = reader.map_err(|error| error.to_string())?;
    reader.limits(limits);
    let image = reader
        .decode()
        .map_err(|error| error.to_string())?
        .into_rgba8();
    Ok(Pixels {
        width: image.width(),
        height: image.height(),
        rgba: image.into_raw(),
    })
}
