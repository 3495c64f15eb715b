//! Pages and scripts of `viewer/web`, built: `viewer/web/dist` is committed, so that nobody needs Node to build the server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::shell::{command, root, run};
use crate::{author, viewer};

/// Builds everything in its place.
pub(crate) fn rebuild() -> Result<()> {
    install()?;
    build_wasm()?;
    build_scripts()
}

/// Builds pages and scripts in their place, with the WebAssembly that was built last.
pub(crate) fn build_scripts() -> Result<()> {
    build(&folder().join("dist"))
}

/// Checks types, and fails when the committed scripts are not what the sources give.
pub(crate) fn check() -> Result<()> {
    install()?;
    run(command("npm", &["run", "--silent", "check"]).current_dir(folder()))?;
    build_wasm()?;
    let fresh = folder().join("node_modules/.fresh");
    build(&fresh)?;
    ensure!(
        files(&fresh)? == files(&folder().join("dist"))?,
        "viewer/web/dist is not what the sources give: run `cargo xtask web` and commit it"
    );
    Ok(())
}

fn install() -> Result<()> {
    run(command("npm", &["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(folder()))
}

/// Into `node_modules/.wasm`, where `build.mjs` packs it.
pub(crate) fn build_wasm() -> Result<()> {
    let into = folder().join("node_modules/.wasm");
    std::fs::create_dir_all(&into).with_context(|| into.display().to_string())?;
    viewer::build(&into)?;
    author::build(&into)
}

fn build(into: &Path) -> Result<()> {
    let mut node = command("node", &["build.mjs"]);
    run(node.arg(into).current_dir(folder()))
}

/// Names and bytes.
fn files(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry?;
        Ok((entry.file_name().into(), std::fs::read(entry.path())?))
    };
    entries.map(read).collect()
}

fn folder() -> PathBuf {
    root().join("viewer/web")
}
