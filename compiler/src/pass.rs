//! What is done to a program between lowering and emission.

mod dead;
mod fold;
mod order;

use gable_grammar::Diagnostics;

use crate::ir::Program;
use crate::lower::Unsupported;

/// Folds constants, drops what no root needs, and finds the order of attributes; reports what is wrong with what is
/// left.
pub(crate) fn run(program: &mut Program, unsupported: Unsupported, diagnostics: &mut Diagnostics) {
    fold::fold(program);
    dead::drop_dead(program, unsupported, diagnostics);
    order::order(program, diagnostics);
    order::count_recursion(program);
}
