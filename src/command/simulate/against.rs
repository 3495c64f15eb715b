//! `gable simulate --against`: the same trace in the simulator and, with simulated clients, over HTTP at a running server.

mod learn;
mod remote;
mod replay;
mod retold;
mod tiles;

use std::collections::BTreeMap;
use std::path::Path;

use gable_placement::simulate::{Cell, Outcome, Site, Trace, TraceTile, cell_at, play, synthetic};
use serde::Serialize;

use self::learn::Learned;
use self::remote::{Edge, Remote};
use self::replay::{Played, Replay};
use self::retold::Retold;
use crate::cli::SimulateArguments;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::say::tell;
use crate::table;

/// A trace lasts so long when nothing is said.
const SECONDS: f64 = 120.0;
/// Traces have about so many requests a second by themselves.
const REQUESTS_PER_SECOND: f64 = 45.0;
/// More requests than this in a second are no trace that one machine plays.
const MOST_REQUESTS_PER_SECOND: f64 = 2_000.0;
/// When the last requests of a hundred leave later than this, the machine is too slow for the trace.
const LATE: f64 = 0.050;

/// A trace in the simulator and over HTTP.
#[derive(Debug, Serialize)]
struct Comparison {
    #[serde(flatten)]
    cell: Cell,
    /// Ours, as the server answered.
    http: Outcome,
    /// The server's decisions at the waits that the simulator has for them.
    decisions: Outcome,
    /// Cost over the bound: simulated, of the server's decisions, and with the waits that there really were.
    ratios: [f64; 3],
    /// Seconds by which the last of a hundred requests left late.
    late_seconds: f64,
    /// Answers with other bytes than the tile was learned with.
    other_bytes: usize,
    /// Requests without an answer, or with an error.
    failed: usize,
}

/// What a trace takes of a server, for `--prepare`.
#[derive(Debug, Serialize)]
struct Needs {
    trace: String,
    requests: usize,
    tiles: usize,
    /// Bytes of all meshes.
    mesh_bytes: u64,
    /// CPU seconds to make each tile once.
    cpu_seconds: f64,
}

/// Runs it.
pub(super) fn run(
    arguments: &SimulateArguments,
    address: &str,
    names: &[String],
) -> Result<(), Failure> {
    check(arguments)?;
    let remote = Remote::new(address)?;
    let edge = remote.edge()?;
    let world = remote.world(arguments.world.as_deref())?;
    let seconds = arguments.seconds.unwrap_or(SECONDS);
    let mut traces: Vec<Trace> = names
        .iter()
        .map(|name| lasting(name, seconds, arguments))
        .collect::<Result<_, _>>()?;
    let wanted = traces.iter().map(|trace| trace.tiles.len()).sum();
    let progress = Progress::new();
    progress.phase(format!("choosing {wanted} tiles"));
    let chosen = tiles::choose(&remote, &world, wanted, arguments)?;
    let learned = learn::learn(
        &remote,
        &world,
        &chosen,
        arguments.learned.as_deref(),
        &progress,
    )?;
    drop(progress);
    // Each trace has tiles of its own, so that none finds what another has left.
    let mut rest = learned.tiles.as_slice();
    let mut parts = Vec::new();
    for trace in &mut traces {
        let (part, after) = rest.split_at(trace.tiles.len());
        furnish(trace, part, &learned.modules, &edge);
        parts.push(part);
        rest = after;
    }
    if let Some(path) = &arguments.write_trace {
        return super::write_trace(path, &traces);
    }
    if arguments.prepare {
        return prepare(&traces, arguments.json.as_deref());
    }
    if edge.remembered > 0 {
        tell!(
            "warning: {address} remembers {} tiles already: what it keeps and has learned changes the figures; start it anew, with an empty cache",
            edge.remembered
        );
    }
    let mut comparisons = Vec::new();
    for (trace, tiles) in traces.iter().zip(parts) {
        let replay = Replay::new(&remote, trace, tiles, &learned.modules, &edge);
        comparisons.push(compare(trace, &edge, &replay)?);
    }
    finish(&comparisons, arguments.json.as_deref())
}

/// What makes no sense together.
fn check(arguments: &SimulateArguments) -> Result<(), Failure> {
    let seconds = arguments.seconds.unwrap_or(SECONDS);
    if !(1.0..=86_400.0).contains(&seconds) {
        return Err(Failure::Usage(format!(
            "--seconds {seconds}: a replay takes from 1 second to a day"
        )));
    }
    for (given, flag) in [
        (!arguments.weights.is_empty(), "--weights"),
        (!arguments.cache.is_empty(), "--cache"),
    ] {
        if given {
            return Err(Failure::Usage(format!(
                "{flag} does not go with --against: the server says what it pays and how large its cache is; start it with `gable serve --weights NAME --memory SIZE`"
            )));
        }
    }
    Ok(())
}

/// A trace that lasts so long: a synthetic one is made of as many requests as that takes, a recorded one is played
/// faster or slower.
fn lasting(name: &str, seconds: f64, arguments: &SimulateArguments) -> Result<Trace, Failure> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "thousands"
    )]
    let whole = |requests: f64| requests.ceil() as usize;
    let usual = whole(seconds * REQUESTS_PER_SECOND);
    let requests = arguments.requests.unwrap_or(usual);
    let mut trace = super::trace(name, requests, arguments.seed)?;
    if arguments.requests.is_none() && synthetic::named(name, 1, 1).is_some() {
        #[expect(clippy::cast_precision_loss, reason = "thousands")]
        let needed = requests as f64 * seconds / trace.seconds().max(1e-3);
        trace = super::trace(name, whole(needed), arguments.seed)?;
    }
    let first = trace.requests.first().map_or(0.0, |request| request.at);
    let pace = seconds / trace.seconds().max(1e-3);
    for request in &mut trace.requests {
        request.at = (request.at - first) * pace;
    }
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let rate = trace.requests.len() as f64 / seconds;
    if rate > MOST_REQUESTS_PER_SECOND {
        return Err(Failure::Usage(format!(
            "{name} would have {rate:.0} requests a second; give it more --seconds or fewer --requests"
        )));
    }
    Ok(trace)
}

