//! `gable simulate`: the placement rule on traces, against fixed policies and the offline bound.

mod against;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use gable_placement::Weights;
use gable_placement::simulate::{self, Cell, Outcome, Trace, synthetic};

use crate::cli::SimulateArguments;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::say::say;
use crate::table;

/// What is simulated when nothing is said.
const FEW_TRACES: [&str; 4] = ["zipf-0.8", "group", "explore", "times-2"];
const FEW_WEIGHTS: [&str; 2] = ["balanced", "flatrate"];
const FEW_CACHES: [f64; 1] = [0.05];
const FEW_REQUESTS: usize = 15_000;
/// What the whole grid has; the goals are about these.
const ALL_CACHES: [f64; 4] = [0.01, 0.05, 0.20, 0.50];
const ALL_REQUESTS: usize = 60_000;
/// Up to so many cells, each policy has a row.
const DETAILED: usize = 16;

/// Runs it.
pub(crate) fn run(arguments: &SimulateArguments) -> Result<(), Failure> {
    if let Some(address) = &arguments.against {
        return against::run(arguments, address, &names(arguments));
    }
    let traces = traces(arguments)?;
    if let Some(path) = &arguments.write_trace {
        return write_trace(path, &traces);
    }
    let weights = weights(arguments)?;
    let caches = caches(arguments)?;
    let mut jobs = Vec::new();
    for trace in &traces {
        for (name, weights) in &weights {
            for &cache in &caches {
                jobs.push((trace, name.as_str(), weights, cache));
            }
        }
    }
    let cells = play(&jobs);
    if cells.len() <= DETAILED {
        print_details(&cells);
    } else {
        print_rows(&cells);
    }
    print_summary(&cells);
    if let Some(path) = &arguments.json {
        let text = serde_json::to_string_pretty(&cells).expect("cells are plain data");
        write(path, &text)?;
    }
    if let Some(path) = &arguments.plot {
        write(path, &simulate::plot(&cells))?;
    }
    Ok(())
}

/// Writes the one trace that there is.
fn write_trace(path: &Path, traces: &[Trace]) -> Result<(), Failure> {
    let [trace] = traces else {
        return Err(Failure::Usage(
            "--write-trace writes one trace: name it with --trace".to_owned(),
        ));
    };
    write(path, &simulate::write(trace))?;
    say!("{}: {} requests", path.display(), trace.requests.len());
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure::file("write", path, &error))
}

/// Names of the traces that were asked for, or of the usual ones.
fn names(arguments: &SimulateArguments) -> Vec<String> {
    if !arguments.trace.is_empty() {
        return arguments.trace.clone();
    }
    if arguments.all {
        let names = synthetic::TRACES.iter();
        return names.map(|(name, _)| (*name).to_owned()).collect();
    }
    FEW_TRACES.map(str::to_owned).to_vec()
}

/// The traces of these names.
fn traces(arguments: &SimulateArguments) -> Result<Vec<Trace>, Failure> {
    let few = if arguments.all {
        ALL_REQUESTS
    } else {
        FEW_REQUESTS
    };
    let requests = arguments.requests.unwrap_or(few);
    names(arguments)
        .iter()
        .map(|name| trace(name, requests, arguments.seed))
        .collect()
}

fn trace(name: &str, requests: usize, seed: u64) -> Result<Trace, Failure> {
    if let Some(trace) = synthetic::named(name, requests, seed) {
        return Ok(trace);
    }
    let path = Path::new(name);
    if !path.is_file() {
        let list: Vec<String> = synthetic::TRACES
            .iter()
            .map(|(name, what)| format!("  {name:<16} {what}"))
            .collect();
        return Err(Failure::Usage(format!(
            "there is no trace and no file `{name}`; the traces are\n{}",
            list.join("\n")
        )));
    }
    let text =
        std::fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
    simulate::read(name, &text).map_err(|error| Failure::Input(format!("{name}: {error}")))
}

/// The weights that were named, or the usual ones.
fn weights(arguments: &SimulateArguments) -> Result<Vec<(String, Weights)>, Failure> {
    let usual: Vec<String> = if arguments.all {
        Weights::NAMES.map(str::to_owned).to_vec()
    } else {
        FEW_WEIGHTS.map(str::to_owned).to_vec()
    };
    let names = if arguments.weights.is_empty() {
        &usual
    } else {
        &arguments.weights
    };
    names
        .iter()
        .map(|name| {
            let path = Path::new(name);
            if let Some(weights) = Weights::named(name) {
                Ok((name.clone(), weights))
            } else if path.is_file() {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| Failure::file("read", path, &error))?;
                let weights = serde_json::from_str(&text)
                    .map_err(|error| Failure::Input(format!("{name}: {error}")))?;
                Ok((name.clone(), weights))
            } else {
                Err(Failure::Usage(format!(
                    "there are no weights and no file `{name}`; the weights are {}",
                    Weights::NAMES.join(", ")
                )))
            }
        })
        .collect()
}

