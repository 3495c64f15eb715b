//! Threads that fetch tiles and make them ready to be drawn.

mod job;

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use gable_model::ImageSource;
use gable_session::loader::{Event, Loader};
use gable_session::world::World;
use gable_view::selection::Key;

use crate::connection::Connection;
use crate::kit::Kit;
use job::Job;

/// Fetches over HTTP and generates with wasmtime, on threads of its own, which end with it.
#[derive(Debug)]
pub struct ThreadLoader {
    shared: Arc<Shared>,
    events: Receiver<Event>,
    /// Set when a tile is cancelled.
    begun: BTreeMap<Key, Arc<AtomicBool>>,
}

/// What threads share.
#[derive(Debug)]
struct Shared {
    connection: Arc<Connection>,
    world: Arc<World>,
    kit: Arc<Kit>,
    jobs: Mutex<VecDeque<Job>>,
    is_there: Condvar,
    has_ended: AtomicBool,
    /// Those that may compute now.
    cores: Cores,
}

/// At most so many compute at a time, however many wait for the network.
#[derive(Debug)]
struct Cores {
    free: Mutex<usize>,
    is_free: Condvar,
}

/// Threads: most of them wait for answers.
const THREADS: usize = 24;

impl ThreadLoader {
    /// For a world of a server; `cores` tiles are generated or decoded at a time.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(crate) fn new(
        connection: Arc<Connection>,
        world: Arc<World>,
        kit: Arc<Kit>,
        cores: usize,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            connection,
            world,
            kit,
            jobs: Mutex::default(),
            is_there: Condvar::new(),
            has_ended: AtomicBool::new(false),
            cores: Cores {
                free: Mutex::new(cores.max(1)),
                is_free: Condvar::new(),
            },
        });
        let (sender, events) = channel();
        for _ in 0..THREADS {
            let (shared, sender) = (shared.clone(), sender.clone());
            let thread = std::thread::Builder::new().name("gable-load".to_owned());
            thread.spawn(move || work(&shared, &sender))?;
        }
        Ok(Self {
            shared,
            events,
            begun: BTreeMap::new(),
        })
    }

    fn add(&self, job: Job) {
        let mut jobs = self
            .shared
            .jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        jobs.push_back(job);
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

impl Cores {
    /// Computes when there is a core for it.
    fn compute<T>(&self, work: impl FnOnce() -> T) -> T {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = self.is_free.wait_while(free, |free| *free == 0);
        *wait.unwrap_or_else(PoisonError::into_inner) -= 1;
        let result = work();
        *self.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.is_free.notify_one();
        result
    }
}

/// Does jobs, first come first served: what is begun is already the most urgent.
fn work(shared: &Shared, events: &Sender<Event>) {
    loop {
        let job = {
            let jobs = shared.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            let has_ended = || shared.has_ended.load(Ordering::Relaxed);
            let nothing = |jobs: &mut VecDeque<Job>| jobs.is_empty() && !has_ended();
            let wait = shared.is_there.wait_while(jobs, nothing);
            let mut jobs = wait.unwrap_or_else(PoisonError::into_inner);
            if has_ended() {
                return;
            }
            jobs.pop_front().expect("it waits for one")
        };
        if let Some(event) = job.run(shared)
            && events.send(event).is_err()
        {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use gable_runtime::{Engine, EngineOptions};
    use gable_session::statement::Statement;
    use gable_tileset::manifest::Resource;
    use gable_tileset::{Bounds, TileId};
    use gable_view::tree::Tree;

    use super::*;

    const KEY: Key = Key {
        layer: 0,
        tile: TileId::ROOT,
    };

    /// At a server that nobody runs: everything fails at once.
    fn loader() -> ThreadLoader {
        let connection = Connection::new("http://127.0.0.1:9", Statement::default());
        let engine = Engine::new(EngineOptions::default()).expect("an engine");
        let bounds = Bounds {
            low: [0.0; 3],
            high: [1.0; 3],
        };
        let layer = gable_session::world::Layer {
            name: "a".to_owned(),
            revision: "1".to_owned(),
            tree: Tree::new(bounds, 1, 1, 1.0),
            bounds,
            modules: Vec::new(),
            assets: Vec::new(),
            attributes: serde_json::Value::Null,
        };
        let kernel = Resource {
            name: String::new(),
            sha256: String::new(),
            uri: String::new(),
            bytes: 0,
        };
        let world = World {
            id: "w".to_owned(),
            name: "W".to_owned(),
            attribution: Vec::new(),
            kernel,
            layers: vec![layer],
        };
        let kit = Kit::new(engine, None);
        ThreadLoader::new(Arc::new(connection), Arc::new(world), Arc::new(kit), 1).expect("threads")
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
