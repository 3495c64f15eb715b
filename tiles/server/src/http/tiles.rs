//! Tiles: subtrees, meshes, recipes, and the decision between them.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use axum::http::{HeaderName, StatusCode, header};
use bytes::Bytes;
use gable_cache::{Failure, Source, Value};
use gable_content::coding::{Coding, is_worth_coding};
use gable_placement::{Decision, Placement, Reason};
use tracing::Instrument as _;

use super::reply::is_known;
use super::{Ask, Reply, letter, parameter};
use crate::address::{Place, What};
use crate::client::Client;
use crate::content::Order;
use crate::listen::TemporaryFile;
use crate::service::{Service, Wish, layer_key};
use crate::site::{ServedLayer, TileFacts};
use crate::trace;
use crate::variant::{Kind, Packing, RECIPE_TYPE};

/// What is not there. Which tiles there are is a pure function of the revision: what is missing stays missing, unless it
/// is an upstream server that says so, which may have lost the revision.
fn missing(layer: &ServedLayer, text: &str) -> Reply {
    let reply = Reply::problem(StatusCode::NOT_FOUND, text);
    if layer.is_remote() {
        return reply;
    }
    reply.header(header::CACHE_CONTROL, "public, max-age=86400")
}

/// A tile that exists.
struct Tile<'a> {
    place: Place<'a>,
    layer: ServedLayer,
    facts: TileFacts,
}

pub(super) async fn answer(
    service: &Arc<Service>,
    place: Place<'_>,
    what: What,
    ask: &Ask<'_>,
) -> (&'static str, Reply) {
    let route = match what {
        What::Subtree => "subtree",
        What::Content => "content",
        What::Recipe => "recipe",
        What::Decide => "tile",
    };
    let Some(layer) = service.site.layer(&place) else {
        let text = "there is no such layer or revision (any more); read tileset.json again";
        return (route, Reply::problem(StatusCode::NOT_FOUND, text));
    };
    if what == What::Subtree {
        let reply = subtree(service, &layer, place).await;
        return (
            route,
            reply.unwrap_or_else(|failure| failure_reply(&failure)),
        );
    }
    let facts = match service.facts(&layer, place.revision, place.tile).await {
        Ok(facts) => facts,
        Err(failure) => return (route, failure_reply(&failure)),
    };
    let Some(facts) = facts else {
        let text = "this tile has no content; subtrees say which have";
        return (route, missing(&layer, text));
    };
    let tile = Tile {
        place,
        layer,
        facts,
    };
    let reply = match what {
        What::Recipe => recipe(service, &tile, ask).await,
        What::Decide => decide(service, &tile, ask).await,
        What::Content | What::Subtree => content(service, &tile, ask).await,
    };
    (
        route,
        reply.unwrap_or_else(|failure| failure_reply(&failure)),
    )
}

async fn subtree(
    service: &Arc<Service>,
    layer: &ServedLayer,
    place: Place<'_>,
) -> Result<Reply, Failure> {
    Ok(match service.subtree(layer, place.tile).await? {
        Some(bytes) => Reply::bytes(bytes, "application/octet-stream")
            .tagged(&format!("{}-{}", place.revision, place.tile))
            .forever(),
        None => missing(layer, "no subtree begins at this tile"),
    })
}

/// The packing that the query asks for.
pub(super) fn packing(query: &str) -> Packing {
    match parameter(query, "c") {
        Some("none") => Packing::Plain,
        _ => Packing::Meshopt,
    }
}

/// The validator: what it was made from, and how it is encoded.
fn tag(facts: &TileFacts, kind: Kind, coding: Coding) -> String {
    let mut tag = String::with_capacity(36);
    tag.push_str(facts.digits());
    tag.extend(['-', kind.letter(), letter(coding)]);
    tag
}

/// Whether the client has it already: then nothing need be made.
fn has(ask: &Ask<'_>, tag: &str) -> bool {
    is_known(ask.headers, &format!("\"{tag}\""))
}

