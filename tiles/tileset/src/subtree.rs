//! Which tiles there are: binary subtrees of implicit tiling (3D Tiles 1.1, section "Implicit Tiling").
//!
//! ```text
//! "subt" | version 1 | bytes of JSON | bytes of bits | JSON, padded by blanks to 8 | bits, padded by zeros to 8
//! ```
//! Bits run through the levels of the subtree, from the root down, each in Morton order; bit 0 is the lowest of its byte.

use serde::{Deserialize, Serialize};

use crate::TileId;

/// The first four bytes, as a little-endian number.
const MAGIC: u32 = 0x7462_7573;
const HEADER_BYTES: usize = 24;
/// Levels of a subtree that are read or made: 4^10 bits for its children are 128 kB.
const MOST_LEVELS: u8 = 10;

/// Which of some things there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Availability {
    /// All or none.
    Constant(bool),
    /// By number.
    Bits(Vec<bool>),
}

impl Availability {
    fn of(bits: Vec<bool>) -> Self {
        match bits.first() {
            Some(&first) if bits.iter().all(|&bit| bit == first) => Self::Constant(first),
            None => Self::Constant(false),
            Some(_) => Self::Bits(bits),
        }
    }

    /// Whether there is the thing with a number.
    pub fn has(&self, number: usize) -> bool {
        match self {
            Self::Constant(all) => *all,
            Self::Bits(bits) => bits.get(number) == Some(&true),
        }
    }

    fn count(&self, of: usize) -> usize {
        (0..of).filter(|&number| self.has(number)).count()
    }
}

/// The tiles of some levels below a tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subtree {
    levels: u8,
    tiles: Availability,
    contents: Availability,
    children: Availability,
}

/// Why bytes are no subtree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubtreeError {
    /// Not the header of a subtree, or of another version.
    #[error("no subtree: {0}")]
    Header(&'static str),
    /// The JSON is damaged, or says something that is not supported.
    #[error("the subtree's JSON: {0}")]
    Json(String),
    /// The bits contradict each other.
    #[error("the subtree's bits: {0}")]
    Bits(String),
}

/// Number of tiles in so many levels.
fn tile_count(levels: u8) -> usize {
    ((1_usize << (2 * levels)) - 1) / 3
}

/// Number of tiles in the level below so many levels.
fn child_count(levels: u8) -> usize {
    1 << (2 * levels)
}

impl Subtree {
    /// The subtree of so many levels whose root is `root`: `tile` says which tiles there are (those below a missing one
    /// are not asked for), `content` which of them have content, `child` at which tiles below the last level
    /// another subtree begins.
    ///
    /// # Panics
    /// With no levels or more than 10, or when it would go deeper than [`TileId::DEEPEST`].
    pub fn new(
        root: TileId,
        levels: u8,
        tile: impl Fn(TileId) -> bool,
        content: impl Fn(TileId) -> bool,
        child: impl Fn(TileId) -> bool,
    ) -> Self {
        assert!(
            (1..=MOST_LEVELS).contains(&levels),
            "1 to {MOST_LEVELS} levels"
        );
        let (mut tiles, mut contents) = (Vec::new(), Vec::new());
        let mut row = vec![(root, tile(root))];
        for _ in 0..levels {
            tiles.extend(row.iter().map(|&(_, there)| there));
            contents.extend(row.iter().map(|&(id, there)| there && content(id)));
            let below = row.iter().flat_map(|&(id, there)| {
                let children = id
                    .children()
                    .expect("a subtree ends above the deepest level");
                children.map(|child| (child, there))
            });
            row = below.map(|(id, there)| (id, there && tile(id))).collect();
        }
        // Tiles below the last level belong to other subtrees.
        let last = &tiles[tile_count(levels - 1)..];
        let children = row
            .iter()
            .enumerate()
            .map(|(place, &(id, _))| last[place / 4] && child(id));
        Self {
            levels,
            children: Availability::of(children.collect()),
            tiles: Availability::of(tiles),
            contents: Availability::of(contents),
        }
    }

    /// Number of levels.
    pub fn levels(&self) -> u8 {
        self.levels
    }

    /// Whether there is a tile in this subtree, whose root is `root`.
    pub fn has_tile(&self, root: TileId, tile: TileId) -> bool {
        self.number(root, tile)
            .is_some_and(|number| self.tiles.has(number))
    }

