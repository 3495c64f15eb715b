//! Cutting meshes by planes: slabs along an axis for `split`, half spaces for trimming. Solids stay closed: where a
//! closed part is cut, the section is covered by cap faces.

mod quad;

use std::collections::BTreeMap;

use glam::{DVec2, DVec3};

use super::clip::{Clipped, clip};
use super::topology::Topology;
use super::{Mesh, SHAPE_MATERIAL};
use crate::order::Order as _;
use crate::polygon;

/// Points closer than this to a plane lie on it (metres, relative to a mesh of size 1; grows with the mesh).
const TOLERANCE: f64 = 1e-7;

/// The parts of a mesh between planes normal to an axis: one mesh for each (low, high). Points keep their places;
/// faces keep their order, then caps follow, or come first where the first face was cut off. A face that lies in
/// a plane between two slabs belongs to the slab whose solid it bounds; faces in the outermost planes are kept.
pub fn slabs(mesh: &Mesh, axis: usize, bounds: &[(f64, f64)]) -> Vec<Mesh> {
    let tolerance = tolerance(mesh);
    quad::slabs(mesh, axis, bounds, tolerance)
        .unwrap_or_else(|| slabs_of_any(mesh, axis, bounds, tolerance))
}

fn slabs_of_any(mesh: &Mesh, axis: usize, bounds: &[(f64, f64)], tolerance: f64) -> Vec<Mesh> {
    let closed = closed_faces(mesh);
    let coordinate = |corner: usize| mesh.point(mesh.corners[corner])[axis];
    let ranges: Vec<(f64, f64)> = (0..mesh.face_count())
        .map(|face| {
            let corners = mesh.face_corners(face).map(coordinate);
            corners.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
                (low.min(x), high.max(x))
            })
        })
        .collect();
    let mesh_low = ranges.iter().map(|r| r.0).fold(f64::INFINITY, f64::min);
    let mesh_high = ranges.iter().map(|r| r.1).fold(f64::NEG_INFINITY, f64::max);
    let touched = touched_faces(&ranges, bounds, tolerance);
    let slab = |(number, &(low, high)): (usize, &(f64, f64))| {
        if !mesh.lines.is_empty() || (mesh.face_count() == 0 && !mesh.points.is_empty()) {
            return slab_of_lines(mesh, axis, low, high);
        }
        let mut normal = DVec3::ZERO;
        normal[axis] = -1.0;
        let lower = Plane {
            normal,
            offset: -low,
            outermost: low <= mesh_low + tolerance,
        };
        normal[axis] = 1.0;
        let upper = Plane {
            normal,
            offset: high,
            outermost: high >= mesh_high - tolerance,
        };
        let planes = [lower, upper];
        let faces = touched.of(number).iter().map(|&face| face as usize);
        let mut inner = planes.iter().filter(|plane| !plane.outermost);
        let Some(plane) = inner.next() else {
            return mesh.clone();
        };
        let mut piece = cut_once(mesh, faces, plane, tolerance);
        if let Some(plane) = inner.next() {
            piece = cut_again(&piece, plane, tolerance);
        }
        cap(piece, &closed, &planes, tolerance)
    };
    bounds.iter().enumerate().map(slab).collect()
}

/// For each slab the faces that reach into it, in order.
struct Touched {
    /// The first face of each slab, and an end mark.
    starts: Vec<usize>,
    faces: Vec<u32>,
}

impl Touched {
    fn of(&self, slab: usize) -> &[u32] {
        &self.faces[self.starts[slab]..self.starts[slab + 1]]
    }
}

