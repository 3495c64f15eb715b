//! Tiles on the device.

use std::ops::Range;

use gable_model::{AlphaMode, Instance, Material, Model, NO_FEATURE, Part, Texture, Vertex};
use glam::{DVec3, Vec3};

use crate::arena::{Arena, Place};
use crate::error::OutOfMemory;
use crate::gpu::Gpu;
use crate::images::Images;
use crate::looks::{LookRow, TextureRow};
use crate::memory::{Memory, MemoryUse};
use crate::picture::Encoding;
use crate::slots::{Key, Slots};
use crate::table::Table;
use crate::upload::{Destination, Owner, Uploads};

const MEBIBYTE: u32 = 1 << 20;
/// Corners are written four bytes at a time: two of them are one element.
const CORNERS_PER_ELEMENT: u32 = 2;

/// Names a tile of a renderer, for ever: a tile that is added later has another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileHandle(pub(crate) Key);

/// Which pipeline draws a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kind {
    pub(crate) blend: bool,
    pub(crate) masked: bool,
    /// It shows an image.
    pub(crate) textured: bool,
    pub(crate) double_sided: bool,
}

impl Kind {
    fn of(material: &Material) -> Self {
        Self {
            blend: material.alpha == AlphaMode::Blend,
            masked: matches!(material.alpha, AlphaMode::Mask(_)),
            textured: textures(material)
                .iter()
                .any(|(texture, _)| texture.is_some()),
            double_sided: material.double_sided,
        }
    }
}

/// A part as it is drawn; numbers count in the buffers of its tile.
#[derive(Debug, Clone)]
pub(crate) struct DrawnPart {
    pub(crate) kind: Kind,
    pub(crate) indices: Range<u32>,
    pub(crate) base_vertex: i32,
    pub(crate) instances: Range<u32>,
    pub(crate) bounds: [Vec3; 2],
}

/// Where a tile's elements lie.
#[derive(Debug, Clone)]
struct Places {
    vertices: Place,
    indices: Place,
    instances: Place,
}

/// A tile.
#[derive(Debug)]
pub(crate) struct Tile {
    pub(crate) origin: DVec3,
    pub(crate) bounds: [Vec3; 2],
    pub(crate) parts: Vec<DrawnPart>,
    pub(crate) ready: bool,
    /// None when there is nothing to draw.
    places: Option<Places>,
    looks: Range<u32>,
    images: Vec<Key>,
    bytes: u64,
}

impl Tile {
    /// The buffers of vertices, corners and instances.
    pub(crate) fn slabs(&self) -> [usize; 3] {
        let places = self
            .places
            .as_ref()
            .expect("only tiles with parts are drawn");
        [
            places.vertices.slab,
            places.indices.slab,
            places.instances.slab,
        ]
    }
}

/// All tiles, and what they share.
#[derive(Debug)]
pub(crate) struct Tiles {
    pub(crate) memory: Memory,
    pub(crate) tiles: Slots<Tile>,
    pub(crate) vertices: Arena,
    pub(crate) indices: Arena,
    pub(crate) instances: Arena,
    pub(crate) looks: Table<LookRow>,
    pub(crate) images: Images,
    pub(crate) uploads: Uploads,
}

impl Tiles {
    pub(crate) fn new(gpu: &Gpu, memory_limit: u64) -> Self {
        let vertex = wgpu::BufferUsages::VERTEX;
        let instance_bytes = size_of::<Instance>() as u32;
        let vertex_bytes = size_of::<Vertex>() as u32;
        // Small enough that the first tile of a small world does not take much.
        let slabs = u32::try_from(memory_limit / 16).unwrap_or(u32::MAX);
        let bytes = |most: u32| (most * MEBIBYTE).min(slabs.max(MEBIBYTE / 16));
        Self {
            memory: Memory::new(gpu.clone(), memory_limit),
            tiles: Slots::default(),
            vertices: Arena::new("vertices", vertex, vertex_bytes, bytes(32)),
            indices: Arena::new(
                "corners",
                wgpu::BufferUsages::INDEX,
                size_of::<u16>() as u32 * CORNERS_PER_ELEMENT,
                bytes(16),
            ),
            instances: Arena::new("instances", vertex, instance_bytes, bytes(8)),
            looks: Table::new(gpu, "looks"),
            images: Images::new(gpu),
            uploads: Uploads::default(),
        }
    }

