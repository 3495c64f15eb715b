//! A grammar module, checked and compiled, ready to run.

use gable_kernel::asset::Asset;
use gable_kernel::manifest::Manifest;
use gable_kernel::recipe::Recipe;
use wasmtime::{
    Extern, Instance, Memory, Module, ModuleExport, Store, StoreLimits, StoreLimitsBuilder, Trap,
    TypedFunc,
};

use crate::asset::AssetStore;
use crate::content::{Content, Failure, Summary};
use crate::engine::Engine;
use crate::error::GenerateError;
use crate::{hash, inspect, kernel_hash};

/// A grammar module, compiled, and what it needs of the kernel.
#[derive(Clone)]
pub struct Rules {
    engine: Engine,
    hash: [u8; 32],
    manifest: Manifest,
    manifest_bytes: Vec<u8>,
    module: Module,
    /// The kernel's functions that it imports, in its order.
    imports: Vec<ModuleExport>,
}

impl std::fmt::Debug for Rules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            engine: _,
            hash,
            manifest,
            manifest_bytes: _,
            module: _,
            imports: _,
        } = self;
        f.debug_struct("Rules")
            .field("hash", &hash::short(hash))
            .field("manifest", manifest)
            .finish_non_exhaustive()
    }
}

impl Rules {
    /// Checks a grammar module and compiles it; the kernel too, when the engine has not yet.
    ///
    /// # Errors
    /// [`GenerateError::Module`] for modules that are not ours, [`GenerateError::KernelVersion`] for those of another
    /// kernel, [`GenerateError::Engine`] when compilation fails.
    pub fn load(engine: &Engine, module: &[u8]) -> Result<Self, GenerateError> {
        let manifest = inspect(module)?;
        if manifest.kernel != kernel_hash() {
            return Err(GenerateError::KernelVersion {
                module: manifest.kernel,
                host: kernel_hash(),
            });
        }
        let compiled = engine.compile(module)?;
        let kernel = engine.kernel()?.module();
        let imports = compiled.imports().map(|import| {
            kernel
                .get_export_index(import.name())
                .ok_or_else(|| missing(import.name()))
        });
        let imports = imports.collect::<Result<_, _>>()?;
        let manifest_bytes = manifest.to_bytes();
        Ok(Self {
            engine: engine.clone(),
            hash: hash::sha256(module),
            manifest,
            manifest_bytes,
            module: compiled,
            imports,
        })
    }

    /// What the module says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// SHA-256 of the module's bytes.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// How many recipes may run at one time (see [`crate::EngineOptions::concurrent_runs`]).
    pub fn concurrent_runs(&self) -> usize {
        self.engine.options().concurrent_runs as usize
    }

    /// Makes content from a recipe: pure from outside.
    ///
    /// # Errors
    /// A [`GenerateError`] naming the limit, the missing asset or the place in the grammar.
    pub fn generate(&self, recipe: &Recipe, assets: &AssetStore) -> Result<Content, GenerateError> {
        self.check_versions(recipe)?;
        let mut run = Run::new(self)?;
        run.input("load_module", &self.manifest_bytes)?;
        for (name, asset) in load_assets(recipe, assets)? {
            run.load_asset(name, asset)?;
        }
        run.input("begin", &recipe.to_bytes())?;
        run.generate()?;
        run.finish()
    }

    fn check_versions(&self, recipe: &Recipe) -> Result<(), GenerateError> {
        if recipe.kernel != kernel_hash() {
            return Err(GenerateError::KernelVersion {
                module: recipe.kernel,
                host: kernel_hash(),
            });
        }
        if recipe.module != self.hash {
            return Err(GenerateError::ModuleHash {
                wanted: recipe.module,
                given: self.hash,
            });
        }
        Ok(())
    }
}

/// The prepared bytes of a recipe's assets, checked against their hashes.
pub(crate) fn load_assets<'a>(
    recipe: &'a Recipe,
    assets: &'a AssetStore,
) -> Result<Vec<(&'a str, &'a [u8])>, GenerateError> {
    let load = |reference: &'a gable_kernel::recipe::AssetReference| {
        let bytes = assets
            .by_hash(&reference.hash)
            .ok_or_else(|| GenerateError::AssetMissing {
                name: reference.name.clone(),
                hash: reference.hash,
            })?;
        Ok((reference.name.as_str(), bytes))
    };
    recipe.assets.iter().map(load).collect()
}

