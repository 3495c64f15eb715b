//! The simulator: the rule, as the server runs it, against fixed policies and the offline bound, on synthetic and recorded
//! traces.
//!
//! Costs that are charged are what the true state of client and edge gives; noise only disturbs what policies observe. So
//! the bound, which knows the true state and the future, is a lower bound on the expected cost of any policy.

mod bound;
mod clairvoyant;
mod engine;
mod ledger;
mod plot;
mod policy;
mod random;
mod sessions;
mod store;
pub mod synthetic;
mod trace;
mod truth;

use serde::Serialize;

use crate::rule::Settings;
use crate::usage::Origin;
use crate::weights::Weights;

pub use engine::play;
pub use ledger::{Entry, Ledger, Outcome, Terms};
pub use plot::plot;
pub use policy::{AlwaysRecipe, Answer, Made, Ours, Policy};
pub use sessions::Sessions;
pub use trace::{Record, Trace, TraceClient, TraceError, TraceRequest, TraceTile, read, write};

use policy::{Fixed, Rule};
use store::{Gdsf, Lru, TinyLfu};

/// One cell of a grid: a trace at given prices with a given cache, under all policies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cell {
    /// The trace's name.
    pub trace: String,
    /// The weights' name.
    pub weights: String,
    /// The cache, as a share of all meshes of the trace.
    pub cache: f64,
    /// Requests of the trace.
    pub requests: usize,
    /// What no policy can cost less than, in micro-dollars.
    pub bound: f64,
    /// What became of it, ours first.
    pub outcomes: Vec<Outcome>,
}

impl Cell {
    /// Cost of a policy over the bound.
    #[must_use]
    pub fn ratio(&self, outcome: &Outcome) -> f64 {
        outcome.cost / self.bound
    }

    /// Ours over the bound.
    #[must_use]
    pub fn ours(&self) -> f64 {
        self.outcomes
            .first()
            .map_or(f64::NAN, |ours| self.ratio(ours))
    }

    /// The best of the policies that know neither the future nor the planner's rule, over the bound.
    #[must_use]
    pub fn best_fixed(&self) -> Option<(&str, f64)> {
        self.outcomes
            .iter()
            .skip(1)
            .filter(|outcome| outcome.policy != clairvoyant::NAME)
            .map(|outcome| (outcome.policy.as_str(), self.ratio(outcome)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
    }
}

/// The edge at which a trace is played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Site {
    /// What it pays.
    pub weights: Weights,
    /// How its rule leans.
    pub settings: Settings,
    /// Megabytes of its cache.
    pub megabytes: f64,
    /// Whom it may ask, if anybody.
    pub origin: Option<Origin>,
}

/// Plays one trace under all policies. `cache` is a share of all meshes of the trace.
#[must_use]
pub fn cell(trace: &Trace, (name, weights): (&str, &Weights), cache: f64) -> Cell {
    let site = Site {
        weights: *weights,
        settings: Settings::default(),
        megabytes: cache * trace.megabytes(),
        origin: Some(Origin::default()),
    };
    cell_at(trace, name, &site)
}

/// Plays one trace under all policies at this edge; `name` is that of its weights.
#[must_use]
pub fn cell_at(trace: &Trace, name: &str, site: &Site) -> Cell {
    let (weights, capacity) = (&site.weights, site.megabytes);
    let origin = site.origin.as_ref();
    let truth = truth::of(trace, weights, origin);
    let bound = bound::bound(trace, &truth, weights, capacity);
    let mut policies: Vec<Box<dyn Policy + '_>> = fixed_and_ours(trace, site);
    policies.push(Box::new(clairvoyant::Clairvoyant::new(
        trace, &truth, &bound, weights, capacity,
    )));
    let outcomes = policies
        .iter_mut()
        .map(|policy| play(trace, weights, origin, policy.as_mut()))
        .collect();
    Cell {
        trace: trace.name.clone(),
        weights: name.to_owned(),
        cache: capacity / trace.megabytes(),
        requests: trace.requests.len(),
        bound: bound.cost,
        outcomes,
    }
}

/// Ours, and the fixed ones.
fn fixed_and_ours<'a>(trace: &Trace, site: &Site) -> Vec<Box<dyn Policy + 'a>> {
    let capacity = site.megabytes;
    let prices = (site.weights, capacity);
    let lru = || Lru::new(capacity);
    let ours = Ours::new(site.weights, site.settings, capacity, trace);
    vec![
        Box::new(ours),
        Box::new(AlwaysRecipe),
        Box::new(Fixed::new("always mesh, LRU", Rule::Mesh, lru(), prices)),
        Box::new(Fixed::new(
            "always mesh, W-TinyLFU",
            Rule::Mesh,
            TinyLfu::new(capacity),
            prices,
        )),
        Box::new(Fixed::new("hit count 2", Rule::HitCount(2), lru(), prices)),
        Box::new(Fixed::new("hit count 3", Rule::HitCount(3), lru(), prices)),
        Box::new(Fixed::new(
            "cheapest now, GDSF",
            Rule::CheapestNow,
            Gdsf::new(capacity),
            prices,
        )),
    ]
}
