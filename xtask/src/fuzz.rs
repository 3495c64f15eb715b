//! Fuzzing, with cargo-fuzz on nightly Rust.

use anyhow::{Result, ensure};

use crate::shell::{answers, command, run as start};

const TARGETS: &[&str] = &["parse", "compile", "recipe", "polygon"];

/// Runs each target for so many seconds.
pub(crate) fn run(seconds: u32) -> Result<()> {
    ensure!(
        answers("cargo", &["+nightly", "fuzz", "--version"]),
        "fuzzing needs `rustup toolchain install nightly` and `cargo install cargo-fuzz`"
    );
    for target in TARGETS {
        let time = format!("-max_total_time={seconds}");
        let arguments = [
            "+nightly",
            "fuzz",
            "run",
            target,
            "--",
            &time,
            "-max_len=4096",
            "-timeout=20",
        ];
        start(&mut command("cargo", &arguments))?;
    }
    Ok(())
}
