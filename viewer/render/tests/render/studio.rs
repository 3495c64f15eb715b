//! A device on the processor, and pictures to look at.

use crate::shapes::{Builder, Shape, Stand};
use gable_model::{Material, Model, NO_FEATURE};
use gable_render::{
    Camera, Fade, Frame, Gpu, GpuOptions, Offscreen, Quality, Renderer, Settings, Shown, TileHandle,
};
use glam::{DVec3, Vec3};

pub(crate) const SIZE: (u32, u32) = (96, 64);

/// A renderer and what it draws into.
pub(crate) struct Studio {
    pub(crate) gpu: Gpu,
    pub(crate) renderer: Renderer,
    pub(crate) picture: Offscreen,
}

impl Studio {
    pub(crate) fn new() -> Self {
        Self::with(Settings {
            quality: Quality::Low,
            ..Settings::default()
        })
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let gpu = pollster::block_on(Gpu::headless(GpuOptions::default())).expect("a device");
        let renderer = Renderer::new(&gpu, settings).expect("room for shadow maps");
        let picture = Offscreen::new(&gpu, SIZE);
        Self {
            gpu,
            renderer,
            picture,
        }
    }

    /// Adds a tile and sends all of it.
    pub(crate) fn add(&mut self, model: &Model) -> TileHandle {
        let handle = self.renderer.add(model).expect("room for a tile");
        self.send();
        assert!(self.renderer.is_ready(handle));
        handle
    }

    pub(crate) fn send(&mut self) {
        while self.renderer.waiting() > 0 {
            assert!(self.renderer.upload(1 << 20) > 0);
        }
    }

    /// The pixels of a picture.
    pub(crate) fn draw(&mut self, frame: &Frame<'_>) -> Vec<[u8; 4]> {
        let mut encoder = self
            .gpu
            .device()
            .create_command_encoder(&Default::default());
        self.renderer
            .render(&mut encoder, self.picture.view(), SIZE, frame)
            .expect("room for a small picture");
        self.gpu.queue().submit([encoder.finish()]);
        let bytes = pollster::block_on(self.picture.read(&self.gpu)).expect("a device");
        assert_eq!(self.gpu.failure(), None);
        bytemuck::cast_slice(&bytes).to_vec()
    }

    /// The pixels of tiles before an eye at the origin that looks north.
    pub(crate) fn draw_tiles(&mut self, tiles: &[Shown]) -> Vec<[u8; 4]> {
        self.draw(&Frame::new(northward(DVec3::ZERO), tiles))
    }
}

/// The pixel in the middle.
pub(crate) fn middle(picture: &[[u8; 4]]) -> [u8; 4] {
    picture[(SIZE.1 / 2 * SIZE.0 + SIZE.0 / 2) as usize]
}

pub(crate) fn northward(eye: DVec3) -> Camera {
    Camera {
        eye,
        forward: Vec3::Y,
        up: Vec3::Z,
        field_of_view: 1.0,
        near: 0.1,
    }
}

pub(crate) fn shown(handle: TileHandle) -> Shown {
    Shown {
        handle,
        fade: Fade::Full,
        tint: None,
    }
}

/// A matt black surface that shines in a colour, the same at any light.
pub(crate) fn glow(emissive: [f32; 3]) -> Material {
    Material {
        base_color: [0.0, 0.0, 0.0, 1.0],
        emissive,
        metallic: 0.0,
        ..Material::default()
    }
}

/// A square that faces south, `half` metres from its middle to its edges.
pub(crate) fn square(half: f32, feature: u16) -> Shape {
    let mut shape = Shape::default();
    let at = |x: f32, z: f32| Vec3::new(x * half, 0.0, z * half);
    shape.face(
        &[at(-1.0, -1.0), at(1.0, -1.0), at(1.0, 1.0), at(-1.0, 1.0)],
        feature,
    );
    shape
}

/// A tile with one such square at its origin.
pub(crate) fn plate(origin: DVec3, half: f32, material: Material) -> Model {
    let mut builder = Builder::new(origin);
    builder.add(&square(half, NO_FEATURE), material);
    builder.model
}

/// Where it is, unturned.
pub(crate) fn at(position: Vec3, feature: u32) -> Stand {
    Stand {
        position,
        turn: 0.0,
        scale: Vec3::ONE,
        feature,
    }
}
