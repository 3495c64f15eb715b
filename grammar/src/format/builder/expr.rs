//! Expressions.

use super::Builder;
use crate::ast::{BinaryOperator, Chain, Element, Expr, ExprKind, SelectedExpr};
use crate::format::doc::Doc;

impl Builder<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) -> Doc {
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Bool(_) | ExprKind::Name(_) => {
                self.take()
            }
            ExprKind::Call(_, arguments) => {
                let name = self.take();
                Doc::Concat(vec![name, self.arguments(arguments)])
            }
            ExprKind::Unary(_, operand)
            | ExprKind::Relative(operand)
            | ExprKind::Floating(operand) => {
                let operator = self.take();
                Doc::Concat(vec![operator, self.expr(operand)])
            }
            ExprKind::Binary(operator, ..) => self.binary(expr, precedence(*operator)),
            ExprKind::Case(chain) | ExprKind::Chance(chain) => self.chain(&expr.kind, chain),
            ExprKind::Parenthesized(inner) => {
                let open = self.take();
                let inner = self.expr(inner);
                bracketed(open, inner, self.take())
            }
            ExprKind::Array(rows) => self.array(rows),
            ExprKind::Index(base, indices) => {
                let base = self.expr(base);
                let open = self.take();
                let indices = self.elements(indices);
                Doc::Concat(vec![base, bracketed(open, indices, self.take())])
            }
            ExprKind::Comp(arguments, branches) => self.comp(arguments, branches),
        }
    }

    /// An expression after `=` or `:`, on the same line if it fits.
    pub(super) fn value(&mut self, expr: &Expr) -> Doc {
        let value = self.expr(expr);
        match &expr.kind {
            ExprKind::Case(chain) | ExprKind::Chance(chain) if !is_short(chain) => {
                Doc::indent(vec![Doc::HardLine, value])
            }
            _ => Doc::group(vec![Doc::indent(vec![Doc::Line, value])]),
        }
    }

    /// `(a, b)`.
    pub(super) fn arguments(&mut self, arguments: &[Expr]) -> Doc {
        let open = self.take();
        if arguments.is_empty() {
            return Doc::Concat(vec![open, self.take()]);
        }
        let list = self.separated(arguments, |builder, argument| builder.expr(argument));
        bracketed(open, list, self.take())
    }

    /// Items with a separator, which is taken from the words, after all but the last.
    pub(super) fn separated<T>(
        &mut self,
        items: &[T],
        mut item: impl FnMut(&mut Self, &T) -> Doc,
    ) -> Doc {
        let mut docs = Vec::new();
        for (index, entry) in items.iter().enumerate() {
            if index > 0 {
                docs.push(self.take());
                docs.push(Doc::Line);
            }
            docs.push(item(self, entry));
        }
        Doc::Concat(docs)
    }

    /// Operators of one precedence, each at the beginning of a line when broken.
    fn binary(&mut self, expr: &Expr, level: u8) -> Doc {
        let mut operands = Vec::new();
        let mut first = expr;
        while let ExprKind::Binary(operator, left, right) = &first.kind
            && precedence(*operator) == level
        {
            operands.push(right.as_ref());
            first = left;
        }
        let first = self.expr(first);
        let mut rest = Vec::new();
        for operand in operands.into_iter().rev() {
            rest.extend([Doc::Line, self.take(), Doc::Blank]);
            rest.push(self.expr(operand));
        }
        Doc::group(vec![first, Doc::indent(rest)])
    }

    fn chain(&mut self, kind: &ExprKind, chain: &Chain<Expr>) -> Doc {
        let short = is_short(chain);
        let mut docs = Vec::new();
        let mut chain = chain;
        let otherwise = loop {
            for (condition, value) in &chain.arms {
                docs.push(self.condition(condition));
                docs.push(self.value(value));
                docs.push(if short { Doc::Line } else { Doc::HardLine });
            }
            docs.extend([self.take(), self.take()]);
            match (kind, &chain.otherwise.kind) {
                (ExprKind::Case(_), ExprKind::Case(inner))
                | (ExprKind::Chance(_), ExprKind::Chance(inner)) => {
                    docs.push(Doc::Blank);
                    chain = inner;
                }
                _ => break &chain.otherwise,
            }
        };
        docs.push(self.value(otherwise));
        if short {
            Doc::group(docs)
        } else {
            Doc::Concat(docs)
        }
    }

    /// `case condition:` or `percent%:`.
    pub(super) fn condition(&mut self, condition: &Expr) -> Doc {
        if let Some(case) = self.take_if("case") {
            let condition = self.expr(condition);
            return Doc::Concat(vec![case, Doc::Blank, condition, self.take()]);
        }
        let head = self.expr(condition);
        Doc::Concat(vec![head, self.take(), self.take()])
    }

    fn array(&mut self, rows: &[Vec<Element>]) -> Doc {
        let open = self.take();
        let mut docs = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            if index > 0 {
                docs.push(self.take());
                docs.push(Doc::Line);
            }
            docs.push(self.elements(row));
        }
        // `[;]` has no elements, only the words of its empty rows.
        while self.peek() == ";" {
            docs.push(self.take());
        }
        bracketed(open, Doc::Concat(docs), self.take())
    }

    fn elements(&mut self, elements: &[Element]) -> Doc {
        self.separated(elements, |builder, element| match element {
            Element::Value(value) => builder.expr(value),
            Element::Range { start, step, end } => {
                let mut docs = vec![builder.expr(start)];
                for bound in step.iter().chain([end]) {
                    docs.push(builder.take());
                    docs.push(builder.expr(bound));
                }
                Doc::Concat(docs)
            }
        })
    }

    fn comp(&mut self, arguments: &[Expr], branches: &[SelectedExpr]) -> Doc {
        let mut docs = vec![self.take(), self.arguments(arguments), Doc::Blank];
        docs.push(self.branches(branches, |builder, branch| {
            let mut docs = vec![builder.expr(&branch.selector), Doc::Blank];
            docs.push(builder.take());
            docs.push(builder.value(&branch.value));
            Doc::Concat(docs)
        }));
        Doc::Concat(docs)
    }

    /// `{ a | b }`; broken, each branch has a line and the bars are aligned.
    pub(super) fn branches<T>(
        &mut self,
        items: &[T],
        mut item: impl FnMut(&mut Self, &T) -> Doc,
    ) -> Doc {
        let mut docs = vec![self.take()];
        for (index, entry) in items.iter().enumerate() {
            if index == 0 {
                docs.push(Doc::indent(vec![Doc::Line, item(self, entry)]));
            } else {
                docs.push(Doc::Indent(2, Box::new(Doc::Line)));
                docs.push(Doc::Indent(2, Box::new(self.take())));
                docs.push(Doc::Blank);
                docs.push(Doc::indent(vec![item(self, entry)]));
            }
        }
        docs.extend([Doc::Line, self.take()]);
        Doc::group(docs)
    }
}

