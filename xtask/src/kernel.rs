//! The kernel's WebAssembly build.
//!
//! The committed `runtime/kernel.wasm` is what everybody runs; its SHA-256 is the version of the ABI. The same compiler
//! gives the same bytes anywhere: paths are remapped, the toolchain is pinned, `Cargo.lock` is committed. Beside it is
//! `kernel.wasm.br`, as it is sent: packing it so well takes seconds.

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

const PLAIN: &str = "runtime/kernel.wasm";
const PACKED: &str = "runtime/kernel.wasm.br";

/// Builds the kernel and puts it in its place.
pub(crate) fn rebuild() -> Result<()> {
    let built = KERNEL.build()?;
    let bytes = std::fs::read(&built).with_context(|| built.display().to_string())?;
    let mut packed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut packed, &params)?;
    for (name, bytes) in [(PLAIN, &bytes), (PACKED, &packed)] {
        std::fs::write(root().join(name), bytes).context(name)?;
        println!("{name}: {} bytes", bytes.len());
    }
    Ok(())
}

/// Fails when the committed kernel is not what the sources give.
pub(crate) fn check() -> Result<()> {
    let built = std::fs::read(KERNEL.build()?)?;
    let there = |name: &str| std::fs::read(root().join(name)).context(name.to_owned());
    let mut unpacked = Vec::new();
    brotli::BrotliDecompress(&mut there(PACKED)?.as_slice(), &mut unpacked)?;
    ensure!(
        built == there(PLAIN)? && built == unpacked,
        "{PLAIN} or {PACKED} is not what the sources give: run `cargo xtask kernel` and commit both"
    );
    println!("{PLAIN} is what the sources give ({} bytes)", built.len());
    Ok(())
}
