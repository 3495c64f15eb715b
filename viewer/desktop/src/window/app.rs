//! What the system tells a window.

use std::time::Instant;

use winit::application::ApplicationHandler;
use winit::event::{StartCause, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow};
use winit::window::WindowId;

use super::view::View;
use super::{Options, WindowError};
use crate::open::Opened;
use crate::source::Wake;

pub(super) struct App {
    /// What to show once there is a window.
    start: Option<(Opened, Options, Wake)>,
    view: Option<View>,
    pub(super) failure: Option<WindowError>,
}

impl App {
    pub(super) fn new(opened: Opened, options: Options, wake: Wake) -> Self {
        Self {
            start: Some((opened, options, wake)),
            view: None,
            failure: None,
        }
    }

    fn fail(&mut self, events: &ActiveEventLoop, error: WindowError) {
        self.failure = Some(error);
        events.exit();
    }
}

impl ApplicationHandler<()> for App {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        let Some((opened, options, wake)) = self.start.take() else {
            return;
        };
        match View::new(events, opened, options, &wake) {
            Ok(view) => self.view = Some(view),
            Err(error) => self.fail(events, error),
        }
    }

    fn user_event(&mut self, _events: &ActiveEventLoop, (): ()) {
        if let Some(view) = &mut self.view {
            view.wake();
        }
    }

    fn new_events(&mut self, _events: &ActiveEventLoop, cause: StartCause) {
        if let (Some(view), StartCause::ResumeTimeReached { .. }) = (&mut self.view, cause) {
            view.wake();
        }
    }

    fn window_event(&mut self, events: &ActiveEventLoop, _window: WindowId, event: WindowEvent) {
        let Some(view) = &mut self.view else {
            return;
        };
        match event {
            WindowEvent::CloseRequested => events.exit(),
            WindowEvent::RedrawRequested => {
                let drawn = view.redraw();
                if view.is_over() {
                    events.exit();
                } else if let Err(error) = drawn {
                    self.fail(events, error);
                }
            }
            event => view.take(&event),
        }
    }

    fn about_to_wait(&mut self, events: &ActiveEventLoop) {
        let due = self.view.as_ref().and_then(View::due);
        events.set_control_flow(match due {
            Some(due) if due <= Instant::now() => ControlFlow::Poll,
            Some(due) => ControlFlow::WaitUntil(due),
            None => ControlFlow::Wait,
        });
    }

    fn exiting(&mut self, _events: &ActiveEventLoop) {
        // While the window's display is still there.
        self.view = None;
    }
}
