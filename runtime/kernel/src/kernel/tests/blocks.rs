//! Splits, component splits, setbacks, regions, scatter, inline.

use super::*;
use crate::shape::Geometry;

/// A lot extruded to 6 metres.
fn mass(k: &mut Kernel) -> Result<(), Stop> {
    k.extrude(word("face.normal"), 6.0, 0)
}

/// Splits along an axis: branch, mode, size of each item.
fn split(k: &mut Kernel, axis: &str, items: &[(i32, i32, f64)], repeat: bool) -> Result<(), Stop> {
    k.split_begin(word(axis), word("adjust"))?;
    k.split_open()?;
    for &(branch, mode, size) in items {
        k.split_size(branch, mode, size)?;
    }
    k.split_close(i32::from(repeat))?;
    k.split_run()
}

#[test]
fn splits_make_pieces_from_the_scopes_corner() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            mass(k)?;
            split(k, "z", &[(0, 0, 4.0), (1, 2, 1.0)], false)?;
            pieces(k, |k, branch| {
                let scope = k.shape.scope_origin();
                print(
                    k,
                    &format!(
                        "{branch}: {} {} {}",
                        scope.z, k.shape.scope.size.z, k.shape.scope.size.y
                    ),
                )?;
                leaf(k, ["A", "B"][branch as usize])
            })
        })
        .run();
    assert_eq!(run.prints(), ["0: 0 4 6", "1: 4 6 6"]);
    assert_eq!(run.symbols(), ["A", "B"]);
    for leaf in &run.kernel.leaves {
        let Geometry::Mesh(mesh) = &leaf.shape.geometry else {
            panic!("pieces are meshes")
        };
        assert_eq!((mesh.face_count(), mesh.check()), (6, Ok(())));
    }
}

#[test]
fn split_index_and_total_count_the_pieces_that_are_made() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            split(k, "x", &[(0, 0, 0.0), (1, 2, 3.0)], true)?;
            pieces(k, |k, _| {
                let index = k.builtin_f(builtin_number("split.index"))?;
                let total = k.builtin_f(builtin_number("split.total"))?;
                print(k, &format!("{index}/{total}"))
            })?;
            assert_eq!(k.builtin_f(builtin_number("split.index"))?, -1.0);
            Ok(())
        })
        .run();
    assert_eq!(run.prints(), ["0/3", "1/3", "2/3"]);
}

#[test]
fn pieces_without_a_call_are_leaves_without_a_symbol_and_nil_pieces_are_none() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            split(k, "x", &[(0, 2, 1.0), (1, 2, 1.0)], false)?;
            pieces(k, |k, branch| if branch == 1 { k.nil() } else { Ok(()) })
        })
        .run();
    assert_eq!(run.symbols(), [""]);
    assert_eq!(run.kernel.leaves[0].shape.scope.size.x, 5.0);
}

#[test]
fn the_shape_itself_goes_on_after_a_split() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            split(k, "x", &[(0, 0, 2.0)], false)?;
            pieces(k, |k, _| leaf(k, "Piece"))?;
            assert_eq!(k.shape.scope.size.x, 10.0);
            leaf(k, "Whole")
        })
        .run();
    assert_eq!(run.symbols(), ["Piece", "Whole"]);
}

#[test]
fn a_split_without_pieces_leaves_a_leaf() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            split(k, "x", &[(0, 0, 0.0)], false)?;
            pieces(k, |k, _| leaf(k, "Piece"))
        })
        .run();
    assert_eq!(run.symbols(), ["Lot"]);
}

#[test]
fn pieces_draw_different_numbers() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            split(k, "x", &[(0, 2, 1.0)], true)?;
            pieces(k, |k, _| {
                let value = k.rand()?;
                print_number(k, value)
            })
        })
        .run();
    let mut prints = run.prints();
    prints.order();
    prints.dedup();
    assert_eq!(prints.len(), 10);
}

#[test]
fn a_split_of_too_many_pieces_is_a_warning() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            split(k, "x", &[(0, 0, 1e-9)], true)?;
            pieces(k, |_, _| Ok(()))
        })
        .run();
    assert_eq!(run.symbols(), ["Lot"]);
    assert_eq!(run.warnings().len(), 1);
}

/// Gives components to branches by the first selector that fits.
fn select(k: &mut Kernel, selectors: &[(&str, i32)]) -> Result<(), Stop> {
    while k.comp_next()? == 1 {
        for (branch, (selector, operator)) in selectors.iter().enumerate() {
            if k.comp_token(word(selector))? == 1 {
                k.comp_assign(branch as i32, *operator, word(selector))?;
                break;
            }
        }
    }
    Ok(())
}

/// Prints what a component piece knows of itself.
fn print_component(k: &mut Kernel, branch: i32) -> Result<(), Stop> {
    let selector = k.builtin_i(builtin_number("comp.sel"))?;
    let selector = k.text(selector)?;
    let index = k.builtin_f(builtin_number("comp.index"))?;
    let total = k.builtin_f(builtin_number("comp.total"))?;
    print(k, &format!("{branch} {selector} {index}/{total}"))
}

