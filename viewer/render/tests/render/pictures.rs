//! What is seen where.

use crate::shapes::{Builder, Shape, paint};
use crate::studio::{SIZE, Studio, glow, middle, northward, plate, shown};
use gable_model::{AlphaMode, Material, NO_FEATURE};
use gable_render::{Fade, Frame, Ground, Quality, Settings, Shown, Sun};
use glam::{DVec3, Vec3};

const RED: [f32; 3] = [1.0, 0.0, 0.0];
const GREEN: [f32; 3] = [0.0, 1.0, 0.0];

fn is_red([red, green, ..]: [u8; 4]) -> bool {
    u16::from(red) > 2 * u16::from(green.max(40))
}

fn is_green([red, green, ..]: [u8; 4]) -> bool {
    u16::from(green) > 2 * u16::from(red.max(40))
}

/// A street corner with shadows, at any origin.
fn corner(origin: DVec3) -> gable_model::Model {
    let mut builder = Builder::new(origin);
    let mut houses = Shape::default();
    for index in 0..6 {
        let low = Vec3::new(
            index as f32 * 7.0 - 20.0,
            20.0 + (index % 3) as f32 * 9.0,
            0.0,
        );
        houses.block(
            low,
            low + Vec3::new(5.0, 5.0, 6.0 + index as f32),
            NO_FEATURE,
        );
    }
    builder.add(&houses, paint(200, 150, 110));
    let mut ball = Shape::default();
    ball.ball(Vec3::new(0.0, 12.0, 2.0), Vec3::splat(1.5), 8, NO_FEATURE);
    builder.add(&ball, paint(80, 120, 60));
    builder.model
}

#[test]
fn pictures_are_the_same_far_from_the_origin() {
    // Shadow texels lie on a grid that begins anew every 1024 metres.
    let far = DVec3::new(9766.0 * 1024.0, -9765.0 * 1024.0, 0.0);
    let draw = |origin: DVec3| {
        let mut studio = Studio::with(Settings {
            quality: Quality::High,
            ..Settings::default()
        });
        let tile = studio.add(&corner(origin + DVec3::new(1.5, 0.25, 0.0)));
        let tiles = [shown(tile)];
        let camera = gable_render::Camera {
            forward: Vec3::new(0.1, 1.0, -0.15),
            ..northward(origin + DVec3::new(0.625, -3.375, 5.125))
        };
        let ground = Some(Ground {
            height: 0.0,
            color: [0.1, 0.12, 0.05],
        });
        studio.draw(&Frame {
            ground,
            sun: Sun::at(4.0, 0.6),
            ..Frame::new(camera, &tiles)
        })
    };
    let (near, far) = (draw(DVec3::ZERO), draw(far));
    for (index, (near, far)) in near.iter().zip(&far).enumerate() {
        let most = near
            .iter()
            .zip(far)
            .map(|(near, far)| near.abs_diff(*far))
            .max();
        assert!(most <= Some(1), "pixel {index}: {near:?} {far:?}");
    }
}

#[test]
fn the_nearer_is_seen_at_any_distance_and_in_any_order() {
    let mut studio = Studio::new();
    for (near, far) in [(0.2, 0.3), (10.0, 10.01), (50_000.0, 50_100.0)] {
        let mut tile = |distance: f64, color| {
            studio.add(&plate(
                DVec3::new(0.0, distance, 0.0),
                distance as f32,
                glow(color),
            ))
        };
        let (red, green) = (shown(tile(near, RED)), shown(tile(far, GREEN)));
        let clear = gable_render::Haze {
            visibility: 1e9,
            base: 0.0,
        };
        for tiles in [[red, green], [green, red]] {
            let frame = Frame {
                haze: clear,
                ..Frame::new(northward(DVec3::ZERO), &tiles)
            };
            let pixel = middle(&studio.draw(&frame));
            assert!(is_red(pixel), "{near} before {far}: {pixel:?}");
        }
    }
}

#[test]
fn what_turns_its_back_is_seen_only_if_it_has_two_sides() {
    let mut studio = Studio::new();
    let mut model = plate(DVec3::new(0.0, 5.0, 0.0), 5.0, glow(RED));
    model.indices.reverse();
    let one = studio.add(&model);
    assert!(!is_red(middle(&studio.draw_tiles(&[shown(one)]))));
    model.materials[0].double_sided = true;
    let two = studio.add(&model);
    assert!(is_red(middle(&studio.draw_tiles(&[shown(two)]))));
}

