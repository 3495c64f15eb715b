//! What happens between two pictures of a window.

mod act;
mod reports;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant, SystemTime};

use gable_render::{FrameStatistics, Quality, Renderer};
use gable_session::overrides::Scope;
use gable_session::scenery::{Scenery, place};
use gable_session::session::{Found, Session};
use gable_view::camera::Camera;
use gable_view::controls::{Controls, Mode};
use gable_view::stream::{Drawn, Limits};
use glam::DVec3;
use reports::Reports;
use winit::dpi::PhysicalSize;
use winit::event::WindowEvent;
use winit::event_loop::ActiveEventLoop;
use winit::window::{Window, WindowAttributes};

use super::bookmarks::Bookmarks;
use super::hands::Hands;
use super::interface::Interface;
use super::panel::{Facts, Panel, Row, Statistics};
use super::screen::Screen;
use super::{Options, WindowError};
use crate::loader::ThreadLoader;
use crate::open::Opened;
use crate::source::{News, Problem, Wake};
use crate::{lock, picture};

/// A window and what is in it.
pub(super) struct View {
    window: Arc<Window>,
    screen: Screen,
    session: Session<ThreadLoader>,
    news: Receiver<News>,
    reports: Reports,
    problem: Option<Problem>,
    interface: Interface,
    panel: Panel,
    controls: Controls,
    hands: Hands,
    scenery: Scenery,
    bookmarks: Bookmarks,
    options: Options,
    notes: VecDeque<(Instant, String)>,
    /// What is to be made anew, and when the last was begun.
    changed: Vec<(usize, Scope)>,
    renewed: Option<Instant>,
    /// What lies under the pointer: for this pixel.
    under: Option<([f64; 2], Option<DVec3>)>,
    start: Instant,
    last: Option<Instant>,
    /// When the next picture is due, if nothing happens before.
    due: Option<Instant>,
    numbers: Numbers,
    is_complete: bool,
    /// When the file was written whose change is not shown yet.
    written: Option<SystemTime>,
    /// Something other than the world has changed since the last picture.
    is_stale: bool,
    /// When the interface changes by itself.
    repaint: Option<Instant>,
    /// What the last picture was of.
    shown: Shown,
    /// When devices were lost.
    losses: Vec<Instant>,
    screenshots: usize,
    is_over: bool,
}

/// What a picture is of.
#[derive(Debug, Default, PartialEq)]
struct Shown {
    camera: Option<Camera>,
    size: [u32; 2],
    tiles: Vec<Drawn>,
    uploaded_bytes: u64,
}

/// Of the last picture.
#[derive(Debug, Default)]
struct Numbers {
    frame: FrameStatistics,
    frame_seconds: f64,
    stream_seconds: f64,
}

/// A note is shown so long.
const NOTE: Duration = Duration::from_secs(6);
const MOST_NOTES: usize = 4;
/// Attributes that change again and again take effect so often at least.
const RENEWAL: Duration = Duration::from_millis(500);
/// A step of the camera is not longer, seconds: after a pause it goes on where it was.
const LONGEST_STEP: f64 = 0.1;
/// A device that draws on the processor rests so long after a picture while tiles are made, at most.
const LONGEST_REST: Duration = Duration::from_millis(250);
/// So many devices may be lost in such a time.
const LOSSES: usize = 3;
const LOSS_TIME: Duration = Duration::from_secs(20);

impl View {
    pub(super) fn new(
        events: &ActiveEventLoop,
        opened: Opened,
        options: Options,
        wake: &Wake,
    ) -> Result<Self, WindowError> {
        let [width, height] = options.size;
        let attributes = WindowAttributes::default()
            .with_title(title(&opened.world.name))
            .with_inner_size(PhysicalSize::new(width, height));
        let window = events.create_window(attributes);
        let window = window.map_err(|error| WindowError::Display(error.to_string()))?;
        let window = Arc::new(window);
        let screen = Screen::open(window.clone())?;
        let loader = ThreadLoader::new(opened.source, options.cores, wake)?;
        let renderer = renderer(&screen, &options)?;
        if let Some(problem) = &opened.problem {
            tracing::info!("{}", problem.text);
        }
        let bounds = opened.world.extent();
        let camera = options.camera.unwrap_or_else(|| Camera::overview(bounds));
        let mut panel = Panel::default();
        panel.take(&opened.world);
        let scenery = Scenery {
            hour: options.hour,
            ..Scenery::default()
        };
        Ok(Self {
            interface: Interface::new(&window, screen.gpu(), screen.format()),
            controls: Controls::around(camera, bounds),
            bookmarks: Bookmarks::read(options.bookmarks.clone(), &opened.world.id),
            session: Session::new(opened.world, loader, renderer, options.limits),
            news: opened.news,
            reports: Reports::default(),
            problem: opened.problem,
            panel,
            hands: Hands::default(),
            scenery,
            window,
            screen,
            options,
            notes: VecDeque::new(),
            changed: Vec::new(),
            renewed: None,
            under: None,
            start: Instant::now(),
            last: None,
            due: Some(Instant::now()),
            numbers: Numbers::default(),
            is_complete: false,
            written: None,
            is_stale: true,
            repaint: None,
            shown: Shown::default(),
            losses: Vec::new(),
            screenshots: 0,
            is_over: false,
        })
    }

