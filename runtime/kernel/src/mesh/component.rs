//! Component split: faces, edges and vertices of a shape as shapes of their own, and the selectors that pick them.
//!
//! Frames (`zUp`): a face has x along its first edge and z along its normal; an edge x along itself and z along the mean
//! normal of its faces; an edge of a face x along itself and z outward in the face's plane; a vertex z along the mean
//! normal. The pivot is the first point, the scope the bounding box. `noAlign` keeps pivot and orientation.

use std::rc::Rc;

use glam::{DAffine3, DMat3, DVec3};
use smallvec::smallvec;

use super::tags::Tags;
use super::topology::{Topology, members};
use super::{Mesh, cleanup, extrude, measure, merge};
use crate::abi::token::word;
use crate::frame::{Frame, Scope};
use crate::order::Order as _;
use crate::shape::{Geometry, Shape};
use crate::state::TrimPlane;

mod select;
mod streets;
mod uv_edges;
pub(crate) use select::on_street;
pub use select::{Orientation, matches, oriented};
pub(crate) use streets::Streets;
pub(crate) use uv_edges::UvEdges;

/// A component of a shape.
#[derive(Debug, Clone)]
pub struct Component {
    /// It as a shape, in its own frame.
    pub shape: Shape,
    /// The face it is, or belongs to (for the edges and vertices of faces).
    pub face: Option<u32>,
    /// The points of its edge, in the parent's mesh.
    pub edge: Option<(u32, u32)>,
    /// Its normal in the world: what orientation selectors look at. Zero when it has none.
    pub normal: DVec3,
    /// Whether it lies at the border: an edge with fewer than two faces, or a face with such an edge.
    pub border: bool,
    /// The kind of edge, for `eave`, `hip`, `valley`, `ridge`.
    pub edge_kind: Option<EdgeKind>,
    /// Its points in the parent's mesh, for `=:`.
    points: Vec<u32>,
}

/// What an edge is on a roof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeKind {
    /// A horizontal border edge at the bottom.
    Eave,
    /// An inner convex edge that meets an eave.
    Hip,
    /// An inner concave edge.
    Valley,
    /// Any other inner edge.
    Ridge,
    /// Any other border edge.
    Verge,
}

/// The components of a kind (token `f`, `e`, `fe`, `v`, `fv`, `g`, `m`, `h`) in mesh order; none for other tokens, and
/// none when the geometry is an asset (bake it first).
pub fn components(shape: &Shape, kind: i32, align: i32) -> Vec<Component> {
    let Geometry::Mesh(mesh) = &shape.geometry else {
        return Vec::new();
    };
    let mut world = mesh.transformed(&shape.world_from_geometry);
    world.unify_tags();
    let cutter = Cutter {
        parent: shape,
        topology: Topology::new(&world),
        mesh: world,
        aligned: word(align) != Some("noAlign"),
    };
    match word(kind) {
        Some("f") => cutter.faces(),
        Some("e") => cutter.edges(),
        Some("fe") => cutter.face_edges(),
        Some("v") => cutter.vertices(),
        Some("fv") => cutter.face_vertices(),
        Some("g") => cutter.groups(),
        Some("m") => cutter.materials(),
        Some("h") => cutter.holes(),
        _ => Vec::new(),
    }
}

/// A mesh in world coordinates being taken apart.
struct Cutter<'a> {
    parent: &'a Shape,
    mesh: Mesh,
    topology: Topology,
    aligned: bool,
}

