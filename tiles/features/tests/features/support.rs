//! What the integration tests share: where data is, and what a valid feature is.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

use earcut::Earcut;
use gable_features::{Feature, FeatureError, Features, Polygon, ReadOptions, read};

/// A committed fixture.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

/// Data that `tests/fetch-data.sh` fetches; it runs once if something is missing.
pub(crate) fn fetched(name: &str) -> PathBuf {
    static FETCH: Once = Once::new();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let path = tests.join("cache/data").join(name);
    if !path.exists() {
        FETCH.call_once(|| {
            let status = Command::new("sh").arg(tests.join("fetch-data.sh")).status();
            assert!(
                status.is_ok_and(|status| status.success()),
                "tests/fetch-data.sh failed"
            );
        });
    }
    path
}

/// Reads, with the default options.
pub(crate) fn features(path: &Path) -> Features {
    read(path, &ReadOptions::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// The message of a failure.
pub(crate) fn message(result: Result<Features, FeatureError>) -> String {
    result
        .map(|features| features.features.len())
        .unwrap_err()
        .to_string()
}

/// Every polygon: rings of three different corners or more, all at one height, outer turning left,
/// holes turning right, and triangles that cover the polygon exactly, which they do only if its rings
/// are simple and its holes lie inside. The triangulation knows nothing of the repair.
pub(crate) fn assert_valid(features: &Features) {
    let mut earcut = Earcut::new();
    for feature in &features.features {
        assert!(!feature.polygons.is_empty(), "{}", feature.id);
        for polygon in &feature.polygons {
            assert_polygon(&mut earcut, feature, polygon);
        }
    }
}

fn assert_polygon(earcut: &mut Earcut<f64>, feature: &Feature, polygon: &Polygon) {
    let rings = || std::iter::once(&polygon.outer).chain(&polygon.holes);
    let area_of = |ring: &[[f64; 3]]| {
        Polygon {
            outer: ring.to_vec(),
            holes: Vec::new(),
        }
        .area()
    };
    let height = polygon.outer[0][1];
    for (index, ring) in rings().enumerate() {
        assert!(ring.len() >= 3, "{}", feature.id);
        assert_eq!(
            area_of(ring) > 0.0,
            index == 0,
            "{} turns the wrong way",
            feature.id
        );
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            assert!(
                a.iter().all(|coordinate| coordinate.is_finite()),
                "{}",
                feature.id
            );
            assert_eq!(a[1], height, "{} is not level", feature.id);
            assert!(
                (a[0] - b[0]).hypot(a[2] - b[2]) > 0.0005,
                "{} repeats a corner",
                feature.id
            );
        }
    }
    let corners: Vec<[f64; 2]> = rings()
        .flatten()
        .map(|corner| [corner[0], -corner[2]])
        .collect();
    let mut starts = Vec::new();
    let mut start = polygon.outer.len();
    for hole in &polygon.holes {
        starts.push(start);
        start += hole.len();
    }
    let mut triangles: Vec<usize> = Vec::new();
    earcut.earcut(corners.iter().copied(), &starts, &mut triangles);
    let (triples, _) = triangles.as_chunks::<3>();
    let covered: f64 = triples
        .iter()
        .map(|triple| triangle(triple.map(|i| corners[i])))
        .sum();
    let area = polygon.area();
    let difference = (covered - area).abs();
    assert!(
        difference <= 1e-6 * area.max(1.0),
        "{}: {covered} of {area}",
        feature.id
    );
}

fn triangle([a, b, c]: [[f64; 2]; 3]) -> f64 {
    (((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])) / 2.0).abs()
}
