//! `gable compile`: a grammar to a WebAssembly module.

use std::path::Path;

use crate::cli::CompileArguments;
use crate::failure::Failure;
use crate::table;

use super::build;

/// Runs it.
pub(crate) fn run(arguments: &CompileArguments) -> Result<(), Failure> {
    let artifact = build::compile_loudly(&arguments.rules)?;
    let name = Path::new(arguments.rules.file_name().unwrap_or_default());
    let output = arguments
        .output
        .clone()
        .unwrap_or_else(|| match arguments.rules.exists() {
            true => arguments.rules.with_extension("wasm"),
            false => name.with_extension("wasm"),
        });
    write(&output, &artifact.wasm)?;
    if let Some(kernel) = &arguments.kernel {
        write(kernel, gable_runtime::KERNEL)?;
    }
    let manifest = &artifact.manifest;
    table::print(&[
        vec![
            "module".into(),
            output.display().to_string(),
            table::bytes(artifact.wasm.len()),
        ],
        vec!["attributes".into(), manifest.attributes.len().to_string()],
        vec!["rules".into(), manifest.rules.len().to_string()],
        vec![
            "sha256".into(),
            gable_runtime::hash::hex(&gable_runtime::hash::sha256(&artifact.wasm)),
        ],
    ]);
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| Failure::file("write", path, &error))
}
