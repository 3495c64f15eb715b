//! Vertices and triangles of one look, made as leaves come.
//!
//! A vertex is a row of 32-bit words: position, normal, tangent, texture coordinates, feature number, as floats. Equal rows
//! that come close together become one vertex. Rows are kept in chunks, so that what grows is not moved, and what is
//! written is given back.

use glam::{DMat3, DVec2, DVec3};
use smallvec::{SmallVec, smallvec};

use super::face::Triangulator;
use super::look::{Layer, Look};
use super::rows::{Row, Rows};
use super::tangent::{directions, tangent};
use crate::mesh::Mesh;

/// What a vertex consists of.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Layout {
    /// Sets of texture coordinates, sorted.
    pub(crate) uv_sets: Vec<u8>,
    /// Whether there are tangents, and the place in `uv_sets` of the set they follow.
    pub(crate) tangents: Option<usize>,
    /// Whether there is a feature number.
    pub(crate) feature: bool,
}

/// A chunk is closed when it has so many vertices: its vertex numbers are short, unless a single face has more.
const CHUNK: u32 = 4096;

impl Layout {
    /// What vertices of a look consist of.
    pub(crate) fn of(look: &Look, feature: bool) -> Self {
        let uv_sets = look.uv_sets();
        let normal_map = look.maps[Layer::Normal as usize].as_ref();
        let tangents = normal_map.and_then(|map| uv_sets.iter().position(|&set| set == map.uv_set));
        Self {
            uv_sets,
            tangents,
            feature,
        }
    }

    /// The first word of the texture coordinates in a row.
    pub(crate) fn uv_column(&self) -> usize {
        3 + 3 + 4 * usize::from(self.tangents.is_some())
    }

    /// Words of a row.
    pub(crate) fn width(&self) -> usize {
        self.uv_column() + 2 * self.uv_sets.len() + usize::from(self.feature)
    }
}

/// Some vertices and the triangles between them.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// Rows of vertices.
    pub(crate) rows: Vec<u32>,
    /// Number of rows.
    pub(crate) count: u32,
    /// Vertex numbers of triangles.
    pub(crate) indices: Indices,
}

/// Vertex numbers.
#[derive(Debug)]
pub(crate) enum Indices {
    /// All below 65536.
    Short(Vec<u16>),
    /// Any.
    Long(Vec<u32>),
}

impl Default for Indices {
    fn default() -> Self {
        Self::Short(Vec::new())
    }
}

impl Indices {
    /// Those of a chunk with so many vertices.
    pub(crate) fn of(numbers: &[u32], count: u32) -> Self {
        if count <= 1 << 16 {
            Self::Short(numbers.iter().map(|&number| number as u16).collect())
        } else {
            Self::Long(numbers.to_vec())
        }
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Short(numbers) => numbers.len(),
            Self::Long(numbers) => numbers.len(),
        }
    }

    /// Gives each in turn.
    pub(crate) fn for_each(&self, mut take: impl FnMut(u32)) {
        match self {
            Self::Short(numbers) => numbers.iter().for_each(|&number| take(number.into())),
            Self::Long(numbers) => numbers.iter().for_each(|&number| take(number)),
        }
    }
}

/// The bits of numbers as f32.
fn float_words<const N: usize>(numbers: [f64; N]) -> [u32; N] {
    numbers.map(float_word)
}

/// The bits of a number as f32; no negative zero, so that equal numbers have equal bits.
pub(crate) fn float_word(x: f64) -> u32 {
    (x as f32 + 0.0).to_bits()
}

/// Vertices and triangles under construction.
#[derive(Debug, Default)]
pub(crate) struct Vertices {
    /// What a row is.
    pub(crate) layout: Layout,
    /// Faces and triangles without area that were left out.
    pub(crate) dropped: u64,
    /// Whether all texture coordinates lie between 0 and 1.
    pub(crate) unit_uvs: bool,
    /// Full chunks.
    chunks: Vec<Chunk>,
    /// Rows of the current chunk.
    rows: Rows,
    /// Vertex numbers of its triangles.
    indices: Vec<u32>,
    /// Vertex of each corner of the current face, once it has one.
    corner_vertices: SmallVec<[u32; 4]>,
    /// The vertex under construction.
    row: Row,
    triangulator: Triangulator,
}

