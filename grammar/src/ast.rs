//! The syntax tree of one grammar file: what was written, not yet what it means.
//!
//! Plain data with public fields. Every node carries its [`Span`]; names are not resolved, types not
//! known. Places the parser could not understand are missing from the tree and reported instead.

mod display;
mod expr;
mod successor;
mod walk;

pub use expr::{
    BinaryOperator, Binding, Chain, Element, Expr, ExprKind, SelectedExpr, UnaryOperator,
};
pub use successor::{
    Block, BlockItem, BlockItemKind, BlockOperation, Call, Operation, OperationKind,
    SelectOperator, Successor, SuccessorKind,
};

use crate::span::Span;

/// A word with its place: a plain identifier, or a dotted path such as `scope.sx` or `imp.Lot`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The text, dots included, without a leaf's trailing dot.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// One file.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// The text after `version`, without quotes; files without one count as 2009.1.
    pub version: Option<Name>,
    /// Declarations in order of appearance.
    pub declarations: Vec<Declaration>,
    /// The whole file.
    pub span: Span,
}

/// A declaration with the annotations before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    /// `@Range(...)` and so on.
    pub annotations: Vec<Annotation>,
    /// What is declared.
    pub kind: DeclarationKind,
    /// From the first annotation to the end.
    pub span: Span,
}

/// What a declaration declares.
#[derive(Debug, Clone, PartialEq)]
pub enum DeclarationKind {
    /// `import id : "file.cga" (overrides)`; old files list several `id : "path"` after one keyword,
    /// which become several declarations.
    Import(Import),
    /// `attr name = expr` or `const name = expr`.
    Attribute(Attribute),
    /// `name(params) = expr`.
    Function(Function),
    /// `Name(params) --> successor`.
    Rule(Rule),
    /// `style name extends base`: all that follows, up to the next, belongs to it.
    Style(Style),
}

/// An annotation: no effect on generation, kept for user interfaces.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation {
    /// Without the `@`.
    pub name: Name,
    /// Arguments as literals: positional ones have no key; what is not a literal is kept as text.
    pub arguments: Vec<AnnotationArgument>,
    /// All of it.
    pub span: Span,
}

/// `key=value` or `value` in an annotation.
#[derive(Debug, Clone, PartialEq)]
pub struct AnnotationArgument {
    /// `min` in `min=1`.
    pub key: Option<String>,
    /// The value.
    pub value: AnnotationValue,
}

/// A literal in an annotation.
#[derive(Debug, Clone, PartialEq)]
pub enum AnnotationValue {
    /// A number, sign included.
    Number(f64),
    /// `true` or `false`.
    Bool(bool),
    /// A quoted string, unescaped.
    String(String),
    /// Anything else, as written.
    Text(String),
}

/// `import id (styles) : "path" (overrides)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// The prefix of its names.
    pub id: Name,
    /// Styles to take, empty for the default.
    pub styles: Vec<Name>,
    /// The file as written.
    pub path: Name,
    /// `None` without parentheses; `Some(vec![])` for `()`, which protects all attributes.
    pub overrides: Option<Vec<Override>>,
}

/// One entry in an import's parentheses.
#[derive(Debug, Clone, PartialEq)]
pub enum Override {
    /// `name`: the importer's attribute of that name does not reach it.
    Protect(Name),
    /// `name = expr`.
    Attribute(Name, Expr),
    /// `Rule(params) --> successor`: replaces an extension rule.
    Rule(Rule),
}

/// `attr` or `const`.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// `const`: never set from outside.
    pub constant: bool,
    /// Its name.
    pub name: Name,
    /// Only legacy map attributes have parameters.
    pub parameters: Option<Vec<Name>>,
    /// `with ( a := ... )`.
    pub locals: Vec<Binding>,
    /// Its default.
    pub value: Expr,
}

/// A function: an expression with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: Name,
    /// `None` without parentheses, which means the same as an empty list.
    pub parameters: Option<Vec<Name>>,
    /// `with ( a := ... )`.
    pub locals: Vec<Binding>,
    /// Its value.
    pub value: Expr,
}

/// A rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// `start`, `extension` or nothing.
    pub role: RuleRole,
    /// Its name (the symbol it rewrites).
    pub name: Name,
    /// `None` without parentheses, which means the same as an empty list.
    pub parameters: Option<Vec<Name>>,
    /// `with ( a := ... )`.
    pub locals: Vec<Binding>,
    /// What the shape becomes.
    pub successor: Successor,
}

/// The keyword before a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleRole {
    /// None.
    Plain,
    /// `start`: callable as `imp.start`.
    Start,
    /// `extension`: importers may replace it.
    Extension,
}

/// `style name extends base`.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// Its name.
    pub name: Name,
    /// The style it changes; `Default` when absent.
    pub base: Option<Name>,
}
