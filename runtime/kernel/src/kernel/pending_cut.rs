//! Placeholders for `crate::ops::pieces` until it is there: right for boxes along the scope only.
use std::rc::Rc;

use glam::{DAffine3, DVec3};

use crate::Kernel;
use crate::limits::Stop;
use crate::mesh::Mesh;
use crate::shape::{Geometry, Shape};

pub(crate) fn slabs(
    shape: &Shape,
    _: &Mesh,
    axis: usize,
    ranges: &[(f64, f64)],
    _: bool,
) -> Vec<Shape> {
    ranges
        .iter()
        .map(|&(low, high)| {
            let mut piece = shape.clone();
            let size = shape.scope.size[axis];
            let mut offset = DVec3::ZERO;
            offset[axis] = low;
            let mut scale = DVec3::ONE;
            scale[axis] = (high - low) / size;
            piece.scope.translation += shape.scope.axes * offset;
            piece.scope.size[axis] = high - low;
            let scaled = DAffine3::from_scale(scale);
            piece.world_from_geometry =
                piece.scope_frame().world_from_frame() * scaled * shape.scope_from_geometry();
            piece
        })
        .collect()
}

pub(crate) fn uv_slabs(
    _: &Shape,
    _: &Mesh,
    _: u8,
    _: usize,
    _: bool,
    _: &[(f64, f64)],
) -> Vec<Shape> {
    Vec::new()
}

pub(crate) fn uv_length(_: &Mesh, _: u8, _: usize, _: bool) -> f64 {
    0.0
}

impl Kernel {
    pub(crate) fn mesh_in_scope(&mut self) -> Result<Rc<Mesh>, Stop> {
        Ok(match &self.shape.geometry {
            Geometry::Mesh(mesh) => Rc::new(mesh.transformed(&self.shape.scope_from_geometry())),
            Geometry::Asset(_) => Rc::default(),
        })
    }
}

pub(crate) fn append(into: &mut Mesh, other: &Mesh) {
    if into.face_count() == 0 {
        *into = other.clone();
    }
}
