//! Files that are right, files that are damaged, and files that chance has damaged.

use gable_kernel::asset::{Asset, Model};
use proptest::prelude::*;

use super::*;

const HOUSE: &str = "mtllib house.mtl
v 0 0 0
v 1 0 0
v 1 1 0 # a comment
v 0 1 0
v 0.5 2 0
vt 0 0
vt 1 0
vn 0 0 1
usemtl wall
f 1/1/1 2/2/1 3/1/1 \\
  4/2/1
usemtl lost
f -3// -2 -1
";

const MATERIALS: &str = "newmtl wall\nKd 0.5 0.5 0.5\nmap_Kd wall.png\n";

/// A PNG of 2 x 2 opaque pixels.
const CHECKER: &[u8] = include_bytes!("../../../../kernel/src/output/tests/checker.png");
/// A GLB with two materials and a texture, and one with integer coordinates.
const TEXTURED: &[u8] = include_bytes!(
    "../../../../kernel/src/output/snapshots/gable_kernel__output__tests__textures.snap.glb"
);
const COLORED: &[u8] = include_bytes!(
    "../../../../kernel/src/output/snapshots/gable_kernel__output__tests__materials.snap.glb"
);

fn related(name: &str) -> Option<Vec<u8>> {
    (name == "models/house.mtl").then(|| MATERIALS.as_bytes().to_vec())
}

fn model(name: &str, bytes: &[u8]) -> Model {
    match prepare(name, bytes, &related) {
        Ok(Asset::Model(model)) => model,
        other => panic!("{other:?}"),
    }
}

fn message(name: &str, bytes: &[u8]) -> String {
    prepare(name, bytes, &related).unwrap_err().to_string()
}

/// The area of a model, by its mesh.
fn area(model: &Model) -> f64 {
    let mesh = model.to_mesh(0);
    assert_eq!(mesh.check(), Ok(()));
    (0..mesh.face_count()).map(|face| mesh.area(face)).sum()
}

#[test]
fn an_obj_keeps_polygons_and_finds_its_materials() {
    let preparation = prepare_all("models/house.obj", HOUSE.as_bytes(), &related).unwrap();
    let Asset::Model(model) = preparation.asset else {
        panic!("not a model")
    };
    assert_eq!(model.polygons, [4, 3]);
    assert_eq!(model.corners, [0, 1, 2, 3, 2, 3, 4]);
    assert_eq!(model.polygon_materials, [0, u32::MAX]);
    assert_eq!(model.materials[0].color_map, "models/wall.png");
    assert_eq!(model.uvs[..3], [[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]]);
    assert_eq!(area(&model), 1.5);
    assert_eq!(preparation.warnings.len(), 1, "{:?}", preparation.warnings);
}

#[test]
fn groups_are_those_that_have_faces() {
    let text = "v 0 0 0\nv 1 0 0\nv 0 1 0\ng empty\no trunk\nf 1 2 3\nf 1 2 3\ng crown of leaves\nf 1 2 3\ng trunk\nf 1 2 3";
    let groups = model("a.obj", text.as_bytes()).groups;
    assert_eq!(groups, ["trunk", "crown of leaves"]);
}

#[test]
fn tables_texts_and_materials_are_prepared() {
    let cells = |name: &str, text: &str| match prepare(name, text.as_bytes(), &related) {
        Ok(Asset::Table(table)) => table.cells.join("|"),
        other => panic!("{other:?}"),
    };
    assert_eq!(cells("a.CSV", "floor;height\n0;3,5"), "floor|height|0|3,5");
    let material = "metallic,0\ncolormap, Textures/a.jpg\ncolormap.su,0.1\nnormalmap,builtin:x\ndirtmap,/lib/d.png";
    assert_eq!(
        cells("m/grass.cgamat", material),
        "metallic|0|colormap|m/Textures/a.jpg|colormap.su|0.1|normalmap|builtin:x|dirtmap|/lib/d.png"
    );
    assert_eq!(
        cells("/lib/m/a.cgamat", "colormap,a.jpg"),
        "colormap|/lib/m/a.jpg"
    );
    assert_eq!(
        cells("models/house.mtl", MATERIALS),
        "name|wall|color.r|0.5|color.g|0.5|color.b|0.5|colormap|models/wall.png"
    );
    assert_eq!(
        message("a.cgamat", b"a,b,c"),
        "a.cgamat: a material has 2 columns, this has 3; write a name, a comma and a value in each line"
    );
    let text = prepare("a.txt", b"Br\xfccke\r\n", &related);
    assert_eq!(text.ok(), Some(Asset::Text("Brücke\n".to_owned())));
}

