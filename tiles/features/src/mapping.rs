//! From the properties of many sources to the attributes that a grammar reads.
//!
//! | attribute | from, the first that is there | value |
//! |---|---|---|
//! | `height` | `height`, `building:height`, `measuredHeight`, `measured_height`, `render_height`, `height_ag` | metres from the base (minus `minHeight`) to the top |
//! | `levels` | `building:levels`, `levels`, `num_floors`, `storeysAboveGround`, `floors_ag`, `b3_bouwlagen` | a count |
//! | `minHeight` | `min_height`, `building:min_height`, `minHeight`, `render_min_height`; else `building:min_level`, `min_floor` times 3 m | metres from the ground to the base |
//! | `roofHeight` | `roof:height`, `roof_height`, `measuredRoofHeight` | metres |
//! | `roofShape` | `roof:shape`, `roof_shape`, `roofShape`, `roofType`, `b3_dak_type` | text: OpenStreetMap's word for it, see [`ROOF_SHAPES`] |
//! | `name` | `name`, `names.primary` | text |
//! | `kind` | `building`, `class`, `subtype`, `type`, `function` | text; `yes` and `true` say nothing and are passed over |
//!
//! Where there is no `height` but `levels`, `height` is (levels - lowest level) times 3 m. Where there
//! is no `levels` but `height`, nothing is made up. Numbers may carry units ([`crate::quantity`]).
//! Numbers that no building has (negative, above 1,000 m or 300 levels) are ignored with a warning.

use std::collections::BTreeMap;

use crate::{Attributes, Defect, FeatureError, Value, quantity};

/// Metres of one level.
const LEVEL: f64 = 3.0;
/// Metres that no building exceeds.
const TALLEST: f64 = 1000.0;
/// Levels that no building exceeds.
const MOST_LEVELS: f64 = 300.0;

const HEIGHT: &[&str] = &[
    "height",
    "building:height",
    "measuredHeight",
    "measured_height",
    "render_height",
    "height_ag",
];
const LEVELS: &[&str] = &[
    "building:levels",
    "levels",
    "num_floors",
    "storeysAboveGround",
    "floors_ag",
    "b3_bouwlagen",
];
const MIN_HEIGHT: &[&str] = &[
    "min_height",
    "building:min_height",
    "minHeight",
    "render_min_height",
];
const MIN_LEVEL: &[&str] = &["building:min_level", "min_floor"];
const ROOF_HEIGHT: &[&str] = &["roof:height", "roof_height", "measuredRoofHeight"];
const ROOF_SHAPE: &[&str] = &[
    "roof:shape",
    "roof_shape",
    "roofShape",
    "roofType",
    "b3_dak_type",
];
const NAME: &[&str] = &["name", "names.primary"];
const KIND: &[&str] = &[
    "building:part",
    "building",
    "class",
    "subtype",
    "type",
    "function",
];

/// OpenStreetMap's words for the roof shapes of 3DBAG and of German and Austrian cadastres (names, and
/// codes of ADV's list). 3DBAG's `slanted` stays: it says neither gabled nor hipped.
const ROOF_SHAPES: &[(&str, &str)] = &[
    ("horizontal", "flat"),
    ("multiple horizontal", "flat"),
    ("flachdach", "flat"),
    ("1000", "flat"),
    ("pultdach", "skillion"),
    ("2100", "skillion"),
    ("satteldach", "gabled"),
    ("3100", "gabled"),
    ("walmdach", "hipped"),
    ("3200", "hipped"),
    ("krüppelwalmdach", "half-hipped"),
    ("3300", "half-hipped"),
    ("mansarddach", "mansard"),
    ("3400", "mansard"),
    ("zeltdach", "pyramidal"),
    ("3500", "pyramidal"),
];

/// Which property becomes which attribute: the defaults of this module, and what the user adds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AttributeMapping {
    /// Attribute -> property; wins over the defaults.
    added: BTreeMap<String, String>,
}

