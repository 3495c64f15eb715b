//! Putting meshes together.

use super::{Mesh, UvSet, index};
use glam::{DAffine3, DVec2, DVec3};
use smallvec::{SmallVec, smallvec};

/// Appends a mesh in the same coordinates; points are not welded. Texture coordinates that only one side has are zero on
/// the other; normals that only one side has become face normals on the other.
pub fn append(into: &mut Mesh, other: &Mesh) {
    append_at(into, other, |point| point);
}

/// Appends a mesh moved by an affine map, as [`append`] does with [`Mesh::transformed`].
pub(crate) fn append_moved(into: &mut Mesh, other: &Mesh, map: &DAffine3) {
    let plain = other.normals.is_empty() && map.matrix3.determinant() >= 0.0;
    if plain {
        append_at(into, other, |point| map.transform_point3(point));
    } else {
        append(into, &other.transformed(map));
    }
}

fn append_at(into: &mut Mesh, other: &Mesh, place: impl Fn(DVec3) -> DVec3) {
    if other.tags.is_some() {
        into.tags_mut();
    }
    if let Some(tags) = &mut into.tags {
        tags.append(other.tags.as_deref(), other, into.points.len());
    }
    let (old_corners, old_faces) = (into.corners.len(), into.face_count());
    let first_point = index(into.points.len());
    let (first_corner, first_loop) = (index(old_corners), index(into.loops.len() - 1));
    into.points
        .extend(other.points.iter().map(|&point| place(point)));
    into.corners
        .extend(other.corners.iter().map(|point| point + first_point));
    into.loops
        .extend(other.loops[1..].iter().map(|corner| corner + first_corner));
    into.faces
        .extend(other.faces[1..].iter().map(|l| l + first_loop));
    into.materials.extend_from_slice(&other.materials);
    into.lines.extend(
        other
            .lines
            .iter()
            .map(|line| line.map(|point| point + first_point)),
    );
    for theirs in &other.uv_sets {
        uv_set(into, theirs.set, old_corners).extend_from_slice(&theirs.coordinates);
    }
    for ours in &mut into.uv_sets {
        ours.coordinates.resize(into.corners.len(), DVec2::ZERO);
    }
    if other.normals.is_empty() && into.normals.is_empty() {
        return;
    }
    let added = other.normals.clone();
    if old_corners > 0 && into.normals.is_empty() {
        into.normals = face_normals(into, 0..old_faces);
    }
    let added = if added.is_empty() {
        face_normals(into, old_faces..into.face_count())
    } else {
        added
    };
    into.normals.extend(added);
}

/// The face's normal for each corner of some faces.
pub(crate) fn face_normals(mesh: &Mesh, faces: std::ops::Range<usize>) -> Vec<DVec3> {
    faces
        .flat_map(|face| std::iter::repeat_n(mesh.normal(face), mesh.face_corners(face).len()))
        .collect()
}

/// The coordinates of a set, made of `corners` zeros when the mesh lacks it.
pub(crate) fn uv_set(mesh: &mut Mesh, set: u8, corners: usize) -> &mut SmallVec<[DVec2; 4]> {
    let place = match mesh.uv_sets.binary_search_by_key(&set, |uvs| uvs.set) {
        Ok(place) => place,
        Err(place) => {
            mesh.uv_sets.insert(
                place,
                UvSet {
                    set,
                    coordinates: smallvec![DVec2::ZERO; corners],
                },
            );
            place
        }
    };
    &mut mesh.uv_sets[place].coordinates
}
