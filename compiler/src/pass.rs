//! What is done to a program between lowering and emission.

mod dead;
mod fold;
mod order;

use gable_grammar::Diagnostics;

use crate::ir::Program;

/// Folds constants, drops what no root needs, and finds the order of attributes; reports what is wrong with what is
/// left.
pub(crate) fn run(program: &mut Program, diagnostics: &mut Diagnostics) {
    fold::fold(program);
    dead::drop_dead(program);
    order::order(program, diagnostics);
    order::count_recursion(program);
}
