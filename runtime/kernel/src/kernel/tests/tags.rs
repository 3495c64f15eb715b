//! Tags and edge attributes.

use super::*;

/// A grammar that keeps tags.
fn tagged() -> Grammar {
    let mut grammar = Grammar::new();
    grammar.manifest.tags = true;
    grammar
}

/// Prints the tags that a query finds.
fn print_tags(k: &mut Kernel, query: &str, components: &str) -> Result<(), Stop> {
    let query = k.give_text(query)?;
    let tags = k.geometry_tags(query, word(components))?;
    let texts = k.array_strings(tags)?;
    let texts: Vec<&str> = texts.iter().map(|&id| k.values.string(id)).collect();
    let line = texts.join(" ");
    print(k, &line)
}

fn add_tag(k: &mut Kernel, name: &str, components: &str) -> Result<(), Stop> {
    let name = k.give_text(name)?;
    k.tag(name, word(components))
}

fn is_tagged(k: &mut Kernel, query: &str, part: &str) -> Result<bool, Stop> {
    let query = k.give_text(query)?;
    Ok(k.is_tagged(query, word(part))? != 0)
}

/// Prints which components are tagged, by their numbers.
fn print_tagged(k: &mut Kernel, kind: &str, query: &str, part: &str) -> Result<(), Stop> {
    k.comp_begin(word(kind), word("zUp"))?;
    let mut tagged = Vec::new();
    let mut number = 0;
    while k.comp_next()? != 0 {
        if is_tagged(k, query, part)? {
            tagged.push(number.to_string());
        }
        number += 1;
    }
    print(k, &tagged.join(" "))
}

#[test]
fn tags_are_added_listed_and_deleted() {
    let run = tagged()
        .rule("Lot", |k| {
            add_tag(k, "b.x?*", "auto")?;
            add_tag(k, "a", "edges")?;
            add_tag(k, "b.y", "vertices")?;
            print_tags(k, "*", "all")?;
            print_tags(k, "b", "all")?;
            print_tags(k, "b.?", "vertices")?;
            let query = k.give_text("b")?;
            k.delete_tags(query, word("faces"))?;
            print_tags(k, "*", "all")?;
            k.delete_tags(-1, word("all"))?;
            print_tags(k, "*", "all")?;
            add_tag(k, "?*", "auto")
        })
        .run();
    assert_eq!(run.prints(), ["a b.x b.y", "b.x b.y", "b.y", "a b.y", ""]);
    assert_eq!(run.warnings(), ["tag: \"?*\" names no tag: give it a name"]);
}

#[test]
fn without_the_manifests_word_operations_give_no_tags() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.extrude(word("face.normal"), 3.0, 0)?;
            assert!(k.own_mesh().tags.is_none());
            leaf(k, "A")
        })
        .run();
    assert_eq!(run.symbols(), ["A"]);
}

#[test]
fn an_operation_gives_its_tags_anew_and_others_stay() {
    let run = tagged()
        .rule("Lot", |k| {
            k.extrude(word("face.normal"), 3.0, 0)?;
            k.extrude(word("face.normal"), 1.0, 0)?;
            k.comp_begin(word("f"), word("zUp"))?;
            let mut count = 0;
            while k.comp_next()? != 0 {
                let mesh = k.own_mesh();
                let tags = mesh.tags.as_ref().unwrap();
                let own = tags.distinct(&[crate::mesh::tags::Kind::Faces]);
                assert_eq!(own.len(), 1, "one of extrude alone");
                count += 1;
            }
            assert!(count > 6);
            Ok(())
        })
        .run();
    assert_eq!(run.symbols(), ["Lot"]);
}

#[test]
fn components_are_tagged_by_what_is_around_them() {
    let run = tagged()
        .rule("Lot", |k| {
            k.extrude(word("face.normal"), 3.0, 0)?;
            print_tagged(k, "f", "extrude.side", "all")?;
            print_tagged(k, "f", "extrude.bottom", "e")?;
            print_tagged(k, "f", "extrude.top", "v")?;
            print_tagged(k, "e", "extrude.bottom", "all")?;
            print_tagged(k, "e", "extrude.bottom", "v")?;
            print_tagged(k, "v", "extrude.top", "all")?;
            print_tagged(k, "fe", "extrude.top", "all")?;
            print_tagged(k, "g", "extrude.top", "all")?;
            assert!(is_tagged(k, "extrude.top", "all")?, "of the shape itself");
            assert!(!is_tagged(k, "roof", "all")?);
            Ok(())
        })
        .run();
    let prints = run.prints();
    // Faces: bottom, top, four sides. Edges: four of the bottom, four of the top, four upright ones.
    assert_eq!(
        prints[..5],
        [
            "2 3 4 5",
            "0 2 3 4 5",
            "1 2 3 4 5",
            "0 1 2 3",
            "0 1 2 3 8 9 10 11"
        ]
    );
    assert_eq!(prints[5].split(' ').count(), 4);
    assert_eq!(prints[6].split(' ').count(), 8);
    assert_eq!(prints[7], "0");
}

