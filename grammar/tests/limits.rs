//! Hostile and huge text: always a tree and diagnostics, soon, on a small stack.

use std::time::{Duration, Instant};

use gable_grammar::ast::File;
use gable_grammar::{Diagnostics, Source, SourceId, format, parse};

const SMALL_STACK: usize = 2 * 1024 * 1024;

/// Parses, compares, prints, formats and drops on a thread with a small stack.
fn survive(text: String) -> (File, Diagnostics) {
    let work = move || {
        let source = Source {
            path: "a.cga".to_owned(),
            text,
        };
        let (file, diagnostics) = parse(&source, SourceId(0));
        assert_eq!(file.clone(), file);
        assert!(file.to_string().len() < 100_000_000);
        if let Ok(once) = format(&source, SourceId(0)) {
            let again = Source {
                path: String::new(),
                text: once,
            };
            assert!(!parse(&again, SourceId(0)).1.has_errors());
        }
        (file, diagnostics)
    };
    let thread = std::thread::Builder::new().stack_size(SMALL_STACK);
    thread
        .spawn(work)
        .expect("a thread starts")
        .join()
        .expect("nothing panics")
}

fn codes(text: String) -> Vec<&'static str> {
    let (_, diagnostics) = survive(text);
    diagnostics.iter().map(|d| d.code.0).collect()
}

/// What is nested so often is fine below sixty-four, and one error, soon, beyond.
#[track_caller]
fn assert_nests_to_a_limit(name: &str, nested: impl Fn(usize) -> String) {
    assert_eq!(codes(nested(62)), [""; 0], "{name}");
    for n in [70, 5000] {
        assert_eq!(codes(nested(n)), ["E0107"], "{name}");
    }
}

#[test]
fn brackets_nest_to_sixty_four_and_no_further() {
    let shapes = [
        ("f = ", "(", "1", ")"),
        ("f = ", "[", "1", "]"),
        ("f = ", "g(", "1", ")"),
        ("f = ", "-(1 + 2 * ", "3", ")"),
        ("f = ", "a[", "1", "]"),
        ("f = ", "comp(f) { all : ", "1", " }"),
        ("Lot --> ", "[ ", "A", " ]"),
        ("Lot --> ", "split(x) { 1 : ", "A", " }"),
        ("Lot --> split(x) ", "{ ", "1 : A", " }"),
        ("Lot --> ", "scatter(surface) { ", "A", " }"),
        ("Lot --> ", "inline { ", "A", " }"),
    ];
    for (head, open, middle, close) in shapes {
        assert_nests_to_a_limit(&format!("{head}{open}"), |n| {
            format!("{head}{}{middle}{}", open.repeat(n), close.repeat(n))
        });
    }
}

#[test]
fn chains_inside_arms_nest_to_a_limit() {
    let shapes = [
        ("f = ", "case a: ", "1", " else: 2"),
        ("f = ", "5%: ", "1", " else: 2"),
        ("f = ", "a(6)%: ", "1", " else: 2"),
        ("f = ", "~b[1] < -c%: ", "1", " else: 2"),
        ("Lot --> ", "case a: ", "A", " else: B"),
        ("Lot --> ", "(5)%: ", "A", " else: B"),
        ("Lot --> ", "2 * a == f(1)%: ", "A", " else: B"),
    ];
    for (head, arm, middle, otherwise) in shapes {
        assert_nests_to_a_limit(&format!("{head}{arm}"), |n| {
            format!("{head}{}{middle}{}", arm.repeat(n), otherwise.repeat(n))
        });
        let without_else = format!("{head}{}{middle}", arm.repeat(60));
        assert_eq!(codes(without_else), ["E0101"], "{head}{arm}");
    }
}

#[test]
fn else_chains_may_be_hundreds_long() {
    let shapes: [(&str, &str, &str); 4] = [
        ("f = ", "case a: 1 else: ", "2"),
        ("f = ", "case a: 1 else: 5%: 1 else: ", "2"),
        ("Lot --> ", "case a: A else: ", "B"),
        ("Lot --> ", "5%: A else: case b: A B else: ", "C"),
    ];
    for (head, link, end) in shapes {
        assert_eq!(
            codes(format!("{head}{}{end}", link.repeat(450))),
            [""; 0],
            "{link}"
        );
        assert_eq!(
            codes(format!("{head}{}{end}", link.repeat(20_000))),
            ["E0108"],
            "{link}"
        );
    }
}

#[test]
fn arms_operators_and_operations_may_be_many() {
    assert_eq!(
        codes(format!("f = {} else: 2", "case a == 1: 1 ".repeat(5000))),
        [""; 0]
    );
    assert_eq!(codes(format!("f = 1{}", " + 1".repeat(900))), [""; 0]);
    assert_eq!(codes(format!("f = 1{}", " + 1".repeat(100_000))), ["E0108"]);
    assert_eq!(codes(format!("f = {}1", "-".repeat(100_000))), ["E0108"]);
    assert_eq!(codes(format!("f = a{}", "[1]".repeat(100_000))), ["E0108"]);
    assert_eq!(
        codes(format!("Lot --> {}", "t(1,0,0) A ".repeat(20_000))),
        [""; 0]
    );
    assert_eq!(
        codes(format!(
            "Lot --> split(x) {{ 1 : A {} }}",
            "| 1 : A ".repeat(20_000)
        )),
        [""; 0]
    );
    assert_eq!(
        codes(format!("Lot --> {}A", "inline ".repeat(100_000))),
        ["E0107"]
    );
    assert_eq!(
        codes(format!("@A{} Lot --> A", "(".repeat(100_000))),
        ["E0107"]
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test is about time")]
fn garbage_is_refused_soon() {
    let size = 300_000;
    let seeds = [
        "\0",
        "(",
        ")",
        "{",
        "\"",
        "/*",
        "@",
        "@a(",
        "-->",
        "a",
        "a ",
        "a(",
        "a(b,",
        "case ",
        "else ",
        "1%:",
        "= ",
        "é",
        "#",
        "~",
        "'",
        "a --> ",
        "a = ",
        "import a ",
        "attr a ",
        ".",
        "\\",
        "|",
        "a.b",
    ];
    for seed in seeds {
        let text = seed.repeat(size / seed.len());
        let start = Instant::now();
        let (_, diagnostics) = survive(text);
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{seed} took {:?}",
            start.elapsed()
        );
        assert!(diagnostics.iter().count() <= 1000, "{seed}");
    }
}
