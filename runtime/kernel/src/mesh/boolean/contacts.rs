//! Where edges and vertices of one operand meet edges and facets of the other.
//!
//! Each contact is found once, for a pair of elements, from the lowest dimensions up: vertices near edges, edges near
//! edges, vertices near facets, edges through facets. What has met already is not tested again, so all facets around an
//! element see the same point.

use glam::DVec3;
use smallvec::{SmallVec, smallvec};

use super::facets::{Candidate, Facet, Soup};
use super::lists::{Pair, has, make_point_set, make_set, place_of};

/// Points on edges and facets besides their own corners.
#[derive(Debug)]
pub(super) struct Contacts {
    /// For each edge, from its first to its second end.
    pub(super) on_edge: Vec<SmallVec<[u32; 4]>>,
    /// For each facet, inside it.
    pub(super) in_facet: Vec<Vec<u32>>,
}

/// Elements that may meet, each pair once.
#[derive(Debug, Default)]
struct Tests {
    /// Two edges.
    edges: Vec<Pair>,
    /// An edge and a facet that is not coplanar with the edge's.
    through: Vec<Pair>,
    /// An edge and a facet that is.
    along: Vec<Pair>,
}

impl Contacts {
    /// Finds all contacts, and adds their points.
    pub(super) fn find(soup: &mut Soup, candidates: &[Candidate]) -> Self {
        let tests = Tests::new(soup, candidates);
        let mut finder = Finder {
            on_edge: soup.edges.iter().map(|&(a, b)| smallvec![a, b]).collect(),
            facets_of: Vec::new(),
            boundary: vec![Vec::new(); soup.facets.len()],
            soup,
        };
        finder.vertices_on_edges(&tests.edges);
        finder.crossing_edges(&tests.edges);
        finder.facets_of = vec![Vec::new(); finder.soup.points.len()];
        for &Candidate { a, b, .. } in candidates {
            finder.find_boundary(a);
            finder.find_boundary(b);
        }
        finder.vertices_in_facets(&tests);
        finder.edges_through_facets(&tests);
        finder.finish()
    }
}

impl Tests {
    fn new(soup: &Soup, candidates: &[Candidate]) -> Self {
        let mut tests = Self::default();
        let apart = |low: DVec3, high: DVec3, other_low: DVec3, other_high: DVec3| {
            low.cmpgt(other_high + soup.eps).any() || other_low.cmpgt(high + soup.eps).any()
        };
        let bounds = |edge: u32| {
            let (a, b) = soup.edges[edge as usize];
            let (a, b) = (soup.at(a), soup.at(b));
            (a.min(b), a.max(b))
        };
        let near = |facet: &Facet, other: &Facet| -> Vec<u32> {
            let edges = facet.edges.iter().copied();
            edges
                .filter(|&edge| {
                    let (low, high) = bounds(edge);
                    !apart(low, high, other.low, other.high)
                })
                .collect()
        };
        for &Candidate { a, b, coplanar } in candidates {
            let (of_a, of_b) = (&soup.facets[a], &soup.facets[b]);
            let (edges_a, edges_b) = (near(of_a, of_b), near(of_b, of_a));
            for &e in &edges_a {
                let (low, high) = bounds(e);
                for &f in &edges_b {
                    let (other_low, other_high) = bounds(f);
                    if e != f && !apart(low, high, other_low, other_high) {
                        tests.edges.push((e, f));
                    }
                }
            }
            let list = if coplanar {
                &mut tests.along
            } else {
                &mut tests.through
            };
            list.extend(edges_a.iter().map(|&e| (e, crate::mesh::index(b))));
            list.extend(edges_b.iter().map(|&f| (f, crate::mesh::index(a))));
        }
        make_set(&mut tests.edges);
        make_set(&mut tests.through);
        make_set(&mut tests.along);
        tests
    }
}

struct Finder<'a> {
    soup: &'a mut Soup,
    /// For each edge its ends and the points on it.
    on_edge: Vec<SmallVec<[u32; 4]>>,
    /// For each point the facets inside which it lies.
    facets_of: Vec<Vec<u32>>,
    /// For each facet in question the points on its edges, sorted.
    boundary: Vec<Vec<u32>>,
}

