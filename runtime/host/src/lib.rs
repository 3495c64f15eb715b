//! Runs grammar modules in wasmtime under limits.
