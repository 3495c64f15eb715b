//! The features of the language, and which of them there are: one table for `gable check --compat` and for the document
//! `docs/cga-compatibility.md`.
//!
//! What is supported is not written down: it is what the compiler's and the kernel's tables know.

mod differences;
mod document;
mod names;
#[cfg(test)]
mod tests;
mod uses;

pub use document::document;
pub use uses::{Use, uses};

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use gable_kernel::abi::token;
use gable_kernel::builtin::BUILTINS;

use crate::builtins;
use differences::{APPROXIMATED, DEPRECATED, OldForm};

/// What sort of thing a feature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Changes the current shape.
    Operation,
    /// Gives a value.
    Function,
    /// A property of the current shape: `scope.sx`.
    Attribute,
    /// Chooses components: `front`.
    Selector,
    /// `@Range`: says nothing of geometry.
    Annotation,
    /// A way of writing that newer versions write differently.
    OldForm,
}

impl Kind {
    /// All of them, in the order of tables.
    pub const ALL: [Self; 6] = [
        Self::Operation,
        Self::Function,
        Self::Attribute,
        Self::Selector,
        Self::Annotation,
        Self::OldForm,
    ];
}

impl Display for Kind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Operation => "operation",
            Self::Function => "function",
            Self::Attribute => "attribute",
            Self::Selector => "selector",
            Self::Annotation => "annotation",
            Self::OldForm => "old form",
        })
    }
}

/// Whether there is a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// As the language has it.
    Full,
    /// With a difference that one may notice: this.
    Approximated(&'static str),
    /// Not there yet.
    Missing,
}

impl Display for Support {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Full => "supported",
            Self::Approximated(_) => "approximated",
            Self::Missing => "missing",
        })
    }
}

/// A feature of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// What sort of thing it is.
    pub kind: Kind,
    /// A heading for it and its kin.
    pub group: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// Whether there is one.
    pub support: Support,
    /// Of an old name or form: what to write today.
    pub instead: Option<&'static str>,
}

impl Feature {
    /// What there is to say of it besides: the difference, the newer name.
    pub fn note(&self) -> String {
        let difference = match self.support {
            Support::Approximated(difference) => Some(difference.to_owned()),
            Support::Full | Support::Missing => None,
        };
        let instead = self.instead.map(|instead| format!("today: {instead}"));
        let notes: Vec<String> = difference.into_iter().chain(instead).collect();
        notes.join("; ")
    }
}

/// All features, by kind and group.
pub fn features() -> Vec<Feature> {
    let mut list = Vec::new();
    let mut add = |kind: Kind, group: &'static str, names: &[&'static str]| {
        for &name in names {
            list.push(Feature {
                kind,
                group,
                name,
                support: support(kind, name),
                instead: instead(kind, name),
            });
        }
    };
    for (group, names) in names::OPERATIONS.iter().chain([&names::SYNTAX]) {
        add(Kind::Operation, group, names);
    }
    for (group, names) in names::FUNCTIONS {
        add(Kind::Function, group, names);
    }
    for name in BUILTINS.iter().map(|entry| entry.name) {
        add(Kind::Attribute, attribute_group(name), &[name]);
    }
    add(Kind::Selector, "By direction", token::ORIENTATIONS);
    add(Kind::Selector, "By place in the mesh", token::SELECTORS);
    add(Kind::Selector, "Parts and numbers", PARTS);
    add(Kind::Annotation, "Annotations", names::ANNOTATIONS);
    let forms: Vec<&str> = OldForm::ALL.iter().map(|form| form.name()).collect();
    add(Kind::OldForm, "Old forms", &forms);
    list
}

/// The feature of a name, as [`features`] lists it.
pub fn feature(kind: Kind, name: &str) -> Option<Feature> {
    static INDEX: std::sync::LazyLock<BTreeMap<(Kind, &str), Feature>> =
        std::sync::LazyLock::new(|| {
            let features = features().into_iter();
            features.map(|it| ((it.kind, it.name), it)).collect()
        });
    INDEX.get(&(kind, name)).copied()
}

fn knows_operation(name: &str) -> bool {
    names::SYNTAX.1.contains(&name)
        || builtins::operation(name).is_some()
        || builtins::is_operation_word(name)
}

fn knows_function(name: &str) -> bool {
    matches!(name, "comp" | "sel")
        || builtins::function(name).is_some()
        || builtins::special(name).is_some()
}

/// Selectors that are no words of the kernel's tables of selectors.
const PARTS: &[&str] = &["shape", "remainder", INDEX];
/// How a number as a selector is called.
const INDEX: &str = "index";

fn support(kind: Kind, name: &str) -> Support {
    let known = match kind {
        Kind::Operation => knows_operation(name),
        Kind::Function => knows_function(name),
        Kind::Attribute => builtins::shape_attribute(name).is_some(),
        Kind::Selector | Kind::Annotation | Kind::OldForm => true,
    };
    if !known {
        return Support::Missing;
    }
    let mut differences = APPROXIMATED.iter();
    let difference = differences.find(|(of, names, _)| *of == kind && names.contains(&name));
    difference.map_or(Support::Full, |(_, _, text)| Support::Approximated(text))
}

fn instead(kind: Kind, name: &str) -> Option<&'static str> {
    if kind == Kind::OldForm {
        let form = OldForm::ALL.iter().find(|form| form.name() == name);
        return form.map(|form| form.instead());
    }
    let mut old = DEPRECATED.iter();
    old.find(|(of, old, _)| *of == kind && *old == name)
        .map(|(_, _, instead)| *instead)
}

/// A heading for an attribute: what stands before its dot.
fn attribute_group(name: &str) -> &str {
    name.split_once('.').map_or("Other", |(group, _)| group)
}
