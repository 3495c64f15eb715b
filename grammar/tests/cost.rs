//! What parsing costs, in calls of the parser per byte of text, so that no rewrite of the grammar makes it
//! read anything twice at every level. The call limit is global to the process: one test, one process.

use std::num::NonZeroUsize;

use gable_grammar::{Source, SourceId, parse};

/// Calls per byte that are enough for any text.
const CALLS_PER_BYTE: usize = 80;

#[test]
fn no_text_costs_more_than_its_length_allows() {
    let nested = |head: &str, open: &str, middle: &str, close: &str| {
        format!("{head}{}{middle}{}", open.repeat(62), close.repeat(62))
    };
    let texts = [
        include_str!("every_construct.cga").to_owned(),
        include_str!("long_lines.cga").to_owned(),
        nested("f = ", "(", "1", ")"),
        nested("f = ", "f(", "1", ")"),
        nested("f = ", "comp(", "1", ")"),
        nested("f = ", "comp(f) { all : ", "1", " }"),
        nested("f = ", "[", "1", "]"),
        nested("f = ", "case (", "1", ") : 1 else : 2"),
        nested("Lot --> ", "(", "1", ")% : A else : B"),
        nested("Lot --> ", "split(x) { 1 : ", "A", " }"),
        nested("Lot --> ", "comp(f) { all : ", "A", " }"),
        nested("Lot --> ", "union { ", "A B", " }"),
        nested("Lot --> ", "[ ", "A", " ]"),
        nested("Lot --> ", "split(x) { { 1 : A(b) } | 1 : ", "A", " }"),
    ];
    for text in texts {
        let limit = text.len() * CALLS_PER_BYTE;
        pest::set_call_limit(NonZeroUsize::new(limit));
        let source = Source::from_bytes("a.cga", text.as_bytes());
        let (_, diagnostics) = parse(&source, SourceId(0));
        let titles: Vec<_> = diagnostics.iter().map(|d| &d.title).collect();
        assert!(titles.is_empty(), "{text}\n{titles:?}");
    }
}
