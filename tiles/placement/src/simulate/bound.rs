//! The offline bound: no policy, whatever it knows of the future, costs less.
//!
//! Three things are relaxed. (1) The cache's capacity becomes a price per megabyte and second in each of some time bins
//! (Lagrangian dual); then each tile is on its own, and the cheapest sequence of answers and holds is a dynamic program.
//! (2) That a module must be sent before the first recipe becomes a price per request ([`modules`]). (3) Nothing queues, and
//! a copy is there as soon as it is ordered. Any prices that are not negative (and, for modules, fit) give a valid bound;
//! ascent finds good ones.

mod modules;

use modules::Modules;

use super::trace::Trace;
use super::truth::Truth;
use crate::weights::Weights;

/// Bins of time: some seconds each, as short as copies of a small cache live.
const BINS: usize = 240;
const ROUNDS: u32 = 140;
const LONG_AGO: f64 = 1e300;

/// The bound and the plan that belongs to it.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    /// Micro-dollars.
    pub(crate) cost: f64,
    /// Hold the copy from this request to the next one of its tile.
    pub(crate) hold: Vec<bool>,
    /// The next request of the same tile.
    pub(crate) next: Vec<Option<u32>>,
}

/// What a request does in the plan.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Answer {
    Cheapest,
    Making,
    Held,
}

/// Requests ordered by tile, then time.
struct Problem<'a> {
    order: Vec<u32>,
    /// Starts of the tiles in the order, and its end.
    starts: Vec<usize>,
    at: Vec<f64>,
    size: Vec<f64>,
    truth: Vec<&'a Truth>,
    edges: Vec<f64>,
    /// Bin of each request, and how far into it.
    bins: Vec<(usize, f64)>,
    rent: f64,
    capacity: f64,
}

impl<'a> Problem<'a> {
    fn new(trace: &Trace, truth: &'a [Truth], weights: &Weights, capacity: f64) -> Self {
        let count = u32::try_from(trace.requests.len()).unwrap_or(u32::MAX);
        let mut order: Vec<u32> = (0..count).collect();
        order.sort_by_key(|&i| (trace.requests[i as usize].tile, i));
        let tile = |place: usize| trace.requests[order[place] as usize].tile;
        let mut starts: Vec<usize> = (0..order.len())
            .filter(|&place| place == 0 || tile(place) != tile(place - 1))
            .collect();
        starts.push(order.len());
        let at: Vec<f64> = order
            .iter()
            .map(|&i| trace.requests[i as usize].at)
            .collect();
        let edges = edges(trace);
        let bins = at
            .iter()
            .map(|&at| {
                let bin = edges.partition_point(|&edge| edge <= at);
                let bin = bin.saturating_sub(1).min(BINS - 1);
                (bin, at - edges[bin])
            })
            .collect();
        Self {
            size: order
                .iter()
                .map(|&i| {
                    trace.tiles[trace.requests[i as usize].tile as usize]
                        .view
                        .mesh
                })
                .collect(),
            truth: order.iter().map(|&i| &truth[i as usize]).collect(),
            order,
            starts,
            at,
            edges,
            bins,
            rent: weights.megabyte_second_kept,
            capacity,
        }
    }

    fn width(&self, bin: usize) -> f64 {
        self.edges[bin + 1] - self.edges[bin]
    }

    /// Megabyte seconds that the cache has in a bin.
    fn room(&self, bin: usize) -> f64 {
        self.capacity * self.width(bin)
    }
}

/// Ends of the bins: quantiles of the requests' times.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places in a list"
)]
fn edges(trace: &Trace) -> Vec<f64> {
    let last = trace.requests.len().saturating_sub(1);
    let mut edges: Vec<f64> = (0..=BINS)
        .map(|bin| {
            let place = (last as f64 * bin as f64 / BINS as f64) as usize;
            trace.requests[place.min(last)].at
        })
        .collect();
    edges[0] -= 1e-6;
    edges[BINS] += 1e-6;
    edges
}

