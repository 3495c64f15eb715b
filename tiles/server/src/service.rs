//! The server's state, and what it learns.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use gable_cache::{Cache, Failure, Key};
use gable_content::coding::{Coding, Quality, encode};
use gable_placement::simulate::Record;
use gable_placement::{Cached, Decision, Edge, Placement, Planner, Request};
use gable_runtime::hash;
use gable_tileset::TileId;

use crate::address::Place;
use crate::calibration::CalibrationRun;
use crate::client::Client;
use crate::listen::{MOST_TEMPORARY_FILES, TemporaryFile};
use crate::metrics::Metrics;
use crate::options::ServerOptions;
use crate::record::Recorder;
use crate::site::{ServedLayer, Site, TileFacts};
use crate::survey::Survey;
use crate::workshop::Workshop;

/// Everything that requests share.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) site: Site,
    pub(crate) calibration: CalibrationRun,
    pub(crate) survey: Survey,
    pub(crate) cache: Cache,
    pub(crate) workshop: Workshop,
    pub(crate) metrics: Metrics,
    pub(crate) options: ServerOptions,
    pub(crate) recorder: Option<Recorder>,
    /// Coded recipes: small, quickly made, not worth a disk.
    pub(crate) recipes: moka::sync::Cache<Key, Bytes>,
    /// Large content that is asked for again and again, once more as files.
    files: moka::sync::Cache<Key, TemporaryFile>,
    facts: moka::sync::Cache<(u64, TileId), Option<TileFacts>>,
    planner: Mutex<Planner>,
    recent: Mutex<VecDeque<Recent>>,
    draining: AtomicBool,
    start: Instant,
}

/// Tiles whose facts are remembered.
const FACTS: u64 = 200_000;
/// Bytes of coded recipes in memory.
const RECIPE_BYTES: u64 = 64 << 20;
/// From this length on content is sent as a file.
const FILES_FROM: usize = 32 << 10;
/// Bytes of these files. Each counts as [`LEAST_FILE_BYTES`] at least, so that they are no more than there may be.
const MOST_FILE_BYTES: u64 = MOST_TEMPORARY_FILES * LEAST_FILE_BYTES as u64;
const LEAST_FILE_BYTES: usize = 64 << 10;
/// A file that nobody asked for in this time makes room.
const FILE_TIME: Duration = Duration::from_secs(60);
/// Coding a recipe or a document is expected to take so long.
const RECIPE_SECONDS: f64 = 0.000_5;
/// A generation of which nothing is known.
const UNKNOWN_SECONDS: f64 = 0.03;
/// What is kept is expected to stay so long, seconds: turns what a copy earns in a second into what it is worth.
const HORIZON: f64 = 600.0;
/// From this share of its bytes on the cache counts as full.
const FULL: f64 = 0.95;

impl Service {
    pub(crate) fn new(
        options: ServerOptions,
        cache: Cache,
        workshop: Workshop,
        recorder: Option<Recorder>,
    ) -> Self {
        let recipes = moka::sync::Cache::builder()
            .max_capacity(RECIPE_BYTES)
            .weigher(|_, bytes: &Bytes| u32::try_from(bytes.len() + 128).unwrap_or(u32::MAX))
            .build();
        Self {
            site: Site::default(),
            calibration: CalibrationRun::default(),
            survey: Survey::default(),
            cache,
            workshop,
            metrics: Metrics::default(),
            recipes,
            files: moka::sync::Cache::builder()
                .max_capacity(MOST_FILE_BYTES)
                .weigher(|_, file: &TemporaryFile| file_weight(file.len()))
                .time_to_idle(FILE_TIME)
                .build(),
            facts: moka::sync::Cache::new(FACTS),
            planner: Mutex::new(Planner::new(options.weights, options.placement)),
            options,
            recorder,
            recent: Mutex::default(),
            draining: AtomicBool::new(false),
            start: Instant::now(),
        }
    }

