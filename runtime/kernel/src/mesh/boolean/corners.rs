//! Corners of the result: old ones, those on old edges, and those inside old faces.

use glam::{DVec2, DVec3};

use super::arrangement::Loops;
use super::lists::{Pair, before, order_pairs};
use crate::mesh::Mesh;
use crate::mesh::build::NewCorner;
use crate::mesh::clip::project;
use crate::mesh::flat::widest_triangle;

/// A corner of the result; it comes from corner [`INSIDE`] if it is not on the border of the old face.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) corner: NewCorner,
    /// The edge from here lies on both operands.
    pub(super) cut: bool,
}

/// Not a corner of the old face.
pub(super) const INSIDE: u32 = u32::MAX;

impl Spot {
    /// At a point inside a face.
    pub(super) fn inside(point: u32, cut: bool) -> Self {
        let corner = NewCorner {
            point,
            from: INSIDE,
            to: INSIDE,
            t: 0.0,
            moved: true,
        };
        Self { corner, cut }
    }

    /// Whether it is a corner of the old face.
    pub(super) fn is_old(self) -> bool {
        self.corner.from != INSIDE && self.corner.t == 0.0
    }
}

/// Texture coordinates and normals as linear functions in the plane of a face, through three of its corners.
pub(super) struct Plane {
    normal: DVec3,
    /// The three.
    pub(super) corners: [usize; 3],
    places: [DVec2; 3],
}

impl Plane {
    /// Through the widest triangle.
    pub(super) fn new(mesh: &Mesh, face: usize) -> Self {
        let normal = mesh.normal(face);
        let corners = mesh.corners_of(mesh.faces[face] as usize);
        let outline = mesh.outline(face).iter();
        let flat: Vec<DVec2> = outline.map(|&p| project(mesh.point(p), normal)).collect();
        let widest = widest_triangle(&flat);
        Self {
            normal,
            corners: widest.map(|k| corners.start + k),
            places: widest.map(|k| flat[k]),
        }
    }

    /// Sets what the last corner of a mesh looks like.
    pub(super) fn set_last(&self, mesh: &mut Mesh, source: &Mesh) {
        let last = mesh.corners.len() - 1;
        let at = project(mesh.point(mesh.corners[last]), self.normal);
        let [a, b, c] = self.places;
        let whole = (b - a).perp_dot(c - a);
        let (v, w) = (
            (at - a).perp_dot(c - a) / whole,
            (b - a).perp_dot(at - a) / whole,
        );
        let (v, w) = if v.is_finite() && w.is_finite() {
            (v, w)
        } else {
            (0.0, 0.0)
        };
        for (uvs, old) in mesh.uv_sets.iter_mut().zip(&source.uv_sets) {
            let [a, b, c] = self.corners.map(|corner| old.coordinates[corner]);
            uvs.coordinates[last] = a + (b - a) * v + (c - a) * w;
        }
        if !source.normals.is_empty() {
            let [a, b, c] = self.corners.map(|corner| source.normals[corner]);
            mesh.normals[last] = (a + (b - a) * v + (c - a) * w).normalize_or(a);
        }
    }
}

/// Polygons with the corners of the old face, where they have them.
pub(super) fn with_corners(
    polygons: Vec<Loops>,
    border: &[Vec<NewCorner>],
) -> Vec<Vec<Vec<NewCorner>>> {
    let corners: Vec<NewCorner> = border.iter().flatten().copied().collect();
    let numbered = corners
        .iter()
        .zip(0..)
        .map(|(corner, number)| (corner.point, number));
    let mut known: Vec<Pair> = numbered.collect();
    order_pairs(&mut known);
    let corner = |point: u32| match known.get(before(&known, (point, 0))) {
        Some(&(known, number)) if known == point => corners[number as usize],
        _ => Spot::inside(point, false).corner,
    };
    let ring = |ring: Vec<u32>| ring.into_iter().map(corner).collect();
    let polygon = |loops: Loops| loops.into_iter().map(ring).collect();
    polygons.into_iter().map(polygon).collect()
}
