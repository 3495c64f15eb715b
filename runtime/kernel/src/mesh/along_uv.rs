//! Laying a mesh along texture coordinates: it is repeated as tiles of texture space, cut where the faces of a surface end, and
//! bent onto them.
//!
//! Tiles are meshes in the coordinates (u, height, -v). These are right-handed wherever u, v and the surface's normal are,
//! so that outside stays outside.

use glam::{DAffine3, DMat2, DMat3, DVec2, DVec3};
use smallvec::SmallVec;

use super::clip::clip;
use super::{Mesh, merge, uv};

/// Texture coordinates nearer than this to the border of a face or a tile lie on it.
const TOLERANCE: f64 = 1e-7;

/// Extents below this are none.
const FLAT: f64 = 1e-9;

/// A part of a surface, a triangle or a quadrilateral, with its texture coordinates.
#[derive(Debug, Clone)]
pub(crate) struct Patch {
    /// The corners in texture space, counter-clockwise.
    outline: SmallVec<[DVec2; 4]>,
    /// Texture coordinates of the first corner.
    start: DVec2,
    /// Takes texture coordinates to `s` and `t`, which are 0 and 1 at the corners.
    from_uv: DMat2,
    /// Places in space, by `s` and `t`.
    place: Bilinear,
    /// What height is measured along, by `s` and `t`.
    up: Bilinear,
}

/// `at + s * along_s + t * along_t + s * t * twist`
#[derive(Debug, Clone, Copy)]
struct Bilinear {
    at: DVec3,
    along_s: DVec3,
    along_t: DVec3,
    twist: DVec3,
}

impl Bilinear {
    /// Through corners in their order around the patch.
    fn through(corners: &[DVec3]) -> Self {
        let (at, last) = (corners[0], corners[corners.len() - 1]);
        let along_s = corners[1] - at;
        let twist = if corners.len() == 4 {
            corners[2] - corners[1] - last + at
        } else {
            DVec3::ZERO
        };
        Self {
            at,
            along_s,
            along_t: last - at,
            twist,
        }
    }

    fn value(&self, DVec2 { x: s, y: t }: DVec2) -> DVec3 {
        self.at + self.along_s * s + self.along_t * t + self.twist * (s * t)
    }
}

/// Makes a mesh a tile: x becomes 0 to 1, z becomes -1 to 0, y becomes 0 to `height`, or keeps its distance from 0 with
/// `keep_position`. Normals are left out: the surface bends them.
pub(crate) fn tile(mesh: &Mesh, height: f64, keep_position: bool) -> Mesh {
    let Some((low, high)) = mesh.bounds() else {
        return Mesh::default();
    };
    let size = high - low;
    let factor = |axis: usize, wanted: f64| {
        if size[axis] > FLAT {
            wanted / size[axis]
        } else {
            1.0
        }
    };
    let factors = DVec3::new(factor(0, 1.0), factor(1, height), factor(2, 1.0));
    let start = if keep_position { 0.0 } else { low.y };
    let mut plain = mesh.clone();
    plain.normals.clear();
    plain.transformed(&DAffine3 {
        matrix3: DMat3::from_diagonal(factors),
        translation: -factors * DVec3::new(low.x, start, low.z) - DVec3::Z,
    })
}

/// The patches of a surface with a set of texture coordinates, and how many faces have none because they are neither
/// triangles nor quadrilaterals. Height is measured along `up`, or along the normals at points. `None` without the set.
pub(crate) fn patches(surface: &Mesh, set: u8, up: Option<DVec3>) -> Option<(Vec<Patch>, usize)> {
    let uvs = &uv::coordinates(surface, set)?.coordinates;
    let normals = match up {
        Some(up) => vec![up; surface.points.len()],
        None => super::extrude::vertex_normals(surface),
    };
    let (mut patches, mut left_out) = (Vec::new(), 0);
    for face in 0..surface.face_count() {
        let point = |corner: usize| surface.corners[corner];
        let mut corners: Vec<usize> = surface.face_corners(face).collect();
        if corners.len() > 4 {
            drop_straight(&mut corners, |corner| {
                (surface.point(point(corner)), uvs[corner])
            });
        }
        if corners.len() > 4 || surface.loops_of(face).len() > 1 {
            left_out += 1;
            continue;
        }
        let mut add = |chosen: &[usize]| {
            let corners = chosen.iter().map(|&k| corners[k]);
            patches.extend(Patch::new(
                corners.clone().map(|corner| uvs[corner]).collect(),
                &corners
                    .clone()
                    .map(|corner| surface.point(point(corner)))
                    .collect::<Vec<_>>(),
                &corners
                    .map(|corner| normals[point(corner) as usize])
                    .collect::<Vec<_>>(),
            ));
        };
        let at = |k: usize| uvs[corners[k]];
        if corners.len() == 3 {
            add(&[0, 1, 2]);
        } else if (at(0) + at(2)).abs_diff_eq(at(1) + at(3), TOLERANCE) {
            add(&[0, 1, 2, 3]);
        } else {
            let turn = |a, b, c| crate::polygon::orientation(at(a), at(b), at(c));
            let halves = if turn(0, 1, 2) * turn(0, 2, 3) >= 0.0 {
                [[0, 1, 2], [0, 2, 3]]
            } else {
                [[1, 2, 3], [1, 3, 0]]
            };
            halves.iter().for_each(|half| add(half));
        }
    }
    Some((patches, left_out))
}

