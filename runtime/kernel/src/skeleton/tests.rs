use super::*;
use crate::order::Order as _;
use crate::polygon::{Ring, signed_area};
use glam::DVec2;
use proptest::prelude::*;

fn ring(points: &[(f64, f64)]) -> Ring {
    points.iter().map(|&(x, y)| DVec2::new(x, y)).collect()
}

fn polygon(points: &[(f64, f64)]) -> Polygon {
    Polygon::new(ring(points))
}

fn rectangle() -> Polygon {
    polygon(&[(0.0, 0.0), (30.0, 0.0), (30.0, 20.0), (0.0, 20.0)])
}

fn l_shape() -> Polygon {
    polygon(&[
        (0.0, 0.0),
        (30.0, 0.0),
        (30.0, 10.0),
        (10.0, 10.0),
        (10.0, 20.0),
        (0.0, 20.0),
    ])
}

fn square_with_hole() -> Polygon {
    let outer = ring(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]);
    let hole = ring(&[(4.0, 4.0), (6.0, 4.0), (6.0, 6.0), (4.0, 6.0)]);
    Polygon::with_holes(outer, vec![hole])
}

fn skeleton(polygon: &Polygon) -> Skeleton {
    straight_skeleton(polygon, &vec![1.0; polygon.edge_count()], None).unwrap()
}

/// x, y, time of the nodes that are not corners, sorted.
fn inner_nodes(polygon: &Polygon, skeleton: &Skeleton) -> Vec<[f64; 3]> {
    let round = |x: f64| (x * 1e6).round() / 1e6 + 0.0;
    let inner = skeleton.points[polygon.edge_count()..].iter();
    let mut nodes: Vec<[f64; 3]> = inner.map(|p| p.to_array().map(round)).collect();
    nodes.order_by(|a, b| a.partial_cmp(b).unwrap());
    nodes
}

/// Area swept by all faces plus the area that is left.
fn covered_area(skeleton: &Skeleton) -> f64 {
    let area = |nodes: &[u32]| {
        signed_area(
            &nodes
                .iter()
                .map(|&n| skeleton.points[n as usize].truncate())
                .collect::<Ring>(),
        )
    };
    let face =
        |face: &SkeletonFace| area(&face.ring) + face.holes.iter().map(|h| area(h)).sum::<f64>();
    let left = skeleton.remainder.iter().flat_map(|polygon| &polygon.rings);
    skeleton.faces.iter().map(face).sum::<f64>() + left.map(|ring| area(&ring.points)).sum::<f64>()
}

#[test]
fn a_square_collapses_to_its_centre_in_one_moment() {
    let square = polygon(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]);
    let result = skeleton(&square);
    assert_eq!(inner_nodes(&square, &result), [[5.0, 5.0, 5.0]]);
    assert_eq!(result.faces[2].ring, [2, 3, 4]);
}

#[test]
fn a_rectangle_has_a_ridge_between_two_nodes() {
    let result = skeleton(&rectangle());
    assert_eq!(
        inner_nodes(&rectangle(), &result),
        [[10.0, 10.0, 10.0], [20.0, 10.0, 10.0]]
    );
    assert_eq!(
        result
            .faces
            .iter()
            .map(|face| face.ring.len())
            .collect::<Vec<_>>(),
        [4, 3, 4, 3]
    );
}

#[test]
fn the_corners_of_the_input_stay_bit_for_bit() {
    let turned: Ring = rectangle().rings[0]
        .iter()
        .map(|p| DVec2::new(0.1, 0.3).rotate(*p) + DVec2::new(1e5 / 3.0, -7e4 / 3.0))
        .collect();
    let result = skeleton(&Polygon::new(turned.clone()));
    for (point, given) in result.points.iter().zip(&turned) {
        assert_eq!(*point, given.extend(0.0));
    }
}

#[test]
fn parallel_edges_of_an_l_meet_along_their_length() {
    let result = skeleton(&l_shape());
    let expected = [[5.0, 5.0, 5.0], [5.0, 15.0, 5.0], [25.0, 5.0, 5.0]];
    assert_eq!(inner_nodes(&l_shape(), &result), expected);
}

