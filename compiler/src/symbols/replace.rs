//! Rules that importers replace: in an import, by `imp.Rule --> ...`, or for one call through an import.

use std::collections::{BTreeMap, BTreeSet};

use gable_grammar::ast::{self, Call, OperationKind, Override};
use gable_grammar::{Code, Diagnostic, Span};

use super::collect::Collector;
use super::{AttributeSymbol, Initial, Instance, InstanceId, Replacing, RuleSymbol, Signature};
use crate::ir::{AttributeId, RuleId};
use crate::suggest::nearest;

/// A rule's name and how many parameters it has.
pub(super) fn signature(rule: &ast::Rule) -> Signature<'_> {
    let arity = rule.parameters.as_ref().map_or(0, Vec::len);
    (&rule.name.text, arity)
}

impl<'a> Collector<'a, '_> {
    /// A rule that stands in the file of an instance.
    pub(super) fn rule_symbol(
        &mut self,
        at: InstanceId,
        declaration: &'a ast::Rule,
        annotations: &'a [ast::Annotation],
    ) -> RuleSymbol<'a> {
        let arity = signature(declaration).1;
        RuleSymbol {
            instance: at,
            declaration,
            annotations,
            scope: at,
            captured: Vec::new(),
            params: (0..arity).map(|_| self.types.open()).collect(),
        }
    }

    /// Enters a rule, in the place of one with the same name and number of parameters.
    pub(super) fn put_rule(&mut self, at: InstanceId, name: &'a str, symbol: RuleSymbol<'a>) {
        let rules = &mut self.symbols.instances[at.0].rules;
        let id = RuleId::new(self.symbols.rules.len());
        match rules.get(&(name, symbol.params.len())) {
            Some(known) => self.symbols.rules[known.index()] = symbol,
            None => {
                rules.insert((name, symbol.params.len()), id);
                self.symbols.rules.push(symbol);
            }
        }
    }

    /// Lets a rule of an importer take the place of one that is known, which is kept as what was replaced.
    pub(super) fn replace_rule(
        &mut self,
        at: InstanceId,
        declaration: &'a ast::Rule,
        scope: InstanceId,
        captured: Vec<(&'a str, AttributeId)>,
    ) {
        let mut symbol = self.rule_symbol(at, declaration, &[]);
        (symbol.scope, symbol.captured) = (scope, captured);
        let instance = &mut self.symbols.instances[at.0];
        let known = instance.rules[&signature(declaration)];
        let id = RuleId::new(self.symbols.rules.len());
        instance.replaced.insert(signature(declaration), id);
        let old = std::mem::replace(&mut self.symbols.rules[known.index()], symbol);
        self.symbols.rules.push(old);
    }

    /// Reports overrides of names that the imported file does not declare.
    pub(super) fn check_imports(&mut self) {
        for number in 0..self.symbols.instances.len() {
            if let Some(importer) = self.symbols.instances[number].importer {
                let import = importer.import;
                let overrides = import.overrides.iter().flatten();
                self.check_overrides(InstanceId(number), &import.path.text, overrides);
            }
        }
    }

    fn check_overrides(
        &mut self,
        made: InstanceId,
        what: &str,
        overrides: impl Iterator<Item = &'a Override>,
    ) {
        let mut seen = BTreeSet::new();
        for entry in overrides {
            let (name, arity) = match entry {
                Override::Protect(name) | Override::Attribute(name, _) => (name, None),
                Override::Rule(rule) => (&rule.name, Some(signature(rule).1)),
            };
            let problem = if seen.insert((&name.text, arity)) {
                match entry {
                    Override::Rule(rule) => self.wrong_rule(made, what, rule),
                    _ => self.symbols.wrong_attribute(made, what, name),
                }
            } else {
                let title = format!("`{}` is given or protected already", name.text);
                Some(Diagnostic::warning(Code("W0204"), title, name.span).label("has no effect"))
            };
            self.diagnostics.extend(problem);
        }
    }

    /// What is wrong with replacing a rule of an import `what`, if anything is.
    fn wrong_rule(&self, made: InstanceId, what: &str, rule: &ast::Rule) -> Option<Diagnostic> {
        let name = &rule.name;
        let rules = &self.symbols.instance(made).rules;
        if rules.contains_key(&signature(rule)) {
            return None;
        }
        let warn =
            |title| Diagnostic::warning(Code("W0204"), title, name.span).label("has no effect");
        if let Some((declared, arity)) = self.symbols.other_rule(made, &name.text) {
            let title = format!("`{}` has {arity} parameters there", name.text);
            return Some(warn(title).also(declared, "declared here"));
        }
        let mut diagnostic = warn(format!("`{what}` declares no rule `{}`", name.text));
        let names = rules.keys().map(|(name, _)| *name);
        diagnostic.help = nearest(&name.text, names).map(|name| format!("did you mean `{name}`?"));
        Some(diagnostic)
    }

    /// Rules that an importer declares for an import: `imp.Rule --> ...`. Without such an import they are rules of the
    /// file itself, as old files have them.
    pub(super) fn enter_rules_of_imports(&mut self) {
        for (at, rule, annotations) in std::mem::take(&mut self.foreign) {
            let (path, name) = rule.name.text.rsplit_once('.').unwrap_or_default();
            let Some(found) = self.symbols.import(at, path) else {
                self.warn_of_similar_import(at, path, rule.name.span);
                let symbol = self.rule_symbol(at, rule, annotations);
                self.put_rule(at, &rule.name.text, symbol);
                continue;
            };
            if let Some(target) = found {
                let mut symbol = self.rule_symbol(target, rule, annotations);
                symbol.scope = at;
                self.put_rule(target, name, symbol);
            }
        }
    }

    /// Warns of a rule with a dot in its name when an import with nearly that name is there.
    fn warn_of_similar_import(&mut self, at: InstanceId, path: &str, span: Span) {
        let ids = self.symbols.instance(at).imports.keys().copied();
        if let Some(id) = nearest(path, ids) {
            let title = format!("there is no import `{path}`: the rule is one of this file");
            let diagnostic = Diagnostic::warning(Code("W0205"), title, span);
            self.diagnostics
                .push(diagnostic.help(format!("did you mean `{id}`?")));
        }
    }

    /// Makes an instance for each call that replaces rules of an import. Rules of such instances may have such calls
    /// too, hence the growing list.
    pub(super) fn enter_replacing_calls(&mut self) {
        let mut next = 0;
        while let Some(rule) = self.symbols.rules.get(next) {
            let mut calls = Vec::new();
            rule.declaration.successor.walk(&mut |operation| {
                if let OperationKind::Call(call) = &operation.kind
                    && call
                        .overrides
                        .iter()
                        .any(|it| matches!(it, Override::Rule(_)))
                {
                    calls.push((operation.span, call));
                }
            });
            for (span, call) in calls {
                self.enter_replacing_call(RuleId::new(next), call, span);
            }
            next += 1;
        }
    }

    fn enter_replacing_call(&mut self, caller: RuleId, call: &'a Call, span: Span) {
        let scope = self.symbols.rules[caller.index()].scope;
        let Some(Some(target)) = self.symbols.import(scope, &call.name.text) else {
            return;
        };
        let Some(instance) = self.copy(target, span, &mut BTreeMap::new()) else {
            return;
        };
        let captured = self.capture(caller);
        let rules = call.overrides.iter();
        let rules = rules.filter(|it| matches!(it, Override::Rule(_)));
        self.check_overrides(instance, &call.name.text, rules);
        for entry in &call.overrides {
            if let Override::Rule(rule) = entry
                && self.symbols.instances[instance.0]
                    .rules
                    .contains_key(&signature(rule))
            {
                self.replace_rule(instance, rule, scope, captured.clone());
            }
        }
        let replacing = Replacing { instance, captured };
        self.symbols.replacing.insert((caller, span), replacing);
    }

    /// Attributes for all names that are visible in the body of a rule and live no longer than it.
    fn capture(&mut self, rule: RuleId) -> Vec<(&'a str, AttributeId)> {
        let symbol = &self.symbols.rules[rule.index()];
        let (scope, declaration) = (symbol.scope, symbol.declaration);
        let locals = declaration.locals.iter().map(|local| &local.name);
        let names = declaration.parameters.iter().flatten().chain(locals);
        let mut visible: BTreeMap<&str, &ast::Name> = BTreeMap::new();
        let outer = symbol.captured.iter();
        visible.extend(outer.map(|(name, id)| (*name, self.symbols.attributes[id.index()].name)));
        visible.extend(names.map(|name| (name.text.as_str(), name)));
        let mut captured = Vec::new();
        for (text, name) in visible {
            captured.push((text, AttributeId::new(self.symbols.attributes.len())));
            self.symbols.attributes.push(AttributeSymbol {
                instance: scope,
                name,
                suffix: " at a call",
                constant: true,
                annotations: &[],
                initial: Initial::Captured,
                declared: None,
                scope,
                ty: self.types.open(),
            });
        }
        captured
    }

    /// An instance with the attributes and functions of another and rules of its own, and so all that it imports.
    /// `copies` has what is copied already, so that rules given by an importer find it.
    fn copy(
        &mut self,
        of: InstanceId,
        place: Span,
        copies: &mut BTreeMap<InstanceId, InstanceId>,
    ) -> Option<InstanceId> {
        if !self.has_room(place) {
            return None;
        }
        let id = InstanceId(self.symbols.instances.len());
        copies.insert(of, id);
        let original = self.symbols.instance(of);
        let (mut imports, rules, replaced) = (
            original.imports.clone(),
            original.rules.clone(),
            original.replaced.clone(),
        );
        self.symbols.instances.push(Instance {
            prefix: original.prefix.clone(),
            imports: BTreeMap::new(),
            attributes: original.attributes.clone(),
            functions: original.functions.clone(),
            rules: BTreeMap::new(),
            start: original.start,
            replaced: BTreeMap::new(),
            importer: None,
        });
        let rules = self.copy_rules(id, rules, copies);
        let replaced = self.copy_rules(id, replaced, copies);
        for import in imports.values_mut() {
            *import = import.and_then(|import| self.copy(import, place, copies));
        }
        let made = &mut self.symbols.instances[id.0];
        (made.imports, made.rules, made.replaced) = (imports, rules, replaced);
        Some(id)
    }

    fn copy_rules(
        &mut self,
        to: InstanceId,
        mut rules: BTreeMap<Signature<'a>, RuleId>,
        copies: &BTreeMap<InstanceId, InstanceId>,
    ) -> BTreeMap<Signature<'a>, RuleId> {
        for id in rules.values_mut() {
            let original = &self.symbols.rules[id.index()];
            let (declaration, annotations) = (original.declaration, original.annotations);
            let (scope, captured) = (original.scope, original.captured.clone());
            let mut symbol = self.rule_symbol(to, declaration, annotations);
            symbol.scope = copies.get(&scope).copied().unwrap_or(scope);
            symbol.captured = captured;
            *id = RuleId::new(self.symbols.rules.len());
            self.symbols.rules.push(symbol);
        }
        rules
    }
}