    /// Something has come, or it is time.
    pub(super) fn wake(&mut self) {
        self.window.request_redraw();
    }

    /// Whether somebody is done with it.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// When the next picture is due, if nothing happens before.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Takes an event of the window.
    pub(super) fn take(&mut self, event: &WindowEvent) {
        if let WindowEvent::Resized(_) | WindowEvent::ScaleFactorChanged { .. } = event {
            self.screen.fit();
        }
        if self.interface.take(&self.window, event) {
            self.hands.release(event);
        } else {
            self.hands.take(event);
        }
        self.is_stale = true;
        self.window.request_redraw();
    }

    /// The next picture.
    pub(super) fn redraw(&mut self) -> Result<(), WindowError> {
        let begun = Instant::now();
        self.survive()?;
        let Some(size) = self.screen.size() else {
            // Nothing can be seen; what comes waits.
            self.due = None;
            return Ok(());
        };
        self.hear();
        if self.repaint.is_some_and(|at| at <= begun) {
            self.is_stale = true;
        }
        let is_moving = self.move_camera(size, begun);
        self.renew(begun);
        let camera = self.controls.camera();
        let now = self.start.elapsed().as_secs_f64();
        let is_complete = self.session.advance(&camera, size, now);
        // That something is missing again is seen when it comes.
        let is_first = is_complete && !self.is_complete;
        self.is_stale |= is_first;
        self.is_complete = is_complete;
        if let Some(trouble) = self.session.take_trouble() {
            self.note(trouble);
        }
        self.numbers.stream_seconds = begun.elapsed().as_secs_f64();
        let is_moving = self.act(size) || is_moving;
        let again = self.lay_out();
        if self.has_changed(&camera, size, is_moving || again.is_zero()) {
            self.draw(&camera);
            self.numbers.frame_seconds = begun.elapsed().as_secs_f64();
        }
        if self.is_complete {
            self.complete(is_first);
        }
        self.plan(is_moving, again);
        Ok(())
    }

    /// Whether there is anything to see that was not in the last picture.
    fn has_changed(&mut self, camera: &Camera, size: [u32; 2], is_asked_for: bool) -> bool {
        let shown = Shown {
            camera: Some(*camera),
            size,
            tiles: self.session.drawn().to_vec(),
            uploaded_bytes: self.session.totals().uploaded_bytes,
        };
        let is_other = shown != self.shown;
        self.shown = shown;
        let is_stale = std::mem::take(&mut self.is_stale);
        is_stale || is_other || is_asked_for || self.panel.has_statistics
    }

    /// Nothing is missing in what was just shown; it may be the first time.
    fn complete(&mut self, is_first: bool) {
        if let Some(written) = self.written.take() {
            let since = SystemTime::now()
                .duration_since(written)
                .unwrap_or_default();
            let frame = self.numbers.frame_seconds * 1e3;
            tracing::debug!(frame, "milliseconds of the last picture");
            self.note(format!(
                "The change is shown {} ms after it was saved",
                since.as_millis()
            ));
        }
        if is_first {
            let tiles = self.session.counts().drawn;
            let seconds = self.start.elapsed().as_secs_f64();
            tracing::info!(tiles, seconds, camera = %self.controls.camera(), "the view is complete");
        }
    }

    /// When the next picture is due.
    fn plan(&mut self, is_moving: bool, again: Duration) {
        let now = Instant::now();
        let is_software = self.screen.gpu().capabilities().software;
        let after_this =
            if is_moving || again.is_zero() || self.is_stale || !self.changed.is_empty() {
                Some(Duration::ZERO)
            } else if self.is_complete {
                None
            } else if is_software {
                // Tiles are made on the same cores.
                let rest = Duration::from_secs_f64(self.numbers.frame_seconds);
                Some(rest.min(LONGEST_REST))
            } else {
                Some(Duration::ZERO)
            };
        let ends = self.notes.front().map(|(since, _)| *since + NOTE);
        let again = now
            .checked_add(again)
            .filter(|_| again < Duration::from_secs(3600));
        self.repaint = again;
        let due = [after_this.map(|pause| now + pause), ends, again];
        self.due = due.into_iter().flatten().min();
        if self.due.is_some_and(|due| due <= now) {
            self.window.request_redraw();
        }
    }

