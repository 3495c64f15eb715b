//! Polygons painted over each other: what is seen of each layer, where later layers cover earlier ones.
//!
//! One layer gives a union of its polygons; a polygon under others gives differences. Rings need not be simple: what a layer
//! covers is where its rings wind around at least once counter-clockwise.
//!
//! 1. Points are put on a grid of 2^30 cells across; sides that run both ways in one layer cancel (`segments`).
//! 2. Sides are cut where they cross and where points lie on them, until nothing crosses: rounding may bend sides, so that cut
//!    ones are looked at again (iterated snap rounding, after D. Halperin and E. Packer, 2002). All signs are exact, in
//!    whole numbers.
//! 3. The sides form a plane graph. Across each side winding numbers change by what is known of it, so that they spread from
//!    the outside of each connected part (`plane`).
//! 4. Sides between different layers are followed to rings, and these grouped to polygons.

mod plane;
mod segments;
#[cfg(test)]
mod tests;

use super::offset::{TracedPolygon, TracedRing};
use super::{Polygon, Ring, contains, ring_edges, segment_distance};
use glam::DVec2;

use crate::limits::Stop;
use crate::order::Order as _;

use self::plane::Plane;
use self::segments::Arrangement;

/// Why there is no overlay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverlayError {
    /// Sides still crossed after many rounds of cutting, on coarser grids too; or a coordinate is not finite.
    Tangled,
    /// A limit of the run.
    Stopped(Stop),
}

/// Cells of the grid across, as powers of two: the usual one, then coarser ones.
const GRIDS: [i32; 3] = [29, 25, 21];

/// For each layer what is seen of it. Edges know the input edge along which they run, of several the first; edges are numbered
/// layer by layer, polygon by polygon. Rings begin at their lowest edge, polygons are in the order of their first edges.
/// `charge` is told of the work before it is done.
///
/// # Errors
/// See [`OverlayError`].
pub fn paint(
    layers: &[Vec<Polygon>],
    mut charge: impl FnMut(usize) -> Result<(), Stop>,
) -> Result<Vec<Vec<TracedPolygon>>, OverlayError> {
    let points = || layers.iter().flatten().flat_map(Polygon::points);
    if !points().all(DVec2::is_finite) {
        return Err(OverlayError::Tangled);
    }
    if points().next().is_none() {
        return Ok(vec![Vec::new(); layers.len()]);
    }
    for bits in GRIDS {
        let mut arrangement = Arrangement::new(layers, bits);
        if arrangement
            .cut(&mut charge)
            .map_err(OverlayError::Stopped)?
        {
            let plane = Plane::new(&arrangement, layers.len());
            charge(plane.work()).map_err(OverlayError::Stopped)?;
            let seen = plane.seen();
            return Ok(seen
                .into_iter()
                .map(|rings| polygons(&arrangement, rings))
                .collect());
        }
    }
    Err(OverlayError::Tangled)
}

/// The area that at least one polygon covers, as polygons: [`paint`] with a single layer.
///
/// # Errors
/// See [`OverlayError`].
pub fn union(
    polygons: Vec<Polygon>,
    charge: impl FnMut(usize) -> Result<(), Stop>,
) -> Result<Vec<TracedPolygon>, OverlayError> {
    let layers = paint(&[polygons], charge)?;
    Ok(layers.into_iter().next().unwrap_or_default())
}

/// Rings of nodes and the edges that start there, as polygons.
fn polygons(arrangement: &Arrangement, rings: Vec<Vec<(u32, u32)>>) -> Vec<TracedPolygon> {
    let traced = |ring: Vec<(u32, u32)>| {
        let ring = without_cuts(arrangement, ring);
        let lowest = (0..ring.len()).min_by_key(|&k| (ring[k].1, k)).unwrap_or(0);
        let turned = ring[lowest..].iter().chain(&ring[..lowest]);
        let (points, edges): (Ring, Vec<_>) = turned
            .map(|&(node, edge)| (arrangement.point(node), Some(edge)))
            .unzip();
        TracedRing { points, edges }
    };
    let rings: Vec<TracedRing> = rings.into_iter().map(traced).collect();
    let mut rings: Vec<TracedRing> = rings
        .into_iter()
        .filter(|ring| !arrangement.is_sliver(&ring.points))
        .collect();
    rings.order_by_key(|ring| ring.edges[0]);
    let slack = 4.0 * arrangement.cell_size();
    TracedPolygon::group(rings, |outline, inner| surrounds(outline, inner, slack))
}

/// Whether a ring lies inside an outline, which it may touch: the first of its points decides that is clear of the outline.
fn surrounds(outline: &[DVec2], inner: &[DVec2], slack: f64) -> bool {
    let middles = ring_edges(inner).map(|(a, b)| (a + b) * 0.5);
    let is_clear =
        |point: &DVec2| ring_edges(outline).all(|(a, b)| segment_distance(*point, a, b) > slack);
    let mut points = inner.iter().copied().chain(middles);
    let clear = points.find(is_clear);
    let centre = || inner.iter().sum::<DVec2>() / inner.len() as f64;
    contains(outline, clear.unwrap_or_else(centre))
}

/// A ring without the nodes at which one input edge was cut.
fn without_cuts(arrangement: &Arrangement, ring: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    let count = ring.len();
    let goes_on = |k: usize| {
        let (before, here, after) = (
            ring[(k + count - 1) % count],
            ring[k],
            ring[(k + 1) % count],
        );
        before.1 == here.1 && !arrangement.is_corner(here.0, before.0, after.0)
    };
    let kept: Vec<(u32, u32)> = (0..count)
        .filter(|&k| !goes_on(k))
        .map(|k| ring[k])
        .collect();
    if kept.len() >= 3 { kept } else { ring }
}
