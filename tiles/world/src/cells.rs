//! Cells: the squares of a grid as initial shapes, for worlds without features.

use gable_kernel::recipe::{InitialShape, Value};
use gable_tileset::{Bounds, TileId};

use crate::settings::CellSettings;

/// A grid of squares around the origin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cells {
    settings: CellSettings,
}

impl Cells {
    pub(crate) fn new(settings: CellSettings) -> Self {
        Self { settings }
    }

    pub(crate) fn levels(&self) -> u8 {
        self.settings.levels
    }

    /// East and north of the whole grid, metres.
    pub(crate) fn bounds(&self) -> Bounds {
        let reach = self.settings.side * 0.5 * f64::from(1_u32 << (self.levels() - 1));
        Bounds {
            low: [-reach, -reach, 0.0],
            high: [reach, reach, 0.0],
        }
    }

    /// The cells of a tile, row by row from the south-west.
    pub(crate) fn of_tile(&self, tile: TileId, start_rule: &str, seed: u64) -> Vec<InitialShape> {
        let wide = 1_i64 << (self.levels() - 1 - tile.level());
        let [west, south] = self.corner(tile);
        let cells = (0..wide).flat_map(|y| (0..wide).map(move |x| [west + x, south + y]));
        cells
            .map(|at| self.shape(at, 1, start_rule, seed))
            .collect()
    }

    /// The squares within `reach` metres of a tile, of the size of its own.
    pub(crate) fn around_tile(
        &self,
        tile: TileId,
        whole: bool,
        reach: f64,
        start_rule: &str,
        seed: u64,
    ) -> Vec<InitialShape> {
        let tile_width = 1_i64 << (self.levels() - 1 - tile.level());
        let wide = if whole { tile_width } else { 1 };
        let half = (1_i64 << (self.levels() - 1)) / 2;
        let grid = -half..(-half + (1_i64 << (self.levels() - 1)));
        let rings = (reach / (self.settings.side * wide as f64)).ceil();
        let far = wide * (rings.min(grid.end as f64 * 2.0) as i64);
        let [west, south] = self.corner(tile);
        let places = |from: i64| (from - far..from + tile_width + far).step_by(wide as usize);
        let mut shapes = Vec::new();
        for y in places(south).filter(|y| grid.contains(y)) {
            for x in places(west).filter(|x| grid.contains(x)) {
                let is_own = |at: i64, from: i64| (from..from + tile_width).contains(&at);
                if !is_own(x, west) || !is_own(y, south) {
                    shapes.push(self.shape([x, y], wide, start_rule, seed));
                }
            }
        }
        shapes
    }

    /// A tile as one square.
    pub(crate) fn whole_tile(&self, tile: TileId, start_rule: &str, seed: u64) -> InitialShape {
        let wide = 1_i64 << (self.levels() - 1 - tile.level());
        self.shape(self.corner(tile), wide, start_rule, seed)
    }

    /// The place in the grid of a tile's south-western cell, counted from the origin.
    fn corner(&self, tile: TileId) -> [i64; 2] {
        let deeper = self.levels() - 1 - tile.level();
        let half = (1_i64 << (self.levels() - 1)) / 2;
        [tile.x(), tile.y()].map(|number| (i64::from(number) << deeper) - half)
    }

    /// A square: its first edge is the southern one.
    fn shape(&self, [x, y]: [i64; 2], wide: i64, start_rule: &str, seed: u64) -> InitialShape {
        let at = |number: i64| self.grid_line(number);
        let [west, east, south, north] = [at(x), at(x + wide), at(y), at(y + wide)];
        // y up: north is -z, and minus zero is zero.
        let z = |north: f64| 0.0 - north;
        let ring = vec![
            [west, 0.0, z(south)],
            [east, 0.0, z(south)],
            [east, 0.0, z(north)],
            [west, 0.0, z(north)],
        ];
        let number = |number: i64| Value::Float(number as f64);
        InitialShape {
            name: format!("cell/{x}/{y}"),
            start_rule: start_rule.to_owned(),
            polygons: vec![vec![ring]],
            attributes: vec![
                ("cellX".to_owned(), number(x)),
                ("cellY".to_owned(), number(y)),
            ],
            seed: seed_of_cell(seed, x, y),
        }
    }

    /// Where the lines of the grid are; for an odd number of cells a side (one), the origin is in a cell's middle.
    fn grid_line(&self, number: i64) -> f64 {
        let shift = if self.levels() == 1 { 0.5 } else { 0.0 };
        (number as f64 - shift) * self.settings.side
    }
}

/// Seeds of neighbours have nothing in common (splitmix64, Steele et al. 2014).
fn seed_of_cell(seed: u64, x: i64, y: i64) -> u64 {
    [x.cast_unsigned(), y.cast_unsigned()]
        .into_iter()
        .fold(seed, |state, number| {
            let mut z = (state ^ number).wrapping_add(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells() -> Cells {
        Cells::new(CellSettings {
            side: 100.0,
            levels: 4,
        })
    }

    #[test]
    fn a_cell_is_the_same_in_whatever_tile_it_is_asked_for() {
        let fine = cells().of_tile("3/4/5".parse().unwrap(), "", 7);
        assert_eq!(fine.len(), 1);
        assert_eq!(fine[0].name, "cell/0/1");
        assert_eq!(fine[0].polygons[0][0][0], [0.0, 0.0, -100.0]);
        let coarse = cells().of_tile("2/2/2".parse().unwrap(), "", 7);
        assert_eq!(coarse.len(), 4);
        assert!(coarse.contains(&fine[0]));
    }

    #[test]
    fn around_a_tile_lie_the_cells_of_its_neighbours() {
        let tile = |text: &str| text.parse().unwrap();
        let around = |text: &str, whole: bool, reach: f64| {
            cells().around_tile(tile(text), whole, reach, "", 7).len()
        };
        assert_eq!(around("3/4/5", true, 1.0), 8);
        assert_eq!(around("3/4/5", false, 150.0), 24);
        assert_eq!(around("3/0/0", true, 1.0), 3);
        assert_eq!(around("2/1/1", false, 1.0), 12);
        assert_eq!(around("2/1/1", true, 1.0), 8);
        assert_eq!(around("0/0/0", false, 1e9), 0);
        let neighbours = cells().around_tile(tile("3/4/5"), false, 1.0, "", 7);
        assert!(neighbours.contains(&cells().of_tile(tile("3/5/5"), "", 7)[0]));
    }

    #[test]
    fn cells_fill_their_tile_and_face_south() {
        let cells = cells();
        let tile = "1/0/1".parse().unwrap();
        let bounds = cells.bounds().of_tile(tile);
        let whole = cells.whole_tile(tile, "Land", 0);
        let ring = &whole.polygons[0][0];
        assert_eq!(ring[0], [bounds.low[0], 0.0, -bounds.low[1]]);
        assert_eq!(ring[2], [bounds.high[0], 0.0, 0.0 - bounds.high[1]]);
        let seeds: std::collections::BTreeSet<u64> = cells
            .of_tile(TileId::ROOT, "", 0)
            .iter()
            .map(|shape| shape.seed)
            .collect();
        assert_eq!(seeds.len(), 64);
    }

    #[test]
    fn a_single_cell_lies_around_the_origin() {
        let cells = Cells::new(CellSettings {
            side: 100.0,
            levels: 1,
        });
        let ring = &cells.of_tile(TileId::ROOT, "", 0)[0].polygons[0][0];
        assert_eq!(ring[0], [-50.0, 0.0, 50.0]);
        assert_eq!(cells.bounds().low, [-50.0, -50.0, 0.0]);
    }
}
