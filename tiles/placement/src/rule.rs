//! The rule: one pure function from what is observed and what was learned to a placement.

use serde::{Deserialize, Serialize};

use crate::load::Edge;
use crate::usage::{self, ClientView, Origin, TileView};
use crate::weights::Weights;

/// A module is spread over so many answers of a session.
const ANSWERS_PER_MODULE: f64 = 33.0;
/// Under load, a client above its share pays so many times for generation.
const OVER_SHARE_PRICE: f64 = 1.5;

/// Where content is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// The recipe is sent, the client generates.
    Recipe,
    /// The mesh that is kept is sent.
    Kept,
    /// The mesh is being generated for somebody else: wait for it and send it.
    Join,
    /// The edge generates, the mesh is sent.
    Generate,
    /// The recipe is sent, and the edge generates in the background for those who follow.
    RecipeAndGenerate,
    /// The mesh is fetched from the origin and sent.
    Origin,
}

impl Placement {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Recipe,
        Self::Kept,
        Self::Join,
        Self::Generate,
        Self::RecipeAndGenerate,
        Self::Origin,
    ];

    /// The letters that headers and metrics use.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Recipe => "A",
            Self::Kept => "H",
            Self::Join => "W",
            Self::Generate => "B",
            Self::RecipeAndGenerate => "AG",
            Self::Origin => "O",
        }
    }

    /// The client gets the recipe.
    #[must_use]
    pub fn sends_recipe(self) -> bool {
        matches!(self, Self::Recipe | Self::RecipeAndGenerate)
    }

    /// The edge starts a generation.
    #[must_use]
    pub fn generates(self) -> bool {
        matches!(self, Self::Generate | Self::RecipeAndGenerate)
    }
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The mesh is kept, and sending it is cheapest.
    Kept,
    /// The mesh is kept or on its way, but this client makes it for less.
    KeptButClientCheaper,
    /// Waiting for the generation under way is cheapest.
    InFlight,
    /// The cheapest answer to this request alone.
    CheapestNow,
    /// Dearer than the cheapest answer by less than a copy is worth to those who follow.
    WorthKeeping,
    /// Requests have paid for a copy twice over without getting one: make it, whatever the estimate says.
    Guard,
    /// The edge would generate, were it not so busy.
    Overload,
    /// The origin's mesh costs less than generating here.
    OriginCheaper,
    /// The client takes only meshes.
    MeshOnlyClient,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Kept,
        Self::KeptButClientCheaper,
        Self::InFlight,
        Self::CheapestNow,
        Self::WorthKeeping,
        Self::Guard,
        Self::Overload,
        Self::OriginCheaper,
        Self::MeshOnlyClient,
    ];

    /// The word that headers and metrics use.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::KeptButClientCheaper => "kept-but-client-cheaper",
            Self::InFlight => "in-flight",
            Self::CheapestNow => "cheapest-now",
            Self::WorthKeeping => "worth-keeping",
            Self::Guard => "guard",
            Self::Overload => "overload",
            Self::OriginCheaper => "origin-cheaper",
            Self::MeshOnlyClient => "mesh-only-client",
        }
    }
}

/// Whether the mesh is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cached {
    /// Neither kept nor being made.
    #[default]
    Absent,
    /// In memory or on disk.
    Kept,
    /// Being generated or fetched.
    InFlight {
        /// Seconds until it is there.
        remaining: f64,
    },
}

/// What is observed of one request. Everything is an expectation in seconds and megabytes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Who asks.
    pub client: ClientView,
    /// It takes only meshes.
    pub mesh_only: bool,
    /// Megabytes of modules that it lacks for the recipe.
    pub module: f64,
    /// Seconds until it can run recipes.
    pub ready: f64,
    /// What is asked for.
    pub tile: TileView,
    /// Whether the mesh is there.
    pub cached: Cached,
    /// The edge's own state.
    pub edge: Edge,
    /// Whom the edge may ask.
    pub origin: Option<Origin>,
}

