//! What every format gives, on small input made here.

use flatgeobuf::geozero::error::Result as GeozeroResult;
use flatgeobuf::geozero::{ColumnValue, GeomProcessor, GeozeroGeometry, PropertyProcessor as _};
use flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use gable_features::{Frame, ReadOptions, Value, parse};

use crate::support::{assert_valid, message};

/// A feature collection around features.
pub(crate) fn collection(features: &str, members: &str) -> Vec<u8> {
    format!("{{\"type\":\"FeatureCollection\",{members}\"features\":[{features}]}}").into_bytes()
}

/// A polygon feature; the ring is written as it is.
pub(crate) fn polygon(coordinates: &str) -> String {
    format!(
        "{{\"type\":\"Feature\",\"properties\":{{\"height\":9}},\"geometry\":{{\"type\":\"Polygon\",\
         \"coordinates\":{coordinates}}}}}"
    )
}

#[test]
fn geojson_in_degrees_becomes_metres_around_its_centre() {
    let ring = "[[[10.0,50.0],[10.001,50.0],[10.001,50.001],[10.0,50.001],[10.0,50.0]]]";
    let text = collection(&polygon(ring), "");
    let found = parse("a.geojson", &text, &ReadOptions::default()).unwrap();
    assert_valid(&found);
    assert_eq!(found.warnings, []);
    let Frame::LocalTangent { origin } = found.frame else {
        panic!("{:?}", found.frame)
    };
    assert!(
        (origin.longitude - 10.0005).hypot(origin.latitude - 50.0005) < 1e-9,
        "{origin:?}"
    );
    let outer = &found.features[0].polygons[0].outer;
    // 0.001 degrees at 50 degrees north: 71.70 m and 111.23 m; z runs south.
    let south_west = outer
        .iter()
        .find(|corner| corner[0] < 0.0 && corner[2] > 0.0)
        .unwrap();
    assert!((south_west[0] + 35.85).abs() < 0.01, "{south_west:?}");
    assert!((south_west[2] - 55.61).abs() < 0.01, "{south_west:?}");
}

#[test]
fn arrays_of_edges_become_lists_and_other_arrays_are_left_out() {
    let feature = r#"{"type":"Feature","properties":{"/edgeattr/kind":["front","side",""],"/edgeattr/width":[1,2.5],
        "/edgeattr/nested":[[1]],"colours":["a","b"]},"geometry":{"type":"Polygon",
        "coordinates":[[[500000,100],[500010,100],[500010,120],[500000,100]]]}}"#;
    let found = parse(
        "a.geojson",
        &collection(feature, ""),
        &ReadOptions::default(),
    )
    .unwrap();
    let properties = &found.features[0].properties;
    let text = |name: &str| properties.get(name).map(ToString::to_string);
    assert_eq!(text("/edgeattr/kind").as_deref(), Some("front;side;;"));
    assert_eq!(text("/edgeattr/width").as_deref(), Some("1;2.5;"));
    assert_eq!((text("/edgeattr/nested"), text("colours")), (None, None));
}

#[test]
fn geojson_in_metres_only_loses_its_origin() {
    let ring = "[[[500000,100],[500010,100],[500010,120],[500000,120],[500000,100]]]";
    let crs = r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::25832"}},"#;
    for members in ["", crs] {
        let text = collection(&polygon(ring), members);
        let found = parse("a.geojson", &text, &ReadOptions::default()).unwrap();
        assert_eq!(found.features[0].area(), 200.0);
        assert!(matches!(
            found.frame,
            Frame::Projected {
                easting: 500_005.0,
                ..
            }
        ));
    }
}

#[test]
fn web_mercator_is_not_taken_for_metres() {
    // 100 by 100 Mercator metres at 60 degrees north are 50 by 50 on the ground.
    let ring = "[[[0,8399737],[100,8399737],[100,8399837],[0,8399837],[0,8399737]]]";
    let crs = r#""crs":{"type":"name","properties":{"name":"EPSG:3857"}},"#;
    let text = collection(&polygon(ring), crs);
    let found = parse("a.geojson", &text, &ReadOptions::default()).unwrap();
    let area = found.features[0].area();
    assert!((area - 2500.0).abs() < 15.0, "{area}");
}

