//! Tags of the faces, edges and vertices of a mesh, and how they go on to new ones.
//!
//! A mesh has [`Tags`] only in the run of a module that asks for them ([`crate::manifest::Manifest::tags`]): what makes
//! faces out of faces ([`super::build::Builder`], [`super::flat::FlatFace`]) keeps tags when they are there and costs nothing
//! else. The rules of the language: what stays keeps its tags; a new face has those of the face it is made from and of the
//! edge it grows out of; a new edge has those of the vertex it grows out of; all else begins without.

mod flat;
pub(crate) mod members;
pub(crate) mod query;
mod tag;

use std::rc::Rc;

use super::Mesh;
use super::build::NewCorner;
use super::topology::Topology;
use crate::order::Order as _;
use crate::state::StringId;

pub(crate) use self::flat::FlatTags;
pub use self::tag::{Tag, TagSet};

/// The tags of a mesh. Edges and vertices have theirs at corners, as texture coordinates are: an edge or a vertex has the tags
/// of all its corners.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tags {
    /// For each face.
    pub(crate) faces: Vec<TagSet>,
    /// For each corner those of the edge that begins there.
    pub(crate) edges: Vec<TagSet>,
    /// For each corner those of its point.
    pub(crate) vertices: Vec<TagSet>,
    /// For each line of a mesh without faces.
    pub(crate) lines: Vec<TagSet>,
    /// For each point of a mesh without faces; what is missing at the end has none.
    pub(crate) points: Vec<TagSet>,
}

/// What of a mesh is tagged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Faces.
    Faces,
    /// Edges, and lines.
    Edges,
    /// Vertices.
    Vertices,
}

impl Tags {
    /// The sets of a kind.
    pub(crate) fn of(&self, kind: Kind) -> impl Iterator<Item = &TagSet> {
        let (first, second): (&[TagSet], &[TagSet]) = match kind {
            Kind::Faces => (&self.faces, &[]),
            Kind::Edges => (&self.edges, &self.lines),
            Kind::Vertices => (&self.vertices, &self.points),
        };
        first.iter().chain(second)
    }

    /// The sets of a kind, to change.
    pub(crate) fn of_mut(&mut self, kind: Kind) -> impl Iterator<Item = &mut TagSet> {
        let (first, second): (&mut [TagSet], &mut [TagSet]) = match kind {
            Kind::Faces => (&mut self.faces, &mut []),
            Kind::Edges => (&mut self.edges, &mut self.lines),
            Kind::Vertices => (&mut self.vertices, &mut self.points),
        };
        first.iter_mut().chain(second)
    }

    /// All tags of some kinds, sorted; without groups.
    pub(crate) fn distinct(&self, kinds: &[Kind]) -> Vec<Tag> {
        let mut all = TagSet::default();
        for &kind in kinds {
            self.of(kind).for_each(|set| all.add_all(set));
        }
        all.retain(|tag| tag.group().is_none());
        all.0.into_vec()
    }

    /// Makes its lists as long as those of a mesh with so many faces and corners.
    pub(super) fn resize(&mut self, faces: usize, corners: usize) {
        self.faces.resize_with(faces, TagSet::default);
        self.edges.resize_with(corners, TagSet::default);
        self.vertices.resize_with(corners, TagSet::default);
    }

    /// Whether its lists fit a mesh.
    pub(super) fn fits(&self, mesh: &Mesh) -> bool {
        let corners = mesh.corners.len();
        self.faces.len() == mesh.face_count()
            && [self.edges.len(), self.vertices.len()] == [corners; 2]
            && self.lines.len() == mesh.lines.len()
            && self.points.len() <= mesh.points.len()
    }

    /// The tags of a loop turned as [`super::flip_ring`] turns its corners.
    pub(super) fn flip(&mut self, corners: std::ops::Range<usize>) {
        super::flip_ring(&mut self.vertices[corners.clone()]);
        // The edge between two corners begins at the other one now.
        let edges = &mut self.edges[corners];
        edges.reverse();
        if !edges.is_empty() {
            edges.rotate_right(1);
        }
    }

