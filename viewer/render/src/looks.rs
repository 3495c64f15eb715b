//! Materials as shaders look them up, one row for each part.

use bytemuck::{Pod, Zeroable};
use gable_model::{AlphaMode, Material, Part, Texture};

const DOUBLE_SIDED: u32 = 1;
const BLEND: u32 = 2;

/// An image on a surface.
#[derive(Debug, Clone, Copy, Default, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct TextureRow {
    /// Columns of the matrix that turns and scales texture coordinates.
    turn: [f32; 4],
    offset: [f32; 2],
    /// One more than the row of the image; 0 for no texture.
    image: u32,
    unused: u32,
}

impl TextureRow {
    /// `image` is the row of the image.
    pub(crate) fn new(texture: &Texture, image: u32) -> Self {
        let (sine, cosine) = texture.rotation.sin_cos();
        let [x, y] = texture.scale;
        Self {
            turn: [cosine * x, -sine * x, sine * y, cosine * y],
            offset: texture.offset,
            image: image + 1,
            unused: 0,
        }
    }
}

/// How a part looks.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct LookRow {
    base_color: [f32; 4],
    emissive: [f32; 3],
    alpha_cutoff: f32,
    metallic: f32,
    roughness: f32,
    flags: u32,
    unused: u32,
    uv: [[f32; 2]; 2],
    /// Base colour, emission, metal and roughness, normal, occlusion.
    textures: [TextureRow; 5],
}

impl LookRow {
    pub(crate) fn new(part: &Part, material: &Material, textures: [TextureRow; 5]) -> Self {
        let double_sided = if material.double_sided {
            DOUBLE_SIDED
        } else {
            0
        };
        let blend = if material.alpha == AlphaMode::Blend {
            BLEND
        } else {
            0
        };
        Self {
            base_color: material.base_color,
            emissive: material.emissive,
            // Blended surfaces cannot be picked where they are hardly there.
            alpha_cutoff: match material.alpha {
                AlphaMode::Mask(cutoff) => cutoff,
                AlphaMode::Blend => 0.004,
                AlphaMode::Opaque => 0.0,
            },
            metallic: material.metallic,
            roughness: material.roughness,
            flags: double_sided | blend,
            unused: 0,
            uv: part.uv,
            textures,
        }
    }
}