/// Prices that the relaxed constraints have.
#[derive(Clone)]
struct Prices {
    /// Of a megabyte and second in each bin.
    room: Vec<f64>,
    /// Of the module, for each request.
    module: Vec<f64>,
}

/// A plan at given prices.
struct Plan {
    answers: Vec<Answer>,
    hold: Vec<bool>,
    /// Megabyte seconds in each bin.
    usage: Vec<f64>,
    /// The cheapest way to each request comes from no copy; the cheapest way to a copy is the copy held before.
    from_absent: Vec<bool>,
    from_held: Vec<bool>,
}

impl Plan {
    fn new(requests: usize) -> Self {
        Self {
            answers: vec![Answer::Cheapest; requests],
            hold: vec![false; requests],
            usage: vec![0.0; BINS],
            from_absent: vec![false; requests],
            from_held: vec![false; requests],
        }
    }

    /// The cheapest plan at these prices; the bound that they give.
    fn solve(&mut self, problem: &Problem<'_>, prices: &Prices) -> f64 {
        self.usage.fill(0.0);
        let mut sum = 0.0;
        let mut paid = vec![0.0; BINS + 1];
        for bin in 0..BINS {
            paid[bin + 1] = paid[bin] + prices.room[bin] * problem.width(bin);
        }
        let cumulated: Vec<f64> = problem
            .bins
            .iter()
            .map(|&(bin, into)| paid[bin] + prices.room[bin] * into)
            .collect();
        for range in problem.starts.windows(2) {
            sum += self.solve_tile(problem, prices, &cumulated, range[0]..range[1]);
        }
        sum - problem.capacity * paid[BINS]
    }

    /// Forward over the requests of a tile: cheapest costs with and without a copy after each; then back along the choices.
    fn solve_tile(
        &mut self,
        problem: &Problem<'_>,
        prices: &Prices,
        cumulated: &[f64],
        range: std::ops::Range<usize>,
    ) -> f64 {
        let (mut absent, mut held) = (0.0f64, LONG_AGO);
        for i in range.clone() {
            let truth = problem.truth[i];
            let recipe = truth.recipe + prices.module[i];
            let mesh = truth
                .origin
                .min(truth.mesh + truth.generation + truth.generation_wait);
            let cheapest = recipe.min(mesh);
            let making = mesh.min(recipe + truth.generation);
            let before = absent.min(held);
            self.from_absent[i] = absent <= held;
            let make = before + making;
            let mut next_held = make;
            self.from_held[i] = false;
            if i > range.start {
                let seconds = problem.at[i] - problem.at[i - 1];
                let rent =
                    problem.size[i] * (problem.rent * seconds + cumulated[i] - cumulated[i - 1]);
                let keep = held + rent + recipe.min(truth.mesh);
                if keep <= make {
                    next_held = keep;
                    self.from_held[i] = true;
                }
            }
            absent = before + cheapest;
            held = next_held;
        }
        self.hold[range.clone()].fill(false);
        let mut with_copy = held < absent;
        for i in range.rev() {
            if !with_copy {
                self.answers[i] = Answer::Cheapest;
                with_copy = !self.from_absent[i];
            } else if self.from_held[i] {
                self.answers[i] = Answer::Held;
                self.hold[i - 1] = true;
                self.occupy(problem, i);
            } else {
                self.answers[i] = Answer::Making;
                with_copy = !self.from_absent[i];
            }
        }
        absent.min(held)
    }

    /// Books the room of a hold from the request before to this one.
    fn occupy(&mut self, problem: &Problem<'_>, i: usize) {
        let (from, to) = (problem.at[i - 1], problem.at[i]);
        let (first, last) = (problem.bins[i - 1].0, problem.bins[i].0);
        for bin in first..=last {
            let seconds = to.min(problem.edges[bin + 1]) - from.max(problem.edges[bin]);
            self.usage[bin] += problem.size[i] * seconds.max(0.0);
        }
    }

