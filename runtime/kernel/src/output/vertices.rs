//! Vertices and triangles of one draw call.
//!
//! A vertex is a row of 32-bit words: position, normal, tangent, texture coordinates, feature number, each already as it will
//! lie in the file. Equal rows that come close together become one vertex.

use glam::{DAffine3, DMat3, DVec2, DVec3, DVec4};
use smallvec::{SmallVec, smallvec};

use super::face::Triangulator;
use super::look::{Layer, Look};
use super::table::{Window, hash_words};
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
    /// Integer positions and normals: the metres that the largest integer stands for.
    pub(crate) quantize: Option<f64>,
}

/// The most words of a row: position, normal (and one word that is overwritten), tangent, five sets of texture
/// coordinates, feature.
const MAX_WIDTH: usize = 3 + 4 + 4 + 2 * 5 + 1;

/// The largest integer of quantised positions.
pub(crate) const POSITION_STEPS: f64 = 32767.0;

impl Layout {
    /// What vertices of a look consist of.
    pub(crate) fn of(look: &Look, feature: bool, quantize: Option<f64>) -> Self {
        let uv_sets = look.uv_sets();
        let normal_map = look.maps[Layer::Normal as usize].as_ref();
        let tangents = normal_map.and_then(|map| uv_sets.iter().position(|&set| set == map.uv_set));
        Self {
            uv_sets,
            tangents,
            feature,
            quantize,
        }
    }

    /// Words of a position: three floats, or three 16-bit integers and padding.
    pub(crate) fn position_words(&self) -> usize {
        if self.quantize.is_some() { 2 } else { 3 }
    }

    /// Words of a normal: three floats, or three bytes and padding.
    pub(crate) fn normal_words(&self) -> usize {
        if self.quantize.is_some() { 1 } else { 3 }
    }

    /// Words of a tangent: four floats, or four bytes.
    pub(crate) fn tangent_words(&self) -> usize {
        match (self.tangents, self.quantize) {
            (None, _) => 0,
            (Some(_), Some(_)) => 1,
            (Some(_), None) => 4,
        }
    }

    /// Words of a row.
    pub(crate) fn width(&self) -> usize {
        self.position_words()
            + self.normal_words()
            + self.tangent_words()
            + 2 * self.uv_sets.len()
            + usize::from(self.feature)
    }

    fn position(&self, p: DVec3) -> [u32; 3] {
        match self.quantize {
            None => p.to_array().map(float_word),
            Some(reach) => {
                // In a box of no extent all coordinates are 0.
                let step = if reach > 0.0 {
                    POSITION_STEPS / reach
                } else {
                    0.0
                };
                let integer =
                    |x: f64| (x * step).round().clamp(-POSITION_STEPS, POSITION_STEPS) as i16;
                let [x, y, z] = p.to_array().map(|x| u32::from(integer(x).cast_unsigned()));
                [x | y << 16, z, 0]
            }
        }
    }

    /// A normal or tangent; padding is 0.
    fn direction(&self, direction: DVec4) -> [u32; 4] {
        match self.quantize {
            None => direction.to_array().map(float_word),
            Some(_) => {
                let integer = |x: f64| (x * 127.0).round().clamp(-127.0, 127.0) as i8;
                [
                    u32::from_le_bytes(direction.to_array().map(|x| integer(x).cast_unsigned())),
                    0,
                    0,
                    0,
                ]
            }
        }
    }
}

/// The bits of a number as f32; no negative zero, so that equal numbers have equal bits.
fn float_word(x: f64) -> u32 {
    (x as f32 + 0.0).to_bits()
}

/// Vertices and triangles under construction.
#[derive(Debug)]
pub(crate) struct Vertices {
    /// What a row is.
    pub(crate) layout: Layout,
    /// Rows of vertices.
    pub(crate) rows: Vec<u32>,
    /// Vertex numbers of triangles.
    pub(crate) indices: Vec<u32>,
    /// Faces and triangles without area that were left out.
    pub(crate) dropped: u64,
    /// Number of rows; limits keep it far below 2^32.
    count: u32,
    window: Window,
    /// Positions of the current piece's points.
    positions: Vec<[u32; 3]>,
    /// Vertex of each corner of the current face, once it has one.
    corner_vertices: SmallVec<[u32; 4]>,
    /// The vertex under construction.
    row: Row,
    triangulator: Triangulator,
}

/// How a piece's faces become vertices.
struct Source<'m> {
    mesh: &'m Mesh,
    map: DMat3,
    /// For normals, to be normalised.
    normal_map: DMat3,
    mirrored: bool,
    /// Coordinates for each of the layout's sets: the mesh's own, else its first, else none.
    uvs: [Option<&'m [DVec2]>; 5],
    feature: u32,
}

/// What the corners of a face have in common.
#[derive(Clone, Copy)]
struct Face {
    /// Its first corner.
    first: usize,
    normal: DVec3,
    /// The normal as the file has it.
    normal_words: [u32; 4],
    /// Where u and v grow.
    directions: Option<[DVec3; 2]>,
}

impl Source<'_> {
    /// Where u and v of a set grow on a triangle of corners.
    fn directions(&self, set: usize, [a, b, c]: [usize; 3]) -> Option<[DVec3; 2]> {
        let uvs = self.uvs[set]?;
        let point = |corner: usize| self.mesh.point(self.mesh.corners[corner]);
        let edges = [point(b) - point(a), point(c) - point(a)].map(|edge| self.map * edge);
        directions(edges, [uvs[b] - uvs[a], uvs[c] - uvs[a]])
    }
}

