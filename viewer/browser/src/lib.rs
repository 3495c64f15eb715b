//! The viewer as WebAssembly: a page brings what it asks for (`viewer/web/src/view`).
//!
//! A [`stage::Stage`] draws into a canvas. It fetches nothing: what it needs are [`orders`], which the page follows, and
//! answers by their numbers.
#![cfg(target_arch = "wasm32")]

pub mod hands;
pub mod orders;
pub mod stage;
pub mod tell;
