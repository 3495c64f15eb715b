//! Expressions in prefix form.

use std::fmt::{self, Display, Formatter};

use crate::ast::{BinaryOperator, Chain, Element, Expr, ExprKind, UnaryOperator};

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Number(number) => write!(f, "{number}"),
            ExprKind::String(string) => write!(f, "{string:?}"),
            ExprKind::Bool(value) => write!(f, "{value}"),
            ExprKind::Name(name) => f.write_str(&name.text),
            ExprKind::Call(name, arguments) => {
                write!(f, "{}(", name.text)?;
                separated(f, arguments, ", ")?;
                f.write_str(")")
            }
            ExprKind::Unary(operator, operand) => write!(f, "({operator} {operand})"),
            ExprKind::Binary(operator, left, right) => write!(f, "({operator} {left} {right})"),
            ExprKind::Relative(inner) => write!(f, "(relative {inner})"),
            ExprKind::Floating(inner) => write!(f, "(floating {inner})"),
            ExprKind::Case(chain) => display_chain(f, "case", chain),
            ExprKind::Chance(chain) => display_chain(f, "chance", chain),
            ExprKind::Parenthesized(inner) => write!(f, "(group {inner})"),
            ExprKind::Array(rows) => {
                f.write_str("[")?;
                for (index, row) in rows.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { "; " })?;
                    separated(f, row, ", ")?;
                }
                f.write_str("]")
            }
            ExprKind::Index(base, indices) => {
                write!(f, "(index {base} ")?;
                separated(f, indices, " ")?;
                f.write_str(")")
            }
            ExprKind::Comp(arguments, branches) => {
                f.write_str("comp(")?;
                separated(f, arguments, ", ")?;
                f.write_str(") {")?;
                for branch in branches {
                    write!(
                        f,
                        " {} {} {}",
                        branch.selector, branch.operator, branch.value
                    )?;
                }
                f.write_str(" }")
            }
        }
    }
}

impl Display for Element {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(f),
            Self::Range {
                start,
                step: None,
                end,
            } => write!(f, "(range {start} {end})"),
            Self::Range {
                start,
                step: Some(step),
                end,
            } => write!(f, "(range {start} {step} {end})"),
        }
    }
}

impl Display for UnaryOperator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Negate => "-",
            Self::Plus => "+",
            Self::Not => "!",
            Self::EachNot => ".!",
        })
    }
}

impl Display for BinaryOperator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::EachOr => ".||",
            Self::EachAnd => ".&&",
            Self::EachEqual => ".==",
            Self::EachNotEqual => ".!=",
            Self::EachLess => ".<",
            Self::EachLessEqual => ".<=",
            Self::EachGreater => ".>",
            Self::EachGreaterEqual => ".>=",
            Self::EachAdd => ".+",
            Self::EachSubtract => ".-",
            Self::EachMultiply => ".*",
            Self::EachDivide => "./",
            Self::EachRemainder => ".%",
        })
    }
}

fn display_chain(f: &mut Formatter<'_>, word: &str, chain: &Chain<Expr>) -> fmt::Result {
    write!(f, "({word}")?;
    for (condition, value) in &chain.arms {
        write!(f, " {condition}: {value}")?;
    }
    write!(f, " else: {})", chain.otherwise)
}

fn separated(f: &mut Formatter<'_>, list: &[impl Display], separator: &str) -> fmt::Result {
    for (index, item) in list.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { separator })?;
        item.fmt(f)?;
    }
    Ok(())
}
