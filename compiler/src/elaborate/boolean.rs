//! `union`, `subtract`, `intersect`: operands are inlined one after the other, then combined.
//!
//! Before 2025.0 the current shape was an operand without being named: `subtract Rule` is `subtract { Current. | Rule }`,
//! `subtract(swap) Rule` is `subtract { Rule | Current. }`.

use gable_grammar::ast::{BlockItemKind, BlockOperation, ExprKind, Name, Operation, OperationKind};
use gable_grammar::{Code, Diagnostic, Span};

use super::{Elaborator, Scope};
use crate::builtins;
use crate::ir::Step;
use crate::tree::Node;

/// The number that the kernel has for a boolean operation.
pub(super) fn boolean_number(name: &str) -> Option<i32> {
    match name {
        "union" => Some(0),
        "subtract" => Some(1),
        "intersect" => Some(2),
        _ => None,
    }
}

/// A boolean operation in the form of before 2025.0; the operation after it is an operand.
pub(super) struct OldBoolean<'a> {
    name: &'a Name,
    number: i32,
    /// The current shape is the second operand.
    swapped: bool,
    span: Span,
}

/// The operation as a boolean one in the old form, if it is one.
pub(super) fn old_boolean(operation: &Operation) -> Option<OldBoolean<'_>> {
    let OperationKind::Call(call) = &operation.kind else {
        return None;
    };
    let number = boolean_number(&call.name.text).filter(|_| !call.leaf)?;
    let swapped = match call.arguments.as_deref().unwrap_or_default() {
        [] => false,
        [word] if matches!(&word.kind, ExprKind::Name(name) if name.text == "swap") => true,
        _ => return None,
    };
    Some(OldBoolean {
        name: &call.name,
        number,
        swapped,
        span: operation.span,
    })
}

impl<'a> Elaborator<'_, 'a> {
    /// `union { A | B }` and its kin; nothing after a message.
    pub(super) fn boolean(
        &mut self,
        scope: &mut Scope<'a>,
        operation: &'a BlockOperation,
        number: i32,
        span: Span,
    ) -> Vec<Step<Node>> {
        if let Some(arguments) = operation.arguments.as_ref().filter(|list| !list.is_empty()) {
            self.report_arity(&operation.name, arguments.len(), vec![0], None);
            return Vec::new();
        }
        let mut operands = Vec::new();
        for item in &operation.block.items {
            match &item.kind {
                BlockItemKind::Plain(successor) => operands.push(self.steps(scope, successor)),
                _ => self.report_branch(item, "operations"),
            }
        }
        match <[Vec<Step<Node>>; 2]>::try_from(operands) {
            Ok(operands) if !operation.repeat => combined(number, operands, span),
            _ => {
                self.report_operands(&operation.name);
                Vec::new()
            }
        }
    }

    /// `union Rule` and its kin.
    pub(super) fn old_boolean(
        &mut self,
        scope: &mut Scope<'a>,
        old: &OldBoolean<'a>,
        operand: Option<&'a Operation>,
    ) -> Vec<Step<Node>> {
        let Some(operand) = operand else {
            self.report_operands(old.name);
            return Vec::new();
        };
        let mut steps = Vec::new();
        self.operation(scope, operand, &mut steps);
        let operands = if old.swapped {
            [steps, Vec::new()]
        } else {
            [Vec::new(), steps]
        };
        combined(old.number, operands, old.span)
    }

    fn report_operands(&mut self, name: &Name) {
        let title = format!("`{}` takes two operands", name.text);
        let diagnostic = Diagnostic::error(Code("E0408"), title, name.span);
        self.diagnostics
            .push(diagnostic.help(format!("write `{} {{ A | B }}`", name.text)));
    }
}

/// The operands inlined and combined.
fn combined(number: i32, operands: [Vec<Step<Node>>; 2], span: Span) -> Vec<Step<Node>> {
    let step = |function: &str, arguments: Vec<Node>| {
        Step::Operation(span, Elaborator::invocation(function, arguments))
    };
    let unify = builtins::token("unify");
    let [a, b] = operands.map(|steps| Step::Inline(span, unify, steps));
    vec![
        step("boolean_begin", vec![Elaborator::word(number, span)]),
        a,
        step("boolean_next", Vec::new()),
        b,
        step("boolean_end", Vec::new()),
    ]
}
