//! What lies under a pixel.

use crate::shapes::Builder;
use crate::studio::{SIZE, Studio, at, glow, northward, shown, square};
use gable_render::Frame;
use glam::{DVec3, Vec3};

/// Where a ray from `eye` to the north through a pixel meets a plane `distance` metres away.
fn expected(eye: DVec3, (x, y): (u32, u32), distance: f64) -> DVec3 {
    let half = 0.5_f64.tan();
    let (width, height) = (f64::from(SIZE.0), f64::from(SIZE.1));
    let right = ((f64::from(x) + 0.5) / width * 2.0 - 1.0) * half * width / height;
    let up = (1.0 - (f64::from(y) + 0.5) / height * 2.0) * half;
    eye + DVec3::new(right, 1.0, up) * distance
}

#[test]
fn picking_finds_tile_feature_and_position() {
    for eye in [DVec3::ZERO, DVec3::new(1e7, -1e7, 500.0)] {
        let mut studio = Studio::new();
        let tile = |distance: f64, feature| {
            let mut builder = Builder::new(eye + DVec3::new(0.0, distance, 0.0));
            builder.add(&square(4.0, feature), glow([1.0; 3]));
            builder.model
        };
        let near = studio.add(&tile(20.0, 3));
        let far = studio.add(&tile(21.0, 4));
        let camera = northward(eye);
        for (tiles, handle, feature, distance) in [
            (vec![shown(near), shown(far)], near, 3, 20.0),
            (vec![shown(far), shown(near)], near, 3, 20.0),
            (vec![shown(far)], far, 4, 21.0),
        ] {
            for pixel in [(48, 32), (40, 25), (55, 40)] {
                let pick = studio
                    .renderer
                    .pick(&Frame::new(camera, &tiles), SIZE, pixel);
                let picked = pick.wait().expect("a device").expect("a plate");
                assert_eq!((picked.handle, picked.feature), (handle, Some(feature)));
                let away = picked.position.distance(expected(eye, pixel, distance));
                assert!(away < 1e-3, "{away} metres away at {pixel:?}");
            }
        }
        let tiles = [shown(near), shown(far)];
        for pixel in [(0, 0), (95, 63), (96, 0), (5000, 5000)] {
            let pick = studio
                .renderer
                .pick(&Frame::new(camera, &tiles), SIZE, pixel);
            assert_eq!(pick.wait(), Ok(None), "{pixel:?}");
        }
        assert_eq!(studio.gpu.failure(), None);
    }
}

#[test]
fn an_instances_feature_wins() {
    let mut studio = Studio::new();
    let mut builder = Builder::new(DVec3::new(0.0, 10.0, 0.0));
    let none = u32::from(gable_model::NO_FEATURE);
    let stands = [
        at(Vec3::new(-2.0, 0.0, 0.0), 900_000),
        at(Vec3::new(2.0, 0.0, 0.0), none),
    ];
    builder.add_at(&square(1.0, 5), glow([1.0; 3]), &stands);
    builder.add_at(
        &square(0.5, gable_model::NO_FEATURE),
        glow([1.0; 3]),
        &[at(Vec3::new(0.0, 0.0, 3.0), none)],
    );
    let tiles = [shown(studio.add(&builder.model))];
    let mut feature = |pixel| {
        let frame = Frame::new(northward(DVec3::ZERO), &tiles);
        let pick = studio.renderer.pick(&frame, SIZE, pixel);
        pick.wait().expect("a device").expect("a plate").feature
    };
    assert_eq!(feature((36, 32)), Some(900_000));
    assert_eq!(feature((59, 32)), Some(5));
    assert_eq!(feature((48, 14)), None);
}
