use super::*;
use crate::mesh::measure::{is_closed, volume};
use glam::dvec3;

/// A face on the ground from (x, z) corners, holes after the outline.
fn ground(rings: &[&[(f64, f64)]]) -> Mesh {
    let mut mesh = Mesh::default();
    let mut numbers = Vec::new();
    for ring in rings {
        numbers.push(
            ring.iter()
                .map(|&(x, z)| mesh.add_point(dvec3(x, 0.0, z)))
                .collect::<Vec<u32>>(),
        );
    }
    mesh.add_face(numbers.iter().map(Vec::as_slice));
    mesh
}

fn positions(mesh: &Mesh, face: usize) -> Vec<[f64; 3]> {
    mesh.outline(face)
        .iter()
        .map(|&p| mesh.point(p).to_array())
        .collect()
}

const LOT: &[(f64, f64)] = &[(0.0, 20.0), (30.0, 20.0), (30.0, 0.0), (0.0, 0.0)];

#[test]
fn a_lot_becomes_a_box_in_the_measured_order() {
    let mesh = extrude(&ground(&[LOT]), Sweep::FaceNormal(10.0), DVec3::Y);
    assert_eq!(mesh.check(), Ok(()));
    assert_eq!(mesh.points.len(), 8);
    let measured = [
        [
            [30.0, 0.0, 20.0],
            [0.0, 0.0, 20.0],
            [0.0, 0.0, 0.0],
            [30.0, 0.0, 0.0],
        ],
        [
            [0.0, 10.0, 20.0],
            [30.0, 10.0, 20.0],
            [30.0, 10.0, 0.0],
            [0.0, 10.0, 0.0],
        ],
        [
            [0.0, 0.0, 20.0],
            [30.0, 0.0, 20.0],
            [30.0, 10.0, 20.0],
            [0.0, 10.0, 20.0],
        ],
        [
            [30.0, 0.0, 20.0],
            [30.0, 0.0, 0.0],
            [30.0, 10.0, 0.0],
            [30.0, 10.0, 20.0],
        ],
        [
            [30.0, 0.0, 0.0],
            [0.0, 0.0, 0.0],
            [0.0, 10.0, 0.0],
            [30.0, 10.0, 0.0],
        ],
        [
            [0.0, 0.0, 0.0],
            [0.0, 0.0, 20.0],
            [0.0, 10.0, 20.0],
            [0.0, 10.0, 0.0],
        ],
    ];
    assert_eq!(mesh.face_count(), 6);
    for (face, measured) in measured.iter().enumerate() {
        assert_eq!(positions(&mesh, face), measured, "face {face}");
    }
}

#[test]
fn a_clockwise_lot_goes_down_and_a_negative_distance_too() {
    let clockwise = [(0.0, 0.0), (30.0, 0.0), (30.0, 20.0), (0.0, 20.0)];
    for (lot, distance) in [(&clockwise[..], 10.0), (LOT, -10.0)] {
        let mesh = extrude(&ground(&[lot]), Sweep::FaceNormal(distance), DVec3::Y);
        assert_eq!(mesh.bounds().unwrap().0.y, -10.0);
        assert!((volume(&mesh) - 6000.0).abs() < 1e-9 && is_closed(&mesh));
    }
}

#[test]
fn a_hole_is_walled_and_counts_twice() {
    let hole: &[(f64, f64)] = &[(10.0, 15.0), (10.0, 5.0), (20.0, 5.0), (20.0, 15.0)];
    let mesh = extrude(&ground(&[LOT, hole]), Sweep::FaceNormal(10.0), DVec3::Y);
    assert_eq!((mesh.points.len(), mesh.face_count()), (16, 10));
    assert_eq!(crate::mesh::measure::hole_count(&mesh), 2);
    assert!(is_closed(&mesh) && (volume(&mesh) - 5000.0).abs() < 1e-9);
    let inner = [
        [10.0, 0.0, 15.0],
        [10.0, 0.0, 5.0],
        [10.0, 10.0, 5.0],
        [10.0, 10.0, 15.0],
    ];
    assert_eq!(positions(&mesh, 6), inner);
}

#[test]
fn adjacent_lots_have_no_wall_between() {
    let mut lots = ground(&[LOT]);
    let (a, b) = (
        lots.add_point(dvec3(60.0, 0.0, 20.0)),
        lots.add_point(dvec3(60.0, 0.0, 0.0)),
    );
    lots.add_face([&[2, 1, a, b][..]]);
    let mesh = extrude(&lots, Sweep::FaceNormal(10.0), DVec3::Y);
    assert_eq!((mesh.points.len(), mesh.face_count()), (12, 10));
    assert!(is_closed(&mesh) && (volume(&mesh) - 12000.0).abs() < 1e-9);
    assert_eq!(
        positions(&mesh, 5),
        [
            [30.0, 0.0, 20.0],
            [30.0, 0.0, 0.0],
            [60.0, 0.0, 0.0],
            [60.0, 0.0, 20.0]
        ]
    );
}

#[test]
fn a_slope_is_swept_along_its_normal_or_upward() {
    let mut slope = ground(&[LOT]);
    slope.points[0].y = 5.0;
    slope.points[1].y = 5.0;
    let mesh = extrude(&slope, Sweep::FaceNormal(10.0), DVec3::Y);
    let high = mesh.bounds().unwrap().1;
    assert!((high.y - 14.701_425).abs() < 1e-6 && (volume(&mesh) - 6_184.658_438).abs() < 1e-5);
    let upward = extrude(&slope, Sweep::Direction(DVec3::Y, 10.0), DVec3::Y);
    assert!((volume(&upward) - 6000.0).abs() < 1e-9 && is_closed(&upward));
    let flat = extrude(&slope, Sweep::FlatTop(DVec3::Y, 3.0), DVec3::Y);
    assert!((volume(&flat) - 1500.0).abs() < 1e-9);
}

#[test]
fn vertex_normals_keep_a_folded_sheet_together() {
    let mut sheet = ground(&[LOT]);
    let (a, b) = (
        sheet.add_point(dvec3(60.0, 20.0, 20.0)),
        sheet.add_point(dvec3(60.0, 20.0, 0.0)),
    );
    sheet.add_face([&[2, 1, a, b][..]]);
    let mesh = extrude(&sheet, Sweep::VertexNormal(1.0), DVec3::Y);
    assert_eq!((mesh.points.len(), mesh.face_count()), (12, 10));
    assert!(is_closed(&mesh) && volume(&mesh) > 0.0);
    let separate = extrude(&sheet, Sweep::FaceNormal(1.0), DVec3::Y);
    assert_eq!((separate.points.len(), separate.face_count()), (16, 12));
}

#[test]
fn taper_ends_over_the_centre_of_gravity() {
    let mesh = taper(&ground(&[LOT]), 6.0);
    assert_eq!(mesh.points[4], dvec3(15.0, 6.0, 10.0));
    assert!(is_closed(&mesh) && (volume(&mesh) - 1200.0).abs() < 1e-9);
    assert!((volume(&taper(&ground(&[LOT]), -6.0)) - 1200.0).abs() < 1e-9);
}
