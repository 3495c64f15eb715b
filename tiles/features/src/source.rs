//! Files as they are: rings in the file's own coordinates, and what becomes of them.

pub(crate) mod cityjson;
pub(crate) mod flatgeobuf;
pub(crate) mod geojson;
mod localise;
pub(crate) mod openstreetmap;
pub(crate) mod pmtiles;
pub(crate) mod vector_tile;

pub(crate) use localise::localise;

use crate::reference::Reference;
use crate::{Attributes, Defect, Warning};

/// x (longitude or easting), y (latitude or northing), elevation; the last is zero where there is
/// none.
pub(crate) type Position = [f64; 3];

/// One feature of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawFeature {
    /// The source's id.
    pub(crate) id: String,
    /// Each an outer ring and its holes; no ring repeats its first point.
    pub(crate) polygons: Vec<Vec<Vec<Position>>>,
    /// Scalars by name.
    pub(crate) properties: Attributes,
}

/// What a parser makes of a file.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) features: Vec<RawFeature>,
    pub(crate) reference: Reference,
    pub(crate) warnings: Vec<Warning>,
    /// Whether corners of one polygon may stand at heights of their own; else its base is flat, on its lowest ground.
    pub(crate) sloped: bool,
    /// What the parser looked for and what to try, should there be no feature.
    pub(crate) looked_for: &'static str,
}

impl Source {
    pub(crate) fn new(reference: Reference, looked_for: &'static str) -> Self {
        Self {
            features: Vec::new(),
            reference,
            warnings: Vec::new(),
            sloped: false,
            looked_for,
        }
    }

    /// Adds a feature, or counts one that is no polygon.
    pub(crate) fn add(&mut self, feature: Option<RawFeature>, others: &mut usize) {
        match feature {
            Some(feature) => self.features.push(feature),
            None => *others += 1,
        }
    }

    /// Warns of the features that are no polygons.
    pub(crate) fn warn_of_others(&mut self, name: &str, count: usize) {
        if count > 0 {
            self.warn(name, Defect::OtherGeometry { count });
        }
    }

    pub(crate) fn warn(&mut self, feature: &str, defect: Defect) {
        self.warnings.push(Warning {
            feature: feature.to_owned(),
            defect,
        });
    }
}

/// Takes the repeated first point off a ring; a ring without one is closed with a warning.
pub(crate) fn unrepeat(ring: &mut Vec<Position>, feature: &str, warnings: &mut Vec<Warning>) {
    let closed = ring.len() > 1 && ring.first() == ring.last();
    if closed {
        ring.pop();
    } else if !ring.is_empty() {
        warnings.push(Warning {
            feature: feature.to_owned(),
            defect: Defect::UnclosedRing,
        });
    }
}
