//! Operations on the scope alone: geometry stays in place.

use glam::{DMat3, DVec2, DVec3};

use crate::Kernel;
use crate::abi::token::word;
use crate::frame::{Frame, Scope, matrix_from_euler};
use crate::limits::Stop;
use crate::mesh::Mesh;
use crate::ops::orient_scope;
use crate::polygon;

/// Axes with one axis given and another as near as possible to a wish.
fn axes_with(fixed: usize, direction: DVec3, x_wish: DVec3, other_wish: DVec3) -> DMat3 {
    let direction = direction.normalize_or(DVec3::Y);
    let across = |wish: DVec3| wish - direction * wish.dot(direction);
    let x_wish = across(x_wish);
    match fixed {
        0 => {
            let y = across(other_wish)
                .try_normalize()
                .unwrap_or_else(|| direction.any_orthonormal_vector());
            DMat3::from_cols(direction, y, direction.cross(y))
        }
        1 => {
            let x = if x_wish.length() > 1e-6 {
                x_wish
            } else {
                direction.cross(across(other_wish))
            };
            let x = x
                .try_normalize()
                .unwrap_or_else(|| direction.any_orthonormal_vector());
            DMat3::from_cols(x, direction, x.cross(direction))
        }
        _ => {
            let x = if x_wish.length() > 1e-6 {
                x_wish
            } else {
                across(other_wish).cross(direction)
            };
            let x = x
                .try_normalize()
                .unwrap_or_else(|| direction.any_orthonormal_vector());
            DMat3::from_cols(x, direction.cross(x), direction)
        }
    }
}

impl Kernel {
    /// Gives the shape a pivot at the corner of a scope with these axes (in the world), fitted to the geometry.
    fn set_frame(&mut self, mesh: &Mesh, axes: DMat3) {
        orient_scope(&mut self.shape, mesh, axes, DVec3::ONE);
        let origin = self.shape.scope_origin();
        self.shape.pivot = Frame { origin, axes };
        self.shape.scope.translation = DVec3::ZERO;
        self.shape.scope.axes = DMat3::IDENTITY;
    }

    /// `alignScopeToAxes`.
    pub(crate) fn align_scope_to_axes(&mut self, axes: i32) -> Result<(), Stop> {
        let mesh = self.mesh_in_scope()?;
        let name = word(axes).unwrap_or("world.xyz");
        let (system, axis) = name.split_once('.').unwrap_or(("world", name));
        let target = if system == "object" {
            self.object.axes
        } else {
            DMat3::IDENTITY
        };
        let old = self.shape.scope_axes();
        let axes = match axis {
            "x" => axes_with(0, target.x_axis, DVec3::ZERO, old.y_axis),
            "y" => axes_with(1, target.y_axis, old.x_axis, old.z_axis),
            "z" => axes_with(2, target.z_axis, old.x_axis, old.y_axis),
            _ => target,
        };
        self.set_frame(&mesh, axes);
        Ok(())
    }

    /// `alignScopeToGeometry`.
    pub(crate) fn align_scope_to_geometry(
        &mut self,
        up: i32,
        face: i32,
        face_index: f64,
        edge: i32,
        edge_index: f64,
    ) -> Result<(), Stop> {
        let mesh = self.mesh_in_scope()?;
        if mesh.face_count() == 0 {
            self.warn("alignScopeToGeometry: the shape has no faces".to_owned());
            return Ok(());
        }
        let (face_index, edge_index) = (
            self.finite(face_index, "alignScopeToGeometry"),
            self.finite(edge_index, "alignScopeToGeometry"),
        );
        let to_world = self.shape.scope_axes();
        let height = |p: DVec3| (to_world * p).y;
        let faces: Vec<usize> = (0..mesh.face_count())
            .filter(|&f| mesh.area(f) > 0.0)
            .collect();
        let Some(&first) = faces.first() else {
            return Ok(());
        };
        let center = |f: usize| height(crate::mesh::extrude::centroid(&mesh, f));
        let chosen = match word(face) {
            Some("largest") => extreme(&faces, |f| -mesh.area(f)),
            Some("world.lowest" | "auto") => extreme(&faces, center),
            Some(_) => first,
            None => wrap(face_index, mesh.face_count()),
        };
        let outline = mesh.outline(chosen);
        let end = |k: usize| mesh.point(outline[k % outline.len()]);
        let edges: Vec<usize> = (0..outline.len())
            .filter(|&k| end(k).distance(end(k + 1)) > 1e-9)
            .collect();
        let chosen_edge = match word(edge) {
            Some("longest") => extreme(&edges, |k| -end(k).distance(end(k + 1))),
            Some("world.lowest" | "auto") => extreme(&edges, |k| height(end(k) + end(k + 1))),
            Some(_) => edges.first().copied().unwrap_or(0),
            None => wrap(edge_index, outline.len()),
        };
        let normal = to_world * mesh.normal(chosen);
        let along = to_world * (end(chosen_edge + 1) - end(chosen_edge));
        let fixed = if word(up) == Some("zUp") { 2 } else { 1 };
        self.set_frame(&mesh, axes_with(fixed, normal, along, to_world.y_axis));
        Ok(())
    }

