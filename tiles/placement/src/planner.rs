//! The planner: all learned state, brought to bear on one request at a time.

use serde::{Deserialize, Serialize};

use crate::bounded::Bounded;
use crate::client::{ClassSnapshot, ClientSnapshot, Hints, Register, Report};
use crate::load::{Edge, Load};
use crate::panel::Panel;
use crate::popularity::{HALF_LIFE, Returns, bucket};
use crate::rule::{Cached, Decision, Observation, Placement, Reason, Settings, State, decide};
use crate::tile::Layers;
use crate::usage::{Origin, TileView};
use crate::weights::Weights;

/// One eviction moves the price of room by this share.
const PRICE_STEP: f64 = 0.05;

/// One request, as the server sees it. Keys are any 64 bits that name the thing, such as the first of its hash.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The tile's content: recipe and encoding.
    pub tile: u64,
    /// What the tile is made with: tiles of one layer and level are alike.
    pub layer: u64,
    /// The client's session.
    pub client: u64,
    /// What the client says about itself.
    pub hints: Hints,
    /// It takes only meshes.
    pub mesh_only: bool,
    /// Megabytes (10^6 bytes) of modules and assets that the client lacks for the recipe.
    pub module_megabytes: f64,
    /// Megabytes of the recipe.
    pub recipe_megabytes: f64,
    /// Megabytes of the encoded mesh, if they are known.
    pub mesh_megabytes: Option<f64>,
    /// Initial shapes of the tile.
    pub shapes: u32,
    /// Whether the mesh is there.
    pub cached: Cached,
    /// The edge at this moment.
    pub edge: Edge,
    /// Whom the edge may ask, if it has an upstream and that answers.
    pub origin: Option<Origin>,
}

/// What is remembered of a tile.
#[derive(Debug, Clone)]
struct Memory {
    count: f64,
    at: f64,
    credit: f64,
    saving: f64,
    bucket: usize,
    visit: Option<u64>,
    layer: u64,
    shapes: u32,
    view: TileView,
    /// Megabytes and edge CPU seconds, once it was generated.
    known: Option<(f64, f64)>,
    /// Which side each device class was on last.
    sides: [Option<bool>; 3],
}

impl Memory {
    fn new(now: f64) -> Self {
        Self {
            count: 0.0,
            at: now,
            credit: 0.0,
            saving: 0.0,
            bucket: 0,
            visit: None,
            layer: 0,
            shapes: 0,
            view: TileView {
                recipe: 0.0,
                mesh: 0.0,
                work: 0.0,
            },
            known: None,
            sides: [None; 3],
        }
    }

    /// Micro-dollars that a copy saves per megabyte and second.
    fn density(&self, returns: &Returns, now: f64) -> f64 {
        self.saving * returns.rate(self.bucket, now - self.at) / self.view.mesh.max(1e-6)
    }
}

/// How often each placement was chosen for each reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Where content was made.
    pub placement: Placement,
    /// Why.
    pub reason: Reason,
    /// How often.
    pub decisions: u64,
}

/// A tile, for people.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TileSnapshot {
    /// Decayed count of requests.
    pub requests: f64,
    /// Seconds since the last one.
    pub idle_seconds: f64,
    /// Megabytes of the mesh.
    pub mesh_megabytes: f64,
    /// Edge CPU seconds to generate it.
    pub work: f64,
    /// Both were measured, not predicted.
    pub generated: bool,
    /// Mean saving of a copy for one request, in micro-dollars.
    pub saving: f64,
    /// What keeping it is worth, in micro-dollars per megabyte and second.
    pub worth: f64,
}

/// What was learned, for people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Snapshot {
    /// The prices in force.
    pub weights: Weights,
    /// How the rule leans.
    pub settings: Settings,
    /// Decisions by placement and reason, those that occurred.
    pub decisions: Vec<Tally>,
    /// What the classes have shown.
    pub classes: [ClassSnapshot; 3],
    /// Clients that are remembered, and those of about the last minute.
    pub clients: (usize, u32),
    /// Tiles that are remembered.
    pub tiles: usize,
    /// Chance that a tile is asked for again within ten minutes, by its decayed count: 0, 1, 2, 3, 4, 5, 6-7, 8-10, 11-14, 15-21,
    /// 22-34, 35 and more.
    pub return_chances: Vec<f64>,
    /// What the last megabyte of a full cache earns, in micro-dollars per megabyte and second.
    pub price_of_room: f64,
    /// Generations a second.
    pub generations_per_second: f64,
}

