//! The lines along which facets of the operands meet.

use glam::DVec3;

use super::contacts::Contacts;
use super::facets::{Candidate, Soup, sides_of};
use super::lists::{Pair, has, make_point_set, make_set, pair, place_of};

/// Lines on facets.
#[derive(Debug)]
pub(super) struct Segments {
    /// For each facet its loops with the points on its edges.
    pub(super) loops: Vec<Vec<Vec<u32>>>,
    /// For each facet the segments that cut it.
    pub(super) inner: Vec<Vec<Pair>>,
    /// All pieces of edges and segments that lie on both operands, sorted.
    pub(super) cut: Vec<Pair>,
}

/// The points and pieces of edges of a facet, sorted.
#[derive(Debug, Default)]
struct Skin {
    points: Vec<u32>,
    sides: Vec<Pair>,
}

impl Skin {
    fn has(&self, side: Pair) -> bool {
        has(&self.sides, side)
    }

    fn touches(&self, side: Pair) -> bool {
        [side.0, side.1]
            .iter()
            .all(|&point| place_of(&self.points, point).is_some())
    }
}

impl Segments {
    /// Joins the contacts of each two facets to segments.
    pub(super) fn find(soup: &Soup, contacts: &Contacts, candidates: &[Candidate]) -> Self {
        let loops: Vec<Vec<Vec<u32>>> = (0..soup.facets.len())
            .map(|facet| subdivided(soup, contacts, facet))
            .collect();
        let skins: Vec<Skin> = loops
            .iter()
            .zip(&contacts.in_facet)
            .map(|(loops, inside)| {
                let mut sides = sides_of(loops);
                for side in &mut sides {
                    *side = pair(side.0, side.1);
                }
                make_set(&mut sides);
                let mut points: Vec<u32> = loops.iter().flatten().chain(inside).copied().collect();
                make_point_set(&mut points);
                Skin { points, sides }
            })
            .collect();
        let mut segments = Self {
            inner: vec![Vec::new(); soup.facets.len()],
            loops,
            cut: Vec::new(),
        };
        for candidate in candidates {
            if candidate.coplanar {
                segments.overlap(soup, &skins, candidate.a, candidate.b);
                segments.overlap(soup, &skins, candidate.b, candidate.a);
            } else {
                segments.meet(soup, &skins, candidate);
            }
        }
        make_set(&mut segments.cut);
        for inner in &mut segments.inner {
            make_set(inner);
        }
        segments
    }

    /// The pieces of the edges of a facet that lie on another one in the same plane.
    fn overlap(&mut self, soup: &Soup, skins: &[Skin], from: usize, on: usize) {
        for &side in &skins[from].sides {
            let shared = skins[on].has(side);
            let middle = soup.at(side.0).midpoint(soup.at(side.1));
            let inside =
                !shared && skins[on].touches(side) && soup.inside(&soup.facets[on], middle);
            if inside {
                self.inner[on].push(side);
            }
            if shared || inside {
                self.cut.push(side);
            }
        }
    }

    /// The common part of two facets in different planes: of the line through all their common points the stretches that
    /// lie in both. Only closed surfaces cut.
    fn meet(&mut self, soup: &Soup, skins: &[Skin], candidate: &Candidate) {
        let numbers = [candidate.a, candidate.b];
        let [few, many] = if skins[numbers[0]].points.len() <= skins[numbers[1]].points.len() {
            numbers
        } else {
            [numbers[1], numbers[0]]
        };
        let other = &skins[many].points;
        let points = skins[few].points.iter().copied();
        let mut common: Vec<u32> = points.filter(|&p| place_of(other, p).is_some()).collect();
        let facets = numbers.map(|number| &soup.facets[number]);
        if common.len() < 2 || facets.iter().any(|facet| facet.normal == DVec3::ZERO) {
            return;
        }
        let along = facets[0].normal.cross(facets[1].normal);
        soup.order_along(&mut common, along);
        for ends in common.windows(2) {
            let side = pair(ends[0], ends[1]);
            let middle = soup.at(side.0).midpoint(soup.at(side.1));
            let border = numbers.map(|number| skins[number].has(side));
            let within = |k: usize| border[k] || soup.inside(facets[k], middle);
            if !(within(0) && within(1)) {
                continue;
            }
            for k in 0..2 {
                if !border[k] && facets[1 - k].closed {
                    self.inner[numbers[k]].push(side);
                }
            }
            self.cut.push(side);
        }
    }
}

/// The loops of a facet with the points on its edges.
fn subdivided(soup: &Soup, contacts: &Contacts, facet: usize) -> Vec<Vec<u32>> {
    let facet = &soup.facets[facet];
    let mut edges = facet.edges.iter();
    let with_points = |ring: &Vec<u32>| {
        let mut points = Vec::with_capacity(ring.len());
        for (&point, &edge) in ring.iter().zip(edges.by_ref()) {
            points.push(point);
            let start = points.len();
            points.extend(&contacts.on_edge[edge as usize]);
            if soup.edges[edge as usize].0 != point {
                points[start..].reverse();
            }
        }
        points
    };
    facet.loops.iter().map(with_points).collect()
}
