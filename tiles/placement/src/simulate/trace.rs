//! Traces: who asked for what and when, and what was true then. Synthetic or recorded; recorded ones are JSON lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::client::DeviceClass;
use crate::usage::TileView;

use super::random::Random;

/// Deviation of the logarithm of what clients measure.
pub(crate) const MEASUREMENT_NOISE: f64 = 0.20;

/// A tile of a trace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TraceTile {
    /// True sizes and work.
    pub view: TileView,
    /// Initial shapes.
    pub shapes: u32,
    /// Its layer: tiles of one layer are alike.
    pub layer: u32,
    /// Place of its module in the trace's modules.
    pub module: u32,
}

/// A client of a trace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TraceClient {
    /// Its true class.
    pub class: DeviceClass,
    /// The class that it claims.
    pub claimed: Option<DeviceClass>,
    /// What its calibration run says: power relative to an edge core.
    pub calibrated: Option<f64>,
    /// It says that it is four times slower than it is.
    pub liar: bool,
    /// It takes only meshes.
    pub mesh_only: bool,
}

/// A request of a trace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TraceRequest {
    /// Seconds since the trace began.
    pub at: f64,
    /// Place in the trace's tiles.
    pub tile: u32,
    /// Place in the trace's clients.
    pub client: u32,
    /// True power of the client now.
    pub power: f64,
    /// True megabytes a second now.
    pub megabytes_per_second: f64,
    /// Round trip, in seconds.
    pub rtt: f64,
    /// What the client will measure, as factors of the truth: power, megabytes a second.
    pub noise: (f64, f64),
}

/// A whole trace, requests by time.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Its name.
    pub name: String,
    /// The tiles that occur.
    pub tiles: Vec<TraceTile>,
    /// The clients that occur.
    pub clients: Vec<TraceClient>,
    /// Megabytes of each module.
    pub modules: Vec<f64>,
    /// The requests.
    pub requests: Vec<TraceRequest>,
    /// Cores of the edge that generate.
    pub cores: u32,
}

impl Trace {
    /// Megabytes of all meshes.
    #[must_use]
    pub fn megabytes(&self) -> f64 {
        self.tiles.iter().map(|tile| tile.view.mesh).sum()
    }

    /// Seconds from the first request to the last.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        match (self.requests.first(), self.requests.last()) {
            (Some(first), Some(last)) => last.at - first.at,
            _ => 0.0,
        }
    }
}

/// One line of a recorded trace: a request as JSON, for example
///
/// ```json
/// {"time":12.5,"tile":"helsinki/14/9327/4743","client":"c81","layer":"buildings","recipe_bytes":5800,"mesh_bytes":412000,
///  "shapes":166,"work":0.031,"power":0.4,"megabytes_per_second":6.5,"rtt":0.03,"class":"laptop"}
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Seconds since the recording began.
    pub time: f64,
    /// Name of the tile's content.
    pub tile: String,
    /// Name of the client's session.
    pub client: String,
    /// Name of the layer: tiles of one layer are alike.
    pub layer: String,
    /// Name of the module that its recipes need; without it, each layer has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// Bytes of the recipe.
    pub recipe_bytes: u64,
    /// Bytes of the mesh as it is sent.
    pub mesh_bytes: u64,
    /// Initial shapes.
    pub shapes: u32,
    /// Edge CPU seconds to generate the tile.
    pub work: f64,
    /// Power of the client relative to an edge core.
    pub power: f64,
    /// Megabytes a second to the client.
    pub megabytes_per_second: f64,
    /// Round trip, in seconds.
    pub rtt: f64,
    /// Class of the device.
    pub class: DeviceClass,
    /// Bytes of the module and its assets.
    #[serde(default)]
    pub module_bytes: u64,
    /// The client takes only meshes.
    #[serde(default)]
    pub mesh_only: bool,
}

/// A recorded trace cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// A line is not a record.
    #[error("line {line} of the trace is no request: {source}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },
    /// A number makes no sense.
    #[error("line {line} of the trace: {what} must be finite and above 0")]
    Number {
        /// Which line, from 1.
        line: usize,
        /// Which number.
        what: &'static str,
    },
    /// Nothing is in it.
    #[error("the trace has no requests: each line is one, as JSON")]
    Empty,
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Numbers names in the order of their first use.
#[derive(Default)]
struct Names(BTreeMap<String, u32>);

impl Names {
    /// The number, and whether it is new.
    fn number(&mut self, name: &str) -> (u32, bool) {
        if let Some(&number) = self.0.get(name) {
            return (number, false);
        }
        let number = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        self.0.insert(name.to_owned(), number);
        (number, true)
    }
}

impl Record {
    fn check(&self, line: usize) -> Result<(), TraceError> {
        let numbers = [
            ("work", self.work),
            ("power", self.power),
            ("megabytes_per_second", self.megabytes_per_second),
            ("rtt", self.rtt),
        ];
        for (what, number) in numbers {
            if !(number.is_finite() && number > 0.0) {
                return Err(TraceError::Number { line, what });
            }
        }
        if !(self.time.is_finite() && self.time >= 0.0) {
            return Err(TraceError::Number { line, what: "time" });
        }
        Ok(())
    }
}

