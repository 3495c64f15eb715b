//! Scenes made by hand. The files are kept as snapshots, which the Khronos validator reads too
//! (`node tests/validate-gltf.mjs runtime/kernel/src/output/snapshots/*.glb`).

use std::rc::Rc;

use glam::{DAffine3, DQuat, DVec2, DVec3};
use serde_json::{Value, json};

use super::*;
use crate::asset::{Asset, Image, Model, ModelMaterial};
use crate::builtin;
use crate::mesh::{Mesh, UvSet};
use crate::shape::AssetId;

/// Owns what a scene refers to.
struct Stage {
    strings: Values,
    assets: Vec<LoadedAsset>,
    shapes: Vec<(Geometry, DAffine3, Rc<Material>, u32)>,
    features: Vec<Feature>,
    options: Output,
    image_addresses: Option<BTreeMap<&'static str, String>>,
    /// What positions are counted from.
    origin: DVec3,
}

impl Stage {
    fn new() -> Self {
        let image = Image {
            width: 2,
            height: 2,
            alpha: false,
            media_type: "image/png".to_owned(),
            bytes: include_bytes!("tests/checker.png").to_vec(),
        };
        let asset = |name: &str, asset| LoadedAsset {
            name: name.to_owned(),
            asset: Rc::new(asset),
        };
        Self {
            strings: Values::new(10_000),
            assets: vec![
                asset("checker board.png", Asset::Image(image)),
                asset("lamp.obj", Asset::Model(lamp())),
            ],
            shapes: Vec::new(),
            features: Vec::new(),
            options: Output {
                instances: true,
                ..Output::default()
            },
            image_addresses: None,
            origin: DVec3::ZERO,
        }
    }

    fn material(&mut self, numbers: &[(&str, f64)], strings: &[(&str, &str)]) -> Rc<Material> {
        let mut material = (*builtin::default_material(&mut self.strings)).clone();
        for (name, value) in numbers {
            material.numbers[builtin::number(name)] = *value;
            material.numbers_set |= 1 << builtin::number(name);
        }
        for (name, value) in strings {
            material.strings[builtin::string(name)] = self.strings.intern_constant(value);
            material.strings_set |= 1 << builtin::string(name);
        }
        Rc::new(material)
    }

    fn add(&mut self, mesh: Mesh, map: DAffine3, material: &Rc<Material>) {
        assert_eq!(mesh.check(), Ok(()));
        let feature = u32::try_from(self.features.len().saturating_sub(1)).unwrap();
        self.shapes.push((
            Geometry::Mesh(Rc::new(mesh)),
            map,
            material.clone(),
            feature,
        ));
    }

    fn add_asset(&mut self, number: u32, map: DAffine3, material: &Rc<Material>) {
        let feature = u32::try_from(self.features.len().saturating_sub(1)).unwrap();
        self.shapes.push((
            Geometry::Asset(AssetId(number)),
            map,
            material.clone(),
            feature,
        ));
    }

    fn write(&self) -> Content {
        self.write_within(1 << 20).unwrap()
    }

    fn write_within(&self, output_bytes: u32) -> Result<Content, Stop> {
        let mut leaves = Vec::new();
        for (geometry, map, material, feature) in &self.shapes {
            leaves.push(Leaf {
                geometry,
                world_from_geometry: map,
                material,
                feature: *feature,
            });
        }
        let Self {
            strings,
            assets,
            features,
            options,
            ..
        } = self;
        let has_images = options.embed_textures || self.image_addresses.is_some();
        let book = Book::new(options.format == Format::Glb && has_images);
        let scene = Scene {
            leaves,
            assets,
            strings,
            written: &[],
            features: features.clone(),
            options: *options,
            image_addresses: self.image_addresses.clone(),
            output_bytes,
        };
        write(&scene, Canvas::new(book, self.origin, options.features))
    }
}

/// A mesh from outlines and holes, one list of rings for each face.
fn mesh(faces: &[&[&[[f64; 3]]]]) -> Mesh {
    let mut mesh = Mesh::default();
    for rings in faces {
        let numbers: Vec<Vec<u32>> = rings
            .iter()
            .map(|ring| {
                ring.iter()
                    .map(|&point| mesh.add_point(point.into()))
                    .collect()
            })
            .collect();
        mesh.add_face(numbers.iter().map(Vec::as_slice));
    }
    mesh
}

