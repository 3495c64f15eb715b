//! Elements of one kind (vertices, corners or instances) of all tiles, in few large buffers, so that few are bound.

use std::ops::Range;

use crate::error::OutOfMemory;
use crate::memory::Memory;
use crate::ranges::Ranges;

/// Where elements lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Number of the buffer.
    pub(crate) slab: usize,
    /// Elements in it.
    pub(crate) elements: Range<u32>,
}

/// One of the buffers.
#[derive(Debug)]
struct Slab {
    buffer: wgpu::Buffer,
    ranges: Ranges,
}

/// All buffers of one kind.
#[derive(Debug)]
pub(crate) struct Arena {
    label: &'static str,
    usage: wgpu::BufferUsages,
    /// Bytes of an element.
    stride: u32,
    /// Elements of a buffer, unless one tile needs more.
    slab_elements: u32,
    /// Numbers of buffers stay while they have elements, hence the holes.
    slabs: Vec<Option<Slab>>,
}

impl Arena {
    /// No buffers yet. Each will have some `slab_bytes`.
    pub(crate) fn new(
        label: &'static str,
        usage: wgpu::BufferUsages,
        stride: u32,
        slab_bytes: u32,
    ) -> Self {
        Self {
            label,
            usage,
            stride,
            slab_elements: slab_bytes / stride,
            slabs: Vec::new(),
        }
    }

    /// Finds room for elements.
    pub(crate) fn take(&mut self, memory: &mut Memory, length: u32) -> Result<Place, OutOfMemory> {
        for (slab, held) in self.slabs.iter_mut().enumerate() {
            if let Some(elements) = held.as_mut().and_then(|held| held.ranges.take(length)) {
                return Ok(Place { slab, elements });
            }
        }
        let capacity = self.slab_elements.max(length);
        let bytes = u64::from(capacity) * u64::from(self.stride);
        if bytes > memory.gpu.capabilities().largest_buffer {
            return Err(OutOfMemory { bytes });
        }
        let buffer = memory.take(bytes, |device| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some(self.label),
                size: bytes,
                usage: self.usage | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        })?;
        let mut ranges = Ranges::new(capacity);
        let elements = ranges.take(length).expect("it was made long enough");
        let slab = self
            .slabs
            .iter()
            .position(Option::is_none)
            .unwrap_or(self.slabs.len());
        if slab == self.slabs.len() {
            self.slabs.push(None);
        }
        self.slabs[slab] = Some(Slab { buffer, ranges });
        Ok(Place { slab, elements })
    }

    /// Gives elements back; a buffer without any is dropped.
    pub(crate) fn give_back(&mut self, memory: &mut Memory, place: Place) {
        let held = self.slabs[place.slab]
            .as_mut()
            .expect("a buffer with elements is held");
        held.ranges.give_back(place.elements);
        if held.ranges.used() == 0 {
            memory.give_back(u64::from(held.ranges.capacity()) * u64::from(self.stride));
            self.slabs[place.slab] = None;
        }
    }

    /// A buffer that has elements.
    pub(crate) fn buffer(&self, slab: usize) -> &wgpu::Buffer {
        &self.slabs[slab]
            .as_ref()
            .expect("a buffer with elements is held")
            .buffer
    }

    /// Bytes before the elements of a place.
    pub(crate) fn offset(&self, place: &Place) -> u64 {
        u64::from(place.elements.start) * u64::from(self.stride)
    }

    /// Bytes of a place.
    pub(crate) fn bytes(&self, place: &Place) -> u64 {
        place.elements.len() as u64 * u64::from(self.stride)
    }

    /// Bytes that elements take.
    pub(crate) fn used(&self) -> u64 {
        let used = |slab: &Slab| u64::from(slab.ranges.used()) * u64::from(self.stride);
        self.slabs.iter().flatten().map(used).sum()
    }
}
