//! Grammar text to what happens: modules run against the native kernel, in an interpreter.

use crate::support::{compile_files, prints, run};

#[test]
fn the_start_rule_runs_once_on_the_initial_shape() {
    assert_eq!(
        prints("Lot --> print(scope.sx) print(scope.sz) Ground."),
        ["30", "20"]
    );
}

#[test]
fn an_extruded_lot_is_a_box() {
    let finished = run("attr height = 10\nLot --> extrude(height) Mass.");
    assert_eq!(finished.content.counts.faces, 6);
}

#[test]
fn attributes_are_evaluated_after_what_they_read() {
    let text = "attr a = b + 1\nattr b = c(2)\nattr d = 3\nc(x) = x * d\nLot --> print(a) Ground.";
    assert_eq!(prints(text), ["7"]);
}

#[test]
fn children_get_their_arguments() {
    let text = "Lot --> A(1, \"x\", true) A(2, \"y\", false)\n\
                A(n, s, b) --> print(n + s + b) Leaf.";
    assert_eq!(prints(text), ["1xtrue", "2yfalse"]);
}

#[test]
fn the_first_true_case_is_taken() {
    let text = "f(x) = case x < 1: \"small\" case x < 2: \"middle\" else: \"large\"\n\
                Lot --> print(f(0.5)) print(f(1.5)) print(f(2.5)) Ground.";
    assert_eq!(prints(text), ["small", "middle", "large"]);
}

#[test]
fn hundreds_of_cases_do_not_nest() {
    let arms: String = (0..240)
        .map(|n| format!("case x == {n}: print({n} * 2) Leaf.\n"))
        .collect();
    let text = format!("Lot --> Chain(237)\nChain(x) -->\n{arms}else: NIL");
    assert_eq!(prints(&text), ["474"]);
}

#[test]
fn recursive_functions_end() {
    let text = "factorial(n) = case n <= 1: 1 else: n * factorial(n - 1)\n\
                Lot --> print(factorial(10)) Ground.";
    assert_eq!(prints(text), ["3628800"]);
}

#[test]
fn a_split_visits_its_pieces_in_order() {
    let text = "Lot --> split(x) { 10 : Piece | ~1 : Piece | '0.1 : Piece }\n\
                Piece --> print(split.index + \":\" + scope.sx) Leaf.";
    assert_eq!(prints(text), ["0:10", "1:17", "2:3"]);
}

#[test]
fn a_repeated_split_fills_the_shape() {
    let text = "Lot --> split(x) { { ~10 : Piece }* }\nPiece --> print(scope.sx) Leaf.";
    assert_eq!(prints(text), ["10", "10", "10"]);
}

#[test]
fn components_go_to_the_first_selector_that_takes_them() {
    let text = "Lot --> extrude(5) comp(f) { top : Roof | bottom : NIL | side : Wall }\n\
                Roof --> print(\"roof \" + comp.sel) X.\nWall --> print(comp.sel + comp.index) X.";
    assert_eq!(
        prints(text),
        ["roof top", "side0", "side1", "side2", "side3"]
    );
}

#[test]
fn set_changes_the_attributes_of_later_children() {
    let text = "attr a = 1\nLot --> Show set(a, 5) Show\nShow --> print(a) Leaf.";
    assert_eq!(prints(text), ["1", "5"]);
}

#[test]
fn certain_and_impossible_chances_are_taken_or_not() {
    let text = "Lot --> 100% : print(\"always\") A. else : print(\"never\") B.";
    assert_eq!(prints(text), ["always"]);
    let text = "Lot --> 0% : print(\"never\") A. else : print(\"always\") B.";
    assert_eq!(prints(text), ["always"]);
}

#[test]
fn arrays_are_built_indexed_and_compared() {
    let text =
        "a = [1:5]\nb = a .* 2\nLot --> print(size(a)) print(b[2]) print(b[[0,1]] == [2,4]) G.";
    assert_eq!(prints(text), ["5", "6", "true"]);
}

#[test]
fn library_functions_compute_in_wasm() {
    let text = "Lot --> print(min(2, 1) + max(3, 4) + clamp(9, 0, 5)) print(rint(2.6)) print(abs(-2)) \
                print(isnan(0/0)) print(float(true) + float(\"2.5\")) print(min(\"b\", \"a\")) G.";
    assert_eq!(prints(text), ["10", "3", "2", "true", "3.5", "a"]);
}

#[test]
fn inlined_leaves_become_the_current_shape() {
    let finished = run(
        "Lot --> inline { split(x) { 10 : extrude(1) A. | 5 : extrude(2) B. } } color(1, 0, 0)",
    );
    assert_eq!(finished.content.counts.faces, 12);
}

#[test]
fn equal_recipes_give_equal_content() {
    let text = "Lot --> extrude(rand(5, 10)) split(y) { { ~3 : F }* }\nF --> 50% : color(1,0,0) else : NIL";
    assert_eq!(run(text).content.parts, run(text).content.parts);
}

#[test]
fn numbers_where_strings_are_wanted_go_as_their_text() {
    let main =
        "Lot --> Chair(\"red\") Chair(0.5) Chair(true)\nChair(c) --> print(c + \"\") color(c) X.";
    assert_eq!(prints(main), ["red", "0.5", "true"]);
    let warnings = compile_files(&[("main.cga", main)]).diagnostics;
    let codes: Vec<_> = warnings.iter().map(|it| it.code.0).collect();
    assert_eq!(codes, ["W0206", "W0206"]);
    let other = "Lot --> Chair(\"red\")\nChair(c) --> t(c, 0, 0) X.";
    assert!(
        compile_files(&[("main.cga", other)]).artifact.is_none(),
        "not the other way round"
    );
}
