//! Runs grammar modules in wasmtime under limits.
//!
//! [`Rules::generate`] is pure from outside: the same recipe, module and assets give the same [`Content`] on every machine.
//! wasmtime's types stay in `engine.rs`, so that a browser's own engine can take its place.

pub mod asset;
mod content;
mod engine;
mod error;
pub mod file;
pub mod hash;
mod inspect;
mod native;
mod parallel;
mod rules;

pub use content::{Content, Counts, Report, ShapeReports, Summary, Warning};
pub use engine::{Engine, EngineOptions};
pub use error::GenerateError;
pub use inspect::inspect;
pub use native::NativeRules;
pub use parallel::{cores, in_parallel};
pub use rules::Rules;

/// The kernel, built from `runtime/kernel` by `cargo xtask kernel` and committed, so that nobody needs a Wasm target.
pub const KERNEL: &[u8] = include_bytes!("../../kernel.wasm");

/// [`KERNEL`] in Brotli, as small as it gets: what servers send.
pub const KERNEL_BROTLI: &[u8] = include_bytes!("../../kernel.wasm.br");

/// SHA-256 of [`KERNEL`]: the version of the ABI.
pub fn kernel_hash() -> [u8; 32] {
    static HASH: std::sync::LazyLock<[u8; 32]> = std::sync::LazyLock::new(|| hash::sha256(KERNEL));
    *HASH
}