/// The sizes of cache that were named, or the usual ones.
fn caches(arguments: &SimulateArguments) -> Result<Vec<f64>, Failure> {
    if let Some(wrong) = arguments
        .cache
        .iter()
        .find(|&&cache| !(cache > 0.0 && cache <= 1.0))
    {
        return Err(Failure::Usage(format!(
            "--cache {wrong}: it is a share of all meshes of the trace, above 0, at most 1"
        )));
    }
    Ok(if !arguments.cache.is_empty() {
        arguments.cache.clone()
    } else if arguments.all {
        ALL_CACHES.to_vec()
    } else {
        FEW_CACHES.to_vec()
    })
}

/// Plays all cells, on all cores.
fn play(jobs: &[(&Trace, &str, &Weights, f64)]) -> Vec<Cell> {
    let progress = Progress::new();
    let done = AtomicUsize::new(0);
    let cores = gable_runtime::cores() as usize;
    gable_runtime::in_parallel(jobs.len(), cores, |number| {
        let (trace, name, weights, cache) = jobs[number];
        let cell = simulate::cell(trace, (name, weights), cache);
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        progress.phase(format!("{done} of {} cells", jobs.len()));
        cell
    })
}

fn head(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Each policy of each cell.
fn print_details(cells: &[Cell]) {
    for cell in cells {
        print_cell(cell, &[]);
    }
}

/// Each policy of a cell, and, after ours, what a server did.
fn print_cell(cell: &Cell, server: &[&Outcome]) {
    say!(
        "{}, {} weights, cache {}, {} requests",
        cell.trace,
        cell.weights,
        percent(cell.cache),
        cell.requests
    );
    let mut rows = vec![head(&[
        "policy",
        "cost/bound",
        "p50",
        "p95",
        "egress",
        "edge CPU",
        "hits",
        "recipes",
    ])];
    let (ours, others) = cell.outcomes.split_at(1.min(cell.outcomes.len()));
    for outcome in ours.iter().chain(server.iter().copied()).chain(others) {
        rows.push(vec![
            outcome.policy.clone(),
            format!("{:.3}", cell.ratio(outcome)),
            format!("{:.0} ms", outcome.p50_seconds * 1e3),
            format!("{:.0} ms", outcome.p95_seconds * 1e3),
            format!("{:.0} MB", outcome.egress_megabytes),
            format!("{:.1} s", outcome.edge_seconds),
            percent(outcome.hit_rate),
            percent(outcome.shares[0] + outcome.shares[4]),
        ]);
    }
    table::print(&rows);
    say!();
}

/// One row for each cell.
fn print_rows(cells: &[Cell]) {
    let mut rows = vec![head(&[
        "trace",
        "weights",
        "cache",
        "ours",
        "best other",
        "",
        "p95",
        "egress",
        "edge CPU",
    ])];
    for cell in cells {
        let (best, ratio) = cell.best_fixed().unwrap_or(("", f64::NAN));
        let ours = &cell.outcomes[0];
        rows.push(vec![
            cell.trace.clone(),
            cell.weights.clone(),
            percent(cell.cache),
            format!("{:.3}", cell.ours()),
            format!("{ratio:.3}"),
            best.to_owned(),
            format!("{:.0} ms", ours.p95_seconds * 1e3),
            format!("{:.0} MB", ours.egress_megabytes),
            format!("{:.1} s", ours.edge_seconds),
        ]);
    }
    table::print(&rows);
    say!();
}

/// Each policy over all cells.
fn print_summary(cells: &[Cell]) {
    let Some(first) = cells.first() else {
        return;
    };
    let mut rows = vec![head(&[
        "cost/bound over all cells",
        "mean",
        "median",
        "95 %",
        "most",
    ])];
    for outcome in &first.outcomes {
        let mut ratios: Vec<f64> = cells
            .iter()
            .flat_map(|cell| cell.outcomes.iter().map(move |other| (cell, other)))
            .filter(|(_, other)| other.policy == outcome.policy)
            .map(|(cell, other)| cell.ratio(other))
            .collect();
        ratios.sort_by(f64::total_cmp);
        #[expect(clippy::cast_precision_loss, reason = "hundreds")]
        let mean = ratios.iter().sum::<f64>() / ratios.len().max(1) as f64;
        let at = |percent: usize| ratios[(ratios.len() * percent / 100).min(ratios.len() - 1)];
        rows.push(vec![
            outcome.policy.clone(),
            format!("{mean:.3}"),
            format!("{:.3}", at(50)),
            format!("{:.3}", at(95)),
            format!("{:.3}", at(100)),
        ]);
    }
    table::print(&rows);
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
