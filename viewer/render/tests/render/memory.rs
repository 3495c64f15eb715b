//! What tiles take, and that they give it back.

use crate::shapes::Builder;
use crate::studio::{Studio, glow, middle, northward, plate, shown, square};
use gable_model::{ImageSource, Material, Model, Texture};
use gable_render::{Frame, ImageError, ImageKey, MemoryUse, Quality, Settings};
use glam::DVec3;

/// A tile of some 100 kB.
fn large(origin: DVec3) -> Model {
    let mut builder = Builder::new(origin);
    let mut shape = crate::shapes::Shape::default();
    for _ in 0..800 {
        shape.block(glam::Vec3::ZERO, glam::Vec3::ONE, 0);
    }
    shape.corners.truncate(4000);
    shape.indices.truncate(6000);
    builder.add(&shape, glow([1.0; 3]));
    builder.model
}

#[test]
fn removed_tiles_give_memory_back() {
    let mut studio = Studio::new();
    assert_eq!(studio.renderer.memory(), MemoryUse::default());
    let mut models = [large(DVec3::ZERO), plate(DVec3::ZERO, 1.0, glow([1.0; 3]))];
    // An odd number of corners: they are padded.
    models[1].indices.truncate(3);
    models[1].parts[0].indices.end = 3;
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let handles =
            [0, 1, 0].map(|model: usize| studio.renderer.add(&models[model]).expect("room"));
        let used = studio.renderer.memory();
        assert_eq!(used.vertices, 16 * (4000 + 4 + 4000));
        assert_eq!(used.indices, 2 * (6000 + 4 + 6000));
        assert_eq!(
            handles
                .map(|handle| studio.renderer.bytes(handle))
                .iter()
                .sum::<u64>(),
            used.used()
        );
        // Some are removed before they were sent, some after.
        studio.renderer.upload(70_000);
        for index in order {
            assert!(studio.renderer.remove(handles[index]));
        }
        assert_eq!(studio.renderer.memory(), MemoryUse::default());
        assert_eq!(studio.renderer.waiting(), 0);
    }
}

#[test]
fn uploads_keep_to_their_budget() {
    let mut studio = Studio::new();
    let model = large(DVec3::ZERO);
    let handle = studio.renderer.add(&model).expect("room");
    let total = studio.renderer.waiting();
    assert_eq!(total, model.buffer_bytes());
    let (mut sent, mut steps) = (0, 0);
    while sent < total {
        assert!(!studio.renderer.is_ready(handle));
        let step = studio.renderer.upload(10_001);
        assert!(step > 0 && step <= 10_001);
        sent += step;
        steps += 1;
        assert_eq!(studio.renderer.waiting(), total - sent);
    }
    assert_eq!(steps, total.div_ceil(10_000));
    assert!(studio.renderer.is_ready(handle));
    assert_eq!(studio.renderer.upload(10_001), 0);
    assert_eq!(studio.renderer.upload(0), 0);
}

#[test]
fn without_room_a_tile_is_refused_and_nothing_is_lost() {
    let settings = Settings {
        memory_limit: 1 << 20,
        quality: Quality::Low,
        ..Settings::default()
    };
    let mut studio = Studio::with(settings);
    let model = large(DVec3::new(0.0, 5.0, 0.0));
    let mut handles = Vec::new();
    let error = loop {
        let before = studio.renderer.memory();
        match studio.renderer.add(&model) {
            Ok(handle) => handles.push(handle),
            Err(error) => {
                assert_eq!(studio.renderer.memory(), before);
                break error;
            }
        }
    };
    assert!(
        error.bytes > 0 && handles.len() > 3,
        "{error}, {} tiles",
        handles.len()
    );
    assert!(studio.renderer.memory().allocated <= 1 << 20);
    studio.renderer.remove(handles.remove(0));
    handles.push(
        studio
            .renderer
            .add(&model)
            .expect("the room of the one that was removed"),
    );
    studio.send();
    let tiles: Vec<_> = handles.into_iter().map(shown).collect();
    studio.draw_tiles(&tiles);
}

