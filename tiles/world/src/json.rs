//! Values of grammars as JSON, for user interfaces.

use gable_kernel::recipe::Value;

/// A value: a number, a truth value, a text, or a list of rows of these.
pub fn json_of(value: &Value) -> serde_json::Value {
    match value {
        Value::Float(number) => serde_json::json!(number),
        Value::Bool(truth) => serde_json::json!(truth),
        Value::String(text) => serde_json::json!(text),
        Value::FloatArray(rows) => serde_json::json!(rows),
        Value::BoolArray(rows) => serde_json::json!(rows),
        Value::StringArray(rows) => serde_json::json!(rows),
    }
}
