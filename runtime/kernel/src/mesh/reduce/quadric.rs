//! Sums of squared distances to planes.

use glam::{DMat3, DVec3};

/// `x·(square x) + 2 linear·x + constant` is the sum at x.
#[derive(Debug, Clone)]
pub(super) struct Quadric {
    square: DMat3,
    linear: DVec3,
    constant: f64,
}

impl Default for Quadric {
    fn default() -> Self {
        Self {
            square: DMat3::ZERO,
            linear: DVec3::ZERO,
            constant: 0.0,
        }
    }
}

impl Quadric {
    /// The squared distance to the plane through a point across a direction of any length, times `weight`; nothing without
    /// a direction.
    pub(super) fn plane(direction: DVec3, through: DVec3, weight: f64) -> Self {
        let normal = direction.normalize_or_zero();
        let offset = -normal.dot(through);
        let scaled = normal * weight;
        Self {
            square: DMat3::from_cols(scaled * normal.x, scaled * normal.y, scaled * normal.z),
            linear: scaled * offset,
            constant: weight * offset * offset,
        }
    }

    /// Adds another sum.
    pub(super) fn add(&mut self, other: &Self) {
        self.square += other.square;
        self.linear += other.linear;
        self.constant += other.constant;
    }

    /// The sum at a place.
    pub(super) fn at(&self, place: DVec3) -> f64 {
        place.dot(self.square * place) + 2.0 * self.linear.dot(place) + self.constant
    }
}
