//! What is done at somebody's wish: by keys, clicks, and the panel.

use std::path::PathBuf;

use gable_render::Offscreen;
use gable_session::overrides::Scope;
use gable_session::session::Found;
use gable_view::camera::Camera;
use gable_view::controls::Controls;
use glam::DVec3;

use super::View;
use crate::window::hands::Act;
use crate::window::keys::Action;
use crate::window::panel::Wish;
use crate::{lock, picture};

/// Hours from one `[` or `]` to the next.
const HOURS: f32 = 0.5;
/// Pixels: what was under the pointer still is.
const NEAR: f64 = 6.0;
/// Somebody who looks down sees what is below the feet in this many pixels.
const FEET: [u32; 2] = [8, 8];

impl View {
    /// Does what hands asked for; says whether there was anything.
    pub(super) fn act(&mut self, size: [u32; 2]) -> bool {
        let acts = self.hands.acts();
        let has_acted = !acts.is_empty();
        for act in acts {
            match act {
                Act::Click(pixel) => {
                    let found = self.find(size, &self.controls.camera(), pixel);
                    let found = found.filter(|found| found.feature.is_some());
                    let name = found.as_ref().and_then(|found| found.name.as_deref());
                    tracing::info!(name, "selected");
                    self.scenery.selected = found;
                    self.ask_for_reports();
                }
                Act::DoubleClick(pixel) => {
                    if let Some(found) = self.find(size, &self.controls.camera(), pixel) {
                        self.controls.go_to(found.position);
                    }
                }
                Act::Key(action) => self.key(action),
            }
        }
        has_acted
    }

    fn key(&mut self, action: Action) {
        let (panel, scenery) = (&mut self.panel, &mut self.scenery);
        match action {
            Action::Help => panel.has_help = !panel.has_help,
            Action::Panel => panel.is_closed = !panel.is_closed,
            Action::Statistics => panel.has_statistics = !panel.has_statistics,
            Action::Wireframe => scenery.is_wireframe = !scenery.is_wireframe,
            Action::NextColors => scenery.colors = scenery.colors.next(),
            Action::Earlier => scenery.hour = (scenery.hour - HOURS).rem_euclid(24.0),
            Action::Later => scenery.hour = (scenery.hour + HOURS).rem_euclid(24.0),
            Action::NextMode => self.controls.mode = self.controls.mode.next(),
            Action::Deselect if panel.has_help => panel.has_help = false,
            Action::Deselect => scenery.selected = None,
            Action::Overview => self.overview(),
            Action::Quit => self.is_over = true,
            Action::Bookmark => self.grant(Wish::Bookmark),
            Action::CopyLink => self.grant(Wish::CopyLink),
            Action::Screenshot => self.grant(Wish::Screenshot),
            Action::GoTo(number) => {
                if let Some(&camera) = self.bookmarks.all().get(number) {
                    self.controls.jump(camera);
                }
            }
        }
    }

    /// Does what the panel asks for.
    pub(super) fn grant(&mut self, wish: Wish) {
        match wish {
            Wish::Renew(layer, scope) => {
                if !self.changed.contains(&(layer, scope.clone())) {
                    self.changed.push((layer, scope));
                }
            }
            Wish::Clear(layer) => self.clear(layer),
            Wish::Show(layer, is_shown) => self.session.stream().show(layer, is_shown),
            Wish::Mode(mode) => self.controls.mode = mode,
            Wish::Error(error) => {
                let mut limits = self.session.stream().limits();
                limits.error = error;
                self.session.stream().set_limits(limits);
            }
            Wish::GoTo(camera) => self.controls.jump(camera),
            Wish::Overview => self.overview(),
            Wish::Deselect => self.scenery.selected = None,
            Wish::CopyLink => {
                let camera = self.controls.camera();
                let link = format!("{} --camera {camera}", self.options.command);
                self.note(format!("Copied: {link}"));
                self.interface.copy(link);
            }
            Wish::Screenshot => self.screenshot(),
            Wish::Bookmark => {
                let kept = self.bookmarks.add(self.controls.camera());
                let number = self.bookmarks.all().len();
                self.note(
                    kept.err()
                        .unwrap_or_else(|| format!("Bookmark {number} is kept")),
                );
            }
            Wish::Forget(number) => {
                if let Err(why) = self.bookmarks.remove(number) {
                    self.note(why);
                }
            }
        }
    }

    fn clear(&mut self, layer: usize) {
        let name = &self.session.world().layers[layer].name;
        if lock(self.session.loader().source().overrides()).clear(name) {
            self.changed.push((layer, Scope::Layer));
        }
    }

    pub(super) fn overview(&mut self) {
        let bounds = self.session.world().extent();
        let camera = Camera::overview(bounds);
        let mode = self.controls.mode;
        self.controls = Controls::around(camera, bounds);
        self.controls.mode = mode;
    }

    /// What lies under a pixel.
    fn find(&mut self, size: [u32; 2], camera: &Camera, pixel: [f64; 2]) -> Option<Found> {
        let inside = |at: f64, side: u32| (at.max(0.0) as u32).min(side.saturating_sub(1));
        let pixel = [inside(pixel[0], size[0]), inside(pixel[1], size[1])];
        let picked = self.session.pick(size, camera, pixel).wait();
        let picked = picked
            .inspect_err(|error| tracing::warn!(%error, "a pick"))
            .ok()??;
        self.session.found(&picked)
    }

    /// What lies under the pointer; asked for once while it stays there.
    pub(super) fn under_pointer(&mut self, size: [u32; 2]) -> Option<DVec3> {
        let pointer = self.hands.pointer();
        if let Some((pixel, place)) = self.under
            && (pixel[0] - pointer[0]).hypot(pixel[1] - pointer[1]) < NEAR
        {
            return place;
        }
        let found = self.find(size, &self.controls.camera(), pointer);
        let place = found.map(|found| found.position);
        self.under = Some((pointer, place));
        place
    }

    /// Height of what is below the eye.
    pub(super) fn ground(&mut self) -> Option<f64> {
        let down = Camera {
            pitch: -std::f64::consts::FRAC_PI_2,
            ..self.controls.camera()
        };
        let middle = FEET.map(|side| f64::from(side / 2));
        let found = self.find(FEET, &down.steadied(), middle);
        Some(found?.position.z)
    }

    fn screenshot(&mut self) {
        let note = match self.picture() {
            Ok(file) => format!("Written: {}", file.display()),
            Err(why) => why,
        };
        self.note(note);
    }

    /// The picture without the interface, as a file that was not there before.
    fn picture(&mut self) -> Result<PathBuf, String> {
        let size = self.screen.size().ok_or("there is no picture")?;
        let gpu = self.screen.gpu().clone();
        let target = Offscreen::with_format(&gpu, (size[0], size[1]), self.screen.format());
        let mut encoder = gpu.device().create_command_encoder(&Default::default());
        let (camera, view) = (self.controls.camera(), target.view());
        let drawn = self
            .session
            .draw(&mut encoder, view, size, &camera, &self.scenery);
        drawn.map_err(|error| error.to_string())?;
        gpu.queue().submit([encoder.finish()]);
        let file = self.free_name();
        let written = picture::write(&gpu, &target, &file);
        written.map_err(|why| format!("{} cannot be written: {why}", file.display()))?;
        Ok(file)
    }

    fn free_name(&mut self) -> PathBuf {
        let world = &self.session.world().id;
        loop {
            self.screenshots += 1;
            let name = format!("{world}-{}.png", self.screenshots);
            let file = self.options.pictures.join(name);
            if !file.exists() {
                return file;
            }
        }
    }
}
