//! Routes: what a path and its headers ask for, and the answer.

mod pages;
mod reply;
mod tiles;

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::Router;
use axum::body::HttpBody as _;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::future::RouteFuture;
use axum::routing::get;
use gable_cache::Key;
use gable_content::coding::{Coding, is_worth_coding, negotiate};
use gable_runtime::{KERNEL_BROTLI, hash, kernel_hash};

use crate::address::{Address, What};
use crate::client::{self, Client};
use crate::guard::RequestId;
use crate::listen::{AtOnce, Head, Peer, Prompt};
use crate::service::Service;
use crate::site::Document;
use crate::{examples, trace, web};
use reply::Reply;

/// What a handler looks at.
#[derive(Debug, Clone, Copy)]
struct Ask<'a> {
    headers: &'a HeaderMap,
    query: &'a str,
    head_only: bool,
    peer: IpAddr,
}

impl<'a> Ask<'a> {
    fn of(parts: &'a Parts) -> Self {
        let peer = parts.extensions.get::<Peer>();
        Self {
            headers: &parts.headers,
            query: parts.uri.query().unwrap_or_default(),
            head_only: parts.method == Method::HEAD,
            peer: peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0),
        }
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The coding that the client likes best.
    fn coding(&self) -> Coding {
        negotiate(self.text(header::ACCEPT_ENCODING.as_str()))
    }

    /// Pages speak of themselves in the query: a field of our own would cost those of other origins a request of `OPTIONS`
    /// before each tile.
    fn client(&self) -> Client {
        let text = |name: &str| match self.text(name) {
            None if name == client::FIELD => parameter(self.query, "client"),
            text => text,
        };
        Client::of(text, self.peer)
    }
}

/// A value of a query.
fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// All routes, some of whose answers are there at once.
#[derive(Debug, Clone)]
pub struct Routes {
    router: Router,
    service: Arc<Service>,
}

impl Routes {
    pub(crate) fn new(service: Arc<Service>) -> Self {
        let router = router(service.clone());
        Self { router, service }
    }
}

impl tower::Service<Request> for Routes {
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        self.router.call(request)
    }
}

/// The most frequent request by far: for a mesh that is in memory, whole, by a client that does not have it.
impl AtOnce for Routes {
    fn at_once(&self, asked: &Head<'_>, peer: IpAddr) -> Option<Prompt> {
        let is_logged = tracing::enabled!(target: "gable::access", tracing::Level::DEBUG);
        let is_special =
            |(name, _): (&str, _)| SPECIAL.iter().any(|other| name.eq_ignore_ascii_case(other));
        if is_logged || asked.fields().any(is_special) {
            return None;
        }
        let Address::Tile {
            place,
            what: What::Content,
        } = Address::parse(asked.path())?
        else {
            return None;
        };
        let coding = negotiate(asked.text(header::ACCEPT_ENCODING.as_str()));
        let order = tiles::packing(asked.query());
        let client = || Client::of(|name| asked.text(name), peer);
        let (reply, file) = tiles::hot(&self.service, place, order, coding, client)?;
        let prompt = reply.prompt(file);
        let bytes = if asked.is_head() {
            0
        } else {
            prompt.body.len()
        };
        self.service
            .metrics
            .answered("content", prompt.status.as_u16(), bytes as u64);
        Some(prompt)
    }
}

/// Fields that ask for something else than the whole.
const SPECIAL: [&str; 3] = ["if-none-match", "range", "want-content-digest"];

/// All routes.
fn router(service: Arc<Service>) -> Router {
    let files = web::files().fold(Router::new(), |router, file| {
        let file = Arc::new(file);
        let path = file.path.clone();
        let answer =
            move |method, headers: HeaderMap| async move { pages::file(&file, &method, &headers) };
        router.route(&path, get(answer))
    });
    let examples =
        async |method, headers: HeaderMap| pages::file(examples::file(), &method, &headers);
    files
        .route(examples::PATH, get(examples))
        .route("/worlds", get(pages::worlds_page))
        .route("/worlds.json", get(pages::worlds))
        .route("/calibration.json", get(pages::calibration))
        .route("/calibration.recipe", get(pages::calibration_recipe))
        .route("/healthz", get(pages::healthy))
        .route("/readyz", get(pages::ready))
        .route("/metrics", get(pages::metrics))
        .route("/debug/placement", get(pages::placement))
        .fallback(answer)
        .with_state(service)
}

/// Everything else: addresses of worlds.
async fn answer(State(service): State<Arc<Service>>, request: Request) -> Response {
    let (parts, _body) = request.into_parts();
    let start =
        tracing::enabled!(target: "gable::access", tracing::Level::DEBUG).then(Instant::now);
    let address = Address::parse(parts.uri.path());
    let (route, reply) = match (&parts.method, address) {
        (&Method::GET | &Method::HEAD, address) => {
            dispatch(&service, address, &Ask::of(&parts)).await
        }
        _ => {
            let text = "only GET, HEAD and OPTIONS are answered here";
            let reply = Reply::problem(StatusCode::METHOD_NOT_ALLOWED, text);
            ("other", reply.header(header::ALLOW, "GET, HEAD, OPTIONS"))
        }
    };
    trace::routed(&parts.method, route);
    let response = reply.finish(parts.method == Method::HEAD, &parts.headers);
    let status = response.status().as_u16();
    let bytes = response.body().size_hint().lower();
    service.metrics.answered(route, status, bytes);
    if let Some(start) = start {
        tracing::debug!(
            target: "gable::access",
            request = parts.extensions.get::<RequestId>().map_or("", RequestId::as_str),
            method = %parts.method,
            path = parts.uri.path(),
            status,
            bytes,
            microseconds = start.elapsed().as_micros(),
        );
    }
    response
}

