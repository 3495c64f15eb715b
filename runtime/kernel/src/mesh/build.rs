//! Making new faces out of corners of a mesh, keeping materials, texture coordinates and normals.

use glam::DVec3;
use smallvec::SmallVec;

use super::tags::Tag;
use super::{Mesh, UvSet, tags};
use crate::order::Order as _;

/// A corner of a new face: its point in the new mesh, and the corners of the old mesh between which its texture
/// coordinates and normal are interpolated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NewCorner {
    /// The point in the new mesh.
    pub(crate) point: u32,
    /// A corner of the old mesh.
    pub(crate) from: u32,
    /// Another one.
    pub(crate) to: u32,
    /// 0 at `from`, 1 at `to`.
    pub(crate) t: f64,
    /// It is a new vertex, not the old one or one on an old edge.
    pub(crate) moved: bool,
}

impl NewCorner {
    /// A corner as it was, at a point of the new mesh.
    pub(crate) fn kept(point: u32, corner: usize) -> Self {
        let corner = super::index(corner);
        Self {
            point,
            from: corner,
            to: corner,
            t: 0.0,
            moved: false,
        }
    }

    /// A new corner at a point of the new mesh that looks like an old one.
    pub(crate) fn moved(point: u32, corner: usize) -> Self {
        Self {
            moved: true,
            ..Self::kept(point, corner)
        }
    }
}

/// A mesh under construction from the corners of another.
#[derive(Debug)]
pub(crate) struct Builder<'a> {
    source: &'a Mesh,
    /// What is built.
    pub(crate) mesh: Mesh,
    /// The loop under construction; only kept for tags.
    ring: Vec<NewCorner>,
}

impl<'a> Builder<'a> {
    /// Begins without faces; with the points of `source`, so that point numbers stay the same.
    pub(crate) fn with_points(source: &'a Mesh) -> Self {
        let mut builder = Self::empty(source);
        builder.mesh.points.clone_from(&source.points);
        builder
    }

    /// Begins without faces; with the points and lines of `source`.
    pub(crate) fn with_points_and_lines(source: &'a Mesh) -> Self {
        let mut builder = Self::with_points(source);
        builder.mesh.lines.clone_from(&source.lines);
        if let (Some(new), Some(old)) = (&mut builder.mesh.tags, &source.tags) {
            new.lines.clone_from(&old.lines);
            new.points.clone_from(&old.points);
        }
        builder
    }

    /// Begins without faces and points.
    pub(crate) fn empty(source: &'a Mesh) -> Self {
        let uv_sets = source.uv_sets.iter().map(|uvs| UvSet {
            set: uvs.set,
            coordinates: SmallVec::new(),
        });
        let mesh = Mesh {
            uv_sets: uv_sets.collect(),
            tags: source.tags.as_ref().map(|_| Box::default()),
            ..Mesh::default()
        };
        Self {
            source,
            mesh,
            ring: Vec::new(),
        }
    }

    /// Adds a face with the material of face `like` of the source.
    pub(crate) fn add_face(&mut self, like: usize, rings: &[Vec<NewCorner>]) {
        for ring in rings {
            for corner in ring {
                self.add_corner(*corner);
            }
            self.end_loop();
        }
        self.end_face(like);
    }

    /// Adds face `face` of the source unchanged but for its points, named by `point_of`.
    pub(crate) fn copy_face(&mut self, face: usize, point_of: impl Fn(u32) -> u32) {
        for loop_number in self.source.loops_of(face) {
            for corner in self.source.corners_of(loop_number) {
                let point = point_of(self.source.corners[corner]);
                self.add_corner(NewCorner::kept(point, corner));
            }
            self.end_loop();
        }
        self.end_face(face);
    }

    /// The corners added since the last call are a loop.
    pub(crate) fn end_loop(&mut self) {
        self.mesh.loops.push(super::index(self.mesh.corners.len()));
        if let Some(tags) = &mut self.mesh.tags {
            tags.edges
                .extend(tags::edges_of_ring(self.source, &self.ring));
            self.ring.clear();
        }
    }

    /// The loops added since the last call are a face, with the material of face `like` of the source.
    pub(crate) fn end_face(&mut self, like: usize) {
        let loops = super::index(self.mesh.loops.len() - 1);
        self.mesh.faces.push(loops);
        self.mesh.materials.push(self.source.materials[like]);
        if let (Some(tags), Some(old)) = (&mut self.mesh.tags, &self.source.tags) {
            tags.faces.push(old.faces[like].clone());
        }
    }

