//! What shaders are given, and the samplers they use.

use std::num::NonZeroU64;

use crate::gpu::Gpu;
use crate::scene::SceneBuffers;
use crate::tiles::Tiles;

/// Layouts of bind groups.
#[derive(Debug)]
pub(crate) struct Layouts {
    /// Group 0 of all passes that draw the world: the picture, tiles, looks and images.
    pub(crate) world: wgpu::BindGroupLayout,
    /// Group 1 of those that light it: shadows, the sky, ambient occlusion.
    pub(crate) light: wgpu::BindGroupLayout,
    /// Group 1 of ambient occlusion: depth.
    pub(crate) depth: wgpu::BindGroupLayout,
    /// Group 1 of its blur: what is blurred.
    pub(crate) raw: wgpu::BindGroupLayout,
    /// Group 0 of the last pass: light.
    pub(crate) tone: wgpu::BindGroupLayout,
    nearest: wgpu::Sampler,
    repeating: wgpu::Sampler,
    clamping: wgpu::Sampler,
    shadow: wgpu::Sampler,
}

impl Layouts {
    pub(crate) fn new(gpu: &Gpu) -> Self {
        let make = |label, entries: &[wgpu::BindGroupLayoutEntry]| {
            gpu.device()
                .create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                    label: Some(label),
                    entries,
                })
        };
        let colors = wgpu::TextureViewDimension::D2Array;
        let flat = wgpu::TextureViewDimension::D2;
        let mut world = vec![
            entry(0, buffer(wgpu::BufferBindingType::Uniform, None)),
            entry(
                1,
                buffer(wgpu::BufferBindingType::Uniform, NonZeroU64::new(64)),
            ),
        ];
        world.extend(
            (2..5).map(|binding| entry(binding, texture(wgpu::TextureSampleType::Uint, flat))),
        );
        world.push(entry(
            5,
            wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
        ));
        world.extend((6..12).map(|binding| entry(binding, texture(FILTERABLE, colors))));
        Self {
            world: make("world", &world),
            light: make(
                "light",
                &[
                    entry(0, texture(wgpu::TextureSampleType::Depth, colors)),
                    entry(
                        1,
                        wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Comparison),
                    ),
                    entry(2, texture(FILTERABLE, flat)),
                    entry(
                        3,
                        wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
                    ),
                    entry(4, texture(FILTERABLE, flat)),
                ],
            ),
            depth: make(
                "depth",
                &[
                    entry(0, texture(DEPTH_AS_NUMBERS, flat)),
                    entry(
                        1,
                        wgpu::BindingType::Sampler(wgpu::SamplerBindingType::NonFiltering),
                    ),
                ],
            ),
            raw: make("occlusion", &[entry(2, texture(FILTERABLE, flat))]),
            tone: make("tone", &[entry(0, texture(FILTERABLE, flat))]),
            nearest: gpu
                .device()
                .create_sampler(&wgpu::SamplerDescriptor::default()),
            repeating: repeating(gpu),
            clamping: gpu.device().create_sampler(&wgpu::SamplerDescriptor {
                mag_filter: wgpu::FilterMode::Linear,
                min_filter: wgpu::FilterMode::Linear,
                ..Default::default()
            }),
            shadow: gpu.device().create_sampler(&wgpu::SamplerDescriptor {
                mag_filter: wgpu::FilterMode::Linear,
                min_filter: wgpu::FilterMode::Linear,
                compare: Some(wgpu::CompareFunction::LessEqual),
                ..Default::default()
            }),
        }
    }

    /// The world as one picture shows it.
    pub(crate) fn world_group(
        &self,
        gpu: &Gpu,
        tiles: &Tiles,
        scene: &SceneBuffers,
    ) -> wgpu::BindGroup {
        let view = wgpu::BufferBinding {
            buffer: &scene.views,
            offset: 0,
            size: NonZeroU64::new(64),
        };
        let textures = tiles.images.textures.views();
        let mut resources = vec![
            scene.scene.as_entire_binding(),
            wgpu::BindingResource::Buffer(view),
            wgpu::BindingResource::TextureView(scene.tiles.view()),
            wgpu::BindingResource::TextureView(tiles.looks.view()),
            wgpu::BindingResource::TextureView(tiles.images.rows()),
            wgpu::BindingResource::Sampler(&self.repeating),
        ];
        resources.extend(textures.iter().map(wgpu::BindingResource::TextureView));
        group(gpu, "world", &self.world, &resources)
    }

    /// What lights it.
    pub(crate) fn light_group(
        &self,
        gpu: &Gpu,
        [shadows, sky, occlusion]: [&wgpu::TextureView; 3],
    ) -> wgpu::BindGroup {
        let resources = [
            wgpu::BindingResource::TextureView(shadows),
            wgpu::BindingResource::Sampler(&self.shadow),
            wgpu::BindingResource::TextureView(sky),
            wgpu::BindingResource::Sampler(&self.clamping),
            wgpu::BindingResource::TextureView(occlusion),
        ];
        group(gpu, "light", &self.light, &resources)
    }

    /// What ambient occlusion is judged by.
    pub(crate) fn depth_group(&self, gpu: &Gpu, depth: &wgpu::TextureView) -> wgpu::BindGroup {
        let resources = [
            wgpu::BindingResource::TextureView(depth),
            wgpu::BindingResource::Sampler(&self.nearest),
        ];
        group(gpu, "depth", &self.depth, &resources)
    }
}

