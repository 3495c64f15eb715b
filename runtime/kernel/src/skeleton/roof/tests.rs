use super::*;
use glam::DVec2;

fn polygon(points: &[(f64, f64)]) -> Polygon {
    Polygon::new(points.iter().map(|&(x, y)| DVec2::new(x, y)).collect())
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

/// Faces as corner lists in the axes of the measured runs: x, height above eave 10, 20 - y.
fn measured_faces(roof: &Roof) -> Vec<Vec<[f64; 3]>> {
    let corner = |&n: &u32| {
        let p = roof.points[n as usize];
        [p.x, p.z + 10.0, 20.0 - p.y]
    };
    roof.faces
        .iter()
        .map(|face| face.ring.iter().map(corner).collect())
        .collect()
}

#[test]
fn hip_roofs_are_those_measured_in_city_engine() {
    let hip = |polygon: &Polygon| roof(polygon, RoofForm::Hip, RoofSlope::Height(4.0)).unwrap();
    assert_eq!(
        measured_faces(&hip(&rectangle())),
        [
            vec![
                [0.0, 10.0, 20.0],
                [30.0, 10.0, 20.0],
                [20.0, 14.0, 10.0],
                [10.0, 14.0, 10.0]
            ],
            vec![[30.0, 10.0, 20.0], [30.0, 10.0, 0.0], [20.0, 14.0, 10.0]],
            vec![
                [30.0, 10.0, 0.0],
                [0.0, 10.0, 0.0],
                [10.0, 14.0, 10.0],
                [20.0, 14.0, 10.0]
            ],
            vec![[0.0, 10.0, 0.0], [0.0, 10.0, 20.0], [10.0, 14.0, 10.0]],
        ]
    );
    assert_eq!(
        measured_faces(&hip(&l_shape())),
        [
            vec![
                [0.0, 10.0, 20.0],
                [30.0, 10.0, 20.0],
                [25.0, 14.0, 15.0],
                [5.0, 14.0, 15.0]
            ],
            vec![[30.0, 10.0, 20.0], [30.0, 10.0, 10.0], [25.0, 14.0, 15.0]],
            vec![
                [30.0, 10.0, 10.0],
                [10.0, 10.0, 10.0],
                [5.0, 14.0, 15.0],
                [25.0, 14.0, 15.0]
            ],
            vec![
                [10.0, 10.0, 10.0],
                [10.0, 10.0, 0.0],
                [5.0, 14.0, 5.0],
                [5.0, 14.0, 15.0]
            ],
            vec![[10.0, 10.0, 0.0], [0.0, 10.0, 0.0], [5.0, 14.0, 5.0]],
            vec![
                [0.0, 10.0, 0.0],
                [0.0, 10.0, 20.0],
                [5.0, 14.0, 15.0],
                [5.0, 14.0, 5.0]
            ],
        ]
    );
}

#[test]
fn gable_roofs_are_those_measured_in_city_engine() {
    // The measured grammar passes index 0; on the concave footprint the index is ignored.
    let form = RoofForm::Gable { index: Some(0) };
    let gable = |polygon: &Polygon| roof(polygon, form, RoofSlope::Height(4.0)).unwrap();
    assert_eq!(
        measured_faces(&gable(&rectangle())),
        [
            vec![[0.0, 10.0, 20.0], [30.0, 10.0, 20.0], [15.0, 14.0, 20.0]],
            vec![
                [30.0, 10.0, 20.0],
                [30.0, 10.0, 0.0],
                [15.0, 14.0, 0.0],
                [15.0, 14.0, 20.0]
            ],
            vec![[30.0, 10.0, 0.0], [0.0, 10.0, 0.0], [15.0, 14.0, 0.0]],
            vec![
                [0.0, 10.0, 0.0],
                [0.0, 10.0, 20.0],
                [15.0, 14.0, 20.0],
                [15.0, 14.0, 0.0]
            ],
        ]
    );
    assert_eq!(
        measured_faces(&gable(&l_shape())),
        [
            vec![
                [0.0, 10.0, 20.0],
                [30.0, 10.0, 20.0],
                [30.0, 14.0, 15.0],
                [5.0, 14.0, 15.0]
            ],
            vec![[30.0, 10.0, 20.0], [30.0, 10.0, 10.0], [30.0, 14.0, 15.0]],
            vec![
                [30.0, 10.0, 10.0],
                [10.0, 10.0, 10.0],
                [5.0, 14.0, 15.0],
                [30.0, 14.0, 15.0]
            ],
            vec![
                [10.0, 10.0, 10.0],
                [10.0, 10.0, 0.0],
                [5.0, 14.0, 0.0],
                [5.0, 14.0, 15.0]
            ],
            vec![[10.0, 10.0, 0.0], [0.0, 10.0, 0.0], [5.0, 14.0, 0.0]],
            vec![
                [0.0, 10.0, 0.0],
                [0.0, 10.0, 20.0],
                [5.0, 14.0, 15.0],
                [5.0, 14.0, 0.0]
            ],
        ]
    );
}

#[test]
fn a_roof_by_angle_rises_with_the_tangent() {
    let by_angle = roof(&rectangle(), RoofForm::Hip, RoofSlope::Angle(45.0)).unwrap();
    let highest = by_angle.points.iter().map(|p| p.z).fold(0.0, f64::max);
    assert!((highest - 10.0).abs() < 1e-12);
    assert_eq!(
        roof(&rectangle(), RoofForm::Hip, RoofSlope::Angle(90.0)),
        Err(SkeletonError::Invalid)
    );
}

#[test]
fn a_square_has_two_opposite_pediments() {
    let square = polygon(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]);
    let gable = roof(
        &square,
        RoofForm::Gable { index: None },
        RoofSlope::Angle(30.0),
    )
    .unwrap();
    let upright: Vec<bool> = gable.faces.iter().map(|face| face.vertical).collect();
    assert_eq!(upright, [true, false, true, false]);
}

