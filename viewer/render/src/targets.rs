//! Textures that a picture is drawn into on its way.

use crate::error::OutOfMemory;
use crate::gpu::Gpu;
use crate::layouts::{Layouts, texture_group};

/// Light, before it is brought to what a screen shows.
pub(crate) const COLOR: wgpu::TextureFormat = wgpu::TextureFormat::Rgba16Float;
/// Reversed: 1 at the nearest, 0 at infinity.
pub(crate) const DEPTH: wgpu::TextureFormat = wgpu::TextureFormat::Depth32Float;
/// Ambient occlusion, and the distance it was found at.
pub(crate) const OCCLUSION: wgpu::TextureFormat = wgpu::TextureFormat::Rg16Float;

/// For ambient occlusion, at half the size.
#[derive(Debug)]
pub(crate) struct HalfTargets {
    pub(crate) depth: wgpu::TextureView,
    pub(crate) raw: wgpu::TextureView,
    pub(crate) depth_group: wgpu::BindGroup,
    pub(crate) raw_group: wgpu::BindGroup,
}

/// For pictures of one size.
#[derive(Debug)]
pub(crate) struct Targets {
    pub(crate) size: (u32, u32),
    pub(crate) depth: wgpu::TextureView,
    /// Where pixels have several samples.
    pub(crate) samples: Option<wgpu::TextureView>,
    pub(crate) color: wgpu::TextureView,
    pub(crate) tone_group: wgpu::BindGroup,
    pub(crate) half: Option<HalfTargets>,
    /// The blurred map, or one pixel when there is none.
    pub(crate) occlusion: wgpu::TextureView,
}

impl Targets {
    pub(crate) fn new(
        gpu: &Gpu,
        layouts: &Layouts,
        size: (u32, u32),
        samples: u32,
        occlusion: bool,
    ) -> Result<Self, OutOfMemory> {
        let pixels = u64::from(size.0) * u64::from(size.1);
        // Colour and depth per sample, colour per pixel, and two bytes of a quarter of the pixels for each of three.
        let bytes = pixels * (12 * u64::from(samples) + 8 + 3);
        gpu.allocate(bytes, |device| {
            let half_size = (size.0.div_ceil(2), size.1.div_ceil(2));
            let color = view(device, COLOR, size, 1);
            let half = occlusion.then(|| {
                let depth = view(device, DEPTH, half_size, 1);
                let raw = view(device, OCCLUSION, half_size, 1);
                HalfTargets {
                    depth_group: layouts.depth_group(gpu, &depth),
                    raw_group: texture_group(gpu, &layouts.raw, 2, &raw),
                    depth,
                    raw,
                }
            });
            Self {
                size,
                depth: view(device, DEPTH, size, samples),
                samples: (samples > 1).then(|| view(device, COLOR, size, samples)),
                tone_group: texture_group(gpu, &layouts.tone, 0, &color),
                color,
                half,
                occlusion: view(
                    device,
                    OCCLUSION,
                    if occlusion { half_size } else { (1, 1) },
                    1,
                ),
            }
        })
    }
}

fn view(
    device: &wgpu::Device,
    format: wgpu::TextureFormat,
    size: (u32, u32),
    sample_count: u32,
) -> wgpu::TextureView {
    let mut usage = wgpu::TextureUsages::RENDER_ATTACHMENT;
    if sample_count == 1 {
        usage |= wgpu::TextureUsages::TEXTURE_BINDING;
    }
    let texture = device.create_texture(&wgpu::TextureDescriptor {
        label: Some("target"),
        size: wgpu::Extent3d {
            width: size.0,
            height: size.1,
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage,
        view_formats: &[],
    });
    texture.create_view(&wgpu::TextureViewDescriptor::default())
}

/// Shadow maps: a view of all for shaders, and of each to draw into.
#[derive(Debug)]
pub(crate) struct ShadowMaps {
    pub(crate) all: wgpu::TextureView,
    pub(crate) each: Vec<wgpu::TextureView>,
}

impl ShadowMaps {
    pub(crate) fn new(gpu: &Gpu, count: u32, side: u32) -> Result<Self, OutOfMemory> {
        let bytes = u64::from(count) * u64::from(side).pow(2) * 4;
        let texture = gpu.allocate(bytes, |device| {
            device.create_texture(&wgpu::TextureDescriptor {
                label: Some("shadows"),
                size: wgpu::Extent3d {
                    width: side,
                    height: side,
                    depth_or_array_layers: count,
                },
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format: DEPTH,
                usage: wgpu::TextureUsages::RENDER_ATTACHMENT
                    | wgpu::TextureUsages::TEXTURE_BINDING,
                view_formats: &[],
            })
        })?;
        let part = |base_array_layer, count, dimension| {
            texture.create_view(&wgpu::TextureViewDescriptor {
                dimension: Some(dimension),
                base_array_layer,
                array_layer_count: Some(count),
                ..Default::default()
            })
        };
        let each = (0..count).map(|layer| part(layer, 1, wgpu::TextureViewDimension::D2));
        Ok(Self {
            each: each.collect(),
            all: part(0, count, wgpu::TextureViewDimension::D2Array),
        })
    }
}
