//! The distance between two scopes.

use glam::{DMat3, DVec3};

use crate::frame::Frame;

/// An oriented box in the world; flat and empty ones too.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope {
    center: DVec3,
    axes: DMat3,
    half: DVec3,
}

impl Scope {
    /// From a scope's frame and size.
    pub(super) fn new((frame, size): (Frame, DVec3)) -> Self {
        Self {
            center: frame.origin + frame.axes * (size * 0.5),
            axes: frame.axes,
            half: size.abs() * 0.5,
        }
    }

    fn corners(&self) -> [DVec3; 8] {
        std::array::from_fn(|k| {
            let sign = |bit: usize| if k >> bit & 1 == 0 { -1.0 } else { 1.0 };
            let corner = DVec3::new(sign(0), sign(1), sign(2)) * self.half;
            self.center + self.axes * corner
        })
    }

    fn distance_to_point(&self, point: DVec3) -> f64 {
        let local = self.axes.transpose() * (point - self.center);
        local.distance(local.clamp(-self.half, self.half))
    }

    /// How far it reaches from its middle in a direction.
    fn reach(&self, direction: DVec3) -> f64 {
        (self.axes.transpose() * direction).abs().dot(self.half)
    }
}

/// The corners at the ends of a box's edges.
const EDGES: [(usize, usize); 12] = [
    (0, 1),
    (2, 3),
    (4, 5),
    (6, 7),
    (0, 2),
    (1, 3),
    (4, 6),
    (5, 7),
    (0, 4),
    (1, 5),
    (2, 6),
    (3, 7),
];

/// The least distance between points of two boxes; 0 where they meet. Boxes are apart along a normal of a face or a common
/// perpendicular of edges, or they meet (S. Gottschalk and others, *OBB-Tree*, 1996); boxes that are apart are nearest at a
/// corner of one of them or between two edges.
pub(super) fn distance(a: &Scope, b: &Scope) -> f64 {
    if meet(a, b) {
        return 0.0;
    }
    let (of_a, of_b) = (a.corners(), b.corners());
    let from_b = of_b.iter().map(|&corner| a.distance_to_point(corner));
    let from_a = of_a.iter().map(|&corner| b.distance_to_point(corner));
    let pairs = EDGES
        .iter()
        .flat_map(|&(p, q)| EDGES.map(|(r, s)| [of_a[p], of_a[q], of_b[r], of_b[s]]));
    let between = pairs.map(distance_of_segments);
    from_a
        .chain(from_b)
        .chain(between)
        .fold(f64::INFINITY, f64::min)
}

fn meet(a: &Scope, b: &Scope) -> bool {
    let between = b.center - a.center;
    let (of_a, of_b) = (a.axes.to_cols_array_2d(), b.axes.to_cols_array_2d());
    let (of_a, of_b) = (of_a.map(DVec3::from_array), of_b.map(DVec3::from_array));
    let crossed = of_a
        .iter()
        .flat_map(|&one| of_b.map(|other| one.cross(other)));
    let mut axes = of_a.into_iter().chain(of_b).chain(crossed);
    axes.all(|axis| between.dot(axis).abs() <= a.reach(axis) + b.reach(axis))
}

/// From the segment between the first two points to the one between the others (C. Ericson, *Real-Time Collision
/// Detection*, 2004, 5.1.9).
fn distance_of_segments([p, q, r, s]: [DVec3; 4]) -> f64 {
    let (along, other, between) = (q - p, s - r, p - r);
    let (a, e, f) = (
        along.length_squared(),
        other.length_squared(),
        other.dot(between),
    );
    let share = |x: f64, of: f64| {
        if of > 0.0 {
            (x / of).clamp(0.0, 1.0)
        } else {
            0.0
        }
    };
    let (b, c) = (along.dot(other), along.dot(between));
    let mut first = share(b * f - c * e, a * e - b * b);
    let mut second = share(b * first + f, e);
    // Where the other end lies outside, the nearest point of the first segment moves.
    first = share(b * second - c, a);
    second = share(b * first + f, e);
    (p + along * first).distance(r + other * second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Random;
    use crate::frame::matrix_from_euler;

    fn scope(low: [f64; 3], size: [f64; 3], degrees: [f64; 3]) -> Scope {
        let axes = matrix_from_euler(DVec3::from_array(degrees));
        let frame = Frame {
            origin: DVec3::from_array(low),
            axes,
        };
        Scope::new((frame, DVec3::from_array(size)))
    }

    #[test]
    fn known_distances() {
        let unit = scope([0.0; 3], [1.0; 3], [0.0; 3]);
        let away = |low, degrees| distance(&unit, &scope(low, [1.0; 3], degrees));
        assert_eq!(away([0.5; 3], [0.0; 3]), 0.0);
        assert_eq!(away([1.0, 0.0, 0.0], [0.0; 3]), 0.0);
        assert_eq!(away([3.0, 0.2, 0.2], [0.0; 3]), 2.0);
        assert_eq!(away([4.0, 5.0, 0.0], [0.0; 3]), 5.0);
        let corner = distance(&unit, &scope([2.0; 3], [0.0; 3], [0.0; 3]));
        assert!((corner - 3.0_f64.sqrt()).abs() < 1e-12);
        // Negative sizes, and a flat scope over another one.
        let mirrored = scope([3.0, 0.0, 0.0], [-1.0, 1.0, 1.0], [0.0; 3]);
        assert_eq!(distance(&unit, &mirrored), 1.0);
        let flat = scope([-2.0, 4.0, -2.0], [9.0, 0.0, 9.0], [0.0; 3]);
        assert_eq!(distance(&unit, &flat), 3.0);
        // Two bars across each other: between edges.
        let bar = scope([-5.0, 0.0, 0.0], [10.0, 0.0, 0.0], [0.0; 3]);
        let across = scope([0.0, 2.0, 5.0], [10.0, 0.0, 0.0], [0.0, 90.0, 0.0]);
        assert!((distance(&bar, &across) - 2.0).abs() < 1e-12);
    }

    /// No pair of points of two boxes is nearer than the distance, and some pair is nearly as near.
    #[test]
    fn random_boxes_against_points_moved_towards_each_other() {
        let mut numbers = Random(7);
        let mut random = |size: f64| size * numbers.next();
        for _ in 0..2000 {
            let mut one = || {
                let mut three = |size| [random(size), random(size), random(size)];
                scope(three(6.0), three(3.0), three(360.0))
            };
            let (a, b) = (one(), one());
            // Alternating projections on convex sets approach the nearest pair.
            let nearest = |scope: &Scope, point: DVec3| {
                let local = scope.axes.transpose() * (point - scope.center);
                scope.center + scope.axes * local.clamp(-scope.half, scope.half)
            };
            let (mut p, mut q) = (a.center, b.center);
            for _ in 0..4000 {
                q = nearest(&b, p);
                p = nearest(&a, q);
            }
            let (found, expected) = (distance(&a, &b), p.distance(q));
            assert!(
                (found - expected).abs() < 2e-3 && found < expected + 1e-9,
                "{found} {expected}"
            );
        }
    }
}
