//! Where one looks from.

use std::fmt;
use std::str::FromStr;

use gable_tileset::Bounds;
use glam::DVec3;

/// A camera in the world's frame (metres; x east, y north, z up). As text, `x,y,z,heading,pitch` with angles in degrees,
/// which is what `--camera` takes and what a camera link ends with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// Where it is.
    pub eye: DVec3,
    /// Where it looks: radians from north, clockwise.
    pub heading: f64,
    /// Radians above the horizon.
    pub pitch: f64,
}

/// Vertical angle of the picture, radians: what `CesiumJS` shows at 16:9.
pub const FIELD_OF_VIEW: f64 = std::f64::consts::FRAC_PI_3;
/// No view from above shows more than this, metres from the middle.
const FARTHEST: f64 = 700.0;
/// It never looks straight up or down, so that "up" has a meaning.
const STEEPEST: f64 = 89.9 * std::f64::consts::PI / 180.0;

impl Camera {
    /// At a place, looking at another.
    #[must_use]
    pub fn looking_at(eye: DVec3, target: DVec3) -> Self {
        let toward = target - eye;
        let flat = toward.x.hypot(toward.y);
        let heading = if flat > 0.0 {
            toward.x.atan2(toward.y)
        } else {
            0.0
        };
        Self {
            eye,
            heading,
            pitch: toward.z.atan2(flat),
        }
        .steadied()
    }

    /// On a world from the south-west, from above.
    #[must_use]
    pub fn overview(bounds: Option<Bounds>) -> Self {
        let Some(Bounds { low, high }) = bounds else {
            return Self::looking_at(DVec3::new(-100.0, -100.0, 60.0), DVec3::ZERO);
        };
        let (low, high) = (DVec3::from(low), DVec3::from(high));
        let middle = ((low + high) * 0.5).with_z(low.z);
        // A single building is seen whole, be it wide or high.
        let reach = ((high - low).length() * 1.15).clamp(1.0, FARTHEST);
        let eye = middle + DVec3::new(-0.55, -0.8, 0.45) * reach;
        let target = middle + DVec3::Z * ((high.z - low.z) * 0.4).min(0.3 * reach);
        Self::looking_at(eye, target)
    }

    /// The same with its angles in range.
    #[must_use]
    pub fn steadied(self) -> Self {
        Self {
            heading: self.heading.rem_euclid(std::f64::consts::TAU),
            pitch: self.pitch.clamp(-STEEPEST, STEEPEST),
            ..self
        }
    }

    /// Where it looks, a unit vector.
    #[must_use]
    pub fn forward(&self) -> DVec3 {
        let (sin, cos) = self.pitch.sin_cos();
        DVec3::new(self.heading.sin() * cos, self.heading.cos() * cos, sin)
    }

    /// To the right of that, level.
    #[must_use]
    pub fn right(&self) -> DVec3 {
        DVec3::new(self.heading.cos(), -self.heading.sin(), 0.0)
    }

    /// Up in the picture.
    #[must_use]
    pub fn up(&self) -> DVec3 {
        self.right().cross(self.forward())
    }
}

impl fmt::Display for Camera {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            eye,
            heading,
            pitch,
        } = self;
        let (heading, pitch) = (heading.to_degrees(), pitch.to_degrees());
        write!(
            f,
            "{:.2},{:.2},{:.2},{heading:.2},{pitch:.2}",
            eye.x, eye.y, eye.z
        )
    }
}

/// Why a text is no camera.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no camera: five numbers are meant, x,y,z in metres (east, north, up), then heading and pitch in degrees"
)]
pub struct CameraError(String);

impl FromStr for Camera {
    type Err = CameraError;

    fn from_str(text: &str) -> Result<Self, CameraError> {
        let wrong = || CameraError(text.to_owned());
        let numbers = text.split(',').map(|number| number.trim().parse::<f64>());
        let numbers: Vec<f64> = numbers.collect::<Result<_, _>>().map_err(|_| wrong())?;
        let [x, y, z, heading, pitch] = numbers[..] else {
            return Err(wrong());
        };
        if !numbers.iter().all(|number| number.is_finite()) {
            return Err(wrong());
        }
        let (heading, pitch) = (heading.to_radians(), pitch.to_radians());
        let eye = DVec3::new(x, y, z);
        Ok(Self {
            eye,
            heading,
            pitch,
        }
        .steadied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn north_is_ahead_and_east_is_right() {
        let camera: Camera = "10,20,30,0,0".parse().unwrap();
        assert!(camera.forward().abs_diff_eq(DVec3::Y, 1e-12));
        assert!(camera.right().abs_diff_eq(DVec3::X, 1e-12));
        assert!(camera.up().abs_diff_eq(DVec3::Z, 1e-12));
        let east = Camera::looking_at(DVec3::ZERO, DVec3::new(5.0, 0.0, 5.0));
        assert!((east.heading.to_degrees() - 90.0).abs() < 1e-9);
        assert!((east.pitch.to_degrees() - 45.0).abs() < 1e-9);
    }

    #[test]
    fn a_link_says_where_one_is() {
        let camera: Camera = " 1.5, -2 ,3,370,-95".parse().unwrap();
        assert_eq!(camera.to_string(), "1.50,-2.00,3.00,10.00,-89.90");
        assert_eq!(
            camera.to_string().parse::<Camera>().unwrap().to_string(),
            camera.to_string()
        );
        for wrong in [
            "",
            "1,2,3",
            "1,2,3,4,5,6",
            "a,b,c,d,e",
            "nan,0,0,0,0",
            "inf,0,0,0,0",
        ] {
            let error = wrong.parse::<Camera>().unwrap_err().to_string();
            assert!(error.contains("five numbers"), "{error}");
        }
    }
}
