use proptest::prelude::*;

use super::*;

/// Repairs; checks that what comes out is valid, oriented and no sliver.
fn check_repair(rings: FlatPolygon) -> (Vec<FlatPolygon>, Vec<Defect>) {
    let mut defects = Vec::new();
    let polygons = repair(rings, &mut defects);
    for polygon in &polygons {
        assert_eq!(
            check::check(&mut polygon.clone()),
            Verdict::Valid,
            "{polygon:?}"
        );
        assert!(signed_area(&polygon[0]) >= ReadOptions::MINIMUM_AREA);
        assert!(polygon[1..].iter().all(|hole| signed_area(hole) < 0.0));
    }
    (polygons, defects)
}

fn area(polygons: &[FlatPolygon]) -> f64 {
    polygons
        .iter()
        .flatten()
        .map(|ring| signed_area(ring))
        .sum()
}

fn codes(defects: &[Defect]) -> Vec<&'static str> {
    defects.iter().map(Defect::code).collect()
}

fn square(x: f64, y: f64, side: f64) -> FlatRing {
    vec![[x, y], [x + side, y], [x + side, y + side], [x, y + side]]
}

#[test]
fn a_valid_polygon_keeps_its_coordinates_whatever_its_orientation() {
    let mut clockwise = square(0.1, 0.2, 10.3);
    clockwise.reverse();
    let hole = square(3.0, 3.0, 2.0);
    let (polygons, defects) = check_repair(vec![clockwise, hole.clone()]);
    assert_eq!(defects, []);
    let mut corners = polygons[0][0].clone();
    corners.sort_by(|p, q| p[0].total_cmp(&q[0]).then(p[1].total_cmp(&q[1])));
    assert_eq!(
        corners,
        [[0.1, 0.2], [0.1, 10.5], [10.4, 0.2], [10.4, 10.5]]
    );
    assert_eq!(polygons[0][1].len(), 4);
}

#[test]
fn a_bow_tie_becomes_its_two_lobes() {
    let bow_tie = vec![[0.0, 0.0], [4.0, 4.0], [4.0, 0.0], [0.0, 4.0]];
    let (polygons, defects) = check_repair(vec![bow_tie]);
    assert_eq!(codes(&defects), ["self-intersection"]);
    assert_eq!(polygons.len(), 2);
    assert!((area(&polygons) - 8.0).abs() < 1e-2, "{}", area(&polygons));
}

#[test]
fn an_area_enclosed_twice_stays_filled() {
    // Two turns around the middle square.
    let ring = vec![
        [0.0, 0.0],
        [6.0, 0.0],
        [6.0, 6.0],
        [2.0, 6.0],
        [2.0, 2.0],
        [9.0, 2.0],
        [9.0, 4.0],
        [0.0, 4.0],
    ];
    let (polygons, defects) = check_repair(vec![ring]);
    assert_eq!(codes(&defects), ["self-intersection"]);
    // 6 x 4 below, 4 x 2 above, 3 x 2 to the right.
    assert!((area(&polygons) - 38.0).abs() < 1e-2, "{}", area(&polygons));
}

#[test]
fn repeated_points_and_spikes_go() {
    let ring = vec![
        [0.0, 0.0],
        [0.0, 0.0004],
        [5.0, 0.0],
        [9.0, 0.0],
        [5.0, 0.0],
        [5.0, 5.0],
        [0.0, 5.0],
        [0.0, 0.0],
    ];
    let (polygons, defects) = check_repair(vec![ring]);
    assert_eq!(codes(&defects), ["repeated-points", "spikes"]);
    assert_eq!(
        polygons,
        [[[[0.0, 0.0], [5.0, 0.0], [5.0, 5.0], [0.0, 5.0]]]]
    );
}

#[test]
fn spikes_at_the_seam_go_too() {
    for turn in 0..6 {
        let mut ring = vec![
            [0.0, 0.0],
            [5.0, 0.0],
            [5.0, 5.0],
            [5.0, 9.0],
            [5.0, 5.0],
            [0.0, 5.0],
        ];
        ring.rotate_left(turn);
        let (polygons, defects) = check_repair(vec![ring]);
        assert_eq!(codes(&defects), ["spikes"], "turned by {turn}");
        assert_eq!(area(&polygons), 25.0);
        assert_eq!(polygons[0][0].len(), 4);
    }
}

#[test]
fn holes_outside_are_dropped_and_crossing_holes_are_cut() {
    let outside = square(20.0, 20.0, 2.0);
    let crossing = square(8.0, 4.0, 4.0);
    let (polygons, defects) = check_repair(vec![square(0.0, 0.0, 10.0), outside, crossing]);
    assert_eq!(codes(&defects), ["hole-crossing", "hole-outside"]);
    assert_eq!(area(&polygons), 92.0);
}

#[test]
fn a_hole_within_a_hole_does_not_count_twice() {
    let holes = [square(2.0, 2.0, 6.0), square(3.0, 3.0, 2.0)];
    let (polygons, defects) = check_repair(vec![
        square(0.0, 0.0, 10.0),
        holes[0].clone(),
        holes[1].clone(),
    ]);
    assert_eq!(codes(&defects), ["hole-crossing"]);
    assert_eq!(area(&polygons), 64.0);
}

