//! How grammar text is read: precedence, ambiguities, and the tree of a whole file.

use gable_grammar::ast::{DeclarationKind, File};
use gable_grammar::{Source, SourceId, parse};

fn read(text: &str) -> File {
    let (file, diagnostics) = parse(&Source::from_bytes("lot.cga", text.as_bytes()), SourceId(0));
    let problems: Vec<_> = diagnostics.iter().collect();
    assert!(problems.is_empty(), "{text}\n{problems:#?}");
    file
}

/// The tree of an expression in prefix form.
fn expression(text: &str) -> String {
    let file = read(&format!("f = {text}"));
    let [declaration] = file.declarations.as_slice() else {
        panic!("one declaration: {text}");
    };
    let DeclarationKind::Function(function) = &declaration.kind else {
        panic!("a function: {text}");
    };
    function.value.to_string()
}

/// The tree of a rule's right-hand side.
fn successor(text: &str) -> String {
    let tree = read(&format!("Lot --> {text}")).to_string();
    let lines: Vec<_> = tree.lines().skip(1).map(str::trim_end).collect();
    lines.join("\n")
}

#[test]
fn operators_bind_like_in_c() {
    let table = [
        ("1 + 2 * 3", "(+ 1 (* 2 3))"),
        ("1 - 2 - 3", "(- (- 1 2) 3)"),
        ("8 / 4 % 3", "(% (/ 8 4) 3)"),
        ("a || b && c", "(|| a (&& b c))"),
        ("a == b < c", "(== a (< b c))"),
        ("a < b + 1 && !c", "(&& (< a (+ b 1)) (! c))"),
        ("-a * b", "(* (- a) b)"),
        ("- -a", "(- (- a))"),
        ("!a[0]", "(! (index a 0))"),
        ("-a[1] + b(2)[3]", "(+ (- (index a 1)) (index b(2) 3))"),
        ("(1 + 2) * 3", "(* (group (+ 1 2)) 3)"),
        ("a .+ b .* c", "(.+ a (.* b c))"),
        ("a .== 1 .&& b", "(.&& (.== a 1) b)"),
        ("a .|| b || c", "(|| (.|| a b) c)"),
        (".!a", "(.! a)"),
        (".-[1;2] .- .+a", "(.- (- [1; 2]) (+ a))"),
        ("a % b", "(% a b)"),
        ("10%: 1 else: 2 + 3", "(chance 10: 1 else: (+ 2 3))"),
        ("\"a\" + 1 + 2", "(+ (+ \"a\" 1) 2)"),
    ];
    for (text, tree) in table {
        assert_eq!(expression(text), tree, "{text}");
    }
}

#[test]
fn prefixes_take_the_whole_argument() {
    let table = [
        (
            "s('1 + 0.3, '-0.5, ~a * 2)",
            "call s((relative (+ 1 0.3)), (relative (- 0.5)), (floating (* a 2)))",
        ),
        (
            "split(x){ ~1 + 2 : A | '0.5 * w : B }",
            "block split(x)\n    size (floating (+ 1 2))\n      call A\n    size (relative (* 0.5 w))\n      call B",
        ),
    ];
    for (text, tree) in table {
        assert_eq!(successor(text).trim_start(), tree, "{text}");
    }
}

#[test]
fn numbers_leave_the_dot_to_element_wise_operators() {
    let table = [
        ("1.==x", "(.== 1 x)"),
        ("1.5.*x", "(.* 1.5 x)"),
        ("1. + .5", "(+ 1 0.5)"),
        ("1.//half\n", "1"),
        ("2e3 + 1.5E-2", "(+ 2000 0.015)"),
        ("2.e2", "200"),
        ("a.-1", "(.- a 1)"),
    ];
    for (text, tree) in table {
        assert_eq!(expression(text), tree, "{text}");
    }
}

#[test]
fn inner_chains_take_the_next_else() {
    assert_eq!(
        expression("case a: case b: 1 else: 2 case c: 3 else: 4"),
        "(case a: (case b: 1 else: 2) c: 3 else: 4)"
    );
    assert_eq!(
        expression("case a: 1 else: case b: 2 else: 3"),
        "(case a: 1 else: (case b: 2 else: 3))"
    );
    assert_eq!(
        expression("50%: 1 25%: case a: 2 else: 3 else: 4"),
        "(chance 50: 1 25: (case a: 2 else: 3) else: 4)"
    );
    assert_eq!(
        expression("case a: 1 else: 30%: 2 else: case b: 3 else: 4"),
        "(case a: 1 else: (chance 30: 2 else: (case b: 3 else: 4)))"
    );
}

#[test]
fn percentages_are_told_from_remainders() {
    assert_eq!(expression("a % 3 == 0"), "(== (% a 3) 0)");
    assert_eq!(
        expression("p%: 1 (100 - p)%: 2 else: 3"),
        "(chance p: 1 (group (- 100 p)): 2 else: 3)"
    );
    assert_eq!(
        successor("p% : A (q + 1)% : B(3) (r)*2 % : C else : D"),
        "  chance p\n    call A\n  chance (group (+ q 1))\n    call B(3)\n  chance (* (group r) 2)\n    call C\n  else\n  call D"
    );
    assert_eq!(
        successor("split(x){ a % 3 : A | ~w : case b % 2 == 0 : B else : C }"),
        "  block split(x)\n    size (% a 3)\n      call A\n    size (floating w)\n      case (== (% b 2) 0)\n        call B\n      else\n      call C"
    );
}

