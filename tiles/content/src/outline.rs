//! What of a glTF's JSON we look into, typed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The parts of a glTF that say where its numbers are.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outline {
    #[serde(default)]
    pub(crate) accessors: Vec<Accessor>,
    #[serde(default)]
    pub(crate) buffer_views: Vec<View>,
    #[serde(default)]
    pub(crate) buffers: Vec<Buffer>,
    #[serde(default)]
    pub(crate) meshes: Vec<Mesh>,
    #[serde(default)]
    pub(crate) nodes: Vec<Node>,
    #[serde(default)]
    pub(crate) animations: Vec<Value>,
    #[serde(default)]
    pub(crate) skins: Vec<Value>,
    #[serde(default)]
    pub(crate) extensions: DocumentExtensions,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Accessor {
    pub(crate) buffer_view: Option<usize>,
    #[serde(default)]
    pub(crate) byte_offset: usize,
    pub(crate) component_type: u32,
    pub(crate) count: usize,
    #[serde(rename = "type")]
    pub(crate) shape: String,
    pub(crate) sparse: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct View {
    pub(crate) buffer: usize,
    #[serde(default)]
    pub(crate) byte_offset: usize,
    pub(crate) byte_length: usize,
    pub(crate) byte_stride: Option<usize>,
    #[serde(default)]
    pub(crate) extensions: ViewExtensions,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct ViewExtensions {
    #[serde(rename = "EXT_meshopt_compression")]
    pub(crate) meshopt: Option<Packed>,
}

/// Where and how a buffer view is packed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Packed {
    pub(crate) buffer: usize,
    #[serde(default)]
    pub(crate) byte_offset: usize,
    pub(crate) byte_length: usize,
    pub(crate) byte_stride: usize,
    pub(crate) count: usize,
    pub(crate) mode: String,
    pub(crate) filter: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Buffer {
    pub(crate) uri: Option<String>,
    pub(crate) byte_length: usize,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Mesh {
    #[serde(default)]
    pub(crate) primitives: Vec<Primitive>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Primitive {
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, usize>,
    pub(crate) indices: Option<usize>,
    pub(crate) mode: Option<u32>,
    #[serde(default)]
    pub(crate) targets: Vec<BTreeMap<String, usize>>,
    #[serde(default)]
    pub(crate) extensions: PrimitiveExtensions,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct PrimitiveExtensions {
    #[serde(rename = "EXT_mesh_features")]
    pub(crate) features: Option<Features>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Node {
    #[serde(default)]
    pub(crate) extensions: NodeExtensions,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct NodeExtensions {
    #[serde(rename = "EXT_mesh_gpu_instancing")]
    pub(crate) instancing: Option<Instancing>,
    #[serde(rename = "EXT_instance_features")]
    pub(crate) features: Option<Features>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Instancing {
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, usize>,
}

/// Feature numbers of vertices or instances.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Features {
    #[serde(default)]
    pub(crate) feature_ids: Vec<FeatureIds>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FeatureIds {
    pub(crate) feature_count: usize,
    pub(crate) null_feature_id: Option<u32>,
    pub(crate) attribute: Option<usize>,
    pub(crate) property_table: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct DocumentExtensions {
    #[serde(rename = "EXT_structural_metadata")]
    pub(crate) metadata: Option<Metadata>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    #[serde(default)]
    pub(crate) property_tables: Vec<PropertyTable>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PropertyTable {
    pub(crate) count: usize,
}

impl Outline {
    pub(crate) fn of(json: &Value) -> Result<Self, String> {
        Self::deserialize(json).map_err(|error| error.to_string())
    }

    /// The bytes of a view that lies in the GLB's own chunk.
    pub(crate) fn bytes<'a>(&self, view: usize, binary: &'a [u8]) -> Result<&'a [u8], String> {
        let view = self
            .buffer_views
            .get(view)
            .ok_or_else(|| format!("there is no buffer view {view}"))?;
        let own = view.buffer == 0
            && self
                .buffers
                .first()
                .is_some_and(|buffer| buffer.uri.is_none());
        if !own {
            return Err("a buffer view does not lie in the file".to_owned());
        }
        slice(binary, view.byte_offset, view.byte_length)
    }
}

/// A range of bytes.
pub(crate) fn slice(bytes: &[u8], offset: usize, length: usize) -> Result<&[u8], String> {
    let end = offset.checked_add(length);
    end.and_then(|end| bytes.get(offset..end)).ok_or_else(|| {
        format!(
            "{length} bytes from {offset} on do not lie in its {} bytes",
            bytes.len()
        )
    })
}

impl Accessor {
    /// Bytes of a component; none for types that glTF does not have.
    pub(crate) fn component_bytes(&self) -> Option<usize> {
        match self.component_type {
            5120 | 5121 => Some(1),
            5122 | 5123 => Some(2),
            5125 | 5126 => Some(4),
            _ => None,
        }
    }

    /// Components of an element, as long as they lie without gaps.
    pub(crate) fn width(&self) -> Option<usize> {
        match self.shape.as_str() {
            "SCALAR" => Some(1),
            "VEC2" => Some(2),
            "VEC3" => Some(3),
            "VEC4" | "MAT2" => Some(4),
            "MAT3" => Some(9),
            "MAT4" => Some(16),
            _ => None,
        }
    }

    /// Bytes of an element.
    pub(crate) fn element_bytes(&self) -> Option<usize> {
        Some(self.component_bytes()? * self.width()?)
    }
}
