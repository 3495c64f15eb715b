//! Where to cut across an axis so that parts have given areas.
//!
//! By Green's theorem the area of a face below a cut is an integral along the edges below it: the cut itself adds nothing, so that
//! nothing need be cut to know the area. Between corners the area is a quadratic function of the place.

use glam::DVec3;

use super::Mesh;
use crate::order::Order as _;

/// Faces whose slope along the axis is smaller lie across it: their area comes all at once.
const ACROSS: f64 = 1e-9;

/// The area of a mesh as a function of the place along an axis.
#[derive(Debug)]
pub(crate) struct AreaAlong {
    edges: Vec<Edge>,
    /// Places of faces that lie across the axis, and their areas.
    jumps: Vec<(f64, f64)>,
    /// Places of corners, ascending.
    stops: Vec<f64>,
}

/// An edge: its ends along the axis and across it, the latter by area for each metre along the axis.
#[derive(Debug)]
struct Edge {
    along: [f64; 2],
    across: [f64; 2],
}

impl AreaAlong {
    /// Of a mesh along an axis, or against it with a negative sign.
    pub(crate) fn new(mesh: &Mesh, axis: usize, sign: f64) -> Self {
        let mut direction = DVec3::ZERO;
        direction[axis] = 1.0_f64.copysign(sign);
        let mut area = Self {
            edges: Vec::new(),
            jumps: Vec::new(),
            stops: Vec::new(),
        };
        for face in 0..mesh.face_count() {
            area.add_face(mesh, face, direction);
        }
        area.stops.order_by(f64::total_cmp);
        area.stops.dedup();
        area
    }

    fn add_face(&mut self, mesh: &Mesh, face: usize, direction: DVec3) {
        let normal = mesh.normal(face);
        let slope = (direction - normal * normal.dot(direction)).length();
        let origin = mesh.point(mesh.outline(face)[0]);
        if slope < ACROSS {
            let place = origin.dot(direction);
            self.jumps.push((place, mesh.area(face)));
            self.stops.push(place);
            return;
        }
        // Along the cut, so that what is below counts as positive.
        let cut = direction.cross(normal).normalize_or_zero() / slope;
        for loop_number in mesh.loops_of(face) {
            let ring = mesh.ring(loop_number);
            let place = |k: usize| mesh.point(ring[k % ring.len()]);
            for k in 0..ring.len() {
                let [a, b] = [place(k), place(k + 1)];
                self.edges.push(Edge {
                    along: [a.dot(direction), b.dot(direction)],
                    across: [(a - origin).dot(cut), (b - origin).dot(cut)],
                });
                self.stops.push(a.dot(direction));
            }
        }
    }

    /// What finding a place costs.
    pub(crate) fn work(&self) -> usize {
        let steps = usize::BITS - self.stops.len().leading_zeros();
        (1 + self.edges.len()) * (2 + steps as usize) / 4
    }

    /// The whole area.
    pub(crate) fn total(&self) -> f64 {
        self.below(f64::INFINITY, true)
    }

    /// The area below a place; `closed` with what lies across the axis there.
    fn below(&self, place: f64, closed: bool) -> f64 {
        let swept = self.edges.iter().map(|edge| edge.below(place)).sum::<f64>();
        let counts = |at: f64| at < place || (closed && at == place);
        let jumps = self.jumps.iter().filter(|(at, _)| counts(*at));
        swept + jumps.map(|(_, area)| area).sum::<f64>()
    }

    /// The place below which an area lies; the ends for areas out of range, 0 without faces.
    pub(crate) fn place(&self, area: f64) -> f64 {
        let first = self
            .stops
            .partition_point(|&stop| self.below(stop, true) < area);
        if first == 0 || first == self.stops.len() {
            let end = if first == 0 {
                self.stops.first()
            } else {
                self.stops.last()
            };
            return end.copied().unwrap_or(0.0);
        }
        let (low, high) = (self.stops[first - 1], self.stops[first]);
        let before = self.below(low, true);
        let between = self.below((low + high) * 0.5, true) - before;
        let whole = self.below(high, false) - before;
        let wanted = area - before;
        if wanted >= whole {
            return high;
        }
        // whole = linear + square and between = linear / 2 + square / 4, in parts of the interval.
        let square = 2.0 * (whole - 2.0 * between);
        let linear = whole - square;
        let root = (linear * linear + 4.0 * square * wanted).max(0.0).sqrt();
        let part = 2.0 * wanted / (linear + root);
        if part.is_finite() {
            low + (high - low) * part.clamp(0.0, 1.0)
        } else {
            high
        }
    }
}

