//! What the tests share: sources in memory, and a native kernel behind an interpreted module.

use std::collections::BTreeMap;

use gable_compiler::{Compiled, Options, compile};
use gable_grammar::{RenderStyle, Source, Sources, render};
use gable_kernel::abi::{AbiValue, MODULE, ValueType, table};
use gable_kernel::manifest::Manifest;
use gable_kernel::recipe::{InitialShape, Recipe};
use gable_kernel::{Finished, Kernel};
use wasmi::{Engine, FuncType, Linker, Module, Store, Val, ValType};

/// Files by path; imports are looked up as written.
#[derive(Debug, Default)]
pub(crate) struct Files(pub(crate) BTreeMap<String, String>);

impl Sources for Files {
    fn import(&self, _importer: &str, path: &str) -> Result<Source, String> {
        let text = self.0.get(path).ok_or("no such file")?;
        Ok(Source {
            path: path.to_owned(),
            text: text.clone(),
        })
    }
}

/// Compiles files; the first is the main one.
pub(crate) fn compile_files(files: &[(&str, &str)]) -> Compiled {
    let (path, text) = files[0];
    let main = Source {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let rest = files[1..]
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    compile(main, &Files(rest.collect()), &Options::default())
}

/// The diagnostics of a compilation as an author sees them.
pub(crate) fn rendered(compiled: &Compiled) -> String {
    render(&compiled.sources, &compiled.diagnostics, RenderStyle::Plain)
}

/// Compiles a file and runs it on a lot of 30 by 20 metres.
pub(crate) fn run(text: &str) -> Finished {
    run_files(&[("main.cga", text)]).1
}

/// What a file prints.
pub(crate) fn prints(text: &str) -> Vec<String> {
    prints_of(&[("main.cga", text)])
}

/// What files print.
pub(crate) fn prints_of(files: &[(&str, &str)]) -> Vec<String> {
    run_files(files).0.prints().map(str::to_owned).collect()
}

fn run_files(files: &[(&str, &str)]) -> (Kernel, Finished) {
    let compiled = compile_files(files);
    let artifact = compiled
        .artifact
        .as_ref()
        .unwrap_or_else(|| panic!("{}", rendered(&compiled)));
    let corners = [
        [0.0, 0.0, 20.0],
        [30.0, 0.0, 20.0],
        [30.0, 0.0, 0.0],
        [0.0, 0.0, 0.0],
    ];
    let lot = InitialShape {
        polygons: vec![vec![corners.to_vec()]],
        ..InitialShape::default()
    };
    let recipe = Recipe {
        shapes: vec![lot],
        ..Recipe::default()
    };
    let manifest = Manifest::from_bytes(&artifact.manifest.to_bytes()).unwrap();
    let mut kernel = interpret(
        &artifact.wasm,
        Kernel::new(manifest, recipe, Vec::new()).unwrap(),
    );
    let finished = kernel.finish().unwrap();
    (kernel, finished)
}

/// Runs a module's `generate` with the kernel's functions as imports.
fn interpret(wasm: &[u8], kernel: Kernel) -> Kernel {
    let engine = Engine::default();
    let module = Module::new(&engine, wasm).unwrap();
    let mut store = Store::new(&engine, kernel);
    let mut linker = Linker::<Kernel>::new(&engine);
    for (number, function) in table::FUNCTIONS.iter().enumerate() {
        let ty = |ty: &ValueType| match ty {
            ValueType::I32 => ValType::I32,
            ValueType::F64 => ValType::F64,
        };
        let ty = FuncType::new(
            function.params.iter().map(ty),
            function.result.iter().map(ty),
        );
        let call =
            move |mut caller: wasmi::Caller<'_, Kernel>, inputs: &[Val], outputs: &mut [Val]| {
                let arguments: Vec<AbiValue> = inputs
                    .iter()
                    .map(|value| match value {
                        Val::I32(value) => AbiValue::I32(*value),
                        Val::F64(value) => AbiValue::F64(value.to_float()),
                        other => panic!("{other:?} never crosses the boundary"),
                    })
                    .collect();
                let result = table::call(caller.data_mut(), number, &arguments)
                    .map_err(|stop| wasmi::Error::new(stop.to_string()))?;
                if let Some(result) = result {
                    outputs[0] = match result {
                        AbiValue::I32(value) => Val::I32(value),
                        AbiValue::F64(value) => Val::F64(value.into()),
                    };
                }
                Ok(())
            };
        linker.func_new(MODULE, function.export, ty, call).unwrap();
    }
    let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
    instance
        .get_typed_func::<(), ()>(&store, "generate")
        .unwrap()
        .call(&mut store, ())
        .unwrap();
    store.into_data()
}
