//! Places on the WGS84 ellipsoid, with the same bits on every machine (`libm`).

/// Semi-major axis, metres.
pub const MAJOR: f64 = 6_378_137.0;
/// Flattening.
const FLATTENING: f64 = 1.0 / 298.257_223_563;
/// First eccentricity, squared.
pub const ECCENTRICITY_SQUARED: f64 = FLATTENING * (2.0 - FLATTENING);

/// Geocentric (ECEF, EPSG:4978) coordinates in metres of a position: degrees east and north, metres above the ellipsoid.
pub fn geocentric(longitude: f64, latitude: f64, height: f64) -> [f64; 3] {
    let (sin_longitude, cos_longitude) = libm::sincos(longitude.to_radians());
    let (sin_latitude, cos_latitude) = libm::sincos(latitude.to_radians());
    // Radius of curvature in the prime vertical.
    let normal = MAJOR / (1.0 - ECCENTRICITY_SQUARED * sin_latitude * sin_latitude).sqrt();
    [
        (normal + height) * cos_latitude * cos_longitude,
        (normal + height) * cos_latitude * sin_longitude,
        (normal * (1.0 - ECCENTRICITY_SQUARED) + height) * sin_latitude,
    ]
}

/// The frame east, north, up at a position (any geodesy text on "ECEF to ENU").
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EastNorthUp {
    /// The position, geocentric.
    pub origin: [f64; 3],
    /// Unit vector.
    pub east: [f64; 3],
    /// Unit vector.
    pub north: [f64; 3],
    /// Unit vector, away from the ellipsoid.
    pub up: [f64; 3],
}

impl EastNorthUp {
    /// The frame at degrees east and north, metres above the ellipsoid.
    pub fn at(longitude: f64, latitude: f64, height: f64) -> Self {
        let (sin_longitude, cos_longitude) = libm::sincos(longitude.to_radians());
        let (sin_latitude, cos_latitude) = libm::sincos(latitude.to_radians());
        Self {
            origin: geocentric(longitude, latitude, height),
            east: [-sin_longitude, cos_longitude, 0.0],
            north: [
                -sin_latitude * cos_longitude,
                -sin_latitude * sin_longitude,
                cos_latitude,
            ],
            up: [
                cos_latitude * cos_longitude,
                cos_latitude * sin_longitude,
                sin_latitude,
            ],
        }
    }

    /// East, north and up of a geocentric point, metres.
    pub fn local_from_geocentric(&self, point: [f64; 3]) -> [f64; 3] {
        let offset: [f64; 3] = std::array::from_fn(|axis| point[axis] - self.origin[axis]);
        [self.east, self.north, self.up]
            .map(|axis| axis[0] * offset[0] + axis[1] * offset[1] + axis[2] * offset[2])
    }

    /// Takes local metres to geocentric ones: 4 x 4, by columns, as `transform` of a tile.
    pub fn transform(&self) -> [f64; 16] {
        let Self {
            origin,
            east,
            north,
            up,
        } = self;
        let column = |v: &[f64; 3], w| [v[0], v[1], v[2], w];
        let columns = [
            column(east, 0.0),
            column(north, 0.0),
            column(up, 0.0),
            column(origin, 1.0),
        ];
        std::array::from_fn(|k| columns[k / 4][k % 4])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_equator_and_a_pole_lie_on_the_ellipsoid() {
        let equator = geocentric(0.0, 0.0, 0.0);
        assert!((equator[0] - MAJOR).abs() < 1e-9);
        let pole = geocentric(0.0, 90.0, 10.0);
        assert!((pole[2] - (6_356_752.314_245 + 10.0)).abs() < 1e-5);
    }

    #[test]
    fn a_frame_takes_points_there_and_back() {
        let frame = EastNorthUp::at(24.94, 60.17, 20.0);
        let transform = frame.transform();
        let local = [100.0, -50.0, 7.0];
        let point: [f64; 3] = std::array::from_fn(|row| {
            (0..3)
                .map(|k| transform[4 * k + row] * local[k])
                .sum::<f64>()
                + transform[12 + row]
        });
        let back = frame.local_from_geocentric(point);
        for axis in 0..3 {
            assert!((back[axis] - local[axis]).abs() < 1e-8);
        }
        let higher = frame.local_from_geocentric(geocentric(24.94, 60.17, 25.0));
        assert!((higher[2] - 5.0).abs() < 1e-8 && higher[0].abs() < 1e-8);
    }
}
