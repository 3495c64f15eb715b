//! Both operands as one list of planar facets over common points and edges.

use glam::{DVec2, DVec3};

use super::lists::{Pair, order_by_value, order_pairs, order_sides, pair, run};
use crate::mesh::clip::project;
use crate::mesh::topology::Sets;
use crate::mesh::{Mesh, cleanup, index};
use crate::polygon::{Ring, orientation, triangulate};

/// Both operands, their points welded.
#[derive(Debug)]
pub(super) struct Soup {
    /// The points of A, then those of B, then new ones.
    pub(super) points: Vec<DVec3>,
    /// The number in `points` of each operand's points; those closer than `eps` share one.
    pub(super) number_of: [Vec<u32>; 2],
    /// In the order of the operands' faces.
    pub(super) facets: Vec<Facet>,
    /// End points, the smaller first.
    pub(super) edges: Vec<Pair>,
    /// What is closer than this touches.
    pub(super) eps: f64,
}

/// A face, or a triangle of a face that is not planar.
#[derive(Debug)]
pub(super) struct Facet {
    /// 0 for A, 1 for B.
    pub(super) operand: usize,
    /// In its operand.
    pub(super) face: usize,
    /// Points around its loops, the outline first.
    pub(super) loops: Vec<Vec<u32>>,
    /// From each of these points to the next, loop after loop.
    pub(super) sides: Vec<Pair>,
    /// The edges there.
    pub(super) edges: Vec<u32>,
    /// Unit normal; zero when the facet has no width.
    pub(super) normal: DVec3,
    /// A point of its plane.
    pub(super) center: DVec3,
    /// Bounding box.
    pub(super) low: DVec3,
    /// Bounding box.
    pub(super) high: DVec3,
    /// Part of a closed surface.
    pub(super) closed: bool,
    /// The number of that surface.
    pub(super) shell: u32,
}

/// Two facets whose boxes meet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    /// Of A.
    pub(super) a: usize,
    /// Of B.
    pub(super) b: usize,
    /// They lie in one plane.
    pub(super) coplanar: bool,
}

impl Soup {
    /// As [`Self::with_tolerance`], with a multiple of the tolerance that fits the operands' size.
    pub(super) fn new(meshes: [&Mesh; 2], factor: f64) -> Self {
        let points: Vec<DVec3> = meshes.iter().flat_map(|m| &m.points).copied().collect();
        Self::with_tolerance(meshes, factor * tolerance(&points))
    }

    /// Welds the operands' points and lists their facets and edges.
    pub(super) fn with_tolerance(meshes: [&Mesh; 2], eps: f64) -> Self {
        let points: Vec<DVec3> = meshes.iter().flat_map(|m| &m.points).copied().collect();
        let mut number_of = cleanup::clusters(&points, eps);
        let of_b = number_of.split_off(meshes[0].points.len());
        let mut soup = Self {
            points,
            number_of: [number_of, of_b],
            facets: Vec::new(),
            edges: Vec::new(),
            eps,
        };
        for (operand, mesh) in meshes.iter().enumerate() {
            for face in 0..mesh.face_count() {
                soup.add_face(operand, face, mesh);
            }
        }
        soup.find_edges();
        soup.find_closed();
        soup
    }

    fn add_face(&mut self, operand: usize, face: usize, mesh: &Mesh) {
        let mut loops: Vec<Vec<u32>> = Vec::new();
        for loop_number in mesh.loops_of(face) {
            let ring = mesh.ring(loop_number).iter();
            let mut ring: Vec<u32> = ring.map(|&p| self.number_of[operand][p as usize]).collect();
            ring.dedup();
            while ring.len() > 1 && ring[0] == ring[ring.len() - 1] {
                ring.pop();
            }
            if ring.len() >= 3 {
                loops.push(ring);
            } else if loops.is_empty() {
                return;
            }
        }
        let facet = self.facet(operand, face, loops);
        let mut corners = facet.loops.iter().flatten();
        if facet.normal == DVec3::ZERO
            || corners.all(|&p| facet.height(self.at(p)).abs() <= self.eps)
        {
            self.facets.push(facet);
            return;
        }
        let flat = |ring: &Vec<u32>| ring.iter().map(|&p| self.flat(p, facet.normal)).collect();
        let rings: Vec<Ring> = facet.loops.iter().map(flat).collect();
        let points: Vec<u32> = facet.loops.iter().flatten().copied().collect();
        let mut triangles = triangulate(&rings);
        // Each corner must be used, or the triangles' edges would not be the neighbours'.
        if triangles.len() + 4 != points.len() + 2 * facet.loops.len() {
            if facet.loops.len() > 1 {
                self.facets.push(facet);
                return;
            }
            triangles = (2..index(points.len())).map(|k| [0, k - 1, k]).collect();
        }
        for triangle in triangles {
            let ring = triangle.map(|k| points[k as usize]).to_vec();
            let facet = self.facet(operand, face, vec![ring]);
            self.facets.push(facet);
        }
    }

