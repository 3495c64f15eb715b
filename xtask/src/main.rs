//! Development tasks: `cargo xtask <task>`. Each task is one file.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command talks to its user"
)]

mod author;
mod bench;
mod docs;
mod fuzz;
mod kernel;
mod setup;
mod shell;
mod test;
mod viewer;
mod wasm;
mod web;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask <task>

  test            all that the project promises: formatting, lints, the kernel's Wasm, tests, documentation
  setup           installs what the tests need (as root on Debian), or says what is missing
  kernel          rebuilds runtime/kernel.wasm
  kernel --check  fails when the committed runtime/kernel.wasm is not what the sources give
  web             rebuilds viewer/web/dist: pages, scripts, the viewer and the compiler as WebAssembly
  web wasm        only the WebAssembly, for the next of
  web scripts     only pages and scripts, with the WebAssembly that was built last
  web --check     checks their types, and fails when what is committed is not what the sources give
  docs            rewrites docs/cga-compatibility.md, which the compiler's tables say
  bench           prints the figures of docs/benchmarks.md
  fuzz [times]    runs every fuzz target so often, or a million times (nightly Rust and cargo-fuzz)
";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["test"] => test::run(),
        ["setup"] => setup::run(),
        ["kernel"] => kernel::rebuild(),
        ["kernel", "--check"] => kernel::check(),
        ["web"] => web::rebuild(),
        ["web", "wasm"] => web::build_wasm(),
        ["web", "scripts"] => web::build_scripts(),
        ["web", "--check"] => web::check(),
        ["docs"] => docs::rebuild(),
        ["bench"] => bench::run(),
        ["fuzz"] => fuzz::run(1_000_000),
        ["fuzz", times] => fuzz::run(times.parse()?),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("unknown task {other:?}\n\n{HELP}"),
    }
}
