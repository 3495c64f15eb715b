//! Integer coordinates (`KHR_mesh_quantization`): 16 bits for positions, 8 for directions.

use glam::DVec3;

use crate::output::rows::{Row, Rows};
use crate::output::vertices::{Chunk, Indices, Layout, has_area};

/// The largest integer of positions.
const POSITION_STEPS: f64 = 32767.0;

/// Where positions become integers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    /// What becomes 0.
    pub(super) center: DVec3,
    /// The metres that the largest integer stands for; 0 in a box of no extent, where all coordinates are 0.
    pub(super) reach: f64,
}

impl Grid {
    /// What a coordinate of 1 stands for.
    pub(super) fn scale(self) -> f64 {
        if self.reach > 0.0 { self.reach } else { 1.0 }
    }

    /// Words of a row on the grid: three 16-bit integers and padding, three bytes and padding, four bytes of a tangent,
    /// and as before texture coordinates and feature.
    fn width(layout: &Layout) -> usize {
        2 + 1
            + usize::from(layout.tangents.is_some())
            + 2 * layout.uv_sets.len()
            + usize::from(layout.feature)
    }

    /// A chunk on the grid, and how many triangles vanish there. Vertices that become equal become one.
    pub(super) fn snapped(self, chunk: &Chunk, layout: &Layout) -> (Chunk, u64) {
        let width = layout.width();
        let mut rows = Rows::default();
        rows.reserve(chunk.count as usize * Self::width(layout));
        let row = |vertex: u32| &chunk.rows[vertex as usize * width..][..width];
        let mut snapped = vec![u32::MAX; chunk.count as usize];
        let (mut indices, mut triangle, mut dropped) = (Vec::new(), [0; 3], 0);
        let mut corner = 0;
        chunk.indices.for_each(|vertex| {
            triangle[corner] = vertex;
            corner = (corner + 1) % 3;
            if corner > 0 {
                return;
            }
            if !has_area(triangle.map(|vertex| self.position(row(vertex)))) {
                dropped += 1;
                return;
            }
            for vertex in triangle {
                let number = &mut snapped[vertex as usize];
                if *number == u32::MAX {
                    *number = rows.share(&self.row(row(vertex), layout));
                }
                indices.push(*number);
            }
        });
        let (rows, count) = rows.take();
        let indices = Indices::of(&indices, count);
        let chunk = Chunk {
            rows,
            count,
            indices,
        };
        (chunk, dropped)
    }

    fn row(self, row: &[u32], layout: &Layout) -> Row {
        let mut snapped = Row::default();
        snapped.put(self.position(row));
        let float = |word: u32| f64::from(f32::from_bits(word));
        let byte = |x: f64| ((x * 127.0).round().clamp(-127.0, 127.0) as i8).cast_unsigned();
        let bytes = |x: u32, y: u32, z: u32, w: f64| {
            u32::from_le_bytes([float(x), float(y), float(z), w].map(byte))
        };
        snapped.put([bytes(row[3], row[4], row[5], 0.0)]);
        if layout.tangents.is_some() {
            snapped.put([bytes(row[6], row[7], row[8], float(row[9]))]);
        }
        for &word in &row[layout.uv_column()..] {
            snapped.put([word]);
        }
        snapped
    }

    /// Three 16-bit integers and padding.
    fn position(self, row: &[u32]) -> [u32; 2] {
        let step = if self.reach > 0.0 {
            POSITION_STEPS / self.reach
        } else {
            0.0
        };
        let integer = |axis: usize| {
            let metres = f64::from(f32::from_bits(row[axis])) - self.center[axis];
            let steps = (metres * step).round();
            let steps = steps.clamp(-POSITION_STEPS, POSITION_STEPS) as i16;
            u32::from(steps.cast_unsigned())
        };
        [integer(0) | integer(1) << 16, integer(2)]
    }
}
