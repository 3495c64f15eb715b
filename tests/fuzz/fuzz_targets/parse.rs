//! Any text parses to a tree and diagnostics; what parses without errors formats to something that parses alike.
#![no_main]

use gable_grammar::{Source, SourceId, format, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let source = Source::from_bytes("fuzz.cga", bytes);
    let (_, diagnostics) = parse(&source, SourceId(0));
    if diagnostics.has_errors() {
        return;
    }
    let once = format(&source, SourceId(0)).expect("what parses without errors can be formatted");
    let again = Source { path: source.path.clone(), text: once.clone() };
    let twice = format(&again, SourceId(0)).expect("formatted text parses");
    assert_eq!(once, twice, "formatting is idempotent");
});
