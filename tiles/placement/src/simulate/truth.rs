//! What each answer to each request of a trace really costs.

use std::collections::BTreeMap;

use crate::usage::{self, ClientView, Origin, Usage};
use crate::weights::Weights;

use super::trace::{Trace, TraceRequest};

/// Dearer than anything: a recipe to a client that takes only meshes.
pub(crate) const NEVER: f64 = 1e12;

/// True prices of one request's answers, in micro-dollars.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Truth {
    /// Recipe, without a module.
    pub(crate) recipe: f64,
    /// Mesh that is there.
    pub(crate) mesh: f64,
    /// Mesh from the origin.
    pub(crate) origin: f64,
    /// CPU of a generation.
    pub(crate) generation: f64,
    /// Waiting for a generation.
    pub(crate) generation_wait: f64,
    /// The module that the client needs once.
    pub(crate) module: f64,
    /// Which client and module, numbered over the trace.
    pub(crate) module_group: u32,
}

/// The client of a request as it really is.
pub(crate) fn client(trace: &Trace, request: &TraceRequest, weights: &Weights) -> ClientView {
    let class = trace.clients[request.client as usize].class;
    ClientView {
        slowness: 1.0 / request.power,
        seconds_per_megabyte: 1.0 / request.megabytes_per_second,
        rtt: request.rtt,
        device_factor: weights.class_factors.of(class),
    }
}

/// The true prices of a trace.
pub(crate) fn of(trace: &Trace, weights: &Weights, origin: Option<&Origin>) -> Vec<Truth> {
    let mut groups = BTreeMap::new();
    trace
        .requests
        .iter()
        .map(|request| {
            let tile = &trace.tiles[request.tile as usize];
            let client_view = client(trace, request, weights);
            let price = |usage: &Usage| weights.price(usage, client_view.device_factor);
            let next = u32::try_from(groups.len()).unwrap_or(u32::MAX);
            let module_group = *groups.entry((request.client, tile.module)).or_insert(next);
            let generation = usage::generation(&tile.view);
            let mesh = price(&usage::mesh(&client_view, &tile.view));
            let work = price(&generation.unawaited());
            let mesh_only = trace.clients[request.client as usize].mesh_only;
            Truth {
                recipe: price(&usage::recipe(&client_view, &tile.view))
                    + if mesh_only { NEVER } else { 0.0 },
                mesh,
                origin: origin.map_or(NEVER, |origin| {
                    mesh + price(&usage::from_origin(origin, &tile.view))
                }),
                generation: work,
                generation_wait: price(&generation) - work,
                module: price(&usage::module(
                    &client_view,
                    trace.modules[tile.module as usize],
                )),
                module_group,
            }
        })
        .collect()
}
