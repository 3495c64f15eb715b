//! Convexity: hulls, and concave polygons cut into convex pieces.

use super::triangulate::triangulate;
use super::{Polygon, Ring, orientation};
use glam::DVec2;

/// The convex hull, counter-clockwise, without collinear points (Andrew's monotone chain); fewer than
/// three points where the input has no extent in some direction.
pub fn convex_hull(points: &[DVec2]) -> Ring {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
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

/// Cuts a polygon into convex pieces along diagonals.
///
/// A convex polygon is returned unchanged. Pieces start as triangles and are joined over the longest
/// diagonals first while they stay convex (Hertel and Mehlhorn 1983: at most four times the fewest
/// pieces). Cuts longer than `max_cut` are joined too, although the piece is then concave, as long as it
/// is one ring.
pub fn convexify(polygon: &Polygon, max_cut: Option<f64>) -> Vec<Polygon> {
    if polygon.is_convex() {
        return vec![polygon.clone()];
    }
    let points: Vec<DVec2> = polygon.points().collect();
    let triangles = triangulate(&polygon.rings);
    let mut pieces: Vec<Vec<u32>> = triangles.iter().map(|triangle| triangle.to_vec()).collect();
    let mut diagonals = shared_sides(&pieces);
    let length = |&(a, b): &(u32, u32)| points[a as usize].distance(points[b as usize]);
    diagonals.sort_by(|a, b| length(b).total_cmp(&length(a)).then(a.cmp(b)));
    for diagonal in diagonals {
        let too_long = max_cut.is_some_and(|longest| length(&diagonal) > longest);
        join_over(&mut pieces, diagonal, &points, too_long);
    }
    pieces.iter_mut().for_each(start_at_first_side);
    let outline = |piece: &Vec<u32>| piece.iter().map(|&i| points[i as usize]).collect();
    pieces
        .iter()
        .map(|piece| Polygon {
            rings: vec![outline(piece)],
        })
        .collect()
}

/// Turns a piece so that it begins with its first side that is one of the polygon's.
fn start_at_first_side(piece: &mut Vec<u32>) {
    let is_side = |k: &usize| piece[(k + 1) % piece.len()] == piece[*k] + 1;
    let first = (0..piece.len()).filter(is_side).min_by_key(|&k| piece[k]);
    piece.rotate_left(first.unwrap_or(0));
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
    sides.sort_unstable();
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
