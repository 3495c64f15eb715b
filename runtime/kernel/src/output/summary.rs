//! The summary of a run as JSON: what was made, what rules reported, warned and printed.
//!
//! ```json
//! {
//!   "gas": 1234,
//!   "counts": {"initialShapes": 1, "shapes": 1, "leaves": 1, "faces": 6, "triangles": 12, "drawnTriangles": 12, "vertices": 24, "instances": 0, "materials": 1, "primitives": 1, "bytes": 1660, "dropped": 0},
//!   "extent": [[0, 0, 0], [10, 3, 10]],
//!   "reports": {
//!     "Area": {"n": 2, "sum": 30, "avg": 15, "min": 10, "max": 20},
//!     "Use": {"strings": {"home": 1, "work": 3}},
//!     "Sunny": {"bools": {"false": 1, "true": 2}}
//!   },
//!   "shapeReports": [{"shape": 0, "name": "house 1", "reports": {"Area": {"n": 1, "sum": 10, "avg": 10, "min": 10, "max": 10}}}],
//!   "warnings": [{"text": "...", "source": "a.cga", "line": 3, "column": 5, "shape": 0, "count": 2}],
//!   "prints": ["..."]
//! }
//! ```
//! `reports` is sorted by key; `shapeReports` are those of each initial shape that reported, there when features are written;
//! `warningsDropped` and `printsDropped` count what found no room.

use super::Counts;
use glam::DVec3;

use super::json::Json;
use crate::kernel::{Report, Values, Warning};
use crate::manifest::{Manifest, Site};
use crate::order::Order as _;
use crate::recipe::InitialShape;

/// What a summary is made of.
#[derive(Debug)]
pub(crate) struct Summary<'a> {
    /// Units of work used.
    pub(crate) gas: u64,
    /// Initial shapes, shapes made from them (pieces included), leaves.
    pub(crate) shapes: [u64; 3],
    /// What the content consists of.
    pub(crate) counts: Counts,
    /// A box around everything; none when the content is empty.
    pub(crate) extent: Option<(DVec3, DVec3)>,
    /// Reports by key, in any order.
    pub(crate) reports: Vec<(&'a str, &'a Report)>,
    /// Reports of initial shapes, with their numbers and keys, by number; keys in any order.
    pub(crate) shape_reports: Vec<(u32, &'a str, &'a Report)>,
    /// The initial shapes; empty unless features are written.
    pub(crate) initial_shapes: &'a [InitialShape],
    /// Warnings in order.
    pub(crate) warnings: &'a [Warning],
    /// Warnings that found no room.
    pub(crate) warnings_dropped: u64,
    /// Printed lines in order.
    pub(crate) prints: Vec<&'a str>,
    /// Printed lines that found no room.
    pub(crate) prints_dropped: u64,
    /// Where reported strings are.
    pub(crate) strings: &'a Values,
    /// Where sites are.
    pub(crate) manifest: &'a Manifest,
}

