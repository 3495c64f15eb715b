//! That a module must be sent before the first recipe, relaxed: each request whose client generates pays a price instead.
//!
//! Take the requests of one client for tiles of one layer, in order of time: they share a module. A policy under which the
//! client generates first at request j pays the module at that moment's cost, and all its requests that generate are j or
//! later. So if, for every j, the prices from j on sum to no more than the module costs at j, then no policy pays more in
//! prices than for the module, and the bound holds. (To ask that all prices sum to no more than the module at its cheapest
//! moment would do as well, but gives a lower bound: links and devices wander.)

use super::{Plan, Problem};

/// The requests that share a module, each with what the module costs at that moment.
type Group = Vec<(usize, f64)>;

/// All groups of a trace.
pub(super) struct Modules {
    groups: Vec<Group>,
}

impl Modules {
    pub(super) fn new(problem: &Problem<'_>) -> Self {
        let last = problem.truth.iter().map(|truth| truth.module_group).max();
        let mut groups = vec![Group::new(); last.map_or(0, |last| last as usize + 1)];
        for (place, truth) in problem.truth.iter().enumerate() {
            groups[truth.module_group as usize].push((place, truth.module));
        }
        for group in &mut groups {
            group.sort_by_key(|&(place, _)| problem.order[place]);
        }
        Self { groups }
    }

    /// Prices at which all requests of a group pay alike.
    pub(super) fn even(&self, requests: usize) -> Vec<f64> {
        let mut prices = vec![0.0; requests];
        for group in &self.groups {
            raise(group, 1.0, &mut prices);
            fit(group, &mut prices);
        }
        prices
    }

    /// Moves prices towards those requests whose client generates; in later rounds by less.
    pub(super) fn shift(&self, problem: &Problem<'_>, plan: &Plan, prices: &mut [f64], round: f64) {
        for group in &self.groups {
            let users: Group = group
                .iter()
                .copied()
                .filter(|&(place, _)| plan.generates(problem, prices[place], place))
                .collect();
            raise(&users, 1.0 / (1.0 + round / 8.0), prices);
            fit(group, prices);
        }
    }
}

/// Adds so large a share of the module to the prices of some requests, spread over them.
fn raise(users: &[(usize, f64)], share: f64, prices: &mut [f64]) {
    #[expect(clippy::cast_precision_loss, reason = "requests of one client")]
    let part = share / users.len() as f64;
    for &(place, module) in users {
        prices[place] += part * module;
    }
}

/// Lowers prices until those from each request on sum to no more than the module costs there.
fn fit(group: &[(usize, f64)], prices: &mut [f64]) {
    let mut factors = vec![1.0; group.len()];
    let mut sum = 0.0;
    for (factor, &(place, module)) in factors.iter_mut().zip(group).rev() {
        sum += prices[place];
        if sum > module {
            *factor = module / sum;
            sum = module;
        }
    }
    let mut product = 1.0;
    for (factor, &(place, _)) in factors.iter().zip(group) {
        product *= factor;
        prices[place] *= product;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_generates_first_pays_no_more_in_prices_than_for_the_module() {
        let modules = [9.0, 4.0, 12.0, 6.0, 2.0, 7.0];
        let group: Group = modules.into_iter().enumerate().collect();
        for scale in [0.1, 1.0, 10.0] {
            let mut prices = [3.0, 0.0, 5.0, 1.0, 4.0, 0.5].map(|price| price * scale);
            fit(&group, &mut prices);
            for (first, module) in modules.into_iter().enumerate() {
                let paid: f64 = prices[first..].iter().sum();
                assert!(paid <= module + 1e-9, "{first}: {paid} of {module}");
            }
        }
    }

    #[test]
    fn a_module_that_was_dear_when_it_was_needed_counts_in_full() {
        let group: Group = vec![(0, 9.0), (1, 2.0)];
        let mut prices = [8.0, 5.0];
        fit(&group, &mut prices);
        assert!((prices[0] + prices[1] - 9.0).abs() < 1e-9, "{prices:?}");
    }
}
