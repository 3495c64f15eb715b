//! What the world may do to us.

/// No device could be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GpuError {
    /// There is no graphics driver, or none that suits.
    #[error("no graphics adapter: {source}")]
    Adapter {
        /// What the library says.
        #[from]
        source: wgpu::RequestAdapterError,
    },
    /// Nothing can be drawn into the window.
    #[error("the window cannot be drawn into: {why}")]
    Surface {
        /// What the library says.
        why: String,
    },
    /// The driver refuses.
    #[error("the graphics adapter gives no device: {source}")]
    Device {
        /// What the library says.
        #[from]
        source: wgpu::RequestDeviceError,
    },
    /// It cannot draw what we draw.
    #[error("the graphics adapter {adapter} lacks {missing}")]
    Lacking {
        /// Its name.
        adapter: String,
        /// What it lacks.
        missing: &'static str,
    },
}

/// There is no room for what should be held on the device; whoever asked may remove tiles and ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no graphics memory for another {bytes} bytes")]
pub struct OutOfMemory {
    /// How much was wanted.
    pub bytes: u64,
}

/// An image cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// Its size and its bytes disagree, or it has none.
    #[error("an image of {width} x {height} pixels with {bytes} bytes")]
    Size {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
        /// What came with it.
        bytes: usize,
    },
    /// There is no room for it.
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
}

/// Nothing can be read back: the device is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the graphics device does not give its memory to read")]
pub struct ReadError;
