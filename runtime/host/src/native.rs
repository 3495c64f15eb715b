//! The kernel natively compiled, driving the same module: for tests that compare bytes, and for benchmarks.
//!
//! The grammar runs in wasmtime and every import is a host function over [`gable_kernel::abi::table::call`]. Slower at
//! calls than the kernel as a module, and not limited in memory: not for untrusted grammars.

use std::mem::MaybeUninit;

use gable_kernel::Kernel;
use gable_kernel::abi::table::{FUNCTIONS, call};
use gable_kernel::abi::{AbiValue, MODULE, ValueType};
use gable_kernel::limits::Stop;
use gable_kernel::manifest::Manifest;
use gable_kernel::recipe::Recipe;
use wasmtime::{Caller, FuncType, InstancePre, Linker, Store, ValRaw, ValType};

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
        bytes: content.bytes(),
        companions: content.companions,
        summary,
        memory_bytes: 0,
    })
}

/// No function of the kernel has more parameters.
const MOST_PARAMS: usize = 16;

/// Every kernel function as a host function.
fn linker(engine: &Engine) -> Result<Linker<State>, GenerateError> {
    let mut linker = Linker::new(engine.wasmtime());
    for (number, function) in FUNCTIONS.iter().enumerate() {
        let ty = FuncType::new(
            engine.wasmtime(),
            function.params.iter().map(|&ty| value_type(ty)),
            function.result.map(value_type),
        );
        let host = move |mut caller: Caller<'_, State>, values: &mut [MaybeUninit<ValRaw>]| {
            let mut arguments = [AbiValue::I32(0); MOST_PARAMS];
            for ((argument, value), &ty) in arguments.iter_mut().zip(&*values).zip(function.params)
            {
                // SAFETY: wasmtime passes as many values as the type has parameters.
                #[expect(unsafe_code, reason = "values without a type: a call costs half")]
                let value = unsafe { value.assume_init_ref() };
                *argument = from_wasm(value, ty);
            }
            let state = caller.data_mut();
            match call(
                &mut state.kernel,
                number,
                &arguments[..function.params.len()],
            ) {
                Ok(Some(value)) => _ = values[0].write(to_wasm(value)),
                Ok(None) => {}
                Err(stop) => {
                    let error = wasmtime::Error::msg(stop.to_string());
                    state.stop = Some(stop);
                    return Err(error);
                }
            }
            Ok(())
        };
        // SAFETY: the function reads its parameters as the type has them, and writes the result it promises.
        #[expect(unsafe_code, reason = "values without a type: a call costs half")]
        let defined = unsafe { linker.func_new_unchecked(MODULE, function.export, ty, host) };
        defined.map_err(GenerateError::engine)?;
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

fn from_wasm(value: &ValRaw, ty: ValueType) -> AbiValue {
    match ty {
        ValueType::I32 => AbiValue::I32(value.get_i32()),
        ValueType::F64 => AbiValue::F64(f64::from_bits(value.get_f64())),
    }
}

fn to_wasm(value: AbiValue) -> ValRaw {
    match value {
        AbiValue::I32(value) => ValRaw::i32(value),
        AbiValue::F64(value) => ValRaw::f64(value.to_bits()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_parameters_find_room() {
        let most = FUNCTIONS.iter().map(|function| function.params.len()).max();
        assert!(most.is_some_and(|most| most <= MOST_PARAMS), "{most:?}");
    }
}
