//! Tells whether a polygon is valid, with exact predicates (Shewchuk's, through `robust`).
//!
//! Edges are sorted by their western end; each is tested against those that begin before it ends.
//! The number of tests is limited in proportion to the number of corners, and so is the number of
//! crossings, so that hostile input costs bounded time here and bounded memory in the rebuild.

use std::cmp::Ordering;

use robust::{Coord, orient2d};

use super::{FlatPolygon, FlatRing, Point};

/// Pairs of edges tested for each corner, at most, beyond [`FREE_TESTS`].
const TESTS_PER_CORNER: usize = 2000;
/// Pairs of edges that every polygon may test.
const FREE_TESTS: usize = 1_000_000;
/// Crossings for each corner, at most, beyond [`FREE_CROSSINGS`].
const CROSSINGS_PER_CORNER: usize = 4;
/// Crossings that every polygon may have.
const FREE_CROSSINGS: usize = 1000;

/// What is wrong with a polygon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Faults {
    /// A ring meets itself away from its corners' neighbours.
    pub(super) within_ring: bool,
    /// Two rings cross, overlap, touch twice, or a hole lies in a hole.
    pub(super) between_rings: bool,
    /// Holes outside the outer ring; they have been removed.
    pub(super) holes_outside: usize,
}

/// The result of [`check`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing to do.
    Valid,
    /// Needs a rebuild.
    Invalid(Faults),
    /// Too many tests or crossings.
    Tangled,
}

/// Checks a polygon whose rings are oriented; removes holes that lie outside.
pub(super) fn check(rings: &mut FlatPolygon) -> Verdict {
    let corners: usize = rings.iter().map(Vec::len).sum();
    let mut budget = FREE_TESTS + TESTS_PER_CORNER * corners;
    let Some(contacts) = contacts(rings, corners, &mut budget) else {
        return Verdict::Tangled;
    };
    let mut faults = Faults {
        within_ring: contacts.within_ring,
        between_rings: contacts.crossing.iter().any(|crosses| *crosses),
        holes_outside: 0,
    };
    if place_holes(rings, &contacts.crossing, &mut faults, &mut budget).is_none() {
        return Verdict::Tangled;
    }
    if faults == Faults::default() {
        Verdict::Valid
    } else {
        Verdict::Invalid(faults)
    }
}

/// How rings meet.
struct Contacts {
    within_ring: bool,
    /// By ring: whether it crosses another.
    crossing: Vec<bool>,
}

/// An edge of a ring, from its western to its eastern end.
struct Edge {
    ring: usize,
    index: usize,
    a: Point,
    b: Point,
}

impl Edge {
    fn west(&self) -> f64 {
        self.a[0].min(self.b[0])
    }

    fn east(&self) -> f64 {
        self.a[0].max(self.b[0])
    }

    fn apart_in_north(&self, other: &Self) -> bool {
        self.a[1].max(self.b[1]) < other.a[1].min(other.b[1])
            || other.a[1].max(other.b[1]) < self.a[1].min(self.b[1])
    }
}

fn edges(rings: &FlatPolygon) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (ring, corners) in rings.iter().enumerate() {
        let next = corners.iter().cycle().skip(1);
        let pairs = corners.iter().zip(next).enumerate();
        edges.extend(pairs.map(|(index, (a, b))| Edge {
            ring,
            index,
            a: *a,
            b: *b,
        }));
    }
    edges.sort_by(|e, f| {
        let by_place = (e.ring, e.index).cmp(&(f.ring, f.index));
        e.west().total_cmp(&f.west()).then(by_place)
    });
    edges
}

