//! Policies: who answers a request, and how. The engine asks; what answers may be the planner, a fixed rule, or a server.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::client::Report;
use crate::planner::{Planner, Request};
use crate::rule::{Cached, Placement, Settings};
use crate::shelf::Shelf;
use crate::weights::Weights;

use super::Trace;
use super::store::Store;

/// What a policy chose.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Where content is made.
    pub placement: Placement,
    /// The mesh goes to the cache once it is made.
    pub keep: bool,
}

impl Answer {
    fn new(placement: Placement, keep: bool) -> Self {
        Self { placement, keep }
    }
}

/// A mesh that was made here or came from the origin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// The tile.
    pub tile: u64,
    /// Bytes of its mesh.
    pub bytes: u64,
    /// Edge CPU seconds that it takes.
    pub work: f64,
    /// It goes to the cache.
    pub keep: bool,
}

/// Answers requests. All times are seconds of the trace.
pub trait Policy {
    /// Its name in tables.
    fn name(&self) -> String;
    /// Its cache holds the tile.
    fn holds(&self, tile: u64) -> bool;
    /// Megabytes that its cache holds.
    fn kept_megabytes(&self) -> f64;
    /// Its cache has no room left.
    fn is_full(&self) -> bool;
    /// A request. [`Cached::Kept`] is what [`Self::holds`] said.
    fn decide(&mut self, now: f64, request: &Request) -> Answer;
    /// A mesh is there.
    fn made(&mut self, now: f64, made: &Made);
    /// A client reports.
    fn report(&mut self, _now: f64, _client: u64, _report: &Report) {}
}

/// Ours: the planner and the shelf, as the server runs them.
#[derive(Debug)]
pub struct Ours {
    planner: Planner,
    shelf: Shelf,
}

impl Ours {
    /// With a cache of so many megabytes, about to play a trace: like the server, it has seen one tile of each layer.
    #[must_use]
    pub fn new(weights: Weights, settings: Settings, megabytes: f64, trace: &Trace) -> Self {
        let mut planner = Planner::new(weights, settings);
        let mut seen = BTreeSet::new();
        for tile in &trace.tiles {
            if seen.insert(tile.layer) {
                let view = &tile.view;
                planner.looked(tile.layer.into(), tile.shapes, bytes(view.mesh), view.work);
            }
        }
        Self {
            planner,
            shelf: Shelf::new(bytes(megabytes)),
        }
    }

    /// What it learned.
    #[must_use]
    pub fn planner(&self) -> &Planner {
        &self.planner
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes"
)]
pub(crate) fn bytes(megabytes: f64) -> u64 {
    (megabytes * 1e6).round() as u64
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn number(tile: u64) -> u32 {
    u32::try_from(tile).unwrap_or(u32::MAX)
}

impl Policy for Ours {
    fn name(&self) -> String {
        "ours".to_owned()
    }

    fn holds(&self, tile: u64) -> bool {
        self.shelf.contains(tile)
    }

    fn kept_megabytes(&self) -> f64 {
        megabytes(self.shelf.used())
    }

    fn is_full(&self) -> bool {
        self.shelf.is_full()
    }

    fn decide(&mut self, now: f64, request: &Request) -> Answer {
        let decision = self.planner.decide(now, request);
        self.shelf.sweep(&self.planner, now);
        Answer::new(decision.placement, decision.keep)
    }

    fn made(&mut self, now: f64, made: &Made) {
        self.planner.generated(made.tile, made.bytes, made.work);
        if made.keep {
            self.shelf
                .offer(&mut self.planner, now, made.tile, made.bytes);
        }
    }

    fn report(&mut self, now: f64, client: u64, report: &Report) {
        self.planner.client_reported(now, client, report);
    }
}

/// Every client generates for itself.
#[derive(Debug)]
pub struct AlwaysRecipe;

impl Policy for AlwaysRecipe {
    fn name(&self) -> String {
        "always recipe".to_owned()
    }

    fn holds(&self, _tile: u64) -> bool {
        false
    }

    fn kept_megabytes(&self) -> f64 {
        0.0
    }

    fn is_full(&self) -> bool {
        false
    }

    fn decide(&mut self, _now: f64, request: &Request) -> Answer {
        let placement = if request.mesh_only {
            Placement::Generate
        } else {
            Placement::Recipe
        };
        Answer::new(placement, false)
    }

    fn made(&mut self, _now: f64, _made: &Made) {}
}

/// How a fixed policy chooses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rule {
    /// Every tile is generated here once, and kept.
    Mesh,
    /// A strong client gets the recipe; a tile that was asked for so many times in a while is generated and kept.
    HitCount(usize),
    /// The cheapest answer to each request, by the planner's estimates; what was made is kept.
    CheapestNow,
}

