//! What the rule reaches, on traces short enough for a test; `gable simulate --all` shows the same at full length.

use gable_placement::Weights;
use gable_placement::simulate::{cell, synthetic};

/// Ours stays near the bound and below always-recipe and always-mesh.
fn check(name: &str, weights: &str, cache: f64, most: f64) {
    let trace = synthetic::named(name, 15_000, 1).expect("a trace");
    let cell = cell(
        &trace,
        (weights, &Weights::named(weights).expect("weights")),
        cache,
    );
    let ours = cell.ours();
    assert!(
        ours >= 1.0,
        "{name} {weights} {cache}: {ours} is below the bound"
    );
    assert!(ours <= most, "{name} {weights} {cache}: {ours}");
    for outcome in &cell.outcomes[1..] {
        if outcome.policy.starts_with("always") {
            let ratio = cell.ratio(outcome);
            assert!(
                ours <= ratio + 0.002,
                "{name} {weights} {cache}: {ours}, {} {ratio}",
                outcome.policy
            );
        }
        assert!(cell.ratio(outcome) >= 1.0, "nothing is below the bound");
    }
}

#[test]
fn balanced_weights_cost_at_most_a_twentieth_above_the_bound() {
    for name in [
        "zipf-0.8", "drift", "group", "flash", "explore", "times-2", "switch",
    ] {
        check(name, "balanced", 0.05, 1.05);
    }
}

#[test]
fn all_weights_cost_at_most_a_twelfth_above_the_bound() {
    for weights in Weights::NAMES {
        for name in ["zipf-0.8", "group", "times-4"] {
            check(name, weights, 0.2, 1.08);
        }
    }
}
