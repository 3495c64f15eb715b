//! The books of a cache without a disk: which entries memory keeps, by worth per byte, as the disk tier does.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::Key;
use crate::density::{Density, Victim};

/// Keys, bytes and worth; the values lie beside it, where readers find them without its lock.
#[derive(Debug)]
pub(crate) struct Memory(Mutex<Density<Key, ()>>);

impl Memory {
    pub(crate) fn new(bytes: u64) -> Self {
        Self(Mutex::new(Density::new(bytes)))
    }

    fn lock(&self) -> MutexGuard<'_, Density<Key, ()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Decides whether to keep an entry; one that is there is renewed. While nobody else can decide, `follow` does with the
    /// values what was decided: in comes the newcomer, and those that had to go leave. Says whether it is kept.
    pub(crate) fn put(
        &self,
        key: Key,
        (bytes, worth, now): (u64, f64, f64),
        follow: impl FnOnce(Vec<Victim<Key, ()>>),
    ) -> bool {
        let mut kept = self.lock();
        if kept.renew(&key, Some(worth), now) {
            return true;
        }
        let Ok(victims) = kept.insert(key, bytes, worth, now, ()) else {
            return false;
        };
        follow(victims);
        true
    }

    /// Makes an entry young again, at a new worth or at the one it had.
    pub(crate) fn renew(&self, key: &Key, worth: Option<f64>, now: f64) -> bool {
        self.lock().renew(key, worth, now)
    }

    /// Takes an entry out; `follow` does so with its value.
    pub(crate) fn remove(&self, key: &Key, follow: impl FnOnce()) {
        let mut kept = self.lock();
        kept.remove(key);
        follow();
    }

    /// Entries and their bytes.
    pub(crate) fn size(&self) -> (u64, u64) {
        let kept = self.lock();
        (kept.len() as u64, kept.bytes())
    }
}
