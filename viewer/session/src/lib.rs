//! A view on a world: streams it, draws it, the same on desktops and in browsers. Threads, files, clocks and engines are
//! behind [`loader::Loader`].

pub mod loader;
pub mod overrides;
pub mod scenery;
pub mod session;
pub mod statement;
pub mod world;
