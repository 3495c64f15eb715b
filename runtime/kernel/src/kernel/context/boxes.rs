//! A tree of boxes: which of them meet a box.

use std::ops::Range;

use crate::extent::Extent;
use crate::order::Order as _;

/// So many boxes are looked at one by one.
const FEW: usize = 8;

/// Boxes by number, in a tree: halves of a list, by their middles along the longer side.
#[derive(Debug, Default)]
pub(super) struct Boxes {
    boxes: Vec<Extent>,
    /// Numbers of boxes; each part of the tree is a range of these.
    order: Vec<u32>,
    /// The whole first, then its first half with all its parts, then the second.
    parts: Vec<Part>,
}

/// A part of the tree.
#[derive(Debug)]
struct Part {
    /// Around all its boxes.
    around: Extent,
    /// The place of the first part that is not in this one.
    next: usize,
}

impl Boxes {
    /// A tree of these boxes, numbered in their order.
    pub(super) fn new(boxes: Vec<Extent>) -> Self {
        let order = (0..crate::mesh::index(boxes.len())).collect();
        let mut tree = Self {
            boxes,
            order,
            parts: Vec::new(),
        };
        tree.divide(0, tree.order.len());
        tree
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.boxes.len()
    }

    /// A box by its number.
    pub(super) fn get(&self, number: u32) -> Option<&Extent> {
        self.boxes.get(number as usize)
    }

    fn divide(&mut self, start: usize, end: usize) {
        let boxes = self.order[start..end]
            .iter()
            .map(|&number| &self.boxes[number as usize]);
        let around = boxes.fold(Extent::EMPTY, |all, one| all.joined(one));
        let part = self.parts.len();
        self.parts.push(Part { around, next: 0 });
        if end - start > FEW {
            let axis = (around.high - around.low).max_position();
            let middle = |number: u32| self.boxes[number as usize].middle(axis);
            self.order[start..end].order_by(|&a, &b| middle(a).total_cmp(&middle(b)));
            let half = start.midpoint(end);
            self.divide(start, half);
            self.divide(half, end);
        }
        self.parts[part].next = self.parts.len();
    }

    /// The numbers of the boxes that meet a box, in ascending order.
    pub(super) fn meeting(&self, extent: &Extent) -> Vec<u32> {
        let mut found = Vec::new();
        if !self.boxes.is_empty() {
            self.collect(extent, 0, 0..self.order.len(), &mut found);
        }
        found.order();
        found
    }

    fn collect(&self, extent: &Extent, part: usize, range: Range<usize>, found: &mut Vec<u32>) {
        if !self.parts[part].around.meets(extent) {
            return;
        }
        if range.len() > FEW {
            let half = range.start.midpoint(range.end);
            self.collect(extent, part + 1, range.start..half, found);
            self.collect(extent, self.parts[part + 1].next, half..range.end, found);
            return;
        }
        let numbers = self.order[range].iter().copied();
        found.extend(numbers.filter(|&number| self.boxes[number as usize].meets(extent)));
    }
}

#[cfg(test)]
mod tests {
    use glam::DVec3;

    use super::*;
    use crate::chance::Random;

    #[test]
    fn the_tree_finds_what_looking_at_each_finds() {
        let mut numbers = Random(1);
        let mut random = || 16.0 * numbers.next();
        for count in [0, 1, 7, 8, 9, 17, 100, 1000] {
            let mut boxes: Vec<Extent> = Vec::new();
            for _ in 0..count {
                let low = DVec3::new(random(), random(), random());
                let size = DVec3::new(random(), random(), random()) * 0.1;
                boxes.push(Extent {
                    low,
                    high: low + size,
                });
            }
            if count == 17 {
                boxes[5] = Extent::EMPTY;
            }
            let tree = Boxes::new(boxes.clone());
            for _ in 0..50 {
                let low = DVec3::new(random(), random(), random());
                let extent = Extent {
                    low,
                    high: low + random() * 0.2,
                };
                let each = (0..count).filter(|&k| boxes[k as usize].meets(&extent));
                assert_eq!(tree.meeting(&extent), each.collect::<Vec<u32>>());
            }
            let everything = Extent {
                low: DVec3::NEG_INFINITY,
                high: DVec3::INFINITY,
            };
            let full = boxes.iter().filter(|b| b.low.x <= b.high.x).count();
            assert!(tree.meeting(&everything).len() >= full);
        }
    }
}
