//! What happens to content between the kernel and the wire. No I/O; the same bytes on every machine.
//!
//! - [`glb`]: binary glTF taken apart and put together.
//! - [`meshopt`]: vertices, indices and instances packed as `EXT_meshopt_compression`.
//! - [`coding`]: content codings of HTTP, negotiated and done.
//! - [`archive`]: tilesets as one file, `.3tz`.
//! - [`check`]: whether a tileset and its content keep what they promise.
//!
//! The mesh codec is our own, in Rust. The reference library in C++ would pack as well, but its optimisers compute with
//! floats that compilers may contract, so that machines can differ; it needs a C++ compiler for every target, Wasm
//! included; and of its parts we need two, four hundred lines. Tests read what it writes with the reference decoder
//! that viewers use.

pub mod archive;
pub mod check;
pub mod coding;
pub mod glb;
pub mod meshopt;
mod outline;