#[test]
fn a_plus_splits_into_four_arms_at_one_node() {
    let plus = polygon(&[
        (1.0, 0.0),
        (2.0, 0.0),
        (2.0, 1.0),
        (3.0, 1.0),
        (3.0, 2.0),
        (2.0, 2.0),
        (2.0, 3.0),
        (1.0, 3.0),
        (1.0, 2.0),
        (0.0, 2.0),
        (0.0, 1.0),
        (1.0, 1.0),
    ]);
    let result = skeleton(&plus);
    let expected = [
        [0.5, 1.5, 0.5],
        [1.5, 0.5, 0.5],
        [1.5, 1.5, 0.5],
        [1.5, 2.5, 0.5],
        [2.5, 1.5, 0.5],
    ];
    assert_eq!(inner_nodes(&plus, &result), expected);
}

#[test]
fn a_u_keeps_its_three_ridges() {
    let u = polygon(&[
        (0.0, 0.0),
        (12.0, 0.0),
        (12.0, 10.0),
        (8.0, 10.0),
        (8.0, 4.0),
        (4.0, 4.0),
        (4.0, 10.0),
        (0.0, 10.0),
    ]);
    let expected = [
        [2.0, 2.0, 2.0],
        [2.0, 8.0, 2.0],
        [10.0, 2.0, 2.0],
        [10.0, 8.0, 2.0],
    ];
    assert_eq!(inner_nodes(&u, &skeleton(&u)), expected);
}

#[test]
fn a_concentric_hole_meets_the_outline_everywhere_at_once() {
    let result = skeleton(&square_with_hole());
    let expected = [
        [2.0, 2.0, 2.0],
        [2.0, 8.0, 2.0],
        [8.0, 2.0, 2.0],
        [8.0, 8.0, 2.0],
    ];
    assert_eq!(inner_nodes(&square_with_hole(), &result), expected);
    assert!(result.faces.iter().all(|face| face.ring.len() == 4));
}

#[test]
fn a_comb_with_many_equal_teeth_tiles() {
    let mut points = vec![(0.0, 0.0), (41.0, 0.0)];
    for tooth in (0..20).rev() {
        let x = f64::from(tooth) * 2.0;
        points.extend([(x + 2.0, 5.0), (x + 1.0, 5.0), (x + 1.0, 1.0), (x, 1.0)]);
    }
    let comb = polygon(&points);
    let comb = comb.cleaned(1e-9);
    let result = skeleton(&comb);
    assert!((covered_area(&result) - comb.area()).abs() < 1e-9);
}

#[test]
fn a_star_keeps_its_symmetry() {
    let corner = |i: usize| {
        let radius = if i.is_multiple_of(2) { 10.0 } else { 4.0 };
        let angle = std::f64::consts::TAU * i as f64 / 10.0;
        DVec2::new(crate::math::cos(angle), crate::math::sin(angle)) * radius
    };
    let star = Polygon::new((0..10).map(corner).collect());
    let result = skeleton(&star);
    let area = |face: &SkeletonFace| {
        signed_area(
            &face
                .ring
                .iter()
                .map(|&n| result.points[n as usize].truncate())
                .collect::<Ring>(),
        )
    };
    for face in &result.faces {
        assert!((area(face) - star.area() / 10.0).abs() < 1e-9);
    }
}

#[test]
fn collinear_edges_keep_one_face_each() {
    let split = polygon(&[
        (0.0, 0.0),
        (5.0, 0.0),
        (30.0, 0.0),
        (30.0, 20.0),
        (12.0, 20.0),
        (0.0, 20.0),
    ]);
    let result = skeleton(&split);
    assert!(result.faces.iter().all(|face| face.ring.len() >= 3));
    assert!((covered_area(&result) - 600.0).abs() < 1e-9);
}