    /// Appends the tags of another mesh; `points` were there before it.
    pub(super) fn append(&mut self, other: Option<&Self>, added: &Mesh, points: usize) {
        self.points.resize_with(points, TagSet::default);
        let Some(other) = other else {
            let (faces, corners) = (self.faces.len(), self.edges.len());
            self.resize(faces + added.face_count(), corners + added.corners.len());
            let lines = self.lines.len() + added.lines.len();
            return self.lines.resize_with(lines, TagSet::default);
        };
        self.faces.extend_from_slice(&other.faces);
        self.edges.extend_from_slice(&other.edges);
        self.vertices.extend_from_slice(&other.vertices);
        self.lines.extend_from_slice(&other.lines);
        self.points.extend_from_slice(&other.points);
    }

    /// Gives tags at points the points' new numbers; where two become one it has the tags of both.
    pub(super) fn renumber_points(&mut self, number_of: impl Fn(usize) -> Option<u32>) {
        let old = std::mem::take(&mut self.points);
        self.add_points(&old, number_of);
    }

    /// Adds tags at points by the points' numbers here.
    pub(super) fn add_points(&mut self, sets: &[TagSet], number_of: impl Fn(usize) -> Option<u32>) {
        for (point, set) in sets.iter().enumerate() {
            let Some(number) = number_of(point).filter(|_| !set.is_empty()) else {
                continue;
            };
            let length = self.points.len().max(number as usize + 1);
            self.points.resize_with(length, TagSet::default);
            self.points[number as usize].add_all(set);
        }
    }

    /// Those of a mesh that is one point.
    pub(super) fn of_one_vertex(vertex: TagSet) -> Box<Self> {
        Box::new(Self {
            points: vec![vertex],
            ..Self::default()
        })
    }

    /// Those of a mesh that is the edge from a corner to the next.
    pub(super) fn of_side(&self, corner: usize, next: usize) -> Box<Self> {
        Box::new(Self {
            lines: vec![self.edges[corner].clone()],
            points: [corner, next].map(|end| self.vertices[end].clone()).into(),
            ..Self::default()
        })
    }

    /// Those of a mesh that is a line of this one.
    pub(super) fn of_line(&self, number: usize, ends: [u32; 2]) -> Box<Self> {
        Box::new(Self {
            lines: vec![self.lines[number].clone()],
            points: ends.map(|point| self.of_point(point as usize)).into(),
            ..Self::default()
        })
    }

    /// Those of a mesh that is a hole filled: a face without tags between the hole's edges, turned over.
    pub(super) fn of_hole(&self, corners: std::ops::Range<usize>) -> Box<Self> {
        let count = corners.len();
        let mut tags = Self {
            faces: vec![TagSet::default()],
            edges: self.edges[corners.clone()].to_vec(),
            vertices: self.vertices[corners].to_vec(),
            ..Self::default()
        };
        tags.flip(0..count);
        Box::new(tags)
    }

    /// Those of each point of a mesh whose tags these are (unified).
    pub(super) fn by_point(&self, mesh: &Mesh) -> Vec<TagSet> {
        let mut sets: Vec<TagSet> = (0..mesh.points.len())
            .map(|point| self.of_point(point))
            .collect();
        for (&point, set) in mesh.corners.iter().zip(&self.vertices) {
            sets[point as usize].add_all(set);
        }
        sets
    }

    /// The tags at a point of a mesh without faces.
    pub(crate) fn of_point(&self, point: usize) -> TagSet {
        self.points.get(point).cloned().unwrap_or_default()
    }