/// Whether a chain may stand on one line: one test whose results are no chains.
fn is_short(chain: &Chain<Expr>) -> bool {
    let simple = |expr: &Expr| !matches!(expr.kind, ExprKind::Case(_) | ExprKind::Chance(_));
    chain.arms.len() == 1
        && chain.arms.iter().all(|(_, value)| simple(value))
        && simple(&chain.otherwise)
}

/// Something in brackets, indented when it does not fit.
pub(super) fn bracketed(open: Doc, inner: Doc, close: Doc) -> Doc {
    Doc::group(vec![
        open,
        Doc::indent(vec![Doc::SoftLine, inner]),
        Doc::SoftLine,
        close,
    ])
}

fn precedence(operator: BinaryOperator) -> u8 {
    use BinaryOperator as B;
    match operator {
        B::Or | B::EachOr => 0,
        B::And | B::EachAnd => 1,
        B::Equal | B::NotEqual | B::EachEqual | B::EachNotEqual => 2,
        B::Less | B::LessEqual | B::Greater | B::GreaterEqual => 3,
        B::EachLess | B::EachLessEqual | B::EachGreater | B::EachGreaterEqual => 3,
        B::Add | B::Subtract | B::EachAdd | B::EachSubtract => 4,
        B::Multiply | B::Divide | B::Remainder => 5,
        B::EachMultiply | B::EachDivide | B::EachRemainder => 5,
    }
}
