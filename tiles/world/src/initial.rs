//! Features as initial shapes.

use gable_compiler::about::find_settable;
use gable_features::{EDGE_ATTRIBUTE, Feature, Features, Frame, Origin, Polygon};
use gable_kernel::manifest::{Attribute, Manifest, Type};
use gable_kernel::recipe::{InitialShape, Value, seed_of};

/// The attribute of this name that a recipe may set.
///
/// # Errors
/// The names that there are, with commas between.
pub fn settable<'m>(manifest: &'m Manifest, name: &str) -> Result<&'m Attribute, String> {
    find_settable(manifest, name).ok_or_else(|| {
        let attributes = manifest.attributes.iter();
        let shown = attributes.filter(|attribute| attribute.settable && !attribute.hidden);
        let names: Vec<&str> = shown.map(|attribute| attribute.name.as_str()).collect();
        names.join(", ")
    })
}

/// A feature as an initial shape: each attribute takes the property of its name, where the types agree. Attributes of edges come
/// along when rules ask for some.
pub fn initial_shape(feature: &Feature, start_rule: &str, manifest: &Manifest) -> InitialShape {
    let mut attributes: Vec<(String, Value)> = manifest
        .attributes
        .iter()
        .filter(|attribute| attribute.settable)
        .filter_map(|attribute| {
            let value = feature.value(&attribute.name)?;
            Some((attribute.name.clone(), property(attribute, value)?))
        })
        .collect();
    if manifest.edge_attributes {
        let named = feature.properties.iter();
        let lists = named.filter(|(name, _)| name.starts_with(EDGE_ATTRIBUTE));
        attributes.extend(lists.map(|(name, list)| (name.clone(), of_edges(&list.to_string()))));
    }
    let rings = |polygon: &Polygon| {
        let rings = std::iter::once(&polygon.outer).chain(&polygon.holes);
        rings.cloned().collect()
    };
    InitialShape {
        name: feature.id.clone(),
        start_rule: start_rule.to_owned(),
        polygons: feature.polygons.iter().map(rings).collect(),
        attributes,
        seed: seed_of(&feature.id),
    }
}

/// Values of edges from a list of texts: numbers or truth values where all are.
fn of_edges(list: &str) -> Value {
    let list = list.strip_suffix(';').unwrap_or(list);
    let items: Vec<&str> = list.split(';').map(str::trim).collect();
    let number = |item: &&str| item.parse().ok().filter(|number: &f64| number.is_finite());
    if let Some(numbers) = items.iter().map(number).collect() {
        return Value::FloatArray(vec![numbers]);
    }
    if let Ok(flags) = items.iter().map(|item| item.parse()).collect() {
        return Value::BoolArray(vec![flags]);
    }
    Value::StringArray(vec![items.into_iter().map(str::to_owned).collect()])
}

fn property(attribute: &Attribute, value: &gable_features::Value) -> Option<Value> {
    match attribute.ty {
        Type::Float => value.as_number().map(Value::Float),
        Type::Bool => value.as_bool().map(Value::Bool),
        Type::String => Some(Value::String(value.to_string())),
        Type::FloatArray | Type::BoolArray | Type::StringArray => None,
    }
}

/// A text as the value of an attribute: lists are separated by commas.
///
/// # Errors
/// What the attribute expects.
pub fn parse_value(attribute: &Attribute, text: &str) -> Result<Value, String> {
    let wrong =
        |expected: &str| format!("{}={text}: the attribute is a {expected}", attribute.name);
    match attribute.ty {
        Type::Float => {
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            number.map(Value::Float).ok_or_else(|| wrong("number"))
        }
        Type::Bool => {
            let value = text.parse().map(Value::Bool);
            value.map_err(|_| wrong("truth value: true or false"))
        }
        Type::String => Ok(Value::String(text.to_owned())),
        Type::FloatArray => {
            let row = text.split(',').map(|part| part.trim().parse());
            let row = row.collect::<Result<_, _>>();
            row.map(|row| Value::FloatArray(vec![row]))
                .map_err(|_| wrong("list of numbers: 1,2,3"))
        }
        Type::BoolArray => {
            let row = text.split(',').map(|part| part.trim().parse());
            let row = row.collect::<Result<_, _>>();
            row.map(|row| Value::BoolArray(vec![row]))
                .map_err(|_| wrong("list of true and false"))
        }
        Type::StringArray => {
            let row = text.split(',').map(str::to_owned).collect();
            Ok(Value::StringArray(vec![row]))
        }
    }
}

/// One rectangular lot from a text with its sides in metres, such as `30x20`.
///
/// # Errors
/// What is expected.
pub fn parse_lot(text: &str) -> Result<Features, String> {
    let number = |part: &str| {
        let number = part.trim().parse::<f64>().ok();
        number.filter(|&number| number > 0.0 && number <= 1e6)
    };
    let sides = text.split_once('x');
    let sides = sides.and_then(|(width, depth)| number(width).zip(number(depth)));
    let (width, depth) =
        sides.ok_or_else(|| format!("{text}: expected WIDTHxDEPTH in metres, such as 30x20"))?;
    Ok(lot(width, depth))
}

/// One rectangular lot, its first edge at the front (+z); sides in metres.
pub(crate) fn lot(width: f64, depth: f64) -> Features {
    let outer = vec![
        [0.0, 0.0, depth],
        [width, 0.0, depth],
        [width, 0.0, 0.0],
        [0.0, 0.0, 0.0],
    ];
    let polygons = vec![Polygon {
        outer,
        holes: Vec::new(),
    }];
    let feature = Feature {
        id: "lot".to_owned(),
        polygons,
        attributes: Default::default(),
        properties: Default::default(),
    };
    let origin = Origin {
        longitude: 0.0,
        latitude: 0.0,
        height: 0.0,
    };
    Features {
        features: vec![feature],
        frame: Frame::LocalTangent { origin },
        warnings: Vec::new(),
        format: gable_features::Format::GeoJson,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_edges_come_along_when_rules_ask_for_some() {
        let mut feature = lot(30.0, 20.0).features.remove(0);
        let lists = [
            ("/edgeattr/kind", "street.front; side;;side;"),
            ("/edgeattr/width", "1;2.5;0;-1"),
            ("/edgeattr/gate", "true;false;false;false;"),
            ("kind", "a;b;"),
        ];
        let text = |text: &str| gable_features::Value::String(text.to_owned());
        feature.properties = lists
            .map(|(name, list)| (name.to_owned(), text(list)))
            .into();
        let mut manifest = Manifest::default();
        assert!(initial_shape(&feature, "", &manifest).attributes.is_empty());
        manifest.edge_attributes = true;
        let kinds = ["street.front", "side", "", "side"].map(str::to_owned);
        let expected = [
            (
                "/edgeattr/gate",
                Value::BoolArray(vec![vec![true, false, false, false]]),
            ),
            ("/edgeattr/kind", Value::StringArray(vec![kinds.to_vec()])),
            (
                "/edgeattr/width",
                Value::FloatArray(vec![vec![1.0, 2.5, 0.0, -1.0]]),
            ),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value));
        assert_eq!(initial_shape(&feature, "", &manifest).attributes, expected);
    }
}
