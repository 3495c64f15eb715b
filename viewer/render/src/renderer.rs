//! The renderer: tiles come and go, pictures are drawn of some of them.

use gable_model::{ImageSource, Model};

use crate::camera::View;
use crate::cascades::{Cascade, cascades};
use crate::draws::{Recorder, Seen, collect, seen};
use crate::error::{ImageError, OutOfMemory};
use crate::frame::{Frame, FrameStatistics};
use crate::gpu::{Capabilities, Gpu};
use crate::images::ImageKey;
use crate::layouts::Layouts;
use crate::memory::MemoryUse;
use crate::passes::Passes;
use crate::pick::Pick;
use crate::pipelines::{PICK, Pipelines};
use crate::readback::{Readback, readable};
use crate::scene::{SceneBuffers, SceneRow};
use crate::settings::Settings;
use crate::sky::Sky;
use crate::targets::{DEPTH, ShadowMaps, Targets};
use crate::tiles::{TileHandle, Tiles};

/// Draws tiles.
#[derive(Debug)]
pub struct Renderer {
    gpu: Gpu,
    settings: Settings,
    samples: u32,
    tiles: Tiles,
    layouts: Layouts,
    pipelines: Pipelines,
    sky: Sky,
    shadows: ShadowMaps,
    scene: SceneBuffers,
    /// Arguments of draws that the device reads itself.
    arguments: Option<wgpu::Buffer>,
    targets: Option<Targets>,
    /// Made anew when what it names has changed.
    world_group: Option<wgpu::BindGroup>,
    light_group: Option<wgpu::BindGroup>,
}

impl Renderer {
    /// A renderer without tiles.
    ///
    /// # Errors
    ///
    /// There is no room for shadow maps.
    pub fn new(gpu: &Gpu, settings: Settings) -> Result<Self, OutOfMemory> {
        let layouts = Layouts::new(gpu);
        let samples = if gpu.capabilities().multisampling {
            settings.quality.samples()
        } else {
            1
        };
        let (count, side) = settings.quality.shadows();
        Ok(Self {
            tiles: Tiles::new(gpu, settings.memory_limit),
            pipelines: Pipelines::new(gpu, &layouts, &settings, samples),
            sky: Sky::new(gpu),
            shadows: ShadowMaps::new(gpu, count, side)?,
            scene: SceneBuffers::new(gpu),
            gpu: gpu.clone(),
            settings,
            samples,
            layouts,
            arguments: None,
            targets: None,
            world_group: None,
            light_group: None,
        })
    }

