//! The formatter: layout, comments, and that it changes white space only.

use gable_grammar::{Source, SourceId, format, parse};

fn formatted(text: &str) -> String {
    format(&Source::from_bytes("a.cga", text.as_bytes()), SourceId(0)).expect("the text parses")
}

fn tree(text: &str) -> String {
    let (file, diagnostics) = parse(&Source::from_bytes("a.cga", text.as_bytes()), SourceId(0));
    assert!(!diagnostics.has_errors(), "{text}");
    file.to_string()
}

const EVERY_CONSTRUCT: &str = include_str!("every_construct.cga");

#[test]
fn every_construct_has_its_layout() {
    insta::assert_snapshot!(formatted(EVERY_CONSTRUCT));
}

#[test]
fn long_bodies_break_at_branches_arguments_and_operators() {
    insta::assert_snapshot!(formatted(include_str!("long_lines.cga")));
}

#[test]
fn formatting_keeps_the_tree_and_is_idempotent() {
    for text in [
        EVERY_CONSTRUCT,
        include_str!("long_lines.cga"),
        include_str!("comments.cga"),
    ] {
        let once = formatted(text);
        assert_eq!(tree(&once), tree(text));
        assert_eq!(formatted(&once), once);
    }
}

#[test]
fn every_comment_stays_with_its_neighbour() {
    let once = formatted(include_str!("comments.cga"));
    insta::assert_snapshot!(once);
    for number in 1..=24 {
        assert_eq!(
            once.matches(&format!("c{number}.")).count(),
            1,
            "comment {number}"
        );
    }
}

#[test]
fn line_ends_become_line_feeds_and_strings_stay() {
    let once = formatted("/* a\r\n b */\r\nattr a = \"x\r\ny\"\r\n\r\n\r\n\r\nLot --> A # end\r");
    assert_eq!(
        once,
        "/* a\n b */\nattr a =\n    \"x\r\ny\"\n\nLot --> A # end\n"
    );
}

#[test]
fn text_with_errors_is_not_touched() {
    let problems = format(
        &Source::from_bytes("a.cga", b"Lot --> t(1,,2)"),
        SourceId(0),
    )
    .unwrap_err();
    assert_eq!(problems.iter().count(), 1);
}

#[test]
fn nothing_is_formatted_to_nothing() {
    assert_eq!(formatted(""), "");
    assert_eq!(formatted("  \n\n"), "");
    assert_eq!(
        formatted("\n\n# only a comment\n\n\n/* and another */"),
        "# only a comment\n\n/* and another */\n"
    );
    assert_eq!(formatted("@A @B version \"1\""), "@A @B version \"1\"\n");
}

#[test]
fn several_comments_at_the_end_of_a_line_stay_on_it() {
    assert_eq!(
        formatted("Lot-->A/* one\n two *//* three */// four\n/* five */// six\nB"),
        "Lot -->\n    A /* one\n two */ /* three */ // four\n    /* five */\n    // six\n    B\n"
    );
}
