//! Which tiles a bounded cache holds: the worthiest by the planner's estimate.

use std::collections::HashMap;

use crate::planner::Planner;

/// Residents that are looked at to make room for a newcomer.
const SAMPLE: usize = 64;

/// The keys and sizes of a cache bounded by bytes. It holds no content: the server's stores follow what it says.
#[derive(Debug, Clone)]
pub struct Shelf {
    capacity: u64,
    used: u64,
    places: HashMap<u64, usize>,
    residents: Vec<(u64, u64)>,
    dice: u64,
}

/// What became of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// It is in; these had to leave.
    Admitted(Vec<u64>),
    /// It was in already.
    Present,
    /// Those that are in are worth more.
    Refused,
}

impl Shelf {
    /// An empty shelf for so many bytes.
    #[must_use]
    pub fn new(capacity: u64) -> Self {
        Self {
            capacity,
            used: 0,
            places: HashMap::new(),
            residents: Vec::new(),
            dice: 12_345,
        }
    }

    /// Bytes that are taken.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.used
    }

    /// Bytes that it may hold.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.capacity
    }

    /// How many tiles are in.
    #[must_use]
    pub fn len(&self) -> usize {
        self.residents.len()
    }

    /// Nothing is in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.residents.is_empty()
    }

    /// Whether a tile is in.
    #[must_use]
    pub fn contains(&self, tile: u64) -> bool {
        self.places.contains_key(&tile)
    }

    /// No room for one more of usual size: for [`Edge::cache_full`](crate::Edge::cache_full).
    #[must_use]
    pub fn is_full(&self) -> bool {
        u128::from(self.used) * 100 > u128::from(self.capacity) * 97
    }

    /// Takes a tile out.
    pub fn remove(&mut self, tile: u64) -> bool {
        let Some(place) = self.places.remove(&tile) else {
            return false;
        };
        let (_, bytes) = self.residents.swap_remove(place);
        self.used -= bytes;
        if let Some(&(moved, _)) = self.residents.get(place) {
            self.places.insert(moved, place);
        }
        true
    }

    /// A tile was made: it comes in if there is room, or if some of those that are in are worth less.
    pub fn offer(&mut self, planner: &mut Planner, now: f64, tile: u64, bytes: u64) -> Offer {
        if self.contains(tile) {
            return Offer::Present;
        }
        if bytes > self.capacity {
            return Offer::Refused;
        }
        let free = self.capacity - self.used;
        let mut leaving = Vec::new();
        if free < bytes {
            let Some(victims) = self.victims(planner, now, planner.worth(now, tile), bytes - free)
            else {
                return Offer::Refused;
            };
            leaving = victims;
        }
        for &victim in &leaving {
            self.remove(victim);
        }
        self.places.insert(tile, self.residents.len());
        self.residents.push((tile, bytes));
        self.used += bytes;
        Offer::Admitted(leaving)
    }

    /// Tiles of less worth that free so many bytes; the planner learns what room costs.
    fn victims(
        &mut self,
        planner: &mut Planner,
        now: f64,
        worth: f64,
        bytes: u64,
    ) -> Option<Vec<u64>> {
        let mut sample: Vec<usize> = (0..SAMPLE.min(self.residents.len()))
            .map(|_| self.roll())
            .collect();
        sample.sort_unstable();
        sample.dedup();
        let mut candidates: Vec<(f64, u64, u64)> = sample
            .iter()
            .map(|&place| {
                let (tile, bytes) = self.residents[place];
                (planner.worth(now, tile), tile, bytes)
            })
            .collect();
        candidates.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut freed = 0;
        let mut victims = Vec::new();
        let mut last = 0.0;
        for &(value, tile, size) in &candidates {
            if freed >= bytes || value >= worth {
                break;
            }
            freed += size;
            last = value;
            victims.push(tile);
        }
        if freed >= bytes {
            planner.evicted(last);
            return Some(victims);
        }
        planner.evicted(candidates.first().map_or(0.0, |candidate| candidate.0));
        None
    }

    /// Takes one tile out that no longer earns its rent, if the one that is looked at does not. Call it once a request.
    pub fn sweep(&mut self, planner: &Planner, now: f64) -> Option<u64> {
        if self.residents.is_empty() {
            return None;
        }
        let place = self.roll();
        let (tile, _) = self.residents[place];
        if planner.worth(now, tile) < planner.weights().megabyte_second_kept {
            self.remove(tile);
            return Some(tile);
        }
        None
    }

    /// Some resident's place.
    fn roll(&mut self) -> usize {
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let wide = u128::from(self.dice >> 32) * self.residents.len() as u128;
        usize::try_from(wide >> 32).unwrap_or(0)
    }
}
