//! Sides on a grid, cut where they meet.

use std::collections::BTreeMap;

use glam::DVec2;
use smallvec::SmallVec;

use crate::limits::Stop;
use crate::order::Order as _;
use crate::polygon::{Polygon, perimeter, ring_edges, signed_area};

/// A place on the grid.
pub(super) type Cell = (i64, i64);

/// Rounds of cutting before the grid is given up.
const ROUNDS: usize = 24;

/// A side between two nodes, `a` before `b`.
#[derive(Debug, Clone)]
pub(super) struct Side {
    pub(super) a: u32,
    pub(super) b: u32,
    /// How often each layer's rings run from `a` to `b`, less how often they run back; sorted by layer, without zeros.
    pub(super) windings: SmallVec<[(u32, i32); 2]>,
    /// The first input edge along it.
    pub(super) edge: u32,
    /// It was not compared with the others yet.
    fresh: bool,
}

/// Sides that only meet in nodes, once they are cut.
#[derive(Debug)]
pub(super) struct Arrangement {
    /// Of each node its cell, and the point that was the first there.
    nodes: Vec<(Cell, DVec2)>,
    numbers: BTreeMap<Cell, u32>,
    pub(super) sides: Vec<Side>,
    origin: DVec2,
    /// Cells in a metre.
    scale: f64,
}

impl Arrangement {
    /// Puts the edges of polygons on a grid of 2^(bits + 1) cells across.
    pub(super) fn new(layers: &[Vec<Polygon>], bits: i32) -> Self {
        let points = || layers.iter().flatten().flat_map(Polygon::points);
        let low = points().fold(DVec2::INFINITY, DVec2::min);
        let high = points().fold(DVec2::NEG_INFINITY, DVec2::max);
        let origin = (low + high) * 0.5;
        let extent = (high - low).max_element().max(1e-300);
        let mut arrangement = Self {
            nodes: Vec::new(),
            numbers: BTreeMap::new(),
            sides: Vec::new(),
            origin,
            scale: f64::from(2_u32.pow(bits.unsigned_abs())) * 2.0 / extent,
        };
        let mut edge = 0;
        for (layer, polygons) in (0..).zip(layers) {
            for ring in polygons.iter().flat_map(|polygon| &polygon.rings) {
                for (from, to) in ring_edges(ring) {
                    let (a, b) = (arrangement.node(from), arrangement.node(to));
                    let (a, b, winding) = if a < b { (a, b, 1) } else { (b, a, -1) };
                    arrangement.sides.push(Side {
                        a,
                        b,
                        windings: smallvec::smallvec![(layer, winding)],
                        edge,
                        fresh: true,
                    });
                    edge += 1;
                }
            }
        }
        arrangement.merge();
        arrangement
    }

