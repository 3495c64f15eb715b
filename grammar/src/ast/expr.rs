//! Expressions.

use super::Name;
use super::successor::SelectOperator;
use crate::span::Span;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `12`, `.5`, `1.`, `1e3`.
    Number(f64),
    /// A string, unescaped.
    String(String),
    /// `true`, `false`.
    Bool(bool),
    /// A name without arguments: parameter, attribute, function, shape attribute or selector token.
    Name(Name),
    /// `name(arguments)`.
    Call(Name, Vec<Expr>),
    /// `-x`, `+x`, `!x`.
    Unary(UnaryOperator, Box<Expr>),
    /// `a + b`.
    Binary(BinaryOperator, Box<Expr>, Box<Expr>),
    /// `'x`: relative to the scope; only at the head of an argument or size.
    Relative(Box<Expr>),
    /// `~x`: floating; only at the head of an argument or size.
    Floating(Box<Expr>),
    /// `case a: x case b: y else: z`.
    Case(Chain<Expr>),
    /// `30%: x 20%: y else: z`.
    Chance(Chain<Expr>),
    /// `(x)`: kept for the formatter.
    Parenthesized(Box<Expr>),
    /// `[a, b; c, d]`: rows of elements.
    Array(Vec<Vec<Element>>),
    /// `a[i]` or `a[row, column]`; each index may be an array or a range.
    Index(Box<Expr>, Vec<Element>),
    /// `comp(f) { selector : expr | ... }`: an array with one entry per component.
    Comp(Vec<Expr>, Vec<SelectedExpr>),
}

/// `case`/`else` or `%`/`else`: conditions (or percentages) with what they lead to.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain<T> {
    /// Tested in order, at least one.
    pub arms: Vec<(Expr, T)>,
    /// `else`.
    pub otherwise: Box<T>,
}

/// An entry of an array row.
#[derive(Debug, Clone, PartialEq)]
pub enum Element {
    /// A value; an array value is spliced in.
    Value(Expr),
    /// `start : end` or `start : step : end`.
    Range {
        /// First value.
        start: Expr,
        /// Increment, 1 when absent.
        step: Option<Expr>,
        /// Limit, included.
        end: Expr,
    },
}

/// A branch of the comp function.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectedExpr {
    /// Which components.
    pub selector: Expr,
    /// How they are taken.
    pub operator: SelectOperator,
    /// The value.
    pub value: Expr,
}

/// `name := expr` in a `with`.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    /// The local's name.
    pub name: Name,
    /// Evaluated once, on entry.
    pub value: Expr,
}

/// Prefix operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `-`
    Negate,
    /// `+`
    Plus,
    /// `!`
    Not,
    /// `.!`
    EachNot,
}

/// Infix operators; element-wise ones (`.+`) on arrays are the `Each` forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the operators")]
pub enum BinaryOperator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    EachOr,
    EachAnd,
    EachEqual,
    EachNotEqual,
    EachLess,
    EachLessEqual,
    EachGreater,
    EachGreaterEqual,
    EachAdd,
    EachSubtract,
    EachMultiply,
    EachDivide,
    EachRemainder,
}
