//! Rectangles around and inside polygons.

use super::convex::convex_hull;
use super::{Polygon, Ring, ring_edges};
use crate::order::Order as _;
use glam::{DVec2, Vec2Swizzles as _};

/// A rectangle in the plane with sides along `axis` and its left normal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rectangle {
    /// The corner from which both sides start.
    pub origin: DVec2,
    /// Unit direction of the first side.
    pub axis: DVec2,
    /// Lengths along the axis and across it (to its left).
    pub size: DVec2,
}

impl Rectangle {
    /// The smallest rectangle parallel to `direction` around the points; none without points or
    /// direction.
    pub fn around(points: &[DVec2], direction: DVec2) -> Option<Self> {
        let axis = direction.try_normalize()?;
        let origin = *points.first()?;
        let local = |&p: &DVec2| to_local(p - origin, axis);
        let first = DVec2::ZERO;
        let (low, high) = points
            .iter()
            .map(local)
            .fold((first, first), |(low, high), p| (low.min(p), high.max(p)));
        Some(Self {
            origin: origin + from_local(low, axis),
            axis,
            size: high - low,
        })
    }

    /// Area of the rectangle.
    pub fn area(&self) -> f64 {
        self.size.x * self.size.y
    }

    /// The corners, counter-clockwise from the origin.
    pub fn ring(&self) -> Ring {
        let (x, y) = (DVec2::new(self.size.x, 0.0), DVec2::new(0.0, self.size.y));
        [DVec2::ZERO, x, x + y, y]
            .iter()
            .map(|&p| self.origin + from_local(p, self.axis))
            .collect()
    }
}

fn to_local(p: DVec2, axis: DVec2) -> DVec2 {
    DVec2::new(p.dot(axis), p.dot(axis.perp()))
}

fn from_local(p: DVec2, axis: DVec2) -> DVec2 {
    axis * p.x + axis.perp() * p.y
}

/// The rectangle of smallest area around the points; one of its sides lies on the hull. Of equal ones
/// that of the earlier hull edge. None for fewer than three points not on one line.
pub fn minimum_rectangle(points: &[DVec2]) -> Option<Rectangle> {
    let hull = convex_hull(points);
    if hull.len() < 3 {
        return None;
    }
    let around = ring_edges(&hull).filter_map(|(a, b)| Rectangle::around(&hull, b - a));
    around.min_by(|a, b| a.area().total_cmp(&b.area()))
}

/// Lines tried besides those through corners.
const SAMPLES: usize = 24;
/// How far, as a fraction of the extent, edges may reach into a rectangle: rounding tilts them.
const SLACK: f64 = 1e-11;
/// Rounds in which the best rectangle's sides are moved by ever smaller steps.
const REFINEMENTS: usize = 40;

/// The largest rectangle inside `polygon` with sides parallel to `axis`.
///
/// Exact for polygons whose edges are parallel to the axes; otherwise found by search over the corners'
/// lines and some between them, then refined (within about 1e-6 of the optimum nearby). Of equal ones
/// the one nearest to the centroid. None where the polygon has no area.
pub fn inner_rectangle(polygon: &Polygon, axis: DVec2) -> Option<Rectangle> {
    let axis = axis.try_normalize()?;
    let origin = polygon.points().next()?;
    let local = |ring: &Ring| ring.iter().map(|&p| to_local(p - origin, axis)).collect();
    let flat = Polygon {
        rings: polygon.rings.iter().map(local).collect(),
    };
    let edges: Vec<(DVec2, DVec2)> = flat.edges().collect();
    let centroid = flat.centroid();
    let lines = candidate_lines(&flat);
    let extent = lines.last()? - lines.first()?;
    let slack = SLACK * extent;
    let tallest = Rectangle::around(&flat.rings[0], DVec2::X)?.size.y;
    let mut best = Slab {
        left: 0.0,
        right: 0.0,
        bottom: 0.0,
        top: 0.0,
    };
    for (i, &left) in lines.iter().enumerate() {
        // Widest first, so that narrow ones need not be looked at.
        for &right in lines[i + 1..].iter().rev() {
            if (right - left) * tallest < best.area() {
                break;
            }
            for slab in clear_slabs(&edges, (left, right), slack) {
                if slab.is_better_than(&best, centroid) {
                    best = slab;
                }
            }
        }
    }
    let best = refine(&edges, best, (extent / SAMPLES as f64, slack));
    (best.area() > 0.0).then(|| Rectangle {
        origin: origin + from_local(DVec2::new(best.left, best.bottom), axis),
        axis,
        size: DVec2::new(best.right - best.left, best.top - best.bottom),
    })
}

/// The largest inner rectangle parallel to one of the edges that are at least a quarter as long as the
/// longest; of equal ones that of the earlier edge.
pub fn inner_rectangle_by_edge(polygon: &Polygon) -> Option<Rectangle> {
    let longest = polygon
        .edges()
        .map(|(a, b)| a.distance(b))
        .fold(0.0, f64::max);
    let mut directions: Vec<DVec2> = Vec::new();
    for (a, b) in polygon
        .edges()
        .filter(|(a, b)| 4.0 * a.distance(*b) >= longest)
    {
        let Some(direction) = (b - a).try_normalize() else {
            continue;
        };
        let known = |other: &DVec2| {
            other.dot(direction).abs() < 1e-9 || other.perp_dot(direction).abs() < 1e-9
        };
        if !directions.iter().any(known) {
            directions.push(direction);
        }
    }
    let mut best: Option<Rectangle> = None;
    for rectangle in directions
        .into_iter()
        .filter_map(|axis| inner_rectangle(polygon, axis))
    {
        if best.is_none_or(|best| rectangle.area() > best.area() * (1.0 + 1e-9)) {
            best = Some(rectangle);
        }
    }
    best
}

