//! Grammars, models, textures and worlds: files on disk and what is bundled.

pub mod bundle;
mod files;

pub use files::{GrammarFiles, grammar};
