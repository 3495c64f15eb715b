//! FlatGeobuf, version 3: header, optional index, features, each with its length before it.
//!
//! The tables are read by the `flatgeobuf` crate, verified first. Walking from feature to feature and
//! reading the property bytes is done here, within the bounds of the file, because the crate's reader
//! reserves whatever length a feature announces and trusts the lengths of properties.

use flatgeobuf::packed_r_tree::NodeItem;
use flatgeobuf::{
    Column, ColumnType, Geometry, GeometryType, Header, size_prefixed_root_as_feature,
    size_prefixed_root_as_header,
};

use crate::error::Location;
use crate::reference::Reference;
use crate::source::{Position, RawFeature, Source, unrepeat};
use crate::{Attributes, FeatureError, Format, Value, Warning};

/// The magic bytes: "fgb", version 3, "fgb", patch version.
const MAGIC: usize = 8;
/// Geometry collections may nest this deep.
const DEEPEST: usize = 8;

/// Reads all polygon features.
pub(crate) fn parse(name: &str, bytes: &[u8]) -> Result<Source, FeatureError> {
    let malformed = |byte: usize, cause: String| {
        FeatureError::malformed(name, Format::FlatGeobuf, Location::Byte(byte as u64), cause)
    };
    if !bytes.starts_with(b"fgb\x03fgb") {
        return Err(malformed(
            0,
            "the magic bytes of version 3 are missing".to_owned(),
        ));
    }
    let mut at = MAGIC;
    let table = prefixed(bytes, &mut at).map_err(|cause| malformed(MAGIC, cause))?;
    let header =
        size_prefixed_root_as_header(table).map_err(|error| malformed(MAGIC, error.to_string()))?;
    at += index_size(&header).ok_or_else(|| malformed(MAGIC, "an index of absurd size".into()))?;
    let reference = reference(&header).map_err(|cause| FeatureError::Reference {
        name: name.to_owned(),
        cause,
    })?;
    let mut source = Source::new(reference, "Polygon or MultiPolygon geometries");
    let (mut index, mut others) = (0, 0);
    while at < bytes.len() {
        let start = at;
        let table = prefixed(bytes, &mut at).map_err(|cause| malformed(start, cause))?;
        let feature = size_prefixed_root_as_feature(table)
            .map_err(|error| malformed(start, error.to_string()))?;
        let polygons = feature
            .geometry()
            .map(|geometry| polygons(geometry, header.geometry_type()));
        let columns = feature.columns().or(header.columns());
        let columns: Vec<Column<'_>> = columns.iter().flatten().collect();
        let values = feature
            .properties()
            .map(|values| values.bytes())
            .unwrap_or_default();
        let properties = properties(&columns, values)
            .ok_or_else(|| malformed(start, "properties end too early".to_owned()))?;
        let polygons = polygons.unwrap_or_default();
        let raw = raw_feature(index, polygons, properties, &mut source.warnings);
        source.add(raw, &mut others);
        index += 1;
    }
    if header.features_count() > index as u64 {
        let cause = format!("{index} features, {} announced", header.features_count());
        return Err(malformed(bytes.len(), cause));
    }
    source.warn_of_others(name, others);
    Ok(source)
}

/// A table with its length before it; moves on behind it.
fn prefixed<'a>(bytes: &'a [u8], at: &mut usize) -> Result<&'a [u8], String> {
    let rest = bytes.get(*at..).unwrap_or_default();
    let length = rest
        .first_chunk::<4>()
        .map(|length| u32::from_le_bytes(*length) as usize);
    let table = length.and_then(|length| rest.get(..length.checked_add(4)?));
    // Below 8 bytes the table has no room for its own offset.
    let table = table.filter(|table| table.len() >= 12);
    let table = table.ok_or("the file ends within a table: it is cut short")?;
    *at += table.len();
    Ok(table)
}

/// Bytes of the packed R-tree, by the format's definition; nothing when they cannot be.
fn index_size(header: &Header<'_>) -> Option<usize> {
    let fan_out = u64::from(header.index_node_size());
    let mut level = header.features_count();
    if fan_out == 0 || level == 0 {
        return Some(0);
    }
    if fan_out < 2 {
        return None;
    }
    let mut nodes = level;
    while level > 1 {
        level = level.div_ceil(fan_out);
        nodes = nodes.checked_add(level)?;
    }
    // A tree over one feature still has a root.
    let nodes = if header.features_count() == 1 {
        2
    } else {
        nodes
    };
    usize::try_from(nodes)
        .ok()?
        .checked_mul(size_of::<NodeItem>())
}

fn reference(header: &Header<'_>) -> Result<Reference, String> {
    let Some(crs) = header.crs() else {
        return Ok(Reference::Undeclared(None));
    };
    let wkt = crs.wkt().unwrap_or_default();
    if ["foot", "Foot", "feet"]
        .iter()
        .any(|unit| wkt.contains(unit))
    {
        return Err("the reference system is in feet".to_owned());
    }
    match u32::try_from(crs.code()) {
        Ok(code) if code > 0 => Reference::from_epsg(code),
        _ => match crs.name().or(crs.code_string()) {
            Some(name) if wkt.is_empty() => Reference::from_name(name),
            _ => Ok(Reference::Undeclared(None)),
        },
    }
}

