//! Draws models: buffers, textures, light, sky, picking.
//!
//! A [`Renderer`] takes tiles ([`Renderer::add`]), sends them to the device in bounded steps ([`Renderer::upload`]) and
//! records pictures of some of them ([`Renderer::render`] with a [`Frame`]). It neither chooses tiles nor fetches
//! anything: it says which images are missing and is given their pixels.
//!
//! Coordinates are the world's: metres; x east, y north, z up. On the device everything is counted from the eye, so
//! that pictures do not tremble far from the world's origin. Depth is reversed and has no far end. Vertices, corners
//! and instances of all tiles lie in few buffers, images in few texture arrays; what differs between draws is looked
//! up by number, so that hardly anything is bound between them.

mod arena;
mod atmosphere;
mod camera;
mod cascades;
mod draws;
mod error;
mod frame;
mod gpu;
mod images;
mod layouts;
mod looks;
mod memory;
mod offscreen;
mod passes;
mod pick;
mod picture;
mod pipelines;
mod ranges;
mod readback;
mod renderer;
mod scene;
mod settings;
mod sky;
mod slots;
mod table;
mod targets;
mod textures;
mod tiles;
mod upload;

pub use error::{GpuError, ImageError, OutOfMemory, ReadError};
pub use frame::{Camera, Fade, Frame, FrameStatistics, Ground, Haze, Shown, Sun};
pub use gpu::{Capabilities, Gpu, GpuOptions};
pub use images::ImageKey;
pub use memory::MemoryUse;
pub use offscreen::{Offscreen, read_image};
pub use pick::{Pick, Picked};
pub use renderer::Renderer;
pub use settings::{Quality, Settings};
pub use tiles::TileHandle;
