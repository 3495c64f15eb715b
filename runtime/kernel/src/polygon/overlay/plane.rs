//! The plane graph of sides that only meet in nodes: its faces, and which layer is seen in each.
//!
//! Half-edge 2k runs along side k, half-edge 2k + 1 back. A *walk* is a closed way that has one face on its left.

use super::segments::{Arrangement, Cell, cross};
use crate::order::Order as _;

const NONE: u32 = u32::MAX;

pub(super) struct Plane<'a> {
    arrangement: &'a Arrangement,
    layers: usize,
    /// Half-edges by the node where they start, there counter-clockwise from the direction -x.
    around: Vec<u32>,
    /// For each half-edge its place in `around`.
    place: Vec<u32>,
    /// For each node its first place in `around`, and an end mark.
    starts: Vec<u32>,
    /// For each half-edge the walk on its left.
    walk_of: Vec<u32>,
    /// For each walk one of its half-edges.
    walks: Vec<u32>,
    /// For each node its connected part.
    part_of: Vec<u32>,
    parts: usize,
}

impl<'a> Plane<'a> {
    pub(super) fn new(arrangement: &'a Arrangement, layers: usize) -> Self {
        let nodes = arrangement.node_count();
        let mut plane = Self {
            arrangement,
            layers,
            around: (0..crate::mesh::index(2 * arrangement.sides.len())).collect(),
            place: vec![0; 2 * arrangement.sides.len()],
            starts: vec![0; nodes + 1],
            walk_of: vec![NONE; 2 * arrangement.sides.len()],
            walks: Vec::new(),
            part_of: vec![NONE; nodes],
            parts: 0,
        };
        plane.sort_around();
        plane.find_walks();
        plane.find_parts();
        plane
    }

    /// What finding the layers will cost.
    pub(super) fn work(&self) -> usize {
        let sides = self.arrangement.sides.len();
        sides + self.parts * sides / 16 + self.walks.len() * self.layers / 16
    }

    fn ends(&self, half: u32) -> (u32, u32) {
        let side = &self.arrangement.sides[half as usize / 2];
        if half.is_multiple_of(2) {
            (side.a, side.b)
        } else {
            (side.b, side.a)
        }
    }

    fn sort_around(&mut self) {
        let mut around = std::mem::take(&mut self.around);
        let at = |half: u32| {
            let (from, to) = self.ends(half);
            (from, self.arrangement.cell(from), self.arrangement.cell(to))
        };
        around.order_by(|&first, &second| {
            let (x, y) = (at(first), at(second));
            x.0.cmp(&y.0).then_with(|| by_angle(x.1, x.2, y.2))
        });
        for (place, &half) in (0..).zip(&around) {
            self.place[half as usize] = place;
            let (from, _) = self.ends(half);
            self.starts[from as usize + 1] = place + 1;
        }
        for node in 1..self.starts.len() {
            self.starts[node] = self.starts[node].max(self.starts[node - 1]);
        }
        self.around = around;
    }

    /// The half-edge that starts where `half` does, next to it clockwise.
    fn clockwise(&self, half: u32) -> u32 {
        let (node, _) = self.ends(half);
        let (first, end) = (self.starts[node as usize], self.starts[node as usize + 1]);
        let place = self.place[half as usize];
        let before = if place == first { end - 1 } else { place - 1 };
        self.around[before as usize]
    }

    fn find_walks(&mut self) {
        for start in 0..crate::mesh::index(self.walk_of.len()) {
            if self.walk_of[start as usize] != NONE {
                continue;
            }
            let number = crate::mesh::index(self.walks.len());
            self.walks.push(start);
            let mut half = start;
            while self.walk_of[half as usize] == NONE {
                self.walk_of[half as usize] = number;
                half = self.clockwise(half ^ 1);
            }
        }
    }

    fn find_parts(&mut self) {
        for start in 0..crate::mesh::index(self.part_of.len()) {
            let alone = self.starts[start as usize] == self.starts[start as usize + 1];
            if alone || self.part_of[start as usize] != NONE {
                continue;
            }
            let part = crate::mesh::index(self.parts);
            self.parts += 1;
            self.part_of[start as usize] = part;
            let mut open = vec![start];
            while let Some(node) = open.pop() {
                for place in self.starts[node as usize]..self.starts[node as usize + 1] {
                    let (_, to) = self.ends(self.around[place as usize]);
                    if self.part_of[to as usize] == NONE {
                        self.part_of[to as usize] = part;
                        open.push(to);
                    }
                }
            }
        }
    }