/// The answer to the most frequent request, for a mesh in memory, without waiting for anything; none for all others.
pub(super) fn hot(
    service: &Service,
    place: Place<'_>,
    packing: Packing,
    coding: Coding,
    client: impl FnOnce() -> Client,
) -> Option<(Reply, Option<TemporaryFile>)> {
    let facts = service.known_facts(place.revision, place.tile)?;
    let layer = service.site.layer(&place)?;
    let kind = Kind::Content(packing);
    let key = kind.key(facts.hash, coding);
    let value = service.cache.get_hot(&key)?;
    let tile = Tile {
        place,
        layer,
        facts,
    };
    let planned = Planned {
        kind,
        coding,
        mesh_only: true,
        at_hand: Some(value.bytes.len()),
    };
    let decision = plan(service, &tile, &client(), planned);
    service.renew_seldom(&key, &tile.facts);
    let timing = match decision.reason {
        Reason::MeshOnlyClient => "decide;desc=\"H:mesh-only-client\"",
        _ => "decide;desc=\"H:kept\"",
    };
    let file = service.file(&key, &value.bytes);
    let reply = Reply::bytes(value.bytes, kind.content_type())
        .coded(coding)
        .tagged(&tag(&tile.facts, kind, coding))
        .forever()
        .header(SERVER_TIMING, timing)
        .header(CACHE_STATUS, cache_status(Source::Kept, true));
    Some((reply, file))
}

/// Always a mesh.
async fn content(service: &Arc<Service>, tile: &Tile<'_>, ask: &Ask<'_>) -> Result<Reply, Failure> {
    let packing = packing(ask.query);
    let kind = Kind::Content(packing);
    let coding = ask.coding();
    let tag = tag(&tile.facts, kind, coding);
    if has(ask, &tag)
        || ask.head_only
            && service
                .cache
                .get_hot(&kind.key(tile.facts.hash, coding))
                .is_none()
    {
        return Ok(Reply::unmade(kind.content_type())
            .coded(coding)
            .tagged(&tag)
            .forever());
    }
    let start = Instant::now();
    let planned = Planned {
        kind,
        coding,
        mesh_only: true,
        at_hand: None,
    };
    let decision = plan(service, tile, &ask.client(), planned);
    let (value, source) = mesh(service, tile, packing, coding, &decision).await?;
    let timing = timing(&decision, source, &value, start);
    Ok(Reply::bytes(value.bytes, kind.content_type())
        .coded(coding)
        .tagged(&tag)
        .forever()
        .text(SERVER_TIMING, &timing)
        .header(CACHE_STATUS, cache_status(source, decision.keep)))
}

/// Always the recipe.
async fn recipe(service: &Arc<Service>, tile: &Tile<'_>, ask: &Ask<'_>) -> Result<Reply, Failure> {
    let coding = recipe_coding(tile, ask);
    let tag = tag(&tile.facts, Kind::Recipe, coding);
    if has(ask, &tag) {
        return Ok(Reply::unmade(RECIPE_TYPE)
            .coded(coding)
            .tagged(&tag)
            .forever());
    }
    let bytes = recipe_bytes(service, tile, coding).await?;
    Ok(Reply::bytes(bytes, RECIPE_TYPE)
        .coded(coding)
        .tagged(&tag)
        .forever())
}

fn recipe_coding(tile: &Tile<'_>, ask: &Ask<'_>) -> Coding {
    if is_worth_coding(RECIPE_TYPE, tile.facts.recipe_bytes) {
        ask.coding()
    } else {
        Coding::Identity
    }
}

async fn recipe_bytes(
    service: &Arc<Service>,
    tile: &Tile<'_>,
    coding: Coding,
) -> Result<Bytes, Failure> {
    let key = Kind::Recipe.key(tile.facts.hash, coding);
    if let Some(bytes) = service.recipes.get(&key) {
        return Ok(bytes);
    }
    let bytes = service.recipe(&tile.layer, tile.place.tile).await?;
    service.coded(key, bytes.unwrap_or_default(), coding).await
}

