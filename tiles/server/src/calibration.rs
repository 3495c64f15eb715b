//! `/calibration.json`: a fixed recipe, and how long this server takes for it. A client that runs it too knows its power.
//!
//! The work of a tile is what the server takes to send it: to generate, to pack and to code it. So is that of this
//! recipe; a client, which only generates, is measured against all of it.

use std::sync::OnceLock;

use bytes::Bytes;
use gable_content::coding::Coding;
use gable_runtime::asset::AssetStore;
use gable_runtime::{Engine, hash, kernel_hash};
use gable_world::Calibration;
use serde_json::json;

use crate::measure::measure;

/// The calibration, measured when the server starts.
#[derive(Debug, Default)]
pub(crate) struct CalibrationRun(OnceLock<Measured>);

#[derive(Debug)]
struct Measured {
    seconds: f64,
    json: Bytes,
    recipe: Bytes,
    module: ([u8; 32], Bytes),
}

/// The best of so many runs: a busy machine only adds.
const RUNS: u32 = 5;

impl CalibrationRun {
    /// Measures, on this thread: some tenths of a second.
    ///
    /// # Errors
    /// What the engine says.
    pub(crate) fn measure(&self, engine: &Engine) -> Result<(), String> {
        let calibration = Calibration::new(engine)?;
        let mut seconds = f64::INFINITY;
        for _ in 0..RUNS {
            let rules = calibration.grammar.rules();
            let made = measure(
                rules,
                &AssetStore::default(),
                &calibration.recipe,
                Coding::Brotli,
            )?;
            seconds = seconds.min(made.cpu_seconds);
        }
        let grammar = &calibration.grammar;
        let module = |hash: &[u8; 32]| format!("/modules/{}.wasm", hash::hex(hash));
        let json = json!({
            "kernel": module(&kernel_hash()),
            "module": module(&grammar.hash()),
            "recipe": "/calibration.recipe",
            "seconds": seconds,
        });
        // A second measurement changes nothing.
        let _first = self.0.set(Measured {
            seconds,
            json: json.to_string().into(),
            recipe: calibration.recipe.to_bytes().into(),
            module: (grammar.hash(), Bytes::copy_from_slice(grammar.wasm())),
        });
        Ok(())
    }

    /// CPU seconds that this server takes for it; none before it is measured.
    pub(crate) fn seconds(&self) -> Option<f64> {
        self.0.get().map(|measured| measured.seconds)
    }

    /// The text of `/calibration.json`; none before it is measured.
    pub(crate) fn json(&self) -> Option<Bytes> {
        self.0.get().map(|measured| measured.json.clone())
    }

    /// The bytes of `/calibration.recipe`.
    pub(crate) fn recipe(&self) -> Option<Bytes> {
        self.0.get().map(|measured| measured.recipe.clone())
    }

    /// Its module, if it has this hash.
    pub(crate) fn module(&self, hash: &[u8; 32]) -> Option<Bytes> {
        let measured = self.0.get()?;
        (measured.module.0 == *hash).then(|| measured.module.1.clone())
    }
}