#[test]
fn nothing_is_no_trouble() {
    let mut studio = Studio::new();
    let empty = studio
        .renderer
        .add(&Model::default())
        .expect("nothing fits anywhere");
    assert!(studio.renderer.is_ready(empty));
    assert_eq!(studio.renderer.bytes(empty), 0);
    let tiles = [shown(empty)];
    let frame = Frame::new(northward(DVec3::ZERO), &tiles);
    studio.draw(&frame);
    for size in [(0, 0), (0, 5), (5, 0)] {
        let mut encoder = studio
            .gpu
            .device()
            .create_command_encoder(&Default::default());
        let view = studio.picture.view();
        let statistics = studio.renderer.render(&mut encoder, view, size, &frame);
        assert_eq!(statistics, Ok(gable_render::FrameStatistics::default()));
        assert_eq!(studio.renderer.pick(&frame, size, (0, 0)).wait(), Ok(None));
    }
    assert_eq!(
        gable_render::Offscreen::new(&studio.gpu, (0, 0)).size(),
        (1, 1)
    );
    assert!(studio.renderer.remove(empty));
    assert_eq!(studio.gpu.failure(), None);
}

/// A square that shows an image.
fn poster(name: &str) -> Model {
    let mut builder = Builder::new(DVec3::new(0.0, 5.0, 0.0));
    let image = builder.image(name);
    let texture = Texture {
        image,
        offset: [0.0; 2],
        rotation: 0.0,
        scale: [1.0; 2],
    };
    let material = Material {
        emissive_texture: Some(texture),
        ..glow([1.0; 3])
    };
    builder.add(&square(5.0, 0), material);
    builder.model
}

fn missing(studio: &Studio) -> Vec<(ImageKey, ImageSource)> {
    studio
        .renderer
        .missing_images()
        .map(|(key, source)| (key, source.clone()))
        .collect()
}

#[test]
fn images_are_shared_and_dropped_with_the_last_tile() {
    let mut studio = Studio::new();
    let (first, second) = (studio.add(&poster("one")), studio.add(&poster("one")));
    let wanted = missing(&studio);
    assert_eq!(wanted.len(), 1);
    assert_eq!(wanted[0].1, ImageSource::Address("one".to_owned()));
    let key = wanted[0].0;
    let wrong = ImageError::Size {
        width: 2,
        height: 2,
        bytes: 12,
    };
    assert_eq!(studio.renderer.set_image(key, (2, 2), &[0; 12]), Err(wrong));
    assert!(studio.renderer.set_image(key, (0, 0), &[]).is_err());
    let dark = middle(&studio.draw_tiles(&[shown(first)]));
    studio
        .renderer
        .set_image(key, (100, 60), &[255; 100 * 60 * 4])
        .expect("room");
    assert_eq!(missing(&studio), []);
    // Not before all of it was sent.
    assert_eq!(middle(&studio.draw_tiles(&[shown(first)])), dark);
    studio.send();
    assert!(middle(&studio.draw_tiles(&[shown(first)]))[0] > 150);
    assert!(middle(&studio.draw_tiles(&[shown(second)]))[0] > 150);
    let used = studio.renderer.memory().textures;
    assert!(used > 0 && studio.renderer.bytes(first) > used);
    studio.renderer.remove(first);
    assert_eq!(studio.renderer.memory().textures, used);
    studio.renderer.remove(second);
    assert_eq!(studio.renderer.memory(), MemoryUse::default());
    studio
        .renderer
        .set_image(key, (1, 1), &[0; 4])
        .expect("late pixels are no error");
    assert_eq!(studio.renderer.memory(), MemoryUse::default());
}

#[test]
fn images_survive_that_their_array_grows() {
    let mut studio = Studio::new();
    let colors = [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255]];
    let tiles: Vec<_> = (0..11)
        .map(|index| studio.add(&poster(&format!("image {index}"))))
        .collect();
    for (index, (key, _)) in missing(&studio).into_iter().enumerate() {
        let pixels = colors[index % 3].repeat(64);
        studio
            .renderer
            .set_image(key, (8, 8), &pixels)
            .expect("room");
        studio.send();
    }
    for (index, &tile) in tiles.iter().enumerate() {
        let pixel = middle(&studio.draw_tiles(&[shown(tile)]));
        let brightest = (0..3).max_by_key(|&channel| pixel[channel]);
        assert_eq!(brightest, Some(index % 3), "image {index}: {pixel:?}");
    }
}
