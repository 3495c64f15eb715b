//! What of a glTF's JSON we look into, typed, and the numbers that it names.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The parts of a glTF that say where its numbers are.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outline {
    /// Where numbers are.
    #[serde(default)]
    pub accessors: Vec<Accessor>,
    /// Where bytes are.
    #[serde(default)]
    pub buffer_views: Vec<View>,
    /// What bytes there are.
    #[serde(default)]
    pub buffers: Vec<Buffer>,
    /// What is drawn.
    #[serde(default)]
    pub meshes: Vec<Mesh>,
    /// Where it is drawn.
    #[serde(default)]
    pub nodes: Vec<Node>,
    /// What moves.
    #[serde(default)]
    pub animations: Vec<Value>,
    /// What bends.
    #[serde(default)]
    pub skins: Vec<Value>,
    /// Extensions of the whole.
    #[serde(default)]
    pub extensions: DocumentExtensions,
}

/// Numbers: elements of one type.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Accessor {
    /// The view in which they lie.
    pub buffer_view: Option<usize>,
    /// Where they begin, in bytes.
    #[serde(default)]
    pub byte_offset: usize,
    /// 5120 i8, 5121 u8, 5122 i16, 5123 u16, 5125 u32, 5126 f32.
    pub component_type: u32,
    /// How many there are.
    pub count: usize,
    /// `SCALAR`, `VEC3` and so on.
    #[serde(rename = "type")]
    pub shape: String,
    /// Elements that differ from the rest.
    pub sparse: Option<Value>,
}

/// A range of bytes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Number of the buffer.
    pub buffer: usize,
    /// Where they begin, in bytes.
    #[serde(default)]
    pub byte_offset: usize,
    /// How many bytes.
    pub byte_length: usize,
    /// Bytes from one element to the next; none when they lie without gaps.
    pub byte_stride: Option<usize>,
    /// Extensions.
    #[serde(default)]
    pub extensions: ViewExtensions,
}

/// Extensions of a view.
#[derive(Debug, Default, Deserialize)]
pub struct ViewExtensions {
    /// It is packed.
    #[serde(rename = "EXT_meshopt_compression")]
    pub meshopt: Option<Packed>,
}

/// Where and how a buffer view is packed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Packed {
    /// Number of the buffer.
    pub buffer: usize,
    /// Where they begin, in bytes.
    #[serde(default)]
    pub byte_offset: usize,
    /// How many bytes.
    pub byte_length: usize,
    /// Bytes of an element, unpacked.
    pub byte_stride: usize,
    /// How many there are.
    pub count: usize,
    /// `ATTRIBUTES`, `TRIANGLES` or `INDICES`.
    pub mode: String,
    /// What is done after unpacking.
    pub filter: Option<String>,
}

/// Bytes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Buffer {
    /// Where they are; none for the GLB's own chunk.
    pub uri: Option<String>,
    /// How many bytes.
    pub byte_length: usize,
}

/// Something to draw.
#[derive(Debug, Deserialize)]
pub struct Mesh {
    /// Its draw calls.
    #[serde(default)]
    pub primitives: Vec<Primitive>,
}

/// A draw call.
#[derive(Debug, Deserialize)]
pub struct Primitive {
    /// Number of its material.
    pub material: Option<usize>,
    /// Accessors by name.
    #[serde(default)]
    pub attributes: BTreeMap<String, usize>,
    /// The accessor of its corners.
    pub indices: Option<usize>,
    /// 4 for triangles, which is usual.
    pub mode: Option<u32>,
    /// Shapes that it may turn into.
    #[serde(default)]
    pub targets: Vec<BTreeMap<String, usize>>,
    /// Extensions.
    #[serde(default)]
    pub extensions: PrimitiveExtensions,
}

/// Extensions of a draw call.
#[derive(Debug, Default, Deserialize)]
pub struct PrimitiveExtensions {
    /// Its features.
    #[serde(rename = "EXT_mesh_features")]
    pub features: Option<Features>,
}

/// A place.
#[derive(Debug, Deserialize)]
pub struct Node {
    /// Number of the mesh that is drawn here.
    pub mesh: Option<usize>,
    /// Places within this one.
    #[serde(default)]
    pub children: Vec<usize>,
    /// A matrix in place of the three below.
    pub matrix: Option<[f64; 16]>,
    /// Where it is.
    pub translation: Option<[f64; 3]>,
    /// How it is turned: x, y, z, w.
    pub rotation: Option<[f64; 4]>,
    /// How large it is.
    pub scale: Option<[f64; 3]>,
    /// Extensions.
    #[serde(default)]
    pub extensions: NodeExtensions,
}

/// Extensions of a place.
#[derive(Debug, Default, Deserialize)]
pub struct NodeExtensions {
    /// It is drawn many times.
    #[serde(rename = "EXT_mesh_gpu_instancing")]
    pub instancing: Option<Instancing>,
    /// Its features.
    #[serde(rename = "EXT_instance_features")]
    pub features: Option<Features>,
}

