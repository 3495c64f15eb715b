//! Who knows what tiles are: a server, or a grammar on this machine.

pub mod remote;
mod watch;
pub mod workbench;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::Cursor;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::SystemTime;

use gable_kernel::manifest::Manifest;
use gable_kernel::recipe::Recipe;
use gable_model::{ImageSource, Model};
use gable_runtime::Report;
use gable_session::loader::{Origin, Pixels};
use gable_session::overrides::Overrides;
use gable_session::world::World;
use gable_tileset::Subtree;
use gable_view::selection::Key;
use gable_world::find_settable;

use crate::lock;

/// Who knows what tiles are. It is asked from many threads, and may take its time.
pub trait Source: Debug + Send + Sync {
    /// A subtree; none when there is nothing at its address.
    ///
    /// # Errors
    /// Why it cannot be had.
    fn subtree(&self, key: Key) -> Result<Option<Subtree>, String>;

    /// A tile. What computes waits for a core.
    ///
    /// # Errors
    /// Why it cannot be had, or that it was cancelled.
    fn tile(
        &self,
        key: Key,
        cores: &Cores,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<(Box<Model>, Origin), String>;

    /// What the grammar reports of a feature of a tile, by its name: the rules are run for it alone, here.
    ///
    /// # Errors
    /// Why they cannot be run.
    fn reports(&self, key: Key, feature: &str, cores: &Cores) -> Result<Reports, String>;

    /// An image.
    ///
    /// # Errors
    /// Why it cannot be had.
    fn image(&self, source: &ImageSource, cores: &Cores) -> Result<Pixels, String>;

    /// What somebody set attributes to: recipes are run with it.
    fn overrides(&self) -> &Mutex<Overrides>;

    /// Bytes that came over the network.
    fn received(&self) -> u64 {
        0
    }
}

/// What a grammar reports, by keys.
pub type Reports = BTreeMap<String, Report>;

/// What happened to a source while it was looked at.
#[derive(Debug)]
pub enum News {
    /// The world has changed; the time of the file that was written for it, if it was one.
    World(Box<World>, Option<SystemTime>),
    /// What is wrong with it now, if anything.
    Problem(Option<Problem>),
}

/// Something that is wrong, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// In words, with file and line where there are any.
    pub text: String,
    /// What is shown is older than what was asked for.
    pub is_error: bool,
}

/// Wakes somebody up when there is something new.
#[derive(Clone)]
pub struct Wake(Option<Arc<dyn Fn() + Send + Sync>>);

impl Wake {
    /// Somebody.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(wake)))
    }

    /// Nobody sleeps.
    #[must_use]
    pub fn nobody() -> Self {
        Self(None)
    }

    pub(crate) fn up(&self) {
        if let Some(wake) = &self.0 {
            wake();
        }
    }
}

impl Debug for Wake {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Wake").finish_non_exhaustive()
    }
}

/// Where news go.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    pub(crate) sender: Sender<News>,
    pub(crate) wake: Wake,
}

impl Desk {
    /// Says whether anybody listens.
    pub(crate) fn tell(&self, news: News) -> bool {
        let is_heard = self.sender.send(news).is_ok();
        self.wake.up();
        is_heard
    }
}

/// At most so many compute at a time, however many wait for the network.
#[derive(Debug)]
pub struct Cores {
    free: Mutex<usize>,
    is_free: Condvar,
}

impl Cores {
    pub(crate) fn new(count: usize) -> Self {
        Self {
            free: Mutex::new(count.max(1)),
            is_free: Condvar::new(),
        }
    }

    /// Computes when there is a core for it.
    pub(crate) fn compute<T>(&self, work: impl FnOnce() -> T) -> T {
        let wait = self.is_free.wait_while(lock(&self.free), |free| *free == 0);
        *wait.unwrap_or_else(PoisonError::into_inner) -= 1;
        let result = work();
        *lock(&self.free) += 1;
        self.is_free.notify_one();
        result
    }
}

/// Images are never larger: pixels along a side.
const LARGEST_IMAGE: u32 = 8192;

/// Puts what somebody set into the recipe of a tile of a layer, as far as the grammar has such attributes.
pub(crate) fn set(overrides: &Overrides, layer: &str, recipe: &mut Recipe, grammar: &Manifest) {
    let knows = |name: &str| find_settable(grammar, name).is_some();
    overrides.apply(layer, recipe, &knows);
}

/// Unpacks an image.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Pixels, String> {
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(LARGEST_IMAGE);
    limits.max_image_height = Some(LARGEST_IMAGE);
    let reader = image::ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let mut reader = reader.map_err(|error| error.to_string())?;
    reader.limits(limits);
    let image = reader
        .decode()
        .map_err(|error| error.to_string())?
        .into_rgba8();
    Ok(Pixels {
        width: image.width(),
        height: image.height(),
        rgba: image.into_raw(),
    })
}