    /// Whether each request's client generates.
    fn generates(&self, problem: &Problem<'_>, module: f64, i: usize) -> bool {
        let truth = problem.truth[i];
        let recipe = truth.recipe + module;
        let mesh = truth
            .origin
            .min(truth.mesh + truth.generation + truth.generation_wait);
        match self.answers[i] {
            Answer::Cheapest => recipe <= mesh,
            Answer::Making => recipe + truth.generation <= mesh,
            Answer::Held => recipe <= truth.mesh,
        }
    }
}

/// The bound for a cache of so many megabytes.
pub(crate) fn bound(trace: &Trace, truth: &[Truth], weights: &Weights, capacity: f64) -> Bound {
    let problem = Problem::new(trace, truth, weights, capacity);
    let modules = Modules::new(&problem);
    let mut search = Search {
        plan: Plan::new(trace.requests.len()),
        prices: Prices {
            room: vec![0.0; BINS],
            module: modules.even(trace.requests.len()),
        },
        best: f64::NEG_INFINITY,
        best_room: vec![0.0; BINS],
        best_hold: Vec::new(),
        problem,
    };
    search.step();
    let crowded = (0..BINS).any(|bin| search.plan.usage[bin] > search.problem.room(bin));
    if crowded {
        search.level();
    }
    for round in 0..ROUNDS {
        search.step();
        if crowded {
            search.ascend(f64::from(round));
        }
        let Search {
            problem,
            plan,
            prices,
            ..
        } = &mut search;
        modules.shift(problem, plan, &mut prices.module, f64::from(round));
    }
    search.finish(trace.requests.len())
}

struct Search<'a> {
    problem: Problem<'a>,
    plan: Plan,
    prices: Prices,
    best: f64,
    best_room: Vec<f64>,
    best_hold: Vec<bool>,
}

impl Search<'_> {
    /// Solves at the present prices and remembers the best.
    fn step(&mut self) {
        let cost = self.plan.solve(&self.problem, &self.prices);
        if cost > self.best {
            self.best = cost;
            self.best_room.clone_from(&self.prices.room);
            self.best_hold.clone_from(&self.plan.hold);
        }
    }

    fn over_full(&self) -> bool {
        let room: f64 = (0..BINS).map(|bin| self.problem.room(bin)).sum();
        self.plan.usage.iter().sum::<f64>() > room
    }

    /// Finds one price for all bins at which the cache is about full.
    fn level(&mut self) {
        let (mut low, mut high) = (0.0, 1e-3);
        for _ in 0..40 {
            self.prices.room.fill(high);
            self.step();
            if !self.over_full() {
                break;
            }
            high *= 2.0;
        }
        for _ in 0..14 {
            let middle = f64::midpoint(low, high);
            self.prices.room.fill(middle);
            self.step();
            if self.over_full() {
                low = middle;
            } else {
                high = middle;
            }
        }
        self.prices.room = self
            .best_room
            .iter()
            .map(|&price| price.max(1e-6))
            .collect();
    }

    /// One step of ascent in the price of each bin.
    fn ascend(&mut self, round: f64) {
        let step = 0.5 / (1.0 + round / 15.0);
        for bin in 0..BINS {
            let excess = self.plan.usage[bin] / self.problem.room(bin).max(1e-12) - 1.0;
            let price = self.prices.room[bin] * (step * excess).clamp(-0.7, 0.7).exp();
            self.prices.room[bin] = price.clamp(1e-7, 1e3);
        }
    }

    fn finish(self, requests: usize) -> Bound {
        let mut hold = vec![false; requests];
        let mut next = vec![None; requests];
        for range in self.problem.starts.windows(2) {
            for place in range[0]..range[1] {
                let request = self.problem.order[place] as usize;
                hold[request] = self.best_hold[place];
                if place + 1 < range[1] {
                    next[request] = Some(self.problem.order[place + 1]);
                }
            }
        }
        Bound {
            cost: self.best,
            hold,
            next,
        }
    }
}
