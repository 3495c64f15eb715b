//! A whole world as files: what the server would send, for any web server.
//!
//! ```text
//! bake.json                                             what was baked; whose folder this is
//! tileset.json                                          written last: until then nobody sees what is not there yet
//! {layer}/{revision}/subtrees/{level}/{x}/{y}.subtree   written when it is known which contents there are
//! {layer}/{revision}/content/{level}/{x}/{y}.glb        the same bytes as the server sends
//! assets/{sha256}.png                                   textures
//! ```
//! Every file is written under another name first, so that what is there is whole: a run that was interrupted, by
//! whatever, is gone on with by the next. A changed world has new revisions, and old content is never overwritten.

mod archive;
mod content;
mod error;
mod folder;
mod report;
mod selection;
mod tally;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use gable_content::coding::Coding;
use gable_tileset::TileId;
use gable_world::World;
use rustix::time::{ClockId, clock_gettime};

use content::{bake_tile, content_path, ending, subtree_path, write_siblings};
use folder::{Folder, MARKER, Marker};
use selection::Chosen;
use tally::Tally;

pub use error::BakeError;
pub use report::{BakeReport, LevelReport, TileFailure};
pub use selection::{Around, Selection};

/// How a world is baked.
#[derive(Debug, Clone)]
pub struct BakeOptions {
    /// Which tiles.
    pub selection: Selection,
    /// Siblings that a web server sends in place of a file, for clients that can unpack them: `.br`, `.gz`, `.zst`.
    pub codings: Vec<Coding>,
    /// Threads: so many tiles are in memory at once.
    pub threads: u32,
    /// More tiles are refused.
    pub most_tiles: u64,
    /// Remove what earlier runs left and this one does not need: old revisions, tiles that are not chosen any more.
    pub clean: bool,
}

/// How far a bake is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BakeProgress {
    /// Tiles that are done.
    pub done: u64,
    /// Tiles in all.
    pub tiles: u64,
    /// Those that could not be made.
    pub failures: u64,
}

/// A world about to be baked.
pub struct Bake<'a> {
    world: &'a World,
    chosen: Vec<Chosen<'a>>,
    options: BakeOptions,
    stop: &'a AtomicBool,
    tell: &'a (dyn Fn(BakeProgress) + Sync),
}

/// What is known at the end.
#[derive(Debug)]
struct Baking {
    report: BakeReport,
    /// What the folder says of itself.
    marker: Marker,
    /// All files that belong to it.
    files: BTreeSet<String>,
    start: Instant,
    cpu: Duration,
}

impl<'a> Bake<'a> {
    /// Chooses tiles. When `stop` becomes true, the bake ends after the tiles that are being made; `tell` hears of each.
    ///
    /// # Errors
    /// [`BakeError`] when nothing is chosen, or too much.
    pub fn new(
        world: &'a World,
        options: BakeOptions,
        stop: &'a AtomicBool,
        tell: &'a (dyn Fn(BakeProgress) + Sync),
    ) -> Result<Self, BakeError> {
        let chosen = options.selection.choose(world)?;
        let bake = Self {
            world,
            chosen,
            options,
            stop,
            tell,
        };
        if bake.tiles() > bake.options.most_tiles {
            return Err(BakeError::TooMany {
                tiles: bake.tiles(),
                levels: bake.levels_for_people(),
                limit: bake.options.most_tiles,
            });
        }
        Ok(bake)
    }

    /// Tiles that are chosen.
    pub fn tiles(&self) -> u64 {
        self.chosen.iter().map(Chosen::count).sum()
    }

    /// `buildings: 1, 4, 16`: tiles by level.
    fn levels_for_people(&self) -> String {
        let layers = self.chosen.iter().map(|chosen| {
            let counts = chosen
                .levels()
                .map(|level| chosen.count_of(level).to_string());
            format!(
                "{}: {}",
                chosen.layer.name(),
                counts.collect::<Vec<_>>().join(", ")
            )
        });
        layers.collect::<Vec<_>>().join("; ")
    }

