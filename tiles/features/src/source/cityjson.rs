//! CityJSON 1.0 to 2.0, as one object or as a text sequence: footprints of buildings.
//!
//! A footprint is the surface of level of detail 0 of a building. Where there is none, it is made of the ground
//! surfaces of the most detailed geometry, by their semantics or, without semantics, by lying at the
//! bottom. A building without a footprint of its own gives one feature for each part that has one,
//! with the building's attributes under its own.
//!
//! 3DBAG measures elevations, not heights; so properties are added: `measuredHeight` (highest roof
//! point minus ground) and `measuredRoofHeight` (highest minus lowest roof point).

mod surfaces;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::Location;
use crate::reference::Reference;
use crate::source::geojson::without_place;
use crate::source::{Position, RawFeature, Source};
use crate::{Attributes, Defect, FeatureError, Format, Value};
use surfaces::Geometry;

/// A whole file, the first line of a sequence, or a feature of it.
#[derive(Debug, Deserialize)]
struct Document {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    transform: Option<Transform>,
    #[serde(default, rename = "CityObjects")]
    objects: BTreeMap<String, Object>,
    #[serde(default)]
    vertices: Vec<Position>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

/// From the integers of a file to coordinates.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Transform {
    scale: Position,
    translate: Position,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    #[serde(default, rename = "referenceSystem")]
    reference_system: Option<String>,
}

/// A building, a part of one, or something else.
#[derive(Debug, Deserialize)]
struct Object {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    attributes: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    geometry: Option<Vec<Geometry>>,
    #[serde(default)]
    children: Vec<String>,
    #[serde(default)]
    parents: Vec<String>,
}

/// Reads one object.
pub(crate) fn parse(name: &str, bytes: &[u8]) -> Result<Source, FeatureError> {
    let document = document(name, Format::CityJson, bytes, 1, "CityJSON")?;
    let mut source = Source::new(reference(name, &document)?, LOOKED_FOR);
    add_buildings(&document, document.transform, &mut source);
    Ok(source)
}

/// Reads a sequence: the first line has the transform and the reference system.
pub(crate) fn parse_sequence(name: &str, bytes: &[u8]) -> Result<Source, FeatureError> {
    let format = Format::CityJsonSeq;
    let mut lines = bytes
        .split(|byte| *byte == b'\n')
        .zip(1..)
        .filter(|(line, _)| !line.iter().all(u8::is_ascii_whitespace));
    let Some((first, number)) = lines.next() else {
        return Err(FeatureError::malformed(
            name,
            format,
            Location::File,
            "the file is empty",
        ));
    };
    let header = document(name, format, first, number, "CityJSON")?;
    let mut source = Source::new(reference(name, &header)?, LOOKED_FOR);
    add_buildings(&header, header.transform, &mut source);
    for (line, number) in lines {
        let feature = document(name, format, line, number, "CityJSONFeature")?;
        add_buildings(&feature, header.transform, &mut source);
    }
    Ok(source)
}

const LOOKED_FOR: &str = "Building or BuildingPart with a LoD 0 or ground surface";

/// Parses one line, or the whole file as if it were one, that starts at a line number.
fn document(
    name: &str,
    format: Format,
    bytes: &[u8],
    first_line: usize,
    kind: &str,
) -> Result<Document, FeatureError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let document: Document = serde_json::from_slice(bytes).map_err(|error| {
        let line = first_line + error.line().saturating_sub(1);
        let location = Location::Line {
            line,
            column: error.column(),
        };
        FeatureError::malformed(name, format, location, without_place(&error))
    })?;
    if document.kind == kind {
        Ok(document)
    } else {
        let location = Location::Line {
            line: first_line,
            column: 1,
        };
        let cause = format!(
            "an object of type `{}` where `{kind}` belongs",
            document.kind
        );
        Err(FeatureError::malformed(name, format, location, cause))
    }
}

fn reference(name: &str, document: &Document) -> Result<Reference, FeatureError> {
    let system = document
        .metadata
        .as_ref()
        .and_then(|metadata| metadata.reference_system.as_ref());
    let reference = system.map_or(Ok(Reference::Undeclared(None)), |name| {
        Reference::from_name(name)
    });
    reference.map_err(|cause| FeatureError::Reference {
        name: name.to_owned(),
        cause,
    })
}

/// Adds a feature for each building, or for each part where the building has no footprint itself.
fn add_buildings(document: &Document, transform: Option<Transform>, source: &mut Source) {
    let position = |vertex: &Position| match transform {
        Some(Transform { scale, translate }) => {
            std::array::from_fn(|axis| vertex[axis] * scale[axis] + translate[axis])
        }
        None => *vertex,
    };
    let vertices: Vec<Position> = document.vertices.iter().map(position).collect();
    for (id, object) in &document.objects {
        let orphan = object.kind == "BuildingPart" && object.parents.is_empty();
        if object.kind != "Building" && !orphan {
            continue;
        }
        let own = scalars(object);
        if add_feature(id, object, own.clone(), &vertices, source) {
            continue;
        }
        let mut found = false;
        for child in &object.children {
            let Some(part) = document.objects.get(child) else {
                continue;
            };
            let mut properties = own.clone();
            properties.extend(scalars(part));
            found |= add_feature(child, part, properties, &vertices, source);
        }
        if !found {
            source.warn(id, Defect::NoPolygon);
        }
    }
}

/// Adds a feature if the object has a footprint.
fn add_feature(
    id: &str,
    object: &Object,
    mut properties: Attributes,
    vertices: &[Position],
    source: &mut Source,
) -> bool {
    let polygons = surfaces::footprint(object.geometry.as_deref().unwrap_or_default(), vertices);
    if polygons.is_empty() {
        return false;
    }
    add_measures(&mut properties);
    source.features.push(RawFeature {
        id: id.to_owned(),
        polygons,
        properties,
    });
    true
}

fn scalars(object: &Object) -> Attributes {
    let attributes = object.attributes.iter().flatten();
    attributes
        .filter_map(|(name, value)| Some((name.clone(), Value::from_json(value)?)))
        .collect()
}

/// Heights from 3DBAG's elevations.
fn add_measures(properties: &mut Attributes) {
    let number = |name: &str| properties.get(name).and_then(Value::as_number);
    let (ground, lowest, highest) = (
        number("b3_h_maaiveld"),
        number("b3_h_dak_min"),
        number("b3_h_dak_max"),
    );
    let height = highest
        .zip(ground)
        .map(|(highest, ground)| highest - ground);
    let roof = highest
        .zip(lowest)
        .map(|(highest, lowest)| highest - lowest);
    for (name, measure) in [("measuredHeight", height), ("measuredRoofHeight", roof)] {
        if let Some(measure) = measure {
            properties
                .entry(name.to_owned())
                .or_insert(Value::Number(measure));
        }
    }
}
