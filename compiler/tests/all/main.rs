//! Tests of the compiler from outside, in one program.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may panic and reads its own files"
)]

mod arrays;
mod dynamic;
mod golden;
mod imports;
mod run;
mod support;
