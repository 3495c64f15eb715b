//! Convexity: hulls, and concave polygons cut into convex pieces.

use super::triangulate::triangulate;
use super::{Polygon, Ring, orientation};
use crate::order::Order as _;
use glam::DVec2;

/// Sines of angles smaller than this are straight, lengths below it nothing.
const STRAIGHT: f64 = 1e-9;

/// The convex hull, counter-clockwise, without collinear points (Andrew's monotone chain); fewer than
/// three points where the input has no extent in some direction.
pub fn convex_hull(points: &[DVec2]) -> Ring {
    let mut sorted = points.to_vec();
    sorted.order_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    sorted.dedup();
    if sorted.len() < 3 {
        return sorted;
    }
    let mut hull = half_hull(sorted.iter().copied());
    hull.extend(half_hull(sorted.iter().rev().copied()));
    hull
}

/// The hull from the first to before the last of sorted points, on their right.
fn half_hull(points: impl Iterator<Item = DVec2>) -> Ring {
    let mut chain: Ring = Vec::new();
    for point in points {
        while let [.., a, b] = chain[..]
            && orientation(a, b, point) <= 0.0
        {
            chain.pop();
        }
        chain.push(point);
    }
    chain.pop();
    chain
}

/// Cuts a polygon into convex pieces; a convex one is returned unchanged.
///
/// At each reflex corner of a ring the cut goes on straight from the edge before it, or from the edge after it
/// if that is shorter, to the other side (measured on CityEngine's runtime for an L). Cuts longer than `max_cut`
/// are not made; the piece is then concave. Polygons with holes are cut along diagonals.
pub fn convexify(polygon: &Polygon, max_cut: Option<f64>) -> Vec<Polygon> {
    if polygon.is_convex() {
        return vec![polygon.clone()];
    }
    let [ring] = &polygon.rings[..] else {
        return cut_along_diagonals(polygon, max_cut);
    };
    let longest = max_cut.unwrap_or(f64::INFINITY);
    let tagged = ring.iter().enumerate();
    let mut open: Vec<Vec<Tagged>> = vec![tagged.map(|(k, &point)| (point, k)).collect()];
    let mut pieces: Vec<Vec<Tagged>> = Vec::new();
    // One cut for each reflex corner at most, whatever rounding does.
    let mut cuts_left = ring.len();
    while let Some(piece) = open.pop() {
        let cut = (0..piece.len()).find_map(|corner| shortest_cut(&piece, corner, longest));
        match cut {
            Some(cut) if cuts_left > 0 => {
                cuts_left -= 1;
                open.extend(cut_in_two(&piece, cut));
            }
            _ => pieces.push(piece),
        }
    }
    for piece in &mut pieces {
        let first = (0..piece.len()).min_by_key(|&k| piece[k].1);
        piece.rotate_left(first.unwrap_or(0));
    }
    pieces.order_by_key(|piece| piece[0].1);
    let outline = |piece: &Vec<Tagged>| piece.iter().map(|(point, _)| *point).collect();
    let rings = pieces.iter().map(|piece| vec![outline(piece)]);
    rings.map(|rings| Polygon { rings }).collect()
}

/// A corner and the edge of the polygon that its side lies on; `CUT` for the sides of cuts.
type Tagged = (DVec2, usize);
const CUT: usize = usize::MAX;

/// A cut from a corner to a point on a side.
#[derive(Clone, Copy)]
struct Cut {
    corner: usize,
    side: usize,
    point: DVec2,
}

/// The shorter one of the two cuts that straighten a reflex corner, if it is not longer than `longest`.
fn shortest_cut(ring: &[Tagged], corner: usize, longest: f64) -> Option<Cut> {
    let count = ring.len();
    let at = |k: usize| ring[k % count].0;
    let (before, here, after) = (at(corner + count - 1), at(corner), at(corner + 1));
    let (arriving, leaving) = (
        (here - before).normalize_or_zero(),
        (after - here).normalize_or_zero(),
    );
    if arriving.perp_dot(leaving) >= -STRAIGHT {
        return None;
    }
    // A ray that grazes a corner hits it.
    let snapped = |aside: f64| if aside.abs() <= STRAIGHT { 0.0 } else { aside };
    let ray = |direction: DVec2| {
        let hits = (1..count - 1).filter_map(|k| {
            let side = (corner + k) % count;
            let (a, b) = (at(side) - here, at(side + 1) - here);
            let left = snapped(direction.perp_dot(a));
            let right = snapped(direction.perp_dot(b));
            if left * right > 0.0 || left == right {
                return None;
            }
            let distance = direction.dot(a.lerp(b, left / (left - right)));
            (distance > STRAIGHT).then_some((distance, side))
        });
        hits.min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(distance, side)| (distance, side, direction))
    };
    let found = [ray(arriving), ray(-leaving)].into_iter().flatten();
    let (distance, side, direction) = found.min_by(|a, b| {
        let shorter = a.0 < b.0 - STRAIGHT;
        let longer = a.0 > b.0 + STRAIGHT;
        longer.cmp(&shorter)
    })?;
    let point = here + direction * distance;
    let is_neighbour = [before, after]
        .iter()
        .any(|neighbour| neighbour.distance(point) <= 2.0 * STRAIGHT);
    (distance <= longest && !is_neighbour).then_some(Cut {
        corner,
        side,
        point,
    })
}

