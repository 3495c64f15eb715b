//! What a document says besides geometry: the `extras` of file, scene and nodes, for `assetMetadata`.

use gable_kernel::asset::Model;
use gable_kernel::recipe::Value;
use serde_json::Value as Json;

/// More keys are left out.
const MOST_KEYS: usize = 1000;

/// Adds values that have a type of CGA; of equal keys the first stays.
pub(super) fn add(extras: Option<&Json>, model: &mut Model) {
    let Some(Json::Object(entries)) = extras else {
        return;
    };
    for (key, json) in entries {
        let is_known = model.metadata.iter().any(|(known, _)| known == key);
        if let (false, true, Some(value)) =
            (is_known, model.metadata.len() < MOST_KEYS, value(json))
        {
            model.metadata.push((key.clone(), value));
        }
    }
}

/// A number, truth value or text, or an array of such, or of rows of such.
fn value(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Number(number) => Value::Float(number.as_f64()?),
        Json::Bool(truth) => Value::Bool(*truth),
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => {
            let rows: Vec<&[Json]> = match items.first()? {
                Json::Array(_) => items.iter().map(row).collect::<Option<_>>()?,
                _ => vec![items],
            };
            match rows.first()?.first()? {
                Json::Number(_) => Value::FloatArray(table(&rows, Json::as_f64)?),
                Json::Bool(_) => Value::BoolArray(table(&rows, Json::as_bool)?),
                Json::String(_) => {
                    Value::StringArray(table(&rows, |json| json.as_str().map(str::to_owned))?)
                }
                _ => return None,
            }
        }
        Json::Null | Json::Object(_) => return None,
    })
}

fn row(json: &Json) -> Option<&[Json]> {
    json.as_array().map(Vec::as_slice)
}

fn table<T>(rows: &[&[Json]], cell: impl Fn(&Json) -> Option<T>) -> Option<Vec<Vec<T>>> {
    rows.iter()
        .map(|row| row.iter().map(&cell).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_one_type_are_taken_and_the_first_stays() {
        let mut model = Model::default();
        let extras = serde_json::json!({
            "height": 2.5, "evergreen": true, "name": "oak", "sizes": [1, 2], "rows": [["a"], ["b"]],
            "mixed": [1, "a"], "nothing": null, "object": {}, "empty": []
        });
        add(Some(&extras), &mut model);
        add(
            Some(&serde_json::json!({ "height": 9, "flags": [false] })),
            &mut model,
        );
        add(Some(&Json::Null), &mut model);
        model.metadata.sort_by(|a, b| a.0.cmp(&b.0));
        let text = |text: &str| vec![text.to_owned()];
        assert_eq!(
            model.metadata,
            [
                ("evergreen".to_owned(), Value::Bool(true)),
                ("flags".to_owned(), Value::BoolArray(vec![vec![false]])),
                ("height".to_owned(), Value::Float(2.5)),
                ("name".to_owned(), Value::String("oak".to_owned())),
                (
                    "rows".to_owned(),
                    Value::StringArray(vec![text("a"), text("b")])
                ),
                ("sizes".to_owned(), Value::FloatArray(vec![vec![1.0, 2.0]])),
            ]
        );
    }
}
