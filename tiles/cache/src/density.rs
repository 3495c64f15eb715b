//! Which entries to keep: those worth most per byte (`GreedyDual`). Pure: no clock, no bytes, no I/O.
//!
//! An entry's priority is `inflation + worth / bytes` at its last renewal. Space is made by evicting the
//! lowest priorities, and the inflation rises to the priority of what went: so what nobody asks for
//! ages at the rate at which others bring worth, and no clock is needed.
//!
//! A newcomer is refused when what it would push out is still worth more than it brings. Its worth is
//! then charged to all residents as rent: when refused newcomers have brought as much worth as a
//! resident's bytes were still worth, that resident gives way. One pass over very many worthless
//! entries charges next to nothing.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// A bounded set of entries, each with its bytes, its worth and an item of the caller's.
#[derive(Debug)]
pub struct Density<K, T> {
    capacity: u64,
    bytes: u64,
    inflation: f64,
    renewals: u64,
    entries: HashMap<K, Entry<T>>,
    /// Cheapest first; of equals the one that was renewed longest ago.
    order: BTreeMap<Rank, K>,
}

#[derive(Debug)]
struct Entry<T> {
    item: T,
    bytes: u64,
    worth: f64,
    rank: Rank,
    used: f64,
}

/// Priority and number of the renewal, which makes it unique.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rank(f64, u64);

impl Eq for Rank {}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rank {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0).then(self.1.cmp(&other.1))
    }
}

/// An entry that had to go.
#[derive(Clone, Debug, PartialEq)]
pub struct Victim<K, T> {
    /// Its key.
    pub key: K,
    /// The caller's item.
    pub item: T,
    /// Seconds since it was last put or renewed.
    pub idle: f64,
}

/// The newcomer was not let in: too large, worth nothing, or worth less than what it would push out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

impl<K: Copy + Eq + Hash, T> Density<K, T> {
    /// An empty set that will hold `capacity` bytes at most.
    #[must_use]
    pub fn new(capacity: u64) -> Self {
        Self {
            capacity,
            bytes: 0,
            inflation: 0.0,
            renewals: 0,
            entries: HashMap::new(),
            order: BTreeMap::new(),
        }
    }

    /// Bytes of all entries.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Bytes that can still come without an eviction.
    #[must_use]
    pub fn free(&self) -> u64 {
        self.capacity - self.bytes
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether there is an entry of that key.
    #[must_use]
    pub fn contains(&self, key: &K) -> bool {
        self.entries.contains_key(key)
    }

    /// The item of an entry.
    #[must_use]
    pub fn item(&self, key: &K) -> Option<&T> {
        self.entries.get(key).map(|entry| &entry.item)
    }

    /// The item of an entry, to change it.
    pub fn item_mut(&mut self, key: &K) -> Option<&mut T> {
        self.entries.get_mut(key).map(|entry| &mut entry.item)
    }

    /// Keys and items, cheapest first.
    pub fn cheapest_first(&self) -> impl Iterator<Item = (&K, &T)> {
        self.order
            .values()
            .map(|key| (key, &self.entries[key].item))
    }

    /// What an entry is still worth, in micro-dollars: its worth less what it aged since.
    #[must_use]
    pub fn worth(&self, key: &K) -> Option<f64> {
        let entry = self.entries.get(key)?;
        Some(self.left(entry).min(entry.worth))
    }

    /// Takes a newcomer in, `worth` micro-dollars in all, at `now` seconds of the caller's clock;
    /// returns those that had to go for it. An older entry of the key goes first, whatever comes of
    /// the new one.
    ///
    /// # Errors
    /// [`Refused`]; nobody was pushed out, but all residents have aged a little.
    pub fn insert(
        &mut self,
        key: K,
        bytes: u64,
        worth: f64,
        now: f64,
        item: T,
    ) -> Result<Vec<Victim<K, T>>, Refused> {
        self.remove(&key);
        // What is not a number is not above 0 either.
        let valuable = worth > 0.0 && worth.is_finite();
        if !valuable || bytes > self.capacity {
            return Err(Refused);
        }
        let needed = bytes.saturating_sub(self.free());
        let Some(victims) = self.victims(needed, worth) else {
            self.inflation += worth / self.capacity as f64;
            return Err(Refused);
        };
        let victims = victims
            .into_iter()
            .filter_map(|key| self.evict(key, now))
            .collect();
        self.bytes += bytes;
        let rank = self.rank(worth, bytes);
        self.order.insert(rank, key);
        self.entries.insert(
            key,
            Entry {
                item,
                bytes,
                worth,
                rank,
                used: now,
            },
        );
        Ok(victims)
    }

    /// Makes an entry young again, at a new worth in micro-dollars or at the one it had. Returns
    /// whether it is there. A worth that is none (negative, not a number) counts as nothing.
    pub fn renew(&mut self, key: &K, worth: Option<f64>, now: f64) -> bool {
        let Some(entry) = self.entries.get(key) else {
            return false;
        };
        let worth = worth.map_or(entry.worth, |worth| {
            if worth.is_finite() {
                worth.max(0.0)
            } else {
                0.0
            }
        });
        let (old, bytes) = (entry.rank, entry.bytes);
        let rank = self.rank(worth, bytes);
        self.order.remove(&old);
        self.order.insert(rank, *key);
        if let Some(entry) = self.entries.get_mut(key) {
            entry.rank = rank;
            entry.worth = worth;
            entry.used = now;
        }
        true
    }

    /// Takes an entry out.
    pub fn remove(&mut self, key: &K) -> Option<T> {
        let entry = self.entries.remove(key)?;
        self.order.remove(&entry.rank);
        self.bytes -= entry.bytes;
        Some(entry.item)
    }

    /// The cheapest entries that together free `needed` bytes; none if they are worth more than `worth`.
    /// Of the last one only the share that is needed counts.
    fn victims(&self, mut needed: u64, worth: f64) -> Option<Vec<K>> {
        let mut victims = Vec::new();
        let mut lost = 0.0;
        for key in self.order.values() {
            if needed == 0 {
                break;
            }
            let entry = &self.entries[key];
            let share = needed.min(entry.bytes);
            lost += self.left(entry) * share as f64 / entry.bytes.max(1) as f64;
            if lost > worth {
                return None;
            }
            needed -= share;
            victims.push(*key);
        }
        Some(victims)
    }

    fn evict(&mut self, key: K, now: f64) -> Option<Victim<K, T>> {
        let entry = self.entries.get(&key)?;
        let idle = (now - entry.used).max(0.0);
        self.inflation = self.inflation.max(entry.rank.0);
        let item = self.remove(&key)?;
        Some(Victim { key, item, idle })
    }

    fn left(&self, entry: &Entry<T>) -> f64 {
        (entry.rank.0 - self.inflation).max(0.0) * entry.bytes as f64
    }

    fn rank(&mut self, worth: f64, bytes: u64) -> Rank {
        self.renewals += 1;
        Rank(self.inflation + worth / bytes.max(1) as f64, self.renewals)
    }
}
