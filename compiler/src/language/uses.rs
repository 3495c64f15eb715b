//! Which features of the language a file uses, and where: read off its syntax tree, so that files with errors, or with
//! imports that are not there, count as well.

use std::collections::BTreeSet;

use gable_grammar::Span;
use gable_grammar::ast::{
    Annotation, Attribute, Binding, Block, BlockItemKind, BlockOperation, Call, Chain,
    DeclarationKind, Element, Expr, ExprKind, File, Name, Operation, OperationKind, Override, Rule,
    Successor, SuccessorKind,
};
use gable_kernel::abi::token;

use super::differences::OldForm;
use super::{INDEX, Kind, PARTS, names};
use crate::builtins::{self, Overload};

/// A feature at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// What sort of thing it is.
    pub kind: Kind,
    /// Its name. Of selectors, annotations and attributes it may be one that the language does not have.
    pub name: String,
    /// Where.
    pub span: Span,
}

/// All uses of features in a file, in order of appearance; names that the file declares are its own.
pub fn uses(file: &File) -> Vec<Use> {
    let mut walker = Walker::default();
    for declaration in &file.declarations {
        walker.declare(&declaration.kind);
    }
    for declaration in &file.declarations {
        for annotation in &declaration.annotations {
            walker.annotation(annotation);
        }
        match &declaration.kind {
            DeclarationKind::Import(import) => {
                walker.overrides(import.overrides.iter().flatten());
            }
            DeclarationKind::Attribute(attribute) => walker.attribute(attribute),
            DeclarationKind::Function(function) => {
                let parameters = function.parameters.as_deref().unwrap_or_default();
                walker.body(parameters, &function.locals, |walker| {
                    walker.expr(&function.value);
                });
            }
            DeclarationKind::Rule(rule) => walker.rule(rule),
            DeclarationKind::Style(_) => {}
        }
    }
    walker.uses
}

