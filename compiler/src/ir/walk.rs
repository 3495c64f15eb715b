//! Visits every expression and step of a program, for the passes.

use gable_kernel::manifest::Queries;

use super::{ArrayItem, Body, Expr, ExprKind, Program, Step};
use crate::builtins::token;

impl Expr {
    /// Calls `visit` on each direct operand, in order of evaluation.
    pub fn operands(&self) -> Vec<&Self> {
        let mut operands = Vec::new();
        match &self.kind {
            ExprKind::Float(_) | ExprKind::Bool(_) | ExprKind::String(_) | ExprKind::Word(_) => {}
            ExprKind::Local(_) | ExprKind::Attribute(_) => {}
            ExprKind::Tee(_, value) | ExprKind::Unary(_, value) => operands.push(&**value),
            ExprKind::Call(_, arguments) | ExprKind::Kernel(_, arguments) => {
                operands.extend(arguments);
            }
            ExprKind::After(before, value) => {
                operands.extend(before.iter().flat_map(|invocation| &invocation.arguments));
                operands.push(value);
            }
            ExprKind::Binary(_, left, right) => operands.extend([&**left, &**right]),
            ExprKind::Case(arms, otherwise) => {
                operands.extend(
                    arms.iter()
                        .flat_map(|(condition, value)| [condition, value]),
                );
                operands.push(otherwise);
            }
            ExprKind::Array(items) => {
                for item in items {
                    match item {
                        ArrayItem::Value(value) => operands.push(value),
                        ArrayItem::Range(start, step, end) => operands.extend([start, step, end]),
                        ArrayItem::Row => {}
                    }
                }
            }
            ExprKind::Comp(arguments, arms) => {
                operands.extend(arguments);
                operands.extend(
                    arms.iter()
                        .flat_map(|(condition, value)| [condition, value]),
                );
            }
        }
        operands
    }

    /// The same, to change them.
    pub fn operands_mut(&mut self) -> Vec<&mut Self> {
        let mut operands: Vec<&mut Self> = Vec::new();
        match &mut self.kind {
            ExprKind::Float(_) | ExprKind::Bool(_) | ExprKind::String(_) | ExprKind::Word(_) => {}
            ExprKind::Local(_) | ExprKind::Attribute(_) => {}
            ExprKind::Tee(_, value) | ExprKind::Unary(_, value) => operands.push(&mut **value),
            ExprKind::Call(_, arguments) | ExprKind::Kernel(_, arguments) => {
                operands.extend(arguments);
            }
            ExprKind::After(before, value) => {
                operands.extend(
                    before
                        .iter_mut()
                        .flat_map(|invocation| &mut invocation.arguments),
                );
                operands.push(&mut **value);
            }
            ExprKind::Binary(_, left, right) => operands.extend([&mut **left, &mut **right]),
            ExprKind::Case(arms, otherwise) => {
                operands.extend(
                    arms.iter_mut()
                        .flat_map(|(condition, value)| [condition, value]),
                );
                operands.push(&mut **otherwise);
            }
            ExprKind::Array(items) => {
                for item in items {
                    match item {
                        ArrayItem::Value(value) => operands.push(value),
                        ArrayItem::Range(start, step, end) => operands.extend([start, step, end]),
                        ArrayItem::Row => {}
                    }
                }
            }
            ExprKind::Comp(arguments, arms) => {
                operands.extend(arguments);
                operands.extend(
                    arms.iter_mut()
                        .flat_map(|(condition, value)| [condition, value]),
                );
            }
        }
        operands
    }

    /// Calls `visit` on this expression and all inside it, outermost first.
    pub fn walk(&self, visit: &mut dyn FnMut(&Self)) {
        visit(self);
        for operand in self.operands() {
            operand.walk(visit);
        }
    }
}

impl<E> Step<E> {
    /// The expressions directly in this step, and the lists of steps in it.
    pub fn parts(&self) -> (Vec<&E>, Vec<&Vec<Self>>) {
        match self {
            Self::Operation(_, invocation) => (invocation.arguments.iter().collect(), Vec::new()),
            Self::SetAttribute(_, _, value)
            | Self::SetShapeAttribute(_, _, value)
            | Self::Let(_, value) => (vec![value], Vec::new()),
            Self::Report(_, key, value) | Self::SetNamed(_, _, key, value) => {
                (vec![key, value], Vec::new())
            }
            Self::Call(_, _, arguments) => (arguments.iter().collect(), Vec::new()),
            Self::Leaf(..) | Self::Reset(..) => (Vec::new(), Vec::new()),
            Self::Scoped(steps) | Self::Inline(_, _, steps) => (Vec::new(), vec![steps]),
            Self::Case(arms, otherwise) => (
                arms.iter().map(|(condition, _)| condition).collect(),
                arms.iter()
                    .map(|(_, steps)| steps)
                    .chain([otherwise])
                    .collect(),
            ),
            Self::Block(_, block) => {
                let invocations = block.begin.iter().chain([&block.run]);
                let mut exprs: Vec<&E> = invocations
                    .flat_map(|invocation| &invocation.arguments)
                    .collect();
                exprs.extend(
                    block
                        .selections
                        .iter()
                        .map(|selection| &selection.condition),
                );
                (exprs, block.branches.iter().collect())
            }
        }
    }

