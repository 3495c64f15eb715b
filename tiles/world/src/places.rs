//! Features in tiles: each belongs to the tile that the middle of its footprint lies in, at every level to one.

use std::ops::Range;

use gable_kernel::recipe::InitialShape;
use gable_tileset::{Bounds, TileId};

use crate::extent::Extent;

/// A feature and where it belongs.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) shape: InitialShape,
    /// How far its content reaches.
    pub(crate) extent: Extent,
    /// The finest tile, as a number along the Morton curve.
    code: u64,
}

impl Place {
    /// Its finest tile's number along the Morton curve.
    pub(crate) fn code(&self) -> u64 {
        self.code
    }

    /// The longest side of its box, metres.
    pub(crate) fn size(&self) -> f64 {
        let side = |axis: usize| self.extent[1][axis] - self.extent[0][axis];
        side(0).max(side(1)).max(side(2))
    }
}

/// All features of a layer, along the Morton curve of the finest tiles: those of any tile follow each other.
#[derive(Debug)]
pub(crate) struct Places {
    /// East and north in metres; heights are the layer's to fill in.
    pub(crate) bounds: Bounds,
    pub(crate) levels: u8,
    places: Vec<Place>,
}

/// Twice this many tiles a side are more than a quadtree of ours has.
const MOST_LEVELS: u8 = 20;

impl Places {
    /// Sorts features into tiles whose finest have this side, metres. The sides of tiles are at multiples of it, so that
    /// layers of one side share their grid.
    pub(crate) fn new(features: Vec<(InitialShape, Extent)>, side: f64) -> Self {
        let middles: Vec<[f64; 2]> = features.iter().map(|(shape, _)| middle(shape)).collect();
        let start = [[f64::INFINITY; 2], [f64::NEG_INFINITY; 2]];
        let [low, high] = middles.iter().fold(start, |[low, high], at| {
            [0, 1].map(|end| {
                let pick = if end == 0 { f64::min } else { f64::max };
                std::array::from_fn(|axis| pick([low, high][end][axis], at[axis]))
            })
        });
        let low = low.map(|low| {
            if low.is_finite() {
                (low / side).floor() * side
            } else {
                0.0
            }
        });
        let reach = (high[0] - low[0]).max(high[1] - low[1]).max(0.0);
        let mut levels = 1;
        while levels < MOST_LEVELS && side * f64::from(1_u32 << (levels - 1)) <= reach {
            levels += 1;
        }
        let width = side * f64::from(1_u32 << (levels - 1));
        let bounds = Bounds {
            low: [low[0], low[1], 0.0],
            high: [low[0] + width, low[1] + width, 0.0],
        };
        let place = |((shape, extent), at)| Place {
            shape,
            extent,
            code: bounds.tile_at(levels - 1, at).morton(),
        };
        let mut places: Vec<Place> = features.into_iter().zip(middles).map(place).collect();
        // Stable: within a tile features stay in the order of their file.
        places.sort_by_key(|place| place.code);
        Self {
            bounds,
            levels,
            places,
        }
    }

    /// All, tile by tile.
    pub(crate) fn all(&self) -> &[Place] {
        &self.places
    }

    /// Those of a tile.
    pub(crate) fn of_tile(&self, tile: TileId) -> &[Place] {
        self.places.get(self.range(tile)).unwrap_or_default()
    }

    /// Their numbers in [`Self::all`].
    pub(crate) fn range(&self, tile: TileId) -> Range<usize> {
        let Some(deeper) = (self.levels - 1).checked_sub(tile.level()) else {
            return 0..0;
        };
        let first = tile.morton() << (2 * deeper);
        let end = (tile.morton() + 1) << (2 * deeper);
        let at = |code| self.places.partition_point(|place| place.code < code);
        at(first)..at(end)
    }
}

/// The middle of a footprint's box: east and north, metres.
fn middle(shape: &InitialShape) -> [f64; 2] {
    let points = shape.polygons.iter().flatten().flatten();
    let mut low = [f64::INFINITY; 2];
    let mut high = [f64::NEG_INFINITY; 2];
    for &[x, _, z] in points {
        low = [low[0].min(x), low[1].min(-z)];
        high = [high[0].max(x), high[1].max(-z)];
    }
    [0, 1].map(|axis| 0.5 * (low[axis] + high[axis]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn square(x: f64, north: f64) -> (InitialShape, Extent) {
        let z = -north;
        let ring = vec![
            [x - 1.0, 0.0, z + 1.0],
            [x + 1.0, 0.0, z + 1.0],
            [x + 1.0, 0.0, z - 1.0],
            [x - 1.0, 0.0, z - 1.0],
        ];
        let shape = InitialShape {
            name: format!("{x},{north}"),
            polygons: vec![vec![ring]],
            ..InitialShape::default()
        };
        (shape, [[x - 1.0, 0.0, z - 1.0], [x + 1.0, 5.0, z + 1.0]])
    }

    proptest! {
        #[test]
        fn each_feature_is_in_one_tile_of_each_level_and_in_that_of_its_middle(
            middles in prop::collection::vec((-3000.0..3000.0, -3000.0..3000.0), 0..60),
        ) {
            let count = middles.len();
            let features = middles.iter().map(|&(x, y)| square(x, y)).collect();
            let places = Places::new(features, 128.0);
            for level in 0..places.levels {
                let width = 1_u32 << level;
                let tiles = (0..width).flat_map(|x| (0..width).map(move |y| (x, y)));
                let mut found = 0;
                for (x, y) in tiles {
                    let tile = TileId::new(level, x, y).unwrap();
                    let bounds = places.bounds.of_tile(tile);
                    for place in places.of_tile(tile) {
                        let at = middle(&place.shape);
                        prop_assert!((0..2).all(|axis| bounds.low[axis] <= at[axis] && at[axis] < bounds.high[axis]));
                        found += 1;
                    }
                }
                prop_assert_eq!(found, count);
            }
        }
    }

    #[test]
    fn sides_of_tiles_lie_on_a_common_grid() {
        let places = Places::new(vec![square(130.0, -5.0), square(300.0, 100.0)], 128.0);
        assert_eq!(
            (places.bounds.low, places.levels),
            ([128.0, -128.0, 0.0], 2)
        );
        assert_eq!(places.all()[0].size(), 5.0);
        let none = Places::new(Vec::new(), 128.0);
        assert_eq!((none.levels, none.of_tile(TileId::ROOT).len()), (1, 0));
    }
}
