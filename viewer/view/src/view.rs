//! What a camera sees, and how large an error looks.

use gable_tileset::Bounds;
use glam::DVec3;

use crate::camera::{Camera, FIELD_OF_VIEW};

/// What a camera sees through a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    eye: DVec3,
    forward: DVec3,
    /// Inner normals of planes through the eye: behind it, below, above, left, right.
    planes: [DVec3; 5],
    /// Pixels that a metre at one metre covers.
    pixels: f64,
}

impl View {
    /// Through a window of so many pixels.
    #[must_use]
    pub fn new(camera: &Camera, [width, height]: [u32; 2]) -> Self {
        let (forward, right, up) = (camera.forward(), camera.right(), camera.up());
        let tall = (FIELD_OF_VIEW / 2.0).tan();
        let wide = tall * f64::from(width.max(1)) / f64::from(height.max(1));
        let plane = |side: DVec3, share: f64| (forward * share + side).normalize();
        Self {
            eye: camera.eye,
            forward,
            planes: [
                forward,
                plane(up, tall),
                plane(-up, tall),
                plane(right, wide),
                plane(-right, wide),
            ],
            pixels: f64::from(height) / (2.0 * tall),
        }
    }

    /// Whether some of a box may be in the picture.
    #[must_use]
    pub fn sees(&self, bounds: &Bounds) -> bool {
        let (low, high) = (DVec3::from(bounds.low), DVec3::from(bounds.high));
        self.planes.iter().all(|&normal| {
            let farthest = DVec3::select(normal.cmpgt(DVec3::ZERO), high, low);
            normal.dot(farthest - self.eye) >= 0.0
        })
    }

    /// Metres from the eye to a box, 0 within it.
    #[must_use]
    pub fn distance(&self, bounds: &Bounds) -> f64 {
        let (low, high) = (DVec3::from(bounds.low), DVec3::from(bounds.high));
        (self.eye.clamp(low, high) - self.eye).length()
    }

    /// Pixels by which the picture is wrong when a box is drawn with an error of so many metres.
    #[must_use]
    pub fn screen_error(&self, metres: f64, bounds: &Bounds) -> f64 {
        metres * self.pixels / self.distance(bounds).max(1e-7)
    }

    /// How far from the middle of the picture a box lies: 0 straight ahead, 1 at a right angle, 2 behind.
    #[must_use]
    pub fn aside(&self, bounds: &Bounds) -> f64 {
        let middle = (DVec3::from(bounds.low) + DVec3::from(bounds.high)) * 0.5;
        1.0 - (middle - self.eye)
            .normalize_or(self.forward)
            .dot(self.forward)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cube(x: f64, y: f64, z: f64) -> Bounds {
        Bounds {
            low: [x - 1.0, y - 1.0, z - 1.0],
            high: [x + 1.0, y + 1.0, z + 1.0],
        }
    }

    fn view() -> View {
        View::new(&"0,0,0,0,0".parse().unwrap(), [1600, 900])
    }

    #[test]
    fn what_lies_outside_the_picture_is_not_seen() {
        let view = view();
        assert!(view.sees(&cube(0.0, 10.0, 0.0)));
        assert!(!view.sees(&cube(0.0, -10.0, 0.0)), "behind");
        // Half of 60 degrees up, half of 91.5 to the side.
        assert!(view.sees(&cube(0.0, 10.0, 6.5)) && !view.sees(&cube(0.0, 10.0, 8.5)));
        assert!(view.sees(&cube(11.0, 10.0, 0.0)) && !view.sees(&cube(13.0, 10.0, 0.0)));
        assert!(view.sees(&cube(0.0, 0.0, 0.0)), "around the eye");
    }

    #[test]
    fn an_error_looks_smaller_from_afar() {
        let view = view();
        let pixels = 900.0 / (2.0 * (FIELD_OF_VIEW / 2.0).tan());
        assert!((view.screen_error(2.0, &cube(0.0, 101.0, 0.0)) - pixels / 50.0).abs() < 1e-9);
        assert!(
            view.screen_error(1.0, &cube(0.0, 0.0, 0.0)) > 1e6,
            "within the box"
        );
        assert!(view.aside(&cube(0.0, 9.0, 0.0)) < 1e-9);
        assert!((view.aside(&cube(0.0, -9.0, 0.0)) - 2.0).abs() < 1e-9);
    }
}