/// Power from which a client counts as strong, and the while, for [`Rule::HitCount`].
const STRONG: f64 = 0.6;
const WHILE: f64 = 120.0;

/// A fixed rule with a cache of its own.
pub(crate) struct Fixed<S> {
    name: &'static str,
    rule: Rule,
    store: S,
    capacity: f64,
    planner: Planner,
    recent: std::collections::BTreeMap<u64, std::collections::VecDeque<f64>>,
}

impl<S: Store> Fixed<S> {
    pub(crate) fn new(
        name: &'static str,
        rule: Rule,
        store: S,
        (weights, capacity): (Weights, f64),
    ) -> Self {
        Self {
            name,
            rule,
            store,
            capacity,
            planner: Planner::new(weights, Settings::default()),
            recent: std::collections::BTreeMap::new(),
        }
    }

    /// Requests for the tile within the last while, this one among them.
    fn count(&mut self, now: f64, tile: u64) -> usize {
        let times = self.recent.entry(tile).or_default();
        times.push_back(now);
        while times.front().is_some_and(|&time| time < now - WHILE) {
            times.pop_front();
        }
        times.len()
    }

    fn cached(&mut self, request: &Request) -> Answer {
        if request.cached == Cached::Kept {
            self.store.hit(number(request.tile));
            return Answer::new(Placement::Kept, true);
        }
        Answer::new(Placement::Join, true)
    }
}

impl<S: Store> Policy for Fixed<S> {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn holds(&self, tile: u64) -> bool {
        self.store.holds(number(tile))
    }

    fn kept_megabytes(&self) -> f64 {
        self.store.used()
    }

    fn is_full(&self) -> bool {
        self.store.used() > 0.97 * self.capacity
    }

    fn decide(&mut self, now: f64, request: &Request) -> Answer {
        if request.cached == Cached::Absent {
            self.store.miss(number(request.tile));
        }
        let there = request.cached != Cached::Absent;
        match self.rule {
            Rule::Mesh if there => self.cached(request),
            Rule::Mesh => Answer::new(Placement::Generate, true),
            Rule::HitCount(times) => {
                self.planner.decide(now, request);
                let strong = self
                    .planner
                    .client(request.client)
                    .is_some_and(|client| client.power >= STRONG);
                if strong && !request.mesh_only {
                    return Answer::new(Placement::Recipe, false);
                }
                let count = self.count(now, request.tile);
                if there {
                    self.cached(request)
                } else if count >= times || request.mesh_only {
                    Answer::new(Placement::Generate, count >= times)
                } else {
                    Answer::new(Placement::Recipe, false)
                }
            }
            Rule::CheapestNow => {
                let costs = self.planner.decide(now, request).costs;
                let recipe = costs.recipe.unwrap_or(f64::INFINITY);
                let origin = costs.origin.unwrap_or(f64::INFINITY);
                if there && costs.join.unwrap_or(costs.mesh) <= recipe {
                    self.cached(request)
                } else if there || recipe <= costs.generate.min(origin) {
                    Answer::new(Placement::Recipe, false)
                } else if costs.generate <= origin {
                    Answer::new(Placement::Generate, true)
                } else {
                    Answer::new(Placement::Origin, true)
                }
            }
        }
    }

    fn made(&mut self, _now: f64, made: &Made) {
        self.planner.generated(made.tile, made.bytes, made.work);
        if made.keep {
            self.store.put(number(made.tile), megabytes(made.bytes));
        }
    }

    fn report(&mut self, now: f64, client: u64, report: &Report) {
        self.planner.client_reported(now, client, report);
    }
}
