//! Derivation, leaves, the stack, randomness.

use super::*;

#[test]
fn a_rule_without_children_makes_its_shape_a_leaf() {
    let run = Grammar::new().rule("Lot", |_| Ok(())).run();
    assert_eq!(run.symbols(), ["Lot"]);
}

#[test]
fn a_shape_with_children_is_no_leaf_and_goes_on_unchanged() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.color_rgb(1.0, 0.0, 0.0)?;
            k.call_rule(1)?;
            k.color_rgb(0.0, 0.0, 1.0)?;
            k.call_rule(1)
        })
        .rule("House", |_| Ok(()))
        .run();
    assert_eq!(run.symbols(), ["House", "House"]);
    let red = builtin::number("color.r");
    let reds: Vec<f64> = run
        .kernel
        .leaves
        .iter()
        .map(|leaf| leaf.material.numbers[red])
        .collect();
    assert_eq!(reds, [1.0, 0.0]);
}

#[test]
fn nil_removes_the_shape_but_not_the_children_before_it() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            leaf(k, "Before")?;
            k.nil()?;
            leaf(k, "After")
        })
        .run();
    assert_eq!(run.symbols(), ["Before"]);
    let run = Grammar::new().rule("Lot", |k| k.nil()).run();
    assert!(run.symbols().is_empty());
}

#[test]
fn brackets_without_a_call_emit_nothing_and_restore_the_shape() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.push()?;
            k.color_rgb(0.0, 0.0, 0.0)?;
            k.pop()?;
            leaf(k, "Rest")
        })
        .run();
    assert_eq!(run.symbols(), ["Rest"]);
    assert_eq!(run.kernel.leaves[0].material.numbers_set, 0);
}

#[test]
fn a_call_in_brackets_makes_the_shape_interior() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.push()?;
            leaf(k, "Inner")?;
            k.pop()
        })
        .run();
    assert_eq!(run.symbols(), ["Inner"]);
}

#[test]
fn nil_in_brackets_ends_with_them() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.push()?;
            k.nil()?;
            k.pop()?;
            leaf(k, "Rest")
        })
        .run();
    assert_eq!(run.symbols(), ["Rest"]);
}

#[test]
fn lines_come_level_by_level_and_leaves_depth_first() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            for _ in 0..2 {
                k.call_rule(1)?;
            }
            Ok(())
        })
        .rule("Floor", |k| {
            let key = k.tree_key()?;
            k.print(key)?;
            k.call_rule(2)?;
            k.call_rule(2)
        })
        .rule("Wall", |k| {
            let key = k.tree_key()?;
            k.print(key)
        })
        .run();
    assert_eq!(
        run.prints(),
        ["0;0;", "0;1;", "0;0;0;", "0;0;1;", "0;1;0;", "0;1;1;"]
    );
    assert_eq!(run.symbols(), ["Wall", "Wall", "Wall", "Wall"]);
}

#[test]
fn arguments_reach_the_child() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.arg_f(2.5)?;
            k.arg_i(1)?;
            k.call_rule(1)
        })
        .rule_with("Floor", &[Type::Float, Type::Bool], |k| {
            let (height, flag) = (k.param_f(0)?, k.param_i(1)?);
            print_number(k, height + f64::from(flag))?;
            assert!(k.param_f(7).is_err() && k.param_f(1).is_err() && k.param_i(-1).is_err());
            Ok(())
        })
        .run();
    assert_eq!(run.prints(), ["3.5"]);
}

#[test]
fn each_initial_shape_has_its_start_rule() {
    let run = Grammar::new()
        .rule("Lot", |k| print(k, "Lot"))
        .rule("Street", |k| print(k, "Street"))
        .recipe(|recipe| {
            recipe.shapes.push(InitialShape {
                start_rule: "Street".to_owned(),
                ..lot(20.0, 5.0, 5.0)
            });
        })
        .run();
    assert_eq!(run.prints(), ["Lot", "Street"]);
    assert_eq!(run.symbols(), ["Street"]);
    assert_eq!(run.kernel.compacted.canvas.faces, 1);
    assert_eq!(run.kernel.leaves[0].initial, 1);
    assert_eq!(run.kernel.leaf_count(), 2);
}

#[test]
fn unknown_start_rules_are_an_error_at_the_start() {
    let mut grammar = Grammar::new().rule_with("Lot", &[Type::Float], |_| Ok(()));
    let new = |grammar: &Grammar| {
        Kernel::new(grammar.manifest.clone(), grammar.recipe.clone(), Vec::new()).err()
    };
    assert_eq!(new(&grammar), Some(StartError::NoRule));
    grammar.recipe.shapes[0].start_rule = "Lot".to_owned();
    assert_eq!(
        new(&grammar),
        Some(StartError::StartRuleWithParameters {
            rule: "Lot".to_owned()
        })
    );
    grammar.recipe.shapes[0].start_rule = "Tower".to_owned();
    assert_eq!(
        new(&grammar),
        Some(StartError::UnknownStartRule {
            rule: "Tower".to_owned()
        })
    );
}

#[test]
fn initial_shapes_without_polygons_are_left_out_with_a_warning() {
    let run = Grammar::new()
        .rule("Lot", |_| Ok(()))
        .recipe(|recipe| {
            recipe.shapes.insert(
                0,
                InitialShape {
                    name: "void".to_owned(),
                    ..InitialShape::default()
                },
            );
        })
        .run();
    assert_eq!(run.symbols(), ["Lot"]);
    assert!(run.warnings()[0].contains("void"));
}

/// The random numbers of two children and their parent.
fn numbers(seed: u64, early: bool) -> Vec<String> {
    let child = |k: &mut Kernel| {
        let value = k.rand()?;
        print_number(k, value)
    };
    Grammar::new()
        .rule("Lot", move |k| {
            if early {
                k.rand()?;
            }
            k.call_rule(1)?;
            k.call_rule(1)
        })
        .rule("Child", child)
        .recipe(|recipe| recipe.shapes[0].seed = seed)
        .run()
        .prints()
}

#[test]
fn random_numbers_depend_on_seed_and_path_only() {
    assert_eq!(numbers(1, false), numbers(1, true));
    assert_ne!(numbers(1, false), numbers(2, false));
    assert_ne!(numbers(1, false)[0], numbers(1, false)[1]);
}

#[test]
fn numbers_drawn_in_brackets_stay_drawn() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.push()?;
            let inside = k.rand()?;
            k.pop()?;
            assert_ne!(inside, k.rand()?);
            Ok(())
        })
        .run();
    assert_eq!(run.end, Ok(()));
}

#[test]
fn setting_seedian_starts_the_stream_anew() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            let seedian = builtin_number("seedian");
            k.set_builtin_f(seedian, 7.0)?;
            let (a, b) = (k.rand()?, k.rand()?);
            k.set_builtin_f(seedian, 7.0)?;
            assert_eq!(k.builtin_f(seedian)?, 7.0);
            assert_eq!((a, b), (k.rand()?, k.rand()?));
            Ok(())
        })
        .run();
    assert_eq!(run.end, Ok(()));
}

#[test]
fn the_seed_of_the_recipe_is_added() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            let seed = k.builtin_f(builtin_number("seedian"))?;
            print_number(k, seed)
        })
        .recipe(|recipe| {
            recipe.seed = 40;
            recipe.shapes[0].seed = 2;
        })
        .run();
    assert_eq!(run.prints(), ["42"]);
}
