//! Resolved tree -> IR: with all types known, what depends on them is decided.

mod expr;
mod special;

use gable_grammar::ast;
use gable_kernel::manifest;
use gable_kernel::recipe::Value;

use crate::ir::{
    Attribute, Block, Body, Expr, Function, Invocation, LocalId, Program, Rule, Selection, Step,
    Type,
};
use crate::symbols::{AttributeSymbol, FunctionSymbol, InstanceId, RuleSymbol, Symbols};
use crate::tree::{Node, RuleBody, Tree, ValueBody};
use crate::ty::Types;

/// Lowers a tree without errors.
pub(crate) fn lower(symbols: &Symbols<'_>, tree: Tree, types: &mut Types) -> Program {
    let mut program = Program::default();
    for (symbol, body) in symbols.attributes.iter().zip(tree.attributes) {
        program
            .attributes
            .push(attribute(symbols, symbol, body, types));
    }
    for (symbol, body) in symbols.functions.iter().zip(tree.functions) {
        program
            .functions
            .push(function(symbols, symbol, body, types));
    }
    for (symbol, body) in symbols.rules.iter().zip(tree.rules) {
        program.rules.push(rule(symbols, symbol, body, types));
    }
    program
}

/// Lowers the expressions and steps of one body.
struct Lowerer<'t> {
    types: &'t mut Types,
    /// Types of the locals; lowering adds some.
    locals: Vec<Type>,
}

impl Lowerer<'_> {
    fn local(&mut self, ty: Type) -> LocalId {
        self.locals.push(ty);
        LocalId::new(self.locals.len() - 1)
    }

    fn invocation(&mut self, invocation: Invocation<Node>) -> Invocation<Expr> {
        let arguments = invocation
            .arguments
            .into_iter()
            .map(|node| self.expr(node))
            .collect();
        Invocation {
            function: invocation.function,
            arguments,
        }
    }

    fn steps(&mut self, steps: Vec<Step<Node>>) -> Vec<Step<Expr>> {
        steps.into_iter().map(|step| self.step(step)).collect()
    }

    fn step(&mut self, step: Step<Node>) -> Step<Expr> {
        match step {
            Step::Operation(site, invocation) => Step::Operation(site, self.invocation(invocation)),
            Step::SetAttribute(site, attribute, value) => {
                Step::SetAttribute(site, attribute, self.expr(value))
            }
            Step::SetShapeAttribute(site, number, value) => {
                Step::SetShapeAttribute(site, number, self.expr(value))
            }
            Step::SetNamed(site, prefix, name, value) => {
                let name = self.expr(name);
                Step::SetNamed(site, prefix, name, self.expr(value))
            }
            Step::Reset(site, attributes) => Step::Reset(site, attributes),
            Step::Report(site, key, value) => {
                let key = self.expr(key);
                let value = self.expr(value);
                // Arrays are reported as text.
                let value = if matches!(value.ty, Type::Array(_)) {
                    special::text(value)
                } else {
                    value
                };
                Step::Report(site, key, value)
            }
            Step::Call(site, rule, arguments) => Step::Call(
                site,
                rule,
                arguments.into_iter().map(|node| self.expr(node)).collect(),
            ),
            Step::Leaf(site, symbol) => Step::Leaf(site, symbol),
            Step::Let(local, value) => Step::Let(local, self.expr(value)),
            Step::Scoped(steps) => Step::Scoped(self.steps(steps)),
            Step::Case(arms, otherwise) => {
                let arms = arms.into_iter().map(|(condition, steps)| {
                    let condition = self.expr(condition);
                    (condition, self.steps(steps))
                });
                let arms = arms.collect();
                Step::Case(arms, self.steps(otherwise))
            }
            Step::Inline(site, strategy, steps) => Step::Inline(site, strategy, self.steps(steps)),
            Step::Block(site, block) => Step::Block(site, self.block(block)),
        }
    }

    fn block(&mut self, block: Block<Node>) -> Block<Expr> {
        Block {
            begin: block
                .begin
                .into_iter()
                .map(|invocation| self.invocation(invocation))
                .collect(),
            selections: block
                .selections
                .into_iter()
                .map(|it| Selection {
                    condition: self.expr(it.condition),
                    branch: it.branch,
                    operator: it.operator,
                    selector: it.selector,
                })
                .collect(),
            run: self.invocation(block.run),
            branches: block
                .branches
                .into_iter()
                .map(|steps| self.steps(steps))
                .collect(),
        }
    }
}

