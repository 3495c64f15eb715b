//! The intermediate representation: a typed program in which every name, type and overload is decided.
//!
//! A [`Program`] is three tables (attributes, functions, rules), addressed by typed numbers, and in them trees of
//! expressions and steps. Its meaning:
//!
//! - An **expression** ([`Expr`]) has a [`Type`] and gives one value. Operands are evaluated from left to right, each
//!   once, except that `And`, `Or` and `Case` evaluate only what they need. Expressions may draw random numbers, so
//!   order matters; they change nothing else but locals.
//! - A **step** ([`Step`]) works on the current shape. Steps run in order. `Scoped` runs on a copy; `Block` makes
//!   pieces and runs a branch on each; after either, the shape before is current again and unchanged.
//! - A **local** belongs to one body and has one type. Parameters come first. `bindings` are evaluated in order on
//!   entry; `Tee` stores a value and gives it.
//! - An **attribute**'s body is evaluated once for each initial shape, in [`Program::order`], which puts an attribute
//!   after all that it reads, through functions too; and again, on the current shape, by each `Reset` that names it.
//!
//! [`validate`] says precisely what holds of a program; emission relies on it and does not fail.

mod text;
mod validate;
mod walk;

pub use text::show;
pub use validate::validate;
pub use walk::{walk_steps, walk_steps_mut};

use gable_grammar::Span;
use gable_kernel::manifest;
use gable_kernel::recipe::Value;

pub use crate::builtins::KernelFunction;
pub use crate::ty::{Scalar, Type};

/// Declares a typed number of an entry in one of a program's tables.
macro_rules! handle {
    ($(#[doc = $doc:literal] $name:ident;)*) => {
        $( #[doc = $doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The number as an index.
            pub fn index(self) -> usize {
                self.0 as usize
            }

            /// The handle of an index.
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).expect("tables are bounded by the size of the sources"))
            }
        } )*
    };
}
handle! {
    /// Number of an attribute or constant.
    AttributeId;
    /// Number of a function.
    FunctionId;
    /// Number of a rule.
    RuleId;
    /// Number of a local of a body.
    LocalId;
}

/// A whole program.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Program {
    /// Attributes and constants.
    pub attributes: Vec<Attribute>,
    /// Functions with parameters or without.
    pub functions: Vec<Function>,
    /// Rules.
    pub rules: Vec<Rule>,
    /// The order in which attributes are evaluated.
    pub order: Vec<AttributeId>,
}

/// An attribute or constant.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// With the import's prefix.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// `attr`, not `const`.
    pub settable: bool,
    /// `@Hidden`.
    pub hidden: bool,
    /// Declared in the main file: kept even if nothing reads it.
    pub main: bool,
    /// Its value where that is known.
    pub default: Option<Value>,
    /// For user interfaces.
    pub annotations: Vec<manifest::Annotation>,
    /// Its initial value.
    pub body: Body,
    /// Its name in the text.
    pub span: Span,
}

/// A function.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// With the import's prefix.
    pub name: String,
    /// How many of the body's locals are parameters.
    pub params: usize,
    /// Whether it may call itself, or is so deep in a chain of calls that depth must be counted at run time.
    pub counted: bool,
    /// Its value.
    pub body: Body,
    /// Its name in the text.
    pub span: Span,
}

/// The value of a function or attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// Types of the locals, parameters first.
    pub locals: Vec<Type>,
    /// Evaluated on entry, in order.
    pub bindings: Vec<(LocalId, Expr)>,
    /// The value.
    pub value: Expr,
}

/// A rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// With the import's prefix.
    pub name: String,
    /// How many of the locals are parameters.
    pub params: usize,
    /// Types of the locals, parameters first.
    pub locals: Vec<Type>,
    /// Whether it is meant as a start rule.
    pub start: bool,
    /// Declared in the main file and without parameters: a recipe may start with it.
    pub root: bool,
    /// For user interfaces.
    pub annotations: Vec<manifest::Annotation>,
    /// What it does.
    pub steps: Vec<Step<Expr>>,
    /// Its name in the text.
    pub span: Span,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// The type of its value.
    pub ty: Type,
}

