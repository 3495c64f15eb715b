//! Nodes by where they are.

use glam::DVec3;

use crate::order::Order as _;

/// The rests of nodes, to be found on edges.
#[derive(Debug)]
pub(super) struct Nodes<'a> {
    /// By number of the node; numbers that are no node are there too.
    rest: &'a [DVec3],
    /// The nodes sorted along each axis.
    along: [Vec<u32>; 3],
    /// Rests nearer than this are the same.
    pub(super) near: f64,
}

impl<'a> Nodes<'a> {
    /// The nodes among points: those that are their own number.
    pub(super) fn new(rest: &'a [DVec3], number_of: &[u32], near: f64) -> Self {
        let nodes: Vec<u32> = (0..super::super::index(rest.len()))
            .filter(|&point| number_of[point as usize] == point)
            .collect();
        let along = [0, 1, 2].map(|axis| {
            let mut sorted = nodes.clone();
            let place = |node: u32| rest[node as usize][axis];
            sorted.order_by(|&a, &b| place(a).total_cmp(&place(b)));
            sorted
        });
        Self { rest, along, near }
    }

    /// The nodes on the way from one node to another, neither of these among them, each with how far it is, from 0 to 1.
    pub(super) fn between(&self, from: u32, to: u32) -> Vec<(f64, u32)> {
        let (a, b) = (self.rest[from as usize], self.rest[to as usize]);
        let (low, high) = (a.min(b) - self.near, a.max(b) + self.near);
        // Along one of the axes few nodes are as far out as the edge; for edges along an axis that is so along the others.
        let ranges = [0, 1, 2].map(|axis| {
            let place = |node: u32| self.rest[node as usize][axis];
            let sorted = &self.along[axis];
            let start = sorted.partition_point(|&node| place(node) < low[axis]);
            let end = sorted.partition_point(|&node| place(node) <= high[axis]);
            &sorted[start..end]
        });
        let mut few = ranges[0];
        for range in &ranges[1..] {
            if range.len() < few.len() {
                few = range;
            }
        }
        let along = b - a;
        let length = along.length_squared();
        let mut found: Vec<(f64, u32)> = Vec::new();
        for &node in few.iter().filter(|&&node| node != from && node != to) {
            let place = self.rest[node as usize];
            let t = (place - a).dot(along) / length;
            if t > 0.0 && t < 1.0 && (a + along * t).distance(place) <= self.near {
                found.push((t, node));
            }
        }
        found.order_by(|a, b| a.0.total_cmp(&b.0));
        found
    }
}