    /// Bakes to a folder: a new one, or one of an earlier bake, of which everything that still holds is kept.
    ///
    /// # Errors
    /// [`BakeError`]; what was made stays, and another run goes on from there.
    pub fn to_folder(&self, path: &Path) -> Result<BakeReport, BakeError> {
        let folder = Folder::open(path)?;
        let mut baking = self.bake(&folder)?;
        if self.options.clean {
            let layers = std::mem::take(&mut baking.marker.layers);
            let folders = layers.into_keys().chain(["assets".to_owned()]);
            baking.report.removed = folder.clean(folders, &baking.files)?;
            baking.marker.layers = self.revisions(BTreeMap::new());
            folder.write(MARKER, &baking.marker.to_bytes())?;
        }
        folder.finish()?;
        Ok(self.finished(baking))
    }

    fn bake(&self, folder: &Folder) -> Result<Baking, BakeError> {
        let before = folder.marker()?;
        if let Some(before) = before.as_ref().filter(|it| it.world != self.world.id()) {
            return Err(BakeError::OtherWorld {
                path: folder.path().to_owned(),
                there: before.world.clone(),
                wanted: self.world.id().to_owned(),
            });
        }
        let mut baking = Baking {
            report: BakeReport {
                world: self.world.id().to_owned(),
                ..BakeReport::default()
            },
            marker: Marker {
                world: self.world.id().to_owned(),
                complete: false,
                layers: self.revisions(before.map(|it| it.layers).unwrap_or_default()),
                selection: self.options.selection.clone(),
                failures: Vec::new(),
            },
            files: BTreeSet::from([MARKER.to_owned()]),
            start: Instant::now(),
            cpu: cpu(),
        };
        folder.write(MARKER, &baking.marker.to_bytes())?;
        self.contents(folder, &mut baking)?;
        self.subtrees(folder, &mut baking)?;
        self.tileset(folder, &mut baking)?;
        baking.marker.complete = true;
        baking.marker.failures.clone_from(&baking.report.failures);
        folder.write(MARKER, &baking.marker.to_bytes())?;
        Ok(baking)
    }

    /// By layer, the revisions from before and, last, our own.
    fn revisions(
        &self,
        mut layers: BTreeMap<String, Vec<String>>,
    ) -> BTreeMap<String, Vec<String>> {
        for chosen in &self.chosen {
            let layer = chosen.layer;
            let revisions = layers.entry(layer.name().to_owned()).or_default();
            revisions.retain(|revision| revision != layer.revision());
            revisions.push(layer.revision().to_owned());
        }
        layers
    }

