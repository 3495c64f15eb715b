//! Texture arrays: images of one size and encoding are layers of one texture, so that draws need not bind theirs.

use crate::error::OutOfMemory;
use crate::memory::Memory;
use crate::picture::Encoding;
use crate::ranges::Ranges;

/// Sides of images, pixels; others are brought to one of them.
pub(crate) const SIDES: [u32; 3] = [128, 512, 1024];
/// Layers that the first image of an array makes room for.
const FIRST_LAYERS: u32 = 4;

/// Where an image lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layer {
    pub(crate) encoding: Encoding,
    /// Number of its side in [`SIDES`].
    pub(crate) class: usize,
    pub(crate) layer: u32,
}

impl Layer {
    /// Bytes of a row of a level.
    pub(crate) fn row_bytes(self, level: u32) -> usize {
        (SIDES[self.class] >> level) as usize * 4
    }

    /// Bytes of all levels.
    pub(crate) fn bytes(self) -> u64 {
        layer_bytes(self.class)
    }
}

fn layer_bytes(class: usize) -> u64 {
    (0..level_count(class))
        .map(|level| u64::from(SIDES[class] >> level).pow(2) * 4)
        .sum()
}

fn level_count(class: usize) -> u32 {
    SIDES[class].ilog2() + 1
}

/// The side that suits an image: neither much larger nor much smaller than it.
pub(crate) fn class_of(width: u32, height: u32) -> usize {
    match width.max(height) {
        0..=192 => 0,
        193..=768 => 1,
        _ => 2,
    }
}

#[derive(Debug)]
struct Array {
    texture: wgpu::Texture,
    layers: Ranges,
}

impl Array {
    fn make(device: &wgpu::Device, encoding: Encoding, class: usize, layers: u32) -> wgpu::Texture {
        // Before there is an image one pixel stands for the array.
        let side = if layers == 0 { 1 } else { SIDES[class] };
        // OpenGL knows an array by its layers: one is none, and six are a cube. (Else they are a power of two.)
        device.create_texture(&wgpu::TextureDescriptor {
            label: Some("images"),
            size: wgpu::Extent3d {
                width: side,
                height: side,
                depth_or_array_layers: layers.max(2),
            },
            mip_level_count: side.ilog2() + 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: match encoding {
                Encoding::Srgb => wgpu::TextureFormat::Rgba8UnormSrgb,
                Encoding::Linear => wgpu::TextureFormat::Rgba8Unorm,
            },
            usage: wgpu::TextureUsages::TEXTURE_BINDING
                | wgpu::TextureUsages::COPY_DST
                | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        })
    }
}

/// All arrays: colours of each side, then data of each side.
#[derive(Debug)]
pub(crate) struct Textures {
    arrays: Vec<Array>,
    /// An array is another one now.
    changed: bool,
}

impl Textures {
    pub(crate) fn new(device: &wgpu::Device) -> Self {
        let arrays = [Encoding::Srgb, Encoding::Linear]
            .into_iter()
            .flat_map(|encoding| {
                (0..SIDES.len()).map(move |class| Array {
                    texture: Array::make(device, encoding, class, 0),
                    layers: Ranges::new(0),
                })
            });
        Self {
            arrays: arrays.collect(),
            changed: false,
        }
    }

    fn index(encoding: Encoding, class: usize) -> usize {
        class
            + if encoding == Encoding::Srgb {
                0
            } else {
                SIDES.len()
            }
    }

    /// Finds room for an image.
    pub(crate) fn take(
        &mut self,
        memory: &mut Memory,
        encoding: Encoding,
        class: usize,
    ) -> Result<Layer, OutOfMemory> {
        let index = Self::index(encoding, class);
        let layer = match self.arrays[index].layers.take(1) {
            Some(layer) => layer,
            None => {
                self.grow(memory, encoding, class)?;
                self.arrays[index]
                    .layers
                    .take(1)
                    .expect("it has just grown")
            }
        };
        Ok(Layer {
            encoding,
            class,
            layer: layer.start,
        })
    }

