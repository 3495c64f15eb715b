//! The wasmtime engine: its configuration, the compiled kernel, and the cache of compiled modules.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use wasmtime::{
    Config, Enabled, InstanceAllocationStrategy, InstancePre, Linker, PoolingAllocationConfig,
    StoreLimits, Strategy,
};

use crate::error::GenerateError;
use crate::{KERNEL, hash};

/// How often the wall clock is looked at.
const TICK: Duration = Duration::from_millis(10);

/// What an [`Engine`] may use.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Runs at one time.
    pub concurrent_runs: u32,
    /// Bytes of linear memory for one run.
    pub memory_bytes: usize,
    /// Wall time for one run: a backstop behind the deterministic gas limit, for modules that somebody else compiled. What
    /// our compiler makes calls the kernel in every loop and function, and the kernel counts gas; then `None` will do,
    /// and a run needs a fifth less time, since compiled code need not look at the clock.
    pub wall_time: Option<Duration>,
    /// Where compiled modules are kept; `None` compiles anew in each process. The folder must be writable by
    /// trusted users only: what lies in it is executed.
    pub compile_cache: Option<PathBuf>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            concurrent_runs: 16,
            memory_bytes: 1 << 30,
            wall_time: Some(Duration::from_secs(600)),
            compile_cache: None,
        }
    }
}

/// Runs modules. Cheap to clone; one is enough for a process.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("options", &self.inner.options)
            .finish_non_exhaustive()
    }
}

struct Inner {
    engine: wasmtime::Engine,
    options: EngineOptions,
    /// Compiled when first needed.
    kernel: OnceLock<InstancePre<StoreLimits>>,
    /// Held while it is compiled: that takes a second or two of a core, so nobody does it twice.
    compiling: Mutex<()>,
    /// Dropped with the engine.
    _ticker: Option<Ticker>,
}

impl Engine {
    /// An engine.
    ///
    /// # Errors
    /// [`GenerateError::Engine`] when the machine cannot give what the options ask for.
    pub fn new(options: EngineOptions) -> Result<Self, GenerateError> {
        let engine = wasmtime::Engine::new(&config(&options)).map_err(GenerateError::engine)?;
        let ticker = options.wall_time.map(|_| Ticker::start(engine.clone()));
        Ok(Self {
            inner: Arc::new(Inner {
                engine,
                options,
                kernel: OnceLock::new(),
                compiling: Mutex::default(),
                _ticker: ticker,
            }),
        })
    }

    /// Its options.
    pub fn options(&self) -> &EngineOptions {
        &self.inner.options
    }

    pub(crate) fn wasmtime(&self) -> &wasmtime::Engine {
        &self.inner.engine
    }

    /// The wall time as ticks of the epoch.
    pub(crate) fn deadline(&self) -> u64 {
        let ticks = match self.inner.options.wall_time {
            Some(wall_time) => wall_time.as_millis() / TICK.as_millis(),
            None => u128::MAX,
        };
        u64::try_from(ticks).unwrap_or(u64::MAX / 2).max(1)
    }

    /// Whether the kernel is compiled, here or in the cache: else whoever runs the first module waits for that.
    pub fn has_kernel(&self) -> bool {
        let is_kept = || {
            let folder = self.inner.options.compile_cache.as_ref();
            folder.is_some_and(|folder| self.artefact(folder, KERNEL).exists())
        };
        self.inner.kernel.get().is_some() || is_kept()
    }

    /// The kernel, ready to be instantiated: one for all grammars.
    ///
    /// # Errors
    /// [`GenerateError::Engine`] when it does not compile.
    pub(crate) fn kernel(&self) -> Result<&InstancePre<StoreLimits>, GenerateError> {
        if let Some(kernel) = self.inner.kernel.get() {
            return Ok(kernel);
        }
        let _alone = self
            .inner
            .compiling
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(kernel) = self.inner.kernel.get() {
            return Ok(kernel);
        }
        let module = self.compile(KERNEL)?;
        let kernel = Linker::new(self.wasmtime())
            .instantiate_pre(&module)
            .map_err(GenerateError::engine)?;
        Ok(self.inner.kernel.get_or_init(|| kernel))
    }

