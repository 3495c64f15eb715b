//! Caches of the fixed policies, by number of tile, in megabytes.

use std::collections::{BTreeMap, BTreeSet};

/// A cache that decides by itself.
pub(crate) trait Store {
    fn holds(&self, tile: u32) -> bool;
    fn used(&self) -> f64;
    /// A request for a tile that is there.
    fn hit(&mut self, tile: u32);
    /// A request for one that is not.
    fn miss(&mut self, _tile: u32) {}
    /// A mesh was made.
    fn put(&mut self, tile: u32, megabytes: f64);
}

/// Tiles in the order of their last use.
#[derive(Debug, Default)]
struct Queue {
    order: BTreeMap<u64, (u32, f64)>,
    stamps: BTreeMap<u32, u64>,
    next: u64,
    used: f64,
}

impl Queue {
    fn holds(&self, tile: u32) -> bool {
        self.stamps.contains_key(&tile)
    }

    fn push(&mut self, tile: u32, megabytes: f64) {
        self.next += 1;
        self.order.insert(self.next, (tile, megabytes));
        self.stamps.insert(tile, self.next);
        self.used += megabytes;
    }

    fn remove(&mut self, tile: u32) -> Option<f64> {
        let stamp = self.stamps.remove(&tile)?;
        let (_, megabytes) = self.order.remove(&stamp)?;
        self.used -= megabytes;
        Some(megabytes)
    }

    fn touch(&mut self, tile: u32) {
        if let Some(megabytes) = self.remove(tile) {
            self.push(tile, megabytes);
        }
    }

    fn pop(&mut self) -> Option<(u32, f64)> {
        let (_, (tile, megabytes)) = self.order.pop_first()?;
        self.stamps.remove(&tile);
        self.used -= megabytes;
        Some((tile, megabytes))
    }

    fn oldest(&self) -> impl Iterator<Item = (u32, f64)> {
        self.order.values().copied()
    }
}

/// The least recently used leaves.
#[derive(Debug)]
pub(crate) struct Lru {
    capacity: f64,
    queue: Queue,
}

impl Lru {
    pub(crate) fn new(capacity: f64) -> Self {
        Self {
            capacity,
            queue: Queue::default(),
        }
    }
}

impl Store for Lru {
    fn holds(&self, tile: u32) -> bool {
        self.queue.holds(tile)
    }

    fn used(&self) -> f64 {
        self.queue.used
    }

    fn hit(&mut self, tile: u32) {
        self.queue.touch(tile);
    }

    fn put(&mut self, tile: u32, megabytes: f64) {
        if megabytes > self.capacity || self.holds(tile) {
            return;
        }
        while self.queue.used + megabytes > self.capacity {
            self.queue.pop();
        }
        self.queue.push(tile, megabytes);
    }
}

/// W-TinyLFU (Einziger, Friedman, Manes), weighed in bytes: a small window, then admission by frequency against the victims;
/// exact counters stand in for the sketch.
#[derive(Debug)]
pub(crate) struct TinyLfu {
    window_capacity: f64,
    main_capacity: f64,
    protected_capacity: f64,
    window: Queue,
    probation: Queue,
    protected: Queue,
    counts: BTreeMap<u32, u8>,
    counted: usize,
}

impl TinyLfu {
    pub(crate) fn new(capacity: f64) -> Self {
        let least = if capacity > 20.0 {
            1.0
        } else {
            0.05 * capacity
        };
        let window_capacity = (0.01 * capacity).max(least);
        let main_capacity = capacity - window_capacity;
        Self {
            window_capacity,
            main_capacity,
            protected_capacity: 0.8 * main_capacity,
            window: Queue::default(),
            probation: Queue::default(),
            protected: Queue::default(),
            counts: BTreeMap::new(),
            counted: 0,
        }
    }

    fn count(&mut self, tile: u32) {
        let count = self.counts.entry(tile).or_default();
        *count = (*count + 1).min(15);
        self.counted += 1;
        let residents = [&self.window, &self.probation, &self.protected];
        let residents: usize = residents.iter().map(|queue| queue.stamps.len()).sum();
        if self.counted > 10 * residents.max(200) {
            self.counted /= 2;
            for count in self.counts.values_mut() {
                *count /= 2;
            }
            self.counts.retain(|_, count| *count > 0);
        }
    }

    fn frequency(&self, tile: u32) -> u32 {
        u32::from(self.counts.get(&tile).copied().unwrap_or(0))
    }

    /// From the window into the main part, if it is asked for more often than those who must leave for it.
    fn admit(&mut self, tile: u32, megabytes: f64) {
        if megabytes > self.main_capacity {
            return;
        }
        let need = self.probation.used + self.protected.used + megabytes - self.main_capacity;
        let own = self.frequency(tile);
        let (mut freed, mut rivals) = (0.0, 0);
        let mut victims = Vec::new();
        for (victim, size) in self.probation.oldest().chain(self.protected.oldest()) {
            if freed >= need || rivals > own {
                break;
            }
            victims.push(victim);
            freed += size;
            rivals += self.frequency(victim);
        }
        if need > 0.0 && (rivals > own || freed < need) {
            if let Some(&first) = victims.first() {
                self.probation.touch(first);
            }
            return;
        }
        for victim in victims {
            if self.probation.remove(victim).is_none() {
                self.protected.remove(victim);
            }
        }
        self.probation.push(tile, megabytes);
    }
}

