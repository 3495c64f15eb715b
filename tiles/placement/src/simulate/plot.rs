//! Cells of the simulator as an SVG: one row for each policy, one dot for each cell, cost over the bound to the right.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Cell;

const WIDTH: f64 = 1000.0;
const LEFT: f64 = 190.0;
const RIGHT: f64 = 290.0;
const TOP: f64 = 70.0;
const ROW: f64 = 44.0;
const BOTTOM: f64 = 60.0;
/// Ratios beyond this are drawn at the edge.
const MOST: f64 = 4.0;
const TICKS: [f64; 9] = [1.0, 1.02, 1.05, 1.1, 1.2, 1.5, 2.0, 3.0, 4.0];
/// Distinguishable for most colour-blind readers (Okabe, Ito).
const COLOURS: [&str; 8] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#444444", "#a6761d",
];

/// Where a ratio is drawn: the excess over the bound by its logarithm, so that 1.02 and 1.05 are told apart.
fn x(ratio: f64) -> f64 {
    let place = |ratio: f64| (ratio - 1.0 + 0.02).ln();
    let share = (place(ratio.clamp(1.0, MOST)) - place(1.0)) / (place(MOST) - place(1.0));
    LEFT + share * (WIDTH - LEFT - RIGHT)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn text(svg: &mut String, (x, y): (f64, f64), attributes: &str, words: &str) {
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" {attributes}>{}</text>",
        escape(words)
    );
}

fn line(svg: &mut String, from: (f64, f64), to: (f64, f64), attributes: &str) {
    let ((x1, y1), (x2, y2)) = (from, to);
    let _ = writeln!(
        svg,
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" {attributes}/>"
    );
}

