//! Values by number. A number is used again, but a key is not: it also says how often its number was used before.

/// Names a value for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) slot: u32,
    generation: u32,
}

/// Values and holes.
#[derive(Debug)]
pub(crate) struct Slots<T> {
    values: Vec<(u32, Option<T>)>,
    free: Vec<u32>,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl<T> Slots<T> {
    pub(crate) fn insert(&mut self, value: T) -> Key {
        if let Some(slot) = self.free.pop() {
            let (generation, held) = &mut self.values[slot as usize];
            *generation += 1;
            *held = Some(value);
            return Key {
                slot,
                generation: *generation,
            };
        }
        self.values.push((0, Some(value)));
        Key {
            slot: self.values.len() as u32 - 1,
            generation: 0,
        }
    }

    pub(crate) fn remove(&mut self, key: Key) -> Option<T> {
        self.at(key)?;
        self.free.push(key.slot);
        self.values[key.slot as usize].1.take()
    }

    pub(crate) fn at(&self, key: Key) -> Option<&T> {
        let (generation, value) = self.values.get(key.slot as usize)?;
        value.as_ref().filter(|_| *generation == key.generation)
    }

    pub(crate) fn at_mut(&mut self, key: Key) -> Option<&mut T> {
        let (generation, value) = self.values.get_mut(key.slot as usize)?;
        value.as_mut().filter(|_| *generation == key.generation)
    }

    pub(crate) fn in_slot(&self, slot: u32) -> Option<&T> {
        self.values.get(slot as usize)?.1.as_ref()
    }

    pub(crate) fn in_slot_mut(&mut self, slot: u32) -> Option<&mut T> {
        self.values.get_mut(slot as usize)?.1.as_mut()
    }

    /// Slots, holes included.
    pub(crate) fn len(&self) -> u32 {
        self.values.len() as u32
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        self.values
            .iter()
            .enumerate()
            .filter_map(|(slot, (generation, value))| {
                let key = Key {
                    slot: slot as u32,
                    generation: *generation,
                };
                value.as_ref().map(|value| (key, value))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_key_never_finds_a_new_value() {
        let mut slots = Slots::default();
        let old = slots.insert("old");
        assert_eq!(slots.remove(old), Some("old"));
        let new = slots.insert("new");
        assert_eq!(old.slot, new.slot);
        assert_eq!((slots.at(old), slots.at(new)), (None, Some(&"new")));
        assert_eq!(slots.remove(old), None);
    }
}