    /// Whether nobody told us to stop.
    fn go_on(&self, done: u64) -> Result<(), BakeError> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(BakeError::Stopped(done));
        }
        Ok(())
    }

    /// All contents, from coarse to fine, by all threads.
    fn contents(&self, folder: &Folder, baking: &mut Baking) -> Result<(), BakeError> {
        let jobs = self.chosen.iter().enumerate().flat_map(|(number, chosen)| {
            let levels = chosen.levels();
            levels.flat_map(move |level| chosen.tiles(level).map(move |tile| (number, tile)))
        });
        let jobs: Mutex<Box<dyn Iterator<Item = (usize, TileId)> + Send + '_>> =
            Mutex::new(Box::new(jobs));
        let tally = Mutex::new(Tally::default());
        let ended = Mutex::new(None);
        let tiles = self.tiles();
        let work = || {
            // A closure of its own: the lock is free while the tile is made.
            let next = || lock(&jobs).next();
            while let Some((number, tile)) = next() {
                let stopped = self.go_on(lock(&tally).done);
                let layer = self.chosen[number].layer;
                let baked = stopped.and_then(|()| {
                    bake_tile(folder, self.world, (layer, tile), &self.options.codings)
                });
                if lock(&ended).is_some() {
                    return;
                }
                match baked {
                    Ok(baked) => {
                        let done =
                            lock(&tally).add((number, tile), content_path(layer, tile), baked);
                        (self.tell)(BakeProgress { tiles, ..done });
                    }
                    Err(error) => {
                        lock(&ended).get_or_insert(error);
                        return;
                    }
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.options.threads.max(1) {
                scope.spawn(work);
            }
            work();
        });
        match ended.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => self.take(
                tally.into_inner().unwrap_or_else(PoisonError::into_inner),
                folder,
                baking,
            ),
        }
    }

    /// What the threads have counted.
    fn take(&self, tally: Tally, folder: &Folder, baking: &mut Baking) -> Result<(), BakeError> {
        for (number, chosen) in self.chosen.iter().enumerate() {
            for level in chosen.levels() {
                let counted = tally.levels.get(&(number, level)).cloned();
                let counted = counted.unwrap_or_default();
                let coded = self.options.codings.iter().zip(&counted.coded);
                baking.report.levels.push(LevelReport {
                    layer: chosen.layer.name().to_owned(),
                    level,
                    tiles: counted.tiles,
                    made: counted.made,
                    bytes: counted.bytes,
                    coded_bytes: coded
                        .map(|(coding, &bytes)| (coding.name().to_owned(), bytes))
                        .collect(),
                    triangles: counted.triangles,
                });
            }
        }
        for texture in tally.textures {
            let path = format!("assets/{texture}");
            baking.report.textures += 1;
            baking.report.texture_bytes += folder.length(&path).unwrap_or(0);
            baking.files.insert(path);
        }
        for path in tally.paths {
            self.remember(baking, path);
        }
        baking.report.failures = tally.failures;
        baking.report.failures.sort();
        Ok(())
    }

    /// A file and its siblings belong to the bake.
    fn remember(&self, baking: &mut Baking, path: String) {
        let siblings = self.options.codings.iter();
        baking
            .files
            .extend(siblings.map(|&coding| format!("{path}{}", ending(coding))));
        baking.files.insert(path);
    }

    /// Which tiles there are, as it turned out.
    fn subtrees(&self, folder: &Folder, baking: &mut Baking) -> Result<(), BakeError> {
        let failed: BTreeSet<String> = baking
            .report
            .failures
            .iter()
            .map(|failure| failure.tile.clone())
            .collect();
        for chosen in &self.chosen {
            let layer = chosen.layer;
            let is_missing = |tile| failed.contains(&content_path(layer, tile));
            let levels = chosen.describe(layer.describe()).subtree_levels;
            for (root, subtree) in chosen.subtrees(levels, &is_missing) {
                self.go_on(baking.report.tiles())?;
                let path = subtree_path(layer, root);
                let bytes = subtree.to_bytes();
                self.write(folder, &path, &bytes)?;
                baking.report.subtrees += 1;
                baking.report.subtree_bytes += bytes.len() as u64;
                self.remember(baking, path);
            }
        }
        Ok(())
    }

    fn tileset(&self, folder: &Folder, baking: &mut Baking) -> Result<(), BakeError> {
        let layers: Vec<_> = self
            .chosen
            .iter()
            .map(|chosen| chosen.describe(chosen.layer.describe()))
            .collect();
        let json = self.world.tileset_of(&layers).to_json();
        let path = "tileset.json";
        self.write(folder, path, json.as_bytes())?;
        self.remember(baking, path.to_owned());
        Ok(())
    }

    /// Writes a file that another run may have written otherwise, siblings first.
    fn write(&self, folder: &Folder, path: &str, bytes: &[u8]) -> Result<(), BakeError> {
        write_siblings(folder, path, bytes, &self.options.codings, true)?;
        folder.write(path, bytes)
    }

    fn finished(&self, baking: Baking) -> BakeReport {
        BakeReport {
            seconds: baking.start.elapsed().as_secs_f64(),
            cpu_seconds: cpu().saturating_sub(baking.cpu).as_secs_f64(),
            ..baking.report
        }
    }
}

impl std::fmt::Debug for Bake<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bake")
            .field("world", &self.world.id())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// CPU time of this process so far.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap_or(0),
    )
}