    /// What the device can do.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        self.gpu.capabilities()
    }

    /// Takes a tile. It can be drawn once [`is_ready`](Self::is_ready) says so.
    ///
    /// # Errors
    ///
    /// There is no room for it; nothing of it is kept.
    pub fn add(&mut self, model: &Model) -> Result<TileHandle, OutOfMemory> {
        self.tiles.add(model)
    }

    /// Drops a tile, and the images that only it has. Says whether it was there.
    pub fn remove(&mut self, handle: TileHandle) -> bool {
        self.tiles.remove(handle)
    }

    /// All of a tile's geometry is on the device; its images may still be missing.
    #[must_use]
    pub fn is_ready(&self, handle: TileHandle) -> bool {
        self.tiles.tiles.at(handle.0).is_some_and(|tile| tile.ready)
    }

    /// Sends at most so many bytes of what waits, and returns how many. (At least one row of pixels, if an image is
    /// next.)
    pub fn upload(&mut self, budget_bytes: usize) -> usize {
        self.tiles.upload(budget_bytes)
    }

    /// Bytes that wait to be sent.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.tiles.uploads.waiting()
    }

    /// Bytes of a tile on the device, those of its images included; 0 for one that was removed.
    #[must_use]
    pub fn bytes(&self, handle: TileHandle) -> u64 {
        self.tiles.bytes(handle)
    }

    /// Bytes of all tiles on the device.
    #[must_use]
    pub fn memory(&self) -> MemoryUse {
        self.tiles.memory_use()
    }

    /// Images that tiles show and whose pixels are not known yet.
    pub fn missing_images(&self) -> impl Iterator<Item = (ImageKey, &ImageSource)> {
        self.tiles.images.missing()
    }

    /// Takes an image's pixels: red, green, blue and opacity, row by row from the top. Nothing happens if no tile
    /// shows it any more.
    ///
    /// # Errors
    ///
    /// The bytes are not those of so many pixels, or there is no room for them.
    pub fn set_image(
        &mut self,
        key: ImageKey,
        size: (u32, u32),
        rgba: &[u8],
    ) -> Result<(), ImageError> {
        let Tiles {
            images,
            memory,
            uploads,
            ..
        } = &mut self.tiles;
        images.set(memory, uploads, key, size, rgba)
    }

    /// Records a picture of `size` pixels into `target`, a view of the format in the settings. Submit the encoder
    /// before another picture is recorded.
    ///
    /// # Errors
    ///
    /// There is no room for a picture of this size; nothing is recorded.
    pub fn render(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        target: &wgpu::TextureView,
        size: (u32, u32),
        frame: &Frame<'_>,
    ) -> Result<FrameStatistics, OutOfMemory> {
        if size.0 == 0 || size.1 == 0 {
            return Ok(FrameStatistics::default());
        }
        self.fit(size)?;
        self.sky
            .follow(&self.gpu, frame.sun.direction.normalize_or(glam::Vec3::Z));
        let mut changed = self.flush();
        let view = View::new(&frame.camera, size);
        let seen = seen(&self.tiles, frame.tiles, view.eye);
        let cascades = self.cascades(frame, &view);
        let parts: usize = seen.iter().map(|seen| seen.tile.parts.len()).sum();
        fit_arguments(&self.gpu, &mut self.arguments, parts * (cascades.len() + 2));
        let scene = SceneRow::new(frame, &view, &self.sky.daylight, size)
            .with_shadows(&cascades)
            .with_occlusion(self.settings.quality.occlusion() && !frame.wireframe);
        let mut views = vec![view.clip_from_eye];
        views.extend(cascades.iter().map(|cascade| cascade.clip_from_eye));
        changed |= self
            .scene
            .write(&self.gpu, &scene, &views, (&self.tiles, &seen));
        if changed {
            self.world_group = None;
        }
        let world = self.world_group.get_or_insert_with(|| {
            self.layouts
                .world_group(&self.gpu, &self.tiles, &self.scene)
        });
        let targets = self.targets.as_ref().expect("it was just fitted");
        let light = self.light_group.get_or_insert_with(|| {
            let maps = [&self.shadows.all, &self.sky.view, &targets.occlusion];
            self.layouts.light_group(&self.gpu, maps)
        });
        let mut passes = Passes {
            encoder,
            recorder: Recorder::new(&self.tiles, self.arguments.as_ref()),
            pipelines: &self.pipelines,
            world,
            light,
            targets,
            statistics: FrameStatistics::default(),
        };
        passes.shadows(&self.shadows, &cascades, &seen);
        passes.occlusion(&view, &seen);
        passes.surfaces(frame, &view, &seen);
        passes.tone(target);
        passes.recorder.finish(&self.gpu);
        Ok(passes.statistics)
    }

    /// Asks what lies under a pixel of a picture of `size` pixels.
    #[must_use]
    pub fn pick(&mut self, frame: &Frame<'_>, size: (u32, u32), pixel: (u32, u32)) -> Pick {
        let inside = pixel.0 < size.0 && pixel.1 < size.1;
        let size = (size.0.max(1), size.1.max(1));
        let view = View::new(&frame.camera, size).narrowed(size, pixel);
        let handles = frame.tiles.iter().map(|shown| shown.handle).collect();
        if self.flush() {
            self.world_group = None;
        }
        let seen = seen(&self.tiles, frame.tiles, view.eye);
        let readback = (inside && !seen.is_empty()).then(|| self.pick_pixel(frame, &view, &seen));
        Pick::new(&self.gpu, &view, readback, handles)
    }

    fn pick_pixel(&self, frame: &Frame<'_>, view: &View, seen: &[Seen<'_>]) -> Readback {
        let gpu = &self.gpu;
        // Buffers of its own: those of a picture may be waiting for their submission.
        let mut scene = SceneBuffers::new(gpu);
        let row = SceneRow::new(frame, view, &self.sky.daylight, (1, 1));
        scene.write(gpu, &row, &[view.clip_from_eye], (&self.tiles, seen));
        let world = self.layouts.world_group(gpu, &self.tiles, &scene);
        let texture = |format| {
            gpu.texture(
                "pick",
                (1, 1),
                format,
                wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            )
        };
        let (answer, depth) = (texture(PICK), texture(DEPTH));
        let buffer = readable(gpu, 256);
        let mut encoder = gpu.device().create_command_encoder(&Default::default());
        let mut pass = crate::passes::begin(
            &mut encoder,
            "pick",
            Some((
                &answer.create_view(&Default::default()),
                None,
                Some(wgpu::Color::TRANSPARENT),
            )),
            Some((&depth.create_view(&Default::default()), Some(0.0))),
        );
        pass.set_bind_group(0, &world, &[0]);
        let draws = collect(seen.iter(), &view.volume(), |_| true);
        Recorder::new(&self.tiles, None)
            .record(&mut pass, &draws.list, |kind| self.pipelines.pick(kind));
        drop(pass);
        encoder.copy_texture_to_buffer(
            answer.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout::default(),
            },
            answer.size(),
        );
        gpu.queue().submit([encoder.finish()]);
        Readback::new(buffer)
    }

    /// Sends rows that changed; says whether the world's group names something that is gone.
    fn flush(&mut self) -> bool {
        let looks = self.tiles.looks.flush(&self.gpu);
        self.tiles.images.flush(&self.gpu) || looks
    }

    /// Has targets of the picture's size.
    fn fit(&mut self, size: (u32, u32)) -> Result<(), OutOfMemory> {
        if self
            .targets
            .as_ref()
            .is_some_and(|targets| targets.size == size)
        {
            return Ok(());
        }
        // The old ones go first: there may not be room for both.
        self.targets = None;
        self.light_group = None;
        let occlusion = self.settings.quality.occlusion();
        self.targets = Some(Targets::new(
            &self.gpu,
            &self.layouts,
            size,
            self.samples,
            occlusion,
        )?);
        Ok(())
    }

    /// No shadows while the sun is down.
    fn cascades(&self, frame: &Frame<'_>, view: &View) -> Vec<Cascade> {
        let sun = frame.sun.direction.normalize_or(glam::Vec3::Z);
        if self.sky.daylight.sun.max_element() <= 0.0 || frame.shadow_reach <= 0.0 || sun.z < -0.02
        {
            return Vec::new();
        }
        cascades(
            view,
            sun,
            self.settings.quality.shadows(),
            frame.shadow_reach,
        )
    }
}

/// Has room for the arguments of so many draws, if the device can read them.
fn fit_arguments(gpu: &Gpu, buffer: &mut Option<wgpu::Buffer>, draws: usize) {
    let bytes = Recorder::argument_bytes(draws.next_power_of_two());
    let fits = buffer.as_ref().is_some_and(|buffer| buffer.size() >= bytes);
    if gpu.capabilities().multi_draw && !fits {
        *buffer = Some(gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: Some("draws"),
            size: bytes,
            usage: wgpu::BufferUsages::INDIRECT | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        }));
    }
}
