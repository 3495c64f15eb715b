//! Computes what is known at compile time, exactly as Wasm would, and puts known values of constants and functions
//! where they are used. Kernel functions are not called.

use std::collections::BTreeSet;

use crate::ir::{
    AttributeId, Binary, Body, Expr, ExprKind, FunctionId, Program, Step, Type, Unary,
};

/// Constants that are known only through other constants need another round; chains longer than this stay.
const MOST_ROUNDS: usize = 16;

/// Folds the whole program.
pub(crate) fn fold(program: &mut Program) {
    let set = attributes_set(program);
    let mut known = 0;
    for _ in 0..MOST_ROUNDS {
        program.for_each_expr_mut(&mut fold_expr);
        for rule in &mut program.rules {
            fold_steps(&mut rule.steps);
        }
        let literals = Literals::of(program, &set);
        if literals.count() == known {
            break;
        }
        known = literals.count();
        program.for_each_expr_mut(&mut |expr| literals.replace(expr));
    }
    for attribute in &mut program.attributes {
        if attribute.body.bindings.is_empty() {
            attribute.default = attribute.body.value.literal();
        }
    }
}

/// Attributes that some rule sets.
fn attributes_set(program: &Program) -> BTreeSet<AttributeId> {
    let mut set = BTreeSet::new();
    for rule in &program.rules {
        crate::ir::walk_steps(&rule.steps, &mut |step| {
            if let Step::SetAttribute(_, id, _) = step {
                set.insert(*id);
            }
        });
    }
    set
}

/// Constants and parameterless functions whose values are written out.
struct Literals {
    attributes: Vec<Option<Expr>>,
    functions: Vec<Option<Expr>>,
}

impl Literals {
    fn of(program: &Program, set: &BTreeSet<AttributeId>) -> Self {
        let literal = |body: &Body| {
            (body.bindings.is_empty() && body.value.literal().is_some()).then(|| body.value.clone())
        };
        let attributes = program
            .attributes
            .iter()
            .enumerate()
            .map(|(index, attribute)| {
                let fixed = !attribute.settable && !set.contains(&AttributeId::new(index));
                fixed.then(|| literal(&attribute.body)).flatten()
            });
        let functions = program.functions.iter();
        Self {
            attributes: attributes.collect(),
            functions: functions
                .map(|it| {
                    if it.params == 0 {
                        literal(&it.body)
                    } else {
                        None
                    }
                })
                .collect(),
        }
    }

    fn count(&self) -> usize {
        self.attributes
            .iter()
            .chain(&self.functions)
            .flatten()
            .count()
    }

    fn replace(&self, expr: &mut Expr) {
        let value = match &expr.kind {
            ExprKind::Attribute(AttributeId(index)) => self.attributes[*index as usize].as_ref(),
            ExprKind::Call(FunctionId(index), _) => self.functions[*index as usize].as_ref(),
            _ => None,
        };
        match value {
            Some(value) => *expr = value.clone(),
            None => expr
                .operands_mut()
                .into_iter()
                .for_each(|operand| self.replace(operand)),
        }
    }
}

/// Folds the steps of chains whose conditions are known.
fn fold_steps(steps: &mut Vec<Step<Expr>>) {
    let mut folded = Vec::with_capacity(steps.len());
    for mut step in std::mem::take(steps) {
        step.parts_mut().1.into_iter().for_each(fold_steps);
        match step {
            Step::Case(mut arms, mut otherwise) => {
                arms.retain(|(condition, _)| condition.kind != ExprKind::Bool(false));
                if let Some(always) = arms
                    .iter()
                    .position(|(condition, _)| condition.kind == ExprKind::Bool(true))
                {
                    otherwise = arms.swap_remove(always).1;
                    arms.truncate(always);
                }
                if arms.is_empty() {
                    folded.extend(otherwise);
                } else {
                    folded.push(Step::Case(arms, otherwise));
                }
            }
            step => folded.push(step),
        }
    }
    *steps = folded;
}

/// Folds one expression, innermost first.
fn fold_expr(expr: &mut Expr) {
    expr.operands_mut().into_iter().for_each(fold_expr);
    let folded = match &mut expr.kind {
        ExprKind::Unary(operator, operand) => fold_unary(*operator, operand),
        ExprKind::Binary(operator, left, right) => fold_binary(*operator, left, right),
        ExprKind::Kernel(function, arguments) if function.entry().name == "concat" => {
            fold_concat(arguments)
        }
        ExprKind::Case(arms, otherwise) => {
            arms.retain(|(condition, _)| condition.kind != ExprKind::Bool(false));
            if let Some(always) = arms
                .iter()
                .position(|(condition, _)| condition.kind == ExprKind::Bool(true))
            {
                **otherwise = arms.swap_remove(always).1;
                arms.truncate(always);
            }
            arms.is_empty()
                .then(|| std::mem::replace(&mut **otherwise, Expr::bool(false)))
        }
        _ => None,
    };
    if let Some(folded) = folded {
        *expr = folded;
    }
}