    /// Compiles a module, or takes it from the cache.
    ///
    /// # Errors
    /// [`GenerateError::Engine`] when it does not compile. A cache that cannot be used is logged, not an error.
    pub(crate) fn compile(&self, wasm: &[u8]) -> Result<wasmtime::Module, GenerateError> {
        let Some(folder) = &self.inner.options.compile_cache else {
            return wasmtime::Module::new(self.wasmtime(), wasm).map_err(GenerateError::engine);
        };
        let file = self.artefact(folder, wasm);
        if file.exists() {
            // SAFETY: the file was written by `keep` below, into a folder that only trusted users may write to (as
            // documented on the option), and is replaced in one step; its name covers engine version and settings.
            #[expect(unsafe_code, reason = "compiled code can only be loaded on trust")]
            match unsafe { wasmtime::Module::deserialize_file(self.wasmtime(), &file) } {
                Ok(module) => return Ok(module),
                Err(error) => {
                    tracing::warn!(file = %file.display(), %error, "ignoring a compiled module");
                }
            }
        }
        let module = wasmtime::Module::new(self.wasmtime(), wasm).map_err(GenerateError::engine)?;
        if let Err(error) = keep(&module, &file) {
            tracing::warn!(file = %file.display(), %error, "cannot keep a compiled module");
        }
        Ok(module)
    }

    /// Where a compiled module is kept: its name changes with the module, the engine's version and its settings.
    fn artefact(&self, folder: &Path, wasm: &[u8]) -> PathBuf {
        use std::hash::{Hash as _, Hasher as _};
        #[expect(
            deprecated,
            reason = "the only standard hasher that is the same in each process"
        )]
        let mut hasher = std::hash::SipHasher::new();
        self.wasmtime()
            .precompile_compatibility_hash()
            .hash(&mut hasher);
        let name = hash::hex(&hash::sha256(wasm));
        folder.join(format!("{name}-{:016x}.cwasm", hasher.finish()))
    }
}

/// Keeps a compiled module for the next process.
fn keep(module: &wasmtime::Module, file: &Path) -> Result<(), GenerateError> {
    let wrap = |source| GenerateError::Cache {
        path: file.to_owned(),
        source,
    };
    let bytes = module.serialize().map_err(GenerateError::engine)?;
    crate::file::keep(file, &bytes).map_err(wrap)
}

/// What grammars don't need is off: with it, most of the engine's advisories.
fn config(options: &EngineOptions) -> Config {
    let mut pool = PoolingAllocationConfig::new();
    // Two instances a run: the kernel, which has the memory, and the grammar.
    pool.total_core_instances(2 * options.concurrent_runs)
        .total_memories(options.concurrent_runs)
        .total_tables(options.concurrent_runs)
        .max_memories_per_module(1)
        .max_tables_per_module(1)
        .max_memory_size(options.memory_bytes)
        .table_elements(4096)
        .linear_memory_keep_resident(16 << 20)
        .table_keep_resident(16 << 10)
        .pagemap_scan(Enabled::Auto);
    let mut config = Config::new();
    config
        .strategy(Strategy::Cranelift)
        .gc_support(false)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .wasm_relaxed_simd(false)
        .wasm_tail_call(false)
        .wasm_custom_page_sizes(false)
        .shared_memory(false)
        .concurrency_support(false)
        .epoch_interruption(options.wall_time.is_some())
        // Native recursion is bounded by the kernel (function depth, inline depth); this is room for it.
        .max_wasm_stack(2 << 20)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}

/// A thread that moves the engine's epoch on, as long as the engine lives.
#[derive(Debug)]
struct Ticker {
    stop: Arc<std::sync::atomic::AtomicBool>,
}

impl Ticker {
    fn start(engine: wasmtime::Engine) -> Self {
        let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let stopped = stop.clone();
        std::thread::Builder::new()
            .name("gable-epoch".to_owned())
            .spawn(move || {
                while !stopped.load(Ordering::Relaxed) {
                    std::thread::sleep(TICK);
                    engine.increment_epoch();
                }
            })
            .expect("a process that runs modules can start one thread");
        Self { stop }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
