//! What must hold of a program before it is emitted. A violation is our mistake, not the author's.

use gable_kernel::abi::ValueType;

use super::{
    ArrayItem, Binary, Body, Expr, ExprKind, Invocation, Program, Scalar, Step, Type, walk_steps,
};

/// Checks a program; the first violation as a sentence.
///
/// # Errors
/// When a handle leads nowhere, an operand has the wrong type, or a call has the wrong number of arguments.
pub fn validate(program: &Program) -> Result<(), String> {
    for attribute in &program.attributes {
        let checker = Checker {
            program,
            locals: &attribute.body.locals,
        };
        checker
            .body(&attribute.body)
            .map_err(|text| format!("{}: {text}", attribute.name))?;
        same(attribute.body.value.ty, attribute.ty)
            .map_err(|text| format!("{}: {text}", attribute.name))?;
    }
    for function in &program.functions {
        let checker = Checker {
            program,
            locals: &function.body.locals,
        };
        checker
            .body(&function.body)
            .map_err(|text| format!("{}: {text}", function.name))?;
    }
    for rule in &program.rules {
        let checker = Checker {
            program,
            locals: &rule.locals,
        };
        let mut result = Ok(());
        walk_steps(&rule.steps, &mut |step| {
            if result.is_ok() {
                result = checker.step(step);
            }
        });
        result.map_err(|text| format!("{}: {text}", rule.name))?;
    }
    Ok(())
}

fn same(found: Type, expected: Type) -> Result<(), String> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("a {found} where a {expected} belongs"))
    }
}

fn fits(expr: &Expr, expected: ValueType) -> Result<(), String> {
    let found = expr.ty.value_type();
    if found == expected {
        Ok(())
    } else {
        Err(format!("{found:?} where {expected:?} belongs"))
    }
}

struct Checker<'p> {
    program: &'p Program,
    locals: &'p [Type],
}

