//! Where geometry was before it was moved: what `inline(recompose)` and `modify` know pieces of one shape by.

use std::rc::Rc;

use glam::{DAffine3, DVec3};

/// Points nearer than this, in metres, are the same.
const NEAR: f64 = 1e-6;

/// The way back from a shape's geometry to where it was when the innermost recomposition began: its rest.
#[derive(Debug, Clone)]
pub struct Rest {
    /// From the geometry's coordinates to the world as it was at the start, before affine changes.
    start_from_geometry: DAffine3,
    /// From there to the rest, where a recomposition within this one has moved points one by one.
    field: Option<Rc<Field>>,
}

/// Points that were moved one by one.
#[derive(Debug)]
pub(crate) struct Field {
    /// Where points are and where they were, sorted by the former's x.
    moved: Vec<(DVec3, DVec3)>,
}

impl Field {
    /// From places and what they were.
    pub(crate) fn new(mut moved: Vec<(DVec3, DVec3)>) -> Self {
        use crate::order::Order as _;
        moved.order_by(|a, b| a.0.x.total_cmp(&b.0.x));
        Self { moved }
    }

    /// Where a place was; the place itself if it is none of the points.
    fn place(&self, at: DVec3) -> DVec3 {
        let first = self
            .moved
            .partition_point(|(place, _)| place.x < at.x - NEAR);
        let near = self.moved[first..]
            .iter()
            .take_while(|(place, _)| place.x <= at.x + NEAR);
        let mut found = near.filter(|(place, _)| place.distance(at) <= NEAR);
        found.next().map_or(at, |&(_, rest)| rest)
    }
}

impl Rest {
    /// Geometry at rest.
    pub(crate) fn new(world_from_geometry: DAffine3, field: Option<Field>) -> Rc<Self> {
        Rc::new(Self {
            start_from_geometry: world_from_geometry,
            field: field.map(Rc::new),
        })
    }

    /// The same for other coordinates of the geometry; `None` when the way back is lost, as it is from what was flattened.
    pub(crate) fn through(&self, old_from_new: &DAffine3) -> Option<Rc<Self>> {
        let start_from_geometry = self.start_from_geometry * *old_from_new;
        start_from_geometry.is_finite().then(|| {
            Rc::new(Self {
                start_from_geometry,
                field: self.field.clone(),
            })
        })
    }

    /// Where a point of the geometry was.
    pub(crate) fn place(&self, point: DVec3) -> DVec3 {
        let start = self.start_from_geometry.transform_point3(point);
        self.field
            .as_ref()
            .map_or(start, |field| field.place(start))
    }
}
