//! Reads grammar text: syntax tree, diagnostics, formatter.
//!
//! `text -> (ast::File, diagnostics)`: parsing never fails, it returns what it understood and what is wrong
//! with the rest. The language is CGA, the shape grammar of architects and GIS people, read unmodified.
//!
//! This crate knows no types, no geometry and no Wasm, and it reads no file: callers hand in text
//! ([`Source`]), and imports are looked up by the compiler through [`Sources`].

pub mod ast;
pub mod diagnostic;
mod format;
mod parse;
mod scan;
mod source;
mod span;

pub use diagnostic::{
    Code, Diagnostic, Diagnostics, Label, RenderStyle, Severity, render, to_json,
};
pub use format::format;
pub use parse::parse;
pub use scan::{KEYWORDS, Token, TokenKind, scan};
pub use source::{Source, SourceId, SourceMap, Sources, normal};
pub use span::{Position, Span};