/// Where something is drawn.
#[derive(Debug, Deserialize)]
pub struct Instancing {
    /// Accessors by name.
    #[serde(default)]
    pub attributes: BTreeMap<String, usize>,
}

/// Feature numbers of vertices or instances.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Features {
    /// Sets of numbers.
    #[serde(default)]
    pub feature_ids: Vec<FeatureIds>,
}

/// A set of feature numbers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeatureIds {
    /// How many different ones there are.
    pub feature_count: usize,
    /// Stands for none.
    pub null_feature_id: Option<u32>,
    /// They are in the attribute `_FEATURE_ID_n` of this number.
    pub attribute: Option<usize>,
    /// The table that they are rows of.
    pub property_table: Option<usize>,
}

/// Extensions of the whole.
#[derive(Debug, Default, Deserialize)]
pub struct DocumentExtensions {
    /// What is known of features.
    #[serde(rename = "EXT_structural_metadata")]
    pub metadata: Option<Metadata>,
}

/// What is known of features.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// Its tables.
    #[serde(default)]
    pub property_tables: Vec<PropertyTable>,
}

/// A table.
#[derive(Debug, Deserialize)]
pub struct PropertyTable {
    /// How many there are.
    pub count: usize,
}

impl Outline {
    /// Reads a glTF's JSON.
    ///
    /// # Errors
    /// Why it is none.
    pub fn of(json: &Value) -> Result<Self, String> {
        Self::deserialize(json).map_err(|error| error.to_string())
    }

    /// The elements of an accessor.
    ///
    /// # Errors
    /// Why they cannot be read: they do not lie in their view, or are of no known type.
    pub fn rows<'a>(&'a self, number: usize, binary: &'a [u8]) -> Result<Rows<'a>, String> {
        let accessor = self.accessors.get(number);
        let accessor = accessor.ok_or_else(|| format!("there is no accessor {number}"))?;
        let Some(view) = accessor.buffer_view else {
            return Err(format!(
                "the accessor {number} has no bytes, which is not supported"
            ));
        };
        let bytes = self.bytes(view, binary)?;
        let wrong = || {
            format!("the accessor {number} reaches out of its buffer view, or its type is unknown")
        };
        let size = accessor.element_bytes().ok_or_else(wrong)?;
        let stride = self.buffer_views[view].byte_stride.unwrap_or(size);
        let end = match accessor.count {
            0 => Some(accessor.byte_offset),
            count => (count - 1)
                .checked_mul(stride)
                .and_then(|bytes| bytes.checked_add(size)?.checked_add(accessor.byte_offset)),
        };
        if stride < size || end.is_none_or(|end| end > bytes.len()) {
            return Err(wrong());
        }
        Ok(Rows {
            accessor,
            bytes: &bytes[accessor.byte_offset..],
            stride,
        })
    }

    /// The bytes of a view that lies in the GLB's own chunk.
    ///
    /// # Errors
    /// Why there are none.
    pub fn bytes<'a>(&self, view: usize, binary: &'a [u8]) -> Result<&'a [u8], String> {
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

/// A range of these bytes.
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
    pub fn component_bytes(&self) -> Option<usize> {
        match self.component_type {
            5120 | 5121 => Some(1),
            5122 | 5123 => Some(2),
            5125 | 5126 => Some(4),
            _ => None,
        }
    }

    /// Components of an element, as long as they lie without gaps.
    pub fn width(&self) -> Option<usize> {
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
    pub fn element_bytes(&self) -> Option<usize> {
        Some(self.component_bytes()? * self.width()?)
    }
}

/// The elements of an accessor, which lie in its view.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    accessor: &'a Accessor,
    bytes: &'a [u8],
    stride: usize,
}

impl Rows<'_> {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.accessor.count
    }

    /// What they are.
    #[must_use]
    pub fn accessor(&self) -> &Accessor {
        self.accessor
    }

    /// A component of an element, as it is: integers are not turned into fractions.
    ///
    /// # Panics
    /// When there is no such element or component.
    #[must_use]
    #[inline]
    pub fn component(&self, row: usize, component: usize) -> f64 {
        let start = row * self.stride;
        let at = |size: usize| &self.bytes[start + component * size..];
        match self.accessor.component_type {
            5120 => f64::from(at(1)[0].cast_signed()),
            5121 => f64::from(at(1)[0]),
            5122 => f64::from(i16::from_le_bytes(first(at(2)))),
            5123 => f64::from(u16::from_le_bytes(first(at(2)))),
            5125 => f64::from(u32::from_le_bytes(first(at(4)))),
            _ => f64::from(f32::from_le_bytes(first(at(4)))),
        }
    }

    /// The numbers of scalars.
    ///
    /// # Errors
    /// When they are no scalars.
    pub fn numbers(&self) -> Result<impl Iterator<Item = f64>, String> {
        if self.accessor.shape != "SCALAR" {
            return Err(format!(
                "an accessor of {} should have scalars",
                self.accessor.shape
            ));
        }
        Ok((0..self.count()).map(|row| self.component(row, 0)))
    }
}

/// The first bytes.
fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[..N]);
    array
}
