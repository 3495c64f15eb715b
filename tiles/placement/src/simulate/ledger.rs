//! The ledger: what the answers to a trace cost, by term, client and placement. The same for all who answer: policies in the
//! engine, and a server over HTTP.

use serde::Serialize;

use crate::rule::Placement;
use crate::usage::Usage;
use crate::weights::Weights;

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

/// One answer, for the ledger.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// Where content was made.
    pub placement: Placement,
    /// What it used.
    pub usage: Usage,
    /// How much a second of the client's CPU counts.
    pub device_factor: f64,
    /// The client lies about its power.
    pub liar: bool,
}

/// Adds up answers.
#[derive(Debug, Clone)]
pub struct Ledger {
    weights: Weights,
    terms: Terms,
    used: Usage,
    waits: Vec<f64>,
    counts: [u32; 6],
    by_honesty: [(f64, f64); 2],
}

impl Ledger {
    /// An empty ledger at these prices.
    #[must_use]
    pub fn new(weights: Weights) -> Self {
        Self {
            weights,
            terms: Terms::default(),
            used: Usage::default(),
            waits: Vec::new(),
            counts: [0; 6],
            by_honesty: [(0.0, 0.0); 2],
        }
    }

    /// Books an answer.
    pub fn book(&mut self, entry: &Entry) {
        let Entry {
            placement,
            usage,
            device_factor,
            liar,
        } = entry;
        self.terms.add(usage, &self.weights, *device_factor);
        self.used = self.used + *usage;
        self.waits.push(usage.waiting_seconds);
        self.counts[*placement as usize] += 1;
        let (cost, count) = &mut self.by_honesty[usize::from(*liar)];
        *cost += self.weights.price(usage, *device_factor);
        *count += 1.0;
    }

    /// Books what was kept, in megabytes times seconds.
    pub fn keep(&mut self, megabyte_seconds: f64) {
        self.terms.storage += self.weights.megabyte_second_kept * megabyte_seconds;
    }

    /// The sums, under the name of who answered.
    #[must_use]
    pub fn outcome(mut self, policy: String) -> Outcome {
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
