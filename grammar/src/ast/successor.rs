//! The right-hand side of rules.

use super::expr::{Chain, Expr};
use super::{Name, Override};
use crate::span::Span;

/// What a shape becomes.
#[derive(Debug, Clone, PartialEq)]
pub struct Successor {
    /// What it is.
    pub kind: SuccessorKind,
    /// Where.
    pub span: Span,
}

/// The kinds of successors.
#[derive(Debug, Clone, PartialEq)]
pub enum SuccessorKind {
    /// Operations from left to right; may be empty.
    Operations(Vec<Operation>),
    /// `case a: ... else: ...`.
    Case(Chain<Successor>),
    /// `30%: ... else: ...`.
    Chance(Chain<Successor>),
}

/// One step of a successor.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What it is.
    pub kind: OperationKind,
    /// Where.
    pub span: Span,
}

/// The kinds of operations.
#[derive(Debug, Clone, PartialEq)]
pub enum OperationKind {
    /// `[ ... ]`: works on a copy.
    Scoped(Successor),
    /// `inline(strategy) Rule` or `inline { ... }`.
    Inline {
        /// `append`, `unify` or `recompose`.
        strategy: Option<Name>,
        /// What is derived at once.
        body: Successor,
    },
    /// A built-in operation, a rule call or a leaf; told apart by the resolver.
    Call(Call),
    /// An operation with a block: `split(x) { ... }*`.
    Block(BlockOperation),
}

/// `name(arguments)`, `Name.` or `imp(a = 1, Roof --> Flat).Rule(arguments)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The name; of a dynamic import, its id.
    pub name: Name,
    /// `None` without parentheses.
    pub arguments: Option<Vec<Expr>>,
    /// `Name.`: an explicit leaf.
    pub leaf: bool,
    /// The rule called in a dynamic import. The import's arguments are in `overrides`.
    pub member: Option<Box<Self>>,
    /// What a dynamic import changes: attributes and rules, no protection.
    pub overrides: Vec<Override>,
}

/// An operation followed by `{ ... }`.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockOperation {
    /// `split`, `comp`, `setback`, `scatter`, ...
    pub name: Name,
    /// `None` without parentheses.
    pub arguments: Option<Vec<Expr>>,
    /// The branches.
    pub block: Block,
    /// A `*` after the block: it is repeated.
    pub repeat: bool,
    /// The second block of `splitAndSetbackPerimeter`.
    pub remainder: Option<Box<BlockItem>>,
}

/// `{ item | item }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Its branches, in order.
    pub items: Vec<BlockItem>,
    /// Braces included.
    pub span: Span,
}

/// One branch of a block.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockItem {
    /// What it is.
    pub kind: BlockItemKind,
    /// Where.
    pub span: Span,
}

/// The kinds of branches.
#[derive(Debug, Clone, PartialEq)]
pub enum BlockItemKind {
    /// `{ ... }` or `{ ... }*` inside a split.
    Group {
        /// The nested branches.
        block: Block,
        /// Whether it is repeated.
        repeat: bool,
    },
    /// `size : ...` in split and splitArea.
    Sized {
        /// Absolute, `'relative` or `~floating`.
        size: Expr,
        /// For each piece.
        successor: Successor,
    },
    /// `length : depth : ...` in splitAndSetbackPerimeter.
    SizedDepth {
        /// Along the perimeter.
        size: Expr,
        /// Setback of the section.
        depth: Expr,
        /// For each section.
        successor: Successor,
    },
    /// `selector : ...` in comp, setback, offset-like operations.
    Selected {
        /// A token, an index or a bool expression.
        selector: Expr,
        /// How the selected components become shapes.
        operator: SelectOperator,
        /// For each of those shapes.
        successor: Successor,
    },
    /// A bare successor: scatter, union and its kin, a split without sizes in old files.
    Plain(Successor),
}

/// How selected components become shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectOperator {
    /// `:` one shape for each.
    Each,
    /// `=` one shape for all.
    All,
    /// `=:` one shape for each connected set.
    Connected,
}
