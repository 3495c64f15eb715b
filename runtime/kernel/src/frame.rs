//! Coordinate frames: pivots and scopes.
//!
//! Right-handed, y up, metres; angles in degrees at the language's face. A transform named
//! `world_from_scope` takes coordinates in the scope to coordinates in the world.

use glam::{DAffine3, DMat3, DVec3};

use crate::math;

/// A position and an orientation: a rigid frame in the world (a pivot, or the object system).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// The origin, in the world.
    pub origin: DVec3,
    /// The axes as columns: orthonormal, right-handed.
    pub axes: DMat3,
}

impl Frame {
    /// The world itself.
    pub const WORLD: Self = Self {
        origin: DVec3::ZERO,
        axes: DMat3::IDENTITY,
    };

    /// Takes coordinates in this frame to the world.
    pub fn world_from_frame(&self) -> DAffine3 {
        DAffine3 {
            matrix3: self.axes,
            translation: self.origin,
        }
    }

    /// Takes world coordinates to this frame.
    pub fn frame_from_world(&self) -> DAffine3 {
        let transpose = self.axes.transpose();
        DAffine3 {
            matrix3: transpose,
            translation: -(transpose * self.origin),
        }
    }
}

/// The oriented box of a shape, relative to its pivot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scope {
    /// The corner, in the pivot's frame.
    pub translation: DVec3,
    /// The axes as columns, in the pivot's frame: orthonormal.
    pub axes: DMat3,
    /// The edge lengths; a negative one mirrors.
    pub size: DVec3,
}

/// The matrix of CGA's Euler angles in degrees: first about x, then y, then z (fixed axes), so that it equals
/// `Rz * Ry * Rx` on column vectors (Esri's `cga_eulerAngles`).
pub fn matrix_from_euler(degrees: DVec3) -> DMat3 {
    let (sin_x, cos_x) = math::sin_cos_degrees(degrees.x);
    let (sin_y, cos_y) = math::sin_cos_degrees(degrees.y);
    let (sin_z, cos_z) = math::sin_cos_degrees(degrees.z);
    DMat3::from_cols(
        DVec3::new(cos_y * cos_z, cos_y * sin_z, -sin_y),
        DVec3::new(
            sin_x * sin_y * cos_z - cos_x * sin_z,
            sin_x * sin_y * sin_z + cos_x * cos_z,
            sin_x * cos_y,
        ),
        DVec3::new(
            cos_x * sin_y * cos_z + sin_x * sin_z,
            cos_x * sin_y * sin_z - sin_x * cos_z,
            cos_x * cos_y,
        ),
    )
}

/// The inverse of [`matrix_from_euler`]; at the poles the x angle takes all of the turn.
pub fn euler_from_matrix(axes: DMat3) -> DVec3 {
    let sin_y = (-axes.x_axis.z).clamp(-1.0, 1.0);
    if sin_y.abs() > 1.0 - 1e-12 {
        let x = math::atan2(-axes.z_axis.y, axes.y_axis.y);
        return DVec3::new(
            math::degrees(x),
            if sin_y > 0.0 { 90.0 } else { -90.0 },
            0.0,
        );
    }
    DVec3::new(
        math::degrees(math::atan2(axes.y_axis.z, axes.z_axis.z)),
        math::degrees(math::asin(sin_y)),
        math::degrees(math::atan2(axes.x_axis.y, axes.x_axis.x)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_about_y_takes_z_to_x() {
        let axes = matrix_from_euler(DVec3::new(0.0, 90.0, 0.0));
        assert_eq!(axes * DVec3::Z, DVec3::X);
    }

    #[test]
    fn angles_survive_the_round_trip() {
        for degrees in [
            [10.0, 20.0, 30.0],
            [-170.0, 80.0, 5.0],
            [0.0, -89.0, 179.0],
            [33.0, 90.0, 0.0],
        ] {
            let degrees = DVec3::from_array(degrees);
            let back = euler_from_matrix(matrix_from_euler(degrees));
            assert!((back - degrees).length() < 1e-9, "{degrees} became {back}");
        }
    }
}
