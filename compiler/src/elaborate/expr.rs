//! Expressions.

use gable_grammar::ast::{
    BinaryOperator, Chain, Element, Expr, ExprKind, Name, SelectedExpr, UnaryOperator,
};
use gable_grammar::{Code, Diagnostic, Span};
use gable_kernel::abi::token;

use super::{Elaborator, Scope};
use crate::builtins::{self, Special};
use crate::ir::ArrayItem;
use crate::symbols::Path;
use crate::tree::{Node, NodeKind};
use crate::ty::{Constraint, Scalar, Variable};

/// Whether a bare word selects components.
fn is_selector(word: &str) -> bool {
    token::ORIENTATIONS.contains(&word) || token::SELECTORS.contains(&word)
}

/// Kinds of components.
pub(super) const KINDS: &[&str] = &["f", "e", "fe", "v", "fv", "g", "m", "h"];

impl<'a> Elaborator<'_, 'a> {
    pub(super) fn expr(&mut self, scope: &mut Scope<'a>, expr: &'a Expr) -> Node {
        let in_size = std::mem::take(&mut scope.in_size);
        if !self.enter(scope, expr.span) {
            scope.depth -= 1;
            return self.missing(expr.span);
        }
        let node = match &expr.kind {
            ExprKind::Parenthesized(inner) => {
                scope.in_size = in_size;
                self.expr(scope, inner)
            }
            ExprKind::Case(chain) => {
                let conditions = chain.arms.iter().map(|(it, _)| self.condition(scope, it));
                let conditions = conditions.collect();
                self.choice(scope, chain, conditions, in_size, expr.span)
            }
            ExprKind::Chance(chain) => {
                let percents = chain.arms.iter().map(|(percent, _)| percent);
                let conditions = self.draw(scope, percents, expr.span);
                self.choice(scope, chain, conditions, in_size, expr.span)
            }
            ExprKind::Relative(inner) | ExprKind::Floating(inner) => {
                if !in_size {
                    self.report_mark(expr);
                }
                self.expr(scope, inner)
            }
            _ => self.plain_expr(scope, expr),
        };
        scope.depth -= 1;
        node
    }

    /// An expression of a kind that cannot be a marked size.
    fn plain_expr(&mut self, scope: &mut Scope<'a>, expr: &'a Expr) -> Node {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Number(value) => Self::float(*value, span),
            ExprKind::String(value) => Node {
                kind: NodeKind::String(value.clone()),
                ty: Variable::STRING,
                span,
            },
            ExprKind::Bool(value) => Node {
                kind: NodeKind::Bool(*value),
                ty: Variable::BOOL,
                span,
            },
            ExprKind::Name(name) => self.name(scope, name),
            ExprKind::Call(name, arguments) => self.call(scope, name, arguments, span),
            ExprKind::Unary(operator, operand) => self.unary(scope, *operator, operand, span),
            ExprKind::Binary(operator, left, right) => {
                let left = self.expr(scope, left);
                let right = self.expr(scope, right);
                self.binary(*operator, left, right, span)
            }
            ExprKind::Array(rows) => self.array(scope, rows, span),
            ExprKind::Index(array, indices) => self.index(scope, array, indices, span),
            ExprKind::Comp(arguments, arms) => self.comp(scope, arguments, arms, span),
            _ => unreachable!("the caller handles chains, sizes and parentheses"),
        }
    }

    /// A name without arguments: parameter, local, attribute, function, shape attribute, builtin function.
    fn name(&mut self, scope: &mut Scope<'a>, name: &'a Name) -> Node {
        let span = name.span;
        if let Some((_, local)) = scope
            .names
            .iter()
            .rev()
            .find(|(known, _)| *known == name.text)
        {
            let ty = scope.frame.locals[local.index()];
            return Node {
                kind: NodeKind::Local(*local),
                ty,
                span,
            };
        }
        if let Some((_, id)) = scope.captured.iter().find(|(known, _)| *known == name.text) {
            return Node {
                kind: NodeKind::Attribute(*id),
                ty: self.symbols.attributes[id.index()].ty,
                span,
            };
        }
        let Path::In(at, rest) = self.symbols.follow(scope.instance, &name.text) else {
            return self.missing(span);
        };
        if let Some(id) = self.symbols.attribute(at, rest) {
            let id = self.symbols.read(id, scope.attribute);
            let ty = self.symbols.attributes[id.index()].ty;
            return Node {
                kind: NodeKind::Attribute(id),
                ty,
                span,
            };
        }
        if scope.in_selector
            && is_selector(&name.text)
            && self.symbols.function(at, rest, 0).is_none()
        {
            let word = Self::word(builtins::token(&name.text), span);
            return Self::kernel("comp_token", vec![word], Variable::BOOL, span);
        }
        let shadowed = self.symbols.function(at, rest, 0).is_some();
        if let Some(attribute) = builtins::shape_attribute(&name.text).filter(|_| !shadowed) {
            let ty = self.types.known(attribute.ty);
            return Node {
                kind: NodeKind::ShapeAttribute(attribute.number),
                ty,
                span,
            };
        }
        self.call(scope, name, &[], span)
    }

    fn unary(
        &mut self,
        scope: &mut Scope<'a>,
        operator: UnaryOperator,
        operand: &'a Expr,
        span: Span,
    ) -> Node {
        let value = self.expr(scope, operand);
        match (operator, &value.kind) {
            (UnaryOperator::Not | UnaryOperator::EachNot, _) => {}
            (UnaryOperator::Negate, NodeKind::Float(number)) => return Self::float(-number, span),
            _ => self
                .types
                .constrain(Constraint::Numeric { value: value.ty }, span),
        }
        if operator == UnaryOperator::Not
            && !matches!(self.types.resolve(value.ty), Some(ty) if ty.scalar() == Scalar::Bool)
        {
            self.expect(&value, Variable::BOOL, || {
                ("`!` inverts a bool".to_owned(), None)
            });
        }
        if operator == UnaryOperator::EachNot {
            let array = self.types.array(Variable::BOOL);
            self.expect(&value, array, || {
                ("`.!` inverts the elements of an array".to_owned(), None)
            });
        }
        let ty = value.ty;
        Node {
            kind: NodeKind::Unary(operator, Box::new(value)),
            ty,
            span,
        }
    }

    pub(super) fn binary(
        &mut self,
        operator: BinaryOperator,
        left: Node,
        right: Node,
        span: Span,
    ) -> Node {
        use BinaryOperator as B;
        let ty = match operator {
            B::Or | B::And => {
                for side in [&left, &right] {
                    self.expect(side, Variable::BOOL, || {
                        ("`&&` and `||` combine bools".to_owned(), None)
                    });
                }
                Variable::BOOL
            }
            B::Equal | B::NotEqual | B::Less | B::LessEqual | B::Greater | B::GreaterEqual => {
                let other = left.span;
                self.expect(&right, left.ty, || {
                    (
                        "both sides of a comparison have one type".to_owned(),
                        Some((other, "the other side".to_owned())),
                    )
                });
                Variable::BOOL
            }
            B::Add => self.sum_type(&left, &right, span),
            B::Subtract | B::Multiply | B::Divide | B::Remainder => {
                for side in [&left, &right] {
                    self.expect(side, Variable::FLOAT, || {
                        ("this operator computes with floats".to_owned(), None)
                    });
                }
                Variable::FLOAT
            }
            B::EachOr | B::EachAnd => self.each_type(&left, &right, Variable::BOOL, Variable::BOOL),
            B::EachEqual
            | B::EachNotEqual
            | B::EachLess
            | B::EachLessEqual
            | B::EachGreater
            | B::EachGreaterEqual => {
                let element = self.types.open();
                self.each_type(&left, &right, element, Variable::BOOL)
            }
            B::EachAdd => {
                let result = self.types.open();
                let (a, b) = (left.ty, right.ty);
                self.types
                    .constrain(Constraint::EachAdd { a, b, result }, span);
                result
            }
            B::EachSubtract | B::EachMultiply | B::EachDivide | B::EachRemainder => {
                self.each_type(&left, &right, Variable::FLOAT, Variable::FLOAT)
            }
        };
        Node {
            kind: NodeKind::Binary(operator, Box::new(left), Box::new(right)),
            ty,
            span,
        }
    }

    fn sum_type(&mut self, left: &Node, right: &Node, span: Span) -> Variable {
        if left.ty == Variable::STRING || right.ty == Variable::STRING {
            return Variable::STRING;
        }
        if left.ty == Variable::FLOAT && right.ty == Variable::FLOAT {
            return Variable::FLOAT;
        }
        let result = self.types.open();
        self.types.constrain(
            Constraint::Add {
                a: left.ty,
                b: right.ty,
                result,
            },
            span,
        );
        result
    }

    /// The type of an operator on elements: both sides are an `element` or an array of such.
    fn each_type(
        &mut self,
        left: &Node,
        right: &Node,
        element: Variable,
        result: Variable,
    ) -> Variable {
        for side in [left, right] {
            let value = side.ty;
            self.types
                .constrain(Constraint::Spliced { value, element }, side.span);
        }
        self.types.array(result)
    }

    pub(super) fn condition(&mut self, scope: &mut Scope<'a>, expr: &'a Expr) -> Node {
        let condition = self.expr(scope, expr);
        self.expect(&condition, Variable::BOOL, || {
            ("a condition is a bool".to_owned(), None)
        });
        condition
    }

    /// The value beside the first condition that holds.
    fn choice(
        &mut self,
        scope: &mut Scope<'a>,
        chain: &'a Chain<Expr>,
        conditions: Vec<Node>,
        in_size: bool,
        span: Span,
    ) -> Node {
        let ty = self.types.open();
        let first = chain.arms[0].1.span;
        let values = chain.arms.iter().map(|(_, value)| value);
        let values: Vec<_> = values
            .map(|value| self.arm(scope, value, in_size, ty, first))
            .collect();
        let otherwise = self.arm(scope, &chain.otherwise, in_size, ty, first);
        let arms = conditions.into_iter().zip(values).collect();
        Node {
            kind: NodeKind::Case(arms, Box::new(otherwise)),
            ty,
            span,
        }
    }

    fn arm(
        &mut self,
        scope: &mut Scope<'a>,
        value: &'a Expr,
        in_size: bool,
        ty: Variable,
        first: Span,
    ) -> Node {
        scope.in_size = in_size;
        let node = self.expr(scope, value);
        scope.in_size = false;
        self.expect(&node, ty, || {
            (
                "the branches of a choice have one type".to_owned(),
                Some((first, "the first branch".to_owned())),
            )
        });
        node
    }

    /// The conditions of a stochastic chain: one draw, from which each percentage is taken off in turn, until what
    /// is left is negative.
    pub(super) fn draw(
        &mut self,
        scope: &mut Scope<'a>,
        percents: impl Iterator<Item = &'a Expr>,
        span: Span,
    ) -> Vec<Node> {
        let local = scope.local(Variable::FLOAT);
        let node = |kind, ty| Node { kind, ty, span };
        let rand = Self::kernel("rand", Vec::new(), Variable::FLOAT, span);
        let mut left = self.binary(
            BinaryOperator::Multiply,
            rand,
            Self::float(100.0, span),
            span,
        );
        let mut conditions = Vec::new();
        for percent in percents {
            let percent = self.expr(scope, percent);
            self.expect(&percent, Variable::FLOAT, || {
                ("a percentage is a number".to_owned(), None)
            });
            let rest = self.binary(BinaryOperator::Subtract, left, percent, span);
            let rest = node(NodeKind::Tee(local, Box::new(rest)), Variable::FLOAT);
            conditions.push(self.binary(BinaryOperator::Less, rest, Self::float(0.0, span), span));
            left = node(NodeKind::Local(local), Variable::FLOAT);
        }
        conditions
    }

    fn array(&mut self, scope: &mut Scope<'a>, rows: &'a [Vec<Element>], span: Span) -> Node {
        let element = self.types.open();
        let mut items = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            if number > 0 {
                items.push(ArrayItem::Row);
            }
            for entry in row {
                items.push(self.element(scope, entry, element));
            }
        }
        Node {
            kind: NodeKind::Array(items),
            ty: self.types.array(element),
            span,
        }
    }

    fn element(
        &mut self,
        scope: &mut Scope<'a>,
        entry: &'a Element,
        element: Variable,
    ) -> ArrayItem<Node> {
        match entry {
            Element::Value(value) => {
                let node = self.expr(scope, value);
                self.types.constrain(
                    Constraint::Spliced {
                        value: node.ty,
                        element,
                    },
                    node.span,
                );
                ArrayItem::Value(node)
            }
            Element::Range { start, step, end } => {
                let span = start.span.to(end.span);
                let start = self.float_expr(scope, start);
                let step = match step {
                    Some(step) => self.float_expr(scope, step),
                    None => Self::float(1.0, span),
                };
                let end = self.float_expr(scope, end);
                if self.types.unify(element, Variable::FLOAT).is_err() {
                    let title = "a range gives floats, but the array holds something else";
                    self.diagnostics
                        .push(Diagnostic::error(Code("E0303"), title, span));
                }
                ArrayItem::Range(start, step, end)
            }
        }
    }

    pub(super) fn float_expr(&mut self, scope: &mut Scope<'a>, expr: &'a Expr) -> Node {
        let node = self.expr(scope, expr);
        self.expect(&node, Variable::FLOAT, || {
            ("a number is expected here".to_owned(), None)
        });
        node
    }

    fn index(
        &mut self,
        scope: &mut Scope<'a>,
        array: &'a Expr,
        indices: &'a [Element],
        span: Span,
    ) -> Node {
        let array = self.expr(scope, array);
        let element = self.types.open();
        let expected = self.types.array(element);
        self.expect(&array, expected, || {
            ("only arrays have elements".to_owned(), None)
        });
        let mut nodes = Vec::new();
        for entry in indices {
            nodes.push(match entry {
                Element::Value(value) => self.expr(scope, value),
                Element::Range { .. } => {
                    let item = self.element(scope, entry, Variable::FLOAT);
                    let ty = self.types.array(Variable::FLOAT);
                    Node {
                        kind: NodeKind::Array(vec![item]),
                        ty,
                        span,
                    }
                }
            });
        }
        let result = self.types.open();
        match nodes.as_slice() {
            [row] | [row, _] => {
                let column = nodes.last().map_or(row.ty, |column| column.ty);
                self.types.constrain(
                    Constraint::Indexed {
                        row: row.ty,
                        column,
                        element,
                        result,
                    },
                    span,
                );
            }
            _ => {
                let title = format!("an array has one or two indices, found {}", nodes.len());
                self.diagnostics
                    .push(Diagnostic::error(Code("E0304"), title, span));
            }
        }
        Node {
            kind: NodeKind::Index(Box::new(array), nodes),
            ty: result,
            span,
        }
    }

    fn comp(
        &mut self,
        scope: &mut Scope<'a>,
        arguments: &'a [Expr],
        arms: &'a [SelectedExpr],
        span: Span,
    ) -> Node {
        let begin = self.component_arguments(scope, arguments, span);
        let element = self.types.open();
        let mut nodes = Vec::new();
        for arm in arms {
            let condition = self.selector(scope, &arm.selector).0;
            let value = self.expr(scope, &arm.value);
            self.expect(&value, element, || {
                ("all branches of comp have one type".to_owned(), None)
            });
            nodes.push((condition, value));
        }
        let ty = self.types.array(element);
        Node {
            kind: NodeKind::Comp(begin, nodes),
            ty,
            span,
        }
    }

    /// A selector as a condition on the current component, and its token for `comp.sel` (or -1).
    pub(super) fn selector(&mut self, scope: &mut Scope<'a>, selector: &'a Expr) -> (Node, i32) {
        if let ExprKind::Name(name) = &selector.kind {
            let hidden = scope.knows(&name.text);
            let number = token::token(&name.text).filter(|_| is_selector(&name.text) && !hidden);
            if let Some(number) = number {
                let word = Self::word(number, name.span);
                return (
                    Self::kernel("comp_token", vec![word], Variable::BOOL, name.span),
                    number,
                );
            }
        }
        if let ExprKind::Call(name, arguments) = &selector.kind
            && let (true, [text]) = (name.text == "sel", arguments.as_slice())
        {
            let text = self.expr(scope, text);
            self.expect(&text, Variable::STRING, || {
                ("`sel` takes a string".to_owned(), None)
            });
            let word = Self::kernel("token_s", vec![text], Variable::BOOL, name.span);
            let test = Self::kernel("comp_token", vec![word], Variable::BOOL, name.span);
            return (test, -1);
        }
        let outer = std::mem::replace(&mut scope.in_selector, true);
        let node = self.expr(scope, selector);
        scope.in_selector = outer;
        let span = node.span;
        (
            Node {
                kind: NodeKind::Selector(Box::new(node)),
                ty: Variable::BOOL,
                span,
            },
            -1,
        )
    }

    /// `special(arguments)`: types of what is not one kernel function.
    pub(super) fn special(&mut self, special: Special, arguments: Vec<Node>, span: Span) -> Node {
        let ty = self.special_type(special, &arguments, span);
        Node {
            kind: NodeKind::Special(special, arguments),
            ty,
            span,
        }
    }
}
