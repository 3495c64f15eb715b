//! What a page shows of a stage, as JSON.

use gable_kernel::recipe::Value as Setting;
use gable_model::Value;
use gable_render::FrameStatistics;
use gable_session::attributes::{Attribute, Kind};
use gable_session::loader::Loader;
use gable_session::scenery::place;
use gable_session::session::{Found, Session};
use gable_session::world::Layer;
use serde_json::{Value as Json, json};

/// What is known of a feature.
pub fn found<L: Loader>(session: &Session<L>, found: &Found) -> Json {
    // As it is in the tile that shows it now.
    let (key, feature) = match session.place_of(found) {
        Some((key, feature)) => (key, Some(feature)),
        None => (found.key, found.feature),
    };
    let tile = session.tile(key);
    let known = feature.and_then(|feature| Some(tile?.features.of(feature as usize)));
    let known: Vec<Json> = known
        .into_iter()
        .flatten()
        .map(|(name, value)| json!([name, value_of(value)]))
        .collect();
    let layer = session.world().layers.get(key.layer);
    json!({
        "name": found.name,
        "layer": layer.map(|layer| &layer.name),
        "tile": key.tile.to_string(),
        "properties": known,
        "place": tile.map(|tile| place(&tile.origin).0),
        "placement": tile.map(|tile| &tile.origin.placement),
        "position": found.position.to_array(),
    })
}

fn value_of(value: Value) -> Json {
    match value {
        Value::Number(number) => json!(number),
        Value::Bool(flag) => json!(flag),
        Value::Text(text) => json!(text),
    }
}

/// Numbers of the picture and its tiles.
pub fn statistics<L: Loader>(session: &Session<L>, frame: &FrameStatistics) -> Json {
    let (counts, totals) = (session.counts(), session.totals());
    let rows = session.drawn().iter().filter_map(|drawn| {
        let tile = session.tile(drawn.key)?;
        let layer = &session.world().layers.get(drawn.key.layer)?.name;
        Some(json!({
            "name": format!("{layer} {}", drawn.key.tile),
            "place": place(&tile.origin).0,
            "placement": tile.origin.placement,
            "triangles": tile.triangles,
            "bytes": tile.origin.wire_bytes,
            "milliseconds": tile.origin.seconds * 1e3,
        }))
    });
    json!({
        "triangles": frame.triangles,
        "instances": frame.instances,
        "draws": frame.draws,
        "calls": frame.calls,
        "tiles": counts.drawn,
        "ready": counts.ready,
        "error": counts.error,
        "generated": totals.generated,
        "meshes": totals.meshes,
        "failures": totals.failures,
        "work": totals.work_seconds,
        "uploaded": totals.uploaded_bytes,
        "graphics": session.renderer().memory().used(),
        "rows": rows.collect::<Vec<Json>>(),
    })
}

/// Layers, and what can be set of each.
pub fn layers(layers: &[Layer]) -> Json {
    let all = layers.iter().map(|layer| {
        let attributes = gable_session::attributes::read(&layer.attributes);
        let attributes: Vec<Json> = attributes.iter().map(attribute).collect();
        json!({ "name": layer.name, "revision": layer.revision, "attributes": attributes })
    });
    all.collect()
}

fn attribute(attribute: &Attribute) -> Json {
    let mut told = json!({
        "name": attribute.name,
        "label": attribute.label,
        "path": attribute.path,
        "description": attribute.description,
        "default": attribute.default.as_ref().map(setting),
    });
    let kind = match &attribute.kind {
        Kind::Number(number) => json!({
            "kind": "number",
            "range": number.range,
            "step": number.step,
            "choices": number.choices,
            "unit": number.unit,
        }),
        Kind::Flag => json!({ "kind": "flag" }),
        Kind::Text(choices) => json!({ "kind": "text", "choices": choices }),
        Kind::Color => json!({ "kind": "color" }),
        Kind::Other => json!({ "kind": "other" }),
    };
    if let (Json::Object(told), Json::Object(kind)) = (&mut told, kind) {
        told.extend(kind);
    }
    told
}

/// What an attribute is set to.
pub fn setting(value: &Setting) -> Json {
    match value {
        Setting::Float(number) => json!(number),
        Setting::Bool(flag) => json!(flag),
        Setting::String(text) => json!(text),
        // Arrays are shown, not set.
        Setting::FloatArray(rows) => json!(rows),
        Setting::BoolArray(rows) => json!(rows),
        Setting::StringArray(rows) => json!(rows),
    }
}