fn corners(roof: &Roof, face: usize) -> Vec<[f64; 3]> {
    let round = |x: f64| (x * 1e9).round() / 1e9 + 0.0;
    roof.faces[face]
        .ring
        .iter()
        .map(|&n| roof.points[n as usize].to_array().map(round))
        .collect()
}

#[test]
fn an_overhang_continues_the_roof_planes_outside() {
    // At 3:4 a length of 5 in the roof plane reaches 4 out and 3 down.
    let options = RoofOptions {
        eave_overhang: 5.0,
        gable_overhang: 2.0,
        level_ridges: false,
    };
    let form = RoofForm::Gable { index: None };
    let slope = RoofSlope::Height(7.5);
    let gable = roof_with(&rectangle(), form, slope, options).unwrap();
    let front = [
        [-2.0, -4.0, -3.0],
        [32.0, -4.0, -3.0],
        [32.0, 10.0, 7.5],
        [-2.0, 10.0, 7.5],
    ];
    assert_eq!(corners(&gable, 0), front);
    let pediment = [[30.0, 0.0, 0.0], [30.0, 20.0, 0.0], [30.0, 10.0, 7.5]];
    assert_eq!(corners(&gable, 1), pediment);
    let hip = roof_with(&rectangle(), RoofForm::Hip, slope, options).unwrap();
    assert_eq!(
        corners(&hip, 1),
        [[34.0, -4.0, -3.0], [34.0, 24.0, -3.0], [20.0, 10.0, 7.5]]
    );
}

#[test]
fn level_ridges_are_all_as_high_as_the_highest() {
    let wedge = polygon(&[(0.0, 0.0), (40.0, 0.0), (40.0, 8.0), (0.0, 20.0)]);
    let heights = |level_ridges| {
        let options = RoofOptions {
            level_ridges,
            ..RoofOptions::default()
        };
        let roof = roof_with(&wedge, RoofForm::Hip, RoofSlope::Height(5.0), options);
        roof.unwrap().points[4..]
            .iter()
            .map(|p| p.z)
            .collect::<Vec<f64>>()
    };
    assert!(heights(false).iter().any(|height| *height < 4.0));
    assert_eq!(heights(true), [5.0, 5.0]);
}
