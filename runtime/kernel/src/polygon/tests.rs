use super::*;
use proptest::prelude::*;

fn ring(points: &[(f64, f64)]) -> Ring {
    points.iter().map(|&(x, y)| DVec2::new(x, y)).collect()
}

fn rectangle() -> Polygon {
    Polygon::new(ring(&[(0.0, 0.0), (30.0, 0.0), (30.0, 20.0), (0.0, 20.0)]))
}

fn l_shape() -> Polygon {
    Polygon::new(ring(&[
        (0.0, 0.0),
        (30.0, 0.0),
        (30.0, 10.0),
        (10.0, 10.0),
        (10.0, 20.0),
        (0.0, 20.0),
    ]))
}

fn rectangle_with_hole() -> Polygon {
    let hole = ring(&[(10.0, 5.0), (20.0, 5.0), (20.0, 15.0), (10.0, 15.0)]);
    Polygon::with_holes(rectangle().rings.remove(0), vec![hole])
}

fn triangle_area(polygon: &Polygon) -> f64 {
    let points: Vec<DVec2> = polygon.points().collect();
    let area = |t: &[u32; 3]| signed_area(&t.map(|i| points[i as usize]));
    triangulate(&polygon.rings).iter().map(area).sum()
}

fn direction(angle: f64) -> DVec2 {
    DVec2::new(crate::math::cos(angle), crate::math::sin(angle))
}

#[test]
fn construction_orients_rings() {
    let polygon = rectangle_with_hole();
    assert!(signed_area(&polygon.rings[0]) > 0.0 && signed_area(&polygon.rings[1]) < 0.0);
    assert_eq!(polygon.area(), 500.0);
    assert_eq!(polygon.edge_count(), 8);
    assert_eq!(polygon.edge(3), (DVec2::new(0.0, 20.0), DVec2::ZERO));
}

#[test]
fn the_centroid_is_the_centre_of_mass() {
    assert_eq!(rectangle_with_hole().centroid(), DVec2::new(15.0, 10.0));
    let expected = (DVec2::new(15.0, 5.0) * 300.0 + DVec2::new(5.0, 15.0) * 100.0) / 400.0;
    assert!(l_shape().centroid().distance(expected) < 1e-12);
    let flat = Polygon {
        rings: vec![ring(&[(0.0, 0.0), (2.0, 0.0), (4.0, 0.0)])],
    };
    assert_eq!(flat.centroid(), DVec2::new(2.0, 0.0));
}

#[test]
fn containment_respects_holes_and_notches() {
    assert!(l_shape().contains(DVec2::new(5.0, 15.0)));
    assert!(!l_shape().contains(DVec2::new(15.0, 15.0)));
    assert!(!rectangle_with_hole().contains(DVec2::new(15.0, 10.0)));
    assert!(rectangle_with_hole().contains(DVec2::new(5.0, 10.0)));
}

#[test]
fn straight_angles_are_convex_and_notches_are_not() {
    let straight = ring(&[(0.0, 0.0), (5.0, 0.0), (10.0, 0.0), (10.0, 5.0), (0.0, 5.0)]);
    assert!(Polygon::new(straight).is_convex());
    assert!(!l_shape().is_convex());
    assert!(!rectangle_with_hole().is_convex());
    // Turns left everywhere, but twice around.
    let corner = |i: usize| direction(std::f64::consts::TAU * 0.4 * i as f64);
    assert!(!is_convex(&(0..5).map(corner).collect::<Ring>()));
}

#[test]
fn crossing_and_touching_rings_are_not_simple() {
    assert!(l_shape().is_simple() && rectangle_with_hole().is_simple());
    assert!(!is_simple(&ring(&[
        (0.0, 0.0),
        (4.0, 4.0),
        (4.0, 0.0),
        (0.0, 5.0)
    ])));
    assert!(
        !is_simple(&ring(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (2.0, 0.0)])),
        "touches"
    );
    assert!(
        !is_simple(&ring(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (4.0, 2.0)])),
        "spike"
    );
    assert!(
        !is_simple(&ring(&[(0.0, 0.0), (4.0, 0.0), (4.0, 0.0), (2.0, 4.0)])),
        "repeats"
    );
}

