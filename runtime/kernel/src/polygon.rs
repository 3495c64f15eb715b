//! Polygons in a plane: rings with holes, their measures and predicates.
//!
//! Coordinates are plane coordinates in the caller's unit (metres). The outer ring runs
//! counter-clockwise, holes clockwise, and no ring repeats its first point. Edge `i` of a ring runs
//! from point `i` to point `i + 1`; over a whole polygon edges have *flat* numbers, ring after ring.
//! Signs that decide a topology come from exact predicates ([`orientation`]).

use crate::order::Order as _;
use glam::DVec2;

pub mod convex;
pub mod offset;
pub mod overlay;
pub mod rectangle;
pub mod setback;
pub mod triangulate;

pub use convex::{convex_hull, convexify};
pub use offset::{BorderFace, Offset, TracedPolygon, TracedRing, offset};
pub use overlay::{OverlayError, paint, union};
pub use rectangle::{Rectangle, inner_rectangle, inner_rectangle_by_edge, minimum_rectangle};
pub use setback::{ChainPolygon, Setback, setback};
pub use triangulate::triangulate;

#[cfg(test)]
mod tests;

/// A closed sequence of points; the last one is joined to the first.
pub type Ring = Vec<DVec2>;

/// A polygon with holes: `rings[0]` is the outer ring (counter-clockwise), the others are holes
/// (clockwise).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Polygon {
    /// Outer ring first, then the holes.
    pub rings: Vec<Ring>,
}

impl Polygon {
    /// The polygon inside `outer`, without holes; a clockwise ring is reversed.
    pub fn new(outer: Ring) -> Self {
        Self::with_holes(outer, Vec::new())
    }

    /// The polygon inside `outer` and outside `holes`; rings of the wrong orientation are reversed.
    pub fn with_holes(outer: Ring, holes: Vec<Ring>) -> Self {
        let oriented = |mut ring: Ring, sign: f64| {
            if signed_area(&ring) * sign < 0.0 {
                ring.reverse();
            }
            ring
        };
        let mut rings = vec![oriented(outer, 1.0)];
        rings.extend(holes.into_iter().map(|hole| oriented(hole, -1.0)));
        Self { rings }
    }

    /// Number of edges (and points) over all rings.
    pub fn edge_count(&self) -> usize {
        self.rings.iter().map(Vec::len).sum()
    }

    /// End points of the edge with flat number `edge`.
    ///
    /// # Panics
    /// When there is no such edge.
    pub fn edge(&self, edge: usize) -> (DVec2, DVec2) {
        let mut local = edge;
        for ring in &self.rings {
            if local < ring.len() {
                return (ring[local], ring[(local + 1) % ring.len()]);
            }
            local -= ring.len();
        }
        panic!("edge {edge} of a polygon with {} edges", self.edge_count());
    }