/// The plot.
#[must_use]
pub fn plot(cells: &[Cell]) -> String {
    let policies: Vec<&str> = cells.first().map_or_else(Vec::new, |cell| {
        cell.outcomes
            .iter()
            .map(|outcome| outcome.policy.as_str())
            .collect()
    });
    let mut colours: BTreeMap<&str, &str> = BTreeMap::new();
    let mut weights: Vec<&str> = Vec::new();
    for cell in cells {
        if !weights.contains(&cell.weights.as_str()) {
            colours.insert(&cell.weights, COLOURS[weights.len() % COLOURS.len()]);
            weights.push(&cell.weights);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a dozen")]
    let rows = policies.len().max(weights.len() / 2) as f64;
    let bottom = TOP + ROW * rows;
    let height = bottom + BOTTOM;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let title = format!(
        "Cost of each policy over the offline bound, {} cells",
        cells.len()
    );
    text(
        &mut svg,
        (LEFT, 28.0),
        "font-size=\"17\" font-weight=\"600\"",
        &title,
    );
    text(
        &mut svg,
        (LEFT, 47.0),
        "fill=\"#555\"",
        "a dot is one trace at one set of weights and one size of cache; the bar is the median",
    );
    axis(&mut svg, bottom);
    for (row, policy) in policies.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a dozen")]
        let middle = TOP + ROW * (row as f64 + 0.5);
        strip(&mut svg, cells, (row, policy), middle, &colours);
    }
    legend(&mut svg, &weights, &colours);
    svg.push_str("</svg>\n");
    svg
}

fn axis(svg: &mut String, bottom: f64) {
    for tick in TICKS {
        let place = x(tick);
        line(svg, (place, TOP), (place, bottom), "stroke=\"#ddd\"");
        let words = tick.to_string();
        text(
            svg,
            (place, bottom + 18.0),
            "text-anchor=\"middle\" fill=\"#333\"",
            &words,
        );
    }
    let goal = x(1.08);
    line(
        svg,
        (goal, TOP - 4.0),
        (goal, bottom),
        "stroke=\"#b00\" stroke-dasharray=\"4 3\"",
    );
    text(
        svg,
        (goal, TOP - 8.0),
        "text-anchor=\"middle\" fill=\"#b00\" font-size=\"11\"",
        "goal 1.08",
    );
    let middle = f64::midpoint(LEFT, WIDTH - RIGHT);
    let words = "total cost / offline lower bound (1 = clairvoyant ideal)";
    text(
        svg,
        (middle, bottom + 42.0),
        "text-anchor=\"middle\"",
        words,
    );
}

/// One policy: its name, its dots, its median and maximum.
fn strip(
    svg: &mut String,
    cells: &[Cell],
    (row, policy): (usize, &str),
    middle: f64,
    colours: &BTreeMap<&str, &str>,
) {
    let weight = if row == 0 { "font-weight=\"700\"" } else { "" };
    let attributes = format!("text-anchor=\"end\" {weight}");
    text(svg, (LEFT - 12.0, middle + 4.0), &attributes, policy);
    let mut ratios = Vec::new();
    for (place, cell) in cells.iter().enumerate() {
        let Some(outcome) = cell
            .outcomes
            .iter()
            .find(|outcome| outcome.policy == policy)
        else {
            continue;
        };
        let ratio = cell.ratio(outcome);
        ratios.push(ratio);
        // Dots of one row are spread a little, the same cell at the same height in each row.
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let spread = (place * 7 % 23) as f64 / 22.0 - 0.5;
        let colour = colours
            .get(cell.weights.as_str())
            .copied()
            .unwrap_or("#000");
        let title = format!(
            "{}, {}, cache {}: {ratio:.3}",
            cell.trace, cell.weights, cell.cache
        );
        let _ = writeln!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\" fill-opacity=\"0.6\"><title>{}</title></circle>",
            x(ratio),
            middle + spread * (ROW - 18.0),
            escape(&title)
        );
    }
    ratios.sort_by(f64::total_cmp);
    if let (Some(&median), Some(&most)) = (ratios.get(ratios.len() / 2), ratios.last()) {
        let place = x(median);
        let half = ROW / 2.0 - 5.0;
        let attributes = "stroke=\"#000\" stroke-width=\"2.5\"";
        line(
            svg,
            (place, middle - half),
            (place, middle + half),
            attributes,
        );
        let words = format!("median {median:.3}, most {most:.3}");
        let attributes = "fill=\"#555\" font-size=\"12\"";
        text(
            svg,
            (WIDTH - RIGHT + 12.0, middle + 4.0),
            attributes,
            &words,
        );
    }
}

fn legend(svg: &mut String, weights: &[&str], colours: &BTreeMap<&str, &str>) {
    let left = WIDTH - 80.0;
    text(
        svg,
        (left - 8.0, TOP - 8.0),
        "font-weight=\"600\"",
        "weights",
    );
    for (row, name) in weights.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a dozen")]
        let y = TOP + 12.0 + 20.0 * row as f64;
        let colour = colours.get(name).copied().unwrap_or("#000");
        let _ = writeln!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"{colour}\"/>",
            left - 4.0,
            y - 4.0
        );
        text(svg, (left + 6.0, y), "", name);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{cell, synthetic};
    use super::*;
    use crate::weights::Weights;

    #[test]
    fn the_plot_has_a_dot_for_each_policy_and_cell_and_names_them() {
        let mut trace = synthetic::named("times-2", 1_000, 1).unwrap();
        trace.name = "a < b".to_owned();
        let cells = [cell(&trace, ("balanced", &Weights::default()), 0.1)];
        let svg = plot(&cells);
        let policies = cells[0].outcomes.len();
        assert_eq!(svg.matches("<title>").count(), policies);
        for outcome in &cells[0].outcomes {
            assert!(
                svg.contains(&format!(">{}</text>", outcome.policy)),
                "{}",
                outcome.policy
            );
        }
        assert!(svg.contains("a &lt; b") && !svg.contains("NaN"));
        assert!(plot(&[]).ends_with("</svg>\n"));
    }
}
