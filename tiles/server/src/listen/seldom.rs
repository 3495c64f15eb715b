//! Messages that could come by the thousand are logged once a second.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Lets one message a second through.
#[derive(Debug, Default)]
pub(super) struct Seldom {
    /// Milliseconds of the last message; 0 is never.
    last: AtomicU64,
    suppressed: AtomicU64,
}

impl Seldom {
    /// How many messages were held back since the last one, if this one should be logged.
    pub(super) fn due(&self, epoch: Instant) -> Option<u64> {
        let now = milliseconds(epoch.elapsed()) + 1;
        let last = self.last.load(Ordering::Relaxed);
        let due = last == 0 || now >= last + 1000;
        let ours = due
            && self
                .last
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if ours {
            Some(self.suppressed.swap(0, Ordering::Relaxed))
        } else {
            self.suppressed.fetch_add(1, Ordering::Relaxed);
            None
        }
    }
}

/// Whole milliseconds.
pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 4)
}
