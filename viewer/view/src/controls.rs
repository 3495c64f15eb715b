//! How hands move a camera: orbit, fly, walk.

use gable_tileset::Bounds;
use glam::DVec3;

use crate::camera::{Camera, FIELD_OF_VIEW};

/// A way to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Around what is looked at; the wheel goes to what is under the pointer.
    #[default]
    Orbit,
    /// Where one looks; the wheel changes the speed.
    Fly,
    /// The same on the ground, at the height of eyes.
    Walk,
}

impl Mode {
    /// The next of them.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Orbit => Self::Fly,
            Self::Fly => Self::Walk,
            Self::Walk => Self::Orbit,
        }
    }
}

/// What hands do between two pictures.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Input {
    /// Pixels right and down that the pointer was dragged with the first button.
    pub turn: [f64; 2],
    /// The same with the second.
    pub shift: [f64; 2],
    /// Notches that the wheel was turned away from oneself.
    pub wheel: f64,
    /// Keys: forward less back, right less left, up less down, each from -1 to 1.
    pub keys: [f64; 3],
    /// The key that makes it five times as fast.
    pub is_fast: bool,
    /// What lies under the pointer, if that is known.
    pub under_pointer: Option<DVec3>,
    /// Height of the ground below, if that is known.
    pub ground: Option<f64>,
}

/// A camera in somebody's hands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Controls {
    /// The way to move.
    pub mode: Mode,
    camera: Camera,
    /// What it turns around.
    pivot: DVec3,
    /// Metres a second, when flying.
    speed: f64,
    velocity: DVec3,
    journey: Option<Journey>,
}

/// On the way to a place.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Journey {
    from: Camera,
    to: Camera,
    share: f64,
}

/// Metres above the ground.
const EYES: f64 = 1.7;
/// Metres a second.
const WALKING: f64 = 3.0;
const FLYING: f64 = 40.0;
const SPEEDS: [f64; 2] = [0.5, 5000.0];
const FAST: f64 = 5.0;
/// A notch of the wheel goes this share of the way, or changes the speed by this factor.
const NOTCH: f64 = 0.15;
const FASTER: f64 = 1.25;
/// Metres: nobody comes nearer to the pivot.
const NEAREST: f64 = 0.5;
/// Metres to what is turned around where nothing is known.
const UNKNOWN_DISTANCE: f64 = 100.0;
/// A second of a journey; how fast velocities follow hands.
const JOURNEY: f64 = 1.0;
const BRISK: f64 = 12.0;
/// Turning a picture's height turns around so far, radians, when orbiting.
const HALF_TURN: f64 = std::f64::consts::PI;

impl Controls {
    /// A camera that turns around what lies so many metres ahead.
    #[must_use]
    pub fn new(camera: Camera, distance: f64) -> Self {
        Self {
            mode: Mode::Orbit,
            camera,
            pivot: camera.eye + camera.forward() * distance.max(NEAREST),
            speed: FLYING,
            velocity: DVec3::ZERO,
            journey: None,
        }
    }

    /// A camera that turns around the middle of what lies in a box, if that is near.
    #[must_use]
    pub fn around(camera: Camera, bounds: Option<Bounds>) -> Self {
        let distance = bounds.map_or(UNKNOWN_DISTANCE, |Bounds { low, high }| {
            let middle = (DVec3::from(low) + DVec3::from(high)) * 0.5;
            let ahead = (middle - camera.eye).dot(camera.forward());
            let below = (camera.eye.z - low[2]) / (-camera.forward().z).max(0.05);
            ahead.min(below).clamp(2.0, 2000.0)
        });
        Self::new(camera, distance)
    }

    /// Where it is.
    #[must_use]
    pub fn camera(&self) -> Camera {
        self.camera
    }

    /// Metres a second, when flying.
    #[must_use]
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Whether it moves by itself.
    #[must_use]
    pub fn is_moving(&self) -> bool {
        self.journey.is_some() || self.velocity.length_squared() > 1e-6
    }

    /// Puts it somewhere.
    pub fn jump(&mut self, camera: Camera) {
        let distance = (self.pivot - self.camera.eye).length();
        self.camera = camera.steadied();
        self.pivot = camera.eye + camera.forward() * distance;
        (self.velocity, self.journey) = (DVec3::ZERO, None);
    }

    /// Sets out for a place in the world, to look at it from nearer.
    pub fn go_to(&mut self, place: DVec3) {
        let away = self.camera.eye - place;
        let near = (away.length() * 0.3)
            .clamp(NEAREST * 8.0, 400.0)
            .min(away.length());
        let eye = place + away.normalize_or(DVec3::Z) * near;
        self.pivot = place;
        self.journey = Some(Journey {
            from: self.camera,
            to: Camera::looking_at(eye, place),
            share: 0.0,
        });
    }