    /// Takes a tile; its bytes wait to be sent.
    pub(crate) fn add(&mut self, model: &Model) -> Result<TileHandle, OutOfMemory> {
        let drawn = |part: &&Part| !part.indices.is_empty() && !part.instances.is_empty();
        let parts: Vec<&Part> = model.parts.iter().filter(drawn).collect();
        let instance_count = parts.iter().map(|part| part.instances.len() as u32).sum();
        let places = if parts.is_empty() {
            None
        } else {
            Some(self.take(model, instance_count)?)
        };
        let mut images = Vec::new();
        let looks = self.looks.take(parts.len() as u32);
        for (part, row) in parts.iter().zip(looks.clone()) {
            let material = material(model, part);
            let textures = self.textures(model, material, &mut images);
            self.looks.set(row, LookRow::new(part, material, textures));
        }
        let tile = Tile {
            origin: model.origin,
            bounds: bounds(&parts),
            parts: places
                .as_ref()
                .map_or_else(Vec::new, |places| drawn_parts(model, &parts, places)),
            ready: places.is_none(),
            bytes: places
                .as_ref()
                .map_or(0, |places| self.buffer_bytes(places)),
            places,
            looks,
            images,
        };
        let key = self.tiles.insert(tile);
        self.queue(key, model, &parts);
        Ok(TileHandle(key))
    }

    /// Finds room for all elements of a tile, or for none.
    fn take(&mut self, model: &Model, instance_count: u32) -> Result<Places, OutOfMemory> {
        let memory = &mut self.memory;
        let vertices = self.vertices.take(memory, model.vertices.len() as u32)?;
        let elements = (model.indices.len() as u32).div_ceil(CORNERS_PER_ELEMENT);
        let indices = match self.indices.take(memory, elements) {
            Ok(indices) => indices,
            Err(error) => {
                self.vertices.give_back(memory, vertices);
                return Err(error);
            }
        };
        match self.instances.take(memory, instance_count) {
            Ok(instances) => Ok(Places {
                vertices,
                indices,
                instances,
            }),
            Err(error) => {
                self.vertices.give_back(memory, vertices);
                self.indices.give_back(memory, indices);
                Err(error)
            }
        }
    }

    fn textures(
        &mut self,
        model: &Model,
        material: &Material,
        used: &mut Vec<Key>,
    ) -> [TextureRow; 5] {
        textures(material).map(|(texture, encoding)| {
            texture.map_or_else(TextureRow::default, |texture| {
                let image = model.images.get(texture.image as usize);
                let image = image.expect("a texture's image is one of its model's");
                let key = self.images.share(image, encoding);
                used.push(key);
                TextureRow::new(&texture, key.slot)
            })
        })
    }

    fn queue(&mut self, key: Key, model: &Model, parts: &[&Part]) {
        let tile = self.tiles.at(key).expect("it was just added");
        let Some(places) = &tile.places else { return };
        let mut instances: Vec<Instance> = Vec::new();
        // Parts that share places get their own, for an instance names its part's look.
        for (part, look) in parts.iter().zip(tile.looks.clone()) {
            let range = part.instances.start as usize..part.instances.end as usize;
            instances.extend(model.instances[range].iter().map(|&own| Instance {
                tile: key.slot,
                look,
                ..own
            }));
        }
        let mut corners = bytemuck::cast_slice(&model.indices).to_vec();
        corners.resize(corners.len().next_multiple_of(4), 0);
        for (arena, place, bytes) in [
            (
                &self.vertices,
                &places.vertices,
                bytemuck::cast_slice(&model.vertices).to_vec(),
            ),
            (&self.indices, &places.indices, corners),
            (
                &self.instances,
                &places.instances,
                bytemuck::cast_slice(&instances).to_vec(),
            ),
        ] {
            let buffer = arena.buffer(place.slab).clone();
            let destination = Destination::Buffer {
                buffer,
                offset: arena.offset(place),
            };
            self.uploads.push(Owner::Tile(key.slot), destination, bytes);
        }
    }