    /// For each layer the rings around what is seen of it: nodes, with the input edge that starts there.
    pub(super) fn seen(&self) -> Vec<Vec<Vec<(u32, u32)>>> {
        let top: Vec<Option<usize>> = self.windings().iter().map(|walk| top_layer(walk)).collect();
        let layer = |half: u32| top[self.walk_of[half as usize] as usize];
        let on_border = |half: u32| layer(half).is_some() && layer(half) != layer(half ^ 1);
        let mut rings = vec![Vec::new(); self.layers];
        let mut used = vec![false; self.walk_of.len()];
        for start in 0..crate::mesh::index(used.len()) {
            let Some(own) = layer(start).filter(|_| on_border(start) && !used[start as usize])
            else {
                continue;
            };
            let mut ring = Vec::new();
            let mut half = start;
            while !used[half as usize] {
                used[half as usize] = true;
                let edge = self.arrangement.sides[half as usize / 2].edge;
                ring.push((self.ends(half).0, edge));
                half = self.clockwise(half ^ 1);
                while !on_border(half) {
                    half = self.clockwise(half);
                }
            }
            rings[own].extend(simple_rings(ring));
        }
        rings
    }

    /// For each walk how often the rings of each layer wind around its face.
    fn windings(&self) -> Vec<Vec<i32>> {
        let mut windings: Vec<Vec<i32>> = vec![Vec::new(); self.walks.len()];
        for (part, &outer) in (0..).zip(&self.outer_halves()) {
            let (node, _) = self.ends(outer);
            windings[self.walk_of[outer as usize] as usize] = self.winding_at(node, part);
            let mut open = vec![self.walk_of[outer as usize]];
            while let Some(walk) = open.pop() {
                let mut half = self.walks[walk as usize];
                loop {
                    let beyond = self.walk_of[(half ^ 1) as usize];
                    if windings[beyond as usize].is_empty() {
                        windings[beyond as usize] = self.across(half, &windings[walk as usize]);
                        open.push(beyond);
                    }
                    half = self.clockwise(half ^ 1);
                    if half == self.walks[walk as usize] {
                        break;
                    }
                }
            }
        }
        windings
    }

    /// The winding numbers on the right of a half-edge, from those on its left: they are larger on the left of what runs along.
    fn across(&self, half: u32, left: &[i32]) -> Vec<i32> {
        let sign = if half.is_multiple_of(2) { -1 } else { 1 };
        let mut right = left.to_vec();
        for &(layer, winding) in &self.arrangement.sides[half as usize / 2].windings {
            right[layer as usize] += sign * winding;
        }
        right
    }

    /// For each connected part a half-edge that has its outside on the left: at the leftmost of its lowest nodes in x, the last
    /// one counter-clockwise.
    fn outer_halves(&self) -> Vec<u32> {
        let mut lowest = vec![NONE; self.parts];
        for node in 0..crate::mesh::index(self.part_of.len()) {
            let Some(best) = lowest.get_mut(self.part_of[node as usize] as usize) else {
                continue;
            };
            if *best == NONE || self.arrangement.cell(node) < self.arrangement.cell(*best) {
                *best = node;
            }
        }
        let last = |&node: &u32| self.around[self.starts[node as usize + 1] as usize - 1];
        lowest.iter().map(last).collect()
    }

    /// How often the rings of each layer wind around a node, leaving out its own part.
    fn winding_at(&self, node: u32, part: u32) -> Vec<i32> {
        let mut sums = vec![0; self.layers];
        let at = self.arrangement.cell(node);
        for side in &self.arrangement.sides {
            let (a, b) = (self.arrangement.cell(side.a), self.arrangement.cell(side.b));
            if (a.1 <= at.1) == (b.1 <= at.1) || self.part_of[side.a as usize] == part {
                continue;
            }
            let upward = a.1 <= at.1;
            let left = cross(a, b, at);
            let passes = if upward { left > 0 } else { left < 0 };
            if passes {
                let sign = if upward { 1 } else { -1 };
                for &(layer, winding) in &side.windings {
                    sums[layer as usize] += sign * winding;
                }
            }
        }
        sums
    }
}

/// Compares the directions from `at` to `a` and `b`: counter-clockwise, beginning at -x.
fn by_angle(at: Cell, a: Cell, b: Cell) -> std::cmp::Ordering {
    let upper = |p: Cell| p.1 > at.1 || (p.1 == at.1 && p.0 > at.0);
    upper(a)
        .cmp(&upper(b))
        .then_with(|| 0.cmp(&cross(at, a, b)))
}

/// The last layer that covers a face.
fn top_layer(windings: &[i32]) -> Option<usize> {
    windings.iter().rposition(|&winding| winding > 0)
}

/// A ring that comes back to a node as several that do not.
fn simple_rings(ring: Vec<(u32, u32)>) -> Vec<Vec<(u32, u32)>> {
    let mut sorted: Vec<u32> = ring.iter().map(|(node, _)| *node).collect();
    sorted.order();
    if sorted.windows(2).all(|pair| pair[0] != pair[1]) {
        return vec![ring];
    }
    let mut rings = Vec::new();
    let mut path: Vec<(u32, u32)> = Vec::new();
    for (node, edge) in ring {
        if let Some(seen) = path.iter().position(|(known, _)| *known == node) {
            rings.push(path.split_off(seen));
        }
        path.push((node, edge));
    }
    rings.push(path);
    rings.retain(|ring| ring.len() >= 3);
    rings
}