#[test]
fn tags_of_edges_and_vertices_are_not_those_of_faces() {
    let run = tagged()
        .rule("Lot", |k| {
            add_tag(k, "e", "edges")?;
            add_tag(k, "v", "vertices")?;
            print_tagged(k, "f", "e", "all")?;
            print_tagged(k, "f", "e", "e")?;
            print_tagged(k, "f", "v", "v")?;
            print_tagged(k, "e", "v", "all")?;
            print_tagged(k, "e", "v", "v")?;
            print_tagged(k, "v", "e", "all")?;
            k.comp_begin(word("e"), word("zUp"))?;
            k.comp_next()?;
            // The edge alone.
            print_tags(k, "*", "edges")?;
            print_tags(k, "*", "vertices")?;
            print_tags(k, "*", "faces")?;
            while k.comp_next()? != 0 {}
            Ok(())
        })
        .run();
    let expected = ["", "0", "0", "", "0 1 2 3", "0 1 2 3", "e", "v", ""];
    assert_eq!(run.prints(), expected);
}

#[test]
fn inserted_geometry_has_no_tags() {
    let run = tagged()
        .rule("Lot", |k| {
            add_tag(k, "lot", "auto")?;
            k.primitive_cube(0, 0.0, 0.0, 0.0)?;
            print_tags(k, "*", "all")?;
            add_tag(k, "cube", "auto")?;
            k.reset_geometry()?;
            print_tags(k, "*", "all")
        })
        .run();
    assert_eq!(run.prints(), ["", ""]);
}

#[test]
fn groups_and_materials_have_names_in_the_order_of_components() {
    let mut grammar = tagged();
    let Asset::Model(mut model) = cube_asset() else {
        panic!("a model");
    };
    model.groups = vec!["trunk".to_owned(), "crown".to_owned()];
    model.polygon_groups = vec![1, 1, 0, 7, 0];
    let material = |name: &str| crate::asset::ModelMaterial {
        name: name.to_owned(),
        ..Default::default()
    };
    model.materials = vec![material("bark"), material("leaves")];
    model.polygon_materials = vec![1, 9, 0, 0, 0, 0];
    grammar
        .assets
        .push(("tree.obj".to_owned(), Asset::Model(model)));
    let run = grammar
        .rule("Lot", |k| {
            let path = k.give_text("tree.obj")?;
            k.insert(
                path,
                word("yUp"),
                word("alignSizeAndPosition"),
                word("noCleanup"),
            )?;
            for names in [k.geometry_groups()?, k.geometry_materials()?] {
                let texts = k.array_strings(names)?;
                let texts: Vec<&str> = texts.iter().map(|&id| k.values.string(id)).collect();
                let line = texts.join(",");
                print(k, &line)?;
            }
            print_tags(k, "*", "all")?;
            k.comp_begin(word("g"), word("zUp"))?;
            while k.comp_next()? != 0 {
                let count = k.geometry_count(0)?;
                print_number(k, count)?;
            }
            Ok(())
        })
        .run();
    assert_eq!(
        run.prints(),
        ["crown,trunk,", "leaves,,bark", "", "2", "2", "2"]
    );
}

/// A lot of 10 by 10 whose edges (front, right, back, left) have a colour, a number and a flag.
fn with_edges() -> Grammar {
    let mut grammar = tagged();
    let strings = ["red", "green", "blue", ""].map(str::to_owned).to_vec();
    let values = [
        ("/edgeattr/colour", Value::StringArray(vec![strings])),
        (
            "/edgeattr/number",
            Value::FloatArray(vec![vec![1.0, 2.0, 3.0]]),
        ),
        (
            "/edgeattr/flag",
            Value::BoolArray(vec![vec![false, true, false, true]]),
        ),
    ];
    let attributes = values
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec();
    grammar.recipe.shapes[0].attributes = attributes;
    grammar
}