    /// All points, ring after ring: the start point of each edge.
    pub fn points(&self) -> impl Iterator<Item = DVec2> + '_ {
        self.rings.iter().flatten().copied()
    }

    /// End points of all edges in flat order.
    pub fn edges(&self) -> impl Iterator<Item = (DVec2, DVec2)> + '_ {
        self.rings.iter().flat_map(|ring| ring_edges(ring))
    }

    /// Area of the outer ring less the holes.
    pub fn area(&self) -> f64 {
        self.rings.iter().map(|ring| signed_area(ring)).sum()
    }

    /// Centre of mass; the mean of the points where the area vanishes.
    pub fn centroid(&self) -> DVec2 {
        let Some(origin) = self.points().next() else {
            return DVec2::ZERO;
        };
        let (mut doubled_area, mut moment) = (0.0, DVec2::ZERO);
        for (a, b) in self.edges() {
            let (a, b) = (a - origin, b - origin);
            let cross = a.perp_dot(b);
            doubled_area += cross;
            moment += (a + b) * cross;
        }
        let centroid = origin + moment / (3.0 * doubled_area);
        if centroid.is_finite() {
            return centroid;
        }
        let count = self.edge_count() as f64;
        origin + self.points().map(|p| p - origin).sum::<DVec2>() / count
    }

    /// Whether `point` lies inside; points exactly on an edge may count either way.
    pub fn contains(&self, point: DVec2) -> bool {
        self.rings
            .iter()
            .fold(false, |inside, ring| inside != contains(ring, point))
    }

    /// Whether the polygon is one convex ring (straight angles allowed).
    pub fn is_convex(&self) -> bool {
        self.rings.len() == 1 && is_convex(&self.rings[0])
    }

    /// Whether no two edges meet except neighbours in their common point.
    pub fn is_simple(&self) -> bool {
        are_simple(&self.rings)
    }

    /// The polygon without repeated points, collinear points and spikes ([`clean_ring`]); holes that
    /// vanish are left out, and a vanishing outer ring leaves no rings at all.
    pub fn cleaned(&self, tolerance: f64) -> Self {
        let mut rings = self.rings.iter().map(|ring| clean_ring(ring, tolerance));
        let outer = rings.next().filter(|ring| !ring.is_empty());
        let holes = rings.filter(|ring| !ring.is_empty());
        Self {
            rings: outer.map_or_else(Vec::new, |outer| {
                std::iter::once(outer).chain(holes).collect()
            }),
        }
    }
}

/// End points of the edges of a ring.
pub fn ring_edges(ring: &[DVec2]) -> impl Iterator<Item = (DVec2, DVec2)> + '_ {
    (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()]))
}

/// Twice the area of the triangle `a`, `b`, `c`; its sign (positive: left turn) is exact.
pub fn orientation(a: DVec2, b: DVec2, c: DVec2) -> f64 {
    let coord = |p: DVec2| robust::Coord { x: p.x, y: p.y };
    robust::orient2d(coord(a), coord(b), coord(c))
}

/// Area of a ring, positive when it runs counter-clockwise.
pub fn signed_area(ring: &[DVec2]) -> f64 {
    let Some(&origin) = ring.first() else {
        return 0.0;
    };
    ring_edges(ring)
        .map(|(a, b)| (a - origin).perp_dot(b - origin))
        .sum::<f64>()
        * 0.5
}

/// Length of the closed ring.
pub fn perimeter(ring: &[DVec2]) -> f64 {
    ring_edges(ring).map(|(a, b)| a.distance(b)).sum()
}

/// Whether `point` lies inside `ring` of either orientation (even-odd rule); points exactly on an edge
/// may count either way.
pub fn contains(ring: &[DVec2], point: DVec2) -> bool {
    let mut inside = false;
    for (a, b) in ring_edges(ring) {
        if (a.y > point.y) != (b.y > point.y) {
            let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
            inside ^= orientation(low, high, point) > 0.0;
        }
    }
    inside
}

/// Whether a counter-clockwise ring never turns right; straight angles count as convex.
pub fn is_convex(ring: &[DVec2]) -> bool {
    let count = ring.len();
    let turn = |i: usize| orientation(ring[i], ring[(i + 1) % count], ring[(i + 2) % count]);
    // A ring that winds twice turns left everywhere too: its x direction changes more than twice.
    let ascending: Vec<bool> = ring_edges(ring)
        .filter(|(a, b)| a.x != b.x)
        .map(|(a, b)| b.x > a.x)
        .collect();
    let changes = (0..ascending.len())
        .filter(|&i| ascending[i] != ascending[(i + 1) % ascending.len()])
        .count();
    count >= 3 && changes <= 2 && (0..count).all(|i| turn(i) >= 0.0)
}

/// Whether no two edges of the ring meet except neighbours in their common point.
pub fn is_simple(ring: &[DVec2]) -> bool {
    are_simple(&[ring])
}

