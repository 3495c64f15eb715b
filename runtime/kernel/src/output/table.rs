//! Tables that find equal things: open addressing, no iteration, so that no order can leak into output.

/// Numbers things 0, 1, 2, ... in order of first appearance.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// A number plus one, or 0. A power of two long, at most half full.
    slots: Vec<u32>,
    hashes: Vec<u64>,
}

impl Table {
    /// The number of a thing with this hash that `same` recognises by number; a new number if there is none.
    pub(crate) fn number(&mut self, hash: u64, mut same: impl FnMut(u32) -> bool) -> u32 {
        if self.slots.len() <= self.hashes.len() * 2 {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut slot = fold(hash) & mask;
        loop {
            match self.slots[slot] {
                0 => break,
                entry if self.hashes[entry as usize - 1] == hash && same(entry - 1) => {
                    return entry - 1;
                }
                _ => slot = (slot + 1) & mask,
            }
        }
        let number =
            u32::try_from(self.hashes.len()).expect("limits keep tables far below 2^32 entries");
        self.hashes.push(hash);
        self.slots[slot] = number + 1;
        number
    }

    fn grow(&mut self) {
        self.slots = vec![0; (self.slots.len() * 2).max(64)];
        let mask = self.slots.len() - 1;
        for (entry, &hash) in (1..).zip(&self.hashes) {
            let mut slot = fold(hash) & mask;
            while self.slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = entry;
        }
    }
}

/// Remembers recent vertices: one per slot, a newer one replaces an older one. Small enough to stay in the
/// processor's cache, and equal vertices of one face or of neighbouring faces come close together.
#[derive(Debug, Default)]
pub(crate) struct Window {
    slots: Vec<u32>,
    /// How many vertices were looked for since it has this size.
    used: usize,
}

/// Fewer slots share fewer vertices.
const SMALLEST_WINDOW: usize = 1 << 9;

/// More slots share hardly more vertices.
const LARGEST_WINDOW: usize = 1 << 11;

impl Window {
    /// Forgets everything.
    pub(crate) fn forget(&mut self) {
        self.slots.fill(u32::MAX);
    }

    /// The place for a vertex with this hash: the number of the vertex that was put there last, or `u32::MAX`.
    pub(crate) fn slot(&mut self, hash: u64) -> &mut u32 {
        self.used += 1;
        if self.used > self.slots.len() && self.slots.len() < LARGEST_WINDOW {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        &mut self.slots[fold(hash) & mask]
    }

    /// A few vertices need few slots. What was remembered is forgotten.
    #[cold]
    fn grow(&mut self) {
        let size = (4 * self.slots.len()).clamp(SMALLEST_WINDOW, LARGEST_WINDOW);
        self.slots.clear();
        self.slots.resize(size, u32::MAX);
        self.used = 0;
    }
}

/// A hash of 32-bit words.
pub(crate) fn hash_words(words: &[u32]) -> u64 {
    let (pairs, rest) = words.as_chunks::<2>();
    let pair = |&[low, high]: &[u32; 2]| u64::from(low) | u64::from(high) << 32;
    let words = pairs
        .iter()
        .map(pair)
        .chain(rest.iter().map(|&word| word.into()));
    words.fold(0, mix)
}

/// Takes one more word into a hash.
pub(crate) fn mix(hash: u64, word: u64) -> u64 {
    // Multiplier of splitmix64; odd, with well spread bits.
    (hash.rotate_left(27) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The high bits, where multiplication collects the entropy, as a slot number.
fn fold(hash: u64) -> usize {
    (hash >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_things_get_equal_numbers_while_the_table_grows() {
        let mut table = Table::default();
        let mut things: Vec<u64> = Vec::new();
        for round in 0..2 {
            for thing in 0..1000_u64 {
                // A poor hash on purpose: things must be told apart by `same`.
                let number = table.number(mix(0, thing % 300), |number| {
                    things[number as usize] == thing
                });
                if number as usize == things.len() {
                    assert_eq!(round, 0);
                    things.push(thing);
                }
                assert_eq!(u64::from(number), thing);
            }
        }
    }
}
