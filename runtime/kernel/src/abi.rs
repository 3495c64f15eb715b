//! What compiled grammars and the kernel agree on: one table of functions and one table of tokens.
//!
//! A grammar module imports these functions from [`MODULE`] and nothing else. [`table::FUNCTIONS`] is read by the
//! emitter (imports), the check of modules, the native linker ([`table::call`]) and the docs. Adding a function =
//! one line in `abi/table.rs` and a method of the same name on [`Kernel`](crate::Kernel).
//!
//! # Values
//! | CGA | Wasm |
//! |---|---|
//! | float | `f64` |
//! | bool | `i32`, 0 or 1 |
//! | string | `i32`, number of an interned string: equal strings have equal numbers; the manifest's strings come first |
//! | float[], bool[], string[] | `i32`, number of an immutable array in the kernel |
//! | selector, axis, mode | `i32`, a [`token`] |
//!
//! # Relative and floating sizes
//! Where an operation takes sizes, a trailing `relative` argument is a bit set: bit k says that the k-th size was
//! written `'v`, bit k + 8 that it was written `~v`.
//!
//! # How a module runs
//! `generate()`, the module's one export besides its name, calls [`next_rule`](crate::Kernel::next_rule) until it
//! answers -1 and dispatches: 0 evaluates attributes of a new initial shape, n > 0 runs rule n - 1 of the manifest
//! on the current shape. A rule reads its parameters with `param_f`/`param_i`, and calls operations in order, each
//! preceded by `op(site)`, which charges gas and remembers where in the text we are. Branches of a block are
//! pieces: after `..._run`, `next_piece` makes each piece current and answers its branch, or -1 when the parent
//! is current again.
//!
//! An operation that must stop the run (limit reached) traps after recording why; nothing unwinds into the module.

pub mod table;
pub mod token;

/// The module that grammars import the kernel's functions from; short, as it is written with each of them.
pub const MODULE: &str = "k";

/// The type of a parameter or result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// A 32-bit number: bool, string, array, token.
    I32,
    /// A double.
    F64,
}

/// A value that crosses the boundary, for native linking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AbiValue {
    /// See [`ValueType::I32`].
    I32(i32),
    /// See [`ValueType::F64`].
    F64(f64),
}

/// One function of the kernel that grammars may import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// Its name, as in the table.
    pub name: &'static str,
    /// Its name as the kernel exports it and a grammar imports it (from [`MODULE`]): `k_` and the name, so that it never
    /// meets a symbol of a C library.
    pub export: &'static str,
    /// Parameter types.
    pub params: &'static [ValueType],
    /// Result type, if any.
    pub result: Option<ValueType>,
    /// What it does.
    pub doc: &'static str,
}

/// The number of a function in [`table::FUNCTIONS`].
pub fn function_index(name: &str) -> Option<usize> {
    table::FUNCTIONS.iter().position(|f| f.name == name)
}