#[test]
fn collinear_edges_of_different_speed_leave_a_wall() {
    let split = polygon(&[
        (0.0, 0.0),
        (5.0, 0.0),
        (10.0, 0.0),
        (10.0, 10.0),
        (0.0, 10.0),
    ]);
    let result = straight_skeleton(&split, &[0.0, 2.0, 0.0, 0.0, 0.0], Some(1.0)).unwrap();
    assert_eq!(result.walls.len(), 1);
    let ring = &result.remainder[0].rings[0];
    let points: Vec<DVec2> = ring
        .points
        .iter()
        .map(|&n| result.points[n as usize].truncate())
        .collect();
    let expected = [
        (0.0, 0.0),
        (5.0, 0.0),
        (5.0, 2.0),
        (10.0, 2.0),
        (10.0, 10.0),
        (0.0, 10.0),
    ];
    assert_eq!(points, self::ring(&expected));
    assert_eq!(
        ring.edges,
        [Some(0), None, Some(1), Some(2), Some(3), Some(4)]
    );
}

#[test]
fn nearly_parallel_edges_meet_far_away_without_harm() {
    for tilt in [1e-6, 1e-9, 1e-12] {
        let near = polygon(&[
            (0.0, 0.0),
            (50.0, tilt),
            (100.0, 0.0),
            (100.0, 10.0),
            (0.0, 10.0 + tilt),
        ]);
        let result = skeleton(&near);
        assert!(
            (covered_area(&result) - near.area()).abs() < 1e-6,
            "tilt {tilt}"
        );
    }
}

#[test]
fn repeated_points_have_empty_faces() {
    let repeated = polygon(&[
        (0.0, 0.0),
        (10.0, 0.0),
        (10.0, 0.0),
        (10.0, 10.0),
        (0.0, 10.0),
    ]);
    let result = skeleton(&repeated);
    assert_eq!(result.faces[1].ring, [] as [u32; 0]);
    assert_eq!(result.faces[2].ring[..2], [2, 3]);
    assert!((covered_area(&result) - 100.0).abs() < 1e-9);
}

#[test]
fn touching_rings_slits_and_spikes_are_resolved_at_the_start() {
    let remaining = |polygon: &Polygon| {
        let speeds = vec![1.0; polygon.edge_count()];
        let result = straight_skeleton(polygon, &speeds, Some(0.5)).unwrap();
        let area = covered_area(&result);
        assert!((area - polygon.area()).abs() < 1e-9);
        let ring = |ring: &WavefrontRing| {
            let points = ring
                .points
                .iter()
                .map(|&n| result.points[n as usize].truncate());
            signed_area(&points.collect::<Ring>())
        };
        result
            .remainder
            .iter()
            .flat_map(|polygon| &polygon.rings)
            .map(ring)
            .sum::<f64>()
    };
    let square = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)];
    let slit = [
        (0.0, 5.0),
        (4.0, 5.0),
        (4.0, 6.0),
        (6.0, 6.0),
        (6.0, 4.0),
        (4.0, 4.0),
        (4.0, 5.0),
    ];
    let keyhole = polygon(&[&square[..], &slit, &[(0.0, 5.0)]].concat());
    assert_eq!(remaining(&keyhole), 81.0 - 9.0);
    let notch = ring(&[(0.0, 4.0), (4.0, 4.0), (4.0, 6.0), (0.0, 6.0)]);
    let hole_at_the_outline = Polygon::with_holes(ring(&square), vec![notch]);
    assert_eq!(remaining(&hole_at_the_outline), 81.0 - 12.0);
    let spike = polygon(&[
        (0.0, 0.0),
        (15.0, 0.0),
        (10.0, 0.0),
        (10.0, 10.0),
        (0.0, 10.0),
    ]);
    assert_eq!(remaining(&spike), 81.0);
    let two = [
        (0.0, 0.0),
        (4.0, 0.0),
        (4.0, 4.0),
        (8.0, 4.0),
        (8.0, 8.0),
        (4.0, 8.0),
    ];
    let two_squares = polygon(&[&two[..], &[(4.0, 4.0), (0.0, 4.0)]].concat());
    assert_eq!(remaining(&two_squares), 18.0);
}

#[test]
fn resting_edges_have_upright_faces() {
    let result = straight_skeleton(&rectangle(), &[1.0, 0.0, 1.0, 0.0], None).unwrap();
    let expected = [[0.0, 10.0, 10.0], [30.0, 10.0, 10.0]];
    assert_eq!(inner_nodes(&rectangle(), &result), expected);
    assert_eq!(result.faces[1].ring.len(), 3);
}

