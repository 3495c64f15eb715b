//! What there is to say of a module to people who run it: what they may start with and set.

use gable_kernel::manifest::{Attribute, Manifest, Type};
use gable_kernel::recipe::Value;
use serde_json::json;

/// The rules that a derivation may start with: those without parameters.
pub fn start_rules(manifest: &Manifest) -> Vec<&str> {
    let rules = manifest.rules.iter().filter(|rule| rule.params.is_empty());
    rules.map(|rule| rule.name.as_str()).collect()
}

/// The attribute of this name, if there is one that a recipe may set.
pub fn find_settable<'m>(manifest: &'m Manifest, name: &str) -> Option<&'m Attribute> {
    let mut attributes = manifest.attributes.iter();
    attributes.find(|attribute| attribute.settable && attribute.name == name)
}

/// The attributes that people may set, as user interfaces read them: name, type, default, annotations.
pub fn attributes(manifest: &Manifest) -> serde_json::Value {
    let shown = |attribute: &&Attribute| attribute.settable && !attribute.hidden;
    let one = |attribute: &Attribute| {
        let annotations = attribute.annotations.iter().map(|annotation| {
            let arguments = annotation.arguments.iter();
            let arguments: Vec<_> = arguments
                .map(|(key, argument)| json!([key, json_of(argument)]))
                .collect();
            json!({ "name": annotation.name, "arguments": arguments })
        });
        json!({
            "name": attribute.name,
            "type": type_name(attribute.ty),
            "default": attribute.default.as_ref().map(json_of),
            "annotations": annotations.collect::<Vec<_>>(),
        })
    };
    manifest.attributes.iter().filter(shown).map(one).collect()
}

/// A value: a number, a truth value, a text, or a list of rows of these.
pub fn json_of(value: &Value) -> serde_json::Value {
    match value {
        Value::Float(number) => json!(number),
        Value::Bool(truth) => json!(truth),
        Value::String(text) => json!(text),
        Value::FloatArray(rows) => json!(rows),
        Value::BoolArray(rows) => json!(rows),
        Value::StringArray(rows) => json!(rows),
    }
}

fn type_name(ty: Type) -> &'static str {
    match ty {
        Type::Float => "float",
        Type::Bool => "bool",
        Type::String => "string",
        Type::FloatArray => "float[]",
        Type::BoolArray => "bool[]",
        Type::StringArray => "string[]",
    }
}
