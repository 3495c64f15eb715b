//! Axis-parallel boxes.

use glam::{DAffine3, DVec3};

/// An axis-parallel box; an empty one meets nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Extent {
    /// The least coordinates.
    pub(crate) low: DVec3,
    /// The greatest ones.
    pub(crate) high: DVec3,
}

impl Default for Extent {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl Extent {
    /// Around nothing.
    pub(crate) const EMPTY: Self = Self {
        low: DVec3::INFINITY,
        high: DVec3::NEG_INFINITY,
    };

    /// Around points.
    pub(crate) fn of(points: impl IntoIterator<Item = DVec3>) -> Self {
        let wider = |it: Self, point: DVec3| Self {
            low: it.low.min(point),
            high: it.high.max(point),
        };
        points.into_iter().fold(Self::EMPTY, wider)
    }

    /// Its least and greatest coordinates; none when it is empty.
    pub(crate) fn corners(&self) -> Option<(DVec3, DVec3)> {
        self.low
            .cmple(self.high)
            .all()
            .then_some((self.low, self.high))
    }

    /// Around a box that is moved.
    pub(crate) fn moved(low: DVec3, high: DVec3, map: &DAffine3) -> Self {
        let corner = |k: u8| {
            let pick = |bit: u8, axis: usize| {
                if k >> bit & 1 == 0 {
                    low[axis]
                } else {
                    high[axis]
                }
            };
            map.transform_point3(DVec3::new(pick(0, 0), pick(1, 1), pick(2, 2)))
        };
        Self::of((0..8).map(corner))
    }

    /// Larger by a distance on all sides.
    pub(crate) fn grown(&self, distance: f64) -> Self {
        Self {
            low: self.low - distance,
            high: self.high + distance,
        }
    }

    /// Twice the middle along an axis; the empty box has one, too.
    pub(crate) fn middle(&self, axis: usize) -> f64 {
        if self.low[axis] > self.high[axis] {
            return 0.0;
        }
        self.low[axis] + self.high[axis]
    }

    /// Around both.
    pub(crate) fn joined(&self, other: &Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }

    /// Whether they have a point in common.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.low.cmple(other.high).all() && other.low.cmple(self.high).all()
    }
}
