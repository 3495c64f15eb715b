//! The binary part of a GLB: streams of equal elements, and accessors that cut them up.

use crate::output::json::Json;

/// A stream of equal elements; all accessors of one kind share a buffer view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Vertex numbers below 65535.
    Indices16,
    /// Vertex numbers.
    Indices32,
    /// Positions.
    Positions,
    /// Normals.
    Normals,
    /// Tangents.
    Tangents,
    /// Texture coordinates as floats.
    Uvs,
    /// Texture coordinates as 16-bit integers.
    QuantizedUvs,
    /// Feature numbers of vertices.
    Features,
    /// Vectors of instances: translations, scales.
    InstanceVectors,
    /// Rotations of instances.
    InstanceRotations,
    /// Feature numbers of instances.
    InstanceFeatures,
}

const STREAMS: usize = 11;

/// Eight suits everything, metadata with doubles included.
const VIEW_ALIGNMENT: usize = 8;

/// Size of a component in bytes and its number in glTF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Component {
    /// i8
    Byte = 5120,
    /// i16
    Short = 5122,
    /// u16
    UnsignedShort = 5123,
    /// u32
    UnsignedInt = 5125,
    /// f32
    Float = 5126,
}

/// What an accessor says besides where it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Elements {
    /// Number of elements.
    pub(crate) count: usize,
    /// Type of a component.
    pub(crate) component: Component,
    /// Whether integers stand for fractions.
    pub(crate) normalized: bool,
    /// Components of an element, 1 to 4.
    pub(crate) width: usize,
    /// Least and greatest components, where glTF asks for them.
    pub(crate) bounds: Option<[Vec<f64>; 2]>,
}

impl Elements {
    /// Elements without bounds; integers stand for fractions, unless there is one component.
    pub(crate) fn new(count: usize, component: Component, width: usize) -> Self {
        Self {
            count,
            component,
            normalized: component != Component::Float && width > 1,
            width,
            bounds: None,
        }
    }
}

#[derive(Debug)]
struct Accessor {
    stream: Stream,
    offset: usize,
    elements: Elements,
}

/// Streams, accessors and further data under construction.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    streams: [Parts; STREAMS],
    strides: [usize; STREAMS],
    accessors: Vec<Accessor>,
    /// Buffer views of their own (images, metadata).
    blobs: Vec<Vec<u8>>,
}

/// The bytes of a stream in parts: as one they would be moved whenever they grow.
#[derive(Debug, Default)]
struct Parts {
    parts: Vec<Vec<u8>>,
    bytes: usize,
}

impl Buffer {
    /// Adds an accessor at the end of a stream, of which `stride` bytes are one element, with the bytes of its elements in
    /// parts, and returns its number.
    pub(crate) fn accessor(
        &mut self,
        stream: Stream,
        stride: usize,
        elements: Elements,
        added: Vec<Vec<u8>>,
    ) -> usize {
        let Parts { parts, bytes } = &mut self.streams[stream as usize];
        let offset = *bytes;
        *bytes += added.iter().map(Vec::len).sum::<usize>();
        parts.extend(added);
        self.strides[stream as usize] = stride;
        self.accessors.push(Accessor {
            stream,
            offset,
            elements,
        });
        self.accessors.len() - 1
    }

    /// Adds a buffer view and returns its number among those added so.
    pub(crate) fn blob(&mut self, bytes: Vec<u8>) -> usize {
        self.blobs.push(bytes);
        self.blobs.len() - 1
    }

    /// Bytes so far.
    pub(crate) fn size(&self) -> usize {
        let streams: usize = self.streams.iter().map(|parts| parts.bytes).sum();
        streams + self.blobs.iter().map(Vec::len).sum::<usize>()
    }

    /// The number of a blob's buffer view: views of streams that are used come first.
    pub(crate) fn blob_view(&self, blob: usize) -> usize {
        self.streams.iter().filter(|parts| parts.bytes > 0).count() + blob
    }

