//! Memory before disk, failures and flights beside them.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tracing::{Instrument as _, field, trace_span};

use crate::disk::{Disk, DiskOptions, Found, Ticket};
use crate::evicted::{Evicted, EvictedList};
use crate::failures::{Failure, Failures, Remembered};
use crate::flights::{FlightError, Flights};
use crate::memory::Memory;
use crate::statistics::{Counters, Statistics};
use crate::{CacheError, Key, Value};

/// How large a cache is, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheOptions {
    /// Bytes of content in memory.
    pub memory_bytes: u64,
    /// The disk tier, if any.
    pub disk: Option<DiskOptions>,
}

/// Content by key, in memory and on disk. Cloning gives another handle of the same cache.
#[derive(Clone)]
pub struct Cache(Arc<Inner>);

struct Inner {
    hot: moka::sync::Cache<Key, Value>,
    disk: Option<Disk>,
    /// Without a disk, which entries memory keeps: `hot` then follows it.
    memory: Option<Memory>,
    /// Bounds threads and file descriptors that read.
    readers: Arc<Semaphore>,
    failures: Failures,
    flights: Flights<Value, Failure>,
    counters: Arc<Counters>,
    evicted: Arc<EvictedList>,
    opened: Instant,
}

/// What work made, and what keeping it is worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// The value.
    pub value: Value,
    /// What keeping it is expected to save, in micro-dollars; nothing or less: it is not kept.
    pub worth: f64,
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It was kept.
    Kept,
    /// It was made for this request.
    Made,
    /// It was being made for another request.
    Joined,
}

/// Files that are read at the same time.
const READERS: usize = 32;
/// What an entry takes in memory beside its bytes.
const OVERHEAD: u64 = 256;

impl Cache {
    /// Opens a cache; what its folder holds is there at once.
    ///
    /// Takes time in proportion to the number of files (their names are read, not their contents).
    ///
    /// # Errors
    /// The folder cannot be used, or another server uses it.
    pub fn open(options: &CacheOptions) -> Result<Self, CacheError> {
        let counters = Arc::new(Counters::default());
        let evicted = Arc::new(EvictedList::default());
        let opened = Instant::now();
        let mut hot = moka::sync::Cache::builder()
            .weigher(|_, value: &Value| u32::try_from(weight(value)).unwrap_or(u32::MAX));
        if options.disk.is_some() {
            hot = hot.max_capacity(options.memory_bytes);
        }
        let memory = options
            .disk
            .is_none()
            .then(|| Memory::new(options.memory_bytes));
        let disk = options
            .disk
            .as_ref()
            .map(|options| Disk::open(options, Arc::clone(&counters), Arc::clone(&evicted)));
        Ok(Self(Arc::new(Inner {
            hot: hot.build(),
            memory,
            disk: disk.transpose()?,
            readers: Arc::new(Semaphore::new(READERS)),
            failures: Failures::new(),
            flights: Flights::new(),
            counters,
            evicted,
            opened,
        })))
    }

    /// A value from memory. Neither blocks nor waits.
    ///
    /// The books do not hear of it: call [`Cache::touch`] with what the entry is worth now.
    #[must_use]
    pub fn get_hot(&self, key: &Key) -> Option<Value> {
        let value = self.0.hot.get(key)?;
        self.0.counters.memory_hits.add(1);
        Some(value)
    }