impl Summary<'_> {
    /// The summary as JSON.
    pub(crate) fn to_json(&self) -> String {
        let mut json = Json::default();
        json.object(|json| {
            json.field("gas", &self.gas);
            json.key("counts").object(|json| {
                let [initial, shapes, leaves] = &self.shapes;
                json.field("initialShapes", initial);
                json.field("shapes", shapes);
                json.field("leaves", leaves);
                write_counts(json, &self.counts);
            });
            if let Some((low, high)) = self.extent {
                json.field("extent", [low.to_array(), high.to_array()].as_slice());
            }
            let mut reports = self.reports.clone();
            reports.order_by_key(|(key, _)| *key);
            json.key("reports").object(|json| {
                for (key, report) in reports {
                    json.key(key).object(|json| self.write_report(json, report));
                }
            });
            if !self.shape_reports.is_empty() {
                json.key("shapeReports")
                    .array(|json| self.write_shape_reports(json));
            }
            json.key("warnings").array(|json| {
                let sites: Vec<Site> = match self.warnings {
                    [] => Vec::new(),
                    _ => self.manifest.sites.iter().collect(),
                };
                for warning in self.warnings {
                    let site = sites.get(warning.site as usize);
                    json.object(|json| self.write_warning(json, warning, site));
                }
            });
            if self.warnings_dropped > 0 {
                json.field("warningsDropped", &self.warnings_dropped);
            }
            json.field("prints", self.prints.as_slice());
            if self.prints_dropped > 0 {
                json.field("printsDropped", &self.prints_dropped);
            }
        });
        json.finish()
    }

    fn write_shape_reports(&self, json: &mut Json) {
        let mut reports = self.shape_reports.clone();
        reports.order_by_key(|&(shape, key, _)| (shape, key));
        for of_shape in reports.chunk_by(|a, b| a.0 == b.0) {
            let number = of_shape[0].0;
            json.object(|json| {
                json.field("shape", &number);
                if let Some(shape) = self.initial_shapes.get(number as usize) {
                    json.field("name", &shape.name);
                }
                json.key("reports").object(|json| {
                    for (_, key, report) in of_shape {
                        json.key(key).object(|json| self.write_report(json, report));
                    }
                });
            });
        }
    }

    fn write_report(&self, json: &mut Json, report: &Report) {
        if report.count > 0 {
            json.field("n", &report.count);
            json.field("sum", &report.sum);
            json.field("avg", &(report.sum / report.count as f64));
            json.field("min", &report.min);
            json.field("max", &report.max);
        }
        if report.bools != [0, 0] {
            json.key("bools").object(|json| {
                json.field("false", &report.bools[0]);
                json.field("true", &report.bools[1]);
            });
        }
        if !report.strings.is_empty() {
            let mut strings: Vec<_> = report
                .strings
                .iter()
                .map(|(&text, count)| (self.strings.string(text), count))
                .collect();
            strings.order();
            json.key("strings").object(|json| {
                for (text, count) in strings {
                    json.field(text, count);
                }
            });
        }
    }

    fn write_warning(&self, json: &mut Json, warning: &Warning, site: Option<&Site>) {
        json.field("text", &warning.text);
        if let Some(site) = site {
            if let Some(source) = self.manifest.sources.get(site.source as usize) {
                json.field("source", source);
            }
            json.field("line", &site.line);
            json.field("column", &site.column);
        }
        json.field("shape", &warning.initial);
        json.field("count", &warning.count);
    }
}

fn write_counts(json: &mut Json, counts: &Counts) {
    let Counts {
        faces,
        triangles,
        drawn_triangles,
        vertices,
        instances,
        materials,
        primitives,
        bytes,
        dropped,
    } = counts;
    json.field("faces", faces);
    json.field("triangles", triangles);
    json.field("drawnTriangles", drawn_triangles);
    json.field("vertices", vertices);
    json.field("instances", instances);
    json.field("materials", materials);
    json.field("primitives", primitives);
    json.field("bytes", bytes);
    json.field("dropped", dropped);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_sorted_and_averaged() {
        let mut strings = Values::new(1000);
        let home = strings.intern_constant("home");
        let area = Report {
            count: 2,
            sum: 30.0,
            min: 10.0,
            max: 20.0,
            ..Report::default()
        };
        let usage = Report {
            bools: [0, 3],
            strings: [(home, 4)].into(),
            ..Report::default()
        };
        let summary = Summary {
            gas: 7,
            shapes: [1, 2, 3],
            counts: Counts::default(),
            extent: None,
            reports: vec![("Use", &usage), ("Area", &area)],
            shape_reports: vec![(0, "Use", &usage), (0, "Area", &area), (2, "Use", &usage)],
            initial_shapes: &[InitialShape {
                name: "house".to_owned(),
                ..InitialShape::default()
            }],
            warnings: &[],
            warnings_dropped: 0,
            prints: vec!["a", "b"],
            prints_dropped: 1,
            strings: &strings,
            manifest: &Manifest::default(),
        };
        let text = summary.to_json();
        let reports = r#""reports":{"Area":{"n":2,"sum":30,"avg":15,"min":10,"max":20},"Use":{"bools":{"false":0,"true":3},"strings":{"home":4}}}"#;
        assert!(text.contains(reports), "{text}");
        let of_shapes = r#""shapeReports":[{"shape":0,"name":"house","reports":{"Area":{"n":2,"sum":30,"avg":15,"min":10,"max":20},"Use":{"bools":{"false":0,"true":3},"strings":{"home":4}}}},{"shape":2,"reports":{"Use":{"bools":{"false":0,"true":3},"strings":{"home":4}}}}]"#;
        assert!(text.contains(of_shapes), "{text}");
        assert!(
            text.ends_with(r#""warnings":[],"prints":["a","b"],"printsDropped":1}"#),
            "{text}"
        );
    }
}
