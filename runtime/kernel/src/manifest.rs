//! What a module says about itself: the bytes of its custom section `gable`.
//!
//! The kernel reads it before a run; user interfaces read it to show attributes. Bincode format (version 1 layout,
//! little-endian, fixed-width), see [`Manifest::to_bytes`].

#![expect(
    clippy::mem_forget,
    reason = "the derived readers guard half-read values with it"
)]

use wincode::{SchemaRead, SchemaWrite};

use crate::bytes::{decode, encode};
use crate::recipe::{DecodeError, Value};

/// The name of the custom section.
pub const SECTION: &str = "gable";

/// First bytes of a manifest: format and its version.
pub const MAGIC: [u8; 8] = *b"gableM01";

/// Everything but the code.
#[derive(Debug, Clone, PartialEq, Default, SchemaRead, SchemaWrite)]
pub struct Manifest {
    /// SHA-256 of the kernel the module was compiled for.
    pub kernel: [u8; 32],
    /// Interned strings: string constants are numbers in this list, without repeats. The first is empty.
    pub strings: Vec<String>,
    /// Attributes and constants; a slot is a number in this list.
    pub attributes: Vec<Attribute>,
    /// Rules; `call_rule` names them by number in this list.
    pub rules: Vec<Rule>,
    /// Paths of the source files.
    pub sources: Vec<String>,
    /// Places in the text, by the number that `op` gets.
    pub sites: Vec<Site>,
    /// Assets named by literals, so that a host can have them ready.
    pub assets: Vec<String>,
}

/// The static type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SchemaRead, SchemaWrite)]
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

/// An attribute or constant.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub struct Attribute {
    /// Name, with the import's prefix (`facade.height`), without a style.
    pub name: String,
    /// Type.
    pub ty: Type,
    /// Whether a recipe may set it (`attr`); constants cannot be set.
    pub settable: bool,
    /// Whether it is shown to users.
    pub hidden: bool,
    /// Its default where that is a literal or folds to one.
    pub default: Option<Value>,
    /// Annotations, for user interfaces.
    pub annotations: Vec<Annotation>,
}

/// An annotation.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub struct Annotation {
    /// `Range`, `Group`, `Description`, ...
    pub name: String,
    /// Key (empty when positional) and value.
    pub arguments: Vec<(String, Value)>,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, SchemaRead, SchemaWrite)]
pub struct Rule {
    /// Its symbol, with the import's prefix.
    pub name: String,
    /// The types of its parameters.
    pub params: Vec<Type>,
    /// Whether it is meant as a start rule (`@StartRule`, or `start`).
    pub start: bool,
    /// Annotations, for user interfaces.
    pub annotations: Vec<Annotation>,
    /// Its place in the text.
    pub site: u32,
}

/// A place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SchemaRead, SchemaWrite)]
pub struct Site {
    /// Number in `sources`.
    pub source: u32,
    /// Line from 1.
    pub line: u32,
    /// Column from 1, in characters.
    pub column: u32,
    /// Length in bytes.
    pub length: u32,
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
        encode(&MAGIC, self)
    }

    /// Reads the bytes of a custom section; hostile bytes give an error.
    ///
    /// # Errors
    /// [`DecodeError`] for another format or damaged bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        decode(&MAGIC, bytes)
    }
}
