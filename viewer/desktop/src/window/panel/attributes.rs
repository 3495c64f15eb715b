//! Attributes of a grammar, as one sets them.

use egui::{Color32, RichText, Ui};
use gable_kernel::recipe::Value;
use gable_model::Value as Known;
use gable_session::overrides::{Overrides, Scope, value_of};
use gable_tileset::attributes::{Attribute, Kind, Number};

/// For what attributes are set, and which are shown.
#[derive(Debug)]
pub(super) struct Attributes<'a> {
    pub(super) layer: &'a str,
    pub(super) scope: &'a Scope,
    /// In small letters.
    pub(super) filter: &'a str,
    /// What is known of the feature for which they are set.
    pub(super) known: Vec<(&'a str, Known)>,
}

impl Attributes<'_> {
    /// Shows them by groups; says whether any was set.
    pub(super) fn show(&self, ui: &mut Ui, all: &[Attribute], overrides: &mut Overrides) -> bool {
        let mut has_changed = false;
        let is_meant = |it: &&Attribute| {
            self.filter.is_empty() || it.name.to_lowercase().contains(self.filter)
        };
        let meant: Vec<&Attribute> = all.iter().filter(is_meant).collect();
        for group in meant.chunk_by(|a, b| a.path == b.path) {
            let path: Vec<&str> = group[0].path.iter().map(String::as_str).collect();
            let title = path.join(" · ");
            let title = title.trim_start_matches(" · ");
            if title.is_empty() {
                has_changed |= self.group(ui, group, overrides);
                continue;
            }
            // What is imported is many attributes: closed, unless something is looked for.
            let is_open = path[0].is_empty() || !self.filter.is_empty();
            egui::CollapsingHeader::new(title)
                .id_salt((self.layer, title))
                .default_open(is_open)
                .show(ui, |ui| has_changed |= self.group(ui, group, overrides));
        }
        has_changed
    }

    fn group(&self, ui: &mut Ui, group: &[&Attribute], overrides: &mut Overrides) -> bool {
        let mut has_changed = false;
        for attribute in group {
            has_changed |= self.one(ui, attribute, overrides);
        }
        has_changed
    }

    fn one(&self, ui: &mut Ui, attribute: &Attribute, overrides: &mut Overrides) -> bool {
        let set = overrides.get(self.layer, self.scope, &attribute.name);
        let is_set = set.is_some();
        let of_layer = overrides.get(self.layer, &Scope::Layer, &attribute.name);
        let before = set.or(of_layer).cloned();
        let before = before.or_else(|| self.known(attribute));
        let before = before.or_else(|| value_of(&attribute.default));
        let mut after = before.clone();
        let mut is_reset = false;
        ui.horizontal(|ui| {
            let mut label = RichText::new(&attribute.label);
            if is_set {
                label = label.color(Color32::from_rgb(120, 200, 255));
            }
            let said = if attribute.description.is_empty() {
                attribute.name.clone()
            } else {
                format!("{}\n{}", attribute.name, attribute.description)
            };
            ui.add(egui::Label::new(label).truncate())
                .on_hover_text(said);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if is_set {
                    is_reset = ui
                        .small_button("⟲")
                        .on_hover_text("As the grammar says")
                        .clicked();
                }
                edit(ui, attribute, &mut after);
            });
        });
        let value = if is_reset { None } else { after };
        if !is_reset && value == before {
            return false;
        }
        overrides.set(self.layer, self.scope, &attribute.name, value);
        true
    }

    fn known(&self, attribute: &Attribute) -> Option<Value> {
        let mut known = self.known.iter();
        let (_, value) = known.find(|(name, _)| *name == attribute.name)?;
        Some(match value {
            Known::Number(number) => Value::Float(*number),
            Known::Bool(flag) => Value::Bool(*flag),
            Known::Text(text) => Value::String(text.clone()),
        })
    }
}

