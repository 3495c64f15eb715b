//! Fuzzing, with cargo-fuzz on nightly Rust.

use anyhow::{Result, ensure};

use crate::shell::{answers, command, run as start};

/// What each target gets besides what all get; those that read text start from the grammars that are here.
const TARGETS: &[(&str, &[&str])] = &[
    ("parse", TEXT),
    ("compile", TEXT),
    ("recipe", &["--", "-max_len=4096"]),
    // Coordinates are not guessed from comparisons, and to trace those takes more than half of the time.
    ("polygon", &["--no-trace-compares", "--", "-max_len=64"]),
];
const TEXT: &[&str] = &[
    "assets/grammars",
    "grammar/tests",
    "--",
    "-dict=tests/fuzz/cga.dict",
    "-max_len=1024",
];

/// Runs each target so many times. What is found lies in `tests/fuzz/artifacts`, what was learnt in `tests/fuzz/corpus`.
pub(crate) fn run(executions: u64) -> Result<()> {
    ensure!(
        answers("cargo", &["+nightly", "fuzz", "--version"]),
        "fuzzing needs `rustup toolchain install nightly` and `cargo install cargo-fuzz`"
    );
    let runs = format!("-runs={executions}");
    for (target, own) in TARGETS {
        let corpus = format!("tests/fuzz/corpus/{target}");
        std::fs::create_dir_all(crate::shell::root().join(&corpus))?;
        // There is no unsafe code for an address sanitizer to watch, and without one it is faster.
        let mut fuzz = command(
            "cargo",
            &[
                "+nightly",
                "fuzz",
                "run",
                "--fuzz-dir",
                "tests/fuzz",
                "-s",
                "none",
                target,
            ],
        );
        fuzz.arg(&corpus)
            .args(*own)
            .args([&runs, "-timeout=10", "-rss_limit_mb=4096"]);
        start(&mut fuzz)?;
    }
    Ok(())
}