impl AttributeMapping {
    /// Adds `attribute=property`. A later one for the same attribute replaces an earlier one.
    ///
    /// # Errors
    /// [`FeatureError::Setting`] if either side is empty or there is no `=`.
    pub fn with(mut self, text: &str) -> Result<Self, FeatureError> {
        let sides = text
            .split_once('=')
            .map(|(left, right)| (left.trim(), right.trim()));
        match sides {
            Some((attribute, property)) if !attribute.is_empty() && !property.is_empty() => {
                self.added.insert(attribute.to_owned(), property.to_owned());
                Ok(self)
            }
            _ => Err(FeatureError::Setting {
                setting: "attribute mapping",
                text: text.to_owned(),
                expected: "attribute=property, for example height=building:height",
            }),
        }
    }

    /// The attributes of a feature.
    pub(crate) fn apply(&self, properties: &Attributes, defects: &mut Vec<Defect>) -> Attributes {
        let mut reader = Reader {
            mapping: self,
            properties,
            defects,
            attributes: Attributes::new(),
        };
        reader.heights();
        reader.text("roofShape", ROOF_SHAPE);
        reader.name_roof();
        reader.text("name", NAME);
        reader.text("kind", KIND);
        reader.rest();
        reader.attributes
    }
}

/// Fills in the attributes of one feature.
struct Reader<'a> {
    mapping: &'a AttributeMapping,
    properties: &'a Attributes,
    defects: &'a mut Vec<Defect>,
    attributes: Attributes,
}

impl<'a> Reader<'a> {
    /// Heights and levels, which depend on each other.
    fn heights(&mut self) {
        let levels = self.number("levels", LEVELS, MOST_LEVELS);
        let min_level = self
            .number("minLevel", MIN_LEVEL, MOST_LEVELS)
            .unwrap_or(0.0);
        let min_height = self.number("minHeight", MIN_HEIGHT, TALLEST);
        let min_height = min_height.unwrap_or(min_level * LEVEL);
        let top = self
            .number("height", HEIGHT, TALLEST)
            .map(|top| top - min_height);
        let from_levels = levels.map(|levels| (levels - min_level) * LEVEL);
        self.set("height", top.or(from_levels).filter(|height| *height > 0.0));
        self.set("levels", levels);
        self.set("minHeight", Some(min_height).filter(|height| *height > 0.0));
        let roof_height = self.number("roofHeight", ROOF_HEIGHT, TALLEST);
        self.set("roofHeight", roof_height);
    }

    fn set(&mut self, attribute: &str, number: Option<f64>) {
        if let Some(number) = number {
            self.attributes
                .insert(attribute.to_owned(), Value::Number(number));
        }
    }

