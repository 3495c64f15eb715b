//! The disk tier: which entries it keeps, and one thread that writes them.
//!
//! Whether an entry is kept is decided at once, under one lock; its bytes are written later, in order,
//! after the files of those that had to go are removed. So the files never exceed the bound, and an
//! entry can be read from the moment it was put: while it waits, from memory.

mod entry;
mod folder;
mod writer;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use entry::Name;
use folder::{Folder, ReadError};
use writer::Trouble;

use crate::density::{Density, Victim};
use crate::evicted::{Evicted, EvictedList};
use crate::statistics::Counters;
use crate::{CacheError, Key, Value};

/// Where the disk tier is, and how large.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskOptions {
    /// Its folder, made if missing. One server at a time.
    pub folder: PathBuf,
    /// Bytes that its files may take, in blocks of 4096.
    pub bytes: u64,
}

/// Bytes that may wait to be written. More are refused: the disk is behind.
const WAITING_LIMIT: u64 = 64 << 20;

/// How often a flush looks whether the writer still lives.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub(crate) struct Disk {
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    folder: Folder,
    state: Mutex<State>,
    /// There is work, or the end.
    work: Condvar,
    /// All work is done.
    idle: Condvar,
    counters: Arc<Counters>,
    evicted: Arc<EvictedList>,
    opened: Instant,
}

#[derive(Debug)]
struct State {
    kept: Density<Key, Kept>,
    jobs: VecDeque<Job>,
    waiting_bytes: u64,
    puts: u64,
    working: bool,
    closed: bool,
    trouble: Trouble,
}

/// An entry: where it is, what it takes, and which put it came from (a key can go and come again).
#[derive(Clone, Debug)]
struct Kept {
    place: Place,
    charge: u64,
    put: u64,
}

#[derive(Clone, Debug)]
enum Place {
    Waiting(Value),
    File(Name),
}

/// What the writer is to do, in order.
#[derive(Debug)]
enum Job {
    Write { key: Key, put: u64, length: u64 },
    Remove(Name),
    Rename { key: Key, put: u64 },
}

/// Where an entry was found.
pub(crate) enum Found {
    Value(Value),
    /// In a file, to be read with [`Disk::read`].
    File(Ticket),
}

/// What is needed to read a file without the lock.
pub(crate) struct Ticket {
    key: Key,
    kept: Kept,
}

impl Disk {
    pub(crate) fn open(
        options: &DiskOptions,
        counters: Arc<Counters>,
        evicted: Arc<EvictedList>,
    ) -> Result<Self, CacheError> {
        let folder = Folder::open(&options.folder)?;
        let found = folder.list();
        counters.damaged.add(found.foreign);
        let state = State::new(options.bytes, found.entries);
        tracing::info!(
            folder = %options.folder.display(),
            entries = state.kept.len(),
            bytes = state.kept.bytes(),
            removed = found.foreign,
            "disk cache opened"
        );
        let shared = Arc::new(Shared {
            folder,
            state: Mutex::new(state),
            work: Condvar::new(),
            idle: Condvar::new(),
            counters,
            evicted,
            opened: Instant::now(),
        });
        let writer = std::thread::Builder::new()
            .name("gable-cache".into())
            .spawn({
                let shared = Arc::clone(&shared);
                move || shared.write_until_closed()
            })
            .map_err(|source| CacheError::Thread { source })?;
        Ok(Self {
            shared,
            writer: Some(writer),
        })
    }

    /// Decides whether to keep a value; says whether it does. An entry already there is renewed.
    pub(crate) fn put(&self, key: Key, value: Value, worth: f64) -> bool {
        let now = self.shared.now();
        let length = value.bytes.len() as u64;
        let mut state = self.shared.lock();
        if state.kept.renew(&key, Some(worth), now) {
            return true;
        }
        if state.trouble.skips() {
            self.shared.counters.disk_errors.add(1);
            return false;
        }
        if state.waiting_bytes.saturating_add(length) > WAITING_LIMIT {
            return false;
        }
        state.puts += 1;
        let put = state.puts;
        let charge = entry::charge(length.saturating_add(entry::HEADER as u64));
        let kept = Kept {
            place: Place::Waiting(value),
            charge,
            put,
        };
        let Ok(victims) = state.kept.insert(key, charge, worth, now, kept) else {
            return false;
        };
        for victim in victims {
            self.shared.retire(&mut state, victim);
        }
        state.waiting_bytes += length;
        state.jobs.push_back(Job::Write { key, put, length });
        self.shared.work.notify_one();
        true
    }

    pub(crate) fn contains(&self, key: &Key) -> bool {
        self.shared.lock().kept.contains(key)
    }

    /// Makes an entry young again at a new worth, or at the one it had.
    pub(crate) fn renew(&self, key: &Key, worth: Option<f64>) -> bool {
        self.shared.lock().kept.renew(key, worth, self.shared.now())
    }