fn raw_feature(
    index: usize,
    mut polygons: Vec<Vec<Vec<Position>>>,
    properties: Attributes,
    warnings: &mut Vec<Warning>,
) -> Option<RawFeature> {
    if polygons.is_empty() {
        return None;
    }
    let id = properties
        .get("id")
        .map_or_else(|| format!("feature/{index}"), Value::to_string);
    for ring in polygons.iter_mut().flatten() {
        unrepeat(ring, &id, warnings);
    }
    Some(RawFeature {
        id,
        polygons,
        properties,
    })
}

/// All polygons of a geometry. Its type is the header's where that is not mixed.
fn polygons(geometry: Geometry<'_>, declared: GeometryType) -> Vec<Vec<Vec<Position>>> {
    let mut polygons = Vec::new();
    let kind = if declared == GeometryType::Unknown {
        geometry.type_()
    } else {
        declared
    };
    collect(geometry, kind, 0, &mut polygons);
    polygons
}

fn collect(
    geometry: Geometry<'_>,
    kind: GeometryType,
    depth: usize,
    polygons: &mut Vec<Vec<Vec<Position>>>,
) {
    let parts = || geometry.parts().into_iter().flatten();
    if kind == GeometryType::Polygon {
        polygons.push(rings(geometry));
    } else if kind == GeometryType::MultiPolygon {
        polygons.extend(parts().map(rings));
    } else if kind == GeometryType::GeometryCollection && depth < DEEPEST {
        for part in parts() {
            collect(part, part.type_(), depth + 1, polygons);
        }
    }
}

/// Rings of a polygon: `ends` says where each ends, nothing where there is one only.
fn rings(polygon: Geometry<'_>) -> Vec<Vec<Position>> {
    let flat: Vec<f64> = polygon.xy().into_iter().flatten().collect();
    let elevations: Vec<f64> = polygon.z().into_iter().flatten().collect();
    let (pairs, _) = flat.as_chunks::<2>();
    let position = |(index, &[x, y]): (usize, &[f64; 2])| {
        [x, y, elevations.get(index).copied().unwrap_or(0.0)]
    };
    let positions: Vec<Position> = pairs.iter().enumerate().map(position).collect();
    let Some(ends) = polygon.ends().filter(|ends| !ends.is_empty()) else {
        return vec![positions];
    };
    let mut start = 0;
    let mut rings = Vec::new();
    for end in ends {
        let end = (end as usize).clamp(start, positions.len());
        rings.push(positions[start..end].to_vec());
        start = end;
    }
    rings
}

/// Scalars by name: column number, value, column number, value. Nothing when the bytes end within.
fn properties(columns: &[Column<'_>], mut bytes: &[u8]) -> Option<Attributes> {
    let mut attributes = Attributes::new();
    while !bytes.is_empty() {
        let column = columns.get(usize::from(u16::from_le_bytes(take(&mut bytes)?)))?;
        if let Some(value) = value(column.type_(), &mut bytes)? {
            attributes.insert(column.name().to_owned(), value);
        }
    }
    Some(attributes)
}

/// Takes a value; the inner nothing is one that is no scalar or not finite.
fn value(kind: ColumnType, bytes: &mut &[u8]) -> Option<Option<Value>> {
    let number = match kind {
        ColumnType::Bool => return Some(Some(Value::Bool(take::<1>(bytes)?[0] != 0))),
        ColumnType::String | ColumnType::DateTime => {
            let text = std::str::from_utf8(take_counted(bytes)?).ok()?;
            return Some(Some(Value::String(text.to_owned())));
        }
        ColumnType::Json | ColumnType::Binary => {
            take_counted(bytes)?;
            return Some(None);
        }
        ColumnType::Byte => f64::from(i8::from_le_bytes(take(bytes)?)),
        ColumnType::UByte => f64::from(u8::from_le_bytes(take(bytes)?)),
        ColumnType::Short => f64::from(i16::from_le_bytes(take(bytes)?)),
        ColumnType::UShort => f64::from(u16::from_le_bytes(take(bytes)?)),
        ColumnType::Int => f64::from(i32::from_le_bytes(take(bytes)?)),
        ColumnType::UInt => f64::from(u32::from_le_bytes(take(bytes)?)),
        ColumnType::Long => i64::from_le_bytes(take(bytes)?) as f64,
        ColumnType::ULong => u64::from_le_bytes(take(bytes)?) as f64,
        ColumnType::Float => f64::from(f32::from_le_bytes(take(bytes)?)),
        ColumnType::Double => f64::from_le_bytes(take(bytes)?),
        _ => return None,
    };
    Some(number.is_finite().then_some(Value::Number(number)))
}

fn take<const COUNT: usize>(bytes: &mut &[u8]) -> Option<[u8; COUNT]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}

fn take_counted<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let count = u32::from_le_bytes(take(bytes)?) as usize;
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}
