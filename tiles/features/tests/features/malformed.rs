//! Broken and hostile input: a clear message or a warning, never a panic.

use gable_features::{FeatureError, Features, ReadOptions, parse};

use crate::formats::{collection, flatgeobuf, polygon};
use crate::support::{assert_valid, fetched, fixture, message};

fn parse_plain(name: &str, bytes: &[u8]) -> Result<Features, FeatureError> {
    parse(name, bytes, &ReadOptions::default())
}

/// One file of every format, under a name that tells the format.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let read = |path| std::fs::read(path).unwrap();
    let geojson = collection(&polygon("[[[0,0],[0.001,0],[0.001,0.001],[0,0]]]"), "");
    vec![
        ("a.geojson", geojson),
        ("a.fgb", flatgeobuf(32_633, 400_000.0)),
        ("a.osm.pbf", read(fixture("helsinki.osm.pbf"))),
        ("15-5239-12665.mvt", read(fixture("15-5239-12665.mvt"))),
        ("a.pmtiles", read(fetched("pmtiles2/firenze.pmtiles"))),
        ("a.city.jsonl", read(fixture("delft.city.jsonl"))),
    ]
}

#[test]
fn a_truncated_file_is_an_error_that_names_file_and_place() {
    for (name, bytes) in samples() {
        for part in [1, 3, 10, 50, 90, 99] {
            let cut = &bytes[..(bytes.len() * part / 100).max(1)];
            let message = message(parse_plain(name, cut));
            assert!(message.starts_with(name), "{message}");
            assert!(message.contains("; help: "), "{message}");
        }
    }
}

#[test]
fn truncated_binary_files_say_at_which_byte() {
    for (name, bytes) in samples() {
        if name.ends_with(".fgb") || name.ends_with(".osm.pbf") || name.ends_with(".pmtiles") {
            let message = message(parse_plain(name, &bytes[..bytes.len() * 2 / 3]));
            assert!(message.contains(": at byte "), "{message}");
        }
    }
}

#[test]
fn an_empty_file_is_an_error_in_every_format() {
    for (name, _) in samples() {
        assert!(parse_plain(name, b"").is_err(), "{name}");
    }
    assert!(message(parse_plain("a.bin", b"")).contains("not a known feature format"));
}

/// Flips bytes by a fixed pseudo-random sequence: whatever comes out is valid, or an error.
#[test]
fn flipped_bytes_never_panic() {
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize % below
    };
    for (name, bytes) in samples() {
        let rounds = if bytes.len() > 1_000_000 { 10 } else { 60 };
        for _ in 0..rounds {
            let mut broken = bytes.clone();
            for _ in 0..=random(4) {
                // Headers are small and early, so half of the flips go there.
                let range = if random(2) == 0 {
                    broken.len().min(300)
                } else {
                    broken.len()
                };
                broken[random(range)] ^= 1 << random(8);
            }
            if let Ok(features) = parse_plain(name, &broken) {
                assert_valid(&features);
            }
        }
    }
}

#[test]
fn a_syntax_error_in_json_has_line_and_column() {
    let message = message(parse_plain(
        "a.geojson",
        b"{\"type\":\"FeatureCollection\",\n\"features\":[}",
    ));
    assert!(message.starts_with("a.geojson:2:13: "), "{message}");
    let second = b"{\"type\":\"CityJSON\"}\n{\"type\":\"CityJSONFeature\",}\n";
    let message = crate::support::message(parse_plain("a.city.jsonl", second));
    assert!(message.starts_with("a.city.jsonl:2:27: "), "{message}");
}

#[test]
fn coordinates_that_are_not_finite_are_errors() {
    for text in ["NaN", "1e999", "null", "\"7\""] {
        let ring = format!("[[[0,0],[{text},0],[0.001,0.001],[0,0]]]");
        let result = parse_plain("a.geojson", &collection(&polygon(&ring), ""));
        assert!(
            matches!(result, Err(FeatureError::Malformed { .. })),
            "{text}"
        );
    }
    for corner in [f64::NAN, f64::INFINITY] {
        let message = message(parse_plain("a.fgb", &flatgeobuf(32_633, corner)));
        assert!(
            message.contains("feature/0") && message.contains("not finite"),
            "{message}"
        );
    }
}

