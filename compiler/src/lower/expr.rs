//! Expressions.

use gable_grammar::ast::{BinaryOperator, UnaryOperator};

use super::{Lowerer, special};
use crate::ir::{ArrayItem, Binary, Expr, ExprKind, LocalId, Scalar, Type, Unary};
use crate::tree::{Node, NodeKind};

impl Lowerer<'_> {
    pub(super) fn exprs(&mut self, nodes: Vec<Node>) -> Vec<Expr> {
        nodes.into_iter().map(|node| self.expr(node)).collect()
    }

    pub(super) fn expr(&mut self, node: Node) -> Expr {
        let ty = self.types.settled(node.ty);
        let kind = match node.kind {
            NodeKind::Float(value) => return Expr::float(value),
            NodeKind::Bool(value) => return Expr::bool(value),
            NodeKind::String(value) => return Expr::string(value),
            NodeKind::Word(value) => return Expr::word(value),
            NodeKind::Missing => return Expr::zero(ty),
            NodeKind::Local(local) => ExprKind::Local(local),
            NodeKind::Tee(local, value) => ExprKind::Tee(local, Box::new(self.expr(*value))),
            NodeKind::Attribute(id) => ExprKind::Attribute(id),
            NodeKind::ShapeAttribute(number) => {
                let function = if ty == Type::FLOAT {
                    "builtin_f"
                } else {
                    "builtin_i"
                };
                return Expr::kernel(function, vec![Expr::word(number)], ty);
            }
            NodeKind::Call(id, arguments) => ExprKind::Call(id, self.exprs(arguments)),
            NodeKind::Kernel(function, arguments) => {
                ExprKind::Kernel(function, self.exprs(arguments))
            }
            NodeKind::Special(function, arguments) => {
                let arguments = self.exprs(arguments);
                return self.special(function, arguments, ty);
            }
            NodeKind::Text(value) => return special::text(self.expr(*value)),
            NodeKind::Selector(value) => {
                let value = self.expr(*value);
                if value.ty == Type::FLOAT {
                    return Expr::kernel("comp_index", vec![value], Type::BOOL);
                }
                return value;
            }
            NodeKind::Unary(operator, value) => return unary(operator, self.expr(*value)),
            NodeKind::Binary(operator, left, right) => {
                let left = self.expr(*left);
                let right = self.expr(*right);
                return binary(operator, left, right, ty);
            }
            NodeKind::Case(arms, otherwise) => {
                let arms = self.arms(arms);
                ExprKind::Case(arms, Box::new(self.expr(*otherwise)))
            }
            NodeKind::Array(items) => {
                ExprKind::Array(items.into_iter().map(|item| self.item(item)).collect())
            }
            NodeKind::Index(array, indices) => {
                let array = self.expr(*array);
                let indices = self.exprs(indices);
                return index(array, indices, ty);
            }
            NodeKind::Comp(begin, arms) => {
                let begin = self.exprs(begin);
                ExprKind::Comp(begin, self.arms(arms))
            }
        };
        Expr { kind, ty }
    }

    fn arms(&mut self, arms: Vec<(Node, Node)>) -> Vec<(Expr, Expr)> {
        let lower = |(condition, value)| {
            let condition = self.expr(condition);
            (condition, self.expr(value))
        };
        arms.into_iter().map(lower).collect()
    }

    fn item(&mut self, item: ArrayItem<Node>) -> ArrayItem<Expr> {
        match item {
            ArrayItem::Value(value) => ArrayItem::Value(self.expr(value)),
            ArrayItem::Range(start, step, end) => {
                let start = self.expr(start);
                let step = self.expr(step);
                ArrayItem::Range(start, step, self.expr(end))
            }
            ArrayItem::Row => ArrayItem::Row,
        }
    }

    /// Keeps a value in a new local: the expression that stores it, and the local.
    pub(super) fn keep(&mut self, value: Expr) -> (Expr, LocalId) {
        let ty = value.ty;
        let local = self.local(ty);
        (
            Expr {
                kind: ExprKind::Tee(local, Box::new(value)),
                ty,
            },
            local,
        )
    }
}

/// The value of a local.
pub(super) fn local(local: LocalId, ty: Type) -> Expr {
    Expr {
        kind: ExprKind::Local(local),
        ty,
    }
}

/// A one-element array of a scalar; an array as it is.
pub(super) fn array_of(value: Expr) -> Expr {
    let Type::Scalar(scalar) = value.ty else {
        return value;
    };
    let ty = Type::Array(scalar);
    match scalar {
        Scalar::Float => Expr::kernel("array_of_f", vec![value], ty),
        Scalar::Bool | Scalar::String => {
            Expr::kernel("array_of_i", vec![Expr::word(scalar as i32), value], ty)
        }
    }
}

