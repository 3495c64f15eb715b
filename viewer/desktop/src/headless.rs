//! Pictures without a window: a screenshot, a recorded flight.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gable_render::{Gpu, GpuError, GpuOptions, Offscreen, Quality, Renderer};
use gable_session::scenery::Scenery;
use gable_session::session::Session;
use gable_view::camera::Camera;
use gable_view::stream::Limits;

use crate::loader::ThreadLoader;
use crate::open::Opened;
use crate::picture;
use crate::source::Wake;

/// Draws into textures.
#[derive(Debug)]
pub struct Headless {
    gpu: Gpu,
    session: Session<ThreadLoader>,
    target: Offscreen,
    size: [u32; 2],
    start: Instant,
    /// When there was something to see, seconds.
    first_tile: Option<f64>,
}

/// What is wanted of a viewer without a window.
#[derive(Debug, Clone)]
pub struct HeadlessOptions {
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// How much is done for looks.
    pub quality: Quality,
    /// What it may take.
    pub limits: Limits,
    /// Tiles that are made at a time.
    pub cores: usize,
}

/// What can be drawn with before it is known what: a device takes half a second to open, and need not wait for the network.
#[derive(Debug)]
pub struct Canvas {
    gpu: Gpu,
    renderer: Renderer,
    target: Offscreen,
    options: HeadlessOptions,
}

impl Canvas {
    /// Opens a device.
    ///
    /// # Errors
    /// [`HeadlessError`] when there is none, or no room on it.
    pub fn new(options: HeadlessOptions) -> Result<Self, HeadlessError> {
        let gpu = pollster::block_on(Gpu::headless(GpuOptions::default()))?;
        let [width, height] = options.size;
        let target = Offscreen::new(&gpu, (width, height));
        let renderer = picture::renderer(&gpu, target.format(), options.quality, options.limits);
        let renderer = renderer.map_err(|error| HeadlessError::Device(error.to_string()))?;
        Ok(Self {
            target,
            gpu,
            renderer,
            options,
        })
    }
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum HeadlessError {
    /// No device draws.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// The system.
    #[error("the viewer cannot start: {0}")]
    Start(#[from] std::io::Error),
    /// Something takes too long.
    #[error("the view was not complete after {seconds:.0} s: {missing}")]
    Late {
        /// How long.
        seconds: f64,
        /// What is missing.
        missing: String,
    },
    /// The device fails.
    #[error("the graphics device fails: {0}")]
    Device(String),
    /// The picture cannot be written.
    #[error("cannot write {}: {why}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

/// Between two looks at what has come.
const NAP: Duration = Duration::from_millis(4);

impl Headless {
    /// A viewer of what was opened, counting time from `start`.
    ///
    /// # Errors
    /// [`HeadlessError::Start`] when the system refuses threads.
    pub fn new(opened: &Opened, canvas: Canvas, start: Instant) -> Result<Self, HeadlessError> {
        let Canvas {
            gpu,
            renderer,
            target,
            options,
        } = canvas;
        let loader = ThreadLoader::new(opened.source.clone(), options.cores, &Wake::nobody())?;
        Ok(Self {
            session: Session::new(opened.world.clone(), loader, renderer, options.limits),
            target,
            gpu,
            size: options.size,
            start,
            first_tile: None,
        })
    }

    /// What is looked at and how.
    pub fn session(&mut self) -> &mut Session<ThreadLoader> {
        &mut self.session
    }

    /// The device, for people.
    #[must_use]
    pub fn device(&self) -> String {
        self.gpu.describe()
    }

    /// Seconds since it was opened.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    /// Seconds after which there was something to see.
    #[must_use]
    pub fn first_tile(&self) -> Option<f64> {
        self.first_tile
    }

    /// Bytes that came over the network.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.session.loader().source().received()
    }

    /// Width and height of its pictures.
    #[must_use]
    pub fn size(&self) -> [u32; 2] {
        self.size
    }

    /// Goes on to the next picture; says whether nothing is missing in it.
    pub fn advance(&mut self, camera: &Camera) -> bool {
        let now = self.seconds();
        let is_complete = self.session.advance(camera, self.size, now);
        if self.first_tile.is_none() && !self.session.drawn().is_empty() {
            self.first_tile = Some(now);
        }
        is_complete
    }

    /// Waits until nothing is missing in a view.
    ///
    /// # Errors
    /// [`HeadlessError::Late`] when that takes longer than `patience`.
    pub fn complete(&mut self, camera: &Camera, patience: Duration) -> Result<(), HeadlessError> {
        let begun = Instant::now();
        let mut trouble = None;
        while !self.advance(camera) {
            trouble = self.session.take_trouble().or(trouble);
            if begun.elapsed() > patience {
                let counts = self.session.counts();
                let (loading, waiting, failed) = (counts.loading, counts.waiting, counts.failed);
                let cause = trouble.map_or(String::new(), |trouble| format!("; last: {trouble}"));
                return Err(HeadlessError::Late {
                    seconds: patience.as_secs_f64(),
                    missing: format!(
                        "{loading} tiles are on their way, {waiting} wait, {failed} failed{cause}"
                    ),
                });
            }
            std::thread::sleep(NAP);
        }
        Ok(())
    }

    /// Draws what is there; returns when the device is done.
    ///
    /// # Errors
    /// [`HeadlessError::Device`]
    pub fn draw(
        &mut self,
        camera: &Camera,
        scenery: &Scenery,
    ) -> Result<gable_render::FrameStatistics, HeadlessError> {
        let descriptor = wgpu::CommandEncoderDescriptor::default();
        let mut encoder = self.gpu.device().create_command_encoder(&descriptor);
        let view = self.target.view();
        let drawn = self
            .session
            .draw(&mut encoder, view, self.size, camera, scenery);
        let drawn = drawn.map_err(|error| HeadlessError::Device(error.to_string()))?;
        self.gpu.queue().submit([encoder.finish()]);
        self.gpu.wait();
        match self.gpu.failure() {
            Some(failure) => Err(HeadlessError::Device(failure)),
            None => Ok(drawn),
        }
    }

    /// Writes the last picture as PNG.
    ///
    /// # Errors
    /// [`HeadlessError`]
    pub fn write(&self, path: &Path) -> Result<(), HeadlessError> {
        let written = picture::write(&self.gpu, &self.target, path);
        written.map_err(|why| HeadlessError::Write {
            path: path.to_owned(),
            why,
        })
    }
}