#[test]
fn a_fast_edge_flows_around_a_resting_hole() {
    let outer = square_with_hole().rings.remove(0);
    let diamond = ring(&[(5.0, 4.0), (6.0, 5.0), (5.0, 6.0), (4.0, 5.0)]);
    let polygon = Polygon::with_holes(outer, vec![diamond]);
    let speeds = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let result = straight_skeleton(&polygon, &speeds, None).unwrap();
    assert_eq!(result.faces[0].holes.len(), 1);
    assert!((covered_area(&result) - 98.0).abs() < 1e-9);
}

#[test]
fn only_resting_edges_never_meet() {
    assert_eq!(
        straight_skeleton(&rectangle(), &[0.0; 4], None),
        Err(SkeletonError::Unbounded)
    );
    let stopped = straight_skeleton(&rectangle(), &[0.0; 4], Some(3.0)).unwrap();
    assert!((covered_area(&stopped) - 600.0).abs() < 1e-9 && stopped.remainder.len() == 1);
}

#[test]
fn a_limit_at_the_moment_of_collapse_leaves_nothing() {
    let result = straight_skeleton(&rectangle(), &[1.0; 4], Some(10.0)).unwrap();
    assert_eq!(result.remainder, []);
}

#[test]
fn bad_input_is_an_error() {
    let speeds = [1.0; 4];
    let bow = Polygon {
        rings: vec![ring(&[(0.0, 0.0), (4.0, 4.0), (4.0, 0.0), (0.0, 5.0)])],
    };
    assert_eq!(
        straight_skeleton(&bow, &speeds, None),
        Err(SkeletonError::Inconsistent)
    );
    assert_eq!(
        straight_skeleton(&rectangle(), &speeds[1..], None),
        Err(SkeletonError::Invalid)
    );
    assert_eq!(
        straight_skeleton(&rectangle(), &[f64::NAN; 4], None),
        Err(SkeletonError::Invalid)
    );
    assert_eq!(
        straight_skeleton(&rectangle(), &[-1.0; 4], None),
        Err(SkeletonError::Invalid)
    );
    let flat = polygon(&[(0.0, 0.0), (4.0, 0.0), (2.0, 0.0)]);
    assert_eq!(
        straight_skeleton(&flat, &speeds[1..], None),
        Err(SkeletonError::Degenerate)
    );
    assert_eq!(
        straight_skeleton(&Polygon::default(), &[], None),
        Err(SkeletonError::Degenerate)
    );
}

#[test]
fn two_thousand_edges_are_done_within_the_event_budget() {
    let corner = |i: usize| {
        let radius = 100.0 + 20.0 * crate::math::sin(i as f64 * 0.7) + 3.0 * ((i * 37) % 11) as f64;
        let angle = std::f64::consts::TAU * i as f64 / 2000.0;
        DVec2::new(crate::math::cos(angle), crate::math::sin(angle)) * radius
    };
    let large = Polygon::new((0..2000).map(corner).collect());
    let result = skeleton(&large);
    assert!((covered_area(&result) / large.area() - 1.0).abs() < 1e-9);
}

/// Star-shaped polygons: sorted angles, free radii.
fn star_shaped() -> impl Strategy<Value = Polygon> {
    prop::collection::vec((0.0..1.0_f64, 1.0..10.0_f64), 3..24).prop_map(|mut corners| {
        corners.order_by(|a, b| a.0.total_cmp(&b.0));
        let corner = |(turn, radius): (f64, f64)| {
            let angle = turn * std::f64::consts::TAU;
            DVec2::new(crate::math::cos(angle), crate::math::sin(angle)) * radius
        };
        Polygon::new(corners.into_iter().map(corner).collect())
    })
}

/// The same snapped to a coarse grid: collinear, parallel and simultaneous things happen all the time.
fn snapped() -> impl Strategy<Value = Polygon> {
    star_shaped().prop_map(|star| Polygon::new(star.rings[0].iter().map(|p| p.round()).collect()))
}

