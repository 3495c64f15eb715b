//! How to read: which part of a file, and into which frame.

use std::str::FromStr;

use crate::{AttributeMapping, FeatureError, Origin};

/// What the caller can choose.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The local origin; the centre of the data if none is given.
    pub origin: Option<Origin>,
    /// Only features whose box touches this one.
    pub bounds: Option<Bounds>,
    /// The layer of a vector tile; if none is given, `building`, `buildings`, or what has a
    /// `building` property in `osm`.
    pub layer: Option<String>,
    /// From properties to attributes.
    pub mapping: AttributeMapping,
}

impl ReadOptions {
    /// Polygons below this area, in square metres, are dropped with a warning.
    pub const MINIMUM_AREA: f64 = 0.1;
}

/// A box in the coordinates of the file: degrees, or metres where it is projected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Least longitude or easting.
    pub west: f64,
    /// Least latitude or northing.
    pub south: f64,
    /// Greatest longitude or easting.
    pub east: f64,
    /// Greatest latitude or northing.
    pub north: f64,
}

impl Bounds {
    /// Holds nothing; grows by [`Bounds::include`].
    pub(crate) const EMPTY: Self = Self {
        west: f64::INFINITY,
        south: f64::INFINITY,
        east: f64::NEG_INFINITY,
        north: f64::NEG_INFINITY,
    };

    /// Grows to hold a point.
    pub(crate) fn include(&mut self, x: f64, y: f64) {
        self.west = self.west.min(x);
        self.east = self.east.max(x);
        self.south = self.south.min(y);
        self.north = self.north.max(y);
    }

    /// Whether the boxes share a point.
    pub(crate) fn touches(&self, other: &Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.south <= other.north
            && other.south <= self.north
    }
}

impl FromStr for Bounds {
    type Err = FeatureError;

    /// `west,south,east,north`.
    fn from_str(text: &str) -> Result<Self, FeatureError> {
        match numbers(text).as_deref() {
            Some(&[west, south, east, north]) if west <= east && south <= north => Ok(Self {
                west,
                south,
                east,
                north,
            }),
            _ => Err(FeatureError::Setting {
                setting: "box",
                text: text.to_owned(),
                expected: "west,south,east,north with west below east and south below north",
            }),
        }
    }
}

/// Finite numbers between commas.
pub(crate) fn numbers(text: &str) -> Option<Vec<f64>> {
    let parse = |part: &str| {
        part.trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
    };
    text.split(',').map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_needs_four_ordered_finite_numbers() {
        assert!("1,2,3,4".parse::<Bounds>().is_ok());
        for text in ["1,2,3", "3,2,1,4", "1,NaN,3,4", ""] {
            assert!(text.parse::<Bounds>().is_err(), "{text}");
        }
    }
}
