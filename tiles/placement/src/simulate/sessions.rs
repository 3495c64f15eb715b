//! The clients of a trace as they go through it: what an answer uses of them, and what they then report. The same for all
//! who answer them: policies in the engine, and a server over HTTP.

use std::collections::HashSet;

use crate::client::{Generation, Report};
use crate::usage::{self, ClientView, Usage};
use crate::weights::Weights;

use super::trace::{Trace, TraceRequest};
use super::truth;

/// A liar reports this share of its power.
const LIE: f64 = 0.25;

/// What the clients of a trace hold.
#[derive(Debug, Clone)]
pub struct Sessions<'a> {
    trace: &'a Trace,
    weights: Weights,
    modules: HashSet<(u32, u32)>,
}

impl<'a> Sessions<'a> {
    /// All clients, holding nothing yet.
    #[must_use]
    pub fn new(trace: &'a Trace, weights: &Weights) -> Self {
        Self {
            trace,
            weights: *weights,
            modules: HashSet::new(),
        }
    }

    /// The client of a request as it really is.
    #[must_use]
    pub fn client(&self, asked: &TraceRequest) -> ClientView {
        truth::client(self.trace, asked, &self.weights)
    }

    /// The client of a request holds this module.
    #[must_use]
    pub fn holds(&self, client: u32, module: u32) -> bool {
        self.modules.contains(&(client, module))
    }

    /// The client gets the recipe and makes the content, from now on holding the module.
    pub fn recipe(&mut self, asked: &TraceRequest) -> (Usage, Report) {
        let tile = &self.trace.tiles[asked.tile as usize];
        let client = self.client(asked);
        let honesty = if self.trace.clients[asked.client as usize].liar {
            LIE
        } else {
            1.0
        };
        let mut report = Report {
            generation: Some(Generation {
                tile: u64::from(asked.tile),
                seconds: tile.view.work * client.slowness / (asked.noise.0 * honesty),
                work: Some(tile.view.work),
            }),
            ..Report::default()
        };
        let mut usage = usage::recipe(&client, &tile.view);
        if self.modules.insert((asked.client, tile.module)) {
            usage = usage + usage::module(&client, self.trace.modules[tile.module as usize]);
            report.megabytes_per_second = Some(asked.megabytes_per_second * asked.noise.1);
        }
        (usage, report)
    }

    /// The client gets a mesh that is there.
    #[must_use]
    pub fn mesh(&self, asked: &TraceRequest) -> (Usage, Report) {
        let tile = &self.trace.tiles[asked.tile as usize];
        let report = Report {
            megabytes_per_second: Some(asked.megabytes_per_second * asked.noise.1),
            ..Report::default()
        };
        (usage::mesh(&self.client(asked), &tile.view), report)
    }
}
