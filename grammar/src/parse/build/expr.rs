//! Expressions: chains by loops, operators by precedence climbing.

use std::sync::LazyLock;

use pest::iterators::Pair;
use pest::pratt_parser::{Assoc, Op, PrattParser};

use super::{Builder, Built, next, parts};
use crate::ast::{
    BinaryOperator, Chain, Element, Expr, ExprKind, SelectOperator, SelectedExpr, UnaryOperator,
};
use crate::parse::message;
use crate::parse::syntax::Rule;
use crate::span::Span;

/// The operators, loosest first. Prefixes and indices belong to the term.
static OPERATORS: LazyLock<PrattParser<Rule>> = LazyLock::new(|| {
    PrattParser::new()
        .op(Op::infix(Rule::or_op, Assoc::Left))
        .op(Op::infix(Rule::and_op, Assoc::Left))
        .op(Op::infix(Rule::equality_op, Assoc::Left))
        .op(Op::infix(Rule::comparison_op, Assoc::Left))
        .op(Op::infix(Rule::sum_op, Assoc::Left))
        .op(Op::infix(Rule::product_op, Assoc::Left))
});

/// What a chain leads to before its last `else`.
enum Segment {
    Case(Vec<(Expr, Expr)>, Span),
    Chance(Vec<(Expr, Expr)>, Span),
}

