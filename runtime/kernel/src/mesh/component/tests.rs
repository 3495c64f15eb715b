use super::*;
use crate::abi::token::token;
use crate::mesh::extrude::{Sweep, extrude};
use crate::mesh::primitive::{cube, quad};
use glam::dvec3;
use proptest::prelude::*;

/// A shape around a mesh in the world, its pivot at the origin.
fn shape_of(mesh: Mesh) -> Shape {
    let (low, high) = mesh.bounds().unwrap();
    Shape {
        pivot: Frame::WORLD,
        scope: Scope {
            translation: low,
            axes: DMat3::IDENTITY,
            size: high - low,
        },
        geometry: Geometry::Mesh(Rc::new(mesh)),
        world_from_geometry: DAffine3::IDENTITY,
        rest: None,
    }
}

fn parts(shape: &Shape, kind: &str) -> Vec<Component> {
    components(shape, token(kind).unwrap(), -1)
}

fn chosen(shape: &Shape, kind: &str, selector: &str) -> Vec<usize> {
    let parts = parts(shape, kind);
    let selector = token(selector).unwrap();
    (0..parts.len())
        .filter(|&k| matches(&parts[k], shape, &Frame::WORLD, selector))
        .collect()
}

#[test]
fn faces_come_in_order_with_frames_of_their_own() {
    let shape = shape_of(cube().transformed(&DAffine3::from_scale(dvec3(30.0, 10.0, 20.0))));
    let faces = parts(&shape, "f");
    assert_eq!(faces.len(), 6);
    let front = &faces[2].shape;
    assert_eq!(front.pivot.origin, dvec3(0.0, 0.0, 20.0));
    assert_eq!(front.pivot.axes, DMat3::IDENTITY);
    assert_eq!(front.scope.size, dvec3(30.0, 10.0, 0.0));
    let right = &faces[3].shape;
    assert_eq!(right.pivot.axes.x_axis, DVec3::NEG_Z);
    assert_eq!(right.pivot.axes.z_axis, DVec3::X);
    assert_eq!(right.scope.size, dvec3(20.0, 10.0, 0.0));
    let covered: f64 = faces
        .iter()
        .map(|f| match &f.shape.geometry {
            Geometry::Mesh(mesh) => mesh.area(0),
            Geometry::Asset(_) => 0.0,
        })
        .sum();
    assert_eq!(covered, 2200.0);
}

#[test]
fn edges_and_vertices_are_counted_once() {
    let shape = shape_of(cube());
    let count = |kind: &str| parts(&shape, kind).len();
    assert_eq!(
        [count("f"), count("e"), count("fe"), count("v"), count("fv")],
        [6, 12, 24, 8, 24]
    );
    let edge = &parts(&shape, "e")[0];
    assert_eq!(edge.shape.scope.size, dvec3(1.0, 0.0, 0.0));
    assert!((edge.normal - dvec3(0.0, -1.0, -1.0).normalize()).length() < 1e-12);
}

#[test]
fn orientation_selectors_use_quadrants() {
    let shape = shape_of(cube());
    assert_eq!(chosen(&shape, "f", "bottom"), [0]);
    assert_eq!(chosen(&shape, "f", "top"), [1]);
    assert_eq!(chosen(&shape, "f", "front"), [2]);
    assert_eq!(chosen(&shape, "f", "right"), [3]);
    assert_eq!(chosen(&shape, "f", "back"), [4]);
    assert_eq!(chosen(&shape, "f", "left"), [5]);
    assert_eq!(chosen(&shape, "f", "side"), [2, 3, 4, 5]);
    assert_eq!(chosen(&shape, "f", "vertical"), [2, 3, 4, 5]);
    assert_eq!(chosen(&shape, "f", "horizontal"), [0, 1]);
    assert_eq!(chosen(&shape, "f", "world.south"), [2]);
    assert_eq!(chosen(&shape, "f", "street.front"), [2]);
    assert!(chosen(&shape, "f", "border").is_empty());
}

#[test]
fn a_side_at_45_degrees_is_front_and_right() {
    let mut mesh = Mesh::default();
    let (sin, cos) = crate::math::sin_cos_degrees(22.5);
    for (x, z) in [
        (-sin, cos),
        (sin, cos),
        (cos, sin),
        (cos, -sin),
        (sin, -cos),
        (-sin, -cos),
        (-cos, -sin),
        (-cos, sin),
    ] {
        mesh.add_point(dvec3(x, 0.0, z));
    }
    mesh.add_face([&[0, 1, 2, 3, 4, 5, 6, 7][..]]);
    let shape = shape_of(extrude(&mesh, Sweep::FaceNormal(1.0), DVec3::Y));
    assert_eq!(chosen(&shape, "f", "front"), [2, 3, 9]);
    assert_eq!(chosen(&shape, "f", "right"), [3, 4, 5]);
}

