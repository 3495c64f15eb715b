//! What authors are told about their mistakes: source and message side by side.

use std::fmt::Write as _;

use gable_grammar::{RenderStyle, Source, SourceMap, parse, render};

fn messages(mistakes: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, grammar) in mistakes {
        let mut sources = SourceMap::default();
        let id = sources.add(Source::from_bytes("lot.cga", grammar.as_bytes()));
        let (_, diagnostics) = parse(sources.source(id), id);
        assert!(diagnostics.has_errors(), "{name} is a mistake");
        let drawn = render(&sources, &diagnostics.into_sorted(), RenderStyle::Plain);
        let _ = writeln!(text, "──── {name}\n{drawn}");
    }
    text
}

#[test]
fn mistakes_in_choices() {
    let mistakes = [
        (
            "missing else",
            "Lot --> case area > 10: Big case area > 5: Small\nBig --> X",
        ),
        (
            "missing else in a branch",
            "Lot --> split(x){ 1 : case a: B | 2 : C }",
        ),
        ("missing else of percentages", "Lot --> 30%: A 70%: B"),
        ("missing else in a function", "f(x) = case x > 1: 2"),
        ("else without case", "Lot --> A else: B"),
        ("else without colon", "Lot --> case a: B else C"),
        ("else if", "Lot --> case a: B else case c: D else: E"),
        (
            "operations, then case",
            "Lot --> extrude(3) case a: B else: C",
        ),
        (
            "operations, then percentages",
            "Lot --> extrude(3) 50%: B else: C",
        ),
        ("= in a condition", "Lot --> case height = 3: B else: C"),
        ("case without colon", "Lot --> case height > 3 B else: C"),
        ("percentage without sign", "Lot --> 30 : A else: B"),
    ];
    insta::assert_snapshot!(messages(&mistakes));
}

#[test]
fn mistakes_in_declarations() {
    let mistakes = [
        ("short arrow", "Lot -> extrude(10)"),
        ("fat arrow", "Lot => extrude(10)"),
        ("= for -->", "Lot = extrude(10) Mass"),
        ("--> for =", "height(x) --> x * 2 + 1"),
        ("--> before a value", "height --> 3"),
        (":= for =", "attr height := 3"),
        ("attribute without =", "attr height 3"),
        ("attribute without value", "attr height =\nattr width = 3"),
        ("version without quotes", "version 2024.0\nLot --> X"),
        ("import without quotes", "import roofs : roofs.cga"),
        ("import without colon", "import roofs \"roofs.cga\""),
        ("name with a digit first", "3rdFloor --> X"),
        ("semicolon", "Lot --> A;\nB --> C"),
        ("text outside", "hello world\nLot --> X"),
        ("annotation without declaration", "Lot --> X\n@Range(1, 2)"),
        (
            "annotation in a rule",
            "Lot --> split(x){ 1 : A | @Hidden 2 : B }",
        ),
        (
            "two bad rules and a good one",
            "A --> t(1 2)\nB --> X\nC --> t(1,,2)",
        ),
    ];
    insta::assert_snapshot!(messages(&mistakes));
}

#[test]
fn mistakes_in_operations() {
    let mistakes = [
        (
            "missing colon after a size",
            "Lot --> split(x){ 3 Wall | ~1 : Rest }",
        ),
        (
            "missing colon after a named size",
            "Lot --> split(x){ width Wall | ~1 : Rest }",
        ),
        (
            "missing colon after a selector",
            "Lot --> comp(f){ side Wall | top : Roof }",
        ),
        ("= after a size", "Lot --> split(x){ 3 = Wall }"),
        (":= after a selector", "Lot --> comp(f){ side := Wall }"),
        ("comma for |", "Lot --> comp(f){ side : Wall, top : Roof }"),
        ("missing |", "Lot --> split(x){ 1 : A 2 : B }"),
        ("empty branch", "Lot --> split(x){ 1 : A | | 2 : B }"),
        ("missing comma", "Lot --> t(1 2, 3)"),
        ("extra comma", "Lot --> t(1, , 3)"),
        ("comma at the end", "Lot --> t(1, 2,)"),
        ("unit after a number", "Lot --> extrude(3m)"),
        ("named argument", "Lot --> extrude(height = 3)"),
        ("single quotes", "Lot --> i('tree.obj')"),
        ("relative inside", "Lot --> s(1 + '0.5, 1, 1)"),
        ("single bar", "Lot --> case a | b: C else: D"),
        ("single ampersand", "Lot --> case a & b: C else: D"),
        ("power", "f = 2 ^ 3"),
        ("missing operand", "f = 2 + * 3"),
        ("nothing after an operator", "Lot --> t(0, 1 +, 0)"),
        ("block after a leaf", "Lot --> Wall. { 1 : A }"),
        ("value in a dynamic import", "Lot --> roofs(3).Roof"),
        (
            "rule in an argument",
            "import a : \"a.cga\" (A --> B(C --> D))",
        ),
    ];
    insta::assert_snapshot!(messages(&mistakes));
}

#[test]
fn mistakes_in_brackets_and_characters() {
    let mistakes = [
        ("open brace", "Lot --> split(x){ 1 : A | 2 : B\nA --> X"),
        ("open bracket", "Lot --> [ t(1,0,0) A\nA --> X"),
        ("wrong bracket", "Lot --> split(x { 1 : A }"),
        ("stray brace", "Lot --> split(x){ 1 : A } }\nA --> X"),
        ("open string", "attr texture = \"wall.png\nLot --> A"),
        (
            "open string before others",
            "attr a = \"x\nattr b = \"y\"\nLot --> i(\"z\")",
        ),
        ("open comment", "Lot --> A /* to do\nB --> C"),
        ("curly quotes", "attr texture = \u{201c}wall.png\u{201d}"),
        ("backtick", "Lot --> `A`"),
        ("binary", "\0\u{1}\u{2}"),
        ("open import", "import a : \"a.cga\" ( x = 3\nLot --> A"),
    ];
    insta::assert_snapshot!(messages(&mistakes));
}