impl Builder<'_> {
    /// An expression that may be a chain and may begin with `'` or `~`.
    pub(super) fn full_expr(&mut self, pair: Pair<'_, Rule>) -> Built<Expr> {
        let span = self.span(&pair);
        let levels = 1 + pair
            .clone()
            .into_inner()
            .filter(|p| matches!(p.as_rule(), Rule::expr_segment | Rule::chance_tail))
            .count();
        self.below(levels, span, |builder| builder.chain(pair, span))
    }

    fn chain(&mut self, pair: Pair<'_, Rule>, span: Span) -> Built<Expr> {
        let mut segments = Vec::new();
        let mut prefix: Option<(Rule, Span)> = None;
        let mut last = None;
        for part in parts(pair) {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::expr_segment => {
                    let arms = parts(part).map(|arm| self.arm(arm)).collect::<Built<_>>()?;
                    segments.push(Segment::Case(arms, place));
                }
                Rule::chance_tail => {
                    let head = last.take().expect("the grammar has an expression before %");
                    segments.push(self.chance(head, part)?);
                }
                rule @ (Rule::relative | Rule::floating) => prefix = Some((rule, place)),
                _ => last = Some(prefixed(prefix.take(), self.expr(part)?)),
            }
        }
        let mut expr = last.expect("the grammar ends with an expression");
        for segment in segments.into_iter().rev() {
            let (make, arms, start): (fn(_) -> _, _, Span) = match segment {
                Segment::Case(arms, start) => (ExprKind::Case, arms, start),
                Segment::Chance(arms, start) => (ExprKind::Chance, arms, start),
            };
            let kind = make(Chain {
                arms,
                otherwise: Box::new(expr),
            });
            expr = Expr {
                kind,
                span: start.to(span),
            };
        }
        Ok(expr)
    }

    /// `case condition : value` or `expr % : value`.
    fn arm(&mut self, pair: Pair<'_, Rule>) -> Built<(Expr, Expr)> {
        let mut inner = parts(pair);
        let condition = self.expr(next(&mut inner))?;
        Ok((condition, self.full_expr(next(&mut inner))?))
    }

    fn chance(&mut self, head: Expr, pair: Pair<'_, Rule>) -> Built<Segment> {
        let start = head.span;
        let mut inner = parts(pair);
        let mut arms = vec![(head, self.full_expr(next(&mut inner))?)];
        for arm in inner {
            arms.push(self.arm(arm)?);
        }
        Ok(Segment::Chance(arms, start))
    }

    /// Operators over terms.
    pub(super) fn expr(&mut self, pair: Pair<'_, Rule>) -> Built<Expr> {
        let span = self.span(&pair);
        let operators = pair.clone().into_inner().len() / 2;
        if operators == 0 {
            return self.term(next(&mut pair.into_inner()));
        }
        self.below(operators, span, |builder| {
            OPERATORS
                .map_primary(|term| builder.term(term))
                .map_infix(|left, operator, right| {
                    let (left, right) = (left?, right?);
                    let span = left.span.to(right.span);
                    let operator = binary_operator(operator.as_str());
                    Ok(Expr {
                        kind: ExprKind::Binary(operator, Box::new(left), Box::new(right)),
                        span,
                    })
                })
                .parse(pair.into_inner())
        })
    }

    fn term(&mut self, pair: Pair<'_, Rule>) -> Built<Expr> {
        let span = self.span(&pair);
        let levels = pair.clone().into_inner().len();
        self.below(levels, span, |builder| {
            let mut prefixes = Vec::new();
            let mut expr = None;
            for part in parts(pair) {
                let place = builder.span(&part);
                match part.as_rule() {
                    Rule::prefix_op => prefixes.push((unary_operator(part.as_str()), place)),
                    Rule::index => {
                        let base: Expr = expr.take().expect("the grammar has a primary before [");
                        let indices = builder.elements(part)?;
                        let span = base.span.to(place);
                        let kind = ExprKind::Index(Box::new(base), indices);
                        expr = Some(Expr { kind, span });
                    }
                    _ => expr = Some(builder.primary(part)?),
                }
            }
            let mut expr = expr.expect("the grammar has a primary");
            for (operator, place) in prefixes.into_iter().rev() {
                let span = place.to(expr.span);
                let kind = ExprKind::Unary(operator, Box::new(expr));
                expr = Expr { kind, span };
            }
            Ok(expr)
        })
    }

    fn primary(&mut self, pair: Pair<'_, Rule>) -> Built<Expr> {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::number => ExprKind::Number(number(pair.as_str())),
            Rule::string => ExprKind::String(unescape(pair.as_str())),
            Rule::boolean => ExprKind::Bool(pair.as_str() == "true"),
            Rule::paren => {
                let inner = next(&mut parts(pair));
                ExprKind::Parenthesized(Box::new(self.full_expr(inner)?))
            }
            Rule::array => {
                let rows = parts(pair)
                    .map(|row| self.elements(row))
                    .collect::<Built<Vec<_>>>()?;
                let empty = rows.iter().all(Vec::is_empty);
                ExprKind::Array(if empty { Vec::new() } else { rows })
            }
            _ => self.call(pair)?,
        };
        Ok(Expr { kind, span })
    }

    /// A name, a call, or the comp function.
    fn call(&mut self, pair: Pair<'_, Rule>) -> Built<ExprKind> {
        let mut inner = parts(pair);
        let name = self.name(&next(&mut inner));
        let Some(list) = inner.next() else {
            return Ok(ExprKind::Name(name));
        };
        let arguments = self.arguments(list)?;
        let Some(block) = inner.next() else {
            return Ok(ExprKind::Call(name, arguments));
        };
        let branches = parts(block)
            .map(|branch| self.comp_branch(branch))
            .collect::<Built<_>>()?;
        Ok(ExprKind::Comp(arguments, branches))
    }

    fn comp_branch(&mut self, pair: Pair<'_, Rule>) -> Built<SelectedExpr> {
        let mut inner = parts(pair);
        Ok(SelectedExpr {
            selector: self.full_expr(next(&mut inner))?,
            operator: select_operator(next(&mut inner).as_str()),
            value: self.full_expr(next(&mut inner))?,
        })
    }

    /// Plain arguments; `name = value` only has a meaning in dynamic imports.
    pub(super) fn arguments(&mut self, pair: Pair<'_, Rule>) -> Built<Vec<Expr>> {
        let mut arguments = Vec::new();
        for argument in parts(pair) {
            let place = self.span(&argument);
            let mut inner = parts(argument);
            let first = next(&mut inner);
            arguments.push(match first.as_rule() {
                Rule::path => {
                    return Err(Box::new(message::named_argument(first.as_str(), place)));
                }
                Rule::rule_override => return Err(Box::new(message::rule_argument(place))),
                _ => self.full_expr(first)?,
            });
        }
        Ok(arguments)
    }

    fn elements(&mut self, pair: Pair<'_, Rule>) -> Built<Vec<Element>> {
        parts(pair).map(|element| self.element(element)).collect()
    }

    fn element(&mut self, pair: Pair<'_, Rule>) -> Built<Element> {
        let mut exprs = parts(pair)
            .map(|expr| self.full_expr(expr))
            .collect::<Built<Vec<_>>>()?;
        let last = exprs.pop().expect("the grammar has an expression");
        let middle = exprs.pop();
        Ok(match (exprs.pop(), middle) {
            (None, None) => Element::Value(last),
            (None, Some(start)) => Element::Range {
                start,
                step: None,
                end: last,
            },
            (Some(start), step) => Element::Range {
                start,
                step,
                end: last,
            },
        })
    }
}