    fn facet(&self, operand: usize, face: usize, loops: Vec<Vec<u32>>) -> Facet {
        let first = self.at(loops[0][0]);
        let (mut area, mut reach, mut sum, mut count) = (DVec3::ZERO, 0.0, DVec3::ZERO, 0.0);
        let (mut low, mut high) = (first, first);
        let sides = sides_of(&loops);
        for &(a, b) in &sides {
            let (a, b) = (self.at(a), self.at(b));
            area += (a - first).cross(b - first);
            reach += a.distance(b);
            sum += a - first;
            count += 1.0;
            (low, high) = (low.min(a), high.max(a));
        }
        let thin = area.length() <= self.eps * reach;
        Facet {
            operand,
            face,
            loops,
            sides,
            edges: Vec::new(),
            normal: if thin {
                DVec3::ZERO
            } else {
                area.normalize_or_zero()
            },
            center: first + sum / count,
            low,
            high,
            closed: true,
            shell: 0,
        }
    }

    fn find_edges(&mut self) {
        let mut all: Vec<(Pair, u32)> = Vec::new();
        for facet in &self.facets {
            for &(a, b) in &facet.sides {
                all.push((pair(a, b), index(all.len())));
            }
        }
        order_sides(&mut all);
        let mut edge_of = vec![0; all.len()];
        for &(ends, side) in &all {
            if self.edges.last() != Some(&ends) {
                self.edges.push(ends);
            }
            edge_of[side as usize] = index(self.edges.len() - 1);
        }
        for facet in self.facets.iter_mut().rev() {
            facet.edges = edge_of.split_off(edge_of.len() - facet.sides.len());
        }
    }

    /// A facet with an edge that no facet of its operand uses the other way is open, and then its neighbours may be;
    /// what is left is closed where as many facets use each edge one way as the other.
    fn find_closed(&mut self) {
        let (mut uses, mut ways) = (Vec::new(), vec![[0_u32; 2]; 2 * self.edges.len()]);
        for (number, facet) in self.facets.iter().enumerate() {
            for (slot, way) in facet.uses() {
                uses.push(pair_of(slot, number));
                ways[slot][way] += 1;
            }
        }
        order_pairs(&mut uses);
        let at_slot = |slot: usize| {
            let facets = uses[run(&uses, index(slot))].iter();
            facets.map(|&(_, facet)| facet as usize)
        };
        let one_way = |ways: [u32; 2]| (ways[0] == 0) != (ways[1] == 0);
        let border = uses
            .iter()
            .filter(|&&(slot, _)| one_way(ways[slot as usize]));
        let mut waiting: Vec<usize> = border.map(|&(_, facet)| facet as usize).collect();
        while let Some(open) = waiting.pop() {
            if !std::mem::replace(&mut self.facets[open].closed, false) {
                continue;
            }
            for (slot, way) in self.facets[open].uses() {
                ways[slot][way] -= 1;
                if one_way(ways[slot]) {
                    waiting.extend(at_slot(slot));
                }
            }
        }
        let mut parts = Sets::new(self.facets.len());
        let closed = |&&(_, facet): &&Pair| self.facets[facet as usize].closed;
        let closed: Vec<Pair> = uses.iter().filter(closed).copied().collect();
        for next in closed.windows(2).filter(|next| next[0].0 == next[1].0) {
            parts.join(next[0].1 as usize, next[1].1 as usize);
        }
        let part_of = parts.numbers();
        let mut unbalanced = vec![false; self.facets.len()];
        for &(slot, facet) in &closed {
            let [one, other] = ways[slot as usize];
            unbalanced[part_of[facet as usize] as usize] |= one != other;
        }
        for (facet, &part) in self.facets.iter_mut().zip(&part_of) {
            facet.closed &= !unbalanced[part as usize];
            facet.shell = part;
        }
    }

    /// The longest side of the box around all facets.
    pub(super) fn longest_axis(&self) -> usize {
        let (mut low, mut high) = (DVec3::INFINITY, DVec3::NEG_INFINITY);
        for facet in &self.facets {
            (low, high) = (low.min(facet.low), high.max(facet.high));
        }
        let size = high - low;
        let longer = |axis: usize, other: usize| {
            if size[other] > size[axis] {
                other
            } else {
                axis
            }
        };
        longer(longer(0, 1), 2)
    }

