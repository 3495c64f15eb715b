//! `EXT_meshopt_compression`: buffer views of a GLB packed so that viewers unpack them at gigabytes a second, and so that
//! brotli or zstd find the rest.

mod attributes;
mod triangles;
mod unpack;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::glb::{Glb, GlbError};
use crate::outline::{Accessor, Outline, View};

pub use unpack::decompress;

const EXTENSION: &str = "EXT_meshopt_compression";

/// Why a GLB cannot be packed or unpacked.
#[derive(Debug, thiserror::Error)]
pub enum MeshoptError {
    /// No GLB, or one that would be too long.
    #[error(transparent)]
    Glb(#[from] GlbError),
    /// The JSON contradicts the bytes, or itself.
    #[error("the glTF cannot be used: {0}")]
    Document(String),
    /// Packed bytes are damaged.
    #[error("packed bytes are damaged: {0}")]
    Stream(String),
    /// Unpacked, it would be larger than allowed.
    #[error("unpacked, the GLB has more than {0} bytes")]
    TooLarge(usize),
}

/// What a packed file should be smallest as.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// Under a content coding, which most clients ask for. Normals, texture coordinates and rotations that repeat are
    /// then smaller when they are not packed: coders find whole repeated elements, and packing hides them. The function
    /// says how many bytes remain of some; `coding::goal` has one.
    Coded(fn(&[u8]) -> usize),
    /// As it is.
    Plain,
}

/// How a buffer view can be packed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Layout {
    /// Elements of so many bytes.
    Attributes(usize),
    /// Corners of triangles, of so many bytes each.
    Triangles(usize),
    /// Not at all.
    Raw,
}

/// Packs the vertices, indices and instances of a GLB where that serves the goal. Images and property tables stay as
/// they are, and so does a file in which nothing shrinks or that is packed already. Numbers and their order are kept;
/// only the corners of a triangle may be turned.
///
/// # Errors
/// [`MeshoptError`] when it is no GLB, or one whose parts do not fit together.
pub fn compress(bytes: &[u8], goal: Goal) -> Result<Vec<u8>, MeshoptError> {
    let mut glb = Glb::from_bytes(bytes)?;
    let outline = Outline::of(&glb.json).map_err(MeshoptError::Document)?;
    let packed = outline
        .buffer_views
        .iter()
        .any(|view| view.extensions.meshopt.is_some());
    if packed {
        return Ok(bytes.to_vec());
    }
    let mut writer = Writer::new(outline.buffers.len(), goal);
    for (number, layout) in layouts(&outline).into_iter().enumerate() {
        if outline.buffer_views[number].buffer == 0 {
            let view = outline
                .bytes(number, &glb.binary)
                .map_err(MeshoptError::Document)?;
            writer.add(number, view, layout);
        }
    }
    if writer.fallback_bytes == 0 {
        return Ok(bytes.to_vec());
    }
    writer.write(&mut glb)?;
    Ok(glb.to_bytes()?)
}