async fn dispatch(
    service: &Arc<Service>,
    address: Option<Address<'_>>,
    ask: &Ask<'_>,
) -> (&'static str, Reply) {
    match address {
        Some(Address::Tile { place, what }) => tiles::answer(service, place, what, ask).await,
        Some(Address::Tileset { world }) => {
            let document = service
                .site
                .world(world)
                .map(|served| served.tileset.clone());
            (
                "tileset",
                document_reply(service, world, document, ask).await,
            )
        }
        Some(Address::Manifest { world }) => {
            let document = service
                .site
                .world(world)
                .map(|served| served.manifest.clone());
            (
                "manifest",
                document_reply(service, world, document, ask).await,
            )
        }
        Some(Address::Costs { world }) => ("costs", costs(service, world)),
        Some(Address::Texture { world, hash }) => ("texture", texture(service, world, hash)),
        Some(Address::Asset { hash }) => {
            let bytes = service.site.asset(&hash);
            let bytes = bytes.or_else(|| examples::asset(&hash));
            (
                "asset",
                immutable(service, hash, bytes, "application/octet-stream", ask).await,
            )
        }
        Some(Address::Module { hash }) => {
            let bytes = service
                .site
                .module(&hash)
                .or_else(|| service.calibration.module(&hash));
            (
                "module",
                immutable(service, hash, bytes, "application/wasm", ask).await,
            )
        }
        None => (
            "none",
            Reply::problem(
                StatusCode::NOT_FOUND,
                "there is nothing at this address; / lists the worlds",
            ),
        ),
    }
}

/// A text that names the current revision: kept for a minute.
async fn document_reply(
    service: &Arc<Service>,
    world: &str,
    document: Option<Document>,
    ask: &Ask<'_>,
) -> Reply {
    let Some(Document { bytes, hash, tag }) = document else {
        return no_world(service, world);
    };
    let coding = coding_of("application/json", bytes.len(), ask);
    match coded(service, hash, bytes, coding).await {
        Err(reply) => reply,
        Ok(bytes) => Reply::bytes(bytes, "application/json")
            .coded(coding)
            .tagged(&format!("{tag}{}", letter(coding)))
            .header(
                header::CACHE_CONTROL,
                "public, max-age=60, stale-while-revalidate=600",
            ),
    }
}

/// What tiles were seen to cost: asked for anew each time.
fn costs(service: &Service, world: &str) -> Reply {
    let Some(served) = service.site.world(world) else {
        return no_world(service, world);
    };
    let json = serde_json::to_vec(&service.costs(&served)).expect("plain data");
    let Document { bytes, tag, .. } = Document::new(json);
    Reply::bytes(bytes, "application/json")
        .tagged(&tag)
        .header(header::CACHE_CONTROL, "no-cache")
}

/// What is named by its hash: kept for ever.
async fn immutable(
    service: &Arc<Service>,
    hash: [u8; 32],
    bytes: Option<bytes::Bytes>,
    content_type: &'static str,
    ask: &Ask<'_>,
) -> Reply {
    let Some(bytes) = bytes else {
        return Reply::problem(
            StatusCode::NOT_FOUND,
            "there is nothing with this hash (any more); read manifest.json again",
        );
    };
    let coding = coding_of(content_type, bytes.len(), ask);
    match coded(service, hash, bytes, coding).await {
        Err(reply) => reply,
        Ok(bytes) => Reply::bytes(bytes, content_type)
            .coded(coding)
            .tagged(&format!("{}{}", hash::short(&hash), letter(coding)))
            .forever(),
    }
}

fn texture(service: &Service, world: &str, hash: [u8; 32]) -> Reply {
    if service.site.world(world).is_none() {
        return no_world(service, world);
    }
    let Some((bytes, media_type)) = service.site.texture(&hash) else {
        return Reply::problem(
            StatusCode::NOT_FOUND,
            "there is no texture with this hash (any more)",
        );
    };
    let media_type = if media_type == "image/jpeg" {
        "image/jpeg"
    } else {
        "image/png"
    };
    Reply::bytes(bytes, media_type)
        .tagged(&hash::short(&hash))
        .forever()
}

fn no_world(service: &Service, world: &str) -> Reply {
    let names = service.site.names();
    let text = format!(
        "there is no world `{world}` here (there are: {})",
        names.join(", ")
    );
    Reply::problem(StatusCode::NOT_FOUND, &text)
}

fn coding_of(content_type: &str, length: usize, ask: &Ask<'_>) -> Coding {
    if is_worth_coding(content_type, length) {
        ask.coding()
    } else {
        Coding::Identity
    }
}

/// A letter for the coding in validators: each coding is another representation.
fn letter(coding: Coding) -> char {
    match coding {
        Coding::Identity => 'i',
        Coding::Gzip => 'g',
        Coding::Brotli => 'b',
        Coding::Zstd => 'z',
    }
}

/// Bytes in a coding, remembered.
async fn coded(
    service: &Arc<Service>,
    hash: [u8; 32],
    bytes: bytes::Bytes,
    coding: Coding,
) -> Result<bytes::Bytes, Reply> {
    if coding == Coding::Identity {
        return Ok(bytes);
    }
    if coding == Coding::Brotli && hash == kernel_hash() {
        return Ok(bytes::Bytes::from_static(KERNEL_BROTLI));
    }
    let key = Key::new(hash, 0x100 + letter(coding) as u16);
    service
        .coded(key, bytes, coding)
        .await
        .map_err(|failure| tiles::failure_reply(&failure))
}

/// A header value of plain text.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("?"))
}