#[test]
fn a_damaged_obj_names_the_line() {
    let cases = [
        (
            "v 0 0 0\nv 1 nan 0",
            "a.obj:2: `nan` is not a finite number",
        ),
        (
            "v 0 0 0\nf 1 2 3",
            "a.obj:2: there is no point 2, only 1 so far",
        ),
        ("v 0 0", "a.obj:1: expected 3 numbers, found 2"),
        (
            "v 0 0 0\nf 1 1",
            "a.obj:2: a face has fewer than three corners",
        ),
        ("# empty", "a.obj: the model has no faces"),
    ];
    for (text, start) in cases {
        let message = message("a.obj", text.as_bytes());
        assert!(message.starts_with(start), "{message}");
    }
}

#[test]
fn a_glb_becomes_a_model_with_its_image() {
    let preparation = prepare_all("t.glb", TEXTURED, &related).unwrap();
    let Asset::Model(model) = preparation.asset else {
        panic!("not a model")
    };
    assert!((area(&model) - (4.0 + 4.0 + 6.0)).abs() < 1e-6);
    let names: Vec<_> = preparation
        .images
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["t.glb/0"]);
    assert_eq!(
        model
            .materials
            .iter()
            .filter(|material| material.color_map == "t.glb/0")
            .count(),
        1
    );
}

#[test]
fn colours_survive_the_way_through_glb() {
    let model = model("c.glb", COLORED);
    let [red, green, blue, _] = model.materials[0].color;
    assert!((red - 1.0).abs() < 1e-6 && (green - 0.0667).abs() < 1e-6 && blue == 0.0);
    assert_eq!(model.materials[1].color[3], 0.25);
}

#[test]
fn a_glb_that_is_cut_short_says_so() {
    let message = message("c.glb", &COLORED[..COLORED.len() / 2]);
    assert!(
        message.starts_with("c.glb: the file is cut short"),
        "{message}"
    );
}

#[test]
fn an_image_knows_its_size() {
    let Ok(Asset::Image(image)) = prepare("a/b.PNG", CHECKER, &related) else {
        panic!("not an image")
    };
    assert_eq!((image.width, image.height, image.alpha), (2, 2, false));
    assert_eq!(image.media_type, "image/png");
}

#[test]
fn a_damaged_image_says_so() {
    for bytes in [
        &CHECKER[..CHECKER.len() / 2],
        b"GIF89a\x01\x00\x01\x00",
        b"",
    ] {
        let message = message("a.png", bytes);
        assert!(message.contains("save the image again"), "{message}");
    }
}

#[test]
fn references_stay_inside_the_asset_root() {
    assert_eq!(beside("models/a.obj", "..\\..\\..\\wood.png"), "wood.png");
    assert_eq!(beside("a.obj", " ./x/y.mtl "), "x/y.mtl");
    assert_eq!(beside("m/n/a.obj", "../y.mtl"), "m/y.mtl");
}

proptest! {
    #[test]
    fn damaged_files_give_an_error_or_a_model_that_passes(
        file in 0..4_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        keep in 0.2..1.0_f64,
        cut in any::<bool>(),
    ) {
        let (name, original) = [
            ("a.obj", HOUSE.as_bytes()), ("a.glb", TEXTURED), ("b.glb", COLORED), ("a.png", CHECKER),
        ][file];
        let mut bytes = original.to_vec();
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if cut {
            bytes.truncate((bytes.len() as f64 * keep) as usize);
        }
        if let Ok(Asset::Model(model)) = prepare(name, &bytes, &related) {
            prop_assert_eq!(model.to_mesh(0).check(), Ok(()));
        }
    }
}
