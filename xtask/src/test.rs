//! The one test command.

use anyhow::Result;

use crate::shell::{cargo, run as start};
use crate::wasm::TARGET;
use crate::{kernel, setup, web};

/// Runs the checks and tests, cheapest first.
pub(crate) fn run() -> Result<()> {
    start(&mut cargo(&["fmt", "--all", "--check"]))?;
    setup::run()?;
    start(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))?;
    start(cargo(&["doc", "--workspace", "--no-deps", "--locked"]).env(
        "RUSTDOCFLAGS",
        "-D warnings -A rustdoc::private-intra-doc-links",
    ))?;
    kernel::check()?;
    web::check()?;
    // The viewer as browsers run it.
    start(&mut cargo(&[
        "clippy",
        "--package",
        "gable-browser",
        "--target",
        TARGET,
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))?;
    let mut tests = cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]);
    tests.env("INSTA_UPDATE", "no");
    start(&mut tests)
}