impl Vertices {
    /// No vertices.
    pub(crate) fn new(layout: Layout) -> Self {
        Self {
            layout,
            rows: Vec::new(),
            indices: Vec::new(),
            dropped: 0,
            count: 0,
            window: Window::default(),
            positions: Vec::new(),
            corner_vertices: SmallVec::new(),
            row: Row::default(),
            triangulator: Triangulator::default(),
        }
    }

    /// Drops the vertices to begin another draw call of about `corners` corners; keeps the memory.
    pub(crate) fn reset(&mut self, layout: Layout, corners: usize) {
        self.layout = layout;
        self.rows.clear();
        self.count = 0;
        self.rows.reserve(corners * self.layout.width());
        self.indices.clear();
        // Three for each corner of a triangle, six for four corners.
        self.indices.reserve(corners + corners / 2);
        self.window.reset(corners);
    }

    /// Number of vertices.
    pub(crate) fn count(&self) -> usize {
        self.count as usize
    }

    /// Adds faces of a mesh; `map` takes its coordinates to those of the file.
    pub(crate) fn add<'a>(
        &mut self,
        mesh: &Mesh,
        map: &DAffine3,
        feature: u32,
        runs: impl IntoIterator<Item = &'a std::ops::Range<u32>>,
    ) {
        self.positions.clear();
        let layout = &self.layout;
        self.positions.extend(
            mesh.points
                .iter()
                .map(|&p| layout.position(map.transform_point3(p))),
        );
        let (normal_map, mirrored) = normal_map(&map.matrix3);
        let mut uvs = [None; 5];
        for (slot, set) in uvs.iter_mut().zip(&layout.uv_sets) {
            let own = mesh.uv_sets.iter().find(|uvs| uvs.set == *set);
            *slot = own
                .or_else(|| mesh.uv_sets.iter().find(|uvs| uvs.set == 0))
                .map(|uvs| uvs.coordinates.as_slice());
        }
        let source = Source {
            mesh,
            map: map.matrix3,
            normal_map,
            mirrored,
            uvs,
            feature,
        };
        for faces in runs {
            for face in faces.clone() {
                self.add_face(&source, face as usize);
            }
        }
    }

    fn add_face(&mut self, source: &Source<'_>, face: usize) {
        let mesh = source.mesh;
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
            normal_words: self.layout.direction(normal.extend(0.0)),
            directions: face_directions(&self.layout, source, corners.start, triangles),
        };
        for &[a, b, c] in triangles {
            let places = [a, b, c]
                .map(|k| self.positions[mesh.corners[corners.start + k as usize] as usize]);
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
        let own = source.mesh.normals.get(corner).map(own);
        let (normal, normal_words) = match own.filter(|&own| own != DVec3::ZERO) {
            Some(own) => (own, layout.direction(own.extend(0.0))),
            None => (face.normal, face.normal_words),
        };
        let position = self.positions[source.mesh.corners[corner] as usize];
        let row = &mut self.row;
        row.width = 0;
        row.put(position, layout.position_words());
        row.put(normal_words, layout.normal_words());
        if layout.tangents.is_some() {
            let tangent = tangent(normal, face.directions);
            row.put(layout.direction(tangent), layout.tangent_words());
        }
        for uvs in &source.uvs[..layout.uv_sets.len()] {
            let uv = uvs.map_or(DVec2::ZERO, |uvs| uvs[corner]);
            let uv = if uv.is_finite() { uv } else { DVec2::ZERO };
            row.put([float_word(uv.x), float_word(1.0 - uv.y)], 2);
        }
        if layout.feature {
            row.put([(source.feature as f32).to_bits()], 1);
        }
        let vertex = self.share();
        self.corner_vertices[k] = vertex;
        vertex
    }

    /// The number of the vertex: of an equal one that came recently, else of a new one.
    fn share(&mut self) -> u32 {
        // The usual widths, known when this is compiled: without, with texture coordinates; the same with a feature.
        match self.row.width {
            6 => self.share_row::<6>(),
            7 => self.share_row::<7>(),
            8 => self.share_row::<8>(),
            9 => self.share_row::<9>(),
            _ => self.share_row::<MAX_WIDTH>(),
        }
    }

    /// [`Self::share`], where a row has `WIDTH` words, or any number of them when that is the most.
    fn share_row<const WIDTH: usize>(&mut self) -> u32 {
        let width = if WIDTH == MAX_WIDTH {
            self.row.width
        } else {
            WIDTH
        };
        let row = &self.row.words[..width];
        let slot = self.window.slot(hash_words(row));
        let start = *slot as usize * width;
        let known = self.rows.get(start..start + width);
        // Word by word: a call to compare memory costs more than these few words.
        let differs = |known: &[u32]| known.iter().zip(row).fold(0, |all, (a, b)| all | (a ^ b));
        if known.is_some_and(|known| differs(known) == 0) {
            return *slot;
        }
        *slot = self.count;
        self.count += 1;
        // By fours, since a call to copy memory costs more too.
        let (fours, rest) = row.as_chunks::<4>();
        for four in fours {
            self.rows.extend_from_slice(four);
        }
        for &word in rest {
            self.rows.push(word);
        }
        *slot
    }
}

/// A vertex under construction.
#[derive(Debug, Default)]
struct Row {
    words: [u32; MAX_WIDTH],
    width: usize,
}

impl Row {
    /// Appends the first `count` of some words. All are written, whose number is known when this is compiled: cheaper than
    /// copying so many as count; the next ones overwrite the rest.
    fn put<const N: usize>(&mut self, words: [u32; N], count: usize) {
        self.words[self.width..self.width + N].copy_from_slice(&words);
        self.width += count;
    }
}

/// Whether a triangle has three different places, as the file will have them.
fn has_area([a, b, c]: [[u32; 3]; 3]) -> bool {
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
