//! From the traces of the wavefront to faces, and the checks of the result.

use super::wavefront::{Edge, NONE, Side, Wavefront};
use super::{SkeletonError, SkeletonFace, Sweep, WavefrontPolygon, WavefrontRing};
use crate::order::Order as _;
use crate::polygon::{self, Polygon, orientation, signed_area};
use glam::{DVec2, DVec3};

/// Relative error allowed in the sum of the faces' areas.
const AREA_ERROR: f64 = 1e-9;

/// Ends the traces, closes the faces and checks them.
pub(super) fn assemble(polygon: &Polygon, wavefront: &Wavefront) -> Result<Sweep, SkeletonError> {
    let mut nodes = wavefront.nodes.clone();
    let mut sides = wavefront.sides.clone();
    let loops = remaining_loops(wavefront, &mut nodes, &mut sides);
    // One bucket of sides per edge.
    sides.order_by_key(|side| side.edge);
    let mut faces: Vec<SkeletonFace> = (0..polygon.edge_count())
        .map(|edge| SkeletonFace {
            edge: edge as u32,
            ring: Vec::new(),
            holes: Vec::new(),
        })
        .collect();
    let mut walls = Vec::new();
    let mut swept = 0.0;
    for bucket in sides.chunk_by(|a, b| a.edge == b.edge) {
        let edge = &wavefront.edges[bucket[0].edge as usize];
        let ways: Vec<(u32, u32)> = bucket.iter().map(|side| (side.from, side.to)).collect();
        let rings = close_rings(&ways, &nodes)?;
        for (index, ring) in rings.iter().enumerate() {
            swept += checked_area(ring, index > 0, &nodes, (edge, wavefront))?;
        }
        let mut rings = rings.into_iter();
        match edge.source {
            Some(source) => {
                let face = &mut faces[source as usize];
                face.ring = rings
                    .next()
                    .filter(|ring| ring.len() >= 3)
                    .unwrap_or_default();
                face.holes = rings.collect();
            }
            None => walls.extend(rings),
        }
    }
    let mut points: Vec<DVec3> = nodes
        .iter()
        .map(|node| (node.truncate() + wavefront.origin).extend(node.z))
        .collect();
    for (point, given) in points.iter_mut().zip(polygon.points()) {
        *point = given.extend(0.0);
    }
    let total: f64 = local_area(polygon, wavefront.origin);
    let left: f64 = loops
        .iter()
        .map(|ring| signed_area(&flat_ring(&points, ring)))
        .sum();
    let scale = total.abs() + left.abs();
    // Jittered attempts answer for a polygon that differs a little.
    let jittered = wavefront
        .nodes
        .iter()
        .zip(polygon.points())
        .any(|(node, given)| {
            (node.truncate() + wavefront.origin).distance(given) > wavefront.tolerance * 0.5
        });
    let allowed = if jittered { 1e-5 } else { AREA_ERROR } * scale;
    let error = (swept + left - total).abs();
    if error.is_nan() || error > allowed {
        return Err(SkeletonError::Inconsistent);
    }
    name_own_ends(polygon, &mut faces);
    Ok(Sweep {
        points,
        faces,
        walls,
        loops,
    })
}

/// Area of a ring of a face, if the ring is what it should be: on the edge's plane, simple, and
/// counter-clockwise (clockwise as a hole).
fn checked_area(
    ring: &[u32],
    is_hole: bool,
    nodes: &[DVec3],
    (edge, wavefront): (&Edge, &Wavefront),
) -> Result<f64, SkeletonError> {
    let flat: Vec<DVec2> = ring
        .iter()
        .map(|&node| nodes[node as usize].truncate())
        .collect();
    let area = signed_area(&flat);
    let on_plane = |&node: &u32| {
        let node = nodes[node as usize];
        edge.height(node.truncate(), node.z).abs() <= 64.0 * wavefront.tolerance
    };
    let rough = 16.0 * wavefront.tolerance * polygon::perimeter(&flat);
    let turns_right_way = if is_hole {
        area <= rough
    } else {
        area >= -rough
    };
    if turns_right_way && ring.iter().all(on_plane) && !crosses_itself(&flat, wavefront.tolerance) {
        Ok(area)
    } else {
        Err(SkeletonError::Inconsistent)
    }
}

