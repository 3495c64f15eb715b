//! The tiles that are there, or on their way: begun by urgency, cancelled when nobody needs them, dropped when others need
//! their room.

use std::collections::BTreeMap;

use super::{Counts, Order};
use crate::selection::Key;

/// A tile on its way that was not needed for so many seconds is cancelled.
const PATIENCE: f64 = 0.5;
/// A tile that failed is tried again after so many seconds, twice as many each time.
const FIRST_PAUSE: f64 = 2.0;
const LONGEST_PAUSE: f64 = 60.0;

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Loading,
    Ready { bytes: u64 },
    Failed { again: f64 },
}

#[derive(Debug, Clone, Copy)]
struct Resident {
    state: State,
    /// Number of the last picture that needed it, and its time.
    picture: u64,
    at: f64,
    failures: i32,
}

#[derive(Debug, Default)]
pub(super) struct Residents {
    tiles: BTreeMap<Key, Resident>,
    /// Number of the picture.
    picture: u64,
}

impl Residents {
    /// A new picture: nothing is needed yet.
    pub(super) fn begin(&mut self) {
        self.picture += 1;
    }

    /// These are needed by this picture.
    pub(super) fn need(&mut self, keys: impl IntoIterator<Item = Key>) {
        for key in keys {
            if let Some(tile) = self.tiles.get_mut(&key) {
                tile.picture = self.picture;
            }
        }
    }

    pub(super) fn is_ready(&self, key: Key) -> bool {
        let state = self.tiles.get(&key).map(|tile| tile.state);
        matches!(state, Some(State::Ready { .. }))
    }

    /// Cancels what is on its way for nobody.
    pub(super) fn cancel(&mut self, now: f64, orders: &mut Vec<Order>) {
        let picture = self.picture;
        self.tiles.retain(|&key, tile| {
            if tile.picture == picture {
                tile.at = now;
            }
            let is_idle = tile.state == State::Loading && now - tile.at > PATIENCE;
            if is_idle {
                orders.push(Order::Cancel(key));
            }
            !is_idle
        });
    }

    /// Begins the most urgent ones that are not there, as far as there is room; says how many wait.
    pub(super) fn start(
        &mut self,
        urgent: impl Iterator<Item = Key>,
        requests: usize,
        most_bytes: u64,
        now: f64,
        orders: &mut Vec<Order>,
    ) -> usize {
        let is_full = self.needed_bytes() >= most_bytes;
        let mut loading = self.count(|state| matches!(state, State::Loading));
        let mut waiting = 0;
        for key in urgent {
            let failures = match self.tiles.get(&key) {
                None => 0,
                Some(Resident {
                    state: State::Failed { again },
                    failures,
                    ..
                }) if now >= *again => *failures,
                Some(_) => continue,
            };
            if is_full || loading >= requests {
                waiting += 1;
                continue;
            }
            loading += 1;
            let begun = Resident {
                state: State::Loading,
                picture: self.picture,
                at: now,
                failures,
            };
            self.tiles.insert(key, begun);
            orders.push(Order::Begin(key));
        }
        waiting
    }

    /// A tile that was begun is there. One that was cancelled meanwhile is not taken.
    pub(super) fn ready(&mut self, key: Key, bytes: u64) {
        if let Some(tile) = self.tiles.get_mut(&key) {
            tile.state = State::Ready { bytes };
            tile.failures = 0;
        }
    }

    pub(super) fn failed(&mut self, key: Key, now: f64) {
        if let Some(tile) = self.tiles.get_mut(&key) {
            let pause = FIRST_PAUSE * 2.0_f64.powi(tile.failures.min(10));
            tile.failures += 1;
            tile.state = State::Failed {
                again: now + pause.min(LONGEST_PAUSE),
            };
        }
    }

    /// Drops those that were not needed for longest until the rest fits; those of this picture stay.
    pub(super) fn evict(&mut self, most_bytes: u64, orders: &mut Vec<Order>) {
        let mut bytes = self.bytes(|_| true);
        if bytes <= most_bytes {
            return;
        }
        let idle = self
            .tiles
            .iter()
            .filter(|(_, tile)| tile.picture != self.picture);
        let mut idle: Vec<(u64, Key)> = idle.map(|(&key, tile)| (tile.picture, key)).collect();
        idle.sort_unstable();
        for (_, key) in idle {
            if bytes <= most_bytes {
                break;
            }
            if let Some(State::Ready { bytes: own }) = self.tiles.get(&key).map(|tile| tile.state) {
                bytes -= own;
                self.tiles.remove(&key);
                orders.push(Order::Drop(key));
            }
        }
    }

    /// Bytes that this picture needs.
    pub(super) fn needed_bytes(&self) -> u64 {
        self.bytes(|tile| tile.picture == self.picture)
    }

    fn bytes(&self, counts: impl Fn(&Resident) -> bool) -> u64 {
        let counted = self.tiles.values().filter(|tile| counts(tile));
        counted
            .map(|tile| match tile.state {
                State::Ready { bytes } => bytes,
                _ => 0,
            })
            .sum()
    }

    fn count(&self, is: impl Fn(State) -> bool) -> usize {
        self.tiles.values().filter(|tile| is(tile.state)).count()
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            loading: self.count(|state| matches!(state, State::Loading)),
            ready: self.count(|state| matches!(state, State::Ready { .. })),
            failed: self.count(|state| matches!(state, State::Failed { .. })),
            bytes: self.bytes(|_| true),
            ..Counts::default()
        }
    }
}
