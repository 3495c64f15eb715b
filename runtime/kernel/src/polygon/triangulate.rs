//! Triangles of a polygon with holes.

use super::{Ring, is_convex, orientation};
use glam::DVec2;

/// Cuts a polygon into triangles without adding points.
///
/// `rings` is an outer ring (counter-clockwise) and holes (clockwise). The indices count the points of
/// all rings one after the other; triangles run counter-clockwise. Convex rings are fanned from the
/// first point that keeps every triangle's area positive, others go through ear clipping (`earcut`).
/// Degenerate input gives fewer triangles, never an error.
pub fn triangulate(rings: &[Ring]) -> Vec<[u32; 3]> {
    let [outer, holes @ ..] = rings else {
        return Vec::new();
    };
    if outer.len() < 3 {
        return Vec::new();
    }
    if holes.is_empty()
        && outer.len() <= 8
        && is_convex(outer)
        && let Some(triangles) = fan(outer)
    {
        return triangles;
    }
    clip_ears(rings)
}

/// A fan over a convex ring; none when collinear points would make an empty triangle.
fn fan(ring: &[DVec2]) -> Option<Vec<[u32; 3]>> {
    let count = ring.len();
    (0..count).find_map(|apex| {
        let at = |i: usize| (apex + i) % count;
        let triangles = (1..count - 1).map(|i| [apex, at(i), at(i + 1)]);
        let triangles: Vec<[usize; 3]> = triangles.collect();
        let all_turn_left = triangles
            .iter()
            .all(|&[a, b, c]| orientation(ring[a], ring[b], ring[c]) > 0.0);
        all_turn_left.then(|| triangles.iter().map(|t| t.map(|i| i as u32)).collect())
    })
}

fn clip_ears(rings: &[Ring]) -> Vec<[u32; 3]> {
    let origin = rings[0][0];
    let points: Vec<DVec2> = rings.iter().flatten().copied().collect();
    let mut hole_starts: Vec<u32> = Vec::new();
    let mut start = 0;
    for ring in rings {
        if start > 0 {
            hole_starts.push(start);
        }
        start += ring.len() as u32;
    }
    let mut indices: Vec<u32> = Vec::new();
    let local = points.iter().map(|&p| (p - origin).to_array());
    earcut::Earcut::new().earcut(local, &hole_starts, &mut indices);
    let mut triangles = Vec::with_capacity(indices.len() / 3);
    for triangle in indices.chunks_exact(3) {
        let [a, b, c] = [triangle[0], triangle[1], triangle[2]];
        let turn = orientation(points[a as usize], points[b as usize], points[c as usize]);
        if turn > 0.0 {
            triangles.push([a, b, c]);
        } else if turn < 0.0 {
            triangles.push([a, c, b]);
        }
    }
    triangles
}
