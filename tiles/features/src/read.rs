//! The way in: files and folders to bytes, bytes to features.

use std::fs;
use std::path::{Path, PathBuf};

use crate::source::vector_tile::{self, TileId};
use crate::source::{self, Source};
use crate::{FeatureError, Features, Format, ReadOptions, format};

/// Reads a file, or a folder of vector tiles. The only function here that does input or output.
///
/// # Errors
/// See [`FeatureError`]; defects of single features are warnings in [`Features`] instead.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Features, FeatureError> {
    if path.is_dir() {
        return read_tiles(path, options);
    }
    parse(&path.to_string_lossy(), &read_bytes(path)?, options)
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, FeatureError> {
    fs::read(path).map_err(|source| FeatureError::Unreadable {
        path: path.to_owned(),
        source,
    })
}

/// Reads all vector tiles below a folder, in the order of their coordinates.
fn read_tiles(folder: &Path, options: &ReadOptions) -> Result<Features, FeatureError> {
    let mut tiles = Vec::new();
    find_tiles(folder, 0, &mut tiles)?;
    tiles.sort();
    let mut source = vector_tile::source();
    for (id, path) in tiles {
        let name = path.to_string_lossy();
        let bytes = read_bytes(&path)?;
        vector_tile::add_tile(&name, id, &bytes, options.layer.as_deref(), &mut source)?;
    }
    source::localise(
        &folder.to_string_lossy(),
        Format::VectorTile,
        source,
        options,
    )
}

/// Collects tiles by name, down to the two folders of `z/x/y.mvt`.
fn find_tiles(
    folder: &Path,
    depth: usize,
    tiles: &mut Vec<(TileId, PathBuf)>,
) -> Result<(), FeatureError> {
    let unreadable = |source| FeatureError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.to_string_lossy();
        if path.is_dir() && depth < 2 {
            find_tiles(&path, depth + 1, tiles)?;
        } else if format::by_name(&name) == Some(Format::VectorTile) {
            let id = TileId::from_name(&name);
            let id = id.ok_or_else(|| FeatureError::TileName {
                name: name.clone().into_owned(),
            })?;
            tiles.push((id, path));
        }
    }
    Ok(())
}

/// Reads bytes. The name gives the extension and, for vector tiles, the coordinates; messages carry
/// it.
///
/// # Errors
/// As [`read`], less those of the file system.
pub fn parse(name: &str, bytes: &[u8], options: &ReadOptions) -> Result<Features, FeatureError> {
    let by_name = format::by_name(name);
    let by_content = format::by_content(bytes);
    let Some(format) = by_name.or(by_content) else {
        return Err(FeatureError::UnknownFormat {
            name: name.to_owned(),
        });
    };
    let parsed = parse_as(format, name, bytes, options);
    let source = parsed.map_err(|error| match by_content {
        Some(found) if found != format => FeatureError::WrongFormat {
            name: name.to_owned(),
            expected: format,
            found,
        },
        _ => error,
    })?;
    source::localise(name, format, source, options)
}

fn parse_as(
    format: Format,
    name: &str,
    bytes: &[u8],
    options: &ReadOptions,
) -> Result<Source, FeatureError> {
    match format {
        Format::GeoJson => source::geojson::parse(name, bytes),
        Format::FlatGeobuf => source::flatgeobuf::parse(name, bytes),
        Format::OsmPbf => source::openstreetmap::parse(name, bytes),
        Format::VectorTile => {
            let tile_name = || FeatureError::TileName {
                name: name.to_owned(),
            };
            let id = TileId::from_name(name).ok_or_else(tile_name)?;
            let mut source = vector_tile::source();
            vector_tile::add_tile(name, id, bytes, options.layer.as_deref(), &mut source)?;
            Ok(source)
        }
        Format::PmTiles => source::pmtiles::parse(name, bytes, options),
        Format::CityJson => source::cityjson::parse(name, bytes),
        Format::CityJsonSeq => source::cityjson::parse_sequence(name, bytes),
    }
}
