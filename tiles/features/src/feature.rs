//! Features as initial shapes to be: polygons in the local frame, attributes for the grammar.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Format, Frame, Warning};

/// All features of a file, and how they came to be.
#[derive(Clone, Debug)]
pub struct Features {
    /// In the order of the file.
    pub features: Vec<Feature>,
    /// Where the local origin lies on Earth.
    pub frame: Frame,
    /// Every repair and every drop, in the order of the file.
    pub warnings: Vec<Warning>,
    /// What was read.
    pub format: Format,
}

impl Features {
    /// How often each kind of warning occurs, by [`crate::Defect::code`].
    #[must_use]
    pub fn warning_counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for warning in &self.warnings {
            *counts.entry(warning.defect.code()).or_default() += 1;
        }
        counts
    }

    /// Sum of all footprints, holes taken off, in square metres.
    #[must_use]
    pub fn total_area(&self) -> f64 {
        self.features.iter().map(Feature::area).sum()
    }
}

/// One initial shape to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// The source's id (`way/123`, `NL.IMBAG.Pand...`), or `feature/` and the number in the file.
    pub id: String,
    /// At least one; each is simple, and its holes lie inside it.
    pub polygons: Vec<Polygon>,
    /// What a grammar reads: normalised names, metres, numbers as numbers.
    pub attributes: Attributes,
    /// What the source says, unchanged; nested values are left out.
    pub properties: Attributes,
}

impl Feature {
    /// The attribute of this name, else the source's property of this name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.attributes
            .get(name)
            .or_else(|| self.properties.get(name))
    }

    /// Footprint in square metres, holes taken off.
    #[must_use]
    pub fn area(&self) -> f64 {
        self.polygons.iter().map(Polygon::area).sum()
    }
}

/// A polygon with holes, in metres: x = east, y = up, z = south. Level, unless its source gives the corners heights of
/// their own.
#[derive(Clone, Debug, PartialEq)]
pub struct Polygon {
    /// Counter-clockwise seen from above, so that its normal points up.
    pub outer: Ring,
    /// Clockwise seen from above, inside the outer ring.
    pub holes: Vec<Ring>,
}

impl Polygon {
    /// Area in square metres, holes taken off.
    #[must_use]
    pub fn area(&self) -> f64 {
        let rings = std::iter::once(&self.outer).chain(&self.holes);
        rings.map(|ring| signed_area(ring)).sum()
    }
}

/// Corners in order; the first is not repeated at the end.
pub type Ring = Vec<[f64; 3]>;

/// Area of a ring, positive when it runs counter-clockwise seen from above.
fn signed_area(ring: &[[f64; 3]]) -> f64 {
    let Some(&[x0, _, z0]) = ring.first() else {
        return 0.0;
    };
    let next = ring.iter().cycle().skip(1);
    let twice: f64 = ring
        .iter()
        .zip(next)
        .map(|(a, b)| (a[2] - z0) * (b[0] - x0) - (a[0] - x0) * (b[2] - z0))
        .sum();
    twice / 2.0
}

/// Properties whose names begin so have a value for each edge of the footprint, in a list `"a;b;c"`: polygon by polygon, the
/// outline before its holes. Edges are counted in footprints as a [`Polygon`] has them: counter-clockwise, without corners that
/// were repaired away.
pub const EDGE_ATTRIBUTE: &str = "/edgeattr/";

/// Named values, sorted by name.
pub type Attributes = BTreeMap<String, Value>;

/// A value of a property or attribute: the types that a grammar knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A finite number.
    Number(f64),
    /// True or false.
    Bool(bool),
    /// Text.
    String(String),
}

impl Value {
    /// The number, if it is one.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        if let Self::Number(number) = self {
            Some(*number)
        } else {
            None
        }
    }

    /// The truth value, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self {
            Some(*value)
        } else {
            None
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// A JSON scalar; nothing for null, arrays and objects.
    pub(crate) fn from_json(json: &serde_json::Value) -> Option<Self> {
        match json {
            serde_json::Value::Number(number) => number.as_f64().map(Self::Number),
            serde_json::Value::Bool(value) => Some(Self::Bool(*value)),
            serde_json::Value::String(text) => Some(Self::String(text.clone())),
            serde_json::Value::Null
            | serde_json::Value::Array(_)
            | serde_json::Value::Object(_) => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Bool(value) => value.fmt(f),
            Self::String(text) => text.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn area_is_positive_when_the_ring_turns_left_seen_from_above_and_holes_subtract() {
        // East 0..4, north 0..4: z runs south.
        let outer = vec![
            [0.0, 7.0, 0.0],
            [4.0, 7.0, 0.0],
            [4.0, 7.0, -4.0],
            [0.0, 7.0, -4.0],
        ];
        let hole = vec![
            [1.0, 7.0, -1.0],
            [1.0, 7.0, -2.0],
            [2.0, 7.0, -2.0],
            [2.0, 7.0, -1.0],
        ];
        let polygon = Polygon {
            outer,
            holes: vec![hole],
        };
        assert!((polygon.area() - 15.0).abs() < 1e-12);
    }
}