#[test]
fn a_negative_scope_size_turns_scope_selectors_only() {
    let mut shape = shape_of(cube());
    shape.scope.translation.z = 1.0;
    shape.scope.size.z = -1.0;
    assert_eq!(chosen(&shape, "f", "front"), [4]);
    assert_eq!(chosen(&shape, "f", "world.south"), [2]);
}

#[test]
fn a_face_with_an_open_edge_is_border() {
    let open = cube().subset(&[0, 2, 3, 4, 5]);
    assert_eq!(chosen(&shape_of(open), "f", "inside"), [0]);
}

#[test]
fn merged_and_connected_follow_shared_points() {
    let shape = shape_of(cube());
    let faces = parts(&shape, "f");
    let pick: Vec<&Component> = [0, 1].iter().map(|&k| &faces[k]).collect();
    assert_eq!(connected(&pick), [vec![0], vec![1]]);
    let sides: Vec<&Component> = (2..6).map(|k| &faces[k]).collect();
    assert_eq!(connected(&sides), [vec![0, 1, 2, 3]]);
    let Geometry::Mesh(mesh) = merged(&sides, &shape).geometry else {
        panic!("a mesh")
    };
    assert_eq!((mesh.face_count(), mesh.points.len()), (4, 8));
}

#[test]
fn trim_planes_halve_the_corner_and_are_sorted_by_slope() {
    let shape = shape_of(cube());
    let faces = parts(&shape, "f");
    let planes = trim_planes(&shape, &faces[2]);
    assert_eq!(planes.len(), 4);
    assert_eq!(
        planes.iter().map(|p| p.horizontal).collect::<Vec<_>>(),
        [true, false, true, false]
    );
    let right = planes.iter().find(|p| p.normal.x > 0.5).unwrap();
    assert!((right.normal - dvec3(1.0, 0.0, -1.0).normalize()).length() < 1e-12);
    assert_eq!(all_trim_planes(&shape)[2], planes);
}

#[test]
fn roof_edges_have_their_names() {
    // A hip roof over 4 by 2: ridge from (1, 1, 1) to (3, 1, 1).
    let mut roof = Mesh::default();
    for point in [
        [0.0, 0.0, 2.0],
        [4.0, 0.0, 2.0],
        [4.0, 0.0, 0.0],
        [0.0, 0.0, 0.0],
        [1.0, 1.0, 1.0],
        [3.0, 1.0, 1.0],
    ] {
        roof.add_point(DVec3::from_array(point));
    }
    roof.add_face([&[0, 1, 5, 4][..]]);
    roof.add_face([&[1, 2, 5][..]]);
    roof.add_face([&[2, 3, 4, 5][..]]);
    roof.add_face([&[3, 0, 4][..]]);
    let shape = shape_of(roof);
    let count = |selector: &str| chosen(&shape, "e", selector).len();
    assert_eq!(
        [count("eave"), count("hip"), count("ridge"), count("valley")],
        [4, 4, 1, 0]
    );
}

#[test]
fn no_align_keeps_the_parents_frame() {
    let shape = shape_of(quad());
    let part = &components(&shape, token("f").unwrap(), token("noAlign").unwrap())[0];
    assert_eq!(part.shape.pivot, shape.pivot);
    assert_eq!(part.shape.scope, shape.scope);
}

proptest! {
    #[test]
    fn faces_taken_apart_cover_the_body_and_point_outward(
        radii in prop::collection::vec(1.0..4.0_f64, 3..9),
        turn in (-180.0..180.0_f64, -80.0..80.0_f64, -180.0..180.0_f64),
    ) {
        let mut ring = Mesh::default();
        for (k, radius) in radii.iter().enumerate() {
            let (sin, cos) = crate::math::sin_cos_degrees(360.0 * k as f64 / radii.len() as f64);
            ring.add_point(dvec3(cos * radius, 0.0, -sin * radius));
        }
        let numbers: Vec<u32> = (0..radii.len() as u32).collect();
        ring.add_face([numbers.as_slice()]);
        let body = extrude(&ring, Sweep::FaceNormal(2.0), DVec3::Y);
        let mut shape = shape_of(body.clone());
        let axes = crate::frame::matrix_from_euler(dvec3(turn.0, turn.1, turn.2));
        shape.transform_geometry(DAffine3 { matrix3: axes, translation: dvec3(5.0, -3.0, 8.0) });
        let faces = parts(&shape, "f");
        prop_assert_eq!(faces.len(), body.face_count());
        for (number, face) in faces.iter().enumerate() {
            let Geometry::Mesh(mesh) = &face.shape.geometry else { panic!("a mesh") };
            prop_assert_eq!(mesh.check(), Ok(()));
            prop_assert!((mesh.area(0) - body.area(number)).abs() < 1e-9);
            prop_assert!((face.normal - axes * body.normal(number)).length() < 1e-9);
            prop_assert!(face.shape.scope.size.z.abs() < 1e-9);
            prop_assert!(mesh.normal(0).distance(DVec3::Z) < 1e-9);
        }
    }
}
