//! Assets as the kernel takes them: prepared by the host from OBJ, GLB and image files, content-addressed.
//!
//! Reading model files is the host's work (well-kept libraries, no untrusted parser in the kernel); the prepared form
//! is plain data in bincode format, the same everywhere, and its SHA-256 is what a recipe names.

use wincode::{SchemaRead, SchemaWrite};

use crate::bytes::{decode, encode};
use crate::recipe::DecodeError;

/// First bytes of a prepared asset.
pub const MAGIC: [u8; 8] = *b"gableA01";

/// A prepared asset.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub enum Asset {
    /// A model for `i("...")`.
    Model(Model),
    /// An image for `texture("...")`.
    Image(Image),
}

/// A model: polygons with texture coordinates and materials of their own.
#[derive(Debug, Clone, PartialEq, Default, SchemaRead, SchemaWrite)]
pub struct Model {
    /// Positions in metres, y up.
    pub points: Vec<[f64; 3]>,
    /// Corners of each polygon, counter-clockwise: indices into `points`.
    pub polygons: Vec<Vec<u32>>,
    /// For each polygon an index into `materials`.
    pub polygon_materials: Vec<u32>,
    /// Texture coordinates of all corners in order (origin at the lower left, as in OBJ), or empty.
    pub uvs: Vec<[f64; 2]>,
    /// Normals of all corners in order, or empty for flat faces.
    pub normals: Vec<[f64; 3]>,
    /// Materials.
    pub materials: Vec<ModelMaterial>,
}

/// A model's own material.
#[derive(Debug, Clone, PartialEq, Default, SchemaRead, SchemaWrite)]
pub struct ModelMaterial {
    /// Name.
    pub name: String,
    /// sRGB colour 0..1 and opacity.
    pub color: [f64; 4],
    /// 0 to 1.
    pub metallic: f64,
    /// 0 to 1.
    pub roughness: f64,
    /// The name of an image asset, or empty.
    pub color_map: String,
}

/// An image.
#[derive(Debug, Clone, PartialEq, Default, SchemaRead, SchemaWrite)]
pub struct Image {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Whether any pixel may be transparent.
    pub alpha: bool,
    /// `image/png` or `image/jpeg`.
    pub media_type: String,
    /// The file as it is.
    pub bytes: Vec<u8>,
}

impl Asset {
    /// The prepared bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(&MAGIC, self)
    }

    /// Reads prepared bytes; hostile bytes give an error.
    ///
    /// # Errors
    /// [`DecodeError`] for another format or damaged bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        decode(&MAGIC, bytes)
    }
}