fn cube() -> Mesh {
    let mut mesh = Mesh::default();
    for k in 0..8_u32 {
        mesh.add_point(DVec3::new(
            f64::from(k & 1),
            f64::from(k >> 1 & 1),
            f64::from(k >> 2),
        ));
    }
    for face in [
        [0, 2, 3, 1],
        [4, 5, 7, 6],
        [0, 4, 6, 2],
        [1, 3, 7, 5],
        [0, 1, 5, 4],
        [2, 6, 7, 3],
    ] {
        mesh.add_face([&face[..]]);
    }
    mesh
}

/// A square of 2 m with texture coordinates in two sets.
fn tile() -> Mesh {
    let mut mesh = mesh(&[&[&[
        [0.0, 0.0, 2.0],
        [2.0, 0.0, 2.0],
        [2.0, 0.0, 0.0],
        [0.0, 0.0, 0.0],
    ]]]);
    let unit: Vec<DVec2> = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
        .map(DVec2::from_array)
        .to_vec();
    let large = unit.iter().map(|uv| *uv * 4.0).collect();
    mesh.uv_sets = vec![
        UvSet {
            set: 0,
            coordinates: unit.into(),
        },
        UvSet {
            set: 5,
            coordinates: large,
        },
    ];
    mesh
}

/// A foot and a glass head of different materials.
fn lamp() -> Model {
    let material = |name: &str, color| ModelMaterial {
        name: name.to_owned(),
        color,
        metallic: 0.0,
        roughness: 0.5,
        color_map: String::new(),
    };
    Model {
        points: vec![
            [0.0, 0.0, 0.0],
            [1.0, 0.0, 0.0],
            [0.0, 3.0, 0.0],
            [1.0, 3.0, 0.0],
            [0.5, 4.0, 0.0],
        ],
        polygons: vec![4, 3],
        corners: vec![0, 1, 3, 2, 2, 3, 4],
        polygon_materials: vec![0, 1],
        uvs: Vec::new(),
        normals: Vec::new(),
        materials: vec![
            material("foot", [0.2, 0.2, 0.2, 1.0]),
            material("glass", [1.0, 1.0, 0.8, 0.5]),
        ],
        ..Model::default()
    }
}

fn at(x: f64, y: f64, z: f64) -> DAffine3 {
    DAffine3::from_translation(DVec3::new(x, y, z))
}

/// The JSON of a GLB.
fn document(bytes: &[u8]) -> Value {
    let length = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    serde_json::from_slice(&bytes[20..20 + length]).unwrap()
}

/// The sum of triangle areas of a GLB without instances, from its own bytes.
fn area(bytes: &[u8]) -> f64 {
    let json = document(bytes);
    let start = 28 + u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    let data = |accessor: &Value| {
        let accessor = &json["accessors"][accessor.as_u64().unwrap() as usize];
        let view = &json["bufferViews"][accessor["bufferView"].as_u64().unwrap() as usize];
        let offset = |value: &Value| value["byteOffset"].as_u64().unwrap_or(0) as usize;
        (
            &bytes[start + offset(view) + offset(accessor)..],
            accessor["count"].as_u64().unwrap() as usize,
        )
    };
    let mut sum = 0.0;
    for primitive in json["meshes"][0]["primitives"].as_array().unwrap() {
        let (points, _) = data(&primitive["attributes"]["POSITION"]);
        let (indices, count) = data(&primitive["indices"]);
        let type_of = |accessor: &Value| {
            json["accessors"][accessor.as_u64().unwrap() as usize]["componentType"].clone()
        };
        let long = type_of(&primitive["indices"]) == 5125;
        let on_grid = type_of(&primitive["attributes"]["POSITION"]) == 5122;
        let scale = json["nodes"][0]["scale"][0].as_f64().unwrap_or(1.0);
        let short = |bytes: &[u8], at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let float =
            |at: usize| f64::from(f32::from_le_bytes(points[at..at + 4].try_into().unwrap()));
        let corner = |k: usize| {
            let vertex = if long {
                u32::from_le_bytes(indices[4 * k..4 * k + 4].try_into().unwrap()) as usize
            } else {
                usize::from(short(indices, 2 * k))
            };
            if on_grid {
                let integer = |at: usize| f64::from(short(points, at).cast_signed());
                let at = 8 * vertex;
                let integers = DVec3::new(integer(at), integer(at + 2), integer(at + 4));
                return integers * (scale / 32767.0);
            }
            let at = 12 * vertex;
            DVec3::new(float(at), float(at + 4), float(at + 8))
        };
        for k in (0..count).step_by(3) {
            sum += (corner(k + 1) - corner(k))
                .cross(corner(k + 2) - corner(k))
                .length()
                / 2.0;
        }
    }
    sum
}

