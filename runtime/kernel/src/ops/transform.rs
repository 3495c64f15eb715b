//! Transformations: scope and geometry move together.

use glam::{DAffine3, DMat3, DVec3};

use crate::Kernel;
use crate::abi::token::word;
use crate::frame::{Frame, matrix_from_euler};
use crate::limits::Stop;

impl Kernel {
    /// Three finite numbers.
    pub(crate) fn finite_vector(&mut self, x: f64, y: f64, z: f64, what: &str) -> DVec3 {
        DVec3::new(
            self.finite(x, what),
            self.finite(y, what),
            self.finite(z, what),
        )
    }

    /// Three sizes, some of them relative to the scope's.
    fn sizes(&mut self, x: f64, y: f64, z: f64, relative: i32, what: &str) -> DVec3 {
        let given = self.finite_vector(x, y, z, what);
        let size = self.shape.scope.size;
        DVec3::new(
            self.size(given.x, relative, 0, size.x),
            self.size(given.y, relative, 1, size.y),
            self.size(given.z, relative, 2, size.z),
        )
    }

    /// Moves scope and geometry along the scope's axes.
    fn move_along_scope(&mut self, offset: DVec3) {
        let world = self.shape.scope_axes() * offset;
        self.shape.scope.translation += self.shape.scope.axes * offset;
        self.shape
            .transform_geometry(DAffine3::from_translation(world));
    }

    /// Rotates scope and geometry about a point, both given in the world.
    fn rotate_about(&mut self, center: DVec3, rotation: DMat3) {
        let map = DAffine3 {
            matrix3: rotation,
            translation: center - rotation * center,
        };
        let pivot = self.shape.pivot;
        let origin = map.transform_point3(self.shape.scope_origin());
        let axes = rotation * self.shape.scope_axes();
        self.shape.scope.axes = pivot.axes.transpose() * axes;
        self.shape.scope.translation = pivot.frame_from_world().transform_point3(origin);
        self.shape.transform_geometry(map);
    }

    /// The frame that a system token names.
    pub(crate) fn system(&self, token: i32) -> Frame {
        match word(token) {
            Some("scope") => self.shape.scope_frame(),
            Some("pivot") => self.shape.pivot,
            Some("object") => self.object,
            _ => Frame::WORLD,
        }
    }

    /// `t`.
    pub(crate) fn t(&mut self, x: f64, y: f64, z: f64, relative: i32) -> Result<(), Stop> {
        let offset = self.sizes(x, y, z, relative, "t");
        self.move_along_scope(offset);
        Ok(())
    }

    /// `s`: geometry follows; along an axis of size 0 only the scope changes.
    pub(crate) fn s(&mut self, x: f64, y: f64, z: f64, relative: i32) -> Result<(), Stop> {
        let new = self.sizes(x, y, z, relative, "s");
        let old = self.shape.scope.size;
        let factor = |new: f64, old: f64| if old.abs() < 1e-9 { 1.0 } else { new / old };
        let factors = DVec3::new(
            factor(new.x, old.x),
            factor(new.y, old.y),
            factor(new.z, old.z),
        );
        self.shape.scope.size = new;
        if factors != DVec3::ONE {
            let scope = self.shape.scope_frame();
            let scaling =
                scope.world_from_frame() * DAffine3::from_scale(factors) * scope.frame_from_world();
            self.shape.transform_geometry(scaling);
        }
        Ok(())
    }

    /// `r`.
    pub(crate) fn r(&mut self, about: i32, x: f64, y: f64, z: f64) -> Result<(), Stop> {
        let degrees = self.finite_vector(x, y, z, "r");
        let pivot = self.shape.pivot.axes;
        let rotation = pivot * matrix_from_euler(degrees) * pivot.transpose();
        let center = match word(about) {
            Some("scopeCenter") => {
                self.shape.scope_origin() + self.shape.scope_axes() * (self.shape.scope.size * 0.5)
            }
            _ => self.shape.scope_origin(),
        };
        self.rotate_about(center, rotation);
        Ok(())
    }

    /// `translate`.
    pub(crate) fn translate(
        &mut self,
        mode: i32,
        system: i32,
        x: f64,
        y: f64,
        z: f64,
    ) -> Result<(), Stop> {
        let offset = self.finite_vector(x, y, z, "translate");
        let frame = self.system(system);
        let world = match word(mode) {
            Some("abs") => {
                frame.world_from_frame().transform_point3(offset) - self.shape.scope_origin()
            }
            _ => frame.axes * offset,
        };
        let along_scope = self.shape.scope_axes().transpose() * world;
        self.move_along_scope(along_scope);
        Ok(())
    }

    /// `rotate`.
    pub(crate) fn rotate(
        &mut self,
        mode: i32,
        system: i32,
        x: f64,
        y: f64,
        z: f64,
    ) -> Result<(), Stop> {
        let degrees = self.finite_vector(x, y, z, "rotate");
        let (axes, turn) = (self.system(system).axes, matrix_from_euler(degrees));
        let rotation = match word(mode) {
            Some("abs") => axes * turn * self.shape.scope_axes().transpose(),
            _ => axes * turn * axes.transpose(),
        };
        self.rotate_about(self.shape.scope_origin(), rotation);
        Ok(())
    }

    /// `center`.
    pub(crate) fn center(&mut self, axes: i32) -> Result<(), Stop> {
        let local = self
            .shape
            .scope_frame()
            .frame_from_world()
            .transform_point3(self.base_center);
        let mut offset = local - self.shape.scope.size * 0.5;
        let chosen = word(axes).unwrap_or("xyz");
        for (axis, letter) in ["x", "y", "z"].into_iter().enumerate() {
            if !chosen.contains(letter) {
                offset[axis] = 0.0;
            }
        }
        self.move_along_scope(offset);
        Ok(())
    }
}
