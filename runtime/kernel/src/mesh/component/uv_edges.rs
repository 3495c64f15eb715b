//! Edges of faces in texture space, for the selectors `uv.left`, `uv.uMin` and so on.

use glam::DVec2;

use crate::mesh::{Mesh, uv};
use crate::shape::{Geometry, Shape};

/// Coordinates this close, in parts of their range, are equal.
const NEAR: f64 = 1e-6;

/// The ends of the edges of all faces, in face-edge order, and where they look.
#[derive(Debug, Default)]
pub(crate) struct UvEdges {
    /// Ends, and the outward normal.
    edges: Vec<([DVec2; 2], DVec2)>,
    low: DVec2,
    high: DVec2,
}

impl UvEdges {
    /// The edges of a shape in a set; none without the set.
    pub(crate) fn new(shape: &Shape, set: u8) -> Self {
        let Geometry::Mesh(mesh) = &shape.geometry else {
            return Self::default();
        };
        // As components are: mirrored geometry has its faces turned over.
        let mesh = mesh.transformed(&shape.world_from_geometry);
        let Some(uvs) = uv::coordinates(&mesh, set) else {
            return Self::default();
        };
        let at = &uvs.coordinates;
        let mut edges = Vec::with_capacity(mesh.corners.len());
        for face in 0..mesh.face_count() {
            let turn = area(&mesh, at, face).signum();
            for loop_number in mesh.loops_of(face) {
                let corners = mesh.corners_of(loop_number);
                for corner in corners.clone() {
                    let next = if corner + 1 < corners.end {
                        corner + 1
                    } else {
                        corners.start
                    };
                    let along = at[next] - at[corner];
                    edges.push(([at[corner], at[next]], -along.perp() * turn));
                }
            }
        }
        Self {
            edges,
            low: at.iter().copied().fold(DVec2::INFINITY, DVec2::min),
            high: at.iter().copied().fold(DVec2::NEG_INFINITY, DVec2::max),
        }
    }

    /// Whether an edge is on a side: `left`, `right`, `bottom`, `top` by where it looks, `uMin`, `uMax`, `vMin`, `vMax` by where
    /// both its ends are.
    pub(crate) fn matches(&self, edge: usize, side: &str) -> bool {
        let Some(&([a, b], normal)) = self.edges.get(edge) else {
            return false;
        };
        let near = NEAR * (self.high - self.low);
        let both = |axis: usize, end: DVec2| {
            (a[axis] - end[axis]).abs() <= near[axis] && (b[axis] - end[axis]).abs() <= near[axis]
        };
        // A normal on the diagonal looks both ways, as in space.
        let looks = |component: f64| {
            component > 0.0 && component >= normal.abs().max_element() * (1.0 - NEAR)
        };
        match side {
            "left" => looks(-normal.x),
            "right" => looks(normal.x),
            "bottom" => looks(-normal.y),
            "top" => looks(normal.y),
            "uMin" => both(0, self.low),
            "uMax" => both(0, self.high),
            "vMin" => both(1, self.low),
            "vMax" => both(1, self.high),
            _ => false,
        }
    }
}

/// Twice the area of a face in texture space.
fn area(mesh: &Mesh, at: &[DVec2], face: usize) -> f64 {
    let rings = mesh
        .loops_of(face)
        .map(|ring| crate::polygon::signed_area(&at[mesh.corners_of(ring)]));
    rings.sum()
}
