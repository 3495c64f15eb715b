//! What queries find: shapes of a rehearsal, and where these stand in the tree of shapes.

use std::cell::OnceCell;
use std::rc::Rc;

use glam::{DAffine3, DVec3};

use super::boxes::Boxes;
use crate::Kernel;
use crate::extent::Extent;
use crate::frame::Frame;
use crate::limits::Stop;
use crate::mesh::{Mesh, measure};
use crate::shape::{Geometry, Shape};
use crate::state::StringId;

/// A closed surface has so many faces at least.
const FEWEST_FACES: usize = 4;

/// A place in the tree of shapes: the numbers of children (and of pieces of blocks) from the initial shape down.
#[derive(Debug)]
pub(crate) struct Lineage {
    number: u32,
    depth: u32,
    parent: Option<Rc<Self>>,
}

impl Lineage {
    /// The child of this number.
    pub(crate) fn child(parent: Option<&Rc<Self>>, number: u32) -> Rc<Self> {
        Rc::new(Self {
            number,
            depth: parent.map_or(1, |parent| parent.depth + 1),
            parent: parent.cloned(),
        })
    }

    /// Whether two places, in two derivations of one initial shape, are one, or one lies below the other.
    fn are_related(one: Option<&Rc<Self>>, other: Option<&Rc<Self>>) -> bool {
        let (Some(mut one), Some(mut other)) = (one, other) else {
            return true;
        };
        while one.depth > other.depth
            && let Some(parent) = &one.parent
        {
            one = parent;
        }
        while other.depth > one.depth
            && let Some(parent) = &other.parent
        {
            other = parent;
        }
        loop {
            if Rc::ptr_eq(one, other) {
                return true;
            }
            if one.number != other.number {
                return false;
            }
            match (&one.parent, &other.parent) {
                (Some(a), Some(b)) => (one, other) = (a, b),
                _ => return true,
            }
        }
    }
}

/// A shape that queries find.
#[derive(Debug)]
pub(super) struct Occluder {
    mesh: Rc<Mesh>,
    world_from_mesh: DAffine3,
    /// Around its geometry, in the world.
    extent: Extent,
    /// The scope's frame and size, in the world.
    pub(super) scope: (Frame, DVec3),
    pub(super) label: Option<StringId>,
    /// Its geometry is a closed surface: it can occlude.
    pub(super) is_closed: bool,
    lineage: Option<Rc<Lineage>>,
    solid: OnceCell<Rc<Mesh>>,
}

impl Occluder {
    /// Its geometry in the world.
    pub(super) fn solid(&self) -> &Rc<Mesh> {
        self.solid
            .get_or_init(|| Rc::new(self.mesh.transformed(&self.world_from_mesh)))
    }

    /// Whether it and a shape are one, or one comes from the other.
    pub(super) fn is_related(&self, lineage: Option<&Rc<Lineage>>) -> bool {
        Lineage::are_related(self.lineage.as_ref(), lineage)
    }

    /// Around its geometry, in the world.
    pub(super) fn extent(&self) -> &Extent {
        &self.extent
    }
}

/// The shapes of a rehearsal that can be found.
#[derive(Debug, Default)]
pub(super) struct Tree {
    occluders: Vec<Occluder>,
    boxes: Boxes,
}

impl Tree {
    /// Of these shapes.
    pub(super) fn new(occluders: Vec<Occluder>) -> Self {
        let boxes = Boxes::new(occluders.iter().map(|occluder| occluder.extent).collect());
        Self { occluders, boxes }
    }

    /// Those whose box meets another one.
    pub(super) fn meeting(&self, extent: &Extent) -> impl Iterator<Item = &Occluder> {
        let found = self.boxes.meeting(extent).into_iter();
        found.map(|number| &self.occluders[number as usize])
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.occluders.len()
    }

    /// Those with a label.
    pub(super) fn labelled(&self, label: StringId) -> impl Iterator<Item = &Occluder> {
        let all = self.occluders.iter();
        all.filter(move |occluder| occluder.label == Some(label))
    }
}

impl Kernel {
    /// The place of a child of the current shape; none when nobody asks.
    pub(in crate::kernel) fn child_lineage(&self, number: u32) -> Option<Rc<Lineage>> {
        self.context.as_ref()?;
        Some(Lineage::child(self.state.lineage.as_ref(), number))
    }

    /// In a rehearsal: the current shape, as it is, occludes if it is closed.
    ///
    /// # Errors
    /// [`Stop::Gas`].
    pub(crate) fn record_occluder(&mut self) -> Result<(), Stop> {
        if !self.is_rehearsal() || self.is_inlining() {
            return Ok(());
        }
        let shape = self.shape.clone();
        let lineage = self.state.lineage.clone();
        self.record(&shape, None, lineage)
    }

    /// In a rehearsal: a shape with a place in the tree can be found by its label, or occludes if it is closed.
    pub(in crate::kernel) fn record(
        &mut self,
        shape: &Shape,
        label: Option<StringId>,
        lineage: Option<Rc<Lineage>>,
    ) -> Result<(), Stop> {
        let (mesh, extent, is_closed) = match &shape.geometry {
            Geometry::Mesh(mesh) => {
                self.charge(1 + mesh.corners.len() / 8)?;
                let is_closed = mesh.face_count() >= FEWEST_FACES && measure::is_closed(mesh);
                let points = mesh.points.iter();
                let world = points.map(|&point| shape.world_from_geometry.transform_point3(point));
                (Rc::clone(mesh), Extent::of(world), is_closed)
            }
            Geometry::Asset(id) => {
                let Some(baked) = self.baked(*id) else {
                    return Ok(());
                };
                let context = self.context.as_mut();
                let is_closed = context.is_some_and(|context| {
                    let known = context.closed_assets.entry(*id);
                    *known.or_insert_with(|| measure::is_closed(&baked.mesh))
                });
                let extent = Extent::moved(baked.low, baked.high, &shape.world_from_geometry);
                (baked.mesh, extent, is_closed)
            }
        };
        if let Some(context) = &mut self.context
            && (is_closed || label.is_some())
        {
            context.recorded.push(Occluder {
                mesh,
                world_from_mesh: shape.world_from_geometry,
                extent,
                scope: (shape.scope_frame(), shape.scope.size),
                label,
                is_closed,
                lineage,
                solid: OnceCell::new(),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(numbers: &[u32]) -> Option<Rc<Lineage>> {
        numbers.iter().fold(None, |parent, &number| {
            Some(Lineage::child(parent.as_ref(), number))
        })
    }

    #[test]
    fn ancestors_descendants_and_the_same_place_are_related() {
        for (one, other, related) in [
            (&[0, 1, 2][..], &[0, 1, 2][..], true),
            (&[0, 1, 2], &[0, 1], true),
            (&[0], &[0, 7, 7, 7], true),
            (&[0, 1, 2], &[0, 1, 3], false),
            (&[0, 1, 2], &[0, 2, 2], false),
            (&[0, 1, 2, 4], &[0, 2], false),
            (&[], &[0, 2], true),
        ] {
            let (a, b) = (place(one), place(other));
            let found = Lineage::are_related(a.as_ref(), b.as_ref());
            assert_eq!(found, related, "{one:?} and {other:?}");
        }
    }
}
