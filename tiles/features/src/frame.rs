//! Where the local frame lies on Earth, and the way into it.
//!
//! Longitude and latitude go exactly, over geocentric coordinates, to the plane that touches the
//! WGS84 ellipsoid at the origin (east, north, up; see Bowring 1976, and any geodesy text on
//! "ECEF to ENU"). Ground points keep their east and north; how far the Earth bends away under the
//! plane (8 cm at 1 km, 8 m at 10 km) is dropped, so a city stays on level ground. Elevations, where
//! the data has them, count from the origin's.

use std::str::FromStr;

use gable_tileset::geodesy::{EastNorthUp, geocentric};
use serde::{Deserialize, Serialize};

use crate::FeatureError;

/// A point on Earth that becomes (0, 0, 0).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// Degrees east; easting in metres for projected data.
    pub longitude: f64,
    /// Degrees north; northing in metres for projected data.
    pub latitude: f64,
    /// Metres.
    pub height: f64,
}

impl FromStr for Origin {
    type Err = FeatureError;

    /// `longitude,latitude` or `longitude,latitude,height`.
    fn from_str(text: &str) -> Result<Self, FeatureError> {
        let numbers = crate::place::numbers(text);
        match numbers.as_deref() {
            Some(&[longitude, latitude]) => Ok(Self {
                longitude,
                latitude,
                height: 0.0,
            }),
            Some(&[longitude, latitude, height]) => Ok(Self {
                longitude,
                latitude,
                height,
            }),
            _ => Err(FeatureError::Setting {
                setting: "origin",
                text: text.to_owned(),
                expected: "longitude,latitude or longitude,latitude,height, for example 24.94,60.17",
            }),
        }
    }
}

/// What local metres mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Frame {
    /// East, north and up of a point on the WGS84 ellipsoid.
    LocalTangent {
        /// The point.
        origin: Origin,
    },
    /// A projected metric system, moved so that its coordinates are small.
    Projected {
        /// EPSG code, if the file names one.
        epsg: Option<u32>,
        /// Easting of the local origin, metres.
        easting: f64,
        /// Northing of the local origin, metres.
        northing: f64,
        /// Elevation of the local origin, metres.
        height: f64,
    },
}

/// East and north axes at an origin, ready for many points.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TangentPlane {
    axes: EastNorthUp,
}

impl TangentPlane {
    /// The plane that touches the ellipsoid at the origin (its height is not used).
    pub(crate) fn new(origin: Origin) -> Self {
        Self {
            axes: EastNorthUp::at(origin.longitude, origin.latitude, 0.0),
        }
    }

    /// East and north of a ground position, metres.
    pub(crate) fn local_from_degrees(&self, longitude: f64, latitude: f64) -> [f64; 2] {
        let point = geocentric(longitude, latitude, 0.0);
        let [east, north, _] = self.axes.local_from_geocentric(point);
        [east, north]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gable_tileset::geodesy::{ECCENTRICITY_SQUARED, MAJOR};

    #[test]
    fn small_steps_have_the_length_of_the_radii_of_curvature() {
        let (longitude, latitude) = (24.94_f64, 60.17_f64);
        let plane = TangentPlane::new(Origin {
            longitude,
            latitude,
            height: 0.0,
        });
        let sine_squared = latitude.to_radians().sin().powi(2);
        let w = 1.0 - ECCENTRICITY_SQUARED * sine_squared;
        let meridian = MAJOR * (1.0 - ECCENTRICITY_SQUARED) / w.powf(1.5);
        let parallel = MAJOR / w.sqrt() * latitude.to_radians().cos();
        let step = 1e-4_f64;
        let [east, north] = plane.local_from_degrees(longitude + step, latitude);
        assert!((east - parallel * step.to_radians()).abs() < 1e-7);
        assert!(north.abs() < 1e-4);
        let [east, north] = plane.local_from_degrees(longitude, latitude + step);
        assert!(east.abs() < 1e-8);
        assert!((north - meridian * step.to_radians()).abs() < 1e-5);
    }

    #[test]
    fn origins_are_read_from_text_or_refused_with_the_form_they_need() {
        let origin: Origin = "24.94, 60.17,5".parse().unwrap();
        assert_eq!(
            origin,
            Origin {
                longitude: 24.94,
                latitude: 60.17,
                height: 5.0
            }
        );
        let error = "here".parse::<Origin>().unwrap_err().to_string();
        assert!(error.contains("longitude,latitude"), "{error}");
    }
}
