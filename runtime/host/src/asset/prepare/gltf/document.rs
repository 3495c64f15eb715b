//! The parts of a glTF document that say what a model looks like.
//!
//! Our own few structures: the `gltf` crate panics on some damaged files (an attribute that names no accessor, an
//! image without media type), and models come from strangers. Every index is looked up with `get`.

use serde::Deserialize;
use serde_json::Value;

use super::super::Defect;
use super::EXPORT_AGAIN;

/// Extensions that a model may require: what they change is understood here.
const KNOWN_EXTENSIONS: &[&str] = &["KHR_mesh_quantization", "KHR_texture_transform"];

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Document {
    pub(super) scene: Option<usize>,
    pub(super) scenes: Vec<Scene>,
    pub(super) nodes: Vec<Node>,
    pub(super) meshes: Vec<Mesh>,
    pub(super) materials: Vec<Material>,
    pub(super) textures: Vec<Texture>,
    pub(super) images: Vec<Image>,
    pub(super) accessors: Vec<Accessor>,
    pub(super) buffer_views: Vec<BufferView>,
    pub(super) buffers: Vec<Buffer>,
    pub(super) extras: Option<Value>,
    extensions_required: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Scene {
    pub(super) nodes: Vec<usize>,
    pub(super) extras: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) extras: Option<Value>,
    pub(super) mesh: Option<usize>,
    pub(super) children: Vec<usize>,
    pub(super) matrix: Option<[f64; 16]>,
    pub(super) translation: Option<[f64; 3]>,
    pub(super) rotation: Option<[f64; 4]>,
    pub(super) scale: Option<[f64; 3]>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Mesh {
    pub(super) name: String,
    pub(super) primitives: Vec<Primitive>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Primitive {
    pub(super) attributes: Attributes,
    pub(super) indices: Option<usize>,
    pub(super) material: Option<usize>,
    pub(super) mode: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", default)]
pub(super) struct Attributes {
    pub(super) position: Option<usize>,
    pub(super) normal: Option<usize>,
    pub(super) texcoord_0: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Material {
    pub(super) name: String,
    pub(super) pbr_metallic_roughness: Surface,
    pub(super) alpha_mode: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Surface {
    pub(super) base_color_factor: Option<[f64; 4]>,
    pub(super) base_color_texture: Option<TextureInfo>,
    pub(super) metallic_factor: Option<f64>,
    pub(super) roughness_factor: Option<f64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TextureInfo {
    pub(super) index: usize,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Texture {
    pub(super) source: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Image {
    pub(super) uri: Option<String>,
    pub(super) buffer_view: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Accessor {
    pub(super) buffer_view: Option<usize>,
    #[serde(default)]
    pub(super) byte_offset: usize,
    pub(super) component_type: u32,
    #[serde(default)]
    pub(super) normalized: bool,
    pub(super) count: usize,
    #[serde(rename = "type")]
    pub(super) shape: String,
    pub(super) sparse: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BufferView {
    pub(super) buffer: usize,
    #[serde(default)]
    pub(super) byte_offset: usize,
    pub(super) byte_length: usize,
    pub(super) byte_stride: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Buffer {
    pub(super) uri: Option<String>,
}

/// The document and the binary chunk of a GLB, or the document of a glTF.
pub(super) fn read(bytes: &[u8]) -> Result<(Document, Option<Vec<u8>>), Defect> {
    let (json, binary) = if bytes.starts_with(b"glTF") {
        chunks(bytes)?
    } else {
        (bytes, None)
    };
    let document: Document = serde_json::from_slice(json)
        .map_err(|error| Defect::new(format!("not valid glTF: {error}"), EXPORT_AGAIN))?;
    let unknown = document
        .extensions_required
        .iter()
        .find(|name| !KNOWN_EXTENSIONS.contains(&name.as_str()));
    match unknown {
        Some(name) => Err(Defect::new(
            format!("it requires the extension {name}"),
            EXPORT_AGAIN,
        )),
        None => Ok((document, binary.map(<[u8]>::to_vec))),
    }
}

/// JSON and binary chunk of a GLB: header (magic, version, length), then chunks (length, kind, bytes).
fn chunks(bytes: &[u8]) -> Result<(&[u8], Option<&[u8]>), Defect> {
    let number = |at: usize| {
        let word = bytes.get(at..at + 4)?;
        Some(u32::from_le_bytes(word.try_into().expect("four bytes were taken")) as usize)
    };
    let chunk = |at: usize, kind: &[u8]| {
        let start = at + 8;
        let length = number(at)?;
        (bytes.get(at + 4..start) == Some(kind)).then_some(())?;
        bytes.get(start..start.checked_add(length)?)
    };
    if number(4) != Some(2) {
        return Err(Defect::new("not glTF of version 2", EXPORT_AGAIN));
    }
    let cut = || {
        Defect::new(
            format!("the file is cut short at byte {}", bytes.len()),
            "copy or export it again",
        )
    };
    let json = chunk(12, b"JSON").ok_or_else(cut)?;
    let next = 20 + json.len();
    if next >= bytes.len() {
        return Ok((json, None));
    }
    chunk(next, b"BIN\0")
        .map(|binary| (json, Some(binary)))
        .ok_or_else(cut)
}
