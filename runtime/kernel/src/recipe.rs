//! The recipe: what is needed to make a tile's content, and its bytes.
//!
//! Two equal recipes give the same content everywhere, so the hash of the bytes names the content. Bincode format:
//! see [`Recipe::to_bytes`].

#![expect(
    clippy::mem_forget,
    reason = "the derived readers guard half-read values with it"
)]

use wincode::{SchemaRead, SchemaWrite};

use crate::bytes::{decode, encode};
use crate::limits::Limits;

/// First bytes of a recipe: format and its version.
pub const MAGIC: [u8; 8] = *b"gableR03";

/// How far initial shapes may be from each other, in metres on the ground, for their shapes to occlude each other: the
/// distance that CGA's authors are used to.
pub const OCCLUSION_REACH: f64 = 1.0;

/// What is needed to make content.
#[derive(Debug, Clone, PartialEq, Default, SchemaRead, SchemaWrite)]
pub struct Recipe {
    /// SHA-256 of the kernel's Wasm module.
    pub kernel: [u8; 32],
    /// SHA-256 of the grammar's Wasm module.
    pub module: [u8; 32],
    /// The assets that operations may name, sorted by name.
    pub assets: Vec<AssetReference>,
    /// Where derivations start, in order.
    pub shapes: Vec<InitialShape>,
    /// Initial shapes around these that their rules ask about (`touches(inter)`), of which no content is made: those within
    /// [`OCCLUSION_REACH`] and, for queries of labels, within `neighbourhood` of one of `shapes`.
    pub context: Vec<InitialShape>,
    /// How far, in metres on the ground, initial shapes may be from each other for queries of labels.
    pub neighbourhood: f64,
    /// Attribute values for all shapes; a shape's own come first.
    pub attributes: Vec<(String, Value)>,
    /// Added to each shape's own seed.
    pub seed: u64,
    /// What a run may use.
    pub limits: Limits,
    /// What to write.
    pub output: Output,
    /// Where content finds images that are not embedded: each below this address, named by the SHA-256 of its asset (in
    /// hexadecimal, with the ending `.png` or `.jpg`), so that contents share them. Empty: by the names of the assets.
    pub texture_folder: String,
}

/// An asset by name and content.
#[derive(Debug, Clone, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct AssetReference {
    /// The name that a grammar uses.
    pub name: String,
    /// SHA-256 of the prepared bytes (see `asset`).
    pub hash: [u8; 32],
}

/// A polygon with attributes at which a derivation starts.
#[derive(Debug, Clone, PartialEq, Default, SchemaRead, SchemaWrite)]
pub struct InitialShape {
    /// For messages, feature identification and `initialShape.name`.
    pub name: String,
    /// The start rule; empty for the module's default.
    pub start_rule: String,
    /// Polygons in metres, y up; of each, the outline (counter-clockwise from above) and its holes (clockwise).
    pub polygons: Vec<Vec<Vec<[f64; 3]>>>,
    /// Attribute values of this shape.
    pub attributes: Vec<(String, Value)>,
    /// Seed of its random numbers.
    pub seed: u64,
}

/// A value given from outside, or a literal in a manifest.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub enum Value {
    /// A double.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// A string.
    String(String),
    /// Rows of doubles.
    FloatArray(Vec<Vec<f64>>),
    /// Rows of truth values.
    BoolArray(Vec<Vec<bool>>),
    /// Rows of strings.
    StringArray(Vec<Vec<String>>),
}

/// What to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct Output {
    /// The file format.
    pub format: Format,
    /// Textures inside the file; else as external files (see [`Recipe::texture_folder`]).
    pub embed_textures: bool,
    /// Inserted assets as instances (`EXT_mesh_gpu_instancing`); else as copies.
    pub instances: bool,
    /// Integer coordinates (`KHR_mesh_quantization`).
    pub quantize: bool,
    /// Feature numbers per initial shape (`EXT_mesh_features`, `EXT_structural_metadata`).
    pub features: bool,
}

/// A file format of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub enum Format {
    /// Binary glTF 2.0.
    Glb,
    /// Wavefront OBJ.
    Obj,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            format: Format::Glb,
            embed_textures: true,
            instances: true,
            quantize: false,
            features: false,
        }
    }
}

impl Recipe {
    /// Magic, version, then the fields in bincode's layout (little-endian, fixed-width integers, 64-bit lengths,
    /// 32-bit enum tags).
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(&MAGIC, self)
    }

    /// Reads a recipe; hostile bytes give an error.
    ///
    /// # Errors
    /// [`DecodeError`] for another format or damaged bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        decode(&MAGIC, bytes)
    }
}

/// Why bytes could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeError {
    /// The first bytes are not those of this format and version.
    Magic {
        /// The first bytes there should be.
        expected: [u8; 8],
    },
    /// The rest is cut short, too long or not what the format allows.
    Damaged,
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Magic { expected } => {
                write!(
                    f,
                    "the bytes do not begin with {:?}: made by another version?",
                    String::from_utf8_lossy(expected)
                )
            }
            Self::Damaged => f.write_str("the bytes are cut short or damaged"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// The seed of an initial shape by its name (FNV-1a): its random choices stay when others come and go.
pub fn seed_of(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
