//! A look at one tile of each layer and level before anybody asks: else the first clients are answered by a guess of what
//! such tiles cost, and grammars differ by a hundred times.

use gable_content::coding::Coding;
use gable_tileset::TileId;
use gable_world::Layer;

use crate::measure::measure;
use crate::service::{Service, layer_key};
use crate::site::{ServedLayer, Source};
use crate::workshop::thread_seconds;

/// CPU seconds that looks may take at a time, on one thread; what is left out is looked at when it is asked for.
const MOST_SECONDS: f64 = 2.0;

/// Makes a tile of each kind of which none was made yet, coarse ones first, and keeps none of them. Blocks.
pub(crate) fn survey(service: &Service) {
    let start = thread_seconds();
    for served in service.site.worlds() {
        let Source::Local(world) = &served.source else {
            continue;
        };
        for (number, layer) in world.layers().iter().enumerate() {
            let served = ServedLayer {
                served: served.clone(),
                number,
            };
            for level in 0..layer.levels() {
                let key = layer_key(layer.revision(), level);
                if thread_seconds() - start < MOST_SECONDS && !service.planner().knows(key) {
                    look(service, &served, layer, level);
                }
            }
        }
    }
}

/// Makes one tile. Nothing is learned where there is none, or where it fails: who asks for it will be told why.
fn look(service: &Service, served: &ServedLayer, layer: &Layer, level: u8) {
    let Some(recipe) = typical(layer, level).and_then(|tile| layer.recipe(tile)) else {
        return;
    };
    let rules = served.rules(&recipe.module);
    let made = rules.map(|rules| measure(rules, served.assets(), &recipe, Coding::Brotli));
    let Some(Ok(made)) = made else {
        return;
    };
    let shapes = u32::try_from(recipe.shapes.len()).unwrap_or(u32::MAX);
    service.planner().looked(
        layer_key(layer.revision(), level),
        shapes,
        made.mesh_bytes as u64,
        made.cpu_seconds,
    );
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
