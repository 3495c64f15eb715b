//! What a viewer decides without drawing: where the camera is, which tiles are needed and in which order, which are drawn
//! and which may go. No I/O, no clock, no threads: time comes in as seconds, orders go out as data, so that a window, a
//! browser and a test run the same.
//!
//! - [`camera`]: where one looks from, and the link that says so.
//! - [`controls`]: orbit, fly and walk.
//! - [`path`]: a flight that was recorded.
//! - [`view`]: what a camera sees, and how large an error looks.
//! - [`tree`]: the implicit quadtree of a layer, as far as it is known.
//! - [`selection`]: the tiles of one picture.
//! - [`stream`]: all of it over time: requests, budgets, fades.

pub mod camera;
pub mod controls;
pub mod path;
pub mod selection;
pub mod stream;
pub mod tree;
pub mod view;
