//! How fast this machine generates: the server's calibration run, made here.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gable_kernel::recipe::Recipe;
use gable_runtime::asset::AssetStore;
use gable_tileset::manifest::Resource;
use serde::Deserialize;

use crate::connection::{Connection, ConnectionError};
use crate::kit::Kit;

#[derive(Debug, Deserialize)]
struct Calibration {
    /// Address of the grammar's module, which names its hash.
    module: String,
    /// Address of the recipe.
    recipe: String,
    /// CPU seconds that the server takes to make, pack and code it.
    seconds: f64,
}

/// The best of so many runs: a busy machine only adds.
const RUNS: u32 = 3;
/// It begins when a recipe was run anyway, or after so long at the latest.
const LATEST: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(50);
/// A server that measures itself is asked again.
const PAUSE: Duration = Duration::from_secs(1);
const TRIES: u32 = 30;

/// Measures on a thread of its own; what comes of it is said to the server from then on.
pub(crate) fn begin(connection: Arc<Connection>, kit: Arc<Kit>) -> std::io::Result<()> {
    let measure = move || match measure(&connection, &kit) {
        Ok(power) => connection.statement().power = Some(power),
        Err(error) => tracing::debug!(error, "this machine's pace is not known"),
    };
    let thread = std::thread::Builder::new().name("gable-calibration".to_owned());
    thread.spawn(measure).map(|_| ())
}

fn measure(connection: &Connection, kit: &Kit) -> Result<f64, String> {
    let begun = Instant::now();
    // The first view comes first: the kernel is compiled for this only when nobody else needs it.
    while !kit.has_rules() && begun.elapsed() < LATEST {
        std::thread::sleep(LOOK);
    }
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let mut tries = 0;
    let answer = loop {
        tries += 1;
        match connection.get("/calibration.json") {
            Err(ConnectionError::Refused { status: 503, .. }) if tries < TRIES => {
                std::thread::sleep(PAUSE);
            }
            other => break other.map_err(|error| text(&error))?,
        }
    };
    let told: Calibration = serde_json::from_slice(&answer.bytes).map_err(|error| text(&error))?;
    let name = told
        .module
        .rsplit('/')
        .next()
        .and_then(|file| file.strip_suffix(".wasm"));
    let module = Resource {
        name: String::new(),
        sha256: name.ok_or("its module has no hash")?.to_owned(),
        uri: told.module.clone(),
        bytes: 0,
    };
    let rules = kit
        .rules(connection, &module)
        .map_err(|error| text(&error))?;
    let recipe = connection.get(&told.recipe).map_err(|error| text(&error))?;
    let recipe = Recipe::from_bytes(&recipe.bytes).map_err(|error| text(&error))?;
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let start = Instant::now();
        let made = rules.generate(&recipe, &AssetStore::default());
        made.map_err(|error| text(&error))?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    let power = told.seconds / best;
    (power.is_finite() && power > 0.0)
        .then_some(power)
        .ok_or_else(|| "no time passed".to_owned())
}
