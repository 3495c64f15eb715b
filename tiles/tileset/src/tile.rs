//! Numbers of tiles in a quadtree.

use std::fmt;
use std::str::FromStr;

/// A tile: `x` counts eastwards, `y` northwards, both from 0 to `2^level - 1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    level: u8,
    x: u32,
    y: u32,
}

/// Why three numbers are no tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileIdError {
    /// Not `level/x/y`.
    #[error("`{0}` is no tile: expected level/x/y, such as 3/5/2")]
    Syntax(String),
    /// The level is too deep, or the level has no such tile.
    #[error(
        "there is no tile {level}/{x}/{y}: levels go to {}, x and y below 2^level",
        TileId::DEEPEST
    )]
    Range {
        /// The level asked for.
        level: u8,
        /// Eastwards.
        x: u32,
        /// Northwards.
        y: u32,
    },
}

impl TileId {
    /// The whole world.
    pub const ROOT: Self = Self {
        level: 0,
        x: 0,
        y: 0,
    };

    /// The deepest level: at 100 km across, its tiles are a tenth of a millimetre.
    pub const DEEPEST: u8 = 30;

    /// A tile.
    ///
    /// # Errors
    /// [`TileIdError::Range`] when the level has no such tile.
    pub fn new(level: u8, x: u32, y: u32) -> Result<Self, TileIdError> {
        let there = level <= Self::DEEPEST && x >> level == 0 && y >> level == 0;
        there
            .then_some(Self { level, x, y })
            .ok_or(TileIdError::Range { level, x, y })
    }

    /// 0 is the whole world.
    pub fn level(self) -> u8 {
        self.level
    }

    /// Counted eastwards.
    pub fn x(self) -> u32 {
        self.x
    }

    /// Counted northwards.
    pub fn y(self) -> u32 {
        self.y
    }

    /// The tile around this one; none around the root.
    pub fn parent(self) -> Option<Self> {
        Some(Self {
            level: self.level.checked_sub(1)?,
            x: self.x / 2,
            y: self.y / 2,
        })
    }

    /// The four tiles inside, in Morton order: south-west, south-east, north-west, north-east. `None` at the deepest
    /// level.
    pub fn children(self) -> Option<[Self; 4]> {
        (self.level < Self::DEEPEST).then(|| {
            [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(east, north)| Self {
                level: self.level + 1,
                x: 2 * self.x + east,
                y: 2 * self.y + north,
            })
        })
    }

    /// The tile at a lesser or equal level around this one.
    pub fn ancestor(self, level: u8) -> Option<Self> {
        let steps = self.level.checked_sub(level)?;
        Some(Self {
            level,
            x: self.x >> steps,
            y: self.y >> steps,
        })
    }

    /// Its place on the Z-shaped curve through its level: bits of x at even places, of y at odd ones (Morton 1966).
    pub fn morton(self) -> u64 {
        spread(self.x) | spread(self.y) << 1
    }

    /// The first tile of a level below this one, along the Morton curve.
    ///
    /// # Panics
    /// With a level above this tile's, or deeper than [`TileId::DEEPEST`].
    #[must_use]
    pub fn first_of(self, level: u8) -> Self {
        let deeper = level
            .checked_sub(self.level)
            .expect("a level below the tile");
        Self::new(level, self.x << deeper, self.y << deeper).expect("levels to the deepest")
    }

    /// The tile at a place on the curve.
    ///
    /// # Errors
    /// [`TileIdError::Range`] when the level is too deep or has no such place.
    pub fn from_morton(level: u8, place: u64) -> Result<Self, TileIdError> {
        let (x, y) = (gather(place), gather(place >> 1));
        if level <= Self::DEEPEST && place >> (2 * level) != 0 {
            return Err(TileIdError::Range { level, x, y });
        }
        Self::new(level, x, y)
    }
}

/// Moves bit k to place 2k.
fn spread(number: u32) -> u64 {
    const STEPS: [(u32, u64); 5] = [
        (16, 0x0000_ffff_0000_ffff),
        (8, 0x00ff_00ff_00ff_00ff),
        (4, 0x0f0f_0f0f_0f0f_0f0f),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ];
    STEPS.iter().fold(u64::from(number), |bits, (shift, mask)| {
        (bits | bits << shift) & mask
    })
}

/// The inverse of [`spread`]; odd places are left aside.
fn gather(bits: u64) -> u32 {
    (0..32).fold(0, |number, k| number | ((bits >> (2 * k) & 1) as u32) << k)
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.level, self.x, self.y)
    }
}

impl FromStr for TileId {
    type Err = TileIdError;

    fn from_str(text: &str) -> Result<Self, TileIdError> {
        let syntax = || TileIdError::Syntax(text.to_owned());
        // Numbers as URLs have them: no signs, no leading zeros, so that a tile has one name.
        let digits = |part: &&str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && (part.len() == 1 || !part.starts_with('0'))
        };
        let parts: Vec<&str> = text.split('/').filter(digits).collect();
        if parts.len() != 3 || text.matches('/').count() != 2 {
            return Err(syntax());
        }
        Self::new(
            parts[0].parse().map_err(|_| syntax())?,
            parts[1].parse().map_err(|_| syntax())?,
            parts[2].parse().map_err(|_| syntax())?,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn places_on_the_curve_and_names_come_back(level in 0..=TileId::DEEPEST, x: u32, y: u32) {
            let mask = ((1_u64 << level) - 1) as u32;
            let tile = TileId::new(level, x & mask, y & mask).unwrap();
            prop_assert_eq!(TileId::from_morton(level, tile.morton()), Ok(tile));
            prop_assert_eq!(tile.to_string().parse(), Ok(tile));
            if let Some(children) = tile.children() {
                for (place, child) in (0..).zip(children) {
                    prop_assert_eq!(child.parent(), Some(tile));
                    prop_assert_eq!(child.morton(), 4 * tile.morton() + place);
                    prop_assert_eq!(child.ancestor(0), Some(TileId::ROOT));
                }
            }
        }
    }

    #[test]
    fn what_is_no_tile_says_why() {
        for text in [
            "", "1/2", "1/2/3/4", "a/0/0", "1/-1/0", "1//0", "01/0/0", "999/0/0",
        ] {
            assert!(
                matches!(text.parse::<TileId>(), Err(TileIdError::Syntax(_))),
                "{text}"
            );
        }
        assert_eq!(
            "1/2/0".parse::<TileId>().unwrap_err().to_string(),
            "there is no tile 1/2/0: levels go to 30, x and y below 2^level"
        );
        assert!(TileId::from_morton(1, 4).is_err());
    }
}