#[test]
fn cleaning_removes_repeats_straight_points_and_spikes() {
    let dirty = [
        (0.0, 0.0),
        (0.0, 0.0),
        (5.0, 0.0),
        (10.0, 0.0),
        (14.0, 0.0),
        (10.0, 0.0),
        (10.0, 10.0),
        (0.0, 10.0),
    ];
    let clean = clean_ring(&ring(&dirty), 1e-9);
    assert_eq!(signed_area(&clean), 100.0);
    assert_eq!(clean.len(), 4);
    assert_eq!(
        clean_ring(
            &ring(&[(0.0, 0.0), (5.0, 0.0), (2.0, 0.0), (1.0, 0.0)]),
            1e-9
        ),
        Ring::new()
    );
}

#[test]
fn hulls_are_counter_clockwise_without_straight_points() {
    let points = [
        (0.0, 0.0),
        (2.0, 2.0),
        (4.0, 0.0),
        (2.0, 0.0),
        (4.0, 4.0),
        (0.0, 4.0),
        (1.0, 3.0),
    ];
    assert_eq!(
        convex_hull(&ring(&points)),
        ring(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)])
    );
    assert_eq!(
        convex_hull(&ring(&[(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)])).len(),
        2
    );
}

#[test]
fn the_smallest_rectangle_follows_a_turned_outline() {
    let turn = DVec2::new(0.8, 0.6);
    let turned: Ring = l_shape().rings[0].iter().map(|p| turn.rotate(*p)).collect();
    let smallest = minimum_rectangle(&turned).unwrap();
    assert!((smallest.area() - 600.0).abs() < 1e-9);
    assert!((signed_area(&smallest.ring()) - 600.0).abs() < 1e-9);
    assert_eq!(
        minimum_rectangle(&ring(&[(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)])),
        None
    );
}

#[test]
fn the_largest_inner_rectangle_of_an_l_is_its_longer_arm() {
    let inner = inner_rectangle(&l_shape(), DVec2::X).unwrap();
    assert_eq!(
        (inner.origin, inner.size),
        (DVec2::ZERO, DVec2::new(30.0, 10.0))
    );
}

#[test]
fn the_largest_inner_rectangle_of_a_triangle_has_half_its_area() {
    let triangle = Polygon::new(ring(&[(0.0, 0.0), (10.0, 0.0), (3.0, 8.0)]));
    let inner = inner_rectangle(&triangle, DVec2::X).unwrap();
    assert!((inner.area() - 20.0).abs() < 1e-4, "{}", inner.area());
}

#[test]
fn the_largest_inner_rectangle_avoids_holes() {
    let inner = inner_rectangle(&rectangle_with_hole(), DVec2::X).unwrap();
    assert_eq!(inner.area(), 200.0);
}

#[test]
fn the_largest_inner_rectangle_by_edge_finds_a_turned_rectangle() {
    let turn = direction(0.3);
    let turned = Polygon::new(
        rectangle().rings[0]
            .iter()
            .map(|p| turn.rotate(*p))
            .collect(),
    );
    let inner = inner_rectangle_by_edge(&turned).unwrap();
    assert!((inner.area() - 600.0).abs() < 1e-6);
}

#[test]
fn convexify_cuts_an_l_in_two() {
    let pieces = convexify(&l_shape(), None);
    assert_eq!(pieces.len(), 2);
    assert!(pieces.iter().all(Polygon::is_convex));
    assert_eq!(pieces.iter().map(Polygon::area).sum::<f64>(), 400.0);
    assert_eq!(convexify(&rectangle(), None), [rectangle()]);
    // Measured: of two cuts of one length the one that goes on from the edge before the corner.
    let areas: Vec<f64> = pieces.iter().map(Polygon::area).collect();
    assert_eq!(areas, [300.0, 100.0]);
    assert_eq!(pieces[0].rings[0][0], l_shape().rings[0][0]);
}

