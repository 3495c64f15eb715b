//! Prints `docs/cga-compatibility.md`: `cargo xtask docs` writes it.
#![allow(clippy::print_stdout, reason = "it prints a document")]

fn main() {
    print!("{}", gable_compiler::language::document());
}
