//! The last distinct clients: for whom a copy made now would be there.

use crate::usage::{self, ClientView, Origin, TileView};
use crate::weights::Weights;

const SEATS: usize = 64;
/// Dearer than anything: a recipe to a client that takes only meshes.
const NEVER: f64 = 1e18;

/// Clients, oldest replaced first.
#[derive(Debug, Clone)]
pub(crate) struct Panel {
    ids: [u64; SEATS],
    slowness: [f64; SEATS],
    seconds_per_megabyte: [f64; SEATS],
    device_factor: [f64; SEATS],
    recipe_price: [f64; SEATS],
    taken: usize,
    next: usize,
}

/// What a copy does for the panel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outlook {
    /// Mean saving of a request, in micro-dollars.
    pub(crate) saving: f64,
    /// Share of clients for whom having it made costs more than their cheapest answer.
    pub(crate) regret_share: f64,
    /// How much more, in savings.
    pub(crate) regret: f64,
}

impl Panel {
    pub(crate) fn new() -> Self {
        Self {
            ids: [0; SEATS],
            slowness: [0.0; SEATS],
            seconds_per_megabyte: [0.0; SEATS],
            device_factor: [0.0; SEATS],
            recipe_price: [0.0; SEATS],
            taken: 0,
            next: 0,
        }
    }

    /// A client asks.
    pub(crate) fn seat(&mut self, id: u64, client: &ClientView, mesh_only: bool) {
        let seated = self.ids[..self.taken].iter().position(|&other| other == id);
        let place = seated.unwrap_or_else(|| {
            let place = self.next;
            self.next = (self.next + 1) % SEATS;
            self.taken = SEATS.min(self.taken + 1);
            self.ids[place] = id;
            place
        });
        self.slowness[place] = client.slowness;
        self.seconds_per_megabyte[place] = client.seconds_per_megabyte;
        self.device_factor[place] = client.device_factor;
        self.recipe_price[place] = if mesh_only { NEVER } else { 0.0 };
    }

    /// What a copy of this tile would do for the clients of the panel. Round trips are left out: they are in every answer.
    pub(crate) fn outlook(
        &self,
        weights: &Weights,
        tile: &TileView,
        origin: Option<&Origin>,
    ) -> Outlook {
        let generate = weights.price(&usage::generation(tile), 0.0);
        let fetch = origin.map_or(NEVER, |origin| {
            weights.price(&usage::from_origin(origin, tile), 0.0)
        });
        let make = generate.min(fetch);
        let background = weights.edge_second * tile.work;
        let (mut saving, mut regret, mut regrets) = (0.0, 0.0, 0.0);
        for seat in 0..self.taken {
            let client = ClientView {
                slowness: self.slowness[seat],
                seconds_per_megabyte: self.seconds_per_megabyte[seat],
                rtt: 0.0,
                device_factor: self.device_factor[seat],
            };
            let factor = client.device_factor;
            let recipe =
                weights.price(&usage::recipe(&client, tile), factor) + self.recipe_price[seat];
            let mesh = weights.price(&usage::mesh(&client, tile), factor);
            let cheapest = recipe.min(mesh + make);
            let more = (mesh + make).min(recipe + background) - cheapest;
            saving += cheapest - recipe.min(mesh);
            regret += more;
            regrets += f64::from(u8::from(more > 1e-9));
        }
        #[expect(clippy::cast_precision_loss, reason = "dozens")]
        let mean = saving / self.taken.max(1) as f64;
        if mean < 1e-6 {
            return Outlook {
                saving: 1e-6,
                regret_share: 1.0,
                regret: 4.0,
            };
        }
        #[expect(clippy::cast_precision_loss, reason = "dozens")]
        let share = regrets / self.taken.max(1) as f64;
        Outlook {
            saving: mean,
            regret_share: share,
            regret: if regrets > 0.0 {
                regret / regrets / mean
            } else {
                0.0
            },
        }
    }
}