impl Finder<'_> {
    fn points_of(&self, edge: u32) -> &[u32] {
        &self.on_edge[edge as usize]
    }

    fn vertices_on_edges(&mut self, tests: &[Pair]) {
        let mut found: Vec<Pair> = Vec::new();
        for &(e, f) in tests {
            for (edge, other) in [(e, f), (f, e)] {
                let ends = self.soup.edges[edge as usize];
                let (from, to) = (self.soup.at(ends.0), self.soup.at(ends.1));
                let (a, b) = self.soup.edges[other as usize];
                for vertex in [a, b] {
                    let near = distance_to_segment(self.soup.at(vertex), from, to) <= self.soup.eps;
                    if near && vertex != ends.0 && vertex != ends.1 {
                        found.push((edge, vertex));
                    }
                }
            }
        }
        make_set(&mut found);
        for (edge, vertex) in found {
            self.on_edge[edge as usize].push(vertex);
        }
    }

    fn crossing_edges(&mut self, tests: &[Pair]) {
        for &(e, f) in tests {
            let met = self
                .points_of(e)
                .iter()
                .any(|p| self.points_of(f).contains(p));
            let [(a, b), (c, d)] = [e, f].map(|edge| self.soup.edges[edge as usize]);
            let ends = [a, b, c, d].map(|p| self.soup.at(p));
            let Some(place) = (!met).then(|| crossing(ends, self.soup.eps)).flatten() else {
                continue;
            };
            let known = self.nearest(e, place).or_else(|| self.nearest(f, place));
            let point = known.unwrap_or_else(|| self.soup.add_point(place));
            self.put_on_edge(e, point);
            self.put_on_edge(f, point);
        }
    }

    fn put_on_edge(&mut self, edge: u32, point: u32) {
        if !self.points_of(edge).contains(&point) {
            self.on_edge[edge as usize].push(point);
        }
    }

    /// The nearest point of an edge that touches a place.
    fn nearest(&self, edge: u32, place: DVec3) -> Option<u32> {
        let (mut nearest, mut least) = (None, self.soup.eps);
        for &point in self.points_of(edge) {
            let distance = self.soup.at(point).distance(place);
            if distance <= least {
                (nearest, least) = (Some(point), distance);
            }
        }
        nearest
    }

    fn find_boundary(&mut self, facet: usize) {
        if self.boundary[facet].is_empty() {
            let mut points: Vec<u32> = Vec::new();
            for &edge in &self.soup.facets[facet].edges {
                points.extend(self.points_of(edge));
            }
            make_point_set(&mut points);
            self.boundary[facet] = points;
        }
    }

    fn is_on(&self, point: u32, facet: u32) -> bool {
        let inside = self.facets_of.get(point as usize);
        inside.is_some_and(|facets| facets.contains(&facet))
            || place_of(&self.boundary[facet as usize], point).is_some()
    }

    fn vertices_in_facets(&mut self, tests: &Tests) {
        // Facets that are coplanar may still be off each other's planes by the tolerances of both.
        for (list, limit) in [(&tests.along, 4.0), (&tests.through, 1.0)] {
            for &(edge, number) in list {
                let facet = &self.soup.facets[number as usize];
                let (a, b) = self.soup.edges[edge as usize];
                for vertex in [a, b] {
                    let place = self.soup.at(vertex);
                    if facet.normal != DVec3::ZERO
                        && facet.height(place).abs() <= limit * self.soup.eps
                        && !self.is_on(vertex, number)
                        && self.soup.inside(facet, place)
                    {
                        self.facets_of[vertex as usize].push(number);
                    }
                }
            }
        }
    }

    fn edges_through_facets(&mut self, tests: &Tests) {
        for &(edge, number) in &tests.through {
            let facet = &self.soup.facets[number as usize];
            let ends = self.soup.edges[edge as usize];
            let (a, b) = (self.soup.at(ends.0), self.soup.at(ends.1));
            let (from, to) = (facet.height(a), facet.height(b));
            let within = from.abs().max(to.abs()) <= self.soup.eps;
            if within
                || (from > 0.0) == (to > 0.0)
                || self.points_of(edge).iter().any(|&p| self.is_on(p, number))
                || has(&tests.along, (edge, number))
            {
                continue;
            }
            let place = a + (b - a) * (from / (from - to));
            if !self.soup.inside(facet, place) {
                continue;
            }
            let known = self.nearest(edge, place);
            let point = known.unwrap_or_else(|| self.soup.add_point(place));
            self.facets_of.resize(self.soup.points.len(), Vec::new());
            self.put_on_edge(edge, point);
            self.facets_of[point as usize].push(number);
        }
    }

    fn finish(mut self) -> Contacts {
        let mut in_facet = vec![Vec::new(); self.soup.facets.len()];
        for (point, facets) in self.facets_of.iter().enumerate() {
            for &facet in facets {
                in_facet[facet as usize].push(crate::mesh::index(point));
            }
        }
        for (points, &(a, b)) in self.on_edge.iter_mut().zip(&self.soup.edges) {
            points.drain(..2);
            self.soup
                .order_along(points, self.soup.at(b) - self.soup.at(a));
        }
        Contacts {
            on_edge: self.on_edge,
            in_facet,
        }
    }
}

/// The distance of a point from a segment.
#[inline(never)]
pub(super) fn distance_to_segment(point: DVec3, from: DVec3, to: DVec3) -> f64 {
    let along = to - from;
    let t = (point - from).dot(along) / along.length_squared();
    let t = if t.is_finite() {
        t.clamp(0.0, 1.0)
    } else {
        0.0
    };
    point.distance(from + along * t)
}

/// Where two segments pass each other closer than `eps`, on the first; `None` for parallel ones.
fn crossing([a, b, c, d]: [DVec3; 4], eps: f64) -> Option<DVec3> {
    let (first, second, between) = (b - a, d - c, c - a);
    let normal = first.cross(second);
    let square = normal.length_squared();
    if square <= 1e-24 * first.length_squared() * second.length_squared() {
        return None;
    }
    let s = between.cross(second).dot(normal) / square;
    let t = between.cross(first).dot(normal) / square;
    let within = |x: f64| (0.0..=1.0).contains(&x);
    let place = a + first * s;
    (within(s) && within(t) && place.distance(c + second * t) <= eps).then_some(place)
}
