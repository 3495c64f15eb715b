//! What a cache counts.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// What happened since the cache was opened, and how it stands now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Statistics {
    /// Values given from memory.
    pub memory_hits: u64,
    /// Values given from disk.
    pub disk_hits: u64,
    /// Keys that [`crate::Cache::get`] did not find.
    pub misses: u64,
    /// Values given to keep.
    pub puts: u64,
    /// Values that were not kept: worth less than what they would push out, or the disk is behind.
    pub refused: u64,
    /// Entries that went for others.
    pub evicted: u64,
    /// Files removed because they were no entries or not what was written.
    pub damaged: u64,
    /// Reads and writes that the system refused, and values not written after such a failure.
    pub disk_errors: u64,
    /// Requests answered by a remembered failure.
    pub failure_hits: u64,
    /// Requests that joined work already in flight.
    pub coalesced: u64,
    /// Pieces of work in flight now.
    pub in_flight: u64,
    /// Entries in memory now.
    pub memory_entries: u64,
    /// Bytes in memory now.
    pub memory_bytes: u64,
    /// Entries on disk now.
    pub disk_entries: u64,
    /// Bytes on disk now, in whole blocks.
    pub disk_bytes: u64,
    /// Bytes that wait to be written now.
    pub waiting_bytes: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) memory_hits: Counter,
    pub(crate) disk_hits: Counter,
    pub(crate) misses: Counter,
    pub(crate) puts: Counter,
    pub(crate) refused: Counter,
    pub(crate) evicted: Counter,
    pub(crate) damaged: Counter,
    pub(crate) disk_errors: Counter,
    pub(crate) failure_hits: Counter,
}