impl Cutter<'_> {
    fn faces(&self) -> Vec<Component> {
        (0..self.mesh.face_count())
            .map(|face| self.face(face, self.mesh.subset(&[face])))
            .collect()
    }

    fn face(&self, face: usize, mesh: Mesh) -> Component {
        let normal = self.mesh.normal(face);
        let outline = self.mesh.outline(face);
        let edge = |k: usize| {
            self.mesh.point(outline[(k + 1) % outline.len()]) - self.mesh.point(outline[k])
        };
        let x_axis = (0..outline.len())
            .map(edge)
            .find(|e| e.length() > 1e-9)
            .unwrap_or(DVec3::X);
        let corners = self.mesh.face_corners(face);
        let border = corners
            .clone()
            .any(|c| self.topology.is_border(self.topology.edge_of[c] as usize));
        Component {
            face: Some(super::index(face)),
            border,
            points: self.mesh.corners[corners].to_vec(),
            ..self.component(mesh, self.mesh.point(outline[0]), x_axis, normal)
        }
    }

    fn edges(&self) -> Vec<Component> {
        if self.mesh.face_count() == 0 {
            return self
                .mesh
                .lines
                .iter()
                .enumerate()
                .map(|(number, &[a, b])| {
                    let tags = self
                        .mesh
                        .tags
                        .as_ref()
                        .map(|tags| tags.of_line(number, [a, b]));
                    self.line([a, b], self.parent.scope_axes().z_axis, tags)
                })
                .collect();
        }
        let kinds = self.edge_kinds();
        (0..self.topology.edge_count())
            .map(|edge| {
                let corners = self.topology.corners_of_edge(edge);
                let first = corners[0] as usize;
                let faces = corners
                    .iter()
                    .map(|&c| self.topology.face_of[c as usize] as usize);
                let normal: DVec3 = faces.map(|face| self.mesh.normal(face)).sum();
                let (a, b) = (
                    self.mesh.corners[first],
                    self.mesh.corners[self.topology.next[first] as usize],
                );
                let border = self.topology.is_border(edge);
                Component {
                    border,
                    edge_kind: Some(kinds[edge]),
                    ..self.line([a, b], normal, self.side_tags(first))
                }
            })
            .collect()
    }

    fn face_edges(&self) -> Vec<Component> {
        let kinds = self.edge_kinds();
        (0..self.mesh.corners.len())
            .map(|corner| {
                let face = self.topology.face_of[corner];
                let (a, b) = (
                    self.mesh.corners[corner],
                    self.mesh.corners[self.topology.next[corner] as usize],
                );
                let along = self.mesh.point(b) - self.mesh.point(a);
                let outward = along.cross(self.mesh.normal(face as usize));
                let edge = self.topology.edge_of[corner] as usize;
                let border = self.topology.is_border(edge);
                Component {
                    border,
                    edge_kind: Some(kinds[edge]),
                    face: Some(face),
                    ..self.line([a, b], outward, self.side_tags(corner))
                }
            })
            .collect()
    }

    /// The tags of the edge at a corner as a line.
    fn side_tags(&self, corner: usize) -> Option<Box<Tags>> {
        let next = self.topology.next[corner] as usize;
        let tags = self.mesh.tags.as_ref()?;
        Some(tags.of_side(corner, next))
    }

    fn line(&self, [a, b]: [u32; 2], normal: DVec3, tags: Option<Box<Tags>>) -> Component {
        let (start, end) = (self.mesh.point(a), self.mesh.point(b));
        let mesh = Mesh {
            points: smallvec![start, end],
            lines: vec![[0, 1]],
            tags,
            ..Mesh::default()
        };
        let component = self.component(mesh, start, end - start, normal);
        Component {
            edge: Some((a, b)),
            points: vec![a, b],
            ..component
        }
    }

    fn vertices(&self) -> Vec<Component> {
        let normals = extrude::vertex_normals(&self.mesh);
        let mut along = vec![DVec3::ZERO; self.mesh.points.len()];
        for corner in (0..self.mesh.corners.len()).rev() {
            along[self.mesh.corners[corner] as usize] =
                measure::edge_vector(&self.mesh, &self.topology, corner);
        }
        let tags = self
            .mesh
            .tags
            .as_ref()
            .map(|tags| tags.by_point(&self.mesh));
        let vertex = |point: usize| {
            let own = tags
                .as_ref()
                .map(|tags| Tags::of_one_vertex(tags[point].clone()));
            self.vertex(super::index(point), along[point], normals[point], own)
        };
        (0..self.mesh.points.len()).map(vertex).collect()
    }

    fn face_vertices(&self) -> Vec<Component> {
        let mut before = vec![0; self.mesh.corners.len()];
        for corner in 0..self.mesh.corners.len() {
            before[self.topology.next[corner] as usize] = corner;
        }
        (0..self.mesh.corners.len())
            .map(|corner| {
                let vector = |c: usize| {
                    measure::edge_vector(&self.mesh, &self.topology, c).normalize_or_zero()
                };
                let tangent = vector(before[corner]) + vector(corner);
                let face = self.topology.face_of[corner];
                let outward = tangent.cross(self.mesh.normal(face as usize));
                let tags = self.mesh.tags.as_ref();
                let own = tags.map(|tags| Tags::of_one_vertex(tags.vertices[corner].clone()));
                Component {
                    face: Some(face),
                    ..self.vertex(self.mesh.corners[corner], tangent, outward, own)
                }
            })
            .collect()
    }

    fn vertex(
        &self,
        point: u32,
        x_axis: DVec3,
        normal: DVec3,
        tags: Option<Box<Tags>>,
    ) -> Component {
        let place = self.mesh.point(point);
        let mesh = Mesh {
            points: smallvec![place],
            tags,
            ..Mesh::default()
        };
        Component {
            points: vec![point],
            ..self.component(mesh, place, x_axis, normal)
        }
    }

    fn groups(&self) -> Vec<Component> {
        self.sorted_faces(&self.mesh.group_numbers(&self.topology))
    }

    fn materials(&self) -> Vec<Component> {
        self.sorted_faces(&self.mesh.material_numbers())
    }

    /// One component for each class of faces, in the parent's orientation.
    fn sorted_faces(&self, class_of: &[u32]) -> Vec<Component> {
        let class = |faces: Vec<usize>| {
            let mesh = self.mesh.subset(&faces);
            let normal = measure::mean_normal(&mesh);
            let corners = faces.iter().flat_map(|&face| self.mesh.face_corners(face));
            let points = corners.map(|corner| self.mesh.corners[corner]).collect();
            Component {
                shape: in_parent(self.parent, mesh),
                points,
                ..self.bare(normal)
            }
        };
        members(class_of).into_iter().map(class).collect()
    }

    fn holes(&self) -> Vec<Component> {
        let mut holes = Vec::new();
        for face in 0..self.mesh.face_count() {
            for loop_number in self.mesh.loops_of(face).skip(1) {
                let mut ring = self.mesh.ring(loop_number).to_vec();
                super::flip_ring(&mut ring);
                let mut mesh = Mesh {
                    points: ring.iter().map(|&p| self.mesh.point(p)).collect(),
                    ..Mesh::default()
                };
                let numbers: Vec<u32> = (0..super::index(ring.len())).collect();
                mesh.add_face([numbers.as_slice()]);
                if let Some(tags) = &self.mesh.tags {
                    mesh.tags = Some(tags.of_hole(self.mesh.corners_of(loop_number)));
                }
                let x_axis = mesh.points[1] - mesh.points[0];
                let (start, normal) = (mesh.points[0], mesh.normal(0));
                holes.push(Component {
                    points: ring,
                    ..self.component(mesh, start, x_axis, normal)
                });
            }
        }
        holes
    }

    /// A component from its mesh in the world, its pivot, and its axes: z along `normal`, x along `x_axis` as far as that
    /// allows.
    fn component(&self, mesh: Mesh, pivot: DVec3, x_axis: DVec3, normal: DVec3) -> Component {
        let normal = normal.normalize_or_zero();
        let shape = if self.aligned {
            framed(mesh, pivot, x_axis, normal).with_rest_of(self.parent)
        } else {
            in_parent(self.parent, mesh)
        };
        Component {
            shape,
            ..self.bare(normal)
        }
    }

    fn bare(&self, normal: DVec3) -> Component {
        let shape = self.parent.clone();
        Component {
            shape,
            face: None,
            edge: None,
            normal,
            border: false,
            edge_kind: None,
            points: Vec::new(),
        }
    }

    fn edge_kinds(&self) -> Vec<EdgeKind> {
        let up = DVec3::Y;
        let low = self.mesh.bounds().map_or(0.0, |(low, _)| low.y);
        let vector = |edge: usize| {
            let corner = self.topology.corners_of_edge(edge)[0] as usize;
            measure::edge_vector(&self.mesh, &self.topology, corner)
        };
        let start =
            |edge: usize| self.mesh.corners[self.topology.corners_of_edge(edge)[0] as usize];
        let count = self.topology.edge_count();
        let horizontal = |edge: usize| vector(edge).normalize_or_zero().dot(up).abs() < 0.02;
        let is_eave = |edge: usize| {
            let height = self.mesh.point(start(edge)).y - low;
            self.topology.is_border(edge) && horizontal(edge) && height < 0.1 + 1e-6
        };
        let mut at_eave = vec![false; self.mesh.points.len()];
        for edge in (0..count).filter(|&edge| is_eave(edge)) {
            let corner = self.topology.corners_of_edge(edge)[0] as usize;
            at_eave[self.mesh.corners[corner] as usize] = true;
            at_eave[self.mesh.corners[self.topology.next[corner] as usize] as usize] = true;
        }
        let kind = |edge: usize| {
            if self.topology.is_border(edge) {
                return if is_eave(edge) {
                    EdgeKind::Eave
                } else {
                    EdgeKind::Verge
                };
            }
            let corner = self.topology.corners_of_edge(edge)[0] as usize;
            let end = self.mesh.corners[self.topology.next[corner] as usize];
            let touches = at_eave[start(edge) as usize] || at_eave[end as usize];
            if self.is_concave_edge(edge) {
                EdgeKind::Valley
            } else if touches && !horizontal(edge) {
                EdgeKind::Hip
            } else {
                EdgeKind::Ridge
            }
        };
        (0..count).map(kind).collect()
    }

    fn is_concave_edge(&self, edge: usize) -> bool {
        let corners = self.topology.corners_of_edge(edge);
        let face = |k: usize| self.topology.face_of[corners[k] as usize] as usize;
        let along = measure::edge_vector(&self.mesh, &self.topology, corners[0] as usize)
            .normalize_or_zero();
        let turn = self
            .mesh
            .normal(face(0))
            .cross(self.mesh.normal(face(1)))
            .dot(along);
        turn < -1e-6
    }
}

