//! Compiles a grammar to a WebAssembly module.
