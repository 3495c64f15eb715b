//! Reports as CSV (RFC 4180): one row for each key.
//!
//! ```text
//! shape,name,key,n,sum,avg,min,max,values
//! all,,wall area,8,432,54,24,72,
//! 0,house 1,wall area,4,216,54,24,72,
//! 0,house 1,use,3,,,,,home: 1; work: 2
//! ```
//! `n` counts values of any type; `values` has each truth value and string with how often it came. Lines end with CR LF.

use std::borrow::Cow;
use std::collections::BTreeMap;

use gable_runtime::{Report, Summary};

/// The table: all shapes together, then each.
pub(super) fn csv(summary: &Summary) -> String {
    let mut text = "shape,name,key,n,sum,avg,min,max,values\r\n".to_owned();
    rows(&mut text, "all", "", &summary.reports);
    for shape in &summary.shape_reports {
        rows(
            &mut text,
            &shape.shape.to_string(),
            &shape.name,
            &shape.reports,
        );
    }
    text
}

fn rows(text: &mut String, shape: &str, name: &str, reports: &BTreeMap<String, Report>) {
    for (key, report) in reports {
        let number = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
        let values = report.bools.iter().chain(&report.strings);
        let values = values.filter(|(_, count)| **count > 0);
        let values: Vec<String> = values
            .map(|(value, count)| format!("{value}: {count}"))
            .collect();
        let cells = [
            shape.to_owned(),
            name.to_owned(),
            key.to_owned(),
            report.values().to_string(),
            number(report.sum),
            number(report.avg),
            number(report.min),
            number(report.max),
            values.join("; "),
        ];
        text.push_str(&cells.each_ref().map(|cell| quoted(cell)).join(","));
        text.push_str("\r\n");
    }
}

/// A cell, in quotes when it has commas, quotes or line ends in it.
fn quoted(cell: &str) -> Cow<'_, str> {
    if cell.contains([',', '"', '\r', '\n']) {
        Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use gable_runtime::ShapeReports;

    use super::*;

    #[test]
    fn a_row_for_each_key_of_all_and_of_each_shape() {
        let area = Report {
            n: 2,
            sum: Some(3.5),
            avg: Some(1.75),
            min: Some(-1.0),
            max: Some(4.5),
            ..Report::default()
        };
        let usage = Report {
            bools: [("false", 0), ("true", 1)]
                .map(|(text, n)| (text.to_owned(), n))
                .into(),
            strings: [("a, b".to_owned(), 2)].into(),
            ..Report::default()
        };
        let reports: BTreeMap<_, _> =
            [("area".to_owned(), area), ("\"use\"".to_owned(), usage)].into();
        let summary = Summary {
            reports: reports.clone(),
            shape_reports: vec![ShapeReports {
                shape: 7,
                name: "house\n7".to_owned(),
                reports,
            }],
            ..Summary::default()
        };
        let expected = [
            "shape,name,key,n,sum,avg,min,max,values",
            "all,,\"\"\"use\"\"\",3,,,,,\"true: 1; a, b: 2\"",
            "all,,area,2,3.5,1.75,-1,4.5,",
            "7,\"house\n7\",\"\"\"use\"\"\",3,,,,,\"true: 1; a, b: 2\"",
            "7,\"house\n7\",area,2,3.5,1.75,-1,4.5,",
            "",
        ];
        assert_eq!(csv(&summary), expected.join("\r\n"));
    }
}
