//! The shape: what rules work on.

use std::rc::Rc;

use glam::{DAffine3, DMat3, DVec3};

use crate::frame::{Frame, Scope};
use crate::mesh::Mesh;

mod rest;
pub(crate) use rest::Field;
pub use rest::Rest;

/// The number of an asset loaded into the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AssetId(pub u32);

/// What a shape looks like, before `world_from_geometry`.
#[derive(Debug, Clone)]
pub enum Geometry {
    /// A mesh of the shape's own, shared until changed.
    Mesh(Rc<Mesh>),
    /// An inserted asset that nothing has changed yet: stays an instance when the shape becomes a leaf.
    Asset(AssetId),
}

/// A shape: geometry tied to an oriented box, with attributes that its successors inherit.
///
/// The spatial part is here; everything inherited by value (attributes, material, projections, trim planes,
/// random state, component and split numbers) is in [`crate::state::State`].
#[derive(Debug, Clone)]
pub struct Shape {
    /// Position and orientation in the world.
    pub pivot: Frame,
    /// The oriented box, relative to the pivot.
    pub scope: Scope,
    /// The geometry in its own coordinates.
    pub geometry: Geometry,
    /// Takes the geometry's coordinates to the world.
    pub world_from_geometry: DAffine3,
    /// Where the geometry was, while it may be recomposed; none for new geometry.
    pub rest: Option<Rc<Rest>>,
}

impl Shape {
    /// Nothing, at the world's origin.
    pub fn empty() -> Self {
        Self {
            pivot: Frame::WORLD,
            scope: Scope {
                translation: DVec3::ZERO,
                axes: DMat3::IDENTITY,
                size: DVec3::ZERO,
            },
            geometry: Geometry::Mesh(Rc::new(Mesh::default())),
            world_from_geometry: DAffine3::IDENTITY,
            rest: None,
        }
    }

    /// The scope's axes in the world, as columns.
    pub fn scope_axes(&self) -> DMat3 {
        self.pivot.axes * self.scope.axes
    }

    /// The scope's corner in the world.
    pub fn scope_origin(&self) -> DVec3 {
        self.pivot.origin + self.pivot.axes * self.scope.translation
    }

    /// The middle of the scope in the world.
    pub fn scope_center(&self) -> DVec3 {
        self.scope_origin() + self.scope_axes() * (self.scope.size * 0.5)
    }

    /// The scope as a rigid frame in the world (its size left aside).
    pub fn scope_frame(&self) -> Frame {
        Frame {
            origin: self.scope_origin(),
            axes: self.scope_axes(),
        }
    }

    /// Takes the geometry's coordinates to metres along the scope's axes from the scope's corner.
    pub fn scope_from_geometry(&self) -> DAffine3 {
        self.scope_frame().frame_from_world() * self.world_from_geometry
    }

    /// Moves the geometry, in the world.
    pub fn transform_geometry(&mut self, world_from_world: DAffine3) {
        self.world_from_geometry = world_from_world * self.world_from_geometry;
    }

    /// Replaces the geometry by a mesh in scope coordinates (metres along the scope's axes from its corner).
    /// The scope itself is not changed; see [`Self::fit_scope`].
    pub fn set_mesh_in_scope(&mut self, mesh: Mesh) {
        let frame = self.scope_frame();
        self.set_mesh(mesh, frame);
    }

    /// Replaces the geometry by a mesh in the coordinates of a frame. The scope is not changed.
    pub fn set_mesh(&mut self, mesh: Mesh, frame: Frame) {
        self.geometry = Geometry::Mesh(Rc::new(mesh));
        let world_from_old = self.world_from_geometry;
        self.world_from_geometry = frame.world_from_frame();
        if let Some(rest) = self.rest.take() {
            self.follow_rest(Some(&rest), &world_from_old);
        }
    }

    /// Takes over where a shape's geometry was, of which the own geometry is a part.
    #[must_use]
    pub(crate) fn with_rest_of(mut self, whole: &Self) -> Self {
        self.follow_rest(whole.rest.as_deref(), &whole.world_from_geometry);
        self
    }

    fn follow_rest(&mut self, rest: Option<&Rest>, world_from_old: &DAffine3) {
        self.rest = rest
            .and_then(|rest| rest.through(&(world_from_old.inverse() * self.world_from_geometry)));
    }

    /// Moves and resizes the scope, keeping its orientation, to the box `low..high` given in scope coordinates.
    /// The geometry stays in place.
    pub fn fit_scope(&mut self, low: DVec3, high: DVec3) {
        self.scope.translation += self.scope.axes * low;
        self.scope.size = high - low;
    }
}