    /// Goes on for so many seconds, with a picture of so many pixels in height.
    pub fn advance(&mut self, input: &Input, seconds: f64, height: u32) {
        let is_still = Input {
            under_pointer: None,
            ground: None,
            is_fast: false,
            ..*input
        } == Input::default();
        match self.journey {
            Some(journey) if is_still => self.travel(journey, seconds),
            _ => {
                self.journey = None;
                match self.mode {
                    Mode::Orbit => self.orbit(input, seconds, height),
                    Mode::Fly | Mode::Walk => self.fly(input, seconds, height),
                }
            }
        }
        self.camera = self.camera.steadied();
    }

    fn travel(&mut self, journey: Journey, seconds: f64) {
        let share = (journey.share + seconds / JOURNEY).min(1.0);
        // Starts and ends gently.
        let eased = share * share * (3.0 - 2.0 * share);
        let Journey { from, to, .. } = journey;
        let turn = (to.heading - from.heading + std::f64::consts::PI)
            .rem_euclid(std::f64::consts::TAU)
            - std::f64::consts::PI;
        self.camera = Camera {
            eye: from.eye.lerp(to.eye, eased),
            heading: from.heading + turn * eased,
            pitch: from.pitch + (to.pitch - from.pitch) * eased,
        };
        self.journey = (share < 1.0).then_some(Journey { share, ..journey });
    }

    fn orbit(&mut self, input: &Input, seconds: f64, height: u32) {
        let height = f64::from(height.max(1));
        let distance = (self.pivot - self.camera.eye).length().max(NEAREST);
        let [right, down] = input.turn.map(|pixels| pixels / height * HALF_TURN);
        self.camera.heading += right;
        self.camera.pitch -= down;
        self.camera = self.camera.steadied();
        // What is dragged stays under the pointer.
        let metres = 2.0 * (FIELD_OF_VIEW / 2.0).tan() * distance / height;
        let flat = DVec3::new(self.camera.heading.sin(), self.camera.heading.cos(), 0.0);
        let [right, down] = input.shift.map(|pixels| pixels * metres);
        let mut moved = self.camera.right() * -right + flat * down;
        let [forward, aside, up] = self.eased_keys(input, seconds).to_array();
        moved +=
            (flat * forward + self.camera.right() * aside + DVec3::Z * up) * distance * seconds;
        self.pivot += moved;
        self.camera.eye = self.pivot - self.camera.forward() * distance;
        if input.wheel != 0.0 {
            self.zoom(input, distance);
        }
    }

    /// Toward what is under the pointer, else toward the pivot.
    fn zoom(&mut self, input: &Input, distance: f64) {
        let left = (1.0 - NOTCH).powf(input.wheel);
        let target = input.under_pointer.unwrap_or(self.pivot);
        let left = left.max(NEAREST / distance.max(NEAREST));
        self.camera.eye = target + (self.camera.eye - target) * left;
        self.pivot = self.camera.eye + self.camera.forward() * distance * left;
    }

    fn fly(&mut self, input: &Input, seconds: f64, height: u32) {
        let radians = FIELD_OF_VIEW / f64::from(height.max(1));
        for [right, down] in [input.turn, input.shift] {
            self.camera.heading += right * radians;
            self.camera.pitch -= down * radians;
        }
        self.camera = self.camera.steadied();
        if self.mode == Mode::Fly {
            self.speed *= FASTER.powf(input.wheel);
            self.speed = self.speed.clamp(SPEEDS[0], SPEEDS[1]);
        }
        let speed = if self.mode == Mode::Walk {
            WALKING
        } else {
            self.speed
        };
        let [forward, aside, up] = self.eased_keys(input, seconds).to_array();
        let (ahead, up) = match self.mode {
            Mode::Walk => (
                self.camera.forward().with_z(0.0).normalize_or(DVec3::Y),
                0.0,
            ),
            _ => (self.camera.forward(), up),
        };
        let direction = ahead * forward + self.camera.right() * aside + DVec3::Z * up;
        self.camera.eye += direction * speed * seconds;
        if let (Mode::Walk, Some(ground)) = (self.mode, input.ground) {
            let share = 1.0 - (-BRISK * seconds).exp();
            self.camera.eye.z += (ground + EYES - self.camera.eye.z) * share;
        }
        let distance = (self.pivot - self.camera.eye).length();
        self.pivot = self.camera.eye + self.camera.forward() * distance.clamp(NEAREST, 1000.0);
    }

