//! Sorting, small as code: the standard library's sorts are fast on a million numbers and weigh 5 to 15 kB of WebAssembly for each
//! type they are used with; lists here are short and their types many.
//!
//! One merge sort (D. E. Knuth, *The Art of Computer Programming*, volume 3, 5.2.4, algorithm L's bottom-up form) orders
//! places, whatever they hold; only putting the items there is made for each type.

use std::cmp::Ordering;

use smallvec::SmallVec;

/// Up to so many places are ordered by insertion, and nothing is allocated for them.
const RUN: usize = 16;

type Places = SmallVec<[u32; RUN]>;

/// Sorts a list; what is equal stays in its order.
pub(crate) trait Order<T> {
    /// By `compare`.
    fn order_by(&mut self, compare: impl Fn(&T, &T) -> Ordering);

    /// By a key of each item.
    fn order_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }

    /// By the items' own order.
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }
}

impl<T> Order<T> for [T] {
    fn order_by(&mut self, compare: impl Fn(&T, &T) -> Ordering) {
        let item = |place: u32| &self[place as usize];
        let mut places = ordered(self.len(), &|a, b| compare(item(a), item(b)).is_lt());
        // Along each cycle items move to where they belong.
        for start in 0..self.len() {
            let mut place = start;
            loop {
                let from = places[place] as usize;
                places[place] = crate::mesh::index(place);
                if from == start {
                    break;
                }
                self.swap(place, from);
                place = from;
            }
        }
    }
}

/// The places `0..count` in order: which item comes first, which second, and so on.
fn ordered(count: usize, is_less: &dyn Fn(u32, u32) -> bool) -> Places {
    let mut places: Places = (0..crate::mesh::index(count)).collect();
    for run in places.chunks_mut(RUN) {
        for k in 1..run.len() {
            let mut hole = k;
            let place = run[k];
            while hole > 0 && is_less(place, run[hole - 1]) {
                run[hole] = run[hole - 1];
                hole -= 1;
            }
            run[hole] = place;
        }
    }
    let mut left: Places = Places::new();
    let mut width = RUN;
    while width < count {
        for pair in places.chunks_mut(2 * width) {
            if pair.len() > width && is_less(pair[width], pair[width - 1]) {
                left.clear();
                left.extend_from_slice(&pair[..width]);
                merge(&left, pair, is_less);
            }
        }
        width *= 2;
    }
    places
}

/// Merges `left`, which was the beginning of `pair`, with what follows it there.
fn merge(left: &[u32], pair: &mut [u32], is_less: &dyn Fn(u32, u32) -> bool) {
    let (mut k, mut right, mut out) = (0, left.len(), 0);
    while k < left.len() {
        if right < pair.len() && is_less(pair[right], left[k]) {
            pair[out] = pair[right];
            right += 1;
        } else {
            pair[out] = left[k];
            k += 1;
        }
        out += 1;
    }
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "the standard library's sort is what ours is compared with"
)]
mod tests {
    use super::Order as _;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_stable_sort(keys in prop::collection::vec(0u8..20, 0..200)) {
            let mut ours: Vec<(u8, usize)> = keys.into_iter().zip(0..).collect();
            let mut theirs = ours.clone();
            ours.order_by_key(|&(key, _)| key);
            theirs.sort_by_key(|&(key, _)| key);
            prop_assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn long_lists_and_those_that_are_in_order_or_backwards() {
        for count in [0, 1, 2, 15, 16, 17, 32, 33, 1000, 4097] {
            let sorted: Vec<u32> = (0..count).collect();
            let mut list = sorted.clone();
            list.order();
            assert_eq!(list, sorted);
            list.reverse();
            list.order();
            assert_eq!(list, sorted);
        }
    }
}
