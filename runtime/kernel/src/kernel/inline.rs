//! `inline`: children are derived at once and their leaves merged into the current shape.

use super::derivation::{Item, Running};
use super::stack::{Entry, Saved};
use crate::Kernel;
use crate::abi::token::token;
use crate::limits::Stop;
use crate::mesh::Mesh;
use crate::state::Slot;

/// An inline derivation on the stack.
#[derive(Debug)]
pub(super) struct Inline {
    parent: Saved,
    /// Children made by the rule before `inline`.
    #[expect(clippy::vec_box, reason = "as the lists of the derivation")]
    children: Vec<Box<Item>>,
    arguments: Vec<Slot>,
    running: Option<Running>,
    path: Vec<u32>,
    worklist_floor: usize,
    stack_floor: usize,
    /// Leaves that were there before.
    leaves: usize,
    derived: bool,
}

impl Kernel {
    /// `inline_begin` of the table.
    pub(crate) fn inline_begin(&mut self, strategy: i32) -> Result<(), Stop> {
        if Some(strategy) != token("append") {
            self.warn("inline: only `append` is there, used instead of `unify` or `recompose`");
        }
        let inline = Inline {
            parent: self.save(),
            children: std::mem::take(&mut self.derivation.children),
            arguments: Vec::new(),
            running: None,
            path: Vec::new(),
            worklist_floor: self.derivation.worklist_floor,
            stack_floor: self.derivation.stack_floor,
            leaves: self.leaves.len(),
            derived: false,
        };
        self.derivation.progress = Default::default();
        self.push_entry(Entry::Inline(Box::new(inline)))
    }

    /// `inline_derive` of the table.
    pub(crate) fn inline_derive(&mut self) -> Result<(), Stop> {
        let floor = self.derivation.worklist.len();
        let derivation = &mut self.derivation;
        let stack_floor = derivation.stack.len();
        let Some(Entry::Inline(inline)) = derivation.stack.last_mut() else {
            return Err(Stop::Misuse("inline_derive without inline_begin"));
        };
        inline.running = derivation.running.take();
        inline.arguments = std::mem::take(&mut derivation.arguments);
        inline.path.clone_from(&derivation.path);
        inline.derived = true;
        let children = std::mem::take(&mut derivation.children);
        derivation.worklist.extend(children.into_iter().rev());
        derivation.worklist_floor = floor;
        derivation.stack_floor = stack_floor;
        Ok(())
    }

    /// `inline_end` of the table.
    pub(crate) fn inline_end(&mut self) -> Result<(), Stop> {
        let Some(Entry::Inline(inline)) = self.derivation.stack.pop() else {
            return Err(Stop::Misuse("inline_end without inline_begin"));
        };
        let Inline {
            parent,
            children,
            arguments,
            running,
            path,
            worklist_floor,
            stack_floor,
            leaves,
            derived,
        } = *inline;
        if !derived || self.derivation.worklist.len() != self.derivation.worklist_floor {
            return Err(Stop::Misuse("inline_end before the derivation ended"));
        }
        let derivation = &mut self.derivation;
        derivation.children = children;
        derivation.arguments = arguments;
        derivation.running = running;
        derivation.path = path;
        derivation.worklist_floor = worklist_floor;
        derivation.stack_floor = stack_floor;
        self.restore(parent);
        let leaves = self.leaves.split_off(leaves);
        let mut merged = Mesh::default();
        let scope_from_world = self.shape.scope_frame().frame_from_world();
        for leaf in leaves {
            let parent = std::mem::replace(&mut self.shape, leaf.shape);
            let mesh = self.mesh_in_scope();
            let map = scope_from_world * self.shape.scope_frame().world_from_frame();
            self.shape = parent;
            let mesh = mesh?;
            self.charge(mesh.corners.len() / 4)?;
            crate::mesh::merge::append_moved(&mut merged, &mesh, &map);
        }
        let bounds = merged.bounds();
        self.shape.set_mesh_in_scope(merged);
        if let Some((low, high)) = bounds {
            self.shape.fit_scope(low, high);
        }
        Ok(())
    }
}
