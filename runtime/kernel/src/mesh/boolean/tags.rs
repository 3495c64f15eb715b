//! Tags of what is combined: faces, edges and vertices that lie on the other operand have its tags, too.

use glam::DVec3;

use super::{Combined, Operand};
use crate::mesh::Mesh;
use crate::mesh::clip::project;
use crate::mesh::tags::{Tag, TagSet};
use crate::polygon::contains;
use crate::polygon::triangulate::triangulate;

/// What is nearer than this lies on each other, in metres.
const NEAR: f64 = 1e-6;

impl Combined {
    /// Adds the tags that boolean operations give: of each face its operand, and of each edge that it is a new one.
    pub(crate) fn tag(&mut self) {
        let Some(tags) = &mut self.mesh.tags else {
            return;
        };
        for (set, source) in tags.faces.iter_mut().zip(&self.sources) {
            if source.shared || source.operand == Operand::A {
                set.add(Tag::BOOL_A);
            }
            if source.shared || source.operand == Operand::B {
                set.add(Tag::BOOL_B);
            }
        }
        for &corner in &self.cut_edges {
            tags.edges[corner as usize].add(Tag::BOOL_CUT);
        }
    }

    /// Adds the tags of the other operand where faces and edges of one lie on it.
    pub(super) fn inherit_tags(&mut self, meshes: [&Mesh; 2]) {
        if self.mesh.tags.is_none() {
            return;
        }
        let mut on_faces: Vec<(usize, TagSet)> = Vec::new();
        let mut on_edges: Vec<(usize, TagSet)> = Vec::new();
        let mut on_vertices: Vec<(usize, TagSet)> = Vec::new();
        let mesh = &self.mesh;
        for (face, source) in self.sources.iter().enumerate() {
            let other = meshes[usize::from(source.operand == Operand::A)];
            if other.tags.is_none() {
                continue;
            }
            if source.shared
                && let Some(place) = inside(mesh, face)
            {
                on_faces.push((face, face_tags(other, place, mesh.normal(face))));
            }
            for loop_number in mesh.loops_of(face) {
                let corners = mesh.corners_of(loop_number);
                for corner in corners.clone() {
                    if self
                        .cut_edges
                        .binary_search(&crate::mesh::index(corner))
                        .is_err()
                    {
                        continue;
                    }
                    let next = if corner + 1 == corners.end {
                        corners.start
                    } else {
                        corner + 1
                    };
                    let ends = [corner, next].map(|corner| mesh.point(mesh.corners[corner]));
                    on_edges.push((corner, edge_tags(other, ends)));
                    let ends = [corner, next].into_iter().zip(ends);
                    on_vertices.extend(ends.map(|(corner, end)| (corner, vertex_tags(other, end))));
                }
            }
        }
        let tags = self.mesh.tags_mut();
        let sets = [&mut tags.faces, &mut tags.edges, &mut tags.vertices];
        for (sets, new) in sets.into_iter().zip([on_faces, on_edges, on_vertices]) {
            new.iter()
                .for_each(|(place, set)| sets[*place].add_all(set));
        }
    }
}

/// A place inside a face.
fn inside(mesh: &Mesh, face: usize) -> Option<DVec3> {
    let normal = mesh.normal(face);
    let corners = mesh.face_corners(face);
    let loops = mesh.loops_of(face).map(|number| mesh.ring(number).iter());
    let flat =
        |ring: std::slice::Iter<'_, u32>| ring.map(|&p| project(mesh.point(p), normal)).collect();
    let triangles = triangulate(&loops.map(flat).collect::<Vec<_>>());
    let [a, b, c] = *triangles.first()?;
    let corner = |k: u32| mesh.point(mesh.corners[corners.start + k as usize]);
    Some((corner(a) + corner(b) + corner(c)) / 3.0)
}

/// The tags of the faces of a mesh at a place, as far as they lie across a direction.
fn face_tags(mesh: &Mesh, place: DVec3, normal: DVec3) -> TagSet {
    let mut all = TagSet::default();
    let Some(tags) = &mesh.tags else { return all };
    for face in 0..mesh.face_count() {
        let own = mesh.normal(face);
        let height = own.dot(place - mesh.point(mesh.outline(face)[0]));
        if own.dot(normal).abs() < 0.999_999 || height.abs() > NEAR {
            continue;
        }
        let at = project(place, own);
        let is_around = |loop_number: usize| {
            let ring = mesh.ring(loop_number).iter();
            contains(
                &ring
                    .map(|&p| project(mesh.point(p), own))
                    .collect::<Vec<_>>(),
                at,
            )
        };
        if mesh
            .loops_of(face)
            .filter(|&number| is_around(number))
            .count()
            == 1
        {
            all.add_all(&tags.faces[face]);
        }
    }
    all
}

/// The tags of the edges of a mesh along a segment.
fn edge_tags(mesh: &Mesh, ends: [DVec3; 2]) -> TagSet {
    let mut all = TagSet::default();
    let Some(tags) = &mesh.tags else { return all };
    for loop_number in 0..mesh.loops.len() - 1 {
        let corners = mesh.corners_of(loop_number);
        for corner in corners.clone() {
            let next = if corner + 1 == corners.end {
                corners.start
            } else {
                corner + 1
            };
            let [from, to] = [corner, next].map(|corner| mesh.point(mesh.corners[corner]));
            if ends.iter().all(|&end| distance(end, from, to) <= NEAR) {
                all.add_all(&tags.edges[corner]);
            }
        }
    }
    all
}

/// The tags of the vertices of a mesh at a place.
fn vertex_tags(mesh: &Mesh, place: DVec3) -> TagSet {
    let mut all = TagSet::default();
    let Some(tags) = &mesh.tags else { return all };
    for (&point, set) in mesh.corners.iter().zip(&tags.vertices) {
        if mesh.point(point).distance(place) <= NEAR {
            all.add_all(set);
        }
    }
    all
}

/// From a point to a segment.
fn distance(point: DVec3, from: DVec3, to: DVec3) -> f64 {
    let along = to - from;
    let t = (point - from).dot(along) / along.length_squared().max(f64::MIN_POSITIVE);
    point.distance(from + along * t.clamp(0.0, 1.0))
}
