//! A map that remembers so many entries and forgets the one that was not used for longest.

use std::collections::HashMap;

const NONE: u32 = u32::MAX;

#[derive(Debug, Clone)]
struct Slot<V> {
    key: u64,
    value: V,
    newer: u32,
    older: u32,
}

/// Values by number, at most `capacity` of them.
#[derive(Debug, Clone)]
pub(crate) struct Bounded<V> {
    places: HashMap<u64, u32>,
    slots: Vec<Slot<V>>,
    newest: u32,
    oldest: u32,
    capacity: usize,
}

impl<V> Bounded<V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            places: HashMap::new(),
            slots: Vec::new(),
            newest: NONE,
            oldest: NONE,
            capacity: capacity.clamp(1, NONE as usize - 1),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn get(&self, key: u64) -> Option<&V> {
        let place = *self.places.get(&key)?;
        Some(&self.slots[place as usize].value)
    }

    /// Without making it newer.
    pub(crate) fn get_mut(&mut self, key: u64) -> Option<&mut V> {
        let place = *self.places.get(&key)?;
        Some(&mut self.slots[place as usize].value)
    }

    /// The entry, made if missing, now the newest.
    pub(crate) fn touch(&mut self, key: u64, make: impl FnOnce() -> V) -> &mut V {
        let place = match self.places.get(&key) {
            Some(&place) => {
                self.unlink(place);
                place
            }
            None => self.insert(key, make()),
        };
        self.link(place);
        &mut self.slots[place as usize].value
    }

    /// A place for a new key, not linked yet.
    fn insert(&mut self, key: u64, value: V) -> u32 {
        let slot = Slot {
            key,
            value,
            newer: NONE,
            older: NONE,
        };
        let place = if self.slots.len() < self.capacity {
            self.slots.push(slot);
            u32::try_from(self.slots.len() - 1).unwrap_or(NONE)
        } else {
            let place = self.oldest;
            self.unlink(place);
            let forgotten = std::mem::replace(&mut self.slots[place as usize], slot);
            self.places.remove(&forgotten.key);
            place
        };
        self.places.insert(key, place);
        place
    }

    fn unlink(&mut self, place: u32) {
        let Slot { newer, older, .. } = self.slots[place as usize];
        match newer {
            NONE => self.newest = older,
            newer => self.slots[newer as usize].older = older,
        }
        match older {
            NONE => self.oldest = newer,
            older => self.slots[older as usize].newer = newer,
        }
    }

    fn link(&mut self, place: u32) {
        let slot = &mut self.slots[place as usize];
        slot.newer = NONE;
        slot.older = self.newest;
        match self.newest {
            NONE => self.oldest = place,
            newest => self.slots[newest as usize].newer = place,
        }
        self.newest = place;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_that_was_not_used_for_longest_is_forgotten() {
        let mut map = Bounded::new(3);
        for key in 0..3 {
            map.touch(key, || key * 10);
        }
        assert_eq!(*map.touch(0, || 99), 0);
        map.touch(7, || 70);
        assert_eq!(map.len(), 3);
        assert_eq!(map.get(1), None);
        assert_eq!(map.get(0), Some(&0));
        assert_eq!(map.get(2), Some(&20));
        *map.get_mut(2).unwrap() = 21;
        map.touch(8, || 80);
        assert_eq!(map.get(2), None, "a change does not make it newer");
        assert_eq!(map.get(7), Some(&70));
    }

    #[test]
    fn a_million_keys_take_the_room_of_a_hundred() {
        let mut map = Bounded::new(100);
        for key in 0..1_000_000u64 {
            map.touch(key.wrapping_mul(0x9E37_79B9_7F4A_7C15), || key);
        }
        assert_eq!(
            (map.len(), map.places.len(), map.slots.len()),
            (100, 100, 100)
        );
        assert!(
            (999_900..1_000_000)
                .all(|key: u64| { map.get(key.wrapping_mul(0x9E37_79B9_7F4A_7C15)) == Some(&key) })
        );
    }
}