    /// Makes an array twice as long and copies what it has.
    fn grow(
        &mut self,
        memory: &mut Memory,
        encoding: Encoding,
        class: usize,
    ) -> Result<(), OutOfMemory> {
        let array = &mut self.arrays[Self::index(encoding, class)];
        let old = array.layers.capacity();
        let most = memory.gpu.device().limits().max_texture_array_layers;
        let new = (old * 2).clamp(FIRST_LAYERS, most);
        let bytes = layer_bytes(class) * u64::from(new);
        if new <= old {
            return Err(OutOfMemory { bytes });
        }
        let texture = memory.take(bytes, |device| Array::make(device, encoding, class, new))?;
        if old > 0 {
            let gpu = memory.gpu.clone();
            let mut encoder = gpu.device().create_command_encoder(&Default::default());
            for level in 0..level_count(class) {
                let side = SIDES[class] >> level;
                let at = |texture| wgpu::TexelCopyTextureInfo {
                    texture,
                    mip_level: level,
                    origin: wgpu::Origin3d::ZERO,
                    aspect: wgpu::TextureAspect::All,
                };
                encoder.copy_texture_to_texture(
                    at(&array.texture),
                    at(&texture),
                    wgpu::Extent3d {
                        width: side,
                        height: side,
                        depth_or_array_layers: old,
                    },
                );
            }
            gpu.queue().submit([encoder.finish()]);
            memory.give_back(layer_bytes(class) * u64::from(old));
        }
        array.texture = texture;
        array.layers.grow(new);
        self.changed = true;
        Ok(())
    }

    /// Gives room back; an array without images is dropped.
    pub(crate) fn give_back(&mut self, memory: &mut Memory, layer: Layer) {
        let array = &mut self.arrays[Self::index(layer.encoding, layer.class)];
        array.layers.give_back(layer.layer..layer.layer + 1);
        if array.layers.used() == 0 {
            memory.give_back(layer_bytes(layer.class) * u64::from(array.layers.capacity()));
            array.layers = Ranges::new(0);
            array.texture = Array::make(memory.gpu.device(), layer.encoding, layer.class, 0);
            self.changed = true;
        }
    }

    /// Writes whole rows of a level.
    pub(crate) fn write(
        &self,
        gpu: &crate::gpu::Gpu,
        layer: Layer,
        level: u32,
        first_row: usize,
        rows: &[u8],
    ) {
        let row_bytes = layer.row_bytes(level);
        gpu.queue().write_texture(
            wgpu::TexelCopyTextureInfo {
                texture: &self.arrays[Self::index(layer.encoding, layer.class)].texture,
                mip_level: level,
                origin: wgpu::Origin3d {
                    x: 0,
                    y: first_row as u32,
                    z: layer.layer,
                },
                aspect: wgpu::TextureAspect::All,
            },
            rows,
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(row_bytes as u32),
                rows_per_image: None,
            },
            wgpu::Extent3d {
                width: SIDES[layer.class] >> level,
                height: (rows.len() / row_bytes) as u32,
                depth_or_array_layers: 1,
            },
        );
    }

    /// Whether an array has become another one since this was last asked.
    pub(crate) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// Views for shaders, colours of each side before data of each side.
    pub(crate) fn views(&self) -> Vec<wgpu::TextureView> {
        let view = |array: &Array| {
            array.texture.create_view(&wgpu::TextureViewDescriptor {
                dimension: Some(wgpu::TextureViewDimension::D2Array),
                ..Default::default()
            })
        };
        self.arrays.iter().map(view).collect()
    }

    /// Bytes that images take.
    pub(crate) fn used(&self) -> u64 {
        let bytes = |(index, array): (usize, &Array)| {
            layer_bytes(index % SIDES.len()) * u64::from(array.layers.used())
        };
        self.arrays.iter().enumerate().map(bytes).sum()
    }
}
