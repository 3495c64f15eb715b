//! The tests' own scripts on files: the Khronos glTF validator, decoders that viewers ship.

#![allow(dead_code, reason = "each user takes what it needs")]

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// Runs a script of `tests/` with files; it must find nothing wrong.
pub(crate) fn run(script: &str, files: impl IntoIterator<Item = impl AsRef<OsStr>>) {
    let output = Command::new("node")
        .arg(script)
        .args(files)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"))
        .output()
        .expect("node runs");
    assert!(
        output.status.success(),
        "{script}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Neither errors nor warnings of the Khronos validator in any GLB.
pub(crate) fn assert_valid(files: impl IntoIterator<Item = impl AsRef<OsStr>>) {
    run("validate-gltf.mjs", files);
}