impl Store for TinyLfu {
    fn holds(&self, tile: u32) -> bool {
        [&self.window, &self.probation, &self.protected]
            .iter()
            .any(|queue| queue.holds(tile))
    }

    fn used(&self) -> f64 {
        self.window.used + self.probation.used + self.protected.used
    }

    fn hit(&mut self, tile: u32) {
        self.count(tile);
        if self.window.holds(tile) {
            self.window.touch(tile);
        } else if let Some(megabytes) = self.probation.remove(tile) {
            self.protected.push(tile, megabytes);
            while self.protected.used > self.protected_capacity {
                let Some((tile, megabytes)) = self.protected.pop() else {
                    break;
                };
                self.probation.push(tile, megabytes);
            }
        } else {
            self.protected.touch(tile);
        }
    }

    fn miss(&mut self, tile: u32) {
        self.count(tile);
    }

    fn put(&mut self, tile: u32, megabytes: f64) {
        if megabytes > self.window_capacity + self.main_capacity || self.holds(tile) {
            return;
        }
        self.window.push(tile, megabytes);
        while self.window.used > self.window_capacity {
            let Some((tile, megabytes)) = self.window.pop() else {
                break;
            };
            self.admit(tile, megabytes);
        }
    }
}

/// GreedyDual-Size-Frequency (Cherkasova): requests per byte, and an age that rises with what was evicted.
#[derive(Debug)]
pub(crate) struct Gdsf {
    capacity: f64,
    used: f64,
    age: f64,
    residents: BTreeMap<u32, (f64, f64, u64)>,
    order: BTreeSet<(u64, u32)>,
}

impl Gdsf {
    pub(crate) fn new(capacity: f64) -> Self {
        Self {
            capacity,
            used: 0.0,
            age: 0.0,
            residents: BTreeMap::new(),
            order: BTreeSet::new(),
        }
    }
}

impl Store for Gdsf {
    fn holds(&self, tile: u32) -> bool {
        self.residents.contains_key(&tile)
    }

    fn used(&self) -> f64 {
        self.used
    }

    fn hit(&mut self, tile: u32) {
        if let Some((megabytes, count, rank)) = self.residents.get_mut(&tile) {
            self.order.remove(&(*rank, tile));
            *count += 1.0;
            // Ranks are not negative: their bits sort as they do.
            *rank = (self.age + *count / *megabytes).to_bits();
            self.order.insert((*rank, tile));
        }
    }

    fn put(&mut self, tile: u32, megabytes: f64) {
        if megabytes > self.capacity || self.holds(tile) {
            return;
        }
        while self.used + megabytes > self.capacity {
            let Some((rank, victim)) = self.order.pop_first() else {
                break;
            };
            self.age = f64::from_bits(rank);
            if let Some((size, _, _)) = self.residents.remove(&victim) {
                self.used -= size;
            }
        }
        let rank = (self.age + 1.0 / megabytes).to_bits();
        self.residents.insert(tile, (megabytes, 1.0, rank));
        self.order.insert((rank, tile));
        self.used += megabytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stores() -> Vec<(&'static str, Box<dyn Store>)> {
        vec![
            ("lru", Box::new(Lru::new(10.0))),
            ("tiny", Box::new(TinyLfu::new(10.0))),
            ("gdsf", Box::new(Gdsf::new(10.0))),
        ]
    }

    #[test]
    fn no_store_holds_more_than_its_capacity() {
        for (name, mut store) in stores() {
            for n in 0..1000u32 {
                let tile = n * 7919 % 97;
                if store.holds(tile) {
                    store.hit(tile);
                } else {
                    store.miss(tile);
                    store.put(tile, 0.1 + f64::from(tile % 13) * 0.2);
                }
                assert!(store.used() <= 10.0 + 1e-9, "{name}");
            }
            assert!(store.used() > 5.0, "{name} is used");
        }
    }

    #[test]
    fn one_scan_does_not_flush_frequent_tiles_out_of_tiny_lfu() {
        let mut store = TinyLfu::new(10.0);
        for _ in 0..10 {
            for tile in 0..5 {
                if store.holds(tile) {
                    store.hit(tile);
                } else {
                    store.miss(tile);
                    store.put(tile, 1.0);
                }
            }
        }
        for tile in 100..200 {
            store.miss(tile);
            store.put(tile, 1.0);
        }
        let stayed = (0..5).filter(|&tile| store.holds(tile)).count();
        assert!(stayed >= 4, "{stayed}");
    }
}
