//! Attributes as somebody sets them while looking on: what takes their place in recipes that are run here.

use std::collections::BTreeMap;

use gable_kernel::recipe::{Recipe, Value};
use gable_tileset::TileId;
use serde_json::Value as Json;

/// What an attribute is set for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All features of a layer.
    Layer,
    /// One feature.
    Feature {
        /// Its name.
        name: String,
        /// A tile that shows it: others that do are above or below.
        tile: TileId,
    },
}

impl Scope {
    /// Whether what is set for it can change a tile of its layer.
    #[must_use]
    pub fn concerns(&self, tile: TileId) -> bool {
        match self {
            Self::Layer => true,
            Self::Feature { tile: place, .. } => are_related(*place, tile),
        }
    }
}

/// What was set, by layer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrides {
    layers: BTreeMap<String, Layer>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Layer {
    all: Values,
    features: BTreeMap<String, (TileId, Values)>,
}

type Values = BTreeMap<String, Value>;

impl Overrides {
    /// Sets an attribute, or leaves it to the grammar again.
    pub fn set(&mut self, layer: &str, scope: &Scope, attribute: &str, value: Option<Value>) {
        let layer = self.layers.entry(layer.to_owned()).or_default();
        let values = match scope {
            Scope::Layer => &mut layer.all,
            Scope::Feature { name, tile } => {
                let feature = layer.features.entry(name.clone());
                &mut feature.or_insert((*tile, Values::new())).1
            }
        };
        match value {
            Some(value) => _ = values.insert(attribute.to_owned(), value),
            None => _ = values.remove(attribute),
        }
        layer.features.retain(|_, (_, values)| !values.is_empty());
        self.layers.retain(|_, layer| *layer != Layer::default());
    }

    /// What an attribute is set to there and nowhere narrower or wider.
    #[must_use]
    pub fn get(&self, layer: &str, scope: &Scope, attribute: &str) -> Option<&Value> {
        let layer = self.layers.get(layer)?;
        match scope {
            Scope::Layer => layer.all.get(attribute),
            Scope::Feature { name, .. } => layer.features.get(name)?.1.get(attribute),
        }
    }

    /// Leaves everything in a layer to the grammar again; says whether anything was set.
    pub fn clear(&mut self, layer: &str) -> bool {
        self.layers.remove(layer).is_some()
    }

    /// Whether the content of a tile may be another than its server says.
    #[must_use]
    pub fn concern(&self, layer: &str, tile: TileId) -> bool {
        self.layers.get(layer).is_some_and(|layer| {
            let mut features = layer.features.values();
            !layer.all.is_empty() || features.any(|(place, _)| are_related(*place, tile))
        })
    }

    /// Puts what was set into a recipe of a tile of a layer, as far as its grammar `knows` such attributes. The narrower
    /// wins; each wins over what features bring along.
    pub fn apply(&self, layer: &str, recipe: &mut Recipe, knows: &dyn Fn(&str) -> bool) {
        let Some(layer) = self.layers.get(layer) else {
            return;
        };
        for (name, value) in layer.all.iter().filter(|(name, _)| knows(name)) {
            put(&mut recipe.attributes, name, value);
            for shape in recipe.shapes.iter_mut().chain(&mut recipe.context) {
                shape.attributes.retain(|(other, _)| other != name);
            }
        }
        for shape in recipe.shapes.iter_mut().chain(&mut recipe.context) {
            if let Some((_, values)) = layer.features.get(&shape.name) {
                let known = values.iter().filter(|(name, _)| knows(name));
                known.for_each(|(name, value)| put(&mut shape.attributes, name, value));
            }
        }
    }
}

/// A number, a truth value or a text as the value of an attribute; none for anything else.
#[must_use]
pub fn value_of(json: &Json) -> Option<Value> {
    match json {
        Json::Number(number) => number.as_f64().map(Value::Float),
        Json::Bool(flag) => Some(Value::Bool(*flag)),
        Json::String(text) => Some(Value::String(text.clone())),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// The same recipe for one of its features; the others are what its rules may ask about.
///
/// # Errors
/// When there is none of this name.
pub fn alone(mut recipe: Recipe, feature: &str) -> Result<Recipe, String> {
    let (own, others) = std::mem::take(&mut recipe.shapes)
        .into_iter()
        .partition(|shape| shape.name == feature);
    recipe.shapes = own;
    recipe.context.splice(0..0, others);
    if recipe.shapes.is_empty() {
        return Err(format!("the tile has no feature {feature}"));
    }
    Ok(recipe)
}

fn put(attributes: &mut Vec<(String, Value)>, name: &str, value: &Value) {
    attributes.retain(|(other, _)| other != name);
    attributes.push((name.to_owned(), value.clone()));
}

/// Whether one lies above the other, or they are the same.
fn are_related(a: TileId, b: TileId) -> bool {
    let level = a.level().min(b.level());
    a.ancestor(level) == b.ancestor(level)
}

#[cfg(test)]
mod tests {
    use gable_kernel::recipe::InitialShape;

    use super::*;

    fn recipe() -> Recipe {
        let shape = |name: &str| InitialShape {
            name: name.to_owned(),
            attributes: vec![("height".to_owned(), Value::Float(7.0))],
            ..InitialShape::default()
        };
        Recipe {
            shapes: vec![shape("a"), shape("b")],
            attributes: vec![("roof".to_owned(), Value::Bool(true))],
            ..Recipe::default()
        }
    }

    fn tile(text: &str) -> TileId {
        text.parse().expect("a tile")
    }

    #[test]
    fn the_narrower_wins_and_each_wins_over_data() {
        let mut overrides = Overrides::default();
        let only_b = Scope::Feature {
            name: "b".to_owned(),
            tile: tile("2/1/1"),
        };
        let height = |metres: f64| Some(Value::Float(metres));
        overrides.set("houses", &only_b, "height", height(30.0));
        overrides.set("houses", &Scope::Layer, "height", height(20.0));
        overrides.set("houses", &Scope::Layer, "unknown", height(1.0));
        let mut changed = recipe();
        overrides.apply("houses", &mut changed, &|name| name == "height");
        assert!(changed.shapes[0].attributes.is_empty());
        let height = |metres: f64| ("height".to_owned(), Value::Float(metres));
        assert_eq!(changed.shapes[1].attributes, [height(30.0)]);
        assert_eq!(changed.attributes[1..], [height(20.0)]);
        let mut other = recipe();
        overrides.apply("trees", &mut other, &|_| true);
        assert_eq!(other, recipe());
    }

    #[test]
    fn a_feature_concerns_tiles_above_and_below() {
        let mut overrides = Overrides::default();
        let scope = Scope::Feature {
            name: "b".to_owned(),
            tile: tile("2/1/1"),
        };
        overrides.set("houses", &scope, "height", Some(Value::Float(3.0)));
        for (text, concerned) in [
            ("0/0/0", true),
            ("1/0/0", true),
            ("2/1/1", true),
            ("3/3/2", true),
            ("2/1/2", false),
            ("3/0/0", false),
        ] {
            assert_eq!(overrides.concern("houses", tile(text)), concerned, "{text}");
        }
        assert!(!overrides.concern("trees", tile("2/1/1")));
        overrides.set("houses", &scope, "height", None);
        assert_eq!(overrides, Overrides::default());
    }
}
