//! A flight that was recorded.

use glam::DVec3;
use serde::Deserialize;

use crate::camera::Camera;

/// Places in time; between them the camera moves evenly. As JSON:
///
/// ```json
/// {"path": [{"time": 0, "camera": [0, 0, 1.7, 100, 0, 6]}, {"time": 1, "camera": [20, 0, 1.7, 120, 0, 6]}]}
/// ```
/// with seconds from the start, and in metres where the camera is and what it looks at.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    places: Vec<Place>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
struct Place {
    time: f64,
    camera: [f64; 6],
}

#[derive(Debug, Deserialize)]
struct File {
    path: Vec<Place>,
}

/// Why a text is no path.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    /// It is not the JSON that it should be.
    #[error("it is no recorded path: {0}")]
    Json(#[from] serde_json::Error),
    /// It has no place, or its times do not rise.
    #[error("place {0} of the path is not after the one before it, or a number is not finite")]
    Place(usize),
    /// There is nothing in it.
    #[error("the path has no places")]
    Empty,
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// [`PathError`] when it is none.
    pub fn from_json(text: &str) -> Result<Self, PathError> {
        let File { path } = serde_json::from_str(text)?;
        let mut last = f64::NEG_INFINITY;
        for (number, place) in path.iter().enumerate() {
            let finite = place.time.is_finite() && place.camera.iter().all(|x| x.is_finite());
            if !finite || place.time <= last {
                return Err(PathError::Place(number));
            }
            last = place.time;
        }
        if path.is_empty() {
            return Err(PathError::Empty);
        }
        Ok(Self { places: path })
    }

    /// How long it takes, seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        match (self.places.first(), self.places.last()) {
            (Some(first), Some(last)) => last.time - first.time,
            _ => 0.0,
        }
    }

    /// Where the camera is so many seconds after the start; at the end it stays.
    #[must_use]
    pub fn at(&self, seconds: f64) -> Camera {
        let time = self.places[0].time + seconds;
        let next = self.places.partition_point(|place| place.time <= time);
        let before = self.places[next.saturating_sub(1)];
        let after = self.places[next.min(self.places.len() - 1)];
        let span = after.time - before.time;
        let share = if span > 0.0 {
            (time - before.time) / span
        } else {
            0.0
        };
        let share = share.clamp(0.0, 1.0);
        let mixed = |k: usize| before.camera[k] + (after.camera[k] - before.camera[k]) * share;
        let eye = DVec3::new(mixed(0), mixed(1), mixed(2));
        Camera::looking_at(eye, DVec3::new(mixed(3), mixed(4), mixed(5)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_camera_moves_evenly_and_stays_at_the_ends() {
        let path = Path::from_json(
            r#"{"description": "", "path": [
                {"time": 5, "camera": [0, 0, 0, 0, 10, 0]}, {"time": 7, "camera": [4, 0, 0, 4, 10, 0]}]}"#,
        );
        let path = path.unwrap();
        assert_eq!(path.seconds(), 2.0);
        for (seconds, east) in [(-1.0, 0.0), (0.0, 0.0), (0.5, 1.0), (2.0, 4.0), (9.0, 4.0)] {
            let camera = path.at(seconds);
            assert!((camera.eye.x - east).abs() < 1e-12, "{seconds}: {camera}");
            assert!(camera.heading.abs() < 1e-12);
        }
    }

    #[test]
    fn what_is_no_path_is_said() {
        let place = |time: f64| format!(r#"{{"time": {time}, "camera": [0, 0, 0, 1, 1, 1]}}"#);
        let path = |places: &[String]| format!(r#"{{"path": [{}]}}"#, places.join(","));
        for (text, part) in [
            ("[]".to_owned(), "no recorded path"),
            (path(&[]), "no places"),
            (path(&[place(1.0), place(1.0)]), "place 1"),
        ] {
            let error = Path::from_json(&text).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
