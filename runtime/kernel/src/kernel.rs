//! The machine: the current shape, the stack, the worklist; see `abi` for how a module drives it.

use crate::limits::Stop;
use crate::shape::Shape;
use crate::state::State;

/// The kernel's whole state in one run.
#[derive(Debug)]
pub struct Kernel {
    /// The shape that operations work on.
    pub(crate) shape: Shape,
    /// What it passes on.
    pub(crate) state: State,
}

impl Kernel {
    /// Charges work before it is done: about one unit for a simple operation or for each 8 corners handled.
    ///
    /// # Errors
    /// [`Stop::Gas`] when the limit is passed.
    pub(crate) fn charge(&mut self, units: usize) -> Result<(), Stop> {
        let _ = units;
        Ok(())
    }

    /// Records a warning at the current site: the run goes on.
    pub(crate) fn warn(&mut self, text: String) {
        let _ = text;
    }
}
