//! Initial shapes as a table of features: `EXT_structural_metadata`.

use std::collections::BTreeMap;

use super::buffer::Buffer;
use crate::output::json::Json;
use crate::output::{Feature, Property};

/// Stands for a missing number.
const NO_NUMBER: f64 = f64::MIN;

/// A column of the table.
struct Column<'a> {
    id: String,
    name: &'a str,
    kind: Kind,
    missing: bool,
    values: Vec<Option<&'a Property>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Bool,
    Text,
}

/// Writes the extension's object: schema and one property table. Columns are the shapes' names and, sorted by name,
/// whatever any shape has; a column whose values differ in type, or truth values that some lack, become text.
pub(crate) fn write(json: &mut Json, buffer: &mut Buffer, features: &[Feature]) {
    let names: Vec<Property> = features
        .iter()
        .map(|feature| Property::Text(feature.name.clone()))
        .collect();
    let columns = columns(features, &names);
    json.object(|json| {
        json.key("schema").object(|json| {
            json.field("id", "gable");
            json.key("classes").object(|json| {
                json.key("shape").object(|json| {
                    json.key("properties")
                        .object(|json| columns.iter().for_each(|column| column.write_class(json)));
                });
            });
        });
        json.key("propertyTables").array(|json| {
            json.object(|json| {
                json.field("class", "shape");
                json.field("count", &features.len());
                json.key("properties").object(|json| {
                    for column in &columns {
                        json.key(&column.id)
                            .object(|json| column.write_values(json, buffer));
                    }
                });
            });
        });
    });
}

fn columns<'a>(features: &'a [Feature], names: &'a [Property]) -> Vec<Column<'a>> {
    let mut by_name: BTreeMap<&str, Vec<Option<&Property>>> = BTreeMap::new();
    for (number, feature) in features.iter().enumerate() {
        for (name, value) in &feature.properties {
            by_name
                .entry(name)
                .or_insert_with(|| vec![None; features.len()])[number] = Some(value);
        }
    }
    let mut columns = vec![Column {
        id: "name".to_owned(),
        name: "name",
        kind: Kind::Text,
        missing: false,
        values: names.iter().map(Some).collect(),
    }];
    for (name, values) in by_name {
        let missing = values.contains(&None);
        let mut kinds = values.iter().flatten().map(|value| kind_of(value));
        let first = kinds.next().unwrap_or(Kind::Text);
        let mixed = kinds.any(|kind| kind != first) || (missing && first == Kind::Bool);
        let kind = if mixed { Kind::Text } else { first };
        let id = unique(identifier(name), &columns);
        columns.push(Column {
            id,
            name,
            kind,
            missing,
            values,
        });
    }
    columns
}

fn kind_of(value: &Property) -> Kind {
    match value {
        Property::Number(_) => Kind::Number,
        Property::Bool(_) => Kind::Bool,
        Property::Text(_) => Kind::Text,
    }
}

/// Letters, digits and underscores, no digit first.
fn identifier(name: &str) -> String {
    let mut id: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    if !id.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        id.insert(0, '_');
    }
    id
}

fn unique(id: String, columns: &[Column<'_>]) -> String {
    let taken = |id: &str| columns.iter().any(|column| column.id == id);
    let free = (2..).map(|n| format!("{id}_{n}")).find(|id| !taken(id));
    if taken(&id) {
        free.expect("there are finitely many columns")
    } else {
        id
    }
}

impl Column<'_> {
    fn write_class(&self, json: &mut Json) {
        json.key(&self.id).object(|json| {
            json.field("name", self.name);
            match self.kind {
                Kind::Number => {
                    json.field("type", "SCALAR");
                    json.field("componentType", "FLOAT64");
                    if self.missing {
                        json.field("noData", &NO_NUMBER);
                    }
                }
                Kind::Bool => json.field("type", "BOOLEAN"),
                Kind::Text => {
                    json.field("type", "STRING");
                    if self.missing {
                        json.field("noData", "");
                    }
                }
            }
        });
    }

    fn write_values(&self, json: &mut Json, buffer: &mut Buffer) {
        let mut bytes = Vec::new();
        match self.kind {
            Kind::Number => {
                for value in &self.values {
                    let number = match value {
                        Some(Property::Number(number)) if number.is_finite() => *number,
                        _ => NO_NUMBER,
                    };
                    bytes.extend(number.to_le_bytes());
                }
            }
            Kind::Bool => {
                bytes.resize(self.values.len().div_ceil(8), 0);
                for (place, value) in self.values.iter().enumerate() {
                    bytes[place / 8] |=
                        u8::from(matches!(value, Some(Property::Bool(true)))) << (place % 8);
                }
            }
            Kind::Text => {
                let mut offsets: Vec<u8> = 0_u32.to_le_bytes().to_vec();
                for value in &self.values {
                    bytes.extend(value.map(text).unwrap_or_default().into_bytes());
                    let end =
                        u32::try_from(bytes.len()).expect("limits keep strings far below 4 GB");
                    offsets.extend(end.to_le_bytes());
                }
                let offsets = buffer.blob(offsets);
                json.field("stringOffsets", &buffer.blob_view(offsets));
                json.field("stringOffsetType", "UINT32");
            }
        }
        // A buffer view must not be empty.
        if bytes.is_empty() {
            bytes.push(0);
        }
        let values = buffer.blob(bytes);
        json.field("values", &buffer.blob_view(values));
    }
}

fn text(value: &Property) -> String {
    match value {
        Property::Number(number) => number.to_string(),
        Property::Bool(truth) => truth.to_string(),
        Property::Text(text) => text.clone(),
    }
}
