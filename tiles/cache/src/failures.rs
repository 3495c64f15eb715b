//! Failed generations, remembered for some seconds: a grammar that traps is not run again for each
//! request, and an author who repairs it has a new key anyway.

use std::time::{Duration, Instant};

use moka::sync::Cache;

use crate::Key;

/// Why a generation failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    /// Class of the answer, as the server numbers it: an HTTP status, say.
    pub class: u16,
    /// What to tell, cut to [`Failure::TEXT_LIMIT`] bytes when it is remembered.
    pub text: String,
    /// Whether the same input would fail again. What passes (overload, an upstream that is down) is not
    /// remembered.
    pub lasting: bool,
}

impl Failure {
    /// Bytes of text that are remembered.
    pub const TEXT_LIMIT: usize = 2048;
}

/// A failure that is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// What went wrong.
    pub failure: Failure,
    /// How long until the next attempt is made.
    pub retry_after: Duration,
}

/// The pause after a first failure; it doubles with each further one.
const SHORTEST: Duration = Duration::from_secs(5);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(30);
/// After this time without a further failure the count of failures begins anew.
const MEMORY: Duration = Duration::from_mins(10);
/// Bytes of all failures.
const CAPACITY: u64 = 4 << 20;

#[derive(Clone, Debug)]
struct Record {
    failure: Failure,
    times: u32,
    until: Instant,
}

#[derive(Debug)]
pub(crate) struct Failures(Cache<Key, Record>);

impl Failures {
    pub(crate) fn new() -> Self {
        Self(
            Cache::builder()
                .max_capacity(CAPACITY)
                .weigher(|_, record: &Record| record.failure.text.len() as u32 + 256)
                .time_to_live(MEMORY)
                .build(),
        )
    }

    pub(crate) fn add(&self, key: Key, mut failure: Failure, now: Instant) {
        if !failure.lasting {
            return;
        }
        let end = failure.text.floor_char_boundary(Failure::TEXT_LIMIT);
        failure.text.truncate(end);
        let times = self.0.get(&key).map_or(0, |record| record.times) + 1;
        let until = now + pause(times);
        self.0.insert(
            key,
            Record {
                failure,
                times,
                until,
            },
        );
    }

    pub(crate) fn get(&self, key: &Key, now: Instant) -> Option<Remembered> {
        let record = self.0.get(key)?;
        let retry_after = record.until.checked_duration_since(now)?;
        let failure = record.failure;
        (!retry_after.is_zero()).then_some(Remembered {
            failure,
            retry_after,
        })
    }

    pub(crate) fn remove(&self, key: &Key) {
        self.0.invalidate(key);
    }
}

/// How long not to try again after so many failures.
fn pause(times: u32) -> Duration {
    (SHORTEST * (1 << (times.clamp(1, 4) - 1))).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trap(text: &str) -> Failure {
        Failure {
            class: 500,
            text: text.into(),
            lasting: true,
        }
    }

    #[test]
    fn pauses_grow_on_repeat_and_end() {
        let (failures, key, start) = (Failures::new(), Key::new([1; 32], 0), Instant::now());
        let mut now = start;
        for seconds in [5, 10, 20, 30, 30, 30] {
            failures.add(key, trap("trap"), now);
            let known = failures.get(&key, now).expect("just added");
            assert_eq!(known.retry_after, Duration::from_secs(seconds));
            assert!(
                failures
                    .get(&key, now + Duration::from_millis(seconds * 1000 - 1))
                    .is_some()
            );
            now += Duration::from_secs(seconds);
            assert_eq!(failures.get(&key, now), None, "time to try again");
        }
        failures.remove(&key);
        failures.add(key, trap("trap"), now);
        assert_eq!(
            failures.get(&key, now).map(|known| known.retry_after),
            Some(SHORTEST)
        );
    }

    #[test]
    fn what_passes_is_not_remembered_and_long_text_is_cut() {
        let (failures, key, now) = (Failures::new(), Key::new([1; 32], 0), Instant::now());
        failures.add(
            key,
            Failure {
                lasting: false,
                ..trap("busy")
            },
            now,
        );
        assert_eq!(failures.get(&key, now), None);
        failures.add(key, trap(&"é".repeat(2000).replacen('é', "e", 1)), now);
        let text = failures.get(&key, now).expect("added").failure.text;
        assert_eq!(text.len(), Failure::TEXT_LIMIT - 1, "cut between letters");
    }
}
