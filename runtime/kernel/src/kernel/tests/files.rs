//! Files, assets and materials through the functions of the table.

use super::values::{read, strings, text, written};
use super::*;
use crate::asset::{Image, ModelMaterial, Table};

fn table(columns: u32, cells: &[&str]) -> Asset {
    Asset::Table(Table {
        columns,
        cells: cells.iter().map(ToString::to_string).collect(),
    })
}

/// A cube whose first face is of brick, the next two of glass, the others like the shape.
fn tree() -> Model {
    let Asset::Model(mut model) = cube_asset() else {
        panic!("a model");
    };
    let material = |name: &str| ModelMaterial {
        name: name.to_owned(),
        color: [0.5, 0.25, 1.0, 1.0],
        color_map: "wall.png".to_owned(),
        ..ModelMaterial::default()
    };
    model.points.iter_mut().for_each(|point| point[1] *= 3.0);
    model.materials = vec![material("glass"), material("brick")];
    model.polygon_materials = vec![1, 0, 0, u32::MAX, 1, 9];
    model.groups = vec!["trunk".to_owned(), "crown".to_owned()];
    model.metadata = vec![
        ("height".to_owned(), Value::Float(2.5)),
        (
            "names".to_owned(),
            Value::StringArray(vec![vec!["oak".to_owned(), "elm".to_owned()]]),
        ),
        ("evergreen".to_owned(), Value::Bool(true)),
    ];
    model
}

/// Runs statements on a kernel in the middle of a rule; its warnings.
fn within(body: impl Fn(&mut Kernel) -> Result<(), Stop> + 'static) -> Vec<String> {
    let mut grammar = Grammar::new().rule("Lot", body);
    let image = Image {
        alpha: true,
        ..Image::default()
    };
    let assets = [
        ("/Other/assets/lib/lamp.obj", cube_asset()),
        (
            "floors.csv",
            table(2, &["floor", "height", "0", "10", "1", " 7.5m"]),
        ),
        ("models/cube.obj", cube_asset()),
        ("models/tree.obj", Asset::Model(tree())),
        ("notes.txt", Asset::Text("a;b\nc;d\n".to_owned())),
        ("wall.png", Asset::Image(image)),
    ];
    let assets = assets
        .into_iter()
        .map(|(name, asset)| (name.to_owned(), asset));
    grammar.assets.extend(assets);
    let run = grammar.run();
    assert_eq!(run.end, Ok(()));
    run.warnings().into_iter().map(str::to_owned).collect()
}

#[test]
fn files_are_the_assets_of_the_recipe() {
    let warnings = within(|k| {
        let (cube, none, query) = (
            text(k, "models/cube.obj"),
            text(k, "/etc/passwd"),
            text(k, "$models/.*\\.obj"),
        );
        assert_eq!((k.file_exists(cube)?, k.file_exists(none)?), (1, 0));
        let found = k.file_search(query)?;
        assert_eq!(written(k, found), "(2)[models/cube.obj,models/tree.obj]");
        let random = k.file_random(query)?;
        assert_eq!(k.file_exists(random)?, 1);
        let from_there = text(k, "lib/*");
        let found = k.file_search(from_there)?;
        assert_eq!(written(k, found), "(1)[/Other/assets/lib/lamp.obj]");
        let (wrong, lamp) = (text(k, "$("), text(k, "assets/lib/lamp.obj"));
        let found = k.file_search(wrong)?;
        assert_eq!((k.array_size(found)?, k.file_exists(lamp)?), (0.0, 1));
        assert_eq!(
            (
                k.asset_info(cube, word("sx"))?,
                k.asset_info(cube, word("ty"))?
            ),
            (1.0, 0.0)
        );
        assert_eq!(k.asset_info(none, word("sx"))?, 0.0);
        let parts = [0, 1, 2, 3].map(|part| k.file_part(cube, part).unwrap());
        assert_eq!(
            parts.map(|part| read(k, part)),
            ["cube", "models/", "obj", "cube.obj"]
        );
        Ok(())
    });
    assert_eq!(
        warnings,
        [
            "no file fits `$(`: its regular expression cannot be read, a `(` is not closed",
            "assetInfo: there is no model `/etc/passwd`"
        ]
    );
}

