//! Expressions.

use wasm_encoder::BlockType;

use super::code::Code;
use crate::ir::{ArrayItem, Binary, Expr, ExprKind, Invocation, Scalar, Type, Unary};

impl Code<'_, '_> {
    /// Leaves the value of an expression on the stack.
    pub(super) fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Float(value) => self.float(*value),
            ExprKind::Bool(value) => self.word(i32::from(*value)),
            ExprKind::String(value) => {
                let number = self.emitter.strings.number(value);
                self.word(number);
            }
            ExprKind::Word(value) => self.word(*value),
            ExprKind::Local(local) => {
                let index = self.index(*local);
                self.sink().local_get(index);
            }
            ExprKind::Tee(local, value) => {
                self.expr(value);
                let index = self.index(*local);
                self.sink().local_tee(index);
            }
            ExprKind::Attribute(id) => {
                self.word(super::Emitter::slot(*id));
                self.kernel_named(if expr.ty == Type::FLOAT {
                    "attribute_f"
                } else {
                    "attribute_i"
                });
            }
            ExprKind::Call(id, arguments) => {
                arguments.iter().for_each(|argument| self.expr(argument));
                let index = self.emitter.function_index(*id);
                self.sink().call(index);
            }
            ExprKind::Kernel(function, arguments) => {
                arguments.iter().for_each(|argument| self.expr(argument));
                self.kernel(*function);
            }
            ExprKind::After(before, value) => {
                before
                    .iter()
                    .for_each(|invocation| self.invocation(invocation));
                self.expr(value);
            }
            ExprKind::Unary(operator, operand) => {
                self.expr(operand);
                self.unary(*operator);
            }
            ExprKind::Binary(operator, left, right) => self.binary(*operator, left, right),
            ExprKind::Case(arms, otherwise) => self.case(arms, otherwise, expr.ty),
            ExprKind::Array(items) => self.array(items, expr.ty.scalar()),
            ExprKind::Comp(begin, arms) => self.comp(begin, arms, expr.ty.scalar()),
        }
    }

    pub(super) fn invocation(&mut self, invocation: &Invocation<Expr>) {
        invocation
            .arguments
            .iter()
            .for_each(|argument| self.expr(argument));
        self.kernel(invocation.function);
    }

    fn unary(&mut self, operator: Unary) {
        let mut sink = self.sink();
        match operator {
            Unary::Negate => sink.f64_neg(),
            Unary::Absolute => sink.f64_abs(),
            Unary::Floor => sink.f64_floor(),
            Unary::Ceil => sink.f64_ceil(),
            Unary::Nearest => sink.f64_nearest(),
            Unary::SquareRoot => sink.f64_sqrt(),
            Unary::Not => sink.i32_eqz(),
            Unary::FloatOfBool => sink.f64_convert_i32_s(),
        };
    }

    fn binary(&mut self, operator: Binary, left: &Expr, right: &Expr) {
        self.expr(left);
        if matches!(operator, Binary::And | Binary::Or) && !is_cheap(right) {
            let bool = BlockType::Result(wasm_encoder::ValType::I32);
            self.sink().if_(bool);
            if operator == Binary::And {
                self.expr(right);
                self.sink().else_().i32_const(0).end();
            } else {
                self.sink().i32_const(1).else_();
                self.expr(right);
                self.sink().end();
            }
            return;
        }
        self.expr(right);
        let mut sink = self.sink();
        match operator {
            Binary::Add => sink.f64_add(),
            Binary::Subtract => sink.f64_sub(),
            Binary::Multiply => sink.f64_mul(),
            Binary::Divide => sink.f64_div(),
            Binary::Minimum => sink.f64_min(),
            Binary::Maximum => sink.f64_max(),
            Binary::Equal => sink.f64_eq(),
            Binary::NotEqual => sink.f64_ne(),
            Binary::Less => sink.f64_lt(),
            Binary::LessEqual => sink.f64_le(),
            Binary::Greater => sink.f64_gt(),
            Binary::GreaterEqual => sink.f64_ge(),
            Binary::WordEqual => sink.i32_eq(),
            Binary::WordNotEqual => sink.i32_ne(),
            Binary::WordLess => sink.i32_lt_s(),
            Binary::WordLessEqual => sink.i32_le_s(),
            Binary::WordGreater => sink.i32_gt_s(),
            Binary::WordGreaterEqual => sink.i32_ge_s(),
            Binary::And => sink.i32_and(),
            Binary::Or => sink.i32_or(),
        };
    }

    /// Arms one in the other, which is short; a long chain one after the other in one block, which does not nest.
    fn case(&mut self, arms: &[(Expr, Expr)], otherwise: &Expr, ty: Type) {
        let is_long = arms.len() > super::LONG_CHAIN;
        let arm = match is_long {
            true => BlockType::Empty,
            false => BlockType::Result(super::code::val_type(ty)),
        };
        if is_long {
            self.block(ty);
        }
        for (condition, value) in arms {
            self.expr(condition);
            self.sink().if_(arm);
            self.expr(value);
            if is_long {
                self.sink().br(1).end();
            } else {
                self.sink().else_();
            }
        }
        self.expr(otherwise);
        let open = if is_long { 1 } else { arms.len() };
        for _ in 0..open {
            self.sink().end();
        }
    }

    fn array(&mut self, items: &[ArrayItem<Expr>], element: Scalar) {
        self.word(element as i32);
        self.kernel_named("array_begin");
        for item in items {
            match item {
                ArrayItem::Value(value) => {
                    self.expr(value);
                    self.push(value.ty);
                }
                ArrayItem::Range(start, step, end) => {
                    [start, step, end]
                        .into_iter()
                        .for_each(|value| self.expr(value));
                    self.kernel_named("array_push_range");
                }
                ArrayItem::Row => self.kernel_named("array_row"),
            }
        }
        self.kernel_named("array_end");
    }

    /// Adds the value on the stack to the array under construction.
    fn push(&mut self, ty: Type) {
        self.kernel_named(match ty {
            Type::Scalar(Scalar::Float) => "array_push_f",
            Type::Array(_) => "array_push_a",
            _ => "array_push_i",
        });
    }

    fn comp(&mut self, begin: &[Expr], arms: &[(Expr, Expr)], element: Scalar) {
        let ty = Type::Scalar(element);
        self.word(element as i32);
        self.kernel_named("array_begin");
        begin.iter().for_each(|argument| self.expr(argument));
        self.kernel_named("comp_begin");
        self.sink().loop_(BlockType::Empty);
        self.kernel_named("comp_next");
        self.sink().if_(BlockType::Empty);
        if arms.is_empty() {
            self.expr(&Expr::zero(ty));
        } else {
            self.case(arms, &Expr::zero(ty), ty);
        }
        self.push(ty);
        self.sink().br(1).end().end();
        self.kernel_named("array_end");
    }
}

/// Whether evaluating an expression that is not needed costs less than skipping it, and changes nothing.
fn is_cheap(expr: &Expr) -> bool {
    let leaf = |expr: &Expr| {
        matches!(
            expr.kind,
            ExprKind::Float(_)
                | ExprKind::Bool(_)
                | ExprKind::String(_)
                | ExprKind::Word(_)
                | ExprKind::Local(_)
        )
    };
    match &expr.kind {
        ExprKind::Binary(_, left, right) => leaf(left) && leaf(right),
        ExprKind::Unary(Unary::Not, operand) => leaf(operand),
        _ => leaf(expr),
    }
}