    /// Whether a tile of this subtree has content.
    pub fn has_content(&self, root: TileId, tile: TileId) -> bool {
        self.number(root, tile)
            .is_some_and(|number| self.tiles.has(number) && self.contents.has(number))
    }

    /// Whether another subtree begins at a tile one level below the last.
    pub fn has_child(&self, root: TileId, tile: TileId) -> bool {
        let below =
            tile.ancestor(root.level()) == Some(root) && tile.level() - root.level() == self.levels;
        below
            && tile
                .parent()
                .is_some_and(|parent| self.has_tile(root, parent))
            && self.children.has(place_below(root, tile))
    }

    /// The number of a tile among the bits.
    fn number(&self, root: TileId, tile: TileId) -> Option<usize> {
        let inside = tile.ancestor(root.level()) == Some(root);
        let depth = tile.level().checked_sub(root.level())?;
        (inside && depth < self.levels).then(|| tile_count(depth) + place_below(root, tile))
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bits = Vec::new();
        let mut views = Vec::new();
        let mut add = |availability: &Availability, count: usize| match availability {
            Availability::Constant(all) => AvailabilityJson {
                constant: Some(u8::from(*all)),
                ..AvailabilityJson::default()
            },
            Availability::Bits(_) => {
                let start = bits.len();
                bits.resize(start + count.div_ceil(8), 0_u8);
                for number in (0..count).filter(|&number| availability.has(number)) {
                    bits[start + number / 8] |= 1 << (number % 8);
                }
                views.push(BufferView {
                    buffer: 0,
                    byte_offset: start,
                    byte_length: count.div_ceil(8),
                });
                bits.resize(bits.len().next_multiple_of(8), 0);
                AvailabilityJson {
                    bitstream: Some(views.len() - 1),
                    available_count: Some(availability.count(count)),
                    ..AvailabilityJson::default()
                }
            }
        };
        let count = tile_count(self.levels);
        let tiles = add(&self.tiles, count);
        let contents = add(&self.contents, count);
        let children = add(&self.children, child_count(self.levels));
        let json = SubtreeJson {
            buffers: match bits.len() {
                0 => Vec::new(),
                byte_length => vec![Buffer { byte_length }],
            },
            buffer_views: views,
            tile_availability: tiles,
            content_availability: match self.contents {
                Availability::Constant(false) => Vec::new(),
                _ => vec![contents],
            },
            child_subtree_availability: children,
        };
        let mut text = serde_json::to_vec(&json).expect("plain data");
        text.resize(text.len().next_multiple_of(8), b' ');
        let mut bytes = Vec::with_capacity(HEADER_BYTES + text.len() + bits.len());
        bytes.extend(MAGIC.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend((bits.len() as u64).to_le_bytes());
        bytes.extend(text);
        bytes.extend(bits);
        bytes
    }

    /// Reads a file of a tileset whose subtrees have so many levels.
    ///
    /// # Errors
    /// [`SubtreeError`] naming what is wrong: damaged bytes, bits outside the file, counts that do not hold, content or
    /// children where there is no tile.
    pub fn from_bytes(bytes: &[u8], levels: u8) -> Result<Self, SubtreeError> {
        if !(1..=MOST_LEVELS).contains(&levels) {
            return Err(SubtreeError::Header(
                "its tileset has no levels or too many",
            ));
        }
        let (text, bits) = chunks(bytes)?;
        let json: SubtreeJson =
            serde_json::from_slice(text).map_err(|error| SubtreeError::Json(error.to_string()))?;
        if json.buffers.len() > 1 {
            return Err(SubtreeError::Json("more than one buffer".to_owned()));
        }
        let read = |availability: &AvailabilityJson, count: usize| {
            availability.read(&json.buffer_views, bits, count)
        };
        let count = tile_count(levels);
        let subtree = Self {
            levels,
            tiles: read(&json.tile_availability, count)?,
            contents: match json.content_availability.as_slice() {
                [] => Availability::Constant(false),
                [one] => read(one, count)?,
                _ => return Err(SubtreeError::Json("more than one content".to_owned())),
            },
            children: read(&json.child_subtree_availability, child_count(levels))?,
        };
        subtree.check()?;
        Ok(subtree)
    }

    /// A tile needs its parent, content its tile, a subtree below the tile above it; and there is a tile.
    fn check(&self) -> Result<(), SubtreeError> {
        let fail = |text: &str| Err(SubtreeError::Bits(text.to_owned()));
        let count = tile_count(self.levels);
        let parent = |number: usize| (number - 1) / 4;
        if self.tiles.count(count) == 0 {
            return fail("there is no tile");
        }
        if (1..count).any(|number| self.tiles.has(number) && !self.tiles.has(parent(number))) {
            return fail("a tile lacks its parent");
        }
        // A constant says what holds for the tiles that there are.
        let bits = |availability: &Availability| matches!(availability, Availability::Bits(_));
        if bits(&self.contents)
            && (0..count).any(|number| self.contents.has(number) && !self.tiles.has(number))
        {
            return fail("there is content without a tile");
        }
        let orphan =
            |place: usize| self.children.has(place) && !self.tiles.has(parent(count + place));
        if bits(&self.children) && (0..child_count(self.levels)).any(orphan) {
            return fail("a subtree begins below a missing tile");
        }
        Ok(())
    }
}

/// The place of a tile on the curve through those below `root`.
fn place_below(root: TileId, tile: TileId) -> usize {
    let depth = tile.level() - root.level();
    (tile.morton() - (root.morton() << (2 * depth))) as usize
}

/// JSON and bits of a file.
fn chunks(bytes: &[u8]) -> Result<(&[u8], &[u8]), SubtreeError> {
    let header = bytes
        .first_chunk::<HEADER_BYTES>()
        .ok_or(SubtreeError::Header("fewer than 24 bytes"))?;
    let word = |at: usize| u32::from_le_bytes(std::array::from_fn(|k| header[at + k]));
    let length = |at: usize| {
        let length = u64::from_le_bytes(std::array::from_fn(|k| header[at + k]));
        usize::try_from(length).map_err(|_| SubtreeError::Header("a length is beyond all measure"))
    };
    if word(0) != MAGIC {
        return Err(SubtreeError::Header("it does not begin with `subt`"));
    }
    if word(4) != 1 {
        return Err(SubtreeError::Header("its version is not 1"));
    }
    let (text, bits) = (length(8)?, length(16)?);
    let body = &bytes[HEADER_BYTES..];
    if text.checked_add(bits) != Some(body.len()) {
        return Err(SubtreeError::Header(
            "its lengths are not those of its parts",
        ));
    }
    Ok(body.split_at(text))
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SubtreeJson {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    buffers: Vec<Buffer>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    buffer_views: Vec<BufferView>,
    tile_availability: AvailabilityJson,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    content_availability: Vec<AvailabilityJson>,
    child_subtree_availability: AvailabilityJson,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Buffer {
    byte_length: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BufferView {
    buffer: usize,
    byte_offset: usize,
    byte_length: usize,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct AvailabilityJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    bitstream: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    available_count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    constant: Option<u8>,
}

impl AvailabilityJson {
    fn read(
        &self,
        views: &[BufferView],
        bits: &[u8],
        count: usize,
    ) -> Result<Availability, SubtreeError> {
        let fail = |text: &str| SubtreeError::Json(text.to_owned());
        let view = match (self.constant, self.bitstream) {
            (Some(0), None) => return Ok(Availability::Constant(false)),
            (Some(1), None) => return Ok(Availability::Constant(true)),
            (None, Some(number)) => views
                .get(number)
                .ok_or_else(|| fail("a bitstream names no buffer view"))?,
            _ => return Err(fail("an availability is a constant 0 or 1, or a bitstream")),
        };
        let end = view.byte_offset.checked_add(view.byte_length);
        let bytes = end
            .filter(|_| view.buffer == 0)
            .and_then(|end| bits.get(view.byte_offset..end))
            .filter(|bytes| bytes.len() >= count.div_ceil(8))
            .ok_or_else(|| fail("a bitstream lies outside the file or is too short"))?;
        let bit = |number: usize| bytes[number / 8] >> (number % 8) & 1 == 1;
        let all: Vec<bool> = (0..count).map(bit).collect();
        let available = all.iter().filter(|&&bit| bit).count();
        if self.available_count.is_some_and(|told| told != available) {
            return Err(SubtreeError::Bits(
                "availableCount is not the number of bits".to_owned(),
            ));
        }
        Ok(Availability::of(all))
    }
}

#[cfg(test)]
mod tests;
