//! Successors and the operations without a block.

use gable_grammar::ast::{
    Call, Chain, Expr, ExprKind, Name, Operation, OperationKind, Successor, SuccessorKind,
};
use gable_grammar::{Code, Diagnostic, Span};

use super::boolean::{boolean_number, old_boolean};
use super::{Elaborator, Scope};
use crate::builtins;
use crate::ir::{Invocation, Step};
use crate::suggest::nearest;
use crate::symbols::{InstanceId, Path};
use crate::tree::Node;
use crate::ty::{Scalar, Type, Variable};

impl<'a> Elaborator<'_, 'a> {
    pub(super) fn steps(
        &mut self,
        scope: &mut Scope<'a>,
        successor: &'a Successor,
    ) -> Vec<Step<Node>> {
        let mut steps = Vec::new();
        if self.enter(scope, successor.span) {
            match &successor.kind {
                SuccessorKind::Operations(operations) => {
                    let mut rest = operations.iter();
                    while let Some(operation) = rest.next() {
                        if let Some(old) = old_boolean(operation) {
                            steps.extend(self.old_boolean(scope, &old, rest.next()));
                        } else {
                            self.operation(scope, operation, &mut steps);
                        }
                    }
                }
                SuccessorKind::Case(chain) => steps.push(self.case_steps(scope, chain)),
                SuccessorKind::Chance(chain) => {
                    let span = successor.span;
                    let conditions =
                        self.draw(scope, chain.arms.iter().map(|(percent, _)| percent), span);
                    let bodies = chain
                        .arms
                        .iter()
                        .map(|(_, body)| self.steps(scope, body))
                        .collect::<Vec<_>>();
                    let otherwise = self.steps(scope, &chain.otherwise);
                    steps.push(Step::Case(
                        conditions.into_iter().zip(bodies).collect(),
                        otherwise,
                    ));
                }
            }
        }
        scope.depth -= 1;
        steps
    }

    /// A chain; one that is the `else` of another continues it, so that long chains do not nest.
    fn case_steps(&mut self, scope: &mut Scope<'a>, chain: &'a Chain<Successor>) -> Step<Node> {
        let mut arms = Vec::new();
        let mut chain = chain;
        loop {
            for (condition, body) in &chain.arms {
                let condition = self.condition(scope, condition);
                arms.push((condition, self.steps(scope, body)));
            }
            match &chain.otherwise.kind {
                SuccessorKind::Case(next) => chain = next,
                _ => return Step::Case(arms, self.steps(scope, &chain.otherwise)),
            }
        }
    }

    pub(super) fn operation(
        &mut self,
        scope: &mut Scope<'a>,
        operation: &'a Operation,
        steps: &mut Vec<Step<Node>>,
    ) {
        match &operation.kind {
            OperationKind::Scoped(body) => steps.push(Step::Scoped(self.steps(scope, body))),
            OperationKind::Inline { strategy, body } => {
                let word = strategy
                    .as_ref()
                    .map_or("append", |name| name.text.as_str());
                if !["append", "unify", "recompose"].contains(&word) {
                    let title = format!("`{word}` is no way to merge: append, unify or recompose");
                    self.diagnostics
                        .push(Diagnostic::error(Code("E0404"), title, operation.span));
                } else {
                    let body = self.steps(scope, body);
                    steps.push(Step::Inline(operation.span, builtins::token(word), body));
                }
            }
            OperationKind::Call(call) if call.member.is_some() => {
                self.dynamic_call(scope, call, operation.span, steps);
            }
            OperationKind::Call(call) => steps.extend(self.call_step(scope, call, operation.span)),
            OperationKind::Block(block) => match boolean_number(&block.name.text) {
                Some(number) => steps.extend(self.boolean(scope, block, number, operation.span)),
                None => steps.extend(self.block(scope, block, operation.span)),
            },
        }
    }

    /// A builtin operation, a rule call or a leaf.
    fn call_step(
        &mut self,
        scope: &mut Scope<'a>,
        call: &'a Call,
        span: Span,
    ) -> Option<Step<Node>> {
        let name = &call.name;
        let arguments = call.arguments.as_deref().unwrap_or_default();
        if call.leaf {
            return Some(Step::Leaf(span, name.text.clone()));
        }
        match (name.text.as_str(), arguments) {
            ("set", [target, value]) => return self.set(scope, target, value, span),
            ("envelope", [direction, height, base, angle]) => {
                return Some(self.envelope(scope, name, [direction, height, base, angle], span));
            }
            ("report", [key, value]) => return Some(self.report(scope, key, value, span)),
            _ => {}
        }
        let overloads = builtins::operation(&name.text);
        if let Some(overloads) =
            overloads.filter(|list| list.iter().any(|it| it.arity() == arguments.len()))
        {
            let call = self.overload(scope, name, overloads, arguments)?;
            let invocation = Invocation {
                function: call.overload.kernel(),
                arguments: call.nodes,
            };
            return Some(Step::Operation(span, invocation));
        }
        let Path::In(at, rest) = self.symbols.follow(scope.instance, &name.text) else {
            return None;
        };
        if let Some(id) = self.symbols.rule(at, rest, arguments.len()) {
            let symbols = self.symbols;
            let id = scope.rule.map_or(id, |rule| symbols.called(at, id, rule));
            let symbol = &symbols.rules[id.index()];
            let names = symbol.declaration.parameters.as_deref().unwrap_or_default();
            let nodes = self.user_arguments(scope, arguments, &symbol.params, names);
            return Some(Step::Call(span, id, nodes));
        }
        if let Some(overloads) = overloads {
            let possible = overloads.iter().map(builtins::Overload::arity).collect();
            self.report_arity(name, arguments.len(), possible, None);
            return None;
        }
        self.report_undefined(scope.instance, call);
        Some(Step::Leaf(span, name.text.clone()))
    }

    /// `envelope(direction, height, front height, front angle)`, or heights and angles as arrays, by edge.
    fn envelope(
        &mut self,
        scope: &mut Scope<'a>,
        name: &Name,
        [direction, height, base, angle]: [&'a Expr; 4],
        span: Span,
    ) -> Step<Node> {
        let direction = self.one_of(scope, name, direction, &["normal", "world.up"]);
        let height = self.float_expr(scope, height);
        let [base, angle] = [base, angle].map(|argument| self.expr(scope, argument));
        let by_edge = matches!(self.types.resolve(base.ty), Some(Type::Array(_)));
        let ty = match by_edge {
            true => self.types.known(Type::Array(Scalar::Float)),
            false => Variable::FLOAT,
        };
        for node in [&base, &angle] {
            self.expect(node, ty, || {
                ("`envelope` takes heights and angles alike".to_owned(), None)
            });
        }
        let mut nodes = vec![direction, height, base, angle];
        if !by_edge {
            for _ in 0..3 {
                nodes.extend([0.0, 90.0].map(|value| Self::float(value, span)));
            }
        }
        let function = if by_edge {
            "envelope_by_edge"
        } else {
            "envelope"
        };
        Step::Operation(span, Self::invocation(function, nodes))
    }

    /// Warns about a rule call without a rule, which makes a leaf.
    pub(super) fn report_undefined(&mut self, from: InstanceId, call: &Call) {
        let name = &call.name;
        let count = call.arguments.as_ref().map_or(0, Vec::len);
        if builtins::is_operation_word(&name.text) {
            let title = format!("`{}` is not used this way", name.text);
            self.diagnostics
                .push(Diagnostic::error(Code("E0405"), title, name.span));
            return;
        }
        let Path::In(at, rest) = self.symbols.follow(from, &name.text) else {
            return;
        };
        let title = format!("there is no rule `{}`: it makes a leaf", name.text);
        let mut diagnostic = Diagnostic::warning(Code("W0201"), title, name.span);
        if let Some((declared, arity)) = self.symbols.other_rule(at, rest) {
            let text = format!("declared with {arity} parameters, called with {count}");
            diagnostic = diagnostic.also(declared, text);
        }
        let rules = self
            .symbols
            .instance(at)
            .rules
            .keys()
            .map(|(name, _)| *name)
            .filter(|name| *name != rest);
        let operations = builtins::OPERATIONS.iter().map(|(name, _)| *name);
        diagnostic.help = match nearest(rest, rules.chain(operations)) {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None if count == 0 => Some(format!("write `{}.` if a leaf is meant", name.text)),
            None => None,
        };
        self.diagnostics.push(diagnostic);
    }

    fn report(
        &mut self,
        scope: &mut Scope<'a>,
        key: &'a Expr,
        value: &'a Expr,
        span: Span,
    ) -> Step<Node> {
        let key = self.expr(scope, key);
        self.expect(&key, Variable::STRING, || {
            ("the key of a report is a string".to_owned(), None)
        });
        let value = self.expr(scope, value);
        Step::Report(span, key, value)
    }

    /// `set(target, value)`
    fn set(
        &mut self,
        scope: &mut Scope<'a>,
        target: &'a Expr,
        value: &'a Expr,
        span: Span,
    ) -> Option<Step<Node>> {
        let selected;
        let name = match &target.kind {
            ExprKind::Name(name) => name,
            ExprKind::Call(word, arguments) if word.text == "sel" && arguments.len() == 1 => {
                let ExprKind::String(text) = &arguments[0].kind else {
                    return Some(self.set_named(scope, &arguments[0], value, span));
                };
                let (text, span) = (text.clone(), arguments[0].span);
                selected = Name { text, span };
                &selected
            }
            _ => {
                let title = "`set` begins with the name of an attribute";
                let diagnostic = Diagnostic::error(Code("E0205"), title, target.span);
                let help = "`set(sel(text), value)` takes a name made at run time";
                self.diagnostics.push(diagnostic.help(help));
                return None;
            }
        };
        let Path::In(at, rest) = self.symbols.follow(scope.instance, &name.text) else {
            return None;
        };
        if let Some(id) = self.symbols.attribute(at, rest) {
            let symbols = self.symbols;
            let symbol = &symbols.attributes[id.index()];
            let value = self.expr(scope, value);
            let declared = symbol.name.span;
            self.expect(&value, symbol.ty, || {
                (
                    format!("`{}` holds another type", name.text),
                    Some((declared, "declared here".to_owned())),
                )
            });
            return Some(Step::SetAttribute(span, id, value));
        }
        let Some(attribute) = builtins::shape_attribute(&name.text) else {
            self.report_set_target(scope, name);
            return None;
        };
        if !attribute.settable {
            let title = format!("`{}` cannot be set", name.text);
            self.diagnostics
                .push(Diagnostic::error(Code("E0406"), title, name.span));
        }
        let value = self.expr(scope, value);
        let ty = self.types.known(attribute.ty);
        self.expect(&value, ty, || {
            (format!("`{}` holds another type", name.text), None)
        });
        Some(Step::SetShapeAttribute(span, attribute.number, value))
    }

    /// `set(sel(name), value)` of a name that is known at run time.
    fn set_named(
        &mut self,
        scope: &mut Scope<'a>,
        name: &'a Expr,
        value: &'a Expr,
        span: Span,
    ) -> Step<Node> {
        let name = self.expr(scope, name);
        self.expect(&name, Variable::STRING, || {
            ("`sel` takes a string".to_owned(), None)
        });
        let value = self.expr(scope, value);
        let prefix = self.symbols.instance(scope.instance).prefix.clone();
        Step::SetNamed(span, prefix, name, value)
    }

    fn report_set_target(&mut self, scope: &Scope<'a>, name: &Name) {
        let title = format!("there is no attribute `{}` to set", name.text);
        let mut diagnostic = Diagnostic::error(Code("E0205"), title, name.span);
        if scope.knows(&name.text) {
            diagnostic = diagnostic.help("parameters and locals cannot be set");
        } else {
            let known = self
                .symbols
                .instance(scope.instance)
                .attributes
                .keys()
                .copied();
            let builtin = gable_kernel::builtin::BUILTINS
                .iter()
                .map(|entry| entry.name);
            diagnostic.help = nearest(&name.text, known.chain(builtin))
                .map(|name| format!("did you mean `{name}`?"));
        }
        self.diagnostics.push(diagnostic);
    }
}
