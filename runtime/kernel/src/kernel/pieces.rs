//! Pieces: the children that a block makes, which become current one after the other.

use std::rc::Rc;

use super::random::child_seed;
use super::stack::{Entry, Progress, Saved};
use crate::Kernel;
use crate::limits::Stop;
use crate::shape::Shape;
use crate::state::{StringId, TrimPlane};

/// One child of a block.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    /// The branch that it runs.
    pub(crate) branch: i32,
    /// Geometry, scope and pivot.
    pub(crate) shape: Box<Shape>,
    /// `split.index` and `split.total`, when the block sets them.
    pub(crate) split: Option<(f64, f64)>,
    /// `comp.sel`, `comp.index` and `comp.total`, when the block sets them.
    pub(crate) comp: Option<(StringId, f64, f64)>,
    /// New trim planes, when the block makes some.
    pub(crate) trim_planes: Option<Rc<Vec<TrimPlane>>>,
}

impl Piece {
    /// A piece that only has a shape.
    pub(crate) fn new(branch: i32, shape: impl Into<Box<Shape>>) -> Self {
        Self {
            branch,
            shape: shape.into(),
            split: None,
            comp: None,
            trim_planes: None,
        }
    }
}

/// Pieces on the stack.
#[derive(Debug)]
pub(super) struct Pieces {
    parent: Saved,
    rest: std::vec::IntoIter<Piece>,
    /// A piece is current.
    open: bool,
    any: bool,
}

impl Kernel {
    /// Puts pieces on the stack; `next_piece` then makes them current. The current shape is their parent.
    ///
    /// # Errors
    /// Stops at the limits.
    pub(crate) fn begin_pieces(&mut self, pieces: Vec<Piece>) -> Result<(), Stop> {
        let parent = self.save();
        let rest = if parent.progress.dead {
            Vec::new()
        } else {
            pieces
        }
        .into_iter();
        self.push_entry(Entry::Pieces(Box::new(Pieces {
            parent,
            rest,
            open: false,
            any: false,
        })))
    }

    /// `next_piece` of the table.
    pub(crate) fn next_piece(&mut self) -> Result<i32, Stop> {
        let Some(Entry::Pieces(mut pieces)) = self.derivation.stack.pop() else {
            return Err(Stop::Misuse("next_piece without a block"));
        };
        if pieces.open {
            self.finish_piece()?;
        }
        let Some(piece) = pieces.rest.next() else {
            self.restore(pieces.parent);
            self.derivation.progress.produced |= pieces.any;
            return Ok(-1);
        };
        self.charge_shape()?;
        pieces.open = true;
        pieces.any = true;
        self.shape = piece.shape;
        self.base_center = self.shape.scope_center();
        self.state = pieces.parent.state.clone();
        let child = self.next_child();
        self.state.lineage = self.child_lineage(child);
        self.state.seed = child_seed(self.state.seed, child);
        self.state.drawn = 0;
        if let Some(split) = piece.split {
            self.state.split = split;
        }
        if let Some(comp) = piece.comp {
            self.state.comp = comp;
        }
        if let Some(planes) = piece.trim_planes {
            self.state.trim_planes = planes;
        }
        self.derivation.progress = Progress::default();
        self.derivation.stack.push(Entry::Pieces(pieces));
        Ok(piece.branch)
    }

    /// A piece whose branch made no child is a leaf without a symbol.
    fn finish_piece(&mut self) -> Result<(), Stop> {
        let Progress { produced, dead } = self.derivation.progress;
        if produced || dead {
            return Ok(());
        }
        self.add_leaf(self.shape.clone(), StringId(0))
    }
}
