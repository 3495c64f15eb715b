//! The messages of `vector_tile.proto`, version 2.1.

use crate::Value;

/// The geometry type of polygons.
pub(super) const POLYGON: i32 = 3;

/// A tile.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Tile {
    #[prost(message, repeated, tag = "3")]
    pub(super) layers: Vec<Layer>,
}

/// Features with common keys and values.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Layer {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(message, repeated, tag = "2")]
    pub(super) features: Vec<TileFeature>,
    #[prost(string, repeated, tag = "3")]
    pub(super) keys: Vec<String>,
    #[prost(message, repeated, tag = "4")]
    pub(super) values: Vec<TileValue>,
    /// Steps to a side; 4096 if not given.
    #[prost(uint32, optional, tag = "5")]
    pub(super) extent: Option<u32>,
}

/// A geometry and its tags.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct TileFeature {
    /// Key, value, key, value: numbers in the layer's lists.
    #[prost(uint32, repeated, tag = "2")]
    pub(super) tags: Vec<u32>,
    #[prost(int32, optional, tag = "3")]
    pub(super) kind: Option<i32>,
    /// Commands and parameters, see [`super::geometry`].
    #[prost(uint32, repeated, tag = "4")]
    pub(super) geometry: Vec<u32>,
}

/// One of seven types.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct TileValue {
    #[prost(string, optional, tag = "1")]
    string: Option<String>,
    #[prost(float, optional, tag = "2")]
    float: Option<f32>,
    #[prost(double, optional, tag = "3")]
    double: Option<f64>,
    #[prost(int64, optional, tag = "4")]
    int: Option<i64>,
    #[prost(uint64, optional, tag = "5")]
    uint: Option<u64>,
    #[prost(sint64, optional, tag = "6")]
    sint: Option<i64>,
    #[prost(bool, optional, tag = "7")]
    boolean: Option<bool>,
}

impl TileValue {
    /// As a property; nothing for numbers that are not finite.
    pub(super) fn to_value(&self) -> Option<Value> {
        if let Some(text) = &self.string {
            return Some(Value::String(text.clone()));
        }
        if let Some(value) = self.boolean {
            return Some(Value::Bool(value));
        }
        let number = self
            .float
            .map(f64::from)
            .or(self.double)
            .or(self.int.map(|number| number as f64))
            .or(self.uint.map(|number| number as f64))
            .or(self.sint.map(|number| number as f64))?;
        number.is_finite().then_some(Value::Number(number))
    }
}
