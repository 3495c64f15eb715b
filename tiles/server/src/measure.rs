//! What a tile takes: made as the server makes it, for those who want to know without asking a server to do it.

use gable_content::coding::{Coding, Quality, encode};
use gable_kernel::recipe::Recipe;
use gable_runtime::Rules;
use gable_runtime::asset::AssetStore;

use crate::content::make;
use crate::variant::Packing;
use crate::workshop::thread_seconds;

/// What a tile takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// Bytes of the mesh as it is sent.
    pub mesh_bytes: usize,
    /// CPU seconds to generate, pack and code it.
    pub cpu_seconds: f64,
}

/// Makes a tile's content as `gable serve` does, packed and in this coding, on this thread.
///
/// # Errors
/// Why there is no such content.
pub fn measure(
    rules: &Rules,
    assets: &AssetStore,
    recipe: &Recipe,
    coding: Coding,
) -> Result<Measured, String> {
    let start = thread_seconds();
    let plain = make(rules, assets, recipe, Packing::Meshopt).map_err(|failure| failure.text)?;
    let mesh_bytes = match coding {
        Coding::Identity => plain.len(),
        coding => encode(coding, Quality::Fast, &plain).len(),
    };
    Ok(Measured {
        mesh_bytes,
        cpu_seconds: thread_seconds() - start,
    })
}
