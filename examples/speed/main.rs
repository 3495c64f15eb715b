//! How fast content is made: `cargo run --release --example speed`.
//!
//! Times are minima over several runs, on one core unless a row says otherwise; ratios are between things measured in turn
//! in this one run. `speed cities` runs the bundled grammars on real footprints; `speed profile native` (or `wasm`) makes towers over and over, for a profiler to look at.
#![allow(clippy::print_stdout, reason = "it prints figures")]
#![allow(clippy::cast_precision_loss, reason = "figures are rounded for people")]

#[path = "../../tests/support/grammars.rs"]
mod support;

mod cities;
#[path = "../support/measure.rs"]
mod measure;

use std::time::{Duration, Instant};

use gable_compiler::Artifact;
use gable_kernel::recipe::Recipe;
use gable_runtime::asset::AssetStore;
use gable_runtime::{Content, NativeRules, Rules, cores, in_parallel};

use measure::{engine, shortest};

/// Towers in a recipe.
const TOWERS: usize = 4;
/// Plain lots in a recipe.
const LOTS: usize = 10_000;

// As in `gable` itself.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next().as_deref()) {
        (None, _) => {
            towers();
            lots();
        }
        (Some("cities"), None) => cities::print(),
        (Some("profile"), Some("native")) => loop_over(&Job::towers(), Job::natively),
        (Some("profile"), Some("wasm")) => loop_over(&Job::towers(), Job::in_wasm),
        (Some("profile"), Some("lots")) => loop_over(&Job::lots(), Job::natively),
        _ => println!("speed [cities | profile native|wasm|lots]"),
    }
}

/// A grammar and what it is run on.
struct Job {
    rules: Rules,
    native: NativeRules,
    recipe: Recipe,
    assets: AssetStore,
}

impl Job {
    fn new(artifact: &Artifact, footprints: Vec<Vec<Vec<[f64; 3]>>>) -> Self {
        let engine = engine();
        let assets = AssetStore::default();
        Self {
            rules: Rules::load(&engine, &artifact.wasm).expect("our own modules are accepted"),
            native: NativeRules::load(&engine, &artifact.wasm).expect("natively"),
            recipe: support::recipe(artifact, footprints, &assets, None),
            assets,
        }
    }

    /// 30 x 40 x 140 m each, in a row.
    fn towers() -> Self {
        let artifact = support::compile_text("towers.cga", include_str!("towers.cga"));
        let lot = |number| support::rectangle(60.0 * number as f64, 0.0, 30.0, 40.0);
        Self::new(&artifact, (0..TOWERS).map(lot).collect())
    }

    /// Boxes, in rows of a hundred.
    fn lots() -> Self {
        let artifact = support::compile_text("lots.cga", "@StartRule\nLot --> extrude(10)\n");
        let lot = |number| {
            let (row, column) = (number / 100, number % 100);
            support::rectangle(20.0 * column as f64, 20.0 * row as f64, 12.0, 9.0)
        };
        Self::new(&artifact, (0..LOTS).map(lot).collect())
    }

    fn in_wasm(&self) -> Content {
        self.rules
            .generate(&self.recipe, &self.assets)
            .expect("it runs")
    }

    fn natively(&self) -> Content {
        self.native
            .generate(&self.recipe, &self.assets)
            .expect("it runs")
    }
}

/// Runs for ten seconds.
fn loop_over(job: &Job, run: impl Fn(&Job) -> Content) {
    let (start, mut runs) = (Instant::now(), 0_u32);
    while start.elapsed() < Duration::from_secs(10) {
        std::hint::black_box(run(job));
        runs += 1;
    }
    println!("{runs} runs");
}

/// The shortest of several runs, in seconds.
fn seconds<T>(run: impl FnMut() -> T) -> f64 {
    shortest(7, run).as_secs_f64()
}

fn towers() {
    let job = Job::towers();
    let content = job.in_wasm();
    let counts = content.summary.counts;
    let triangles = counts.triangles as f64;
    println!("## Towers\n");
    println!(
        "{} towers: {} quads, {} triangles, {} shapes, {} bytes, {} gas\n",
        counts.initial_shapes,
        counts.faces,
        counts.triangles,
        counts.shapes,
        content.bytes.len(),
        content.summary.gas
    );
    println!("| | ms | triangles / core-second | bytes of file / triangle |");
    println!("|---|---:|---:|---:|");
    let row = |name: &str, seconds: f64| {
        println!(
            "| {name} | {:.1} | {:.2} M | {:.1} |",
            seconds * 1e3,
            triangles / seconds / 1e6,
            content.bytes.len() as f64 / triangles
        );
    };
    row("natively", seconds(|| job.natively()));
    let alone = seconds(|| job.in_wasm());
    row("in Wasm", alone);
    let cores = cores() as usize;
    let together = seconds(|| in_parallel(4 * cores, cores, |_| job.in_wasm())) / 4.0;
    row(&format!("in Wasm, {cores} cores"), together);
    println!("\nAll cores are {:.2} of as many alone.", alone / together);
}

fn lots() {
    let job = Job::lots();
    println!("\n## Plain lots\n");
    println!("| | ms | lots / core-second |");
    println!("|---|---:|---:|");
    let row = |name: &str, seconds: f64| {
        println!(
            "| {name} | {:.1} | {:.0} |",
            seconds * 1e3,
            LOTS as f64 / seconds
        );
    };
    row("natively", seconds(|| job.natively()));
    row("in Wasm", seconds(|| job.in_wasm()));
}