#[test]
fn feet_and_unknown_units_are_refused() {
    let ring = "[[[6000000,2100000],[6000010,2100000],[6000010,2100020],[6000000,2100000]]]";
    for (name, word) in [("EPSG:2227", "feet"), ("Town grid", "not known")] {
        let crs = format!(r#""crs":{{"type":"name","properties":{{"name":"{name}"}}}},"#);
        let text = collection(&polygon(ring), &crs);
        let message = message(parse("a.geojson", &text, &ReadOptions::default()));
        assert!(
            message.contains(word) && message.contains("EPSG:4326"),
            "{message}"
        );
    }
}

#[test]
fn the_origin_can_be_given_so_that_files_fit_together() {
    let ring = "[[[10.0,50.0],[10.001,50.0],[10.001,50.001],[10.0,50.0]]]";
    let text = collection(&polygon(ring), "");
    let options = ReadOptions {
        origin: Some("10,50".parse().unwrap()),
        ..ReadOptions::default()
    };
    let found = parse("a.geojson", &text, &options).unwrap();
    assert!(
        found.features[0].polygons[0]
            .outer
            .contains(&[0.0, 0.0, -0.0])
    );
}

#[test]
fn elevations_and_minimum_heights_raise_the_base() {
    let low = "[[[0,0,20],[0.001,0,20],[0.001,0.001,21],[0,0,20]]]";
    let high = "[[[0.01,0,30],[0.011,0,30],[0.011,0.001,30],[0.01,0,30]]]";
    let raised = polygon(high).replace("\"height\":9", "\"height\":9,\"min_height\":4");
    let text = collection(&format!("{},{raised}", polygon(low)), "");
    let found = parse("a.geojson", &text, &ReadOptions::default()).unwrap();
    let bases: Vec<f64> = found
        .features
        .iter()
        .map(|f| f.polygons[0].outer[0][1])
        .collect();
    assert_eq!(bases, [0.0, 14.0]);
    assert_eq!(found.features[1].value("height"), Some(&Value::Number(5.0)));
}

#[test]
fn corners_with_heights_of_their_own_make_a_sloping_polygon() {
    let crs = r#""crs":{"type":"name","properties":{"name":"EPSG:25832"}},"#;
    // Clockwise, with a corner twice: both are put right, and the heights go along.
    let ring = "[[[0,0,100],[0,20,100],[30,20,105],[30,20,105],[30,0,105],[0,0,100]]]";
    let found = parse(
        "a.geojson",
        &collection(&polygon(ring), crs),
        &ReadOptions::default(),
    )
    .unwrap();
    let outer = &found.features[0].polygons[0].outer;
    assert_eq!(outer.len(), 4);
    for corner in outer {
        let height = if corner[0] > 0.0 { 5.0 } else { 0.0 };
        assert_eq!(corner[1], height, "{outer:?}");
    }
    // A bow-tie is rebuilt with a new corner, whose height nobody knows.
    let ring = "[[[0,0,100],[30,20,105],[30,0,105],[0,20,100],[0,0,100]]]";
    let found = parse(
        "a.geojson",
        &collection(&polygon(ring), crs),
        &ReadOptions::default(),
    )
    .unwrap();
    let mut corners = found.features[0].polygons.iter().flat_map(|p| &p.outer);
    assert!(corners.all(|corner| corner[1] == 0.0));
}

#[test]
fn a_projected_reference_system_makes_small_numbers_metres() {
    let ring = "[[[0,0],[30,0],[30,20],[0,20],[0,0]]]";
    let crs = r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::32632"}},"#;
    let found = parse(
        "a.geojson",
        &collection(&polygon(ring), crs),
        &ReadOptions::default(),
    )
    .unwrap();
    assert_eq!(found.features[0].area(), 600.0);
}

#[test]
fn geojson_of_every_kind_gives_its_polygons() {
    let square = "[[[0,0],[0.001,0],[0.001,0.001],[0,0.001],[0,0]]]";
    let other = "[[[1,0],[1.001,0],[1.001,0.001],[1,0.001],[1,0]]]";
    let geometry = |kind: &str, rest: &str| format!("{{\"type\":\"{kind}\",{rest}}}");
    let single = geometry("Polygon", &format!("\"coordinates\":{square}"));
    let multi = geometry(
        "MultiPolygon",
        &format!("\"coordinates\":[{square},{other}]"),
    );
    let group = geometry(
        "GeometryCollection",
        &format!("\"geometries\":[{single},{multi}]"),
    );
    let feature = format!("{{\"type\":\"Feature\",\"properties\":null,\"geometry\":{group}}}");
    for (text, polygons) in [(&single, 1), (&multi, 2), (&group, 3), (&feature, 3)] {
        let found = parse("a.json", text.as_bytes(), &ReadOptions::default()).unwrap();
        assert_eq!(found.features[0].polygons.len(), polygons, "{text}");
    }
}

#[test]
fn points_and_lines_are_left_out_with_a_warning() {
    let point =
        r#"{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}"#;
    let text = collection(
        &format!("{},{point}", polygon("[[[1,2],[1.01,2],[1,2.01],[1,2]]]")),
        "",
    );
    let found = parse("a.geojson", &text, &ReadOptions::default()).unwrap();
    assert_eq!(found.features.len(), 1);
    let warning = found.warnings[0].to_string();
    assert_eq!(
        warning,
        "a.geojson: features that are no polygons (1); left out"
    );
}

#[test]
fn cityjson_without_semantics_stands_on_its_lowest_surfaces() {
    let text = br#"{"type":"CityJSON","version":"1.0","vertices":[[500000,100,7],[500010,100,7],
        [500010,110,7],[500000,110,7],[500000,100,12],[500010,100,12],[500010,110,12],
        [500000,110,12]],"CityObjects":{"a":{"type":"Building","attributes":{"measuredHeight":5},
        "geometry":[{"type":"Solid","lod":1,"boundaries":[[[[3,2,1,0]],[[4,5,6,7]],[[0,1,5,4]],
        [[1,2,6,5]],[[2,3,7,6]],[[3,0,4,7]]]]}]}}}"#;
    let found = parse("a.json", text, &ReadOptions::default()).unwrap();
    assert_valid(&found);
    assert_eq!(found.features[0].area(), 100.0);
    assert_eq!(found.features[0].value("height"), Some(&Value::Number(5.0)));
    assert_eq!(found.features[0].polygons[0].outer[0][1], 0.0);
}

