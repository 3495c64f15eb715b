//! Threads that fetch tiles and make them ready to be drawn.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use gable_model::ImageSource;
use gable_session::loader::{Event, Loader};
use gable_view::selection::Key;

use crate::lock;
use crate::source::{Cores, Reports, Source, Wake};

/// Asks a source on threads of its own, which end with it.
#[derive(Debug)]
pub struct ThreadLoader {
    shared: Arc<Shared>,
    events: Receiver<Event>,
    /// Set when a tile is cancelled.
    begun: BTreeMap<Key, Arc<AtomicBool>>,
    wake: Wake,
}

/// What threads share.
#[derive(Debug)]
struct Shared {
    source: Arc<dyn Source>,
    jobs: Mutex<VecDeque<Job>>,
    is_there: Condvar,
    has_ended: AtomicBool,
    /// Those that may compute now.
    cores: Cores,
}

/// One thing to fetch.
#[derive(Debug)]
enum Job {
    Subtree(Key),
    /// A tile, and whether it was cancelled.
    Tile(Key, Arc<AtomicBool>),
    Image(ImageSource),
}

/// Threads: most of them wait for answers.
const THREADS: usize = 24;

impl ThreadLoader {
    /// For a source; `cores` tiles are generated or decoded at a time. Somebody is woken up whenever something has come.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(crate) fn new(source: Arc<dyn Source>, cores: usize, wake: &Wake) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            source,
            jobs: Mutex::default(),
            is_there: Condvar::new(),
            has_ended: AtomicBool::new(false),
            cores: Cores::new(cores),
        });
        let (sender, events) = channel();
        for _ in 0..THREADS {
            let (shared, sender, wake) = (shared.clone(), sender.clone(), wake.clone());
            let thread = std::thread::Builder::new().name("gable-load".to_owned());
            thread.spawn(move || work(&shared, &sender, &wake))?;
        }
        Ok(Self {
            shared,
            events,
            begun: BTreeMap::new(),
            wake: wake.clone(),
        })
    }

    /// Whom it asks.
    #[must_use]
    pub fn source(&self) -> &dyn Source {
        &*self.shared.source
    }

    /// What the grammar reports of a feature of a tile, as an answer that comes later, on a thread of its own.
    pub(crate) fn ask_for_reports(
        &self,
        key: Key,
        feature: String,
        answer: impl FnOnce(String, Result<Reports, String>) + Send + 'static,
    ) {
        let (shared, wake) = (self.shared.clone(), self.wake.clone());
        let ask = move || {
            let reports = shared.source.reports(key, &feature, &shared.cores);
            answer(feature, reports);
            wake.up();
        };
        let thread = std::thread::Builder::new().name("gable-reports".to_owned());
        if let Err(error) = thread.spawn(ask) {
            tracing::warn!(%error, "no reports");
        }
    }

    fn add(&self, job: Job) {
        lock(&self.shared.jobs).push_back(job);
        self.shared.is_there.notify_one();
    }
}

impl Drop for ThreadLoader {
    fn drop(&mut self) {
        {
            // Held, so that nobody looks just before and sleeps just after.
            let _jobs = self.shared.jobs.lock();
            self.shared.has_ended.store(true, Ordering::Relaxed);
        }
        self.begun
            .values()
            .for_each(|flag| flag.store(true, Ordering::Relaxed));
        self.shared.is_there.notify_all();
    }
}

impl Loader for ThreadLoader {
    fn fetch_subtree(&mut self, key: Key) {
        self.add(Job::Subtree(key));
    }

    fn begin(&mut self, key: Key) {
        let is_cancelled = Arc::new(AtomicBool::new(false));
        self.begun.insert(key, is_cancelled.clone());
        self.add(Job::Tile(key, is_cancelled));
    }

    fn cancel(&mut self, key: Key) {
        if let Some(flag) = self.begun.remove(&key) {
            flag.store(true, Ordering::Relaxed);
        }
    }

    fn fetch_image(&mut self, source: ImageSource) {
        self.add(Job::Image(source));
    }