    /// Of a ring of corners of which some are left out (given are those that stay, in order), the tags of those that stay: an
    /// edge takes over those of edges left out before its end, a vertex those of corners at its point.
    pub(super) fn of_runs(mesh: &Mesh, ring: &[usize], kept: &[usize]) -> Vec<(TagSet, TagSet)> {
        let Some(tags) = &mesh.tags else {
            return Vec::new();
        };
        let count = ring.len();
        let place = |corner: usize| corner - ring[0];
        let run = |(k, &corner): (usize, &usize)| {
            let end = place(kept[(k + 1) % kept.len()]);
            let (mut edge, mut vertex) = (TagSet::default(), TagSet::default());
            let mut at = place(corner);
            loop {
                let next = (at + 1) % count;
                let [here, there] = [ring[at], ring[next]];
                if mesh.corners[here] == mesh.corners[corner] {
                    vertex.add_all(&tags.vertices[here]);
                }
                if mesh.corners[here] != mesh.corners[there] {
                    edge.add_all(&tags.edges[here]);
                }
                at = next;
                if at == end {
                    return (edge, vertex);
                }
            }
        };
        kept.iter().enumerate().map(run).collect()
    }
}

/// Drops the tags of a shared mesh; one without is left alone.
pub(crate) fn drop_tags(mesh: &mut Rc<Mesh>) {
    if mesh.tags.is_some() {
        Rc::make_mut(mesh).tags = None;
    }
}

impl Mesh {
    /// The tags, made when there are none: from now on they go on to what is made of the mesh.
    pub(crate) fn tags_mut(&mut self) -> &mut Tags {
        let (faces, corners, lines) = (self.face_count(), self.corners.len(), self.lines.len());
        self.tags.get_or_insert_with(|| {
            let mut tags = Tags::default();
            tags.resize(faces, corners);
            tags.lines.resize_with(lines, TagSet::default);
            Box::new(tags)
        })
    }

    /// The name of a face's group, if it has one.
    pub(crate) fn group_of(&self, face: usize) -> Option<StringId> {
        // Groups come after all other tags.
        self.tags.as_ref()?.faces[face].0.last()?.group()
    }

    /// For each face the number of its group, in the order in which faces meet them. Where no face has one, connected parts stand
    /// for groups.
    pub(crate) fn group_numbers(&self, topology: &Topology) -> Vec<u32> {
        let faces = 0..self.face_count();
        if faces.clone().all(|face| self.group_of(face).is_none()) {
            return topology.parts(faces.end);
        }
        super::numbered(faces.map(|face| self.group_of(face)))
    }

    /// Drops the tags that an operation is about to give anew (`extrude`, `roof`, ...).
    pub(crate) fn drop_automatic(&mut self, operation: &str) {
        let tags = self.tags_mut();
        for kind in [Kind::Faces, Kind::Edges, Kind::Vertices] {
            for set in tags.of_mut(kind) {
                set.retain(|tag| !tag.is_given_by(operation));
            }
        }
    }

    /// Adds a tag to each face, if the mesh has tags.
    pub(crate) fn tag_faces(&mut self, tag_of: impl Fn(usize) -> Tag) {
        let faces = self.tags.iter_mut().flat_map(|tags| &mut tags.faces);
        faces
            .enumerate()
            .for_each(|(face, set)| set.add(tag_of(face)));
    }

    /// Adds a tag to the last face.
    pub(crate) fn tag_last_face(&mut self, tag: Tag) {
        if let Some(set) = self.tags_mut().faces.last_mut() {
            set.add(tag);
        }
    }

    /// Adds a tag to each edge, if the mesh has tags.
    pub(crate) fn tag_edges(&mut self, tag: Tag) {
        let edges = self.tags.iter_mut().flat_map(|tags| &mut tags.edges);
        edges.for_each(|set| set.add(tag));
    }

    /// Adds to each face without a tag of an operation one of these, and further ones.
    pub(crate) fn tag_new_faces(&mut self, operation: &str, tag: Tag, further: Option<&TagSet>) {
        let faces = self.tags.iter_mut().flat_map(|tags| &mut tags.faces);
        for face in faces.filter(|face| !face.0.iter().any(|tag| tag.is_given_by(operation))) {
            face.add(tag);
            if let Some(further) = further {
                face.add_all(further);
            }
        }
    }

