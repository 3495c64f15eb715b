//! What a renderer is made for.

/// How much is done for looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quality {
    /// For slow devices: one sample, two small shadow maps, no ambient occlusion.
    Low,
    /// Four samples, three shadow maps, ambient occlusion.
    #[default]
    Medium,
    /// Four samples, four large shadow maps, ambient occlusion.
    High,
}

impl Quality {
    /// Samples of a pixel.
    pub(crate) fn samples(self) -> u32 {
        if self == Self::Low { 1 } else { 4 }
    }

    /// How many shadow maps, and the side of each in texels.
    pub(crate) fn shadows(self) -> (u32, u32) {
        match self {
            Self::Low => (2, 1024),
            Self::Medium => (3, 2048),
            Self::High => (4, 2048),
        }
    }

    /// Corners are darker.
    pub(crate) fn occlusion(self) -> bool {
        self != Self::Low
    }
}

/// What a renderer is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// What is drawn into. A format that does not encode sRGB is given encoded colours.
    pub format: wgpu::TextureFormat,
    /// How much is done for looks.
    pub quality: Quality,
    /// Bytes that tiles may take on the device.
    pub memory_limit: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            format: wgpu::TextureFormat::Rgba8UnormSrgb,
            quality: Quality::default(),
            memory_limit: 1 << 30,
        }
    }
}