fn are_simple<R: AsRef<[DVec2]>>(rings: &[R]) -> bool {
    let mut edges = Vec::new();
    for (ring_index, ring) in rings.iter().enumerate() {
        let ring = ring.as_ref();
        if ring.len() < 3 {
            return false;
        }
        edges.extend(
            ring_edges(ring)
                .enumerate()
                .map(|(i, edge)| (ring_index, i, ring.len(), edge)),
        );
    }
    // Sorted by their left end, edges can only meet while their x ranges overlap.
    let range = |&(a, b): &(DVec2, DVec2)| (a.x.min(b.x), a.x.max(b.x));
    edges.order_by(|a, b| range(&a.3).0.total_cmp(&range(&b.3).0));
    for (i, first) in edges.iter().enumerate() {
        let right = range(&first.3).1;
        for second in edges[i + 1..]
            .iter()
            .take_while(|other| range(&other.3).0 <= right)
        {
            let same_ring = first.0 == second.0;
            let meets = if same_ring && second.1 == (first.1 + 1) % first.2 {
                folds_back(first.3.0, first.3.1, second.3.1)
            } else if same_ring && first.1 == (second.1 + 1) % first.2 {
                folds_back(second.3.0, second.3.1, first.3.1)
            } else {
                segments_meet(first.3, second.3)
            };
            if meets {
                return false;
            }
        }
    }
    true
}

/// Whether the path `a`, `b`, `c` stands still or turns back on itself.
fn folds_back(a: DVec2, b: DVec2, c: DVec2) -> bool {
    a == b || b == c || (orientation(a, b, c) == 0.0 && (b - a).dot(c - b) < 0.0)
}

/// Whether two closed segments have a common point (exact).
pub fn segments_meet((a, b): (DVec2, DVec2), (c, d): (DVec2, DVec2)) -> bool {
    if a.min(b).cmpgt(c.max(d)).any() || c.min(d).cmpgt(a.max(b)).any() {
        return false;
    }
    let sides = |p, q, r, s| {
        let (left, right) = (orientation(p, q, r), orientation(p, q, s));
        (left >= 0.0 && right <= 0.0) || (left <= 0.0 && right >= 0.0)
    };
    sides(a, b, c, d) && sides(c, d, a, b)
}

/// Distance from `point` to the closed segment from `a` to `b`.
pub fn segment_distance(point: DVec2, a: DVec2, b: DVec2) -> f64 {
    let along = b - a;
    let length_squared = along.length_squared();
    if length_squared == 0.0 {
        return point.distance(a);
    }
    let fraction = ((point - a).dot(along) / length_squared).clamp(0.0, 1.0);
    point.distance(a + along * fraction)
}

/// The ring without repeated points, points on the straight line between their neighbours and spikes,
/// each judged at `tolerance` (a length); empty when nothing with an area is left.
pub fn clean_ring(ring: &[DVec2], tolerance: f64) -> Ring {
    let mut kept: Ring = ring.to_vec();
    let mut index = 0;
    let mut unchanged = 0;
    while kept.len() >= 3 && unchanged < kept.len() {
        let count = kept.len();
        index %= count;
        let (before, at, after) = (
            kept[(index + count - 1) % count],
            kept[index],
            kept[(index + 1) % count],
        );
        if is_superfluous(before, at, after, tolerance) {
            kept.remove(index);
            // The point before may have become superfluous in turn.
            index = (index + count - 2) % (count - 1);
            unchanged = 0;
        } else {
            index += 1;
            unchanged += 1;
        }
    }
    if kept.len() < 3 { Ring::new() } else { kept }
}

/// Whether `at` repeats a neighbour, lies on the line through both or is the tip of a spike.
fn is_superfluous(before: DVec2, at: DVec2, after: DVec2, tolerance: f64) -> bool {
    at.distance(before) <= tolerance
        || at.distance(after) <= tolerance
        || segment_distance(at, before, after) <= tolerance
        || segment_distance(after, before, at) <= tolerance
        || segment_distance(before, at, after) <= tolerance
}