/// A polygon for the FlatGeobuf writer.
struct Rings(Vec<Vec<[f64; 2]>>);

impl GeozeroGeometry for Rings {
    fn process_geom<P: GeomProcessor>(&self, processor: &mut P) -> GeozeroResult<()> {
        processor.polygon_begin(true, self.0.len(), 0)?;
        for (index, ring) in self.0.iter().enumerate() {
            processor.linestring_begin(false, ring.len(), index)?;
            for (index, [x, y]) in ring.iter().enumerate() {
                processor.xy(*x, *y, index)?;
            }
            processor.linestring_end(false, index)?;
        }
        processor.polygon_end(true, 0)
    }
}

/// A FlatGeobuf file of one square of 20 m with a hole of 5 m, whose corner can be set.
pub(crate) fn flatgeobuf(epsg: i32, corner: f64) -> Vec<u8> {
    let crs = FgbCrs {
        code: epsg,
        ..FgbCrs::default()
    };
    let options = FgbWriterOptions {
        write_index: false,
        crs,
        ..FgbWriterOptions::default()
    };
    let mut writer =
        FgbWriter::create_with_options("test", GeometryType::Polygon, options).unwrap();
    writer.add_column("building:levels", ColumnType::Int, |_, _| {});
    writer.add_column("name", ColumnType::String, |_, _| {});
    writer.add_column("flag", ColumnType::Bool, |_, _| {});
    let square = |x: f64, y: f64, side: f64| {
        vec![
            [x, y],
            [x + side, y],
            [x + side, y + side],
            [x, y + side],
            [x, y],
        ]
    };
    let mut outer = square(400_000.0, 5_000_000.0, 20.0);
    outer[0][0] = corner;
    outer[4][0] = corner;
    let rings = Rings(vec![outer, square(400_005.0, 5_000_005.0, 5.0)]);
    writer
        .add_feature_geom(rings, |feature| {
            feature
                .property(0, "building:levels", &ColumnValue::Int(4))
                .unwrap();
            feature
                .property(1, "name", &ColumnValue::String("Rathaus"))
                .unwrap();
            feature
                .property(2, "flag", &ColumnValue::Bool(true))
                .unwrap();
        })
        .unwrap();
    let mut bytes = Vec::new();
    writer.write(&mut bytes).unwrap();
    bytes
}

#[test]
fn flatgeobuf_gives_rings_and_properties_of_every_type() {
    let bytes = flatgeobuf(32_633, 400_000.0);
    let found = parse("a.fgb", &bytes, &ReadOptions::default()).unwrap();
    assert_valid(&found);
    let feature = &found.features[0];
    assert_eq!(feature.area(), 375.0);
    assert_eq!(feature.value("height"), Some(&Value::Number(12.0)));
    assert_eq!(
        feature.value("name"),
        Some(&Value::String("Rathaus".to_owned()))
    );
    assert_eq!(feature.value("flag"), Some(&Value::Bool(true)));
    assert!(matches!(
        found.frame,
        Frame::Projected {
            epsg: Some(32_633),
            ..
        }
    ));
}
