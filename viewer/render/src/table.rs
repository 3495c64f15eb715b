//! Rows that shaders look up by number: see `rows.wgsl`.

use std::ops::Range;

use bytemuck::Pod;

use crate::gpu::Gpu;
use crate::ranges::Ranges;

/// Rows side by side in a texture; with up to 16 texels each they fit on every device.
pub(crate) const ROWS_PER_LINE: usize = 128;
/// Bytes of a texel.
const TEXEL: usize = 16;

/// Rows on the device: texels of a texture, since not every device lets all its shaders read buffers.
#[derive(Debug)]
pub(crate) struct Rows {
    texture: wgpu::Texture,
    view: wgpu::TextureView,
}

impl Rows {
    /// Room for at least so many rows of whole texels.
    pub(crate) fn new<T: Pod>(gpu: &Gpu, label: &str, rows: usize) -> Self {
        const { assert!(size_of::<T>().is_multiple_of(TEXEL) && size_of::<T>() / TEXEL <= 16) };
        let texture = gpu.texture(
            label,
            (
                (ROWS_PER_LINE * size_of::<T>() / TEXEL) as u32,
                rows.div_ceil(ROWS_PER_LINE).max(1) as u32,
            ),
            wgpu::TextureFormat::Rgba32Uint,
            wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        );
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        Self { texture, view }
    }

    /// Rows that there is room for.
    pub(crate) fn capacity(&self) -> usize {
        self.texture.height() as usize * ROWS_PER_LINE
    }

    pub(crate) fn view(&self) -> &wgpu::TextureView {
        &self.view
    }

    /// Writes whole lines.
    pub(crate) fn write<T: Pod>(&self, gpu: &Gpu, first_line: usize, rows: &[T]) {
        let mut place = self.texture.as_image_copy();
        place.origin.y = first_line as u32;
        gpu.queue().write_texture(
            place,
            bytemuck::cast_slice(rows),
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some((ROWS_PER_LINE * size_of::<T>()) as u32),
                rows_per_image: None,
            },
            wgpu::Extent3d {
                height: (rows.len() / ROWS_PER_LINE) as u32,
                ..self.texture.size()
            },
        );
    }
}

/// Rows that are kept here as well, and written to the device when they have changed.
#[derive(Debug)]
pub(crate) struct Table<T> {
    label: &'static str,
    rows: Vec<T>,
    ranges: Ranges,
    device: Rows,
    /// Rows that the device does not have yet.
    changed: Range<usize>,
}

impl<T: Pod> Table<T> {
    pub(crate) fn new(gpu: &Gpu, label: &'static str) -> Self {
        Self {
            label,
            rows: vec![T::zeroed(); ROWS_PER_LINE],
            ranges: Ranges::new(ROWS_PER_LINE as u32),
            device: Rows::new::<T>(gpu, label, ROWS_PER_LINE),
            changed: 0..0,
        }
    }

    /// Takes rows that follow each other.
    pub(crate) fn take(&mut self, length: u32) -> Range<u32> {
        if let Some(taken) = self.ranges.take(length) {
            return taken;
        }
        let capacity = self.rows.len();
        let grown = (capacity + capacity.max(length as usize)).next_multiple_of(ROWS_PER_LINE);
        self.ranges.grow(grown as u32);
        self.rows.resize(grown, T::zeroed());
        self.ranges
            .take(length)
            .expect("it has grown by at least that")
    }

    pub(crate) fn give_back(&mut self, rows: Range<u32>) {
        self.ranges.give_back(rows);
    }

    /// Rows that are taken.
    pub(crate) fn used(&self) -> u32 {
        self.ranges.used()
    }

    pub(crate) fn set(&mut self, row: u32, value: T) {
        let row = row as usize;
        self.rows[row] = value;
        let changed = &mut self.changed;
        *changed = if changed.start == changed.end {
            row..row + 1
        } else {
            changed.start.min(row)..changed.end.max(row + 1)
        };
    }

    /// Sends what has changed. Says whether shaders must be given another texture.
    pub(crate) fn flush(&mut self, gpu: &Gpu) -> bool {
        let grown = self.device.capacity() < self.rows.len();
        if grown {
            self.device = Rows::new::<T>(gpu, self.label, self.rows.len());
            self.changed = 0..self.rows.len();
        }
        let changed = std::mem::take(&mut self.changed);
        if !changed.is_empty() {
            let first = changed.start / ROWS_PER_LINE;
            let end = changed.end.next_multiple_of(ROWS_PER_LINE);
            let lines = &self.rows[first * ROWS_PER_LINE..end];
            self.device.write(gpu, first, lines);
        }
        grown
    }

    pub(crate) fn view(&self) -> &wgpu::TextureView {
        self.device.view()
    }
}
