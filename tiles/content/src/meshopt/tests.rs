//! Packing of whole files.

use super::*;
use crate::coding::{Coding, Quality, encode, goal};
use proptest::prelude::*;

const LIMIT: usize = 1 << 24;

/// Quads in a row: positions of 12 bytes with a stride, numbers of features, indices, an image that stays.
fn wall(quads: u16) -> Vec<u8> {
    let mut binary = Vec::new();
    let mut views = Vec::new();
    let mut view = |bytes: Vec<u8>, more: Value| {
        let mut json = json!({"buffer": 0, "byteLength": bytes.len()});
        if !binary.is_empty() {
            json["byteOffset"] = json!(binary.len());
        }
        json.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        views.push(json);
        binary.extend(bytes);
        binary.resize(binary.len().next_multiple_of(8), 0);
    };
    let vertices = 4 * quads;
    let positions = (0..vertices).flat_map(|v| [f32::from(v / 2), f32::from(v % 2), 0.5]);
    view(
        positions.flat_map(f32::to_le_bytes).collect(),
        json!({"byteStride": 12, "target": 34962}),
    );
    let features = (0..vertices).map(|v| f32::from(v / 16));
    view(
        features.flat_map(f32::to_le_bytes).collect(),
        json!({"byteStride": 4, "target": 34962}),
    );
    let corners = (0..quads).flat_map(|q| [0, 1, 2, 2, 1, 3].map(|k| 4 * q + k));
    view(
        corners.flat_map(u16::to_le_bytes).collect(),
        json!({"target": 34963}),
    );
    view(b"\x89PNG of a kind".to_vec(), json!({}));
    let json = json!({
        "asset": {"version": "2.0"}, "buffers": [{"byteLength": binary.len()}], "bufferViews": views,
        "images": [{"bufferView": 3, "mimeType": "image/png"}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": vertices, "type": "VEC3",
             "min": [0, 0, 0.5], "max": [vertices / 2, 1, 0.5]},
            {"bufferView": 1, "componentType": 5126, "count": vertices, "type": "SCALAR"},
            {"bufferView": 2, "componentType": 5123, "count": 6 * u32::from(quads), "type": "SCALAR"},
        ],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "_FEATURE_ID_0": 1}, "indices": 2}]}],
    });
    Glb { json, binary }.to_bytes().unwrap()
}

#[test]
fn a_wall_shrinks_and_comes_back() {
    let wall = wall(500);
    let packed = compress(&wall, Goal::Plain).unwrap();
    assert!(
        packed.len() * 4 < wall.len(),
        "{} of {}",
        packed.len(),
        wall.len()
    );
    let document = Glb::from_bytes(&packed).unwrap().json;
    assert_eq!(document["extensionsRequired"], json!([EXTENSION]));
    assert_eq!(document["extensionsUsed"], json!([EXTENSION]));
    assert_eq!(
        document["buffers"][1]["extensions"][EXTENSION]["fallback"],
        true
    );
    assert_eq!(
        document["bufferViews"][2]["extensions"][EXTENSION]["mode"],
        "TRIANGLES"
    );
    assert!(document["bufferViews"][3].get("extensions").is_none());
    let (before, after) = (
        Glb::from_bytes(&wall).unwrap(),
        decompress(&packed, LIMIT).unwrap(),
    );
    let after = Glb::from_bytes(&after).unwrap();
    assert_eq!(after.json, before.json);
    let outline = Outline::of(&after.json).unwrap();
    for view in [0, 1, 3] {
        assert_eq!(
            outline.bytes(view, &after.binary),
            outline.bytes(view, &before.binary)
        );
    }
    assert_eq!(
        compress(&packed, Goal::Plain).unwrap(),
        packed,
        "packed already"
    );
}

#[test]
fn what_does_not_shrink_stays() {
    let small = wall(1);
    assert_eq!(compress(&small, Goal::Plain).unwrap(), small);
}

#[test]
fn each_goal_is_served_best_by_its_own_packing() {
    // Positions on a line are best packed; directions that repeat are best left to the coding.
    let mut glb = Glb::from_bytes(&wall(4000)).unwrap();
    let directions: Vec<u8> = (0..16_000_u32)
        .flat_map(|v| [1_u32, 7, 99, 250][(v * v / 64 % 4) as usize].to_le_bytes())
        .collect();
    let start = glb.json["bufferViews"][1]["byteOffset"].as_u64().unwrap() as usize;
    glb.binary[start..start + directions.len()].copy_from_slice(&directions);
    let bytes = glb.to_bytes().unwrap();
    let [coded, plain] = [goal(), Goal::Plain].map(|goal| compress(&bytes, goal).unwrap());
    let wire = |bytes: &[u8]| encode(Coding::Zstd, Quality::Fast, bytes).len();
    assert!(plain.len() < coded.len(), "{} {}", plain.len(), coded.len());
    assert!(
        wire(&coded) < wire(&plain),
        "{} {}",
        wire(&coded),
        wire(&plain)
    );
    assert!(wire(&coded) < wire(&bytes));
}

#[test]
fn views_of_two_kinds_stay_raw() {
    let mut glb = Glb::from_bytes(&wall(500)).unwrap();
    glb.json["accessors"][2]["bufferView"] = json!(1);
    let packed = compress(&glb.to_bytes().unwrap(), Goal::Plain).unwrap();
    let document = Glb::from_bytes(&packed).unwrap().json;
    assert!(document["bufferViews"][1].get("extensions").is_none());
    assert!(document["bufferViews"][0].get("extensions").is_some());
}

#[test]
fn too_much_is_refused_before_it_is_made() {
    let packed = compress(&wall(500), Goal::Plain).unwrap();
    assert!(matches!(
        decompress(&packed, 1000),
        Err(MeshoptError::TooLarge(1000))
    ));
}

#[test]
fn views_outside_the_file_are_named() {
    let mut glb = Glb::from_bytes(&wall(500)).unwrap();
    glb.json["bufferViews"][0]["byteOffset"] = json!(u64::MAX);
    let error = compress(&glb.to_bytes().unwrap(), Goal::Plain)
        .unwrap_err()
        .to_string();
    assert!(error.contains("do not lie in its"), "{error}");
}

proptest! {
    #[test]
    fn damaged_files_are_an_error_and_no_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5), packed: bool,
    ) {
        let mut bytes = wall(40);
        if packed {
            bytes = compress(&bytes, Goal::Plain).unwrap();
        }
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let _ = compress(&bytes, goal());
        if let Ok(out) = decompress(&bytes, LIMIT) {
            prop_assert!(out.len() <= LIMIT + bytes.len());
        }
    }
}