/// The kinds of expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A float.
    Float(f64),
    /// A bool.
    Bool(bool),
    /// A string.
    String(String),
    /// A token, an array kind, a bit set: of type word.
    Word(i32),
    /// The value of a local.
    Local(LocalId),
    /// Stores the value in a local and gives it.
    Tee(LocalId, Box<Expr>),
    /// The value of an attribute on the current shape.
    Attribute(AttributeId),
    /// A call of a function.
    Call(FunctionId, Vec<Expr>),
    /// A call of a kernel function with a result.
    Kernel(KernelFunction, Vec<Expr>),
    /// Calls of kernel functions without a result, then a value.
    After(Vec<Invocation<Expr>>, Box<Expr>),
    /// One operand.
    Unary(Unary, Box<Expr>),
    /// Two operands.
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// The value beside the first true condition, else the last.
    Case(Vec<(Expr, Expr)>, Box<Expr>),
    /// An array literal.
    Array(Vec<ArrayItem<Expr>>),
    /// An array with one element for each component: the value beside the first true condition, else zero.
    Comp(Vec<Expr>, Vec<(Expr, Expr)>),
}

/// A part of an array literal.
#[derive(Debug, Clone, PartialEq)]
pub enum ArrayItem<E> {
    /// An element, or an array whose elements are spliced in.
    Value(E),
    /// Start, step and end.
    Range(E, E, E),
    /// `;`
    Row,
}

/// Operators with one operand, as Wasm defines them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the operators")]
pub enum Unary {
    Negate,
    Absolute,
    Floor,
    Ceil,
    Nearest,
    SquareRoot,
    /// bool to bool.
    Not,
    /// bool to float.
    FloatOfBool,
}

/// Operators with two operands: of floats as Wasm defines them, of words (`Word...`), and of bools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the operators")]
pub enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Minimum,
    Maximum,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    WordEqual,
    WordNotEqual,
    WordLess,
    WordLessEqual,
    WordGreater,
    WordGreaterEqual,
    /// Does not evaluate the right side when the left is false.
    And,
    /// Does not evaluate the right side when the left is true.
    Or,
}

/// A call of a kernel function for its effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Invocation<E> {
    /// The function; it has no result.
    pub function: KernelFunction,
    /// Its arguments.
    pub arguments: Vec<E>,
}

/// What a rule does, step by step; `E` is the kind of expression in it.
#[derive(Debug, Clone, PartialEq)]
pub enum Step<E> {
    /// An operation.
    Operation(Span, Invocation<E>),
    /// `set` of an attribute.
    SetAttribute(Span, AttributeId, E),
    /// Evaluates attributes anew, in the order of the list, but for those that have a value from outside.
    Reset(Span, Vec<AttributeId>),
    /// `set` of a shape attribute, by its number.
    SetShapeAttribute(Span, i32, E),
    /// `set` of the attribute with a name that is known at run time, after the prefix of where it is looked for; else
    /// of a shape attribute.
    SetNamed(Span, String, E, E),
    /// `report` of a key and a value.
    Report(Span, E, E),
    /// A rule call: makes a child.
    Call(Span, RuleId, Vec<E>),
    /// Makes a leaf with a symbol.
    Leaf(Span, String),
    /// Stores a value in a local.
    Let(LocalId, E),
    /// `[ ... ]`
    Scoped(Vec<Self>),
    /// The steps beside the first true condition, else the last.
    Case(Vec<(E, Vec<Self>)>, Vec<Self>),
    /// `inline(strategy) ...`, by the strategy's token, or -1 for `modify`.
    Inline(Span, i32, Vec<Self>),
    /// An operation with a block.
    Block(Span, Block<E>),
}