#[test]
fn arrays_ranges_and_indices_are_told_apart() {
    let table = [
        ("[]", "[]"),
        ("[1, a, 2; 3, 4, 5]", "[1, a, 2; 3, 4, 5]"),
        ("[0 : 2 : n - 1, 7]", "[(range 0 2 (- n 1)), 7]"),
        ("a[1, 2]", "(index a 1 2)"),
        ("a[[0:2], b][1]", "(index (index a [(range 0 2)] b) 1)"),
        ("f(1)[0]", "(index f(1) 0)"),
        ("[1,2][0]", "(index [1, 2] 0)"),
    ];
    for (text, tree) in table {
        assert_eq!(expression(text), tree, "{text}");
    }
}

#[test]
fn the_comp_function_maps_components() {
    assert_eq!(
        expression("comp(f) { top : geometry.area | side = 1 + 2 | all =: 0 } + 1"),
        "(+ comp(f) { top : geometry.area side = (+ 1 2) all =: 0 } 1)"
    );
    assert_eq!(expression("comp(f)"), "comp(f)");
    assert_eq!(expression("comp.sel"), "comp.sel");
}

#[test]
fn selectors_end_at_the_first_separator() {
    assert_eq!(
        successor(
            "comp(f){ street.front : A | comp.index == 1 && x <= 2 = B | 3 =: C | isTagged(\"a\") : D }"
        ),
        "  block comp(f)\n    select street.front :\n      call A\n    select (&& (== comp.index 1) (<= x 2)) =\n      call B\n    select 3 =:\n      call C\n    select isTagged(\"a\") :\n      call D"
    );
}

#[test]
fn strings_keep_unknown_escapes_and_lines() {
    let table = [
        (r#""a\"b\\c\n\t""#, r#""a\"b\\c\n\t""#),
        (r#""\ue000""#, "\"\u{e000}\""),
        (r#""C:\dir\w""#, r#""C:\\dir\\w""#),
        ("\"two\nlines\"", r#""two\nlines""#),
        ("\"#ff0000\" # red", "\"#ff0000\""),
        (r#""//no comment" // comment"#, "\"//no comment\""),
    ];
    for (text, tree) in table {
        let tree = tree.replace('\u{e000}', "\\u{e000}");
        assert_eq!(expression(text), tree, "{text}");
    }
}

#[test]
fn declarations_end_where_the_next_begins() {
    let file = read(
        "A --> t(1,0,0) B f(x) = x * 2 attr h = f (3) const c = a[0] C(a, b) --> A D. @Hidden E --> [ F ] start G --> H",
    );
    let kinds: Vec<&str> = file
        .declarations
        .iter()
        .map(|d| match &d.kind {
            DeclarationKind::Import(_) => "import",
            DeclarationKind::Attribute(_) => "attribute",
            DeclarationKind::Function(_) => "function",
            DeclarationKind::Rule(_) => "rule",
            DeclarationKind::Style(_) => "style",
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "rule",
            "function",
            "attribute",
            "attribute",
            "rule",
            "rule",
            "rule"
        ]
    );
}

#[test]
fn start_calls_a_rule_and_marks_one() {
    assert_eq!(
        successor("start(20) imp.start start"),
        "  call start(20)\n  call imp.start\n  call start"
    );
    let tree = read("start Lot --> X\nextension Roof(h) --> Y").to_string();
    assert_eq!(
        tree,
        "start rule Lot\n  call X\nextension rule Roof(h)\n  call Y\n"
    );
}

#[test]
fn spans_hold_no_white_space() {
    let text = "/* a */ @Range( 1 , 2 ) // b\nattr  h =  case a :  1 + 2   else :\n -b ( 3 ) # c\n\nLot --> t( 1,2,  3 )  A  \n";
    let file = read(text);
    let written: Vec<&str> = file
        .declarations
        .iter()
        .map(|d| &text[d.span.range()])
        .collect();
    assert_eq!(
        written,
        [
            "@Range( 1 , 2 ) // b\nattr  h =  case a :  1 + 2   else :\n -b ( 3 )",
            "Lot --> t( 1,2,  3 )  A"
        ]
    );
    let DeclarationKind::Attribute(attribute) = &file.declarations[0].kind else {
        panic!("an attribute");
    };
    assert_eq!(
        &text[attribute.value.span.range()],
        "case a :  1 + 2   else :\n -b ( 3 )"
    );
}

#[test]
fn old_encodings_and_line_ends_are_read() {
    let bytes = b"\xef\xbb\xbfversion \"2011.1\"\r\nattr a = \"x\" // caf\xc3\xa9\rLot --> A\r\n";
    let source = Source::from_bytes("a.cga", bytes);
    let (file, diagnostics) = parse(&source, SourceId(0));
    assert!(!diagnostics.has_errors());
    assert_eq!(file.version.map(|v| v.text).as_deref(), Some("2011.1"));
    assert_eq!(file.declarations.len(), 2);
}

#[test]
fn every_construct_has_its_place_in_the_tree() {
    insta::assert_snapshot!(read(include_str!("every_construct.cga")));
}

#[test]
fn one_bad_declaration_hides_no_other() {
    let text = "A --> t(1,,2)\nattr b = 3\nC --> split(x){ 1 : D\nattr e = 4\nF --> G }\nH --> I";
    let (file, diagnostics) = parse(&Source::from_bytes("a.cga", text.as_bytes()), SourceId(0));
    assert_eq!(diagnostics.iter().count(), 3);
    assert_eq!(
        file.to_string(),
        "attr b = 3\nattr e = 4\nrule H\n  call I\n"
    );
}
