use super::*;
use crate::mesh::extrude::{Sweep, extrude};
use crate::mesh::measure::{area, is_closed, volume};
use crate::mesh::primitive::{cube, cylinder};
use glam::dvec3;
use proptest::prelude::*;

fn prism(rings: &[Vec<DVec2>], height: f64) -> Mesh {
    let mut mesh = Mesh::default();
    let mut numbers = Vec::new();
    for ring in rings {
        numbers.push(
            ring.iter()
                .map(|p| mesh.add_point(dvec3(p.x, 0.0, -p.y)))
                .collect::<Vec<u32>>(),
        );
    }
    mesh.add_face(numbers.iter().map(Vec::as_slice));
    extrude(&mesh, Sweep::FaceNormal(height), DVec3::Y)
}

fn total_area(mesh: &Mesh) -> f64 {
    area(mesh, |_| true)
}

/// Cuts at the places and compares volumes; every piece must be closed and sound.
fn assert_adds_up(mesh: &Mesh, axis: usize, places: &[f64]) {
    let (low, high) = mesh.bounds().unwrap();
    let mut ends = vec![low[axis]];
    ends.extend(places);
    ends.push(high[axis]);
    let bounds: Vec<(f64, f64)> = ends.windows(2).map(|w| (w[0], w[1])).collect();
    let pieces = slabs(mesh, axis, &bounds);
    let mut sum = 0.0;
    for (piece, bound) in pieces.iter().zip(&bounds) {
        assert_eq!(piece.check(), Ok(()));
        assert!(
            piece.face_count() == 0 || is_closed(piece),
            "open piece {bound:?}: {piece:#?}"
        );
        let (piece_low, piece_high) = piece.bounds().unwrap_or_default();
        assert!(
            piece.face_count() == 0
                || piece_low[axis] >= bound.0 - 1e-6 && piece_high[axis] <= bound.1 + 1e-6
        );
        sum += volume(piece);
    }
    assert!(
        (sum - volume(mesh)).abs() < 1e-6 * volume(mesh),
        "{sum} of {}",
        volume(mesh)
    );
}

#[test]
fn a_box_cut_into_floors_is_capped() {
    let floors = slabs(&cube(), 1, &[(0.0, 0.25), (0.25, 0.5), (0.5, 1.0)]);
    for floor in &floors {
        assert_eq!((floor.points.len(), floor.face_count()), (8, 6));
        assert!(is_closed(floor));
    }
    // The first face, the bottom, is cut off: its cap comes first.
    assert_eq!(floors[1].normal(0), -DVec3::Y);
    assert_eq!(floors[0].normal(0), -DVec3::Y);
    assert_eq!(floors[0].normal(5), DVec3::Y);
    assert!((volume(&floors[1]) - 0.25).abs() < 1e-12);
}

#[test]
fn a_cut_face_begins_with_what_is_left_of_its_first_edge_or_with_the_cut_in_its_place() {
    let corners = [
        (0.0, 20.0),
        (30.0, 20.0),
        (30.0, 10.0),
        (10.0, 10.0),
        (10.0, 0.0),
        (0.0, 0.0),
    ];
    let mut mesh = Mesh::default();
    let ring = corners.map(|(x, z)| mesh.add_point(dvec3(x, 0.0, z)));
    mesh.add_face([&ring[..]]);
    let first_edge = |piece: &Mesh| {
        let ring = piece.ring(0);
        let point = |k: usize| (piece.point(ring[k]).x, piece.point(ring[k]).z);
        (point(0), point(1))
    };
    let lengthwise = slabs(&mesh, 2, &[(0.0, 8.0), (8.0, 20.0)]);
    assert_eq!(first_edge(&lengthwise[0]), ((0.0, 8.0), (10.0, 8.0)));
    assert_eq!(first_edge(&lengthwise[1]), ((0.0, 20.0), (30.0, 20.0)));
    let across = slabs(&mesh, 0, &[(0.0, 4.0), (4.0, 9.0), (9.0, 30.0)]);
    assert_eq!(first_edge(&across[0]), ((0.0, 20.0), (4.0, 20.0)));
    assert_eq!(first_edge(&across[1]), ((4.0, 20.0), (9.0, 20.0)));
    assert_eq!(first_edge(&across[2]), ((9.0, 20.0), (30.0, 20.0)));
}

