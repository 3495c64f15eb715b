//! Pieces of split shapes.

use glam::DVec3;

use crate::mesh::{Mesh, cut, uv};
use crate::ops::fit_mesh;
use crate::shape::Shape;

/// One shape for each range (low, high) along an axis, measured from the scope's corner towards its far side. With `adjust`
/// the scope is the piece's bounding box, else (and for pieces without geometry) the whole slab.
#[expect(
    clippy::vec_box,
    reason = "shapes go on as pointers, see `Kernel::shape`"
)]
pub(crate) fn slabs(
    shape: &Shape,
    mesh: &Mesh,
    axis: usize,
    ranges: &[(f64, f64)],
    adjust: bool,
) -> Vec<Box<Shape>> {
    let mirrored = shape.scope.size[axis] < 0.0;
    let place = |&(low, high): &(f64, f64)| if mirrored { (-high, -low) } else { (low, high) };
    let bounds: Vec<(f64, f64)> = ranges.iter().map(place).collect();
    let piece = |(piece, &(low, high)): (Mesh, &(f64, f64))| {
        let mut child = Box::new(shape.clone());
        if adjust && !piece.points.is_empty() {
            fit_mesh(&mut child, piece);
            return child;
        }
        let sign = if mirrored { -1.0 } else { 1.0 };
        let mut corner = DVec3::ZERO;
        corner[axis] = sign * low;
        let mut far = shape.scope.size;
        far[axis] = sign * high;
        child.set_mesh_in_scope(piece);
        child.fit_scope(corner, far);
        child
    };
    cut::slabs(mesh, axis, &bounds)
        .into_iter()
        .zip(ranges)
        .map(piece)
        .collect()
}

/// One shape for each range of a texture coordinate (axis 0 u, 1 v), measured from the smallest one: in texture units, or
/// in metres along the surface.
#[expect(
    clippy::vec_box,
    reason = "shapes go on as pointers, see `Kernel::shape`"
)]
pub(crate) fn uv_slabs(
    shape: &Shape,
    mesh: &Mesh,
    set: u8,
    axis: usize,
    unit_space: bool,
    ranges: &[(f64, f64)],
) -> Vec<Box<Shape>> {
    let start = uv::extent(mesh, axis, set, unit_space).map_or(0.0, |(low, _)| low);
    let bounds: Vec<(f64, f64)> = ranges
        .iter()
        .map(|(low, high)| (start + low, start + high))
        .collect();
    let piece = |piece: Mesh| {
        let mut child = Box::new(shape.clone());
        fit_mesh(&mut child, piece);
        child
    };
    uv::strips(mesh, axis, set, unit_space, &bounds)
        .into_iter()
        .map(piece)
        .collect()
}

/// The length that `split(u|v)` divides; 0 without the set.
pub(crate) fn uv_length(mesh: &Mesh, set: u8, axis: usize, unit_space: bool) -> f64 {
    uv::extent(mesh, axis, set, unit_space).map_or(0.0, |(low, high)| high - low)
}
