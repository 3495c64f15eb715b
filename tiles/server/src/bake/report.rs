//! What a bake has made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a bake has made.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct BakeReport {
    /// The world's name.
    pub world: String,
    /// Levels of layers, from coarse to fine.
    pub levels: Vec<LevelReport>,
    /// Subtree files.
    pub subtrees: u64,
    /// Their bytes.
    pub subtree_bytes: u64,
    /// Texture files.
    pub textures: u64,
    /// Their bytes.
    pub texture_bytes: u64,
    /// Bytes of the archive, when one was written.
    pub archive_bytes: Option<u64>,
    /// Files of old revisions, or of what is no longer chosen, that were removed.
    pub removed: u64,
    /// Tiles that could not be made, in the order of their names.
    pub failures: Vec<TileFailure>,
    /// Seconds that it took.
    pub seconds: f64,
    /// Seconds of CPU, of all cores.
    pub cpu_seconds: f64,
}

/// A level of a layer.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LevelReport {
    /// The layer.
    pub layer: String,
    /// From 0.
    pub level: u8,
    /// Contents that are there.
    pub tiles: u64,
    /// Contents that were made now; the others were there.
    pub made: u64,
    /// Bytes of contents.
    pub bytes: u64,
    /// Bytes of their siblings, by coding.
    pub coded_bytes: BTreeMap<String, u64>,
    /// Triangles on the screen: those of instances each.
    pub triangles: u64,
}

/// A tile that could not be made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TileFailure {
    /// Its content's path.
    pub tile: String,
    /// Why.
    pub reason: String,
}

impl BakeReport {
    /// Contents that are there.
    pub fn tiles(&self) -> u64 {
        self.levels.iter().map(|level| level.tiles).sum()
    }

    /// Contents that were made now.
    pub fn made(&self) -> u64 {
        self.levels.iter().map(|level| level.made).sum()
    }
}