impl Edge {
    /// Its part of the integral below a place.
    fn below(&self, place: f64) -> f64 {
        let ([a, b], [p, q]) = (self.along, self.across);
        if a.min(b) >= place || a == b {
            return 0.0;
        }
        if a.max(b) <= place {
            return (p + q) * 0.5 * (b - a);
        }
        let at = p + (q - p) * ((place - a) / (b - a));
        if a < b {
            (p + at) * 0.5 * (place - a)
        } else {
            (at + q) * 0.5 * (b - place)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A star with a hole in a plane that rises along x.
    fn star(numbers: &[f64], rise: f64) -> Mesh {
        let mut mesh = Mesh::default();
        let count = numbers.len();
        let mut ring = |scale: f64, turn: f64| -> Vec<u32> {
            (0..count)
                .map(|k| {
                    let angle = turn * std::f64::consts::TAU * k as f64 / count as f64;
                    let (x, y) = (crate::math::cos(angle), crate::math::sin(angle));
                    // The hole runs the other way around.
                    let spoke = if turn > 0.0 { k } else { (count - k) % count };
                    let radius = scale * (1.0 + 4.0 * numbers[spoke]);
                    mesh.add_point(DVec3::new(x * radius, y * radius, x * radius * rise))
                })
                .collect()
        };
        let rings = [ring(1.0, 1.0), ring(0.3, -1.0)];
        mesh.add_face(rings.iter().map(Vec::as_slice));
        mesh
    }

    fn area(mesh: &Mesh) -> f64 {
        (0..mesh.face_count()).map(|face| mesh.area(face)).sum()
    }

    #[test]
    fn half_a_triangle() {
        let mut mesh = Mesh::default();
        for (x, y) in [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0)] {
            mesh.add_point(DVec3::new(x, y, 0.0));
        }
        mesh.add_face([&[0, 1, 2][..]]);
        let along = AreaAlong::new(&mesh, 0, 1.0);
        assert!((along.total() - 2.0).abs() < 1e-15);
        assert!((along.place(1.0) - 2.0_f64.sqrt()).abs() < 1e-15);
        assert_eq!((along.place(-1.0), along.place(9.0)), (0.0, 2.0));
        let against = AreaAlong::new(&mesh, 0, -1.0);
        assert!((against.place(1.0) + 2.0_f64.sqrt()).abs() < 1e-15);
        let across = AreaAlong::new(&mesh, 2, 1.0);
        assert_eq!((across.total(), across.place(1.0)), (2.0, 0.0));
        assert_eq!(AreaAlong::new(&Mesh::default(), 0, 1.0).place(1.0), 0.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn slabs_have_the_areas_asked_for(
            numbers in prop::collection::vec(0.0..1.0_f64, 3..24),
            rise in -2.0..2.0_f64,
            axis in 0..2_usize,
            parts in 1..9_usize,
        ) {
            let mesh = star(&numbers, rise);
            let along = AreaAlong::new(&mesh, axis, 1.0);
            let total = area(&mesh);
            prop_assert!((along.total() - total).abs() < 1e-12 * total);
            let place = |k: usize| along.place(total * k as f64 / parts as f64);
            let bounds: Vec<(f64, f64)> = (0..parts).map(|k| (place(k), place(k + 1))).collect();
            for slab in crate::mesh::cut::slabs(&mesh, axis, &bounds) {
                prop_assert_eq!(slab.check(), Ok(()));
                prop_assert!((area(&slab) - total / parts as f64).abs() < 1e-6 * total, "{}", area(&slab));
            }
        }
    }
}