    /// Seconds since the start: the planner's clock.
    pub(crate) fn now(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    /// What is known of a tile without making it; none where there is no content.
    ///
    /// # Errors
    /// A [`Failure`] when its recipe lies upstream and cannot be had.
    pub(crate) async fn facts(
        self: &Arc<Self>,
        layer: &ServedLayer,
        revision: &str,
        tile: TileId,
    ) -> Result<Option<TileFacts>, Failure> {
        let place = (revision_number(revision), tile);
        if let Some(facts) = self.facts.get(&place) {
            return Ok(facts);
        }
        let facts = match self.recipe(layer, tile).await? {
            // That an upstream server has nothing may pass: the failure is remembered, for a while.
            None if layer.is_remote() => return Ok(None),
            None => None,
            Some(bytes) => Some(TileFacts::of(&bytes)?),
        };
        self.facts.insert(place, facts);
        Ok(facts)
    }

    /// The same without waiting; none also for a tile that was not asked for lately.
    pub(crate) fn known_facts(&self, revision: &str, tile: TileId) -> Option<TileFacts> {
        self.facts.get(&(revision_number(revision), tile)).flatten()
    }

    /// Bytes that were asked for before, as a file; none for what is short or where there are no such files.
    pub(crate) fn file(&self, key: &Key, bytes: &Bytes) -> Option<TemporaryFile> {
        if bytes.len() < FILES_FROM {
            return None;
        }
        if let Some(file) = self.files.get(key) {
            return Some(file);
        }
        // Made only while there is room, not over and over in place of each other.
        let taken = self.files.weighted_size() + u64::from(file_weight(bytes.len()));
        let made = || TemporaryFile::new(bytes).map_err(|_| ());
        (taken <= MOST_FILE_BYTES)
            .then(|| self.files.try_get_with(*key, made).ok())
            .flatten()
    }

    /// Where this tile's content is to be made, for this client, now.
    pub(crate) fn decide(&self, wish: &Wish<'_>) -> Decision {
        let Wish { facts, client, .. } = *wish;
        let key = wish.key;
        let cached = if wish.at_hand.is_some() || self.cache.contains(&key) {
            Cached::Kept
        } else if let Some(started) = self.cache.flights().started(&key) {
            let expected = self.expected_seconds(facts);
            let remaining = (expected - started.elapsed().as_secs_f64()).max(0.25 * expected);
            Cached::InFlight { remaining }
        } else {
            Cached::Absent
        };
        let megabytes = |bytes: usize| bytes as f64 / 1e6;
        let request = Request {
            tile: facts.key(),
            layer: wish.layer_key,
            client: client.id,
            hints: client.hints,
            mesh_only: wish.mesh_only,
            module_megabytes: megabytes(if client.has(&facts.module) {
                0
            } else {
                wish.module_bytes
            }),
            recipe_megabytes: megabytes(wish.recipe_bytes),
            mesh_megabytes: wish.at_hand.map(megabytes),
            shapes: facts.shapes,
            cached,
            edge: self.edge(),
            origin: wish.layer.origin(),
        };
        let now = self.now();
        let mut planner = self.planner();
        if let Some(report) = &client.report {
            planner.client_reported(now, client.id, report);
        }
        let decision = planner.decide(now, &request);
        if let Some(recorder) = &self.recorder
            && let Some(client) = planner.client(request.client)
            && let Some(tile) = planner.tile(now, request.tile)
        {
            recorder.add(&Record {
                time: now,
                tile: format!("{:016x}", request.tile),
                client: format!("{:016x}", request.client),
                layer: format!("{:016x}", request.layer),
                module: Some(hash::short(&facts.module)),
                recipe_bytes: wish.recipe_bytes as u64,
                mesh_bytes: (tile.mesh_megabytes * 1e6) as u64,
                shapes: request.shapes,
                work: tile.work,
                power: client.power,
                megabytes_per_second: client.megabytes_per_second,
                rtt: client.rtt,
                class: client.class,
                module_bytes: wish.module_bytes as u64,
                mesh_only: request.mesh_only,
            });
        }
        decision
    }

    fn edge(&self) -> Edge {
        Edge {
            queue_seconds: self.workshop.queue_seconds(),
            cores: self.workshop.threads(),
            cache_full: self.metrics.cache_full(),
        }
    }

    /// Looks how full the cache is, and tells the planner what had to go.
    pub(crate) fn look_at_cache(&self) {
        let (used, room) = (self.kept_bytes(), self.cache_bytes());
        self.metrics
            .set_cache_full(used as f64 > FULL * room as f64);
        let evicted = self.cache.take_evicted();
        if evicted.is_empty() {
            return;
        }
        let now = self.now();
        let mut planner = self.planner();
        for victim in evicted {
            let worth = planner.worth(now, hash::key(&victim.key.hash));
            planner.evicted(worth);
        }
    }

    /// Bytes that the cache holds: on disk where it has one, else in memory.
    pub(crate) fn kept_bytes(&self) -> u64 {
        let statistics = self.cache.statistics();
        match &self.options.cache.disk {
            Some(_) => statistics.disk_bytes,
            None => statistics.memory_bytes,
        }
    }

    /// Bytes that it may hold.
    pub(crate) fn cache_bytes(&self) -> u64 {
        let cache = &self.options.cache;
        cache
            .disk
            .as_ref()
            .map_or(cache.memory_bytes, |disk| disk.bytes)
    }

    /// What keeping a tile's content is worth from now on, micro-dollars.
    pub(crate) fn worth(&self, facts: &TileFacts) -> f64 {
        let planner = self.planner();
        let key = facts.key();
        let now = self.now();
        let megabytes = planner
            .tile(now, key)
            .map_or(0.0, |tile| tile.mesh_megabytes);
        // What was asked for once may be asked for again: never nothing.
        (planner.worth(now, key) * megabytes * HORIZON).max(1e-3)
    }

    /// Seconds that a generation is expected to take.
    pub(crate) fn expected_seconds(&self, facts: &TileFacts) -> f64 {
        let tile = self.planner().tile(self.now(), facts.key());
        tile.map_or(UNKNOWN_SECONDS, |tile| tile.work)
    }

    /// A generation has ended.
    pub(crate) fn generated(&self, facts: &TileFacts, bytes: usize, seconds: f64) {
        self.metrics.generated(seconds);
        self.planner().generated(facts.key(), bytes as u64, seconds);
    }

    pub(crate) fn planner(&self) -> std::sync::MutexGuard<'_, Planner> {
        self.planner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a file of so many bytes takes of [`MOST_FILE_BYTES`].
fn file_weight(length: usize) -> u32 {
    u32::try_from(length.max(LEAST_FILE_BYTES)).unwrap_or(u32::MAX)
}

/// A revision as a number: its sixteen digits are the beginning of a hash.
pub(crate) fn revision_number(revision: &str) -> u64 {
    u64::from_str_radix(revision, 16).unwrap_or_default()
}

/// What the planner knows a layer's level by: tiles of one layer and level are alike.
pub(crate) fn layer_key(revision: &str, level: u8) -> u64 {
    revision_number(revision) ^ (u64::from(level) << 56)
}

/// A tile that a client wants.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish<'a> {
    pub(crate) layer: &'a ServedLayer,
    pub(crate) facts: &'a TileFacts,
    pub(crate) client: &'a Client,
    /// What is kept, if it is kept.
    pub(crate) key: Key,
    /// Its length, if it is known to be kept.
    pub(crate) at_hand: Option<usize>,
    /// Tiles of one layer and level are alike.
    pub(crate) layer_key: u64,
    pub(crate) mesh_only: bool,
    /// Modules and assets that a client needs once.
    pub(crate) module_bytes: usize,
    pub(crate) recipe_bytes: usize,
}

/// A decision, for people.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Recent {
    /// Seconds since the start.
    pub(crate) at: f64,
    pub(crate) tile: String,
    pub(crate) client: u64,
    pub(crate) decision: Decision,
}