/// Reads a recorded trace. What clients would have measured is the truth with noise.
///
/// # Errors
///
/// When a line is no [`Record`], or none is there.
pub fn read(name: &str, text: &str) -> Result<Trace, TraceError> {
    let mut trace = Trace {
        name: name.to_owned(),
        tiles: Vec::new(),
        clients: Vec::new(),
        modules: Vec::new(),
        requests: Vec::new(),
        cores: 8,
    };
    let [mut tiles, mut clients, mut layers, mut modules] = [(); 4].map(|()| Names::default());
    let mut random = Random::new(1);
    for (place, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let line_number = place + 1;
        let record: Record = serde_json::from_str(line).map_err(|source| TraceError::Line {
            line: line_number,
            source,
        })?;
        record.check(line_number)?;
        let (layer, _) = layers.number(&record.layer);
        let (module, new) = modules.number(record.module.as_ref().unwrap_or(&record.layer));
        if new {
            trace.modules.push(megabytes(record.module_bytes));
        }
        let (tile, new) = tiles.number(&record.tile);
        if new {
            trace.tiles.push(TraceTile {
                view: TileView {
                    recipe: megabytes(record.recipe_bytes),
                    mesh: megabytes(record.mesh_bytes.max(1)),
                    work: record.work,
                },
                shapes: record.shapes,
                layer,
                module,
            });
        }
        let (client, new) = clients.number(&record.client);
        if new {
            trace.clients.push(TraceClient {
                class: record.class,
                claimed: Some(record.class),
                calibrated: Some(random.log_normal(record.power, MEASUREMENT_NOISE)),
                liar: false,
                mesh_only: record.mesh_only,
            });
        }
        trace.requests.push(TraceRequest {
            at: record.time,
            tile,
            client,
            power: record.power,
            megabytes_per_second: record.megabytes_per_second,
            rtt: record.rtt,
            noise: (
                random.log_normal(1.0, MEASUREMENT_NOISE),
                random.log_normal(1.0, MEASUREMENT_NOISE),
            ),
        });
    }
    if trace.requests.is_empty() {
        return Err(TraceError::Empty);
    }
    trace.requests.sort_by(|a, b| a.at.total_cmp(&b.at));
    Ok(trace)
}

/// Writes a trace as JSON lines. What clients claim and measure is not in them: a recording has none of that.
#[must_use]
pub fn write(trace: &Trace) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sizes"
    )]
    let bytes = |megabytes: f64| (megabytes * 1e6).round() as u64;
    let mut text = String::new();
    for request in &trace.requests {
        let tile = &trace.tiles[request.tile as usize];
        let client = &trace.clients[request.client as usize];
        let record = Record {
            time: request.at,
            tile: request.tile.to_string(),
            client: request.client.to_string(),
            layer: tile.layer.to_string(),
            module: Some(tile.module.to_string()),
            recipe_bytes: bytes(tile.view.recipe),
            mesh_bytes: bytes(tile.view.mesh),
            shapes: tile.shapes,
            work: tile.view.work,
            power: request.power,
            megabytes_per_second: request.megabytes_per_second,
            rtt: request.rtt,
            class: client.class,
            module_bytes: bytes(trace.modules[tile.module as usize]),
            mesh_only: client.mesh_only,
        };
        if let Ok(line) = serde_json::to_string(&record) {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::synthetic;
    use super::*;

    #[test]
    fn a_trace_survives_being_written_and_read() {
        let trace = synthetic::named("group", 2_000, 1).unwrap();
        let read = read("again", &write(&trace)).unwrap();
        assert_eq!(read.requests.len(), trace.requests.len());
        for (a, b) in read.requests.iter().zip(&trace.requests) {
            assert_eq!((a.at, a.power, a.rtt), (b.at, b.power, b.rtt));
            let (tile, other) = (&read.tiles[a.tile as usize], &trace.tiles[b.tile as usize]);
            assert_eq!(
                (tile.view.work, tile.shapes),
                (other.view.work, other.shapes)
            );
            assert!((tile.view.mesh - other.view.mesh).abs() < 1e-6);
        }
    }

    #[test]
    fn a_broken_line_is_named() {
        let good = write(&synthetic::named("solo", 50, 1).unwrap());
        let error = read("x", &format!("{good}{{\"time\":1}}\n")).unwrap_err();
        let line = good.lines().count() + 1;
        assert!(
            error
                .to_string()
                .starts_with(&format!("line {line} of the trace")),
            "{error}"
        );
        let negative = good.replace("\"rtt\":", "\"rtt\":-");
        assert!(
            read("x", &negative)
                .unwrap_err()
                .to_string()
                .contains("rtt must be")
        );
        assert!(matches!(read("x", " \n"), Err(TraceError::Empty)));
    }
}
