//! Requests a second, by client address, in memory that does not grow.

use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::RequestRate;
use super::seldom::milliseconds;
use super::visitor::Household;

/// Places in which one address may be kept.
const WAYS: usize = 8;

/// Token buckets in a table of fixed size. Where an address finds no place, it takes that of the fullest
/// bucket, whose owner loses least: a full one nothing at all.
#[derive(Debug)]
pub(super) struct RateLimiter {
    rate: RequestRate,
    sets: Box<[Mutex<[Bucket; WAYS]>]>,
    /// With a key of its own, so that nobody can choose addresses that share a set.
    hasher: RandomState,
    epoch: Instant,
}

#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    household: Option<Household>,
    tokens: f32,
    /// Milliseconds since the epoch at which `tokens` was true.
    at: u64,
}

impl RateLimiter {
    pub(super) fn new(rate: RequestRate) -> Self {
        let sets = rate.addresses.div_ceil(WAYS).max(1);
        Self {
            rate: RequestRate {
                per_second: rate.per_second.max(f32::MIN_POSITIVE),
                burst: rate.burst.max(1.0),
                ..rate
            },
            sets: (0..sets).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            epoch: Instant::now(),
        }
    }

    /// Takes a token of `address`, or tells when there will be one.
    pub(super) fn take(&self, address: IpAddr) -> Result<(), Duration> {
        self.take_at(address, milliseconds(self.epoch.elapsed()))
    }

    fn take_at(&self, address: IpAddr, now: u64) -> Result<(), Duration> {
        let household = Household::of(address);
        let hash = self.hasher.hash_one(household.bits());
        #[expect(clippy::cast_possible_truncation, reason = "a hash, then reduced")]
        let set = &self.sets[hash as usize % self.sets.len()];
        let mut buckets = set.lock().unwrap_or_else(PoisonError::into_inner);
        let found = buckets
            .iter()
            .position(|bucket| bucket.household == Some(household));
        let bucket = match found {
            Some(index) => &mut buckets[index],
            None => self.newcomer(&mut buckets, household, now),
        };
        bucket.tokens = self.tokens(bucket, now);
        bucket.at = now;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        let seconds = (1.0 - bucket.tokens) / self.rate.per_second;
        Err(Duration::try_from_secs_f32(seconds.min(86_400.0)).unwrap_or_default())
    }

    fn tokens(&self, bucket: &Bucket, now: u64) -> f32 {
        if bucket.household.is_none() {
            return self.rate.burst;
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "a bucket is full before it matters"
        )]
        let seconds = now.saturating_sub(bucket.at) as f32 / 1000.0;
        (bucket.tokens + seconds * self.rate.per_second).min(self.rate.burst)
    }

    fn newcomer<'a>(
        &self,
        buckets: &'a mut [Bucket; WAYS],
        household: Household,
        now: u64,
    ) -> &'a mut Bucket {
        let mut fullest = 0;
        for index in 1..WAYS {
            if self.tokens(&buckets[index], now) > self.tokens(&buckets[fullest], now) {
                fullest = index;
            }
        }
        buckets[fullest] = Bucket {
            household: Some(household),
            tokens: self.rate.burst,
            at: now,
        };
        &mut buckets[fullest]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(addresses: usize) -> RateLimiter {
        RateLimiter::new(RequestRate {
            per_second: 10.0,
            burst: 5.0,
            addresses,
        })
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let limiter = limiter(64);
        let client = IpAddr::from([203, 0, 113, 7]);
        let passed = (0..20)
            .filter(|_| limiter.take_at(client, 1000).is_ok())
            .count();
        assert_eq!(passed, 5);
        let wait = limiter.take_at(client, 1000).unwrap_err();
        assert_eq!(milliseconds(wait), 100);
        assert!(limiter.take_at(client, 1101).is_ok());
        assert!(limiter.take_at(client, 1101).is_err());
        let passed = (0..20)
            .filter(|_| limiter.take_at(client, 60_000).is_ok())
            .count();
        assert_eq!(passed, 5, "a pause fills the bucket, no more");
    }

    #[test]
    fn clients_do_not_take_each_others_tokens() {
        let limiter = limiter(64);
        let greedy = IpAddr::from([203, 0, 113, 7]);
        let modest = IpAddr::from([203, 0, 113, 8]);
        while limiter.take_at(greedy, 0).is_ok() {}
        assert!(limiter.take_at(modest, 0).is_ok());
    }

    #[test]
    fn many_addresses_need_no_more_memory_and_do_not_free_a_greedy_one() {
        let limiter = limiter(64);
        let greedy = IpAddr::from([203, 0, 113, 7]);
        while limiter.take_at(greedy, 0).is_ok() {}
        for index in 0..100_000_u32 {
            let passing = IpAddr::from((0x0a00_0000 + index).to_be_bytes());
            assert!(limiter.take_at(passing, 0).is_ok());
        }
        assert_eq!(limiter.sets.len(), 8);
        assert!(limiter.take_at(greedy, 0).is_err());
    }
}
