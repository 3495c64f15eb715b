//! Which tiles of a world are baked.

use std::ops::RangeInclusive;

use gable_tileset::{LayerTiles, Subtree, TileId};
use gable_world::{Layer, World};
use serde::{Deserialize, Serialize};

use super::BakeError;

/// Which tiles of a world are baked: all, unless something is said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// Only these layers; all when empty.
    pub layers: Vec<String>,
    /// Only these levels. Coarser tiles are there, without content; finer ones are not.
    pub levels: Option<RangeInclusive<u8>>,
    /// Only tiles that touch this square, and those beside them, so that no tile is left half refined.
    pub around: Option<Around>,
}

/// A square of a world.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Around {
    /// Its middle: metres east of the world's origin.
    pub x: f64,
    /// Metres north of it.
    pub y: f64,
    /// Half its side, metres.
    pub reach: f64,
}

impl Around {
    fn low(self) -> [f64; 2] {
        [self.x - self.reach, self.y - self.reach]
    }

    fn high(self) -> [f64; 2] {
        [self.x + self.reach, self.y + self.reach]
    }

    fn touches(self, layer: &Layer) -> bool {
        let bounds = layer.bounds();
        (0..2).all(|axis| {
            self.low()[axis] <= bounds.high[axis] && self.high()[axis] >= bounds.low[axis]
        })
    }
}

/// The tiles of a layer that are baked.
#[derive(Debug, Clone)]
pub(super) struct Chosen<'a> {
    pub(super) layer: &'a Layer,
    first: u8,
    last: u8,
    around: Option<Around>,
}

impl Selection {
    /// What it means for the layers of a world.
    pub(super) fn choose<'a>(&self, world: &'a World) -> Result<Vec<Chosen<'a>>, BakeError> {
        let layers = world.layers();
        let names: Vec<&str> = layers.iter().map(Layer::name).collect();
        if let Some(name) = self
            .layers
            .iter()
            .find(|name| !names.contains(&name.as_str()))
        {
            return Err(BakeError::NoLayer {
                name: name.clone(),
                names: names.join(", "),
            });
        }
        let wanted = |layer: &&Layer| {
            let name = layer.name();
            (self.layers.is_empty() || self.layers.iter().any(|wanted| wanted == name))
                && self.around.is_none_or(|around| around.touches(layer))
        };
        let levels = self.levels.clone().unwrap_or(0..=u8::MAX);
        let chosen: Vec<Chosen<'_>> = layers
            .iter()
            .filter(wanted)
            .map(|layer| Chosen {
                first: *levels.start(),
                last: (*levels.end()).min(layer.levels() - 1),
                around: self.around,
                layer,
            })
            .filter(|chosen| chosen.first <= chosen.last)
            .collect();
        if chosen.iter().all(|chosen| chosen.count() == 0) {
            return Err(BakeError::Nothing);
        }
        Ok(chosen)
    }
}

/// Numbers of tiles: from the first to the last along x and y, both among them.
type Rectangle = [RangeInclusive<u32>; 2];

impl Chosen<'_> {
    /// Levels that have content.
    pub(super) fn levels(&self) -> RangeInclusive<u8> {
        self.first..=self.last
    }

    /// The tiles of a level around; none when all are. Four children of a tile come together or not at all: a client
    /// draws a tile until its children take its place, and a missing one would be a hole.
    fn rectangle(&self, level: u8) -> Option<Rectangle> {
        let around = self.around?;
        let bounds = self.layer.bounds();
        let [low, high] = [around.low(), around.high()].map(|at| bounds.tile_at(level, at));
        let family = |first: u32, last: u32| match level {
            0 => first..=last,
            _ => first & !1..=last | 1,
        };
        Some([family(low.x(), high.x()), family(low.y(), high.y())])
    }

    fn is_inside(&self, tile: TileId) -> bool {
        self.rectangle(tile.level())
            .is_none_or(|[x, y]| x.contains(&tile.x()) && y.contains(&tile.y()))
    }

    fn has_tile(&self, tile: TileId) -> bool {
        tile.level() <= self.last && self.layer.has_tile(tile) && self.is_inside(tile)
    }

    /// Number of contents of a level.
    pub(super) fn count_of(&self, level: u8) -> u64 {
        let cells = self.layer.feature_count().is_none();
        match self.rectangle(level) {
            None => self.layer.content_count(level),
            Some(sides) if cells && self.layer.content_count(level) > 0 => sides
                .iter()
                .map(|side| u64::from(side.end() - side.start()) + 1)
                .product(),
            Some(_) if cells => 0,
            Some(_) => self.tiles(level).count() as u64,
        }
    }

    /// Number of contents.
    pub(super) fn count(&self) -> u64 {
        self.levels().map(|level| self.count_of(level)).sum()
    }

    /// The tiles of a level that have content.
    pub(super) fn tiles(&self, level: u8) -> Box<dyn Iterator<Item = TileId> + Send + '_> {
        let cells = self.layer.feature_count().is_none();
        match self.rectangle(level) {
            Some([x, y]) if cells => Box::new(
                y.flat_map(move |y| x.clone().map(move |x| TileId::new(level, x, y)))
                    .filter_map(Result::ok)
                    .filter(|&tile| self.layer.has_content(tile)),
            ),
            _ => Box::new(self.layer.tiles(level).filter(|&tile| self.is_inside(tile))),
        }
    }

    /// What the tileset says of it.
    pub(super) fn describe(&self, whole: LayerTiles) -> LayerTiles {
        let levels = self.last + 1;
        LayerTiles {
            levels,
            subtree_levels: whole.subtree_levels.min(levels),
            ..whole
        }
    }

    /// Every subtree with the tile at which it begins; contents that could not be made are not announced.
    pub(super) fn subtrees<'a>(
        &'a self,
        levels: u8,
        is_missing: &'a dyn Fn(TileId) -> bool,
    ) -> impl Iterator<Item = (TileId, Subtree)> + 'a {
        let there = move |tile| self.has_tile(tile);
        let content = move |tile: TileId| {
            tile.level() >= self.first && self.layer.has_content(tile) && !is_missing(tile)
        };
        let mut roots: Vec<TileId> = Some(TileId::ROOT)
            .filter(|&tile| there(tile))
            .into_iter()
            .collect();
        std::iter::from_fn(move || {
            let root = roots.pop()?;
            let below = root.level() + levels;
            if below <= self.last {
                roots.extend(below_tile(root, levels).filter(|&tile| there(tile)));
            }
            Some((root, Subtree::new(root, levels, there, content, there)))
        })
    }
}

/// All tiles so many levels below one, the last first.
fn below_tile(root: TileId, levels: u8) -> impl Iterator<Item = TileId> {
    let first = root.morton() << (2 * levels);
    let places = (first..first + (1 << (2 * levels))).rev();
    places.filter_map(move |place| TileId::from_morton(root.level() + levels, place).ok())
}