/// A shape of its own frame around a mesh in world coordinates.
pub(crate) fn framed(mut mesh: Mesh, pivot: DVec3, x_axis: DVec3, normal: DVec3) -> Shape {
    let z_axis = if normal == DVec3::ZERO {
        x_axis.any_orthogonal_vector().normalize_or(DVec3::Z)
    } else {
        normal
    };
    let x_axis =
        (x_axis - z_axis * z_axis.dot(x_axis)).normalize_or(z_axis.any_orthonormal_vector());
    let axes = DMat3::from_cols(x_axis, z_axis.cross(x_axis), z_axis);
    let frame = Frame {
        origin: pivot,
        axes,
    };
    let local = frame.frame_from_world();
    for point in &mut mesh.points {
        *point = settle(local.transform_point3(*point));
    }
    for normal in &mut mesh.normals {
        *normal = local.matrix3 * *normal;
    }
    let (low, high) = mesh.bounds().unwrap_or_default();
    Shape {
        pivot: frame,
        scope: Scope {
            translation: low,
            axes: DMat3::IDENTITY,
            size: high - low,
        },
        geometry: Geometry::Mesh(Rc::new(mesh)),
        world_from_geometry: frame.world_from_frame(),
        rest: None,
    }
}

/// Coordinates that are 0 but for rounding become 0, so that flat faces have flat scopes.
pub(crate) fn settle(point: DVec3) -> DVec3 {
    let settle = |x: f64| if x.abs() < 1e-9 { 0.0 } else { x };
    DVec3::new(settle(point.x), settle(point.y), settle(point.z))
}