/// Tests all pairs of edges that can meet; nothing when the budget runs out.
fn contacts(rings: &FlatPolygon, corners: usize, budget: &mut usize) -> Option<Contacts> {
    let edges = edges(rings);
    let mut contacts = Contacts {
        within_ring: false,
        crossing: vec![false; rings.len()],
    };
    let mut touches: Vec<(usize, usize, Point)> = Vec::new();
    let mut crossings = FREE_CROSSINGS + CROSSINGS_PER_CORNER * corners;
    for (position, edge) in edges.iter().enumerate() {
        let reach = edge.east();
        for other in edges[position + 1..]
            .iter()
            .take_while(|other| other.west() <= reach)
        {
            *budget = budget.checked_sub(1)?;
            if edge.apart_in_north(other) {
                continue;
            }
            let same = edge.ring == other.ring;
            let meeting = if same {
                meet_in_ring(edge, other, rings[edge.ring].len())
            } else {
                meet(edge.a, edge.b, other.a, other.b)
            };
            match meeting {
                Meeting::Apart => continue,
                _ if same => contacts.within_ring = true,
                Meeting::Touch(point) => touches.push((edge.ring, other.ring, point)),
                Meeting::Cross => {
                    contacts.crossing[edge.ring] = true;
                    contacts.crossing[other.ring] = true;
                }
            }
            crossings = crossings.checked_sub(1)?;
        }
    }
    mark_double_touches(touches, &mut contacts.crossing);
    Some(contacts)
}

/// Two rings that touch in two points part the interior, which counts as a crossing.
fn mark_double_touches(mut touches: Vec<(usize, usize, Point)>, crossing: &mut [bool]) {
    for (first, second, _) in &mut touches {
        if first > second {
            std::mem::swap(first, second);
        }
    }
    let order = |p: &Point, q: &Point| p[0].total_cmp(&q[0]).then(p[1].total_cmp(&q[1]));
    touches.sort_by(|s, t| (s.0, s.1).cmp(&(t.0, t.1)).then(order(&s.2, &t.2)));
    touches.dedup_by(|t, s| (s.0, s.1) == (t.0, t.1) && order(&s.2, &t.2) == Ordering::Equal);
    for pair in touches.windows(2) {
        if (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1) {
            crossing[pair[0].0] = true;
            crossing[pair[0].1] = true;
        }
    }
}

/// Removes holes outside the outer ring; notes holes inside holes. Nothing when the budget runs out.
fn place_holes(
    rings: &mut FlatPolygon,
    crossing: &[bool],
    faults: &mut Faults,
    budget: &mut usize,
) -> Option<()> {
    let (outer, holes) = rings.split_first()?;
    let mut outside = vec![false; rings.len()];
    for (index, hole) in holes.iter().enumerate() {
        if crossing[index + 1] {
            continue;
        }
        if !is_inside(hole, outer, budget)? {
            outside[index + 1] = true;
            faults.holes_outside += 1;
            continue;
        }
        for (other_index, other) in holes.iter().enumerate() {
            *budget = budget.checked_sub(other.len())?;
            let apart = other_index == index || !box_holds(other, hole[0]);
            if !apart && is_inside(hole, other, budget)? {
                faults.between_rings = true;
            }
        }
    }
    let mut outside = outside.into_iter();
    rings.retain(|_| !outside.next().unwrap_or(false));
    Some(())
}

fn box_holds(ring: &FlatRing, point: Point) -> bool {
    let spans = |axis: usize| {
        ring.iter().any(|corner| corner[axis] <= point[axis])
            && ring.iter().any(|corner| corner[axis] >= point[axis])
    };
    spans(0) && spans(1)
}

/// Whether a ring that does not cross another lies inside it: its first corner off the other's
/// boundary decides. A ring whose corners are all on the boundary counts as inside.
fn is_inside(ring: &FlatRing, other: &FlatRing, budget: &mut usize) -> Option<bool> {
    for corner in ring {
        *budget = budget.checked_sub(other.len())?;
        match side(*corner, other) {
            Some(inside) => return Some(inside),
            None => continue,
        }
    }
    Some(true)
}

/// Whether a ring winds around a point, its boundary included.
pub(crate) fn winds_around(ring: &FlatRing, point: Point) -> bool {
    side(point, ring).unwrap_or(true)
}