/// What has no value yet is computed by a rule, until somebody sets it.
fn edit(ui: &mut Ui, attribute: &Attribute, value: &mut Option<Value>) {
    let salt = &attribute.name;
    match &attribute.kind {
        Kind::Number(number) => edit_number(ui, number, salt, value),
        Kind::Flag => match value {
            Some(Value::Bool(flag)) => _ = ui.checkbox(flag, ""),
            _ => begin(ui, value, Value::Bool(false)),
        },
        Kind::Text { choices } if choices.is_empty() => match value {
            Some(Value::String(text)) => {
                ui.add(egui::TextEdit::singleline(text).desired_width(110.0));
            }
            _ => begin(ui, value, Value::String(String::new())),
        },
        Kind::Text { choices } => choose(ui, choices, salt, value),
        Kind::Color => match value {
            Some(Value::String(text)) => edit_color(ui, text),
            _ => begin(ui, value, Value::String("#ffffff".to_owned())),
        },
        Kind::Other => _ = ui.weak("a list"),
    }
}

fn begin(ui: &mut Ui, value: &mut Option<Value>, first: Value) {
    if ui
        .button("by rule")
        .on_hover_text("A rule computes it; click to set it")
        .clicked()
    {
        *value = Some(first);
    }
}

fn edit_number(ui: &mut Ui, number: &Number, salt: &str, value: &mut Option<Value>) {
    let Some(Value::Float(current)) = value else {
        let [low, high] = number.range.unwrap_or([0.0, 0.0]);
        let middle = rounded((low + high) / 2.0, number.step);
        let first = number.choices.first().copied().unwrap_or(middle);
        return begin(ui, value, Value::Float(first));
    };
    if !number.choices.is_empty() {
        let combo = egui::ComboBox::from_id_salt(salt).width(110.0);
        combo.selected_text(current.to_string()).show_ui(ui, |ui| {
            for choice in &number.choices {
                ui.selectable_value(current, *choice, choice.to_string());
            }
        });
        return;
    }
    let is_percent = number.unit == "%";
    let suffix = match number.unit {
        "" | "%" => String::new(),
        "°" => "°".to_owned(),
        unit => format!(" {unit}"),
    };
    let percent = |it: f64, _: std::ops::RangeInclusive<usize>| format!("{:.0} %", it * 100.0);
    let from_percent = |text: &str| {
        let number = text.trim().trim_end_matches('%').trim().parse::<f64>();
        number.ok().map(|number| number / 100.0)
    };
    if let Some([low, high]) = number.range {
        ui.spacing_mut().slider_width = 80.0;
        let mut slider = egui::Slider::new(current, low..=high)
            .clamping(egui::SliderClamping::Edits)
            .suffix(suffix);
        if let Some(step) = number.step {
            slider = slider.step_by(step);
        }
        if is_percent {
            slider = slider.custom_formatter(percent).custom_parser(from_percent);
        }
        ui.add(slider);
    } else {
        let speed = number
            .step
            .unwrap_or_else(|| (current.abs() / 100.0).max(0.05));
        let mut field = egui::DragValue::new(current).speed(speed).suffix(suffix);
        if is_percent {
            field = field.custom_formatter(percent).custom_parser(from_percent);
        }
        ui.add(field);
    }
}

fn rounded(number: f64, step: Option<f64>) -> f64 {
    step.map_or(number, |step| (number / step).round() * step)
}

fn choose(ui: &mut Ui, choices: &[String], salt: &str, value: &mut Option<Value>) {
    let current = match value {
        Some(Value::String(text)) => text.clone(),
        _ => return begin(ui, value, Value::String(choices[0].clone())),
    };
    let shown = |text: &str| if text.is_empty() { "(none)" } else { text }.to_owned();
    let combo = egui::ComboBox::from_id_salt(salt).width(110.0);
    combo.selected_text(shown(&current)).show_ui(ui, |ui| {
        for choice in choices {
            if ui
                .selectable_label(*choice == current, shown(choice))
                .clicked()
            {
                *value = Some(Value::String(choice.clone()));
            }
        }
    });
}

fn edit_color(ui: &mut Ui, text: &mut String) {
    if let Some(mut color) = parse_color(text)
        && ui.color_edit_button_srgb(&mut color).changed()
    {
        let [red, green, blue] = color;
        *text = format!("#{red:02x}{green:02x}{blue:02x}");
    }
    ui.add(egui::TextEdit::singleline(text).desired_width(70.0));
}

fn parse_color(text: &str) -> Option<[u8; 3]> {
    let digits = text
        .strip_prefix('#')
        .filter(|it| it.len() == 6 && it.is_ascii())?;
    let part = |place: usize| u8::from_str_radix(&digits[place..place + 2], 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}