#[test]
fn a_cube_shares_the_vertices_of_each_face() {
    let mut stage = Stage::new();
    let plain = stage.material(&[], &[]);
    stage.add(cube(), at(100_000.0, 0.0, 0.0), &plain);
    stage.origin = DVec3::new(100_000.5, 0.5, 0.5);
    let content = stage.write();
    let Counts {
        faces,
        triangles,
        vertices,
        materials,
        primitives,
        ..
    } = content.counts;
    assert_eq!(
        [faces, triangles, vertices, materials, primitives],
        [6, 12, 24, 1, 1]
    );
    assert_eq!(
        document(&content.bytes())["nodes"],
        json!([{"mesh": 0, "translation": [100000.5, 0.5, 0.5]}])
    );
    assert_eq!(area(&content.bytes()), 6.0);
    insta::assert_binary_snapshot!("cube.glb", content.bytes());
}

#[test]
fn faces_that_look_alike_are_drawn_together() {
    let mut stage = Stage::new();
    let red = stage.material(&[("color.g", 0.0667), ("color.b", 0.0)], &[]);
    let red_again = stage.material(
        &[("color.g", 0.0667), ("color.b", 0.0), ("shininess", 3.0)],
        &[],
    );
    let glass = stage.material(&[("opacity", 0.25)], &[("name", "glass")]);
    let wall: &[[f64; 3]] = &[
        [0.0, 0.0, 0.0],
        [4.0, 0.0, 0.0],
        [4.0, 3.0, 0.0],
        [0.0, 3.0, 0.0],
    ];
    let window: &[[f64; 3]] = &[
        [1.0, 1.0, 0.0],
        [1.0, 2.0, 0.0],
        [3.0, 2.0, 0.0],
        [3.0, 1.0, 0.0],
    ];
    let pane: Vec<_> = window.iter().rev().copied().collect();
    let arrow: &[[f64; 3]] = &[
        [0.0, 3.0, 0.0],
        [4.0, 3.0, 0.0],
        [2.0, 5.0, 0.0],
        [2.0, 3.5, 0.0],
    ];
    stage.add(mesh(&[&[wall, window], &[arrow]]), at(0.0, 0.0, 0.0), &red);
    stage.add(mesh(&[&[&pane]]), at(0.0, 0.0, 0.0), &glass);
    stage.add(cube(), at(5.0, 0.0, 0.0), &red_again);
    let content = stage.write();
    assert_eq!(content.counts.primitives, 2);
    assert!((area(&content.bytes()) - (12.0 - 2.0 + 2.5 + 2.0 + 6.0)).abs() < 1e-6);
    let json = document(&content.bytes());
    assert_eq!(
        json["materials"][0]["pbrMetallicRoughness"]["baseColorFactor"],
        json!([1, 0.002588671, 0, 1])
    );
    assert_eq!(json["materials"][1]["alphaMode"], "BLEND");
    insta::assert_binary_snapshot!("materials.glb", content.bytes());
}