impl Checker<'_> {
    fn body(&self, body: &Body) -> Result<(), String> {
        for (local, value) in &body.bindings {
            self.local(local.index(), value.ty)?;
        }
        body.exprs().try_for_each(|expr| self.expr(expr))
    }

    fn local(&self, index: usize, ty: Type) -> Result<(), String> {
        let declared = self
            .locals
            .get(index)
            .ok_or_else(|| format!("there is no local {index}"))?;
        same(ty, *declared)
    }

    fn step(&self, step: &Step<Expr>) -> Result<(), String> {
        step.parts()
            .0
            .into_iter()
            .try_for_each(|expr| self.expr(expr))?;
        match step {
            Step::Operation(_, invocation) => self.invocation(invocation),
            Step::SetAttribute(_, id, value) => {
                let attribute = self
                    .program
                    .attributes
                    .get(id.index())
                    .ok_or("there is no such attribute")?;
                same(value.ty, attribute.ty)
            }
            Step::Reset(_, attributes) => attributes.iter().try_for_each(|id| {
                let found = self.program.attributes.get(id.index());
                found
                    .map(|_| ())
                    .ok_or("there is no such attribute".to_owned())
            }),
            Step::Call(_, id, arguments) => {
                let rule = self
                    .program
                    .rules
                    .get(id.index())
                    .ok_or("there is no such rule")?;
                self.arguments(arguments, &rule.locals[..rule.params])
            }
            Step::Let(local, value) => self.local(local.index(), value.ty),
            Step::Report(_, key, _) | Step::SetNamed(_, _, key, _) => same(key.ty, Type::STRING),
            Step::Case(arms, _) => arms
                .iter()
                .try_for_each(|(condition, _)| same(condition.ty, Type::BOOL)),
            Step::Block(_, block) => {
                block
                    .begin
                    .iter()
                    .chain([&block.run])
                    .try_for_each(|invocation| self.invocation(invocation))?;
                for selection in &block.selections {
                    same(selection.condition.ty, Type::BOOL)?;
                    block
                        .branches
                        .get(selection.branch as usize)
                        .ok_or("there is no such branch")?;
                }
                Ok(())
            }
            Step::SetShapeAttribute(..) | Step::Leaf(..) | Step::Scoped(_) | Step::Inline(..) => {
                Ok(())
            }
        }
    }

    fn arguments(&self, arguments: &[Expr], types: &[Type]) -> Result<(), String> {
        if arguments.len() != types.len() {
            return Err(format!(
                "{} arguments where {} belong",
                arguments.len(),
                types.len()
            ));
        }
        arguments
            .iter()
            .zip(types)
            .try_for_each(|(argument, ty)| same(argument.ty, *ty))
    }

    fn invocation(&self, invocation: &Invocation<Expr>) -> Result<(), String> {
        let entry = invocation.function.entry();
        if entry.result.is_some() {
            return Err(format!("the result of {} is lost", entry.name));
        }
        kernel_arguments(entry, &invocation.arguments)
    }

    fn expr(&self, expr: &Expr) -> Result<(), String> {
        expr.operands()
            .into_iter()
            .try_for_each(|operand| self.expr(operand))?;
        match &expr.kind {
            ExprKind::Float(_) => same(expr.ty, Type::FLOAT),
            ExprKind::Bool(_) => same(expr.ty, Type::BOOL),
            ExprKind::String(_) => same(expr.ty, Type::STRING),
            ExprKind::Word(_) => same(expr.ty, Type::Word),
            ExprKind::Local(local) => self.local(local.index(), expr.ty),
            ExprKind::Tee(local, value) => self.local(local.index(), value.ty),
            ExprKind::Attribute(id) => {
                let attribute = self
                    .program
                    .attributes
                    .get(id.index())
                    .ok_or("there is no such attribute")?;
                same(expr.ty, attribute.ty)
            }
            ExprKind::Call(id, arguments) => {
                let function = self
                    .program
                    .functions
                    .get(id.index())
                    .ok_or("there is no such function")?;
                same(expr.ty, function.body.value.ty)?;
                self.arguments(arguments, &function.body.locals[..function.params])
            }
            ExprKind::Kernel(function, arguments) => {
                let entry = function.entry();
                if entry.result != Some(expr.ty.value_type()) {
                    return Err(format!("{} does not give a {}", entry.name, expr.ty));
                }
                kernel_arguments(entry, arguments)
            }
            ExprKind::After(before, value) => {
                before
                    .iter()
                    .try_for_each(|invocation| self.invocation(invocation))?;
                same(value.ty, expr.ty)
            }
            ExprKind::Unary(_, operand) => fits(operand, operand.ty.value_type()),
            ExprKind::Binary(operator, left, right) => binary(*operator, left, right),
            ExprKind::Case(arms, otherwise) => {
                for (condition, value) in arms {
                    same(condition.ty, Type::BOOL)?;
                    same(value.ty, expr.ty)?;
                }
                same(otherwise.ty, expr.ty)
            }
            ExprKind::Array(items) => items.iter().try_for_each(|item| match item {
                ArrayItem::Value(value) => same(
                    Type::Scalar(value.ty.scalar()),
                    Type::Scalar(expr.ty.scalar()),
                ),
                ArrayItem::Range(..) => {
                    same(Type::Scalar(expr.ty.scalar()), Type::Scalar(Scalar::Float))
                }
                ArrayItem::Row => Ok(()),
            }),
            ExprKind::Comp(_, arms) => arms.iter().try_for_each(|(condition, value)| {
                same(condition.ty, Type::BOOL)?;
                same(Type::Array(value.ty.scalar()), expr.ty)
            }),
        }
    }
}

fn binary(operator: Binary, left: &Expr, right: &Expr) -> Result<(), String> {
    let expected = if operator.takes_floats() {
        ValueType::F64
    } else {
        ValueType::I32
    };
    fits(left, expected)?;
    fits(right, expected)
}

fn kernel_arguments(entry: &gable_kernel::abi::Function, arguments: &[Expr]) -> Result<(), String> {
    if arguments.len() != entry.params.len() {
        return Err(format!(
            "{}: {} arguments where {} belong",
            entry.name,
            arguments.len(),
            entry.params.len()
        ));
    }
    let pairs = arguments.iter().zip(entry.params);
    pairs.into_iter().try_for_each(|(argument, ty)| {
        fits(argument, *ty).map_err(|text| format!("{}: {text}", entry.name))
    })
}
