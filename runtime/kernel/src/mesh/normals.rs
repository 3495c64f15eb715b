//! Normals at corners.

use std::collections::BTreeMap;

use glam::DVec3;

use super::Mesh;
use super::topology::{Topology, members};
use crate::math;

/// Flat faces: one normal for each face.
pub fn harden(mesh: &mut Mesh) {
    mesh.normals.clear();
}

/// Averages normals where faces meet at less than `degrees`; each face counts by the angle that it takes at the point.
pub fn soften(mesh: &mut Mesh, degrees: f64) {
    let limit = math::sin_cos_degrees(degrees.clamp(0.0, 180.0)).1 - 1e-9;
    let face_normals: Vec<DVec3> = (0..mesh.face_count())
        .map(|face| mesh.normal(face))
        .collect();
    let mut at_point: BTreeMap<u32, Vec<(usize, f64)>> = BTreeMap::new();
    let mut face_of = Vec::with_capacity(mesh.corners.len());
    for face in 0..mesh.face_count() {
        for loop_number in mesh.loops_of(face) {
            let ring = mesh.ring(loop_number);
            for (k, &point) in ring.iter().enumerate() {
                let to = |j: usize| {
                    (mesh.point(ring[j % ring.len()]) - mesh.point(point)).normalize_or_zero()
                };
                let angle = math::acos(to(k + ring.len() - 1).dot(to(k + 1)).clamp(-1.0, 1.0));
                at_point.entry(point).or_default().push((face, angle));
                face_of.push(face);
            }
        }
    }
    let normal = |(corner, &face): (usize, &usize)| {
        let own = face_normals[face];
        let around = &at_point[&mesh.corners[corner]];
        let near = around
            .iter()
            .filter(|(other, _)| face_normals[*other].dot(own) >= limit);
        near.map(|&(other, angle)| face_normals[other] * angle)
            .sum::<DVec3>()
            .normalize_or(own)
    };
    mesh.normals = face_of.iter().enumerate().map(normal).collect();
}

/// Turns faces so that neighbours look the same way, and closed parts outward. Each connected part follows its first face.
pub fn conform(mesh: &mut Mesh) {
    let topology = Topology::new(mesh);
    let count = mesh.face_count();
    let parts = topology.parts(count);
    let mut turned: Vec<Option<bool>> = vec![None; count];
    for start in 0..count {
        if turned[start].is_some() {
            continue;
        }
        turned[start] = Some(false);
        let mut waiting = vec![start];
        while let Some(face) = waiting.pop() {
            let own = turned[face] == Some(true);
            for corner in mesh.face_corners(face) {
                for other in topology.opposite(corner) {
                    let neighbour = topology.face_of[other] as usize;
                    if turned[neighbour].is_none() {
                        let same_way = mesh.corners[corner] == mesh.corners[other];
                        turned[neighbour] = Some(own != same_way);
                        waiting.push(neighbour);
                    }
                }
            }
        }
    }
    turn_faces(mesh, |face| turned[face] == Some(true));
    let closed = Topology::new(mesh).closed_faces(mesh);
    let inward: Vec<bool> = members(&parts)
        .iter()
        .map(|faces| closed[faces[0]] && super::measure::volume(&mesh.subset(faces)) < 0.0)
        .collect();
    turn_faces(mesh, |face| inward[parts[face] as usize]);
}

/// Turns the chosen faces over, keeping their first edges.
fn turn_faces(mesh: &mut Mesh, chosen: impl Fn(usize) -> bool) {
    for face in (0..mesh.face_count()).filter(|&face| chosen(face)) {
        for loop_number in mesh.loops_of(face) {
            mesh.flip_loop(loop_number);
        }
    }
}