    fn next(&mut self) -> Option<Event> {
        loop {
            let event = self.events.try_recv().ok()?;
            match &event {
                // It came while it was cancelled.
                Event::Tile(key, _) if self.begun.remove(key).is_none() => {}
                _ => return Some(event),
            }
        }
    }
}

impl Job {
    /// Does it; nothing comes of what was cancelled.
    fn run(self, shared: &Shared) -> Option<Event> {
        let Shared { source, cores, .. } = shared;
        match self {
            Self::Subtree(key) => Some(Event::Subtree(key, source.subtree(key))),
            Self::Tile(key, flag) => {
                let is_cancelled = || flag.load(Ordering::Relaxed);
                if is_cancelled() {
                    return None;
                }
                let made = source.tile(key, cores, &is_cancelled);
                (!is_cancelled()).then_some(Event::Tile(key, made))
            }
            Self::Image(image) => {
                let pixels = source.image(&image, cores);
                Some(Event::Image(image, pixels))
            }
        }
    }
}

/// Does jobs, first come first served: what is begun is already the most urgent.
fn work(shared: &Shared, events: &Sender<Event>, wake: &Wake) {
    loop {
        let job = {
            let has_ended = || shared.has_ended.load(Ordering::Relaxed);
            let nothing = |jobs: &mut VecDeque<Job>| jobs.is_empty() && !has_ended();
            let wait = shared.is_there.wait_while(lock(&shared.jobs), nothing);
            let mut jobs = wait.unwrap_or_else(PoisonError::into_inner);
            if has_ended() {
                return;
            }
            jobs.pop_front().expect("it waits for one")
        };
        if let Some(event) = job.run(shared) {
            if events.send(event).is_err() {
                return;
            }
            wake.up();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use gable_model::Model;
    use gable_session::loader::{Origin, Pixels};
    use gable_session::overrides::Overrides;
    use gable_tileset::{Subtree, TileId};

    use super::*;

    const KEY: Key = Key {
        layer: 0,
        tile: TileId::ROOT,
    };

    /// Knows nothing.
    #[derive(Debug, Default)]
    struct Nobody(Mutex<Overrides>);

    impl Source for Nobody {
        fn subtree(&self, _key: Key) -> Result<Option<Subtree>, String> {
            Err("nobody".to_owned())
        }

        fn tile(
            &self,
            _key: Key,
            _cores: &Cores,
            _is_cancelled: &dyn Fn() -> bool,
        ) -> Result<(Box<Model>, Origin), String> {
            Err("nobody".to_owned())
        }

        fn reports(&self, _key: Key, _feature: &str, _cores: &Cores) -> Result<Reports, String> {
            Err("nobody".to_owned())
        }

        fn image(&self, _source: &ImageSource, _cores: &Cores) -> Result<Pixels, String> {
            Err("nobody".to_owned())
        }

        fn overrides(&self) -> &Mutex<Overrides> {
            &self.0
        }
    }

    fn loader() -> ThreadLoader {
        let source = Arc::new(Nobody::default());
        ThreadLoader::new(source, 1, &Wake::nobody()).expect("threads")
    }

    #[test]
    fn nothing_comes_of_what_was_cancelled_however_late() {
        let mut loader = loader();
        loader.begin(KEY);
        let start = Instant::now();
        let event = loop {
            match loader.next() {
                Some(event) => break event,
                None if start.elapsed() > Duration::from_secs(30) => panic!("nothing comes"),
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        assert!(matches!(event, Event::Tile(KEY, Err(_))), "{event:?}");
        loader.begin(KEY);
        // By now it lies there, ready to be taken.
        std::thread::sleep(Duration::from_millis(300));
        loader.cancel(KEY);
        assert!(loader.next().is_none());
    }

    #[test]
    fn its_threads_end_with_it() {
        let loader = loader();
        let shared = Arc::downgrade(&loader.shared);
        drop(loader);
        let start = Instant::now();
        while shared.strong_count() > 0 {
            assert!(start.elapsed() < Duration::from_secs(30), "a thread stays");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