#[test]
fn tiles_that_take_each_others_place_cover_every_pixel_once() {
    let mut studio = Studio::new();
    let origin = DVec3::new(0.0, 5.0, 0.0);
    let old = studio.add(&plate(origin, 20.0, glow(RED)));
    let new = studio.add(&plate(origin, 20.0, glow(GREEN)));
    for share in [0.0, 0.25, 0.5, 0.9, 1.0] {
        let vanishing = Shown {
            fade: Fade::Out(share),
            ..shown(old)
        };
        let appearing = Shown {
            fade: Fade::In(share),
            ..shown(new)
        };
        let old_alone = studio.draw_tiles(&[vanishing]);
        let new_alone = studio.draw_tiles(&[appearing]);
        let both = studio.draw_tiles(&[vanishing, appearing]);
        let mut count = 0;
        for ((old, new), both) in old_alone.into_iter().zip(new_alone).zip(both) {
            assert!(is_red(old) != is_green(new), "{share}: {old:?} {new:?}");
            assert_eq!(both, if is_green(new) { new } else { old });
            count += u32::from(is_green(new));
        }
        let got = count as f32 / (SIZE.0 * SIZE.1) as f32;
        assert!((got - share).abs() < 0.02, "{share} wanted, {got} drawn");
    }
}

#[test]
fn a_removed_tile_is_never_drawn() {
    let mut studio = Studio::new();
    let empty = studio.draw_tiles(&[]);
    let old = studio.add(&plate(DVec3::new(0.0, 5.0, 0.0), 1.0, glow(RED)));
    assert_ne!(studio.draw_tiles(&[shown(old)]), empty);
    assert!(studio.renderer.remove(old));
    assert!(!studio.renderer.remove(old));
    assert_eq!(studio.draw_tiles(&[shown(old)]), empty);
    // The next tile takes its place, but not its name.
    let new = studio.add(&plate(DVec3::new(0.0, 5.0, 0.0), 1.0, glow(GREEN)));
    assert_eq!(studio.draw_tiles(&[shown(old)]), empty);
    assert!(is_green(middle(
        &studio.draw_tiles(&[shown(old), shown(new)])
    )));
}

#[test]
fn a_tile_that_was_not_sent_is_not_drawn() {
    let mut studio = Studio::new();
    let empty = studio.draw_tiles(&[]);
    let model = plate(DVec3::new(0.0, 5.0, 0.0), 1.0, glow(RED));
    let tile = studio.renderer.add(&model).expect("room");
    assert_eq!(studio.draw_tiles(&[shown(tile)]), empty);
}

#[test]
fn what_is_outside_the_picture_is_culled() {
    let mut studio = Studio::new();
    let ahead = studio.add(&plate(DVec3::new(0.0, 5.0, 0.0), 1.0, glow(RED)));
    let behind = studio.add(&plate(DVec3::new(0.0, -5.0, 0.0), 1.0, glow(RED)));
    let tiles = [shown(ahead), shown(behind)];
    let mut encoder = studio
        .gpu
        .device()
        .create_command_encoder(&Default::default());
    let frame = Frame {
        shadow_reach: 0.0,
        ..Frame::new(northward(DVec3::ZERO), &tiles)
    };
    let statistics = studio
        .renderer
        .render(&mut encoder, studio.picture.view(), SIZE, &frame)
        .expect("room for a small picture");
    assert_eq!((statistics.draws, statistics.culled), (1, 1));
    assert_eq!((statistics.triangles, statistics.instances), (2, 1));
}

