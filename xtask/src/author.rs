//! The compiler's WebAssembly build, for pages with an editor.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::shell::{cargo, run, target_folder};
use crate::wasm::{TARGET, add_target, flags};

/// Builds `gable-author.wasm` into a folder.
pub(crate) fn build(into: &Path) -> Result<()> {
    add_target()?;
    let mut command = cargo(&[
        "build",
        "--package",
        "gable-author",
        "--lib",
        "--target",
        TARGET,
        "--profile",
        "author",
        "--locked",
    ]);
    command.env("CARGO_ENCODED_RUSTFLAGS", flags(&[]));
    let folder = target_folder().join("author");
    command.env("CARGO_TARGET_DIR", &folder);
    run(&mut command)?;
    let built = folder.join(TARGET).join("author/gable_author.wasm");
    std::fs::create_dir_all(into).with_context(|| into.display().to_string())?;
    std::fs::copy(&built, into.join("gable-author.wasm"))
        .with_context(|| built.display().to_string())?;
    Ok(())
}
