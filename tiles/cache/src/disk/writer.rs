//! The thread that writes, removes and renames files.

use std::io;
use std::sync::PoisonError;

use super::{Job, Name, Place, Shared};
use crate::Key;

/// What the disk refused lately. After a failed write the next values are not written, more of them with
/// each further failure: a full disk is asked again, not asked always.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    failures: u32,
    left_out: u32,
    warned: bool,
}

/// Values left out after many failures in a row.
const MOST_LEFT_OUT: u32 = 1023;

impl Trouble {
    /// Whether the next value is to be left out.
    pub(crate) fn skips(&mut self) -> bool {
        let skips = self.left_out > 0;
        self.left_out = self.left_out.saturating_sub(1);
        skips
    }

    /// Tells it once; the counts tell the rest.
    pub(crate) fn warn(&mut self, what: &str, error: &io::Error) {
        if !self.warned {
            tracing::warn!(%error, "the disk cache cannot {what}; going on without what it cannot hold (said once; see its statistics)");
        }
        self.warned = true;
    }

    fn failed(&mut self, error: &io::Error) {
        self.warn("write", error);
        self.failures = self.failures.saturating_add(1);
        self.left_out = (1_u32.checked_shl(self.failures).unwrap_or(0))
            .wrapping_sub(1)
            .min(MOST_LEFT_OUT);
    }

    fn succeeded(&mut self) {
        self.failures = 0;
        self.left_out = 0;
    }
}

impl Shared {
    pub(super) fn write_until_closed(&self) {
        let mut state = self.lock();
        loop {
            let Some(job) = state.jobs.pop_front() else {
                self.idle.notify_all();
                if state.closed {
                    return;
                }
                state = self
                    .work
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            state.working = true;
            drop(state);
            match job {
                Job::Write { key, put, length } => {
                    self.write(key, put);
                    self.lock().waiting_bytes -= length;
                }
                Job::Remove(name) => self.remove(&name),
                Job::Rename { key, put } => self.rename(key, put),
            }
            state = self.lock();
            state.working = false;
        }
    }

    fn write(&self, key: Key, put: u64) {
        let (value, name) = {
            let state = self.lock();
            let Some(Place::Waiting(value)) = state.current(&key, put).map(|kept| &kept.place)
            else {
                return;
            };
            let worth = state.kept.worth(&key).unwrap_or_default();
            (value.clone(), Name::new(key, worth))
        };
        let written = self.folder.write(&name, &value);
        let mut state = self.lock();
        let current = state.current(&key, put).is_some();
        match written {
            Ok(()) => {
                state.trouble.succeeded();
                match state.kept.item_mut(&key).filter(|_| current) {
                    Some(kept) => kept.place = Place::File(name),
                    None => {
                        drop(state);
                        self.remove(&name);
                    }
                }
            }
            Err(error) => {
                self.counters.disk_errors.add(1);
                state.trouble.failed(&error);
                if current {
                    state.kept.remove(&key);
                }
            }
        }
    }

    fn remove(&self, name: &Name) {
        if let Err(error) = self.folder.remove(name) {
            self.counters.disk_errors.add(1);
            self.lock().trouble.warn("remove a file", &error);
        }
    }

    /// Renames a file whose entry is worth more than twice or less than half of what its name says.
    fn rename(&self, key: Key, put: u64) {
        // Under the lock: readers take names from the books.
        let mut state = self.lock();
        let worth = state.kept.worth(&key).unwrap_or_default();
        let Some(Place::File(old)) = state.current(&key, put).map(|kept| &kept.place) else {
            return;
        };
        let (old, new) = (*old, Name::new(key, worth));
        if (old.worth() / 2.0..=old.worth() * 2.0).contains(&new.worth()) {
            return;
        }
        if self.folder.rename(&old, &new).is_ok()
            && let Some(kept) = state.kept.item_mut(&key)
        {
            kept.place = Place::File(new);
        }
    }
}
