//! What is known of initial shapes: the property table of `EXT_structural_metadata`.

use std::collections::BTreeMap;

use gable_content::outline::Outline;
use serde::Deserialize;
use serde_json::Value as Json;

/// A value of a feature.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A truth value.
    Bool(bool),
    /// Text.
    Text(String),
}

/// A table: a row for each feature.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Features {
    count: usize,
    columns: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq)]
struct Column {
    name: String,
    values: Values,
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    Numbers(Vec<f64>, Option<f64>),
    Bools(Vec<u8>),
    /// Text of all rows, where each ends, and what stands for none.
    Texts(String, Vec<u32>, Option<String>),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    schema: Schema,
    #[serde(default)]
    property_tables: Vec<Table>,
}

#[derive(Debug, Deserialize)]
struct Schema {
    classes: BTreeMap<String, Class>,
}

#[derive(Debug, Deserialize)]
struct Class {
    #[serde(default)]
    properties: BTreeMap<String, Property>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Property {
    name: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    component_type: Option<String>,
    no_data: Option<Json>,
}

#[derive(Debug, Deserialize)]
struct Table {
    class: String,
    count: usize,
    #[serde(default)]
    properties: BTreeMap<String, Place>,
}

/// The buffer views of a column.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    values: usize,
    string_offsets: Option<usize>,
}

impl Features {
    /// Reads the first table of a document; without one there are no features.
    pub(crate) fn read(json: &Json, outline: &Outline, binary: &[u8]) -> Result<Self, String> {
        let Some(metadata) = json.pointer("/extensions/EXT_structural_metadata") else {
            return Ok(Self::default());
        };
        let metadata = Metadata::deserialize(metadata).map_err(|error| error.to_string())?;
        let Some(table) = metadata.property_tables.into_iter().next() else {
            return Ok(Self::default());
        };
        let class = metadata.schema.classes.get(&table.class);
        let class = class.ok_or_else(|| format!("there is no class {}", table.class))?;
        let mut columns = Vec::new();
        for (id, place) in &table.properties {
            let property = class.properties.get(id);
            let property = property.ok_or_else(|| format!("there is no property {id}"))?;
            let bytes = outline.bytes(place.values, binary)?;
            let values = match &place.string_offsets {
                Some(view) => texts(property, bytes, outline.bytes(*view, binary)?, table.count),
                None => plain(property, bytes, table.count),
            };
            columns.push(Column {
                name: property.name.clone().unwrap_or_else(|| id.clone()),
                values: values.ok_or_else(|| format!("the property {id} cannot be read"))?,
            });
        }
        Ok(Self {
            count: table.count,
            columns,
        })
    }

    /// How many features there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// What is known of a feature, by name; nothing of one that there is not.
    #[must_use]
    pub fn of(&self, feature: usize) -> Vec<(&str, Value)> {
        if feature >= self.count {
            return Vec::new();
        }
        let known = |column: &Column| column.values.at(feature);
        let named = self.columns.iter().map(|column| (column, known(column)));
        named
            .filter_map(|(column, value)| Some((column.name.as_str(), value?)))
            .collect()
    }

    /// The first feature for which the property `name` is this text.
    #[must_use]
    pub fn find(&self, name: &str, text: &str) -> Option<usize> {
        let column = self.columns.iter().find(|column| column.name == name)?;
        (0..self.count).find(|&row| column.values.text(row) == Some(text))
    }

    /// Bytes that the table takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let size = |column: &Column| match &column.values {
            Values::Numbers(numbers, _) => size_of_val(numbers.as_slice()),
            Values::Bools(bits) => bits.len(),
            Values::Texts(text, ends, _) => text.len() + size_of_val(ends.as_slice()),
        };
        self.columns.iter().map(size).sum()
    }
}

impl Values {
    fn at(&self, row: usize) -> Option<Value> {
        match self {
            Self::Numbers(numbers, none) => {
                let number = numbers[row];
                (Some(number) != *none).then_some(Value::Number(number))
            }
            Self::Bools(bits) => Some(Value::Bool(bits[row / 8] >> (row % 8) & 1 == 1)),
            Self::Texts(_, _, none) => {
                let text = self.text(row);
                let known = text.filter(|_| text != none.as_deref());
                known.map(|text| Value::Text(text.to_owned()))
            }
        }
    }

    /// What text there is in a row; none in other columns.
    fn text(&self, row: usize) -> Option<&str> {
        let Self::Texts(text, ends, _) = self else {
            return None;
        };
        Some(&text[ends[row] as usize..ends[row + 1] as usize])
    }
}

fn plain(property: &Property, bytes: &[u8], count: usize) -> Option<Values> {
    match (property.kind.as_str(), property.component_type.as_deref()) {
        ("SCALAR", Some("FLOAT64")) => {
            let numbers = bytes.get(..count.checked_mul(8)?)?.chunks_exact(8);
            let numbers = numbers.map(|number| f64::from_le_bytes(number.try_into().expect("8")));
            let none = property.no_data.as_ref().and_then(Json::as_f64);
            Some(Values::Numbers(numbers.collect(), none))
        }
        ("BOOLEAN", _) => Some(Values::Bools(bytes.get(..count.div_ceil(8))?.to_vec())),
        _ => None,
    }
}

fn texts(property: &Property, bytes: &[u8], offsets: &[u8], count: usize) -> Option<Values> {
    let offsets = offsets.get(..count.checked_add(1)?.checked_mul(4)?)?;
    let ends = offsets.chunks_exact(4);
    let ends: Vec<u32> = ends
        .map(|end| u32::from_le_bytes(end.try_into().expect("4")))
        .collect();
    let text = std::str::from_utf8(bytes.get(..*ends.last()? as usize)?).ok()?;
    let good = |pair: &[u32]| pair[0] <= pair[1] && text.is_char_boundary(pair[0] as usize);
    if !ends.windows(2).all(good) {
        return None;
    }
    let none = property.no_data.as_ref().and_then(Json::as_str);
    Some(Values::Texts(
        text.to_owned(),
        ends,
        none.map(str::to_owned),
    ))
}