/// Decides for each request and learns from what follows. Time is any clock in seconds that does not run back.
///
/// ```
/// use gable_placement::{Cached, Edge, Hints, Placement, Planner, Request, Settings, Weights};
///
/// let mut planner = Planner::new(Weights::default(), Settings::default());
/// let request = Request {
///     tile: 1,
///     layer: 1,
///     client: 1,
///     hints: Hints { power: Some(2.0), ..Hints::default() },
///     mesh_only: false,
///     module_megabytes: 0.0,
///     recipe_megabytes: 0.006,
///     mesh_megabytes: None,
///     shapes: 200,
///     cached: Cached::Absent,
///     edge: Edge { queue_seconds: 0.0, cores: 8, cache_full: false },
///     origin: None,
/// };
/// // One tile of the layer was made beforehand, to see what such tiles cost. A strong machine gets the recipe.
/// planner.looked(1, 200, 500_000, 0.034);
/// assert_eq!(planner.decide(0.0, &request).placement, Placement::Recipe);
/// // A client that takes only meshes gets a mesh.
/// let plain = Request { client: 2, mesh_only: true, ..request };
/// assert_eq!(planner.decide(0.2, &plain).placement, Placement::Generate);
/// planner.generated(1, 500_000, 0.034);
/// ```
#[derive(Debug, Clone)]
pub struct Planner {
    weights: Weights,
    settings: Settings,
    clients: Register,
    layers: Layers,
    tiles: Bounded<Memory>,
    returns: Returns,
    panel: Panel,
    load: Load,
    price_of_room: f64,
    tallies: [[u64; Reason::ALL.len()]; Placement::ALL.len()],
}

impl Planner {
    /// A planner that knows nothing yet.
    #[must_use]
    pub fn new(weights: Weights, settings: Settings) -> Self {
        Self {
            clients: Register::new(settings.clients),
            tiles: Bounded::new(settings.tiles),
            weights,
            settings,
            layers: Layers::new(),
            returns: Returns::new(),
            panel: Panel::new(),
            load: Load::default(),
            price_of_room: 0.0,
            tallies: Default::default(),
        }
    }

    /// The prices in force.
    #[must_use]
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Where the content of this request is made.
    pub fn decide(&mut self, now: f64, request: &Request) -> Decision {
        let (seen, state, class) = self.observe(now, request);
        let decision = decide(&seen, &self.weights, &self.settings, &state);
        self.remember(now, request, &decision, class);
        if decision.placement.generates() {
            self.load
                .spend(&mut self.clients, request.client, seen.tile.work, now);
        }
        self.tallies[decision.placement as usize][decision.reason as usize] += 1;
        decision
    }

    /// What is known about a request at this moment: the arguments of [`decide`], and the client's probable class.
    fn observe(&mut self, now: f64, request: &Request) -> (Observation, State, usize) {
        self.returns.advance(now);
        self.load.age(now);
        let client = self.clients.touch(request.client, &request.hints, now);
        let view = client.view(&self.weights.class_factors);
        let class = client.class() as usize;
        let tile = self.visit(now, request);
        self.panel.seat(request.client, &view, request.mesh_only);
        let outlook = self
            .panel
            .outlook(&self.weights, &tile, request.origin.as_ref());
        let room = if request.edge.cache_full {
            self.price_of_room
        } else {
            0.0
        };
        let rent = (room + self.weights.megabyte_second_kept) * tile.mesh / outlook.saving;
        let memory = self.tiles.touch(request.tile, || Memory::new(now));
        memory.saving = outlook.saving;
        let value = self
            .returns
            .value(memory.bucket, rent, outlook.regret_share, outlook.regret);
        let busy = self.load.utilisation(request.edge.cores) > 0.5;
        let fair = self.settings.fair_share;
        let state = State {
            worth: outlook.saving * value,
            credit: memory.credit,
            earns_its_place: memory.density(&self.returns, now) > room,
            delay_of_others: self.load.delay_of_others(tile.work, &request.edge),
            over_share: busy
                && self
                    .load
                    .over_share(&self.clients, request.client, fair, now),
            last_recipe: memory.sides[class],
        };
        let seen = Observation {
            client: view,
            mesh_only: request.mesh_only,
            module: request.module_megabytes,
            ready: request.hints.ready.unwrap_or(0.0),
            tile,
            cached: request.cached,
            edge: request.edge,
            origin: request.origin,
        };
        (seen, state, class)
    }

    /// Books the request in the tile's popularity; the tile's sizes, known or predicted.
    fn visit(&mut self, now: f64, request: &Request) -> TileView {
        let memory = self.tiles.touch(request.tile, || Memory::new(now));
        let seconds = (now - memory.at).max(0.0);
        if let Some(visit) = memory.visit {
            self.returns.returned(visit, now);
        }
        let kept = (-seconds / HALF_LIFE).exp2();
        memory.count = memory.count * kept + 1.0;
        memory.credit *= kept;
        memory.at = now;
        memory.bucket = bucket(memory.count - 1.0);
        memory.visit = self.returns.visit(memory.bucket, now);
        memory.layer = request.layer;
        memory.shapes = request.shapes;
        let mesh = memory.known.map(|(mesh, _)| mesh);
        memory.view = self.layers.predict(
            request.layer,
            request.shapes,
            request.recipe_megabytes,
            mesh.or(request.mesh_megabytes),
        );
        if let Some((_, work)) = memory.known {
            memory.view.work = work;
        }
        memory.view
    }

