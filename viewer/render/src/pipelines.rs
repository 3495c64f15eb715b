//! Pipelines: which shaders, what they read, how they write.

use gable_model::{Instance, Vertex};

use crate::gpu::Gpu;
use crate::layouts::Layouts;
use crate::settings::Settings;
use crate::targets::{COLOR, DEPTH, OCCLUSION};
use crate::tiles::Kind;

/// What picking writes: see `depth.wgsl`.
pub(crate) const PICK: wgpu::TextureFormat = wgpu::TextureFormat::Rgba32Uint;

macro_rules! shader {
    ($($name:literal),+) => {
        concat!($(include_str!(concat!("shaders/", $name, ".wgsl")), "\n"),+)
    };
}

/// Pipelines for one-sided and for double-sided surfaces, each without and with textures.
#[derive(Debug)]
struct Sides([wgpu::RenderPipeline; 4]);

impl Sides {
    fn of(&self, kind: Kind) -> &wgpu::RenderPipeline {
        &self.0[usize::from(kind.double_sided) * 2 + usize::from(kind.textured)]
    }
}

/// Depth alone, of surfaces without and with holes.
#[derive(Debug)]
pub(crate) struct DepthPipelines {
    whole: Sides,
    masked: Sides,
}

impl DepthPipelines {
    pub(crate) fn of(&self, kind: Kind) -> &wgpu::RenderPipeline {
        if kind.masked {
            self.masked.of(kind)
        } else {
            self.whole.of(kind)
        }
    }
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Pipelines {
    opaque: Sides,
    blended: Sides,
    lines: Option<wgpu::RenderPipeline>,
    pick: Sides,
    pub(crate) shadow: DepthPipelines,
    pub(crate) near_depth: DepthPipelines,
    pub(crate) sky: wgpu::RenderPipeline,
    pub(crate) ground: wgpu::RenderPipeline,
    pub(crate) screen: ScreenPipelines,
}

/// Those that work on pictures.
#[derive(Debug)]
pub(crate) struct ScreenPipelines {
    pub(crate) occlusion: wgpu::RenderPipeline,
    pub(crate) blur: wgpu::RenderPipeline,
    pub(crate) tone: wgpu::RenderPipeline,
}

impl ScreenPipelines {
    fn new(maker: &Maker<'_>, layouts: &Layouts, format: wgpu::TextureFormat) -> Self {
        let occlusion = maker.module("occlusion", shader!("scene", "occlusion"));
        let tone = maker.module("tone", shader!("tone"));
        let screen = |module, layouts, entry, format| Recipe {
            layouts,
            fragment: Some(entry),
            format: Some(format),
            ..Recipe::new(module)
        };
        let depth = [Some(&layouts.world), Some(&layouts.depth)];
        let raw = [Some(&layouts.world), Some(&layouts.raw)];
        let light = [Some(&layouts.tone)];
        let encode = [("ENCODE", if format.is_srgb() { 0.0 } else { 1.0 })];
        Self {
            occlusion: maker.make(&screen(&occlusion, &depth, "occlusion_fragment", OCCLUSION)),
            blur: maker.make(&screen(&occlusion, &raw, "blur_fragment", OCCLUSION)),
            tone: maker.make(&Recipe {
                constants: &encode,
                ..screen(&tone, &light, "tone_fragment", format)
            }),
        }
    }
}

impl Pipelines {
    pub(crate) fn new(gpu: &Gpu, layouts: &Layouts, settings: &Settings, samples: u32) -> Self {
        let maker = Maker {
            device: gpu.device(),
        };
        let surface = maker.module(
            "surface",
            shader!(
                "scene", "rows", "instance", "texture", "sky", "light", "surface"
            ),
        );
        let depth = maker.module(
            "depth",
            shader!("scene", "rows", "instance", "texture", "depth"),
        );
        let background = maker.module("background", shader!("scene", "sky", "light", "background"));
        let light = [Some(&layouts.world), Some(&layouts.light)];
        let world = [Some(&layouts.world)];

        let surfaces = Recipe {
            layouts: &light,
            vertices: true,
            vertex: "surface_vertex",
            fragment: Some("surface_fragment"),
            format: Some(COLOR),
            depth: Some(wgpu::CompareFunction::Greater),
            samples,
            ..Recipe::new(&surface)
        };
        let points = Recipe {
            layouts: &world,
            vertices: true,
            depth: Some(wgpu::CompareFunction::Greater),
            ..Recipe::new(&depth)
        };
        let sky = Recipe {
            layouts: &light,
            fragment: Some("sky_fragment"),
            format: Some(COLOR),
            depth: Some(wgpu::CompareFunction::GreaterEqual),
            depth_write: false,
            samples,
            ..Recipe::new(&background)
        };
        Self {
            opaque: maker.sides(&surfaces),
            blended: maker.sides(&Recipe {
                blend: true,
                depth_write: false,
                ..surfaces
            }),
            lines: gpu.capabilities().wireframe.then(|| {
                maker.make(&Recipe {
                    polygon: wgpu::PolygonMode::Line,
                    ..surfaces
                })
            }),
            pick: maker.sides(&Recipe {
                vertex: "point_vertex",
                fragment: Some("pick_fragment"),
                format: Some(PICK),
                ..points
            }),
            shadow: maker.depth(&Recipe {
                depth: Some(wgpu::CompareFunction::Less),
                bias: wgpu::DepthBiasState {
                    constant: 1,
                    slope_scale: 1.75,
                    clamp: 0.0,
                },
                // What turns its back to the sun casts shadows, too: walls are often drawn from one side only.
                both_sides: true,
                ..points
            }),
            near_depth: maker.depth(&points),
            ground: maker.make(&Recipe {
                fragment: Some("ground_fragment"),
                depth_write: true,
                ..sky
            }),
            sky: maker.make(&sky),
            screen: ScreenPipelines::new(&maker, layouts, settings.format),
        }
    }

