//! What the threads count together.

use std::collections::{BTreeMap, BTreeSet};

use gable_tileset::TileId;

use super::content::Baked;
use super::{BakeProgress, TileFailure};

/// Counts of contents.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) done: u64,
    /// By layer and level.
    pub(super) levels: BTreeMap<(usize, u8), LevelTally>,
    pub(super) textures: BTreeSet<String>,
    pub(super) paths: Vec<String>,
    pub(super) failures: Vec<TileFailure>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct LevelTally {
    pub(super) tiles: u64,
    pub(super) made: u64,
    pub(super) bytes: u64,
    pub(super) coded: Vec<u64>,
    pub(super) triangles: u64,
}

impl Tally {
    pub(super) fn add(
        &mut self,
        (layer, tile): (usize, TileId),
        path: String,
        baked: Result<Baked, String>,
    ) -> BakeProgress {
        self.done += 1;
        match baked {
            Ok(baked) => {
                let level = self.levels.entry((layer, tile.level())).or_default();
                level.tiles += 1;
                level.made += u64::from(baked.made);
                level.bytes += baked.bytes;
                level.triangles += baked.triangles;
                level.coded.resize(baked.coded.len(), 0);
                for (sum, bytes) in level.coded.iter_mut().zip(baked.coded) {
                    *sum += bytes;
                }
                self.textures.extend(baked.textures);
                self.paths.push(path);
            }
            Err(reason) => self.failures.push(TileFailure { tile: path, reason }),
        }
        BakeProgress {
            done: self.done,
            tiles: 0,
            failures: self.failures.len() as u64,
        }
    }
}