    fn remember(&mut self, now: f64, request: &Request, decision: &Decision, class: usize) {
        let memory = self.tiles.touch(request.tile, || Memory::new(now));
        if request.cached != Cached::Absent {
            memory.sides[class] = Some(decision.placement == Placement::Recipe);
        } else if decision.keep {
            memory.credit = 0.0;
        } else {
            memory.credit += decision.costs.saving;
        }
    }

    /// A tile was generated: its size in bytes and the CPU seconds that it took here.
    pub fn generated(&mut self, tile: u64, bytes: u64, cpu_seconds: f64) {
        if !is_time(cpu_seconds) {
            return;
        }
        if let Some(memory) = self.tiles.get_mut(tile) {
            let megabytes = megabytes(bytes);
            memory.known = Some((megabytes, cpu_seconds));
            memory.view.mesh = megabytes;
            memory.view.work = cpu_seconds;
            let (layer, shapes) = (memory.layer, memory.shapes);
            self.looked(layer, shapes, bytes, cpu_seconds);
        }
    }

    /// A tile of this layer was generated for nobody, to see what such tiles cost: its initial shapes, its size in bytes
    /// and the CPU seconds that it took here.
    pub fn looked(&mut self, layer: u64, shapes: u32, bytes: u64, cpu_seconds: f64) {
        if is_time(cpu_seconds) {
            self.layers
                .learn(layer, shapes, megabytes(bytes), cpu_seconds);
        }
    }

    /// A client reports. It changes the answers to this client; for others it is one voice in the slow medians of its class.
    pub fn client_reported(&mut self, now: f64, client: u64, report: &Report) {
        let work = report.generation.and_then(|generation| {
            let memory = self.tiles.get(generation.tile);
            let known = memory.and_then(|memory| memory.known.map(|(_, work)| work));
            match known.or(generation.work) {
                Some(work) => Some((work, true)),
                // Seconds for work that is but guessed say nothing about the client.
                None => {
                    let memory = memory.filter(|memory| self.layers.has_seen(memory.layer))?;
                    let tile = self.layers.predict(memory.layer, memory.shapes, 0.0, None);
                    Some((tile.work, false))
                }
            }
        });
        self.clients.report(client, report, work, now);
    }

    /// What keeping a tile is worth now, in micro-dollars per megabyte and second: the cache keeps the highest. Below
    /// [`Weights::megabyte_second_kept`] it does not pay its rent.
    #[must_use]
    pub fn worth(&self, now: f64, tile: u64) -> f64 {
        self.tiles
            .get(tile)
            .map_or(0.0, |memory| memory.density(&self.returns, now))
    }

    /// A tile of this [`worth`](Self::worth) had to leave a full cache, or was not let in: room has this price.
    pub fn evicted(&mut self, worth: f64) {
        if worth.is_finite() {
            self.price_of_room += PRICE_STEP * (worth.max(0.0) - self.price_of_room);
        }
    }

    /// What is known about a client.
    #[must_use]
    pub fn client(&self, client: u64) -> Option<ClientSnapshot> {
        self.clients.snapshot(client, &self.weights.class_factors)
    }

    /// What is known about a tile.
    #[must_use]
    pub fn tile(&self, now: f64, tile: u64) -> Option<TileSnapshot> {
        let memory = self.tiles.get(tile)?;
        Some(TileSnapshot {
            requests: memory.count,
            idle_seconds: now - memory.at,
            mesh_megabytes: memory.view.mesh,
            work: memory.view.work,
            generated: memory.known.is_some(),
            saving: memory.saving,
            worth: memory.density(&self.returns, now),
        })
    }

    /// What was learned so far.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let mut decisions = Vec::new();
        for placement in Placement::ALL {
            for reason in Reason::ALL {
                let count = self.tallies[placement as usize][reason as usize];
                if count > 0 {
                    decisions.push(Tally {
                        placement,
                        reason,
                        decisions: count,
                    });
                }
            }
        }
        Snapshot {
            weights: self.weights,
            settings: self.settings,
            decisions,
            classes: self.clients.classes(),
            clients: (self.clients.len(), self.clients.active()),
            tiles: self.tiles.len(),
            return_chances: self.returns.chances().to_vec(),
            price_of_room: self.price_of_room,
            generations_per_second: self.load.jobs_per_second(),
        }
    }
}

fn is_time(seconds: f64) -> bool {
    seconds.is_finite() && seconds >= 0.0
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
