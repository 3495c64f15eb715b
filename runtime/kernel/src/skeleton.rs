//! Weighted straight skeletons: what the edges of a polygon sweep when they move inward.
//!
//! Every edge moves along its inward normal with its own speed; the moving outline is the *wavefront*.
//! What an edge has swept is its *face*; the paths of the wavefront's vertices are the *arcs* between
//! faces (Aichholzer, Aurenhammer, Alberts and Gärtner 1995; weights: Eppstein and Erickson 1999).
//! Offset, setback and the skeleton roofs are all read off this one structure.
//!
//! # Method
//! The wavefront is a set of loops of segments whose vertices move on straight lines. An
//! event queue only says *when* something may happen: a segment shrinks to nothing, or a reflex vertex
//! meets a segment. *What* happens is then read off the geometry at that moment: all vertices and
//! segments at the place of the event meet in one node, overlapping opposite segments cancel, and around
//! the node each incoming segment is joined to the outgoing one next to it in clockwise order. So edge events, split events, several of them at one time, vertices meeting vertices
//! and parallel edges meeting along their length need no cases of their own.
//!
//! # Special edges
//! - Speed 0: the edge stays; its face is a vertical polygon (a gable), its area in the plane is zero.
//! - Consecutive parallel edges of different speed: the faster one leaves a *wall* behind, a segment at
//!   right angles that no input edge made.
//! - Edges of zero length: they have an empty face.
//! - Rings that touch, slits and spikes in the input: what touches at the start is resolved like any
//!   later meeting; opposite edges on one line cancel.
//!
//! # Errors
//! The result is checked: faces close, are simple, lie on their edge's plane and add up to the area of
//! the polygon. When a check fails the computation is repeated with other tolerances and with vertices
//! moved by less than a millionth of the extent; only then an error is returned, and the caller falls
//! back to something simpler (a flat roof, the unchanged face).

use crate::polygon::Polygon;
use glam::DVec3;

mod event;
pub(crate) mod faces;
mod junction;
pub mod roof;
mod wavefront;

#[cfg(test)]
mod tests;

use wavefront::{Settings, Wavefront};

/// The straight skeleton of a polygon.
#[derive(Clone, Debug, PartialEq)]
pub struct Skeleton {
    /// x, y and time of all nodes. The first ones are the polygon's points bit for bit, in flat order,
    /// at time 0.
    pub points: Vec<DVec3>,
    /// What each edge sweeps, in flat edge order.
    pub faces: Vec<SkeletonFace>,
    /// Vertical polygons between consecutive parallel edges of different speed; they have no area in
    /// the plane and belong to no input edge.
    pub walls: Vec<Vec<u32>>,
    /// The wavefront at the time limit; empty without a limit and where it has vanished before.
    pub remainder: Vec<WavefrontPolygon>,
}

/// What one edge sweeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkeletonFace {
    /// Flat number of the edge.
    pub edge: u32,
    /// Indices of points, counter-clockwise in the plane; the first two are the edge itself. Empty for
    /// an edge without length or one that sweeps nothing.
    pub ring: Vec<u32>,
    /// Holes of the face, clockwise: where the edge went around a part of the polygon that slower edges
    /// enclose. Always empty when all edges move at one speed.
    pub holes: Vec<Vec<u32>>,
}

/// A polygon cut out by the wavefront: an outer loop and its holes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WavefrontPolygon {
    /// Outer loop (counter-clockwise) first, then the holes (clockwise).
    pub rings: Vec<WavefrontRing>,
}

/// A loop of the wavefront.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WavefrontRing {
    /// Indices of points.
    pub points: Vec<u32>,
    /// For each point the input edge whose segment starts there; none for a wall.
    pub edges: Vec<Option<u32>>,
}

/// Why there is no straight skeleton.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkeletonError {
    /// The number of speeds is not the number of edges, or a value is negative or not finite.
    Invalid,
    /// A ring has no area, turns back on itself or has fewer than three edges of positive length.
    Degenerate,
    /// The wavefront never vanishes: there is no time limit, and edges of speed 0 enclose a part that
    /// no other edge reaches.
    Unbounded,
    /// The polygon crosses itself, or rounding broke every attempt.
    Inconsistent,
}

impl std::fmt::Display for SkeletonError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Invalid => "speeds or coordinates are invalid",
            Self::Degenerate => "the polygon is degenerate",
            Self::Unbounded => "resting edges enclose a part of the polygon",
            Self::Inconsistent => "the edges of the polygon cross",
        })
    }
}

impl std::error::Error for SkeletonError {}

/// Tolerance and jitter of each attempt, as fractions of the polygon's extent.
const ATTEMPTS: [(f64, f64); 6] = [
    (1e-9, 0.0),
    (1e-8, 0.0),
    (1e-11, 0.0),
    (1e-7, 0.0),
    (1e-9, 1e-7),
    (1e-8, 4e-7),
];

/// Weighted straight skeleton of `polygon`.
///
/// `speeds` holds one inward speed >= 0 per flat edge (1 everywhere: the usual skeleton). Without
/// `limit` the wavefront runs until it vanishes; with it, faces are cut at that time and the wavefront
/// there is the remainder.
///
/// # Errors
/// See [`SkeletonError`].
pub fn straight_skeleton(
    polygon: &Polygon,
    speeds: &[f64],
    limit: Option<f64>,
) -> Result<Skeleton, SkeletonError> {
    let sweep = sweep(polygon, speeds, limit)?;
    let remainder = faces::group_rings(&sweep.points, sweep.loops);
    Ok(Skeleton {
        points: sweep.points,
        faces: sweep.faces,
        walls: sweep.walls,
        remainder,
    })
}

/// A skeleton whose remaining loops are not yet grouped into polygons.
pub(crate) struct Sweep {
    pub(crate) points: Vec<DVec3>,
    pub(crate) faces: Vec<SkeletonFace>,
    pub(crate) walls: Vec<Vec<u32>>,
    pub(crate) loops: Vec<WavefrontRing>,
}

/// Moves the edges of any set of rings to their left until they vanish or `limit` is reached.
pub(crate) fn sweep(
    polygon: &Polygon,
    speeds: &[f64],
    limit: Option<f64>,
) -> Result<Sweep, SkeletonError> {
    let valid_speed = |speed: &f64| speed.is_finite() && *speed >= 0.0;
    if speeds.len() != polygon.edge_count()
        || !speeds.iter().all(valid_speed)
        || !polygon.points().all(glam::DVec2::is_finite)
        || limit.is_some_and(|time| !valid_speed(&time))
    {
        return Err(SkeletonError::Invalid);
    }
    let mut first_error = None;
    for (tolerance, jitter) in ATTEMPTS {
        let settings = Settings {
            tolerance,
            jitter,
            limit,
        };
        let attempt = Wavefront::new(polygon, speeds, settings).and_then(Wavefront::run);
        match attempt.and_then(|wavefront| faces::assemble(polygon, &wavefront)) {
            Ok(sweep) => return Ok(sweep),
            Err(SkeletonError::Unbounded) => return Err(SkeletonError::Unbounded),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    Err(first_error.unwrap_or(SkeletonError::Inconsistent))
}
