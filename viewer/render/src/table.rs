//! Rows that shaders look up: kept here as well, written to the device when they have changed.

use std::ops::Range;

use bytemuck::Pod;

use crate::gpu::Gpu;
use crate::ranges::Ranges;

/// A storage buffer of rows.
#[derive(Debug)]
pub(crate) struct Table<T> {
    label: &'static str,
    rows: Vec<T>,
    ranges: Ranges,
    buffer: wgpu::Buffer,
    /// Rows that the device does not have yet.
    changed: Range<usize>,
}

impl<T: Pod> Table<T> {
    pub(crate) fn new(gpu: &Gpu, label: &'static str, capacity: u32) -> Self {
        let rows = vec![T::zeroed(); capacity as usize];
        let buffer = Self::make(gpu, label, rows.len());
        Self {
            label,
            rows,
            ranges: Ranges::new(capacity),
            buffer,
            changed: 0..0,
        }
    }

    fn make(gpu: &Gpu, label: &str, rows: usize) -> wgpu::Buffer {
        gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: (rows * size_of::<T>()) as u64,
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        })
    }

    /// Takes rows that follow each other.
    pub(crate) fn take(&mut self, length: u32) -> Range<u32> {
        if let Some(taken) = self.ranges.take(length) {
            return taken;
        }
        let capacity = self.ranges.capacity();
        self.ranges.grow(capacity.max(length) + capacity);
        self.rows
            .resize(self.ranges.capacity() as usize, T::zeroed());
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

    /// Sends what has changed. Says whether the buffer is another one now.
    pub(crate) fn flush(&mut self, gpu: &Gpu) -> bool {
        let grown = self.buffer.size() < size_of_val(self.rows.as_slice()) as u64;
        if grown {
            self.buffer = Self::make(gpu, self.label, self.rows.len());
            self.changed = 0..self.rows.len();
        }
        let changed = std::mem::take(&mut self.changed);
        if changed.start < changed.end {
            let offset = (changed.start * size_of::<T>()) as u64;
            gpu.queue().write_buffer(
                &self.buffer,
                offset,
                bytemuck::cast_slice(&self.rows[changed]),
            );
        }
        grown
    }

    pub(crate) fn buffer(&self) -> &wgpu::Buffer {
        &self.buffer
    }
}