fn locals(variables: &[crate::ty::Variable], types: &mut Types) -> Vec<Type> {
    variables
        .iter()
        .map(|variable| types.settled(*variable))
        .collect()
}

fn body(body: ValueBody, types: &mut Types) -> Body {
    let locals = locals(&body.frame.locals, types);
    let mut lowerer = Lowerer { types, locals };
    let bindings = body
        .bindings
        .into_iter()
        .map(|(local, value)| (local, lowerer.expr(value)))
        .collect();
    let value = lowerer.expr(body.value);
    Body {
        locals: lowerer.locals,
        bindings,
        value,
    }
}

fn attribute(
    symbols: &Symbols<'_>,
    symbol: &AttributeSymbol<'_>,
    value: ValueBody,
    types: &mut Types,
) -> Attribute {
    let marked = |word: &str| {
        let mut annotations = symbol.annotations.iter();
        annotations.any(|it| it.name.text.eq_ignore_ascii_case(word))
    };
    Attribute {
        name: format!(
            "{}{}{}",
            symbols.instance(symbol.instance).prefix,
            symbol.name.text,
            symbol.suffix
        ),
        ty: types.settled(symbol.ty),
        settable: !symbol.constant,
        hidden: marked("Hidden") || !symbol.suffix.is_empty() || symbols.is_hidden(symbol),
        main: symbol.instance == InstanceId(0),
        default: None,
        annotations: annotations(symbol.annotations),
        body: body(value, types),
        span: symbol.name.span,
    }
}

fn function(
    symbols: &Symbols<'_>,
    symbol: &FunctionSymbol<'_>,
    value: ValueBody,
    types: &mut Types,
) -> Function {
    let name = symbol.declaration.name;
    Function {
        name: format!("{}{}", symbols.instance(symbol.instance).prefix, name.text),
        params: symbol.params.len(),
        counted: false,
        body: body(value, types),
        span: name.span,
    }
}

fn rule(symbols: &Symbols<'_>, symbol: &RuleSymbol<'_>, body: RuleBody, types: &mut Types) -> Rule {
    let declaration = symbol.declaration;
    let locals = locals(&body.frame.locals, types);
    let mut lowerer = Lowerer { types, locals };
    let steps = lowerer.steps(body.steps);
    let marked = symbol
        .annotations
        .iter()
        .any(|it| it.name.text.eq_ignore_ascii_case("StartRule"));
    let main = symbol.instance == InstanceId(0);
    Rule {
        name: format!(
            "{}{}",
            symbols.instance(symbol.instance).prefix,
            declaration.name.text
        ),
        params: symbol.params.len(),
        locals: lowerer.locals,
        start: main && (marked || declaration.role == ast::RuleRole::Start),
        root: main && symbol.params.is_empty(),
        annotations: annotations(symbol.annotations),
        steps,
        span: declaration.name.span,
    }
}

fn annotations(list: &[ast::Annotation]) -> Vec<manifest::Annotation> {
    let value = |value: &ast::AnnotationValue| match value {
        ast::AnnotationValue::Number(value) => Value::Float(*value),
        ast::AnnotationValue::Bool(value) => Value::Bool(*value),
        ast::AnnotationValue::String(value) | ast::AnnotationValue::Text(value) => {
            Value::String(value.clone())
        }
    };
    let arguments = |annotation: &ast::Annotation| {
        annotation
            .arguments
            .iter()
            .map(|it| (it.key.clone().unwrap_or_default(), value(&it.value)))
            .collect()
    };
    list.iter()
        .map(|it| manifest::Annotation {
            name: it.name.text.clone(),
            arguments: arguments(it),
        })
        .collect()
}
