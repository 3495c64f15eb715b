//! From the file's coordinates to features in the local frame: filter, project, repair, map.

use std::collections::BTreeMap;

use crate::frame::TangentPlane;
use crate::place::Bounds;
use crate::reference::{Reference, degrees_from_mercator};
use crate::repair::{FlatPolygon, repair};
use crate::source::{Position, RawFeature, Source};
use crate::{
    Attributes, Defect, Feature, FeatureError, Features, Format, Frame, Origin, Polygon,
    ReadOptions, Value, Warning,
};

/// Metres from the origin beyond which one flat frame is refused.
const FARTHEST: f64 = 1_000_000.0;

/// A polygon whose corners differ less than this in height is level; metres.
const LEVEL: f64 = 0.01;

/// Makes features of what a parser found.
pub(crate) fn localise(
    name: &str,
    format: Format,
    mut source: Source,
    options: &ReadOptions,
) -> Result<Features, FeatureError> {
    if let Some(bounds) = &options.bounds {
        source
            .features
            .retain(|feature| extent(std::slice::from_ref(feature)).touches(bounds));
    }
    check_finite(name, &source.features)?;
    if source.reference == Reference::WebMercator {
        source.features.iter_mut().for_each(mercator_to_degrees);
        source.reference = Reference::Degrees;
    }
    let extent = extent(&source.features);
    let reference = source.reference.settle(&extent);
    check_degrees(name, reference, &source.features)?;
    let frame = frame(reference, &extent, lowest(&source.features), options.origin);
    let mut localiser = Localiser {
        name,
        projection: Projection::new(frame),
        options,
        sloped: source.sloped,
        features: Vec::with_capacity(source.features.len()),
        warnings: source.warnings,
    };
    for raw in source.features {
        localiser.add(raw)?;
    }
    if localiser.features.is_empty() {
        return Err(no_polygons(
            name,
            source.looked_for,
            &localiser.warnings,
            options,
        ));
    }
    let Localiser {
        features, warnings, ..
    } = localiser;
    Ok(Features {
        features,
        frame,
        warnings,
        format,
    })
}

fn no_polygons(
    name: &str,
    looked_for: &str,
    warnings: &[Warning],
    options: &ReadOptions,
) -> FeatureError {
    let cure = if options.bounds.is_some() {
        "check that the bounds lie in the data".to_owned()
    } else if let Some(warning) = warnings.last() {
        format!("the last of {} warnings is: {warning}", warnings.len())
    } else {
        "check that the file holds polygons".to_owned()
    };
    FeatureError::NoPolygons {
        name: name.to_owned(),
        looked_for: looked_for.to_owned(),
        cure,
    }
}

/// All positions of a feature.
fn positions(feature: &RawFeature) -> impl Iterator<Item = &Position> {
    feature.polygons.iter().flatten().flatten()
}

fn extent(features: &[RawFeature]) -> Bounds {
    let mut bounds = Bounds::EMPTY;
    for position in features.iter().flat_map(positions) {
        bounds.include(position[0], position[1]);
    }
    bounds
}

/// The lowest elevation, zero where there is none.
fn lowest(features: &[RawFeature]) -> f64 {
    let elevations = features
        .iter()
        .flat_map(positions)
        .map(|position| position[2]);
    elevations.reduce(f64::min).unwrap_or(0.0)
}

fn check_finite(name: &str, features: &[RawFeature]) -> Result<(), FeatureError> {
    let broken = features.iter().find_map(|feature| {
        let bad = positions(feature).find(|position| !position.iter().all(|c| c.is_finite()))?;
        Some((feature, bad))
    });
    broken.map_or(Ok(()), |(feature, position)| {
        Err(FeatureError::Coordinate {
            name: name.to_owned(),
            feature: feature.id.clone(),
            cause: format!("the coordinate {position:?}, which is not finite"),
        })
    })
}

fn check_degrees(
    name: &str,
    reference: Reference,
    features: &[RawFeature],
) -> Result<(), FeatureError> {
    let on_earth = |position: &&Position| position[0].abs() <= 360.0 && position[1].abs() <= 90.0;
    let broken = features.iter().find_map(|feature| {
        positions(feature)
            .find(|position| !on_earth(position))
            .map(|bad| (feature, bad))
    });
    match broken {
        Some((feature, [x, y, _])) if reference == Reference::Degrees => {
            Err(FeatureError::Coordinate {
                name: name.to_owned(),
                feature: feature.id.clone(),
                cause: format!("the coordinate {x}, {y}, which is no longitude and latitude"),
            })
        }
        _ => Ok(()),
    }
}

fn mercator_to_degrees(feature: &mut RawFeature) {
    for position in feature.polygons.iter_mut().flatten().flatten() {
        let [longitude, latitude] = degrees_from_mercator(position[0], position[1]);
        *position = [longitude, latitude, position[2]];
    }
}

/// The frame: the given origin, else the centre of the data on its lowest elevation.
fn frame(reference: Reference, extent: &Bounds, lowest: f64, origin: Option<Origin>) -> Frame {
    let origin = origin.unwrap_or(Origin {
        longitude: (extent.west + extent.east) / 2.0,
        latitude: (extent.south + extent.north) / 2.0,
        height: lowest,
    });
    match reference {
        Reference::Degrees | Reference::WebMercator => Frame::LocalTangent { origin },
        Reference::Metres(epsg) | Reference::Undeclared(epsg) => Frame::Projected {
            epsg,
            easting: origin.longitude,
            northing: origin.latitude,
            height: origin.height,
        },
    }
}

