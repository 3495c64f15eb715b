//! Footprints from CityJSON geometry.

use serde::Deserialize;
use serde_json::Value;

use crate::source::Position;

/// Metres above the lowest point up to which a surface without semantics can be ground.
const BOTTOM: f64 = 0.1;

/// A geometry of any type; boundaries nest by type.
#[derive(Debug, Deserialize)]
pub(super) struct Geometry {
    #[serde(rename = "type")]
    kind: String,
    /// Text since version 1.1, a number before.
    #[serde(default)]
    lod: Value,
    #[serde(default)]
    boundaries: Value,
    #[serde(default)]
    semantics: Option<Semantics>,
}

#[derive(Debug, Deserialize)]
struct Semantics {
    surfaces: Vec<SemanticSurface>,
    /// Numbers into the list, nested as the boundaries are.
    #[serde(default)]
    values: Value,
}

#[derive(Debug, Deserialize)]
struct SemanticSurface {
    #[serde(rename = "type")]
    kind: String,
}

/// A surface: its rings of positions, and what its semantics call it.
struct Surface<'a> {
    rings: Vec<Vec<Position>>,
    kind: Option<&'a str>,
}

/// The polygons of the footprint; none if there is no geometry for one.
pub(super) fn footprint(geometry: &[Geometry], vertices: &[Position]) -> Vec<Vec<Vec<Position>>> {
    let lowest_detail = geometry.iter().find(|geometry| geometry.detail() < 1.0);
    if let Some(geometry) = lowest_detail {
        let surfaces = geometry.surfaces(vertices);
        let ground = of_kind(&surfaces, "GroundSurface");
        if !ground.is_empty() {
            return ground;
        }
        return surfaces.into_iter().map(|surface| surface.rings).collect();
    }
    let most_detailed = geometry
        .iter()
        .max_by(|a, b| a.detail().total_cmp(&b.detail()));
    let Some(geometry) = most_detailed else {
        return Vec::new();
    };
    let surfaces = geometry.surfaces(vertices);
    let ground = of_kind(&surfaces, "GroundSurface");
    if ground.is_empty() {
        at_the_bottom(surfaces)
    } else {
        ground
    }
}

fn of_kind(surfaces: &[Surface<'_>], kind: &str) -> Vec<Vec<Vec<Position>>> {
    let found = surfaces.iter().filter(|surface| surface.kind == Some(kind));
    found.map(|surface| surface.rings.clone()).collect()
}

/// Surfaces with all corners near the lowest point.
fn at_the_bottom(surfaces: Vec<Surface<'_>>) -> Vec<Vec<Vec<Position>>> {
    let heights = surfaces
        .iter()
        .flat_map(|surface| surface.rings.iter().flatten().map(|p| p[2]));
    let Some(lowest) = heights.reduce(f64::min) else {
        return Vec::new();
    };
    let low = |surface: &Surface<'_>| {
        surface
            .rings
            .iter()
            .flatten()
            .all(|position| position[2] <= lowest + BOTTOM)
    };
    surfaces
        .into_iter()
        .filter(low)
        .map(|surface| surface.rings)
        .collect()
}

impl Geometry {
    /// The level of detail; unknown ones rank lowest among solids.
    fn detail(&self) -> f64 {
        let detail = match &self.lod {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_f64(),
            _ => None,
        };
        detail.unwrap_or(1.0)
    }

    /// All surfaces with their semantics.
    fn surfaces(&self, vertices: &[Position]) -> Vec<Surface<'_>> {
        let depth = match &*self.kind {
            "MultiSurface" | "CompositeSurface" => 1,
            "Solid" => 2,
            "MultiSolid" | "CompositeSolid" => 3,
            _ => return Vec::new(),
        };
        let mut surfaces = Vec::new();
        let values = self.semantics.as_ref().map(|semantics| &semantics.values);
        self.collect(&self.boundaries, values, depth, vertices, &mut surfaces);
        surfaces
    }

    fn collect<'a>(
        &'a self,
        boundaries: &Value,
        values: Option<&Value>,
        depth: usize,
        vertices: &[Position],
        surfaces: &mut Vec<Surface<'a>>,
    ) {
        for (index, inner) in boundaries.as_array().into_iter().flatten().enumerate() {
            let value = values.and_then(|values| values.get(index));
            if depth > 1 {
                self.collect(inner, value, depth - 1, vertices, surfaces);
                continue;
            }
            let rings = rings(inner, vertices);
            if !rings.is_empty() {
                surfaces.push(Surface {
                    rings,
                    kind: self.kind_of(value),
                });
            }
        }
    }

    fn kind_of(&self, value: Option<&Value>) -> Option<&str> {
        let place = usize::try_from(value?.as_u64()?).ok()?;
        Some(&self.semantics.as_ref()?.surfaces.get(place)?.kind)
    }
}

/// Rings of vertex numbers to rings of positions; numbers that point nowhere are passed over.
fn rings(surface: &Value, vertices: &[Position]) -> Vec<Vec<Position>> {
    let corner = |number: &Value| {
        vertices
            .get(usize::try_from(number.as_u64()?).ok()?)
            .copied()
    };
    let ring = |ring: &Value| -> Vec<Position> {
        ring.as_array()
            .into_iter()
            .flatten()
            .filter_map(corner)
            .collect()
    };
    surface.as_array().into_iter().flatten().map(ring).collect()
}