fn local_area(polygon: &Polygon, origin: DVec2) -> f64 {
    let local = |ring: &Vec<DVec2>| ring.iter().map(|&p| p - origin).collect::<Vec<_>>();
    polygon
        .rings
        .iter()
        .map(|ring| signed_area(&local(ring)))
        .sum()
}

/// Lets each face begin with its edge's own points, where repeated points share a node.
fn name_own_ends(polygon: &Polygon, faces: &mut [SkeletonFace]) {
    let mut start = 0;
    for ring in &polygon.rings {
        for i in 0..ring.len() {
            let face = &mut faces[start + i].ring;
            if !face.is_empty() {
                face[0] = (start + i) as u32;
                face[1] = (start + (i + 1) % ring.len()) as u32;
            }
        }
        start += ring.len();
    }
}

/// The loops of the wavefront where it has stopped; their nodes and the sides along them are added.
fn remaining_loops(
    wavefront: &Wavefront,
    nodes: &mut Vec<DVec3>,
    sides: &mut Vec<Side>,
) -> Vec<WavefrontRing> {
    let mut node_of = vec![NONE; wavefront.vertices.len()];
    for (index, vertex) in wavefront
        .vertices
        .iter()
        .enumerate()
        .filter(|(_, vertex)| vertex.alive)
    {
        let place = vertex.position(wavefront.now).extend(wavefront.now);
        let from = nodes[vertex.node as usize];
        let stands = from.distance_squared(place) == 0.0;
        node_of[index] = if stands {
            vertex.node
        } else {
            nodes.len() as u32
        };
        if !stands {
            let [left, right] =
                [vertex.incoming, vertex.outgoing].map(|s| wavefront.segments[s as usize].edge);
            let (from, to) = (vertex.node, nodes.len() as u32);
            nodes.push(place);
            sides.push(Side {
                edge: left,
                from,
                to,
            });
            sides.push(Side {
                edge: right,
                from: to,
                to: from,
            });
        }
    }
    let mut loops = Vec::new();
    let mut done = vec![false; wavefront.segments.len()];
    for first in 0..wavefront.segments.len() {
        let mut ring = WavefrontRing::default();
        let mut segment = first;
        while wavefront.segments[segment].alive && !done[segment] {
            done[segment] = true;
            let current = wavefront.segments[segment];
            let (from, to) = (
                node_of[current.start as usize],
                node_of[current.end as usize],
            );
            sides.push(Side {
                edge: current.edge,
                from: to,
                to: from,
            });
            ring.points.push(from);
            ring.edges
                .push(wavefront.edges[current.edge as usize].source);
            segment = wavefront.vertices[current.end as usize].outgoing as usize;
        }
        if !ring.points.is_empty() {
            loops.push(ring);
        }
    }
    loops
}

/// Chains directed sides to closed rings, the interior on their left; the first ring begins with the
/// first side. Rings that touch in a point are separated there.
pub(crate) fn close_rings(
    sides: &[(u32, u32)],
    points: &[DVec3],
) -> Result<Vec<Vec<u32>>, SkeletonError> {
    let place = |node: u32| points[node as usize].truncate();
    let mut used = vec![false; sides.len()];
    let mut rings = Vec::new();
    while let Some(start) = used.iter().position(|used| !used) {
        let mut ring = vec![sides[start].0];
        let mut current = start;
        loop {
            used[current] = true;
            let (from, to) = sides[current];
            if to == ring[0] {
                break;
            }
            ring.push(to);
            let back = place(from) - place(to);
            let mut best: Option<usize> = None;
            for next in (0..sides.len()).filter(|&next| !used[next] && sides[next].0 == to) {
                let direction = |side: usize| place(sides[side].1) - place(to);
                if best
                    .is_none_or(|best| is_sooner_clockwise(back, direction(next), direction(best)))
                {
                    best = Some(next);
                }
            }
            current = best.ok_or(SkeletonError::Inconsistent)?;
        }
        rings.push(ring);
    }
    Ok(rings)
}

