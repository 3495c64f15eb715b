//! The kernel's WebAssembly build.
//!
//! The committed `runtime/kernel.wasm` is what everybody runs; its SHA-256 is the version of the ABI. The same compiler
//! gives the same bytes anywhere: paths are remapped, the toolchain is pinned, `Cargo.lock` is committed.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

use crate::shell::root;
use crate::wasm::Module;

const KERNEL: Module<'_> = Module {
    package: "gable-kernel",
    profile: "kernel",
    features: &["module"],
    flags: &[
        "-Ctarget-feature=+simd128",
        // 64 KiB of shadow stack; at most 1 GiB of memory, as part of the module.
        "-Clink-arg=-zstack-size=131072",
        "-Clink-arg=--max-memory=1073741824",
    ],
};

/// Builds the kernel and puts it in its place.
pub(crate) fn rebuild() -> Result<()> {
    let built = KERNEL.build()?;
    let bytes = std::fs::copy(&built, committed())
        .with_context(|| format!("cannot copy {}", built.display()))?;
    println!("runtime/kernel.wasm: {bytes} bytes");
    Ok(())
}

/// Fails when the committed kernel is not what the sources give.
pub(crate) fn check() -> Result<()> {
    let built = std::fs::read(KERNEL.build()?)?;
    let there = std::fs::read(committed()).context("cannot read runtime/kernel.wasm")?;
    ensure!(
        built == there,
        "runtime/kernel.wasm is not what the sources give: run `cargo xtask kernel` and commit it"
    );
    println!(
        "runtime/kernel.wasm is what the sources give ({} bytes)",
        there.len()
    );
    Ok(())
}

fn committed() -> PathBuf {
    root().join("runtime/kernel.wasm")
}
