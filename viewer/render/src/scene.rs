//! What shaders know of a picture, and the buffers that hold it: see `scene.wgsl`.

use bytemuck::{Pod, Zeroable};
use glam::Mat4;

use crate::atmosphere::Daylight;
use crate::camera::View;
use crate::cascades::Cascade;
use crate::draws::Seen;
use crate::frame::Frame;
use crate::gpu::Gpu;
use crate::table::{ROWS_PER_LINE, Rows};
use crate::tiles::Tiles;

/// Views of one picture: the camera's, and up to four of the sun.
pub(crate) const VIEWS: usize = 5;
/// Bytes from one view to the next: what uniform buffers ask for at most.
pub(crate) const VIEW_STRIDE: usize = 256;

/// A picture.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct SceneRow {
    eye_from_clip: [[f32; 4]; 4],
    shadow_from_eye: [[[f32; 4]; 4]; 4],
    cascade_ends: [f32; 4],
    cascade_texels: [f32; 4],
    irradiance: [[f32; 4]; 9],
    sun_direction: [f32; 3],
    exposure: f32,
    sun_color: [f32; 3],
    haze_eye: f32,
    forward: [f32; 3],
    near: f32,
    ground_color: [f32; 3],
    ground_height: f32,
    haze: [f32; 3],
    haze_scale: f32,
    size: [f32; 2],
    cascade_count: u32,
    selected_tile: u32,
    selected_feature: u32,
    occlusion: u32,
    shadow_reach: f32,
    unused: f32,
}

/// Metres in which the haze thins to 1/e.
const HAZE_SCALE: f32 = 1500.0;
/// Contrast that can still be seen is 2 percent (Koschmieder 1924): the logarithm of that.
const VISIBLE: f32 = 3.912;

impl SceneRow {
    pub(crate) fn new(
        frame: &Frame<'_>,
        view: &View,
        light: &Daylight,
        (width, height): (u32, u32),
    ) -> Self {
        let mut row = Self::zeroed();
        row.eye_from_clip = view.clip_from_eye.inverse().to_cols_array_2d();
        row.irradiance = light
            .irradiance
            .map(|coefficient| coefficient.extend(0.0).to_array());
        row.sun_direction = frame.sun.direction.normalize_or(glam::Vec3::Z).to_array();
        row.exposure = light.exposure * frame.exposure.exp2();
        row.sun_color = light.sun.to_array();
        row.forward = view.forward.to_array();
        row.near = view.near;
        row.size = [width as f32, height as f32];
        if let Some(ground) = frame.ground {
            row.ground_color = ground.color;
            row.ground_height = (ground.height - view.eye.z) as f32;
        }
        let extinction = VISIBLE / frame.haze.visibility.max(1.0);
        // Blue light is lost first.
        row.haze = [0.88 * extinction, extinction, 1.15 * extinction];
        row.haze_eye = (view.eye.z - frame.haze.base) as f32;
        row.haze_scale = HAZE_SCALE;
        if let Some((handle, feature)) = frame.selected {
            row.selected_tile = handle.0.slot + 1;
            row.selected_feature = feature + 1;
        }
        row
    }

    pub(crate) fn with_shadows(mut self, cascades: &[Cascade]) -> Self {
        self.cascade_count = cascades.len() as u32;
        for (index, cascade) in cascades.iter().enumerate() {
            self.shadow_from_eye[index] = cascade.clip_from_eye.to_cols_array_2d();
            self.cascade_ends[index] = cascade.end;
            self.cascade_texels[index] = cascade.texel;
            self.shadow_reach = cascade.end;
        }
        self
    }

    pub(crate) fn with_occlusion(mut self, occlusion: bool) -> Self {
        self.occlusion = u32::from(occlusion);
        self
    }
}

/// A tile of a picture.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct TileRow {
    from_eye: [f32; 3],
    fade: f32,
    tint: [f32; 4],
}

/// What holds a picture.
#[derive(Debug)]
pub(crate) struct SceneBuffers {
    pub(crate) scene: wgpu::Buffer,
    pub(crate) views: wgpu::Buffer,
    pub(crate) tiles: Rows,
}

impl SceneBuffers {
    pub(crate) fn new(gpu: &Gpu) -> Self {
        let uniform = |label, size: usize| {
            gpu.device().create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size: size as u64,
                usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        };
        Self {
            scene: uniform("scene", size_of::<SceneRow>()),
            views: uniform("views", VIEWS * VIEW_STRIDE),
            tiles: Rows::new::<TileRow>(gpu, "tiles", 0),
        }
    }

    /// Writes a picture. Says whether shaders must be given another texture of tiles.
    pub(crate) fn write(
        &mut self,
        gpu: &Gpu,
        scene: &SceneRow,
        views: &[Mat4],
        (tiles, seen): (&Tiles, &[Seen<'_>]),
    ) -> bool {
        let count = (tiles.tiles.len() as usize).next_multiple_of(ROWS_PER_LINE);
        let grown = self.tiles.capacity() < count;
        if grown {
            self.tiles = Rows::new::<TileRow>(gpu, "tiles", count.next_power_of_two());
        }
        let mut rows = vec![TileRow::zeroed(); count];
        for seen in seen {
            rows[seen.shown.handle.0.slot as usize] = TileRow {
                from_eye: seen.from_eye.to_array(),
                fade: seen.shown.fade.number(),
                tint: seen.shown.tint.unwrap_or_default(),
            };
        }
        let mut bytes = vec![0; views.len() * VIEW_STRIDE];
        for (view, bytes) in views.iter().zip(bytes.chunks_exact_mut(VIEW_STRIDE)) {
            bytes[..size_of::<Mat4>()].copy_from_slice(bytemuck::bytes_of(&view.to_cols_array()));
        }
        gpu.queue()
            .write_buffer(&self.scene, 0, bytemuck::bytes_of(scene));
        gpu.queue().write_buffer(&self.views, 0, &bytes);
        self.tiles.write(gpu, 0, &rows);
        grown
    }
}
