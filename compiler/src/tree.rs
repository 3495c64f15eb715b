//! The resolved tree: names are decided, types are variables.
//!
//! Between the syntax tree and the [`ir`](crate::ir): the same steps, with [`Node`]s as expressions, in which what
//! depends on types (`+`, `str`, an index) is still one thing.

use gable_grammar::Span;
use gable_grammar::ast::{BinaryOperator, UnaryOperator};

use crate::builtins::Special;
use crate::ir::{ArrayItem, AttributeId, FunctionId, KernelFunction, LocalId, Step};
use crate::ty::Variable;

/// An expression.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) kind: NodeKind,
    pub(crate) ty: Variable,
    pub(crate) span: Span,
}

/// The kinds of expressions.
#[derive(Debug, Clone)]
pub(crate) enum NodeKind {
    Float(f64),
    Bool(bool),
    String(String),
    Word(i32),
    Local(LocalId),
    /// Stores the value in a local and gives it.
    Tee(LocalId, Box<Node>),
    Attribute(AttributeId),
    /// A shape attribute, by its number.
    ShapeAttribute(i32),
    Call(FunctionId, Vec<Node>),
    Kernel(KernelFunction, Vec<Node>),
    Special(Special, Vec<Node>),
    /// The operand made into a string.
    Text(Box<Node>),
    /// A selector: a bool as it is, a float as an index.
    Selector(Box<Node>),
    Unary(UnaryOperator, Box<Node>),
    Binary(BinaryOperator, Box<Node>, Box<Node>),
    Case(Vec<(Node, Node)>, Box<Node>),
    Array(Vec<ArrayItem<Node>>),
    /// An array and one or two indices.
    Index(Box<Node>, Vec<Node>),
    /// Arguments of `comp_begin`, then conditions with values.
    Comp(Vec<Node>, Vec<(Node, Node)>),
    /// Something wrong, reported elsewhere: any value.
    Missing,
}

/// What all bodies have.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    /// Types of the locals, parameters first.
    pub(crate) locals: Vec<Variable>,
}

/// The body of a function or attribute.
#[derive(Debug)]
pub(crate) struct ValueBody {
    pub(crate) frame: Frame,
    pub(crate) bindings: Vec<(LocalId, Node)>,
    pub(crate) value: Node,
}

/// The body of a rule.
#[derive(Debug)]
pub(crate) struct RuleBody {
    pub(crate) frame: Frame,
    pub(crate) steps: Vec<Step<Node>>,
}

/// Bodies of all attributes, functions and rules, in the order of their symbols.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) attributes: Vec<ValueBody>,
    pub(crate) functions: Vec<ValueBody>,
    pub(crate) rules: Vec<RuleBody>,
}
