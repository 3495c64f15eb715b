//! The kernel natively compiled, driving the same module: for tests that compare bytes, and for benchmarks.
//!
//! The grammar runs in wasmtime and every import is a host function over [`gable_kernel::abi::table::call`]. Slower at
//! calls than the kernel as a module, and not limited in memory: not for untrusted grammars.

use gable_kernel::Kernel;
use gable_kernel::abi::table::{FUNCTIONS, call};
use gable_kernel::abi::{AbiValue, MODULE, ValueType};
use gable_kernel::limits::Stop;
use gable_kernel::manifest::Manifest;
use gable_kernel::recipe::Recipe;
use wasmtime::{Caller, FuncType, InstancePre, Linker, Store, Val, ValType};

use crate::asset::AssetStore;
use crate::content::{Content, Failure};
use crate::engine::Engine;
use crate::error::GenerateError;
use crate::inspect::inspect;
use crate::rules::{decode_assets, failure_error, load_assets};

struct State {
    kernel: Kernel,
    stop: Option<Stop>,
}

/// A grammar module compiled and linked to the natively compiled kernel.
#[derive(Clone)]
pub struct NativeRules {
    engine: Engine,
    manifest: Manifest,
    instance: InstancePre<State>,
}

impl std::fmt::Debug for NativeRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NativeRules")
            .field("manifest", &self.manifest)
            .finish_non_exhaustive()
    }
}

impl NativeRules {
    /// Checks and compiles a module.
    ///
    /// # Errors
    /// [`GenerateError::Module`] for modules that are not ours, [`GenerateError::Engine`] when compilation fails.
    pub fn load(engine: &Engine, module: &[u8]) -> Result<Self, GenerateError> {
        let manifest = inspect(module)?;
        let compiled = engine.compile(module)?;
        let instance = linker(engine)?
            .instantiate_pre(&compiled)
            .map_err(GenerateError::engine)?;
        Ok(Self {
            engine: engine.clone(),
            manifest,
            instance,
        })
    }

    /// Makes content from a recipe.
    ///
    /// # Errors
    /// As [`crate::Rules::generate`].
    pub fn generate(&self, recipe: &Recipe, assets: &AssetStore) -> Result<Content, GenerateError> {
        let assets = decode_assets(load_assets(recipe, assets)?)?;
        let kernel =
            Kernel::new(self.manifest.clone(), recipe.clone(), assets).map_err(|error| {
                GenerateError::Start {
                    reason: error.to_string(),
                }
            })?;
        let mut store = Store::new(self.engine.wasmtime(), State { kernel, stop: None });
        store.set_epoch_deadline(self.engine.deadline());
        let instance = self
            .instance
            .instantiate(&mut store)
            .map_err(GenerateError::engine)?;
        let generate = instance
            .get_typed_func::<(), ()>(&mut store, "generate")
            .map_err(GenerateError::engine)?;
        let result = generate.call(&mut store, ());
        let State { mut kernel, stop } = store.into_data();
        match (result, stop) {
            (_, Some(stop)) => Err(failed(&kernel.failure(stop))),
            (Err(error), None) => Err(GenerateError::Trap {
                message: format!("{error:#}"),
                at: None,
            }),
            (Ok(()), None) => content(kernel.finish().map_err(|failure| failed(&failure))?),
        }
    }
}

fn content(finished: gable_kernel::Finished) -> Result<Content, GenerateError> {
    let summary =
        serde_json::from_str(&finished.summary).map_err(|error| GenerateError::Engine {
            message: format!("the kernel's summary is not valid: {error}"),
        })?;
    let content = finished.content;
    Ok(Content {
        bytes: content.bytes,
        companions: content.companions,
        summary,
    })
}

/// Every kernel function as a host function.
fn linker(engine: &Engine) -> Result<Linker<State>, GenerateError> {
    let mut linker = Linker::new(engine.wasmtime());
    for (number, function) in FUNCTIONS.iter().enumerate() {
        let ty = FuncType::new(
            engine.wasmtime(),
            function.params.iter().map(|&ty| value_type(ty)),
            function.result.map(value_type),
        );
        let host = move |mut caller: Caller<'_, State>, params: &[Val], results: &mut [Val]| {
            let arguments: Vec<AbiValue> = params.iter().map(from_wasm).collect();
            let state = caller.data_mut();
            match call(&mut state.kernel, number, &arguments) {
                Ok(Some(value)) => results[0] = to_wasm(value),
                Ok(None) => {}
                Err(stop) => {
                    let error = wasmtime::Error::msg(stop.to_string());
                    state.stop = Some(stop);
                    return Err(error);
                }
            }
            Ok(())
        };
        linker
            .func_new(MODULE, function.export, ty, host)
            .map_err(GenerateError::engine)?;
    }
    Ok(linker)
}

/// The kernel's failure as an error; it goes through JSON, as in the Wasm form.
fn failed(failure: &gable_kernel::Failure) -> GenerateError {
    let failure: Failure = serde_json::from_str(&failure.to_json()).unwrap_or_default();
    failure_error(&failure)
}

fn value_type(ty: ValueType) -> ValType {
    match ty {
        ValueType::I32 => ValType::I32,
        ValueType::F64 => ValType::F64,
    }
}

fn from_wasm(value: &Val) -> AbiValue {
    match value {
        Val::I32(value) => AbiValue::I32(*value),
        Val::F64(bits) => AbiValue::F64(f64::from_bits(*bits)),
        other => {
            unreachable!("the ABI has no values like {other:?}, and inspection checked the types")
        }
    }
}

fn to_wasm(value: AbiValue) -> Val {
    match value {
        AbiValue::I32(value) => Val::I32(value),
        AbiValue::F64(value) => Val::F64(value.to_bits()),
    }
}