    fn buffer_bytes(&self, places: &Places) -> u64 {
        self.vertices.bytes(&places.vertices)
            + self.indices.bytes(&places.indices)
            + self.instances.bytes(&places.instances)
    }

    /// Drops a tile, and what only it has.
    pub(crate) fn remove(&mut self, handle: TileHandle) -> bool {
        let Some(tile) = self.tiles.remove(handle.0) else {
            return false;
        };
        self.uploads.cancel(Owner::Tile(handle.0.slot));
        self.looks.give_back(tile.looks);
        for key in tile.images {
            self.images
                .release(&mut self.memory, &mut self.uploads, key);
        }
        if let Some(places) = tile.places {
            self.vertices.give_back(&mut self.memory, places.vertices);
            self.indices.give_back(&mut self.memory, places.indices);
            self.instances.give_back(&mut self.memory, places.instances);
        }
        true
    }

    /// Sends at most `budget` bytes of what waits.
    pub(crate) fn upload(&mut self, budget: usize) -> usize {
        let (sent, finished) = self
            .uploads
            .step(&self.memory.gpu, &self.images.textures, budget);
        for owner in finished {
            match owner {
                Owner::Image(slot) => self.images.show(slot),
                Owner::Tile(slot) => {
                    let tile = self.tiles.in_slot_mut(slot);
                    tile.expect("uploads of tiles that are gone are cancelled")
                        .ready = true;
                }
            }
        }
        sent
    }

    /// Bytes of a tile, those of its images included, whoever shares them.
    pub(crate) fn bytes(&self, handle: TileHandle) -> u64 {
        self.tiles.at(handle.0).map_or(0, |tile| {
            let mut images = tile.images.clone();
            images.sort_unstable();
            images.dedup();
            tile.bytes
                + images
                    .iter()
                    .map(|&key| self.images.bytes(key))
                    .sum::<u64>()
        })
    }

    pub(crate) fn memory_use(&self) -> MemoryUse {
        MemoryUse {
            vertices: self.vertices.used(),
            indices: self.indices.used(),
            instances: self.instances.used(),
            textures: self.images.textures.used(),
            allocated: self.memory.allocated(),
        }
    }
}

fn material<'a>(model: &'a Model, part: &Part) -> &'a Material {
    model
        .materials
        .get(part.material as usize)
        .expect("a part's material is one of its model's")
}

/// Its textures in the order of [`LookRow`], and what their numbers are.
fn textures(material: &Material) -> [(Option<Texture>, Encoding); 5] {
    [
        (material.base_color_texture, Encoding::Srgb),
        (material.emissive_texture, Encoding::Srgb),
        (material.metallic_roughness_texture, Encoding::Linear),
        (material.normal_texture, Encoding::Linear),
        (material.occlusion_texture, Encoding::Linear),
    ]
}

fn bounds(parts: &[&Part]) -> [Vec3; 2] {
    let empty = [Vec3::INFINITY, Vec3::NEG_INFINITY];
    parts.iter().fold(empty, |[low, high], part| {
        [low.min(part.bounds[0]), high.max(part.bounds[1])]
    })
}

fn drawn_parts(model: &Model, parts: &[&Part], places: &Places) -> Vec<DrawnPart> {
    let first_index = places.indices.elements.start * CORNERS_PER_ELEMENT;
    let mut instance = places.instances.elements.start;
    let drawn = |part: &&Part| {
        let first = instance;
        instance += part.instances.len() as u32;
        DrawnPart {
            kind: Kind::of(material(model, part)),
            indices: first_index + part.indices.start..first_index + part.indices.end,
            base_vertex: (places.vertices.elements.start + part.vertices.start) as i32,
            instances: first..instance,
            bounds: part.bounds,
        }
    };
    parts.iter().map(drawn).collect()
}

/// A feature's number as shaders have it.
pub(crate) fn known_feature(feature: u32) -> Option<u32> {
    (feature != u32::from(NO_FEATURE)).then_some(feature)
}
