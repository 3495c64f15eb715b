//! Content of the bundled worlds, read as the viewer reads it, against what the kernel says of it.

use std::path::Path;

use gable_content::coding::goal;
use gable_content::meshopt::compress;
use gable_model::{ImageSource, Model, ModelError, NO_FEATURE, POSITION_STEPS, Value};
use gable_runtime::{Content, Engine, EngineOptions};
use gable_world::World;
use glam::{DVec3, Quat, Vec3};
use proptest::prelude::*;

const LIMIT: usize = 256 << 20;

/// A tile of each level of each layer of the bundled worlds.
fn contents() -> Vec<(String, Content)> {
    let engine = Engine::new(EngineOptions::default()).expect("an engine");
    let mut contents = Vec::new();
    for name in gable_world::library::bundle::worlds() {
        let world = World::open(Path::new(&name), &engine).expect("a bundled world");
        for layer in world.layers() {
            for level in 0..layer.levels() {
                let tile = layer
                    .tiles(level)
                    .nth(3)
                    .or_else(|| layer.tiles(level).next());
                let Some(recipe) = tile.and_then(|tile| layer.recipe(tile)) else {
                    continue;
                };
                let grammar = layer.grammars().find(|it| it.hash() == recipe.module);
                let rules = grammar.expect("a grammar of the layer").rules();
                let content = rules.generate(&recipe, world.assets()).expect("content");
                contents.push((format!("{name} {} {level}", layer.name()), content));
            }
        }
    }
    assert!(contents.len() > 10, "{}", contents.len());
    contents
}

/// The least and the greatest corner of what is drawn, in the world's frame.
fn extent(model: &Model) -> (DVec3, DVec3) {
    let mut extent = (DVec3::INFINITY, DVec3::NEG_INFINITY);
    for part in &model.parts {
        let range = part.instances.start as usize..part.instances.end as usize;
        for instance in &model.instances[range] {
            let turn = instance.rotation.map(|x| f32::from(x) / 32767.0);
            let turn = Quat::from_array(turn).normalize();
            let range = part.vertices.start as usize..part.vertices.end as usize;
            for vertex in &model.vertices[range] {
                let point = vertex.position.map(|x| f32::from(x) / POSITION_STEPS);
                let point = turn * (Vec3::from(instance.scale) * Vec3::from(point));
                let local = Vec3::from(instance.translation) + point;
                assert!(
                    (local - local.clamp(part.bounds[0], part.bounds[1])).length() < 0.05,
                    "a part lies in its bounds"
                );
                let point = model.origin + local.as_dvec3();
                extent = (extent.0.min(point), extent.1.max(point));
            }
        }
    }
    extent
}

/// The same, each triangle beginning with its smallest corner: packing may turn triangles.
fn turned(mut model: Model) -> Model {
    for triangle in model.indices.chunks_exact_mut(3) {
        let first = (0..3)
            .min_by_key(|&corner| triangle[corner])
            .unwrap_or_default();
        triangle.rotate_left(first);
    }
    model
}

#[test]
fn models_are_what_the_kernel_made() {
    let mut textures = 0;
    for (name, content) in contents() {
        let model = Model::from_glb(&content.bytes, LIMIT).expect(&name);
        let counts = &content.summary.counts;
        assert_eq!(model.drawn_triangles(), counts.drawn_triangles, "{name}");
        let vertices: usize = model.vertices.len();
        assert!(vertices as u64 >= counts.vertices, "{name}");
        let [low, high] = content.summary.extent.expect("it is not empty");
        let told = [
            DVec3::new(low[0], -high[2], low[1]),
            DVec3::new(high[0], -low[2], high[1]),
        ];
        let seen = extent(&model);
        let step = (told[1] - told[0]).max_element() / 32767.0 + 0.02;
        assert!(
            told[0].abs_diff_eq(seen.0, step) && told[1].abs_diff_eq(seen.1, step),
            "{name}: {told:?} {seen:?}"
        );
        for part in &model.parts {
            let indices = part.indices.start as usize..part.indices.end as usize;
            let most = model.indices[indices]
                .iter()
                .max()
                .copied()
                .unwrap_or_default();
            assert!(u32::from(most) < part.vertices.len() as u32);
            assert!((part.material as usize) < model.materials.len());
        }
        let numbers = model.vertices.iter().map(|vertex| vertex.feature);
        let rows = model.features.len();
        assert_eq!(rows as u64, counts.initial_shapes, "{name}");
        assert!(
            numbers
                .filter(|&it| it != NO_FEATURE)
                .all(|it| usize::from(it) < rows)
        );
        for row in 0..rows {
            let known = model.features.of(row);
            assert!(
                known
                    .iter()
                    .any(|(key, value)| *key == "name" && matches!(value, Value::Text(_)))
            );
        }
        assert!(model.features.of(rows).is_empty());
        textures += model
            .images
            .iter()
            .filter(|it| matches!(it, ImageSource::Address(_)))
            .count();
        let packed = compress(&content.bytes, goal()).expect("it packs");
        let packed = Model::from_glb(&packed, LIMIT).expect("packed");
        assert!(turned(model) == turned(packed), "{name}: packed or not");
    }
    assert!(textures > 0, "some of them have textures");
}

#[test]
fn what_is_no_content_is_an_error() {
    let error = Model::from_glb(b"<html>", LIMIT).expect_err("no GLB");
    assert!(matches!(error, ModelError::File(_)) && error.to_string().contains("no binary glTF"));
    let (_, content) = contents().swap_remove(0);
    let packed = compress(&content.bytes, goal()).expect("it packs");
    assert!(
        Model::from_glb(&packed, 1000).is_err(),
        "it is larger than allowed"
    );
    for cut in [20, 500, packed.len() / 2, packed.len() - 1] {
        assert!(Model::from_glb(&packed[..cut], LIMIT).is_err());
    }
}

#[test]
fn damaged_content_never_panics() {
    let mut contents = contents();
    contents.sort_by_key(|(_, content)| content.bytes.len());
    let small: Vec<Vec<u8>> = contents
        .into_iter()
        .take(3)
        .map(|(_, content)| content.bytes)
        .collect();
    let packed = small
        .iter()
        .map(|bytes| compress(bytes, goal()).expect("it packs"));
    let files: Vec<Vec<u8>> = packed.chain(small.iter().cloned()).collect();
    proptest!(ProptestConfig::with_cases(2000), |(file in 0..files.len(), at in 0.0..1.0_f64, value: u8, second in 0.0..0.05_f64)| {
        let mut bytes = files[file].clone();
        let place = |share: f64| (share * bytes.len() as f64) as usize;
        let places = [place(at), place(second)];
        for place in places {
            bytes[place] = value;
        }
        let _any = Model::from_glb(&bytes, LIMIT);
    });
}
