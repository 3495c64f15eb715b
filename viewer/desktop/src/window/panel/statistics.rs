//! Numbers about pictures and tiles.

use egui::{Align2, Context, Grid, RichText, ScrollArea, Ui};
use gable_render::FrameStatistics;
use gable_session::session::Totals;
use gable_view::stream::Counts;

/// Numbers about pictures and tiles.
#[derive(Debug, Clone, Default)]
pub(in crate::window) struct Statistics {
    pub(in crate::window) device: String,
    /// Of the last picture: all of it, and of it streaming.
    pub(in crate::window) frame_milliseconds: f64,
    pub(in crate::window) stream_milliseconds: f64,
    pub(in crate::window) frame: FrameStatistics,
    pub(in crate::window) counts: Counts,
    pub(in crate::window) totals: Totals,
    /// Bytes over the network, of everything.
    pub(in crate::window) received: u64,
    pub(in crate::window) graphics_bytes: u64,
    pub(in crate::window) limit_bytes: u64,
    pub(in crate::window) wanted_error: f64,
    pub(in crate::window) tiles: Vec<Row>,
}

/// A tile of the picture.
#[derive(Debug, Clone, Default)]
pub(in crate::window) struct Row {
    pub(in crate::window) name: String,
    pub(in crate::window) place: &'static str,
    /// What the server said of its decision.
    pub(in crate::window) placement: String,
    pub(in crate::window) triangles: u64,
    pub(in crate::window) wire_bytes: u64,
    pub(in crate::window) milliseconds: f64,
}

impl Statistics {
    pub(super) fn show(&self, context: &Context, is_open: &mut bool) {
        egui::Window::new("Statistics")
            .open(is_open)
            .anchor(Align2::RIGHT_BOTTOM, [-8.0, -8.0])
            .resizable(false)
            .default_width(430.0)
            .show(context, |ui| {
                ui.set_width(430.0);
                ui.label(RichText::new(&self.device).small().weak());
                self.numbers(ui);
                ui.separator();
                ScrollArea::vertical()
                    .max_height(220.0)
                    .auto_shrink([false, true])
                    .show(ui, |ui| self.table(ui));
            });
    }

    fn numbers(&self, ui: &mut Ui) {
        let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
        let Self {
            frame,
            counts,
            totals,
            ..
        } = self;
        let lines = [
            (
                "frame",
                format!(
                    "{:.1} ms, of it streaming {:.1} ms",
                    self.frame_milliseconds, self.stream_milliseconds
                ),
            ),
            (
                "drawn",
                format!(
                    "{} triangles, {} instances, {} draws in {} calls",
                    frame.triangles, frame.instances, frame.draws, frame.calls
                ),
            ),
            (
                "tiles",
                format!(
                    "{} drawn, {} on their way, {} wait, {} failed, {} kept",
                    counts.drawn, counts.loading, counts.waiting, counts.failed, counts.ready
                ),
            ),
            (
                "made",
                format!(
                    "{} here, {} came as meshes, {} times not",
                    totals.generated, totals.meshes, totals.failures
                ),
            ),
            (
                "error",
                format!(
                    "{:.0} px, {:.0} px asked for",
                    counts.error, self.wanted_error
                ),
            ),
            (
                "network",
                format!(
                    "{}, of tiles {}",
                    megabytes(self.received),
                    megabytes(totals.wire_bytes)
                ),
            ),
            (
                "graphics memory",
                format!(
                    "{} of {}",
                    megabytes(self.graphics_bytes),
                    megabytes(self.limit_bytes)
                ),
            ),
            (
                "sent to the device",
                format!(
                    "{}, at most {} a frame",
                    megabytes(totals.uploaded_bytes),
                    megabytes(totals.most_uploaded)
                ),
            ),
        ];
        Grid::new("numbers").num_columns(2).show(ui, |ui| {
            for (name, text) in lines {
                ui.label(name);
                ui.label(text);
                ui.end_row();
            }
        });
    }

    fn table(&self, ui: &mut Ui) {
        Grid::new("tiles")
            .num_columns(5)
            .striped(true)
            .show(ui, |ui| {
                for heading in ["tile", "made", "triangles", "kB", "ms"] {
                    ui.strong(heading);
                }
                ui.end_row();
                for row in &self.tiles {
                    ui.label(&row.name);
                    let said = if row.placement.is_empty() {
                        "Nobody was asked"
                    } else {
                        &row.placement
                    };
                    ui.label(row.place).on_hover_text(said);
                    ui.label(row.triangles.to_string());
                    ui.label(format!("{:.1}", row.wire_bytes as f64 / 1e3));
                    ui.label(format!("{:.0}", row.milliseconds));
                    ui.end_row();
                }
            });
    }
}