#[test]
fn components_go_to_the_first_selector_that_fits() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            mass(k)?;
            k.comp_begin(word("f"), word("zUp"))?;
            select(k, &[("front", 0), ("top", 0), ("side", 0)])?;
            k.comp_run()?;
            pieces(k, print_component)?;
            assert_eq!(k.shape.scope.size.y, 6.0);
            Ok(())
        })
        .run();
    assert_eq!(
        run.prints(),
        [
            "0 front 0/1",
            "1 top 0/1",
            "2 side 0/3",
            "2 side 1/3",
            "2 side 2/3"
        ]
    );
    assert_eq!(run.symbols().len(), 5);
}

#[test]
fn equals_makes_one_piece_of_all() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            mass(k)?;
            k.comp_begin(word("f"), word("zUp"))?;
            select(k, &[("horizontal", 1), ("side", 2)])?;
            k.comp_run()?;
            pieces(k, print_component)
        })
        .run();
    assert_eq!(run.prints(), ["0 horizontal 0/1", "1 side 0/1"]);
    let faces: Vec<usize> = run
        .kernel
        .leaves
        .iter()
        .map(|leaf| face_count(&leaf.shape.geometry))
        .collect();
    assert_eq!(faces, [2, 4]);
}

fn face_count(geometry: &Geometry) -> usize {
    match geometry {
        Geometry::Mesh(mesh) => mesh.face_count(),
        Geometry::Asset(_) => 0,
    }
}

#[test]
fn comp_as_a_function_ends_with_its_last_component() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            mass(k)?;
            k.comp_begin(word("f"), word("zUp"))?;
            while k.comp_next()? == 1 {
                let mut edges = 0.0;
                k.comp_begin(word("e"), word("zUp"))?;
                while k.comp_next()? == 1 {
                    edges += 1.0;
                }
                print_number(k, edges)?;
                if k.comp_token(word("top"))? == 1 {
                    k.comp_assign(0, 0, word("top"))?;
                }
            }
            k.comp_run()?;
            pieces(k, print_component)?;
            k.comp_begin(word("f"), word("zUp"))?;
            while k.comp_next()? == 1 {}
            assert_eq!(k.shape.scope.size.y, 6.0);
            Ok(())
        })
        .run();
    assert_eq!(run.prints(), ["4", "4", "4", "4", "4", "4", "0 top 0/1"]);
}

#[test]
fn a_setback_without_selectors_leaves_all() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.setback_begin(2.0, 0)?;
            k.setback_remainder(0, 0)?;
            k.setback_run()?;
            pieces(k, |k, _| leaf(k, "Rest"))
        })
        .run();
    assert_eq!(areas(&run), [("Rest".to_owned(), 100.0)]);
}

#[test]
fn only_colons_make_trim_planes() {
    for (operator, planes) in [(0, 4), (1, 0)] {
        let run = Grammar::new()
            .rule("Lot", move |k| {
                mass(k)?;
                k.comp_begin(word("f"), word("zUp"))?;
                select(k, &[("front", operator)])?;
                k.comp_run()?;
                pieces(k, |k, _| {
                    let count = k.state.trim_planes.len() as f64;
                    print_number(k, count)
                })
            })
            .run();
        assert_eq!(run.prints(), [planes.to_string()]);
    }
}

#[test]
fn no_match_makes_no_child() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.comp_begin(word("f"), word("zUp"))?;
            select(k, &[("side", 0)])?;
            k.comp_run()?;
            pieces(k, |k, _| leaf(k, "Never"))
        })
        .run();
    assert_eq!(run.symbols(), ["Lot"]);
}

#[test]
fn components_are_chosen_by_number_too() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            mass(k)?;
            k.comp_begin(word("f"), word("zUp"))?;
            while k.comp_next()? == 1 {
                if k.comp_index(1.0)? == 1 || k.comp_index(-1.0)? == 1 {
                    k.comp_assign(0, 0, -1)?;
                }
            }
            k.comp_run()?;
            pieces(k, |k, _| {
                print_component(k, 0)?;
                let elevation = k.builtin_f(builtin_number("scope.elevation"))?;
                print_number(k, elevation)
            })
        })
        .run();
    assert_eq!(run.prints(), ["0  0/1", "6"]);
}

/// Areas of leaves by symbol, in order.
fn areas(run: &Run) -> Vec<(String, f64)> {
    let symbols = run.symbols();
    let leaves = run.kernel.leaves.iter().zip(symbols);
    leaves
        .map(|(leaf, symbol)| {
            let Geometry::Mesh(mesh) = &leaf.shape.geometry else {
                panic!("leaves are meshes")
            };
            let area: f64 = (0..mesh.face_count()).map(|face| mesh.area(face)).sum();
            (symbol.to_owned(), (area * 1e6).round() / 1e6)
        })
        .collect()
}