#[test]
fn things_cast_shadows_and_do_not_shade_themselves() {
    let mut studio = Studio::with(Settings {
        quality: Quality::High,
        ..Settings::default()
    });
    let mut floor = Shape::default();
    let at = |x: f32, y: f32, z: f32| Vec3::new(x, y, z);
    floor.face(
        &[
            at(-20.0, 0.0, 0.0),
            at(20.0, 0.0, 0.0),
            at(20.0, 40.0, 0.0),
            at(-20.0, 40.0, 0.0),
        ],
        NO_FEATURE,
    );
    let mut builder = Builder::new(DVec3::ZERO);
    builder.add(&floor, paint(128, 128, 128));
    let floor = shown(studio.add(&builder.model));
    let mut roof = Shape::default();
    roof.block(at(-2.0, 8.0, 8.0), at(2.0, 12.0, 8.5), NO_FEATURE);
    let mut builder = Builder::new(DVec3::ZERO);
    builder.add(&roof, paint(128, 128, 128));
    let roof = shown(studio.add(&builder.model));
    let camera = gable_render::Camera {
        forward: Vec3::new(0.0, 10.0, -6.0),
        up: Vec3::Z,
        ..northward(DVec3::new(0.0, 0.0, 6.0))
    };
    let noon = |tiles: &[Shown], studio: &mut Studio| {
        let frame = Frame {
            sun: Sun::at(0.0, 1.57),
            ..Frame::new(camera, tiles)
        };
        studio.draw(&frame)
    };
    let lit = noon(&[floor], &mut studio);
    let shaded = noon(&[floor, roof], &mut studio);
    let sum = |pixel: [u8; 4]| u32::from(pixel[0]) + u32::from(pixel[1]) + u32::from(pixel[2]);
    assert!(
        sum(middle(&shaded)) * 2 < sum(middle(&lit)),
        "{:?}",
        middle(&shaded)
    );
    // The lower rows show nothing but floor, evenly lit however low the sun.
    for height in [1.2, 0.5, 0.15] {
        let tiles = [floor];
        let frame = Frame {
            sun: Sun::at(1.0, height),
            ..Frame::new(camera, &tiles)
        };
        let picture = studio.draw(&frame);
        let lower = &picture[(SIZE.0 * SIZE.1 * 3 / 4) as usize..];
        for (index, pair) in lower.windows(2).enumerate() {
            let step = sum(pair[0]).abs_diff(sum(pair[1]));
            let new_row = (index as u32 + 1).is_multiple_of(SIZE.0);
            assert!(step <= 6 || new_row, "{height}, pixel {index}: {pair:?}");
        }
    }
}

#[test]
fn tint_and_selection_are_seen() {
    let mut studio = Studio::new();
    let mut builder = Builder::new(DVec3::new(0.0, 5.0, 0.0));
    builder.add(&crate::studio::square(1.0, 7), paint(120, 120, 120));
    let tile = studio.add(&builder.model);
    let plain = middle(&studio.draw_tiles(&[shown(tile)]));
    let tinted = Shown {
        tint: Some([0.0, 1.0, 0.0, 0.8]),
        ..shown(tile)
    };
    assert!(is_green(middle(&studio.draw_tiles(&[tinted]))));
    let tiles = [shown(tile)];
    let select = |feature| Frame {
        selected: Some((tile, feature)),
        ..Frame::new(northward(DVec3::ZERO), &tiles)
    };
    assert_eq!(middle(&studio.draw(&select(6))), plain);
    assert_ne!(middle(&studio.draw(&select(7))), plain);
}

#[test]
fn wireframe_leaves_surfaces_open() {
    let mut studio = Studio::new();
    if !studio.renderer.capabilities().wireframe {
        return;
    }
    let tile = studio.add(&plate(DVec3::new(0.0, 5.0, 0.0), 2.0, glow(RED)));
    let tiles = [shown(tile)];
    let frame = Frame::new(northward(DVec3::ZERO), &tiles);
    let count = |picture: Vec<[u8; 4]>| picture.into_iter().filter(|&pixel| is_red(pixel)).count();
    let filled = count(studio.draw(&frame));
    let lines = count(studio.draw(&Frame {
        wireframe: true,
        ..frame
    }));
    assert!(lines > 20 && lines * 4 < filled, "{lines} of {filled}");
}

#[test]
fn what_is_behind_glass_is_seen_and_what_is_cut_out_is_not() {
    let mut studio = Studio::new();
    let at = |distance| DVec3::new(0.0, distance, 0.0);
    let with = |alpha, opacity| Material {
        base_color: [0.0, 0.0, 0.0, opacity],
        alpha,
        roughness: 1.0,
        ..glow([0.0; 3])
    };
    let shines = |[red, green, ..]: [u8; 4]| red > green.saturating_add(60);
    let back = shown(studio.add(&plate(at(8.0), 20.0, glow(RED))));
    let mut front = |alpha, opacity| {
        let tile = studio.add(&plate(at(5.0), 20.0, with(alpha, opacity)));
        // In front of it in the list, behind it in the picture.
        middle(&studio.draw_tiles(&[shown(tile), back]))
    };
    assert!(!shines(front(AlphaMode::Opaque, 0.3)));
    assert!(shines(front(AlphaMode::Blend, 0.3)));
    let clear = front(AlphaMode::Blend, 0.1)[0];
    let dark = front(AlphaMode::Blend, 0.8)[0];
    assert!(clear > dark + 30, "{clear} {dark}");
    assert!(shines(front(AlphaMode::Mask(0.5), 0.3)));
    assert!(!shines(front(AlphaMode::Mask(0.5), 0.6)));
}
