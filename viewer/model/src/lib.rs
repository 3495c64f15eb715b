//! A tile's content as the viewer draws it: the same from a mesh that was sent and from one that was generated here.
//!
//! Everything lies in the world's own frame (metres; x east, y north, z up), counted from [`Model::origin`], so that `f32`
//! is exact enough. A [`Part`] is what one draw call shows: triangles in one material, at each of its [`Instance`]s.

mod features;
mod material;
mod read;

use std::ops::Range;

use bytemuck::{Pod, Zeroable};
use glam::{DVec3, Vec3};

pub use features::{Features, Value};
pub use material::{AlphaMode, ImageSource, Material, Texture};
pub use read::ModelError;

/// The largest integer of [`Vertex::position`].
pub const POSITION_STEPS: f32 = 32767.0;
/// Stands for no feature, in [`Vertex::feature`] and [`Instance::feature`].
pub const NO_FEATURE: u16 = u16::MAX;

/// A vertex, 16 bytes, as it lies in a vertex buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Vertex {
    /// Times [`POSITION_STEPS`]: from -1 to 1, to be scaled by the instance.
    pub position: [i16; 3],
    /// Number of its feature, or [`NO_FEATURE`].
    pub feature: u16,
    /// Its normal times 127; the last is 0.
    pub normal: [i8; 4],
    /// Texture coordinates times 65535, between the least and the greatest of its part.
    pub uv: [u16; 2],
}

/// A place where a part is drawn, 44 bytes, as it lies in a vertex buffer: a vertex `v` goes to
/// `translation + rotation * (scale * v)`, counted from [`Model::origin`].
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Instance {
    /// Metres.
    pub translation: [f32; 3],
    /// Number of the tile, for whoever draws it.
    pub tile: u32,
    /// A unit quaternion (x, y, z, w) times 32767.
    pub rotation: [i16; 4],
    /// Metres along the part's own axes.
    pub scale: [f32; 3],
    /// Number of its part's looks, for whoever draws it.
    pub look: u32,
    /// Number of its feature, or [`NO_FEATURE`]: then its vertices say.
    pub feature: u32,
}

/// Triangles in one material.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Its vertices, in [`Model::vertices`].
    pub vertices: Range<u32>,
    /// Its corners, in [`Model::indices`]; they count from its own first vertex.
    pub indices: Range<u32>,
    /// Where it is drawn, in [`Model::instances`].
    pub instances: Range<u32>,
    /// Number of its material.
    pub material: u32,
    /// The least and the greatest texture coordinates.
    pub uv: [[f32; 2]; 2],
    /// The least and the greatest coordinates of all its instances, counted from the origin.
    pub bounds: [Vec3; 2],
}

/// A tile's content.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    /// Where it lies in the world's frame, metres.
    pub origin: DVec3,
    /// Vertices of all parts.
    pub vertices: Vec<Vertex>,
    /// Corners of the triangles of all parts.
    pub indices: Vec<u16>,
    /// Instances of all parts.
    pub instances: Vec<Instance>,
    /// What is drawn.
    pub parts: Vec<Part>,
    /// What parts look like.
    pub materials: Vec<Material>,
    /// What textures show.
    pub images: Vec<ImageSource>,
    /// What is known of its initial shapes.
    pub features: Features,
}

impl Model {
    /// Triangles on the screen: those of each part for each of its instances.
    #[must_use]
    pub fn drawn_triangles(&self) -> u64 {
        let drawn = |part: &Part| (part.indices.len() as u64 / 3) * part.instances.len() as u64;
        self.parts.iter().map(drawn).sum()
    }

    /// Bytes of vertices, corners and instances.
    #[must_use]
    pub fn buffer_bytes(&self) -> usize {
        size_of_val(self.vertices.as_slice())
            + size_of_val(self.indices.as_slice())
            + size_of_val(self.instances.as_slice())
    }
}
