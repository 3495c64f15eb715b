//! What the window shows over the picture: panel, statistics, what was clicked, problems, keys.

mod attributes;
mod found;
mod statistics;

use egui::{Align2, Color32, Context, RichText, Ui};
use gable_session::overrides::{Overrides, Scope};
use gable_session::scenery::{Colors, Scenery};
use gable_session::session::{Found, Tile};
use gable_session::world::World;
use gable_tileset::attributes::{Attribute, read};
use gable_view::camera::Camera;
use gable_view::controls::Mode;

use super::keys::KEYS;
use crate::source::{Problem, Reports};
pub(super) use statistics::{Row, Statistics};

/// What is open, and what it is about.
#[derive(Debug, Default)]
pub(super) struct Panel {
    pub(super) is_closed: bool,
    pub(super) has_help: bool,
    pub(super) has_statistics: bool,
    /// Attributes are set for the selected feature alone.
    for_one: bool,
    /// Attributes whose names have this.
    filter: String,
    /// By layer.
    attributes: Vec<Vec<Attribute>>,
}

/// What is to be shown.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) world: &'a World,
    pub(super) is_shown: Vec<bool>,
    pub(super) camera: Camera,
    pub(super) mode: Mode,
    pub(super) speed: f64,
    /// Pixels by which the picture may be wrong.
    pub(super) error: f64,
    pub(super) bookmarks: &'a [Camera],
    pub(super) found: Option<(&'a Found, Option<&'a Tile>)>,
    /// What the grammar reports of it, if that is known.
    pub(super) reports: Option<&'a Result<Reports, String>>,
    pub(super) problem: Option<&'a Problem>,
    /// What went wrong last, and what was done.
    pub(super) notes: &'a [String],
    /// Tiles that are on their way.
    pub(super) missing: usize,
    pub(super) can_wireframe: bool,
    pub(super) statistics: Option<Statistics>,
}

/// What somebody wants.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wish {
    /// Attributes were set.
    Renew(usize, Scope),
    /// All attributes of a layer are the grammar's again.
    Clear(usize),
    Show(usize, bool),
    Mode(Mode),
    Error(f64),
    GoTo(Camera),
    Forget(usize),
    Bookmark,
    Overview,
    CopyLink,
    Screenshot,
    Deselect,
}

const SHADE: Color32 = Color32::from_rgba_premultiplied(20, 20, 22, 235);

impl Panel {
    /// Another world, or the same after a change.
    pub(super) fn take(&mut self, world: &World) {
        let layers = world.layers.iter();
        self.attributes = layers.map(|layer| read(&layer.attributes)).collect();
    }

    /// Shows everything.
    pub(super) fn show(
        &mut self,
        context: &Context,
        facts: &Facts<'_>,
        scenery: &mut Scenery,
        overrides: &mut Overrides,
    ) -> Vec<Wish> {
        let mut wishes = Vec::new();
        if !self.is_closed {
            self.main(context, facts, scenery, overrides, &mut wishes);
        }
        if let Some((found, tile)) = facts.found {
            found::show(context, facts, found, tile, &mut wishes);
        }
        if let (true, Some(statistics)) = (self.has_statistics, &facts.statistics) {
            statistics.show(context, &mut self.has_statistics);
        }
        if self.has_help {
            help(context, &mut self.has_help);
        }
        say(context, facts);
        wishes
    }

    fn main(
        &mut self,
        context: &Context,
        facts: &Facts<'_>,
        scenery: &mut Scenery,
        overrides: &mut Overrides,
        wishes: &mut Vec<Wish>,
    ) {
        let height = context.content_rect().height();
        egui::Window::new(title(facts.world))
            .id(egui::Id::unique("panel"))
            .anchor(Align2::LEFT_TOP, [8.0, 8.0])
            .resizable(false)
            .default_size([270.0, height])
            .show(context, |ui| {
                ui.set_width(270.0);
                ui.spacing_mut().scroll.floating = false;
                scroll(height).show(ui, |ui| {
                    camera(ui, facts, wishes);
                    self.pictures(ui, facts, scenery, wishes);
                    if facts.world.layers.len() > 1 {
                        layers(ui, facts, wishes);
                    }
                    bookmarks(ui, facts, wishes);
                    for number in 0..self.attributes.len() {
                        if !self.attributes[number].is_empty() {
                            self.layer(ui, number, facts, overrides, wishes);
                        }
                    }
                    ui.separator();
                    for text in &facts.world.attribution {
                        ui.label(RichText::new(text).small().weak());
                    }
                });
            });
    }