/// Convex but for rounding.
fn fills_its_hull(polygon: &Polygon) -> bool {
    let hull = Polygon::new(convex_hull(&polygon.rings[0]));
    hull.area() - polygon.area() < 1e-9 * hull.area()
}

#[test]
fn convexify_cuts_a_comb_and_a_star_into_convex_pieces_of_the_same_area() {
    let comb = [
        (0.0, 0.0),
        (50.0, 0.0),
        (50.0, 20.0),
        (40.0, 20.0),
        (40.0, 8.0),
        (30.0, 8.0),
        (30.0, 15.0),
        (20.0, 15.0),
        (20.0, 8.0),
        (10.0, 8.0),
        (10.0, 30.0),
        (0.0, 30.0),
    ];
    let star = (0..16).map(|k| {
        let radius = if k % 2 == 0 { 10.0 } else { 4.0 };
        let (sine, cosine) = crate::math::sin_cos_degrees(22.5 * f64::from(k));
        DVec2::new(radius * cosine, radius * sine)
    });
    // The edge before one corner points along an edge on the other side.
    let grazing = [
        (2.0, 5.0),
        (0.0, 0.0),
        (10.0, 0.0),
        (10.0, 6.0),
        (11.0, 11.0),
        (8.0, 9.0),
        (8.0, 10.0),
        (5.0, 7.0),
    ];
    for ring in [ring(&comb), star.collect(), ring(&grazing)] {
        let polygon = Polygon { rings: vec![ring] };
        let pieces = convexify(&polygon, None);
        let area: f64 = pieces.iter().map(Polygon::area).sum();
        assert!((area - polygon.area()).abs() < 1e-9 * area, "{area}");
        for piece in &pieces {
            let hull = convex_hull(&piece.rings[0]);
            let hull = Polygon { rings: vec![hull] };
            assert!(
                (hull.area() - piece.area()).abs() < 1e-9 * area,
                "{piece:?}"
            );
        }
    }
}

#[test]
fn convexify_makes_no_cut_longer_than_allowed() {
    // Nothing changes then, the first edge neither.
    assert_eq!(convexify(&l_shape(), Some(1.0)), [l_shape()]);
}

#[test]
fn triangles_cover_holes_exactly() {
    assert_eq!(triangle_area(&rectangle_with_hole()), 500.0);
    assert_eq!(triangulate(&rectangle().rings).len(), 2);
    assert_eq!(triangulate(&[]), [] as [[u32; 3]; 0]);
}

fn only_polygon(polygons: &[TracedPolygon]) -> &TracedPolygon {
    assert_eq!(polygons.len(), 1);
    &polygons[0]
}

#[test]
fn an_inward_offset_has_one_border_quad_per_edge() {
    let result = offset(&l_shape(), -3.0).unwrap();
    let inside = only_polygon(&result.inside);
    let expected = [
        (3.0, 3.0),
        (27.0, 3.0),
        (27.0, 7.0),
        (7.0, 7.0),
        (7.0, 17.0),
        (3.0, 17.0),
    ];
    assert_eq!(inside.rings[0].points, ring(&expected));
    assert_eq!(inside.rings[0].edges, (0..6).map(Some).collect::<Vec<_>>());
    let quad = [(10.0, 10.0), (10.0, 20.0), (7.0, 17.0), (7.0, 7.0)];
    assert_eq!(result.border[3].ring, ring(&quad));
}

#[test]
fn an_outward_offset_keeps_sharp_corners_and_its_border_faces_down() {
    let result = offset(&l_shape(), 2.0).unwrap();
    let expected = [
        (-2.0, -2.0),
        (32.0, -2.0),
        (32.0, 12.0),
        (12.0, 12.0),
        (12.0, 22.0),
        (-2.0, 22.0),
    ];
    let inside = only_polygon(&result.inside);
    assert_eq!(inside.rings[0].points, ring(&expected));
    assert_eq!(inside.rings[0].edges, (0..6).map(Some).collect::<Vec<_>>());
    assert_eq!(
        result.border[0].ring,
        ring(&[(0.0, 0.0), (30.0, 0.0), (32.0, -2.0), (-2.0, -2.0)])
    );
}

