//! Edges of closed surfaces that meet no edge the other way are cut at the points on them.

use glam::DVec3;

use super::assemble::Piece;
use super::contacts::distance_to_segment;
use super::corners::Spot;
use super::facets::Soup;
use super::lists::{Pair, before, has, make_point_set, order_pairs};

/// Puts the ends of single edges on the single edges they touch, and returns how many stay.
pub(super) fn mend(soup: &Soup, pieces: &mut [Piece]) -> usize {
    let single = single_edges(pieces);
    if single.is_empty() {
        return 0;
    }
    let mut ends: Vec<u32> = single.iter().flat_map(|&(a, b)| [a, b]).collect();
    make_point_set(&mut ends);
    soup.order_along(&mut ends, DVec3::X);
    for piece in pieces.iter_mut().filter(|piece| piece.closed) {
        for ring in &mut piece.rings {
            let mut mended: Vec<Spot> = Vec::new();
            for k in 0..ring.len() {
                let (from, to) = (
                    ring[k].corner.point,
                    ring[(k + 1) % ring.len()].corner.point,
                );
                mended.push(ring[k]);
                if has(&single, (from, to)) {
                    let between = points_between(soup, &ends, (from, to)).into_iter();
                    mended.extend(between.map(|point| Spot::inside(point, ring[k].cut)));
                }
            }
            *ring = mended;
        }
    }
    single_edges(pieces).len()
}

/// Edges of closed pieces that faces do not use as often the other way, sorted.
fn single_edges(pieces: &[Piece]) -> Vec<Pair> {
    let mut edges: Vec<Pair> = Vec::new();
    let closed = pieces.iter().filter(|piece| piece.closed);
    for ring in closed.flat_map(|piece| &piece.rings) {
        let next = ring[1..].iter().chain(&ring[..1]);
        let ends = ring.iter().zip(next);
        edges.extend(ends.map(|(a, b)| (a.corner.point, b.corner.point)));
    }
    order_pairs(&mut edges);
    let count = |(a, b): Pair| before(&edges, (a, b + 1)) - before(&edges, (a, b));
    let single = |&&(a, b): &&Pair| count((a, b)) != count((b, a));
    edges.iter().filter(single).copied().collect()
}

/// The points on an edge, in order; `ends` are sorted by x.
fn points_between(soup: &Soup, ends: &[u32], (from, to): Pair) -> Vec<u32> {
    let (a, b) = (soup.at(from), soup.at(to));
    let reach = 2.0 * soup.eps;
    let (low, high): (DVec3, DVec3) = (a.min(b) - reach, a.max(b) + reach);
    let start = ends.partition_point(|&p| soup.at(p).x < low.x);
    let near = ends[start..]
        .iter()
        .take_while(|&&p| soup.at(p).x <= high.x);
    let on_edge =
        |&&p: &&u32| p != from && p != to && distance_to_segment(soup.at(p), a, b) <= reach;
    let mut points: Vec<u32> = near.filter(on_edge).copied().collect();
    soup.order_along(&mut points, b - a);
    points
}