    /// A value from memory or from disk; from then on in memory. Renews the entry.
    ///
    /// A file that is not what was written is removed, and there is no value.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub async fn get(&self, key: &Key) -> Option<Value> {
        if let Some(value) = self.get_hot(key) {
            if let Some(memory) = &self.0.memory {
                memory.renew(key, None, self.0.now());
            }
            return Some(value);
        }
        let value = self.get_cold(key).await;
        match &value {
            Some(value) => {
                self.0.counters.disk_hits.add(1);
                self.0.warm(*key, value.clone());
            }
            None => self.0.counters.misses.add(1),
        }
        value
    }

    async fn get_cold(&self, key: &Key) -> Option<Value> {
        let ticket = match self.0.disk.as_ref()?.find(key)? {
            Found::Value(value) => return Some(value),
            Found::File(ticket) => ticket,
        };
        let span = trace_span!("disk read", gable.bytes = field::Empty);
        let value = self.read(ticket).instrument(span.clone()).await?;
        span.record("gable.bytes", value.bytes.len() as i64);
        Some(value)
    }

    async fn read(&self, ticket: Ticket) -> Option<Value> {
        let reader = Arc::clone(&self.0.readers).acquire_owned().await.ok()?;
        let cache = self.clone();
        let read = move || {
            let value = cache.0.disk.as_ref()?.read(ticket);
            drop(reader);
            value
        };
        tokio::task::spawn_blocking(read).await.ok().flatten()
    }

    /// Whether an entry is kept. Changes nothing.
    #[must_use]
    pub fn contains(&self, key: &Key) -> bool {
        self.0.hot.contains_key(key) || self.0.disk.as_ref().is_some_and(|disk| disk.contains(key))
    }

    /// Keeps a value if that is worth while; says whether it is kept. Does not wait for the disk.
    ///
    /// `worth` is what keeping it is expected to save from now on, in micro-dollars. It is refused when
    /// that is nothing, or less than what would have to go is still worth. An entry that is there
    /// stays and is renewed.
    pub fn put(&self, key: Key, value: Value, worth: f64) -> bool {
        let inner = &self.0;
        inner.counters.puts.add(1);
        inner.failures.remove(&key);
        let kept = worth > 0.0
            && match (&inner.disk, &inner.memory) {
                (Some(disk), _) => {
                    let kept = disk.put(key, value.clone(), worth);
                    // Also what the disk refuses may be asked for again in a moment; memory has its own judgement.
                    inner.warm(key, value);
                    kept
                }
                (None, Some(memory)) => inner.remember(memory, key, value, worth),
                (None, None) => false,
            };
        if !kept {
            inner.counters.refused.add(1);
        }
        kept
    }

    /// Says that an entry was used, or would have been, and what keeping it is worth from now on, in
    /// micro-dollars. Says whether it is kept.
    pub fn touch(&self, key: &Key, worth: f64) -> bool {
        match (&self.0.disk, &self.0.memory) {
            (Some(disk), _) => disk.renew(key, Some(worth)),
            (None, Some(memory)) => memory.renew(key, Some(worth), self.0.now()),
            (None, None) => false,
        }
    }

    /// Forgets an entry, and a failure remembered under that key.
    pub fn remove(&self, key: &Key) {
        self.0.failures.remove(key);
        if let Some(disk) = &self.0.disk {
            disk.remove(key);
        }
        let forget = || self.0.hot.invalidate(key);
        match &self.0.memory {
            Some(memory) => memory.remove(key, forget),
            None => forget(),
        }
    }

    /// Remembers that a generation failed: for 5 s, longer on repeat, at most 30 s.
    pub fn fail(&self, key: Key, failure: Failure) {
        self.0.failures.add(key, failure, Instant::now());
    }

    /// The failure remembered for a key.
    #[must_use]
    pub fn failure(&self, key: &Key) -> Option<Remembered> {
        let known = self.0.failures.get(key, Instant::now())?;
        self.0.counters.failure_hits.add(1);
        Some(known)
    }

    /// Work in flight.
    #[must_use]
    pub fn flights(&self) -> &Flights<Value, Failure> {
        &self.0.flights
    }

    /// A value that is kept; else the failure that is remembered; else what `work` makes, once for all
    /// who ask meanwhile. It is put into the cache, or its failure remembered. It goes on when those
    /// who wait have gone.
    ///
    /// # Errors
    /// The work failed, now or lately, or was lost.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub async fn get_or_make<F, W>(
        &self,
        key: Key,
        work: F,
    ) -> Result<(Value, Source), FlightError<Failure>>
    where
        F: FnOnce() -> W + Send + 'static,
        W: Future<Output = Result<Made, Failure>> + Send + 'static,
    {
        if let Some(value) = self.get(&key).await {
            return Ok((value, Source::Kept));
        }
        if let Some(known) = self.failure(&key) {
            return Err(FlightError::Failed(known.failure));
        }
        let cache = self.clone();
        let flight = move || async move { cache.make(key, work).await };
        let landing = self.0.flights.join(key, flight).await;
        let source = if landing.joined {
            Source::Joined
        } else {
            Source::Made
        };
        Ok((landing.result?, source))
    }

    async fn make<F, W>(&self, key: Key, work: F) -> Result<Value, Failure>
    where
        F: FnOnce() -> W,
        W: Future<Output = Result<Made, Failure>>,
    {
        // A flight may have landed between the look and the start.
        if let Some(value) = self.0.hot.get(&key) {
            return Ok(value);
        }
        if let Some(value) = self.get_cold(&key).await {
            return Ok(value);
        }
        match work().await {
            Ok(made) => {
                self.put(key, made.value.clone(), made.worth);
                Ok(made.value)
            }
            Err(failure) => {
                self.fail(key, failure.clone());
                Err(failure)
            }
        }
    }

    /// What had to go since the last call (at most the last 65,536), oldest first.
    #[must_use]
    pub fn take_evicted(&self) -> Vec<Evicted> {
        self.0.evicted.take()
    }

    /// Waits until all that was put is written, and keeps for the next start what entries are worth now.
    /// Blocks; for a graceful shutdown.
    pub fn flush(&self) {
        self.0.hot.run_pending_tasks();
        if let Some(disk) = &self.0.disk {
            disk.flush();
        }
    }

    /// Counts so far, and how the cache stands.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        let (inner, counters) = (&self.0, &self.0.counters);
        let disk = inner.disk.as_ref().map(Disk::size).unwrap_or_default();
        let hot = || (inner.hot.entry_count(), inner.hot.weighted_size());
        let memory = inner.memory.as_ref().map_or_else(hot, Memory::size);
        Statistics {
            memory_hits: counters.memory_hits.get(),
            disk_hits: counters.disk_hits.get(),
            misses: counters.misses.get(),
            puts: counters.puts.get(),
            refused: counters.refused.get(),
            evicted: counters.evicted.get(),
            damaged: counters.damaged.get(),
            disk_errors: counters.disk_errors.get(),
            failure_hits: counters.failure_hits.get(),
            coalesced: inner.flights.joined(),
            in_flight: inner.flights.len() as u64,
            memory_entries: memory.0,
            memory_bytes: memory.1,
            disk_entries: disk.0,
            disk_bytes: disk.1,
            waiting_bytes: disk.2,
        }
    }
}

impl Inner {
    fn warm(&self, key: Key, value: Value) {
        self.hot.insert(key, value);
    }

    /// Keeps a value in memory if it is worth more than those that had to go for it.
    fn remember(&self, memory: &Memory, key: Key, value: Value, worth: f64) -> bool {
        memory.put(key, (weight(&value), worth, self.now()), |victims| {
            self.warm(key, value);
            for victim in victims {
                self.hot.invalidate(&victim.key);
                self.counters.evicted.add(1);
                let idle = Duration::try_from_secs_f64(victim.idle).unwrap_or_default();
                let key = victim.key;
                self.evicted.add(Evicted { key, idle });
            }
        })
    }

    /// Seconds since the cache was opened.
    fn now(&self) -> f64 {
        self.opened.elapsed().as_secs_f64()
    }
}

/// Bytes that a value takes in memory.
fn weight(value: &Value) -> u64 {
    value.bytes.len() as u64 + OVERHEAD
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("statistics", &self.statistics())
            .finish_non_exhaustive()
    }
}
