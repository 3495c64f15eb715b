//! Pages for people and for those who watch servers.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use bytes::Bytes;
use gable_content::coding::negotiate;

use super::reply::Reply;
use crate::service::Service;
use crate::variant::RECIPE_TYPE;
use crate::web::File;

pub(super) async fn healthy() -> &'static str {
    "ok\n"
}

/// Ready while it is not shutting down and has a world to show.
pub(super) async fn ready(State(service): State<Arc<Service>>) -> Response {
    if service.site.worlds().is_empty() || service.is_draining() {
        return (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response();
    }
    "ready\n".into_response()
}

pub(super) async fn metrics(State(service): State<Arc<Service>>) -> Response {
    service.look_at_cache();
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], service.metrics_text()).into_response()
}

const STYLE: &str = "<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#222}\
table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}\
td.n{text-align:right;font-variant-numeric:tabular-nums}th{border-bottom:1px solid #bbb}code{background:#f3f1ec;padding:0 .2em}\
h1{font-size:1.5rem}h2{font-size:1.1rem}</style>";

/// What a client runs to know its power.
pub(super) async fn calibration(State(service): State<Arc<Service>>) -> Response {
    once_measured(service.calibration.json(), "application/json")
}

/// The recipe that it runs.
pub(super) async fn calibration_recipe(State(service): State<Arc<Service>>) -> Response {
    once_measured(service.calibration.recipe(), RECIPE_TYPE)
}

fn once_measured(bytes: Option<Bytes>, content_type: &'static str) -> Response {
    let any_origin = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    match bytes {
        Some(bytes) => ([(header::CONTENT_TYPE, content_type), any_origin], bytes).into_response(),
        None => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, "1"), any_origin],
            "not measured yet\n",
        )
            .into_response(),
    }
}

/// A page or a script. Browsers ask again each time, so that all of a page's are of one version.
pub(super) fn file(file: &File, method: &Method, headers: &HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT_ENCODING);
    let accepted = negotiate(accepted.and_then(|value| value.to_str().ok()));
    let (bytes, coding) = file.coded(accepted);
    let reply = Reply::bytes(bytes, file.media_type)
        .coded(coding)
        .tagged(&format!("{}{}", file.tag, coding.name()))
        .header(header::CACHE_CONTROL, "no-cache");
    let reply = ISOLATED
        .into_iter()
        .fold(reply, |reply, (name, value)| reply.header(name, value));
    reply.finish(method == Method::HEAD, headers)
}

/// Our pages run our scripts, which ask this server; what they share memory with is theirs alone.
const ISOLATED: [(HeaderName, &str); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; \
         connect-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'none'",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-embedder-policy"),
        "require-corp",
    ),
];

/// The names of the worlds, for edges below this server.
pub(super) async fn worlds(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    let json = serde_json::to_vec(&service.site.names()).unwrap_or_default();
    Reply::bytes(json.into(), "application/json").finish(false, &headers)
}

/// The worlds, and how to look at them.
pub(super) async fn worlds_page(State(service): State<Arc<Service>>) -> Html<String> {
    let mut page =
        format!("<!doctype html><meta charset=utf-8><title>Gable</title>{STYLE}<h1>Gable</h1>");
    page.push_str("<p>Each world is a tileset of 3D Tiles 1.1: give its address to CesiumJS, 3d-tiles-renderer (three.js), Unreal, Unity, QGIS or ArcGIS.</p><table><tr><th>World<th>Tileset<th>Layers<th>Data</tr>");
    for served in service.site.worlds() {
        let about = &served.about;
        let id = &about.id;
        let layers: Vec<&str> = about
            .layers
            .iter()
            .map(|layer| layer.name.as_str())
            .collect();
        write!(
            page,
            "<tr><td><b>{}</b><br>{}<td><a href=\"/{id}/tileset.json\"><code>/{id}/tileset.json</code></a><td>{}<td>{}</tr>",
            escape(&about.name),
            escape(&about.description),
            escape(&layers.join(", ")),
            escape(&about.attribution.join("; ")),
        )
        .expect("writing to a string cannot fail");
    }
    page.push_str("</table><p><a href=\"/debug/placement\">placement</a> · <a href=\"/metrics\">metrics</a></p>");
    Html(page)
}

/// What was decided and why; `?format=json` for programs.
pub(super) async fn placement(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
) -> Response {
    service.look_at_cache();
    let snapshot = service.planner().snapshot();
    let recent = service.recent();
    let statistics = service.cache.statistics();
    if query.is_some_and(|query| query.contains("format=json")) {
        let json = serde_json::json!({
            "planner": snapshot, "recent": recent, "cache": statistics, "edge": service.statement(),
        });
        return (
            [(header::CONTENT_TYPE, "application/json")],
            json.to_string(),
        )
            .into_response();
    }
    let json = serde_json::to_value(&snapshot).unwrap_or_default();
    let mut page = format!(
        "<!doctype html><meta charset=utf-8><title>Placement</title>{STYLE}<h1>Placement</h1>"
    );
    page.push_str("<p>A: recipe sent. H: kept mesh sent. W: waited for a mesh under way. B: generated here. AG: recipe sent, mesh made for those who follow. O: from the origin. Costs are in micro-dollars.</p>");
    page.push_str("<h2>Latest decisions</h2><table><tr><th>s ago<th>tile<th>client<th>answer<th>reason<th>recipe<th>mesh<th>generate<th>origin<th>worth of a copy</tr>");
    let now = service.now();
    for decision in recent.iter().rev() {
        let costs = &decision.decision.costs;
        let price =
            |price: Option<f64>| price.map_or_else(String::new, |price| format!("{price:.2}"));
        write!(
            page,
            "<tr><td class=n>{:.1}<td>{}<td>{:08x}<td>{}<td>{}<td class=n>{}<td class=n>{:.2}<td class=n>{:.2}<td class=n>{}<td class=n>{:.2}</tr>",
            now - decision.at,
            escape(&decision.tile),
            decision.client as u32,
            decision.decision.placement.code(),
            decision.decision.reason.code(),
            price(costs.recipe),
            costs.mesh,
            costs.generate,
            price(costs.origin),
            costs.worth,
        )
        .expect("writing to a string cannot fail");
    }
    page.push_str("</table>");
    let cache = serde_json::to_value(statistics).unwrap_or_default();
    for (title, value) in [("Learned", &json), ("Cache", &cache)] {
        write!(page, "<h2>{title}</h2>").expect("writing to a string cannot fail");
        table(&mut page, value);
    }
    Html(page).into_response()
}

/// A value as nested tables.
fn table(page: &mut String, value: &serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            page.push_str("<table>");
            for (name, value) in fields {
                write!(page, "<tr><td>{}<td>", escape(&name.replace('_', " ")))
                    .expect("writing to a string cannot fail");
                table(page, value);
                page.push_str("</tr>");
            }
            page.push_str("</table>");
        }
        serde_json::Value::Array(values) if values.iter().any(serde_json::Value::is_object) => {
            for value in values {
                table(page, value);
            }
        }
        serde_json::Value::Array(values) => {
            let texts: Vec<String> = values.iter().map(plain).collect();
            page.push_str(&texts.join(", "));
        }
        other => page.push_str(&plain(other)),
    }
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Number(number) => match number.as_f64() {
            Some(number) if number.fract() != 0.0 => format!("{number:.4}"),
            _ => number.to_string(),
        },
        serde_json::Value::String(text) => escape(text),
        other => escape(&other.to_string()),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
