//! A window onto a world.

mod app;
mod bookmarks;
mod hands;
mod interface;
mod keys;
mod panel;
mod screen;
mod view;

use std::path::PathBuf;

use gable_render::{GpuError, Quality};
use gable_view::camera::Camera;
use gable_view::stream::Limits;
use winit::event_loop::EventLoop;

use crate::open::Opened;
use crate::source::Wake;
use app::App;

/// What is wanted of a window.
#[derive(Debug, Clone)]
pub struct Options {
    /// Its first width and height in pixels.
    pub size: [u32; 2],
    /// How much is done for looks; by default as much as the device is good for.
    pub quality: Option<Quality>,
    /// What it may take.
    pub limits: Limits,
    /// Tiles that are made at a time.
    pub cores: usize,
    /// Where to look from at first.
    pub camera: Option<Camera>,
    /// Hours since midnight.
    pub hour: f32,
    /// Where screenshots go.
    pub pictures: PathBuf,
    /// Where bookmarks are kept.
    pub bookmarks: Option<PathBuf>,
    /// The command that shows the same again, to which a camera is added.
    pub command: String,
}

/// Why there is no window, or none any more.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// There is no screen.
    #[error("no window can be opened: {0}; without a screen, use --screenshot FILE.png")]
    Display(String),
    /// No device draws.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// The device fails again and again.
    #[error(
        "the graphics device fails again and again: {0}; WGPU_BACKEND or WGPU_ADAPTER_NAME may choose another"
    )]
    Device(String),
    /// The system refuses a thread.
    #[error("the viewer cannot start: {0}")]
    Start(#[from] std::io::Error),
}

/// What windows live in. There is one in a process, on its main thread.
#[derive(Debug)]
pub struct Windows {
    events: EventLoop<()>,
}

impl Windows {
    /// Reaches the screen.
    ///
    /// # Errors
    /// [`WindowError::Display`] when there is none.
    pub fn new() -> Result<Self, WindowError> {
        let events = EventLoop::with_user_event().build();
        let events = events.map_err(|error| {
            // The library names places in its own code first.
            let text = error.to_string();
            let cause = text.rsplit(": ").next().unwrap_or(&text);
            WindowError::Display(cause.to_owned())
        })?;
        Ok(Self { events })
    }

    /// Wakes the window up.
    #[must_use]
    pub fn wake(&self) -> Wake {
        let proxy = self.events.create_proxy();
        Wake::new(move || {
            // At the end nobody needs to be woken up.
            let _ended = proxy.send_event(());
        })
    }

    /// Shows what was opened, until somebody closes the window.
    ///
    /// # Errors
    /// [`WindowError`]
    pub fn run(self, opened: Opened, options: Options) -> Result<(), WindowError> {
        let wake = self.wake();
        let mut app = App::new(opened, options, wake);
        let ended = self.events.run_app(&mut app);
        ended.map_err(|error| WindowError::Display(error.to_string()))?;
        app.failure.map_or(Ok(()), Err)
    }
}
