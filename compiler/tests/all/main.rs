//! Tests of the compiler from outside, in one program.

mod golden;
mod imports;
mod run;
mod support;
