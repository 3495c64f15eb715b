//! One piece of work per key at a time, and all who ask get its result.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;
use tracing::Instrument as _;

use crate::Key;

/// Work in flight, by key.
///
/// Work runs in a task of its own: it goes on when those who wait for it have gone, because others may
/// join, and because what it makes is kept.
pub struct Flights<V, E> {
    sky: Arc<Sky<V, E>>,
    joined: AtomicU64,
}

/// A flight is in the map from its start until its result is known.
struct Sky<V, E>(Mutex<HashMap<Key, Flight<V, E>>>);

struct Flight<V, E> {
    started: Instant,
    result: watch::Receiver<Option<Result<V, E>>>,
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlightError<E> {
    /// The work said so.
    #[error("{0}")]
    Failed(E),
    /// The work ended without a result: it panicked, or the server is shutting down.
    #[error("the work ended without a result; ask again")]
    Lost,
}

/// What came of a flight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landing<V, E> {
    /// The result.
    pub result: Result<V, FlightError<E>>,
    /// Whether the flight was already under way.
    pub joined: bool,
}

impl<V, E> Flights<V, E>
where
    V: Clone + Send + Sync + 'static,
    E: Clone + Send + Sync + 'static,
{
    /// No flights.
    #[must_use]
    pub fn new() -> Self {
        Self {
            sky: Arc::new(Sky(Mutex::new(HashMap::new()))),
            joined: AtomicU64::new(0),
        }
    }

    /// Waits for the flight of that key; starts `work` if there is none.
    ///
    /// The key is free before those who wait hear the result. So work should begin by looking whether
    /// another flight has just made what it is to make, and end by keeping what it made.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub async fn join<F, W>(&self, key: Key, work: F) -> Landing<V, E>
    where
        F: FnOnce() -> W + Send + 'static,
        W: Future<Output = Result<V, E>> + Send + 'static,
    {
        let runtime = tokio::runtime::Handle::current();
        let (mut result, joined) = {
            let mut flights = self.sky.lock();
            if let Some(flight) = flights.get(&key) {
                (flight.result.clone(), true)
            } else {
                let (sender, result) = watch::channel(None);
                let flight = Flight {
                    started: Instant::now(),
                    result: result.clone(),
                };
                flights.insert(key, flight);
                // Made here, so that the key is freed also when the task is dropped before it began.
                let landing = Free {
                    sky: Arc::clone(&self.sky),
                    key,
                };
                let task = async move {
                    let outcome = work().await;
                    drop(landing);
                    sender.send_replace(Some(outcome));
                };
                runtime.spawn(task.in_current_span());
                (result, false)
            }
        };
        if joined {
            self.joined.fetch_add(1, Ordering::Relaxed);
        }
        let result = match result.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(Ok(value))) => Ok(value.clone()),
            Ok(Some(Err(error))) => Err(FlightError::Failed(error.clone())),
            Ok(None) | Err(_) => Err(FlightError::Lost),
        };
        Landing { result, joined }
    }

    /// When the flight of that key started, if there is one.
    #[must_use]
    pub fn started(&self, key: &Key) -> Option<Instant> {
        self.sky.lock().get(key).map(|flight| flight.started)
    }

    /// Keys and start times of all flights, by key.
    #[must_use]
    pub fn list(&self) -> Vec<(Key, Instant)> {
        let flights = self.sky.lock();
        let mut list: Vec<_> = flights
            .keys()
            .map(|key| (*key, flights[key].started))
            .collect();
        list.sort_unstable();
        list
    }

    /// Number of flights.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sky.lock().len()
    }

    /// Whether there is no flight.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many have joined a flight of another, so far.
    #[must_use]
    pub fn joined(&self) -> u64 {
        self.joined.load(Ordering::Relaxed)
    }
}

impl<V, E> Sky<V, E> {
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Flight<V, E>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Frees a key, also on a panic.
struct Free<V, E> {
    sky: Arc<Sky<V, E>>,
    key: Key,
}

impl<V, E> Drop for Free<V, E> {
    fn drop(&mut self) {
        self.sky.lock().remove(&self.key);
    }
}

impl<V, E> Default for Flights<V, E>
where
    V: Clone + Send + Sync + 'static,
    E: Clone + Send + Sync + 'static,
{
    fn default() -> Self {
        Self::new()
    }
}

impl<V, E> fmt::Debug for Flights<V, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flights")
            .field("len", &self.sky.lock().len())
            .finish_non_exhaustive()
    }
}
