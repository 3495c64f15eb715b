//! What happens to content between the kernel and the wire. No I/O; the same bytes on every machine.
//!
//! - [`glb`]: binary glTF taken apart and put together.
//! - [`outline`]: what its JSON says of numbers, features and instances.
//! - [`meshopt`]: vertices, indices and instances packed as `EXT_meshopt_compression`.
//! - [`coding`]: content codings of HTTP, negotiated and done.
//! - [`archive`]: tilesets as one file, `.3tz`.
//! - [`check`]: whether a tileset and its content keep what they promise.
//!
//! Viewers need the first three; the rest is the feature `delivery`, which is on by default.
//!
//! The mesh codec is our own, in Rust. The reference library in C++ would pack as well, but its optimisers compute with
//! floats that compilers may contract, so that machines can differ; it needs a C++ compiler for every target, Wasm
//! included; and of its parts we need two, four hundred lines. Tests read what it writes with the reference decoder
//! that viewers use.
//!
//! What was measured on a city of 300 houses with all details (7.7 MB quantized, brotli 5): streams of one attribute
//! over all primitives, as the kernel writes them, pack 1.5 % better than interleaved vertices or views of each
//! primitive; sorting triangles for the vertex cache and vertices by first use makes files 5 % larger, since the kernel's
//! order follows faces and houses; sorting instances along a curve makes them a third larger. So order is kept.
//! Indices shrink to a twentieth and positions to 60 % of what the coding alone gives; normals, texture coordinates and
//! rotations grow by half and more ([`meshopt::Goal`] decides for each view).

#[cfg(feature = "delivery")]
pub mod archive;
#[cfg(feature = "delivery")]
pub mod check;
#[cfg(feature = "delivery")]
pub mod coding;
pub mod glb;
pub mod meshopt;
pub mod outline;