/// Recipe or mesh, whichever costs least for this client now.
async fn decide(service: &Arc<Service>, tile: &Tile<'_>, ask: &Ask<'_>) -> Result<Reply, Failure> {
    let start = Instant::now();
    let packing = packing(ask.query);
    let kind = Kind::Content(packing);
    let coding = ask.coding();
    let client = ask.client();
    let mesh_only = !accepts_recipes(ask);
    for (kind, coding) in [(kind, coding), (Kind::Recipe, recipe_coding(tile, ask))] {
        let tag = tag(&tile.facts, kind, coding);
        if has(ask, &tag) && !(mesh_only && kind == Kind::Recipe) {
            return Ok(negotiated(
                Reply::unmade(kind.content_type())
                    .coded(coding)
                    .tagged(&tag),
                tile,
                kind,
            ));
        }
    }
    let planned = Planned {
        kind,
        coding,
        mesh_only,
        at_hand: None,
    };
    let decision = plan(service, tile, &client, planned);
    let reply = if decision.placement.sends_recipe() {
        if decision.placement == Placement::RecipeAndGenerate {
            generate_in_background(service, tile, packing, coding, &decision);
        }
        let coding = recipe_coding(tile, ask);
        let bytes = recipe_bytes(service, tile, coding).await?;
        let microseconds = start.elapsed().as_secs_f64() * 1e3;
        let timing = format!("{}, total;dur={microseconds:.3}", decided(&decision));
        let reply = Reply::bytes(bytes, RECIPE_TYPE).coded(coding).tagged(&tag(
            &tile.facts,
            Kind::Recipe,
            coding,
        ));
        negotiated(reply.text(SERVER_TIMING, &timing), tile, Kind::Recipe)
    } else {
        let (value, source) = mesh(service, tile, packing, coding, &decision).await?;
        let timing = timing(&decision, source, &value, start);
        let reply = Reply::bytes(value.bytes, kind.content_type())
            .coded(coding)
            .tagged(&tag(&tile.facts, kind, coding));
        let reply = reply
            .text(SERVER_TIMING, &timing)
            .header(CACHE_STATUS, cache_status(source, decision.keep));
        negotiated(reply, tile, kind)
    };
    Ok(reply.text(GABLE_PLACEMENT, &costs(&decision)))
}

/// What holds of every answer to a decision: whose it is, and where the two forms are for all.
fn negotiated(reply: Reply, tile: &Tile<'_>, kind: Kind) -> Reply {
    let Place {
        world,
        layer,
        revision,
        tile,
    } = tile.place;
    let address = |ending: &str| format!("/{world}/{layer}/{revision}/content/{tile}.{ending}");
    let (own, other, other_type) = match kind {
        Kind::Recipe => ("recipe", "glb", "model/gltf-binary"),
        Kind::Content(_) => ("glb", "recipe", RECIPE_TYPE),
    };
    let query = if kind == Kind::Content(Packing::Plain) {
        "?c=none"
    } else {
        ""
    };
    reply
        .text(header::CONTENT_LOCATION, &(address(own) + query))
        .text(
            header::LINK,
            &format!(
                "<{}>; rel=\"alternate\"; type=\"{other_type}\"",
                address(other)
            ),
        )
        .header(
            header::VARY,
            "accept, accept-encoding, gable-client, save-data, ect, rtt, downlink, device-memory",
        )
        .header(header::CACHE_CONTROL, "private, no-cache")
        .header(CDN_CACHE_CONTROL, "no-store")
}

/// Only who names recipes gets them: `*/*` is a client of 3D Tiles.
fn accepts_recipes(ask: &Ask<'_>) -> bool {
    let accept = ask.text(header::ACCEPT.as_str()).unwrap_or_default();
    let mut parts = accept.split(',').map(str::trim);
    parts.any(|part| {
        part.strip_prefix(RECIPE_TYPE)
            .is_some_and(|rest| !rest.replace(' ', "").starts_with(";q=0") || rest.contains("0."))
    })
}

/// What a decision is about.
#[derive(Debug, Clone, Copy)]
struct Planned {
    kind: Kind,
    coding: Coding,
    mesh_only: bool,
    /// Length of the mesh, if it is in memory.
    at_hand: Option<usize>,
}

