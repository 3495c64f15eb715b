//! What figures of generation are measured with.

use std::time::{Duration, Instant};

use gable_runtime::{Engine, EngineOptions};

/// The shortest of several runs.
pub(crate) fn shortest<T>(runs: usize, mut run: impl FnMut() -> T) -> Duration {
    (0..runs)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(run());
            start.elapsed()
        })
        .min()
        .expect("at least one run")
}

/// An engine for modules of our own compiler, which gas ends.
pub(crate) fn engine() -> Engine {
    Engine::new(EngineOptions {
        wall_time: None,
        ..EngineOptions::default()
    })
    .expect("an engine")
}