#[test]
fn degrees_off_the_earth_are_an_error() {
    let crs = r#""crs":{"type":"name","properties":{"name":"EPSG:4326"}},"#;
    let text = collection(&polygon("[[[0,0],[1,0],[1,95],[0,0]]]"), crs);
    let message = message(parse_plain("a.geojson", &text));
    assert!(message.contains("no longitude and latitude"), "{message}");
}

#[test]
fn features_on_two_continents_do_not_fit_one_frame() {
    let features =
        [10, 100].map(|x| polygon(&format!("[[[{x},0],[{x}.1,0],[{x}.1,0.1],[{x},0]]]")));
    let message = message(parse_plain(
        "a.geojson",
        &collection(&features.join(","), ""),
    ));
    assert!(message.contains("bounds"), "{message}");
}

#[test]
fn a_self_intersecting_polygon_is_repaired_with_a_warning() {
    let bow_tie = "[[[0,0],[0.001,0.001],[0.001,0],[0,0.001],[0,0]]]";
    let found = parse_plain("a.geojson", &collection(&polygon(bow_tie), "")).unwrap();
    assert_valid(&found);
    assert_eq!(found.features[0].polygons.len(), 2);
    let warning = found.warnings[0].to_string();
    assert_eq!(
        warning,
        "feature/0: self-intersecting ring; rebuilt as simple polygons (2)"
    );
}

#[test]
fn an_unclosed_ring_is_closed_with_a_warning() {
    let open = "[[[0,0],[0.001,0],[0.001,0.001]]]";
    let found = parse_plain("a.geojson", &collection(&polygon(open), "")).unwrap();
    assert_eq!(
        found.warning_counts().into_iter().collect::<Vec<_>>(),
        [("unclosed-ring", 1)]
    );
    assert_eq!(found.features[0].polygons[0].outer.len(), 3);
}

#[test]
fn a_file_under_the_wrong_name_is_told_apart() {
    for (name, bytes) in samples()
        .into_iter()
        .filter(|(name, _)| *name != "a.geojson")
    {
        let message = message(parse_plain("a.geojson", &bytes));
        assert!(
            message.contains("the extension says GeoJSON"),
            "{name}: {message}"
        );
    }
}

#[test]
fn a_file_without_polygons_says_what_was_looked_for() {
    let point = r#"{"type":"Point","coordinates":[1,2]}"#;
    let message = message(parse_plain("a.geojson", point.as_bytes()));
    assert!(
        message.contains("no polygons (Polygon or MultiPolygon geometries)"),
        "{message}"
    );
}

#[test]
fn a_tile_without_coordinates_in_its_name_is_an_error() {
    let tile = std::fs::read(fixture("15-5239-12665.mvt")).unwrap();
    assert!(message(parse_plain("tile.mvt", &tile)).contains("z-x-y.mvt"));
}

#[test]
fn deeply_nested_json_ends_in_an_error() {
    let properties = format!("\"properties\":{{\"a\":{}", "[".repeat(100_000));
    let text = polygon("[]").replace("\"properties\":{", &properties);
    let message = message(parse_plain("a.geojson", text.as_bytes()));
    assert!(message.contains("recursion limit"), "{message}");
}

#[test]
fn a_position_of_one_number_is_an_error_that_names_the_feature() {
    let text = collection(&polygon("[[[0,0],[1],[1,1],[0,0]]]"), "");
    let message = message(parse_plain("a.geojson", &text));
    assert!(
        message.contains("in feature 0: a position has fewer than two numbers"),
        "{message}"
    );
}

#[test]
fn a_missing_file_is_named() {
    let path = std::path::Path::new("no/such/file.geojson");
    let result = gable_features::read(path, &ReadOptions::default());
    assert!(message(result).starts_with("no/such/file.geojson: "));
}
