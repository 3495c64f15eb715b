//! Vertices and instances as accessors.

use std::ops::Range;

use glam::DVec3;

use super::buffer::{Buffer, Component, Elements, Stream};
use super::grid::Grid;
use crate::order::Order as _;
use crate::output::placement::Placement;
use crate::output::vertices::{Chunk, Indices, Layout, Vertices};

/// A draw call: accessor numbers.
#[derive(Debug)]
pub(crate) struct Primitive {
    /// Vertex attributes by name.
    pub(crate) attributes: Vec<(String, usize)>,
    /// Triangles.
    pub(crate) indices: usize,
    /// Number of the look.
    pub(crate) look: u32,
    /// How many different features there are, if they are written.
    pub(crate) features: Option<usize>,
}

/// What became of the vertices of a draw call.
pub(super) struct Written {
    /// None without triangles.
    pub(super) primitive: Option<Primitive>,
    pub(super) vertices: u64,
    pub(super) triangles: u64,
    /// Triangles that vanished on the grid.
    pub(super) dropped: u64,
}

/// An attribute: some words of each row.
struct Column {
    name: String,
    stream: Stream,
    words: Range<usize>,
    elements: Elements,
    /// Bytes, chunk by chunk.
    parts: Vec<Vec<u8>>,
}

/// Adds the vertices of a draw call, as integers where there is a grid. Chunk by chunk what is written is given back.
pub(super) fn primitive(
    buffer: &mut Buffer,
    vertices: Vertices,
    look: u32,
    grid: Option<Grid>,
) -> Written {
    let (layout, unit_uvs) = (vertices.layout.clone(), vertices.unit_uvs);
    let mut dropped = 0;
    let mut chunks = vertices.into_chunks();
    if let Some(grid) = grid {
        for chunk in &mut chunks {
            let (snapped, vanished) = grid.snapped(chunk, &layout);
            *chunk = snapped;
            dropped += vanished;
        }
    }
    let vertices: usize = chunks.iter().map(|chunk| chunk.count as usize).sum();
    let corners: usize = chunks.iter().map(|chunk| chunk.indices.len()).sum();
    let mut written = Written {
        primitive: None,
        vertices: vertices as u64,
        triangles: corners as u64 / 3,
        dropped,
    };
    if corners == 0 {
        return written;
    }
    // 16-bit fractions when all lie between 0 and 1.
    let uvs = if grid.is_some() && unit_uvs {
        (Stream::QuantizedUvs, Component::UnsignedShort)
    } else {
        (Stream::Uvs, Component::Float)
    };
    let mut columns = columns(&layout, grid.is_some(), uvs, vertices);
    let width = columns.last().map_or(0, |column| column.words.end);
    columns[0].elements.bounds = Some(position_bounds(&chunks, width, grid.is_some()));
    // The largest number of each type restarts strips: glTF forbids it.
    let short = vertices <= usize::from(u16::MAX);
    let (mut first, mut indices, mut features) = (0, Vec::new(), Vec::new());
    for chunk in chunks {
        for column in &mut columns {
            column.parts.push(column.bytes(&chunk.rows, width));
        }
        if layout.feature {
            features.extend(chunk.rows.chunks_exact(width).map(|row| row[width - 1]));
            features.dedup();
        }
        indices.push(index_bytes(&chunk.indices, first, short));
        first += chunk.count;
    }
    let attribute = |column: Column| {
        let Column {
            name,
            stream,
            words,
            elements,
            parts,
        } = column;
        let stride = match stream {
            Stream::QuantizedUvs => 4,
            _ => 4 * words.len(),
        };
        (name, buffer.accessor(stream, stride, elements, parts))
    };
    let attributes = columns.into_iter().map(attribute).collect();
    let (stream, stride, component) = if short {
        (Stream::Indices16, 2, Component::UnsignedShort)
    } else {
        (Stream::Indices32, 4, Component::UnsignedInt)
    };
    let elements = Elements::new(corners, component, 1);
    written.primitive = Some(Primitive {
        attributes,
        indices: buffer.accessor(stream, stride, elements, indices),
        look,
        features: layout.feature.then(|| different(features.into_iter())),
    });
    written
}

/// The attributes of rows, positions first.
fn columns(
    layout: &Layout,
    on_grid: bool,
    (uv_stream, uv_component): (Stream, Component),
    count: usize,
) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    let mut add = |name: &str, stream, words: usize, component, width| {
        let start = columns.last().map_or(0, |column| column.words.end);
        columns.push(Column {
            name: name.to_owned(),
            stream,
            words: start..start + words,
            elements: Elements::new(count, component, width),
            parts: Vec::new(),
        });
    };
    let float = Component::Float;
    if on_grid {
        add("POSITION", Stream::Positions, 2, Component::Short, 3);
        add("NORMAL", Stream::Normals, 1, Component::Byte, 3);
    } else {
        add("POSITION", Stream::Positions, 3, float, 3);
        add("NORMAL", Stream::Normals, 3, float, 3);
    }
    if layout.tangents.is_some() && on_grid {
        add("TANGENT", Stream::Tangents, 1, Component::Byte, 4);
    } else if layout.tangents.is_some() {
        add("TANGENT", Stream::Tangents, 4, float, 4);
    }
    for set in 0..layout.uv_sets.len() {
        let name = format!("TEXCOORD_{set}");
        add(&name, uv_stream, 2, uv_component, 2);
    }
    if layout.feature {
        add("_FEATURE_ID_0", Stream::Features, 1, float, 1);
    }
    columns
}