/// An operation that makes pieces.
#[derive(Debug, Clone, PartialEq)]
pub struct Block<E> {
    /// Calls that describe the pieces, in order.
    pub begin: Vec<Invocation<E>>,
    /// Which components go to which branch; empty where pieces are not selected.
    pub selections: Vec<Selection<E>>,
    /// The call that makes the pieces; afterwards they are visited.
    pub run: Invocation<E>,
    /// What is done on the pieces of each branch.
    pub branches: Vec<Vec<Step<E>>>,
}

/// A selector of a block: the first whose condition holds takes a component.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection<E> {
    /// Evaluated with the component as current shape.
    pub condition: E,
    /// Number of the branch.
    pub branch: u32,
    /// 0 `:`, 1 `=`, 2 `=:`.
    pub operator: i32,
    /// A token for `comp.sel`, or -1.
    pub selector: i32,
}

impl Expr {
    /// A float.
    pub fn float(value: f64) -> Self {
        Self {
            kind: ExprKind::Float(value),
            ty: Type::FLOAT,
        }
    }

    /// A bool.
    pub fn bool(value: bool) -> Self {
        Self {
            kind: ExprKind::Bool(value),
            ty: Type::BOOL,
        }
    }

    /// A string.
    pub fn string(value: impl Into<String>) -> Self {
        Self {
            kind: ExprKind::String(value.into()),
            ty: Type::STRING,
        }
    }

    /// A word.
    pub fn word(value: i32) -> Self {
        Self {
            kind: ExprKind::Word(value),
            ty: Type::Word,
        }
    }

    /// A call of a kernel function.
    pub fn kernel(name: &str, arguments: Vec<Self>, ty: Type) -> Self {
        Self {
            kind: ExprKind::Kernel(KernelFunction::named(name), arguments),
            ty,
        }
    }

    /// An operator with one operand.
    pub fn unary(operator: Unary, operand: Self) -> Self {
        let ty = if operator == Unary::Not {
            Type::BOOL
        } else {
            Type::FLOAT
        };
        Self {
            kind: ExprKind::Unary(operator, Box::new(operand)),
            ty,
        }
    }

    /// An operator with two operands.
    pub fn binary(operator: Binary, left: Self, right: Self) -> Self {
        Self {
            kind: ExprKind::Binary(operator, Box::new(left), Box::new(right)),
            ty: operator.result(),
        }
    }

    /// The zero of a type: 0, false, the empty string, an empty array.
    pub fn zero(ty: Type) -> Self {
        match ty {
            Type::Scalar(Scalar::Float) => Self::float(0.0),
            Type::Scalar(Scalar::Bool) => Self::bool(false),
            Type::Scalar(Scalar::String) => Self::string(""),
            Type::Array(_) => Self {
                kind: ExprKind::Array(Vec::new()),
                ty,
            },
            Type::Word => Self::word(0),
        }
    }

    /// The value, if it is written out.
    pub fn literal(&self) -> Option<Value> {
        match &self.kind {
            ExprKind::Float(value) => Some(Value::Float(*value)),
            ExprKind::Bool(value) => Some(Value::Bool(*value)),
            ExprKind::String(value) => Some(Value::String(value.clone())),
            _ => None,
        }
    }
}

impl Binary {
    /// The type of the operator's value.
    pub fn result(self) -> Type {
        match self {
            Self::Add
            | Self::Subtract
            | Self::Multiply
            | Self::Divide
            | Self::Minimum
            | Self::Maximum => Type::FLOAT,
            _ => Type::BOOL,
        }
    }

    /// Whether the operands are floats.
    pub fn takes_floats(self) -> bool {
        matches!(
            self,
            Self::Add
                | Self::Subtract
                | Self::Multiply
                | Self::Divide
                | Self::Minimum
                | Self::Maximum
                | Self::Equal
                | Self::NotEqual
                | Self::Less
                | Self::LessEqual
                | Self::Greater
                | Self::GreaterEqual
        )
    }
}