/// What was learned that bears on one request.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// What a copy made now will save those who follow, in micro-dollars, its keeping paid.
    pub worth: f64,
    /// What copies would have saved since the last one was made, in micro-dollars, decayed.
    pub credit: f64,
    /// A kept copy still earns more than the one it would replace.
    pub earns_its_place: bool,
    /// Seconds that a generation now makes others wait, in sum.
    pub delay_of_others: f64,
    /// The client already took more than its share of a busy edge.
    pub over_share: bool,
    /// What a client of this class got last for this tile: the recipe (true) or the mesh.
    pub last_recipe: Option<bool>,
}

/// How the rule leans.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Between recipe and kept mesh, the other must be cheaper by this share before a tile changes sides for a class.
    pub hysteresis: f64,
    /// A copy is made when requests have paid for it so many times over. 0: never.
    pub guard: f64,
    /// No copy is made for those who follow when its generation would wait longer, in seconds.
    pub patience: f64,
    /// Under load, a client that took more than so many times its share of edge CPU pays more.
    pub fair_share: f64,
    /// Tiles that are remembered.
    pub tiles: usize,
    /// Clients that are remembered.
    pub clients: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hysteresis: 0.05,
            guard: 2.0,
            patience: 1.0,
            fair_share: 3.0,
            tiles: 200_000,
            clients: 20_000,
        }
    }
}

/// What each answer would cost, in micro-dollars. None: it cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Costs {
    /// Send the recipe.
    pub recipe: Option<f64>,
    /// Send the mesh if it were there.
    pub mesh: f64,
    /// Wait for the generation under way and send the mesh.
    pub join: Option<f64>,
    /// Generate here, with queue and the delay of others.
    pub generate: f64,
    /// Send the recipe and generate in the background.
    pub recipe_and_generate: Option<f64>,
    /// Fetch from the origin.
    pub origin: Option<f64>,
    /// What a kept mesh would have saved this request.
    pub saving: f64,
    /// What having it made now costs above the cheapest answer.
    pub regret: f64,
    /// What a copy made now is worth to those who follow.
    pub worth: f64,
}

impl Costs {
    /// What each answer would cost and what a copy is worth, with the names that headers and traces use; what cannot be
    /// given is left out.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, f64)> {
        [
            ("recipe", self.recipe),
            ("mesh", Some(self.mesh)),
            ("join", self.join),
            ("generate", Some(self.generate)),
            ("recipe-and-generate", self.recipe_and_generate),
            ("origin", self.origin),
            ("worth", Some(self.worth)),
        ]
        .into_iter()
        .filter_map(|(name, price)| Some((name, price?)))
    }
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Where content is made.
    pub placement: Placement,
    /// Offer the mesh to the cache once it is made.
    pub keep: bool,
    /// Why.
    pub reason: Reason,
    /// What it was weighed against.
    pub costs: Costs,
}

/// Prices of the answers; what cannot be given is infinitely dear.
#[derive(Debug, Clone, Copy)]
struct Prices {
    recipe: f64,
    mesh: f64,
    generate: f64,
    generate_when_idle: f64,
    recipe_and_generate: f64,
    origin: f64,
}

impl Prices {
    fn new(seen: &Observation, weights: &Weights, state: &State) -> Self {
        let factor = seen.client.device_factor;
        let recipe = if seen.mesh_only {
            f64::INFINITY
        } else {
            let module = usage::module(&seen.client, seen.module);
            let module = if seen.module > 0.0 {
                weights.price(&module, factor)
            } else {
                0.0
            };
            let starting = usage::starting(&seen.client, &seen.tile, seen.ready);
            weights.price(&usage::recipe(&seen.client, &seen.tile), factor)
                + weights.price(&starting, factor)
                + module / ANSWERS_PER_MODULE
        };
        let mesh = weights.price(&usage::mesh(&seen.client, &seen.tile), factor);
        let work = weights.price(&usage::generation(&seen.tile), factor);
        let fairness = if state.over_share {
            OVER_SHARE_PRICE
        } else {
            1.0
        };
        let delay = weights.waiting_second * state.delay_of_others;
        let queue = weights.waiting_second * seen.edge.queue_seconds;
        let background = weights.edge_second * seen.tile.work;
        Self {
            recipe,
            mesh,
            generate: (mesh + work + queue + delay) * fairness,
            generate_when_idle: mesh + work,
            recipe_and_generate: recipe + (background + delay) * fairness,
            origin: seen.origin.map_or(f64::INFINITY, |origin| {
                mesh + weights.price(&usage::from_origin(&origin, &seen.tile), factor)
            }),
        }
    }

