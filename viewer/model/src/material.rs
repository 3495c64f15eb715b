//! What surfaces look like: the metallic-roughness model of glTF 2.0.

/// How a part looks.
#[derive(Debug, Clone, PartialEq)]
pub struct Material {
    /// Linear red, green, blue, and opacity.
    pub base_color: [f32; 4],
    /// Linear.
    pub emissive: [f32; 3],
    /// From 0 to 1.
    pub metallic: f32,
    /// From 0 to 1.
    pub roughness: f32,
    /// What opacity means.
    pub alpha: AlphaMode,
    /// Both sides are seen.
    pub double_sided: bool,
    /// Times the base colour; its colours are in sRGB.
    pub base_color_texture: Option<Texture>,
    /// Roughness in green, metal in blue, times the factors.
    pub metallic_roughness_texture: Option<Texture>,
    /// A tangent-space normal.
    pub normal_texture: Option<Texture>,
    /// How much light reaches it, in red.
    pub occlusion_texture: Option<Texture>,
    /// Times the emissive colour; its colours are in sRGB.
    pub emissive_texture: Option<Texture>,
}

impl Default for Material {
    /// What glTF says of what a file leaves out.
    fn default() -> Self {
        Self {
            base_color: [1.0; 4],
            emissive: [0.0; 3],
            metallic: 1.0,
            roughness: 1.0,
            alpha: AlphaMode::Opaque,
            double_sided: false,
            base_color_texture: None,
            metallic_roughness_texture: None,
            normal_texture: None,
            occlusion_texture: None,
            emissive_texture: None,
        }
    }
}

/// What opacity means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AlphaMode {
    /// Nothing.
    Opaque,
    /// Below this it is not there.
    Mask(f32),
    /// What is behind shines through.
    Blend,
}

/// An image on a surface. A point (u, v) of the surface shows the image at `offset + turned(scale * (u, v))`, turned
/// counter-clockwise by `rotation` as `KHR_texture_transform` has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Texture {
    /// Number of the image.
    pub image: u32,
    /// In the image's width and height.
    pub offset: [f32; 2],
    /// Radians.
    pub rotation: f32,
    /// Factors.
    pub scale: [f32; 2],
}

/// Where an image comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImageSource {
    /// An address, relative to that of the content.
    Address(String),
    /// A PNG or JPEG file inside the content.
    Embedded(Vec<u8>),
}
