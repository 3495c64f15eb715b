//! Content on its way: every bundled grammar's output packed, unpacked, and read by others' tools.

#[path = "support/grammars.rs"]
mod support;
#[path = "support/validator.rs"]
mod validator;

use gable_content::coding::goal;
use gable_content::glb::Glb;
use gable_content::meshopt::{Goal, compress, decompress};
use gable_kernel::recipe::Output;
use gable_runtime::{Engine, EngineOptions, Rules};
use serde_json::Value;

const LIMIT: usize = 1 << 28;

/// The bytes of each element of an accessor.
fn elements<'a>(glb: &'a Glb, accessor: &Value) -> Vec<&'a [u8]> {
    let accessor = &glb.json["accessors"][number(accessor)];
    let view = &glb.json["bufferViews"][number(&accessor["bufferView"])];
    let size = match accessor["componentType"].as_u64().expect("a type") {
        5120 | 5121 => 1,
        5122 | 5123 => 2,
        _ => 4,
    };
    let width = match accessor["type"].as_str().expect("a type") {
        "SCALAR" => 1,
        "VEC2" => 2,
        "VEC3" => 3,
        _ => 4,
    };
    let stride = view["byteStride"]
        .as_u64()
        .map_or(size * width, |stride| stride as usize);
    let start = number(&view["byteOffset"]) + number(&accessor["byteOffset"]);
    let element = |k| &glb.binary[start + k * stride..][..size * width];
    (0..number(&accessor["count"])).map(element).collect()
}

fn number(value: &Value) -> usize {
    value.as_u64().map_or(0, |number| number as usize)
}

/// The triangles of all primitives, each with all attributes of its corners, the least corner first; sorted.
fn triangles(glb: &Glb) -> Vec<[Vec<&[u8]>; 3]> {
    let mut all = Vec::new();
    for mesh in glb.json["meshes"].as_array().into_iter().flatten() {
        for primitive in mesh["primitives"].as_array().expect("primitives") {
            let attributes = primitive["attributes"].as_object().expect("attributes");
            let columns: Vec<Vec<&[u8]>> = attributes.values().map(|a| elements(glb, a)).collect();
            let corner = |index: &[u8]| {
                let vertex = index
                    .iter()
                    .rev()
                    .fold(0, |sum, &byte| sum << 8 | usize::from(byte));
                columns
                    .iter()
                    .map(|column| column[vertex])
                    .collect::<Vec<_>>()
            };
            for triangle in elements(glb, &primitive["indices"]).chunks_exact(3) {
                let mut corners = [0, 1, 2].map(|k| corner(triangle[k]));
                let least = (0..3).min_by_key(|&k| &corners[k]).expect("three corners");
                corners.rotate_left(least);
                all.push(corners);
            }
        }
    }
    all.sort();
    all
}

/// The elements of instances, in their order.
fn instances(glb: &Glb) -> Vec<Vec<&[u8]>> {
    let nodes = glb.json["nodes"].as_array().into_iter().flatten();
    let attributes = nodes
        .filter_map(|node| node["extensions"]["EXT_mesh_gpu_instancing"]["attributes"].as_object());
    attributes
        .flat_map(|attributes| attributes.values().map(|a| elements(glb, a)))
        .collect()
}

/// Every bundled grammar's content at levels of detail and output options, with its name.
fn contents() -> Vec<(String, Vec<u8>)> {
    let engine = Engine::new(EngineOptions::default()).expect("an engine");
    let assets = support::assets();
    let mut list = Vec::new();
    for (name, path) in support::bundled() {
        let artifact = support::compile_file(&path);
        let rules = Rules::load(&engine, &artifact.wasm).expect("our own modules are accepted");
        for lod in [0.0, 2.0] {
            for option in 0..8 {
                let mut recipe =
                    support::recipe(&artifact, support::footprints(), &assets, Some(lod));
                recipe.output = Output {
                    quantize: option & 1 == 1,
                    features: option & 2 == 2,
                    instances: option & 4 == 0,
                    ..Output::default()
                };
                let content = rules
                    .generate(&recipe, &assets)
                    .expect("bundled grammars run");
                list.push((format!("{name}-{lod}-{option}"), content.bytes));
            }
        }
    }
    list
}

#[test]
fn packed_content_has_the_same_triangles_and_others_read_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    let (mut before, mut after) = (0, 0);
    let goals = [(Goal::Plain, "plain"), (goal(), "coded")];
    let contents = contents();
    let each = contents
        .iter()
        .flat_map(|content| goals.map(|goal| (content, goal)));
    for ((name, bytes), (goal, note)) in each {
        let packed = compress(bytes, goal).expect("packs");
        let unpacked = decompress(&packed, LIMIT).expect("unpacks");
        let [original, read] =
            [bytes, &unpacked].map(|bytes| Glb::from_bytes(bytes).expect("a GLB"));
        assert!(original.json == read.json, "{name}: the same document");
        assert!(
            triangles(&original) == triangles(&read),
            "{name}: the same triangles"
        );
        assert!(
            instances(&original) == instances(&read),
            "{name}: the same instances"
        );
        before += bytes.len();
        after += packed.len();
        let file = folder.path().join(format!("{name}-{note}.glb"));
        std::fs::write(&file, &packed).expect("writable");
        std::fs::write(file.with_extension("unpacked.glb"), &unpacked).expect("writable");
        files.push(file.display().to_string());
    }
    assert!(after < before, "{after} of {before} bytes");
    validator::assert_valid(&files);
    validator::run("check-meshopt.mjs", &files);
}