/// How each buffer view can be packed, from the accessors that use it.
fn layouts(outline: &Outline) -> Vec<Layout> {
    let mut wanted: Vec<Option<Layout>> = vec![None; outline.buffer_views.len()];
    let mut want = |accessor: usize, layout: Layout| {
        let view = outline
            .accessors
            .get(accessor)
            .and_then(|accessor| accessor.buffer_view);
        if let Some(slot) = view.and_then(|view| wanted.get_mut(view)) {
            *slot = Some(match *slot {
                Some(other) if other != layout => Layout::Raw,
                _ => layout,
            });
        }
    };
    for (accessor, used) in uses(outline) {
        let layout = match used {
            Use::Attribute => attribute_layout(outline, accessor),
            Use::Triangles => triangle_layout(outline, accessor),
            Use::Other => Layout::Raw,
        };
        want(accessor, layout);
    }
    wanted
        .into_iter()
        .map(|layout| layout.unwrap_or(Layout::Raw))
        .collect()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Use {
    Attribute,
    Triangles,
    Other,
}

/// Every accessor with what it is used for.
fn uses(outline: &Outline) -> Vec<(usize, Use)> {
    let mut uses = Vec::new();
    for primitive in outline.meshes.iter().flat_map(|mesh| &mesh.primitives) {
        let targets = primitive.targets.iter().flat_map(BTreeMap::values);
        let attributes = primitive.attributes.values().chain(targets);
        uses.extend(attributes.map(|&accessor| (accessor, Use::Attribute)));
        let triangles = primitive.mode.is_none_or(|mode| mode == 4);
        let indices = if triangles {
            Use::Triangles
        } else {
            Use::Other
        };
        uses.extend(primitive.indices.map(|accessor| (accessor, indices)));
    }
    let instancing = outline
        .nodes
        .iter()
        .filter_map(|node| node.extensions.instancing.as_ref());
    uses.extend(instancing.flat_map(|i| i.attributes.values().map(|&a| (a, Use::Attribute))));
    // What animations, skins and extensions that we do not know use stays as it is.
    let known: Vec<usize> = uses.iter().map(|&(accessor, _)| accessor).collect();
    let moving = !outline.animations.is_empty() || !outline.skins.is_empty();
    let others = (0..outline.accessors.len()).filter(|a| moving || !known.contains(a));
    uses.extend(others.map(|accessor| (accessor, Use::Other)));
    uses
}

/// An accessor with all its values in one view, and that view.
fn dense(outline: &Outline, accessor: usize) -> Option<(&Accessor, &View)> {
    let accessor = outline.accessors.get(accessor)?;
    let view = outline.buffer_views.get(accessor.buffer_view?)?;
    accessor.sparse.is_none().then_some((accessor, view))
}

fn attribute_layout(outline: &Outline, accessor: usize) -> Layout {
    let layout = || {
        let (accessor, view) = dense(outline, accessor)?;
        let stride = view.byte_stride.or(accessor.element_bytes())?;
        let fits = stride.is_multiple_of(4) && (4..=256).contains(&stride);
        (fits && view.byte_length.is_multiple_of(stride)).then_some(Layout::Attributes(stride))
    };
    layout().unwrap_or(Layout::Raw)
}

fn triangle_layout(outline: &Outline, accessor: usize) -> Layout {
    let layout = || {
        let (accessor, view) = dense(outline, accessor)?;
        let width = accessor
            .component_bytes()
            .filter(|&bytes| bytes == 2 || bytes == 4)?;
        let whole = |bytes: usize| bytes.is_multiple_of(3 * width);
        let fits = view.byte_stride.is_none()
            && whole(view.byte_length)
            && whole(accessor.byte_offset)
            && accessor.count.is_multiple_of(3);
        fits.then_some(Layout::Triangles(width))
    };
    layout().unwrap_or(Layout::Raw)
}

/// A binary chunk under construction.
struct Writer {
    goal: Goal,
    binary: Vec<u8>,
    /// For each view that is written, what its JSON gets.
    views: Vec<(usize, ViewChange)>,
    /// The number of the buffer that stands for unpacked bytes, and its length.
    fallback: usize,
    fallback_bytes: usize,
}

enum ViewChange {
    Raw { offset: usize },
    Packed { offset: usize, extension: Value },
}

impl Writer {
    fn new(fallback: usize, goal: Goal) -> Self {
        Self {
            goal,
            binary: Vec::new(),
            views: Vec::new(),
            fallback,
            fallback_bytes: 0,
        }
    }

    fn add(&mut self, number: usize, view: &[u8], layout: Layout) {
        let (packed, mode, stride) = match layout {
            Layout::Attributes(stride) => (attributes::encode(view, stride), "ATTRIBUTES", stride),
            Layout::Triangles(width) => {
                (triangles::encode(&corners(view, width)), "TRIANGLES", width)
            }
            Layout::Raw => (Vec::new(), "", 0),
        };
        let change = if layout == Layout::Raw || !self.is_smaller(&packed, view) {
            // Eight suits everything, metadata with doubles included.
            self.binary.resize(self.binary.len().next_multiple_of(8), 0);
            let offset = self.binary.len();
            self.binary.extend_from_slice(view);
            ViewChange::Raw { offset }
        } else {
            self.binary.resize(self.binary.len().next_multiple_of(4), 0);
            let extension = json!({
                "buffer": 0, "byteOffset": self.binary.len(), "byteLength": packed.len(),
                "byteStride": stride, "count": view.len() / stride, "mode": mode,
            });
            let offset = self.fallback_bytes.next_multiple_of(8);
            self.fallback_bytes = offset + view.len();
            self.binary.extend(packed);
            ViewChange::Packed { offset, extension }
        };
        self.views.push((number, change));
    }

    fn is_smaller(&self, packed: &[u8], view: &[u8]) -> bool {
        let size = |bytes: &[u8]| match self.goal {
            Goal::Plain => bytes.len(),
            Goal::Coded(coded) => coded(bytes),
        };
        packed.len() < view.len() && size(packed) < size(view)
    }

    fn write(mut self, glb: &mut Glb) -> Result<(), MeshoptError> {
        for (number, change) in self.views {
            let view = object(&mut glb.json["bufferViews"][number])?;
            match change {
                ViewChange::Raw { offset } => set_offset(view, offset),
                ViewChange::Packed { offset, extension } => {
                    view.insert("buffer".to_owned(), json!(self.fallback));
                    set_offset(view, offset);
                    let extensions = view.entry("extensions").or_insert_with(|| json!({}));
                    object(extensions)?.insert(EXTENSION.to_owned(), extension);
                }
            }
        }
        self.binary.resize(self.binary.len().next_multiple_of(4), 0);
        let own = object(&mut glb.json["buffers"][0])?;
        own.insert("byteLength".to_owned(), json!(self.binary.len()));
        if let Some(buffers) = glb.json["buffers"].as_array_mut() {
            let mut extension = Map::new();
            extension.insert(EXTENSION.to_owned(), json!({"fallback": true}));
            buffers.push(json!({"byteLength": self.fallback_bytes, "extensions": extension}));
        }
        for list in ["extensionsUsed", "extensionsRequired"] {
            match glb.json[list].as_array_mut() {
                Some(names) => names.push(json!(EXTENSION)),
                None => glb.json[list] = json!([EXTENSION]),
            }
        }
        glb.binary = self.binary;
        Ok(())
    }
}

/// Nothing is said of an offset of zero.
fn set_offset(view: &mut Map<String, Value>, offset: usize) {
    if offset == 0 {
        view.remove("byteOffset");
    } else {
        view.insert("byteOffset".to_owned(), json!(offset));
    }
}

fn object(value: &mut Value) -> Result<&mut Map<String, Value>, MeshoptError> {
    let object = value.as_object_mut();
    object.ok_or_else(|| MeshoptError::Document("a buffer or buffer view is no object".to_owned()))
}

fn corners(view: &[u8], width: usize) -> Vec<u32> {
    let number = |bytes: &[u8]| {
        bytes
            .iter()
            .rev()
            .fold(0, |sum, &byte| sum << 8 | u32::from(byte))
    };
    view.chunks_exact(width).map(number).collect()
}

#[cfg(test)]
mod tests;
