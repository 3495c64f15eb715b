//! Pictures without a window.

use crate::error::ReadError;
use crate::gpu::Gpu;
use crate::readback::{Readback, readable};

/// A texture to draw into and to read.
#[derive(Debug)]
pub struct Offscreen {
    texture: wgpu::Texture,
    view: wgpu::TextureView,
}

impl Offscreen {
    /// Pixels in `Rgba8UnormSrgb`; at least one.
    #[must_use]
    pub fn new(gpu: &Gpu, size: (u32, u32)) -> Self {
        Self::with_format(gpu, size, wgpu::TextureFormat::Rgba8UnormSrgb)
    }

    /// Pixels in a format of four bytes; at least one.
    #[must_use]
    pub fn with_format(
        gpu: &Gpu,
        (width, height): (u32, u32),
        format: wgpu::TextureFormat,
    ) -> Self {
        let texture = gpu.texture(
            "picture",
            (width.max(1), height.max(1)),
            format,
            wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
        );
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        Self { texture, view }
    }

    /// What to draw into.
    #[must_use]
    pub fn view(&self) -> &wgpu::TextureView {
        &self.view
    }

    /// The format of its pixels.
    #[must_use]
    pub fn format(&self) -> wgpu::TextureFormat {
        self.texture.format()
    }

    /// Width and height in pixels.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        (self.texture.width(), self.texture.height())
    }

    /// Its pixels as they are after everything that was submitted: see [`read_image`].
    ///
    /// # Errors
    ///
    /// The device is lost.
    pub async fn read(&self, gpu: &Gpu) -> Result<Vec<u8>, ReadError> {
        read_image(gpu, &self.texture).await
    }
}

/// Pixels of a texture of four bytes per pixel with the usage `COPY_SRC`, row by row from the top.
///
/// # Errors
///
/// The device is lost.
pub async fn read_image(gpu: &Gpu, texture: &wgpu::Texture) -> Result<Vec<u8>, ReadError> {
    let row_bytes = texture.width() * 4;
    let padded = row_bytes.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
    let buffer = readable(gpu, u64::from(padded) * u64::from(texture.height()));
    let mut encoder = gpu.device().create_command_encoder(&Default::default());
    encoder.copy_texture_to_buffer(
        texture.as_image_copy(),
        wgpu::TexelCopyBufferInfo {
            buffer: &buffer,
            layout: wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(padded),
                rows_per_image: None,
            },
        },
        wgpu::Extent3d {
            depth_or_array_layers: 1,
            ..texture.size()
        },
    );
    gpu.queue().submit([encoder.finish()]);
    let readback = Readback::new(buffer);
    gpu.wait();
    let bytes = readback.await?;
    let rows = bytes.chunks_exact(padded as usize);
    Ok(rows
        .flat_map(|row| &row[..row_bytes as usize])
        .copied()
        .collect())
}
