//! What is needed once to run recipes: modules and assets, by hash, from a folder or from the server.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use gable_runtime::asset::AssetStore;
use gable_runtime::{Engine, Rules, file, hash, kernel_hash};
use gable_session::world::{Layer, World};
use gable_tileset::manifest::Resource;

use crate::connection::{Connection, ConnectionError};
use crate::lock;

/// Modules and assets that are here.
#[derive(Debug)]
pub(crate) struct Kit {
    engine: Engine,
    /// Where files are kept from one session to the next; they are checked whenever they are read.
    folder: Option<PathBuf>,
    rules: Once<[u8; 32], Rules>,
    assets: Once<String, AssetStore>,
    /// The kernel has to be compiled before the first recipe can be run.
    start: Option<Start>,
}

/// The first time that recipes are run here.
#[derive(Debug)]
struct Start {
    /// When the first module was needed.
    begun: OnceLock<Instant>,
    is_over: AtomicBool,
    /// How long it will take, by a guess.
    seconds: f64,
}

impl Start {
    /// If the kernel is not there.
    fn of(engine: &Engine) -> Option<Self> {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        (!engine.has_kernel()).then(|| Self {
            begun: OnceLock::new(),
            is_over: AtomicBool::new(false),
            seconds: KERNEL_SECONDS / cores.clamp(1, 4) as f64,
        })
    }

    fn remaining(&self) -> Option<f64> {
        let passed = self
            .begun
            .get()
            .map_or(0.0, |it| it.elapsed().as_secs_f64());
        let is_over = self.is_over.load(Ordering::Relaxed);
        (!is_over).then(|| (self.seconds - passed).max(LEAST_WAIT))
    }
}

/// Seconds of CPU to compile the kernel, as measured on a core of a server.
const KERNEL_SECONDS: f64 = 2.3;
/// Seconds that are left when it takes longer than thought.
const LEAST_WAIT: f64 = 0.2;

/// Files that are fetched at a time.
const MOST_REQUESTS: usize = 8;

/// Things that are made once, each by whoever needs it first; the others wait.
type Once<K, V> = Mutex<BTreeMap<K, Arc<Mutex<Option<Arc<V>>>>>>;

/// Why something cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KitError {
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    #[error("the module cannot be used: {0}")]
    Module(String),
}

impl Kit {
    pub(crate) fn new(engine: Engine, folder: Option<PathBuf>) -> Self {
        Self {
            start: Start::of(&engine),
            engine,
            folder,
            rules: Mutex::default(),
            assets: Mutex::default(),
        }
    }

    /// Seconds until recipes can be run here; none if they can.
    pub(crate) fn ready(&self) -> Option<f64> {
        self.start.as_ref().and_then(Start::remaining)
    }

    /// Whether recipes of this world can be run here: it needs the kernel that is built in.
    pub(crate) fn fits(&self, world: &World) -> bool {
        world.kernel.sha256 == hash::hex(&kernel_hash())
    }

    /// Whether any module is ready to run.
    pub(crate) fn has_rules(&self) -> bool {
        let rules = lock(&self.rules);
        // One that is being made is held.
        rules
            .values()
            .any(|place| place.try_lock().is_ok_and(|place| place.is_some()))
    }

    /// A grammar's module, ready to run.
    pub(crate) fn rules(
        &self,
        connection: &Connection,
        module: &Resource,
    ) -> Result<Arc<Rules>, KitError> {
        let wanted = hash::from_hex(&module.sha256).unwrap_or_default();
        once(&self.rules, wanted, || {
            let bytes = self.file(connection, module)?;
            if let Some(start) = &self.start {
                start.begun.get_or_init(Instant::now);
            }
            let rules = Rules::load(&self.engine, &bytes);
            let rules = rules.map_err(|error| KitError::Module(error.to_string()))?;
            if let Some(start) = &self.start {
                start.is_over.store(true, Ordering::Relaxed);
            }
            connection
                .statement()
                .modules
                .push(module.sha256[..16].to_owned());
            Ok(rules)
        })
    }

    /// The assets of a layer.
    pub(crate) fn assets(
        &self,
        connection: &Connection,
        layer: &Layer,
    ) -> Result<Arc<AssetStore>, KitError> {
        let name = format!("{}/{}", layer.name, layer.revision);
        once(&self.assets, name, || {
            let fetch = |number: usize| {
                let asset: &Resource = &layer.assets[number];
                Ok((asset.name.clone(), self.file(connection, asset)?))
            };
            // They wait for the network, not for cores.
            let files = gable_runtime::in_parallel(layer.assets.len(), MOST_REQUESTS, fetch);
            let files = files.into_iter().collect::<Result<Vec<_>, KitError>>()?;
            Ok(AssetStore::from_prepared(files))
        })
    }

    /// The bytes with a hash.
    fn file(&self, connection: &Connection, resource: &Resource) -> Result<Vec<u8>, KitError> {
        let Resource { sha256, uri, .. } = resource;
        let wanted = hash::from_hex(sha256);
        let wanted = wanted.ok_or_else(|| connection.wrong(uri, "its hash is no SHA-256"))?;
        let is_it = |bytes: &Vec<u8>| hash::sha256(bytes) == wanted;
        let path = self.folder.as_ref().map(|folder| folder.join(sha256));
        let kept = path.as_ref().and_then(|path| std::fs::read(path).ok());
        if let Some(bytes) = kept.filter(is_it) {
            return Ok(bytes);
        }
        let answer = connection.get(uri)?;
        if !is_it(&answer.bytes) {
            return Err(connection
                .wrong(uri, "its bytes do not have its hash")
                .into());
        }
        if let Some(path) = path {
            // Without room it is fetched again next time.
            if let Err(error) = file::keep(&path, &answer.bytes) {
                tracing::debug!(%error, "a file cannot be kept");
            }
        }
        Ok(answer.bytes)
    }
}

fn once<K: Ord, V, E>(
    all: &Once<K, V>,
    key: K,
    make: impl FnOnce() -> Result<V, E>,
) -> Result<Arc<V>, E> {
    let place = {
        let mut all = lock(all);
        all.entry(key).or_default().clone()
    };
    let mut place = lock(&place);
    if let Some(there) = &*place {
        return Ok(there.clone());
    }
    let made = Arc::new(make()?);
    *place = Some(made.clone());
    Ok(made)
}