/// Slabs are looked up by their place along the axis, so that many slabs cost no more than the pieces they make.
fn touched_faces(ranges: &[(f64, f64)], bounds: &[(f64, f64)], tolerance: f64) -> Touched {
    let ascending = bounds
        .windows(2)
        .all(|w| w[0].0 <= w[1].0 && w[0].1 <= w[1].1);
    let slabs_of = |&(low, high): &(f64, f64)| {
        let (low, high) = (low - tolerance, high + tolerance);
        let (first, end) = if ascending {
            (
                bounds.partition_point(|bound| bound.1 < low),
                bounds.partition_point(|bound| bound.0 <= high),
            )
        } else {
            (0, bounds.len())
        };
        (first..end).filter(move |&slab| bounds[slab].0 <= high && bounds[slab].1 >= low)
    };
    let mut starts = vec![0; bounds.len() + 1];
    for slab in ranges.iter().flat_map(slabs_of) {
        starts[slab + 1] += 1;
    }
    for slab in 0..bounds.len() {
        starts[slab + 1] += starts[slab];
    }
    let mut faces = vec![0; starts[bounds.len()]];
    let mut next = starts.clone();
    for (face, range) in ranges.iter().enumerate() {
        for slab in slabs_of(range) {
            faces[next[slab]] = super::index(face);
            next[slab] += 1;
        }
    }
    Touched { starts, faces }
}

/// The part of a mesh where `normal · point <= offset`, with caps on cut solids. `normal` is a unit vector.
pub fn half_space(mesh: &Mesh, normal: DVec3, offset: f64) -> Mesh {
    let tolerance = tolerance(mesh);
    let is_outside = |point: &DVec3| normal.dot(*point) - offset > tolerance;
    if !mesh.points.iter().any(is_outside) {
        return mesh.clone();
    }
    let plane = Plane {
        normal,
        offset,
        outermost: false,
    };
    let piece = cut_once(mesh, 0..mesh.face_count(), &plane, tolerance);
    cap(piece, &closed_faces(mesh), &[plane], tolerance)
}

/// The part of a mesh where `normal · point <= offset`, open where it was cut: trim planes make no caps.
pub fn trimmed(mesh: &Mesh, normal: DVec3, offset: f64) -> Mesh {
    let plane = Plane {
        normal,
        offset,
        outermost: false,
    };
    cut_once(mesh, 0..mesh.face_count(), &plane, tolerance(mesh)).mesh
}

/// A cutting plane; what lies on the side of the normal goes.
struct Plane {
    normal: DVec3,
    offset: f64,
    /// Nothing lies beyond: faces in the plane stay, whichever way they look.
    outermost: bool,
}

impl Plane {
    /// The distance above the plane; exactly 0 when within the tolerance.
    fn height(&self, point: DVec3, tolerance: f64) -> f64 {
        let height = self.normal.dot(point) - self.offset;
        if height.abs() <= tolerance {
            0.0
        } else {
            height
        }
    }
}

fn tolerance(mesh: &Mesh) -> f64 {
    let extent = mesh
        .bounds()
        .map_or(0.0, |(low, high)| low.abs().max(high.abs()).max_element());
    TOLERANCE * extent.max(1.0)
}

/// For each face whether it bounds a solid; empty when none can.
fn closed_faces(mesh: &Mesh) -> Vec<bool> {
    if mesh.face_count() < 4 {
        return Vec::new();
    }
    Topology::new(mesh).closed_faces(mesh)
}

/// Some faces of a mesh without what lies above the plane.
fn cut_once(
    mesh: &Mesh,
    faces: impl IntoIterator<Item = usize>,
    plane: &Plane,
    tolerance: f64,
) -> Clipped {
    let depth = |corner: usize| -plane.height(mesh.point(mesh.corners[corner]), tolerance);
    let keep_flat = |face: usize| mesh.area_vector(face).dot(plane.normal) > 0.0;
    let mut clipped = clip(mesh, faces, &depth, &keep_flat);
    // New points lie in the plane exactly when it is normal to an axis.
    for axis in 0..3 {
        if plane.normal[axis].abs() == 1.0 {
            let at = plane.offset * plane.normal[axis];
            for point in &mut clipped.mesh.points {
                if (point[axis] - at).abs() <= tolerance {
                    point[axis] = at;
                }
            }
        }
    }
    clipped
}