/// A mesh where it will lie in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moved<'m> {
    /// The mesh.
    pub(crate) mesh: &'m Mesh,
    /// Takes its directions to the file's.
    pub(crate) map: DMat3,
    /// Positions of its points as the file has them.
    pub(crate) positions: &'m [[u32; 3]],
    /// Number of its initial shape.
    pub(crate) feature: u32,
}

/// How a mesh's faces become vertices.
struct Source<'m> {
    moved: Moved<'m>,
    /// For normals, to be normalised.
    normal_map: DMat3,
    mirrored: bool,
    /// Coordinates for each of the layout's sets: the mesh's own, else its first, else none.
    uvs: [Option<&'m [DVec2]>; 5],
}

/// What the corners of a face have in common.
#[derive(Clone, Copy)]
struct Face {
    /// Its first corner.
    first: usize,
    normal: DVec3,
    /// The normal as the file has it.
    normal_words: [u32; 3],
    /// Where u and v grow.
    directions: Option<[DVec3; 2]>,
}

impl Source<'_> {
    /// Where u and v of a set grow on a triangle of corners.
    fn directions(&self, set: usize, [a, b, c]: [usize; 3]) -> Option<[DVec3; 2]> {
        let uvs = self.uvs[set]?;
        let Moved { mesh, map, .. } = self.moved;
        let point = |corner: usize| mesh.point(mesh.corners[corner]);
        let edges = [point(b) - point(a), point(c) - point(a)].map(|edge| map * edge);
        directions(edges, [uvs[b] - uvs[a], uvs[c] - uvs[a]])
    }
}

impl Vertices {
    /// No vertices.
    pub(crate) fn new(layout: Layout) -> Self {
        Self {
            layout,
            unit_uvs: true,
            ..Self::default()
        }
    }

    /// All of them, as chunks.
    pub(crate) fn into_chunks(mut self) -> Vec<Chunk> {
        self.close();
        self.chunks
    }

    /// Adds faces of a mesh.
    pub(crate) fn add(&mut self, moved: Moved<'_>, faces: std::ops::Range<u32>) {
        let mesh = moved.mesh;
        let (normal_map, mirrored) = normal_map(&moved.map);
        let mut uvs = [None; 5];
        for (slot, set) in uvs.iter_mut().zip(&self.layout.uv_sets) {
            let own = mesh.uv_sets.iter().find(|uvs| uvs.set == *set);
            *slot = own
                .or_else(|| mesh.uv_sets.iter().find(|uvs| uvs.set == 0))
                .map(|uvs| uvs.coordinates.as_slice());
        }
        let source = Source {
            moved,
            normal_map,
            mirrored,
            uvs,
        };
        for face in faces {
            self.add_face(&source, face as usize);
            if self.rows.count >= CHUNK {
                self.close();
            }
        }
    }

    /// Ends a chunk. The next one is likely to be as large.
    fn close(&mut self) {
        if self.indices.is_empty() {
            return;
        }
        let (rows, count) = self.rows.take();
        self.chunks.push(Chunk {
            rows,
            count,
            indices: Indices::of(&self.indices, count),
        });
        self.indices.clear();
        // A face more than a chunk needs is rare, a chunk that has to grow at its end twice as large.
        self.rows
            .reserve((CHUNK as usize + 64) * self.layout.width());
    }

