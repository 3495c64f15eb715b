//! `inline(recompose)` and `modify`: pieces of the current shape are put together again as they were connected.

use glam::DVec3;

use super::inline::{Part, Strategy};
use super::stack::Entry;
use crate::Kernel;
use crate::limits::Stop;
use crate::mesh::Mesh;
use crate::mesh::recompose::{Piece, Recomposed, recompose};
use crate::ops::fit_mesh;
use crate::shape::{Field, Rest, Shape};

/// Points whose rests are nearer than this, in metres, are one.
const NEAR: f64 = 1e-6;

impl Kernel {
    /// How the innermost inline derivation merges what is made now; `None` outside of one.
    pub(super) fn strategy(&self) -> Option<Strategy> {
        let mut stack = self.derivation.stack.iter().rev();
        stack.find_map(|entry| match entry {
            Entry::Inline(inline) => Some(inline.strategy),
            _ => None,
        })
    }

    /// Whether what is made now will be put together again as it was connected.
    pub(super) fn is_recomposing(&self) -> bool {
        matches!(
            self.strategy(),
            Some(Strategy::Recompose | Strategy::Modify)
        )
    }

    /// `modify_run` of the table: as `comp_run`, and keeps what no branch is given.
    pub(crate) fn modify_run(&mut self) -> Result<(), Stop> {
        if self.strategy() != Some(Strategy::Modify) {
            return Err(Stop::Misuse("modify_run outside a modify"));
        }
        let kept = self.unassigned()?;
        self.add_part(kept, true)?;
        self.comp_run()
    }

    /// Keeps the place of a shape that is taken away, so that its moves count.
    pub(super) fn add_ghost(&mut self) -> Result<(), Stop> {
        if self.is_recomposing() && !self.derivation.progress.produced {
            self.add_part(self.shape.clone(), false)?;
        }
        Ok(())
    }

    /// The parts' meshes put together as they were connected; all in the current scope's coordinates. Sets the shape's geometry.
    pub(super) fn recompose_parts(
        &mut self,
        parts: &[Part],
        meshes: Vec<Mesh>,
    ) -> Result<(), Stop> {
        let scope = self.shape.scope_frame();
        let scope_from_world = scope.frame_from_world();
        let corners: usize = meshes
            .iter()
            .map(|it| it.corners.len() + it.points.len())
            .sum();
        self.charge(corners.saturating_mul(4 + corners / 256))?;
        let mut pieces = Vec::with_capacity(parts.len());
        for (part, mesh) in parts.iter().zip(meshes) {
            let rest = self.rests(&part.shape).map(|rests| {
                let local = |rest: &DVec3| scope_from_world.transform_point3(*rest);
                rests.iter().map(local).collect()
            });
            pieces.push(Piece {
                mesh,
                rest,
                visible: part.visible,
            });
        }
        let Recomposed { mesh, rest } = recompose(&pieces, NEAR);
        // What this shape's points are to a recomposition around this one.
        let field = self.shape.rest.take().map(|outer| {
            let geometry_from_scope =
                self.shape.world_from_geometry.inverse() * scope.world_from_frame();
            let moved = mesh.points.iter().zip(&rest).map(|(&point, &rest)| {
                let place = scope.world_from_frame().transform_point3(point);
                (
                    place,
                    outer.place(geometry_from_scope.transform_point3(rest)),
                )
            });
            Field::new(moved.filter(|(_, rest)| rest.is_finite()).collect())
        });
        fit_mesh(&mut self.shape, mesh);
        self.rest_in(field);
        Ok(())
    }

    /// The rests of parts, to be followed through what they are merged to; `None` when nobody asks for them.
    pub(super) fn rests_of(&mut self, parts: &[Part]) -> Option<Field> {
        self.shape.rest.take()?;
        let mut moved = Vec::new();
        for Part { shape, .. } in parts {
            let Some(rests) = self.rests(shape) else {
                continue;
            };
            let mesh = self.mesh_of(shape);
            let places = mesh.points.iter();
            let places = places.map(|&point| shape.world_from_geometry.transform_point3(point));
            moved.extend(places.zip(rests));
        }
        Some(Field::new(moved))
    }

    /// Gives the shape's geometry the rests of a field.
    pub(super) fn rest_in(&mut self, field: Option<Field>) {
        let start = self.shape.world_from_geometry;
        self.shape.rest = field.map(|field| Rest::new(start, Some(field)));
    }

    /// Where each point of a shape was.
    fn rests(&mut self, shape: &Shape) -> Option<Vec<DVec3>> {
        let rest = shape.rest.as_ref()?;
        let mesh = self.mesh_of(shape);
        Some(mesh.points.iter().map(|&point| rest.place(point)).collect())
    }
}
