//! Real data, counted. Where a count differs from the number of objects in the source, the test says
//! why. Data that is not committed is fetched (`tests/fetch-data.sh`).

use crate::support::{assert_valid, features, fetched, fixture};
use gable_features::{Feature, Features, Format, Frame, ReadOptions, Value, read};

fn with(features: &Features, attribute: &str) -> usize {
    features
        .features
        .iter()
        .filter(|feature| feature.attributes.contains_key(attribute))
        .count()
}

fn with_holes(features: &Features) -> usize {
    let has_hole = |feature: &&Feature| feature.polygons.iter().any(|p| !p.holes.is_empty());
    features.features.iter().filter(has_hole).count()
}

fn count(features: &Features, code: &str) -> usize {
    features.warning_counts().get(code).copied().unwrap_or(0)
}

/// 498 buildings in the file. It is a rectangle cut out of a larger one, so 59 have corners that are
/// not in it; of these, 16 have nothing left to build on. 12 are invalid, most by that cut.
#[test]
fn helsinki_has_482_usable_buildings_and_12_invalid_ones() {
    let helsinki = features(&fixture("helsinki.osm.pbf"));
    assert_valid(&helsinki);
    assert_eq!(helsinki.features.len(), 482);
    assert_eq!(count(&helsinki, "no-polygon"), 16);
    assert_eq!(count(&helsinki, "missing-members"), 59);
    assert_eq!(
        count(&helsinki, "self-intersection") + count(&helsinki, "hole-crossing"),
        12
    );
    assert_eq!(with(&helsinki, "levels"), 160);
    assert_eq!(with(&helsinki, "height"), 166);
    assert_eq!(with_holes(&helsinki), 61);
}

/// 2,219 in the file, cut out in the same way: 26 have nothing left.
#[test]
fn rural_finland_has_2193_usable_buildings() {
    let finland = features(&fetched("pyrosm/test.osm.pbf"));
    assert_valid(&finland);
    assert_eq!(
        (finland.features.len(), count(&finland, "no-polygon")),
        (2193, 26)
    );
}

/// 20,869 tagged objects: 5 ways are outlines of relations that are tagged as well, and one relation
/// has no closed ring.
#[test]
fn malta_has_20863_buildings() {
    let malta = features(&fetched("osm-io/malta-latest.osm.pbf"));
    assert_valid(&malta);
    assert_eq!(
        (malta.features.len(), count(&malta, "no-polygon")),
        (20_863, 1)
    );
    assert_eq!(with(&malta, "levels"), 608);
    assert_eq!(count(&malta, "unreadable-value"), 3);
}

#[test]
fn niue_has_1903_buildings() {
    let niue = features(&fetched("osm-io/niue-230109.osm.pbf"));
    assert_valid(&niue);
    assert_eq!(niue.features.len(), 1903);
    assert_eq!(niue.warnings, []);
}

/// 32,333 polygons in tiles of 1,048,576 steps, 5 of them slivers of a building cut at a tile's edge.
#[test]
fn astana_has_32328_buildings() {
    let astana = features(&fetched("astana"));
    assert_valid(&astana);
    assert_eq!(
        (astana.features.len(), count(&astana, "sliver")),
        (32_328, 5)
    );
    assert_eq!(with(&astana, "levels"), 20_445);
    let cafe = &astana.features[0];
    assert_eq!(
        (&*cafe.id, cafe.value("levels")),
        ("way/315257889", Some(&Value::Number(2.0)))
    );
}

/// 13,896 polygons, of which 531 are in the buffers of two or more tiles.
#[test]
fn san_francisco_has_13365_buildings() {
    let city = features(&fetched("sanfrancisco"));
    assert_valid(&city);
    assert_eq!(city.features.len(), 13_365);
    assert_eq!(with(&city, "height"), 13_364);
    assert_eq!(city.warnings, []);
}

#[test]
fn montevideo_has_4439_buildings() {
    let city = features(&fetched("montevideo"));
    assert_valid(&city);
    assert_eq!((city.features.len(), with(&city, "levels")), (4439, 870));
}

