//! The viewer on a desktop: fetches and generates on threads, draws into windows and files.

mod calibration;
pub mod connection;
pub mod flight;
pub mod headless;
mod kit;
pub mod loader;
pub mod open;
mod picture;
pub mod source;
pub mod window;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Nobody leaves a value half-changed, so a panic elsewhere does not matter.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
