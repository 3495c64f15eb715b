//! Coordinate reference systems, as far as features need them: is it degrees, is it metres?
//!
//! A datum shift moves a whole city by metres and changes no building, so datums are not looked at.
//! A projected metric system only loses its false origin; its scale factor (0.9996 for UTM) stays.

use crate::place::Bounds;

/// How a file's numbers relate to the ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    /// Degrees, longitude first.
    Degrees,
    /// Spherical Mercator metres (EPSG:3857): stretched by 1 / cos(latitude), so never used as they
    /// are.
    WebMercator,
    /// Metres of this EPSG code, or of none.
    Metres(Option<u32>),
    /// Not declared: degrees if all coordinates can be, else metres.
    Undeclared(Option<u32>),
}

/// EPSG codes of systems in feet: US state planes on NAD27, NAD83 and their realisations. The later
/// ranges mix feet and metres, so they are refused as a whole.
const FEET: [(u32, u32); 8] = [
    (2222, 2289),
    (2867, 2930),
    (3417, 3457),
    (3465, 3552),
    (3560, 3570),
    (6393, 6627),
    (26729, 26815),
    (32001, 32060),
];

/// Ranges of EPSG codes that hold projected systems only: their numbers are metres, however small they are. Elsewhere
/// geographic, projected and compound systems are mixed.
const PROJECTED: [(u32, u32); 2] = [(2000, 3799), (20_000, 32_766)];

fn is_among(ranges: &[(u32, u32)], code: u32) -> bool {
    ranges
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&code))
}

impl Reference {
    /// From a name as GeoJSON, CityJSON and FlatGeobuf write it: `EPSG:25832`,
    /// `urn:ogc:def:crs:OGC:1.3:CRS84`, `https://www.opengis.net/def/crs/EPSG/0/7415`. The error is
    /// the cause, for people.
    pub(crate) fn from_name(name: &str) -> Result<Self, String> {
        if name.contains("CRS84") {
            return Ok(Self::Degrees);
        }
        let Some((_, rest)) = name.split_once("EPSG") else {
            return Err(format!(
                "the reference system `{name}` is not known, so its units are not"
            ));
        };
        // A compound name lists the horizontal system first, after a comma comes the vertical one.
        let first = rest.split(',').next().unwrap_or(rest);
        let code = first
            .split(['/', ':'])
            .filter_map(|part| part.parse().ok())
            .next_back();
        code.map_or_else(
            || Err(format!("the reference system `{name}` has no EPSG code")),
            Self::from_epsg,
        )
    }

    /// From an EPSG code. Where the code does not say whether it is degrees or metres, the coordinates do.
    pub(crate) fn from_epsg(code: u32) -> Result<Self, String> {
        match code {
            4326 | 4979 | 4258 | 4269 => Ok(Self::Degrees),
            3857 | 3785 | 900_913 | 102_100 | 102_113 => Ok(Self::WebMercator),
            _ if is_among(&FEET, code) => Err(format!("EPSG:{code} is, or may be, in feet")),
            _ if is_among(&PROJECTED, code) => Ok(Self::Metres(Some(code))),
            _ => Ok(Self::Undeclared(Some(code))),
        }
    }

    /// Settles an undeclared system by the extent of its coordinates.
    pub(crate) fn settle(self, extent: &Bounds) -> Self {
        let Self::Undeclared(code) = self else {
            return self;
        };
        let degrees = extent.west >= -180.0
            && extent.east <= 180.0
            && extent.south >= -90.0
            && extent.north <= 90.0;
        if degrees {
            Self::Degrees
        } else {
            Self::Metres(code)
        }
    }
}

/// Longitude and latitude, degrees, of spherical Mercator metres.
pub(crate) fn degrees_from_mercator(x: f64, y: f64) -> [f64; 2] {
    const RADIUS: f64 = 6_378_137.0;
    [
        (x / RADIUS).to_degrees(),
        (y / RADIUS).sinh().atan().to_degrees(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_reference_systems_give_their_code() {
        let cases = [
            ("urn:ogc:def:crs:OGC:1.3:CRS84", Reference::Degrees),
            ("EPSG:4326", Reference::Degrees),
            ("urn:ogc:def:crs:EPSG::3857", Reference::WebMercator),
            (
                "urn:ogc:def:crs:EPSG:9.9.1:27700",
                Reference::Metres(Some(27700)),
            ),
            (
                "https://www.opengis.net/def/crs/EPSG/0/7415",
                Reference::Undeclared(Some(7415)),
            ),
            (
                "urn:ogc:def:crs,crs:EPSG::28992,crs:EPSG::5109",
                Reference::Metres(Some(28992)),
            ),
        ];
        for (name, reference) in cases {
            assert_eq!(Reference::from_name(name), Ok(reference), "{name}");
        }
    }

    #[test]
    fn systems_in_feet_or_of_unknown_units_are_refused() {
        assert!(
            Reference::from_name("EPSG:2227")
                .unwrap_err()
                .contains("feet")
        );
        assert!(
            Reference::from_name("my grid")
                .unwrap_err()
                .contains("not known")
        );
        assert!(Reference::from_name("EPSG:").is_err());
    }

    #[test]
    fn mercator_metres_become_degrees() {
        let [longitude, latitude] = degrees_from_mercator(2_776_000.0, 8_438_000.0);
        assert!((longitude - 24.937_2).abs() < 1e-3, "{longitude}");
        assert!((latitude - 60.17).abs() < 1e-2, "{latitude}");
    }
}
