//! The kernel as a WebAssembly module: what a host calls, besides the `k_...` functions that grammars import.
//!
//! | export | does |
//! |---|---|
//! | `memory` | the kernel's memory: inputs are written to it, results read from it |
//! | `alloc(len) -> ptr` | room for an input; the call that takes the input frees it |
//! | `load_module(ptr, len) -> status` | the grammar's manifest: bytes of its custom section `gable` |
//! | `load_asset(name, name_len, ptr, len) -> status` | a prepared asset (see `asset`) |
//! | `begin(ptr, len) -> status` | a recipe; then call the grammar's `generate()` |
//! | `finish() -> status` | writes the content |
//! | `outputs()`, `output_ptr(n)`, `output_len(n)` | the content: so many parts, to be put together |
//! | `companions()`, `companion_name_ptr(n)`, `..._name_len(n)`, `companion_ptr(n)`, `..._len(n)` | further files |
//! | `summary_ptr()`, `summary_len()` | JSON: counts, reports, warnings, prints, gas |
//! | `error_ptr()`, `error_len()` | JSON: kind, text, source, line, column, rule, shape, name |
//! | `reset()` | drops module, assets and run |
//!
//! Status 0 is good, 1 means: see the error. A limit that is reached inside `generate()` stores the error, then traps;
//! the error can be read after the trap, and `begin` starts anew. A trap without an error means that memory ran out.
//! Pointers are good until the next call that may allocate; look at `memory.buffer` anew after each call.
//!
//! # In a browser
//! ```js
//! const text = (k, ptr, len) => new TextDecoder().decode(new Uint8Array(k.memory.buffer, ptr, len));
//! function put(k, bytes) {
//!   const ptr = k.alloc(bytes.length);
//!   new Uint8Array(k.memory.buffer, ptr, bytes.length).set(bytes);
//!   return [ptr, bytes.length];
//! }
//! const failure = (k) => new Error(text(k, k.error_ptr(), k.error_len()) || "out of memory");
//! const check = (k, status) => { if (status !== 0) throw failure(k); };
//!
//! export async function generate(kernelModule, grammarModule, assets, recipe) {
//!   const { exports: k } = await WebAssembly.instantiate(kernelModule, {});
//!   const { exports: grammar } = await WebAssembly.instantiate(grammarModule, { k });
//!   const [manifest] = WebAssembly.Module.customSections(grammarModule, "gable");
//!   check(k, k.load_module(...put(k, new Uint8Array(manifest))));
//!   for (const [name, bytes] of assets) {
//!     const nameInput = put(k, new TextEncoder().encode(name));
//!     check(k, k.load_asset(...nameInput, ...put(k, bytes)));
//!   }
//!   check(k, k.begin(...put(k, recipe)));
//!   try {
//!     grammar.generate();
//!   } catch (trap) {
//!     throw failure(k);
//!   }
//!   check(k, k.finish());
//!   const part = (_, n) => new Uint8Array(k.memory.buffer, k.output_ptr(n), k.output_len(n));
//!   const content = await new Blob(Array.from({ length: k.outputs() }, part)).arrayBuffer();
//!   return { content, summary: JSON.parse(text(k, k.summary_ptr(), k.summary_len())) };
//! }
//! ```

use std::cell::UnsafeCell;
use std::rc::Rc;

use crate::allocator::SmallBlocks;
use crate::asset::Asset;
use crate::kernel::{Finished, Kernel, LoadedAsset};
use crate::limits::Stop;
use crate::manifest::Manifest;
use crate::output::json::Json;
use crate::recipe::Recipe;

#[global_allocator]
static ALLOCATOR: SmallBlocks = SmallBlocks::new();

/// All state of the module.
#[derive(Debug)]
struct Host {
    /// Inputs being written by the host.
    inputs: Vec<Vec<u8>>,
    manifest: Option<Rc<Manifest>>,
    assets: Vec<LoadedAsset>,
    kernel: Option<Kernel>,
    finished: Option<Finished>,
    error: String,
}

