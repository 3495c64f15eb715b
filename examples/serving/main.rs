//! Figures of a server under load.
//!
//! ```sh
//! cargo build --release
//! cargo run --release --example serving -- cached [SECONDS]     # CPU of a cached answer, against nginx and others
//! cargo run --release --example serving -- soak [SECONDS]       # a long time at full load: memory, errors
//! ```
//! `cached` needs `nginx` and `wrk` (Debian packages); `3d-tiles-tools` (npm) is measured when it is on the path. Its figure
//! is CPU time of the server's process, user and system, over the number of requests: the network and the client are left
//! out, and a busy machine changes it little.

#![allow(clippy::print_stdout, reason = "it prints figures")]

mod cached;
#[path = "../support/gable.rs"]
mod gable;
mod peers;
mod soak;

use std::error::Error;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let seconds = arguments.next().map(|text| text.parse()).transpose()?;
    match what.as_str() {
        "cached" => cached::run(seconds.unwrap_or(5)),
        "soak" => soak::run(seconds.unwrap_or(600)),
        _ => Err("say `cached` or `soak`, and for how many seconds".into()),
    }
}
