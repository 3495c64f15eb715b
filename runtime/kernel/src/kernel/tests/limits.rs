//! Limits, warnings, reports, misuse, the end of a run.

use super::*;

#[test]
fn endless_recursion_ends_at_the_depth_limit_and_says_where() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.op(3)?;
            k.call_rule(0)
        })
        .run();
    assert_eq!(run.end, Err(Stop::Depth));
    let failure = run.kernel.failure(Stop::Depth);
    assert_eq!(
        (failure.line, failure.rule.as_str(), failure.source.as_str()),
        (3, "Lot", "test.cga")
    );
    assert!(failure.to_json().starts_with(r#"{"kind":"depth""#));
}

#[test]
fn endless_loops_end_at_the_gas_limit() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            loop {
                k.op(1)?;
            }
        })
        .recipe(|recipe| recipe.limits.gas = 1000)
        .run();
    assert_eq!(run.end, Err(Stop::Gas));
    assert_eq!(run.kernel.gas_used(), 1000);
}

#[test]
fn doubling_rules_end_at_the_shape_limit() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.call_rule(0)?;
            k.call_rule(0)
        })
        .recipe(|recipe| (recipe.limits.shapes, recipe.limits.depth) = (1000, u32::MAX))
        .run();
    assert_eq!(run.end, Err(Stop::Shapes));
}

#[test]
fn recursive_functions_end_at_their_depth_limit() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            for _ in 0..512 {
                k.enter(1)?;
            }
            k.enter(1)
        })
        .run();
    assert_eq!(run.end, Err(Stop::FunctionDepth));
}

#[test]
fn leaves_end_at_the_vertex_limit() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            loop {
                leaf(k, "House")?;
            }
        })
        .recipe(|recipe| recipe.limits.vertices = 100)
        .run();
    assert_eq!(run.end, Err(Stop::Vertices));
    assert_eq!(run.kernel.leaves.len(), 25);
}

#[test]
fn growing_strings_end_at_the_value_limit() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            let mut text = k.give_text("ab")?;
            loop {
                text = k.concat(text, text)?;
            }
        })
        .recipe(|recipe| recipe.limits.values = 1000)
        .run();
    assert_eq!(run.end, Err(Stop::Values));
}

#[test]
fn content_ends_at_the_byte_limit() {
    let mut run = Grammar::new()
        .rule("Lot", |_| Ok(()))
        .recipe(|recipe| recipe.limits.output_bytes = 10)
        .run();
    assert_eq!(
        run.kernel.finish().map_err(|failure| failure.stop),
        Err(Stop::OutputBytes)
    );
}

#[test]
fn equal_runs_use_equal_gas_and_give_equal_bytes() {
    let make = || {
        let mut run = Grammar::new()
            .rule("Lot", |k| {
                k.extrude(word("face.normal"), 6.0, 0)?;
                let value = k.rand()?;
                k.color_rgb(value, 0.5, 0.5)
            })
            .run();
        run.kernel.finish().unwrap()
    };
    let finished = make();
    assert_eq!(finished, make());
    assert!(finished.content.bytes().starts_with(b"glTF"));
    assert_eq!(finished.content.counts.triangles, 12);
}

#[test]
fn arguments_that_are_not_finite_are_zero_with_one_warning() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            k.op(2)?;
            for x in [f64::NAN, f64::NAN, f64::INFINITY] {
                assert_eq!(k.finite(x, "extrude"), 0.0);
            }
            Ok(())
        })
        .run();
    let warnings = run.kernel.warnings();
    assert_eq!(warnings.len(), 2);
    assert_eq!((warnings[0].count, warnings[0].site), (2, 2));
}

#[test]
fn warnings_and_prints_are_bounded() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            for n in 0..12_000 {
                k.warn(format!("{n}"));
                print(k, &n.to_string())?;
            }
            Ok(())
        })
        .run();
    assert_eq!(
        (
            run.kernel.warnings().len(),
            run.kernel.journal.warnings_dropped
        ),
        (1000, 11_000)
    );
    assert_eq!(
        (
            run.kernel.prints().count(),
            run.kernel.journal.prints_dropped
        ),
        (10_000, 2_000)
    );
}

#[test]
fn reports_are_aggregated_by_key() {
    let run = Grammar::new()
        .rule("Lot", |k| {
            let key = k.give_text("Area")?;
            for value in [3.0, -1.0, 4.0] {
                k.report_f(key, value)?;
            }
            k.report_b(key, 1)?;
            let text = k.give_text("home")?;
            k.report_s(key, text)?;
            k.report_s(key, text)
        })
        .run();
    let report = run.kernel.report("Area").unwrap();
    assert_eq!(
        (report.count, report.sum, report.min, report.max),
        (3, 6.0, -1.0, 4.0)
    );
    assert_eq!(
        (report.bools, report.strings.values().sum::<u64>()),
        ([0, 1], 2)
    );
    assert!(run.kernel.report("Volume").is_none());
}