/// The parts of a ring on both sides of a cut; where the cut ends at a corner there is no new one.
fn cut_in_two(ring: &[Tagged], cut: Cut) -> [Vec<Tagged>; 2] {
    let count = ring.len();
    let Cut {
        corner,
        side,
        point,
    } = cut;
    let range = |from: usize, steps: usize| (0..steps).map(move |k| ring[(from + k) % count]);
    let steps = (side + count - corner) % count + 1;
    let mut first: Vec<Tagged> = range(corner, steps).collect();
    let mut second: Vec<Tagged> = range(side + 1, count + 1 - steps).collect();
    let near = |other: DVec2| other.distance(point) <= STRAIGHT;
    if near(ring[side].0) {
        first.last_mut().expect("the corner at least").1 = CUT;
        second.insert(0, ring[side]);
    } else if near(ring[(side + 1) % count].0) {
        first.push((ring[(side + 1) % count].0, CUT));
    } else {
        first.push((point, CUT));
        second.insert(0, (point, ring[side].1));
    }
    second.last_mut().expect("the corner at least").1 = CUT;
    [first, second]
}

/// Pieces start as triangles and are joined over the longest diagonals first while they stay convex (Hertel and
/// Mehlhorn 1983: at most four times the fewest pieces). Cuts longer than `max_cut` are joined too, although the
/// piece is then concave, as long as it is one ring.
fn cut_along_diagonals(polygon: &Polygon, max_cut: Option<f64>) -> Vec<Polygon> {
    let points: Vec<DVec2> = polygon.points().collect();
    let triangles = triangulate(&polygon.rings);
    let mut pieces: Vec<Vec<u32>> = triangles.iter().map(|triangle| triangle.to_vec()).collect();
    let mut diagonals = shared_sides(&pieces);
    let length = |&(a, b): &(u32, u32)| points[a as usize].distance(points[b as usize]);
    diagonals.order_by(|a, b| length(b).total_cmp(&length(a)).then(a.cmp(b)));
    for diagonal in diagonals {
        let too_long = max_cut.is_some_and(|longest| length(&diagonal) > longest);
        join_over(&mut pieces, diagonal, &points, too_long);
    }
    let outline = |piece: &Vec<u32>| piece.iter().map(|&i| points[i as usize]).collect();
    pieces
        .iter()
        .map(|piece| Polygon {
            rings: vec![outline(piece)],
        })
        .collect()
}

/// Sides that two pieces share, each once with the lower index first.
fn shared_sides(pieces: &[Vec<u32>]) -> Vec<(u32, u32)> {
    let side = |piece: &Vec<u32>, i: usize| {
        let (a, b) = (piece[i], piece[(i + 1) % piece.len()]);
        (a.min(b), a.max(b))
    };
    let all = pieces
        .iter()
        .flat_map(|piece| (0..piece.len()).map(move |i| side(piece, i)));
    let mut sides: Vec<(u32, u32)> = all.collect();
    sides.order();
    sides
        .chunk_by(|a, b| a == b)
        .filter(|same| same.len() == 2)
        .map(|same| same[0])
        .collect()
}

/// Joins the two pieces at a diagonal if the result is convex (or `always`, if it is still one ring).
fn join_over(pieces: &mut Vec<Vec<u32>>, (a, b): (u32, u32), points: &[DVec2], always: bool) {
    let starting = |from: u32, to: u32| {
        pieces.iter().enumerate().find_map(|(index, piece)| {
            let at = (0..piece.len())
                .find(|&i| piece[i] == from && piece[(i + 1) % piece.len()] == to)?;
            Some((index, at))
        })
    };
    let (Some((first, i)), Some((second, j))) = (starting(a, b), starting(b, a)) else {
        return;
    };
    if first == second {
        return;
    }
    // The first piece from b round to a, then the second from after a round to before b.
    let mut joined = pieces[first].clone();
    let turn = (i + 1) % joined.len();
    joined.rotate_left(turn);
    let mut rest = pieces[second].clone();
    let turn = (j + 1) % rest.len();
    rest.rotate_left(turn);
    joined.extend(&rest[1..rest.len() - 1]);
    let count = joined.len();
    let at = |k: usize| points[joined[k % count] as usize];
    let convex_at = |corner: u32| {
        let k = (0..count)
            .find(|&k| joined[k] == corner)
            .expect("both ends are in the joined piece");
        orientation(at(k + count - 1), at(k), at(k + 1)) >= 0.0
    };
    let repeats = (0..count).any(|k| joined[k + 1..].contains(&joined[k]));
    if !repeats && (always || (convex_at(a) && convex_at(b))) {
        // Keep the place of the earlier piece, so that the order of pieces is stable.
        pieces[first.min(second)] = joined;
        pieces.remove(first.max(second));
    }
}