#[derive(Default)]
struct Walker<'a> {
    /// Attributes and functions of the file with their numbers of parameters.
    values: BTreeSet<(&'a str, usize)>,
    /// Rules likewise.
    rules: BTreeSet<(&'a str, usize)>,
    imports: BTreeSet<&'a str>,
    /// Parameters and locals of the body that is read.
    locals: Vec<&'a str>,
    uses: Vec<Use>,
}

impl<'a> Walker<'a> {
    fn declare(&mut self, declaration: &'a DeclarationKind) {
        let count = |names: &Option<Vec<Name>>| names.as_ref().map_or(0, Vec::len);
        match declaration {
            DeclarationKind::Import(import) => _ = self.imports.insert(&import.id.text),
            DeclarationKind::Attribute(it) => {
                self.values.insert((&it.name.text, count(&it.parameters)));
            }
            DeclarationKind::Function(it) => {
                self.values.insert((&it.name.text, count(&it.parameters)));
            }
            DeclarationKind::Rule(it) => {
                self.rules.insert((&it.name.text, count(&it.parameters)));
            }
            DeclarationKind::Style(_) => {}
        }
    }

    fn add(&mut self, kind: Kind, name: &str, span: Span) {
        let name = name.to_owned();
        self.uses.push(Use { kind, name, span });
    }

    fn old_form(&mut self, form: OldForm, span: Span) {
        self.add(Kind::OldForm, form.name(), span);
    }

    fn annotation(&mut self, annotation: &Annotation) {
        let name = &annotation.name;
        self.add(Kind::Annotation, &name.text, name.span);
        let unnamed = annotation.arguments.iter().any(|it| it.key.is_none());
        if name.text == "Range" && unnamed {
            self.old_form(OldForm::RangeWithoutNames, annotation.span);
        }
    }

    fn attribute(&mut self, attribute: &'a Attribute) {
        let parameters = attribute.parameters.as_deref().unwrap_or_default();
        if !parameters.is_empty() {
            self.old_form(OldForm::AttributeWithParameters, attribute.name.span);
        }
        self.body(parameters, &attribute.locals, |walker| {
            walker.expr(&attribute.value);
        });
    }

    fn rule(&mut self, rule: &'a Rule) {
        let parameters = rule.parameters.as_deref().unwrap_or_default();
        self.body(parameters, &rule.locals, |walker| {
            walker.successor(&rule.successor);
        });
    }

    fn body(
        &mut self,
        parameters: &'a [Name],
        locals: &'a [Binding],
        read: impl FnOnce(&mut Self),
    ) {
        self.locals.clear();
        self.locals
            .extend(parameters.iter().map(|it| it.text.as_str()));
        for local in locals {
            self.expr(&local.value);
            self.locals.push(&local.name.text);
        }
        read(self);
        self.locals.clear();
    }

    fn successor(&mut self, successor: &'a Successor) {
        match &successor.kind {
            SuccessorKind::Operations(operations) => {
                for operation in operations {
                    self.operation(operation);
                }
            }
            SuccessorKind::Case(chain) | SuccessorKind::Chance(chain) => {
                self.chain(chain, Self::successor);
            }
        }
    }

    fn chain<T>(&mut self, chain: &'a Chain<T>, mut read: impl FnMut(&mut Self, &'a T)) {
        for (condition, body) in &chain.arms {
            self.expr(condition);
            read(self, body);
        }
        read(self, &chain.otherwise);
    }

    fn operation(&mut self, operation: &'a Operation) {
        match &operation.kind {
            OperationKind::Scoped(body) => {
                self.add(Kind::Operation, "[ ]", operation.span);
                self.successor(body);
            }
            OperationKind::Inline { strategy: _, body } => {
                self.add(Kind::Operation, "inline", operation.span);
                self.successor(body);
            }
            OperationKind::Call(call) => self.call(call),
            OperationKind::Block(block) => self.block_operation(block),
        }
    }

    fn overrides(&mut self, overrides: impl IntoIterator<Item = &'a Override>) {
        for entry in overrides {
            match entry {
                Override::Protect(_) => {}
                Override::Attribute(_, value) => self.expr(value),
                Override::Rule(rule) => self.rule(rule),
            }
        }
    }

    fn call(&mut self, call: &'a Call) {
        let arguments = call.arguments.as_deref().unwrap_or_default();
        self.overrides(&call.overrides);
        if let Some(member) = &call.member {
            self.call(member);
        } else if !call.leaf && self.is_operation(&call.name.text, arguments.len()) {
            self.add(Kind::Operation, &call.name.text, call.name.span);
            self.old_call(&call.name, arguments);
            self.arguments(arguments, false);
            return;
        }
        arguments.iter().for_each(|argument| self.expr(argument));
    }

    /// Whether a call with so many arguments is one of an operation of the language.
    fn is_operation(&self, name: &str, arity: usize) -> bool {
        let fits = |list: &[Overload]| list.iter().any(|it| it.arity() == arity);
        let listed = names::OPERATIONS
            .iter()
            .any(|(_, names)| names.contains(&name));
        listed
            && (!self.rules.contains(&(name, arity)) || builtins::operation(name).is_some_and(fits))
    }

    fn old_call(&mut self, name: &Name, arguments: &[Expr]) {
        let word = |place: usize, words: &[&str]| match arguments.get(place).map(|it| &it.kind) {
            Some(ExprKind::Name(name)) => words.contains(&name.text.as_str()),
            _ => false,
        };
        let count = arguments.len();
        let axes = ["x", "y", "z", "world.x", "world.y", "world.z"];
        let form = match name.text.as_str() {
            "setupProjection" if count == 5 => OldForm::ProjectionOfFiveArguments,
            "alignScopeToGeometry" if count == 2 => OldForm::AlignmentOfTwoArguments,
            "extrude" if count == 2 && word(0, &axes) => OldForm::ExtrusionAlongAxis,
            "envelope" if !word(0, &["normal", "world.up"]) => OldForm::EnvelopeWithoutDirection,
            "setPivot" if word(0, &["yUp", "zUp"]) => OldForm::PivotUp,
            "i" if matches!(arguments.first().map(|it| &it.kind), Some(ExprKind::String(path)) if path.starts_with("builtin:cube")) => {
                OldForm::BuiltinCube
            }
            _ => return,
        };
        self.old_form(form, name.span);
    }

    /// Arguments of something of the language: bare words of its own mean themselves, and choose faces in queries of
    /// the geometry.
    fn arguments(&mut self, arguments: &'a [Expr], selects: bool) {
        for argument in arguments {
            match &argument.kind {
                ExprKind::Name(name)
                    if token::token(&name.text).is_some() && !self.is_own(&name.text, 0) =>
                {
                    if selects && token::ORIENTATIONS.contains(&name.text.as_str()) {
                        self.add(Kind::Selector, &name.text, name.span);
                    }
                }
                _ => self.expr(argument),
            }
        }
    }

    fn block_operation(&mut self, operation: &'a BlockOperation) {
        let name = &operation.name;
        self.add(Kind::Operation, &name.text, name.span);
        self.arguments(operation.arguments.as_deref().unwrap_or_default(), false);
        self.block(&operation.block, name.text == "split");
        if let Some(remainder) = &operation.remainder {
            self.item(&remainder.kind, false);
        }
    }

    fn block(&mut self, block: &'a Block, sized: bool) {
        for item in &block.items {
            if sized && matches!(item.kind, BlockItemKind::Plain(_)) {
                self.old_form(OldForm::SplitWithoutSizes, item.span);
            }
            self.item(&item.kind, sized);
        }
    }

    fn item(&mut self, item: &'a BlockItemKind, sized: bool) {
        let successor = match item {
            BlockItemKind::Group { block, repeat: _ } => return self.block(block, sized),
            BlockItemKind::Sized { size, successor } => {
                self.expr(size);
                successor
            }
            BlockItemKind::SizedDepth {
                size,
                depth,
                successor,
            } => {
                self.expr(size);
                self.expr(depth);
                successor
            }
            BlockItemKind::Selected {
                selector,
                operator: _,
                successor,
            } => {
                self.selector(selector);
                successor
            }
            BlockItemKind::Plain(successor) => successor,
        };
        self.successor(successor);
    }

    fn selector(&mut self, selector: &'a Expr) {
        match &selector.kind {
            ExprKind::Number(_) => self.add(Kind::Selector, INDEX, selector.span),
            _ => self.part_of_selector(selector),
        }
    }

    fn part_of_selector(&mut self, part: &'a Expr) {
        match &part.kind {
            ExprKind::Name(name) if !self.is_own(&name.text, 0) => {
                if self.is_value(&name.text) && !is_selector(&name.text) {
                    self.expr(part);
                } else {
                    self.add(Kind::Selector, &name.text, name.span);
                }
            }
            ExprKind::Parenthesized(inner) | ExprKind::Unary(_, inner) => {
                self.part_of_selector(inner);
            }
            ExprKind::Binary(_, left, right) => {
                self.part_of_selector(left);
                self.part_of_selector(right);
            }
            _ => self.expr(part),
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Bool(_) => {}
            ExprKind::Name(name) => self.value(name, &[]),
            ExprKind::Call(name, arguments) => self.value(name, arguments),
            ExprKind::Unary(_, inner)
            | ExprKind::Relative(inner)
            | ExprKind::Floating(inner)
            | ExprKind::Parenthesized(inner) => self.expr(inner),
            ExprKind::Binary(_, left, right) => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Case(chain) | ExprKind::Chance(chain) => self.chain(chain, Self::expr),
            ExprKind::Array(rows) => rows.iter().for_each(|row| self.elements(row)),
            ExprKind::Index(array, indices) => {
                self.expr(array);
                self.elements(indices);
            }
            ExprKind::Comp(arguments, arms) => {
                self.add(Kind::Function, "comp", expr.span);
                self.arguments(arguments, false);
                for arm in arms {
                    self.selector(&arm.selector);
                    self.expr(&arm.value);
                }
            }
        }
    }

    fn elements(&mut self, elements: &'a [Element]) {
        for element in elements {
            match element {
                Element::Value(value) => self.expr(value),
                Element::Range { start, step, end } => {
                    self.expr(start);
                    step.iter().for_each(|step| self.expr(step));
                    self.expr(end);
                }
            }
        }
    }

    /// A name in an expression, with its arguments.
    fn value(&mut self, name: &'a Name, arguments: &'a [Expr]) {
        let text = name.text.as_str();
        let of_language = !self.is_own(text, arguments.len());
        if of_language && arguments.is_empty() && is_attribute(text) {
            self.add(Kind::Attribute, text, name.span);
        } else if of_language && is_function(text) {
            self.add(Kind::Function, text, name.span);
            return self.arguments(arguments, text.starts_with("geometry."));
        }
        arguments.iter().for_each(|argument| self.expr(argument));
    }

    /// Whether the file gives this name a meaning, or an import.
    fn is_own(&self, name: &str, arity: usize) -> bool {
        let first = name.split('.').next().unwrap_or_default();
        self.values.contains(&(name, arity))
            || (arity == 0 && self.locals.contains(&name))
            || self.imports.contains(first)
    }

    fn is_value(&self, name: &str) -> bool {
        is_attribute(name) || is_function(name)
    }
}

fn is_selector(name: &str) -> bool {
    token::ORIENTATIONS.contains(&name) || token::SELECTORS.contains(&name) || PARTS.contains(&name)
}

fn is_function(name: &str) -> bool {
    let listed = |names: &[&str]| names.contains(&name);
    names::FUNCTIONS.iter().any(|(_, names)| listed(names))
}

/// Whether a name is that of a shape attribute, or looks like one.
fn is_attribute(name: &str) -> bool {
    let known = builtins::shape_attribute(name).is_some();
    let group = name.split_once('.').map_or("", |(group, _)| group);
    let groups = [
        "scope",
        "pivot",
        "initialShape",
        "split",
        "trim",
        "material",
    ];
    known || (groups.contains(&group) && token::token(name).is_none())
}
