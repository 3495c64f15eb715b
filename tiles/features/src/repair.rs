//! Makes polygons valid: simple rings, oriented, holes inside, no slivers.
//!
//! 1. Each ring loses corners within a millimetre of their predecessor, and spikes (corners where it
//!    runs back over itself). Collinear corners stay: they may matter to a grammar.
//! 2. Rings are oriented: outer counter-clockwise, holes clockwise. Formats disagree on this, so it
//!    is no defect and gives no warning.
//! 3. All pairs of edges near each other are tested with exact predicates ([`check`]). A polygon that
//!    passes keeps its coordinates to the last bit.
//! 4. One that fails is rebuilt on a grid of 1/1024 m by `i_overlay`, exact in integers: what the
//!    outer ring winds around (non-zero rule), minus what the holes wind around. Under the non-zero
//!    rule both lobes of a bow-tie stay, and an area that the ring encloses twice stays filled, which
//!    is what a building's outline means; the even-odd rule would cut a hole there. Each piece
//!    becomes a polygon of its own.
//! 5. Polygons below [`ReadOptions::MINIMUM_AREA`] are dropped, holes below it are filled.
//!
//! A hole may touch the outer ring or another hole in one point, as OGC's rules allow. Every step
//! that changes or drops something gives a [`Defect`].

mod check;
mod rebuild;

use crate::{Defect, ReadOptions};
use check::Verdict;
pub(crate) use check::winds_around;

/// East and north in metres.
pub(crate) type Point = [f64; 2];
/// Corners in order, the first not repeated.
pub(crate) type FlatRing = Vec<Point>;
/// The outer ring, then the holes.
pub(crate) type FlatPolygon = Vec<FlatRing>;

/// Corners nearer than this to their predecessor are repetitions; metres.
const REPEATED: f64 = 0.001;
/// A corner is a spike when it stands out less than this over the line it runs back on; metres.
const SPIKE: f64 = 1e-6;

/// Makes one polygon valid; the first ring is the outer one. Gives none, one or several polygons.
pub(crate) fn repair(rings: FlatPolygon, defects: &mut Vec<Defect>) -> Vec<FlatPolygon> {
    let mut clean: FlatPolygon = Vec::with_capacity(rings.len());
    for (index, ring) in rings.into_iter().enumerate() {
        let ring = clean_ring(ring, defects);
        if ring.len() >= 3 && signed_area(&ring) != 0.0 {
            clean.push(oriented(ring, index == 0));
        } else {
            // A bow-tie of two equal lobes has no signed area, but much to keep.
            match zero_area_ring(ring, index == 0) {
                Some(ring) => clean.push(ring),
                None => defects.push(Defect::DegenerateRing),
            }
            if index == 0 && clean.is_empty() {
                return Vec::new();
            }
        }
    }
    if clean.is_empty() {
        return Vec::new();
    }
    let polygons = match check::check(&mut clean) {
        Verdict::Valid => vec![clean],
        Verdict::Tangled => {
            defects.push(Defect::Tangled);
            Vec::new()
        }
        Verdict::Invalid(found) => rebuilt(&clean, &found, defects),
    };
    polygons
        .into_iter()
        .filter_map(|polygon| without_slivers(polygon, defects))
        .collect()
}

/// Rebuilds an invalid polygon and says why.
fn rebuilt(
    rings: &FlatPolygon,
    found: &check::Faults,
    defects: &mut Vec<Defect>,
) -> Vec<FlatPolygon> {
    let polygons = rebuild::rebuild(rings);
    let pieces = polygons.len();
    if found.within_ring {
        defects.push(Defect::SelfIntersection { pieces });
    }
    if found.between_rings {
        defects.push(Defect::HoleCrossing { pieces });
    }
    for _ in 0..found.holes_outside {
        defects.push(Defect::HoleOutside);
    }
    let is_valid =
        |polygon: &FlatPolygon| matches!(check::check(&mut polygon.clone()), Verdict::Valid);
    let (valid, broken): (Vec<_>, Vec<_>) = polygons.into_iter().partition(is_valid);
    defects.extend(broken.iter().map(|_| Defect::Tangled));
    valid
}

