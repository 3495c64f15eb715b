//! Diagnostics as text and as JSON.

use gable_grammar::{Code, Diagnostic, RenderStyle, Source, SourceMap, Span, render, to_json};

/// A clash between two files, and a warning.
fn example() -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::default();
    let lot = sources.add(Source::from_bytes(
        "lot.cga",
        "attr größe = 1\nLot --> \"a\tb\"\n".as_bytes(),
    ));
    let roof = sources.add(Source::from_bytes(
        "roofs/\"roof\".cga",
        b"// roofs\nRoof --> X",
    ));
    let clash = Diagnostic::error(Code("E0299"), "two things", Span::new(lot, 5, 12))
        .label("here")
        .also(Span::new(roof, 9, 13), "there")
        .also(Span::new(lot, 17, 20), "and there")
        .help("rename one");
    let warning = Diagnostic::warning(Code("W0299"), "odd", Span::new(roof, 18, 19));
    (sources, vec![clash, warning])
}

#[test]
fn plain_text_shows_all_places_in_all_files() {
    let (sources, diagnostics) = example();
    insta::assert_snapshot!(render(&sources, &diagnostics, RenderStyle::Plain));
}

#[test]
fn colour_only_adds_escapes() {
    let (sources, diagnostics) = example();
    let coloured = render(&sources, &diagnostics, RenderStyle::Colour);
    assert!(coloured.contains("\u{1b}["));
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some(at) = rest.find('\u{1b}') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = &rest[rest.find('m').expect("escapes end in m") + 1..];
    }
    plain.push_str(rest);
    assert_eq!(plain, render(&sources, &diagnostics, RenderStyle::Plain));
}

#[test]
fn json_has_lines_and_columns_of_characters() {
    let (sources, diagnostics) = example();
    insta::assert_snapshot!(to_json(&sources, &diagnostics));
}

#[test]
fn nothing_is_rendered_as_nothing() {
    let (sources, _) = example();
    assert_eq!(render(&sources, &[], RenderStyle::Plain), "");
    assert_eq!(to_json(&sources, &[]), "[]");
}