    /// Adds a line that is one of the source, or a part of it.
    pub(crate) fn add_line(&mut self, like: usize, ends: [u32; 2]) {
        self.mesh.lines.push(ends);
        if let (Some(tags), Some(old)) = (&mut self.mesh.tags, &self.source.tags) {
            tags.lines.push(old.lines[like].clone());
        }
    }

    /// Adds to the last face, if there are tags, those of the edge at a corner of the source out of which it grew, and one.
    pub(crate) fn tag_face(&mut self, grown: Option<usize>, tag: Option<Tag>) {
        if let (Some(tags), Some(old)) = (&mut self.mesh.tags, &self.source.tags)
            && let Some(face) = tags.faces.last_mut()
        {
            if let Some(corner) = grown {
                face.add_all(&old.edges[corner]);
            }
            if let Some(tag) = tag {
                face.add(tag);
            }
        }
    }

    /// Adds a corner to the loop under construction.
    pub(crate) fn add_corner(&mut self, corner: NewCorner) {
        let NewCorner {
            point, from, to, t, ..
        } = corner;
        let (from, to) = (from as usize, to as usize);
        self.mesh.corners.push(point);
        if let (Some(tags), Some(old)) = (&mut self.mesh.tags, &self.source.tags) {
            tags.vertices.push(tags::vertex_of(old, &corner));
            self.ring.push(corner);
        }
        for (uvs, old) in self.mesh.uv_sets.iter_mut().zip(&self.source.uv_sets) {
            let (a, b) = (old.coordinates[from], old.coordinates[to]);
            uvs.coordinates
                .push(if t == 0.0 { a } else { a + (b - a) * t });
        }
        if !self.source.normals.is_empty() {
            let (a, b) = (self.source.normals[from], self.source.normals[to]);
            self.mesh.normals.push(if t == 0.0 {
                a
            } else {
                a.lerp(b, t).normalize_or(a)
            });
        }
    }

    /// The mesh without points that nothing uses.
    pub(crate) fn finish(self) -> Mesh {
        let mut mesh = self.mesh;
        mesh.drop_unused_points();
        mesh
    }
}

impl Mesh {
    /// Some of the faces, in the order given, with only their points (in their old order).
    pub(crate) fn subset(&self, faces: &[usize]) -> Self {
        let corners_of = |face: usize| {
            self.loops[self.faces[face] as usize] as usize
                ..self.loops[self.faces[face + 1] as usize] as usize
        };
        let mut used: Vec<u32> = faces
            .iter()
            .flat_map(|&face| &self.corners[corners_of(face)])
            .copied()
            .collect();
        used.order();
        used.dedup();
        let mut builder = Builder::empty(self);
        builder.mesh.points = used.iter().map(|&point| self.point(point)).collect();
        let number = |point: u32| super::index(used.binary_search(&point).unwrap_or_default());
        for &face in faces {
            builder.copy_face(face, number);
        }
        builder.mesh
    }

    /// Removes points that no corner and no line uses, keeping the order of the others.
    pub(crate) fn drop_unused_points(&mut self) {
        self.drop_unused_points_with(None);
    }

    /// The same, and what a list has for each of these points.
    pub(crate) fn drop_unused_points_with(&mut self, list: Option<&mut Vec<DVec3>>) {
        let mut used = vec![false; self.points.len()];
        for &point in self.corners.iter().chain(self.lines.iter().flatten()) {
            used[point as usize] = true;
        }
        if used.iter().all(|&used| used) {
            return;
        }
        if let Some(list) = list {
            let mut keep = used.iter();
            list.retain(|_| keep.next() == Some(&true));
        }
        let mut number_of = vec![0; used.len()];
        let mut kept = SmallVec::with_capacity(used.len());
        for (point, position) in self.points.iter().enumerate() {
            number_of[point] = super::index(kept.len());
            if used[point] {
                kept.push(*position);
            }
        }
        self.points = kept;
        if let Some(tags) = &mut self.tags {
            tags.renumber_points(|point| used[point].then(|| number_of[point]));
        }
        for point in self
            .corners
            .iter_mut()
            .chain(self.lines.iter_mut().flatten())
        {
            *point = number_of[*point as usize];
        }
    }

    /// Removes edges that belong to no face; their points stay.
    pub(crate) fn drop_lines(&mut self) {
        self.lines.clear();
        if let Some(tags) = &mut self.tags {
            tags.lines.clear();
        }
    }

    /// All corners of a face, its holes included.
    pub(crate) fn face_corners(&self, face: usize) -> std::ops::Range<usize> {
        let loops = self.loops_of(face);
        self.loops[loops.start] as usize..self.loops[loops.end] as usize
    }
}
