//! What `gable generate` says in the end.

use std::path::Path;
use std::time::Duration;

use gable_features::Features;
use gable_runtime::{Content, Report, Warning};

use crate::say::{say, tell};
use crate::table;

/// How long it took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// Everything.
    pub(crate) total: Duration,
    /// The run of the module: shapes to bytes.
    pub(crate) generation: Duration,
}

/// How many warnings are listed.
const LISTED: usize = 20;

/// Prints the summary, for people or as JSON.
pub(crate) fn print(
    json: bool,
    output: &Path,
    features: &Features,
    content: &Content,
    times: Times,
) {
    if json {
        say!("{}", as_json(output, features, content, times));
    } else {
        as_table(output, features, content, times);
    }
}

fn as_json(
    output: &Path,
    features: &Features,
    content: &Content,
    times: Times,
) -> serde_json::Value {
    let feature_warnings: Vec<String> = features.warnings.iter().map(ToString::to_string).collect();
    let mut value = serde_json::to_value(&content.summary).expect("a summary is plain data");
    let extra = serde_json::json!({
        "output": output.display().to_string(),
        "bytes": content.bytes.len(),
        "memoryBytes": content.memory_bytes,
        "features": features.features.len(),
        "featureWarnings": feature_warnings,
        "seconds": times.total.as_secs_f64(),
        "generationSeconds": times.generation.as_secs_f64(),
    });
    if let (Some(value), serde_json::Value::Object(extra)) = (value.as_object_mut(), extra) {
        value.extend(extra);
    }
    value
}

fn as_table(output: &Path, features: &Features, content: &Content, times: Times) {
    let summary = &content.summary;
    let counts = &summary.counts;
    let row = |name: &str, text: String| vec![name.to_owned(), text];
    say!("{}", output.display());
    table::print(&[
        row("features", table::count(features.features.len() as u64)),
        row("shapes", table::count(counts.shapes)),
        row("leaves", table::count(counts.leaves)),
        row("triangles", table::count(counts.drawn_triangles)),
        row("triangles stored", table::count(counts.triangles)),
        row("instances", table::count(counts.instances)),
        row("materials", table::count(counts.materials)),
        row("bytes", table::bytes(content.bytes.len())),
        row("memory", table::bytes(content.memory_bytes)),
        row("gas", table::count(summary.gas)),
        row(
            "generation",
            format!("{:.3} s", times.generation.as_secs_f64()),
        ),
        row("total", format!("{:.3} s", times.total.as_secs_f64())),
    ]);
    reports(content);
    for line in &summary.prints {
        say!("{line}");
    }
    warnings(features, content);
    say!("\nLook at it: open it in Blender, or drop it on https://gltf-viewer.donmccurdy.com");
}

fn reports(content: &Content) {
    if content.summary.reports.is_empty() {
        return;
    }
    say!("reports");
    let mut rows = vec![
        ["", "n", "sum", "avg", "min", "max"]
            .map(str::to_owned)
            .to_vec(),
    ];
    rows.extend(
        content
            .summary
            .reports
            .iter()
            .map(|(key, report)| report_row(key, report)),
    );
    table::print(&rows);
}

fn report_row(key: &str, report: &Report) -> Vec<String> {
    let number = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.3}"));
    let mut row = vec![key.to_owned(), table::count(report.values())];
    row.extend([report.sum, report.avg, report.min, report.max].map(number));
    let texts = report
        .strings
        .iter()
        .chain(&report.bools)
        .map(|(text, n)| format!("{text}: {n}"));
    row.extend(texts);
    row
}

fn warnings(features: &Features, content: &Content) {
    let counts = features.warning_counts();
    if !counts.is_empty() {
        let list: Vec<String> = counts
            .iter()
            .map(|(code, count)| format!("{count} {code}"))
            .collect();
        tell!(
            "features repaired or left out: {} (all of them with --json)",
            list.join(", ")
        );
    }
    let summary = &content.summary;
    for warning in summary.warnings.iter().take(LISTED) {
        tell!("{}", warning_line(warning));
    }
    let hidden = summary.warnings.len().saturating_sub(LISTED) as u64 + summary.warnings_dropped;
    if hidden > 0 {
        tell!("and {hidden} more warnings (--json lists them)");
    }
}

fn warning_line(warning: &Warning) -> String {
    let place = match warning.line {
        0 => String::new(),
        line => format!("{}:{line}:{}: ", warning.source, warning.column),
    };
    let times = if warning.count > 1 {
        format!(" ({} times)", warning.count)
    } else {
        String::new()
    };
    format!("warning: {place}{}{times}", warning.text)
}
