//! Sweeping one face without holes, by far the most frequent: bottom, top and sides without looking for neighbours.

use glam::DVec3;
use smallvec::SmallVec;

use crate::mesh::{Mesh, UvSet, flip_ring, index};

/// Whether a mesh is one outline that meets no point twice.
pub(super) fn is_simple(mesh: &Mesh) -> bool {
    let count = mesh.corners.len();
    if mesh.loops.len() != 2 || count != mesh.points.len() || count > 64 {
        return false;
    }
    let seen = mesh
        .corners
        .iter()
        .fold(0_u64, |seen, &point| seen | 1 << point);
    seen.count_ones() as usize == count
}

/// The body between such a face and itself moved by `offset`, by point; `turned` when it moves against its normal.
pub(super) fn prism(mesh: &Mesh, offset: impl Fn(u32) -> DVec3, turned: bool) -> Mesh {
    let count = mesh.corners.len();
    let mut swept = Mesh::default();
    swept.points.reserve(2 * count);
    for &number in &mesh.corners {
        let point = mesh.point(number);
        swept.points.extend([point, point + offset(number)]);
    }
    let corners = 6 * count;
    swept.corners.reserve(corners);
    swept.uv_sets = mesh
        .uv_sets
        .iter()
        .map(|uvs| UvSet {
            set: uvs.set,
            coordinates: SmallVec::with_capacity(corners),
        })
        .collect();
    swept.loops.reserve(count + 2);
    swept.faces.reserve(count + 2);
    swept.materials.resize(count + 2, mesh.materials[0]);
    let mut ring: SmallVec<[(u32, usize); 8]> = SmallVec::new();
    let base = |k: usize| (index(2 * k), k);
    let top = |k: usize| (index(2 * k + 1), k);
    ring.extend((0..count).map(base));
    add(&mut swept, mesh, &mut ring, !turned);
    ring.extend((0..count).map(top));
    add(&mut swept, mesh, &mut ring, turned);
    for k in 0..count {
        let next = if k + 1 == count { 0 } else { k + 1 };
        ring.extend([base(k), base(next), top(next), top(k)]);
        add(&mut swept, mesh, &mut ring, turned);
    }
    swept
}

/// Adds a face, given as points of the body and corners of the face, and empties the list.
fn add(swept: &mut Mesh, mesh: &Mesh, ring: &mut SmallVec<[(u32, usize); 8]>, flip: bool) {
    if flip {
        flip_ring(ring);
    }
    swept.corners.extend(ring.iter().map(|&(point, _)| point));
    for (uvs, old) in swept.uv_sets.iter_mut().zip(&mesh.uv_sets) {
        let coordinates = ring.iter().map(|&(_, corner)| old.coordinates[corner]);
        uvs.coordinates.extend(coordinates);
    }
    ring.clear();
    swept.loops.push(index(swept.corners.len()));
    swept.faces.push(index(swept.loops.len() - 1));
}
