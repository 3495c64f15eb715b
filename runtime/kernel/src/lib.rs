//! The geometry kernel: shapes, scopes, meshes, random numbers, GLB.
//!
//! Pure: bytes in, bytes out; no I/O, no clock, no threads. The same source builds natively (tests, benchmarks) and to
//! `runtime/kernel.wasm`, and gives the same bits in both: f64 everywhere, transcendental functions through
//! [`math`], no hash order, no NaN in output.
//!
//! Conventions: right-handed, y up, metres, degrees at the language's face; outlines counter-clockwise seen from
//! where the normal points. Transforms are named `world_from_scope`.

pub mod abi;
#[cfg(any(all(target_arch = "wasm32", feature = "module"), test))]
mod allocator;
pub mod asset;
pub mod builtin;
mod bytes;
#[cfg(test)]
mod chance;
mod extent;
pub mod frame;
mod kernel;
pub mod limits;
pub mod manifest;
pub mod math;
pub mod mesh;
mod ops;
mod order;
pub mod output;
pub mod pattern;
pub mod polygon;
pub mod query;
pub mod recipe;
pub mod shape;
pub mod skeleton;
pub mod state;
#[cfg(all(target_arch = "wasm32", feature = "module"))]
mod wasm;

pub use kernel::{
    Failure, Finished, Kernel, Leaf, LoadedAsset, Print, Report, StartError, Values, Warning,
};