#[test]
fn an_offset_closes_holes_and_notches() {
    let grown = offset(&rectangle_with_hole(), 5.0).unwrap();
    assert_eq!(
        only_polygon(&grown.inside).rings.len(),
        1,
        "the hole closes"
    );
    let shrunken = offset(&rectangle_with_hole(), -2.0).unwrap();
    assert_eq!(only_polygon(&shrunken.inside).rings.len(), 2);
    assert_eq!(
        only_polygon(&shrunken.inside).polygon().area(),
        26.0 * 16.0 - 14.0 * 14.0
    );
    assert_eq!(offset(&rectangle(), -10.0).unwrap().inside, []);
    // A C that closes encloses a new hole.
    let c = [
        (0.0, 0.0),
        (10.0, 0.0),
        (10.0, 4.5),
        (8.0, 4.5),
        (8.0, 2.0),
        (2.0, 2.0),
    ];
    let c = [
        &c[..],
        &[
            (2.0, 8.0),
            (8.0, 8.0),
            (8.0, 5.5),
            (10.0, 5.5),
            (10.0, 10.0),
            (0.0, 10.0),
        ],
    ]
    .concat();
    let closed = offset(&Polygon::new(ring(&c)), 1.0).unwrap();
    assert_eq!(only_polygon(&closed.inside).rings.len(), 2);
}

#[test]
fn a_dumbbell_falls_apart() {
    let dumbbell = [
        (0.0, 0.0),
        (10.0, 0.0),
        (10.0, 4.0),
        (20.0, 4.0),
        (20.0, 0.0),
        (30.0, 0.0),
        (30.0, 10.0),
        (20.0, 10.0),
        (20.0, 6.0),
        (10.0, 6.0),
        (10.0, 10.0),
        (0.0, 10.0),
    ];
    let result = offset(&Polygon::new(ring(&dumbbell)), -2.0).unwrap();
    let areas: Vec<f64> = result.inside.iter().map(|p| p.polygon().area()).collect();
    assert_eq!(areas, [36.0, 36.0]);
}

/// Outline of the only setback polygon of an only chain.
fn chain_outline(polygon: &Polygon, distances: &[f64]) -> Vec<Ring> {
    let chains = setback(polygon, distances).unwrap().join_chains().unwrap();
    assert_eq!(chains.len(), 1);
    only_polygon(&chains[0].polygons).polygon().rings
}

#[test]
fn setbacks_are_those_measured_in_city_engine() {
    let l = chain_outline(&rectangle(), &[8.0, 0.0, 0.0, 12.0]);
    let expected = [
        (0.0, 0.0),
        (30.0, 0.0),
        (30.0, 8.0),
        (12.0, 8.0),
        (12.0, 20.0),
        (0.0, 20.0),
    ];
    assert_eq!(l, [ring(&expected)]);
    let u = chain_outline(&rectangle(), &[8.0, 12.0, 0.0, 12.0]);
    let expected = [(0.0, 0.0), (30.0, 0.0), (30.0, 20.0), (18.0, 20.0)];
    let expected = [
        &expected[..],
        &[(18.0, 8.0), (12.0, 8.0), (12.0, 20.0), (0.0, 20.0)],
    ]
    .concat();
    assert_eq!(u, [ring(&expected)]);
    let o = chain_outline(&rectangle(), &[8.0, 12.0, 8.0, 12.0]);
    let hole = ring(&[(18.0, 8.0), (12.0, 8.0), (12.0, 12.0), (18.0, 12.0)]);
    assert_eq!(o, [rectangle().rings[0].clone(), hole]);
    let on_l = chain_outline(&l_shape(), &[8.0, 0.0, 0.0, 0.0, 0.0, 12.0]);
    let expected = [(0.0, 0.0), (30.0, 0.0), (30.0, 8.0), (12.0, 8.0)];
    let expected = [
        &expected[..],
        &[(12.0, 10.0), (10.0, 10.0), (10.0, 20.0), (0.0, 20.0)],
    ]
    .concat();
    assert_eq!(on_l, [ring(&expected)]);
}

