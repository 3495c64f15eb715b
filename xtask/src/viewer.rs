//! The viewer's WebAssembly build, for pages: once for WebGPU, once for WebGL 2, which needs much more code.

use std::path::Path;

use anyhow::Result;
use wasm_bindgen_cli_support::Bindgen;

use crate::shell::{command, root, run};
use crate::wasm::Module;

/// The name of each build, and the features that it has.
const BUILDS: [(&str, &[&str]); 2] = [("gable-view", &[]), ("gable-view-webgl", &["webgl"])];

/// Builds the modules into a folder, each with the script that loads it.
pub(crate) fn build(into: &Path) -> Result<()> {
    for (name, features) in BUILDS {
        let module = Module {
            package: "gable-browser",
            profile: "web",
            features,
            flags: &[],
        };
        let module = module.build()?;
        let mut bindgen = Bindgen::new();
        bindgen
            .input_path(&module)
            .out_name(name)
            .typescript(false)
            .web(true)?;
        bindgen.generate(into)?;
        let bound = into.join(format!("{name}_bg.wasm"));
        shrink(&bound, &into.join(format!("{name}.wasm")))?;
        std::fs::remove_file(bound)?;
    }
    Ok(())
}

/// What compilers leave, taken out. (Not all features: browsers refuse some.)
fn shrink(from: &Path, to: &Path) -> Result<()> {
    let features = [
        "reference-types",
        "bulk-memory",
        "nontrapping-float-to-int",
        "sign-ext",
        "mutable-globals",
        "multivalue",
    ];
    let mut optimizer = command(
        "node_modules/.bin/wasm-opt",
        &["-Os", "--strip-debug", "--strip-producers"],
    );
    optimizer.args(features.map(|feature| format!("--enable-{feature}")));
    optimizer.arg(from).arg("-o").arg(to);
    run(optimizer.current_dir(root().join("viewer/web")))
}