    /// Writes `accessors`, `bufferViews` and `buffers`, and returns the bytes of the binary chunk.
    pub(crate) fn write(&self, json: &mut Json) -> usize {
        let mut views = [usize::MAX; STREAMS];
        let mut view_json = Json::default();
        let (mut count, mut length) = (0, 0);
        view_json.array(|json| {
            for (number, parts) in self.streams.iter().enumerate() {
                if parts.bytes == 0 {
                    continue;
                }
                views[number] = count;
                count += 1;
                let target = match number {
                    n if n <= Stream::Indices32 as usize => Some(34963_u32),
                    n if n <= Stream::Features as usize => Some(34962),
                    _ => None,
                };
                let stride = (target == Some(34962)).then_some(self.strides[number]);
                write_view(json, &mut length, parts.bytes, stride, target);
            }
            for blob in &self.blobs {
                count += 1;
                write_view(json, &mut length, blob.len(), None, None);
            }
        });
        if !self.accessors.is_empty() {
            json.key("accessors").array(|json| {
                for accessor in &self.accessors {
                    accessor.write(json, views[accessor.stream as usize]);
                }
            });
        }
        if count > 0 {
            json.key("bufferViews").raw(&view_json.finish());
            length = length.next_multiple_of(4);
            json.key("buffers")
                .array(|json| json.object(|json| json.field("byteLength", &length)));
        }
        length
    }

    /// What [`Self::write`] describes, after bytes that are a multiple of 4. Large parts are handed on as they are.
    pub(crate) fn into_parts(self, first: Vec<u8>) -> Vec<Vec<u8>> {
        let mut joined = Joined {
            parts: Vec::new(),
            last: first,
            length: 0,
        };
        for Parts { parts, bytes } in self.streams {
            if bytes > 0 {
                joined.align(VIEW_ALIGNMENT);
            }
            parts.into_iter().for_each(|part| joined.push(part));
        }
        for blob in self.blobs {
            joined.align(VIEW_ALIGNMENT);
            joined.push(blob);
        }
        joined.align(4);
        joined.parts.push(joined.last);
        joined.parts
    }
}

/// Parts of a file, the small ones put together.
struct Joined {
    parts: Vec<Vec<u8>>,
    last: Vec<u8>,
    /// Bytes after the first ones.
    length: usize,
}

/// Parts from this size on are not copied, bytes.
const LARGE: usize = 1 << 14;

impl Joined {
    fn push(&mut self, part: Vec<u8>) {
        self.length += part.len();
        if part.len() < LARGE {
            self.last.extend_from_slice(&part);
            return;
        }
        self.parts.push(std::mem::take(&mut self.last));
        self.parts.push(part);
    }

    fn align(&mut self, to: usize) {
        let padding = self.length.next_multiple_of(to) - self.length;
        self.last.resize(self.last.len() + padding, 0);
        self.length += padding;
    }
}

impl Accessor {
    fn write(&self, json: &mut Json, view: usize) {
        let Elements {
            count,
            component,
            normalized,
            width,
            bounds,
        } = &self.elements;
        json.object(|json| {
            json.field("bufferView", &view);
            if self.offset > 0 {
                json.field("byteOffset", &self.offset);
            }
            json.field("componentType", &(*component as u32));
            if *normalized {
                json.field("normalized", &true);
            }
            json.field("count", count);
            json.field("type", ["SCALAR", "VEC2", "VEC3", "VEC4"][width - 1]);
            if let Some([low, high]) = bounds {
                json.field("min", low.as_slice());
                json.field("max", high.as_slice());
            }
        });
    }
}

fn write_view(
    json: &mut Json,
    end: &mut usize,
    bytes: usize,
    stride: Option<usize>,
    target: Option<u32>,
) {
    let start = end.next_multiple_of(VIEW_ALIGNMENT);
    *end = start + bytes;
    json.object(|json| {
        json.field("buffer", &0_u32);
        if start > 0 {
            json.field("byteOffset", &start);
        }
        json.field("byteLength", &bytes);
        if let Some(stride) = stride {
            json.field("byteStride", &stride);
        }
        if let Some(target) = target {
            json.field("target", &target);
        }
    });
}
