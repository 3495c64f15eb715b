//! Faces laid out in their own plane, and polygons lifted back with the face's texture coordinates.

use glam::{DVec2, DVec3};

use super::{Mesh, UvSet, tags::FlatTags};
use crate::polygon::{Polygon, Ring};

/// A face as a polygon in a plane, with the way back.
#[derive(Debug, Clone)]
pub(crate) struct FlatFace {
    /// Rings in plane coordinates, the outline counter-clockwise; edge numbers are those of the face's corners.
    pub(crate) polygon: Polygon,
    /// The plane's origin: the first point.
    origin: DVec3,
    /// Along the first edge that has a length.
    x_axis: DVec3,
    /// `normal × x_axis`.
    y_axis: DVec3,
    /// The face's normal.
    pub(crate) normal: DVec3,
    /// The asset material of the face.
    material: u32,
    /// Texture coordinates as a linear function of plane coordinates, by set.
    uvs: Vec<(u8, Linear)>,
    /// The face's tags, if its mesh has any.
    pub(super) tags: Option<Box<FlatTags>>,
}

/// A linear function of plane coordinates: the value at the origin and the change along x and y.
#[derive(Debug, Clone, Copy)]
struct Linear {
    at_origin: DVec2,
    along_x: DVec2,
    along_y: DVec2,
}

impl Linear {
    fn at(&self, point: DVec2) -> DVec2 {
        self.at_origin + self.along_x * point.x + self.along_y * point.y
    }

    /// The function through the values at three points.
    fn through(points: [DVec2; 3], values: [DVec2; 3]) -> Self {
        let (a, b) = (points[1] - points[0], points[2] - points[0]);
        let (u, v) = (values[1] - values[0], values[2] - values[0]);
        let determinant = a.perp_dot(b);
        let along_x = (u * b.y - v * a.y) / determinant;
        let along_y = (v * a.x - u * b.x) / determinant;
        if !(along_x.is_finite() && along_y.is_finite()) {
            return Self {
                at_origin: values[0],
                along_x: DVec2::ZERO,
                along_y: DVec2::ZERO,
            };
        }
        Self {
            at_origin: values[0] - along_x * points[0].x - along_y * points[0].y,
            along_x,
            along_y,
        }
    }
}

impl FlatFace {
    /// Lays out a face; `None` for a degenerate one.
    pub(crate) fn new(mesh: &Mesh, face: usize) -> Option<Self> {
        let normal = mesh.normal(face);
        let outline = mesh.outline(face);
        let edge = |k: usize| mesh.point(outline[(k + 1) % outline.len()]) - mesh.point(outline[k]);
        let in_plane = |edge: DVec3| (edge - normal * normal.dot(edge)).normalize_or_zero();
        let x_axis = (0..outline.len())
            .map(|k| in_plane(edge(k)))
            .find(|e| *e != DVec3::ZERO)?;
        if normal == DVec3::ZERO {
            return None;
        }
        let mut flat = Self {
            polygon: Polygon { rings: Vec::new() },
            origin: mesh.point(outline[0]),
            x_axis,
            y_axis: normal.cross(x_axis),
            normal,
            material: mesh.materials[face],
            uvs: Vec::new(),
            tags: FlatTags::new(mesh, face),
        };
        for loop_number in mesh.loops_of(face) {
            let ring = mesh
                .ring(loop_number)
                .iter()
                .map(|&p| flat.flatten(mesh.point(p)))
                .collect();
            flat.polygon.rings.push(ring);
        }
        let outline_corners = mesh.corners_of(mesh.faces[face] as usize);
        let [a, b, c] = widest_triangle(&flat.polygon.rings[0]);
        for uvs in &mesh.uv_sets {
            let value = |k: usize| uvs.coordinates[outline_corners.start + k];
            let at = |k: usize| flat.polygon.rings[0][k];
            flat.uvs.push((
                uvs.set,
                Linear::through([a, b, c].map(at), [a, b, c].map(value)),
            ));
        }
        Some(flat)
    }

    /// A point of space in plane coordinates.
    pub(crate) fn flatten(&self, point: DVec3) -> DVec2 {
        let local = point - self.origin;
        DVec2::new(local.dot(self.x_axis), local.dot(self.y_axis))
    }

    /// A direction of space in plane coordinates, not normalised.
    pub(crate) fn flatten_direction(&self, direction: DVec3) -> DVec2 {
        DVec2::new(direction.dot(self.x_axis), direction.dot(self.y_axis))
    }

    /// A point of the plane, lifted by `height` along the normal.
    pub(crate) fn lift(&self, point: DVec2, height: f64) -> DVec3 {
        self.origin + self.x_axis * point.x + self.y_axis * point.y + self.normal * height
    }

    /// A face from rings in the plane.
    pub(crate) fn mesh_of(&self, rings: &[Ring]) -> Mesh {
        let raised = |ring: &Ring| ring.iter().map(|p| p.extend(0.0)).collect();
        let rings: Vec<Vec<DVec3>> = rings.iter().map(raised).collect();
        self.mesh_of_raised(&rings)
    }

    /// A face from rings of plane coordinates with heights; texture coordinates go by the plane coordinates alone.
    pub(crate) fn mesh_of_raised(&self, rings: &[Vec<DVec3>]) -> Mesh {
        let mut mesh = Mesh::default();
        let mut numbers: Vec<Vec<u32>> = Vec::new();
        for ring in rings.iter().filter(|ring| ring.len() >= 3) {
            numbers.push(
                ring.iter()
                    .map(|p| mesh.add_point(self.lift(p.truncate(), p.z)))
                    .collect(),
            );
        }
        if numbers.is_empty() {
            return mesh;
        }
        mesh.add_face(numbers.iter().map(Vec::as_slice));
        mesh.materials[0] = self.material;
        let flat: Vec<DVec2> = rings
            .iter()
            .filter(|r| r.len() >= 3)
            .flatten()
            .map(|p| p.truncate())
            .collect();
        let set = |(set, linear): &(u8, Linear)| UvSet {
            set: *set,
            coordinates: flat.iter().map(|&p| linear.at(p)).collect(),
        };
        mesh.uv_sets = self.uvs.iter().map(set).collect();
        if let Some(tags) = &self.tags {
            let rings: Vec<Vec<DVec3>> = rings.iter().filter(|r| r.len() >= 3).cloned().collect();
            tags.inherit(&self.polygon, &rings, &mut mesh);
        }
        mesh
    }
}

/// Three corners of a ring that span a large triangle.
pub(super) fn widest_triangle(ring: &[DVec2]) -> [usize; 3] {
    let farthest = |from: &dyn Fn(DVec2) -> f64| {
        let mut best = 0;
        for k in 0..ring.len() {
            if from(ring[k]) > from(ring[best]) {
                best = k;
            }
        }
        best
    };
    let b = farthest(&|p| p.distance_squared(ring[0]));
    let c = farthest(&|p| (p - ring[0]).perp_dot(ring[b] - ring[0]).abs());
    [0, b, c]
}