/// Whether, turning clockwise from `back`, direction `a` comes before `b`.
fn is_sooner_clockwise(back: DVec2, a: DVec2, b: DVec2) -> bool {
    let turn = |from: DVec2, to: DVec2| orientation(DVec2::ZERO, from, to);
    let late = |v: DVec2| turn(back, v) > 0.0 || (turn(back, v) == 0.0 && back.dot(v) > 0.0);
    match (late(a), late(b)) {
        (false, true) => true,
        (true, false) => false,
        (true, true) | (false, false) => turn(a, b) > 0.0,
    }
}

/// Whether two sides of a ring cross by more than `tolerance`.
fn crosses_itself(ring: &[DVec2], tolerance: f64) -> bool {
    let count = ring.len();
    if count < 4 {
        return false;
    }
    let side = |i: usize| (ring[i], ring[(i + 1) % count]);
    let splits = |(a, b): (DVec2, DVec2), c: DVec2, d: DVec2| {
        let normal = (b - a).perp().normalize_or_zero();
        let (left, right) = (normal.dot(c - a), normal.dot(d - a));
        left.min(right) < -tolerance && left.max(right) > tolerance
    };
    (0..count).any(|i| {
        let (a, b) = side(i);
        (i + 2..count).any(|j| {
            let (c, d) = side(j);
            !(a.min(b).cmpgt(c.max(d)).any() || c.min(d).cmpgt(a.max(b)).any())
                && splits((a, b), c, d)
                && splits((c, d), a, b)
        })
    })
}

fn flat_ring(points: &[DVec3], ring: &WavefrontRing) -> Vec<DVec2> {
    ring.points
        .iter()
        .map(|&node| points[node as usize].truncate())
        .collect()
}

/// Groups loops into polygons: clockwise ones are holes of the smallest polygon around them. Each ring
/// begins at its lowest edge; polygons are in the order of their first edges.
pub(crate) fn group_rings(points: &[DVec3], loops: Vec<WavefrontRing>) -> Vec<WavefrontPolygon> {
    let mut outers: Vec<(f64, Vec<DVec2>, WavefrontPolygon)> = Vec::new();
    let mut holes = Vec::new();
    for mut ring in loops {
        start_at_lowest_edge(&mut ring);
        let flat = flat_ring(points, &ring);
        let area = signed_area(&flat);
        if area >= 0.0 {
            outers.push((area, flat, WavefrontPolygon { rings: vec![ring] }));
        } else {
            holes.push((flat, ring));
        }
    }
    outers.order_by_key(|(_, _, polygon)| polygon.rings[0].edges[0].unwrap_or(NONE));
    holes.order_by_key(|(_, ring)| ring.edges[0].unwrap_or(NONE));
    for (flat, ring) in holes {
        let around = outers
            .iter_mut()
            .filter(|(_, outer, _)| surrounds(outer, &flat));
        if let Some((_, _, polygon)) = around.min_by(|a, b| a.0.total_cmp(&b.0)) {
            polygon.rings.push(ring);
        }
    }
    outers.into_iter().map(|(_, _, polygon)| polygon).collect()
}

fn start_at_lowest_edge(ring: &mut WavefrontRing) {
    let lowest = (0..ring.edges.len()).min_by_key(|&i| (ring.edges[i].unwrap_or(NONE), i));
    let first = lowest.unwrap_or(0);
    ring.points.rotate_left(first);
    ring.edges.rotate_left(first);
}

/// Whether most corners of `inner` lie inside `outer` (corners on its outline decide nothing).
pub(crate) fn surrounds(outer: &[DVec2], inner: &[DVec2]) -> bool {
    let inside = inner
        .iter()
        .filter(|&&corner| polygon::contains(outer, corner))
        .count();
    2 * inside > inner.len()
}