    /// The facets of A and B whose boxes meet, found by a sweep along the longest side of their common box. Open facets
    /// concern each other only within a plane.
    pub(super) fn candidates(&self) -> Vec<Candidate> {
        let axis = self.longest_axis();
        let mut order: Vec<u32> = (0..index(self.facets.len())).collect();
        let start = |number: u32| self.facets[number as usize].low[axis];
        order_by_value(&mut order, &start);
        let mut active: [Vec<u32>; 2] = [Vec::new(), Vec::new()];
        let mut found = Vec::new();
        for number in order {
            let facet = &self.facets[number as usize];
            let others = &mut active[1 - facet.operand];
            others.retain(|&o| self.facets[o as usize].high[axis] + self.eps >= facet.low[axis]);
            for &other in &*others {
                let met = &self.facets[other as usize];
                if met.low.cmpgt(facet.high + self.eps).any()
                    || facet.low.cmpgt(met.high + self.eps).any()
                {
                    continue;
                }
                let coplanar = self.coplanar(facet, met);
                if coplanar || facet.closed || met.closed {
                    let (a, b) = if facet.operand == 0 {
                        (number, other)
                    } else {
                        (other, number)
                    };
                    found.push(Candidate {
                        a: a as usize,
                        b: b as usize,
                        coplanar,
                    });
                }
            }
            active[facet.operand].push(number);
        }
        found
    }

    fn coplanar(&self, a: &Facet, b: &Facet) -> bool {
        let within = |facet: &Facet, plane: &Facet| {
            let mut points = facet.loops.iter().flatten();
            points.all(|&p| plane.height(self.at(p)).abs() <= self.eps)
        };
        a.normal.dot(b.normal).abs() > 0.9 && (within(a, b) || within(b, a))
    }

    /// The position of a point.
    pub(super) fn at(&self, point: u32) -> DVec3 {
        self.points[point as usize]
    }

    /// A point seen against a normal, along the axis nearest to it.
    #[inline(never)]
    pub(super) fn flat(&self, point: u32, normal: DVec3) -> DVec2 {
        project(self.at(point), normal)
    }

    /// Sorts points along a direction.
    pub(super) fn order_along(&self, points: &mut [u32], direction: DVec3) {
        order_by_value(points, &|point| self.at(point).dot(direction));
    }

    /// Adds a point.
    pub(super) fn add_point(&mut self, position: DVec3) -> u32 {
        self.points.push(position);
        index(self.points.len() - 1)
    }

    /// Whether a point near the facet's plane lies inside it.
    pub(super) fn inside(&self, facet: &Facet, point: DVec3) -> bool {
        self.winding(&facet.sides, point, facet.normal) != 0
    }

    /// How often sides go around a point, seen against `normal` (along the axis nearest to it). For a point on an edge
    /// it counts for one side, and for the same one whichever way the edge is used.
    #[inline(never)]
    pub(super) fn winding(&self, sides: &[Pair], point: DVec3, normal: DVec3) -> i32 {
        let p = project(point, normal);
        let mut winding = 0;
        for &(a, b) in sides {
            let (a, b) = (self.flat(a, normal), self.flat(b, normal));
            if a.y <= p.y && b.y > p.y && orientation(a, b, p) > 0.0 {
                winding += 1;
            } else if b.y <= p.y && a.y > p.y && orientation(b, a, p) > 0.0 {
                winding -= 1;
            }
        }
        winding
    }
}

impl Facet {
    /// The distance of a point from the plane, positive in front.
    pub(super) fn height(&self, point: DVec3) -> f64 {
        self.normal.dot(point - self.center)
    }

    /// For each edge a number for it and the operand, and which way the facet uses it.
    fn uses(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let sides = self.sides.iter().zip(&self.edges);
        sides.map(|(&(a, b), &edge)| (2 * edge as usize + self.operand, usize::from(a < b)))
    }
}

/// Lengths below a hundred millionth of the size are taken for rounding.
fn tolerance(points: &[DVec3]) -> f64 {
    let Some(&first) = points.first() else {
        return 1e-12;
    };
    let (mut low, mut high) = (first, first);
    for &point in points {
        (low, high) = (low.min(point), high.max(point));
    }
    let farthest = low.abs().max(high.abs()).max_element();
    (1e-8 * (high - low).max_element())
        .max(1e-14 * farthest)
        .clamp(1e-300, 1e300)
}

/// The edges around loops, as pairs of points.
#[inline(never)]
pub(super) fn sides_of(loops: &[Vec<u32>]) -> Vec<Pair> {
    let mut sides = Vec::new();
    for ring in loops {
        let mut from = ring[ring.len() - 1];
        let first = sides.len();
        for &to in ring {
            sides.push((from, to));
            from = to;
        }
        sides[first..].rotate_left(1);
    }
    sides
}

fn pair_of(a: usize, b: usize) -> Pair {
    (index(a), index(b))
}