/// 63,241 polygons at level 14, a quarter of which are in the buffers of neighbours.
#[test]
fn florence_has_48683_buildings() {
    let florence = features(&fetched("pmtiles2/firenze.pmtiles"));
    assert_valid(&florence);
    assert_eq!(florence.format, Format::PmTiles);
    assert_eq!(
        (florence.features.len(), with(&florence, "height")),
        (48_683, 53)
    );
}

#[test]
fn bounds_pick_tiles_and_features() {
    let bounds = "11.250,43.765,11.262,43.775".parse().unwrap();
    let options = ReadOptions {
        bounds: Some(bounds),
        ..ReadOptions::default()
    };
    let florence = read(&fetched("pmtiles2/firenze.pmtiles"), &options).unwrap();
    assert!(
        (100..5000).contains(&florence.features.len()),
        "{}",
        florence.features.len()
    );
}

#[test]
fn delft_has_1115_buildings_with_measured_roofs() {
    let delft = features(&fetched("fcb_core/delft.city.jsonl"));
    assert_valid(&delft);
    assert_eq!(delft.features.len(), 1115);
    assert_eq!(delft.warnings, []);
    assert_eq!(
        (with(&delft, "height"), with(&delft, "levels")),
        (1115, 700)
    );
    let roofs = |kind: &str| {
        let found = delft.features.iter().filter(|feature| {
            feature
                .properties
                .get("b3_dak_type")
                .and_then(Value::as_str)
                == Some(kind)
        });
        found.count()
    };
    assert_eq!(
        [
            roofs("slanted"),
            roofs("horizontal"),
            roofs("multiple horizontal")
        ],
        [584, 329, 202]
    );
    assert!(matches!(
        delft.frame,
        Frame::Projected {
            epsg: Some(7415),
            ..
        }
    ));
}

/// 3DBAG measured the ground area itself, of the solid, which leaves out what lies under a neighbour.
#[test]
fn footprints_of_delft_have_the_area_that_was_measured() {
    let delft = features(&fixture("delft.city.jsonl"));
    assert_eq!(delft.features.len(), 40);
    let agrees = |feature: &&Feature| {
        let measured = feature.properties["b3_opp_grond"].as_number().unwrap();
        (feature.area() - measured).abs() < 0.01 * measured
    };
    assert!(delft.features.iter().filter(agrees).count() >= 38);
}

/// 149 buildings; most have parts with footprints of their own.
#[test]
fn vienna_has_490_buildings_and_parts() {
    let vienna = features(&fetched("cjdb/vienna.jsonl"));
    assert_valid(&vienna);
    assert_eq!((vienna.features.len(), with(&vienna, "height")), (490, 490));
    let gabled = vienna
        .features
        .iter()
        .filter(|feature| feature.value("roofShape").and_then(Value::as_str) == Some("gabled"));
    assert!(gabled.count() > 50);
}

#[test]
fn overtures_sample_keeps_its_ids_and_nested_names() {
    let sample = features(&fetched("city2graph/sample_buildings.geojson"));
    assert_valid(&sample);
    assert_eq!(sample.features.len(), 262);
    assert!(
        sample
            .features
            .iter()
            .all(|feature| feature.id.starts_with("08b"))
    );
    assert!(sample.features.iter().any(|f| f.value("name").is_some()));
    assert!(matches!(
        sample.frame,
        Frame::Projected {
            epsg: Some(27700),
            ..
        }
    ));
}

#[test]
fn one_tile_has_the_buildings_whose_centres_lie_in_it() {
    let tile = features(&fixture("15-5239-12665.mvt"));
    assert_valid(&tile);
    assert_eq!(tile.features.len(), 1639);
}

#[test]
fn a_country_of_natural_earth_has_its_area() {
    let bounds = "46,-20,46.5,-19.5".parse().unwrap();
    let options = ReadOptions {
        bounds: Some(bounds),
        ..ReadOptions::default()
    };
    let found = read(&fixture("countries.fgb"), &options).unwrap();
    assert_valid(&found);
    let [madagascar] = &found.features[..] else {
        panic!("{} features", found.features.len())
    };
    assert_eq!(madagascar.id, "MDG");
    assert_eq!(
        madagascar.value("name").and_then(Value::as_str),
        Some("Madagascar")
    );
    let square_kilometres = madagascar.area() / 1e6;
    assert!(
        (square_kilometres / 587_000.0 - 1.0).abs() < 0.03,
        "{square_kilometres}"
    );
}