/// Prints the colour, number and flag of the current shape.
fn print_edge(k: &mut Kernel) -> Result<(), Stop> {
    let [colour, number, flag] = [
        k.give_text("colour")?,
        k.give_text("number")?,
        k.give_text("flag")?,
    ];
    let colour = k.edge_attribute_s(colour)?;
    let line = format!(
        "{} {} {}",
        k.text(colour)?,
        k.edge_attribute_f(number)?,
        k.edge_attribute_b(flag)?
    );
    print(k, &line)
}

#[test]
fn walls_find_the_edge_that_they_look_to() {
    let run = with_edges()
        .rule("Lot", |k| {
            k.s(4.0, 4.0, 4.0, 0)?;
            k.center(word("xz"))?;
            k.primitive_cube(1, 4.0, 3.0, 4.0)?;
            k.comp_begin(word("f"), word("zUp"))?;
            let mut number = 0;
            while k.comp_next()? != 0 {
                // Bottom and top look to no edge.
                if number >= 2 {
                    print_edge(k)?;
                }
                number += 1;
            }
            Ok(())
        })
        .run();
    // Front, right, back, left; the number of the fourth edge is missing.
    assert_eq!(run.prints(), ["red 1 0", "green 2 1", "blue 3 0", " 0 1"]);
}

#[test]
fn edges_of_the_lot_find_themselves() {
    let run = with_edges()
        .rule("Lot", |k| {
            k.comp_begin(word("fe"), word("zUp"))?;
            while k.comp_next()? != 0 {
                print_edge(k)?;
            }
            let [colour, missing] = [k.give_text("colour")?, k.give_text("missing")?];
            assert_eq!(k.edge_attribute_f(colour)?, 0.0, "of another type");
            let text = k.edge_attribute_s(missing)?;
            assert_eq!(&*k.text(text)?, "");
            Ok(())
        })
        .run();
    assert_eq!(run.prints(), ["red 1 0", "green 2 1", "blue 3 0", " 0 1"]);
}

#[test]
fn from_inside_the_next_edge_is_met_and_from_outside_the_last() {
    let mut grammar = with_edges();
    // A U that is open to the front: 30 wide, its wings 10 each. Two edges look to the right: those of the wings.
    let ring = [
        (0.0, 20.0),
        (10.0, 20.0),
        (10.0, 10.0),
        (20.0, 10.0),
        (20.0, 20.0),
        (30.0, 20.0),
        (30.0, 0.0),
        (0.0, 0.0),
    ];
    let shape = &mut grammar.recipe.shapes[0];
    shape.polygons = vec![vec![ring.map(|(x, z)| [x, 0.0, z]).to_vec()]];
    let names = (0..8).map(|edge| format!("edge{edge}")).collect();
    shape.attributes = vec![("/edgeattr/name".to_owned(), Value::StringArray(vec![names]))];
    let run = grammar
        .rule("Lot", |k| {
            for x in [4.0, 9.9, 10.5, 26.0, 31.0] {
                k.push()?;
                k.translate(word("abs"), word("world"), x, 0.0, 14.0)?;
                k.s(1.0, 1.0, 1.0, 0)?;
                k.primitive_cube(1, 1.0, 1.0, 1.0)?;
                k.translate(word("abs"), word("world"), x, 0.0, 14.0)?;
                k.comp_begin(word("f"), word("zUp"))?;
                let mut number = 0;
                while k.comp_next()? != 0 {
                    if number == 3 {
                        let name = k.give_text("name")?;
                        let name = k.edge_attribute_s(name)?;
                        k.print(name)?;
                    }
                    number += 1;
                }
                k.pop()?;
            }
            Ok(())
        })
        .run();
    assert_eq!(run.prints(), ["edge1", "edge1", "edge1", "edge5", "edge5"]);
}

#[test]
fn edges_are_tagged_by_their_attributes() {
    let run = with_edges()
        .rule("Lot", |k| {
            k.set_tags_from_edge_attributes()?;
            print_tags(k, "*", "all")?;
            for colour in ["red", "green", "blue"] {
                print_tagged(k, "e", &format!("edgeattr.colour.{colour}"), "all")?;
            }
            Ok(())
        })
        .run();
    let all = "edgeattr.colour.blue edgeattr.colour.green edgeattr.colour.red";
    assert_eq!(run.prints(), [all, "0", "1", "2"]);
}
