//! The subcommands.

pub(crate) mod bake;
mod build;
pub(crate) mod check;
pub(crate) mod compile;
pub(crate) mod completions;
pub(crate) mod fmt;
pub(crate) mod generate;
pub(crate) mod grammars;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod sign;
pub(crate) mod simulate;
pub(crate) mod tiles;
pub(crate) mod view;
pub(crate) mod world;