    /// For a surface, filled or as lines.
    pub(crate) fn surface(&self, kind: Kind, wireframe: bool) -> &wgpu::RenderPipeline {
        match &self.lines {
            Some(lines) if wireframe => lines,
            _ if kind.blend => self.blended.of(kind),
            _ => self.opaque.of(kind),
        }
    }

    pub(crate) fn pick(&self, kind: Kind) -> &wgpu::RenderPipeline {
        self.pick.of(kind)
    }
}

/// What a pipeline is made of.
#[derive(Clone, Copy)]
struct Recipe<'a> {
    module: &'a wgpu::ShaderModule,
    layouts: &'a [Option<&'a wgpu::BindGroupLayout>],
    /// It draws tiles, not the whole screen.
    vertices: bool,
    vertex: &'a str,
    fragment: Option<&'a str>,
    /// Of the colour that is written.
    format: Option<wgpu::TextureFormat>,
    constants: &'a [(&'a str, f64)],
    blend: bool,
    both_sides: bool,
    polygon: wgpu::PolygonMode,
    depth: Option<wgpu::CompareFunction>,
    depth_write: bool,
    bias: wgpu::DepthBiasState,
    samples: u32,
}

impl<'a> Recipe<'a> {
    fn new(module: &'a wgpu::ShaderModule) -> Self {
        Self {
            module,
            layouts: &[],
            vertices: false,
            vertex: "screen_vertex",
            fragment: None,
            format: None,
            constants: &[],
            blend: false,
            both_sides: false,
            polygon: wgpu::PolygonMode::Fill,
            depth: None,
            depth_write: true,
            bias: wgpu::DepthBiasState::default(),
            samples: 1,
        }
    }
}

const PLAIN: &[(&str, f64)] = &[("TEXTURED", 0.0)];
const TEXTURED: &[(&str, f64)] = &[("TEXTURED", 1.0)];

struct Maker<'a> {
    device: &'a wgpu::Device,
}

