//! Surfaces: against solids, and in one plane.

use super::*;

fn assert_areas_add_up(a: &Mesh, b: &Mesh) {
    let areas = ALL.map(|operation| total_area(&sound(a, b, operation)));
    assert_measures_add_up([total_area(a), total_area(b)], areas);
}

fn rectangle(low: DVec2, high: DVec2) -> Mesh {
    polygon(&[vec![low, dvec2(high.x, low.y), high, dvec2(low.x, high.y)]])
}

#[test]
fn rectangles_in_a_plane() {
    let a = rectangle(DVec2::ZERO, dvec2(2.0, 2.0));
    let b = rectangle(DVec2::ONE, dvec2(3.0, 3.0));
    for (operation, faces, expected) in [
        (Boolean::Union, 3, 7.0),
        (Boolean::Subtract, 1, 3.0),
        (Boolean::Intersect, 1, 1.0),
    ] {
        let mesh = sound(&a, &b, operation);
        assert_eq!(mesh.face_count(), faces);
        assert!((total_area(&mesh) - expected).abs() < 1e-12);
    }
    let mut turned = b.clone();
    turned.flip();
    assert_areas_add_up(&a, &turned);
    let inside = rectangle(dvec2(0.5, 0.5), DVec2::ONE);
    let mesh = sound(&a, &inside, Boolean::Subtract);
    assert_eq!((mesh.face_count(), mesh.loops.len() - 1), (1, 2));
    assert_eq!(total_area(&mesh), 3.75);
}

#[test]
fn polygons_with_holes_in_random_planes() {
    for seed in 0..1500 {
        let random = &mut Random(seed);
        let (matrix, by) = (random.turn(), random.point(10.0));
        let mut flat = || {
            let corners = 5 + random.below(12) as usize;
            let outline = random.star(corners, 0.6, 1.5);
            let mut hole = random.star(5, 0.1, 0.4);
            hole.reverse();
            let face = polygon(&[outline, hole]);
            let place = dvec3(random.between(-1.0, 1.0), 0.0, random.between(-1.0, 1.0));
            moved(&moved(&face, DMat3::IDENTITY, place), matrix, by)
        };
        assert_areas_add_up(&flat(), &flat());
    }
}

#[test]
fn a_surface_against_a_solid() {
    let facade = block(DVec3::ZERO, dvec3(4.0, 2.0, 1.0)).subset(&[2]);
    let solid = block(dvec3(1.0, 0.5, 0.0), dvec3(2.0, 1.5, 2.0));
    assert_eq!(total_area(&facade), 8.0);
    let mesh = sound(&facade, &solid, Boolean::Subtract);
    assert_eq!(
        (mesh.face_count(), mesh.loops.len() - 1, total_area(&mesh)),
        (1, 2, 7.0)
    );
    let mesh = sound(&facade, &solid, Boolean::Intersect);
    assert_eq!((mesh.face_count(), total_area(&mesh)), (1, 1.0));
    let mesh = sound(&facade, &solid, Boolean::Union);
    assert_eq!(
        (mesh.face_count(), total_area(&mesh)),
        (7, 7.0 + total_area(&solid))
    );
    let mesh = sound(&solid, &facade, Boolean::Subtract);
    assert_eq!(mesh, solid);
    let mesh = sound(&solid, &facade, Boolean::Union);
    assert_eq!(
        (mesh.face_count(), total_area(&mesh)),
        (7, 7.0 + total_area(&solid))
    );
    let mesh = sound(&solid, &facade, Boolean::Intersect);
    assert_eq!((mesh.face_count(), total_area(&mesh)), (1, 1.0));
}

#[test]
fn a_facade_in_the_plane_of_a_wall() {
    let facade = block(DVec3::ZERO, dvec3(4.0, 2.0, 1.0)).subset(&[2]);
    let behind = block(dvec3(1.0, 0.5, 0.0), dvec3(2.0, 1.5, 1.0));
    let before = block(dvec3(1.0, 0.5, 1.0), dvec3(2.0, 1.5, 2.0));
    for (solid, operation, expected) in [
        (&behind, Boolean::Subtract, 7.0),
        (&before, Boolean::Subtract, 8.0),
        (&behind, Boolean::Intersect, 1.0),
        (&before, Boolean::Intersect, 0.0),
        (&behind, Boolean::Union, 8.0 + 5.0),
        (&before, Boolean::Union, 7.0 + 6.0),
    ] {
        let mesh = sound(&facade, solid, operation);
        assert!(
            (total_area(&mesh) - expected).abs() < 1e-12,
            "{operation:?} {expected}"
        );
    }
    let mesh = sound(&behind, &facade, Boolean::Union);
    assert!((total_area(&mesh) - 13.0).abs() < 1e-12);
}

#[test]
fn a_box_without_a_lid_is_a_surface() {
    let open = cube().subset(&[0, 2, 3, 4, 5]);
    let solid = block(DVec3::splat(0.5), DVec3::splat(1.5));
    let mesh = sound(&open, &solid, Boolean::Subtract);
    assert!((total_area(&mesh) - (5.0 - 0.5)).abs() < 1e-12);
    let mesh = sound(&solid, &open, Boolean::Subtract);
    assert_eq!(mesh, solid);
}
