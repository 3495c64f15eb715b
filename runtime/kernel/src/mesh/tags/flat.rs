//! Tags of faces that are laid out in their plane: what is made there is new, but lies where it came from.

use glam::{DVec2, DVec3};

use super::{Tag, TagSet};
use crate::mesh::Mesh;
use crate::mesh::flat::FlatFace;
use crate::polygon::Polygon;

/// Points nearer than this to a corner or an edge lie on it, in metres.
const NEAR: f64 = 1e-6;

/// The tags of a face.
#[derive(Debug, Clone)]
pub(crate) struct FlatTags {
    face: TagSet,
    /// By flat number.
    edges: Vec<TagSet>,
    /// By flat number.
    vertices: Vec<TagSet>,
}

impl FlatTags {
    /// Those of a face; none when its mesh has none.
    pub(crate) fn new(mesh: &Mesh, face: usize) -> Option<Box<Self>> {
        let tags = mesh.tags.as_ref()?;
        let corners = mesh.face_corners(face);
        Some(Box::new(Self {
            face: tags.faces[face].clone(),
            edges: tags.edges[corners.clone()].to_vec(),
            vertices: tags.vertices[corners].to_vec(),
        }))
    }

    /// Tags the only face of a mesh, given its rings in the plane with heights: the face has the tags of the one that is laid
    /// out, edges and corners in the plane have those of the edges and corners on which they lie, and edges that grow out of a
    /// corner have its tags.
    pub(crate) fn inherit(&self, polygon: &Polygon, rings: &[Vec<DVec3>], mesh: &mut Mesh) {
        let on_ground = |point: &DVec3| (point.z.abs() <= NEAR).then(|| point.truncate());
        let edges = rings
            .iter()
            .flat_map(|ring| (0..ring.len()).map(move |k| (ring[k], ring[(k + 1) % ring.len()])));
        let tags = mesh.tags_mut();
        tags.faces[0].clone_from(&self.face);
        for (corner, (from, to)) in edges.enumerate() {
            let (from, to) = (on_ground(&from), on_ground(&to));
            let vertex = |place: Option<DVec2>| place.and_then(|place| corner_at(polygon, place));
            let ends = [vertex(from), vertex(to)];
            if let Some(vertex) = ends[0] {
                tags.vertices[corner].clone_from(&self.vertices[vertex]);
            }
            let edge = from.zip(to).and_then(|(a, b)| edge_along(polygon, a, b));
            let inherited = match (edge, ends) {
                (Some(edge), _) => Some(&self.edges[edge]),
                (None, [Some(vertex), None] | [None, Some(vertex)]) => Some(&self.vertices[vertex]),
                _ => None,
            };
            if let Some(inherited) = inherited {
                tags.edges[corner].clone_from(inherited);
            }
        }
    }
}

impl FlatFace {
    /// Adds the tags of an edge (by flat number) to the only face of a mesh that grew out of it.
    pub(crate) fn tag_grown_face(&self, mesh: &mut Mesh, edge: u32) {
        if let (Some(own), Some(tags)) = (&self.tags, &mut mesh.tags)
            && let Some(face) = tags.faces.first_mut()
        {
            face.add_all(&own.edges[edge as usize]);
        }
    }

    /// Tags the edges of a part of the face after edges moved inward by some distances (0: they stayed): `setback.front` where
    /// they were, `setback.back` where they are, `setback.side` between. Of what they left over, `setback.remainder` is what
    /// nobody moved. The edges are those of `polygon`: of the face, perhaps divided.
    pub(crate) fn tag_setback(
        &self,
        mesh: &mut Mesh,
        polygon: &Polygon,
        distances: &[f64],
        is_remainder: bool,
    ) {
        let (Some(own), true) = (&self.tags, mesh.tags.is_some()) else {
            return;
        };
        let mut new = Vec::with_capacity(mesh.corners.len());
        for loop_number in 0..mesh.loops.len() - 1 {
            let points = mesh.ring(loop_number).iter();
            let ring: Vec<DVec2> = points
                .map(|&point| self.flatten(mesh.point(point)))
                .collect();
            for (k, &from) in ring.iter().enumerate() {
                let to = ring[(k + 1) % ring.len()];
                let (tag, source) = set_back(polygon, from, to, distances, is_remainder);
                let source = source.and_then(|(a, b)| edge_along(&self.polygon, a, b));
                new.push((tag, source));
            }
        }
        for (set, (tag, source)) in mesh.tags_mut().edges.iter_mut().zip(new) {
            if let Some(source) = source {
                set.add_all(&own.edges[source]);
            }
            set.add(tag);
        }
    }
}

/// What an edge is after a setback, and the edge of the polygon that it is or was.
fn set_back(
    polygon: &Polygon,
    from: DVec2,
    to: DVec2,
    distances: &[f64],
    is_remainder: bool,
) -> (Tag, Option<(DVec2, DVec2)>) {
    if let Some(edge) = edge_along(polygon, from, to) {
        let tag = match (is_remainder, distances[edge] > 0.0) {
            (true, _) => Tag::SETBACK_REMAINDER,
            (false, true) => Tag::SETBACK_FRONT,
            (false, false) => Tag::SETBACK_SIDE,
        };
        return (tag, Some((from, to)));
    }
    let moved = polygon
        .edges()
        .zip(distances)
        .filter(|&((a, b), &distance)| {
            let inward = (b - a).normalize_or_zero().perp();
            let is_there = |point: DVec2| (inward.dot(point - a) - distance).abs() <= NEAR;
            distance > 0.0 && is_there(from) && is_there(to)
        });
    // Of several on one line, that opposite to it.
    let middle = (from + to) * 0.5;
    let far = |&(a, b): &(DVec2, DVec2)| distance(middle, a, b);
    let nearest = moved
        .map(|(edge, _)| edge)
        .min_by(|a, b| far(a).total_cmp(&far(b)));
    match nearest {
        Some(edge) => (Tag::SETBACK_BACK, Some(edge)),
        None => (Tag::SETBACK_SIDE, None),
    }
}

/// The corner at a place, by flat number.
fn corner_at(polygon: &Polygon, place: DVec2) -> Option<usize> {
    polygon
        .points()
        .position(|corner| corner.distance(place) <= NEAR)
}

/// The edge on which a segment lies, by flat number.
fn edge_along(polygon: &Polygon, a: DVec2, b: DVec2) -> Option<usize> {
    if a.distance(b) <= NEAR {
        return None;
    }
    polygon
        .edges()
        .position(|(from, to)| distance(a, from, to) <= NEAR && distance(b, from, to) <= NEAR)
}

/// From a point to a segment.
fn distance(point: DVec2, from: DVec2, to: DVec2) -> f64 {
    let along = to - from;
    let length = along.length_squared();
    let t = if length > 0.0 {
        ((point - from).dot(along) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    point.distance(from + along * t)
}