/// A staircase outline over columns of whole heights.
fn rectilinear() -> impl Strategy<Value = Polygon> {
    prop::collection::vec((1..8_i32, -6..0_i32), 1..12).prop_map(|columns| {
        let mut outline = Ring::new();
        for (i, &(_, bottom)) in columns.iter().enumerate() {
            outline.extend([i, i + 1].map(|x| DVec2::new(x as f64, f64::from(bottom))));
        }
        for (i, &(top, _)) in columns.iter().enumerate().rev() {
            outline.extend([i + 1, i].map(|x| DVec2::new(x as f64, f64::from(top))));
        }
        Polygon::new(outline).cleaned(1e-9)
    })
}

fn any_polygon() -> impl Strategy<Value = Polygon> {
    prop_oneof![star_shaped(), snapped(), rectilinear()]
        .prop_filter("simple polygons only", Polygon::is_simple)
}

fn assert_tiles(polygon: &Polygon, skeleton: &Skeleton) -> Result<(), TestCaseError> {
    let error = (covered_area(skeleton) - polygon.area()).abs();
    prop_assert!(error <= 1e-9 * polygon.area(), "area error {error}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn faces_tile_any_polygon(polygon in any_polygon()) {
        assert_tiles(&polygon, &skeleton(&polygon))?;
    }

    #[test]
    fn weighted_faces_tile_any_polygon(
        polygon in any_polygon(),
        speeds in prop::collection::vec(0..4_u32, 48),
    ) {
        let speeds: Vec<f64> =
            (0..polygon.edge_count()).map(|edge| f64::from(speeds[edge % 48])).collect();
        let limited = straight_skeleton(&polygon, &speeds, Some(0.5));
        assert_tiles(&polygon, &limited.unwrap())?;
        match straight_skeleton(&polygon, &speeds, None) {
            Ok(whole) => assert_tiles(&polygon, &whole)?,
            Err(error) => prop_assert_eq!(error, SkeletonError::Unbounded),
        }
    }

    #[test]
    fn faces_below_a_height_are_the_faces_of_the_limited_skeleton(
        polygon in any_polygon(),
        limit in 0.05..2.0_f64,
    ) {
        let whole = skeleton(&polygon);
        let speeds = vec![1.0; polygon.edge_count()];
        let limited = straight_skeleton(&polygon, &speeds, Some(limit)).unwrap();
        let left = polygon.area() - lower_area(&whole, limit);
        let remainder = covered_area(&limited) - lower_area(&limited, limit);
        prop_assert!((left - remainder).abs() <= 1e-6 * polygon.area(), "{left} {remainder}");
    }
}

/// Area of the parts of all faces up to a height, by clipping.
fn lower_area(skeleton: &Skeleton, limit: f64) -> f64 {
    let below = |face: &SkeletonFace| {
        let mut kept = Ring::new();
        for i in 0..face.ring.len() {
            let corner = |i: usize| skeleton.points[face.ring[i % face.ring.len()] as usize];
            let (a, b) = (corner(i), corner(i + 1));
            if a.z <= limit {
                kept.push(a.truncate());
            }
            if (a.z <= limit) != (b.z <= limit) {
                kept.push(a.lerp(b, (limit - a.z) / (b.z - a.z)).truncate());
            }
        }
        signed_area(&kept)
    };
    skeleton.faces.iter().map(below).sum()
}

#[test]
fn directions_have_a_total_order_whatever_the_sign_of_a_zero() {
    let values = [-1.0, -0.0, 0.0, 1.0, 2.0];
    let all = values
        .iter()
        .flat_map(|&x| values.map(|y| DVec2::new(x, y)));
    let directions: Vec<DVec2> = all.filter(|&direction| direction != DVec2::ZERO).collect();
    for &a in &directions {
        for &b in &directions {
            let order = junction::clockwise(a, b);
            assert_eq!(order, junction::clockwise(b, a).reverse(), "{a} {b}");
            for &c in &directions {
                if order.is_le() && junction::clockwise(b, c).is_le() {
                    assert!(junction::clockwise(a, c).is_le(), "{a} {b} {c}");
                }
            }
        }
    }
}
