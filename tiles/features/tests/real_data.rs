//! Real data.
use gable_features::*;
use std::path::{Path, PathBuf};
fn data(p: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/cache/data")
        .join(p)
}
#[test]
fn probe() {
    for p in std::env::var("PROBE").unwrap().split(',') {
        let t = std::time::Instant::now();
        let f = read(&data(p), &ReadOptions::default());
        match f {
            Ok(f) => {
                let n = f.features.len();
                let h = f
                    .features
                    .iter()
                    .filter(|f| f.attributes.contains_key("height"))
                    .count();
                let l = f
                    .features
                    .iter()
                    .filter(|f| f.attributes.contains_key("levels"))
                    .count();
                println!(
                    "{p}: {:?} {n} height {h} levels {l} holes {} multi {} frame {:?} warnings {:?} area {} {:?}",
                    f.format,
                    f.features
                        .iter()
                        .filter(|f| f.polygons.iter().any(|p| !p.holes.is_empty()))
                        .count(),
                    f.features.iter().filter(|f| f.polygons.len() > 1).count(),
                    f.frame,
                    f.warning_counts(),
                    f.total_area(),
                    t.elapsed()
                );
                for f in f.features.iter().take(2) {
                    println!("{:?} {:?} {:?}", f.id, f.attributes, f.properties);
                }
                for w in f.warnings.iter().take(12) {
                    println!("  {w}");
                }
            }
            Err(e) => println!("{p}: {e}"),
        }
    }
}
