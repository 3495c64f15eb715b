//! The codes of syntax problems, `E01xx`.

use super::Code;

/// The text does not fit the grammar at this place.
pub const UNEXPECTED: Code = Code("E0101");
/// A character that means nothing outside strings and comments.
pub const STRAY_CHARACTER: Code = Code("E0102");
/// A string without its closing quote.
pub const OPEN_STRING: Code = Code("E0103");
/// A block comment without its end.
pub const OPEN_COMMENT: Code = Code("E0104");
/// A bracket without its partner.
pub const OPEN_BRACKET: Code = Code("E0105");
/// A closing bracket with nothing to close.
pub const NOTHING_TO_CLOSE: Code = Code("E0106");
/// Brackets or chains nested too deep.
pub const TOO_DEEP: Code = Code("E0107");
/// An `else` chain or an expression with too many parts.
pub const TOO_LONG: Code = Code("E0108");
/// `name = value` where only a value can be.
pub const NAMED_ARGUMENT: Code = Code("E0109");
/// A value where `attribute = value` is needed.
pub const UNNAMED_ASSIGNMENT: Code = Code("E0110");
/// A block after something that takes none.
pub const UNEXPECTED_BLOCK: Code = Code("E0111");
/// `=` or `=:` after the size of a split.
pub const SIZE_NEEDS_COLON: Code = Code("E0112");
/// A branch of a block without the selector or size that it needs.
pub const NO_SELECTOR: Code = Code("E0113");
/// A branch of a block with nothing in it.
pub const EMPTY_BRANCH: Code = Code("E0114");
/// More problems than anyone reads.
pub const TOO_MANY: Code = Code("E0115");
