//! Types, and their inference by unification.
//!
//! CGA has no type declarations: what a function, an attribute or a parameter holds follows from its uses. Each of them
//! is a [`Variable`] here; equalities unite variables at once, and what depends on a type not yet known
//! ([`Constraint`]: `+` adds or concatenates, an index gives an element or an array) waits until it is.

mod constraint;

pub(crate) use constraint::Constraint;

use gable_grammar::Span;
use gable_kernel::abi::ValueType;
use gable_kernel::manifest;

/// The type of an array's elements, numbered as the kernel numbers kinds of arrays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scalar {
    /// A double.
    Float = 0,
    /// A truth value.
    Bool = 1,
    /// A string.
    String = 2,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// One value.
    Scalar(Scalar),
    /// An array of one or two dimensions.
    Array(Scalar),
    /// A token or a bit set: never the type of a name.
    Word,
}

impl Type {
    /// float
    pub const FLOAT: Self = Self::Scalar(Scalar::Float);
    /// bool
    pub const BOOL: Self = Self::Scalar(Scalar::Bool);
    /// string
    pub const STRING: Self = Self::Scalar(Scalar::String);

    /// How values of this type cross into the kernel.
    pub fn value_type(self) -> ValueType {
        if self == Self::FLOAT {
            ValueType::F64
        } else {
            ValueType::I32
        }
    }

    /// The elements' type of an array, the type itself otherwise.
    pub fn scalar(self) -> Scalar {
        match self {
            Self::Scalar(scalar) | Self::Array(scalar) => scalar,
            Self::Word => Scalar::Bool,
        }
    }

    /// The type as the manifest writes it; words have none and count as bool.
    pub fn manifest(self) -> manifest::Type {
        match self {
            Self::Scalar(Scalar::Float) => manifest::Type::Float,
            Self::Scalar(Scalar::Bool) | Self::Word => manifest::Type::Bool,
            Self::Scalar(Scalar::String) => manifest::Type::String,
            Self::Array(Scalar::Float) => manifest::Type::FloatArray,
            Self::Array(Scalar::Bool) => manifest::Type::BoolArray,
            Self::Array(Scalar::String) => manifest::Type::StringArray,
        }
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Scalar(Scalar::Float) => "float",
            Self::Scalar(Scalar::Bool) => "bool",
            Self::Scalar(Scalar::String) => "string",
            Self::Array(Scalar::Float) => "float[]",
            Self::Array(Scalar::Bool) => "bool[]",
            Self::Array(Scalar::String) => "string[]",
            Self::Word => "word",
        })
    }
}

/// A type that may not be known yet: a node of the union-find forest in [`Types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Variable(u32);

impl Variable {
    pub(crate) const FLOAT: Self = Self(0);
    pub(crate) const BOOL: Self = Self(1);
    pub(crate) const STRING: Self = Self(2);
}

/// What is known of a variable.
#[derive(Debug, Clone, Copy)]
enum Term {
    /// The same as another.
    Same(Variable),
    /// Nothing.
    Open,
    /// A float, a bool or a string.
    Scalar(Scalar),
    /// An array of such.
    Array(Variable),
}

/// Two types that should be one and are not.
#[derive(Debug)]
pub(crate) struct Mismatch;

/// Everything known about types so far.
#[derive(Debug)]
pub(crate) struct Types {
    terms: Vec<Term>,
    waiting: Vec<(Constraint, Span)>,
}

impl Types {
    pub(crate) fn new() -> Self {
        let scalars = [Scalar::Float, Scalar::Bool, Scalar::String];
        Self {
            terms: scalars.map(Term::Scalar).to_vec(),
            waiting: Vec::new(),
        }
    }

    /// A type of which nothing is known.
    pub(crate) fn open(&mut self) -> Variable {
        self.add(Term::Open)
    }

    /// An array of such elements.
    pub(crate) fn array(&mut self, element: Variable) -> Variable {
        self.add(Term::Array(element))
    }

    /// A known type.
    pub(crate) fn known(&mut self, ty: Type) -> Variable {
        let scalar = Variable(ty.scalar() as u32);
        if matches!(ty, Type::Array(_)) {
            self.array(scalar)
        } else {
            scalar
        }
    }

    fn add(&mut self, term: Term) -> Variable {
        let variable =
            Variable(u32::try_from(self.terms.len()).expect("sources are shorter than 4 GiB"));
        self.terms.push(term);
        variable
    }

    fn root(&mut self, mut variable: Variable) -> Variable {
        while let Term::Same(next) = self.terms[variable.0 as usize] {
            if let Term::Same(after) = self.terms[next.0 as usize] {
                self.terms[variable.0 as usize] = Term::Same(after);
            }
            variable = next;
        }
        variable
    }

    fn term(&mut self, variable: Variable) -> Term {
        let root = self.root(variable);
        self.terms[root.0 as usize]
    }

    /// Makes two types one.
    pub(crate) fn unify(&mut self, a: Variable, b: Variable) -> Result<(), Mismatch> {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return Ok(());
        }
        match (self.terms[a.0 as usize], self.terms[b.0 as usize]) {
            (Term::Open, _) => self.terms[a.0 as usize] = Term::Same(b),
            (_, Term::Open) => self.terms[b.0 as usize] = Term::Same(a),
            (Term::Array(x), Term::Array(y)) => {
                self.terms[a.0 as usize] = Term::Same(b);
                return self.unify(x, y);
            }
            _ => return Err(Mismatch),
        }
        Ok(())
    }

    /// The type, if it is known (elements not known count as floats).
    pub(crate) fn resolve(&mut self, variable: Variable) -> Option<Type> {
        match self.term(variable) {
            Term::Scalar(scalar) => Some(Type::Scalar(scalar)),
            Term::Array(element) => match self.term(element) {
                Term::Scalar(scalar) => Some(Type::Array(scalar)),
                _ => Some(Type::Array(Scalar::Float)),
            },
            Term::Same(_) | Term::Open => None,
        }
    }

    /// The type; what nothing says anything about is a float.
    pub(crate) fn settled(&mut self, variable: Variable) -> Type {
        self.resolve(variable).unwrap_or(Type::FLOAT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_united_before_they_are_known_are_known_together() {
        let mut types = Types::new();
        let (a, b, c) = (types.open(), types.open(), types.open());
        types.unify(a, b).unwrap();
        types.unify(b, c).unwrap();
        types.unify(c, Variable::STRING).unwrap();
        assert_eq!(types.resolve(a), Some(Type::STRING));
        assert!(types.unify(a, Variable::FLOAT).is_err());
    }

    #[test]
    fn arrays_are_united_by_their_elements() {
        let mut types = Types::new();
        let element = types.open();
        let a = types.array(element);
        let b = types.known(Type::Array(Scalar::Bool));
        types.unify(a, b).unwrap();
        assert_eq!(types.resolve(element), Some(Type::BOOL));
        assert!(types.unify(a, Variable::BOOL).is_err());
    }

    #[test]
    fn an_array_of_itself_does_not_hang() {
        let mut types = Types::new();
        let a = types.open();
        let b = types.array(a);
        types.unify(a, b).unwrap();
        let c = types.array(b);
        let _ = types.unify(c, b);
        assert_eq!(types.settled(a), Type::Array(Scalar::Float));
    }
}