    /// What happened to what is shown.
    fn hear(&mut self) {
        while let Ok(news) = self.news.try_recv() {
            match news {
                News::Problem(problem) if problem == self.problem => {}
                News::Problem(problem) => {
                    if problem.is_none() {
                        self.session.stream().forgive();
                    }
                    let text = problem.as_ref().map_or("no problem", |it| it.text.as_str());
                    tracing::info!("{text}");
                    self.problem = problem;
                    self.is_stale = true;
                }
                News::World(world, written) => {
                    self.written = written.or(self.written);
                    let was_empty = self.session.world().layers.is_empty();
                    self.panel.take(&world);
                    self.window.set_title(&title(&world.name));
                    self.session.change(*world);
                    if was_empty && self.options.camera.is_none() {
                        self.overview();
                    }
                    self.ask_for_reports();
                }
            }
        }
        if self.reports.hear() {
            self.is_stale = true;
        }
        while self
            .notes
            .front()
            .is_some_and(|(since, _)| since.elapsed() > NOTE)
        {
            self.notes.pop_front();
            self.is_stale = true;
        }
    }

    /// Moves the camera as hands want it; says whether it goes on moving.
    fn move_camera(&mut self, size: [u32; 2], now: Instant) -> bool {
        let seconds = self
            .last
            .map_or(0.0, |last| now.duration_since(last).as_secs_f64());
        self.last = Some(now);
        let mut input = self.hands.input();
        if input.wheel != 0.0 {
            input.under_pointer = self.under_pointer(size);
        }
        if self.controls.mode == Mode::Walk {
            input.ground = self.ground();
        }
        let before = self.controls.camera();
        self.controls
            .advance(&input, seconds.min(LONGEST_STEP), size[1]);
        let has_moved = before != self.controls.camera();
        if has_moved && input.wheel == 0.0 {
            // Only the wheel leaves what is under the pointer there.
            self.under = None;
        }
        has_moved || self.controls.is_moving() || self.hands.are_busy()
    }

    /// Makes anew what attributes change, but not sooner than the last is done.
    fn renew(&mut self, now: Instant) {
        let is_busy = self.session.counts().old > 0;
        let is_recent = self
            .renewed
            .is_some_and(|at| now.duration_since(at) < RENEWAL);
        if self.changed.is_empty() || (is_busy && is_recent) {
            return;
        }
        for (layer, scope) in std::mem::take(&mut self.changed) {
            self.session.renew(layer, &|tile| scope.concerns(tile));
        }
        self.renewed = Some(now);
        self.ask_for_reports();
    }

    fn lay_out(&mut self) -> Duration {
        let statistics = self.panel.has_statistics.then(|| self.statistics());
        let notes: Vec<String> = self.notes.iter().map(|(_, note)| note.clone()).collect();
        let counts = self.session.counts();
        let layers = self.session.world().layers.len();
        let is_shown = (0..layers).map(|number| self.session.stream().is_shown(number));
        let is_shown = is_shown.collect();
        let error = self.session.stream().limits().error;
        let found = self.scenery.selected.clone();
        // As it is in the tile that shows it now.
        let found = found.map(|found| match self.session.place_of(&found) {
            Some((key, feature)) => Found {
                key,
                feature: Some(feature),
                ..found
            },
            None => found,
        });
        let facts = Facts {
            world: self.session.world(),
            is_shown,
            camera: self.controls.camera(),
            mode: self.controls.mode,
            speed: self.controls.speed(),
            error,
            bookmarks: self.bookmarks.all(),
            found: found
                .as_ref()
                .map(|found| (found, self.session.tile(found.key))),
            reports: self.reports.of(found.as_ref()),
            problem: self.problem.as_ref(),
            notes: &notes,
            missing: counts.loading + counts.waiting,
            can_wireframe: self.session.renderer().capabilities().wireframe,
            statistics,
        };
        let mut overrides = lock(self.session.loader().source().overrides());
        let mut wishes = Vec::new();
        let (panel, scenery) = (&mut self.panel, &mut self.scenery);
        let again = self.interface.lay_out(&self.window, |context| {
            wishes.extend(panel.show(context, &facts, scenery, &mut overrides));
        });
        drop(overrides);
        let has_wishes = !wishes.is_empty();
        wishes.into_iter().for_each(|wish| self.grant(wish));
        if has_wishes { Duration::ZERO } else { again }
    }

