//! What a grammar lets one set, as user interfaces show it: from a layer's part of `manifest.json`. As JSON it is what pages
//! read of it.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// An attribute of a grammar.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attribute {
    /// Its name in recipes, with the import's prefix.
    pub name: String,
    /// Its name for people: words, without the prefix.
    pub label: String,
    /// Where it is shown: the import that it comes from (empty: none), then its groups.
    pub path: Vec<String>,
    /// A sentence about it, or nothing.
    pub description: String,
    /// How it is set.
    #[serde(flatten)]
    pub kind: Kind,
    /// Its value unless it is set: a number, a truth value or a text; null when a rule computes it.
    pub default: Json,
    #[serde(skip)]
    order: f64,
}

/// How an attribute is set.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Kind {
    /// A number.
    Number(Number),
    /// A truth value.
    Flag,
    /// Text.
    Text {
        /// One of these, if there are any.
        choices: Vec<String>,
    },
    /// A colour as text: `#rrggbb`.
    Color,
    /// Arrays are shown, not set.
    Other,
}

/// How a number is set.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Number {
    /// From least to greatest.
    pub range: Option<[f64; 2]>,
    /// From one value to the next.
    pub step: Option<f64>,
    /// One of these, if there are any.
    pub choices: Vec<f64>,
    /// What it measures: `m`, `°`, `%` (of 1), or nothing.
    pub unit: &'static str,
}

#[derive(Debug, Deserialize)]
struct Told {
    name: String,
    #[serde(rename = "type")]
    ty: String,
    #[serde(default)]
    default: Json,
    #[serde(default)]
    annotations: Vec<Annotation>,
}

#[derive(Debug, Deserialize)]
struct Annotation {
    name: String,
    #[serde(default)]
    arguments: Vec<(String, Json)>,
}

/// Reads the attributes of a layer, in the order in which they are shown. What cannot be read is left out.
#[must_use]
pub fn read(attributes: &Json) -> Vec<Attribute> {
    let told = attributes.as_array().into_iter().flatten();
    let told = told.filter_map(|one| Told::deserialize(one).ok());
    let mut all: Vec<Attribute> = Vec::new();
    // A group goes on until the next one of the same file.
    let (mut prefix, mut groups, mut place) = (String::new(), Vec::new(), 0.0);
    let mut places: Vec<f64> = Vec::new();
    for one in told {
        let own = one.name.rsplit_once('.').map_or("", |(prefix, _)| prefix);
        if own != prefix {
            (prefix, groups, place) = (own.to_owned(), Vec::new(), 0.0);
        }
        if let Some(group) = one.annotation("Group") {
            groups = group.texts();
            place = group.numbers().last().copied().unwrap_or(f64::MAX);
        }
        let mut path = vec![prefix.clone()];
        path.extend(groups.iter().cloned());
        places.push(place);
        all.push(one.attribute(path));
    }
    // By groups as they first appear, groups by their numbers, attributes by theirs.
    let prefixes: Vec<String> = all.iter().map(|it| it.path[0].clone()).collect();
    let first = |prefix: &String| prefixes.iter().position(|it| it == prefix);
    let mut numbered: Vec<(f64, Attribute)> = places.into_iter().zip(all).collect();
    numbered.sort_by(|(a, left), (b, right)| {
        let files = first(&left.path[0]).cmp(&first(&right.path[0]));
        let groups = a.total_cmp(b).then_with(|| left.path.cmp(&right.path));
        let orders = left.order.total_cmp(&right.order);
        files.then(groups).then(orders)
    });
    numbered.into_iter().map(|(_, it)| it).collect()
}

impl Told {
    fn annotation(&self, name: &str) -> Option<&Annotation> {
        self.annotations.iter().find(|it| it.name == name)
    }

    fn attribute(self, path: Vec<String>) -> Attribute {
        let own = self.name.rsplit('.').next().unwrap_or(&self.name);
        let text = |name: &str| {
            let texts = self.annotation(name).map(Annotation::texts);
            texts.and_then(|texts| texts.into_iter().next())
        };
        let order = self
            .annotation("Order")
            .and_then(|it| it.numbers().first().copied());
        Attribute {
            label: text("DisplayName").unwrap_or_else(|| words(own)),
            description: text("Description").unwrap_or_default(),
            kind: self.kind(),
            default: match (&self.default, self.ty.as_str()) {
                (Json::Number(_), "float")
                | (Json::Bool(_), "bool")
                | (Json::String(_), "string") => self.default.clone(),
                _ => Json::Null,
            },
            order: order.unwrap_or(f64::MAX),
            path,
            name: self.name,
        }
    }

    fn kind(&self) -> Kind {
        let choices = ["Enum", "Range"].map(|name| self.annotation(name));
        match self.ty.as_str() {
            "bool" => Kind::Flag,
            "string" if self.annotation("Color").is_some() => Kind::Color,
            "string" => {
                let listed = choices.iter().flatten().map(|it| it.texts());
                let choices = listed.max_by_key(Vec::len).unwrap_or_default();
                Kind::Text { choices }
            }
            "float" => Kind::Number(self.number()),
            _ => Kind::Other,
        }
    }

