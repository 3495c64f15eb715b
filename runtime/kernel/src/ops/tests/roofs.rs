//! Roofs, against vertex lists measured on a rectangle and an L (there on top of a 10 m body; here on the ground).

use super::*;
use crate::mesh::measure;

const BY_HEIGHT: &str = "byHeight";

type Face = Vec<[f64; 3]>;

fn faces_after(lot: &[(f64, f64)], operation: impl Fn(&mut Kernel)) -> Vec<Face> {
    let mut kernel = kernel_on(lot);
    operation(&mut kernel);
    assert!(measure::is_closed(&world_mesh(&kernel.shape)));
    assert_scope_fits(&mut kernel);
    outlines(&kernel.shape)
}

fn face(points: &[[f64; 3]]) -> Face {
    points.to_vec()
}

#[test]
fn a_hip_roof_has_a_face_for_each_edge() {
    let faces = faces_after(LOT, |k| {
        k.roof_hip(word_token(BY_HEIGHT), 4.0, 0.0, 0).unwrap();
    });
    let measured = [
        face(&[
            [0.0, 0.0, 20.0],
            [30.0, 0.0, 20.0],
            [20.0, 4.0, 10.0],
            [10.0, 4.0, 10.0],
        ]),
        face(&[[30.0, 0.0, 20.0], [30.0, 0.0, 0.0], [20.0, 4.0, 10.0]]),
        face(&[
            [30.0, 0.0, 0.0],
            [0.0, 0.0, 0.0],
            [10.0, 4.0, 10.0],
            [20.0, 4.0, 10.0],
        ]),
        face(&[[0.0, 0.0, 0.0], [0.0, 0.0, 20.0], [10.0, 4.0, 10.0]]),
    ];
    assert_eq!(faces[0].len(), 4);
    assert_eq!(faces[1..], measured);
}

#[test]
fn a_gable_roof_on_an_l_has_two_pediments() {
    let faces = faces_after(L_LOT, |k| {
        k.roof_gable(word_token(BY_HEIGHT), 4.0, 0.0, 0.0, 0, -1.0)
            .unwrap();
    });
    let measured = [
        face(&[
            [0.0, 0.0, 20.0],
            [30.0, 0.0, 20.0],
            [30.0, 4.0, 15.0],
            [5.0, 4.0, 15.0],
        ]),
        face(&[[30.0, 0.0, 20.0], [30.0, 0.0, 10.0], [30.0, 4.0, 15.0]]),
        face(&[
            [30.0, 0.0, 10.0],
            [10.0, 0.0, 10.0],
            [5.0, 4.0, 15.0],
            [30.0, 4.0, 15.0],
        ]),
        face(&[
            [10.0, 0.0, 10.0],
            [10.0, 0.0, 0.0],
            [5.0, 4.0, 0.0],
            [5.0, 4.0, 15.0],
        ]),
        face(&[[10.0, 0.0, 0.0], [0.0, 0.0, 0.0], [5.0, 4.0, 0.0]]),
        face(&[
            [0.0, 0.0, 0.0],
            [0.0, 0.0, 20.0],
            [5.0, 4.0, 15.0],
            [5.0, 4.0, 0.0],
        ]),
    ];
    assert_eq!(faces[1..], measured);
}

#[test]
fn the_index_turns_the_gable() {
    let faces = faces_after(LOT, |k| {
        k.roof_gable(word_token(BY_HEIGHT), 4.0, 0.0, 0.0, 0, 0.0)
            .unwrap();
    });
    assert_eq!(
        faces[1],
        face(&[[0.0, 0.0, 20.0], [30.0, 0.0, 20.0], [15.0, 4.0, 20.0]])
    );
}

#[test]
fn a_pyramid_stands_over_the_mean_of_the_corners() {
    let faces = faces_after(L_LOT, |k| {
        k.roof_pyramid(word_token(BY_HEIGHT), 4.0).unwrap();
    });
    assert_eq!(
        faces[1],
        face(&[[0.0, 0.0, 20.0], [30.0, 0.0, 20.0], [13.333_333, 4.0, 10.0]])
    );
    assert_eq!(faces.len(), 7);
    let steep = faces_after(LOT, |k| {
        k.roof_pyramid(word_token("byAngle"), 45.0).unwrap();
    });
    assert_eq!(steep[1][2], [15.0, 10.0, 10.0]);
}

#[test]
fn a_shed_roof_rises_from_its_edge() {
    let faces = faces_after(L_LOT, |k| {
        k.roof_shed(word_token(BY_HEIGHT), 4.0, 0.0).unwrap();
    });
    let measured = [
        face(&[[30.0, 0.0, 20.0], [30.0, 0.0, 10.0], [30.0, 2.0, 10.0]]),
        face(&[
            [30.0, 0.0, 10.0],
            [10.0, 0.0, 10.0],
            [10.0, 2.0, 10.0],
            [30.0, 2.0, 10.0],
        ]),
        face(&[
            [10.0, 0.0, 10.0],
            [10.0, 0.0, 0.0],
            [10.0, 4.0, 0.0],
            [10.0, 2.0, 10.0],
        ]),
        face(&[
            [10.0, 0.0, 0.0],
            [0.0, 0.0, 0.0],
            [0.0, 4.0, 0.0],
            [10.0, 4.0, 0.0],
        ]),
        face(&[[0.0, 0.0, 0.0], [0.0, 0.0, 20.0], [0.0, 4.0, 0.0]]),
        face(&[
            [0.0, 0.0, 20.0],
            [30.0, 0.0, 20.0],
            [30.0, 2.0, 10.0],
            [10.0, 2.0, 10.0],
            [10.0, 4.0, 0.0],
            [0.0, 4.0, 0.0],
        ]),
    ];
    assert_eq!(faces[1..], measured);
}

#[test]
fn a_ridge_roof_is_two_planes_along_x() {
    let mut kernel = kernel_on(LOT);
    kernel.roof_ridge(word_token(BY_HEIGHT), 5.0).unwrap();
    let mesh = world_mesh(&kernel.shape);
    assert!(measure::is_closed(&mesh) && (measure::volume(&mesh) - 1500.0).abs() < 1e-9);
}

#[test]
fn overhangs_reach_out_and_down() {
    let mut kernel = kernel_on(LOT);
    kernel
        .roof_hip(word_token("byAngle"), 45.0, 2.0_f64.sqrt(), 0)
        .unwrap();
    let (low, high) = world_mesh(&kernel.shape).bounds().unwrap();
    assert!(
        (low - dvec3(-1.0, -1.0, -1.0)).length() < 1e-9
            && (high - dvec3(31.0, 10.0, 21.0)).length() < 1e-9
    );
}

#[test]
fn a_face_no_roof_fits_stays_flat() {
    let mut kernel = kernel_on(LOT);
    kernel
        .roof_hip(word_token("byAngle"), 95.0, 0.0, 0)
        .unwrap();
    assert_eq!(outlines(&kernel.shape), [ground(LOT)]);
}

#[test]
fn an_envelope_leans_back_above_its_base() {
    let mut kernel = kernel_on(LOT);
    kernel
        .envelope(
            word_token("normal"),
            15.0,
            5.0,
            45.0,
            5.0,
            90.0,
            0.0,
            90.0,
            0.0,
            90.0,
        )
        .unwrap();
    let mesh = world_mesh(&kernel.shape);
    assert!(measure::is_closed(&mesh));
    // The front loses a wedge of 10 by 10 over the whole width.
    assert!((measure::volume(&mesh) - (9000.0 - 0.5 * 100.0 * 30.0)).abs() < 1e-6);
}
