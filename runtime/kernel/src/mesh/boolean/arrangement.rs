//! Facets cut by segments into regions.
//!
//! Directed edges that have a region on their left are followed around it, at each point with the sharpest turn to the
//! left (M. de Berg and others, *Computational Geometry*, 2.3); rings that run clockwise are holes of the smallest
//! region around them. The same is used to find the outlines of regions that were merged.

use std::ops::Range;

use glam::{DVec2, DVec3};

use super::contacts::distance_to_segment;
use super::facets::{Soup, sides_of};
use super::lists::{
    Pair, has, make_point_set, make_set, order_by_value, order_pairs, pair, place_of, run,
};
use crate::mesh::index;
use crate::order::Order as _;
use crate::polygon::orientation;

/// The loops of a region, the outline first.
pub(super) type Loops = Vec<Vec<u32>>;

/// The regions into which segments cut a facet; `None` when they make no sense together. Where segments cut each other
/// their pieces are added to `pieces`.
pub(super) fn regions(
    soup: &mut Soup,
    loops: &[Vec<u32>],
    inner: &[Pair],
    normal: DVec3,
    pieces: &mut Vec<Pair>,
) -> Option<Vec<Loops>> {
    let border = sides_of(loops);
    let (border, inner) = match without_crossings(soup, &border, inner, normal) {
        Some((border, inner)) => {
            pieces.extend(&inner);
            (border, inner)
        }
        None => (border, inner.to_vec()),
    };
    let inner = without_dead_ends(&border, inner);
    let mut edges = border;
    for (a, b) in inner {
        edges.extend([(a, b), (b, a)]);
    }
    outlines(soup, edges, normal, area(soup, loops, normal))
}

/// The polygons that have these directed edges on their border, themselves to the left; `None` unless their area is the
/// one expected.
pub(super) fn outlines(
    soup: &Soup,
    mut edges: Vec<Pair>,
    normal: DVec3,
    expected: f64,
) -> Option<Vec<Loops>> {
    let flat = |point: u32| soup.flat(point, normal);
    edges.order_by(|&(a, b), &(c, d)| {
        a.cmp(&c)
            .then_with(|| by_angle(flat(a), flat(b), flat(d)))
            .then(b.cmp(&d))
    });
    edges.dedup();
    // Area, sides and loops.
    let mut regions: Vec<(f64, Vec<Pair>, Loops)> = Vec::new();
    let mut holes = Vec::new();
    let mut total = 0.0;
    let mut used = vec![false; edges.len()];
    for start in 0..edges.len() {
        let (mut ring, mut at) = (Vec::new(), start);
        while !used[at] {
            used[at] = true;
            ring.push(edges[at].0);
            at = next(&edges, at, &flat)?;
        }
        if at != start {
            return None;
        }
        for ring in simple_rings(ring) {
            let ring = vec![ring];
            let size = area(soup, &ring, normal);
            total += size;
            let list = if size > 0.0 { &mut regions } else { &mut holes };
            list.push((size.abs(), sides_of(&ring), ring));
        }
    }
    let reach: f64 = edges.iter().map(|&(a, b)| flat(a).distance(flat(b))).sum();
    if (total - expected).abs() > 4.0 * soup.eps * reach + 1e-9 * expected {
        return None;
    }
    for (size, _, mut hole) in holes {
        let around = |(around, sides, region): &&mut (f64, Vec<Pair>, Loops)| {
            let off_outline = hole[0].iter().find(|point| !region[0].contains(point));
            let middle = || soup.at(hole[0][0]).midpoint(soup.at(hole[0][1]));
            let place = off_outline.map_or_else(middle, |&point| soup.at(point));
            // The region that fills the hole has the same border.
            *around > size * (1.0 + 1e-9) && soup.winding(sides, place, normal) > 0
        };
        if size > 0.0 {
            let around = regions.iter_mut().filter(around);
            let smallest = around.min_by(|a, b| a.0.total_cmp(&b.0))?;
            smallest.2.append(&mut hole);
        }
    }
    Some(regions.into_iter().map(|(_, _, loops)| loops).collect())
}

/// A ring cut where it comes back to a point, without what has no corners.
fn simple_rings(ring: Vec<u32>) -> Vec<Vec<u32>> {
    let mut sorted = ring.clone();
    make_point_set(&mut sorted);
    if sorted.len() == ring.len() {
        return if ring.len() < 3 {
            Vec::new()
        } else {
            vec![ring]
        };
    }
    let (mut rings, mut open): (Vec<Vec<u32>>, Vec<u32>) = (Vec::new(), Vec::new());
    for point in ring {
        if let Some(place) = open.iter().position(|&known| known == point) {
            rings.push(open.split_off(place));
        }
        open.push(point);
    }
    rings.push(open);
    rings.retain(|ring| ring.len() >= 3);
    rings
}

/// The edge that follows around the region on the left.
fn next(edges: &[Pair], edge: usize, flat: &dyn Fn(u32) -> DVec2) -> Option<usize> {
    let (back, at) = edges[edge];
    let Range { start, end } = run(edges, at);
    let before = |&(_, to): &Pair| by_angle(flat(at), flat(to), flat(back)).is_lt();
    let place = start + edges[start..end].partition_point(before);
    let last = if place == start { end } else { place };
    (start < end).then(|| last - 1)
}

/// Directions from a point, counter-clockwise from that of the x axis.
fn by_angle(from: DVec2, a: DVec2, b: DVec2) -> std::cmp::Ordering {
    let lower = |p: DVec2| p.y < from.y || (p.y == from.y && p.x < from.x);
    let turn = orientation(from, a, b);
    lower(a)
        .cmp(&lower(b))
        .then(0.0_f64.total_cmp(&(turn + 0.0)))
}

