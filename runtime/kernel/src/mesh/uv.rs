//! Texture coordinates: extents, changes, tiles, and strips between lines of equal coordinate.

use glam::{DVec2, DVec3};

use super::clip::clip;
use super::merge::uv_set;
use super::{Mesh, UvSet};

/// Coordinates closer than this share of the extent to a cutting line lie on it.
const TOLERANCE: f64 = 1e-9;

/// The coordinates of a set, if the mesh has it.
pub fn coordinates(mesh: &Mesh, set: u8) -> Option<&UvSet> {
    mesh.uv_sets.iter().find(|uvs| uvs.set == set)
}

/// Smallest and largest coordinate along an axis (0 u, 1 v); in unit space in metres along the surface.
/// `None` without the set or corners.
pub fn extent(mesh: &Mesh, axis: usize, set: u8, unit_space: bool) -> Option<(f64, f64)> {
    let uvs = coordinates(mesh, set)?;
    let scale = if unit_space {
        unit_length(mesh, uvs, axis)
    } else {
        1.0
    };
    let values = uvs.coordinates.iter().map(|uv| uv[axis] * scale);
    let range = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
        (low.min(x), high.max(x))
    });
    range.0.is_finite().then_some(range)
}

/// Metres on the surface for one unit of a coordinate: the mean over faces, weighted by area.
pub fn unit_length(mesh: &Mesh, uvs: &UvSet, axis: usize) -> f64 {
    let (mut sum, mut total) = (0.0, 0.0);
    for face in 0..mesh.face_count() {
        if let Some(gradient) = gradient(mesh, uvs, axis, face) {
            let area = mesh.area(face);
            sum += area / gradient;
            total += area;
        }
    }
    if total > 0.0 { sum / total } else { 1.0 }
}

/// How much a coordinate grows along one metre of a face, in its steepest direction (Stokes: the integral of the
/// coordinate along the boundary); `None` where it does not grow.
fn gradient(mesh: &Mesh, uvs: &UvSet, axis: usize, face: usize) -> Option<f64> {
    let mut sum = DVec3::ZERO;
    for loop_number in mesh.loops_of(face) {
        let range = mesh.corners_of(loop_number);
        for corner in range.clone() {
            let next = if corner + 1 == range.end {
                range.start
            } else {
                corner + 1
            };
            let along = mesh.point(mesh.corners[next]) - mesh.point(mesh.corners[corner]);
            sum += along * (0.5 * (uvs.coordinates[corner][axis] + uvs.coordinates[next][axis]));
        }
    }
    let gradient = sum.length() / mesh.area(face);
    (gradient.is_finite() && gradient > 1e-12).then_some(gradient)
}

/// The parts of a mesh between lines of equal coordinate: one mesh for each (low, high), bounds as in [`extent`].
/// Without the set there is nothing to cut: the first strip gets everything.
pub fn strips(
    mesh: &Mesh,
    axis: usize,
    set: u8,
    unit_space: bool,
    bounds: &[(f64, f64)],
) -> Vec<Mesh> {
    let Some(uvs) = coordinates(mesh, set) else {
        let piece = |k: usize| {
            if k == 0 {
                mesh.clone()
            } else {
                Mesh::default()
            }
        };
        return (0..bounds.len()).map(piece).collect();
    };
    let scale = if unit_space {
        unit_length(mesh, uvs, axis)
    } else {
        1.0
    };
    let Some((first, last)) = extent(mesh, axis, set, unit_space) else {
        return vec![mesh.clone(); bounds.len()];
    };
    let tolerance = TOLERANCE.max((last - first) * TOLERANCE) + (last - first) * 1e-7;
    let cut = |mesh: &Mesh, sign: f64, at: f64, outermost: bool| {
        let uvs = coordinates(mesh, set);
        let value = |corner: usize| {
            let value = uvs.map_or(0.0, |uvs| {
                sign * (uvs.coordinates[corner][axis] * scale - at)
            });
            if value.abs() <= tolerance { 0.0 } else { value }
        };
        let keep_flat = |_| outermost || sign > 0.0;
        clip(mesh, 0..mesh.face_count(), &value, &keep_flat).mesh
    };
    let strip = |&(low, high): &(f64, f64)| {
        let lower = cut(mesh, 1.0, low, low <= first + tolerance);
        cut(&lower, -1.0, high, high >= last - tolerance)
    };
    bounds.iter().map(strip).collect()
}

