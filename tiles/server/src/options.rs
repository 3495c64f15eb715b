//! What a server may be told.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use gable_cache::CacheOptions;
use gable_placement::{Settings, Weights};

/// What a server may be told.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Threads that generate and encode.
    pub workers: u32,
    /// Generations that may wait for them.
    pub queue: usize,
    /// The cache.
    pub cache: CacheOptions,
    /// What each resource costs.
    pub weights: Weights,
    /// How the placement rule leans.
    pub placement: Settings,
    /// A file to record requests in, for `gable simulate`.
    pub record: Option<PathBuf>,
    /// Open connections, as the listener counts them; for the metrics.
    pub open_connections: Arc<AtomicUsize>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            workers: gable_runtime::cores(),
            queue: 256,
            cache: CacheOptions {
                memory_bytes: 256 << 20,
                disk: None,
            },
            weights: Weights::default(),
            placement: Settings::default(),
            record: None,
            open_connections: Arc::default(),
        }
    }
}
