//! The stack of one rule: `[ ... ]`, blocks under construction, pieces of blocks, inline derivations, boolean operations.

use glam::DVec3;

use crate::Kernel;
use crate::limits::Stop;
use crate::shape::Shape;
use crate::state::State;

use super::comp::Components;
use super::inline::Inline;
use super::operands::Operands;
use super::perimeter::Perimeter;
use super::pieces::Pieces;
use super::regions::RegionBlock;
use super::split::Split;

/// What the stack may hold: a rule's text nests no deeper than this.
const MAX_STACK: usize = 256;

/// What has happened to the current shape since its rule (or piece) began.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Progress {
    /// It has a child: it is no leaf.
    pub(super) produced: bool,
    /// `NIL`: nothing further comes from it.
    pub(super) dead: bool,
}

/// The current shape as it was when something was put on the stack.
#[derive(Debug)]
pub(super) struct Saved {
    pub(super) shape: Box<Shape>,
    pub(super) state: State,
    pub(super) base_center: DVec3,
    pub(super) progress: Progress,
}

/// An entry of the stack.
#[derive(Debug)]
pub(super) enum Entry {
    /// `[`
    Push(Box<Saved>),
    /// A split whose sizes are being told.
    Split(Box<Split>),
    /// A component split or setback whose components are being given to branches.
    Components(Box<Components>),
    /// Sections of a perimeter whose depths are being told.
    Perimeter(Box<Perimeter>),
    /// Regions being given to branches.
    Regions(Box<RegionBlock>),
    /// Pieces that become current one after the other.
    Pieces(Box<Pieces>),
    /// An inline derivation.
    Inline(Box<Inline>),
    /// A boolean operation.
    Operands(Box<Operands>),
}

impl Kernel {
    /// The current shape, to come back to.
    pub(super) fn save(&self) -> Saved {
        Saved {
            shape: self.shape.clone(),
            state: self.state.clone(),
            base_center: self.base_center,
            progress: self.derivation.progress,
        }
    }

    /// Comes back to a shape. Children made meanwhile stay made, and numbers drawn stay drawn.
    pub(super) fn restore(&mut self, saved: Saved) {
        self.shape = saved.shape;
        self.state = saved.state;
        self.base_center = saved.base_center;
        self.derivation.progress = saved.progress;
    }

    /// Puts an entry on the stack.
    pub(super) fn push_entry(&mut self, entry: Entry) -> Result<(), Stop> {
        if self.derivation.stack.len() >= MAX_STACK {
            return Err(Stop::Misuse("the stack of a rule is too deep"));
        }
        self.derivation.stack.push(entry);
        Ok(())
    }

    /// `push` of the table.
    pub(crate) fn push(&mut self) -> Result<(), Stop> {
        self.charge(1)?;
        let saved = self.save();
        self.base_center = self.shape.scope_center();
        self.push_entry(Entry::Push(Box::new(saved)))
    }

    /// `pop` of the table.
    pub(crate) fn pop(&mut self) -> Result<(), Stop> {
        let Some(Entry::Push(saved)) = self.derivation.stack.pop() else {
            return Err(Stop::Misuse("pop without push"));
        };
        let produced = self.derivation.progress.produced;
        let (seed, drawn) = (self.state.seed, self.state.drawn);
        self.restore(*saved);
        self.derivation.progress.produced |= produced;
        if self.state.seed == seed {
            self.state.drawn = drawn;
        }
        Ok(())
    }
}