    /// `alignScopeToGeometryBBox`: the smallest rectangle in a plane of the scope; the first letter gets the longer side.
    pub(crate) fn align_scope_to_geometry_bbox(&mut self, plane: i32) -> Result<(), Stop> {
        let mesh = self.mesh_in_scope()?;
        let name = word(plane).unwrap_or("xz").as_bytes();
        let axis = |letter: u8| usize::from(letter.wrapping_sub(b'x').min(2));
        let (long, short) = (axis(name[0]), axis(*name.get(1).unwrap_or(&b'z')));
        let flat: Vec<DVec2> = mesh
            .points
            .iter()
            .map(|p| DVec2::new(p[long], p[short]))
            .collect();
        let Some(rectangle) = polygon::rectangle::minimum_rectangle(&flat) else {
            return Ok(());
        };
        let along = if rectangle.size.x >= rectangle.size.y {
            rectangle.axis
        } else {
            rectangle.axis.perp()
        };
        let along = if along.x < 0.0 { -along } else { along };
        let old = self.shape.scope_axes();
        let long_axis = old.col(long) * along.x + old.col(short) * along.y;
        let up = 3 - long - short;
        let mut columns = [DVec3::ZERO; 3];
        columns[long] = long_axis;
        columns[up] = old.col(up);
        columns[short] = columns[(short + 1) % 3].cross(columns[(short + 2) % 3]);
        self.set_frame(&mesh, DMat3::from_cols(columns[0], columns[1], columns[2]));
        Ok(())
    }

    /// `rotateScope`.
    pub(crate) fn rotate_scope(&mut self, x: f64, y: f64, z: f64) -> Result<(), Stop> {
        let degrees = self.finite_vector(x, y, z, "rotateScope");
        let mesh = self.mesh_in_scope()?;
        let axes = self.shape.scope_axes() * matrix_from_euler(degrees);
        orient_scope(&mut self.shape, &mesh, axes, DVec3::ONE);
        Ok(())
    }

    /// `setPivot`: corner bits are x, y, z; where pointing inside would be left-handed, x and z change places.
    pub(crate) fn set_pivot(&mut self, order: i32, corner: f64) -> Result<(), Stop> {
        let corner = self.finite(corner, "setPivot").clamp(0.0, 7.0) as u8;
        let size = self.shape.scope.size;
        let old = self.shape.scope_axes();
        let mut origin = self.shape.scope_origin();
        let mut inward = [old.x_axis, old.y_axis, old.z_axis];
        for (axis, inward) in inward.iter_mut().enumerate() {
            let far = corner >> axis & 1 == 1;
            if far {
                origin += *inward * size[axis];
            }
            if far != (size[axis] < 0.0) {
                *inward = -*inward;
            }
        }
        let mut places = match word(order) {
            Some("yzx") => [1, 2, 0],
            Some("zxy" | "zUp") => [2, 0, 1],
            _ => [0, 1, 2],
        };
        let axes = |places: [usize; 3]| {
            DMat3::from_cols(inward[places[0]], inward[places[1]], inward[places[2]])
        };
        if axes(places).determinant() < 0.0 {
            places.swap(0, 2);
        }
        let extent = size.abs();
        self.shape.pivot = Frame {
            origin,
            axes: axes(places),
        };
        self.shape.scope = Scope {
            translation: DVec3::ZERO,
            axes: DMat3::IDENTITY,
            size: DVec3::new(extent[places[0]], extent[places[1]], extent[places[2]]),
        };
        Ok(())
    }

    /// `mirrorScope`: the corner goes to the far end and the size changes its sign.
    pub(crate) fn mirror_scope(&mut self, x: i32, y: i32, z: i32) -> Result<(), Stop> {
        for (axis, chosen) in [x, y, z].into_iter().enumerate() {
            if chosen != 0 {
                let size = self.shape.scope.size[axis];
                self.shape.scope.translation += self.shape.scope.axes.col(axis) * size;
                self.shape.scope.size[axis] = -size;
            }
        }
        Ok(())
    }
}

/// The item with the smallest key; of nearly equal ones the first.
fn extreme(items: &[usize], key: impl Fn(usize) -> f64) -> usize {
    let lowest = items.iter().map(|&k| key(k)).fold(f64::INFINITY, f64::min);
    let near = |&&k: &&usize| key(k) <= lowest + 1e-6 * lowest.abs().max(1.0);
    items.iter().find(near).copied().unwrap_or(0)
}

/// An index from 0 that wraps around at both ends.
pub(crate) fn wrap(index: f64, count: usize) -> usize {
    (index.trunc().clamp(-1e9, 1e9) as i64).rem_euclid(count.max(1) as i64) as usize
}