    fn pictures(
        &mut self,
        ui: &mut Ui,
        facts: &Facts<'_>,
        scenery: &mut Scenery,
        wishes: &mut Vec<Wish>,
    ) {
        section(ui, "Picture", true, |ui| {
            let hour = egui::Slider::new(&mut scenery.hour, 0.0..=24.0).text("hour");
            ui.add(hour.fixed_decimals(1).suffix(" h"));
            ui.add(egui::Slider::new(&mut scenery.exposure, -3.0..=3.0).text("brightness"));
            let mut error = facts.error;
            let detail = egui::Slider::new(&mut error, 1.0..=64.0).logarithmic(true);
            let detail = ui.add(detail.fixed_decimals(0).suffix(" px").text("error"));
            if detail
                .on_hover_text("Pixels by which the picture may be wrong")
                .changed()
            {
                wishes.push(Wish::Error(error));
            }
            ui.horizontal(|ui| {
                ui.label("Colours");
                let all = [
                    (Colors::Own, "own"),
                    (Colors::Level, "detail"),
                    (Colors::Placement, "made where"),
                ];
                for (colors, text) in all {
                    ui.selectable_value(&mut scenery.colors, colors, text);
                }
            });
            ui.horizontal(|ui| {
                ui.add_enabled_ui(facts.can_wireframe, |ui| {
                    ui.checkbox(&mut scenery.is_wireframe, "wireframe");
                });
                ui.checkbox(&mut self.has_statistics, "statistics");
                ui.checkbox(&mut self.has_help, "keys");
            });
            if ui.button("Screenshot").on_hover_text("F12").clicked() {
                wishes.push(Wish::Screenshot);
            }
        });
    }

    fn layer(
        &mut self,
        ui: &mut Ui,
        number: usize,
        facts: &Facts<'_>,
        overrides: &mut Overrides,
        wishes: &mut Vec<Wish>,
    ) {
        let name = &facts.world.layers[number].name;
        let found = facts.found.map(|(found, _)| found);
        let found = found.filter(|found| found.key.layer == number);
        let one = found.and_then(|found| {
            Some(Scope::Feature {
                name: found.name.clone()?,
                tile: found.key.tile,
            })
        });
        section(
            ui,
            &format!("Attributes of {name}"),
            facts.world.layers.len() == 1,
            |ui| {
                ui.horizontal(|ui| {
                    ui.selectable_value(&mut self.for_one, false, "all");
                    let select = ui.add_enabled_ui(one.is_some(), |ui| {
                        ui.selectable_value(&mut self.for_one, true, "selected one");
                    });
                    select
                        .response
                        .on_disabled_hover_text("Click a building first");
                    if ui
                        .button("Reset")
                        .on_hover_text("All as the grammar says")
                        .clicked()
                    {
                        wishes.push(Wish::Clear(number));
                    }
                });
                ui.add(egui::TextEdit::singleline(&mut self.filter).hint_text("find"));
                let scope = one.filter(|_| self.for_one).unwrap_or(Scope::Layer);
                let known = facts.found.and_then(|(found, tile)| {
                    let feature = found.feature? as usize;
                    Some(tile?.features.of(feature))
                });
                let view = attributes::Attributes {
                    layer: name,
                    scope: &scope,
                    filter: &self.filter.to_lowercase(),
                    known: known.filter(|_| scope != Scope::Layer).unwrap_or_default(),
                };
                if view.show(ui, &self.attributes[number], overrides) {
                    wishes.push(Wish::Renew(number, scope));
                }
            },
        );
    }
}

/// As high as its content, or as a window of this height has room for.
fn scroll(height: f32) -> egui::ScrollArea {
    egui::ScrollArea::vertical().max_height((height - 90.0).max(60.0))
}

fn title(world: &World) -> &str {
    if world.name.is_empty() {
        "Gable"
    } else {
        &world.name
    }
}

fn section(ui: &mut Ui, name: &str, is_open: bool, show: impl FnOnce(&mut Ui)) {
    egui::CollapsingHeader::new(RichText::new(name).strong())
        .default_open(is_open)
        .show(ui, show);
}

