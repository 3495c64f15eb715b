//! Sweeping faces: `extrude` and `taper`.
//!
//! Each face leaves, in this order, its reversed copy (the bottom), its moved copy (the top) and one quadrilateral for
//! each edge, holes after the outline: `(v_i, v_i+1, v_i+1', v_i')`. Between faces that move together there is no wall.

mod prism;

use std::collections::BTreeMap;

use glam::DVec3;

use super::build::{Builder, NewCorner};
use super::tags::Tag;
use super::topology::{Sets, Topology};
use super::{Mesh, index};

/// How far and where points move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sweep {
    /// Each face along its own normal; adjacent faces in one plane stay together.
    FaceNormal(f64),
    /// Each point along the mean normal of its faces.
    VertexNormal(f64),
    /// All faces along one unit vector.
    Direction(DVec3, f64),
    /// Along a unit vector up to a common height: measured from the lowest point (from the highest when negative),
    /// and at least the extent of the mesh.
    FlatTop(DVec3, f64),
}

/// The tags of the faces that a sweep makes: below, above, and along edges of outlines and of holes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SweepTags {
    pub(crate) bottom: Tag,
    pub(crate) top: Tag,
    pub(crate) outer: Tag,
    pub(crate) inner: Tag,
}

/// Those of `extrude`.
const EXTRUDED: SweepTags = SweepTags {
    bottom: Tag::EXTRUDE_BOTTOM,
    top: Tag::EXTRUDE_TOP,
    outer: Tag::EXTRUDE_OUTER,
    inner: Tag::EXTRUDE_INNER,
};

/// Sweeps every face, or every edge of a mesh without faces (`edge_normal` gives the direction of [`Sweep::FaceNormal`]
/// there). A body swept against its face's normal is turned so that its normals look outward.
pub fn extrude(mesh: &Mesh, sweep: Sweep, edge_normal: DVec3) -> Mesh {
    sweep_faces(mesh, sweep, edge_normal, &EXTRUDED)
}

/// [`extrude`] for other operations, with other tags.
pub(crate) fn sweep_faces(mesh: &Mesh, sweep: Sweep, edge_normal: DVec3, tags: &SweepTags) -> Mesh {
    if mesh.face_count() == 0 {
        return extrude_lines(mesh, sweep, edge_normal);
    }
    let normals: Vec<DVec3> = (0..mesh.face_count())
        .map(|face| mesh.normal(face))
        .collect();
    let offsets = offsets(mesh, &normals, sweep);
    let turned = |face: usize| match sweep {
        Sweep::FaceNormal(distance) | Sweep::VertexNormal(distance) => distance < 0.0,
        Sweep::Direction(..) | Sweep::FlatTop(..) => {
            let first = mesh.outline(face)[0];
            normals[face].dot(offsets.of(face, first)) < 0.0
        }
    };
    if mesh.tags.is_none() && prism::is_simple(mesh) {
        return prism::prism(mesh, |point| offsets.of(0, point), turned(0));
    }
    let mut swept = extrude_any(mesh, (sweep, tags), &normals, &offsets, turned);
    swept.normals.clear();
    swept
}

/// Sweeps the faces of any mesh.
fn extrude_any(
    mesh: &Mesh,
    (sweep, tags): (Sweep, &SweepTags),
    normals: &[DVec3],
    offsets: &Offsets,
    turned: impl Fn(usize) -> bool,
) -> Mesh {
    let topology = Topology::new(mesh);
    let groups = groups(&topology, normals, sweep);
    let mut builder = Builder::empty(mesh);
    let mut points: BTreeMap<(u32, u32), (u32, u32)> = BTreeMap::new();
    for (face, &group) in groups.iter().enumerate() {
        for corner in mesh.face_corners(face) {
            let point = mesh.corners[corner];
            let new = &mut builder.mesh;
            points.entry((group, point)).or_insert_with(|| {
                let base = new.add_point(mesh.point(point));
                (
                    base,
                    new.add_point(mesh.point(point) + offsets.of(face, point)),
                )
            });
        }
    }
    for face in 0..mesh.face_count() {
        let ends = |corner: usize| points[&(groups[face], mesh.corners[corner])];
        let inner = |corner: usize| {
            let same_group = |c: usize| groups[topology.face_of[c] as usize] == groups[face];
            topology.opposite(corner).any(same_group)
        };
        add_body(&mut builder, mesh, (face, turned(face), tags), ends, inner);
    }
    builder.mesh
}

