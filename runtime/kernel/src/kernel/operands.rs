//! `union`, `subtract`, `intersect`: each operand is an inline derivation on a copy of the current shape, then both become one.

use super::stack::{Entry, Saved};
use crate::Kernel;
use crate::limits::Stop;
use crate::mesh::boolean::{Boolean, combine, unite};
use crate::ops::fit_mesh;
use crate::shape::Shape;
use crate::state::State;

/// A boolean operation on the stack.
#[derive(Debug)]
pub(super) struct Operands {
    operation: Boolean,
    parent: Saved,
    /// The first operand, once it is there.
    first: Option<(Box<Shape>, State)>,
}

impl Kernel {
    /// `boolean_begin` of the table.
    pub(crate) fn boolean_begin(&mut self, operation: i32) -> Result<(), Stop> {
        let operation = match operation {
            0 => Boolean::Union,
            1 => Boolean::Subtract,
            2 => Boolean::Intersect,
            _ => return Err(Stop::Misuse("no such boolean operation")),
        };
        let parent = self.save();
        self.push_entry(Entry::Operands(Box::new(Operands {
            operation,
            parent,
            first: None,
        })))
    }

    /// `boolean_next` of the table.
    pub(crate) fn boolean_next(&mut self) -> Result<(), Stop> {
        let Some(Entry::Operands(operands)) = self.derivation.stack.last_mut() else {
            return Err(Stop::Misuse("a second operand without a first one"));
        };
        let parent = &operands.parent;
        let shape = std::mem::replace(&mut self.shape, parent.shape.clone());
        let state = std::mem::replace(&mut self.state, parent.state.clone());
        operands.first = Some((shape, state));
        Ok(())
    }

    /// `boolean_end` of the table.
    pub(crate) fn boolean_end(&mut self) -> Result<(), Stop> {
        let Some(Entry::Operands(operands)) = self.derivation.stack.pop() else {
            return Err(Stop::Misuse("a boolean operation ended that did not begin"));
        };
        let Operands {
            operation,
            parent,
            first,
        } = *operands;
        let Some((shape, state)) = first else {
            return Err(Stop::Misuse("a boolean operation without a second operand"));
        };
        let world_from_b = self.shape.world_from_geometry;
        let mut b = (*self.own_mesh()).clone();
        let material_of_b = std::rc::Rc::clone(&self.state.material);
        self.restore(parent);
        self.shape = shape;
        self.take_state(state);
        let mut a = (*self.mesh_in_scope()?).clone();
        b = b.transformed(&(self.shape.scope_frame().frame_from_world() * world_from_b));
        if *material_of_b != *self.state.material && b.face_count() > 0 {
            let material_of_a = std::rc::Rc::clone(&self.state.material);
            self.written.write(&material_of_a, &mut a);
            self.written.write(&material_of_b, &mut b);
            self.forget_set();
        }
        self.charge(unite::cost(&a, &b))?;
        for mesh in [&mut a, &mut b] {
            mesh.drop_lines();
            if self.manifest.tags {
                mesh.drop_automatic("bool");
                mesh.unify_tags();
            }
        }
        self.shape.rest = None;
        let mut combined = combine(&a, &b, operation);
        combined.tag();
        fit_mesh(&mut self.shape, combined.mesh);
        Ok(())
    }
}
