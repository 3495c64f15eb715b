//! The compiler's WebAssembly build, for pages with an editor.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::wasm::Module;

const AUTHOR: Module<'_> = Module {
    package: "gable-author",
    profile: "author",
    features: &[],
    flags: &[],
};

/// Builds `gable-author.wasm` into a folder.
pub(crate) fn build(into: &Path) -> Result<()> {
    let built = AUTHOR.build()?;
    std::fs::copy(&built, into.join("gable-author.wasm"))
        .with_context(|| built.display().to_string())?;
    Ok(())
}