fn unary(operator: UnaryOperator, value: Expr) -> Expr {
    match (operator, value.ty) {
        (UnaryOperator::Plus, _) => value,
        (UnaryOperator::Negate, Type::FLOAT) => Expr::unary(Unary::Negate, value),
        (UnaryOperator::Not | UnaryOperator::EachNot, Type::BOOL) => Expr::unary(Unary::Not, value),
        (_, ty) => Expr::kernel("array_negate", vec![value], ty),
    }
}

/// The number of an element-wise operator in the kernel, and the operator itself for floats.
fn each(operator: BinaryOperator) -> Option<i32> {
    use BinaryOperator as B;
    Some(match operator {
        B::EachOr => 0,
        B::EachAnd => 1,
        B::EachEqual => 2,
        B::EachNotEqual => 3,
        B::EachLess => 4,
        B::EachLessEqual => 5,
        B::EachGreater => 6,
        B::EachGreaterEqual => 7,
        B::EachAdd => 8,
        B::EachSubtract => 9,
        B::EachMultiply => 10,
        B::EachDivide => 11,
        B::EachRemainder => 12,
        _ => return None,
    })
}

fn binary(operator: BinaryOperator, left: Expr, right: Expr, ty: Type) -> Expr {
    use BinaryOperator as B;
    if let Some(number) = each(operator) {
        let [left, right] = [left, right].map(|side| match side.ty.scalar() {
            Scalar::Float | Scalar::Bool
                if operator == B::EachAdd && ty.scalar() == Scalar::String =>
            {
                special::convert(Some(side), Scalar::String)
            }
            _ => array_of(side),
        });
        return Expr::kernel("array_each", vec![Expr::word(number), left, right], ty);
    }
    match operator {
        B::Or => Expr::binary(Binary::Or, left, right),
        B::And => Expr::binary(Binary::And, left, right),
        B::Add if ty == Type::STRING => Expr::kernel(
            "concat",
            vec![special::text(left), special::text(right)],
            Type::STRING,
        ),
        B::Add => Expr::binary(Binary::Add, left, right),
        B::Subtract => Expr::binary(Binary::Subtract, left, right),
        B::Multiply => Expr::binary(Binary::Multiply, left, right),
        B::Divide => Expr::binary(Binary::Divide, left, right),
        B::Remainder => Expr::kernel("remainder", vec![left, right], Type::FLOAT),
        _ => comparison(operator, left, right),
    }
}

/// A comparison of two values of one type.
fn comparison(operator: BinaryOperator, left: Expr, right: Expr) -> Expr {
    use BinaryOperator as B;
    let (floats, words) = match operator {
        B::Equal => (Binary::Equal, Binary::WordEqual),
        B::NotEqual => (Binary::NotEqual, Binary::WordNotEqual),
        B::Less => (Binary::Less, Binary::WordLess),
        B::LessEqual => (Binary::LessEqual, Binary::WordLessEqual),
        B::Greater => (Binary::Greater, Binary::WordGreater),
        _ => (Binary::GreaterEqual, Binary::WordGreaterEqual),
    };
    let equality = matches!(operator, B::Equal | B::NotEqual);
    match left.ty {
        Type::Scalar(Scalar::Float) => Expr::binary(floats, left, right),
        Type::Array(_) if equality => {
            let equal = Expr::kernel("array_equal", vec![left, right], Type::BOOL);
            if operator == B::Equal {
                equal
            } else {
                Expr::unary(Unary::Not, equal)
            }
        }
        // Strings are equal when their numbers are; their order is the kernel's business.
        Type::Scalar(Scalar::String) if !equality => {
            let order = Expr::kernel("compare", vec![left, right], Type::Word);
            Expr::binary(words, order, Expr::word(0))
        }
        Type::Array(_) => {
            let order = Expr::kernel("array_compare", vec![left, right], Type::Word);
            Expr::binary(words, order, Expr::word(0))
        }
        _ => Expr::binary(words, left, right),
    }
}

fn index(array: Expr, mut indices: Vec<Expr>, ty: Type) -> Expr {
    let element = array.ty.scalar();
    let column = if indices.len() == 2 {
        indices.pop()
    } else {
        None
    };
    let row = indices
        .pop()
        .expect("elaboration checks that there are one or two");
    let is_element = matches!(ty, Type::Scalar(_));
    let suffix = if element == Scalar::Float { "f" } else { "i" };
    match column {
        None if is_element => Expr::kernel(&format!("array_get_{suffix}"), vec![array, row], ty),
        None => Expr::kernel("array_pick", vec![array, row], ty),
        Some(column) if is_element => {
            Expr::kernel(&format!("array_at_{suffix}"), vec![array, row, column], ty)
        }
        Some(column) => Expr::kernel(
            "array_pick_cross",
            vec![array, array_of(row), array_of(column)],
            ty,
        ),
    }
}