    /// Looks for an entry, without I/O. What is found is renewed.
    pub(crate) fn find(&self, key: &Key) -> Option<Found> {
        let mut state = self.shared.lock();
        state.kept.renew(key, None, self.shared.now());
        let kept = state.kept.item(key)?;
        Some(match &kept.place {
            Place::Waiting(value) => Found::Value(value.clone()),
            Place::File(_) => Found::File(Ticket {
                key: *key,
                kept: kept.clone(),
            }),
        })
    }

    /// Reads what was found in a file; none if it is not what was written, and then it is removed.
    pub(crate) fn read(&self, ticket: Ticket) -> Option<Value> {
        self.shared.read(ticket)
    }

    pub(crate) fn remove(&self, key: &Key) {
        let mut state = self.shared.lock();
        if let Some(kept) = state.kept.remove(key) {
            self.shared.discard(&mut state, kept);
        }
    }

    /// Waits until all is written, and names files by what they are worth now.
    pub(crate) fn flush(&self) {
        let mut state = self.shared.lock();
        let renames: Vec<Job> = state
            .kept
            .cheapest_first()
            .map(|(key, kept)| Job::Rename {
                key: *key,
                put: kept.put,
            })
            .collect();
        state.jobs.extend(renames);
        self.shared.work.notify_one();
        let alive = || {
            self.writer
                .as_ref()
                .is_some_and(|writer| !writer.is_finished())
        };
        while alive() && (state.working || !state.jobs.is_empty()) {
            let waited = self.shared.idle.wait_timeout(state, LOOK_AGAIN);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Entries, their bytes, and bytes that wait to be written.
    pub(crate) fn size(&self) -> (u64, u64, u64) {
        let state = self.shared.lock();
        let entries = state.kept.len() as u64;
        (entries, state.kept.bytes(), state.waiting_bytes)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.work.notify_one();
        if let Some(writer) = self.writer.take() {
            // It has no result, and its panic has been printed.
            let _ = writer.join();
        }
    }
}

impl State {
    /// The books at the start: of what was found, the best that fits; the rest is to be removed.
    fn new(capacity: u64, mut entries: Vec<(Name, u64)>) -> Self {
        let density = |(name, charge): &(Name, u64)| name.worth() / *charge as f64;
        entries.sort_unstable_by(|a, b| {
            let order = density(b).total_cmp(&density(a));
            order.then_with(|| a.0.key.cmp(&b.0.key))
        });
        let mut state = Self {
            kept: Density::new(capacity),
            jobs: VecDeque::new(),
            waiting_bytes: 0,
            puts: 0,
            working: false,
            closed: false,
            trouble: Trouble::default(),
        };
        for (name, charge) in entries {
            let kept = Kept {
                place: Place::File(name),
                charge,
                put: 0,
            };
            let fits = charge <= state.kept.free() && !state.kept.contains(&name.key);
            // What had aged to nothing stays while there is room, as it did before.
            let worth = name.worth().max(f64::MIN_POSITIVE);
            let kept = fits.then(|| state.kept.insert(name.key, charge, worth, 0.0, kept));
            if !matches!(kept, Some(Ok(_))) {
                state.jobs.push_back(Job::Remove(name));
            }
        }
        state
    }

    fn current(&self, key: &Key, put: u64) -> Option<&Kept> {
        self.kept.item(key).filter(|kept| kept.put == put)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seconds since the cache was opened.
    fn now(&self) -> f64 {
        self.opened.elapsed().as_secs_f64()
    }

    fn retire(&self, state: &mut State, victim: Victim<Key, Kept>) {
        self.counters.evicted.add(1);
        self.evicted.add(Evicted {
            key: victim.key,
            idle: Duration::try_from_secs_f64(victim.idle).unwrap_or_default(),
        });
        self.discard(state, victim.item);
    }

    /// Has the file of an entry removed that is in the books no more. One that waits has no file: the
    /// writer will see that it is gone.
    fn discard(&self, state: &mut State, kept: Kept) {
        if let Place::File(name) = kept.place {
            state.jobs.push_back(Job::Remove(name));
            self.work.notify_one();
        }
    }

    fn read(&self, ticket: Ticket) -> Option<Value> {
        let Ticket { key, mut kept } = ticket;
        loop {
            let name = match kept.place {
                Place::Waiting(value) => return Some(value),
                Place::File(name) => name,
            };
            let error = match self.folder.read(&name, kept.charge) {
                Ok(value) => return Some(value),
                Err(error) => error,
            };
            if let ReadError::System(error) = error {
                self.counters.disk_errors.add(1);
                self.lock().trouble.warn("read", &error);
                return None;
            }
            let mut state = self.lock();
            let current = state.current(&key, kept.put)?.clone();
            if matches!(current.place, Place::File(now) if now == name) {
                // Not renamed or replaced meanwhile: it is damaged, or somebody removed it.
                self.counters.damaged.add(1);
                tracing::debug!(%key, ?error, "removed a damaged cache entry");
                state.kept.remove(&key);
                self.discard(&mut state, current);
                return None;
            }
            kept = current;
        }
    }
}
