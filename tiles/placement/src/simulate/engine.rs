//! The engine: plays a trace against a policy and adds up what really happened.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;

use crate::client::{Generation, Hints, Report};
use crate::load::Edge;
use crate::planner::Request;
use crate::rule::{Cached, Placement};
use crate::usage::{self, ClientView, Origin, Usage};
use crate::weights::Weights;

use super::policy::{Answer, Made, Policy, bytes};
use super::trace::{Trace, TraceRequest};
use super::truth;

/// A liar reports this share of its power.
const LIE: f64 = 0.25;

/// Costs by term, in micro-dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Terms {
    /// CPU of devices.
    pub device: f64,
    /// CPU of the edge.
    pub edge: f64,
    /// Megabytes out.
    pub egress: f64,
    /// Users waiting.
    pub waiting: f64,
    /// CPU of the origin and megabytes from it.
    pub origin: f64,
    /// Megabytes kept.
    pub storage: f64,
}

impl Terms {
    fn add(&mut self, usage: &Usage, weights: &Weights, device_factor: f64) {
        self.device += weights.device_second * device_factor * usage.device_seconds;
        self.edge += weights.edge_second * usage.edge_seconds;
        self.egress += weights.megabyte_out * usage.megabytes_out;
        self.waiting += weights.waiting_second * usage.waiting_seconds;
        self.origin += weights.origin_second * usage.origin_seconds
            + weights.megabyte_from_origin * usage.megabytes_from_origin;
    }

    /// All of them.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.device + self.edge + self.egress + self.waiting + self.origin + self.storage
    }
}

/// What became of a trace under a policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The policy's name.
    pub policy: String,
    /// Micro-dollars.
    pub cost: f64,
    /// The same by term.
    pub terms: Terms,
    /// Seconds from request to content that half of the requests stay below.
    pub p50_seconds: f64,
    /// Nineteen of twenty.
    pub p95_seconds: f64,
    /// Ninety-nine of a hundred.
    pub p99_seconds: f64,
    /// Megabytes to clients.
    pub egress_megabytes: f64,
    /// CPU seconds of the edge.
    pub edge_seconds: f64,
    /// Share of requests that were answered with a mesh that was there or on its way.
    pub hit_rate: f64,
    /// Share of requests by placement, in the order of [`Placement::ALL`].
    pub shares: [f64; 6],
    /// Mean cost of a request of those who do not lie, and of those who do.
    pub honest_and_liars: [f64; 2],
}

/// A mesh on its way to the cache.
#[derive(Debug, Clone, Copy)]
struct Pending {
    ready: f64,
    keep: bool,
}

struct Engine<'a> {
    trace: &'a Trace,
    weights: Weights,
    origin: Origin,
    cores: Vec<f64>,
    pending: BTreeMap<u32, Pending>,
    /// The same by time; times are not negative, so their bits sort as they do.
    ready: BTreeSet<(u64, u32)>,
    modules: HashSet<(u32, u32)>,
    storage: f64,
    stored_until: f64,
    terms: Terms,
    used: Usage,
    waits: Vec<f64>,
    counts: [u32; 6],
    by_honesty: [(f64, f64); 2],
}

/// Plays a trace. `origin` is whom the edge may ask.
pub fn play(trace: &Trace, weights: &Weights, origin: &Origin, policy: &mut dyn Policy) -> Outcome {
    let mut engine = Engine {
        trace,
        weights: *weights,
        origin: *origin,
        cores: vec![0.0; trace.cores.max(1) as usize],
        pending: BTreeMap::new(),
        ready: BTreeSet::new(),
        modules: HashSet::new(),
        storage: 0.0,
        stored_until: trace.requests.first().map_or(0.0, |request| request.at),
        terms: Terms::default(),
        used: Usage::default(),
        waits: Vec::with_capacity(trace.requests.len()),
        counts: [0; 6],
        by_honesty: [(0.0, 0.0); 2],
    };
    for request in &trace.requests {
        engine.finish_until(request.at, policy);
        engine.answer(request, policy);
    }
    engine.outcome(policy.name())
}

