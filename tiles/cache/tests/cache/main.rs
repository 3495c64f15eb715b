//! What a cache promises: to its callers, over restarts, and when things go wrong around it.

mod common;
mod density;
mod faults;
mod keeping;
mod sharing;