/// Decodes prepared assets.
pub(crate) fn decode_assets(
    loaded: Vec<(&str, &[u8])>,
) -> Result<Vec<(String, Asset)>, GenerateError> {
    let decode = |(name, bytes): (&str, &[u8])| {
        let asset = Asset::from_bytes(bytes).map_err(|source| GenerateError::Decode {
            what: "asset",
            source,
        })?;
        Ok((name.to_owned(), asset))
    };
    loaded.into_iter().map(decode).collect()
}

/// An instance of the kernel and one of the grammar, for one recipe.
struct Run<'a> {
    rules: &'a Rules,
    store: Store<StoreLimits>,
    kernel: Instance,
    grammar: Instance,
    memory: Memory,
    alloc: TypedFunc<u32, u32>,
}

impl<'a> Run<'a> {
    fn new(rules: &'a Rules) -> Result<Self, GenerateError> {
        let options = rules.engine.options();
        let limits = StoreLimitsBuilder::new()
            .memory_size(options.memory_bytes)
            .instances(2)
            .memories(1)
            .tables(1)
            .build();
        let mut store = Store::new(rules.engine.wasmtime(), limits);
        store.limiter(|limits| limits);
        store.set_epoch_deadline(rules.engine.deadline());
        let kernel = rules
            .engine
            .kernel()?
            .instantiate(&mut store)
            .map_err(GenerateError::engine)?;
        let mut imports = Vec::with_capacity(rules.imports.len());
        for export in &rules.imports {
            let function = kernel.get_module_export(&mut store, export);
            imports.extend(function.and_then(Extern::into_func).map(Extern::Func));
        }
        let grammar =
            Instance::new(&mut store, &rules.module, &imports).map_err(GenerateError::engine)?;
        let memory = kernel
            .get_memory(&mut store, "memory")
            .ok_or_else(|| missing("memory"))?;
        let alloc = kernel
            .get_typed_func(&mut store, "alloc")
            .map_err(|_| missing("alloc"))?;
        Ok(Self {
            rules,
            store,
            kernel,
            grammar,
            memory,
            alloc,
        })
    }