/// Decisions that are remembered for people.
const RECENT: usize = 200;

impl Service {
    /// Remembers a decision for the page.
    pub(crate) fn remember(&self, place: Place<'_>, client: u64, decision: &Decision) {
        // Hits are many and all alike: some of them will do.
        let number = self.metrics.decision_number();
        if number.is_multiple_of(DECISIONS_PER_LOOK) {
            self.look_at_cache();
        }
        if decision.placement == Placement::Kept && !number.is_multiple_of(HITS_PER_LINE) {
            return;
        }
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() >= RECENT {
            recent.pop_front();
        }
        recent.push_back(Recent {
            at: self.now(),
            tile: format!("{}/{}/{}", place.world, place.layer, place.tile),
            client,
            decision: *decision,
        });
    }

    /// The latest decisions, oldest first.
    pub(crate) fn recent(&self) -> Vec<Recent> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.iter().cloned().collect()
    }

    /// Tells the cache what an entry that is used is worth.
    pub(crate) fn renew(&self, key: &Key, facts: &TileFacts) {
        self.cache.touch(key, self.worth(facts));
    }

    /// The same now and then: of an entry that is asked for in torrents.
    pub(crate) fn renew_seldom(&self, key: &Key, facts: &TileFacts) {
        if self.metrics.decision_number().is_multiple_of(HITS_PER_LINE) {
            self.renew(key, facts);
        }
    }

    /// Bytes in a coding: coded once, then from memory.
    ///
    /// # Errors
    /// A [`Failure`] when the workers are too busy.
    pub(crate) async fn coded(
        &self,
        key: Key,
        bytes: Bytes,
        coding: Coding,
    ) -> Result<Bytes, Failure> {
        if let Some(coded) = self.recipes.get(&key) {
            return Ok(coded);
        }
        let work = move || match coding {
            Coding::Identity => bytes,
            coding => Bytes::from(encode(coding, Quality::Fast, &bytes)),
        };
        let (coded, _) = self
            .workshop
            .run("code", RECIPE_SECONDS, work)
            .await
            .map_err(crate::content::busy)?;
        self.recipes.insert(key, coded.clone());
        Ok(coded)
    }

    /// From now on `/readyz` says no.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

/// The cache is looked at once in so many decisions.
const DECISIONS_PER_LOOK: u64 = 32;
/// One hit of so many is shown, and of meshes that everybody gets renews its entry.
const HITS_PER_LINE: u64 = 16;
