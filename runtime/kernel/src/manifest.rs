//! What a module says about itself: the bytes of its custom section `gable`.
//!
//! The kernel reads it before a run; user interfaces read it to show attributes. A module is to be no larger than the
//! text it was made from, so the bytes are packed:
//!
//! | what | bytes |
//! |---|---|
//! | number | LEB128: seven bits a byte, low ones first, the eighth bit set on all but the last byte |
//! | signed number | `2 n`, or `-2 n - 1` for a negative one, as number |
//! | text | a number `h`: even, a new text of `h / 2` bytes (UTF-8), which follow; odd, again the text `h / 2` of those that came before, counted without empty ones |
//! | name | with a bit in its owner's flags that says whether it has a prefix: the prefix as text, and as text what follows the last dot |
//! | list | its length as number, then the elements |
//! | value | a tag: 0 to 3, a signed number to divide by ten to the power of the tag; 4, a double in eight bytes; 5, 6 false and true; 7 text; 8, 9, 10 lists of lists of floats (each a value), bools (a byte each) and texts |
//! | annotation | its name as text, and the list of arguments: a text (the key) and a value |
//! | attribute | a byte: type (3 bits), settable 8, hidden 16, default 32, annotations 64, prefix 128; name; value; list of annotations |
//! | rule | a number: start 1, annotations 2, prefix 4, and from 8 the number of parameters; name; a type each; list of annotations |
//! | sites | the number of their bytes, then these: see [`Sites`] |
//!
//! [`MAGIC`], 32 bytes of the kernel's hash, a number (of [`Queries`] intra 1, inter 2, labels 4; tags 8, edge attributes 16), lists of attributes, rules, sources (text), strings (text), assets (text),
//! then sites.

mod format;
mod sites;
#[cfg(test)]
mod tests;

pub use format::decimal;
pub use sites::{Site, Sites};

use crate::limits::Stop;
use crate::recipe::{DecodeError, Value};

/// The name of the custom section.
pub const SECTION: &str = "gable";

/// First bytes of a manifest: format and its version.
pub const MAGIC: [u8; 8] = *b"gableM03";

/// Everything but the code.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Manifest {
    /// SHA-256 of the kernel the module was compiled for.
    pub kernel: [u8; 32],
    /// What rules ask about other shapes.
    pub queries: Queries,
    /// Whether rules work with tags: operations then keep them.
    pub tags: bool,
    /// Whether rules ask for edge attributes of initial shapes.
    pub edge_attributes: bool,
    /// Interned strings: string constants are numbers in this list, without repeats. The first is empty.
    pub strings: Vec<String>,
    /// Attributes and constants; a slot is a number in this list.
    pub attributes: Vec<Attribute>,
    /// Rules; `call_rule` names them by number in this list.
    pub rules: Vec<Rule>,
    /// Paths of the source files.
    pub sources: Vec<String>,
    /// Places in the text, by the number that `op` gets.
    pub sites: Sites,
    /// Assets named by literals, so that a host can have them ready.
    pub assets: Vec<String>,
}

/// Which queries about other shapes a module has: what must be derived before it can be answered depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Queries {
    /// Of shapes of the same initial shape.
    pub intra: bool,
    /// Occlusion by shapes of other initial shapes.
    pub inter: bool,
    /// Labelled shapes of other initial shapes.
    pub labels: bool,
}

impl Queries {
    /// Whether there is any.
    pub fn any(self) -> bool {
        self.intra || self.inter || self.labels
    }
}

/// The static type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A double.
    Float,
    /// A truth value.
    Bool,
    /// A string.
    String,
    /// An array of doubles.
    FloatArray,
    /// An array of truth values.
    BoolArray,
    /// An array of strings.
    StringArray,
}

impl Type {
    /// All, in the order of their numbers in functions of the kernel and in manifests.
    const ALL: [Self; 6] = [
        Self::Float,
        Self::Bool,
        Self::String,
        Self::FloatArray,
        Self::BoolArray,
        Self::StringArray,
    ];

    /// The type of an argument that is no float, by its number.
    pub(crate) fn from_number(number: i32) -> Result<Self, Stop> {
        let ty = usize::try_from(number).ok().and_then(|n| Self::ALL.get(n));
        ty.copied()
            .filter(|&ty| ty != Self::Float)
            .ok_or(Stop::Misuse("no type but float has this number"))
    }
}

/// An attribute or constant.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// Name, with the import's prefix (`facade.height`), without a style.
    pub name: String,
    /// Type.
    pub ty: Type,
    /// Whether a recipe may set it (`attr`); constants cannot be set.
    pub settable: bool,
    /// Whether it is shown to users.
    pub hidden: bool,
    /// Its default where that is a literal or folds to one: the kernel sets it, and the module does not evaluate it.
    pub default: Option<Value>,
    /// Annotations, for user interfaces.
    pub annotations: Vec<Annotation>,
}

/// An annotation.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation {
    /// `Range`, `Group`, `Description`, ...
    pub name: String,
    /// Key (empty when positional) and value.
    pub arguments: Vec<(String, Value)>,
}

/// A rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its symbol, with the import's prefix.
    pub name: String,
    /// The types of its parameters.
    pub params: Vec<Type>,
    /// Whether it is meant as a start rule (`@StartRule`, or `start`).
    pub start: bool,
    /// Annotations, for user interfaces.
    pub annotations: Vec<Annotation>,
}

impl Manifest {
    /// The rule a recipe starts with when it names none: the first marked as start rule, else the first.
    pub fn default_start(&self) -> Option<usize> {
        self.rules
            .iter()
            .position(|rule| rule.start && rule.params.is_empty())
            .or_else(|| self.rules.iter().position(|rule| rule.params.is_empty()))
    }

    /// The bytes of the custom section.
    pub fn to_bytes(&self) -> Vec<u8> {
        format::write(self)
    }

    /// Reads the bytes of a custom section; hostile bytes give an error.
    ///
    /// # Errors
    /// [`DecodeError`] for another format or damaged bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        format::read(bytes)
    }
}