    /// Gives all corners of an edge, and of a vertex, the same tags.
    pub(crate) fn unify_tags(&mut self) {
        if self.tags.is_none() {
            return;
        }
        let topology = Topology::new(self);
        let Some(tags) = &mut self.tags else { return };
        for edge in 0..topology.edge_count() {
            share(&mut tags.edges, topology.corners_of_edge(edge));
        }
        let mut by_point: Vec<(u32, u32)> = self.corners.iter().copied().zip(0..).collect();
        by_point.order();
        for corners in by_point.chunk_by(|a, b| a.0 == b.0) {
            let corners: Vec<u32> = corners.iter().map(|&(_, corner)| corner).collect();
            share(&mut tags.vertices, &corners);
        }
    }
}

/// Gives all members the tags of each.
fn share(sets: &mut [TagSet], members: &[u32]) {
    let [first, rest @ ..] = members else { return };
    let mut all = sets[*first as usize].clone();
    for &member in rest {
        all.add_all(&sets[member as usize]);
    }
    if !all.is_empty() {
        for &member in members {
            sets[member as usize].clone_from(&all);
        }
    }
}

/// The tags of the edges of a new ring, from where its corners come from.
pub(super) fn edges_of_ring(source: &Mesh, ring: &[NewCorner]) -> Vec<TagSet> {
    let Some(tags) = &source.tags else {
        return Vec::new();
    };
    let edge = |k: usize| {
        let (a, b) = (&ring[k], &ring[(k + 1) % ring.len()]);
        match (a.moved, b.moved) {
            (true, true) => TagSet::default(),
            (false, true) => vertex_of(tags, a),
            (true, false) => vertex_of(tags, b),
            (false, false) => common_edge(source, a, b)
                .map(|corner| tags.edges[corner].clone())
                .unwrap_or_default(),
        }
    };
    (0..ring.len()).map(edge).collect()
}

/// The tags of the vertex that a corner is; none for a new one.
pub(super) fn vertex_of(tags: &Tags, corner: &NewCorner) -> TagSet {
    if corner.moved || corner.t != 0.0 {
        return TagSet::default();
    }
    tags.vertices[corner.from as usize].clone()
}

/// The corner where the edge of a mesh begins on which two different places lie.
fn common_edge(mesh: &Mesh, a: &NewCorner, b: &NewCorner) -> Option<usize> {
    let around = |corner: usize| {
        let after = mesh
            .loops
            .partition_point(|&start| start as usize <= corner);
        mesh.corners_of(after - 1)
    };
    let next = |corner: usize| {
        let range = around(corner);
        if corner + 1 == range.end {
            range.start
        } else {
            corner + 1
        }
    };
    let before = |corner: usize| {
        let range = around(corner);
        if corner == range.start {
            range.end - 1
        } else {
            corner - 1
        }
    };
    let point = |corner: usize| mesh.corners[corner];
    let is_on = |place: &NewCorner, edge: usize| {
        let ends = [point(edge), point(next(edge))];
        if place.t == 0.0 {
            ends.contains(&point(place.from as usize))
        } else {
            ends.contains(&point(place.from as usize)) && ends.contains(&point(place.to as usize))
        }
    };
    let same_vertex = a.t == 0.0 && b.t == 0.0 && point(a.from as usize) == point(b.from as usize);
    if same_vertex {
        return None;
    }
    let candidates = |place: &NewCorner| {
        let (from, to) = (place.from as usize, place.to as usize);
        if place.t == 0.0 {
            [from, before(from)]
        } else {
            [from, to]
        }
    };
    let edges = candidates(a).into_iter().chain(candidates(b));
    edges
        .into_iter()
        .find(|&edge| is_on(a, edge) && is_on(b, edge))
}

#[cfg(test)]
mod tests;