/// Two literals side by side are one.
fn fold_concat(arguments: &[Expr]) -> Option<Expr> {
    match arguments {
        [
            Expr {
                kind: ExprKind::String(left),
                ..
            },
            Expr {
                kind: ExprKind::String(right),
                ..
            },
        ] => Some(Expr::string(format!("{left}{right}"))),
        _ => None,
    }
}

fn fold_unary(operator: Unary, operand: &Expr) -> Option<Expr> {
    Some(match (operator, &operand.kind) {
        (Unary::Negate, ExprKind::Float(x)) => Expr::float(-x),
        (Unary::Absolute, ExprKind::Float(x)) => Expr::float(x.abs()),
        (Unary::Floor, ExprKind::Float(x)) => Expr::float(x.floor()),
        (Unary::Ceil, ExprKind::Float(x)) => Expr::float(x.ceil()),
        (Unary::Nearest, ExprKind::Float(x)) => Expr::float(x.round_ties_even()),
        (Unary::SquareRoot, ExprKind::Float(x)) => Expr::float(x.sqrt()),
        (Unary::Not, ExprKind::Bool(x)) => Expr::bool(!x),
        (Unary::FloatOfBool, ExprKind::Bool(x)) => Expr::float(f64::from(u8::from(*x))),
        _ => return None,
    })
}

fn fold_binary(operator: Binary, left: &mut Expr, right: &mut Expr) -> Option<Expr> {
    match (operator, &left.kind, &right.kind) {
        (Binary::And, ExprKind::Bool(false), _) | (Binary::Or, ExprKind::Bool(true), _) => {
            Some(left.clone())
        }
        (Binary::And, ExprKind::Bool(true), _) | (Binary::Or, ExprKind::Bool(false), _) => {
            Some(std::mem::replace(right, Expr::bool(false)))
        }
        (Binary::And, _, ExprKind::Bool(true)) | (Binary::Or, _, ExprKind::Bool(false)) => {
            Some(std::mem::replace(left, Expr::bool(false)))
        }
        (_, ExprKind::Float(a), ExprKind::Float(b)) => Some(fold_floats(operator, *a, *b)),
        (Binary::WordEqual, ExprKind::String(a), ExprKind::String(b)) => Some(Expr::bool(a == b)),
        (Binary::WordNotEqual, ExprKind::String(a), ExprKind::String(b)) => {
            Some(Expr::bool(a != b))
        }
        (Binary::WordEqual, ExprKind::Bool(a), ExprKind::Bool(b)) => Some(Expr::bool(a == b)),
        (Binary::WordNotEqual, ExprKind::Bool(a), ExprKind::Bool(b)) => Some(Expr::bool(a != b)),
        _ => None,
    }
}

#[expect(clippy::float_cmp, reason = "Wasm compares exactly too")]
fn fold_floats(operator: Binary, a: f64, b: f64) -> Expr {
    let value = match operator {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => a * b,
        Binary::Divide => a / b,
        Binary::Minimum => minimum(a, b),
        Binary::Maximum => -minimum(-a, -b),
        Binary::Equal => return Expr::bool(a == b),
        Binary::NotEqual => return Expr::bool(a != b),
        Binary::Less => return Expr::bool(a < b),
        Binary::LessEqual => return Expr::bool(a <= b),
        Binary::Greater => return Expr::bool(a > b),
        Binary::GreaterEqual => return Expr::bool(a >= b),
        _ => unreachable!("operands of other operators are not floats"),
    };
    Expr {
        kind: ExprKind::Float(value),
        ty: Type::FLOAT,
    }
}

/// Wasm's minimum: NaN if either is, and -0 below 0.
fn minimum(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a < b || (a == b && a.is_sign_negative()) {
        a
    } else {
        b
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(mut expr: Expr) -> ExprKind {
        fold_expr(&mut expr);
        expr.kind
    }

    #[test]
    fn arithmetic_on_literals_folds() {
        let sum = Expr::binary(Binary::Add, Expr::float(1.0), Expr::float(2.0));
        let product = Expr::binary(Binary::Multiply, sum, Expr::float(4.0));
        assert_eq!(folded(product), ExprKind::Float(12.0));
    }

    #[test]
    fn minimum_knows_negative_zero() {
        let smallest = Expr::binary(Binary::Minimum, Expr::float(0.0), Expr::float(-0.0));
        assert!(matches!(folded(smallest), ExprKind::Float(x) if x.is_sign_negative()));
        let largest = Expr::binary(Binary::Maximum, Expr::float(-0.0), Expr::float(0.0));
        assert!(matches!(folded(largest), ExprKind::Float(x) if x.is_sign_positive()));
    }

    #[test]
    fn the_nearest_of_a_half_is_even() {
        assert_eq!(
            folded(Expr::unary(Unary::Nearest, Expr::float(2.5))),
            ExprKind::Float(2.0)
        );
    }

    #[test]
    fn arms_after_a_certain_one_go() {
        let arm = |condition, value| (Expr::bool(condition), Expr::float(value));
        let arms = vec![arm(false, 1.0), arm(true, 2.0), arm(true, 3.0)];
        let case = Expr {
            kind: ExprKind::Case(arms, Box::new(Expr::float(4.0))),
            ty: Type::FLOAT,
        };
        assert_eq!(folded(case), ExprKind::Float(2.0));
    }
}