    pub(super) fn node_count(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn cell(&self, node: u32) -> Cell {
        self.nodes[node as usize].0
    }

    pub(super) fn point(&self, node: u32) -> DVec2 {
        self.nodes[node as usize].1
    }

    /// Whether the way over a node turns there by more than the grid explains.
    pub(super) fn is_corner(&self, node: u32, before: u32, after: u32) -> bool {
        let [before, at, after] = [before, node, after].map(|node| self.cell(node));
        let length = to_f64(difference(before, after)).length();
        cross(before, after, at).abs() as f64 > 2.0 * length
    }

    /// The size of a cell in metres.
    pub(super) fn cell_size(&self) -> f64 {
        1.0 / self.scale
    }

    /// Whether a ring is no wider than the grid explains.
    pub(super) fn is_sliver(&self, ring: &[DVec2]) -> bool {
        let area = signed_area(ring).abs();
        ring.len() < 3 || area * self.scale <= perimeter(ring)
    }

    /// The node at a point, made when there is none.
    fn node(&mut self, point: DVec2) -> u32 {
        let place = ((point - self.origin) * self.scale).round();
        let cell = (place.x as i64, place.y as i64);
        *self.numbers.entry(cell).or_insert_with(|| {
            self.nodes.push((cell, point));
            crate::mesh::index(self.nodes.len() - 1)
        })
    }

    /// Makes sides between the same nodes one, and drops those that run there and back.
    fn merge(&mut self) {
        self.sides.retain(|side| side.a != side.b);
        self.sides
            .order_by(|x, y| (x.a, x.b, x.edge).cmp(&(y.a, y.b, y.edge)));
        let mut merged: Vec<Side> = Vec::with_capacity(self.sides.len());
        for side in self.sides.drain(..) {
            match merged.last_mut() {
                Some(last) if (last.a, last.b) == (side.a, side.b) => {
                    last.fresh |= side.fresh;
                    for (layer, winding) in side.windings {
                        match last.windings.iter_mut().find(|(known, _)| *known == layer) {
                            Some((_, sum)) => *sum += winding,
                            None => last.windings.push((layer, winding)),
                        }
                    }
                }
                _ => merged.push(side),
            }
        }
        for side in &mut merged {
            side.windings.retain(|(_, winding)| *winding != 0);
            side.windings.order();
        }
        merged.retain(|side| !side.windings.is_empty());
        self.sides = merged;
    }

    /// Cuts sides until none crosses another; false when they still do after many rounds.
    pub(super) fn cut(
        &mut self,
        charge: &mut impl FnMut(usize) -> Result<(), Stop>,
    ) -> Result<bool, Stop> {
        for _ in 0..ROUNDS {
            charge(self.sides.len())?;
            let mut cuts = self.cuts(charge)?;
            if cuts.is_empty() {
                return Ok(true);
            }
            cuts.order();
            cuts.dedup();
            self.cut_at(&cuts);
            self.merge();
        }
        Ok(false)
    }

    /// Sides and the nodes at which they must be cut.
    fn cuts(
        &mut self,
        charge: &mut impl FnMut(usize) -> Result<(), Stop>,
    ) -> Result<Vec<(u32, u32)>, Stop> {
        // By their left ends: two sides can only meet while their x ranges overlap.
        let mut order: Vec<u32> = (0..crate::mesh::index(self.sides.len())).collect();
        let range = |arrangement: &Self, side: u32| {
            let side = &arrangement.sides[side as usize];
            let (a, b) = (arrangement.cell(side.a), arrangement.cell(side.b));
            (a.0.min(b.0), a.0.max(b.0), a.1.min(b.1), a.1.max(b.1))
        };
        order.order_by_key(|&side| range(self, side).0);
        let mut cuts = Vec::new();
        let mut open: Vec<(u32, (i64, i64, i64, i64))> = Vec::new();
        for side in order {
            let own = range(self, side);
            open.retain(|(_, other)| other.1 + 1 >= own.0);
            charge(1 + open.len() / 8)?;
            for &(other, it) in &open {
                let apart = it.3 + 1 < own.2 || own.3 + 1 < it.2;
                let known = !self.sides[side as usize].fresh && !self.sides[other as usize].fresh;
                if !apart && !known {
                    self.meet(side, other, &mut cuts);
                }
            }
            open.push((side, own));
        }
        for side in &mut self.sides {
            side.fresh = false;
        }
        Ok(cuts)
    }

    /// Where two sides meet: ends of one on the other, else where they cross.
    fn meet(&mut self, first: u32, second: u32, cuts: &mut Vec<(u32, u32)>) {
        let ends = |side: u32| (self.sides[side as usize].a, self.sides[side as usize].b);
        let ((a, b), (c, d)) = (ends(first), ends(second));
        let before = cuts.len();
        cuts.extend(
            [c, d]
                .into_iter()
                .filter(|&n| self.lies_on(n, a, b))
                .map(|n| (first, n)),
        );
        cuts.extend(
            [a, b]
                .into_iter()
                .filter(|&n| self.lies_on(n, c, d))
                .map(|n| (second, n)),
        );
        if cuts.len() > before || [a, b].iter().any(|n| [c, d].contains(n)) {
            return;
        }
        let [p, q, r, s] = [a, b, c, d].map(|node| self.cell(node));
        let (left, right) = (cross(p, q, r), cross(p, q, s));
        let crosses = |x: i64, y: i64| x.signum() * y.signum() < 0;
        if !crosses(left, right) || !crosses(cross(r, s, p), cross(r, s, q)) {
            return;
        }
        let along = left as f64 / (left as f64 - right as f64);
        let place = to_f64(r) + to_f64(difference(r, s)) * along;
        let place = place / self.scale + self.origin;
        // Better still, between the points that were put on the grid.
        let [p, q, r, s] = [a, b, c, d].map(|node| self.point(node));
        let (left, right) = ((q - p).perp_dot(r - p), (q - p).perp_dot(s - p));
        let exact = r + (s - r) * (left / (left - right));
        let is_near = exact.distance(place) * self.scale < 2.0;
        let node = self.node(if is_near { exact } else { place });
        cuts.extend([(first, node), (second, node)]);
    }

    /// Whether a node lies between the ends of a side, nearer to it than half the diagonal of a cell: cutting there makes
    /// sides shorter, so that it ends.
    fn lies_on(&self, node: u32, a: u32, b: u32) -> bool {
        if node == a || node == b {
            return false;
        }
        let [a, b, at] = [a, b, node].map(|node| self.cell(node));
        let along = difference(a, b);
        let away = difference(a, at);
        let length_squared = along.0 * along.0 + along.1 * along.1;
        let place = along.0 * away.0 + along.1 * away.1;
        let height = cross(a, b, at) as f64;
        place > 0 && place < length_squared && height * height < 0.5 * length_squared as f64
    }

    /// Replaces sides by their pieces; `cuts` is sorted.
    fn cut_at(&mut self, cuts: &[(u32, u32)]) {
        for group in cuts.chunk_by(|x, y| x.0 == y.0) {
            let side = self.sides[group[0].0 as usize].clone();
            let start = self.cell(side.a);
            let along = difference(start, self.cell(side.b));
            let place = |node: u32| {
                let away = difference(start, self.cell(node));
                along.0 * away.0 + along.1 * away.1
            };
            let mut stops: Vec<u32> = group.iter().map(|&(_, node)| node).collect();
            stops.order_by_key(|&node| (place(node), node));
            stops.retain(|&node| node != side.a && node != side.b);
            let mut from = side.a;
            for to in stops.into_iter().chain([side.b]) {
                let turned = from > to;
                let (a, b) = if turned { (to, from) } else { (from, to) };
                let mut piece = Side {
                    a,
                    b,
                    fresh: true,
                    ..side.clone()
                };
                if turned {
                    piece
                        .windings
                        .iter_mut()
                        .for_each(|(_, winding)| *winding = -*winding);
                }
                self.sides.push(piece);
                from = to;
            }
            // The side itself has become a point, which `merge` drops.
            let whole = &mut self.sides[group[0].0 as usize];
            whole.b = whole.a;
        }
    }
}

/// From `a` to `b`.
fn difference(a: Cell, b: Cell) -> Cell {
    (b.0 - a.0, b.1 - a.1)
}

fn to_f64(cell: Cell) -> DVec2 {
    DVec2::new(cell.0 as f64, cell.1 as f64)
}

/// Twice the area of a triangle; positive when it turns left. Differences have at most 30 bits and a sign: nothing overflows.
pub(super) fn cross(a: Cell, b: Cell, c: Cell) -> i64 {
    let (u, v) = (difference(a, b), difference(a, c));
    u.0 * v.1 - u.1 * v.0
}
