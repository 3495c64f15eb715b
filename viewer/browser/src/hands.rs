//! What hands ask for that the device must answer first: what lies under a pixel.

use std::task::Poll;

use gable_render::{Pick, ReadError};
use gable_session::session::{Found, Session};
use gable_view::camera::Camera;
use gable_view::controls::{Controls, Input, Mode};
use glam::DVec3;

use crate::orders::PageLoader;

/// Pixels: what was under the pointer still is.
const NEAR: f64 = 6.0;
/// Somebody who looks down sees what is below the feet in this many pixels.
const FEET: [u32; 2] = [8, 8];

/// Why something is picked.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Purpose {
    /// It is selected.
    Select,
    /// One goes there.
    GoTo,
    /// The wheel goes toward it.
    Wheel([f64; 2]),
    /// One walks on it.
    Ground,
}

/// What hands do between two pictures.
#[derive(Debug, Default)]
pub struct Hands {
    /// What was done since the last picture.
    pub input: Input,
    /// Where the pointer is, pixels.
    pub pointer: [f64; 2],
    picks: Vec<(Purpose, Pick)>,
    wishes: Vec<(Purpose, [f64; 2])>,
    /// What lies under the pointer: for this pixel.
    under: Option<([f64; 2], Option<DVec3>)>,
    ground: Option<f64>,
    /// Nothing was found: what was selected is not any more.
    selected: Option<Option<Found>>,
}

impl Hands {
    /// Selects what is at a pixel.
    pub fn select(&mut self, pixel: [f64; 2]) {
        self.wishes.push((Purpose::Select, pixel));
    }

    /// Goes to what is at a pixel.
    pub fn go_to(&mut self, pixel: [f64; 2]) {
        self.wishes.push((Purpose::GoTo, pixel));
    }

    /// Whether the device has not answered yet.
    #[must_use]
    pub fn are_waiting(&self) -> bool {
        !self.picks.is_empty() || !self.wishes.is_empty() || self.input.wheel != 0.0
    }

    /// What was selected since this was asked last.
    pub fn take_selected(&mut self) -> Option<Option<Found>> {
        self.selected.take()
    }

    /// What the camera is to do now.
    pub fn take(
        &mut self,
        session: &mut Session<PageLoader>,
        controls: &mut Controls,
        size: [u32; 2],
    ) -> Input {
        let camera = controls.camera();
        self.hear(session, controls);
        for (purpose, pixel) in std::mem::take(&mut self.wishes) {
            self.ask(session, size, &camera, purpose, pixel);
        }
        if controls.mode == Mode::Walk && !self.asks(|it| it == Purpose::Ground) {
            let down = Camera {
                pitch: -std::f64::consts::FRAC_PI_2,
                ..camera
            };
            let middle = FEET.map(|side| f64::from(side / 2));
            self.ask(session, FEET, &down.steadied(), Purpose::Ground, middle);
        }
        let wheel = self.wheel(session, size, &camera);
        let input = std::mem::take(&mut self.input);
        // Keys are held, and a wheel that waits is turned later.
        self.input = Input {
            keys: input.keys,
            is_fast: input.is_fast,
            wheel: input.wheel - wheel,
            ..Input::default()
        };
        let under = self.under.filter(|_| wheel != 0.0);
        Input {
            wheel,
            under_pointer: under.and_then(|(_, place)| place),
            ground: self.ground.filter(|_| controls.mode == Mode::Walk),
            ..input
        }
    }

    /// The camera was moved by something else than the wheel, which leaves what is under the pointer there.
    pub fn forget_pointer(&mut self) {
        self.under = None;
    }

    /// Notches that can be turned now: toward what is known to be under the pointer.
    fn wheel(&mut self, session: &mut Session<PageLoader>, size: [u32; 2], camera: &Camera) -> f64 {
        let is_near =
            |pixel: [f64; 2]| (pixel[0] - self.pointer[0]).hypot(pixel[1] - self.pointer[1]) < NEAR;
        let wheel = self.input.wheel;
        if wheel == 0.0 || self.under.is_some_and(|(pixel, _)| is_near(pixel)) {
            return wheel;
        }
        if !self.asks(|it| matches!(it, Purpose::Wheel(_))) {
            let pointer = self.pointer;
            self.ask(session, size, camera, Purpose::Wheel(pointer), pointer);
        }
        0.0
    }

    fn asks(&self, is_it: impl Fn(Purpose) -> bool) -> bool {
        self.picks.iter().any(|(purpose, _)| is_it(*purpose))
    }

    fn ask(
        &mut self,
        session: &mut Session<PageLoader>,
        size: [u32; 2],
        camera: &Camera,
        purpose: Purpose,
        pixel: [f64; 2],
    ) {
        let inside = |at: f64, side: u32| (at.max(0.0) as u32).min(side.saturating_sub(1));
        let pixel = [inside(pixel[0], size[0]), inside(pixel[1], size[1])];
        self.picks
            .push((purpose, session.pick(size, camera, pixel)));
    }

    /// Takes what the device has answered.
    fn hear(&mut self, session: &Session<PageLoader>, controls: &mut Controls) {
        let picks = std::mem::take(&mut self.picks);
        for (purpose, pick) in picks {
            match pick.poll() {
                Poll::Pending => self.picks.push((purpose, pick)),
                // The device is lost; the stage finds out.
                Poll::Ready(Err(ReadError)) => {}
                Poll::Ready(Ok(picked)) => {
                    let found = picked.and_then(|picked| session.found(&picked));
                    self.take_found(purpose, found, controls);
                }
            }
        }
    }

    fn take_found(&mut self, purpose: Purpose, found: Option<Found>, controls: &mut Controls) {
        let place = found.as_ref().map(|found| found.position);
        match purpose {
            Purpose::Select => {
                self.selected = Some(found.filter(|found| found.feature.is_some()));
            }
            Purpose::GoTo => {
                if let Some(place) = place {
                    controls.go_to(place);
                }
            }
            Purpose::Wheel(pixel) => self.under = Some((pixel, place)),
            Purpose::Ground => self.ground = place.map(|place| place.z),
        }
    }
}