/// Adds bottom, top and sides of one face.
fn add_body(
    builder: &mut Builder<'_>,
    mesh: &Mesh,
    (face, turned, tags): (usize, bool, &SweepTags),
    ends: impl Fn(usize) -> (u32, u32),
    inner: impl Fn(usize) -> bool,
) {
    let loops: Vec<Vec<usize>> = mesh
        .loops_of(face)
        .map(|l| mesh.corners_of(l).collect())
        .collect();
    let place = |rings: Vec<Vec<NewCorner>>, flip: bool| -> Vec<Vec<NewCorner>> {
        let turn = |mut ring: Vec<NewCorner>| {
            super::flip_ring(&mut ring);
            ring
        };
        if flip {
            rings.into_iter().map(turn).collect()
        } else {
            rings
        }
    };
    let level = |top: bool| -> Vec<Vec<NewCorner>> {
        let corner = |&c: &usize| {
            if top {
                NewCorner::moved(ends(c).1, c)
            } else {
                NewCorner::kept(ends(c).0, c)
            }
        };
        loops
            .iter()
            .map(|ring| ring.iter().map(corner).collect())
            .collect()
    };
    builder.add_face(face, &place(level(false), !turned));
    builder.tag_face(None, Some(tags.bottom));
    builder.add_face(face, &place(level(true), turned));
    builder.tag_face(None, Some(tags.top));
    for (nth, ring) in loops.iter().enumerate() {
        for (k, &a) in ring.iter().enumerate() {
            let b = ring[(k + 1) % ring.len()];
            if inner(a) {
                continue;
            }
            let side = vec![
                NewCorner::kept(ends(a).0, a),
                NewCorner::kept(ends(b).0, b),
                NewCorner::moved(ends(b).1, b),
                NewCorner::moved(ends(a).1, a),
            ];
            builder.add_face(face, &place(vec![side], turned));
            let side = if nth == 0 { tags.outer } else { tags.inner };
            builder.tag_face(Some(a), Some(side));
        }
    }
}

/// Faces that move together, by first face: for face normals adjacent coplanar ones, else all adjacent ones.
fn groups(topology: &Topology, normals: &[DVec3], sweep: Sweep) -> Vec<u32> {
    let mut sets = Sets::new(normals.len());
    let by_plane = matches!(sweep, Sweep::FaceNormal(_));
    for edge in 0..topology.edge_count() {
        for pair in topology.corners_of_edge(edge).windows(2) {
            let (a, b) = (
                topology.face_of[pair[0] as usize] as usize,
                topology.face_of[pair[1] as usize] as usize,
            );
            if !by_plane || normals[a].dot(normals[b]) > COPLANAR_COSINE {
                sets.join(a, b);
            }
        }
    }
    sets.numbers()
}

/// The cosine of the angle between normals of faces in one plane (about 0.1 degrees).
pub(crate) const COPLANAR_COSINE: f64 = 1.0 - 1.5e-6;

/// Where points go.
enum Offsets {
    ByFace(Vec<DVec3>),
    ByPoint(Vec<DVec3>),
}

impl Offsets {
    fn of(&self, face: usize, point: u32) -> DVec3 {
        match self {
            Self::ByFace(offsets) => offsets[face],
            Self::ByPoint(offsets) => offsets[point as usize],
        }
    }
}

fn offsets(mesh: &Mesh, normals: &[DVec3], sweep: Sweep) -> Offsets {
    match sweep {
        Sweep::FaceNormal(distance) => {
            Offsets::ByFace(normals.iter().map(|&n| n * distance).collect())
        }
        Sweep::Direction(direction, distance) => {
            Offsets::ByFace(vec![direction * distance; normals.len()])
        }
        Sweep::VertexNormal(distance) => {
            Offsets::ByPoint(vertex_normals(mesh).iter().map(|&n| n * distance).collect())
        }
        Sweep::FlatTop(direction, distance) => {
            let heights: Vec<f64> = mesh.points.iter().map(|p| p.dot(direction)).collect();
            let low = heights.iter().copied().fold(f64::INFINITY, f64::min);
            let high = heights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let target = if distance < 0.0 {
                high + distance.min(low - high)
            } else {
                low + distance.max(high - low)
            };
            Offsets::ByPoint(
                heights
                    .iter()
                    .map(|&height| direction * (target - height))
                    .collect(),
            )
        }
    }
}

/// The mean normal at each point, weighted by the angle that each face takes there.
pub(crate) fn vertex_normals(mesh: &Mesh) -> Vec<DVec3> {
    let mut sums = vec![DVec3::ZERO; mesh.points.len()];
    for face in 0..mesh.face_count() {
        let normal = mesh.normal(face);
        for loop_number in mesh.loops_of(face) {
            let ring = mesh.ring(loop_number);
            for (k, &point) in ring.iter().enumerate() {
                let (before, after) = (
                    ring[(k + ring.len() - 1) % ring.len()],
                    ring[(k + 1) % ring.len()],
                );
                let a = (mesh.point(before) - mesh.point(point)).normalize_or_zero();
                let b = (mesh.point(after) - mesh.point(point)).normalize_or_zero();
                sums[point as usize] += normal * crate::math::acos(a.dot(b).clamp(-1.0, 1.0));
            }
        }
    }
    sums.iter().map(|sum| sum.normalize_or_zero()).collect()
}

