//! The recipe that runs a module on one lot.

use std::collections::BTreeMap;

use gable_compiler::{Artifact, about};
use gable_kernel::manifest::{Attribute, Type};
use gable_kernel::recipe::{AssetReference, InitialShape, Recipe, Value, seed_of};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::lot::Lot;

/// How a module is run.
#[derive(Debug, Clone, Deserialize)]
pub struct Order {
    /// On what.
    pub lot: Lot,
    /// Seed of all random choices.
    pub seed: u64,
    /// The rule to start with; empty for the module's own choice.
    #[serde(default)]
    pub start: String,
    /// Values of attributes.
    #[serde(default)]
    pub attributes: BTreeMap<String, serde_json::Value>,
    /// The assets that it may name, sorted by name.
    #[serde(default)]
    pub assets: Vec<Named>,
}

/// An asset by name and content.
#[derive(Debug, Clone, Deserialize)]
pub struct Named {
    /// Its name in grammars.
    pub name: String,
    /// SHA-256 of its prepared bytes.
    pub sha256: [u8; 32],
}

/// The name of the one initial shape, as that of `gable generate --lot`: its seed comes from it.
const NAME: &str = "lot";

/// The recipe that `gable generate` makes of the same. Values of attributes that the module does not have, or has with another
/// type, are left out: while one types, names come and go.
///
/// # Errors
/// What is wrong with the lot or the start rule.
pub fn recipe(artifact: &Artifact, order: &Order) -> Result<Recipe, String> {
    let manifest = &artifact.manifest;
    let rules = about::start_rules(manifest);
    if rules.is_empty() {
        return Err("the grammar has no rule without parameters to start with; add one, such as `Lot --> extrude(10)`".to_owned());
    }
    if !order.start.is_empty() && !rules.contains(&order.start.as_str()) {
        return Err(format!(
            "there is no rule `{}` without parameters to start with (there are: {})",
            order.start,
            rules.join(", ")
        ));
    }
    let set = order.attributes.iter().filter_map(|(name, value)| {
        let attribute = about::find_settable(manifest, name)?;
        Some((name.clone(), value_of(attribute, value)?))
    });
    let assets = order.assets.iter().map(|asset| AssetReference {
        name: asset.name.clone(),
        hash: asset.sha256,
    });
    Ok(Recipe {
        kernel: manifest.kernel,
        module: Sha256::digest(&artifact.wasm).into(),
        assets: assets.collect(),
        shapes: vec![InitialShape {
            name: NAME.to_owned(),
            start_rule: order.start.clone(),
            polygons: vec![order.lot.rings()?],
            attributes: Vec::new(),
            seed: seed_of(NAME),
        }],
        attributes: set.collect(),
        seed: order.seed,
        ..Recipe::default()
    })
}

fn value_of(attribute: &Attribute, value: &serde_json::Value) -> Option<Value> {
    match attribute.ty {
        Type::Float => value.as_f64().map(Value::Float),
        Type::Bool => value.as_bool().map(Value::Bool),
        Type::String => value.as_str().map(|text| Value::String(text.to_owned())),
        Type::FloatArray | Type::BoolArray | Type::StringArray => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Project, compile};

    fn artifact(text: &str) -> Artifact {
        let project = Project {
            main: "m.cga".to_owned(),
            files: BTreeMap::from([("m.cga".to_owned(), text.to_owned())]),
            kernel: [3; 32],
        };
        compile(&project).artifact.expect("it compiles")
    }

    fn order(more: serde_json::Value) -> Order {
        let mut order =
            json!({ "lot": { "shape": "rectangle", "width": 30, "depth": 20 }, "seed": 5 });
        let fields = more.as_object().expect("an object").clone();
        order.as_object_mut().expect("an object").extend(fields);
        serde_json::from_value(order).expect("an order")
    }

    const TEXT: &str = "attr h = 1\nattr c = \"x\"\nconst k = 2\nA --> NIL\nB(n) --> NIL";

    #[test]
    fn values_that_do_not_fit_are_left_out() {
        let attributes = json!({ "h": 2, "c": 7, "k": 3, "gone": true });
        let recipe = recipe(&artifact(TEXT), &order(json!({ "attributes": attributes })));
        let recipe = recipe.expect("a recipe");
        assert_eq!(recipe.attributes, [("h".to_owned(), Value::Float(2.0))]);
        assert_eq!((recipe.kernel, recipe.seed), ([3; 32], 5));
        assert_eq!(recipe.shapes[0].polygons[0][0].len(), 4);
        assert_eq!(
            Recipe::from_bytes(&recipe.to_bytes()).expect("whole"),
            recipe
        );
    }

    #[test]
    fn a_start_rule_is_there_and_has_no_parameters() {
        let start =
            |text: &str, start: &str| recipe(&artifact(text), &order(json!({ "start": start })));
        assert!(start(TEXT, "A").is_ok());
        for missing in ["B", "C"] {
            let error = start(TEXT, missing).expect_err("no such rule");
            assert!(error.contains("there are: A"), "{error}");
        }
        assert!(
            start("B(n) --> NIL", "")
                .expect_err("no rule")
                .contains("no rule without")
        );
    }
}