#[derive(Clone, Copy)]
struct Slab {
    left: f64,
    right: f64,
    bottom: f64,
    top: f64,
}

impl Slab {
    fn area(&self) -> f64 {
        (self.right - self.left) * (self.top - self.bottom)
    }

    /// With x and y exchanged.
    fn turned(self) -> Self {
        Self {
            left: self.bottom,
            right: self.top,
            bottom: self.left,
            top: self.right,
        }
    }

    fn is_better_than(&self, other: &Self, centroid: DVec2) -> bool {
        let centre = |slab: &Self| DVec2::new(slab.left + slab.right, slab.bottom + slab.top) * 0.5;
        let (area, known) = (self.area(), other.area());
        let equal = (area - known).abs() <= 1e-9 * known;
        let nearer = centre(self).distance_squared(centroid)
            < centre(other).distance_squared(centroid) * (1.0 - 1e-9);
        if equal { nearer } else { area > known }
    }
}

/// x of all corners, and of lines between them where edges are oblique and corners few.
fn candidate_lines(polygon: &Polygon) -> Vec<f64> {
    let mut lines: Vec<f64> = polygon.points().map(|p| p.x).collect();
    lines.order_by(f64::total_cmp);
    let (low, high) = (lines[0], lines[lines.len() - 1]);
    let oblique =
        |(a, b): (DVec2, DVec2)| (b.x - a.x).abs().min((b.y - a.y).abs()) > 1e-9 * (high - low);
    if polygon.edges().any(oblique) && lines.len() < 2 * SAMPLES {
        lines.extend((1..SAMPLES).map(|i| low + (high - low) * (i as f64 / SAMPLES as f64)));
        lines.order_by(f64::total_cmp);
    }
    lines.dedup_by(|a, b| (*a - *b).abs() <= 1e-12 * (high - low));
    lines
}

/// Rectangles inside the polygon that reach from `left` to `right` and cannot grow up or down.
fn clear_slabs(edges: &[(DVec2, DVec2)], (left, right): (f64, f64), slack: f64) -> Vec<Slab> {
    let (inner_left, inner_right) = (left + slack, right - slack);
    // The y ranges of the edges between the two lines block; what is free between two blocks is wholly
    // inside or outside.
    let mut blocked: Vec<(f64, f64)> = Vec::new();
    let middle = (left + right) * 0.5;
    let mut crossings: Vec<f64> = Vec::new();
    for &(a, b) in edges {
        let (a, b) = if a.x <= b.x { (a, b) } else { (b, a) };
        if b.x <= inner_left || a.x >= inner_right {
            continue;
        }
        let at = |x: f64| {
            let fraction = ((x - a.x) / (b.x - a.x)).clamp(0.0, 1.0);
            if a.x == b.x {
                a.y
            } else {
                a.y + (b.y - a.y) * fraction
            }
        };
        let (first, last) = if a.x == b.x {
            (a.y, b.y)
        } else {
            (at(inner_left), at(inner_right))
        };
        blocked.push((first.min(last), first.max(last)));
        if (a.x > middle) != (b.x > middle) {
            crossings.push(at(middle));
        }
    }
    blocked.order_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut slabs = Vec::new();
    let mut reached = f64::NEG_INFINITY;
    for (low, high) in blocked {
        if low > reached && reached.is_finite() {
            let y = (low + reached) * 0.5;
            if crossings.iter().filter(|&&crossing| crossing < y).count() % 2 == 1 {
                slabs.push(Slab {
                    left,
                    right,
                    bottom: reached,
                    top: low,
                });
            }
        }
        reached = reached.max(high);
    }
    slabs
}

/// Moves the sides of a rectangle by ever smaller steps while that makes it larger.
fn refine(edges: &[(DVec2, DVec2)], mut best: Slab, (mut step, slack): (f64, f64)) -> Slab {
    let turned: Vec<(DVec2, DVec2)> = edges.iter().map(|(a, b)| (a.yx(), b.yx())).collect();
    for _ in 0..REFINEMENTS {
        // Where two sides must move together, moving one of the other two leads there.
        let across = grown(edges, best, (step, slack));
        let along = grown(&turned, across.unwrap_or(best).turned(), (step, slack));
        match along.map(Slab::turned).or(across) {
            Some(larger) => best = larger,
            None => step *= 0.5,
        }
        if step < 4.0 * slack {
            break;
        }
    }
    best
}

/// The rectangle with its left or right side moved by `step` and as much height as there is, if that is
/// larger.
fn grown(edges: &[(DVec2, DVec2)], slab: Slab, (step, slack): (f64, f64)) -> Option<Slab> {
    let moves = [(-step, 0.0), (step, 0.0), (0.0, -step), (0.0, step)];
    let mut largest: Option<Slab> = None;
    for (left, right) in moves.map(|(left, right)| (slab.left + left, slab.right + right)) {
        if left >= right {
            continue;
        }
        let known = largest.unwrap_or(slab).area();
        let overlapping = clear_slabs(edges, (left, right), slack)
            .into_iter()
            .filter(|other| other.bottom < slab.top && other.top > slab.bottom);
        let larger = overlapping.filter(|other| other.area() > known * (1.0 + 1e-12));
        largest = larger
            .max_by(|a, b| a.area().total_cmp(&b.area()))
            .or(largest);
    }
    largest
}
