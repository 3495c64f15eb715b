//! What a run gives.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The result of a recipe.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// The file: GLB, or OBJ text.
    pub bytes: Vec<u8>,
    /// Files that belong beside it (an OBJ's materials), by name.
    pub companions: Vec<(String, Vec<u8>)>,
    /// What is to be said about it.
    pub summary: Summary,
    /// Bytes of linear memory that the run had at its end, which is the most it had; `EngineOptions::memory_bytes` bounds them.
    /// 0 where the kernel ran natively.
    pub memory_bytes: usize,
}

/// Counts, reports and warnings of a run, as the kernel writes them (JSON).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Summary {
    /// How much there is.
    pub counts: Counts,
    /// The least and the greatest x, y, z of a box around everything, metres; none when the content is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extent: Option<[[f64; 3]; 2]>,
    /// Units of work used: a count that is the same everywhere.
    pub gas: u64,
    /// `report` values, by key.
    pub reports: BTreeMap<String, Report>,
    /// The same for each initial shape that reported; only when features are written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shape_reports: Vec<ShapeReports>,
    /// Problems that did not end the run.
    pub warnings: Vec<Warning>,
    /// Warnings that found no room.
    pub warnings_dropped: u64,
    /// What `print` wrote.
    pub prints: Vec<String>,
    /// Printed lines that found no room.
    pub prints_dropped: u64,
}

/// How much there is in the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Counts {
    /// Initial shapes.
    pub initial_shapes: u64,
    /// Shapes created in all, pieces included.
    pub shapes: u64,
    /// Leaves.
    pub leaves: u64,
    /// Polygons; those of an instanced asset count for every instance.
    pub faces: u64,
    /// Triangles in the file.
    pub triangles: u64,
    /// Triangles on the screen: those of an instanced asset count for every instance.
    pub drawn_triangles: u64,
    /// Vertices in the file.
    pub vertices: u64,
    /// Placements of instanced assets.
    pub instances: u64,
    /// Different looks.
    pub materials: u64,
    /// Draw calls (primitives).
    pub primitives: u64,
    /// Size of the file.
    pub bytes: u64,
    /// Shapes, faces and triangles left out because they are not finite or have no area.
    pub dropped: u64,
}

/// The values of one report key, as CGA aggregates them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Report {
    /// Number of floats.
    pub n: u64,
    /// Their sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sum: Option<f64>,
    /// Their average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avg: Option<f64>,
    /// The smallest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The largest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// How often each bool came.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub bools: BTreeMap<String, u64>,
    /// How often each string came.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub strings: BTreeMap<String, u64>,
}

impl Report {
    /// How many values were reported, of whatever type.
    pub fn values(&self) -> u64 {
        self.n + self.bools.values().sum::<u64>() + self.strings.values().sum::<u64>()
    }
}

/// What one initial shape reported.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ShapeReports {
    /// Its number in the recipe.
    pub shape: u32,
    /// Its name.
    pub name: String,
    /// Its `report` values, by key.
    pub reports: BTreeMap<String, Report>,
}

/// A problem that did not end the run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Warning {
    /// What.
    pub text: String,
    /// File of the operation.
    pub source: String,
    /// Line from 1; 0 when unknown.
    pub line: u32,
    /// Column from 1.
    pub column: u32,
    /// Number of the initial shape at which it came first.
    pub shape: u32,
    /// How often it happened.
    pub count: u64,
}

/// What the kernel says when a run ends early (JSON).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Failure {
    /// `gas`, `shapes`, `depth`, ..., `start` for a run that could not begin.
    pub(crate) kind: String,
    pub(crate) text: String,
    pub(crate) source: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) rule: String,
    pub(crate) name: String,
}

impl Failure {
    /// `file:line:column (rule R, shape S)`.
    pub(crate) fn place(&self) -> Option<String> {
        use std::fmt::Write as _;
        if self.source.is_empty() {
            return None;
        }
        let mut place = format!("{}:{}:{}", self.source, self.line, self.column);
        match (self.rule.is_empty(), self.name.is_empty()) {
            (false, false) => write!(place, " (rule {}, initial shape {})", self.rule, self.name),
            (false, true) => write!(place, " (rule {})", self.rule),
            _ => Ok(()),
        }
        .expect("writing to a string cannot fail");
        Some(place)
    }
}
