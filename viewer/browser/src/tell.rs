//! What a page shows of a stage, as JSON.

use gable_model::Value;
use gable_render::FrameStatistics;
use gable_session::loader::Loader;
use gable_session::scenery::place;
use gable_session::session::{Found, Session};
use gable_session::world::Layer;
use gable_tileset::attributes;
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
        let attributes = attributes::read(&layer.attributes);
        json!({ "name": layer.name, "revision": layer.revision, "attributes": attributes })
    });
    all.collect()
}
