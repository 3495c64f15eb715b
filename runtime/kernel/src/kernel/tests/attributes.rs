//! Attributes of grammars and of shapes.

use super::*;

fn number(grammar: Grammar) -> Grammar {
    grammar.attribute("height", Type::Float, |k, slot| {
        k.set_attribute_f(slot, 3.0)
    })
}

fn print_height(k: &mut Kernel) -> Result<(), Stop> {
    let height = k.attribute_f(0)?;
    print_number(k, height)
}

#[test]
fn defaults_are_used_without_values_from_outside() {
    assert_eq!(
        number(Grammar::new())
            .rule("Lot", print_height)
            .run()
            .prints(),
        ["3"]
    );
}

#[test]
fn a_shapes_own_value_comes_before_the_recipes() {
    let run = number(Grammar::new())
        .rule("Lot", print_height)
        .recipe(|recipe| {
            recipe
                .attributes
                .push(("height".to_owned(), Value::Float(5.0)));
            recipe.shapes.push(lot(20.0, 5.0, 5.0));
            recipe.shapes[1]
                .attributes
                .push(("height".to_owned(), Value::Float(7.0)));
        })
        .run();
    assert_eq!(run.prints(), ["5", "7"]);
}

#[test]
fn values_of_another_type_are_not_used() {
    let run = number(Grammar::new())
        .rule("Lot", print_height)
        .recipe(|recipe| {
            recipe
                .attributes
                .push(("height".to_owned(), Value::String("5".to_owned())));
        })
        .run();
    assert_eq!(run.prints(), ["3"]);
    assert!(run.warnings()[0].contains("height"));
}

#[test]
fn constants_cannot_be_given() {
    let mut grammar = number(Grammar::new()).rule("Lot", print_height);
    grammar.manifest.attributes[0].settable = false;
    grammar
        .recipe
        .attributes
        .push(("height".to_owned(), Value::Float(5.0)));
    let run = grammar.run();
    assert_eq!(run.prints(), ["3"]);
    assert_eq!(run.warnings().len(), 1);
}

#[test]
fn values_that_no_attribute_asks_for_are_ignored() {
    let run = number(Grammar::new())
        .rule("Lot", print_height)
        .recipe(|recipe| {
            recipe
                .attributes
                .push(("building:levels".to_owned(), Value::Float(5.0)));
        })
        .run();
    assert!(run.warnings().is_empty());
}

#[test]
fn arrays_come_from_outside_row_by_row() {
    let rows = Value::StringArray(vec![
        vec!["a".to_owned()],
        vec!["b".to_owned(), "c".to_owned()],
    ]);
    let run = Grammar::new()
        .attribute("names", Type::StringArray, |k, slot| {
            k.array_begin(2)?;
            let array = k.array_end()?;
            k.set_attribute_i(slot, array)
        })
        .rule("Lot", |k| {
            let array = k.attribute_i(0)?;
            let text = k.string_a(array)?;
            k.print(text)
        })
        .recipe(move |recipe| recipe.attributes.push(("names".to_owned(), rows)))
        .run();
    assert_eq!(run.prints(), ["(2x2)\na    \nb   c\n"]);
}

#[test]
fn set_reaches_only_children_made_later() {
    let run = number(Grammar::new())
        .rule("Lot", |k| {
            k.call_rule(1)?;
            k.set_attribute_f(0, 9.0)?;
            k.call_rule(1)
        })
        .rule("Child", print_height)
        .run();
    assert_eq!(run.prints(), ["3", "9"]);
}

/// The random defaults of attributes with these names.
fn random_defaults(names: &[&str]) -> Vec<String> {
    let mut grammar = Grammar::new();
    for name in names {
        grammar = grammar.attribute(name, Type::Float, |k, slot| {
            let value = k.rand()?;
            print_number(k, value)?;
            k.set_attribute_f(slot, value)
        });
    }
    grammar.rule("Lot", |_| Ok(())).run().prints()
}

#[test]
fn random_defaults_are_independent_of_other_attributes() {
    let both = random_defaults(&["a", "b"]);
    assert_eq!(random_defaults(&["b"]), both[1..]);
    assert_ne!(both[0], both[1]);
}