impl Maker<'_> {
    fn module(&self, label: &str, source: &str) -> wgpu::ShaderModule {
        self.device
            .create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(label),
                source: wgpu::ShaderSource::Wgsl(source.into()),
            })
    }

    fn sides(&self, recipe: &Recipe<'_>) -> Sides {
        let make = |double_sided, textured| {
            self.make(&Recipe {
                both_sides: double_sided || recipe.both_sides,
                constants: if textured { TEXTURED } else { PLAIN },
                ..*recipe
            })
        };
        let plain = [make(false, false), make(true, false)];
        // Without a fragment shader nobody looks at textures.
        let textured = match recipe.fragment {
            Some(_) => [make(false, true), make(true, true)],
            None => plain.clone(),
        };
        let ([one, two], [one_textured, two_textured]) = (plain, textured);
        Sides([one, one_textured, two, two_textured])
    }

    fn depth(&self, recipe: &Recipe<'_>) -> DepthPipelines {
        let whole = Recipe {
            vertex: "depth_vertex",
            ..*recipe
        };
        let masked = Recipe {
            vertex: "point_vertex",
            fragment: Some("masked_fragment"),
            ..*recipe
        };
        DepthPipelines {
            whole: self.sides(&whole),
            masked: self.sides(&masked),
        }
    }

    fn make(&self, recipe: &Recipe<'_>) -> wgpu::RenderPipeline {
        let layout = self
            .device
            .create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: None,
                bind_group_layouts: recipe.layouts,
                immediate_size: 0,
            });
        let targets = [recipe.format.map(|format| wgpu::ColorTargetState {
            format,
            blend: recipe
                .blend
                .then_some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
            write_mask: wgpu::ColorWrites::ALL,
        })];
        let compilation_options = wgpu::PipelineCompilationOptions {
            constants: recipe.constants,
            ..Default::default()
        };
        let buffers = vertex_buffers();
        self.device
            .create_render_pipeline(&wgpu::RenderPipelineDescriptor {
                label: recipe.fragment,
                layout: Some(&layout),
                vertex: wgpu::VertexState {
                    module: recipe.module,
                    entry_point: Some(recipe.vertex),
                    compilation_options: compilation_options.clone(),
                    buffers: if recipe.vertices { &buffers } else { &[] },
                },
                primitive: wgpu::PrimitiveState {
                    cull_mode: (!recipe.both_sides).then_some(wgpu::Face::Back),
                    polygon_mode: recipe.polygon,
                    ..Default::default()
                },
                depth_stencil: recipe.depth.map(|compare| wgpu::DepthStencilState {
                    format: DEPTH,
                    depth_write_enabled: Some(recipe.depth_write),
                    depth_compare: Some(compare),
                    stencil: wgpu::StencilState::default(),
                    bias: recipe.bias,
                }),
                multisample: wgpu::MultisampleState {
                    count: recipe.samples,
                    ..Default::default()
                },
                fragment: recipe.fragment.map(|entry| wgpu::FragmentState {
                    module: recipe.module,
                    entry_point: Some(entry),
                    compilation_options,
                    targets: if recipe.format.is_some() {
                        &targets
                    } else {
                        &[]
                    },
                }),
                multiview_mask: None,
                cache: None,
            })
    }
}

const VERTEX: [wgpu::VertexAttribute; 3] =
    wgpu::vertex_attr_array![0 => Sint16x4, 1 => Snorm8x4, 2 => Unorm16x2];
const INSTANCE: [wgpu::VertexAttribute; 6] = wgpu::vertex_attr_array![
    3 => Float32x3, 4 => Uint32, 5 => Snorm16x4, 6 => Float32x3, 7 => Uint32, 8 => Uint32
];

/// Vertices, then instances, as [`Vertex`] and [`Instance`] lie in memory.
fn vertex_buffers() -> [Option<wgpu::VertexBufferLayout<'static>>; 2] {
    [
        Some(wgpu::VertexBufferLayout {
            array_stride: size_of::<Vertex>() as u64,
            step_mode: wgpu::VertexStepMode::Vertex,
            attributes: &VERTEX,
        }),
        Some(wgpu::VertexBufferLayout {
            array_stride: size_of::<Instance>() as u64,
            step_mode: wgpu::VertexStepMode::Instance,
            attributes: &INSTANCE,
        }),
    ]
}
