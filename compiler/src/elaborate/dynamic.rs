//! Calls through an import that give it other attributes and rules: `imp(attr = value, Rule --> ...).Other(x)`.
//!
//! Values and arguments are evaluated first, outside. Then, on a copy of the shape, the given attributes are set and all
//! others of the import, and of what it imports, evaluated anew; so only the child sees them.

use gable_grammar::ast::{Call, Expr, Name, Override};
use gable_grammar::{Code, Diagnostic, Span};

use super::{Elaborator, Scope};
use crate::ir::{AttributeId, LocalId, Step};
use crate::suggest::nearest;
use crate::symbols::{InstanceId, Path};
use crate::tree::{Node, NodeKind};

impl<'a> Elaborator<'_, 'a> {
    pub(super) fn dynamic_call(
        &mut self,
        scope: &mut Scope<'a>,
        call: &'a Call,
        span: Span,
        steps: &mut Vec<Step<Node>>,
    ) {
        let symbols = self.symbols;
        let Some(member) = &call.member else {
            return;
        };
        let found = symbols.import(scope.instance, &call.name.text);
        let Some(target) = found else {
            self.report_no_import(scope.instance, &call.name);
            return;
        };
        let replacing = scope
            .rule
            .and_then(|rule| symbols.replacing.get(&(rule, span)));
        let Some(target) = replacing.map(|it| it.instance).or(target) else {
            return;
        };
        let leaf = format!("{}.{}", call.name.text, member.name.text);
        if member.leaf {
            steps.push(Step::Leaf(span, leaf));
            return;
        }
        let arguments = member.arguments.as_deref().unwrap_or_default();
        let Path::In(at, rest) = symbols.follow(target, &member.name.text) else {
            return;
        };
        let Some(id) = symbols.rule(at, rest, arguments.len()) else {
            self.report_undefined(target, member);
            steps.push(Step::Leaf(span, leaf));
            return;
        };
        let mut given: Vec<(AttributeId, LocalId)> = Vec::new();
        for entry in &call.overrides {
            if let Override::Attribute(name, value) = entry {
                let id = self.given_attribute(call, target, name, &given);
                let stored = self.given_value(scope, name, value, id, steps);
                given.extend(id.map(|id| (id, stored)));
            }
        }
        let symbol = &symbols.rules[id.index()];
        let names = symbol.declaration.parameters.as_deref().unwrap_or_default();
        let nodes = self.user_arguments(scope, arguments, &symbol.params, names);
        let arguments = nodes
            .into_iter()
            .map(|node| {
                let span = node.span;
                let local = keep(scope, node, steps);
                kept(scope, local, span)
            })
            .collect();
        let mut inner = Vec::new();
        for (name, id) in replacing.iter().flat_map(|it| &it.captured) {
            let value = self.visible(scope, name, span);
            let symbol = &symbols.attributes[id.index()];
            self.expect(&value, symbol.ty, || {
                let declared = Some((symbol.name.span, "declared here".to_owned()));
                (format!("`{name}` is used with another type"), declared)
            });
            inner.push(Step::SetAttribute(span, *id, value));
        }
        for (id, local) in &given {
            let value = kept(scope, *local, span);
            inner.push(Step::SetAttribute(span, *id, value));
        }
        let mut others = symbols.all_attributes(target);
        others.retain(|id| given.iter().all(|(known, _)| known != id));
        inner.push(Step::Reset(span, others));
        inner.push(Step::Call(span, id, arguments));
        steps.push(Step::Scoped(inner));
    }

    /// The attribute that an override names, unless it is given already.
    fn given_attribute(
        &mut self,
        call: &Call,
        target: InstanceId,
        name: &Name,
        given: &[(AttributeId, LocalId)],
    ) -> Option<AttributeId> {
        let wrong = self.symbols.wrong_attribute(target, &call.name.text, name);
        if let Some(wrong) = wrong {
            self.diagnostics.push(wrong);
            return None;
        }
        let Path::In(at, rest) = self.symbols.follow(target, &name.text) else {
            return None;
        };
        let found = self.symbols.attribute(at, rest);
        if !given.iter().any(|(known, _)| Some(*known) == found) {
            return found;
        }
        let title = format!("`{}` is given already", name.text);
        let warning = Diagnostic::warning(Code("W0204"), title, name.span);
        self.diagnostics.push(warning.label("has no effect"));
        None
    }

    fn given_value(
        &mut self,
        scope: &mut Scope<'a>,
        name: &Name,
        value: &'a Expr,
        id: Option<AttributeId>,
        steps: &mut Vec<Step<Node>>,
    ) -> LocalId {
        let symbols = self.symbols;
        let value = self.expr(scope, value);
        if let Some(symbol) = id.map(|id| &symbols.attributes[id.index()]) {
            self.expect(&value, symbol.ty, || {
                let declared = Some((symbol.name.span, "declared here".to_owned()));
                (format!("`{}` holds another type", name.text), declared)
            });
        }
        keep(scope, value, steps)
    }

    /// A parameter or local that is visible here.
    fn visible(&mut self, scope: &Scope<'a>, name: &str, span: Span) -> Node {
        let mut locals = scope.names.iter().rev();
        if let Some((_, local)) = locals.find(|(known, _)| *known == name) {
            return kept(scope, *local, span);
        }
        let mut captured = scope.captured.iter();
        match captured.find(|(known, _)| *known == name) {
            Some((_, id)) => Node {
                kind: NodeKind::Attribute(*id),
                ty: self.symbols.attributes[id.index()].ty,
                span,
            },
            None => self.missing(span),
        }
    }

    fn report_no_import(&mut self, at: InstanceId, id: &Name) {
        let title = format!("there is no import `{}`", id.text);
        let mut diagnostic = Diagnostic::error(Code("E0209"), title, id.span);
        let ids = self.symbols.instance(at).imports.keys().copied();
        diagnostic.help = nearest(&id.text, ids).map(|id| format!("did you mean `{id}`?"));
        self.diagnostics.push(diagnostic);
    }
}

/// Evaluates a value now, to be used as often as needed.
fn keep(scope: &mut Scope<'_>, node: Node, steps: &mut Vec<Step<Node>>) -> LocalId {
    let local = scope.local(node.ty);
    steps.push(Step::Let(local, node));
    local
}

/// The value of a local.
fn kept(scope: &Scope<'_>, local: LocalId, span: Span) -> Node {
    let ty = scope.frame.locals[local.index()];
    let kind = NodeKind::Local(local);
    Node { kind, ty, span }
}
