//! What a tile may fill: a box in the metres of the world's own frame (x east, y north, z up).

use crate::TileId;

/// A box with axes along the world's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The least x, y, z, metres.
    pub low: [f64; 3],
    /// The greatest.
    pub high: [f64; 3],
}

impl Bounds {
    /// The box of a tile of the quadtree over this one: halved along x and y at each level, as high as the root. Worked
    /// out from the root at once, so that neighbours share their sides to the bit.
    #[must_use]
    pub fn of_tile(&self, tile: TileId) -> Self {
        let at = |axis, number| self.side(axis, tile.level(), number);
        Self {
            low: [at(0, tile.x()), at(1, tile.y()), self.low[2]],
            high: [at(0, tile.x() + 1), at(1, tile.y() + 1), self.high[2]],
        }
    }

    /// Where the tiles of a number begin along an axis.
    fn side(&self, axis: usize, level: u8, number: u32) -> f64 {
        let share = f64::from(number) / f64::from(1_u32 << level);
        self.low[axis] * (1.0 - share) + self.high[axis] * share
    }

    /// The tile of a level that a point belongs to: sides in the west and south count as inside, so that each point of
    /// the world has one tile. Points outside go to the nearest tile.
    ///
    /// # Panics
    /// With a level deeper than [`TileId::DEEPEST`].
    pub fn tile_at(&self, level: u8, [x, y]: [f64; 2]) -> TileId {
        assert!(level <= TileId::DEEPEST, "level {level}");
        let count = 1_u32 << level;
        let number = |axis: usize, at: f64| {
            let share = (at - self.low[axis]) / (self.high[axis] - self.low[axis]);
            let mut number = ((share * f64::from(count)).max(0.0) as u32).min(count - 1);
            // Rounding may be a step off: the sides of the tiles decide.
            let side = |number| self.side(axis, level, number);
            while number > 0 && at < side(number) {
                number -= 1;
            }
            while number + 1 < count && at >= side(number + 1) {
                number += 1;
            }
            number
        };
        TileId::new(level, number(0, x), number(1, y)).expect("numbers are below the count")
    }

    /// The box around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            low: std::array::from_fn(|axis| self.low[axis].min(other.low[axis])),
            high: std::array::from_fn(|axis| self.high[axis].max(other.high[axis])),
        }
    }

    /// From corner to corner, metres.
    pub fn diagonal(&self) -> f64 {
        let side = |axis: usize| self.high[axis] - self.low[axis];
        (0..3)
            .map(|axis| side(axis) * side(axis))
            .sum::<f64>()
            .sqrt()
    }

    /// As 3D Tiles has it: the middle, then half of each side as a vector.
    pub fn to_box(self) -> [f64; 12] {
        let [x, y, z] = [0, 1, 2].map(|axis| 0.5 * (self.low[axis] + self.high[axis]));
        let [a, b, c] = [0, 1, 2].map(|axis| 0.5 * (self.high[axis] - self.low[axis]));
        [x, y, z, a, 0.0, 0.0, 0.0, b, 0.0, 0.0, 0.0, c]
    }

    /// From a box of 3D Tiles whose sides lie along the axes; `None` for others.
    pub fn from_box(numbers: &[f64; 12]) -> Option<Self> {
        let [x, y, z, a, d, e, f, b, g, h, i, c] = *numbers;
        let along_axes = [d, e, f, g, h, i].iter().all(|&side| side == 0.0);
        let finite = numbers.iter().all(|number| number.is_finite());
        let (middle, half) = ([x, y, z], [a, b, c].map(f64::abs));
        (along_axes && finite).then(|| Self {
            low: std::array::from_fn(|axis| middle[axis] - half[axis]),
            high: std::array::from_fn(|axis| middle[axis] + half[axis]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WORLD: Bounds = Bounds {
        low: [-1000.0, -1000.0, -10.0],
        high: [1000.0, 3000.0, 90.0],
    };

    #[test]
    fn a_child_has_a_quarter_of_the_ground_and_the_whole_height() {
        let tile = WORLD.of_tile("1/1/0".parse().unwrap());
        assert_eq!(tile.low, [0.0, -1000.0, -10.0]);
        assert_eq!(tile.high, [1000.0, 1000.0, 90.0]);
        assert_eq!(Bounds::from_box(&tile.to_box()), Some(tile));
        assert_eq!(Bounds::from_box(&[1.0; 12]), None);
    }

    proptest! {
        #[test]
        fn a_point_lies_in_its_tile_and_in_no_other(
            level in 0..12_u8, x in -1000.0..1000.0, y in -1000.0..3000.0,
        ) {
            let tile = WORLD.tile_at(level, [x, y]);
            let bounds = WORLD.of_tile(tile);
            prop_assert!(bounds.low[0] <= x && x < bounds.high[0]);
            prop_assert!(bounds.low[1] <= y && y < bounds.high[1]);
            prop_assert_eq!(WORLD.tile_at(level, [bounds.low[0], bounds.low[1]]), tile);
        }

        #[test]
        fn neighbours_share_their_side_to_the_bit(level in 1..20_u8, x: u32, y: u32) {
            let mask = (1_u32 << level) - 1;
            let (x, y) = ((x & mask).min(mask - 1), y & mask);
            let west = WORLD.of_tile(TileId::new(level, x, y).unwrap());
            let east = WORLD.of_tile(TileId::new(level, x + 1, y).unwrap());
            prop_assert_eq!(west.high[0].to_bits(), east.low[0].to_bits());
        }
    }

    #[test]
    fn points_outside_go_to_the_nearest_tile() {
        let corner = WORLD.tile_at(3, [1e9, f64::INFINITY]);
        assert_eq!(corner, TileId::new(3, 7, 7).unwrap());
    }
}