fn camera(ui: &mut Ui, facts: &Facts<'_>, wishes: &mut Vec<Wish>) {
    ui.horizontal(|ui| {
        for (mode, text) in [
            (Mode::Orbit, "orbit"),
            (Mode::Fly, "fly"),
            (Mode::Walk, "walk"),
        ] {
            if ui.selectable_label(facts.mode == mode, text).clicked() {
                wishes.push(Wish::Mode(mode));
            }
        }
        if facts.mode == Mode::Fly {
            ui.weak(format!("{:.0} m/s", facts.speed));
        }
        if ui
            .button("All")
            .on_hover_text("See all of it (Home)")
            .clicked()
        {
            wishes.push(Wish::Overview);
        }
        if ui
            .button("Copy link")
            .on_hover_text("A command that shows this view (C)")
            .clicked()
        {
            wishes.push(Wish::CopyLink);
        }
    });
    let text = RichText::new(facts.camera.to_string()).small().monospace();
    ui.add(egui::Label::new(text.weak()).selectable(true));
}

fn layers(ui: &mut Ui, facts: &Facts<'_>, wishes: &mut Vec<Wish>) {
    section(ui, "Layers", true, |ui| {
        for (number, layer) in facts.world.layers.iter().enumerate() {
            let mut is_shown = facts.is_shown[number];
            if ui.checkbox(&mut is_shown, &layer.name).changed() {
                wishes.push(Wish::Show(number, is_shown));
            }
        }
    });
}

fn bookmarks(ui: &mut Ui, facts: &Facts<'_>, wishes: &mut Vec<Wish>) {
    section(ui, "Bookmarks", false, |ui| {
        for (number, camera) in facts.bookmarks.iter().enumerate() {
            ui.horizontal(|ui| {
                if ui.button(format!("{}: {camera}", number + 1)).clicked() {
                    wishes.push(Wish::GoTo(*camera));
                }
                if ui.small_button("x").on_hover_text("Forget it").clicked() {
                    wishes.push(Wish::Forget(number));
                }
            });
        }
        if ui.button("Keep this view").on_hover_text("B").clicked() {
            wishes.push(Wish::Bookmark);
        }
    });
}

fn help(context: &Context, is_open: &mut bool) {
    egui::Window::new("Keys")
        .open(is_open)
        .anchor(Align2::CENTER_CENTER, [0.0, 0.0])
        .resizable(false)
        .collapsible(false)
        .show(context, |ui| {
            egui::Grid::new("keys").striped(true).show(ui, |ui| {
                for (key, what) in KEYS {
                    ui.monospace(*key);
                    ui.label(*what);
                    ui.end_row();
                }
            });
        });
}

/// Problems, notes, and what is on its way, along the lower edge.
fn say(context: &Context, facts: &Facts<'_>) {
    let width = context.content_rect().width();
    let area = egui::Area::new(egui::Id::unique("say"));
    let area = area.anchor(Align2::LEFT_BOTTOM, [8.0, -8.0]);
    area.interactable(facts.problem.is_some())
        .show(context, |ui| {
            ui.set_max_width((width - 16.0).max(50.0));
            if let Some(problem) = facts.problem {
                let (color, what) = if problem.is_error {
                    (
                        Color32::from_rgb(255, 110, 100),
                        "What is shown is the last that was good.",
                    )
                } else {
                    (Color32::from_rgb(250, 210, 90), "")
                };
                egui::Frame::new()
                    .fill(SHADE)
                    .corner_radius(4.0)
                    .inner_margin(8.0)
                    .show(ui, |ui| {
                        egui::ScrollArea::vertical()
                            .max_height(260.0)
                            .min_scrolled_height(260.0)
                            .show(ui, |ui| {
                                let text = RichText::new(&problem.text).monospace().color(color);
                                ui.add(egui::Label::new(text).selectable(true));
                                if !what.is_empty() && !facts.world.layers.is_empty() {
                                    ui.weak(what);
                                }
                            });
                    });
            }
            let loading = match facts.missing {
                0 => None,
                1 => Some("1 tile is on its way".to_owned()),
                many => Some(format!("{many} tiles are on their way")),
            };
            for note in facts.notes.iter().chain(&loading) {
                let text = RichText::new(note)
                    .color(Color32::WHITE)
                    .background_color(SHADE);
                ui.label(text);
            }
        });
}
