//! A look at one tile of each layer and level before anybody asks: else the first clients are answered by a guess of what
//! such tiles cost, and grammars differ by a hundred times. Edges below this server read what it saw: `costs.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gable_content::coding::Coding;
use gable_tileset::TileId;
use gable_world::{Layer, World};
use serde::{Deserialize, Serialize};

use crate::measure::measure;
use crate::service::{Service, layer_key};
use crate::site::{Served, ServedLayer, Source};
use crate::workshop::thread_seconds;

/// CPU seconds that looks may take at a time, on one thread.
const MOST_SECONDS: f64 = 2.0;
/// How often worlds are looked at, and by how much longer than it took.
const PAUSE: Duration = Duration::from_millis(500);
const REST: f64 = 4.0;

/// What one tile of each layer and level takes, of those that were looked at.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// By [`layer_key`]; none where there is nothing to see.
    looks: Mutex<BTreeMap<u64, Option<Look>>>,
}

/// What one tile takes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Look {
    /// Its initial shapes.
    pub(crate) shapes: u32,
    /// Bytes of its mesh as it is sent.
    pub(crate) mesh_bytes: u64,
    /// CPU seconds to generate, pack and code it.
    pub(crate) seconds: f64,
}

/// `costs.json` of a world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Costs {
    /// CPU seconds of the calibration run on the same machine, once it was made.
    pub(crate) calibration_seconds: Option<f64>,
    /// Every layer and level was looked at.
    pub(crate) complete: bool,
    /// One tile of each that has any.
    pub(crate) tiles: Vec<Cost>,
}

/// A tile of one layer and level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cost {
    pub(crate) layer: String,
    pub(crate) revision: String,
    pub(crate) level: u8,
    #[serde(flatten)]
    pub(crate) look: Look,
}

/// A layer and level of a world: its tiles are alike.
#[derive(Debug, Clone, Copy)]
struct Kind {
    /// Of the layer.
    number: usize,
    level: u8,
    key: u64,
}

fn kinds(served: &Served) -> impl Iterator<Item = Kind> {
    let layers = served.about.layers.iter().enumerate();
    layers.flat_map(|(number, layer)| {
        (0..layer.levels).map(move |level| Kind {
            number,
            level,
            key: layer_key(&layer.revision, level),
        })
    })
}

impl Survey {
    fn is_seen(&self, key: u64) -> bool {
        self.looks().contains_key(&key)
    }

    fn looks(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Option<Look>>> {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service {
    /// Looks at whatever is new in the worlds from here, as long as the service lives. Blocks.
    pub(crate) fn keep_looking(self: Arc<Self>) {
        let service = Arc::downgrade(&self);
        drop(self);
        while let Some(service) = service.upgrade() {
            let start = thread_seconds();
            service.survey();
            drop(service);
            let took = Duration::from_secs_f64((thread_seconds() - start).max(0.0));
            std::thread::sleep(PAUSE.max(took.mul_f64(REST)));
        }
    }

    /// Makes a tile of each kind of which none was looked at yet, coarse ones first, and keeps none of them; stops after
    /// two seconds. Blocks.
    pub(crate) fn survey(&self) {
        let start = thread_seconds();
        let worlds = self.site.worlds();
        let current: BTreeSet<u64> = worlds
            .iter()
            .flat_map(|served| kinds(served))
            .map(|kind| kind.key)
            .collect();
        self.survey.looks().retain(|key, _| current.contains(key));
        for served in worlds {
            let Source::Local(world) = &served.source else {
                continue;
            };
            for kind in kinds(&served) {
                if thread_seconds() - start > MOST_SECONDS {
                    return;
                }
                if !self.survey.is_seen(kind.key) {
                    self.looked(kind.key, look(&served, world, kind));
                }
            }
        }
    }

    fn looked(&self, key: u64, look: Option<Look>) {
        if let Some(look) = look {
            self.planner()
                .looked(key, look.shapes, look.mesh_bytes, look.seconds);
        }
        self.survey.looks().insert(key, look);
    }

    /// What is known of a world's tiles.
    pub(crate) fn costs(&self, served: &Served) -> Costs {
        let looks = self.survey.looks();
        let cost = |kind: Kind| {
            let layer = &served.about.layers[kind.number];
            let look = looks.get(&kind.key).copied().flatten()?;
            Some(Cost {
                layer: layer.name.clone(),
                revision: layer.revision.clone(),
                level: kind.level,
                look,
            })
        };
        Costs {
            calibration_seconds: self.calibration.seconds(),
            complete: kinds(served).all(|kind| looks.contains_key(&kind.key)),
            tiles: kinds(served).filter_map(cost).collect(),
        }
    }

    /// Whether something of a world was not looked at yet, by nobody.
    pub(crate) fn lacks_costs(&self, served: &Served) -> bool {
        kinds(served).any(|kind| !self.survey.is_seen(kind.key))
    }

    /// Takes over what another server has seen of this world; its seconds are counted at the pace of this machine.
    pub(crate) fn take_costs(&self, served: &Served, costs: &Costs) {
        let paces = self.calibration.seconds().zip(costs.calibration_seconds);
        let Some((own, other)) = paces.filter(|(_, other)| *other > 0.0) else {
            return;
        };
        for kind in kinds(served) {
            let layer = &served.about.layers[kind.number];
            let is_it = |cost: &&Cost| {
                (cost.level, &cost.revision) == (kind.level, &layer.revision)
                    && cost.layer == layer.name
            };
            let cost = costs.tiles.iter().find(is_it);
            if (costs.complete || cost.is_some()) && !self.survey.is_seen(kind.key) {
                let look = cost.map(|cost| Look {
                    seconds: cost.look.seconds * own / other,
                    ..cost.look
                });
                self.looked(kind.key, look);
            }
        }
    }
}

/// Makes one tile. None where there is none, or where it fails: who asks for it will be told why.
fn look(served: &Arc<Served>, world: &World, kind: Kind) -> Option<Look> {
    let layer = &world.layers()[kind.number];
    let recipe = typical(layer, kind.level).and_then(|tile| layer.recipe(tile))?;
    let served = ServedLayer {
        served: served.clone(),
        number: kind.number,
    };
    let rules = served.rules(&recipe.module)?;
    let made = measure(rules, served.assets(), &recipe, Coding::Brotli).ok()?;
    Some(Look {
        shapes: u32::try_from(recipe.shapes.len()).unwrap_or(u32::MAX),
        mesh_bytes: made.mesh_bytes as u64,
        seconds: made.cpu_seconds,
    })
}

/// The tile in the middle, else the first that has content.
fn typical(layer: &Layer, level: u8) -> Option<TileId> {
    let bounds = layer.bounds();
    let middle = [0, 1].map(|axis| f64::midpoint(bounds.low[axis], bounds.high[axis]));
    let tile = bounds.tile_at(level, middle);
    if layer.has_content(tile) {
        Some(tile)
    } else {
        layer.tiles(level).next()
    }
}
