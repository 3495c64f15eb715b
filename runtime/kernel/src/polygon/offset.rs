//! Offset: all edges of a polygon moved by one distance, with mitred corners.
//!
//! The result is read off the wavefront of a straight skeleton at time |distance|: inward the skeleton
//! of the polygon, outward that of everything around it. Parts that are swallowed or grow together come
//! out right, and every edge knows the input edge it comes from.

use super::{Polygon, Ring, signed_area};
use crate::order::Order as _;
use crate::skeleton::faces::group_rings;
use crate::skeleton::{SkeletonError, WavefrontPolygon, WavefrontRing, sweep};
use glam::{DVec2, DVec3};

/// A ring whose edges know where they come from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TracedRing {
    /// The points of the ring.
    pub points: Ring,
    /// For each point, the flat number of the input edge that became the edge starting there; none for
    /// an edge that no input edge made.
    pub edges: Vec<Option<u32>>,
}

/// A polygon whose edges know where they come from: outer ring (counter-clockwise), then holes
/// (clockwise).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TracedPolygon {
    /// Outer ring first, then the holes.
    pub rings: Vec<TracedRing>,
}

impl TracedPolygon {
    /// The polygon without the origins of its edges.
    pub fn polygon(&self) -> Polygon {
        Polygon {
            rings: self.rings.iter().map(|ring| ring.points.clone()).collect(),
        }
    }

    /// Rings as polygons: clockwise ones are holes of the smallest ring that `surrounds` them.
    pub(crate) fn group(
        rings: Vec<TracedRing>,
        surrounds: impl Fn(&[DVec2], &[DVec2]) -> bool,
    ) -> Vec<Self> {
        let (outlines, holes): (Vec<_>, Vec<_>) = rings
            .into_iter()
            .partition(|ring| signed_area(&ring.points) > 0.0);
        let mut polygons: Vec<Self> = outlines
            .into_iter()
            .map(|ring| Self { rings: vec![ring] })
            .collect();
        for hole in holes {
            let around = polygons
                .iter_mut()
                .filter(|polygon| surrounds(&polygon.rings[0].points, &hole.points));
            let area = |polygon: &Self| signed_area(&polygon.rings[0].points);
            if let Some(polygon) = around.min_by(|a, b| area(a).total_cmp(&area(b))) {
                polygon.rings.push(hole);
            }
        }
        polygons
    }

    pub(crate) fn from_wavefront(wavefront: &WavefrontPolygon, points: &[DVec3]) -> Self {
        let place = |&node: &u32| points[node as usize].truncate();
        let traced = |ring: &WavefrontRing| TracedRing {
            points: ring.points.iter().map(place).collect(),
            edges: ring.edges.clone(),
        };
        Self {
            rings: wavefront.rings.iter().map(traced).collect(),
        }
    }
}

/// What one edge of a polygon swept.
#[derive(Clone, Debug, PartialEq)]
pub struct BorderFace {
    /// Flat number of the edge.
    pub edge: u32,
    /// The edge itself, then the way back along its image: usually the quad `v[i]`, `v[i + 1]`,
    /// `image[i + 1]`, `image[i]`. Counter-clockwise for an inward offset, clockwise (facing down) for
    /// an outward one.
    pub ring: Ring,
    /// Holes of the face, of opposite direction; almost always none.
    pub holes: Vec<Ring>,
}

/// A polygon offset by some distance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offset {
    /// The shrunken or grown polygon: none where it is swallowed, several where it falls apart. Rings
    /// begin at the image of their lowest edge.
    pub inside: Vec<TracedPolygon>,
    /// What the edges swept, in flat edge order; edges without length have none.
    pub border: Vec<BorderFace>,
}

/// Moves all edges by `distance`: inward when negative, outward when positive.
///
/// # Errors
/// See [`SkeletonError`]; the polygon is then best left as it is.
pub fn offset(polygon: &Polygon, distance: f64) -> Result<Offset, SkeletonError> {
    if distance <= 0.0 {
        shrink(polygon, -distance)
    } else {
        grow(polygon, distance)
    }
}

fn shrink(polygon: &Polygon, distance: f64) -> Result<Offset, SkeletonError> {
    let sweep = sweep(polygon, &vec![1.0; polygon.edge_count()], Some(distance))?;
    let polygons = group_rings(&sweep.points, sweep.loops);
    let inside = polygons
        .iter()
        .map(|p| TracedPolygon::from_wavefront(p, &sweep.points))
        .collect();
    let place = |node: &u32| sweep.points[*node as usize].truncate();
    let border = sweep
        .faces
        .iter()
        .filter(|face| !face.ring.is_empty())
        .map(|face| BorderFace {
            edge: face.edge,
            ring: face.ring.iter().map(place).collect(),
            holes: face
                .holes
                .iter()
                .map(|hole| hole.iter().map(place).collect())
                .collect(),
        });
    Ok(Offset {
        inside,
        border: border.collect(),
    })
}

/// The outside of a polygon is the inside of its rings run backwards.
fn grow(polygon: &Polygon, distance: f64) -> Result<Offset, SkeletonError> {
    let backwards = Polygon {
        rings: polygon
            .rings
            .iter()
            .map(|ring| run_backwards(ring))
            .collect(),
    };
    let sweep = sweep(&backwards, &vec![1.0; polygon.edge_count()], Some(distance))?;
    // Edge j of a ring run backwards is edge n - 1 - j.
    let mut original = Vec::with_capacity(polygon.edge_count());
    for ring in &polygon.rings {
        let start = original.len() as u32;
        original.extend((start..start + ring.len() as u32).rev());
    }
    let forwards = |ring: WavefrontRing| {
        let count = ring.points.len();
        let edge = |i: usize| ring.edges[i].map(|edge| original[edge as usize]);
        WavefrontRing {
            points: (0..count).rev().map(|i| ring.points[i]).collect(),
            edges: (0..count)
                .rev()
                .map(|i| edge((i + count - 1) % count))
                .collect(),
        }
    };
    let loops = sweep.loops.into_iter().map(forwards).collect();
    let polygons = group_rings(&sweep.points, loops);
    let inside = polygons
        .iter()
        .map(|p| TracedPolygon::from_wavefront(p, &sweep.points))
        .collect();
    let backwards_ring = |ring: &Vec<u32>| -> Ring {
        let place = |i: usize| sweep.points[ring[i] as usize].truncate();
        let count = ring.len();
        (0..count).map(|i| place((count + 1 - i) % count)).collect()
    };
    let faces = sweep.faces.iter().filter(|face| !face.ring.is_empty());
    let mut border: Vec<BorderFace> = faces
        .map(|face| BorderFace {
            edge: original[face.edge as usize],
            ring: backwards_ring(&face.ring),
            holes: face.holes.iter().map(backwards_ring).collect(),
        })
        .collect();
    border.order_by_key(|face| face.edge);
    Ok(Offset { inside, border })
}

/// The ring in the other direction, from the same first point.
fn run_backwards(ring: &[DVec2]) -> Ring {
    let count = ring.len();
    (0..count).map(|i| ring[(count - i) % count]).collect()
}
