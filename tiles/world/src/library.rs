//! Grammars, models, textures and worlds: files on disk, rule packages and what is bundled.

pub mod bundle;
mod files;
pub mod package;

pub use files::{GrammarFiles, grammar};