#[test]
fn setbacks_give_chains_and_the_remainder() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.setback_begin(2.0, 0)?;
            select(k, &[("front", 0)])?;
            k.setback_remainder(1, 0)?;
            k.setback_run()?;
            pieces(k, |k, branch| leaf(k, ["Yard", "Rest"][branch as usize]))
        })
        .run();
    assert_eq!(
        areas(&run),
        [("Yard".to_owned(), 20.0), ("Rest".to_owned(), 80.0)]
    );
}

#[test]
fn setbacks_take_relative_distances_and_wrapping_numbers() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.setback_begin(0.1, 1)?;
            while k.comp_next()? == 1 {
                if k.comp_index(-4.0)? == 1 || k.comp_index(6.0)? == 1 {
                    k.comp_assign(0, 0, -1)?;
                }
            }
            k.setback_run()?;
            pieces(k, |k, _| leaf(k, "Yard"))
        })
        .run();
    assert_eq!(
        areas(&run),
        [("Yard".to_owned(), 10.0), ("Yard".to_owned(), 10.0)]
    );
}

#[test]
fn shape_l_gives_two_regions() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.shape_l_begin(2.0, 3.0, 0)?;
            k.region(0, word("shape"), 0)?;
            k.region(1, word("remainder"), 0)?;
            k.region_run()?;
            pieces(k, |k, branch| leaf(k, ["L", "Rest"][branch as usize]))
        })
        .run();
    assert_eq!(
        areas(&run),
        [("L".to_owned(), 44.0), ("Rest".to_owned(), 56.0)]
    );
}

#[test]
fn scattered_points_lie_on_the_surface() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.scatter_run(
                word("surface"),
                50.0,
                word("uniform"),
                word("center"),
                0.16,
                1,
            )?;
            pieces(k, |k, branch| {
                let at = k.shape.scope_origin();
                assert!(
                    branch == 0
                        && at.y == 0.0
                        && (0.0..=10.0).contains(&at.x)
                        && (0.0..=10.0).contains(&at.z)
                );
                assert_eq!(k.shape.scope.size, DVec3::ZERO);
                print(k, &format!("{at}"))
            })
        })
        .run();
    let mut prints = run.prints();
    prints.order();
    prints.dedup();
    assert_eq!(prints.len(), 50);
}

#[test]
fn gaussian_points_crowd_around_the_centre() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.scatter_run(
                word("surface"),
                300.0,
                word("gaussian"),
                word("front"),
                1.0,
                0,
            )?;
            pieces(k, |k, _| {
                let at = k.shape.scope_origin();
                print_number(k, f64::from(at.z > 8.0 && (at.x - 5.0).abs() < 2.0))
            })
        })
        .run();
    let near = run.prints().iter().filter(|print| *print == "1").count();
    assert!(near > 250, "{near} of 300 within two deviations");
}

#[test]
fn points_in_a_volume_are_inside() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            mass(k)?;
            k.scatter_run(
                word("volume"),
                50.0,
                word("uniform"),
                word("center"),
                0.16,
                1,
            )?;
            pieces(k, |k, _| {
                let at = k.shape.scope_origin();
                assert!(at.min_element() > 0.0 && at.x < 10.0 && at.y < 6.0 && at.z < 10.0);
                Ok(())
            })
        })
        .run();
    assert_eq!(run.end, Ok(()));
}

#[test]
fn inline_merges_leaves_into_the_shape() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            leaf(k, "Before")?;
            k.inline_begin(word("append"))?;
            k.call_rule(1)?;
            k.inline_derive()?;
            while k.next_rule()? == 2 {
                split(k, "x", &[(0, 2, 1.0), (0, 2, 1.0)], false)?;
                pieces(k, |_, _| Ok(()))?;
            }
            k.inline_end()?;
            let key = k.tree_key()?;
            k.print(key)?;
            leaf(k, "Merged")
        })
        .rule("Halves", |_| Ok(()))
        .run();
    assert_eq!(run.symbols(), ["Before", "Merged"]);
    assert_eq!(run.prints(), ["0;"]);
    assert_eq!(face_count(&run.kernel.leaves[1].shape.geometry), 2);
    assert_eq!(run.kernel.leaves[1].shape.scope.size.x, 10.0);
}

#[test]
fn assets_that_nothing_changes_stay_instances() {
    let mut grammar = Grammar::new().rule("Lot", |k| {
        let name = k.give_text("cube.obj")?;
        k.insert(
            name,
            word("yUp"),
            word("alignSizeAndPosition"),
            word("noCleanup"),
        )
    });
    grammar.assets.push(("cube.obj".to_owned(), cube_asset()));
    let run = grammar.run();
    assert_eq!(run.symbols(), ["Lot"]);
    assert!(matches!(
        run.kernel.leaves[0].shape.geometry,
        Geometry::Asset(_)
    ));
}