#[test]
fn texture_coordinates_are_interpolated() {
    let half = &slabs(&cube(), 0, &[(0.0, 0.5)])[0];
    let front = (0..6).find(|&f| half.normal(f) == DVec3::Z).unwrap();
    let uvs = &half.uv_sets[0].coordinates[half.face_corners(front)];
    assert!(uvs.iter().any(|uv| *uv == DVec2::new(0.5, 1.0)) && uvs.iter().all(|uv| uv.x <= 0.5));
}

#[test]
fn a_c_shaped_face_falls_into_two() {
    let c = [
        (0.0, 0.0),
        (3.0, 0.0),
        (3.0, 1.0),
        (1.0, 1.0),
        (1.0, 2.0),
        (3.0, 2.0),
        (3.0, 3.0),
        (0.0, 3.0),
    ];
    let ring: Vec<DVec2> = c.iter().map(|&p| DVec2::from(p)).collect();
    let body = prism(&[ring], 2.0);
    let right = &slabs(&body, 0, &[(2.0, 3.0)])[0];
    assert!((volume(right) - 4.0).abs() < 1e-12 && is_closed(right));
    assert_eq!(right.face_count(), 12);
    for places in [&[0.5, 1.0, 2.0][..], &[1.0], &[2.5]] {
        assert_adds_up(&body, 0, places);
        assert_adds_up(&body, 2, &[-2.5, -2.0, -1.5, -1.0, -0.2]);
    }
}

#[test]
fn a_ring_shaped_body_is_cut_through_its_hole() {
    let square = |s: f64| {
        [(-s, -s), (s, -s), (s, s), (-s, s)]
            .map(DVec2::from)
            .to_vec()
    };
    let mut hole = square(1.0);
    hole.reverse();
    let body = prism(&[square(2.0), hole], 3.0);
    for places in [&[0.0][..], &[-1.0], &[-1.0, 1.0], &[-1.5, 0.5], &[1.0, 1.5]] {
        assert_adds_up(&body, 0, places);
    }
    assert_adds_up(&body, 1, &[1.0, 2.5]);
    let floor = &slabs(&body, 1, &[(1.0, 2.0)])[0];
    assert_eq!(floor.face_count(), 10);
}

#[test]
fn an_open_sheet_is_cut_without_caps() {
    let sheet = cube().subset(&[2]);
    let pieces = slabs(&sheet, 0, &[(0.0, 0.3), (0.3, 1.0)]);
    assert_eq!((pieces[0].face_count(), pieces[1].face_count()), (1, 1));
    assert!((total_area(&pieces[0]) - 0.3).abs() < 1e-12);
    let whole = slabs(&sheet, 2, &[(0.0, 1.0)]);
    assert_eq!(whole[0], sheet);
}

#[test]
fn a_stepped_body_is_cut_at_its_step() {
    let profile = [
        (0.0, 0.0),
        (4.0, 0.0),
        (4.0, 1.0),
        (2.0, 1.0),
        (2.0, 3.0),
        (0.0, 3.0),
    ];
    let body = prism(&[profile.map(DVec2::from).to_vec()], 5.0);
    assert_adds_up(&body, 2, &[-1.0]);
    assert_adds_up(&body, 2, &[-2.0, -1.0, -0.5]);
    assert_adds_up(&body, 0, &[2.0]);
}

#[test]
fn a_half_space_cuts_a_corner_off() {
    let normal = DVec3::ONE.normalize();
    let rest = half_space(&cube(), normal, normal.dot(DVec3::new(1.0, 1.0, 0.5)));
    assert!(is_closed(&rest) && (volume(&rest) - (1.0 - 0.125 / 6.0)).abs() < 1e-12);
    assert_eq!(half_space(&cube(), normal, 5.0), cube());
    let round = half_space(&cylinder(24), DVec3::Y, 0.5);
    assert!(is_closed(&round) && (volume(&round) - 0.5 * volume(&cylinder(24))).abs() < 1e-12);
}

