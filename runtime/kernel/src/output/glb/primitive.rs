//! Vertices and instances as accessors.

use crate::order::Order as _;
use glam::DVec3;

use super::buffer::{Buffer, Component, Elements, Stream};
use crate::output::placement::Placement;
use crate::output::vertices::Vertices;

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

/// Adds the vertices of a draw call.
pub(crate) fn primitive(buffer: &mut Buffer, vertices: &Vertices, look: u32) -> Primitive {
    let layout = &vertices.layout;
    let (position, direction) = match layout.quantize {
        Some(_) => (Component::Short, Component::Byte),
        None => (Component::Float, Component::Float),
    };
    let mut attributes = Vec::new();
    let mut column = 0;
    let mut add = |name: &str, stream, words, component, width| {
        let elements = Elements {
            count: vertices.count(),
            component,
            normalized: component != Component::Float,
            width,
            bounds: (stream == Stream::Positions).then(|| position_bounds(vertices)),
        };
        let fill = |bytes: &mut Vec<u8>| columns(vertices, column, words, bytes);
        attributes.push((
            name.to_owned(),
            buffer.accessor(stream, 4 * words, elements, fill),
        ));
        column += words;
    };
    add(
        "POSITION",
        Stream::Positions,
        layout.position_words(),
        position,
        3,
    );
    add(
        "NORMAL",
        Stream::Normals,
        layout.normal_words(),
        direction,
        3,
    );
    if layout.tangents.is_some() {
        add(
            "TANGENT",
            Stream::Tangents,
            layout.tangent_words(),
            direction,
            4,
        );
    }
    for set in 0..layout.uv_sets.len() {
        let accessor = uv_accessor(buffer, vertices, column);
        attributes.push((format!("TEXCOORD_{set}"), accessor));
        column += 2;
    }
    let features = layout.feature.then(|| {
        let elements = scalars(vertices.count(), Component::Float);
        let fill = |bytes: &mut Vec<u8>| columns(vertices, column, 1, bytes);
        let accessor = buffer.accessor(Stream::Features, 4, elements, fill);
        attributes.push(("_FEATURE_ID_0".to_owned(), accessor));
        different(rows(vertices).map(|row| row[column]))
    });
    Primitive {
        attributes,
        indices: index_accessor(buffer, vertices),
        look,
        features,
    }
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
    let elements = |width| Elements {
        count,
        component: Component::Float,
        normalized: false,
        width,
        bounds: None,
    };
    let mut attributes = Vec::new();
    let mut add = |name, stream, values: Vec<[f32; 4]>, width: usize| {
        let fill = |bytes: &mut Vec<u8>| {
            bytes.extend(
                values
                    .iter()
                    .flat_map(|value| &value[..width])
                    .flat_map(|x| x.to_le_bytes()),
            );
        };
        attributes.push((
            name,
            buffer.accessor(stream, 4 * width, elements(width), fill),
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

fn rows(vertices: &Vertices) -> std::slice::ChunksExact<'_, u32> {
    vertices.rows.chunks_exact(vertices.layout.width())
}

/// Appends `count` words of each row, from the word `first` on.
fn columns(vertices: &Vertices, first: usize, count: usize, bytes: &mut Vec<u8>) {
    for row in rows(vertices) {
        for word in &row[first..first + count] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
    }
}

fn scalars(count: usize, component: Component) -> Elements {
    Elements {
        count,
        component,
        normalized: false,
        width: 1,
        bounds: None,
    }
}

/// Texture coordinates: 16-bit fractions when the layout is quantised and all lie between 0 and 1.
fn uv_accessor(buffer: &mut Buffer, vertices: &Vertices, column: usize) -> usize {
    let uv = |row: &[u32]| [f32::from_bits(row[column]), f32::from_bits(row[column + 1])];
    let in_unit = |x: f32| (0.0..=1.0).contains(&x);
    let small = vertices.layout.quantize.is_some()
        && rows(vertices).all(|row| uv(row).into_iter().all(in_unit));
    let count = vertices.count();
    if !small {
        let elements = Elements {
            count,
            component: Component::Float,
            normalized: false,
            width: 2,
            bounds: None,
        };
        return buffer.accessor(Stream::Uvs, 8, elements, |bytes| {
            columns(vertices, column, 2, bytes);
        });
    }
    let elements = Elements {
        count,
        component: Component::UnsignedShort,
        normalized: true,
        width: 2,
        bounds: None,
    };
    buffer.accessor(Stream::QuantizedUvs, 4, elements, |bytes| {
        for x in rows(vertices).flat_map(uv) {
            bytes.extend_from_slice(&((x * 65535.0).round() as u16).to_le_bytes());
        }
    })
}

fn index_accessor(buffer: &mut Buffer, vertices: &Vertices) -> usize {
    let count = vertices.indices.len();
    // The largest number of each type restarts strips: glTF forbids it.
    if vertices.count() <= usize::from(u16::MAX) {
        return buffer.accessor(
            Stream::Indices16,
            2,
            scalars(count, Component::UnsignedShort),
            |bytes| {
                bytes.extend(
                    vertices
                        .indices
                        .iter()
                        .flat_map(|&index| (index as u16).to_le_bytes()),
                );
            },
        );
    }
    buffer.accessor(
        Stream::Indices32,
        4,
        scalars(count, Component::UnsignedInt),
        |bytes| {
            bytes.extend(
                vertices
                    .indices
                    .iter()
                    .flat_map(|index| index.to_le_bytes()),
            );
        },
    )
}

/// Least and greatest coordinates as the file has them.
fn position_bounds(vertices: &Vertices) -> [Vec<f64>; 2] {
    let quantized = vertices.layout.quantize.is_some();
    let position = |row: &[u32]| {
        if quantized {
            [row[0] as u16, (row[0] >> 16) as u16, row[1] as u16]
                .map(|x| f64::from(x.cast_signed()))
        } else {
            [row[0], row[1], row[2]].map(|x| f64::from(f32::from_bits(x)))
        }
    };
    let start = (DVec3::INFINITY, DVec3::NEG_INFINITY);
    let (low, high) = rows(vertices).fold(start, |(low, high), row| {
        let p = DVec3::from_array(position(row));
        (low.min(p), high.max(p))
    });
    [low.to_array().to_vec(), high.to_array().to_vec()]
}
