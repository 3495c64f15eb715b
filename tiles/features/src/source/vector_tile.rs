//! Mapbox vector tiles, versions 1 and 2, plain or gzipped.
//!
//! The messages are those of the specification's `vector_tile.proto`, decoded by `prost`; geometry is
//! decoded here: in 64-bit integers, so that the sign of a ring's area is exact at any extent (QA
//! tiles count 1,048,576 steps to a side), and feature by feature, so that a broken one is left out
//! with a warning instead of costing its layer.
//!
//! A building over a tile's edge comes out of one tile, or in pieces that meet at the edge ([`seam`]).

mod geometry;
mod message;
mod seam;

use std::io::Read as _;

use prost::Message as _;

use crate::error::Location;
use crate::reference::Reference;
use crate::source::{Position, RawFeature, Source};
use crate::{Attributes, Defect, FeatureError, Format, Value};
use geometry::TilePolygon;
use message::{Layer, Tile};
use seam::StepBox;

/// Layers of building footprints in the common schemas.
const BUILDING_LAYERS: [&str; 2] = ["building", "buildings"];
/// The layer of QA tiles: all of OpenStreetMap, buildings having a property of that name.
const QA_LAYER: &str = "osm";
/// A gzipped tile may unpack to this many bytes.
const LARGEST: u64 = 256 << 20;
/// The deepest level of a tile.
pub(crate) const DEEPEST: u32 = 30;

/// Level, column, row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TileId {
    pub(crate) level: u32,
    pub(crate) column: u32,
    pub(crate) row: u32,
}

impl TileId {
    /// From a name that ends in `z-x-y.mvt` or `z/x/y.mvt` (also `.pbf`, `.mvt.gz`).
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let stem_end = name.rfind(['/', '\\']).map_or(0, |slash| slash + 1);
        let stem = name[stem_end..].split('.').next()?;
        let path = format!("{}{stem}", &name[..stem_end]);
        let mut numbers = path.rsplit(['/', '\\', '-', '_']).map(str::parse::<u32>);
        let (row, column, level) = (numbers.next()?, numbers.next()?, numbers.next()?);
        let id = Self {
            level: level.ok()?,
            column: column.ok()?,
            row: row.ok()?,
        };
        let side = 1_u32
            .checked_shl(id.level)
            .filter(|_| id.level <= DEEPEST)?;
        (id.column < side && id.row < side).then_some(id)
    }

    /// Longitude and latitude of a point in the tile, from the north-west corner, as shares of its
    /// side.
    pub(crate) fn degrees_from_share(self, x: f64, y: f64) -> [f64; 2] {
        let side = f64::from(1_u32 << self.level);
        let (u, v) = (
            (f64::from(self.column) + x) / side,
            (f64::from(self.row) + y) / side,
        );
        let latitude = libm::atan(libm::sinh(std::f64::consts::PI * (1.0 - 2.0 * v)));
        [u * 360.0 - 180.0, latitude.to_degrees()]
    }
}

impl TileId {
    /// Steps to positions.
    fn degrees(self, polygon: &TilePolygon, extent: i64) -> Vec<Vec<Position>> {
        let position = |&[x, y]: &[i64; 2]| {
            let share = |step: i64| step as f64 / extent as f64;
            let [longitude, latitude] = self.degrees_from_share(share(x), share(y));
            [longitude, latitude, 0.0]
        };
        polygon
            .iter()
            .map(|ring| ring.iter().map(position).collect())
            .collect()
    }
}

/// An empty source for tiles to be added to.
pub(crate) fn source() -> Source {
    Source::new(
        Reference::Degrees,
        "layer `building` or `buildings`, or `osm` with a `building` property",
    )
}

/// Adds the buildings of one tile, or the polygons of the wanted layer.
pub(crate) fn add_tile(
    name: &str,
    id: TileId,
    bytes: &[u8],
    layer: Option<&str>,
    source: &mut Source,
) -> Result<(), FeatureError> {
    let malformed =
        |cause: String| FeatureError::malformed(name, Format::VectorTile, Location::File, cause);
    let unpacked;
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        unpacked = unpack(bytes).map_err(|error| malformed(error.to_string()))?;
        &unpacked
    } else {
        bytes
    };
    let tile = Tile::decode(bytes).map_err(|error| malformed(error.to_string()))?;
    for found in &tile.layers {
        let wanted = match layer {
            Some(layer) => found.name == layer,
            None => BUILDING_LAYERS.contains(&&*found.name) || found.name == QA_LAYER,
        };
        if wanted {
            let only_buildings = layer.is_none() && found.name == QA_LAYER;
            add_layer(id, found, only_buildings, source);
        }
    }
    Ok(())
}

fn unpack(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(bytes)
        .take(LARGEST)
        .read_to_end(&mut unpacked)?;
    Ok(unpacked)
}

fn add_layer(id: TileId, layer: &Layer, only_buildings: bool, source: &mut Source) {
    let extent = i64::from(layer.extent.unwrap_or(4096).max(1));
    let mut found: Vec<(String, Attributes, Vec<TilePolygon>)> = Vec::new();
    for (index, feature) in layer.features.iter().enumerate() {
        if feature.kind != Some(message::POLYGON) {
            continue;
        }
        let properties = properties(layer, &feature.tags);
        if only_buildings && !is_building(&properties) {
            continue;
        }
        let name = feature_name(id, index, &properties);
        match geometry::polygons(&feature.geometry, extent) {
            Ok(polygons) => found.push((name, properties, polygons)),
            Err(cause) => source.warn(&name, Defect::BrokenTileFeature { cause }),
        }
    }
    let all = found.iter().flat_map(|(_, _, polygons)| polygons);
    let Some(reach) = StepBox::around(all) else {
        return;
    };
    for (name, properties, polygons) in found {
        let was_empty = polygons.is_empty();
        let polygons = seam::of_tile(polygons, reach, extent);
        if was_empty || !polygons.is_empty() {
            let polygons = polygons
                .iter()
                .map(|rings| id.degrees(rings, extent))
                .collect();
            source.features.push(RawFeature {
                id: name,
                polygons,
                properties,
            });
        }
    }
}

/// OpenStreetMap's own id where QA tiles have it; else the tile and the number in its layer, since
/// ids in tiles mean nothing outside.
fn feature_name(id: TileId, index: usize, properties: &Attributes) -> String {
    match (properties.get("@type"), properties.get("@id")) {
        (Some(kind), Some(number)) => format!("{kind}/{number}"),
        _ => format!("{}/{}/{}/{index}", id.level, id.column, id.row),
    }
}

/// Whether OpenStreetMap means a building.
pub(crate) fn is_building(properties: &Attributes) -> bool {
    match properties.get("building") {
        Some(Value::String(text)) => text != "no",
        Some(Value::Bool(value)) => *value,
        Some(Value::Number(_)) => true,
        None => false,
    }
}

/// The values that the tags point at; tags that point nowhere are passed over.
fn properties(layer: &Layer, tags: &[u32]) -> Attributes {
    let (pairs, _) = tags.as_chunks::<2>();
    let lookup = |&[key, value]: &[u32; 2]| {
        let key = layer.keys.get(key as usize)?;
        let value = layer.values.get(value as usize)?.to_value()?;
        Some((key.clone(), value))
    };
    pairs.iter().filter_map(lookup).collect()
}

#[cfg(test)]
mod tests;