    /// The properties to look at for an attribute, best first.
    fn names(&self, attribute: &str, defaults: &[&'a str]) -> Vec<&'a str> {
        let mapping: &'a AttributeMapping = self.mapping;
        let added = mapping.added.get(attribute).map(String::as_str);
        added.map_or_else(|| defaults.to_vec(), |property| vec![property])
    }

    /// The first readable number between zero and a limit.
    fn number(&mut self, attribute: &str, defaults: &[&'a str], limit: f64) -> Option<f64> {
        for property in self.names(attribute, defaults) {
            let Some(value) = self.properties.get(property) else {
                continue;
            };
            let number = match value {
                Value::Number(number) => Some(*number),
                Value::String(text) => quantity::parse(text),
                Value::Bool(_) => None,
            };
            if let Some(number) = number.filter(|number| (0.0..=limit).contains(number)) {
                return Some(number);
            }
            let (property, text) = (property.to_owned(), value.to_string());
            self.defects
                .push(Defect::UnreadableValue { property, text });
        }
        None
    }

    /// The first text that says something.
    fn text(&mut self, attribute: &str, defaults: &[&'a str]) {
        let values = self.names(attribute, defaults).into_iter();
        let found = values.filter_map(|property| self.properties.get(property)).find(|value| {
            !matches!(value, Value::String(text) if matches!(&**text, "yes" | "no" | "true" | ""))
                && !matches!(value, Value::Bool(_))
        });
        if let Some(value) = found {
            let text = Value::String(value.to_string());
            self.attributes.insert(attribute.to_owned(), text);
        }
    }

    /// Says the roof's shape in OpenStreetMap's words.
    fn name_roof(&mut self) {
        if let Some(Value::String(shape)) = self.attributes.get_mut("roofShape") {
            let plain = shape.to_lowercase();
            let named = ROOF_SHAPES.iter().find(|(theirs, _)| *theirs == plain);
            *shape = named.map_or(plain, |(_, ours)| (*ours).to_owned());
        }
    }

    /// What the user mapped to attributes of the grammar's own: text that is a length becomes a
    /// number.
    fn rest(&mut self) {
        let known = ["levels", "minLevel", "minHeight", "height", "roofHeight"];
        let texts = ["roofShape", "name", "kind"];
        for (attribute, property) in &self.mapping.added {
            if known.contains(&&**attribute) || texts.contains(&&**attribute) {
                continue;
            }
            let Some(value) = self.properties.get(property) else {
                continue;
            };
            let number = value.as_str().and_then(quantity::parse).map(Value::Number);
            self.attributes
                .insert(attribute.clone(), number.unwrap_or_else(|| value.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(mapping: &AttributeMapping, pairs: &[(&str, &str)]) -> (Attributes, Vec<Defect>) {
        let text = |value: &str| Value::String(value.to_owned());
        let properties = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), text(value)));
        let mut defects = Vec::new();
        let attributes = mapping.apply(&properties.collect(), &mut defects);
        (attributes, defects)
    }

    fn number(attributes: &Attributes, name: &str) -> Option<f64> {
        attributes.get(name).and_then(Value::as_number)
    }

    #[test]
    fn height_counts_from_the_base_of_a_raised_part() {
        let pairs = [("height", "20 m"), ("min_height", "5")];
        let (attributes, defects) = apply(&AttributeMapping::default(), &pairs);
        assert_eq!(number(&attributes, "height"), Some(15.0));
        assert_eq!(number(&attributes, "minHeight"), Some(5.0));
        assert_eq!(defects, []);
    }

    #[test]
    fn levels_stand_in_for_a_missing_height() {
        let (attributes, _) = apply(
            &AttributeMapping::default(),
            &[("building:levels", "5"), ("building", "yes")],
        );
        assert_eq!(number(&attributes, "height"), Some(15.0));
        assert_eq!(number(&attributes, "levels"), Some(5.0));
        assert_eq!(attributes.get("kind"), None);
    }

    #[test]
    fn roofs_go_by_the_names_of_openstreetmap() {
        for (theirs, ours) in [
            ("SATTELDACH", "gabled"),
            ("1000", "flat"),
            ("Hipped", "hipped"),
        ] {
            let (attributes, _) = apply(&AttributeMapping::default(), &[("roofType", theirs)]);
            assert_eq!(attributes["roofShape"].as_str(), Some(ours));
        }
    }

    #[test]
    fn unreadable_numbers_are_ignored_with_a_warning() {
        let (attributes, defects) = apply(
            &AttributeMapping::default(),
            &[("height", "tall"), ("measuredHeight", "9")],
        );
        assert_eq!(number(&attributes, "height"), Some(9.0));
        let unreadable = Defect::UnreadableValue {
            property: "height".to_owned(),
            text: "tall".to_owned(),
        };
        assert_eq!(defects, [unreadable]);
    }

    #[test]
    fn the_users_mapping_wins_over_the_defaults() {
        let mapping = AttributeMapping::default().with("height = eaves").unwrap();
        let mapping = mapping.with("year=start_date").unwrap();
        let pairs = [("height", "20"), ("eaves", "7"), ("start_date", "1886")];
        let (attributes, _) = apply(&mapping, &pairs);
        assert_eq!(number(&attributes, "height"), Some(7.0));
        assert_eq!(number(&attributes, "year"), Some(1886.0));
    }

    #[test]
    fn a_mapping_without_both_sides_is_refused() {
        for text in ["", "a", "=b", "a="] {
            assert!(AttributeMapping::default().with(text).is_err(), "{text}");
        }
    }
}