/// What a cut left without what lies above another plane.
fn cut_again(piece: &Clipped, plane: &Plane, tolerance: f64) -> Clipped {
    let faces = 0..piece.mesh.face_count();
    let mut clipped = cut_once(&piece.mesh, faces, plane, tolerance);
    for source in &mut clipped.sources {
        *source = piece.sources[*source as usize];
    }
    clipped
}

/// Covers the sections of closed parts and puts the caps in their place.
fn cap(piece: Clipped, closed: &[bool], planes: &[Plane], tolerance: f64) -> Mesh {
    let Clipped { mut mesh, sources } = piece;
    let is_closed = |face: u32| closed.get(face as usize) == Some(&true);
    if !sources.iter().any(|&face| is_closed(face)) {
        return mesh;
    }
    let open = open_edges(&mesh, |face| is_closed(sources[face]));
    if open.is_empty() {
        return mesh;
    }
    let old_count = mesh.face_count();
    for plane in planes {
        let on_plane = |point: u32| plane.height(mesh.point(point), 2.0 * tolerance) == 0.0;
        let edges: Vec<(u32, u32)> = open
            .iter()
            .copied()
            .filter(|&(a, b)| on_plane(a) && on_plane(b))
            .collect();
        for rings in sections(&mesh, &edges, plane.normal) {
            mesh.add_face(rings.iter().map(Vec::as_slice));
        }
    }
    set_cap_normals(&mut mesh, old_count);
    if sources.first() != Some(&0) {
        let caps = old_count..mesh.face_count();
        let order: Vec<usize> = caps.chain(0..old_count).collect();
        return mesh.subset(&order);
    }
    mesh
}

fn set_cap_normals(mesh: &mut Mesh, first: usize) {
    for face in first..mesh.face_count() {
        mesh.materials[face] = SHAPE_MATERIAL;
        if !mesh.normals.is_empty() {
            let normal = mesh.normal(face);
            let corners = mesh.face_corners(face);
            mesh.normals[corners].fill(normal);
        }
    }
}

/// Edges of the chosen faces that no face runs along the other way, turned over: the edges a cap must have.
fn open_edges(mesh: &Mesh, chosen: impl Fn(usize) -> bool) -> Vec<(u32, u32)> {
    let mut directed: Vec<(u32, u32)> = Vec::new();
    for face in (0..mesh.face_count()).filter(|&face| chosen(face)) {
        for loop_number in mesh.loops_of(face) {
            let ring = mesh.ring(loop_number);
            directed.extend((0..ring.len()).map(|k| (ring[k], ring[(k + 1) % ring.len()])));
        }
    }
    let mut sorted = directed.clone();
    sorted.order();
    let count = |edge: (u32, u32)| {
        sorted.partition_point(|&e| e <= edge) - sorted.partition_point(|&e| e < edge)
    };
    let mut open: Vec<(u32, u32)> = Vec::new();
    for (a, b) in directed {
        if count((b, a)) < count((a, b)) {
            open.push((b, a));
        }
    }
    open
}