    /// Keys, as a velocity that follows them gently.
    fn eased_keys(&mut self, input: &Input, seconds: f64) -> DVec3 {
        let wanted = DVec3::from(input.keys) * if input.is_fast { FAST } else { 1.0 };
        let share = 1.0 - (-BRISK * seconds).exp();
        self.velocity += (wanted - self.velocity) * share;
        if wanted == DVec3::ZERO && self.velocity.length_squared() < 1e-6 {
            self.velocity = DVec3::ZERO;
        }
        self.velocity
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: f64 = 1.0 / 60.0;

    fn controls(mode: Mode) -> Controls {
        let camera = Camera::looking_at(DVec3::new(0.0, -100.0, 100.0), DVec3::ZERO);
        Controls {
            mode,
            ..Controls::new(camera, 100.0 * 2.0_f64.sqrt())
        }
    }

    fn hold(controls: &mut Controls, input: Input, seconds: f64) {
        for _ in 0..(seconds / STEP) as usize {
            controls.advance(&input, STEP, 720);
        }
    }

    #[test]
    fn orbiting_keeps_the_distance_and_looks_at_the_pivot() {
        let mut controls = controls(Mode::Orbit);
        let input = Input {
            turn: [90.0, -20.0],
            ..Input::default()
        };
        controls.advance(&input, STEP, 720);
        let camera = controls.camera();
        assert!(
            (camera.eye.length() - 100.0 * 2.0_f64.sqrt()).abs() < 1e-6,
            "{camera}"
        );
        assert!(
            (-camera.eye)
                .normalize()
                .abs_diff_eq(camera.forward(), 1e-9)
        );
        assert!(camera.eye.x.abs() > 10.0);
    }

    #[test]
    fn what_is_under_the_pointer_stays_there_when_one_zooms() {
        let mut controls = controls(Mode::Orbit);
        let place = DVec3::new(30.0, 10.0, 0.0);
        let before = (place - controls.camera().eye).normalize();
        let input = Input {
            wheel: 3.0,
            under_pointer: Some(place),
            ..Input::default()
        };
        controls.advance(&input, STEP, 720);
        let after = place - controls.camera().eye;
        assert!(after.normalize().abs_diff_eq(before, 1e-9));
        assert!(after.length() < 0.7 * (place - DVec3::new(0.0, -100.0, 100.0)).length());
        for _ in 0..200 {
            controls.advance(&input, STEP, 720);
        }
        assert!(controls.camera().eye.is_finite(), "nobody goes through");
    }

    #[test]
    fn a_drag_with_the_second_button_moves_the_ground_along() {
        let mut controls = controls(Mode::Orbit);
        let input = Input {
            shift: [72.0, 0.0],
            ..Input::default()
        };
        controls.advance(&input, STEP, 720);
        assert!(controls.camera().eye.x < -5.0 && controls.camera().eye.z == 100.0);
    }

    #[test]
    fn flying_goes_where_one_looks_and_stops_gently() {
        let mut controls = controls(Mode::Fly);
        let forward = Input {
            keys: [1.0, 0.0, 0.0],
            ..Input::default()
        };
        hold(&mut controls, forward, 1.0);
        let moved = controls.camera().eye - DVec3::new(0.0, -100.0, 100.0);
        assert!(
            moved
                .normalize()
                .abs_diff_eq(controls.camera().forward(), 1e-6)
        );
        assert!((30.0..40.0).contains(&moved.length()), "{moved}");
        assert!(controls.is_moving());
        hold(&mut controls, Input::default(), 2.0);
        assert!(!controls.is_moving());
        let faster = Input {
            wheel: 2.0,
            ..Input::default()
        };
        controls.advance(&faster, STEP, 720);
        assert!((controls.speed() - FLYING * FASTER * FASTER).abs() < 1e-9);
    }

    #[test]
    fn walking_stays_on_the_ground() {
        let mut controls = controls(Mode::Walk);
        let forward = Input {
            keys: [1.0, 0.0, 1.0],
            ground: Some(5.0),
            ..Input::default()
        };
        hold(&mut controls, forward, 2.0);
        let eye = controls.camera().eye;
        assert!((eye.z - 5.0 - EYES).abs() < 0.01, "{eye}");
        assert!((-96.0..-93.0).contains(&eye.y), "{eye}");
    }

    #[test]
    fn a_journey_ends_before_its_place_and_hands_end_it() {
        let mut controls = controls(Mode::Orbit);
        controls.go_to(DVec3::new(50.0, 0.0, 0.0));
        let mut other = controls;
        hold(&mut controls, Input::default(), 1.1);
        let camera = controls.camera();
        let toward = DVec3::new(50.0, 0.0, 0.0) - camera.eye;
        assert!(toward.normalize().abs_diff_eq(camera.forward(), 1e-6));
        assert!((20.0..60.0).contains(&toward.length()) && !controls.is_moving());
        hold(&mut other, Input::default(), 0.5);
        let turn = Input {
            turn: [1.0, 0.0],
            ..Input::default()
        };
        other.advance(&turn, STEP, 720);
        let there = other.camera();
        hold(&mut other, Input::default(), 1.0);
        assert!(there.eye.abs_diff_eq(other.camera().eye, 1e-6));
    }
}