/// A shape in the parent's pivot and orientation around a mesh in world coordinates.
fn in_parent(parent: &Shape, mesh: Mesh) -> Shape {
    let mut shape = parent.clone();
    let local: DAffine3 = shape.scope_frame().frame_from_world();
    crate::ops::fit_mesh(&mut shape, mesh.transformed(&local));
    shape
}

/// Components as one shape in the parent's pivot and orientation, for the operator `=`.
pub fn merged(components: &[&Component], parent: &Shape) -> Shape {
    let shapes: Vec<&Shape> = components
        .iter()
        .map(|component| &component.shape)
        .collect();
    merged_shapes(&shapes, parent)
}

/// Shapes as one shape in the parent's pivot and orientation; points at one place become one.
pub(crate) fn merged_shapes(shapes: &[&Shape], parent: &Shape) -> Shape {
    let mut all = Mesh::default();
    for shape in shapes {
        if let Geometry::Mesh(mesh) = &shape.geometry {
            merge::append_moved(&mut all, mesh, &shape.world_from_geometry);
        }
    }
    cleanup::weld(&mut all, 1e-6);
    in_parent(parent, all)
}

/// The connected sets of components (they share points of the parent), each a list of numbers, for the operator `=:`.
pub fn connected(components: &[&Component]) -> Vec<Vec<usize>> {
    let mut owners: Vec<(u32, usize)> = Vec::new();
    for (number, component) in components.iter().enumerate() {
        owners.extend(component.points.iter().map(|&point| (point, number)));
    }
    owners.order();
    let mut sets = super::topology::Sets::new(components.len());
    for pair in owners.windows(2) {
        if pair[0].0 == pair[1].0 {
            sets.join(pair[0].1, pair[1].1);
        }
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (number, set) in sets.numbers().into_iter().enumerate() {
        if set as usize == groups.len() {
            groups.push(Vec::new());
        }
        groups[set as usize].push(number);
    }
    groups
}

/// The planes that keep what is later inserted on a face from crossing into its neighbours: at each edge shared with
/// another face the plane that halves the angle between them. An edge within 40 degrees of the scope's x and z
/// gives a horizontal one.
pub fn trim_planes(parent: &Shape, component: &Component) -> Vec<TrimPlane> {
    let (Geometry::Mesh(mesh), Some(face)) = (&parent.geometry, component.face) else {
        return Vec::new();
    };
    if mesh.face_count() < 2 {
        return Vec::new();
    }
    face_planes(
        parent,
        &mesh.transformed(&parent.world_from_geometry),
        &Topology::new(mesh),
        face as usize,
    )
}

/// [`trim_planes`] of every face at once.
pub fn all_trim_planes(parent: &Shape) -> Vec<Vec<TrimPlane>> {
    let Geometry::Mesh(mesh) = &parent.geometry else {
        return Vec::new();
    };
    let (world, topology) = (
        mesh.transformed(&parent.world_from_geometry),
        Topology::new(mesh),
    );
    (0..mesh.face_count())
        .map(|face| face_planes(parent, &world, &topology, face))
        .collect()
}

fn face_planes(parent: &Shape, mesh: &Mesh, topology: &Topology, face: usize) -> Vec<TrimPlane> {
    let normal = mesh.normal(face);
    let mut planes: Vec<TrimPlane> = Vec::new();
    for corner in mesh.face_corners(face) {
        let edge = measure::edge_vector(mesh, topology, corner);
        let along = edge.normalize_or_zero();
        let Some(other) = topology.opposite(corner).next() else {
            continue;
        };
        let other_normal = mesh.normal(topology.face_of[other] as usize);
        let outward = along.cross(normal) - (-along).cross(other_normal);
        if outward.length() > 1e-6 {
            let slope = along.dot(parent.scope_axes().y_axis).abs();
            // The sine of 40 degrees.
            let horizontal = slope < 0.642_787_609_686_539_3;
            let point = mesh.point(mesh.corners[corner]);
            planes.push(TrimPlane {
                point,
                along: edge,
                normal: outward.normalize(),
                horizontal,
            });
        }
    }
    planes
}

#[cfg(test)]
mod tests;