#[test]
fn assets_are_chosen_by_how_they_suit_the_scope() {
    within(|k| {
        k.shape.scope.size = DVec3::new(1.0, 1.0, 1.02);
        let list = strings(k, &["models/tree.obj", "models/cube.obj", "nowhere.obj"]);
        let sorted = k.assets_sort(list, word("xyz"), 1, 0.0)?;
        assert_eq!(
            written(k, sorted),
            "(3)[models/cube.obj,models/tree.obj,nowhere.obj]"
        );
        let near = k.assets_sort(list, word("xyz"), 1, 0.05)?;
        assert_eq!(written(k, near), "(1)[models/cube.obj]");
        let (query, axes) = (text(k, "models/*.obj"), text(k, "xyz"));
        let best = k.asset_pick(query, axes, 1, 1.0, 0.0)?;
        assert_eq!(read(k, best), "models/cube.obj");
        let fitting = k.asset_pick(query, axes, 1, 0.0, 0.05)?;
        assert_eq!(read(k, fitting), "models/cube.obj");
        let image = k.asset_pick(query, axes, 2, 1.0, 0.0)?;
        assert_eq!(read(k, image), "");
        Ok(())
    });
}

#[test]
fn tables_and_texts_are_read() {
    let warnings = within(|k| {
        let (floors, notes) = (text(k, "assets/floors.csv"), text(k, "notes.txt"));
        let cells = k.read_table(floors, 0)?;
        assert_eq!(
            written(k, cells),
            "(3x2)\nfloor   height\n    0       10\n    1     7.5m\n"
        );
        let numbers = k.read_table(floors, 1)?;
        assert_eq!(
            written(k, numbers),
            "(3x2)\nnan   nan\n  0    10\n  1   7.5\n"
        );
        let notes_text = k.read_text(notes)?;
        assert_eq!(read(k, notes_text), "a;b\nc;d\n");
        let (table, none) = (k.read_table(notes, 2)?, k.read_text(floors)?);
        assert_eq!((k.array_size(table)?, read(k, none)), (0.0, String::new()));
        Ok(())
    });
    assert_eq!(
        warnings,
        [
            "readMaterial: there is no material `notes.txt` (a .cgamat or .mtl among the assets)",
            "readTextFile: there is no text `assets/floors.csv` (a .txt among the assets)"
        ]
    );
}

#[test]
fn models_name_their_groups_and_materials_and_carry_metadata() {
    within(|k| {
        let tree = text(k, "models/tree.obj");
        let groups = k.asset_names(tree, word("g"))?;
        assert_eq!(written(k, groups), "(2)[trunk,crown]");
        let materials = k.asset_names(tree, word("m"))?;
        assert_eq!(written(k, materials), "(3)[brick,glass,]");
        let (height, names, evergreen) =
            (text(k, "height"), text(k, "names"), text(k, "evergreen"));
        assert_eq!(k.asset_metadata_f(tree, height, 9.0)?, 2.5);
        assert_eq!(k.asset_metadata_f(tree, names, 9.0)?, 9.0, "another type");
        let found = k.asset_metadata_i(tree, names, -1, 5)?;
        assert_eq!(written(k, found), "(2)[oak,elm]");
        assert_eq!(k.asset_metadata_i(tree, evergreen, 0, 1)?, 1);
        assert_eq!(k.asset_metadata_i(tree, evergreen, 7, 2)?, 7);
        Ok(())
    });
}

