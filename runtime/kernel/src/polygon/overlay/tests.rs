use glam::DVec2;
use proptest::prelude::*;

use super::*;
use crate::chance::Random;
use crate::polygon::{clean_ring, signed_area};

fn free(_: usize) -> Result<(), Stop> {
    Ok(())
}

fn ring(points: &[(f64, f64)]) -> Ring {
    points.iter().map(|&(x, y)| DVec2::new(x, y)).collect()
}

fn rectangle(x: f64, y: f64, width: f64, height: f64) -> Polygon {
    Polygon::new(ring(&[
        (x, y),
        (x + width, y),
        (x + width, y + height),
        (x, y + height),
    ]))
}

fn area(polygons: &[TracedPolygon]) -> f64 {
    polygons.iter().map(|p| p.polygon().area()).sum()
}

fn rings(polygons: &[TracedPolygon]) -> Vec<Vec<Ring>> {
    polygons.iter().map(|p| p.polygon().rings).collect()
}

impl Random {
    /// A polygon that may cross itself, on whole, halved, nearly whole or any coordinates.
    fn tangle(&mut self) -> Polygon {
        let count = 3 + (self.next() * 9.0) as usize;
        let kind = (self.next() * 4.0) as usize;
        let mut number = || {
            let x = self.next() * 10.0;
            match kind {
                0 => x.round(),
                1 => (2.0 * x).round() * 0.5,
                2 => x.round() + (self.next() - 0.5) * 1e-8,
                _ => x,
            }
        };
        Polygon::new((0..count).map(|_| DVec2::new(number(), number())).collect())
    }
}

/// How often a ring winds around a point.
fn winding(polygon: &Polygon, at: DVec2) -> i32 {
    polygon
        .edges()
        .filter(|(a, b)| (a.y > at.y) != (b.y > at.y))
        .map(|(a, b)| {
            let left = (b - a).perp_dot(at - a);
            match b.y > a.y {
                true if left > 0.0 => 1,
                false if left < 0.0 => -1,
                _ => 0,
            }
        })
        .sum()
}

#[test]
fn a_rectangle_over_another_takes_its_corner() {
    let layers = [
        vec![rectangle(0.0, 0.0, 4.0, 4.0)],
        vec![rectangle(2.0, 2.0, 4.0, 4.0)],
    ];
    let seen = paint(&layers, free).unwrap();
    let l = [
        (0.0, 0.0),
        (4.0, 0.0),
        (4.0, 2.0),
        (2.0, 2.0),
        (2.0, 4.0),
        (0.0, 4.0),
    ];
    assert_eq!(rings(&seen[0]), [vec![ring(&l)]]);
    let edges: Vec<_> = [0, 1, 4, 7, 2, 3].map(Some).to_vec();
    assert_eq!(seen[0][0].rings[0].edges, edges);
    assert_eq!(rings(&seen[1]), [rectangle(2.0, 2.0, 4.0, 4.0).rings]);
}

#[test]
fn what_lies_inside_leaves_a_hole_and_what_is_covered_is_gone() {
    let layers = [
        vec![rectangle(1.0, 1.0, 1.0, 1.0)],
        vec![rectangle(0.0, 0.0, 9.0, 9.0)],
        vec![rectangle(3.0, 3.0, 1.0, 1.0), rectangle(6.0, 6.0, 1.0, 1.0)],
    ];
    let seen = paint(&layers, free).unwrap();
    assert_eq!(seen[0], []);
    assert_eq!(
        (seen[1].len(), seen[1][0].rings.len(), area(&seen[1])),
        (1, 3, 79.0)
    );
    assert_eq!((seen[2].len(), area(&seen[2])), (2, 2.0));
}

#[test]
fn neighbours_with_a_common_side_become_one() {
    let row = (0..5)
        .map(|k| rectangle(f64::from(k), 0.0, 1.0, 1.0))
        .collect();
    let union = union(row, free).unwrap();
    assert_eq!((union.len(), area(&union)), (1, 5.0));
    let clean = clean_ring(&union[0].rings[0].points, 1e-9);
    assert_eq!(clean, rectangle(0.0, 0.0, 5.0, 1.0).rings[0]);
}

#[test]
fn parts_that_touch_in_a_corner_stay_apart() {
    let union = union(
        vec![rectangle(0.0, 0.0, 1.0, 1.0), rectangle(1.0, 1.0, 1.0, 1.0)],
        free,
    );
    let union = union.unwrap();
    assert_eq!(union.len(), 2);
    assert!(union.iter().all(|p| p.polygon().is_simple()));
}

#[test]
fn an_eight_keeps_the_part_that_runs_counter_clockwise() {
    let eight = Polygon {
        rings: vec![ring(&[(0.0, 0.0), (4.0, 4.0), (4.0, 0.0), (0.0, 4.0)])],
    };
    let seen = union(vec![eight], free).unwrap();
    assert_eq!(
        rings(&seen),
        [vec![ring(&[(0.0, 0.0), (2.0, 2.0), (0.0, 4.0)])]]
    );
}

#[test]
fn nothing_and_what_is_not_finite() {
    assert_eq!(
        paint(&[Vec::new(), Vec::new()], free),
        Ok(vec![Vec::new(); 2])
    );
    let broken = Polygon {
        rings: vec![ring(&[(0.0, 0.0), (f64::NAN, 1.0), (1.0, 1.0)])],
    };
    assert_eq!(union(vec![broken], free), Err(OverlayError::Tangled));
    let point = Polygon {
        rings: vec![ring(&[(1.0, 1.0); 4])],
    };
    assert_eq!(union(vec![point], free), Ok(Vec::new()));
    let stopped = union(vec![rectangle(0.0, 0.0, 1.0, 1.0)], |_| Err(Stop::Gas));
    assert_eq!(stopped, Err(OverlayError::Stopped(Stop::Gas)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_place_shows_the_last_layer_that_covers_it(seed: u64) {
        let random = &mut Random(seed);
        let count = 1 + (random.next() * 4.0) as usize;
        let layers: Vec<Vec<Polygon>> = (0..count)
            .map(|_| (0..1 + (random.next() * 3.0) as usize).map(|_| random.tangle()).collect())
            .collect();
        let seen = paint(&layers, free).unwrap();
        for polygon in seen.iter().flatten() {
            let plain = polygon.polygon();
            prop_assert!(plain.points().all(DVec2::is_finite));
            prop_assert!(plain.area() > 0.0);
            prop_assert!(plain.rings.iter().enumerate().all(|(k, r)| (signed_area(r) > 0.0) == (k == 0)));
        }
        for _ in 0..40 {
            let at = DVec2::new(random.next(), random.next()) * 10.0;
            let near = |p: &Polygon| p.edges().any(|(a, b)| segment_distance(at, a, b) < 1e-5);
            if layers.iter().flatten().any(near) {
                continue;
            }
            let covers = |layer: &Vec<Polygon>| layer.iter().map(|p| winding(p, at)).sum::<i32>() > 0;
            let expected = layers.iter().rposition(covers);
            let shown: Vec<usize> = (0..count)
                .filter(|&k| seen[k].iter().any(|p| p.polygon().contains(at)))
                .collect();
            prop_assert_eq!(shown, Vec::from_iter(expected));
        }
    }
}

#[test]
fn the_work_is_told() {
    let mut total = 0;
    let seen = paint(&[vec![rectangle(0.0, 0.0, 1.0, 1.0)]], |work| {
        total += work;
        Ok(())
    });
    assert!(seen.is_ok() && total > 4);
}