const FILTERABLE: wgpu::TextureSampleType = wgpu::TextureSampleType::Float { filterable: true };
const DEPTH_AS_NUMBERS: wgpu::TextureSampleType =
    wgpu::TextureSampleType::Float { filterable: false };

/// All stages see everything: no limit counts it.
fn entry(binding: u32, ty: wgpu::BindingType) -> wgpu::BindGroupLayoutEntry {
    let visibility = wgpu::ShaderStages::VERTEX_FRAGMENT;
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility,
        ty,
        count: None,
    }
}

/// A buffer; one with a size is bound at an offset.
fn buffer(ty: wgpu::BufferBindingType, dynamic: Option<NonZeroU64>) -> wgpu::BindingType {
    wgpu::BindingType::Buffer {
        ty,
        has_dynamic_offset: dynamic.is_some(),
        min_binding_size: dynamic,
    }
}

fn texture(
    sample_type: wgpu::TextureSampleType,
    view_dimension: wgpu::TextureViewDimension,
) -> wgpu::BindingType {
    wgpu::BindingType::Texture {
        sample_type,
        view_dimension,
        multisampled: false,
    }
}

fn group(
    gpu: &Gpu,
    label: &str,
    layout: &wgpu::BindGroupLayout,
    resources: &[wgpu::BindingResource<'_>],
) -> wgpu::BindGroup {
    let entries: Vec<_> = resources
        .iter()
        .enumerate()
        .map(|(binding, resource)| wgpu::BindGroupEntry {
            binding: binding as u32,
            resource: resource.clone(),
        })
        .collect();
    gpu.device().create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some(label),
        layout,
        entries: &entries,
    })
}

/// One texture alone.
pub(crate) fn texture_group(
    gpu: &Gpu,
    layout: &wgpu::BindGroupLayout,
    binding: u32,
    view: &wgpu::TextureView,
) -> wgpu::BindGroup {
    gpu.device().create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("texture"),
        layout,
        entries: &[wgpu::BindGroupEntry {
            binding,
            resource: wgpu::BindingResource::TextureView(view),
        }],
    })
}

/// For images on surfaces, which are mostly seen at a slant.
fn repeating(gpu: &Gpu) -> wgpu::Sampler {
    gpu.device().create_sampler(&wgpu::SamplerDescriptor {
        label: Some("images"),
        address_mode_u: wgpu::AddressMode::Repeat,
        address_mode_v: wgpu::AddressMode::Repeat,
        mag_filter: wgpu::FilterMode::Linear,
        min_filter: wgpu::FilterMode::Linear,
        mipmap_filter: wgpu::MipmapFilterMode::Linear,
        // On a processor this takes fifty times as long.
        anisotropy_clamp: if gpu.capabilities().software { 1 } else { 8 },
        ..Default::default()
    })
}
