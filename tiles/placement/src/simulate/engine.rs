//! The engine: plays a trace against a policy and adds up what really happened.

use std::collections::{BTreeMap, BTreeSet};

use crate::client::Hints;
use crate::load::Edge;
use crate::planner::Request;
use crate::rule::{Cached, Placement};
use crate::usage::{self, Origin, Usage};
use crate::weights::Weights;

use super::ledger::{Entry, Ledger, Outcome};
use super::policy::{Answer, Made, Policy, bytes};
use super::sessions::Sessions;
use super::trace::{Trace, TraceRequest};

/// A mesh on its way to the cache.
#[derive(Debug, Clone, Copy)]
struct Pending {
    ready: f64,
    keep: bool,
}

struct Engine<'a> {
    trace: &'a Trace,
    origin: Option<Origin>,
    cores: Vec<f64>,
    pending: BTreeMap<u32, Pending>,
    /// The same by time; times are not negative, so their bits sort as they do.
    ready: BTreeSet<(u64, u32)>,
    sessions: Sessions<'a>,
    ledger: Ledger,
    stored_until: f64,
}

/// Plays a trace. `origin` is whom the edge may ask, if anybody.
pub fn play(
    trace: &Trace,
    weights: &Weights,
    origin: Option<&Origin>,
    policy: &mut dyn Policy,
) -> Outcome {
    let mut engine = Engine {
        trace,
        origin: origin.copied(),
        cores: vec![0.0; trace.cores.max(1) as usize],
        pending: BTreeMap::new(),
        ready: BTreeSet::new(),
        sessions: Sessions::new(trace, weights),
        ledger: Ledger::new(*weights),
        stored_until: trace.requests.first().map_or(0.0, |request| request.at),
    };
    for request in &trace.requests {
        engine.finish_until(request.at, policy);
        engine.answer(request, policy);
    }
    engine.ledger.outcome(policy.name())
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
        self.ledger.keep(policy.kept_megabytes() * seconds);
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
        let lacks = !self.sessions.holds(asked.client, tile.module);
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
                self.trace.modules[tile.module as usize]
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
            origin: self.origin,
        }
    }

    fn answer(&mut self, asked: &TraceRequest, policy: &mut dyn Policy) {
        let request = self.request(asked, policy);
        let answer = policy.decide(asked.at, &request);
        let placement = possible(answer.placement, request.cached);
        let usage = if placement.sends_recipe() {
            self.send_recipe(asked, (placement, answer), policy)
        } else {
            self.send_mesh(asked, (placement, answer, request.cached), policy)
        };
        self.ledger.book(&Entry {
            placement,
            usage,
            device_factor: self.sessions.client(asked).device_factor,
            liar: self.trace.clients[asked.client as usize].liar,
        });
    }

    fn send_recipe(
        &mut self,
        asked: &TraceRequest,
        (placement, answer): (Placement, Answer),
        policy: &mut dyn Policy,
    ) -> Usage {
        let (mut usage, report) = self.sessions.recipe(asked);
        policy.report(asked.at, u64::from(asked.client), &report);
        if placement == Placement::RecipeAndGenerate {
            self.generate(asked, answer.keep);
            let tile = &self.trace.tiles[asked.tile as usize];
            usage = usage + usage::generation(&tile.view).unawaited();
        }
        usage
    }

    fn send_mesh(
        &mut self,
        asked: &TraceRequest,
        (placement, answer, cached): (Placement, Answer, Cached),
        policy: &mut dyn Policy,
    ) -> Usage {
        let tile = self.trace.tiles[asked.tile as usize];
        let (mut usage, report) = self.sessions.mesh(asked);
        match placement {
            Placement::Generate => {
                let ready = self.generate(asked, answer.keep);
                usage = usage + usage::generation(&tile.view).unawaited();
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
                // Only who has an origin is answered by it.
                let fetch = usage::from_origin(&self.origin.unwrap_or_default(), &tile.view);
                usage = usage + fetch;
                if answer.keep && cached == Cached::Absent {
                    self.expect(asked.tile, asked.at + fetch.waiting_seconds, true);
                } else {
                    self.made(asked.at, asked.tile, false, policy);
                }
            }
            Placement::Recipe | Placement::RecipeAndGenerate | Placement::Kept => {}
        }
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
