//! The viewer on a desktop: fetches and generates on threads, draws into windows and files.

mod calibration;
pub mod connection;
pub mod flight;
pub mod headless;
mod kit;
pub mod loader;
pub mod open;
pub mod source;
pub mod window;
