//! Which sides of a lot lie along streets, for the selectors `street.front` and so on.
//!
//! The attribute `streetWidth` of an initial shape has the width of the street along each of its edges, 0 where there is none. A
//! component is *front* when the edge it comes from (the nearest of those that look the same way) lies along a street. Others
//! are judged by where they look, with the edge along the widest street as the front: back, right or left; those that look to
//! the front without a street are right or left as well.

use glam::{DVec2, DVec3};

use crate::frame::Frame;
use crate::mesh::Mesh;
use crate::polygon::segment_distance;

/// The cosine of 45 degrees, and a little less: edges look the same way within that.
const SAME_WAY: f64 = std::f64::consts::FRAC_1_SQRT_2 - 1e-6;

/// The edges of an initial shape, from above in its object system.
#[derive(Debug)]
pub(crate) struct Streets {
    object: Frame,
    edges: Vec<Edge>,
    /// Where the edge along the widest street looks.
    front: DVec2,
}

#[derive(Debug)]
struct Edge {
    ends: [DVec2; 2],
    outward: DVec2,
    on_street: bool,
}

impl Streets {
    /// From the mesh of an initial shape (in the world) and the street widths of its edges; missing ones are 0. `None` when
    /// there is no street.
    pub(crate) fn new(mesh: &Mesh, object: &Frame, widths: &[f64]) -> Option<Self> {
        let inverse = object.frame_from_world();
        let mut streets = Self {
            object: *object,
            edges: Vec::new(),
            front: DVec2::ZERO,
        };
        let mut widest = 0.0;
        for loop_number in 0..mesh.loops.len() - 1 {
            let ring = mesh.ring(loop_number);
            let place = |k: usize| {
                let point = inverse.transform_point3(mesh.point(ring[k % ring.len()]));
                DVec2::new(point.x, point.z)
            };
            for k in 0..ring.len() {
                let ends = [place(k), place(k + 1)];
                // Seen with z downwards a ring runs clockwise: what is outside lies to the left.
                let along = ends[1] - ends[0];
                let outward = DVec2::new(-along.y, along.x).normalize_or_zero();
                let width = widths.get(streets.edges.len()).copied().unwrap_or(0.0);
                if width > widest {
                    (widest, streets.front) = (width, outward);
                }
                streets.edges.push(Edge {
                    ends,
                    outward,
                    on_street: width > 0.0,
                });
            }
        }
        (widest > 0.0).then_some(streets)
    }

    /// Whether a component with this normal around this place (in the world) is on a side: `front`, `back`, `left`, `right`,
    /// `side`. Components that look up or down are on none.
    pub(crate) fn matches(&self, normal: DVec3, place: DVec3, side: &str) -> bool {
        let normal = self.object.axes.transpose() * normal;
        let place = self.object.frame_from_world().transform_point3(place);
        let place = DVec2::new(place.x, place.z);
        let flat = DVec2::new(normal.x, normal.z);
        if flat.length() < normal.y.abs() || flat == DVec2::ZERO {
            return false;
        }
        let found = self.side_of(flat.normalize_or_zero(), place);
        found == side || (side == "side" && matches!(found, "left" | "right"))
    }

    fn side_of(&self, normal: DVec2, place: DVec2) -> &'static str {
        let distance = |edge: &Edge| segment_distance(place, edge.ends[0], edge.ends[1]);
        let alike = self
            .edges
            .iter()
            .filter(|edge| edge.outward.dot(normal) >= SAME_WAY);
        let nearest = alike.min_by(|a, b| distance(a).total_cmp(&distance(b)));
        if nearest.is_some_and(|edge| edge.on_street) {
            return "front";
        }
        // Right of the front as x is right of z.
        let right = DVec2::new(self.front.y, -self.front.x).dot(normal);
        if -self.front.dot(normal) > right.abs() {
            "back"
        } else if right > 0.0 {
            "right"
        } else {
            "left"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::DMat3;

    /// A lot of 10 by 10 whose first edge is at z = 10 and runs along x.
    fn lot() -> Mesh {
        let mut mesh = Mesh::default();
        for (x, z) in [(0.0, 10.0), (10.0, 10.0), (10.0, 0.0), (0.0, 0.0)] {
            mesh.add_point(DVec3::new(x, 0.0, z));
        }
        mesh.add_face([&[0, 1, 2, 3][..]]);
        mesh
    }

    fn sides(widths: &[f64]) -> Option<Vec<&'static str>> {
        let object = Frame {
            origin: DVec3::new(0.0, 0.0, 10.0),
            axes: DMat3::IDENTITY,
        };
        let streets = Streets::new(&lot(), &object, widths)?;
        let sides = [DVec3::Z, DVec3::X, DVec3::NEG_Z, DVec3::NEG_X].map(|normal| {
            let place = DVec3::new(5.0, 0.0, 5.0) + normal * 4.0;
            let names = ["front", "back", "left", "right"];
            let found = names
                .into_iter()
                .find(|side| streets.matches(normal, place, side));
            assert_eq!(
                streets.matches(normal, place, "side"),
                matches!(found, Some("left" | "right"))
            );
            found.unwrap_or("none")
        });
        assert!(!streets.matches(DVec3::Y, DVec3::ZERO, "front"));
        Some(sides.to_vec())
    }

    #[test]
    fn the_widest_street_is_the_front() {
        assert_eq!(sides(&[12.0]).unwrap(), ["front", "right", "back", "left"]);
        let turned = sides(&[0.0, 12.0, 0.0, 0.0]).unwrap();
        assert_eq!(turned, ["left", "front", "right", "back"]);
    }

    #[test]
    fn all_edges_along_streets_are_front() {
        let corner = sides(&[12.0, 8.0, 0.0, 0.0]).unwrap();
        assert_eq!(corner, ["front", "front", "back", "left"]);
        let through = sides(&[8.0, 0.0, 12.0, 0.0]).unwrap();
        assert_eq!(through, ["front", "left", "front", "right"]);
    }

    #[test]
    fn without_a_street_there_is_no_front() {
        assert_eq!(sides(&[0.0, 0.0]), None);
        assert_eq!(sides(&[]), None);
    }
}
