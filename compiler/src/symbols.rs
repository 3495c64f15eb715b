//! What each name of a program stands for.
//!
//! An import makes an **instance** of a file, with attributes of its own: the same file imported twice is two
//! instances. Names are looked up in an instance; `imp.name` goes on in the instance that `imp` names. A call that
//! replaces rules of an import, `imp(Rule --> ...).Other`, makes an instance with rules of its own, which shares the
//! attributes of `imp`.

mod collect;
mod replace;

use std::collections::BTreeMap;

use gable_grammar::{Code, Diagnostic, Span, ast};

pub(crate) use collect::collect;

use crate::ir::{AttributeId, FunctionId, RuleId};
use crate::suggest::nearest;
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
    /// What importers replaced: the rule as it was before.
    pub(crate) replaced: BTreeMap<Signature<'a>, RuleId>,
    /// The import that made it; none for the main file.
    importer: Option<Importer<'a>>,
}

/// An import seen from the imported file.
#[derive(Debug, Clone, Copy)]
struct Importer<'a> {
    instance: InstanceId,
    import: &'a ast::Import,
    annotations: &'a [ast::Annotation],
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
    /// A call through an import sets it, to the value of a local that a rule given there reads.
    Captured,
}

/// An attribute or constant of an instance.
#[derive(Debug, Clone)]
pub(crate) struct AttributeSymbol<'a> {
    pub(crate) instance: InstanceId,
    pub(crate) name: &'a ast::Name,
    /// After its name: tells attributes that nobody wrote from those that have the name.
    pub(crate) suffix: &'static str,
    pub(crate) constant: bool,
    pub(crate) annotations: &'a [ast::Annotation],
    pub(crate) initial: Initial<'a>,
    /// Its declared value as an attribute of its own, where an importer gives another one.
    pub(crate) declared: Option<AttributeId>,
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
    /// Locals of the rule that gives it in a call, as attributes.
    pub(crate) captured: Vec<(&'a str, AttributeId)>,
    pub(crate) params: Vec<Variable>,
}

/// What a call that replaces rules of an import works with.
#[derive(Debug)]
pub(crate) struct Replacing<'a> {
    /// The instance with the rules replaced.
    pub(crate) instance: InstanceId,
    /// Names that are visible at the call, and the attributes that carry their values.
    pub(crate) captured: Vec<(&'a str, AttributeId)>,
}

/// All names of a program.
#[derive(Debug, Default)]
pub(crate) struct Symbols<'a> {
    pub(crate) instances: Vec<Instance<'a>>,
    pub(crate) attributes: Vec<AttributeSymbol<'a>>,
    pub(crate) functions: Vec<FunctionSymbol<'a>>,
    pub(crate) rules: Vec<RuleSymbol<'a>>,
    /// Calls that replace rules of an import, by the calling rule and the place.
    pub(crate) replacing: BTreeMap<(RuleId, Span), Replacing<'a>>,
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

    /// The instance that a dotted import id stands for; `Some(None)` if it could not be loaded.
    pub(crate) fn import(&self, from: InstanceId, path: &str) -> Option<Option<InstanceId>> {
        path.split('.').try_fold(Some(from), |at, id| match at {
            Some(at) => self.instance(at).imports.get(id).copied(),
            None => Some(None),
        })
    }

    /// The attribute that a name means in the value of another one: where an importer gives an attribute by its own
    /// value, what was declared.
    pub(crate) fn read(&self, id: AttributeId, reader: Option<AttributeId>) -> AttributeId {
        let symbol = &self.attributes[id.index()];
        match (symbol.declared, symbol.initial) {
            (Some(declared), Initial::Propagated(from)) if reader == Some(from) => declared,
            (Some(declared), Initial::Overridden(_)) if reader == Some(id) => declared,
            _ => id,
        }
    }

    /// The rule that a call means: in a rule that took the place of another one, or that this one calls, the other.
    pub(crate) fn called(&self, at: InstanceId, rule: RuleId, caller: RuleId) -> RuleId {
        let signature = |declaration: &'a ast::Rule| {
            let arity = declaration.parameters.as_ref().map_or(0, Vec::len);
            (declaration.name.text.as_str(), arity)
        };
        let (given, caller) = (&self.rules[rule.index()], &self.rules[caller.index()]);
        let itself = std::ptr::eq(given.declaration, caller.declaration);
        let forwards = given.scope == caller.scope
            && forwarded(&given.declaration.successor) == Some(&caller.declaration.name.text);
        let replaced = self
            .instance(at)
            .replaced
            .get(&signature(given.declaration));
        match replaced {
            Some(replaced) if itself || forwards => *replaced,
            _ => rule,
        }
    }

    /// What is wrong with giving a value to this name in an import `what`, if anything is.
    pub(crate) fn wrong_attribute(
        &self,
        from: InstanceId,
        what: &str,
        name: &ast::Name,
    ) -> Option<Diagnostic> {
        let Path::In(at, rest) = self.follow(from, &name.text) else {
            return None;
        };
        let found = self.attribute(at, rest);
        let found = found.map(|id| &self.attributes[id.index()]);
        let title = match found {
            Some(symbol) if !symbol.constant => return None,
            Some(_) => format!("`{}` is a constant, which nothing changes", name.text),
            None => format!("`{what}` declares no attribute `{}`", name.text),
        };
        let mut diagnostic =
            Diagnostic::warning(Code("W0204"), title, name.span).label("has no effect");
        match found {
            Some(symbol) => diagnostic = diagnostic.also(symbol.name.span, "declared here"),
            None => {
                let names = self.instance(at).attributes.keys().copied();
                diagnostic.help =
                    nearest(rest, names).map(|name| format!("did you mean `{name}`?"));
            }
        }
        Some(diagnostic)
    }

    /// Whether `@Hidden` before an import hides an attribute: all that the import brings, or those it names.
    pub(crate) fn is_hidden(&self, attribute: &AttributeSymbol<'_>) -> bool {
        let mut path = attribute.name.text.clone();
        let mut above = self.instance(attribute.instance).importer;
        while let Some(importer) = above {
            let mut annotations = importer.annotations.iter();
            let hides = annotations.any(|it| {
                let named = |argument: &ast::AnnotationArgument| {
                    matches!(&argument.value, ast::AnnotationValue::Text(text) if *text == path)
                };
                it.name.text.eq_ignore_ascii_case("Hidden")
                    && (it.arguments.is_empty() || it.arguments.iter().any(named))
            });
            if hides {
                return true;
            }
            path = format!("{}.{path}", importer.import.id.text);
            above = self.instance(importer.instance).importer;
        }
        false
    }

    /// Attributes of an instance and of all that it imports.
    pub(crate) fn all_attributes(&self, at: InstanceId) -> Vec<AttributeId> {
        let mut list = Vec::new();
        let mut open = vec![at];
        while let Some(at) = open.pop() {
            let instance = self.instance(at);
            for id in instance.attributes.values() {
                list.push(*id);
                list.extend(self.attributes[id.index()].declared);
            }
            open.extend(instance.imports.values().flatten());
        }
        list
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

/// The rule that a successor calls and does nothing else.
fn forwarded(successor: &ast::Successor) -> Option<&str> {
    let ast::SuccessorKind::Operations(operations) = &successor.kind else {
        return None;
    };
    match operations.as_slice() {
        [
            ast::Operation {
                kind: ast::OperationKind::Call(call),
                ..
            },
        ] if call.member.is_none() => Some(&call.name.text),
        _ => None,
    }
}
