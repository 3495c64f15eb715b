//! Measures and predicates of meshes: what `geometry.*` answers.

use glam::DVec3;

use super::clip::project;
use super::topology::Topology;
use super::{Mesh, extrude};
use crate::math;

/// The enclosed volume: a sum of signed prisms under the faces, so holes in the surface count as flat lids seen from
/// the first point.
pub fn volume(mesh: &Mesh) -> f64 {
    let Some(&origin) = mesh.points.first() else {
        return 0.0;
    };
    let under = |face: usize| {
        let corner = mesh.point(mesh.outline(face)[0]) - origin;
        mesh.area_vector(face).dot(corner)
    };
    // Twice the area times the height is six times the pyramid's volume.
    math::sum((0..mesh.face_count()).map(under)) / 6.0
}

/// Whether there are faces and exactly two meet at every edge, running opposite ways.
pub fn is_closed(mesh: &Mesh) -> bool {
    let topology = Topology::new(mesh);
    let two = (0..topology.edge_count()).all(|edge| topology.corners_of_edge(edge).len() == 2);
    mesh.face_count() > 0 && two && topology.closed_faces(mesh).iter().all(|&closed| closed)
}

/// Number of edges, lines included.
pub fn edge_count(mesh: &Mesh) -> usize {
    Topology::new(mesh).edge_count() + mesh.lines.len()
}

/// Number of holes of all faces.
pub fn hole_count(mesh: &Mesh) -> usize {
    mesh.loops.len() - 1 - mesh.face_count()
}

/// The length of the edges where fewer than two faces meet.
pub fn boundary_length(mesh: &Mesh) -> f64 {
    let topology = Topology::new(mesh);
    let borders = (0..topology.edge_count()).filter(|&edge| topology.is_border(edge));
    let length = |edge: usize| {
        let corner = topology.corners_of_edge(edge)[0] as usize;
        edge_vector(mesh, &topology, corner).length()
    };
    math::sum(borders.map(length))
}

/// From the point of a corner to the next point of its loop.
pub(crate) fn edge_vector(mesh: &Mesh, topology: &Topology, corner: usize) -> DVec3 {
    mesh.point(mesh.corners[topology.next[corner] as usize]) - mesh.point(mesh.corners[corner])
}

/// Whether any face turns both ways along its outline, or has a hole. Straight angles are convex.
pub fn is_concave(mesh: &Mesh) -> bool {
    (0..mesh.face_count()).any(|face| {
        let normal = mesh.normal(face);
        let outline: Vec<_> = mesh
            .outline(face)
            .iter()
            .map(|&p| project(mesh.point(p), normal))
            .collect();
        let scale = outline
            .iter()
            .map(|p| p.distance_squared(outline[0]))
            .fold(0.0, f64::max);
        let turn = |k: usize| {
            let (a, b) = (outline[k], outline[(k + 1) % outline.len()]);
            (b - a).perp_dot(outline[(k + 2) % outline.len()] - b)
        };
        mesh.loops_of(face).len() > 1 || (0..outline.len()).any(|k| turn(k) < -1e-9 * scale)
    })
}

/// Whether every face is planar: the normals at its corners deviate from the face's by at most `degrees`.
pub fn is_planar(mesh: &Mesh, degrees: f64) -> bool {
    let limit = math::sin_cos_degrees(degrees.clamp(0.0, 90.0) + 1e-6).1;
    (0..mesh.face_count()).all(|face| {
        let normal = mesh.normal(face);
        let corner = mesh.point(mesh.outline(face)[0]);
        mesh.outline(face).iter().all(|&p| {
            let to = mesh.point(p) - corner;
            // The sine of the angle between the plane and the way to the point.
            let sine = to.normalize_or_zero().dot(normal);
            1.0 - sine * sine >= limit * limit
        })
    })
}

/// Whether every face is a quadrilateral with right angles, up to `degrees`.
pub fn is_rectangular(mesh: &Mesh, degrees: f64) -> bool {
    let limit = math::sin_cos_degrees(degrees.clamp(0.0, 90.0)).0 + 1e-9;
    mesh.face_count() > 0
        && (0..mesh.face_count()).all(|face| {
            let ring = mesh.outline(face);
            let cosine = |k: usize| {
                let at = mesh.point(ring[k]);
                let before = mesh.point(ring[(k + ring.len() - 1) % ring.len()]) - at;
                let after = mesh.point(ring[(k + 1) % ring.len()]) - at;
                before.normalize_or_zero().dot(after.normalize_or_zero())
            };
            mesh.loops_of(face).len() == 1
                && ring.len() == 4
                && (0..4).all(|k| cosine(k).abs() <= limit)
        })
}

/// The normal of the whole mesh: the direction of the sum of its area vectors, of the first face when they cancel out.
pub fn mean_normal(mesh: &Mesh) -> DVec3 {
    let sum: DVec3 = (0..mesh.face_count())
        .map(|face| mesh.area_vector(face))
        .sum();
    let total: f64 = (0..mesh.face_count())
        .map(|face| mesh.area_vector(face).length())
        .sum();
    let first = if mesh.face_count() > 0 {
        mesh.normal(0)
    } else {
        DVec3::ZERO
    };
    if sum.length() <= 1e-9 * total {
        first
    } else {
        sum.normalize_or(first)
    }
}

/// The sum of the areas of the faces chosen.
pub fn area(mesh: &Mesh, chosen: impl Fn(usize) -> bool) -> f64 {
    let faces = (0..mesh.face_count()).filter(|&face| chosen(face));
    math::sum(faces.map(|face| mesh.area(face)))
}

/// The centre of gravity of the surface, or of the points when there is none.
pub fn surface_center(mesh: &Mesh) -> DVec3 {
    let (mut sum, mut total) = (DVec3::ZERO, 0.0);
    for face in 0..mesh.face_count() {
        let area = mesh.area(face);
        sum += extrude::centroid(mesh, face) * area;
        total += area;
    }
    if total > 0.0 {
        sum / total
    } else {
        mesh.points.iter().sum::<DVec3>() / mesh.points.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::super::primitive;
    use super::*;

    #[test]
    fn what_has_no_faces_measures_zero_without_a_sign() {
        for mesh in [Mesh::default(), primitive::quad()] {
            let measures = [volume(&mesh), area(&mesh, |_| false)];
            assert_eq!(measures.map(f64::to_bits), [0, 0]);
        }
        assert_eq!(boundary_length(&Mesh::default()).to_bits(), 0);
    }
}
