//! Sizes: `2`, `'0.5` (relative to the scope), `~2` (floating).

use gable_grammar::ast::{Expr, ExprKind};
use gable_grammar::{Code, Diagnostic};

use super::{Elaborator, Scope};
use crate::tree::Node;
use crate::ty::Variable;

/// How a size is written; numbered as `split_size` numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SizeMode {
    Absolute = 0,
    Relative = 1,
    Floating = 2,
}

impl<'a> Elaborator<'_, 'a> {
    /// A size: its value without the mark, and the mark.
    pub(super) fn size(&mut self, scope: &mut Scope<'a>, expr: &'a Expr) -> (SizeMode, Node) {
        let mode = mode(expr).unwrap_or_else(|| {
            let title = "the branches of this size differ in `'` or `~`";
            let diagnostic = Diagnostic::error(Code("E0403"), title, expr.span);
            self.diagnostics
                .push(diagnostic.help("write every branch with the same mark"));
            SizeMode::Absolute
        });
        scope.in_size = true;
        let value = self.expr(scope, expr);
        scope.in_size = false;
        self.expect(&value, Variable::FLOAT, || {
            ("a size is a number".to_owned(), None)
        });
        (mode, value)
    }

    /// Reports a mark where no size is expected.
    pub(super) fn report_mark(&mut self, expr: &Expr) {
        let mark = if matches!(expr.kind, ExprKind::Relative(_)) {
            "'"
        } else {
            "~"
        };
        let title = format!("`{mark}` is not allowed here");
        let diagnostic = Diagnostic::error(Code("E0403"), title, expr.span);
        self.diagnostics
            .push(diagnostic.help("it may stand at the head of a size in operations that say so"));
    }
}

/// The mark of a size, if all branches agree.
fn mode(expr: &Expr) -> Option<SizeMode> {
    let all = |mut modes: Vec<Option<SizeMode>>| {
        let first = modes.pop().expect("a chain has an else");
        modes
            .iter()
            .all(|mode| *mode == first)
            .then_some(first)
            .flatten()
    };
    match &expr.kind {
        ExprKind::Relative(_) => Some(SizeMode::Relative),
        ExprKind::Floating(_) => Some(SizeMode::Floating),
        ExprKind::Parenthesized(inner) => mode(inner),
        ExprKind::Case(chain) | ExprKind::Chance(chain) => all(chain
            .arms
            .iter()
            .map(|(_, value)| value)
            .chain([&*chain.otherwise])
            .map(mode)
            .collect()),
        _ => Some(SizeMode::Absolute),
    }
}
