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
    let layer = if features.starts_with("bundled:") {
        String::new()
    } else {
        "source_layer = 'building'\n".to_owned()
    };
    let text = format!(
        "name = '{city}'\n[[layer]]\nname = 'buildings'\nfeatures = '{features}'\ngrammar = '{grammar}'\n{layer}"
    );
    let settings = WorldSettings::parse("cities", &text).expect("settings");
    let world = World::with_settings(settings, &engine()).expect("a world");
    let layer = &world.layers()[0];
    let finest = layer.levels() - 1;
    let (mut tiles, mut triangles, mut seconds) = (0, 0, 0.0);
    let mut heaviest = (0, 0);
    for tile in layer.tiles(finest) {
        let Some(recipe) = layer.recipe(tile) else {
            continue;
        };
        let start = Instant::now();
        let content = layer.grammar().rules().generate(&recipe, world.assets());
        seconds += start.elapsed().as_secs_f64();
        let content = content.unwrap_or_else(|error| panic!("{grammar}, {tile}: {error}"));
        tiles += 1;
        let counts = content.summary.counts;
        triangles += counts.drawn_triangles;
        heaviest = heaviest.max((content.memory_bytes, counts.triangles as usize));
    }
    let (memory, there) = heaviest;
    println!(
        "| {city} | {grammar} | {tiles} | {} | {} | {triangles} | {seconds:.1} | {:.2} M | {:.1} | {:.0} |",
        layer.feature_count().unwrap_or(0),
        layer.left_out().len(),
        triangles as f64 / seconds / 1e6,
        memory as f64 / 1e6,
        memory as f64 / there.max(1) as f64,
    );
}
