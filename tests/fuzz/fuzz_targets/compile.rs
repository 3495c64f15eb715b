//! Any text compiles to a valid module or to diagnostics.
#![no_main]

use gable_compiler::{Options, compile};
use gable_grammar::{Severity, Source, Sources};
use libfuzzer_sys::fuzz_target;

struct NoImports;

impl Sources for NoImports {
    fn import(&self, _: &str, path: &str) -> Result<Source, String> {
        match path {
            "a.cga" => Ok(Source::from_bytes("a.cga", b"attr height = 3\nLot --> extrude(height) X.")),
            _ => Err("no such file".to_owned()),
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let compiled = compile(Source::from_bytes("fuzz.cga", bytes), &NoImports, &Options::default());
    let errors = compiled.diagnostics.iter().any(|d| d.severity == Severity::Error);
    assert_eq!(compiled.artifact.is_none(), errors, "no module, and only then, when there are errors");
    if let Some(artifact) = compiled.artifact {
        let mut validator = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::MVP);
        validator.validate_all(&artifact.wasm).expect("a module is valid Wasm");
    }
});
