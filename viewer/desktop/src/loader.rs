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
        self.shared.has_ended.store(true, Ordering::Relaxed);
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
        let event = self.events.try_recv().ok()?;
        if let Event::Tile(key, _) = &event {
            self.begun.remove(key);
        }
        Some(event)
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
