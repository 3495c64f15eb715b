//! GeoJSON: RFC 7946, and the `crs` member of its predecessor.

use geojson::{FeatureCollection, GeoJson, GeometryValue, JsonObject};

use crate::error::Location;
use crate::reference::Reference;
use crate::source::{Position, RawFeature, Source, unrepeat};
use crate::{Attributes, EDGE_ATTRIBUTE, FeatureError, Format, Value, Warning};

/// Reads a feature collection, a feature or a bare geometry.
pub(crate) fn parse(name: &str, bytes: &[u8]) -> Result<Source, FeatureError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let json: GeoJson = serde_json::from_slice(bytes).map_err(|error| {
        let location = Location::Line {
            line: error.line(),
            column: error.column(),
        };
        FeatureError::malformed(name, Format::GeoJson, location, without_place(&error))
    })?;
    let collection = match json {
        GeoJson::FeatureCollection(collection) => collection,
        GeoJson::Feature(feature) => FeatureCollection::new([feature]),
        GeoJson::Geometry(geometry) => FeatureCollection::new([geojson::Feature::from(geometry)]),
    };
    let reference = reference(name, collection.foreign_members.as_ref())?;
    let mut source = Source::new(reference, "Polygon or MultiPolygon geometries");
    source.sloped = true;
    let mut others = 0;
    for (index, feature) in collection.features.into_iter().enumerate() {
        let raw = raw_feature(index, feature, &mut source.warnings).map_err(|cause| {
            FeatureError::malformed(name, Format::GeoJson, Location::Feature(index), cause)
        })?;
        source.add(raw, &mut others);
    }
    source.warn_of_others(name, others);
    Ok(source)
}

/// The message less its "at line 1 column 2", which the location says already.
pub(super) fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message
        .split(" at line ")
        .next()
        .unwrap_or(&message)
        .to_owned()
}

fn reference(name: &str, members: Option<&JsonObject>) -> Result<Reference, FeatureError> {
    let Some(crs) = members
        .and_then(|members| members.get("crs"))
        .filter(|crs| !crs.is_null())
    else {
        return Ok(Reference::Undeclared(None));
    };
    let crs_name = crs
        .pointer("/properties/name")
        .and_then(|name| name.as_str());
    let cause = || "the `crs` member has no name".to_owned();
    crs_name
        .ok_or_else(cause)
        .and_then(Reference::from_name)
        .map_err(|cause| FeatureError::Reference {
            name: name.to_owned(),
            cause,
        })
}

/// A feature with polygons; nothing for points, lines and empty geometries.
fn raw_feature(
    index: usize,
    feature: geojson::Feature,
    warnings: &mut Vec<Warning>,
) -> Result<Option<RawFeature>, &'static str> {
    let id = match &feature.id {
        Some(geojson::feature::Id::String(text)) => text.clone(),
        Some(geojson::feature::Id::Number(number)) => number.to_string(),
        // Overture and many others put it among the properties.
        None => match feature.property("id").and_then(Value::from_json) {
            Some(id) => id.to_string(),
            None => format!("feature/{index}"),
        },
    };
    let Some(geometry) = feature.geometry else {
        return Ok(None);
    };
    let mut polygons = Vec::new();
    collect_polygons(geometry.value, &mut polygons)?;
    if polygons.is_empty() {
        return Ok(None);
    }
    for ring in polygons.iter_mut().flatten() {
        unrepeat(ring, &id, warnings);
    }
    let properties = feature.properties.map(scalars).unwrap_or_default();
    Ok(Some(RawFeature {
        id,
        polygons,
        properties,
    }))
}

fn collect_polygons(
    geometry: GeometryValue,
    polygons: &mut Vec<Vec<Vec<Position>>>,
) -> Result<(), &'static str> {
    match geometry {
        GeometryValue::Polygon { coordinates } => polygons.push(rings(&coordinates)?),
        GeometryValue::MultiPolygon { coordinates } => {
            for polygon in &coordinates {
                polygons.push(rings(polygon)?);
            }
        }
        GeometryValue::GeometryCollection { geometries } => {
            for geometry in geometries {
                collect_polygons(geometry.value, polygons)?;
            }
        }
        GeometryValue::Point { .. }
        | GeometryValue::MultiPoint { .. }
        | GeometryValue::LineString { .. }
        | GeometryValue::MultiLineString { .. } => {}
    }
    Ok(())
}

fn rings(polygon: &[Vec<geojson::Position>]) -> Result<Vec<Vec<Position>>, &'static str> {
    let position = |at: &geojson::Position| match *at.as_slice() {
        [x, y] => Ok([x, y, 0.0]),
        [x, y, elevation, ..] => Ok([x, y, elevation]),
        _ => Err("a position has fewer than two numbers"),
    };
    polygon
        .iter()
        .map(|ring| ring.iter().map(position).collect())
        .collect()
}

/// Scalars by name; one level of nesting becomes `outer.inner`, as in Overture's `names.primary`. Attributes of edges are lists,
/// which become texts with semicolons.
fn scalars(properties: JsonObject) -> Attributes {
    let mut attributes = Attributes::new();
    for (name, value) in properties {
        if let serde_json::Value::Object(inner) = &value {
            let nested = inner.iter().filter_map(|(key, value)| {
                Some((format!("{name}.{key}"), Value::from_json(value)?))
            });
            attributes.extend(nested);
        }
        let value = match &value {
            serde_json::Value::Array(items) if name.starts_with(EDGE_ATTRIBUTE) => list(items),
            _ => Value::from_json(&value),
        };
        if let Some(value) = value {
            attributes.insert(name, value);
        }
    }
    attributes
}

/// Scalars as a text, each ended by a semicolon; nothing when one is no scalar.
fn list(items: &[serde_json::Value]) -> Option<Value> {
    let items = items
        .iter()
        .map(|item| Some(format!("{};", Value::from_json(item)?)));
    items.collect::<Option<String>>().map(Value::String)
}
