//! What an editor in a browser asks of the compiler: a module and what is wrong with the text ([`compile()`]), the one layout
//! ([`layout`]), what each word is ([`marks`]), a recipe for one lot ([`recipe()`]).
//!
//! All of it is pure. As WebAssembly it is called through the functions of `wasm.rs`, with JSON for what has a structure. Offsets
//! count UTF-16 units, as JavaScript does.

mod compile;
mod lot;
mod mark;
mod offset;
mod recipe;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use compile::{Outcome, Project, compile};
pub use lot::{Lot, LotShape};
pub use mark::{Kind, Mark, marks};
pub use recipe::{Named, Order, recipe};

use gable_grammar::{Source, SourceId};

/// A text in the one layout; none when it does not parse.
pub fn layout(text: String) -> Option<String> {
    let source = Source {
        path: String::new(),
        text,
    };
    gable_grammar::format(&source, SourceId(0)).ok()
}

#[cfg(test)]
mod tests {
    use super::layout;

    #[test]
    fn what_does_not_parse_is_left_alone() {
        let text = |text: &str| layout(text.to_owned());
        assert_eq!(
            text("Lot-->extrude( 10 )X").as_deref(),
            Some("Lot --> extrude(10) X\n")
        );
        assert_eq!(text("Lot --> extrude(10"), None);
    }
}
