//! The program as text, for people and golden files.

use std::fmt::{self, Write as _};

use super::{ArrayItem, Block, Body, Expr, ExprKind, Invocation, Program, Step};

/// The text form of a program: one declaration after the other, steps indented, operands in prefix form.
pub fn show(program: &Program) -> String {
    let mut writer = Writer {
        program,
        text: String::new(),
        depth: 0,
    };
    writer.program().expect("writing to a string does not fail");
    writer.text
}

struct Writer<'p> {
    program: &'p Program,
    text: String,
    depth: usize,
}

impl Writer<'_> {
    fn line(&mut self) -> fmt::Result {
        write!(self.text, "\n{:width$}", "", width = self.depth * 2)
    }

    fn program(&mut self) -> fmt::Result {
        let program = self.program;
        for id in &program.order {
            let attribute = &program.attributes[id.index()];
            let keyword = if attribute.settable { "attr" } else { "const" };
            write!(
                self.text,
                "{keyword} {}: {} = ",
                attribute.name, attribute.ty
            )?;
            self.body(&attribute.body)?;
            self.text.push('\n');
        }
        for function in &program.functions {
            let counted = if function.counted { "counted " } else { "" };
            write!(self.text, "{counted}function {}(", function.name)?;
            self.params(&function.body.locals[..function.params])?;
            write!(self.text, "): {} = ", function.body.value.ty)?;
            self.body(&function.body)?;
            self.text.push('\n');
        }
        for rule in &program.rules {
            let role = if rule.root { "root " } else { "" };
            write!(self.text, "{role}rule {}(", rule.name)?;
            self.params(&rule.locals[..rule.params])?;
            self.text.push(')');
            self.steps(&rule.steps)?;
            self.text.push('\n');
        }
        Ok(())
    }

    fn params(&mut self, types: &[super::Type]) -> fmt::Result {
        for (index, ty) in types.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(self.text, "{comma}%{index}: {ty}")?;
        }
        Ok(())
    }

    fn body(&mut self, body: &Body) -> fmt::Result {
        for (local, value) in &body.bindings {
            write!(self.text, "%{} := ", local.0)?;
            self.expr(value)?;
            self.text.push_str("; ");
        }
        self.expr(&body.value)
    }

    fn steps(&mut self, steps: &[Step<Expr>]) -> fmt::Result {
        self.depth += 1;
        for step in steps {
            self.line()?;
            self.step(step)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn step(&mut self, step: &Step<Expr>) -> fmt::Result {
        match step {
            Step::Operation(_, invocation) => self.invocation(invocation),
            Step::SetAttribute(_, id, value) => {
                write!(
                    self.text,
                    "set {} ",
                    self.program.attributes[id.index()].name
                )?;
                self.expr(value)
            }
            Step::SetNamed(_, prefix, name, value) => {
                write!(self.text, "set {prefix}sel ")?;
                self.exprs([name, value])
            }
            Step::Reset(_, attributes) => {
                self.text.push_str("reset");
                let names = attributes
                    .iter()
                    .map(|id| &self.program.attributes[id.index()].name);
                for (index, name) in names.enumerate() {
                    self.text.push_str(if index == 0 { " " } else { ", " });
                    self.text.push_str(name);
                }
                Ok(())
            }
            Step::SetShapeAttribute(_, number, value) => {
                let entry = &gable_kernel::builtin::BUILTINS[*number as usize];
                write!(self.text, "set {} ", entry.name)?;
                self.expr(value)
            }
            Step::Report(_, key, value) => {
                self.text.push_str("report ");
                self.exprs([key, value])
            }
            Step::Call(_, id, arguments) => {
                write!(self.text, "call {}", self.program.rules[id.index()].name)?;
                self.spaced(arguments)
            }
            Step::Leaf(_, symbol) => write!(self.text, "leaf {symbol}"),
            Step::Let(local, value) => {
                write!(self.text, "%{} := ", local.0)?;
                self.expr(value)
            }
            Step::Scoped(steps) => {
                self.text.push_str("scoped");
                self.steps(steps)
            }
            Step::Case(arms, otherwise) => {
                for (index, (condition, steps)) in arms.iter().enumerate() {
                    if index > 0 {
                        self.line()?;
                    }
                    self.text.push_str("case ");
                    self.expr(condition)?;
                    self.steps(steps)?;
                }
                self.line()?;
                self.text.push_str("else");
                self.steps(otherwise)
            }
            Step::Inline(_, strategy, steps) => {
                write!(
                    self.text,
                    "inline {}",
                    gable_kernel::abi::token::word(*strategy).unwrap_or("modify")
                )?;
                self.steps(steps)
            }
            Step::Block(_, block) => self.block(block),
        }
    }

    fn block(&mut self, block: &Block<Expr>) -> fmt::Result {
        for invocation in &block.begin {
            self.invocation(invocation)?;
            self.line()?;
        }
        for selection in &block.selections {
            let operator = [":", "=", "=:"]
                .get(selection.operator as usize)
                .unwrap_or(&"?");
            write!(
                self.text,
                "select {operator} branch {} if ",
                selection.branch
            )?;
            self.expr(&selection.condition)?;
            self.line()?;
        }
        self.invocation(&block.run)?;
        for (index, steps) in block.branches.iter().enumerate() {
            self.line()?;
            write!(self.text, "branch {index}")?;
            self.steps(steps)?;
        }
        Ok(())
    }

    fn invocation(&mut self, invocation: &Invocation<Expr>) -> fmt::Result {
        self.text.push_str(invocation.function.entry().name);
        self.spaced(&invocation.arguments)
    }

    fn spaced(&mut self, exprs: &[Expr]) -> fmt::Result {
        for expr in exprs {
            self.text.push(' ');
            self.expr(expr)?;
        }
        Ok(())
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) -> fmt::Result {
        for (index, expr) in exprs.into_iter().enumerate() {
            if index > 0 {
                self.text.push(' ');
            }
            self.expr(expr)?;
        }
        Ok(())
    }

    fn expr(&mut self, expr: &Expr) -> fmt::Result {
        match &expr.kind {
            ExprKind::Float(value) => write!(self.text, "{value}"),
            ExprKind::Bool(value) => write!(self.text, "{value}"),
            ExprKind::String(value) => write!(self.text, "{value:?}"),
            ExprKind::Word(value) => write!(self.text, "#{value}"),
            ExprKind::Local(local) => write!(self.text, "%{}", local.0),
            ExprKind::Tee(local, value) => {
                write!(self.text, "(%{} := ", local.0)?;
                self.expr(value)?;
                self.text.write_char(')')
            }
            ExprKind::Attribute(id) => self
                .text
                .write_str(&self.program.attributes[id.index()].name),
            ExprKind::Call(id, arguments) => {
                write!(self.text, "({}", self.program.functions[id.index()].name)?;
                self.closed(arguments)
            }
            ExprKind::Kernel(function, arguments) => {
                write!(self.text, "({}", function.entry().name)?;
                self.closed(arguments)
            }
            ExprKind::After(before, value) => {
                self.text.push_str("(after ");
                for invocation in before {
                    self.invocation(invocation)?;
                    self.text.push(' ');
                }
                self.expr(value)?;
                self.text.write_char(')')
            }
            ExprKind::Unary(operator, operand) => {
                write!(self.text, "({operator:?} ")?;
                self.expr(operand)?;
                self.text.write_char(')')
            }
            ExprKind::Binary(operator, left, right) => {
                write!(self.text, "({operator:?} ")?;
                self.exprs([&**left, &**right])?;
                self.text.write_char(')')
            }
            ExprKind::Case(arms, otherwise) => self.choice("case", arms, Some(otherwise)),
            ExprKind::Array(items) => self.array(items),
            ExprKind::Comp(begin, arms) => {
                self.text.push_str("(comp");
                self.spaced(begin)?;
                self.text.push(' ');
                self.choice("select", arms, None)?;
                self.text.write_char(')')
            }
        }
    }

    fn closed(&mut self, exprs: &[Expr]) -> fmt::Result {
        self.spaced(exprs)?;
        self.text.write_char(')')
    }

    fn choice(
        &mut self,
        word: &str,
        arms: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
    ) -> fmt::Result {
        self.text.push('(');
        for (condition, value) in arms {
            write!(self.text, "{word} ")?;
            self.exprs([condition, value])?;
            self.text.push(' ');
        }
        if let Some(otherwise) = otherwise {
            self.text.push_str("else ");
            self.expr(otherwise)?;
        }
        self.text.write_char(')')
    }

    fn array(&mut self, items: &[ArrayItem<Expr>]) -> fmt::Result {
        self.text.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.text.push(' ');
            }
            match item {
                ArrayItem::Value(value) => self.expr(value)?,
                ArrayItem::Range(start, step, end) => {
                    self.text.push_str("range ");
                    self.exprs([start, step, end])?;
                }
                ArrayItem::Row => self.text.push(';'),
            }
        }
        self.text.write_char(']')
    }
}