impl Host {
    const fn new() -> Self {
        Self {
            inputs: Vec::new(),
            manifest: None,
            assets: Vec::new(),
            kernel: None,
            finished: None,
            error: String::new(),
        }
    }

    /// Takes an input that `alloc` made.
    fn input(&mut self, pointer: i32, length: i32) -> Result<Vec<u8>, String> {
        let place = self
            .inputs
            .iter()
            .position(|input| address(input) == pointer);
        let mut input = place
            .map(|place| self.inputs.swap_remove(place))
            .ok_or("not from alloc")?;
        let length = usize::try_from(length)
            .ok()
            .filter(|length| *length <= input.len())
            .ok_or("longer than alloc")?;
        input.truncate(length);
        Ok(input)
    }

    fn load_module(&mut self, pointer: i32, length: i32) -> Result<(), String> {
        let bytes = self.input(pointer, length)?;
        self.manifest = Some(Rc::new(
            Manifest::from_bytes(&bytes).map_err(|e| format!("module: {e}"))?,
        ));
        Ok(())
    }

    fn load_asset(&mut self, name: [i32; 2], bytes: [i32; 2]) -> Result<(), String> {
        let name = String::from_utf8(self.input(name[0], name[1])?)
            .map_err(|_| "an asset's name is not UTF-8")?;
        let bytes = self.input(bytes[0], bytes[1])?;
        let asset = Asset::from_bytes(&bytes).map_err(|e| format!("asset {name}: {e}"))?;
        self.assets.push(LoadedAsset {
            name,
            asset: Rc::new(asset),
        });
        Ok(())
    }

    fn begin(&mut self, pointer: i32, length: i32) -> Result<(), String> {
        self.finished = None;
        self.kernel = None;
        let bytes = self.input(pointer, length)?;
        let recipe = Recipe::from_bytes(&bytes).map_err(|e| format!("recipe: {e}"))?;
        let manifest = self
            .manifest
            .clone()
            .ok_or("load_module must come before begin")?;
        let kernel = Kernel::with_shared(manifest, recipe, self.assets.clone())
            .map_err(|e| e.to_string())?;
        self.kernel = Some(kernel);
        Ok(())
    }

    /// Runs a step; an error is kept as JSON.
    fn step(&mut self, step: impl FnOnce(&mut Self) -> Result<(), String>) -> i32 {
        self.error.clear();
        let Err(text) = step(self) else { return 0 };
        let mut json = Json::default();
        json.object(|json| {
            json.field("kind", "input");
            json.field("text", text.as_str());
        });
        self.error = json.finish();
        1
    }

    fn finish(&mut self) -> i32 {
        self.error.clear();
        let Some(mut kernel) = self.kernel.take() else {
            return self.step(|_| Err("begin must come before finish".to_owned()));
        };
        match kernel.finish() {
            Ok(finished) => {
                self.finished = Some(finished);
                0
            }
            Err(failure) => {
                self.error = failure.to_json();
                1
            }
        }
    }

    /// A part of the content; empty when there is none of this number.
    fn part(&self, n: i32) -> &[u8] {
        let parts = self.finished.as_ref().map(|done| &done.content.parts);
        let part = parts.zip(usize::try_from(n).ok());
        part.and_then(|(parts, n)| parts.get(n))
            .map_or(&[], Vec::as_slice)
    }

    fn companion(&self, n: i32) -> Option<&(String, Vec<u8>)> {
        self.finished
            .as_ref()?
            .content
            .companions
            .get(usize::try_from(n).ok()?)
    }
}

/// The address of bytes.
fn address(bytes: &[u8]) -> i32 {
    bytes.as_ptr() as usize as i32
}

/// The number of bytes.
fn length(bytes: &[u8]) -> i32 {
    bytes.len() as i32
}

/// The one host of this module. Not a `RefCell`: a trap leaves a borrow open forever, and the error must be readable.
struct Global(UnsafeCell<Host>);

#[expect(
    unsafe_code,
    reason = "a static must be Sync; this module has one thread"
)]
// SAFETY: the kernel is built without threads (no atomics, no shared memory).
unsafe impl Sync for Global {}

