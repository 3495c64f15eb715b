//! A small world that is right, and what is found when it is not.

use super::*;
use crate::glb::Glb;
use gable_tileset::{Bounds, LayerTiles, Subtree, TileId, World};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Files = BTreeMap<String, Vec<u8>>;

const SUBTREE: &str = "world/houses/r1/subtrees/0/0/0.subtree";
const CHILD: &str = "world/houses/r1/subtrees/2/1/0.subtree";
const CONTENT: &str = "world/houses/r1/content/1/0/0.glb";

/// A triangle with two features of three.
fn content() -> Glb {
    let positions = [0.0_f32, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
        .map(f32::to_le_bytes)
        .concat();
    let features = [0.0_f32, 2.0, 2.0].map(f32::to_le_bytes).concat();
    let indices = [0_u16, 1, 2, 0].map(u16::to_le_bytes).concat();
    Glb {
        binary: [positions, features, indices].concat(),
        json: json!({
            "asset": {"version": "2.0"}, "buffers": [{"byteLength": 56}],
            "bufferViews": [
                {"buffer": 0, "byteLength": 36, "byteStride": 12},
                {"buffer": 0, "byteOffset": 36, "byteLength": 12, "byteStride": 4},
                {"buffer": 0, "byteOffset": 48, "byteLength": 6},
            ],
            "accessors": [
                {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"},
                {"bufferView": 1, "componentType": 5126, "count": 3, "type": "SCALAR"},
                {"bufferView": 2, "componentType": 5123, "count": 3, "type": "SCALAR"},
            ],
            "meshes": [{"primitives": [{
                "attributes": {"POSITION": 0, "_FEATURE_ID_0": 1}, "indices": 2,
                "extensions": {"EXT_mesh_features": {"featureIds": [
                    {"featureCount": 2, "attribute": 0, "propertyTable": 0}]}},
            }]}],
            "nodes": [{"mesh": 0}],
            "extensionsUsed": ["EXT_mesh_features", "EXT_structural_metadata"],
            "extensions": {"EXT_structural_metadata": {"propertyTables": [{"class": "shape", "count": 3}]}},
        }),
    }
}

/// The tileset of a world of one layer with so many levels.
fn tileset(levels: u8) -> Vec<u8> {
    let layer = LayerTiles {
        name: "houses".to_owned(),
        revision: "r1".to_owned(),
        bounds: Bounds {
            low: [-100.0, -100.0, 0.0],
            high: [100.0, 100.0, 50.0],
        },
        levels,
        subtree_levels: 2,
        root_error: 32.0,
    };
    let world = World {
        layers: &[layer],
        transform: None,
        attribution: &[],
        gltf_extensions: &[],
    };
    world.tileset().to_json().into_bytes()
}

/// Three tiles of a first subtree, one of a second.
fn files() -> Files {
    let east = TileId::new(2, 1, 0).unwrap();
    let first = TileId::new(1, 0, 0).unwrap();
    let there = |tile: TileId| tile.level() == 0 || tile == first;
    let root = Subtree::new(
        TileId::ROOT,
        2,
        there,
        |tile| tile == first,
        |tile| tile == east,
    );
    let child = Subtree::new(east, 2, |tile| tile == east, |tile| tile == east, |_| false);
    let content = content().to_bytes().unwrap();
    BTreeMap::from([
        ("world/tileset.json".to_owned(), tileset(4)),
        (SUBTREE.to_owned(), root.to_bytes()),
        (CHILD.to_owned(), child.to_bytes()),
        (CONTENT.to_owned(), content.clone()),
        ("world/houses/r1/content/2/1/0.glb".to_owned(), content),
    ])
}

fn report(files: &Files) -> Report {
    check("world/tileset.json", Limits::default(), &mut |path| {
        files.get(path).cloned()
    })
}

/// What is found after a change, as text.
fn found(change: impl FnOnce(&mut Files)) -> Vec<String> {
    let mut files = files();
    change(&mut files);
    report(&files)
        .findings
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// What is found when the content is another.
fn found_in_content(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut glb = content();
    change(&mut glb.json);
    found(|files| {
        files.insert(CONTENT.to_owned(), glb.to_bytes().unwrap());
    })
}

#[test]
fn a_world_that_is_right_has_numbers_and_no_findings() {
    let report = report(&files());
    assert_eq!(report.findings, []);
    let numbers = (
        report.tilesets,
        report.tiles,
        report.subtrees,
        report.contents,
    );
    assert_eq!(numbers, (1, 4, 2, 2));
    assert_eq!((report.levels, report.triangles), (4, 2));
}

#[test]
fn what_is_missing_is_named() {
    let missing = |path: &str| found(|files| drop(files.remove(path)));
    assert_eq!(
        missing("world/tileset.json"),
        ["error: world/tileset.json: there is no such file"]
    );
    assert_eq!(
        missing(CHILD),
        [format!(
            "error: {CHILD}: there is no such subtree, and there should be one"
        )]
    );
    assert_eq!(
        missing(CONTENT),
        [format!(
            "error: {CONTENT}: there is no such file; {SUBTREE} says that there is"
        )]
    );
}

#[test]
fn a_subtree_that_nobody_tells_of_is_named() {
    let list = found(|files| {
        let bytes = files[CHILD].clone();
        files.insert("world/houses/r1/subtrees/2/0/0.subtree".to_owned(), bytes);
    });
    assert_eq!(
        list,
        [
            "warning: world/houses/r1/subtrees/2/0/0.subtree: the subtree above does not tell of this one"
        ]
    );
}

#[test]
fn tiles_deeper_than_the_tileset_says_are_named() {
    let list = found(|files| {
        files.insert("world/tileset.json".to_owned(), tileset(2));
    });
    assert_eq!(
        list,
        [format!(
            "error: {SUBTREE}: it tells of subtrees that are deeper than the tileset says"
        )]
    );
}

#[test]
fn features_that_are_not_in_the_table_are_named() {
    let list = found_in_content(|json| {
        json["extensions"]["EXT_structural_metadata"]["propertyTables"][0]["count"] = json!(2);
    });
    assert_eq!(
        list,
        [format!(
            "error: {CONTENT}: a feature id is 2, and the property table has 2 rows"
        )]
    );
    let features = |json: &mut Value, key: &str, value: u32| {
        let primitive = &mut json["meshes"][0]["primitives"][0];
        primitive["extensions"]["EXT_mesh_features"]["featureIds"][0][key] = json!(value);
    };
    let list = found_in_content(|json| features(json, "featureCount", 1));
    assert_eq!(
        list,
        [format!(
            "error: {CONTENT}: there are 2 different features, and 1 are told of"
        )]
    );
    let list = found_in_content(|json| features(json, "attribute", 1));
    assert_eq!(
        list,
        [format!(
            "error: {CONTENT}: the attribute _FEATURE_ID_1 is missing"
        )]
    );
    let list = found_in_content(|json| features(json, "propertyTable", 7));
    assert!(list[0].ends_with("feature ids name the property table 7, which is not there"));
}

#[test]
fn numbers_outside_the_file_are_named() {
    let list = found_in_content(|json| json["accessors"][0]["count"] = json!(4));
    assert!(
        list[0].contains("the accessor 0 reaches out of its buffer view"),
        "{list:?}"
    );
    let list = found_in_content(|json| json["bufferViews"][2]["byteOffset"] = json!(40));
    assert!(list[0].contains("an index is"), "{list:?}");
    let list = found_in_content(|json| json["buffers"][0]["byteLength"] = json!(9));
    assert_eq!(
        list,
        [format!(
            "error: {CONTENT}: the length of its buffer is not that of its binary chunk"
        )]
    );
}

/// Tilesets of explicit tiles.
fn explicit(root: Value) -> Vec<String> {
    let tileset = json!({"asset": {"version": "1.1"}, "geometricError": 10.0, "root": root});
    let inner = json!({"asset": {"version": "1.1"}, "geometricError": 1.0, "root": {
        "boundingVolume": {"sphere": [0.0, 0.0, 0.0, 1.0]}, "geometricError": 0.0, "refine": "ADD",
        "content": {"uri": "../tileset.json"}}});
    let files: Files = BTreeMap::from([
        ("tileset.json".to_owned(), tileset.to_string().into_bytes()),
        (
            "inner/tileset.json".to_owned(),
            inner.to_string().into_bytes(),
        ),
        ("a.glb".to_owned(), content().to_bytes().unwrap()),
    ]);
    let report = check("tileset.json", Limits::default(), &mut |path| {
        files.get(path).cloned()
    });
    report.findings.iter().map(ToString::to_string).collect()
}

fn cube(x: f64, half: f64) -> Value {
    json!({"box": [x, 0.0, 0.0, half, 0.0, 0.0, 0.0, half, 0.0, 0.0, 0.0, half]})
}

#[test]
fn tiles_that_reach_out_or_are_coarser_than_those_around_are_named() {
    let child = json!({"boundingVolume": cube(1.5, 1.0), "geometricError": 6.0, "content": {"uri": "./a.glb?v=1"}});
    let root = json!({"boundingVolume": cube(0.0, 2.0), "geometricError": 5.0, "refine": "REPLACE", "children": [child]});
    assert_eq!(
        explicit(root.clone()),
        [
            "warning: tileset.json: a tile's geometric error is greater than that of the tile around it",
            "warning: tileset.json: a tile's volume reaches out of that of the tile around it",
        ]
    );
    let mut right = root;
    right["children"][0]["geometricError"] = json!(5.0);
    right["children"][0]["transform"] = json!([
        1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, -0.5, 0.0, 0.0, 1.0
    ]);
    assert_eq!(explicit(right), [""; 0]);
}

#[test]
fn tilesets_that_lead_back_to_themselves_end() {
    let root = json!({"boundingVolume": cube(0.0, 2.0), "geometricError": 5.0, "refine": "ADD",
        "content": {"uri": "inner/tileset.json"}});
    assert_eq!(
        explicit(root),
        ["error: tileset.json: tilesets lead back to themselves, or too deep"]
    );
}

#[test]
fn an_unbounded_world_is_checked_as_far_as_allowed() {
    let all = Subtree::new(TileId::ROOT, 2, |_| true, |_| false, |_| true).to_bytes();
    let tileset = tileset(20);
    let limits = Limits {
        tiles: 40,
        ..Limits::default()
    };
    let report = check("tileset.json", limits, &mut |path| {
        Some(if path == "tileset.json" {
            tileset.clone()
        } else {
            all.clone()
        })
    });
    assert_eq!(
        (
            report.tiles,
            report.count(Severity::Warning),
            report.count(Severity::Error)
        ),
        (40, 1, 0)
    );
}

#[test]
fn addresses_are_those_of_the_file_that_tells_them() {
    for (from, uri, expected) in [
        ("tileset.json", "r1/a.glb", "r1/a.glb"),
        ("a/b/tileset.json", "../c/./d.glb", "a/c/d.glb"),
        ("/srv/t/tileset.json", "d.glb?v=2", "/srv/t/d.glb"),
        (
            "http://host:8080/t/tileset.json",
            "d/e.glb",
            "http://host:8080/t/d/e.glb",
        ),
        ("http://host/t/tileset.json", "/d.glb", "http://host/d.glb"),
        (
            "t/tileset.json",
            "https://other/d.glb",
            "https://other/d.glb",
        ),
        ("tileset.json", "../../../etc/passwd", "etc/passwd"),
    ] {
        assert_eq!(resolve(from, uri), expected, "{from} + {uri}");
    }
}

proptest! {
    #[test]
    fn damaged_files_are_findings_and_no_panic(
        file in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut files = files();
        let place = file.index(files.len());
        let bytes = files.values_mut().nth(place).unwrap();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let limits = Limits { tiles: 200, ..Limits::default() };
        let report = check("world/tileset.json", limits, &mut |path| files.get(path).cloned());
        prop_assert!(report.tiles <= 200);
    }
}