/// Ready to move many points.
enum Projection {
    Tangent {
        plane: TangentPlane,
        height: f64,
    },
    Shift {
        easting: f64,
        northing: f64,
        height: f64,
    },
}

impl Projection {
    fn new(frame: Frame) -> Self {
        match frame {
            Frame::LocalTangent { origin } => Self::Tangent {
                plane: TangentPlane::new(origin),
                height: origin.height,
            },
            Frame::Projected {
                easting,
                northing,
                height,
                epsg: _,
            } => Self::Shift {
                easting,
                northing,
                height,
            },
        }
    }

    /// East and north, metres.
    fn local_from_source(&self, position: &Position) -> [f64; 2] {
        match self {
            Self::Tangent { plane, .. } => plane.local_from_degrees(position[0], position[1]),
            Self::Shift {
                easting, northing, ..
            } => [position[0] - easting, position[1] - northing],
        }
    }

    fn height(&self) -> f64 {
        match self {
            Self::Tangent { height, .. } | Self::Shift { height, .. } => *height,
        }
    }
}

/// Collects features and warnings.
struct Localiser<'a> {
    name: &'a str,
    projection: Projection,
    options: &'a ReadOptions,
    sloped: bool,
    features: Vec<Feature>,
    warnings: Vec<Warning>,
}

impl Localiser<'_> {
    fn add(&mut self, raw: RawFeature) -> Result<(), FeatureError> {
        let mut defects = Vec::new();
        let attributes = self.options.mapping.apply(&raw.properties, &mut defects);
        let mut polygons = Vec::new();
        for rings in &raw.polygons {
            let flat = self.project(&raw.id, rings)?;
            let base = self.base(rings, &attributes);
            let heights = self.heights_over_base(rings, &flat);
            let repaired = repair(flat, &mut defects);
            polygons.extend(
                repaired
                    .into_iter()
                    .map(|rings| raised(rings, base, &heights)),
            );
        }
        if polygons.is_empty() {
            defects.push(Defect::NoPolygon);
        }
        let warn = |defect| Warning {
            feature: raw.id.clone(),
            defect,
        };
        self.warnings.extend(defects.into_iter().map(warn));
        if !polygons.is_empty() {
            let RawFeature {
                id,
                properties,
                polygons: _,
            } = raw;
            self.features.push(Feature {
                id,
                polygons,
                attributes,
                properties,
            });
        }
        Ok(())
    }

    /// Rings in local east and north.
    fn project(&self, id: &str, rings: &[Vec<Position>]) -> Result<FlatPolygon, FeatureError> {
        let local = |ring: &Vec<Position>| {
            ring.iter()
                .map(|position| self.projection.local_from_source(position))
                .collect()
        };
        let flat: FlatPolygon = rings.iter().map(local).collect();
        let distance = |point: &[f64; 2]| libm::hypot(point[0], point[1]);
        let farthest = flat.iter().flatten().map(distance).fold(0.0, f64::max);
        if farthest > FARTHEST {
            return Err(FeatureError::TooFar {
                name: self.name.to_owned(),
                feature: id.to_owned(),
                kilometres: farthest / 1000.0,
            });
        }
        Ok(flat)
    }

    /// Heights of a sloping polygon's corners over its base; none for a level one.
    fn heights_over_base(&self, rings: &[Vec<Position>], flat: &FlatPolygon) -> Heights {
        let elevations = || rings.iter().flatten().map(|position| position[2]);
        let lowest = elevations().fold(f64::INFINITY, f64::min);
        let highest = elevations().fold(f64::NEG_INFINITY, f64::max);
        if !self.sloped || highest - lowest < LEVEL {
            return Heights::new();
        }
        let corners = flat.iter().flatten().map(|&corner| bits(corner));
        corners.zip(elevations().map(|z| z - lowest)).collect()
    }

    /// Height of a polygon's base over the origin: its lowest ground, plus the minimum height.
    fn base(&self, rings: &[Vec<Position>], attributes: &Attributes) -> f64 {
        let elevations = rings.iter().flatten().map(|position| position[2]);
        let ground = elevations.reduce(f64::min).unwrap_or(0.0) - self.projection.height();
        ground
            + attributes
                .get("minHeight")
                .and_then(Value::as_number)
                .unwrap_or(0.0)
    }
}

/// Heights of corners, by the bits of their east and north.
type Heights = BTreeMap<[u64; 2], f64>;

fn bits([east, north]: [f64; 2]) -> [u64; 2] {
    [east.to_bits(), north.to_bits()]
}

/// East and north to x, y up, z south. Corners have heights over the base if all have: repairing may have made new ones.
fn raised(rings: FlatPolygon, base: f64, heights: &Heights) -> Polygon {
    let sloped = rings
        .iter()
        .flatten()
        .all(|&corner| heights.contains_key(&bits(corner)));
    let height = |corner| match sloped {
        true => base + heights[&bits(corner)],
        false => base,
    };
    let raise = |ring: Vec<[f64; 2]>| {
        let corners = ring.into_iter();
        corners.map(|[e, n]| [e, height([e, n]), -n]).collect()
    };
    let mut rings = rings.into_iter().map(raise);
    Polygon {
        outer: rings.next().unwrap_or_default(),
        holes: rings.collect(),
    }
}