/// Asks the planner.
fn plan(service: &Service, tile: &Tile<'_>, client: &Client, planned: Planned) -> Decision {
    let facts = &tile.facts;
    // Who takes only meshes need not know what the recipe costs.
    let coded = || {
        let key = Kind::Recipe.key(facts.hash, planned.coding);
        service.recipes.get(&key).map(|bytes| bytes.len())
    };
    let coded = if planned.mesh_only { None } else { coded() };
    let wish = Wish {
        layer: &tile.layer,
        facts,
        client,
        key: planned.kind.key(facts.hash, planned.coding),
        at_hand: planned.at_hand,
        layer_key: layer_key(tile.place.revision, tile.place.tile.level()),
        mesh_only: planned.mesh_only,
        module_bytes: (tile.layer.module_bytes(&facts.module) as f64 * CODED_SHARE) as usize,
        recipe_bytes: coded.unwrap_or((facts.recipe_bytes as f64 * CODED_SHARE) as usize),
    };
    let decision = service.decide(&wish);
    service.metrics.decided(&decision);
    trace::decided(&decision);
    service.remember(tile.place, client.id, &decision);
    decision
}

/// Recipes and modules shrink to about this share when they are coded.
const CODED_SHARE: f64 = 0.3;

/// The mesh, wherever it comes from.
async fn mesh(
    service: &Arc<Service>,
    tile: &Tile<'_>,
    packing: Packing,
    coding: Coding,
    decision: &Decision,
) -> Result<(Value, Source), Failure> {
    let key = Kind::Content(packing).key(tile.facts.hash, coding);
    if let Some(value) = service.cache.get_hot(&key) {
        service.renew(&key, &tile.facts);
        return Ok((value, Source::Kept));
    }
    service
        .content(order(tile, packing, coding, decision))
        .await
}

fn order(tile: &Tile<'_>, packing: Packing, coding: Coding, decision: &Decision) -> Order {
    Order {
        layer: tile.layer.clone(),
        tile: tile.place.tile,
        facts: tile.facts,
        packing,
        coding,
        keep: decision.keep,
        from_origin: decision.placement == Placement::Origin,
    }
}

/// Makes the mesh for those who follow.
fn generate_in_background(
    service: &Arc<Service>,
    tile: &Tile<'_>,
    packing: Packing,
    coding: Coding,
    decision: &Decision,
) {
    let service = service.clone();
    let order = order(tile, packing, coding, decision);
    let work = async move {
        if let Err(failure) = service.content(order).await {
            tracing::warn!(%failure, "a mesh could not be made in the background");
        }
    };
    tokio::spawn(work.in_current_span());
}

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
const CDN_CACHE_CONTROL: HeaderName = HeaderName::from_static("cdn-cache-control");
const GABLE_PLACEMENT: HeaderName = HeaderName::from_static("gable-placement");

fn cache_status(source: Source, keep: bool) -> &'static str {
    match (source, keep) {
        (Source::Kept, _) => "Gable; hit",
        (Source::Joined, _) => "Gable; fwd=miss; collapsed",
        (Source::Made, true) => "Gable; fwd=miss; stored",
        (Source::Made, false) => "Gable; fwd=miss",
    }
}

/// `decide;desc="H:kept"`.
fn decided(decision: &Decision) -> String {
    format!(
        "decide;desc=\"{}:{}\"",
        decision.placement.code(),
        decision.reason.code()
    )
}

fn timing(decision: &Decision, source: Source, value: &Value, start: Instant) -> String {
    let mut text = decided(decision);
    if source != Source::Kept {
        write!(text, ", generate;dur={:.3}", value.meta.seconds * 1e3)
            .expect("writing to a string cannot fail");
    }
    let milliseconds = start.elapsed().as_secs_f64() * 1e3;
    write!(text, ", total;dur={milliseconds:.3}").expect("writing to a string cannot fail");
    text
}

/// What each answer would have cost, in micro-dollars: `A; reason=cheapest-now; recipe=12.1; mesh=5.0; ...`.
fn costs(decision: &Decision) -> String {
    let mut text = format!(
        "{}; reason={}",
        decision.placement.code(),
        decision.reason.code()
    );
    for (name, price) in decision.costs.named() {
        write!(text, "; {name}={price:.3}").expect("writing to a string cannot fail");
    }
    text
}

/// A failure as an answer.
pub(super) fn failure_reply(failure: &Failure) -> Reply {
    let status = StatusCode::from_u16(failure.class).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let reply = Reply::problem(status, &failure.text);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        reply.header(header::RETRY_AFTER, "1")
    } else {
        reply
    }
}
