//! Boxes and windows: results known beforehand.

use super::*;

/// The volume that two blocks share.
fn shared(a: (DVec3, DVec3), b: (DVec3, DVec3)) -> f64 {
    (a.1.min(b.1) - a.0.max(b.0))
        .max(DVec3::ZERO)
        .element_product()
}

#[test]
fn two_boxes_that_overlap_at_a_corner() {
    let (a, b) = (cube(), block(DVec3::splat(0.5), DVec3::splat(1.5)));
    for (operation, expected, faces) in [
        (Boolean::Union, 1.875, 12),
        (Boolean::Subtract, 0.875, 9),
        (Boolean::Intersect, 0.125, 6),
    ] {
        let mesh = sound(&a, &b, operation);
        assert!(is_closed(&mesh), "{operation:?} {mesh:#?}");
        assert!((volume(&mesh) - expected).abs() < 1e-12);
        assert_eq!(mesh.face_count(), faces);
    }
}

/// All ways in which two intervals can lie, along each axis: apart, touching, overlapping, inside, flush, equal.
#[test]
fn boxes_in_all_relations() {
    let ranges = [
        (-2.0, -1.0),
        (-1.0, 0.0),
        (-0.5, 0.5),
        (0.0, 0.5),
        (0.25, 0.75),
        (0.5, 1.0),
        (0.0, 1.0),
        (-0.5, 1.0),
        (-1.0, 2.0),
        (1.0, 2.0),
    ];
    for turned in [DMat3::IDENTITY, turn(20.0, 33.0, -47.0)] {
        let a = moved(&cube(), turned, DVec3::ZERO);
        for x in ranges {
            for y in ranges {
                for z in ranges {
                    let (low, high) = (dvec3(x.0, y.0, z.0), dvec3(x.1, y.1, z.1));
                    let b = moved(&block(low, high), turned, DVec3::ZERO);
                    let union = assert_adds_up(&a, &b);
                    let common = shared((DVec3::ZERO, DVec3::ONE), (low, high));
                    let expected = 1.0 + volume(&b) - common;
                    assert!(
                        (union - expected).abs() < 1e-9,
                        "{x:?} {y:?} {z:?}: {union}, not {expected}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_is_not_cut_stays_bit_for_bit() {
    let a = moved(&cylinder(24), turn(10.0, 20.0, 30.0), dvec3(0.1, 0.2, 0.3));
    let far = moved(&cube(), DMat3::IDENTITY, DVec3::splat(5.0));
    assert_eq!(combine(&a, &far, Boolean::Subtract).mesh, a);
    assert_eq!(combine(&a, &Mesh::default(), Boolean::Union).mesh, a);
    assert_eq!(combine(&Mesh::default(), &a, Boolean::Union).mesh, a);
    assert_eq!(combine(&a, &a, Boolean::Union).mesh, a);
    assert_eq!(combine(&a, &a, Boolean::Intersect).mesh, a);
    assert_eq!(combine(&a, &a, Boolean::Subtract).mesh.face_count(), 0);
    assert_eq!(combine(&a, &far, Boolean::Intersect).mesh, Mesh::default());
    let bite = moved(&cube(), DMat3::IDENTITY, dvec3(0.5, 0.5, 0.0));
    let combined = combine(&a, &bite, Boolean::Subtract);
    let mut unchanged = 0;
    for (face, source) in combined.sources.iter().enumerate() {
        let old = source.face as usize;
        let parts = combined
            .sources
            .iter()
            .filter(|other| *other == source)
            .count();
        if source.operand == Operand::B
            || parts > 1
            || (combined.mesh.area(face) - a.area(old)).abs() > 1e-9
        {
            continue;
        }
        unchanged += 1;
        let (new, old) = (combined.mesh.face_corners(face), a.face_corners(old));
        assert_eq!(combined.mesh.normals[new.clone()], a.normals[old.clone()]);
        assert_eq!(
            combined.mesh.uv_sets[0].coordinates[new.clone()],
            a.uv_sets[0].coordinates[old.clone()]
        );
        let points = |mesh: &Mesh, range: std::ops::Range<usize>| {
            mesh.corners[range]
                .iter()
                .map(|&p| mesh.point(p))
                .collect::<Vec<_>>()
        };
        assert_eq!(points(&combined.mesh, new), points(&a, old));
    }
    assert!(unchanged > 10);
}

#[test]
fn a_window_cut_through_a_wall_is_a_hole_with_a_reveal() {
    let wall = block(DVec3::ZERO, dvec3(4.0, 3.0, 0.3));
    let window = block(dvec3(1.0, 1.0, -1.0), dvec3(2.0, 2.0, 1.0));
    let combined = combine(&wall, &window, Boolean::Subtract);
    let mesh = &combined.mesh;
    assert!(is_closed(mesh));
    assert!((volume(mesh) - (12.0 - 1.0) * 0.3).abs() < 1e-12);
    assert_eq!(mesh.face_count(), 10);
    let holes: Vec<usize> = (0..10)
        .filter(|&face| mesh.loops_of(face).len() == 2)
        .collect();
    assert_eq!(holes.len(), 2);
    // The cut: four edges on each side, seen from two faces each.
    assert_eq!(combined.cut_edges.len(), 16);
    // Texture coordinates of the wall continue around the hole.
    let front = holes
        .iter()
        .find(|&&face| mesh.normal(face).z > 0.5)
        .unwrap();
    for corner in mesh.face_corners(*front) {
        let p = mesh.point(mesh.corners[corner]);
        let uv = mesh.uv_sets[0].coordinates[corner];
        assert!(uv.distance(dvec2(p.x / 4.0, p.y / 3.0)) < 1e-12);
    }
}

#[test]
fn a_door_cut_at_the_ground_is_a_notch() {
    let wall = block(DVec3::ZERO, dvec3(4.0, 3.0, 0.3));
    let door = block(dvec3(1.0, 0.0, 0.0), dvec3(2.0, 2.0, 0.3));
    let mesh = sound(&wall, &door, Boolean::Subtract);
    assert!(is_closed(&mesh));
    assert!((volume(&mesh) - (12.0 - 2.0) * 0.3).abs() < 1e-12);
    // Two parts of the bottom, front and back with a notch, three sides, top, three of the reveal.
    assert_eq!((mesh.face_count(), mesh.loops.len() - 1), (10, 10));
    let niche = block(dvec3(1.0, 0.5, 0.2), dvec3(2.0, 2.0, 0.3));
    let mesh = sound(&wall, &niche, Boolean::Subtract);
    assert!(is_closed(&mesh));
    assert_eq!((mesh.face_count(), mesh.loops.len() - 1), (11, 12));
}

#[test]
fn wings_of_a_building_become_one_body_with_one_roof_face_each() {
    let main = block(DVec3::ZERO, dvec3(10.0, 3.0, 4.0));
    let wing = block(DVec3::ZERO, dvec3(4.0, 3.0, 10.0));
    let mesh = sound(&main, &wing, Boolean::Union);
    assert!(is_closed(&mesh));
    assert!((volume(&mesh) - 3.0 * (40.0 + 24.0)).abs() < 1e-9);
    // Six of A; of B all but the end that lies inside.
    assert_eq!(mesh.face_count(), 11);
    let other = block(dvec3(6.0, 0.0, 4.0), dvec3(10.0, 3.0, 10.0));
    let mesh = sound(&mesh, &other, Boolean::Union);
    assert!(is_closed(&mesh));
    assert!((volume(&mesh) - 3.0 * (40.0 + 24.0 + 24.0)).abs() < 1e-9);
}

#[test]
fn many_windows_in_one_wall() {
    let wall = block(DVec3::ZERO, dvec3(101.0, 21.0, 0.5));
    let mut windows = Mesh::default();
    for (x, y) in (0..50).flat_map(|x| (0..10).map(move |y| (x, y))) {
        let low = dvec3(1.0 + 2.0 * f64::from(x), 1.0 + 2.0 * f64::from(y), -0.5);
        crate::mesh::merge::append(&mut windows, &block(low, low + dvec3(1.0, 1.0, 2.0)));
    }
    let mesh = sound(&wall, &windows, Boolean::Subtract);
    assert!(is_closed(&mesh));
    assert!((volume(&mesh) - 0.5 * (101.0 * 21.0 - 500.0)).abs() < 1e-7);
    assert_eq!(
        (mesh.face_count(), mesh.loops.len() - 1),
        (6 + 2000, 6 + 2000 + 1000)
    );
}

#[test]
fn parts_of_an_operand_may_touch_each_other() {
    let mut stack = block(DVec3::ZERO, dvec3(2.0, 1.0, 2.0));
    crate::mesh::merge::append(
        &mut stack,
        &block(dvec3(1.0, 1.0, 0.5), dvec3(3.0, 2.0, 1.5)),
    );
    let cutter = block(dvec3(-1.0, -1.0, 1.0), dvec3(4.0, 3.0, 3.0));
    let mesh = sound(&stack, &cutter, Boolean::Subtract);
    assert_eq!(open_edges(&mesh), 0, "{mesh:#?}");
    assert!((volume(&mesh) - 3.0).abs() < 1e-9);
    let mesh = sound(&cutter, &stack, Boolean::Subtract);
    assert_eq!(open_edges(&mesh), 0, "{mesh:#?}");
    assert!((volume(&mesh) - (40.0 - 3.0)).abs() < 1e-9);
}

#[test]
fn points_off_the_other_operand_are_not_welded() {
    let mut pair = block(DVec3::ZERO, DVec3::ONE);
    crate::mesh::merge::append(&mut pair, &block(DVec3::X, dvec3(2.0, 1.0, 1.0)));
    let far = block(DVec3::splat(5.0), DVec3::splat(6.0));
    let mut expected = pair.clone();
    crate::mesh::merge::append(&mut expected, &far);
    assert_eq!(combine(&pair, &far, Boolean::Union).mesh, expected);
    let bite = block(dvec3(-1.0, 0.5, -1.0), dvec3(0.5, 2.0, 2.0));
    let mesh = sound(&pair, &bite, Boolean::Subtract);
    assert!(is_closed(&mesh));
    assert_eq!(volume(&mesh), 1.75);
}

#[test]
fn a_hollow_operand() {
    let mut hollow = block(DVec3::ZERO, DVec3::splat(4.0));
    let mut cavity = block(DVec3::ONE, DVec3::splat(3.0));
    cavity.flip();
    crate::mesh::merge::append(&mut hollow, &cavity);
    let inner = block(DVec3::splat(1.5), DVec3::splat(2.5));
    assert!((assert_adds_up(&hollow, &inner) - 57.0).abs() < 1e-9);
    let across = block(dvec3(-1.0, 1.5, 1.5), dvec3(5.0, 2.5, 2.5));
    assert!((assert_adds_up(&hollow, &across) - 60.0).abs() < 1e-9);
}