/// The area inside loops, seen along the axis nearest to the normal.
pub(super) fn area(soup: &Soup, loops: &[Vec<u32>], normal: DVec3) -> f64 {
    let origin = soup.flat(loops[0][0], normal);
    let mut doubled = 0.0;
    for (a, b) in sides_of(loops) {
        let [a, b] = [a, b].map(|point| soup.flat(point, normal) - origin);
        doubled += a.perp_dot(b);
    }
    0.5 * doubled
}

/// Edges and segments cut where they cross or touch, if they do: operands that touch or cross themselves make such.
fn without_crossings(
    soup: &mut Soup,
    border: &[Pair],
    inner: &[Pair],
    normal: DVec3,
) -> Option<(Vec<Pair>, Vec<Pair>)> {
    let sides: Vec<Pair> = border.iter().chain(inner).copied().collect();
    let is_inner = |side: u32| side as usize >= border.len();
    let bounds: Vec<(DVec2, DVec2)> = sides
        .iter()
        .map(|&(a, b)| {
            let (a, b) = (soup.flat(a, normal), soup.flat(b, normal));
            (a.min(b), a.max(b))
        })
        .collect();
    let mut order: Vec<u32> = (0..index(sides.len())).collect();
    let start = |side: u32| bounds[side as usize].0.x;
    order_by_value(&mut order, &start);
    // Sides and points where they are cut.
    let mut cuts: Vec<Pair> = Vec::new();
    let mut active: Vec<u32> = Vec::new();
    for side in order {
        let (low, high) = bounds[side as usize];
        active.retain(|&other| bounds[other as usize].1.x + soup.eps >= low.x);
        for &other in &active {
            let (other_low, other_high) = bounds[other as usize];
            let apart = other_low.y > high.y + soup.eps || low.y > other_high.y + soup.eps;
            if !apart && (is_inner(side) || is_inner(other)) {
                meet(soup, &sides, [side, other], normal, &mut cuts);
            }
        }
        active.push(side);
    }
    if cuts.is_empty() {
        return None;
    }
    make_set(&mut cuts);
    let mut split: [Vec<Pair>; 2] = [Vec::new(), Vec::new()];
    for (side, &(a, b)) in sides.iter().enumerate() {
        let cuts = &cuts[run(&cuts, index(side))];
        let mut points: Vec<u32> = cuts.iter().map(|&(_, point)| point).collect();
        soup.order_along(&mut points, soup.at(b) - soup.at(a));
        points.push(b);
        let mut from = a;
        let pieces = &mut split[usize::from(side >= border.len())];
        for to in points {
            pieces.push((from, to));
            from = to;
        }
    }
    let [border, mut inner] = split;
    let mut known: Vec<Pair> = border.iter().map(|&(a, b)| pair(a, b)).collect();
    order_pairs(&mut known);
    for side in &mut inner {
        *side = pair(side.0, side.1);
    }
    make_set(&mut inner);
    inner.retain(|&side| !has(&known, side));
    Some((border, inner))
}

/// Notes where two sides cut each other.
fn meet(soup: &mut Soup, sides: &[Pair], both: [u32; 2], normal: DVec3, cuts: &mut Vec<Pair>) {
    let [one, other] = both.map(|side| sides[side as usize]);
    let mut touch = false;
    for (side, (from, to), (a, b)) in [(both[0], one, other), (both[1], other, one)] {
        for point in [a, b] {
            let (from_at, to_at) = (soup.at(from), soup.at(to));
            if point == from || point == to {
                touch = true;
            } else if distance_to_segment(soup.at(point), from_at, to_at) <= soup.eps {
                cuts.push((side, point));
                touch = true;
            }
        }
    }
    let flat = |point: u32| soup.flat(point, normal);
    let [a, b, c, d] = [one.0, one.1, other.0, other.1].map(flat);
    if touch || !crate::polygon::segments_meet((a, b), (c, d)) {
        return;
    }
    let (from, to) = (orientation(c, d, a), orientation(c, d, b));
    let t = from / (from - to);
    if t.is_finite() {
        let place = soup.at(one.0).lerp(soup.at(one.1), t.clamp(0.0, 1.0));
        let point = soup.add_point(place);
        cuts.extend([(both[0], point), (both[1], point)]);
    }
}

/// The inner segments without those that end nowhere.
fn without_dead_ends(border: &[Pair], inner: Vec<Pair>) -> Vec<Pair> {
    let mut points: Vec<u32> = border
        .iter()
        .chain(&inner)
        .flat_map(|&(a, b)| [a, b])
        .collect();
    make_point_set(&mut points);
    let place = |point: u32| place_of(&points, point).unwrap_or_default();
    // At each point the number of segments, and their numbers combined such that the last one is known.
    let mut ends = vec![(0_u32, 0_usize); points.len()];
    for &(a, b) in border {
        ends[place(a)].0 += 2;
        ends[place(b)].0 += 2;
    }
    for (number, &(a, b)) in inner.iter().enumerate() {
        for point in [a, b] {
            let end = &mut ends[place(point)];
            *end = (end.0 + 1, end.1 ^ number);
        }
    }
    let mut dead = vec![false; inner.len()];
    for start in 0..ends.len() {
        let mut at = start;
        while ends[at].0 == 1 {
            let number = ends[at].1;
            dead[number] = true;
            let (a, b) = (place(inner[number].0), place(inner[number].1));
            for end in [a, b] {
                ends[end] = (ends[end].0 - 1, ends[end].1 ^ number);
            }
            at = if at == a { b } else { a };
        }
    }
    let kept = inner.into_iter().zip(dead).filter(|(_, dead)| !dead);
    kept.map(|(side, _)| side).collect()
}