/// Whether a ring winds around a point; nothing on the boundary. (Sunday's winding number.)
fn side(point: Point, ring: &FlatRing) -> Option<bool> {
    let mut winding = 0;
    for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let turn = orientation(*a, *b, point);
        if turn == 0.0 && within_box(*a, *b, point) {
            return None;
        }
        if a[1] <= point[1] && b[1] > point[1] && turn > 0.0 {
            winding += 1;
        } else if a[1] > point[1] && b[1] <= point[1] && turn < 0.0 {
            winding -= 1;
        }
    }
    Some(winding != 0)
}

/// How two edges meet.
enum Meeting {
    Apart,
    /// In one point that is an end of one of them.
    Touch(Point),
    /// In a point inside both, or along a piece.
    Cross,
}

/// As [`meet`], but the corner that neighbours share does not count.
fn meet_in_ring(edge: &Edge, other: &Edge, corners: usize) -> Meeting {
    let (first, second) = if edge.index < other.index {
        (edge, other)
    } else {
        (other, edge)
    };
    let follows = second.index == first.index + 1;
    let wraps = first.index == 0 && second.index + 1 == corners;
    if !follows && !wraps {
        return meet(edge.a, edge.b, other.a, other.b);
    }
    // Before, shared corner, after.
    let (before, corner, after) = if follows {
        (first.a, first.b, second.b)
    } else {
        (second.a, second.b, first.b)
    };
    let back = (before[0] - corner[0]) * (after[0] - corner[0])
        + (before[1] - corner[1]) * (after[1] - corner[1]);
    if orientation(before, corner, after) == 0.0 && back > 0.0 {
        Meeting::Cross
    } else {
        Meeting::Apart
    }
}

fn meet(a: Point, b: Point, c: Point, d: Point) -> Meeting {
    let (ca, cb) = (orientation(c, d, a), orientation(c, d, b));
    let (ac, ad) = (orientation(a, b, c), orientation(a, b, d));
    if opposite(ca, cb) && opposite(ac, ad) {
        return Meeting::Cross;
    }
    if ca == 0.0 && cb == 0.0 {
        return meet_on_line(a, b, c, d);
    }
    let ends = [(ca, c, d, a), (cb, c, d, b), (ac, a, b, c), (ad, a, b, d)];
    let touch = ends
        .iter()
        .find(|(turn, p, q, end)| *turn == 0.0 && within_box(*p, *q, *end));
    touch.map_or(Meeting::Apart, |(_, _, _, end)| Meeting::Touch(*end))
}

/// Two edges on one line share nothing, an end, or a piece.
fn meet_on_line(a: Point, b: Point, c: Point, d: Point) -> Meeting {
    let order = |p: &Point, q: &Point| p[0].total_cmp(&q[0]).then(p[1].total_cmp(&q[1]));
    let sorted = |p: Point, q: Point| {
        if order(&p, &q) == Ordering::Greater {
            [q, p]
        } else {
            [p, q]
        }
    };
    let ([first_low, first_high], [second_low, second_high]) = (sorted(a, b), sorted(c, d));
    let low = if order(&first_low, &second_low) == Ordering::Less {
        second_low
    } else {
        first_low
    };
    let high = if order(&first_high, &second_high) == Ordering::Less {
        first_high
    } else {
        second_high
    };
    match order(&low, &high) {
        Ordering::Less => Meeting::Cross,
        Ordering::Equal => Meeting::Touch(low),
        Ordering::Greater => Meeting::Apart,
    }
}

fn opposite(p: f64, q: f64) -> bool {
    (p > 0.0 && q < 0.0) || (p < 0.0 && q > 0.0)
}

fn within_box(a: Point, b: Point, point: Point) -> bool {
    let between =
        |axis: usize| a[axis].min(b[axis]) <= point[axis] && point[axis] <= a[axis].max(b[axis]);
    between(0) && between(1)
}

/// Positive when a-b-c turns left, zero on a line, exactly.
fn orientation(a: Point, b: Point, c: Point) -> f64 {
    let coord = |point: Point| Coord {
        x: point[0],
        y: point[1],
    };
    orient2d(coord(a), coord(b), coord(c))
}
