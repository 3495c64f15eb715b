//! What each name of a program stands for.
//!
//! An import makes an **instance** of a file, with attributes of its own: the same file imported twice is two
//! instances. Names are looked up in an instance; `imp.name` goes on in the instance that `imp` names.

mod collect;

use std::collections::BTreeMap;

use gable_grammar::Span;
use gable_grammar::ast;

pub(crate) use collect::collect;

use crate::ir::{AttributeId, FunctionId, RuleId};
use crate::ty::Variable;

/// Number of an instance; the first is the main file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct InstanceId(pub(crate) usize);

/// A name with a number of parameters.
pub(crate) type Signature<'a> = (&'a str, usize);

/// One use of a file.
#[derive(Debug)]
pub(crate) struct Instance<'a> {
    /// `facade.` before its names, empty for the main file.
    pub(crate) prefix: String,
    /// By import id; none where the file could not be loaded.
    pub(crate) imports: BTreeMap<&'a str, Option<InstanceId>>,
    pub(crate) attributes: BTreeMap<&'a str, AttributeId>,
    pub(crate) functions: BTreeMap<Signature<'a>, FunctionId>,
    pub(crate) rules: BTreeMap<Signature<'a>, RuleId>,
    /// The rule marked `start`.
    pub(crate) start: Option<&'a str>,
}

/// Where an attribute's first value comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Initial<'a> {
    /// Its declaration.
    Declared(&'a ast::Attribute),
    /// An import's `(name = expr)`, evaluated where the import stands.
    Overridden(&'a ast::Expr),
    /// The importer's attribute of the same name.
    Propagated(AttributeId),
}

/// An attribute or constant of an instance.
#[derive(Debug)]
pub(crate) struct AttributeSymbol<'a> {
    pub(crate) instance: InstanceId,
    pub(crate) declaration: &'a ast::Attribute,
    pub(crate) annotations: &'a [ast::Annotation],
    pub(crate) initial: Initial<'a>,
    /// Where the initial value's names are looked up.
    pub(crate) scope: InstanceId,
    pub(crate) ty: Variable,
}

/// What declares a function: a function, or a legacy attribute with parameters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FunctionDeclaration<'a> {
    pub(crate) name: &'a ast::Name,
    pub(crate) parameters: &'a [ast::Name],
    pub(crate) locals: &'a [ast::Binding],
    pub(crate) value: &'a ast::Expr,
}

/// A function of an instance.
#[derive(Debug)]
pub(crate) struct FunctionSymbol<'a> {
    pub(crate) instance: InstanceId,
    pub(crate) declaration: FunctionDeclaration<'a>,
    pub(crate) params: Vec<Variable>,
    pub(crate) result: Variable,
}

/// A rule of an instance.
#[derive(Debug)]
pub(crate) struct RuleSymbol<'a> {
    pub(crate) instance: InstanceId,
    pub(crate) declaration: &'a ast::Rule,
    pub(crate) annotations: &'a [ast::Annotation],
    /// Where its names are looked up: the importer, for an override.
    pub(crate) scope: InstanceId,
    pub(crate) params: Vec<Variable>,
}

/// All names of a program.
#[derive(Debug, Default)]
pub(crate) struct Symbols<'a> {
    pub(crate) instances: Vec<Instance<'a>>,
    pub(crate) attributes: Vec<AttributeSymbol<'a>>,
    pub(crate) functions: Vec<FunctionSymbol<'a>>,
    pub(crate) rules: Vec<RuleSymbol<'a>>,
}

/// The instance that a dotted name leads to, and what is left of the name there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Path<'n> {
    /// Look the rest up here.
    In(InstanceId, &'n str),
    /// Through an import that could not be loaded, which is reported already.
    Broken,
}

impl<'a> Symbols<'a> {
    pub(crate) fn instance(&self, id: InstanceId) -> &Instance<'a> {
        &self.instances[id.0]
    }

    /// Follows the import ids at the head of a dotted name.
    pub(crate) fn follow<'n>(&self, from: InstanceId, name: &'n str) -> Path<'n> {
        let (mut at, mut rest) = (from, name);
        while let Some((head, tail)) = rest.split_once('.') {
            match self.instance(at).imports.get(head) {
                Some(Some(next)) => (at, rest) = (*next, tail),
                Some(None) => return Path::Broken,
                None => break,
            }
        }
        Path::In(at, rest)
    }

    pub(crate) fn attribute(&self, at: InstanceId, name: &str) -> Option<AttributeId> {
        self.instance(at).attributes.get(name).copied()
    }

    pub(crate) fn function(&self, at: InstanceId, name: &str, arity: usize) -> Option<FunctionId> {
        self.instance(at).functions.get(&(name, arity)).copied()
    }

    /// The rule of a name; `start` is the one so marked.
    pub(crate) fn rule(&self, at: InstanceId, name: &str, arity: usize) -> Option<RuleId> {
        let instance = self.instance(at);
        let rule = instance.rules.get(&(name, arity));
        let start = || {
            instance
                .start
                .filter(|_| name == "start")
                .and_then(|start| instance.rules.get(&(start, arity)))
        };
        rule.or_else(start).copied()
    }

    /// Where a declaration of this name stands, whatever its parameters, and how many it has.
    pub(crate) fn other_rule(&self, at: InstanceId, name: &str) -> Option<(Span, usize)> {
        let mut range = self
            .instance(at)
            .rules
            .range((name, 0)..=(name, usize::MAX));
        range
            .next()
            .map(|((_, arity), id)| (self.rules[id.index()].declaration.name.span, *arity))
    }

    /// The same for functions.
    pub(crate) fn other_function(&self, at: InstanceId, name: &str) -> Option<(Span, usize)> {
        let mut range = self
            .instance(at)
            .functions
            .range((name, 0)..=(name, usize::MAX));
        range
            .next()
            .map(|((_, arity), id)| (self.functions[id.index()].declaration.name.span, *arity))
    }

    /// Names of attributes and functions in an instance, for suggestions.
    pub(crate) fn value_names(&self, at: InstanceId) -> impl Iterator<Item = &'a str> {
        let instance = self.instance(at);
        instance
            .attributes
            .keys()
            .copied()
            .chain(instance.functions.keys().map(|(name, _)| *name))
    }
}
