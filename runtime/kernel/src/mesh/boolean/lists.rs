//! Sorted lists of points and of pairs, in place of sets and maps. Each function is compiled once: inlined where it is
//! used, sorting and searching would make up half of this module's WebAssembly.

use std::ops::Range;

use crate::order::Order as _;

/// Two points or other numbers.
pub(super) type Pair = (u32, u32);

/// Two points whichever way.
pub(super) fn pair(a: u32, b: u32) -> Pair {
    (a.min(b), a.max(b))
}

/// Sorts pairs.
#[inline(never)]
pub(super) fn order_pairs(pairs: &mut [Pair]) {
    pairs.order();
}

/// Makes a list of pairs a set.
#[inline(never)]
pub(super) fn make_set(pairs: &mut Vec<Pair>) {
    order_pairs(pairs);
    pairs.dedup();
}

/// The number of pairs of a sorted list that are less.
#[inline(never)]
pub(super) fn before(pairs: &[Pair], pair: Pair) -> usize {
    pairs.partition_point(|&other| other < pair)
}

/// Whether a sorted list has a pair.
pub(super) fn has(pairs: &[Pair], pair: Pair) -> bool {
    pairs.get(before(pairs, pair)) == Some(&pair)
}

/// Where the pairs of a sorted list begin with a number.
pub(super) fn run(pairs: &[Pair], first: u32) -> Range<usize> {
    before(pairs, (first, 0))..before(pairs, (first + 1, 0))
}

/// Makes a list of points a set.
#[inline(never)]
pub(super) fn make_point_set(points: &mut Vec<u32>) {
    points.order();
    points.dedup();
}

/// The place of a point in a set.
#[inline(never)]
pub(super) fn place_of(points: &[u32], point: u32) -> Option<usize> {
    points.binary_search(&point).ok()
}

/// Sorts numbers by values.
#[inline(never)]
pub(super) fn order_by_value(numbers: &mut [u32], value: &dyn Fn(u32) -> f64) {
    numbers.order_by(|&a, &b| value(a).total_cmp(&value(b)));
}

/// Sorts pairs of points that belong to something.
#[inline(never)]
pub(super) fn order_sides(sides: &mut [(Pair, u32)]) {
    sides.order();
}