#[test]
fn textures_are_embedded_once_or_named() {
    let mut stage = Stage::new();
    let maps = [
        ("colormap", "checker board.png"),
        ("normalmap", "checker board.png"),
    ];
    let both = stage.material(
        &[
            ("colormap.su", 2.0),
            ("colormap.rw", 90.0),
            ("colormap.tv", 0.25),
        ],
        &maps,
    );
    let lost = stage.material(&[], &[("colormap", "lost.png")]);
    stage.add(tile(), at(0.0, 0.0, 0.0), &both);
    stage.add(tile(), at(3.0, 0.0, 0.0), &lost);
    stage.add(cube(), at(6.0, 0.0, 0.0), &both);
    let content = stage.write();
    assert_eq!(content.missing, ["lost.png"]);
    let json = document(&content.bytes());
    assert_eq!(json["images"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        json["materials"][0]["normalTexture"],
        json!({"index": 0, "texCoord": 1})
    );
    insta::assert_binary_snapshot!("textures.glb", content.bytes());
    stage.options.embed_textures = false;
    let json = document(&stage.write().bytes());
    assert_eq!(
        json["images"],
        json!([{"uri": "checker%20board.png"}, {"uri": "lost.png"}])
    );
    stage.image_addresses = Some([("checker board.png", "../a1.png".to_owned())].into());
    let content = stage.write();
    assert_eq!(content.missing, ["lost.png"]);
    assert_eq!(
        document(&content.bytes())["images"],
        json!([{"name": "checker board.png", "uri": "../a1.png"}])
    );
}

/// Lamps along an arc, one mirrored, and one in another colour.
fn lamps() -> Stage {
    let mut stage = Stage::new();
    let plain = stage.material(&[], &[]);
    let blue = stage.material(&[("color.r", 0.0)], &[]);
    for k in 0..5 {
        let turn = DQuat::from_xyzw(0.0, f64::from(k) * 0.25, 0.0, 1.0).normalize();
        let scale = DVec3::new(1.0, 1.0 + f64::from(k) * 0.25, 1.0);
        let place = DVec3::new(f64::from(k) * 3.0, 0.0, 100_000.0);
        stage.features.push(Feature {
            name: format!("lamp \"{k}\""),
            properties: vec![
                ("Height m".to_owned(), Property::Number(4.0 * scale.y)),
                ("lit".to_owned(), Property::Bool(k % 2 == 0)),
                (
                    format!("only {}", k / 4),
                    Property::Text("x".repeat(k as usize)),
                ),
            ],
        });
        stage.add_asset(
            1,
            DAffine3::from_scale_rotation_translation(scale, turn, place),
            &plain,
        );
        stage.add(cube(), at(f64::from(k) * 3.0, 0.0, 100_002.0), &plain);
    }
    stage.add_asset(
        1,
        DAffine3::from_scale(DVec3::new(-1.0, 1.0, 1.0)) * at(0.0, 0.0, 100_000.0),
        &plain,
    );
    stage.add_asset(1, at(0.0, 0.0, 100_010.0), &blue);
    stage
}

#[test]
fn repeated_assets_are_instances_except_mirrored_and_single_ones() {
    let content = lamps().write();
    let Counts {
        faces,
        triangles,
        instances,
        ..
    } = content.counts;
    assert_eq!(
        [faces, triangles, instances],
        [7 * 2 + 5 * 6, 3 + 3 + 3 + 60, 5]
    );
    let json = document(&content.bytes());
    assert_eq!(json["meshes"][1]["name"], "lamp.obj");
    assert_eq!(
        json["extensionsRequired"],
        json!(["EXT_mesh_gpu_instancing"])
    );
    insta::assert_binary_snapshot!("instances.glb", content.bytes());
}

#[test]
fn without_instances_copies_have_the_same_faces_and_extent() {
    let mut stage = lamps();
    let instances = stage.write();
    let (low, high) = instances.extent.unwrap();
    let faces = instances.counts.faces;
    stage.options.instances = false;
    let content = stage.write();
    assert_eq!((content.counts.faces, content.counts.instances), (faces, 0));
    // An instance reaches as far as its box, its copy as its faces.
    let (inner_low, inner_high) = content.extent.unwrap();
    assert!(low.cmple(inner_low).all() && high.cmpge(inner_high).all());
    assert!((low - inner_low).length() + (high - inner_high).length() < 2.0);
    assert!((inner_high - inner_low).min_element() > 0.5);
}

#[test]
fn integers_and_features_go_together() {
    let mut stage = lamps();
    let painted = stage.material(&[], &[("colormap", "checker board.png")]);
    stage.add(tile(), at(0.0, 0.0, 100_004.0), &painted);
    stage.options = Output {
        quantize: true,
        features: true,
        ..stage.options
    };
    let content = stage.write();
    let json = document(&content.bytes());
    let table = &json["extensions"]["EXT_structural_metadata"]["propertyTables"][0];
    assert_eq!(table["count"], 5);
    let ids: Vec<_> = table["properties"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(ids, ["Height_m", "lit", "name", "only_0", "only_1"]);
    assert_eq!(json["accessors"][0]["componentType"], 5122);
    insta::assert_binary_snapshot!("quantized.glb", content.bytes());
}

/// More than a chunk holds, more than short numbers count; leaves that cross the borders of chunks.
#[test]
fn many_faces_are_written_in_parts() {
    let mut stage = Stage::new();
    let plain = stage.material(&[], &[]);
    // Thirteen squares a leaf, so that chunks end within one.
    let squares: Vec<[[f64; 3]; 4]> = (0..13)
        .map(|k| {
            let x = 1.5 * f64::from(k);
            [
                [x, 0.0, 1.0],
                [x + 1.0, 0.0, 1.0],
                [x + 1.0, 0.0, 0.0],
                [x, 0.0, 0.0],
            ]
        })
        .collect();
    let rings: Vec<&[[f64; 3]]> = squares.iter().map(|square| &square[..]).collect();
    let faces: Vec<&[&[[f64; 3]]]> = rings.iter().map(std::slice::from_ref).collect();
    let leaf = mesh(&faces);
    for (leaves, long) in [(400, false), (1500, true)] {
        stage.shapes.clear();
        for k in 0..leaves {
            stage.add(leaf.clone(), at(0.0, 0.0, 2.0 * f64::from(k)), &plain);
        }
        for quantize in [false, true] {
            stage.options.quantize = quantize;
            let content = stage.write_within(1 << 24).unwrap();
            let faces = 13 * u64::try_from(leaves).unwrap();
            assert_eq!(content.counts.faces, faces);
            assert_eq!(content.counts.vertices, 4 * faces);
            assert_eq!(content.counts.triangles, 2 * faces);
            assert!(content.parts.len() > 4);
            let bytes = content.bytes();
            let component = if long { 5125 } else { 5123 };
            let json = document(&bytes);
            let indices = &json["meshes"][0]["primitives"][0]["indices"];
            let indices = usize::try_from(indices.as_u64().unwrap()).unwrap();
            assert_eq!(json["accessors"][indices]["componentType"], component);
            let expected = faces as f64;
            // Steps of the grid are up to 5 cm wide.
            let error = if quantize { 0.1 * expected } else { 1e-3 };
            assert!((area(&bytes) - expected).abs() < error, "{}", area(&bytes));
        }
    }
}

#[test]
fn an_empty_scene_is_a_file_too() {
    let content = Stage::new().write();
    assert_eq!(content.counts.bytes, content.bytes().len() as u64);
    insta::assert_binary_snapshot!("empty.glb", content.bytes());
}

#[test]
fn what_is_not_finite_or_has_no_area_is_left_out() {
    let mut stage = Stage::new();
    let plain = stage.material(&[], &[]);
    stage.add(
        cube(),
        DAffine3::from_scale(DVec3::new(1.0, 0.0, 1.0)),
        &plain,
    );
    stage.add(cube(), at(f64::NAN, 0.0, 0.0), &plain);
    stage.add(cube(), at(1e300, 0.0, 0.0), &plain);
    let content = stage.write();
    // Of the flattened cube only top and bottom have area.
    assert_eq!(
        (content.counts.triangles, content.counts.dropped),
        (4, 4 + 2)
    );
}

#[test]
fn a_mirrored_shape_keeps_its_outside() {
    let mut stage = Stage::new();
    let plain = stage.material(&[], &[]);
    let floor = mesh(&[&[&[[0.0, 0.0, 1.0], [1.0, 0.0, 1.0], [1.0, 0.0, 0.0]]]]);
    stage.add(
        floor,
        DAffine3::from_scale(DVec3::new(-1.0, 1.0, 1.0)),
        &plain,
    );
    stage.options.format = Format::Obj;
    let text = String::from_utf8(stage.write().bytes()).unwrap();
    assert!(
        text.ends_with("v 0 0 1\nv -1 0 1\nv -1 0 0\nusemtl material0\nf 3 2 1\n"),
        "{text}"
    );
}

#[test]
fn an_obj_keeps_polygons_and_names_groups() {
    let mut stage = Stage::new();
    let red = stage.material(&[("color.g", 0.0)], &[("colormap", "checker board.png")]);
    stage.features = vec![Feature {
        name: "house 1".to_owned(),
        properties: Vec::new(),
    }];
    stage.add(tile(), at(1.0, 0.5, 0.0), &red);
    stage.options.format = Format::Obj;
    let content = stage.write();
    insta::assert_snapshot!(String::from_utf8(content.bytes()).unwrap());
    insta::assert_snapshot!(String::from_utf8(content.companions[0].1.clone()).unwrap());
}

#[test]
fn the_file_stops_at_the_limit() {
    let mut stage = Stage::new();
    let plain = stage.material(&[], &[]);
    stage.add(cube(), DAffine3::IDENTITY, &plain);
    let size = u32::try_from(stage.write().bytes().len()).unwrap();
    assert!(stage.write_within(size).is_ok());
    assert_eq!(stage.write_within(size - 1), Err(Stop::OutputBytes));
}
