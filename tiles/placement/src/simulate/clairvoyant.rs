//! A policy that knows the future and the clients, and still obeys cache and queue: how close to the bound one can come.

use std::collections::{BTreeMap, BTreeSet};

use crate::planner::Request;
use crate::rule::{Cached, Placement};
use crate::weights::Weights;

use super::bound::Bound;
use super::policy::{Answer, Made, Policy};
use super::trace::Trace;
use super::truth::Truth;

/// Its name in tables.
pub(crate) const NAME: &str = "clairvoyant";
/// A module is spread over so many answers.
const ANSWERS_PER_MODULE: f64 = 50.0;

/// Follows the bound's plan of holds; when that overflows the cache, the hold of least value per byte and second gives way.
pub(crate) struct Clairvoyant<'a> {
    trace: &'a Trace,
    truth: &'a [Truth],
    bound: &'a Bound,
    waiting_second: f64,
    capacity: f64,
    used: f64,
    /// Megabytes and value density of each resident; the same by density.
    residents: BTreeMap<u32, (f64, u64)>,
    order: BTreeSet<(u64, u32)>,
    /// Which request of the trace comes next, and the last one of each tile.
    request: usize,
    last: BTreeMap<u32, usize>,
}

impl<'a> Clairvoyant<'a> {
    pub(crate) fn new(
        trace: &'a Trace,
        truth: &'a [Truth],
        bound: &'a Bound,
        weights: &Weights,
        capacity: f64,
    ) -> Self {
        Self {
            trace,
            truth,
            bound,
            waiting_second: weights.waiting_second,
            capacity,
            used: 0.0,
            residents: BTreeMap::new(),
            order: BTreeSet::new(),
            request: 0,
            last: BTreeMap::new(),
        }
    }

    fn remove(&mut self, tile: u32) {
        if let Some((megabytes, density)) = self.residents.remove(&tile) {
            self.used -= megabytes;
            self.order.remove(&(density, tile));
        }
    }

    /// What a copy saves this request.
    fn saving(&self, request: usize) -> f64 {
        let truth = &self.truth[request];
        let mesh = truth.mesh + truth.generation + truth.generation_wait;
        let cheapest = truth.recipe.min(truth.origin).min(mesh);
        (cheapest - truth.recipe.min(truth.mesh)).max(0.0)
    }

    /// Savings of the run of holds that starts at a request, per byte and second.
    fn density(&self, now: f64, request: usize, megabytes: f64) -> Option<f64> {
        let mut sum = 0.0;
        let mut at = request;
        while let (true, Some(next)) = (self.bound.hold[at], self.bound.next[at]) {
            at = next as usize;
            sum += self.saving(at);
        }
        let seconds = self.trace.requests[at].at - now;
        (at != request && seconds > 0.0).then(|| sum / (megabytes * seconds.max(1e-3)))
    }
}

impl Policy for Clairvoyant<'_> {
    fn name(&self) -> String {
        NAME.to_owned()
    }

    fn holds(&self, tile: u64) -> bool {
        u32::try_from(tile).is_ok_and(|tile| self.residents.contains_key(&tile))
    }

    fn kept_megabytes(&self) -> f64 {
        self.used
    }

    fn is_full(&self) -> bool {
        self.used > 0.97 * self.capacity
    }

    fn decide(&mut self, _now: f64, request: &Request) -> Answer {
        let place = self.request;
        self.request += 1;
        let tile = self.trace.requests[place].tile;
        self.last.insert(tile, place);
        let keep = self.bound.hold[place];
        let truth = self.truth[place];
        let module = if request.module_megabytes > 0.0 {
            truth.module
        } else {
            0.0
        };
        let recipe = truth.recipe + module / ANSWERS_PER_MODULE;
        let answer = |placement, keep| Answer { placement, keep };
        match request.cached {
            Cached::Kept => {
                if !keep {
                    self.remove(tile);
                }
                // The engine takes the mesh from where it was when the request came.
                return answer(
                    if recipe < truth.mesh {
                        Placement::Recipe
                    } else {
                        Placement::Kept
                    },
                    keep,
                );
            }
            Cached::InFlight { remaining } => {
                let join = truth.mesh + self.waiting_second * remaining;
                return if join < recipe {
                    answer(Placement::Join, keep)
                } else {
                    answer(Placement::Recipe, false)
                };
            }
            Cached::Absent => {}
        }
        let queue = self.waiting_second * request.edge.queue_seconds;
        let generate = truth.mesh + truth.generation + truth.generation_wait + queue;
        let both = recipe + truth.generation;
        if keep && both < generate.min(truth.origin) {
            answer(Placement::RecipeAndGenerate, true)
        } else if !keep && recipe <= generate.min(truth.origin) {
            answer(Placement::Recipe, false)
        } else if generate <= truth.origin {
            answer(Placement::Generate, keep)
        } else {
            answer(Placement::Origin, keep)
        }
    }

    fn made(&mut self, now: f64, made: &Made) {
        let Ok(tile) = u32::try_from(made.tile) else {
            return;
        };
        let megabytes = self.trace.tiles[tile as usize].view.mesh;
        let Some(&last) = self.last.get(&tile) else {
            return;
        };
        let next_passed =
            self.bound.next[last].is_none_or(|next| self.trace.requests[next as usize].at <= now);
        if !self.bound.hold[last] || next_passed || megabytes > self.capacity {
            return;
        }
        let Some(density) = self.density(now, last, megabytes) else {
            return;
        };
        while self.used + megabytes > self.capacity {
            let Some(&(least, victim)) = self.order.first() else {
                return;
            };
            if f64::from_bits(least) >= density {
                return;
            }
            self.remove(victim);
        }
        self.remove(tile);
        self.used += megabytes;
        self.residents.insert(tile, (megabytes, density.to_bits()));
        self.order.insert((density.to_bits(), tile));
    }
}
