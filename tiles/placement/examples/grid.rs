//! Prints a grid of the simulator: `cargo run --release -p gable-placement --example grid -- REQUESTS TRACE,... WEIGHTS,... CACHE,...`

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::allow_attributes_without_reason,
    clippy::allow_attributes,
    missing_docs
)]

use gable_placement::{Weights, simulate};

fn main() {
    let a: Vec<String> = std::env::args().collect();
    let list = |i: usize, default: Vec<&str>| -> Vec<String> {
        a.get(i)
            .filter(|s| *s != "-")
            .map_or(default.iter().map(|s| (*s).to_owned()).collect(), |s| {
                s.split(',').map(str::to_owned).collect()
            })
    };
    let n: usize = a.get(1).map_or(15000, |s| s.parse().unwrap());
    let traces = list(2, simulate::synthetic::TRACES.iter().map(|t| t.0).collect());
    let weights = list(3, Weights::NAMES.to_vec());
    let caches = list(4, vec!["0.01", "0.05", "0.2", "0.5"]);
    let part: usize = a.get(5).map_or(0, |s| s.parse().unwrap());
    let seed: u64 = a.get(6).map_or(1, |s| s.parse().unwrap());
    let verbose = a.len() > 7;
    let mut k = 0;
    for t in &traces {
        let trace = simulate::synthetic::named(t, n, seed).unwrap();
        for w in &weights {
            for c in &caches {
                k += 1;
                if part > 0 && k % 2 != part - 1 {
                    continue;
                }
                let cell =
                    simulate::cell(&trace, (w, &Weights::named(w).unwrap()), c.parse().unwrap());
                let (best, ratio) = cell.best_fixed().unwrap();
                let ours = cell.ours();
                let goal = if w == "balanced" { 1.05 } else { 1.08 };
                let flag = format!(
                    "{}{}",
                    if ours > goal { " OVER" } else { "" },
                    if ours > ratio { " WORSE" } else { "" }
                );
                let cl = cell.ratio(cell.outcomes.last().unwrap());
                println!(
                    "{t:12} {w:9} {c:5} n{} ours {ours:.4} best-fixed {ratio:.4} ({best}) clair {cl:.4}{flag}",
                    cell.requests
                );
                if verbose {
                    for o in &cell.outcomes {
                        println!(
                            "     {:24} {:.4} p50 {:.3} p95 {:.3} egress {:.0} edge {:.1} hit {:.3} shares {:?}\n        {:?} hl {:?}",
                            o.policy,
                            cell.ratio(o),
                            o.p50_seconds,
                            o.p95_seconds,
                            o.egress_megabytes,
                            o.edge_seconds,
                            o.hit_rate,
                            o.shares.map(|s| (s * 1000.).round() / 1000.),
                            o.terms,
                            o.honest_and_liars
                        );
                    }
                }
            }
        }
    }
}
