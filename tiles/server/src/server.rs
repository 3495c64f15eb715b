//! The server as others start it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gable_cache::{Cache, CacheError};
use gable_runtime::Engine;
use gable_world::{World, WorldError};

use crate::http::Routes;
use crate::options::ServerOptions;
use crate::record::Recorder;
use crate::reload;
use crate::service::Service;
use crate::site::Served;
use crate::upstream::Upstream;
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
    /// A world.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Connections to upstream servers.
    #[error("cannot ask upstream servers: {0}")]
    Upstream(String),
    /// A recording.
    #[error("cannot record requests in {}: {source}", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
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
        let wrap = |source| ServerError::Record {
            path: options.record.clone().unwrap_or_default(),
            source,
        };
        let recorder = options.record.as_deref().map(Recorder::create);
        let recorder = recorder.transpose().map_err(wrap)?;
        Ok(Self {
            service: Arc::new(Service::new(options, cache, workshop, recorder)),
        })
    }

    /// Serves a world, or a new revision of one.
    pub fn put(&self, world: World) {
        self.service.site.put(Served::local(world));
    }

    /// Opens and serves a world, and opens it again whenever one of its files changes: the last good revision stays
    /// until the new one is ready, and clients that read the old `tileset.json` still get its tiles.
    ///
    /// # Errors
    /// [`ServerError`] when it cannot be opened now.
    pub fn serve(&self, name: &Path, engine: &Engine) -> Result<(), ServerError> {
        let world = World::open(name, engine)?;
        let files = world.files().to_vec();
        self.put(world);
        let watched = reload::watch(&self.service, name.to_owned(), files, engine.clone());
        watched.map_err(ServerError::Threads)
    }

    /// Looks at one tile of each layer and level, to know what such tiles cost, now and whenever a world changes, and
    /// measures this server's own pace, by which clients know theirs: `/calibration.json`. Takes some seconds in the
    /// background.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn calibrate(&self, engine: &Engine) -> Result<(), ServerError> {
        let (service, engine) = (self.service.clone(), engine.clone());
        let measure = move || {
            service.survey();
            if let Err(error) = service.calibration.measure(&engine) {
                tracing::error!(error, "the calibration run fails");
            }
            service.keep_looking();
        };
        let thread = std::thread::Builder::new().name("gable-calibration".to_owned());
        thread
            .spawn(measure)
            .map(|_| ())
            .map_err(ServerError::Threads)
    }

    /// Serves the worlds of other servers, by address (`http://host:port`); of several the first that answers. Modules
    /// come from there, so the engine should have a wall time. Ends with the server.
    ///
    /// # Errors
    /// [`ServerError`] when the system cannot make connections. Servers that do not answer yet are asked again.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn follow(&self, addresses: &[String], engine: &Engine) -> Result<(), ServerError> {
        let upstream =
            Upstream::new(addresses).map_err(|error| ServerError::Upstream(error.to_string()))?;
        tokio::spawn(reload::follow(
            self.service.clone(),
            Arc::new(upstream),
            engine.clone(),
        ));
        Ok(())
    }

    /// Ids and names of the worlds that are here now.
    pub fn worlds(&self) -> Vec<(String, String)> {
        let worlds = self.service.site.worlds();
        let named = worlds
            .iter()
            .map(|served| (served.about.id.clone(), served.about.name.clone()));
        named.collect()
    }

    /// Its routes.
    pub fn routes(&self) -> Routes {
        Routes::new(self.service.clone())
    }

    /// From now on `/readyz` says no, so that nobody new is sent here.
    pub fn drain(&self) {
        self.service.drain();
    }

    /// Writes what cache and recording still have to write. Blocks.
    pub fn flush(&self) {
        self.service.cache.flush();
        if let Some(recorder) = &self.service.recorder {
            recorder.flush();
        }
    }
}