#[test]
fn reports_are_kept_by_shape_when_features_are_written() {
    let report_size = |k: &mut Kernel| {
        let [number, word, size] = ["number", "word", "size"].map(|key| k.give_text(key));
        let (size, word, number) = (size?, word?, number?);
        k.report_f(number, 1.0)?;
        k.report_s(word, size)?;
        let width = k.builtin_f(0)?;
        k.report_f(size, width)?;
        k.report_f(size, 1.0)
    };
    let run = |features: bool| {
        let mut grammar = Grammar::new().rule("Lot", report_size);
        grammar.recipe.shapes[0].name = "first".to_owned();
        grammar.recipe.shapes.push(lot(20.0, 5.0, 5.0));
        grammar.recipe.output.features = features;
        grammar.run().kernel.finish().unwrap()
    };
    let finished = run(true);
    let number = r#""number":{"n":1,"sum":1,"avg":1,"min":1,"max":1}"#;
    let word = r#""word":{"strings":{"size":1}}"#;
    let of_shapes = format!(
        r#""shapeReports":[{{"shape":0,"name":"first","reports":{{{number},"size":{{"n":2,"sum":11,"avg":5.5,"min":1,"max":10}},{word}}}}},{{"shape":1,"name":"","reports":{{{number},"size":{{"n":2,"sum":6,"avg":3,"min":1,"max":5}},{word}}}}}]"#
    );
    assert!(
        finished.summary.contains(&of_shapes),
        "{}",
        finished.summary
    );
    // The model's table has a column for each key of numbers, with the sum of each shape.
    let glb = &finished.content.bytes();
    let text = String::from_utf8_lossy(glb);
    for column in ["sum of number", "sum of size"] {
        assert!(text.contains(column), "{text}");
    }
    assert!(!text.contains("sum of word"), "{text}");
    let sums: Vec<u8> = [11.0_f64, 6.0]
        .iter()
        .flat_map(|x| x.to_le_bytes())
        .collect();
    assert!(glb.windows(sums.len()).any(|bytes| bytes == sums));

    let finished = run(false);
    assert!(!finished.summary.contains("shapeReports"));
    assert!(!String::from_utf8_lossy(&finished.content.bytes()).contains("sum of"));
}

#[test]
fn summaries_tell_warnings_with_their_place() {
    let mut run = Grammar::new()
        .rule("Lot", |k| {
            k.op(4)?;
            k.warn("something odd");
            print(k, "hello")
        })
        .run();
    let finished = run.kernel.finish().unwrap();
    let summary: serde_json::Value = serde_json::from_str(&finished.summary).unwrap();
    assert_eq!(summary["warnings"][0]["line"], 4);
    assert_eq!(summary["prints"][0], "hello");
    assert_eq!(summary["gas"], run.kernel.gas_used());
}

/// A call that no compiled grammar makes.
type Misuse = fn(&mut Kernel) -> Result<(), Stop>;

#[test]
fn modules_that_misuse_the_kernel_are_stopped() {
    let misuses: &[Misuse] = &[
        |k| k.pop(),
        |k| k.call_rule(99),
        |k| k.call_rule(-1),
        |k| k.leaf(99_999),
        |k| k.next_piece().map(drop),
        |k| k.split_run(),
        |k| k.split_size(0, 0, 1.0),
        |k| k.comp_next().map(drop),
        |k| k.comp_run(),
        |k| k.setback_run(),
        |k| k.region_run(),
        |k| k.inline_derive(),
        |k| k.inline_end(),
        |k| k.boolean_begin(7),
        |k| k.boolean_next(),
        |k| k.boolean_end(),
        |k| k.modify_run(),
        |k| {
            k.boolean_begin(0)?;
            k.boolean_end()
        },
        |k| {
            k.inline_begin(-1)?;
            k.modify_run()
        },
        |k| k.leave(),
        |k| k.attribute_f(3).map(drop),
        |k| k.attribute_i(-3).map(drop),
        |k| k.attribute_begin(3).map(drop),
        |k| k.builtin_f(9999).map(drop),
        |k| k.set_builtin_f(-1, 0.0),
        |k| k.array_end().map(drop),
        |k| k.array_push_f(0.0),
        |k| k.array_size(7).map(drop),
        |k| k.concat(-1, 0).map(drop),
        |k| k.print(12_345),
        |k| k.split_begin(word("u"), 0),
        |k| {
            k.push()?;
            k.next_rule().map(drop)
        },
        |k| {
            k.split_begin(word("x"), 0)?;
            k.split_open()?;
            k.split_run()
        },
        |k| {
            k.split_begin(word("x"), 0)?;
            k.split_close(0)?;
            k.split_close(0)
        },
        |k| {
            loop {
                k.push()?;
            }
        },
        |k| {
            loop {
                k.arg_f(0.0)?;
            }
        },
    ];
    for (n, misuse) in misuses.iter().enumerate() {
        let run = Grammar::new().rule("Lot", misuse).run();
        assert!(
            matches!(run.end, Err(Stop::Misuse(_))),
            "{n}: {:?}",
            run.end
        );
    }
}
