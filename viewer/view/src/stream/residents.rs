//! The tiles that are there, or on their way: begun by urgency, cancelled when nobody needs them, dropped when others need
//! their room. A tile that has changed stays until it was made anew.

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
    /// It is there, as it is now.
    Ready,
    /// It is there, as it was before something changed.
    Old,
    /// It is on its way, whether or not it was there before.
    Loading,
    /// It cannot be had.
    Failed { again: f64 },
}

#[derive(Debug, Clone, Copy)]
struct Resident {
    state: State,
    /// Bytes of what is there, be it old.
    held: Option<u64>,
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

    /// Whether there is something to draw.
    pub(super) fn is_ready(&self, key: Key) -> bool {
        self.tiles.get(&key).is_some_and(|tile| tile.held.is_some())
    }

    /// How many tiles that this picture needs are there as they were, not as they are.
    pub(super) fn old(&self) -> usize {
        let needed = self.tiles.values().filter(|it| it.picture == self.picture);
        let is_old = |tile: &&Resident| {
            matches!(tile.state, State::Old | State::Loading) && tile.held.is_some()
        };
        needed.filter(is_old).count()
    }

    /// Cancels what is on its way for nobody.
    pub(super) fn cancel(&mut self, now: f64, orders: &mut Vec<Order>) {
        let picture = self.picture;
        self.tiles.retain(|&key, tile| {
            if tile.picture == picture {
                tile.at = now;
            }
            let is_idle = tile.state == State::Loading && now - tile.at > PATIENCE;
            !is_idle || stop(key, tile, orders)
        });
    }

    /// These have changed: they are begun anew when they are needed; until then what is there stays.
    pub(super) fn renew(&mut self, has_changed: &dyn Fn(Key) -> bool, orders: &mut Vec<Order>) {
        self.tiles.retain(|&key, tile| {
            if !has_changed(key) {
                return true;
            }
            match tile.state {
                State::Loading => return stop(key, tile, orders),
                State::Failed { .. } if tile.held.is_none() => return false,
                _ => tile.state = State::Old,
            }
            tile.failures = 0;
            true
        });
    }

    /// Nothing is there any more.
    pub(super) fn forget_all(&mut self, orders: &mut Vec<Order>) {
        orders.extend(self.tiles.keys().map(|&key| Order::Drop(key)));
        self.tiles.clear();
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
        let mut loading = self.count(|state| state == State::Loading);
        let mut waiting = 0;
        for key in urgent {
            let (failures, held) = match self.tiles.get(&key) {
                None => (0, None),
                Some(tile) => match tile.state {
                    State::Old => (0, tile.held),
                    State::Failed { again } if now >= again => (tile.failures, tile.held),
                    _ => continue,
                },
            };
            // What takes the place of something old needs no more room.
            if (is_full && held.is_none()) || loading >= requests {
                waiting += 1;
                continue;
            }
            loading += 1;
            let begun = Resident {
                state: State::Loading,
                held,
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
            tile.state = State::Ready;
            tile.held = Some(bytes);
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

    /// Those that failed may be tried again at once.
    pub(super) fn forgive(&mut self) {
        for tile in self.tiles.values_mut() {
            if let State::Failed { again } = &mut tile.state {
                (*again, tile.failures) = (0.0, 0);
            }
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
            if let Some(own) = self.tiles.get(&key).and_then(|tile| tile.held) {
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
        counted.filter_map(|tile| tile.held).sum()
    }

    fn count(&self, is: impl Fn(State) -> bool) -> usize {
        self.tiles.values().filter(|tile| is(tile.state)).count()
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            loading: self.count(|state| state == State::Loading),
            ready: self.tiles.values().filter(|it| it.held.is_some()).count(),
            failed: self.count(|state| matches!(state, State::Failed { .. })),
            old: self.old(),
            bytes: self.bytes(|_| true),
            ..Counts::default()
        }
    }
}

/// Stops what is on its way; says whether something of it stays.
fn stop(key: Key, tile: &mut Resident, orders: &mut Vec<Order>) -> bool {
    orders.push(Order::Cancel(key));
    tile.state = State::Old;
    tile.held.is_some()
}