    fn statistics(&mut self) -> Statistics {
        let limits: Limits = self.session.stream().limits();
        let session = &self.session;
        let rows = session.drawn().iter().filter_map(|drawn| {
            let tile = session.tile(drawn.key)?;
            let layer = &session.world().layers.get(drawn.key.layer)?.name;
            Some(Row {
                name: format!("{layer} {}", drawn.key.tile),
                place: place(&tile.origin).0,
                placement: tile.origin.placement.clone(),
                triangles: tile.triangles,
                wire_bytes: tile.origin.wire_bytes,
                milliseconds: tile.origin.seconds * 1e3,
            })
        });
        Statistics {
            tiles: rows.collect(),
            device: self.screen.gpu().describe(),
            frame_milliseconds: self.numbers.frame_seconds * 1e3,
            stream_milliseconds: self.numbers.stream_seconds * 1e3,
            frame: self.numbers.frame,
            counts: session.counts(),
            totals: session.totals(),
            received: session.loader().source().received(),
            graphics_bytes: session.renderer().memory().used(),
            limit_bytes: limits.bytes,
            wanted_error: limits.error,
        }
    }

    fn draw(&mut self, camera: &Camera) {
        let Some(picture) = self.screen.picture() else {
            return;
        };
        let size = [picture.texture.width(), picture.texture.height()];
        let target = picture
            .texture
            .create_view(&wgpu::TextureViewDescriptor::default());
        let gpu = self.screen.gpu().clone();
        let mut encoder = gpu.device().create_command_encoder(&Default::default());
        let drawn = self
            .session
            .draw(&mut encoder, &target, size, camera, &self.scenery);
        match drawn {
            Ok(frame) => self.numbers.frame = frame,
            Err(error) => {
                // The interface still says what is wrong.
                clear(&mut encoder, &target);
                self.note(error.to_string());
            }
        }
        self.interface.paint(&gpu, &mut encoder, &target, size);
        gpu.queue().submit([encoder.finish()]);
        self.screen.present(picture);
    }

    /// After a device is lost, another takes its place.
    fn survive(&mut self) -> Result<(), WindowError> {
        let Some(failure) = self.screen.gpu().failure() else {
            return Ok(());
        };
        let now = Instant::now();
        self.losses.retain(|at| now.duration_since(*at) < LOSS_TIME);
        self.losses.push(now);
        if self.losses.len() > LOSSES {
            return Err(WindowError::Device(failure));
        }
        tracing::warn!(failure, "the graphics device is opened anew");
        self.screen = Screen::open(self.window.clone())?;
        let renderer = renderer(&self.screen, &self.options)?;
        self.session.redraw_with(renderer);
        self.interface
            .redraw_with(&self.window, self.screen.gpu(), self.screen.format());
        self.note(format!("The graphics device was opened anew: {failure}"));
        Ok(())
    }

    /// Asks what the grammar reports of what is selected.
    fn ask_for_reports(&mut self) {
        if let Some(found) = &self.scenery.selected {
            self.reports.ask(found, self.session.loader());
        }
    }

    /// Says something for a moment, and in the log.
    fn note(&mut self, text: String) {
        tracing::info!("{text}");
        self.is_stale = true;
        self.notes.retain(|(_, note)| *note != text);
        self.notes.push_back((Instant::now(), text));
        if self.notes.len() > MOST_NOTES {
            self.notes.pop_front();
        }
    }
}

fn title(world: &str) -> String {
    if world.is_empty() {
        "Gable".to_owned()
    } else {
        format!("{world} - Gable")
    }
}

fn renderer(screen: &Screen, options: &Options) -> Result<Renderer, WindowError> {
    // Shadow maps take a processor longer than all the rest.
    let suited = if screen.gpu().capabilities().software {
        Quality::Low
    } else {
        Quality::Medium
    };
    let quality = options.quality.unwrap_or(suited);
    let renderer = picture::renderer(screen.gpu(), screen.format(), quality, options.limits);
    renderer.map_err(|error| WindowError::Device(error.to_string()))
}

fn clear(encoder: &mut wgpu::CommandEncoder, target: &wgpu::TextureView) {
    let attachment = wgpu::RenderPassColorAttachment {
        view: target,
        depth_slice: None,
        resolve_target: None,
        ops: wgpu::Operations {
            load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
            store: wgpu::StoreOp::Store,
        },
    };
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        color_attachments: &[Some(attachment)],
        ..Default::default()
    });
}
