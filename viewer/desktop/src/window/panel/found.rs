//! What is known of what was clicked.

use egui::{Align2, Context, Grid, RichText, Ui};
use gable_model::Value;
use gable_runtime::Report;
use gable_session::scenery::place;
use gable_session::session::{Found, Tile};

use super::{Facts, Wish, scroll};

/// Shows it.
pub(super) fn show(
    context: &Context,
    facts: &Facts<'_>,
    found: &Found,
    tile: Option<&Tile>,
    wishes: &mut Vec<Wish>,
) {
    let mut is_open = true;
    let title = found.name.as_deref().unwrap_or("Selected");
    let height = context.content_rect().height();
    egui::Window::new(title)
        .id(egui::Id::unique("found"))
        .open(&mut is_open)
        .anchor(Align2::RIGHT_TOP, [-8.0, 8.0])
        .resizable(false)
        .default_size([260.0, height])
        .show(context, |ui| {
            ui.set_width(260.0);
            scroll(height).show(ui, |ui| {
                if let Some(tile) = tile {
                    let known = found
                        .feature
                        .map(|feature| tile.features.of(feature as usize));
                    Grid::new("known")
                        .num_columns(2)
                        .striped(true)
                        .show(ui, |ui| {
                            for (name, value) in known.into_iter().flatten() {
                                ui.label(name);
                                ui.add(egui::Label::new(text(&value)).wrap().selectable(true));
                                ui.end_row();
                            }
                        });
                } else {
                    ui.weak("It is not in the picture.");
                }
                reports(ui, facts);
                ui.separator();
                let layer = facts.world.layers.get(found.key.layer);
                let layer = layer.map_or("", |layer| layer.name.as_str());
                let tile_name = format!("{layer} {}", found.key.tile);
                ui.label(RichText::new(tile_name).small());
                if let Some(tile) = tile {
                    let said = format!("{}: {}", place(&tile.origin).0, tile.origin.placement);
                    ui.label(RichText::new(said.trim_end_matches(": ")).small().weak());
                }
                let [x, y, z] = found.position.to_array();
                ui.label(
                    RichText::new(format!("{x:.2}, {y:.2}, {z:.2} m"))
                        .small()
                        .weak(),
                );
            });
        });
    if !is_open {
        wishes.push(Wish::Deselect);
    }
}

/// What the grammar reports of it.
fn reports(ui: &mut Ui, facts: &Facts<'_>) {
    match facts.reports {
        None => {}
        Some(Err(why)) => _ = ui.weak(format!("No reports: {why}")),
        Some(Ok(reports)) if reports.is_empty() => {}
        Some(Ok(reports)) => {
            ui.separator();
            ui.strong("Reports");
            let grid = Grid::new("reports").num_columns(2).striped(true);
            grid.show(ui, |ui| {
                for (key, report) in reports {
                    ui.label(key);
                    ui.label(summary(report));
                    ui.end_row();
                }
            });
        }
    }
}

/// The sum of numbers, and how many they were; how often other values came.
fn summary(report: &Report) -> String {
    let counted = report.strings.iter().chain(&report.bools);
    let mut parts: Vec<String> = counted
        .map(|(text, times)| format!("{text}: {times}"))
        .collect();
    if let Some(sum) = report.sum {
        parts.insert(
            0,
            match report.n {
                1 => number(sum),
                times => format!("{} in {times}", number(sum)),
            },
        );
    }
    parts.join(", ")
}

fn number(number: f64) -> String {
    let text = format!("{number:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn text(value: &Value) -> String {
    match value {
        Value::Number(it) => number(*it),
        Value::Bool(flag) => flag.to_string(),
        Value::Text(text) => text.clone(),
    }
}
