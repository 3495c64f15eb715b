//! The release build of `gable`, started as users start it.

use std::error::Error;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where it was built.
pub(crate) fn program() -> PathBuf {
    let built = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = built.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target"));
    target.join("release/gable")
}

/// `gable serve` with these arguments on a free port, and its address.
pub(crate) fn serve(
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<(Child, String), Box<dyn Error>> {
    let mut child = Command::new(program())
        .args(["serve", "--bind", "127.0.0.1:0"])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    let base = line
        .trim()
        .strip_prefix("Gable serves at ")
        .ok_or("it does not start")?;
    Ok((child, base.trim_end_matches('/').to_owned()))
}
