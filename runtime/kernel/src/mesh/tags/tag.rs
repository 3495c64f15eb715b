//! Tags and sets of them.

use smallvec::SmallVec;

use crate::mesh::index;
use crate::state::StringId;

/// A tag: one of [`AUTOMATIC`], or a string. The group of a face is a tag, too, that only `comp(g)` and `geometry.groups` see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag(u32);

/// Declares the tags that operations give by themselves: a constant and its text.
macro_rules! automatic {
    ($( $name:ident $text:literal )*) => {
        #[expect(non_camel_case_types, reason = "names of constants")]
        enum Number { $($name),* }

        impl Tag {
            $( #[doc = $text] pub(crate) const $name: Self = Self(Number::$name as u32); )*
        }

        /// The tags that operations give by themselves.
        const AUTOMATIC: &[&str] = &[$($text),*];
    };
}

automatic! {
    EXTRUDE_BOTTOM "extrude.bottom"
    EXTRUDE_TOP "extrude.top"
    EXTRUDE_OUTER "extrude.side.outer"
    EXTRUDE_INNER "extrude.side.inner"
    ENVELOPE_BOTTOM "envelope.bottom"
    ENVELOPE_TOP "envelope.top"
    ENVELOPE_BASE "envelope.side.base"
    ENVELOPE_SLOPE "envelope.side.slope"
    ENVELOPE_INNER "envelope.side.inner"
    TAPER_BOTTOM "taper.bottom"
    TAPER_SIDE "taper.side"
    ROOF_BOTTOM "roof.bottom"
    ROOF_TOP "roof.top"
    ROOF_SIDE "roof.side"
    ROOF_OUTER "roof.side.outer"
    ROOF_INNER "roof.side.inner"
    SETBACK_FRONT "setback.front"
    SETBACK_BACK "setback.back"
    SETBACK_SIDE "setback.side"
    SETBACK_REMAINDER "setback.remainder"
    BOOL_A "bool.A"
    BOOL_B "bool.B"
    BOOL_CUT "bool.cut"
}

/// The bit that groups have.
const GROUP: u32 = 1 << 31;

impl Tag {
    /// The automatic tag of a text.
    pub(crate) fn automatic(text: &str) -> Option<Self> {
        let number = AUTOMATIC.iter().position(|known| *known == text)?;
        Some(Self(index(number)))
    }

    /// The tag of a string that is no automatic one.
    pub(crate) fn of_string(id: StringId) -> Self {
        Self(id.0 + index(AUTOMATIC.len()))
    }

    /// The group of this name.
    pub(crate) fn of_group(name: StringId) -> Self {
        Self(name.0 | GROUP)
    }

    /// The name of a group.
    pub(super) fn group(self) -> Option<StringId> {
        (self.0 & GROUP != 0).then_some(StringId(self.0 & !GROUP))
    }

    /// Its text, if it is an automatic one, or else its string.
    pub(crate) fn text(self) -> Result<&'static str, StringId> {
        let number = self.0 as usize;
        match AUTOMATIC.get(number) {
            Some(text) => Ok(text),
            None => Err(StringId(self.0 - index(AUTOMATIC.len()))),
        }
    }

    /// Whether an operation gives it: those of one operation begin with the same word.
    pub(super) fn is_given_by(self, operation: &str) -> bool {
        self.text()
            .is_ok_and(|text| text.split('.').next() == Some(operation))
    }
}

/// Some tags, sorted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TagSet(pub(super) SmallVec<[Tag; 2]>);

impl TagSet {
    /// Adds a tag.
    pub(crate) fn add(&mut self, tag: Tag) {
        if let Err(place) = self.0.binary_search(&tag) {
            self.0.insert(place, tag);
        }
    }

    /// Adds all of another set.
    pub(crate) fn add_all(&mut self, other: &Self) {
        other.0.iter().for_each(|&tag| self.add(tag));
    }

    /// This set with one more.
    pub(crate) fn with(mut self, tag: Tag) -> Self {
        self.add(tag);
        self
    }

    /// Whether it has none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Drops what does not stay.
    pub(crate) fn retain(&mut self, stays: impl Fn(Tag) -> bool) {
        self.0.retain(|tag| stays(*tag));
    }

    /// Whether it has one of some sorted tags.
    pub(crate) fn has_any(&self, tags: &[Tag]) -> bool {
        self.0.iter().any(|tag| tags.binary_search(tag).is_ok())
    }
}
