//! Every bundled grammar on every building of two cities, in full detail, tile by tile as a server makes them.

use std::path::Path;
use std::time::Instant;

use gable_world::{World, WorldSettings};

use crate::measure::engine;

/// Names and footprints: bundled ones, and a folder of `tests/fetch-data.sh`.
const CITIES: [(&str, &str); 2] = [
    ("San Francisco", "bundled:san-francisco.geojson"),
    ("Astana", "tests/cache/data/astana"),
];

/// Of larger cities, tiles are left out evenly.
const MOST_TILES: usize = 50;

/// The bundled grammars.
const GRAMMARS: [&str; 9] = [
    "city",
    "detached_house",
    "high_rise",
    "perimeter_block",
    "plant",
    "street",
    "fractal",
    "ground",
    "endless_city",
];

/// Prints a row for each grammar and city.
pub(crate) fn print() {
    println!(
        "## Cities\n\n| city | grammar | tiles | buildings | left out | triangles | core-seconds | triangles / core-second | most memory of a tile, MB | bytes / triangle there |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    );
    for (city, features) in CITIES {
        if !features.starts_with("bundled:") && !Path::new(features).exists() {
            println!("| {city} | run tests/fetch-data.sh first | | | | | | | | |");
            continue;
        }
        for grammar in GRAMMARS {
            row(city, features, grammar);
        }
    }
    println!();
}

fn row(city: &str, features: &str, grammar: &str) {
    let text = format!(
        "name = '{city}'\n[[layer]]\nname = 'buildings'\nfeatures = '{features}'\ngrammar = '{grammar}'\n"
    );
    let settings = WorldSettings::parse("cities", &text).expect("settings");
    let world = World::with_settings(settings, &engine()).expect("a world");
    let layer = &world.layers()[0];
    let finest = layer.levels() - 1;
    let tiles: Vec<_> = layer
        .tiles(finest)
        .filter(|&tile| layer.has_content(tile))
        .collect();
    let step = tiles.len().div_ceil(MOST_TILES);
    let (mut run, mut buildings, mut triangles, mut seconds) = (0, 0, 0, 0.0);
    let mut heaviest = (0, 0);
    for &tile in tiles.iter().step_by(step.max(1)) {
        let recipe = layer.recipe(tile).expect("it has content");
        buildings += recipe.shapes.len();
        let start = Instant::now();
        let content = layer.grammar().rules().generate(&recipe, world.assets());
        seconds += start.elapsed().as_secs_f64();
        let content = content.unwrap_or_else(|error| panic!("{grammar}, {tile}: {error}"));
        run += 1;
        let counts = content.summary.counts;
        triangles += counts.drawn_triangles;
        heaviest = heaviest.max((content.memory_bytes, counts.triangles as usize));
    }
    let (memory, there) = heaviest;
    println!(
        "| {city} | {grammar} | {run} of {} | {buildings} | {} | {triangles} | {seconds:.1} | {:.2} M | {:.1} | {:.0} |",
        tiles.len(),
        layer.left_out().len(),
        triangles as f64 / seconds / 1e6,
        memory as f64 / 1e6,
        memory as f64 / there.max(1) as f64,
    );
}
