//! Setback: chosen edges of a polygon moved inward, each by its own distance.
//!
//! A weighted straight skeleton whose speeds are the distances, stopped at time 1. Edges with distance 0
//! stay where they are and the images of moved edges slide along them, as in CGA's `setback`, `shapeL`,
//! `shapeU` and `shapeO`. What is left is the remainder; what the edges swept are the setback polygons,
//! joined over neighbouring edges by [`Setback::join_chains`].

use std::collections::BTreeSet;

use super::Polygon;
use super::offset::{BorderFace, TracedPolygon, TracedRing};
use crate::order::Order as _;
use crate::skeleton::faces::{close_rings, surrounds};
use crate::skeleton::{Skeleton, SkeletonError, SkeletonFace, straight_skeleton};

/// Points nearer than this to the line between their neighbours lie on it; metres.
const SEAM: f64 = 1e-7;

/// A polygon after a setback.
#[derive(Clone, Debug, PartialEq)]
pub struct Setback {
    /// What the moved edges left over; empty when they swallowed everything. Edges that stay or move
    /// know their input edge.
    pub remainder: Vec<TracedPolygon>,
    /// What each moved edge swept, in flat edge order.
    pub faces: Vec<BorderFace>,
    skeleton: Skeleton,
    chains: Vec<Vec<u32>>,
}

/// The joined setback polygon of neighbouring moved edges.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainPolygon {
    /// Flat numbers of the edges, in ring order.
    pub edges: Vec<u32>,
    /// Their joined faces. The first ring begins with the lowest edge of the chain; an edge of the result
    /// names an input edge when it *is* that edge (the outline), otherwise none (the inner side).
    pub polygons: Vec<TracedPolygon>,
}

/// Moves edge `k` of `polygon` inward by `distances[k]` >= 0 (flat numbers).
///
/// # Errors
/// See [`SkeletonError`]; the polygon is then best left as it is.
pub fn setback(polygon: &Polygon, distances: &[f64]) -> Result<Setback, SkeletonError> {
    let skeleton = straight_skeleton(polygon, distances, Some(1.0))?;
    let remainder = &skeleton.remainder;
    let remainder = remainder
        .iter()
        .map(|p| TracedPolygon::from_wavefront(p, &skeleton.points))
        .collect();
    let place = |node: &u32| skeleton.points[*node as usize].truncate();
    let moved = |face: &&SkeletonFace| distances[face.edge as usize] > 0.0 && !face.ring.is_empty();
    let faces = skeleton.faces.iter().filter(moved).map(|face| BorderFace {
        edge: face.edge,
        ring: face.ring.iter().map(place).collect(),
        holes: face
            .holes
            .iter()
            .map(|hole| hole.iter().map(place).collect())
            .collect(),
    });
    let faces = faces.collect();
    let chains = moved_chains(polygon, distances);
    Ok(Setback {
        remainder,
        faces,
        skeleton,
        chains,
    })
}

/// Runs of neighbouring edges that move, in order of their lowest edge.
fn moved_chains(polygon: &Polygon, distances: &[f64]) -> Vec<Vec<u32>> {
    let mut chains = Vec::new();
    let mut first = 0;
    for ring in &polygon.rings {
        let count = ring.len();
        let moves = |i: usize| distances[first + i % count] > 0.0;
        let begins = (0..count).filter(|&i| moves(i) && !moves(i + count - 1));
        let mut begins: Vec<usize> = begins.collect();
        if begins.is_empty() && count > 0 && moves(0) {
            begins.push(0);
        }
        for begin in begins {
            let run = (begin..begin + count).take_while(|&i| moves(i));
            chains.push(
                run.map(|i| (first + i % count) as u32)
                    .collect::<Vec<u32>>(),
            );
        }
        first += count;
    }
    chains.order_by_key(|chain| chain.iter().min().copied());
    chains
}

impl Setback {
    /// One polygon for each run of neighbouring moved edges: three sides of a rectangle give a U, all
    /// four a ring (a polygon with a hole).
    ///
    /// # Errors
    /// [`SkeletonError::Inconsistent`] when the outlines do not close.
    pub fn join_chains(&self) -> Result<Vec<ChainPolygon>, SkeletonError> {
        self.chains
            .iter()
            .map(|chain| {
                let polygons = self.join(chain)?;
                Ok(ChainPolygon {
                    edges: chain.clone(),
                    polygons,
                })
            })
            .collect()
    }

    /// The joined faces of some moved edges, which should be neighbours.
    pub(crate) fn join(&self, chain: &[u32]) -> Result<Vec<TracedPolygon>, SkeletonError> {
        let mut edges = chain.to_vec();
        edges.order();
        // Sides with the edge they are, if any; the first side of a face is its edge.
        let mut sides: Vec<((u32, u32), Option<u32>)> = Vec::new();
        for &edge in &edges {
            let face = &self.skeleton.faces[edge as usize];
            for (index, ring) in std::iter::once(&face.ring).chain(&face.holes).enumerate() {
                for i in 0..ring.len() {
                    let side = (ring[i], ring[(i + 1) % ring.len()]);
                    sides.push((side, (index == 0 && i == 0).then_some(edge)));
                }
            }
        }
        let outline = without_opposites(&sides);
        let ways: Vec<(u32, u32)> = outline.iter().map(|(side, _)| *side).collect();
        let mut rings = close_rings(&ways, &self.skeleton.points)?;
        for ring in &mut rings {
            self.drop_seams(ring);
        }
        let source = |way: (u32, u32)| outline.iter().find(|(side, _)| *side == way)?.1;
        let traced = rings.iter().map(|ring| {
            let point = |i: usize| self.skeleton.points[ring[i] as usize].truncate();
            let edge = |i: usize| source((ring[i], ring[(i + 1) % ring.len()]));
            TracedRing {
                points: (0..ring.len()).map(point).collect(),
                edges: (0..ring.len()).map(edge).collect(),
            }
        });
        Ok(TracedPolygon::group(traced.collect(), surrounds))
    }

    /// Drops the points on straight sides where faces meet that were joined, and spikes along them; corners of the
    /// polygon itself stay.
    fn drop_seams(&self, ring: &mut Vec<u32>) {
        let faces = self.skeleton.faces.iter();
        let corners: BTreeSet<u32> = faces
            .flat_map(|face| face.ring.iter().take(2).copied())
            .collect();
        let at = |point: u32| self.skeleton.points[point as usize].truncate();
        let mut k = 0;
        let mut unchanged = 0;
        while ring.len() > 3 && unchanged < ring.len() {
            let count = ring.len();
            k %= count;
            let (before, here, after) = (
                ring[(k + count - 1) % count],
                ring[k],
                ring[(k + 1) % count],
            );
            let (a, b) = (at(here) - at(before), at(after) - at(here));
            let straight = a.perp_dot(b).abs() <= SEAM * a.length().max(b.length());
            if straight && !corners.contains(&here) {
                ring.remove(k);
                k = (k + count - 1) % count;
                unchanged = 0;
            } else {
                k += 1;
                unchanged += 1;
            }
        }
    }
}

/// Sides that no other side runs along in the opposite direction, in their order.
fn without_opposites(sides: &[((u32, u32), Option<u32>)]) -> Vec<((u32, u32), Option<u32>)> {
    let mut sorted: Vec<(u32, u32)> = sides.iter().map(|(side, _)| *side).collect();
    sorted.order();
    let opposite = |&(from, to): &(u32, u32)| sorted.binary_search(&(to, from)).is_ok();
    sides
        .iter()
        .filter(|(side, _)| !opposite(side))
        .copied()
        .collect()
}