/// A star-shaped ring with radii from `radii`.
fn star(radii: &[f64]) -> Vec<DVec2> {
    let angle = |k: usize| 360.0 * k as f64 / radii.len() as f64;
    let point = |(k, &radius): (usize, &f64)| {
        let (sin, cos) = crate::math::sin_cos_degrees(angle(k));
        DVec2::new(cos, sin) * radius
    };
    radii.iter().enumerate().map(point).collect()
}

proptest! {
    #[test]
    fn pieces_of_star_prisms_add_up_and_stay_closed(
        radii in prop::collection::vec(1.0..4.0_f64, 3..12),
        hole in 0.2..0.9_f64,
        places in prop::collection::btree_set(-30..30_i32, 1..6),
        axis in 0..3_usize,
    ) {
        let mut inner: Vec<DVec2> = star(&radii).iter().map(|p| *p * hole * 0.3).collect();
        inner.reverse();
        let body = prism(&[star(&radii), inner], 3.0);
        let (low, high) = body.bounds().unwrap();
        let places: Vec<f64> = places
            .iter()
            .map(|p| f64::from(*p) / 10.0)
            .filter(|p| *p > low[axis] + 1e-3 && *p < high[axis] - 1e-3)
            .collect();
        assert_adds_up(&body, axis, &places);
    }

    #[test]
    fn lattice_prisms_are_cut_through_their_corners(
        steps in prop::collection::vec(1..4_i32, 2..6),
        place in 1..4_i32,
        axis in 0..3_usize,
    ) {
        // A staircase outline on whole numbers, so that planes run through corners and along edges.
        let mut ring = vec![DVec2::ZERO];
        let total: i32 = steps.len() as i32;
        ring.push(DVec2::new(f64::from(total), 0.0));
        for (k, step) in steps.iter().enumerate() {
            let x = f64::from(total - k as i32);
            let y = f64::from(*step);
            ring.push(DVec2::new(x, y));
            ring.push(DVec2::new(x - 1.0, y));
        }
        let ring = polygon::clean_ring(&ring, 1e-9);
        let body = prism(&[ring], 4.0);
        let (low, high) = body.bounds().unwrap();
        let at = if axis == 2 { -f64::from(place) } else { f64::from(place) };
        prop_assume!(at > low[axis] && at < high[axis]);
        assert_adds_up(&body, axis, &[at]);
    }

    #[test]
    fn an_extruded_polygon_has_the_volume_of_its_area_times_the_distance(
        radii in prop::collection::vec(1.0..4.0_f64, 3..12),
        hole in 0.1..0.3_f64,
        distance in prop_oneof![-5.0..-0.1_f64, 0.1..5.0_f64],
        kind in 0..3_usize,
    ) {
        let mut inner: Vec<DVec2> = star(&radii).iter().map(|p| *p * hole).collect();
        inner.reverse();
        let base = prism(&[star(&radii), inner], 1.0).subset(&[1]);
        let sweep = match kind {
            0 => Sweep::FaceNormal(distance),
            1 => Sweep::VertexNormal(distance),
            _ => Sweep::Direction(DVec3::Y, distance),
        };
        let body = extrude(&base, sweep, DVec3::Y);
        prop_assert_eq!(body.check(), Ok(()));
        prop_assert!(is_closed(&body));
        let expected = base.area(0) * distance.abs();
        prop_assert!((volume(&body) - expected).abs() < 1e-9 * expected);
    }

    #[test]
    fn half_spaces_that_share_a_plane_share_the_body(
        radii in prop::collection::vec(1.0..4.0_f64, 3..9),
        tilt in (-1.0..1.0_f64, -1.0..1.0_f64, -1.0..1.0_f64),
        offset in -2.0..2.0_f64,
    ) {
        let normal = DVec3::new(tilt.0, tilt.1, tilt.2).normalize_or(DVec3::X);
        let body = prism(&[star(&radii)], 3.0);
        let (below, above) = (half_space(&body, normal, offset), half_space(&body, -normal, -offset));
        for half in [&below, &above] {
            prop_assert_eq!(half.check(), Ok(()));
            prop_assert!(half.face_count() == 0 || is_closed(half));
        }
        prop_assert!((volume(&below) + volume(&above) - volume(&body)).abs() < 1e-6 * volume(&body));
    }
}