    fn function<P, R>(&mut self, name: &'static str) -> Result<TypedFunc<P, R>, GenerateError>
    where
        P: wasmtime::WasmParams,
        R: wasmtime::WasmResults,
    {
        self.kernel
            .get_typed_func(&mut self.store, name)
            .map_err(|_| missing(name))
    }

    fn call<P, R>(&mut self, name: &'static str, params: P) -> Result<R, GenerateError>
    where
        P: wasmtime::WasmParams,
        R: wasmtime::WasmResults,
    {
        let function = self.function::<P, R>(name)?;
        function
            .call(&mut self.store, params)
            .map_err(|error| self.trapped(&error))
    }

    /// Copies bytes into the kernel's memory.
    fn copy_in(&mut self, bytes: &[u8]) -> Result<(u32, u32), GenerateError> {
        let length = u32::try_from(bytes.len()).map_err(|_| GenerateError::Engine {
            message: format!("{} bytes of input do not fit a 32-bit memory", bytes.len()),
        })?;
        let pointer = self
            .alloc
            .clone()
            .call(&mut self.store, length)
            .map_err(|error| self.trapped(&error))?;
        let copied = self.memory.write(&mut self.store, pointer as usize, bytes);
        copied.map_err(|error| GenerateError::Engine {
            message: error.to_string(),
        })?;
        Ok((pointer, length))
    }

    /// Hands bytes to a function of the kernel that answers a status.
    fn input(&mut self, name: &'static str, bytes: &[u8]) -> Result<(), GenerateError> {
        let place = self.copy_in(bytes)?;
        let status: u32 = self.call(name, place)?;
        self.expect_good(status)
    }

    fn load_asset(&mut self, name: &str, bytes: &[u8]) -> Result<(), GenerateError> {
        let (name_pointer, name_length) = self.copy_in(name.as_bytes())?;
        let (pointer, length) = self.copy_in(bytes)?;
        let status: u32 = self.call("load_asset", (name_pointer, name_length, pointer, length))?;
        self.expect_good(status)
    }

    fn generate(&mut self) -> Result<(), GenerateError> {
        let generate: TypedFunc<(), ()> = self
            .grammar
            .get_typed_func(&mut self.store, "generate")
            .map_err(|_| missing("generate"))?;
        generate
            .call(&mut self.store, ())
            .map_err(|error| self.trapped(&error))
    }

    fn finish(mut self) -> Result<Content, GenerateError> {
        let status: u32 = self.call("finish", ())?;
        self.expect_good(status)?;
        let summary = self.output("summary_ptr", "summary_len", ())?;
        let summary: Summary =
            serde_json::from_slice(summary).map_err(|error| GenerateError::Engine {
                message: format!("the kernel's summary is not valid: {error}"),
            })?;
        let parts: u32 = self.call("outputs", ())?;
        let mut bytes = Vec::new();
        for part in 0..parts {
            bytes.extend_from_slice(self.output("output_ptr", "output_len", part)?);
        }
        let count: u32 = self.call("companions", ())?;
        let mut companions = Vec::new();
        for number in 0..count {
            let name = self.output("companion_name_ptr", "companion_name_len", number)?;
            let name = String::from_utf8_lossy(name).into_owned();
            companions.push((
                name,
                self.output("companion_ptr", "companion_len", number)?
                    .to_vec(),
            ));
        }
        Ok(Content {
            bytes,
            companions,
            summary,
            memory_bytes: self.memory.data_size(&self.store),
        })
    }

    /// Bytes that the kernel holds ready. The guest is not trusted: place and length are checked.
    fn output<P>(
        &mut self,
        pointer: &'static str,
        length: &'static str,
        params: P,
    ) -> Result<&[u8], GenerateError>
    where
        P: wasmtime::WasmParams + Copy,
    {
        let start = self.call::<P, u32>(pointer, params)? as usize;
        let length = self.call::<P, u32>(length, params)? as usize;
        let data = self.memory.data(&self.store);
        data.get(start..start.saturating_add(length))
            .ok_or_else(|| GenerateError::Engine {
                message: "the kernel's output lies outside its memory".to_owned(),
            })
    }

    fn expect_good(&mut self, status: u32) -> Result<(), GenerateError> {
        if status == 0 {
            return Ok(());
        }
        let failure = self.failure();
        Err(match failure {
            Some(failure) => failure_error(&failure),
            None => GenerateError::Engine {
                message: "the kernel failed without saying why".to_owned(),
            },
        })
    }

    /// What the kernel recorded about the end of the run, if anything.
    fn failure(&mut self) -> Option<Failure> {
        // After a trap the instance may still be asked: its memory is whole, and these functions only read.
        self.store.set_epoch_deadline(self.rules.engine.deadline());
        let bytes = self.output("error_ptr", "error_len", ()).ok()?;
        if bytes.is_empty() {
            None
        } else {
            serde_json::from_slice(bytes).ok()
        }
    }

    /// The error behind a trap: what the kernel recorded, else the clock, else the engine's words.
    fn trapped(&mut self, error: &wasmtime::Error) -> GenerateError {
        match error.downcast_ref::<Trap>() {
            Some(Trap::Interrupt) => GenerateError::Timeout {
                seconds: (self.rules.engine.options().wall_time)
                    .unwrap_or_default()
                    .as_secs_f64(),
            },
            Some(Trap::UnreachableCodeReached) => match self.failure() {
                Some(failure) => failure_error(&failure),
                None if self.memory_is_full() => GenerateError::Stopped {
                    reason: "more memory than there is for a run".to_owned(),
                    at: None,
                    kind: "memory".to_owned(),
                },
                None => GenerateError::Trap {
                    message: format!("{error:#}"),
                    at: None,
                },
            },
            _ => GenerateError::Trap {
                message: format!("{error:#}"),
                at: None,
            },
        }
    }
}

impl Run<'_> {
    /// Whether an allocation failed for want of memory: a request is at most a doubling, so at least half is in use.
    fn memory_is_full(&self) -> bool {
        self.memory.data_size(&self.store) >= self.rules.engine.options().memory_bytes / 2
    }
}

/// The error for what the kernel recorded.
pub(crate) fn failure_error(failure: &Failure) -> GenerateError {
    if failure.kind == "input" {
        return GenerateError::Start {
            reason: failure.text.clone(),
        };
    }
    GenerateError::Stopped {
        reason: failure.text.clone(),
        at: failure.place(),
        kind: failure.kind.clone(),
    }
}

fn missing(name: &str) -> GenerateError {
    GenerateError::Module {
        reason: format!("kernel and module together have no `{name}`"),
    }
}
