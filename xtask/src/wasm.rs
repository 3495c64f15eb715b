//! How our WebAssembly is built: the same compiler gives the same bytes anywhere.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::shell::{answers, cargo, root, run, target_folder};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// What is built, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Module<'a> {
    pub(crate) package: &'a str,
    pub(crate) profile: &'a str,
    pub(crate) features: &'a [&'a str],
    /// Of the compiler.
    pub(crate) flags: &'a [&'a str],
}

impl Module<'_> {
    /// Builds it in a folder of its profile, and returns the file.
    pub(crate) fn build(self) -> Result<PathBuf> {
        ensure!(
            answers("rustup", &["target", "add", TARGET]),
            "the target {TARGET} is missing and `rustup target add {TARGET}` failed"
        );
        let folder = target_folder().join(self.profile);
        let mut command = cargo(&["build", "--lib", "--locked", "--target", TARGET]);
        command.args(["--package", self.package, "--profile", self.profile]);
        command.args(
            self.features
                .iter()
                .flat_map(|feature| ["--features", feature]),
        );
        command.env("CARGO_ENCODED_RUSTFLAGS", self.encoded_flags());
        command.env("CARGO_TARGET_DIR", &folder);
        run(&mut command)?;
        let file = format!("{}.wasm", self.package.replace('-', "_"));
        Ok(folder.join(TARGET).join(self.profile).join(file))
    }

    /// Its flags, and paths that are the same everywhere.
    fn encoded_flags(self) -> String {
        let home = std::env::var("CARGO_HOME")
            .unwrap_or_else(|_| format!("{}/.cargo", std::env::var("HOME").unwrap_or_default()));
        let flags = self.flags.iter().map(ToString::to_string).chain([
            format!("--remap-path-prefix={home}=cargo"),
            format!("--remap-path-prefix={}=gable", root().display()),
        ]);
        flags.collect::<Vec<_>>().join("\u{1f}")
    }
}