#[test]
fn a_hole_may_touch_once_but_not_twice() {
    let diamond = |reach: f64| vec![[0.0, 5.0], [5.0, 1.0], [reach, 5.0], [5.0, 9.0]];
    let (polygons, defects) = check_repair(vec![square(0.0, 0.0, 10.0), diamond(9.0)]);
    assert_eq!((polygons.len(), &*defects), (1, &[][..]));
    let (polygons, defects) = check_repair(vec![square(0.0, 0.0, 10.0), diamond(10.0)]);
    assert_eq!(codes(&defects), ["hole-crossing"]);
    assert_eq!(polygons.len(), 2);
}

#[test]
fn slivers_and_lines_are_dropped() {
    let (polygons, defects) = check_repair(vec![square(0.0, 0.0, 0.2)]);
    assert_eq!((polygons.len(), codes(&defects)), (0, vec!["sliver"]));
    let line = vec![[0.0, 0.0], [5.0, 0.0], [9.0, 0.0]];
    let (polygons, defects) = check_repair(vec![line]);
    assert_eq!(
        (polygons.len(), codes(&defects)),
        (0, vec!["spikes", "degenerate-ring"])
    );
    let (polygons, _) = check_repair(vec![Vec::new()]);
    assert_eq!(polygons.len(), 0);
}

#[test]
fn a_ball_of_wool_is_dropped_in_bounded_time() {
    // Every edge crosses nearly every other.
    let count = 6001;
    let corner = |index: usize| {
        let angle = std::f64::consts::TAU * (index * (count / 2)) as f64 / count as f64;
        [1000.0 * angle.cos(), 1000.0 * angle.sin()]
    };
    let (polygons, defects) = check_repair(vec![(0..count).map(corner).collect()]);
    assert_eq!((polygons.len(), codes(&defects)), (0, vec!["tangled"]));
}

/// Rings on a coarse lattice, so that corners meet edges, edges overlap and areas vanish.
fn lattice_ring() -> impl Strategy<Value = FlatRing> {
    prop::collection::vec((0..8_i32, 0..8_i32), 0..14).prop_map(|points| {
        points
            .into_iter()
            .map(|(x, y)| [f64::from(x), f64::from(y)])
            .collect()
    })
}

/// Star-shaped rings: always simple.
fn star_ring() -> impl Strategy<Value = FlatRing> {
    prop::collection::vec(1.0..50.0_f64, 3..30).prop_map(|radii| {
        let step = std::f64::consts::TAU / radii.len() as f64;
        let corner = |(index, radius): (usize, &f64)| {
            let angle = step * index as f64;
            [1e5 + radius * angle.cos(), -2e5 + radius * angle.sin()]
        };
        radii.iter().enumerate().map(corner).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        rng_seed: prop::test_runner::RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_goes_in_valid_polygons_come_out(
        rings in prop::collection::vec(lattice_ring(), 1..4),
    ) {
        check_repair(rings);
    }

    #[test]
    fn random_tangles_come_out_valid(
        ring in prop::collection::vec((0.0..100.0_f64, 0.0..100.0_f64), 3..40),
    ) {
        check_repair(vec![ring.into_iter().map(|(x, y)| [x, y]).collect()]);
    }

    #[test]
    fn rings_that_nearly_touch_come_out_valid(
        rings in prop::collection::vec(lattice_ring(), 1..4),
        exponent in 1..16_i32,
        east in -1e6..1e6_f64,
        seed in 0..1000_u32,
    ) {
        // Corners off the lattice by a tenth of a metre down to the last bit, far from the origin.
        let size = 10.0_f64.powi(-exponent);
        let mut state = seed;
        let mut jitter = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(state >> 8) / f64::from(1 << 24) - 0.5) * size
        };
        let mut shift = |[x, y]: [f64; 2]| [east + x + jitter(), 7e5 + y + jitter()];
        let rings = rings.into_iter().map(|ring| ring.into_iter().map(&mut shift).collect());
        check_repair(rings.collect());
    }

    #[test]
    fn simple_rings_keep_area_and_corners(ring in star_ring()) {
        let expected = signed_area(&ring);
        let corners = ring.len();
        let (polygons, defects) = check_repair(vec![ring]);
        prop_assert_eq!(&defects[..], &[]);
        prop_assert_eq!(area(&polygons), expected);
        prop_assert_eq!(polygons[0][0].len(), corners);
    }

    #[test]
    fn repairing_twice_changes_nothing_more(rings in prop::collection::vec(lattice_ring(), 1..3)) {
        for polygon in check_repair(rings).0 {
            let (again, _) = check_repair(polygon.clone());
            prop_assert_eq!(again.len(), 1);
            // Corners rounded to the grid may make a spike of less than a micrometre.
            prop_assert!((area(&again) - area(&[polygon])).abs() < 1e-4);
        }
    }
}
