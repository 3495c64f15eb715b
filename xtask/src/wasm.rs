//! What our WebAssembly builds share: the same compiler gives the same bytes anywhere.

use anyhow::{Result, ensure};

use crate::shell::{answers, root};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Gets the standard library for [`TARGET`].
pub(crate) fn add_target() -> Result<()> {
    ensure!(
        answers("rustup", &["target", "add", TARGET]),
        "the target {TARGET} is missing and `rustup target add {TARGET}` failed"
    );
    Ok(())
}

/// The compiler's flags (`CARGO_ENCODED_RUSTFLAGS`): these, and paths that are the same everywhere.
pub(crate) fn flags(more: &[&str]) -> String {
    let home = std::env::var("CARGO_HOME")
        .unwrap_or_else(|_| format!("{}/.cargo", std::env::var("HOME").unwrap_or_default()));
    let flags = more.iter().map(ToString::to_string).chain([
        format!("--remap-path-prefix={home}=cargo"),
        format!("--remap-path-prefix={}=gable", root().display()),
    ]);
    flags.collect::<Vec<_>>().join("\u{1f}")
}
