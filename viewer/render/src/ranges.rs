//! Which parts of a row of equal places are free: first fit, and neighbours that are free become one.

use std::ops::Range;

/// A row of places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ranges {
    /// Free ranges in order; no two touch.
    free: Vec<Range<u32>>,
    capacity: u32,
    used: u32,
}

impl Ranges {
    /// All of `capacity` places free.
    pub(crate) fn new(capacity: u32) -> Self {
        let free = if capacity == 0 {
            Vec::new()
        } else {
            std::iter::once(0..capacity).collect()
        };
        Self {
            free,
            capacity,
            used: 0,
        }
    }

    pub(crate) fn capacity(&self) -> u32 {
        self.capacity
    }

    pub(crate) fn used(&self) -> u32 {
        self.used
    }

    /// Takes the first range that is long enough.
    pub(crate) fn take(&mut self, length: u32) -> Option<Range<u32>> {
        if length == 0 {
            return Some(0..0);
        }
        let found = self
            .free
            .iter()
            .position(|range| range.end - range.start >= length)?;
        let range = &mut self.free[found];
        let taken = range.start..range.start + length;
        range.start = taken.end;
        if range.start == range.end {
            self.free.remove(found);
        }
        self.used += length;
        Some(taken)
    }

    /// Gives a range back.
    pub(crate) fn give_back(&mut self, range: Range<u32>) {
        if range.start == range.end {
            return;
        }
        self.used -= range.end - range.start;
        let next = self.free.partition_point(|free| free.start < range.start);
        let touches_next = self
            .free
            .get(next)
            .is_some_and(|free| free.start == range.end);
        let touches_last = next > 0 && self.free[next - 1].end == range.start;
        match (touches_last, touches_next) {
            (true, true) => {
                self.free[next - 1].end = self.free[next].end;
                self.free.remove(next);
            }
            (true, false) => self.free[next - 1].end = range.end,
            (false, true) => self.free[next].start = range.start,
            (false, false) => self.free.insert(next, range),
        }
    }

    /// Adds places at the end.
    pub(crate) fn grow(&mut self, capacity: u32) {
        debug_assert!(capacity >= self.capacity, "rows only grow");
        let added = self.capacity..capacity;
        self.capacity = capacity;
        self.used += added.end - added.start;
        self.give_back(added);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_merge_whatever_the_order() {
        for order in [
            [0, 1, 2],
            [0, 2, 1],
            [1, 0, 2],
            [1, 2, 0],
            [2, 0, 1],
            [2, 1, 0],
        ] {
            let mut ranges = Ranges::new(90);
            let taken: Vec<_> = (0..3)
                .map(|_| ranges.take(30).expect("room for three"))
                .collect();
            assert_eq!(ranges.take(1), None);
            for index in order {
                ranges.give_back(taken[index].clone());
            }
            assert_eq!(ranges, Ranges::new(90));
        }
    }

    #[test]
    fn the_first_hole_that_fits_is_taken() {
        let mut ranges = Ranges::new(100);
        let first = ranges.take(10).expect("room");
        let second = ranges.take(20).expect("room");
        ranges.take(5).expect("room");
        ranges.give_back(first);
        ranges.give_back(second);
        assert_eq!(ranges.take(25), Some(0..25));
        assert_eq!(ranges.take(6), Some(35..41));
        assert_eq!(ranges.take(5), Some(25..30));
        assert_eq!(ranges.used(), 41);
    }

    #[test]
    fn nothing_takes_no_place_and_rows_grow() {
        let mut ranges = Ranges::new(0);
        assert_eq!(ranges.take(0), Some(0..0));
        assert_eq!(ranges.take(1), None);
        ranges.grow(8);
        assert_eq!(ranges.take(8), Some(0..8));
        ranges.grow(16);
        assert_eq!(ranges.take(8), Some(8..16));
        assert_eq!(ranges.used(), 16);
    }
}
