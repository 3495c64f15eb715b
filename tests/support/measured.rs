//! Runs of CityEngine's own runtime that were measured (tests/measured/runs.json), and whether ours give the same.
//!
//! A hole counts as a face, and its area once more; inserted models count as copies; vertices are counted leaf by leaf.
//! That is how the runtime's encoder gives them.
#![allow(dead_code, reason = "each user takes what it needs")]

use std::collections::BTreeMap;

use gable_compiler::Artifact;
use gable_kernel::recipe::InitialShape;
use gable_runtime::asset::AssetStore;
use gable_runtime::{Content, Engine, NativeRules, Report};
use glam::DVec3;
use serde::Deserialize;

use crate::{grammars, obj, shapes};

/// Metres between points that are the same.
const SAME_POINT: f64 = 1e-4;
/// How many different polygons are listed.
const LISTED: usize = 4;
/// The share by which areas and reports may differ: measured numbers have six digits after the point.
const SAME_NUMBER: f64 = 2e-6;

/// A measured run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Run {
    /// The public rule file that was run.
    pub(crate) file: String,
    /// The first digits of its SHA-256; none where chance decides what it makes.
    pub(crate) sha256: Option<String>,
    /// Rules of our own, in tests/measured, that make the same.
    pub(crate) own: Option<String>,
    /// The initial shape (tests/support/shapes.rs).
    pub(crate) shape: String,
    pub(crate) seed: u64,
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, serde_json::Value>,
    /// What chance decided, as attributes of our own rules.
    #[serde(default)]
    pub(crate) chance: BTreeMap<String, serde_json::Value>,
    pub(crate) faces: usize,
    pub(crate) vertices: u64,
    pub(crate) area: Option<f64>,
    /// Low x, y, z, high x, y, z.
    pub(crate) bounds: Option<[f64; 6]>,
    #[serde(default)]
    pub(crate) prints: Vec<String>,
    #[serde(default)]
    pub(crate) reports: BTreeMap<String, MeasuredReport>,
    /// Where they are few enough: outlines, and holes as rings of their own.
    pub(crate) polygons: Option<Vec<Vec<[f64; 3]>>>,
}

/// What was reported under a key.
#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum MeasuredReport {
    /// Truth values or strings, all equal.
    Equal { n: u64, value: serde_json::Value },
    /// Numbers.
    Numbers {
        n: u64,
        sum: f64,
        avg: f64,
        min: f64,
        max: f64,
    },
}

/// All of them.
pub(crate) fn runs() -> Vec<Run> {
    serde_json::from_str(include_str!("../measured/runs.json")).expect("the table is well formed")
}

impl Run {
    /// A line that names it.
    pub(crate) fn title(&self) -> String {
        let attributes: Vec<String> = self
            .attributes
            .iter()
            .map(|(name, value)| format!("{name}={}", text(value)))
            .collect();
        format!("{} {} {}", self.file, self.shape, attributes.join(", "))
    }

    /// Runs rules as this was run. Attributes that they have not are left out.
    ///
    /// # Errors
    /// The message of a run that was ended.
    pub(crate) fn generate(
        &self,
        artifact: &Artifact,
        assets: &AssetStore,
        engine: &Engine,
    ) -> Result<Content, String> {
        let attributes = self.attributes.iter().chain(&self.chance);
        let attributes = attributes.filter_map(|(name, value)| {
            let value = grammars::value(artifact, name, &text(value))?;
            Some((name.clone(), value))
        });
        let shape = InitialShape {
            polygons: shapes::polygons(&self.shape),
            seed: self.seed,
            ..InitialShape::default()
        };
        let recipe = grammars::recipe_to_measure(artifact, shape, attributes.collect(), assets);
        let rules = NativeRules::load(engine, &artifact.wasm).map_err(|error| error.to_string())?;
        rules
            .generate(&recipe, assets)
            .map_err(|error| error.to_string())
    }

    /// What of the content is not as measured; empty when all is.
    pub(crate) fn differences(&self, content: &Content) -> Vec<String> {
        let mut list = Vec::new();
        let rings = obj::rings(&String::from_utf8_lossy(&content.bytes));
        let mut compare = |what: &str, found: String, measured: String| {
            if found != measured {
                list.push(format!("{what} {found} (measured {measured})"));
            }
        };
        compare("faces", rings.len().to_string(), self.faces.to_string());
        let vertices = content.summary.counts.vertices;
        compare("vertices", vertices.to_string(), self.vertices.to_string());
        if !self.prints.is_empty() {
            let prints = content.summary.prints.join(" ");
            compare("prints", prints, self.prints.join(" "));
        }
        let (area, bounds) = obj::area_and_bounds(&rings);
        if let Some(measured) = self.area.filter(|it| !is_same(area, *it)) {
            list.push(format!("area {area:.4} (measured {measured})"));
        }
        let far = |(a, b): (&f64, &f64)| (a - b).abs() > SAME_POINT;
        if let Some(measured) = self.bounds
            && bounds.iter().zip(&measured).any(far)
        {
            list.push(format!("bounds {bounds:.4?} (measured {measured:?})"));
        }
        for (key, measured) in &self.reports {
            let found = content.summary.reports.get(key);
            if !found.is_some_and(|found| measured.is_same(found)) {
                list.push(format!("report {key} {found:?} (measured {measured:?})"));
            }
        }
        if let Some(polygons) = &self.polygons {
            list.extend(different_polygons(&rings, polygons));
        }
        list
    }
}

impl MeasuredReport {
    fn is_same(&self, found: &Report) -> bool {
        match self {
            Self::Equal { n, value } => {
                let counts = if value.is_boolean() {
                    &found.bools
                } else {
                    &found.strings
                };
                let (value, counted) = (text(value), counts.values().sum::<u64>());
                counts.get(&value) == Some(n) && counted == *n && found.n == 0
            }
            Self::Numbers {
                n,
                sum,
                avg,
                min,
                max,
            } => {
                let numbers = [
                    (found.sum, sum),
                    (found.avg, avg),
                    (found.min, min),
                    (found.max, max),
                ];
                found.n == *n
                    && numbers
                        .into_iter()
                        .all(|(a, b)| a.is_some_and(|a| is_same(a, *b)))
            }
        }
    }
}

fn text(value: &serde_json::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME_NUMBER * b.abs()
}

/// Rings that are only in one of two sets; where a ring begins and in which order they come is all the same.
fn different_polygons(found: &[Vec<DVec3>], measured: &[Vec<[f64; 3]>]) -> Vec<String> {
    let mut left: Vec<&Vec<DVec3>> = found.iter().collect();
    let mut list = Vec::new();
    for ring in measured {
        let points: Vec<DVec3> = ring.iter().map(|&point| point.into()).collect();
        match left.iter().position(|found| is_same_ring(found, &points)) {
            Some(place) => _ = left.swap_remove(place),
            None => list.push(format!("no polygon {ring:?}")),
        }
    }
    let surplus = left.iter();
    list.extend(surplus.map(|ring| format!("polygon {ring:.4?} was not measured")));
    let count = list.len();
    list.truncate(LISTED);
    if count > LISTED {
        list.push(format!("and {} more polygons", count - LISTED));
    }
    list
}

fn is_same_ring(a: &[DVec3], b: &[DVec3]) -> bool {
    let same_from = |start: usize| {
        a.iter()
            .enumerate()
            .all(|(k, point)| point.distance(b[(start + k) % b.len()]) <= SAME_POINT)
    };
    a.len() == b.len() && (0..b.len()).any(same_from)
}
