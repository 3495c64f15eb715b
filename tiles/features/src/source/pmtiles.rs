//! PMTiles, version 3: the buildings of the deepest level of an archive of vector tiles.
//!
//! The format is a header, directories of (tile, offset, length) in the order of a Hilbert curve, and
//! the tiles. It is read here, and not by a crate, because the one that there is wants an asynchronous
//! runtime and unpacks directories without a limit.

use std::collections::BTreeSet;
use std::io::Read as _;

use crate::error::Location;
use crate::place::Bounds;
use crate::source::Source;
use crate::source::vector_tile::{self, TileId};
use crate::{FeatureError, Format, ReadOptions};

/// Bytes of the header.
const HEADER: usize = 127;
/// A directory may unpack to this many bytes.
const LARGEST_DIRECTORY: u64 = 64 << 20;
/// Directories lie this deep under the root, at most; the specification knows one level.
const DEEPEST: usize = 3;
/// Tiles of one archive, at most.
const MOST_TILES: usize = 1 << 20;
/// How directories or tiles are packed.
const PLAIN: u8 = 1;
/// The same by gzip.
const GZIP: u8 = 2;
/// The type of vector tiles.
const VECTOR: u8 = 1;

/// Reads the buildings of the deepest level.
pub(crate) fn parse(
    name: &str,
    bytes: &[u8],
    options: &ReadOptions,
) -> Result<Source, FeatureError> {
    let malformed = |(byte, cause): Fault| {
        FeatureError::malformed(name, Format::PmTiles, Location::Byte(byte as u64), cause)
    };
    let archive = Archive::open(bytes).map_err(malformed)?;
    let mut tiles = Vec::new();
    let mut visited = BTreeSet::new();
    archive
        .collect(archive.root, 0, &mut visited, &mut tiles)
        .map_err(malformed)?;
    tiles.sort_by_key(|tile| tile.0);
    let mut source = vector_tile::source();
    for (id, range) in tiles {
        if options
            .bounds
            .is_some_and(|bounds| !bounds.touches(&id.bounds()))
        {
            continue;
        }
        let tile = archive.section(range, "a tile").map_err(malformed)?;
        let tile_name = format!("{name}/{}/{}/{}", id.level, id.column, id.row);
        vector_tile::add_tile(&tile_name, id, tile, options.layer.as_deref(), &mut source)?;
    }
    Ok(source)
}

/// Where and why.
type Fault = (usize, String);

/// Offset and length in the archive.
#[derive(Clone, Copy, Debug)]
struct Range {
    offset: u64,
    length: u64,
}

/// An archive in memory.
#[derive(Debug)]
struct Archive<'a> {
    bytes: &'a [u8],
    root: Range,
    leaves: Range,
    data: Range,
    packing: u8,
    level: u8,
}

/// One line of a directory.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    tile: u64,
    /// Zero for a directory below this one.
    run: u64,
    length: u64,
    offset: u64,
}

impl<'a> Archive<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, Fault> {
        let header = bytes
            .get(..HEADER)
            .ok_or((0, "the header is cut short".to_owned()))?;
        if !header.starts_with(b"PMTiles\x03") {
            return Err((0, "the magic bytes of version 3 are missing".to_owned()));
        }
        let number = |at: usize| {
            header[at..]
                .first_chunk()
                .map_or(0, |bytes: &[u8; 8]| u64::from_le_bytes(*bytes))
        };
        let range = |at: usize| Range {
            offset: number(at),
            length: number(at + 8),
        };
        let (packing, tile_packing, tile_type, level) =
            (header[97], header[98], header[99], header[101]);
        if tile_type != VECTOR {
            return Err((99, "the tiles are pictures, not vectors".to_owned()));
        }
        if ![packing, tile_packing]
            .iter()
            .all(|packing| matches!(*packing, PLAIN | GZIP))
        {
            return Err((97, "packed in another way than gzip".to_owned()));
        }
        let (root, leaves, data) = (range(8), range(40), range(56));
        Ok(Self {
            bytes,
            root,
            leaves,
            data,
            packing,
            level,
        })
    }

    fn section(&self, range: Range, what: &str) -> Result<&'a [u8], Fault> {
        let start = usize::try_from(range.offset).ok();
        let length = usize::try_from(range.length).ok();
        let found = start
            .zip(length)
            .and_then(|(start, length)| self.bytes.get(start..start.checked_add(length)?));
        let cause = || format!("{what} lies behind the end: the file is cut short");
        found.ok_or_else(|| (self.bytes.len(), cause()))
    }

    /// Adds the tiles of the deepest level that a directory, and those below it, list.
    fn collect(
        &self,
        range: Range,
        depth: usize,
        visited: &mut BTreeSet<u64>,
        tiles: &mut Vec<(TileId, Range)>,
    ) -> Result<(), Fault> {
        let at = usize::try_from(range.offset).unwrap_or(usize::MAX);
        if depth > DEEPEST || !visited.insert(range.offset) {
            return Err((at, "directories lie in a circle".to_owned()));
        }
        let packed = self.section(range, "a directory")?;
        let unpacked = self.unpack(packed).map_err(|cause| (at, cause))?;
        let entries = entries(&unpacked).ok_or((at, "a directory ends too early".to_owned()))?;
        for entry in entries {
            let length = entry.length;
            if entry.run == 0 {
                let offset = self.leaves.offset.saturating_add(entry.offset);
                self.collect(Range { offset, length }, depth + 1, visited, tiles)?;
                continue;
            }
            let offset = self.data.offset.saturating_add(entry.offset);
            for tile in entry.tile..entry.tile.saturating_add(entry.run) {
                if tiles.len() >= MOST_TILES {
                    return Err((at, format!("more than {MOST_TILES} tiles")));
                }
                match tile_from_place(tile, self.level) {
                    Some(id) => tiles.push((id, Range { offset, length })),
                    // Another level: so is the rest of the run, or it is soon over.
                    None => break,
                }
            }
        }
        Ok(())
    }

    fn unpack(&self, packed: &[u8]) -> Result<Vec<u8>, String> {
        if self.packing == PLAIN {
            return Ok(packed.to_vec());
        }
        let mut unpacked = Vec::new();
        let mut decoder = flate2::read::GzDecoder::new(packed).take(LARGEST_DIRECTORY);
        decoder
            .read_to_end(&mut unpacked)
            .map_err(|error| error.to_string())?;
        Ok(unpacked)
    }
}

