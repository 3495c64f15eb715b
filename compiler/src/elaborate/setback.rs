//! The setbacks: setback, setbackPerEdge, setbackToArea, splitAndSetbackPerimeter.

use gable_grammar::Span;
use gable_grammar::ast::{BinaryOperator, BlockItemKind, BlockOperation, Expr, ExprKind};

use super::block::{Pieces, number, word};
use super::{Elaborator, Scope};
use crate::builtins;
use crate::ir::{Invocation, Selection, Step};
use crate::tree::{Node, NodeKind};
use crate::ty::{Scalar, Type, Variable};

impl<'a> Elaborator<'_, 'a> {
    pub(super) fn setback(
        &mut self,
        scope: &mut Scope<'a>,
        operation: &'a BlockOperation,
        span: Span,
    ) -> Option<Step<Node>> {
        let arguments = self.block_arity(operation, &[1, 2])?;
        scope.in_size = true;
        let distance = self.expr(scope, &arguments[0]);
        scope.in_size = false;
        let relative = matches!(arguments[0].kind, ExprKind::Relative(_));
        let begin = if self.is_array(&distance) {
            self.expect_distances(&distance);
            Self::invocation("setback_array_begin", vec![distance])
        } else {
            self.expect(&distance, Variable::FLOAT, || {
                (
                    "a distance is a float or an array of floats".to_owned(),
                    None,
                )
            });
            let relative = Self::word(i32::from(relative), span);
            Self::invocation("setback_begin", vec![distance, relative])
        };
        let set = self.uv_set(scope, arguments.get(1));
        Some(self.edges(scope, operation, begin, set, span))
    }

    /// The same as a setback by `comp(fe) { all : distance }`.
    pub(super) fn setback_per_edge(
        &mut self,
        scope: &mut Scope<'a>,
        operation: &'a BlockOperation,
        span: Span,
    ) -> Option<Step<Node>> {
        let arguments = self.block_arity(operation, &[1, 2])?;
        let distance = self.float_expr(scope, &arguments[0]);
        let place = distance.span;
        let begin = ["fe", "zUp"].map(|word| Self::word(builtins::token(word), place));
        let always = Node {
            kind: NodeKind::Bool(true),
            ty: Variable::BOOL,
            span: place,
        };
        let distances = Node {
            kind: NodeKind::Comp(begin.to_vec(), vec![(always, distance)]),
            ty: self.types.known(Type::Array(Scalar::Float)),
            span: place,
        };
        let begin = Self::invocation("setback_array_begin", vec![distances]);
        let set = self.uv_set(scope, arguments.get(1));
        Some(self.edges(scope, operation, begin, set, span))
    }

    /// `setbackToArea(area[, least[, most]][, uvSet])`: arrays and the set are told apart by their types.
    pub(super) fn setback_to_area(
        &mut self,
        scope: &mut Scope<'a>,
        operation: &'a BlockOperation,
        span: Span,
    ) -> Option<Step<Node>> {
        let arguments = self.block_arity(operation, &[1, 2, 3, 4])?;
        let area = self.float_expr(scope, &arguments[0]);
        let mut nodes = vec![area];
        let mut set = None;
        for (k, argument) in arguments.iter().enumerate().skip(1) {
            let is_last = k + 1 == arguments.len();
            let node = self.expr(scope, argument);
            if is_last && (k == 3 || !self.is_array(&node)) {
                self.expect(&node, Variable::FLOAT, || {
                    ("the number of a uv set is a float".to_owned(), None)
                });
                set = Some(node);
                break;
            }
            self.expect_distances(&node);
            nodes.push(node);
        }
        nodes.resize_with(3, || Self::word(-1, span));
        let begin = Self::invocation("setback_to_area_begin", nodes);
        Some(self.edges(scope, operation, begin, set, span))
    }

    fn uv_set(&mut self, scope: &mut Scope<'a>, set: Option<&'a Expr>) -> Option<Node> {
        set.map(|set| self.float_expr(scope, set))
    }

    fn expect_distances(&mut self, node: &Node) {
        let array = self.types.known(Type::Array(Scalar::Float));
        self.expect(node, array, || {
            ("distances are an array of floats".to_owned(), None)
        });
    }

    /// Whether a value is known to be an array.
    fn is_array(&mut self, node: &Node) -> bool {
        matches!(self.types.resolve(node.ty), Some(Type::Array(_)))
    }

    /// The branches of a setback: edges by selectors, and the remainder.
    fn edges(
        &mut self,
        scope: &mut Scope<'a>,
        operation: &'a BlockOperation,
        begin: Invocation<Node>,
        set: Option<Node>,
        span: Span,
    ) -> Step<Node> {
        let mut pieces = Pieces::begun(begin);
        if let Some(set) = set {
            pieces
                .begin
                .push(Self::invocation("setback_uv_set", vec![set]));
        }
        for item in &operation.block.items {
            match word(item) {
                Some(("remainder", operator, successor)) => {
                    let branch = Self::word(pieces.next(), item.span);
                    let operator = Self::word(operator, item.span);
                    pieces.begin.push(Self::invocation(
                        "setback_remainder",
                        vec![branch, operator],
                    ));
                    pieces.branches.push(self.steps(scope, successor));
                }
                _ => self.selected(scope, item, &mut pieces),
            }
        }
        pieces.run(Self::invocation("setback_run", Vec::new()), span)
    }

    /// `splitAndSetbackPerimeter(offset[, first edge, mask]) { length : depth : operations | ... }* { remainder : operations }`
    pub(super) fn perimeter(
        &mut self,
        scope: &mut Scope<'a>,
        operation: &'a BlockOperation,
        span: Span,
    ) -> Option<Step<Node>> {
        let arguments = self.block_arity(operation, &[1, 3])?;
        let (mode, offset) = self.size(scope, &arguments[0]);
        if mode == super::size::SizeMode::Floating {
            self.report_mark(&arguments[0]);
        }
        let (first, mask) = match arguments {
            [_, first, mask] => {
                let first = self.float_expr(scope, first);
                let mask = self.expr(scope, mask);
                let bools = self.types.known(Type::Array(Scalar::Bool));
                self.expect(&mask, bools, || {
                    ("the mask of edges is an array of bools".to_owned(), None)
                });
                (first, mask)
            }
            _ => (Self::float(0.0, span), Self::word(-1, span)),
        };
        let relative = Self::word(
            i32::from(mode == super::size::SizeMode::Relative),
            arguments[0].span,
        );
        let arguments = vec![offset, relative, first, mask];
        let mut pieces = Pieces::begun(Self::invocation("perimeter_begin", arguments));
        self.pattern(scope, operation, &mut pieces);
        pieces
            .begin
            .push(Self::invocation("perimeter_sections", Vec::new()));
        if let Some(item) = &operation.remainder {
            match (word(item), &item.kind) {
                (
                    Some(("remainder", ..)),
                    BlockItemKind::Selected {
                        operator,
                        successor,
                        ..
                    },
                ) => {
                    let nodes = [pieces.next(), number(*operator)];
                    let nodes = nodes.map(|value| Self::word(value, item.span)).to_vec();
                    pieces
                        .begin
                        .push(Self::invocation("perimeter_remainder", nodes));
                    pieces.branches.push(self.steps(scope, successor));
                }
                _ => self.report_branch(item, "remainder : operations"),
            }
        }
        Some(pieces.run(Self::invocation("perimeter_run", Vec::new()), span))
    }

    /// The depth of the next branch of splitAndSetbackPerimeter, asked for at each section of this branch.
    pub(super) fn section(&mut self, scope: &mut Scope<'a>, depth: &'a Expr, pieces: &mut Pieces) {
        let depth = self.float_expr(scope, depth);
        let (branch, span) = (pieces.next(), depth.span);
        let is_own = vec![Self::word(branch, span)];
        let is_own = Self::kernel("section_of", is_own, Variable::BOOL, span);
        let told = Self::kernel("section_depth", vec![depth], Variable::BOOL, span);
        pieces.selections.push(Selection {
            condition: self.binary(BinaryOperator::And, is_own, told, span),
            branch: branch.cast_unsigned(),
            operator: 0,
            selector: -1,
        });
    }
}