    /// The cheapest answer when the mesh is not there.
    fn cheapest(&self) -> f64 {
        self.recipe.min(self.generate).min(self.origin)
    }

    /// The cheapest answer after which the mesh is there.
    fn cheapest_making(&self) -> f64 {
        self.generate.min(self.origin).min(self.recipe_and_generate)
    }

    fn costs(&self, join: Option<f64>, worth: f64) -> Costs {
        let possible = |price: f64| price.is_finite().then_some(price);
        let cheapest = self.cheapest();
        Costs {
            recipe: possible(self.recipe),
            mesh: self.mesh,
            join,
            generate: self.generate,
            recipe_and_generate: possible(self.recipe_and_generate),
            origin: possible(self.origin),
            saving: (cheapest - self.recipe.min(self.mesh)).max(0.0),
            regret: self.cheapest_making() - cheapest,
            worth,
        }
    }
}

/// Where the content of one request is made. Pure: the same arguments, the same decision.
#[must_use]
pub fn decide(
    seen: &Observation,
    weights: &Weights,
    settings: &Settings,
    state: &State,
) -> Decision {
    let prices = Prices::new(seen, weights, state);
    match seen.cached {
        Cached::Kept => there(seen, settings, state, &prices, 0.0),
        Cached::InFlight { remaining } => {
            let wait = weights.waiting_second * remaining.max(0.0);
            there(seen, settings, state, &prices, wait)
        }
        Cached::Absent => absent(seen, settings, state, &prices),
    }
}

/// The mesh is kept, or will be there after a wait of this price.
fn there(
    seen: &Observation,
    settings: &Settings,
    state: &State,
    prices: &Prices,
    wait: f64,
) -> Decision {
    let mesh = prices.mesh + wait;
    let lead = 1.0 - settings.hysteresis;
    let recipe = match state.last_recipe {
        None => prices.recipe < mesh,
        Some(true) => prices.recipe * lead < mesh,
        Some(false) => prices.recipe < mesh * lead,
    };
    let in_flight = seen.cached != Cached::Kept;
    let (placement, reason) = if recipe {
        (Placement::Recipe, Reason::KeptButClientCheaper)
    } else if in_flight {
        (Placement::Join, Reason::InFlight)
    } else {
        (Placement::Kept, Reason::Kept)
    };
    Decision {
        placement,
        keep: !recipe && state.worth > 0.0,
        reason: if seen.mesh_only && in_flight {
            Reason::MeshOnlyClient
        } else {
            reason
        },
        costs: prices.costs(in_flight.then_some(mesh), state.worth),
    }
}

/// The mesh is not there: rent or buy.
fn absent(seen: &Observation, settings: &Settings, state: &State, prices: &Prices) -> Decision {
    let costs = prices.costs(None, state.worth);
    let cheapest = prices.cheapest();
    let making = prices.cheapest_making();
    let worth_it = costs.regret <= 0.0 || state.worth > costs.regret * (1.0 + settings.hysteresis);
    let guard = settings.guard > 0.0
        && state.earns_its_place
        && state.credit > settings.guard * costs.regret;
    let by_origin = making == prices.origin;
    let queue_full = seen.edge.queue_seconds > settings.patience;
    let make = (worth_it || guard) && (by_origin || !queue_full);
    let target = if make { making } else { cheapest };
    let placement = if target == prices.recipe {
        Placement::Recipe
    } else if target == prices.generate {
        Placement::Generate
    } else if target == prices.origin {
        Placement::Origin
    } else {
        Placement::RecipeAndGenerate
    };
    let busy = prices.generate_when_idle < prices.recipe.min(prices.origin);
    let reason = if busy && !placement.generates() {
        Reason::Overload
    } else if seen.mesh_only {
        Reason::MeshOnlyClient
    } else if make && costs.regret > 0.0 {
        if worth_it {
            Reason::WorthKeeping
        } else {
            Reason::Guard
        }
    } else if placement == Placement::Origin && prices.generate <= prices.recipe {
        Reason::OriginCheaper
    } else {
        Reason::CheapestNow
    };
    Decision {
        placement,
        keep: make && placement != Placement::Recipe && (state.worth > 0.0 || guard),
        reason,
        costs,
    }
}
