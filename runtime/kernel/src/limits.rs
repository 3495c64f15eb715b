//! What a run may use, and how it ends when it uses more.

#![expect(
    clippy::mem_forget,
    reason = "the derived readers guard half-read values with it"
)]

use wincode::{SchemaRead, SchemaWrite};

/// The limits of one run. They are part of the recipe, so that a run ends the same way everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct Limits {
    /// Units of work: one for each operation, and more for those that handle many corners.
    pub gas: u64,
    /// Shapes created.
    pub shapes: u32,
    /// Length of a chain of rule calls.
    pub depth: u32,
    /// Depth of recursive functions.
    pub function_depth: u32,
    /// Corners of all leaves together.
    pub vertices: u32,
    /// Elements of all arrays and bytes of all strings together.
    pub values: u32,
    /// Bytes of content.
    pub output_bytes: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            gas: 4_000_000_000,
            shapes: 20_000_000,
            depth: 1024,
            function_depth: 512,
            vertices: 50_000_000,
            values: 50_000_000,
            output_bytes: 1 << 30,
        }
    }
}

/// Why a run was ended before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// [`Limits::gas`].
    Gas,
    /// [`Limits::shapes`].
    Shapes,
    /// [`Limits::depth`].
    Depth,
    /// [`Limits::function_depth`].
    FunctionDepth,
    /// [`Limits::vertices`].
    Vertices,
    /// [`Limits::values`].
    Values,
    /// [`Limits::output_bytes`].
    OutputBytes,
    /// The module called the kernel in a way no compiled grammar does.
    Misuse(&'static str),
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Gas => f.write_str("more work than the gas limit allows: is there an endless recursion?"),
            Self::Shapes => f.write_str("more shapes than the limit allows"),
            Self::Depth => f.write_str("rules call each other deeper than the limit allows: is there an endless recursion?"),
            Self::FunctionDepth => f.write_str("functions call each other deeper than the limit allows"),
            Self::Vertices => f.write_str("more vertices than the limit allows"),
            Self::Values => f.write_str("more string bytes and array elements than the limit allows"),
            Self::OutputBytes => f.write_str("more bytes of content than the limit allows"),
            Self::Misuse(what) => write!(f, "the module misuses the kernel: {what}"),
        }
    }
}