impl Column {
    /// Its words of rows, as the file has them.
    fn bytes(&self, rows: &[u32], width: usize) -> Vec<u8> {
        let rows = rows.chunks_exact(width);
        let mut bytes = Vec::with_capacity(rows.len() * 4 * self.words.len());
        for row in rows {
            for &word in &row[self.words.clone()] {
                if self.stream == Stream::QuantizedUvs {
                    let fraction = (f32::from_bits(word) * 65535.0).round() as u16;
                    bytes.extend_from_slice(&fraction.to_le_bytes());
                } else {
                    bytes.extend_from_slice(&word.to_le_bytes());
                }
            }
        }
        bytes
    }
}

/// Vertex numbers as the file has them, of a chunk whose first vertex has this number.
fn index_bytes(indices: &Indices, first: u32, short: bool) -> Vec<u8> {
    let size = if short { 2 } else { 4 };
    let mut bytes = Vec::with_capacity(indices.len() * size);
    indices.for_each(|index| {
        let index = index + first;
        if short {
            bytes.extend_from_slice(&(index as u16).to_le_bytes());
        } else {
            bytes.extend_from_slice(&index.to_le_bytes());
        }
    });
    bytes
}

/// Least and greatest coordinates as the file has them.
fn position_bounds(chunks: &[Chunk], width: usize, on_grid: bool) -> [Vec<f64>; 2] {
    let position = |row: &[u32]| {
        if on_grid {
            [row[0] as u16, (row[0] >> 16) as u16, row[1] as u16]
                .map(|x| f64::from(x.cast_signed()))
        } else {
            [row[0], row[1], row[2]].map(|x| f64::from(f32::from_bits(x)))
        }
    };
    let start = (DVec3::INFINITY, DVec3::NEG_INFINITY);
    let rows = chunks
        .iter()
        .flat_map(|chunk| chunk.rows.chunks_exact(width));
    let (low, high) = rows.fold(start, |(low, high), row| {
        let p = DVec3::from_array(position(row));
        (low.min(p), high.max(p))
    });
    [low.to_array().to_vec(), high.to_array().to_vec()]
}

/// Adds the attributes of instances whose translations are counted from `center`: their names and accessors.
/// `reach` is what 1 stands for in the coordinates of a quantised mesh.
pub(crate) fn instances(
    buffer: &mut Buffer,
    placements: &[(Placement, u32)],
    center: DVec3,
    reach: f64,
    features: bool,
) -> Vec<(&'static str, usize)> {
    let count = placements.len();
    let mut attributes = Vec::new();
    let mut add = |name, stream, values: Vec<[f32; 4]>, width: usize| {
        let values = values.iter().flat_map(|value| &value[..width]);
        let bytes = values.flat_map(|x| x.to_le_bytes()).collect();
        let elements = Elements::new(count, Component::Float, width);
        attributes.push((
            name,
            buffer.accessor(stream, 4 * width, elements, vec![bytes]),
        ));
    };
    let vector = |v: DVec3| v.extend(0.0).to_array().map(|x| x as f32 + 0.0);
    let translations = placements
        .iter()
        .map(|(placement, _)| vector(placement.translation - center))
        .collect();
    add("TRANSLATION", Stream::InstanceVectors, translations, 3);
    let rotations: Vec<_> = placements
        .iter()
        .map(|(p, _)| p.rotation.to_array().map(|x| x as f32 + 0.0))
        .collect();
    if rotations
        .iter()
        .any(|&rotation| rotation != [0.0, 0.0, 0.0, 1.0])
    {
        add("ROTATION", Stream::InstanceRotations, rotations, 4);
    }
    let scales: Vec<_> = placements
        .iter()
        .map(|(placement, _)| vector(placement.scale * reach))
        .collect();
    if scales.iter().any(|&scale| scale != [1.0, 1.0, 1.0, 0.0]) {
        add("SCALE", Stream::InstanceVectors, scales, 3);
    }
    if features {
        let numbers = placements
            .iter()
            .map(|&(_, feature)| [feature as f32, 0.0, 0.0, 0.0])
            .collect();
        add("_FEATURE_ID_0", Stream::InstanceFeatures, numbers, 1);
    }
    attributes
}

/// How many different words there are; they come in long runs.
pub(crate) fn different(words: impl Iterator<Item = u32>) -> usize {
    let mut words: Vec<u32> = words.collect();
    words.dedup();
    words.order();
    words.dedup();
    words.len()
}