static HOST: Global = Global(UnsafeCell::new(Host::new()));

/// Works on the one host.
#[expect(
    unsafe_code,
    reason = "a mutable static is where a module keeps its state between calls"
)]
fn host<T>(work: impl FnOnce(&mut Host) -> T) -> T {
    // SAFETY: one thread, and no export calls another or calls out, so that there is one reference at a time.
    work(unsafe { &mut *HOST.0.get() })
}

/// Works on the kernel for a function of the table; a stop is kept as the error, then the module traps.
pub(crate) fn with<T>(work: impl FnOnce(&mut Kernel) -> Result<T, Stop>) -> T {
    host(|host| {
        if let Some(kernel) = &mut host.kernel {
            match work(kernel) {
                Ok(value) => return value,
                Err(stop) => host.error = kernel.failure(stop).to_json(),
            }
        }
        trap()
    })
}

/// Ends the module's call.
fn trap() -> ! {
    core::arch::wasm32::unreachable()
}

/// Declares the exports.
macro_rules! exports {
    ($( $(#[doc = $doc:literal])+ fn $name:ident($($arg:ident),*) -> i32 = $body:expr; )*) => {
        $( $(#[doc = $doc])+
        #[expect(unsafe_code, reason = "exporting a function by name is how Wasm links")]
        #[unsafe(no_mangle)]
        extern "C" fn $name($($arg: i32),*) -> i32 {
            host($body)
        } )*
    };
}

exports! {
    /// Room for an input.
    fn alloc(len) -> i32 = |host| {
        let input = vec![0; usize::try_from(len).unwrap_or(0).max(1)];
        let pointer = address(&input);
        host.inputs.push(input);
        pointer
    };
    /// Takes a manifest.
    fn load_module(ptr, len) -> i32 = |host| host.step(|host| host.load_module(ptr, len));
    /// Takes an asset.
    fn load_asset(name, name_len, ptr, len) -> i32 =
        |host| host.step(|host| host.load_asset([name, name_len], [ptr, len]));
    /// Takes a recipe.
    fn begin(ptr, len) -> i32 = |host| host.step(|host| host.begin(ptr, len));
    /// Writes the content.
    fn finish() -> i32 = Host::finish;
    /// Number of parts of the content.
    fn outputs() -> i32 = |host| host.finished.as_ref().map_or(0, |done| done.content.parts.len() as i32);
    /// Where a part is.
    fn output_ptr(n) -> i32 = |host| address(host.part(n));
    /// Its bytes.
    fn output_len(n) -> i32 = |host| length(host.part(n));
    /// Number of further files.
    fn companions() -> i32 = |host| host.finished.as_ref().map_or(0, |done| done.content.companions.len() as i32);
    /// Where the name of a further file is.
    fn companion_name_ptr(n) -> i32 = |host| host.companion(n).map_or(0, |(name, _)| address(name.as_bytes()));
    /// Bytes of its name.
    fn companion_name_len(n) -> i32 = |host| host.companion(n).map_or(0, |(name, _)| length(name.as_bytes()));
    /// Where a further file is.
    fn companion_ptr(n) -> i32 = |host| host.companion(n).map_or(0, |(_, bytes)| address(bytes));
    /// Its bytes.
    fn companion_len(n) -> i32 = |host| host.companion(n).map_or(0, |(_, bytes)| length(bytes));
    /// Where the summary is.
    fn summary_ptr() -> i32 = |host| host.finished.as_ref().map_or(0, |done| address(done.summary.as_bytes()));
    /// Bytes of the summary.
    fn summary_len() -> i32 = |host| host.finished.as_ref().map_or(0, |done| length(done.summary.as_bytes()));
    /// Where the error is.
    fn error_ptr() -> i32 = |host| address(host.error.as_bytes());
    /// Bytes of the error.
    fn error_len() -> i32 = |host| length(host.error.as_bytes());
    /// Drops everything.
    fn reset() -> i32 = |host| {
        *host = Host::new();
        0
    };
}