/// Drops corners on the straight line between their neighbours, in space and in texture space.
fn drop_straight(corners: &mut Vec<usize>, at: impl Fn(usize) -> (DVec3, DVec2)) {
    let mut k = 0;
    while k < corners.len() && corners.len() > 3 {
        let count = corners.len();
        let [before, here, after] = [k + count - 1, k, k + 1].map(|k| at(corners[k % count]));
        let along = after.0 - before.0;
        let t = (here.0 - before.0).dot(along) / along.length_squared();
        let straight = before.0.lerp(after.0, t).abs_diff_eq(here.0, 1e-6)
            && before.1.lerp(after.1, t).abs_diff_eq(here.1, 1e-6);
        if straight {
            corners.remove(k);
        } else {
            k += 1;
        }
    }
}

impl Patch {
    /// From the texture coordinates, places and directions of height at its corners; `None` where it has no extent in texture
    /// space.
    fn new(mut outline: SmallVec<[DVec2; 4]>, places: &[DVec3], ups: &[DVec3]) -> Option<Self> {
        let start = outline[0];
        let to_uv = DMat2::from_cols(outline[1] - start, outline[outline.len() - 1] - start);
        let turn = to_uv.determinant();
        if !(turn.abs() > FLAT * FLAT && start.is_finite()) {
            return None;
        }
        if turn < 0.0 {
            outline.reverse();
        }
        Some(Self {
            outline,
            start,
            from_uv: to_uv.inverse(),
            place: Bilinear::through(places),
            up: Bilinear::through(ups),
        })
    }

    /// The numbers of the tiles it reaches, from the first to before the last, along u and v.
    pub(crate) fn tiles(&self) -> [std::ops::Range<i64>; 2] {
        [0, 1].map(|axis| {
            let values = self.outline.iter().map(|uv| uv[axis]);
            let low = values.clone().fold(f64::INFINITY, f64::min);
            let high = values.fold(f64::NEG_INFINITY, f64::max);
            (low + TOLERANCE).floor() as i64..(high - TOLERANCE).ceil() as i64
        })
    }

    /// Adds to `into` what of a tile, moved to its number along u and v, lies on the patch.
    pub(crate) fn lay(&self, tile: &Mesh, number: [i64; 2], into: &mut Mesh) {
        let shift = DVec2::new(number[0] as f64, number[1] as f64);
        let moved = DAffine3::from_translation(DVec3::new(shift.x, 0.0, -shift.y));
        let mut part = tile.transformed(&moved);
        for k in 0..self.outline.len() {
            let (from, to) = (self.outline[k], self.outline[(k + 1) % self.outline.len()]);
            let Some(along) = (to - from).try_normalize() else {
                continue;
            };
            let whole = [DVec2::ZERO, DVec2::X, DVec2::Y, DVec2::ONE]
                .iter()
                .all(|&corner| along.perp_dot(shift + corner - from) >= -TOLERANCE);
            if !whole {
                part = left_of(&part, from, along);
            }
        }
        for point in &mut part.points {
            let st = self.from_uv * (texture(*point) - self.start);
            *point = self.place.value(st) + self.up.value(st) * point.y;
        }
        if self.turns_over() {
            part.flip();
        }
        merge::append(into, &part);
    }

    /// Whether u, v and the direction of height are left-handed.
    fn turns_over(&self) -> bool {
        let normal = self.place.along_s.cross(self.place.along_t) * self.from_uv.determinant();
        normal.dot(self.up.value(DVec2::splat(0.5))) < 0.0
    }
}

/// Texture coordinates of a point of a tile.
fn texture(point: DVec3) -> DVec2 {
    DVec2::new(point.x, -point.z)
}

/// The part of a tile on the left of a line. A face that stands on the line stays if its outside is on the right.
fn left_of(part: &Mesh, from: DVec2, along: DVec2) -> Mesh {
    let distance = |corner: usize| {
        let distance = along.perp_dot(texture(part.point(part.corners[corner])) - from);
        if distance.abs() <= TOLERANCE {
            0.0
        } else {
            distance
        }
    };
    let keep_flat = |face: usize| along.perp_dot(texture(part.area_vector(face))) < 0.0;
    clip(part, 0..part.face_count(), &distance, &keep_flat).mesh
}

#[cfg(test)]
mod tests;