/// Puts a world's tiles in place of the trace's, and the server's cores.
fn furnish(trace: &mut Trace, tiles: &[Learned], modules: &[learn::Module], edge: &Edge) {
    let mut layers = BTreeMap::new();
    trace.tiles = tiles
        .iter()
        .map(|tile| {
            let next = u32::try_from(layers.len()).unwrap_or(u32::MAX);
            let layer = *layers
                .entry((tile.layer.clone(), tile.level))
                .or_insert(next);
            let module = modules
                .iter()
                .position(|module| module.sha256 == tile.module);
            TraceTile {
                view: tile.view(),
                shapes: tile.shapes,
                layer,
                module: u32::try_from(module.unwrap_or(0)).unwrap_or(0),
            }
        })
        .collect();
    trace.modules = modules.iter().map(|module| module.megabytes).collect();
    trace.cores = edge.statement.cores;
}

fn prepare(traces: &[Trace], json: Option<&Path>) -> Result<(), Failure> {
    let needs: Vec<Needs> = traces
        .iter()
        .map(|trace| Needs {
            trace: trace.name.clone(),
            requests: trace.requests.len(),
            tiles: trace.tiles.len(),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "bytes"
            )]
            mesh_bytes: (trace.megabytes() * 1e6) as u64,
            cpu_seconds: trace.tiles.iter().map(|tile| tile.view.work).sum(),
        })
        .collect();
    let mut rows = vec![super::head(&[
        "trace", "requests", "tiles", "meshes", "CPU",
    ])];
    for need in &needs {
        rows.push(vec![
            need.trace.clone(),
            need.requests.to_string(),
            need.tiles.to_string(),
            table::bytes(usize::try_from(need.mesh_bytes).unwrap_or(usize::MAX)),
            format!("{:.1} s", need.cpu_seconds),
        ]);
    }
    table::print(&rows);
    save(json, &needs)
}

/// Plays it in the simulator, then over HTTP.
fn compare(trace: &Trace, edge: &Edge, replay: &Replay<'_>) -> Result<Comparison, Failure> {
    let progress = Progress::new();
    progress.phase(format!("simulating {}", trace.name));
    #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
    let site = Site {
        weights: edge.weights,
        settings: edge.settings,
        megabytes: edge.statement.cache_bytes as f64 / 1e6,
        origin: edge.statement.origin,
    };
    let cell = cell_at(trace, edge.weights_name(), &site);
    let Played {
        outcome: http,
        answers,
        late_seconds,
        other_bytes,
        failures,
    } = replay.play(&progress)?;
    drop(progress);
    if let Some(first) = failures.first() {
        tell!(
            "error: {} of {} requests failed; the first: {first}",
            failures.len(),
            trace.requests.len()
        );
    }
    let mut retold = Retold::new(answers);
    let origin = site.origin.as_ref();
    let mut decisions = play(trace, &site.weights, origin, &mut retold);
    decisions.terms.storage = http.terms.storage;
    decisions.cost = decisions.terms.total();
    let ratios = [cell.ours(), cell.ratio(&decisions), cell.ratio(&http)];
    Ok(Comparison {
        cell,
        http,
        decisions,
        ratios,
        late_seconds,
        other_bytes,
        failed: failures.len(),
    })
}

fn finish(comparisons: &[Comparison], json: Option<&Path>) -> Result<(), Failure> {
    for comparison in comparisons {
        let server = [&comparison.http, &comparison.decisions];
        super::print_cell(&comparison.cell, &server);
        warn(comparison);
    }
    let mut rows = vec![super::head(&[
        "cost/bound",
        "simulated",
        "its decisions",
        "difference",
        "over HTTP",
        "difference",
        "failed",
    ])];
    for Comparison {
        cell,
        ratios: [simulated, decisions, http],
        failed,
        ..
    } in comparisons
    {
        rows.push(vec![
            cell.trace.clone(),
            format!("{simulated:.3}"),
            format!("{decisions:.3}"),
            format!("{:+.1} %", (decisions / simulated - 1.0) * 100.0),
            format!("{http:.3}"),
            format!("{:+.1} %", (http / simulated - 1.0) * 100.0),
            failed.to_string(),
        ]);
    }
    table::print(&rows);
    save(json, &comparisons)?;
    let failed: usize = comparisons.iter().map(|one| one.failed).sum();
    if failed > 0 {
        return Err(Failure::Input(format!(
            "{failed} requests failed and are in no figure; the server's log says why"
        )));
    }
    Ok(())
}

fn warn(comparison: &Comparison) {
    let trace = &comparison.cell.trace;
    if comparison.late_seconds > LATE {
        tell!(
            "warning: {trace}: one request of a hundred left {:.0} ms late: this machine is too busy for so many; give it more --seconds with the same --requests",
            comparison.late_seconds * 1e3
        );
    }
    if comparison.other_bytes > 0 {
        tell!(
            "warning: {trace}: {} answers had other bytes than the tile was learned with: the server is of another version, or the world has changed",
            comparison.other_bytes
        );
    }
}

fn save(path: Option<&Path>, what: &impl Serialize) -> Result<(), Failure> {
    match path {
        Some(path) => super::write(
            path,
            &serde_json::to_string_pretty(what).expect("plain data"),
        ),
        None => Ok(()),
    }
}
