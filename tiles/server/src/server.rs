//! The server as others start it.

use std::sync::Arc;

use axum::Router;
use gable_cache::{Cache, CacheError};
use gable_world::World;

use crate::http;
use crate::options::ServerOptions;
use crate::service::Service;
use crate::workshop::Workshop;

/// A server of worlds.
#[derive(Debug, Clone)]
pub struct Server {
    service: Arc<Service>,
}

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The cache.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// Threads.
    #[error("the system refuses a thread: {0}")]
    Threads(std::io::Error),
}

impl Server {
    /// A server without worlds.
    ///
    /// # Errors
    /// [`ServerError`] when its cache cannot be opened.
    pub fn new(options: ServerOptions) -> Result<Self, ServerError> {
        let cache = Cache::open(&options.cache)?;
        let workshop =
            Workshop::new(options.workers, options.queue).map_err(ServerError::Threads)?;
        Ok(Self {
            service: Arc::new(Service::new(options, cache, workshop)),
        })
    }

    /// Serves a world, or a new revision of one.
    pub fn put(&self, world: World) {
        self.service.site.put(world);
    }

    /// Its routes.
    pub fn router(&self) -> Router {
        http::router(self.service.clone())
    }

    /// From now on `/readyz` says no, so that nobody new is sent here.
    pub fn drain(&self) {
        self.service.drain();
    }

    /// Writes what the cache still has to write. Blocks.
    pub fn flush(&self) {
        self.service.cache.flush();
    }
}