    /// The same, to change them.
    pub fn parts_mut(&mut self) -> (Vec<&mut E>, Vec<&mut Vec<Self>>) {
        match self {
            Self::Operation(_, invocation) => {
                (invocation.arguments.iter_mut().collect(), Vec::new())
            }
            Self::SetAttribute(_, _, value)
            | Self::SetShapeAttribute(_, _, value)
            | Self::Let(_, value) => (vec![value], Vec::new()),
            Self::Report(_, key, value) | Self::SetNamed(_, _, key, value) => {
                (vec![key, value], Vec::new())
            }
            Self::Call(_, _, arguments) => (arguments.iter_mut().collect(), Vec::new()),
            Self::Leaf(..) | Self::Reset(..) => (Vec::new(), Vec::new()),
            Self::Scoped(steps) | Self::Inline(_, _, steps) => (Vec::new(), vec![steps]),
            Self::Case(arms, otherwise) => {
                let mut conditions = Vec::new();
                let mut lists = Vec::new();
                for (condition, steps) in arms {
                    conditions.push(condition);
                    lists.push(steps);
                }
                lists.push(otherwise);
                (conditions, lists)
            }
            Self::Block(_, block) => {
                let invocations = block.begin.iter_mut().chain([&mut block.run]);
                let mut exprs: Vec<&mut E> = invocations
                    .flat_map(|invocation| &mut invocation.arguments)
                    .collect();
                exprs.extend(
                    block
                        .selections
                        .iter_mut()
                        .map(|selection| &mut selection.condition),
                );
                (exprs, block.branches.iter_mut().collect())
            }
        }
    }
}

/// Calls `visit` on every step of a list and of the lists inside.
pub fn walk_steps<E>(steps: &[Step<E>], visit: &mut dyn FnMut(&Step<E>)) {
    for step in steps {
        visit(step);
        for list in step.parts().1 {
            walk_steps(list, visit);
        }
    }
}

/// Calls `change` on every step of a list and of the lists inside.
pub fn walk_steps_mut<E>(steps: &mut [Step<E>], change: &mut dyn FnMut(&mut Step<E>)) {
    for step in steps {
        change(step);
        for list in step.parts_mut().1 {
            walk_steps_mut(list, change);
        }
    }
}

impl Body {
    /// The outermost expressions, in order of evaluation.
    pub fn exprs(&self) -> impl Iterator<Item = &Expr> {
        self.bindings
            .iter()
            .map(|(_, value)| value)
            .chain([&self.value])
    }

    /// The same, to change them.
    pub fn exprs_mut(&mut self) -> impl Iterator<Item = &mut Expr> {
        self.bindings
            .iter_mut()
            .map(|(_, value)| value)
            .chain([&mut self.value])
    }
}

impl Program {
    /// Which queries about other shapes it has.
    pub fn queries(&self) -> Queries {
        let mut queries = Queries::default();
        let mut note = |expr: &Expr| {
            let ExprKind::Kernel(function, arguments) = &expr.kind else {
                return;
            };
            let (target, is_occlusion) = match function.entry().name {
                "occlusion" => (&arguments[1], true),
                "minimum_distance" | "context_compare" | "context_count" => (&arguments[0], false),
                _ => return,
            };
            let asks = |other: &str| target.kind != ExprKind::Word(token(other));
            queries.intra |= asks("inter");
            queries.inter |= asks("intra") && is_occlusion;
            queries.labels |= asks("intra") && !is_occlusion;
        };
        self.walk(&mut note);
        queries
    }

    /// Whether it takes shapes apart into groups.
    pub fn splits_groups(&self) -> bool {
        let group = ExprKind::Word(token("g"));
        let mut found = false;
        self.walk(&mut |expr| {
            if let ExprKind::Comp(arguments, _) = &expr.kind {
                found |= arguments.first().is_some_and(|kind| kind.kind == group);
            }
        });
        for rule in &self.rules {
            walk_steps(&rule.steps, &mut |step| {
                if let Step::Block(_, block) = step {
                    let begins = block.begin.iter();
                    found |= begins
                        .filter(|begin| begin.function.entry().name == "comp_begin")
                        .any(|begin| {
                            begin
                                .arguments
                                .first()
                                .is_some_and(|kind| kind.kind == group)
                        });
                }
            });
        }
        found
    }

    /// Calls `visit` on all expressions.
    fn walk(&self, visit: &mut dyn FnMut(&Expr)) {
        let attributes = self.attributes.iter().map(|attribute| &attribute.body);
        let functions = self.functions.iter().map(|function| &function.body);
        for expr in attributes.chain(functions).flat_map(Body::exprs) {
            expr.walk(visit);
        }
        for rule in &self.rules {
            walk_steps(&rule.steps, &mut |step| {
                step.parts().0.into_iter().for_each(|expr| expr.walk(visit));
            });
        }
    }

    /// Calls `change` on the outermost expressions of the whole program.
    pub fn for_each_expr_mut(&mut self, change: &mut dyn FnMut(&mut Expr)) {
        let attributes = self
            .attributes
            .iter_mut()
            .map(|attribute| &mut attribute.body);
        for body in attributes.chain(self.functions.iter_mut().map(|function| &mut function.body)) {
            body.exprs_mut().for_each(&mut *change);
        }
        for rule in &mut self.rules {
            walk_steps_mut(&mut rule.steps, &mut |step| {
                step.parts_mut().0.into_iter().for_each(&mut *change);
            });
        }
    }
}
