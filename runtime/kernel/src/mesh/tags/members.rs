//! What of a mesh each of its components consists of: whether a component is tagged also depends on its surroundings. The tags of
//! a face name its edges and vertices too, those of an edge its two ends.

use super::{Kind, Tag, Tags};
use crate::abi::token::word;
use crate::mesh::Mesh;
use crate::mesh::topology::{Topology, members};
use crate::order::Order as _;

/// A mesh that was taken apart into components of one kind. Its tags are unified.
#[derive(Debug)]
pub(crate) struct Members {
    mesh: Mesh,
    kind: &'static str,
    topology: Topology,
    /// Corners sorted by their points.
    by_point: Vec<(u32, u32)>,
    /// The faces of each component that is a set of faces.
    faces: Vec<Vec<usize>>,
    /// The corners of each component that is a hole.
    holes: Vec<std::ops::Range<usize>>,
    /// All tags of the mesh, sorted.
    pub(crate) present: Vec<Tag>,
}

impl Members {
    /// Of a mesh with tags; `kind` is the token of `comp`.
    pub(crate) fn new(mut mesh: Mesh, kind: i32) -> Option<Box<Self>> {
        let present = mesh
            .tags
            .as_ref()?
            .distinct(&[Kind::Faces, Kind::Edges, Kind::Vertices]);
        mesh.unify_tags();
        let kind = word(kind).unwrap_or_default();
        let topology = Topology::new(&mesh);
        let mut by_point: Vec<(u32, u32)> = mesh.corners.iter().copied().zip(0..).collect();
        by_point.order();
        let count = mesh.face_count();
        let faces = match kind {
            "f" => (0..count).map(|face| vec![face]).collect(),
            "g" => members(&mesh.group_numbers(&topology)),
            "m" => members(&mesh.material_numbers()),
            _ => Vec::new(),
        };
        let holes = if kind == "h" {
            let loops = (0..count).flat_map(|face| mesh.loops_of(face).skip(1));
            loops.map(|number| mesh.corners_of(number)).collect()
        } else {
            Vec::new()
        };
        Some(Box::new(Self {
            mesh,
            kind,
            topology,
            by_point,
            faces,
            holes,
            present,
        }))
    }

    /// Whether a component has one of some sorted tags, or with `part` one of its edges or vertices.
    pub(crate) fn is_tagged(&self, component: usize, part: Option<Kind>, chosen: &[Tag]) -> bool {
        let Some(tags) = self.mesh.tags.as_deref() else {
            return false;
        };
        match self.kind {
            "e" | "fe" => self.is_edge_tagged(tags, component, part, chosen),
            "v" => self.is_vertex_tagged(tags, crate::mesh::index(component), chosen),
            "fv" => {
                let point = self.mesh.corners.get(component);
                point.is_some_and(|&point| self.is_vertex_tagged(tags, point, chosen))
            }
            "h" => {
                let hole = self.holes.get(component).cloned().unwrap_or_default();
                part.is_some_and(|part| self.have_corners(tags, hole, part, chosen))
            }
            _ => {
                let faces = self.faces.get(component).into_iter().flatten();
                faces.copied().any(|face| match part {
                    None | Some(Kind::Faces) => tags.faces[face].has_any(chosen),
                    Some(part) => {
                        self.have_corners(tags, self.mesh.face_corners(face), part, chosen)
                    }
                })
            }
        }
    }

    /// Whether the edges or vertices at one of some corners are tagged.
    fn have_corners(
        &self,
        tags: &Tags,
        mut corners: std::ops::Range<usize>,
        part: Kind,
        chosen: &[Tag],
    ) -> bool {
        corners.any(|corner| match part {
            Kind::Vertices => self.is_vertex_tagged(tags, self.mesh.corners[corner], chosen),
            Kind::Faces | Kind::Edges => self.is_side_tagged(tags, corner, chosen),
        })
    }

    /// Whether an edge component is: a line, an edge of the mesh, or (of faces) that at a corner.
    fn is_edge_tagged(
        &self,
        tags: &Tags,
        component: usize,
        part: Option<Kind>,
        chosen: &[Tag],
    ) -> bool {
        let ends = part == Some(Kind::Vertices);
        if self.mesh.face_count() == 0 {
            let Some(&[a, b]) = self.mesh.lines.get(component) else {
                return false;
            };
            let end = |point: u32| self.is_vertex_tagged(tags, point, chosen);
            return if ends {
                end(a) || end(b)
            } else {
                tags.lines[component].has_any(chosen)
            };
        }
        let corner = match self.kind {
            "fe" if component < self.mesh.corners.len() => component,
            "e" if component < self.topology.edge_count() => {
                self.topology.corners_of_edge(component)[0] as usize
            }
            _ => return false,
        };
        if !ends {
            return self.is_side_tagged(tags, corner, chosen);
        }
        let next = self.topology.next[corner] as usize;
        [corner, next]
            .into_iter()
            .any(|corner| self.is_vertex_tagged(tags, self.mesh.corners[corner], chosen))
    }

    /// Whether the edge that begins at a corner, or a face at it, is tagged.
    fn is_side_tagged(&self, tags: &Tags, corner: usize, chosen: &[Tag]) -> bool {
        let edge = self.topology.edge_of[corner] as usize;
        let mut corners = self.topology.corners_of_edge(edge).iter();
        corners.any(|&corner| {
            let face = self.topology.face_of[corner as usize] as usize;
            tags.edges[corner as usize].has_any(chosen) || tags.faces[face].has_any(chosen)
        })
    }

    /// Whether a point, or an edge or face at it, is tagged.
    fn is_vertex_tagged(&self, tags: &Tags, point: u32, chosen: &[Tag]) -> bool {
        if tags
            .points
            .get(point as usize)
            .is_some_and(|set| set.has_any(chosen))
        {
            return true;
        }
        if self.mesh.face_count() == 0 {
            let lines = self.mesh.lines.iter().zip(&tags.lines);
            return lines
                .filter(|(line, _)| line.contains(&point))
                .any(|(_, set)| set.has_any(chosen));
        }
        let first = self.by_point.partition_point(|&(other, _)| other < point);
        let here = self.by_point[first..]
            .iter()
            .take_while(|&&(other, _)| other == point);
        here.map(|&(_, corner)| corner as usize).any(|corner| {
            let range = {
                let after = self
                    .mesh
                    .loops
                    .partition_point(|&start| start as usize <= corner);
                self.mesh.corners_of(after - 1)
            };
            let before = if corner == range.start {
                range.end - 1
            } else {
                corner - 1
            };
            let face = self.topology.face_of[corner] as usize;
            tags.vertices[corner].has_any(chosen)
                || tags.edges[corner].has_any(chosen)
                || tags.edges[before].has_any(chosen)
                || tags.faces[face].has_any(chosen)
        })
    }
}