#[test]
fn materials_are_read_set_and_reset_as_a_whole() {
    let warnings = within(|k| {
        let (shape, used, geometry) = (word("shape"), word("used"), word("geometry"));
        let (changed, all) = (word("changed"), word("all"));
        let none = k.get_material(used, changed)?;
        assert_eq!(k.array_size(none)?, 0.0);
        let whole = k.get_material(shape, all)?;
        assert_eq!(k.array_rows(whole)?, 83.0);
        let entries = [
            "color.r",
            "0.5",
            "doubleSided",
            "false",
            "colormap",
            "wall.png",
            "emissive.rgb",
            "#FF0000",
            "",
            "",
            "nothing",
            "1",
            "opacity",
            "much",
        ];
        let entries = strings(k, &entries);
        k.set_material(entries)?;
        let rows = k.get_material(shape, changed)?;
        let text_of = |k: &mut Kernel, array| {
            let ids = k.array_strings(array).unwrap();
            let texts = ids.iter().map(|&id| k.values.string(id));
            texts.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            text_of(k, rows),
            "color.r 0.5 emissive.r 1 emissive.g 0 emissive.b 0 doubleSided false colormap wall.png"
        );
        // A model's own material shows where the shape's is not set.
        let tree = text(k, "models/tree.obj");
        k.insert(tree, 0, 0, 0)?;
        k.reset_material(shape)?;
        k.color_rgb(0.125, 0.5, 0.75)?;
        let rows = k.get_material(used, changed)?;
        let own =
            "opacity 1 metallic 0 roughness 0 name brick colormap wall.png opacitymap wall.png";
        assert_eq!(
            text_of(k, rows),
            format!("color.r 0.125 color.g 0.5 color.b 0.75 {own}")
        );
        let rows = k.get_material(geometry, changed)?;
        assert_eq!(
            text_of(k, rows),
            format!("color.r 0.5 color.g 0.25 color.b 1 {own}")
        );
        // What was read can be set.
        k.set_material(rows)?;
        let again = k.get_material(shape, changed)?;
        assert_eq!(text_of(k, again), text_of(k, rows));
        k.reset_material(all)?;
        let none = k.get_material(used, changed)?;
        assert_eq!(k.array_size(none)?, 0.0);
        Ok(())
    });
    assert_eq!(
        warnings,
        [
            "setMaterial: cannot set \"nothing\" to \"1\"",
            "setMaterial: cannot set \"opacity\" to \"much\""
        ]
    );
}

#[test]
fn texts_are_split_by_regular_expressions() {
    let warnings = within(|k| {
        let split = |k: &mut Kernel, subject: &str, delimiter: &str| {
            let (subject, delimiter) = (text(k, subject), text(k, delimiter));
            let parts = k.split_string(subject, delimiter).unwrap();
            written(k, parts)
        };
        // The reference's examples.
        assert_eq!(split(k, "a.b.c", "."), "(3)[a,b,c]");
        assert_eq!(split(k, "abc", ""), "(5)[,a,b,c,]");
        assert_eq!(split(k, "a;b;c", "$;"), "(3)[a,b,c]");
        assert_eq!(split(k, "a.b.c", "$\\."), "(3)[a,b,c]");
        assert_eq!(split(k, "a\t\tb\tc", "$\t+"), "(3)[a,b,c]");
        assert_eq!(split(k, "a b  c", "$\\s+"), "(3)[a,b,c]");
        assert_eq!(split(k, "a$b$c", "$\\$"), "(3)[a,b,c]");
        assert_eq!(split(k, "abc", "$\\B"), "(3)[a,b,c]");
        assert_eq!(split(k, "abacba", "$(?<=a)b(?=a)"), "(2)[a,acba]");
        assert_eq!(split(k, "abc", "$x*"), "(5)[,a,b,c,]");
        assert_eq!(split(k, "", "$a"), "(1)[]");
        assert_eq!(split(k, "a(b", "$("), "(1)[a(b]");
        Ok(())
    });
    assert_eq!(
        warnings,
        ["splitString: the regular expression `(` cannot be used, a `(` is not closed"]
    );
}

#[test]
fn endless_searches_end_with_the_gas() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            let (subject, delimiter) = (text(k, &"a".repeat(20_000)), text(k, "$a*b"));
            k.split_string(subject, delimiter).map(|_| ())
        })
        .recipe(|recipe| recipe.limits.gas = 2_000)
        .run();
    assert_eq!(run.end, Err(Stop::Gas));
}