fn prefixed(prefix: Option<(Rule, Span)>, expr: Expr) -> Expr {
    let Some((rule, place)) = prefix else {
        return expr;
    };
    let span = place.to(expr.span);
    let kind = if rule == Rule::relative {
        ExprKind::Relative(Box::new(expr))
    } else {
        ExprKind::Floating(Box::new(expr))
    };
    Expr { kind, span }
}

pub(super) fn select_operator(text: &str) -> SelectOperator {
    match text {
        ":" => SelectOperator::Each,
        "=" => SelectOperator::All,
        _ => SelectOperator::Connected,
    }
}

fn unary_operator(text: &str) -> UnaryOperator {
    match text {
        // On arrays, these work on every element with a dot or without.
        "-" | ".-" => UnaryOperator::Negate,
        "+" | ".+" => UnaryOperator::Plus,
        ".!" => UnaryOperator::EachNot,
        _ => UnaryOperator::Not,
    }
}

fn binary_operator(text: &str) -> BinaryOperator {
    match text {
        "||" => BinaryOperator::Or,
        "&&" => BinaryOperator::And,
        "==" => BinaryOperator::Equal,
        "!=" => BinaryOperator::NotEqual,
        "<" => BinaryOperator::Less,
        "<=" => BinaryOperator::LessEqual,
        ">" => BinaryOperator::Greater,
        ">=" => BinaryOperator::GreaterEqual,
        "+" => BinaryOperator::Add,
        "-" => BinaryOperator::Subtract,
        "*" => BinaryOperator::Multiply,
        "/" => BinaryOperator::Divide,
        "%" => BinaryOperator::Remainder,
        ".||" => BinaryOperator::EachOr,
        ".&&" => BinaryOperator::EachAnd,
        ".==" => BinaryOperator::EachEqual,
        ".!=" => BinaryOperator::EachNotEqual,
        ".<" => BinaryOperator::EachLess,
        ".<=" => BinaryOperator::EachLessEqual,
        ".>" => BinaryOperator::EachGreater,
        ".>=" => BinaryOperator::EachGreaterEqual,
        ".+" => BinaryOperator::EachAdd,
        ".-" => BinaryOperator::EachSubtract,
        ".*" => BinaryOperator::EachMultiply,
        "./" => BinaryOperator::EachDivide,
        ".%" => BinaryOperator::EachRemainder,
        _ => unreachable!("the grammar has no other operators"),
    }
}

fn number(text: &str) -> f64 {
    text.parse()
        .expect("the grammar's numbers are Rust's numbers")
}

/// The text of a quoted string. Unknown escapes stay as written.
pub(super) fn unescape(quoted: &str) -> String {
    let text = &quoted[1..quoted.len() - 1];
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        result.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let (character, length) = escaped(escape);
        match character {
            Some(c) => result.push(c),
            None => result.push_str(&rest[at..at + 1 + length]),
        }
        rest = &escape[length..];
    }
    result.push_str(rest);
    result
}

/// What stands after a backslash, and how many bytes of it belong to the escape.
fn escaped(escape: &str) -> (Option<char>, usize) {
    match escape.chars().next() {
        Some('n') => (Some('\n'), 1),
        Some('t') => (Some('\t'), 1),
        Some('"') => (Some('"'), 1),
        Some('\\') => (Some('\\'), 1),
        Some('u') => {
            let code = escape
                .get(1..5)
                .and_then(|hex| u32::from_str_radix(hex, 16).ok());
            match code.and_then(char::from_u32) {
                Some(c) => (Some(c), 5),
                None => (None, 1),
            }
        }
        Some(c) => (None, c.len_utf8()),
        None => (None, 0),
    }
}