/// The entries of a directory: all tiles as differences, all runs, all lengths, all offsets.
fn entries(mut bytes: &[u8]) -> Option<Vec<Entry>> {
    let count = usize::try_from(varint(&mut bytes)?).ok()?;
    // Four bytes each at least.
    if count > bytes.len() / 4 {
        return None;
    }
    let mut entries = vec![Entry::default(); count];
    let mut tile = 0_u64;
    for entry in &mut entries {
        tile = tile.checked_add(varint(&mut bytes)?)?;
        entry.tile = tile;
    }
    for entry in &mut entries {
        entry.run = varint(&mut bytes)?;
    }
    for entry in &mut entries {
        entry.length = varint(&mut bytes)?;
    }
    let mut next = 0_u64;
    for entry in &mut entries {
        // Zero says: right behind the one before.
        entry.offset = match varint(&mut bytes)? {
            0 => next,
            offset => offset - 1,
        };
        next = entry.offset.checked_add(entry.length)?;
    }
    Some(entries)
}

/// A number in groups of seven bits, low ones first.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// The tile at a place on the curve through all levels; nothing if it is of another level. Within a
/// level, the curve is Hilbert's (the standard loop, Warren, Hacker's Delight, section 16).
fn tile_from_place(place: u64, level: u8) -> Option<TileId> {
    let level = u32::from(level);
    if level > vector_tile::DEEPEST {
        return None;
    }
    let tiles = 1_u64 << (2 * level);
    let before = (tiles - 1) / 3;
    let mut rest = place.checked_sub(before).filter(|rest| *rest < tiles)?;
    let (mut column, mut row) = (0_u32, 0_u32);
    for bit in 0..level {
        let side = 1_u32 << bit;
        let (east, south) = ((rest >> 1) & 1 == 1, (rest ^ (rest >> 1)) & 1 == 1);
        if !south {
            if east {
                (column, row) = (side - 1 - column, side - 1 - row);
            }
            std::mem::swap(&mut column, &mut row);
        }
        column += if east { side } else { 0 };
        row += if south { side } else { 0 };
        rest >>= 2;
    }
    Some(TileId { level, column, row })
}

impl TileId {
    /// The tile's box in degrees.
    fn bounds(self) -> Bounds {
        let [west, north] = self.degrees_from_share(0.0, 0.0);
        let [east, south] = self.degrees_from_share(1.0, 1.0);
        Bounds {
            west,
            south,
            east,
            north,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_on_the_curve_are_those_of_the_specification() {
        // The table of the PMTiles specification, section 4.1.
        let cases = [
            (0, (0, 0, 0)),
            (1, (1, 0, 0)),
            (2, (1, 0, 1)),
            (3, (1, 1, 1)),
            (4, (1, 1, 0)),
            (5, (2, 0, 0)),
            (19_078_479, (12, 3423, 1763)),
        ];
        for (place, (level, column, row)) in cases {
            let id = TileId { level, column, row };
            assert_eq!(tile_from_place(place, level as u8), Some(id));
        }
        assert_eq!(tile_from_place(5, 1), None);
        assert_eq!(tile_from_place(u64::MAX, 200), None);
    }

    #[test]
    fn broken_directories_are_refused() {
        let cases: [&[u8]; 4] = [&[], &[5, 1, 1], &[0xff; 12], &[1, 1, 1, 1]];
        for bytes in cases {
            assert!(entries(bytes).is_none(), "{bytes:?}");
        }
        assert_eq!(entries(&[1, 7, 1, 9, 1]).unwrap()[0].tile, 7);
    }
}