impl Engine<'_> {
    /// Meshes that are ready reach the cache; rent is paid.
    fn finish_until(&mut self, now: f64, policy: &mut dyn Policy) {
        while let Some(&(bits, tile)) = self.ready.first() {
            let at = f64::from_bits(bits);
            if at > now {
                break;
            }
            self.ready.pop_first();
            self.pay_rent(at, policy);
            if let Some(pending) = self.pending.remove(&tile) {
                self.made(at, tile, pending.keep, policy);
            }
        }
        self.pay_rent(now, policy);
    }

    fn pay_rent(&mut self, now: f64, policy: &dyn Policy) {
        let seconds = (now - self.stored_until).max(0.0);
        self.storage += policy.kept_megabytes() * seconds;
        self.stored_until = self.stored_until.max(now);
    }

    fn made(&self, now: f64, tile: u32, keep: bool, policy: &mut dyn Policy) {
        let view = &self.trace.tiles[tile as usize].view;
        policy.made(
            now,
            &Made {
                tile: u64::from(tile),
                bytes: bytes(view.mesh),
                work: view.work,
                keep,
            },
        );
    }

    /// The core that is free first, and the seconds until then.
    fn core(&self, now: f64) -> (usize, f64) {
        let mut first = 0;
        for (core, &free) in self.cores.iter().enumerate() {
            if free < self.cores[first] {
                first = core;
            }
        }
        (first, (self.cores[first] - now).max(0.0))
    }

    /// What a policy may know.
    fn request(&self, asked: &TraceRequest, policy: &dyn Policy) -> Request {
        let tile = &self.trace.tiles[asked.tile as usize];
        let client = &self.trace.clients[asked.client as usize];
        let cached = if policy.holds(u64::from(asked.tile)) {
            Cached::Kept
        } else if let Some(pending) = self.pending.get(&asked.tile) {
            Cached::InFlight {
                remaining: pending.ready - asked.at,
            }
        } else {
            Cached::Absent
        };
        let lacks = !self.modules.contains(&(asked.client, tile.layer));
        Request {
            tile: u64::from(asked.tile),
            layer: u64::from(tile.layer),
            client: u64::from(asked.client),
            hints: Hints {
                class: client.claimed,
                rtt: Some(asked.rtt),
                power: client.calibrated,
                ..Hints::default()
            },
            mesh_only: client.mesh_only,
            module_megabytes: if lacks {
                self.trace.modules[tile.layer as usize]
            } else {
                0.0
            },
            recipe_megabytes: tile.view.recipe,
            mesh_megabytes: None,
            shapes: tile.shapes,
            cached,
            edge: Edge {
                queue_seconds: self.core(asked.at).1,
                cores: self.trace.cores,
                cache_full: policy.is_full(),
            },
            origin: Some(self.origin),
        }
    }

    fn answer(&mut self, asked: &TraceRequest, policy: &mut dyn Policy) {
        let request = self.request(asked, policy);
        let answer = policy.decide(asked.at, &request);
        let placement = possible(answer.placement, request.cached);
        let client = truth::client(self.trace, asked, &self.weights);
        let usage = if placement.sends_recipe() {
            self.send_recipe(asked, &client, (placement, answer), policy)
        } else {
            self.send_mesh(asked, &client, (placement, answer, request.cached), policy)
        };
        let factor = client.device_factor;
        self.terms.add(&usage, &self.weights, factor);
        self.used = self.used + usage;
        self.waits.push(usage.waiting_seconds);
        self.counts[placement as usize] += 1;
        let liar = usize::from(self.trace.clients[asked.client as usize].liar);
        self.by_honesty[liar].0 += self.weights.price(&usage, factor);
        self.by_honesty[liar].1 += 1.0;
    }

    fn send_recipe(
        &mut self,
        asked: &TraceRequest,
        client: &ClientView,
        (placement, answer): (Placement, Answer),
        policy: &mut dyn Policy,
    ) -> Usage {
        let tile = self.trace.tiles[asked.tile as usize];
        let honesty = if self.trace.clients[asked.client as usize].liar {
            LIE
        } else {
            1.0
        };
        let seconds = tile.view.work * client.slowness / (asked.noise.0 * honesty);
        let mut report = Report {
            generation: Some(Generation {
                tile: u64::from(asked.tile),
                seconds,
                work: Some(tile.view.work),
            }),
            ..Report::default()
        };
        let mut usage = usage::recipe(client, &tile.view);
        if self.modules.insert((asked.client, tile.layer)) {
            usage = usage + usage::module(client, self.trace.modules[tile.layer as usize]);
            report.megabytes_per_second = Some(asked.megabytes_per_second * asked.noise.1);
        }
        policy.report(asked.at, u64::from(asked.client), &report);
        if placement == Placement::RecipeAndGenerate {
            self.generate(asked, answer.keep);
            usage = usage + truth::background(usage::generation(&tile.view));
        }
        usage
    }

    fn send_mesh(
        &mut self,
        asked: &TraceRequest,
        client: &ClientView,
        (placement, answer, cached): (Placement, Answer, Cached),
        policy: &mut dyn Policy,
    ) -> Usage {
        let tile = self.trace.tiles[asked.tile as usize];
        let mut usage = usage::mesh(client, &tile.view);
        match placement {
            Placement::Generate => {
                let ready = self.generate(asked, answer.keep);
                usage = usage + truth::background(usage::generation(&tile.view));
                usage.waiting_seconds += ready - asked.at;
            }
            Placement::Join => {
                if let Cached::InFlight { remaining } = cached {
                    usage.waiting_seconds += remaining;
                }
                if let Some(pending) = self.pending.get_mut(&asked.tile) {
                    pending.keep |= answer.keep;
                }
            }
            Placement::Origin => {
                let fetch = usage::from_origin(&self.origin, &tile.view);
                usage = usage + fetch;
                if answer.keep && cached == Cached::Absent {
                    self.expect(asked.tile, asked.at + fetch.waiting_seconds, true);
                } else {
                    self.made(asked.at, asked.tile, false, policy);
                }
            }
            Placement::Recipe | Placement::RecipeAndGenerate | Placement::Kept => {}
        }
        let report = Report {
            megabytes_per_second: Some(asked.megabytes_per_second * asked.noise.1),
            ..Report::default()
        };
        policy.report(asked.at, u64::from(asked.client), &report);
        usage
    }

    /// Starts a generation; when it will be ready.
    fn generate(&mut self, asked: &TraceRequest, keep: bool) -> f64 {
        let work = self.trace.tiles[asked.tile as usize].view.work;
        let (core, wait) = self.core(asked.at);
        let ready = asked.at + wait + work;
        self.cores[core] = ready;
        self.expect(asked.tile, ready, keep);
        ready
    }

    fn expect(&mut self, tile: u32, ready: f64, keep: bool) {
        self.pending.insert(tile, Pending { ready, keep });
        self.ready.insert((ready.to_bits(), tile));
    }

    fn outcome(mut self, policy: String) -> Outcome {
        self.terms.storage = self.storage * self.weights.megabyte_second_kept;
        self.waits.sort_by(f64::total_cmp);
        #[expect(clippy::cast_precision_loss, reason = "below a million")]
        let count = self.waits.len().max(1) as f64;
        let waits = &self.waits;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a place"
        )]
        let quantile = |share: f64| {
            let place = (count * share) as usize;
            waits.get(place).copied().unwrap_or(0.0)
        };
        let shares = self.counts.map(|n| f64::from(n) / count);
        Outcome {
            policy,
            cost: self.terms.total(),
            terms: self.terms,
            p50_seconds: quantile(0.50),
            p95_seconds: quantile(0.95),
            p99_seconds: quantile(0.99),
            egress_megabytes: self.used.megabytes_out,
            edge_seconds: self.used.edge_seconds,
            hit_rate: shares[Placement::Kept as usize] + shares[Placement::Join as usize],
            shares,
            honest_and_liars: self.by_honesty.map(|(sum, n)| sum / f64::max(n, 1.0)),
        }
    }
}

/// What really happens when a policy's answer meets the cache: nobody generates what is there or on its way.
fn possible(placement: Placement, cached: Cached) -> Placement {
    match (placement, cached) {
        (Placement::RecipeAndGenerate, Cached::Kept | Cached::InFlight { .. }) => Placement::Recipe,
        (Placement::Generate | Placement::Join, Cached::Kept) => Placement::Kept,
        (Placement::Generate | Placement::Kept, Cached::InFlight { .. }) => Placement::Join,
        (Placement::Kept | Placement::Join, Cached::Absent) => Placement::Generate,
        _ => placement,
    }
}
