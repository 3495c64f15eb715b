//! The figures of `docs/benchmarks.md`.

use anyhow::Result;

use crate::shell::{cargo, run as start};

/// Prints every figure.
pub(crate) fn run() -> Result<()> {
    start(&mut cargo(&[
        "run",
        "--release",
        "--quiet",
        "--locked",
        "--example",
        "figures",
    ]))
}
