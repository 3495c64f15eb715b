//! `docs/cga-compatibility.md`, from the tables of the language.

use anyhow::{Result, ensure};

use crate::shell::{cargo, root};

/// Writes it anew.
pub(crate) fn rebuild() -> Result<()> {
    let arguments = [
        "run",
        "--quiet",
        "--package",
        "gable-compiler",
        "--example",
        "compatibility",
    ];
    let output = cargo(&arguments)
        .stderr(std::process::Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "the compiler does not build");
    std::fs::write(root().join("docs/cga-compatibility.md"), output.stdout)?;
    Ok(())
}