#[test]
fn a_setback_that_swallows_everything_leaves_no_remainder() {
    let distances = [8.0, 12.0, 8.0, 8.0, 8.0, 12.0];
    assert_eq!(setback(&l_shape(), &distances).unwrap().remainder, []);
    assert_eq!(chain_outline(&l_shape(), &distances), l_shape().rings);
}

#[test]
fn separate_chains_stay_separate_and_know_their_edges() {
    let result = setback(&rectangle(), &[3.0, 0.0, 3.0, 0.0]).unwrap();
    assert_eq!(
        result
            .faces
            .iter()
            .map(|face| face.edge)
            .collect::<Vec<_>>(),
        [0, 2]
    );
    let chains = result.join_chains().unwrap();
    assert_eq!(
        chains
            .iter()
            .map(|chain| &chain.edges[..])
            .collect::<Vec<_>>(),
        [[0], [2]]
    );
    let front = &only_polygon(&chains[0].polygons).rings[0];
    assert_eq!(front.edges, [Some(0), None, None, None]);
    assert_eq!(
        only_polygon(&result.remainder).rings[0].edges,
        (0..4).map(Some).collect::<Vec<_>>()
    );
}

/// Simple rings over a coarse grid, with collinear and repeated coordinates.
fn grid_polygon() -> impl Strategy<Value = Polygon> {
    prop::collection::vec((0..12_i32, 0..12_i32), 3..14)
        .prop_map(|corners| {
            let centre = DVec2::new(5.5, 5.6);
            let corner = |(x, y): (i32, i32)| DVec2::new(f64::from(x), f64::from(y));
            let mut points: Ring = corners.into_iter().map(corner).collect();
            let angle = |p: &DVec2| crate::math::atan2(p.y - centre.y, p.x - centre.x);
            points.order_by(|a, b| angle(a).total_cmp(&angle(b)));
            points.dedup();
            Polygon::new(points)
        })
        .prop_filter("simple polygons only", Polygon::is_simple)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn offset_and_border_add_up_to_the_polygon(polygon in grid_polygon(), distance in -3.0..3.0_f64) {
        let result = offset(&polygon, distance).unwrap();
        let inside: f64 = result.inside.iter().map(|p| p.polygon().area()).sum();
        let border: f64 = result.border.iter().map(|face| signed_area(&face.ring)).sum();
        prop_assert!((polygon.area() - border - inside).abs() <= 1e-9 * (polygon.area() + inside));
    }

    #[test]
    fn a_shrunken_polygon_keeps_its_distance(polygon in grid_polygon(), distance in 0.05..2.0_f64) {
        for inside in offset(&polygon, -distance).unwrap().inside {
            for point in inside.polygon().points() {
                for (a, b) in polygon.edges() {
                    prop_assert!(segment_distance(point, a, b) >= distance * (1.0 - 1e-6));
                }
            }
        }
    }

    #[test]
    fn convex_pieces_and_triangles_cover_the_polygon(polygon in grid_polygon()) {
        let pieces = convexify(&polygon, None);
        prop_assert!(pieces.iter().all(fills_its_hull));
        let area: f64 = pieces.iter().map(Polygon::area).sum();
        prop_assert!((area - polygon.area()).abs() <= 1e-11 * polygon.area());
        prop_assert!((triangle_area(&polygon) - polygon.area()).abs() <= 1e-12 * polygon.area());
    }

    #[test]
    fn inner_rectangles_lie_inside(polygon in grid_polygon()) {
        let inner = inner_rectangle_by_edge(&polygon).unwrap();
        let corners = inner.ring();
        let centre = (corners[0] + corners[2]) * 0.5;
        for corner in corners {
            prop_assert!(polygon.contains(corner.lerp(centre, 1e-6)));
        }
    }
}
