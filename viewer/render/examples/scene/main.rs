//! Draws a little town: `cargo run -p gable-render --example scene -- out.png [view] [sun's height in degrees]
//! [quality]`.

#![expect(clippy::print_stderr, reason = "an example speaks to whoever runs it")]

#[path = "../../tests/render/shapes.rs"]
mod shapes;
mod town;

use std::time::Instant;

use gable_render::{
    Camera, Fade, Frame, Gpu, GpuOptions, Ground, Haze, Offscreen, Quality, Renderer, Settings,
    Shown, Sun,
};
use glam::{DVec3, Vec3};

const SIZE: (u32, u32) = (1280, 720);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap_or_else(|| "out.png".to_owned());
    let view = arguments.next().unwrap_or_else(|| "town".to_owned());
    let height: f32 = arguments.next().map_or(Ok(38.0), |text| text.parse())?;
    let quality = match arguments.next().as_deref() {
        Some("low") => Quality::Low,
        Some("high") => Quality::High,
        _ => Quality::Medium,
    };

    let gpu = pollster::block_on(Gpu::headless(GpuOptions::default()))?;
    let mut renderer = Renderer::new(
        &gpu,
        Settings {
            quality,
            ..Settings::default()
        },
    )?;
    let tiles = town::tiles()
        .iter()
        .map(|model| renderer.add(model))
        .collect::<Result<Vec<_>, _>>()?;
    let missing: Vec<_> = renderer
        .missing_images()
        .map(|(key, source)| (key, source.clone()))
        .collect();
    for (key, source) in missing {
        renderer.set_image(key, (256, 256), &town::image(&source))?;
    }
    while renderer.waiting() > 0 {
        renderer.upload(4 << 20);
    }

    let shown: Vec<_> = tiles
        .into_iter()
        .map(|handle| Shown {
            handle,
            fade: Fade::Full,
            tint: None,
        })
        .collect();
    let frame = Frame {
        sun: Sun::at(3.85, height.to_radians()),
        haze: Haze {
            visibility: 20_000.0,
            base: 0.0,
        },
        ground: Some(Ground {
            height: 0.0,
            color: [0.15, 0.18, 0.08],
        }),
        shadow_reach: 500.0,
        ..Frame::new(camera(&view), &shown)
    };
    let picture = Offscreen::new(&gpu, SIZE);
    for _ in 0..3 {
        let start = Instant::now();
        let mut encoder = gpu.device().create_command_encoder(&Default::default());
        let statistics = renderer.render(&mut encoder, picture.view(), SIZE, &frame)?;
        gpu.queue().submit([encoder.finish()]);
        let recorded = start.elapsed();
        gpu.wait();
        eprintln!(
            "{statistics:?}: {recorded:?} to record, {:?} in all",
            start.elapsed()
        );
    }
    eprintln!("{}: {:?}", gpu.describe(), renderer.memory());
    if let Some(failure) = gpu.failure() {
        return Err(failure.into());
    }
    let pixels = pollster::block_on(picture.read(&gpu))?;
    image::save_buffer(path, &pixels, SIZE.0, SIZE.1, image::ColorType::Rgba8)?;
    Ok(())
}

fn camera(view: &str) -> Camera {
    let (eye, target) = match view {
        "street" => (DVec3::new(-3.0, -95.0, 1.7), DVec3::new(4.0, 0.0, 8.0)),
        "above" => (DVec3::new(20.0, -60.0, 260.0), DVec3::new(10.0, 20.0, 0.0)),
        "sunward" => (DVec3::new(70.0, 85.0, 26.0), DVec3::new(5.0, 9.0, 26.0)),
        "wall" => (DVec3::new(3.0, -47.0, 1.7), DVec3::new(16.0, -39.0, 3.6)),
        "far" => (
            DVec3::new(-900.0, -1400.0, 380.0),
            DVec3::new(0.0, 0.0, 0.0),
        ),
        _ => (DVec3::new(-120.0, -150.0, 62.0), DVec3::new(0.0, 10.0, 6.0)),
    };
    Camera {
        eye,
        forward: (target - eye).as_vec3(),
        up: Vec3::Z,
        field_of_view: 0.9,
        near: 0.1,
    }
}
