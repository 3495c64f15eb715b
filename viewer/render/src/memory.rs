//! Memory on the device: who takes how much, and how much may be taken.

use crate::error::OutOfMemory;
use crate::gpu::Gpu;

/// Bytes on the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MemoryUse {
    /// Vertices of tiles.
    pub vertices: u64,
    /// Corners of tiles.
    pub indices: u64,
    /// Instances of tiles.
    pub instances: u64,
    /// Images of tiles.
    pub textures: u64,
    /// What all of these were given, used or not.
    pub allocated: u64,
}

impl MemoryUse {
    /// What tiles use.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.vertices + self.indices + self.instances + self.textures
    }
}

/// Gives out memory for tiles, up to a limit.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) gpu: Gpu,
    limit: u64,
    allocated: u64,
}

impl Memory {
    pub(crate) fn new(gpu: Gpu, limit: u64) -> Self {
        Self {
            gpu,
            limit,
            allocated: 0,
        }
    }

    /// Makes something that takes `bytes`.
    pub(crate) fn take<T>(
        &mut self,
        bytes: u64,
        make: impl FnOnce(&wgpu::Device) -> T,
    ) -> Result<T, OutOfMemory> {
        if self.allocated.saturating_add(bytes) > self.limit {
            return Err(OutOfMemory { bytes });
        }
        let made = self.gpu.allocate(bytes, make)?;
        self.allocated += bytes;
        Ok(made)
    }

    /// Notes that it is gone.
    pub(crate) fn give_back(&mut self, bytes: u64) {
        self.allocated = self
            .allocated
            .checked_sub(bytes)
            .expect("only what was taken is given back");
    }

    pub(crate) fn allocated(&self) -> u64 {
        self.allocated
    }
}
