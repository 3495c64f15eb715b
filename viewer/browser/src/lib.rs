//! The viewer as WebAssembly: a page brings what it asks for (`viewer/web/src/view`).
//!
//! A stage (`stage.rs`) draws into a canvas. It fetches nothing: what it needs are orders (`orders.rs`), which the page
//! follows, and answers by their numbers. Outside of WebAssembly there is nothing here.
#![cfg(target_arch = "wasm32")]

pub mod hands;
pub mod orders;
pub mod stage;
pub mod tell;