#[test]
fn the_start_rules_stream_is_not_used_up_by_attributes() {
    let start = |k: &mut Kernel| {
        let value = k.rand()?;
        print_number(k, value)
    };
    let with = Grammar::new()
        .attribute("a", Type::Float, |k, slot| {
            let value = k.rand()?;
            k.set_attribute_f(slot, value)
        })
        .rule("Lot", start)
        .run();
    assert_eq!(
        with.prints(),
        Grammar::new().rule("Lot", start).run().prints()
    );
}

#[test]
fn initial_shapes_have_their_scope_pivot_and_defaults() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            for (name, value) in [
                ("scope.sx", 10.0),
                ("scope.sy", 0.0),
                ("scope.sz", 10.0),
                ("scope.tx", 0.0),
                ("scope.tz", -10.0),
                ("scope.ry", 0.0),
                ("scope.elevation", 0.0),
                ("pivot.px", 0.0),
                ("pivot.oz", 0.0),
                ("initialShape.origin.pz", 10.0),
                ("split.index", -1.0),
                ("comp.index", -1.0),
                ("seedian", 0.0),
                ("material.color.r", 1.0),
                ("material.opacity", 1.0),
                ("material.roughness", 1.0),
                ("material.metallic", 0.0),
                ("material.colormap.su", 1.0),
                ("material.opacitymap.cutoff", 0.5),
            ] {
                assert_eq!(k.builtin_f(builtin_number(name))?, value, "{name}");
            }
            for (name, value) in [
                ("trim.horizontal", 0),
                ("trim.vertical", 1),
                ("material.doubleSided", 1),
            ] {
                assert_eq!(k.builtin_i(builtin_number(name))?, value, "{name}");
            }
            let rule = k.builtin_i(builtin_number("initialShape.startRule"))?;
            assert_eq!(&*k.text(rule)?, "Lot");
            Ok(())
        })
        .run();
    assert_eq!(run.end, Ok(()));
}

#[test]
fn every_attribute_can_be_read_and_written_as_its_type() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            for (number, builtin) in builtin::BUILTINS.iter().enumerate() {
                let number = number as i32;
                match builtin.ty {
                    Type::Float => {
                        let value = k.builtin_f(number)?;
                        assert_eq!(
                            k.set_builtin_f(number, value).is_ok(),
                            builtin.writable,
                            "{}",
                            builtin.name
                        );
                        assert!(k.builtin_i(number).is_err(), "{}", builtin.name);
                    }
                    _ => {
                        let value = k.builtin_i(number)?;
                        assert_eq!(
                            k.set_builtin_i(number, value).is_ok(),
                            builtin.writable,
                            "{}",
                            builtin.name
                        );
                        assert!(k.builtin_f(number).is_err(), "{}", builtin.name);
                    }
                }
            }
            Ok(())
        })
        .run();
    assert_eq!(run.end, Ok(()));
}

#[test]
fn setting_scope_and_pivot_moves_the_geometry() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.set_builtin_f(builtin_number("scope.ty"), 5.0)?;
            k.set_builtin_f(builtin_number("pivot.px"), 2.0)?;
            k.set_builtin_f(builtin_number("scope.ry"), 90.0)?;
            assert!((k.builtin_f(builtin_number("scope.ry"))? - 90.0).abs() < 1e-9);
            assert_eq!(k.builtin_f(builtin_number("scope.elevation"))?, 5.0);
            let mesh = k.mesh_in_scope()?;
            let (low, high) = mesh.bounds().unwrap();
            assert!(low.length() < 1e-9 && (high - k.shape.scope.size).length() < 1e-9);
            Ok(())
        })
        .run();
    assert_eq!(run.end, Ok(()));
}

#[test]
fn rgb_is_a_text_of_three_numbers() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            let red = k.give_text("#ff0080")?;
            k.set_builtin_i(builtin_number("material.color.rgb"), red)?;
            let text = k.builtin_i(builtin_number("material.color.rgb"))?;
            k.print(text)?;
            let none = k.give_text("pink")?;
            k.set_builtin_i(builtin_number("material.color.rgb"), none)
        })
        .run();
    assert_eq!(run.prints(), ["#FF0080"]);
    assert_eq!(run.warnings(), ["`pink` is no colour"]);
}