/// Joins directed edges in a plane to polygons with holes, counter-clockwise about `normal`. Edges that close no ring
/// are left out.
fn sections(mesh: &Mesh, edges: &[(u32, u32)], normal: DVec3) -> Vec<Vec<Vec<u32>>> {
    let mut by_start: Vec<(u32, u32, bool)> = edges.iter().map(|&(a, b)| (a, b, false)).collect();
    by_start.order_by_key(|&(a, ..)| a);
    let mut rings: Vec<Vec<u32>> = Vec::new();
    for &(start, _) in edges {
        let mut path: Vec<u32> = vec![start];
        let mut place_of: BTreeMap<u32, usize> = BTreeMap::from([(start, 0)]);
        while let Some(&at) = path.last() {
            let first = by_start.partition_point(|&(a, ..)| a < at);
            let free = by_start[first..]
                .iter_mut()
                .take_while(|(a, ..)| *a == at)
                .find(|(.., used)| !*used);
            let Some((_, to, used)) = free else { break };
            *used = true;
            if let Some(&seen) = place_of.get(to) {
                let ring = path.split_off(seen);
                ring.iter().for_each(|point| _ = place_of.remove(point));
                if ring.len() >= 3 {
                    rings.push(ring);
                }
            }
            place_of.insert(*to, path.len());
            path.push(*to);
        }
    }
    nest(mesh, rings, normal)
}

/// Sorts rings into outlines and the holes inside them, by their turning about `normal`.
fn nest(mesh: &Mesh, rings: Vec<Vec<u32>>, normal: DVec3) -> Vec<Vec<Vec<u32>>> {
    let x_axis = normal.any_orthonormal_vector();
    let y_axis = normal.cross(x_axis);
    let flatten = |ring: &[u32]| -> Vec<DVec2> {
        let flat =
            |&point: &u32| DVec2::new(mesh.point(point).dot(x_axis), mesh.point(point).dot(y_axis));
        ring.iter().map(flat).collect()
    };
    let (mut outlines, mut holes) = (Vec::new(), Vec::new());
    for ring in rings {
        let flat = flatten(&ring);
        let area = polygon::signed_area(&flat);
        if area > 0.0 {
            outlines.push((area, flat, vec![ring]));
        } else if area < 0.0 {
            holes.push((flat[0], ring));
        }
    }
    for (inside, hole) in holes {
        let around = outlines
            .iter_mut()
            .filter(|(_, outline, _)| polygon::contains(outline, inside));
        if let Some((.., face)) = around.min_by(|a, b| a.0.total_cmp(&b.0)) {
            face.push(hole);
        }
    }
    outlines.into_iter().map(|(.., face)| face).collect()
}

/// A slab of a shape of edges or points.
fn slab_of_lines(mesh: &Mesh, axis: usize, low: f64, high: f64) -> Mesh {
    let mut piece = Mesh {
        tags: mesh.tags.as_ref().map(|_| Box::default()),
        ..Mesh::default()
    };
    if mesh.lines.is_empty() {
        for (number, &point) in mesh.points.iter().enumerate() {
            if (low..=high).contains(&point[axis]) {
                piece.points.push(point);
                if let (Some(new), Some(old)) = (&mut piece.tags, &mesh.tags) {
                    new.points.push(old.of_point(number));
                }
            }
        }
        return piece;
    }
    for (number, &line) in mesh.lines.iter().enumerate() {
        let [a, b] = line.map(|point| mesh.point(point));
        let (from, to) = (a[axis], b[axis]);
        let at = |x: f64| {
            if from == to {
                0.0
            } else {
                ((x - from) / (to - from)).clamp(0.0, 1.0)
            }
        };
        if from.max(to) < low || from.min(to) > high {
            continue;
        }
        let (s, t) = if from <= to {
            (at(low), at(high))
        } else {
            (at(high), at(low))
        };
        let (s, t) = if from == to { (0.0, 1.0) } else { (s, t) };
        if s < t {
            let ends = [piece.add_point(a.lerp(b, s)), piece.add_point(a.lerp(b, t))];
            piece.lines.push(ends);
            if let (Some(new), Some(old)) = (&mut piece.tags, &mesh.tags) {
                let end = |k: usize, is_kept: bool| {
                    let own = || old.of_point(line[k] as usize);
                    is_kept.then(own).unwrap_or_default()
                };
                new.lines.push(old.lines[number].clone());
                new.points.extend([end(0, s == 0.0), end(1, t == 1.0)]);
            }
        }
    }
    piece
}

#[cfg(test)]
mod tests;