    fn number(&self) -> Number {
        let has = |name: &str| self.annotation(name).is_some();
        let units = [("Distance", "m"), ("Angle", "°"), ("Percent", "%")];
        let unit = units.into_iter().find(|(name, _)| has(name));
        let range = self.annotation("Range");
        let named = |name: &str| range.and_then(|range| range.named(name));
        let positional = range.map(Annotation::numbers).unwrap_or_default();
        let at = |place: usize| positional.get(place).copied();
        let ends = named("min").or(at(0)).zip(named("max").or(at(1)));
        Number {
            range: ends
                .filter(|(low, high)| low < high)
                .map(|(low, high)| [low, high]),
            step: named("stepsize").or(at(2)).filter(|step| *step > 0.0),
            choices: self
                .annotation("Enum")
                .map(Annotation::numbers)
                .unwrap_or_default(),
            unit: unit.map_or("", |(_, unit)| unit),
        }
    }
}

impl Annotation {
    fn positional(&self) -> impl Iterator<Item = &Json> {
        let positional = self.arguments.iter().filter(|(key, _)| key.is_empty());
        positional.map(|(_, value)| value)
    }

    fn texts(&self) -> Vec<String> {
        let texts = self.positional().filter_map(Json::as_str);
        texts.map(str::to_owned).collect()
    }

    fn numbers(&self) -> Vec<f64> {
        self.positional().filter_map(Json::as_f64).collect()
    }

    fn named(&self, name: &str) -> Option<f64> {
        let argument = self.arguments.iter().find(|(key, _)| key == name);
        argument.and_then(|(_, value)| value.as_f64())
    }
}

/// `groundFloorHeight` and `Ground_floor` as words: `ground floor height`.
fn words(name: &str) -> String {
    let mut words = String::new();
    let mut was_small = false;
    for c in name.chars() {
        if c == '_' {
            words.push(' ');
        } else if c.is_uppercase() && was_small {
            words.push(' ');
            words.extend(c.to_lowercase());
        } else {
            words.push(c);
        }
        was_small = c.is_lowercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn one(ty: &str, annotations: Json) -> Attribute {
        let told = json!([{ "name": "a.wallColor", "type": ty, "default": null, "annotations": annotations }]);
        read(&told).remove(0)
    }

    #[test]
    fn annotations_say_how_attributes_are_set() {
        let color = one("string", json!([{ "name": "Color", "arguments": [] }]));
        assert_eq!((color.kind, color.default), (Kind::Color, Json::Null));
        assert_eq!(
            (color.label.as_str(), &color.path[..]),
            ("wall color", &["a".to_owned()][..])
        );
        let list = json!([{ "name": "Enum", "arguments": [["", "brick"], ["", "stucco"]] }]);
        let Kind::Text { choices } = one("string", list).kind else {
            panic!("text");
        };
        assert_eq!(choices, ["brick", "stucco"]);
        let range = json!([
            { "name": "Range", "arguments": [["min", 1.0], ["max", 9.0], ["stepsize", 0.5]] },
            { "name": "Distance", "arguments": [] },
        ]);
        let number = Number {
            range: Some([1.0, 9.0]),
            step: Some(0.5),
            choices: Vec::new(),
            unit: "m",
        };
        assert_eq!(one("float", range).kind, Kind::Number(number.clone()));
        let old = json!([{ "name": "Range", "arguments": [["", 1.0], ["", 9.0]] }]);
        let number = Number {
            step: None,
            unit: "",
            ..number
        };
        assert_eq!(one("float", old).kind, Kind::Number(number));
        assert_eq!(one("float[]", json!([])).kind, Kind::Other);
    }

    #[test]
    fn groups_go_on_and_are_shown_by_their_numbers() {
        let order = |n: f64| json!({ "name": "Order", "arguments": [["", n]] });
        let group =
            |name: &str, n: f64| json!({ "name": "Group", "arguments": [["", name], ["", n]] });
        let told = json!([
            { "name": "late", "type": "float", "default": 1.5, "annotations": [group("Z", 2.0)] },
            { "name": "second", "type": "bool", "default": true, "annotations": [group("A", 1.0), order(2.0)] },
            { "name": "first", "type": "string", "default": "x", "annotations": [order(1.0)] },
            { "name": "b.other", "type": "float", "default": 0, "annotations": [] },
            { "name": 5 },
        ]);
        let read = read(&told);
        let names: Vec<&str> = read.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["first", "second", "late", "b.other"]);
        assert_eq!(read[0].path, ["", "A"]);
        assert_eq!(read[2].default, json!(1.5));
        assert_eq!(read[3].path, ["b"]);
        assert!(super::read(&Json::Null).is_empty());
    }
}