/// Sweeps the edges of a mesh without faces to quadrilaterals.
fn extrude_lines(mesh: &Mesh, sweep: Sweep, edge_normal: DVec3) -> Mesh {
    let offset = match sweep {
        Sweep::FaceNormal(distance) | Sweep::VertexNormal(distance) => edge_normal * distance,
        Sweep::Direction(direction, distance) | Sweep::FlatTop(direction, distance) => {
            direction * distance
        }
    };
    let mut swept = Mesh::default();
    for point in &mesh.points {
        swept.add_point(*point);
    }
    for point in &mesh.points {
        swept.add_point(*point + offset);
    }
    let lift = index(mesh.points.len());
    for (number, &[a, b]) in mesh.lines.iter().enumerate() {
        swept.add_face([&[a, b, b + lift, a + lift][..]]);
        if let Some(old) = &mesh.tags {
            let (line, new) = (&old.lines[number], swept.tags_mut());
            let [at_a, at_b] = [a, b].map(|point| old.of_point(point as usize));
            new.faces[number] = line.clone().with(Tag::EXTRUDE_OUTER);
            let first = 4 * number;
            new.edges[first].clone_from(line);
            new.edges[first + 1].clone_from(&at_b);
            new.edges[first + 3].clone_from(&at_a);
            (new.vertices[first], new.vertices[first + 1]) = (at_a, at_b);
        }
    }
    swept
}

/// A pyramid over the first face: the face reversed, then one triangle for each edge; its apex lies `height` above the
/// centre of gravity.
pub fn taper(mesh: &Mesh, height: f64) -> Mesh {
    if mesh.face_count() == 0 {
        return mesh.clone();
    }
    let normal = mesh.normal(0);
    let apex = centroid(mesh, 0) + normal * height;
    pyramid(mesh, 0, apex, height < 0.0)
}

/// Joins every edge of a face to an apex; `turned` when the apex lies below the face.
pub(crate) fn pyramid(mesh: &Mesh, face: usize, apex: DVec3, turned: bool) -> Mesh {
    let base = mesh.subset(&[face]);
    let mut body = Builder::with_points(&base);
    let apex = body.mesh.add_point(apex);
    let loops: Vec<Vec<usize>> = base
        .loops_of(0)
        .map(|l| base.corners_of(l).collect())
        .collect();
    let mut rings: Vec<Vec<NewCorner>> = loops
        .iter()
        .map(|l| {
            l.iter()
                .map(|&c| NewCorner::kept(base.corners[c], c))
                .collect()
        })
        .collect();
    if !turned {
        rings.iter_mut().for_each(|ring| super::flip_ring(ring));
    }
    body.add_face(0, &rings);
    for ring in &loops {
        for (k, &a) in ring.iter().enumerate() {
            let b = ring[(k + 1) % ring.len()];
            let mut side = vec![
                NewCorner::kept(base.corners[a], a),
                NewCorner::kept(base.corners[b], b),
                NewCorner {
                    point: apex,
                    from: index(a),
                    to: index(b),
                    t: 0.5,
                    moved: true,
                },
            ];
            if turned {
                super::flip_ring(&mut side);
            }
            body.add_face(0, &[side]);
            body.tag_face(Some(a), None);
        }
    }
    let mut body = body.mesh;
    body.normals.clear();
    body
}

/// The centre of gravity of a face.
pub(crate) fn centroid(mesh: &Mesh, face: usize) -> DVec3 {
    let normal = mesh.normal(face);
    let origin = mesh.point(mesh.outline(face)[0]);
    let (mut moment, mut area) = (DVec3::ZERO, 0.0);
    for loop_number in mesh.loops_of(face) {
        let ring = mesh.ring(loop_number);
        for (k, &a) in ring.iter().enumerate() {
            let (a, b) = (
                mesh.point(a) - origin,
                mesh.point(ring[(k + 1) % ring.len()]) - origin,
            );
            let weight = a.cross(b).dot(normal);
            moment += (a + b) * weight;
            area += weight;
        }
    }
    if area == 0.0 {
        let outline = mesh.outline(face);
        return outline.iter().map(|&p| mesh.point(p)).sum::<DVec3>() / outline.len() as f64;
    }
    origin + moment / (3.0 * area)
}

#[cfg(test)]
mod tests;
