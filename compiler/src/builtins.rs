//! The operations and functions of the language, and which kernel function does each.
//!
//! The tables are data: an entry names its overloads, an overload names a kernel function and says what each of that
//! function's parameters gets: an argument of the call (with its type), or a fixed value. What is not one call of a
//! kernel function (`min`, `str`, operations with blocks) is in [`Special`].

mod functions;
mod operations;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use gable_kernel::builtin::BUILTINS;
use gable_kernel::{abi, manifest};

use crate::ty::Type;
pub(crate) use functions::{FUNCTIONS, Special, special};
pub(crate) use operations::{OPERATIONS, is_operation_word};

/// What a parameter of a kernel function gets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Param {
    /// An argument of this type.
    Value(Type),
    /// An argument that is an array of anything.
    AnyArray,
    /// Names: an array of strings, or a string list that is made into one.
    Names,
    /// An argument that is made into a string.
    Text,
    /// A float that may be written `'relative`.
    Size,
    /// A float that may be written `'relative` or `~floating`.
    TileSize,
    /// One of these words.
    Token(&'static [&'static str]),
    /// No argument: this float.
    Number(f64),
    /// No argument: this number.
    Word(i32),
    /// No argument: this token.
    Fixed(&'static str),
    /// No argument: the same value as the kernel parameter of this number.
    Again(usize),
}

impl Param {
    /// Whether the caller writes an argument for it.
    pub(crate) fn is_argument(self) -> bool {
        !matches!(
            self,
            Self::Number(_) | Self::Word(_) | Self::Fixed(_) | Self::Again(_)
        )
    }
}

/// What a builtin function's result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// An operation: none.
    Nothing,
    /// This type.
    Value(Type),
    /// The type of the `AnyArray` argument.
    SameArray,
    /// An array of strings; a string list when the `Names` argument was one.
    SameNames,
    /// The kernel function's array of strings as a string list.
    List,
}

/// One way to call an operation or function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Overload {
    /// The kernel function.
    pub(crate) function: &'static str,
    /// For each of its parameters; a trailing bit set of relative sizes is not listed.
    pub(crate) params: &'static [Param],
    /// Its result.
    pub(crate) output: Output,
}

impl Overload {
    /// How many arguments the caller writes.
    pub(crate) fn arity(&self) -> usize {
        self.params
            .iter()
            .filter(|param| param.is_argument())
            .count()
    }

    /// The kernel function.
    pub(crate) fn kernel(&self) -> KernelFunction {
        KernelFunction::named(self.function)
    }

    /// Whether the kernel function ends with a bit set of relative sizes.
    pub(crate) fn has_relative_bits(&self) -> bool {
        self.kernel().entry().params.len() == self.params.len() + 1
    }
}

/// A function of the kernel, by its number in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KernelFunction(u16);

impl KernelFunction {
    /// The function of this name.
    ///
    /// # Panics
    /// When the kernel has none; tests check the tables.
    pub(crate) fn named(name: &str) -> Self {
        static NUMBERS: LazyLock<BTreeMap<&str, u16>> = LazyLock::new(|| {
            abi::table::FUNCTIONS
                .iter()
                .map(|f| f.name)
                .zip(0..)
                .collect()
        });
        match NUMBERS.get(name) {
            Some(number) => Self(*number),
            None => panic!("the kernel has no function {name}"),
        }
    }

    /// Its entry in the table.
    pub fn entry(self) -> &'static abi::Function {
        &abi::table::FUNCTIONS[usize::from(self.0)]
    }
}

/// The number of a token.
///
/// # Panics
/// When the kernel has none; tests check the tables.
pub(crate) fn token(word: &str) -> i32 {
    match abi::token::token(word) {
        Some(number) => number,
        None => panic!("the kernel has no token {word}"),
    }
}

/// The overloads of an operation.
pub(crate) fn operation(name: &str) -> Option<&'static [Overload]> {
    static INDEX: LazyLock<BTreeMap<&str, &[Overload]>> =
        LazyLock::new(|| OPERATIONS.iter().copied().collect());
    INDEX.get(name).copied()
}

/// The overloads of a function.
pub(crate) fn function(name: &str) -> Option<&'static [Overload]> {
    static INDEX: LazyLock<BTreeMap<&str, &[Overload]>> =
        LazyLock::new(|| FUNCTIONS.iter().copied().collect());
    INDEX.get(name).copied()
}

/// A shape attribute: its number in the kernel's table, type, and whether `set` may change it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShapeAttribute {
    pub(crate) number: i32,
    pub(crate) ty: Type,
    pub(crate) settable: bool,
}

/// The shape attribute of a name.
pub(crate) fn shape_attribute(name: &str) -> Option<ShapeAttribute> {
    static INDEX: LazyLock<BTreeMap<&str, ShapeAttribute>> = LazyLock::new(|| {
        let numbered = BUILTINS.iter().zip(0..);
        numbered
            .map(|(entry, number)| {
                let ty = match entry.ty {
                    manifest::Type::Float => Type::FLOAT,
                    manifest::Type::Bool => Type::BOOL,
                    manifest::Type::String => Type::STRING,
                    other => panic!("the kernel keeps no {other:?} in a shape attribute"),
                };
                (
                    entry.name,
                    ShapeAttribute {
                        number,
                        ty,
                        settable: entry.writable,
                    },
                )
            })
            .collect()
    });
    INDEX.get(name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_overload_fits_its_kernel_function() {
        for (name, overloads) in OPERATIONS.iter().chain(FUNCTIONS) {
            for overload in *overloads {
                let entry = overload.kernel().entry();
                let extra = entry.params.len() - overload.params.len();
                assert!(
                    extra <= 1,
                    "{name}: {} parameters of {}",
                    overload.params.len(),
                    entry.name
                );
                for (param, ty) in overload.params.iter().zip(entry.params) {
                    let expected = match param {
                        Param::Value(ty) => ty.value_type(),
                        Param::Size | Param::TileSize | Param::Number(_) | Param::Again(_) => {
                            abi::ValueType::F64
                        }
                        _ => abi::ValueType::I32,
                    };
                    assert_eq!(expected, *ty, "{name}: {param:?} of {}", entry.name);
                    match param {
                        Param::Token(words) => {
                            words.iter().for_each(|word| assert!(token(word) >= 0));
                        }
                        Param::Fixed(word) => assert!(token(word) >= 0),
                        _ => {}
                    }
                }
                let result = match overload.output {
                    Output::Nothing => None,
                    Output::Value(ty) => Some(ty.value_type()),
                    Output::SameArray | Output::SameNames | Output::List => {
                        Some(abi::ValueType::I32)
                    }
                };
                assert_eq!(result, entry.result, "{name}: result of {}", entry.name);
            }
        }
    }

    #[test]
    fn no_name_is_listed_twice() {
        for table in [OPERATIONS, FUNCTIONS] {
            let mut names: Vec<_> = table.iter().map(|(name, _)| *name).collect();
            names.sort_unstable();
            assert!(
                names.windows(2).all(|pair| pair[0] != pair[1]),
                "a name is listed twice"
            );
        }
    }
}