    fn add_face(&mut self, source: &Source<'_>, face: usize) {
        let Moved {
            mesh, positions, ..
        } = source.moved;
        let area_vector = mesh.area_vector(face);
        let normal = (source.normal_map * area_vector).normalize_or_zero();
        if normal == DVec3::ZERO {
            self.dropped += 1;
            return;
        }
        let loops = mesh.loops_of(face);
        let corners = mesh.loops[loops.start] as usize..mesh.loops[loops.end] as usize;
        let mut triangulator = std::mem::take(&mut self.triangulator);
        self.corner_vertices = if corners.len() <= 4 {
            // Known when this is compiled, which spares a call to fill memory.
            SmallVec::from_buf_and_len([u32::MAX; 4], corners.len())
        } else {
            smallvec![u32::MAX; corners.len()]
        };
        let triangles = triangulator.triangulate(mesh, face, area_vector);
        let face = Face {
            first: corners.start,
            normal,
            normal_words: float_words(normal.to_array()),
            directions: face_directions(&self.layout, source, corners.start, triangles),
        };
        for &[a, b, c] in triangles {
            let places =
                [a, b, c].map(|k| positions[mesh.corners[corners.start + k as usize] as usize]);
            if has_area(places) {
                let order = if source.mirrored {
                    [a, c, b]
                } else {
                    [a, b, c]
                };
                let vertices = order.map(|k| self.corner_vertex(source, face, k as usize));
                self.indices.extend(vertices);
            } else {
                self.dropped += 1;
            }
        }
        self.triangulator = triangulator;
    }

    /// The vertex of a corner, counted from the face's first.
    fn corner_vertex(&mut self, source: &Source<'_>, face: Face, k: usize) -> u32 {
        if self.corner_vertices[k] != u32::MAX {
            return self.corner_vertices[k];
        }
        let corner = face.first + k;
        let layout = &self.layout;
        let own = |own: &DVec3| (source.normal_map * *own).normalize_or_zero();
        let Moved {
            mesh,
            positions,
            feature,
            ..
        } = source.moved;
        let own = mesh.normals.get(corner).map(own);
        let (normal, normal_words) = match own.filter(|&own| own != DVec3::ZERO) {
            Some(own) => (own, float_words(own.to_array())),
            None => (face.normal, face.normal_words),
        };
        let row = &mut self.row;
        row.clear();
        row.put(positions[mesh.corners[corner] as usize]);
        row.put(normal_words);
        if layout.tangents.is_some() {
            row.put(float_words(tangent(normal, face.directions).to_array()));
        }
        for uvs in &source.uvs[..layout.uv_sets.len()] {
            let uv = uvs.map_or(DVec2::ZERO, |uvs| uvs[corner]);
            let uv = if uv.is_finite() { uv } else { DVec2::ZERO };
            let words = float_words([uv.x, 1.0 - uv.y]);
            let in_unit = |word: u32| (0.0..=1.0).contains(&f32::from_bits(word));
            self.unit_uvs &= in_unit(words[0]) && in_unit(words[1]);
            row.put(words);
        }
        if layout.feature {
            row.put([(feature as f32).to_bits()]);
        }
        let vertex = self.rows.share(row);
        self.corner_vertices[k] = vertex;
        vertex
    }
}

/// Whether a triangle has three different places, as the file will have them.
pub(crate) fn has_area<P: PartialEq>([a, b, c]: [P; 3]) -> bool {
    a != b && b != c && c != a
}

/// Where u and v grow on a face, if its vertices get tangents.
fn face_directions(
    layout: &Layout,
    source: &Source<'_>,
    first: usize,
    triangles: &[[u32; 3]],
) -> Option<[DVec3; 2]> {
    let set = layout.tangents?;
    triangles
        .iter()
        .find_map(|triangle| source.directions(set, triangle.map(|k| first + k as usize)))
}

/// The map for normals (cofactors: defined even where the map flattens), and whether the map mirrors.
pub(crate) fn normal_map(matrix: &DMat3) -> (DMat3, bool) {
    let DMat3 {
        x_axis,
        y_axis,
        z_axis,
    } = *matrix;
    let cofactors = DMat3::from_cols(
        y_axis.cross(z_axis),
        z_axis.cross(x_axis),
        x_axis.cross(y_axis),
    );
    let mirrored = x_axis.dot(cofactors.x_axis) < 0.0;
    (if mirrored { -cofactors } else { cofactors }, mirrored)
}
