//! What the placement rule reaches in the real server: traces over HTTP against `gable serve`, beside the simulator.
//!
//! ```sh
//! cargo build --release && cargo run --release --example replay -- [SECONDS [memory|disk]... [TRACE]...]
//! ```
//! Each trace gets a server that has learned nothing, with room for a twentieth of the trace's meshes, once in memory and
//! once on disk, or only in one of them. `gable simulate --against` plays it for so many seconds. The world is the bundled
//! city without end in cells of 64 m, whose tiles are some twenty milliseconds of work: then two cores serve twenty requests
//! a second, and a trace of ten minutes is long enough for what is learned to pay.

#![allow(clippy::print_stdout, reason = "it prints figures")]

#[path = "support/gable.rs"]
mod gable;

use std::error::Error;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

type Outcome<T> = Result<T, Box<dyn Error>>;

const SECONDS: &str = "600";
const TIERS: [&str; 2] = ["memory", "disk"];
const TRACES: [&str; 6] = [
    "zipf-0.8", "group", "explore", "flash", "times-2", "liars-20",
];
/// Requests a second that two cores, and for the hurried traces one core, serve without standing still.
const RATES: [usize; 2] = [20, 30];
const WORLD: &str = "name = 'Small cells'\norigin = [-140.0, 30.0, 0.0]\n[[layer]]\nname = 'city'\n\
    grammar = 'endless_city'\ncells = { side = 64.0, levels = 9 }\ndetail = [1, 2]\nerror = 1.0\n";
/// Its levels that are more than ground.
const LEVELS: &str = "7..8";
/// Room of the cache, as a share of all meshes of the trace.
const SHARE: f64 = 0.05;

/// A running server.
struct Server {
    child: Child,
    base: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments.next().unwrap_or_else(|| SECONDS.to_owned());
    let (mut tiers, mut traces): (Vec<String>, Vec<String>) =
        arguments.partition(|word| TIERS.contains(&word.as_str()));
    if tiers.is_empty() {
        tiers = TIERS.map(str::to_owned).to_vec();
    }
    if traces.is_empty() {
        traces = TRACES.map(str::to_owned).to_vec();
    }
    let folder = tempfile::tempdir()?;
    let world = folder.path().join("world.toml");
    std::fs::write(&world, WORLD)?;
    let learned = folder.path().join("learned.json");
    println!(
        "| trace | requests | cache | simulated | its decisions | difference | over HTTP | best fixed | failed |\n\
         |---|---:|---|---:|---:|---:|---:|---:|---:|"
    );
    for trace in &traces {
        // The hurried traces are made for one core.
        let hurried = trace.starts_with("liars") || trace.starts_with("overload");
        let workers = if hurried { "1" } else { "2" };
        let rate = RATES[usize::from(hurried)];
        let requests = (seconds.parse::<usize>()? * rate).to_string();
        let simulate = |base: &str, more: &[&str]| -> Outcome<Value> {
            let json = folder.path().join("figures.json");
            let ended = Command::new(gable::program())
                .args([
                    "simulate",
                    "--against",
                    base,
                    "--trace",
                    trace,
                    "--seconds",
                    &seconds,
                ])
                .args(["--levels", LEVELS, "--requests", &requests])
                .args(more)
                .arg("--learned")
                .arg(&learned)
                .arg("--json")
                .arg(&json)
                .stdout(Stdio::null())
                .status()?;
            if !ended.success() {
                return Err(format!("{trace}: {ended}").into());
            }
            Ok(serde_json::from_slice(&std::fs::read(json)?)?)
        };
        let bytes = {
            let server = start(&world, &[])?;
            let needs = simulate(&server.base, &["--prepare"])?;
            needs[0]["mesh_bytes"].as_f64().ok_or("no size")? * SHARE
        };
        let size = format!("{bytes:.0}B");
        for tier in &tiers {
            let cache = folder.path().join(format!("{trace}-{tier}"));
            let mut options: Vec<OsString> = ["--workers", workers].map(OsString::from).to_vec();
            if tier == "disk" {
                options.extend(["--memory", "1kB", "--disk", &size, "--cache"].map(OsString::from));
                options.push(cache.into());
            } else {
                options.extend(["--memory", &size].map(OsString::from));
            }
            let server = start(&world, &options)?;
            let figures = simulate(&server.base, &[])?;
            print(trace, tier, &figures[0]);
        }
    }
    Ok(())
}

fn print(trace: &str, tier: &str, figures: &Value) {
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    let [simulated, decisions, http] = [0, 1, 2].map(|place| number(&figures["ratios"][place]));
    let outcomes = figures["outcomes"].as_array().into_iter().flatten();
    let fixed = outcomes
        .filter(|outcome| outcome["policy"] != "ours" && outcome["policy"] != "clairvoyant");
    let best = fixed
        .map(|outcome| number(&outcome["cost"]) / number(&figures["bound"]))
        .fold(f64::INFINITY, f64::min);
    println!(
        "| {trace} | {} | {:.0} % in {tier} | {simulated:.3} | {decisions:.3} | {:+.1} % | {http:.3} | {best:.3} | {} |",
        figures["requests"],
        number(&figures["cache"]) * 100.0,
        (decisions / simulated - 1.0) * 100.0,
        figures["failed"],
    );
}

fn start(world: &Path, options: &[OsString]) -> Outcome<Server> {
    let (child, base) = gable::serve(
        [world.as_os_str()]
            .into_iter()
            .chain(options.iter().map(OsString::as_os_str)),
    )?;
    Ok(Server { child, base })
}
