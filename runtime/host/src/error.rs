//! What can go wrong in the host.

use std::path::PathBuf;

use gable_kernel::recipe::DecodeError;

/// Why no content came out of a recipe. (Warnings of a run are data in [`crate::Summary`].)
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// The module is not one that our compiler makes.
    #[error("the grammar module was refused: {reason}")]
    Module {
        /// What is wrong with it.
        reason: String,
    },
    /// The module was compiled for another kernel.
    #[error(
        "the module was compiled for kernel {}, this is kernel {}; compile the grammar again",
        crate::hash::short(.module), crate::hash::short(.host)
    )]
    KernelVersion {
        /// SHA-256 of the kernel that the module names.
        module: [u8; 32],
        /// SHA-256 of the kernel here.
        host: [u8; 32],
    },
    /// The recipe's module is not the one given.
    #[error("the recipe wants module {}, but {} was given", crate::hash::short(.wanted), crate::hash::short(.given))]
    ModuleHash {
        /// What the recipe names.
        wanted: [u8; 32],
        /// What was given.
        given: [u8; 32],
    },
    /// An asset that the recipe names is not in the store.
    #[error("asset `{name}` ({}) is not in the asset store", crate::hash::short(.hash))]
    AssetMissing {
        /// Its name in the grammar.
        name: String,
        /// Its SHA-256.
        hash: [u8; 32],
    },
    /// Bytes of a recipe or a manifest could not be read.
    #[error("{what}: {source}")]
    Decode {
        /// What was read.
        what: &'static str,
        /// Why it failed.
        source: DecodeError,
    },
    /// The run could not start: an unknown start rule, polygons that are none.
    #[error("{reason}")]
    Start {
        /// What the kernel says.
        reason: String,
    },
    /// The run used more than its limits.
    #[error("{}{}", .at.as_ref().map(|at| format!("{at}: ")).unwrap_or_default(), .reason)]
    Stopped {
        /// Which limit, as a sentence.
        reason: String,
        /// `file:line:column`, when known.
        at: Option<String>,
        /// A stable word for the kind of stop: `gas`, `shapes`, `depth`, ...
        kind: String,
    },
    /// The wall clock's backstop fired: a statement about this host, never about the recipe.
    #[error("generation took longer than {seconds} s of wall time and was ended")]
    Timeout {
        /// The allowance.
        seconds: f64,
    },
    /// The machine failed below the kernel.
    #[error("the module trapped: {message}{}", .at.as_ref().map(|at| format!(" at {at}")).unwrap_or_default())]
    Trap {
        /// What the engine says.
        message: String,
        /// `file:line:column` of the operation, when known.
        at: Option<String>,
    },
    /// The engine could not be set up.
    #[error("the WebAssembly engine failed: {message}")]
    Engine {
        /// What it says.
        message: String,
    },
    /// A compiled artefact could not be kept.
    #[error("cannot use the compile cache at {path}: {source}")]
    Cache {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl GenerateError {
    /// Wraps what wasmtime says while setting things up.
    pub(crate) fn engine(error: wasmtime::Error) -> Self {
        Self::Engine {
            message: format!("{error:#}"),
        }
    }
}
