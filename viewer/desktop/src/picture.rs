//! What windows and pictures without one have in common: how a device draws, and pictures as files.

use std::path::Path;

use gable_render::{Gpu, Offscreen, OutOfMemory, Quality, Renderer, Settings};
use gable_view::stream::Limits;

/// Draws into something of this format, within limits: bytes are counted before tiles of a picture are dropped.
pub(crate) fn renderer(
    gpu: &Gpu,
    format: wgpu::TextureFormat,
    quality: Quality,
    limits: Limits,
) -> Result<Renderer, OutOfMemory> {
    let settings = Settings {
        format,
        quality,
        memory_limit: limits.bytes.saturating_mul(2),
    };
    Renderer::new(gpu, settings)
}

/// Writes what was drawn as PNG; why it cannot be written.
pub(crate) fn write(gpu: &Gpu, drawn: &Offscreen, path: &Path) -> Result<(), String> {
    let pixels = pollster::block_on(drawn.read(gpu));
    let mut pixels = pixels.map_err(|error| error.to_string())?;
    if drawn.format() == wgpu::TextureFormat::Bgra8Unorm {
        let pixels = pixels.chunks_exact_mut(4);
        pixels.for_each(|pixel| pixel.swap(0, 2));
    }
    let (width, height) = drawn.size();
    let (color, format) = (image::ExtendedColorType::Rgba8, image::ImageFormat::Png);
    let written = image::save_buffer_with_format(path, &pixels, width, height, color, format);
    written.map_err(|error| error.to_string())
}
