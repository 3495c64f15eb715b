//! Worlds: layers of features and grammars over a quadtree, and the recipe of every tile.
//!
//! [`World::open`] reads a `world.toml`, compiles its grammars, reads its features, sorts them into tiles. From then on
//! everything is a pure function: [`Layer::recipe`] gives the recipe of a tile, [`Layer::subtree`] which tiles there are,
//! [`World::tileset`] what clients read first. Nothing here knows of HTTP.
//!
//! A layer's *revision* is a hash of all that its recipes are made of: new input, new revision, so that what a cache
//! keeps never goes stale.

mod calibration;
mod cells;
mod check;
mod error;
mod extent;
mod grammar;
mod initial;
mod layer;
pub mod library;
mod manifest;
mod neighbours;
mod places;
mod settings;
mod world;

pub use calibration::Calibration;
pub use check::{Check, LayerCheck, LevelCheck};
pub use error::WorldError;
pub use gable_compiler::about::{find_settable, json_of, start_rules};
pub use grammar::Grammar;
pub use initial::{initial_shape, parse_lot, parse_value, settable};
pub use layer::Layer;
pub use manifest::manifest;
pub use settings::{CellSettings, LayerSettings, WorldSettings};
pub use world::{TEXTURE_FOLDER, World};
