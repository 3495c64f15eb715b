//! The bundled cut of real buildings: the blocks around Alamo Square, San Francisco, with
//! heights.
//!
//! It is made, and checked against its source, by this module's test; see `assets/data/ATTRIBUTION.md`.

use crate::{FeatureError, Features, ReadOptions};

/// Whose data the bundled cut is; to be shown wherever it is.
pub const BUNDLED_ATTRIBUTION: &str =
    "Building footprints © OpenStreetMap contributors, ODbL 1.0 (openstreetmap.org/copyright)";

/// One feature a line.
const CUT: &[u8] = include_bytes!("../../../assets/data/san-francisco.geojson");

/// The bundled buildings, embedded in the program.
///
/// # Errors
/// [`FeatureError::NoPolygons`] or [`FeatureError::TooFar`], if the options' bounds or origin leave
/// nothing of it; never with the default options.
pub fn bundled(options: &ReadOptions) -> Result<Features, FeatureError> {
    crate::parse("san-francisco.geojson", CUT, options)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::RawFeature;
    use crate::source::vector_tile::{self, TileId};
    use crate::{Bounds, Value};

    /// The tile that is cut.
    const TILE: &str = "15-5239-12665.mvt";
    /// Buildings whose first corner lies here are kept.
    const PART: &str = "-122.4399,37.7715,-122.4316,37.7793";

    /// A feature as one line of GeoJSON: 7 digits (1 cm) and what a grammar may use.
    fn line(feature: &RawFeature) -> String {
        let position = |p: &[f64; 3]| format!("[{:.7},{:.7}]", p[0], p[1]);
        let ring = |ring: &Vec<[f64; 3]>| {
            let corners: Vec<String> = ring.iter().chain(ring.first()).map(position).collect();
            format!("[{}]", corners.join(","))
        };
        let polygon = |rings: &Vec<Vec<[f64; 3]>>| {
            let rings: Vec<String> = rings.iter().map(ring).collect();
            format!("[{}]", rings.join(","))
        };
        let polygons: Vec<String> = feature.polygons.iter().map(polygon).collect();
        let mut properties = Vec::new();
        for name in ["height", "min_height", "type"] {
            let value = feature.properties.get(name);
            let dull = |value: &&Value| {
                value.as_number() == Some(0.0) || value.as_str() == Some("building")
            };
            if let Some(value) = value.filter(|value| !dull(value)) {
                let json = serde_json::to_string(value).unwrap();
                properties.push(format!("\"{name}\":{}", json.trim_end_matches(".0")));
            }
        }
        let (kind, coordinates) = match &polygons[..] {
            [polygon] => ("Polygon", polygon.clone()),
            _ => ("MultiPolygon", format!("[{}]", polygons.join(","))),
        };
        format!(
            "{{\"type\":\"Feature\",\"id\":\"{}\",\"properties\":{{{}}},\"geometry\":{{\"type\":\
             \"{kind}\",\"coordinates\":{coordinates}}}}}",
            feature.id,
            properties.join(","),
        )
    }

    /// Set `GABLE_BLESS=1` to write the cut anew.
    #[test]
    fn the_cut_is_what_its_source_gives() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let path = root.join("tiles/features/tests/data").join(TILE);
        let tile = std::fs::read(path).unwrap();
        let mut source = vector_tile::source();
        let id = TileId::from_name(TILE).unwrap();
        vector_tile::add_tile(TILE, id, &tile, None, &mut source).unwrap();
        let part: Bounds = PART.parse().unwrap();
        let kept = |feature: &&RawFeature| {
            let mut corner = Bounds::EMPTY;
            let [longitude, latitude, _] = feature.polygons[0][0][0];
            corner.include(longitude, latitude);
            part.touches(&corner)
        };
        let lines: Vec<String> = source.features.iter().filter(kept).map(line).collect();
        let lines = lines.join(",\n");
        let text = format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{lines}\n]}}\n");
        if std::env::var_os("GABLE_BLESS").is_some() {
            std::fs::write(root.join("assets/data/san-francisco.geojson"), &text).unwrap();
        }
        assert_eq!(text.as_bytes(), CUT);
    }

    #[test]
    fn the_cut_has_more_than_a_thousand_buildings_with_heights_and_no_defects() {
        let features = bundled(&ReadOptions::default()).unwrap();
        assert!(
            features.features.len() > 1000,
            "{}",
            features.features.len()
        );
        assert!(
            features
                .features
                .iter()
                .all(|feature| feature.attributes.contains_key("height"))
        );
        assert_eq!(features.warnings, []);
    }
}