/// Drops repeated points and spikes.
fn clean_ring(mut ring: FlatRing, defects: &mut Vec<Defect>) -> FlatRing {
    let before = ring.len();
    ring.dedup_by(|b, a| is_near(*a, *b));
    while ring.len() > 1
        && ring
            .first()
            .zip(ring.last())
            .is_some_and(|(a, b)| is_near(*a, *b))
    {
        ring.pop();
    }
    let repeated = before - ring.len();
    if repeated > 0 {
        defects.push(Defect::RepeatedPoints(repeated));
    }
    let spikes = remove_spikes(&mut ring);
    if spikes > 0 {
        defects.push(Defect::Spikes(spikes));
    }
    ring
}

/// Removes corners b of a-b-c where c lies back on the line b-a; what remains may be a spike again,
/// so a stack keeps the way back. Linear in the number of corners.
fn remove_spikes(ring: &mut FlatRing) -> usize {
    let before = ring.len();
    let mut kept: FlatRing = Vec::with_capacity(before);
    for point in ring.drain(..) {
        while let [.., a, b] = kept[..]
            && is_spike(a, b, point)
        {
            kept.pop();
        }
        let repeats = kept.last().is_some_and(|last| is_near(*last, point));
        if !repeats {
            kept.push(point);
        }
    }
    // The seam: the last two with the first, the last with the first two.
    let mut start = 0;
    loop {
        match kept[start..] {
            [first, .., a, b] if is_near(b, first) || is_spike(a, b, first) => {
                kept.pop();
            }
            [first, second, .., last] if is_spike(last, first, second) => start += 1,
            _ => break,
        }
    }
    ring.extend_from_slice(&kept[start..]);
    before - ring.len()
}

fn is_near(a: Point, b: Point) -> bool {
    libm::hypot(a[0] - b[0], a[1] - b[1]) < REPEATED
}

/// Whether a-b-c turns straight back at b.
fn is_spike(a: Point, b: Point, c: Point) -> bool {
    let (u, v) = ([a[0] - b[0], a[1] - b[1]], [c[0] - b[0], c[1] - b[1]]);
    let cross = u[0] * v[1] - u[1] * v[0];
    let dot = u[0] * v[0] + u[1] * v[1];
    let longest = libm::hypot(u[0], u[1]).max(libm::hypot(v[0], v[1]));
    dot > 0.0 && cross.abs() <= SPIKE * longest
}

/// Turns a ring the right way.
fn oriented(mut ring: FlatRing, counter_clockwise: bool) -> FlatRing {
    if (signed_area(&ring) > 0.0) != counter_clockwise {
        ring.reverse();
    }
    ring
}

/// A ring whose signed area is nothing is kept if it has three corners off one line: its lobes
/// cancel out, and step 4 will part them.
fn zero_area_ring(ring: FlatRing, outer: bool) -> Option<FlatRing> {
    let [first, second, rest @ ..] = &ring[..] else {
        return None;
    };
    let bends = rest
        .iter()
        .any(|point| cross(*first, *second, *point) != 0.0);
    bends.then(|| oriented(ring, outer))
}

/// Drops a polygon, or fills its holes, below the minimum area.
fn without_slivers(polygon: FlatPolygon, defects: &mut Vec<Defect>) -> Option<FlatPolygon> {
    let mut rings = polygon.into_iter();
    let outer = rings.next()?;
    let area = signed_area(&outer);
    if area < ReadOptions::MINIMUM_AREA {
        defects.push(Defect::Sliver { area });
        return None;
    }
    let mut kept = vec![outer];
    for hole in rings {
        let area = signed_area(&hole).abs();
        if area < ReadOptions::MINIMUM_AREA {
            defects.push(Defect::Sliver { area });
        } else {
            kept.push(hole);
        }
    }
    let area: f64 = kept.iter().map(|ring| signed_area(ring)).sum();
    if area < ReadOptions::MINIMUM_AREA {
        defects.push(Defect::Sliver { area });
        return None;
    }
    Some(kept)
}

/// Area of a ring, positive when counter-clockwise. Taken relative to its first corner, so that large
/// coordinates cost no digits.
pub(crate) fn signed_area(ring: &[Point]) -> f64 {
    let Some(&origin) = ring.first() else {
        return 0.0;
    };
    let twice: f64 = ring
        .windows(2)
        .map(|edge| cross(origin, edge[0], edge[1]))
        .sum();
    twice / 2.0
}

/// Twice the signed area of a triangle.
fn cross(a: Point, b: Point, c: Point) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

#[cfg(test)]
mod tests;
