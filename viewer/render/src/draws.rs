//! Which parts a pass draws, in which order.

use std::ops::Range;

use gable_model::Vertex;
use glam::Vec3;

use crate::camera::Volume;
use crate::frame::Shown;
use crate::gpu::Gpu;
use crate::tiles::{DrawnPart, Kind, Tile, Tiles};

/// A tile of a picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) tile: &'a Tile,
    pub(crate) shown: Shown,
    /// Its origin, counted from the eye.
    pub(crate) from_eye: Vec3,
    /// Of its nearest point from the eye, squared.
    distance: f32,
}

impl Seen<'_> {
    fn bounds(&self, [low, high]: [Vec3; 2]) -> [Vec3; 2] {
        [self.from_eye + low, self.from_eye + high]
    }
}

/// The tiles of a picture that can be drawn, the nearest first.
pub(crate) fn seen<'a>(tiles: &'a Tiles, shown: &[Shown], eye: glam::DVec3) -> Vec<Seen<'a>> {
    let drawable = shown.iter().filter_map(|&shown| {
        let tile = tiles.tiles.at(shown.handle.0)?;
        if !tile.ready || tile.parts.is_empty() || !shown.fade.is_seen() {
            return None;
        }
        let from_eye = (tile.origin - eye).as_vec3();
        let [low, high] = [from_eye + tile.bounds[0], from_eye + tile.bounds[1]];
        let distance = Vec3::ZERO.clamp(low, high).length_squared();
        Some(Seen {
            tile,
            shown,
            from_eye,
            distance,
        })
    });
    let mut seen: Vec<_> = drawable.collect();
    seen.sort_by(|a, b| a.distance.total_cmp(&b.distance));
    seen
}

/// A part to draw.
#[derive(Debug, Clone)]
pub(crate) struct Draw {
    pub(crate) kind: Kind,
    pub(crate) slabs: [usize; 3],
    pub(crate) indices: Range<u32>,
    pub(crate) base_vertex: i32,
    pub(crate) instances: Range<u32>,
}

impl Draw {
    fn new(tile: &Tile, part: &DrawnPart) -> Self {
        Self {
            kind: part.kind,
            slabs: tile.slabs(),
            indices: part.indices.clone(),
            base_vertex: part.base_vertex,
            instances: part.instances.clone(),
        }
    }

    /// Triangles, at all its places.
    pub(crate) fn triangles(&self) -> u64 {
        self.indices.len() as u64 / 3 * self.instances.len() as u64
    }
}

/// Parts to draw.
#[derive(Debug, Default)]
pub(crate) struct Draws {
    pub(crate) list: Vec<Draw>,
    /// Parts left out.
    pub(crate) culled: u32,
}

/// Parts that are wanted and may lie in a volume, in the order of the tiles.
pub(crate) fn collect<'a>(
    seen: impl Iterator<Item = &'a Seen<'a>>,
    volume: &Volume,
    wanted: impl Fn(Kind) -> bool,
) -> Draws {
    let mut draws = Draws::default();
    for seen in seen {
        let tile_inside = volume.touches(seen.bounds(seen.tile.bounds));
        for part in seen.tile.parts.iter().filter(|part| wanted(part.kind)) {
            if tile_inside && volume.touches(seen.bounds(part.bounds)) {
                draws.list.push(Draw::new(seen.tile, part));
            } else {
                draws.culled += 1;
            }
        }
    }
    draws
}

/// Records draws of one picture.
#[derive(Debug)]
pub(crate) struct Recorder<'a> {
    tiles: &'a Tiles,
    base_vertex: bool,
    /// For draws that the device reads itself, if it can read many at once.
    buffer: Option<&'a wgpu::Buffer>,
    arguments: Vec<u8>,
}

impl<'a> Recorder<'a> {
    pub(crate) fn new(tiles: &'a Tiles, buffer: Option<&'a wgpu::Buffer>) -> Self {
        Self {
            tiles,
            base_vertex: tiles.memory.gpu.capabilities().base_vertex,
            buffer,
            arguments: Vec::new(),
        }
    }

    /// Bytes of the arguments of so many draws.
    pub(crate) fn argument_bytes(draws: usize) -> u64 {
        (draws * size_of::<wgpu::util::DrawIndexedIndirectArgs>()) as u64
    }

    /// Records draws; buffers and pipelines are bound when they change. Returns the number of calls.
    pub(crate) fn record<'p>(
        &mut self,
        pass: &mut wgpu::RenderPass<'_>,
        draws: &[Draw],
        pipeline: impl Fn(Kind) -> &'p wgpu::RenderPipeline,
    ) -> u32 {
        let mut calls = 0;
        let mut bound = None;
        for run in draws.chunk_by(|a, b| (a.kind, a.slabs) == (b.kind, b.slabs)) {
            pass.set_pipeline(pipeline(run[0].kind));
            if bound != Some(run[0].slabs) {
                self.bind(pass, run[0].slabs);
                bound = Some(run[0].slabs);
            }
            calls += self.run(pass, run);
        }
        calls
    }

    fn bind(&self, pass: &mut wgpu::RenderPass<'_>, [vertices, indices, instances]: [usize; 3]) {
        let tiles = self.tiles;
        pass.set_vertex_buffer(0, tiles.vertices.buffer(vertices).slice(..));
        pass.set_vertex_buffer(1, tiles.instances.buffer(instances).slice(..));
        let corners = tiles.indices.buffer(indices).slice(..);
        pass.set_index_buffer(corners, wgpu::IndexFormat::Uint16);
    }

    fn run(&mut self, pass: &mut wgpu::RenderPass<'_>, run: &[Draw]) -> u32 {
        let Some(buffer) = self.buffer.filter(|_| run.len() > 1) else {
            run.iter().for_each(|draw| self.draw(pass, draw));
            return run.len() as u32;
        };
        let offset = self.arguments.len() as u64;
        for draw in run {
            let arguments = wgpu::util::DrawIndexedIndirectArgs {
                index_count: draw.indices.len() as u32,
                instance_count: draw.instances.len() as u32,
                first_index: draw.indices.start,
                base_vertex: draw.base_vertex,
                first_instance: draw.instances.start,
            };
            self.arguments.extend(arguments.as_bytes());
        }
        pass.multi_draw_indexed_indirect(buffer, offset, run.len() as u32);
        1
    }

    fn draw(&self, pass: &mut wgpu::RenderPass<'_>, draw: &Draw) {
        let mut base = draw.base_vertex;
        if !self.base_vertex {
            let vertices = self.tiles.vertices.buffer(draw.slabs[0]);
            pass.set_vertex_buffer(
                0,
                vertices.slice(base as u64 * size_of::<Vertex>() as u64..),
            );
            base = 0;
        }
        pass.draw_indexed(draw.indices.clone(), base, draw.instances.clone());
    }

    /// Sends what the device reads; before the recorded commands are submitted.
    pub(crate) fn finish(self, gpu: &Gpu) {
        if let Some(buffer) = self.buffer.filter(|_| !self.arguments.is_empty()) {
            gpu.queue().write_buffer(buffer, 0, &self.arguments);
        }
    }
}