/// Changes every coordinate pair of a set; nothing happens without it.
pub fn change(mesh: &mut Mesh, set: u8, map: impl Fn(DVec2) -> DVec2) {
    if let Some(uvs) = mesh.uv_sets.iter_mut().find(|uvs| uvs.set == set) {
        for uv in &mut uvs.coordinates {
            *uv = map(*uv);
        }
    }
}

/// Sets the coordinates of a set from the position of each corner.
pub fn project(mesh: &mut Mesh, set: u8, map: impl Fn(DVec3) -> DVec2) {
    let projected = mesh
        .corners
        .iter()
        .map(|&point| map(mesh.point(point)))
        .collect();
    let count = mesh.corners.len();
    *uv_set(mesh, set, count) = projected;
}

/// Which coordinates `normalizeUV` scales to [0, 1].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Normalized {
    /// Each on its own.
    Both,
    /// Both by the larger extent.
    Uniform,
    /// u alone.
    U,
    /// v alone.
    V,
}

/// Moves and scales coordinates to start at 0 and end at 1, face by face or all together.
pub fn normalize(mesh: &mut Mesh, set: u8, what: Normalized, by_face: bool) {
    let ranges: Vec<std::ops::Range<usize>> = if by_face {
        (0..mesh.face_count())
            .map(|face| mesh.face_corners(face))
            .collect()
    } else {
        vec![0..mesh.corners.len(); 1]
    };
    let Some(uvs) = mesh.uv_sets.iter_mut().find(|uvs| uvs.set == set) else {
        return;
    };
    for range in ranges {
        let part = &mut uvs.coordinates[range];
        let Some(&first) = part.first() else { continue };
        let low = part.iter().fold(first, |low, uv| low.min(*uv));
        let size = part.iter().fold(first, |high, uv| high.max(*uv)) - low;
        let divisor = match what {
            Normalized::Both => size,
            Normalized::Uniform => DVec2::splat(size.max_element()),
            Normalized::U => DVec2::new(size.x, 0.0),
            Normalized::V => DVec2::new(0.0, size.y),
        };
        for uv in part {
            for axis in 0..2 {
                let kept =
                    (what == Normalized::U && axis == 1) || (what == Normalized::V && axis == 0);
                if !kept {
                    uv[axis] = if divisor[axis] > 0.0 {
                        (uv[axis] - low[axis]) / divisor[axis]
                    } else {
                        0.0
                    };
                }
            }
        }
    }
}

/// Copies a set over another; without the source the target goes.
pub fn copy(mesh: &mut Mesh, from: u8, to: u8) {
    let source = coordinates(mesh, from).map(|uvs| uvs.coordinates.clone());
    match source {
        Some(source) => {
            let count = mesh.corners.len();
            *uv_set(mesh, to, count) = source;
        }
        None => remove(mesh, to),
    }
}

/// Drops a set.
pub fn remove(mesh: &mut Mesh, set: u8) {
    mesh.uv_sets.retain(|uvs| uvs.set != set);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::primitive::quad;

    #[test]
    fn strips_along_u_share_the_area_by_coordinate() {
        let mut mesh = quad();
        change(&mut mesh, 0, |uv| DVec2::new(uv.x * 4.0, uv.y));
        let pieces = strips(&mesh, 0, 0, false, &[(0.0, 1.0), (1.0, 4.0)]);
        assert!(
            (pieces[0].area(0) - 0.25).abs() < 1e-12 && (pieces[1].area(0) - 0.75).abs() < 1e-12
        );
        assert_eq!(extent(&mesh, 0, 0, true), Some((0.0, 1.0)));
        assert_eq!(extent(&pieces[1], 0, 0, false), Some((1.0, 4.0)));
    }
}
