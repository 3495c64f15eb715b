//! The span of a request: begun where its client's trace left off, ended with the answer.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody as _};
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::{Method, Request, Response, Version};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{Status, TraceContextExt as _};
use opentelemetry::{Context as Trace, KeyValue};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Instrument as _, Span, trace_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::address::{Address, Place};
use crate::listen::{AtOnce, Peer};

/// A layer around all others, so that what they refuse is seen, too.
#[derive(Clone, Copy, Debug)]
pub struct TracedRequests {
    scheme: &'static str,
}

impl TracedRequests {
    pub(super) fn new(scheme: &'static str) -> Self {
        Self { scheme }
    }
}

impl<S> tower::Layer<S> for TracedRequests {
    type Service = Traced<S>;

    fn layer(&self, inner: S) -> Traced<S> {
        let scheme = self.scheme;
        Traced { scheme, inner }
    }
}

/// A service whose requests have spans.
#[derive(Clone, Debug)]
pub struct Traced<S> {
    scheme: &'static str,
    inner: S,
}

impl<S> tower::Service<Request<Body>> for Traced<S>
where
    S: tower::Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    // Boxed, so that requests that are not traced have small futures.
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let span = begin(&request, self.scheme);
        let answer = span.in_scope(|| self.inner.call(request));
        Box::pin(async move {
            let response = answer.instrument(span.clone()).await?;
            end(&span, &response);
            Ok(response)
        })
    }
}

/// Traced requests have spans, all of them: none is answered at once.
impl<S> AtOnce for Traced<S> {}

/// A span with what is known of a request before it is answered. Queries are left out: they carry signatures.
fn begin(request: &Request<Body>, scheme: &'static str) -> Span {
    let span = trace_span!(parent: None, "request", otel.kind = "server");
    let headers = request.headers();
    let client = TraceContextPropagator::new()
        .extract_with_context(&Trace::new(), &HeaderExtractor(headers));
    // A span that nobody listens to has no parent.
    let _unheard = span.set_parent(client);
    let trace = span.context();
    let ours = trace.span();
    if !ours.is_recording() {
        return span;
    }
    let method = known_method(request.method());
    ours.update_name(method.to_owned());
    ours.set_attribute(KeyValue::new("http.request.method", method.to_owned()));
    ours.set_attribute(KeyValue::new("url.scheme", scheme));
    ours.set_attribute(KeyValue::new("url.path", request.uri().path().to_owned()));
    if let Some(version) = version(request.version()) {
        ours.set_attribute(KeyValue::new("network.protocol.version", version));
    }
    if let Some(Peer(peer)) = request.extensions().get() {
        ours.set_attribute(KeyValue::new("client.address", peer.to_string()));
    }
    if let Some(agent) = text(headers, header::USER_AGENT) {
        ours.set_attribute(KeyValue::new("user_agent.original", agent));
    }
    if let Some(address) = Address::parse(request.uri().path()) {
        ours.set_attributes(asked(address));
    }
    span
}

/// The world, layer and tile that are asked for.
fn asked(address: Address<'_>) -> Vec<KeyValue> {
    let named = |name: &'static str, value: &str| KeyValue::new(name, value.to_owned());
    match address {
        Address::Tileset { world }
        | Address::Manifest { world }
        | Address::Costs { world }
        | Address::Texture { world, .. } => vec![named("gable.world", world)],
        Address::Tile { place, .. } => {
            let Place {
                world,
                layer,
                revision,
                tile,
            } = place;
            vec![
                named("gable.world", world),
                named("gable.layer", layer),
                named("gable.revision", revision),
                named("gable.tile", &tile.to_string()),
            ]
        }
        Address::Asset { .. } | Address::Module { .. } => Vec::new(),
    }
}

/// Ends a request's span now, although work that it began for others may go on within it.
fn end(span: &Span, response: &Response<Body>) {
    let trace = span.context();
    let ours = trace.span();
    if ours.is_recording() {
        let status = response.status();
        let code = i64::from(status.as_u16());
        ours.set_attribute(KeyValue::new("http.response.status_code", code));
        if status.is_server_error() {
            ours.set_attribute(KeyValue::new("error.type", code.to_string()));
            ours.set_status(Status::error(""));
        }
        let bytes = response.body().size_hint().lower();
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        ours.set_attribute(KeyValue::new("http.response.body.size", bytes));
        let said = [
            ("gable.request_id", "x-request-id"),
            ("gable.cache", "cache-status"),
        ];
        for (name, header) in said {
            if let Some(value) = text(response.headers(), HeaderName::from_static(header)) {
                ours.set_attribute(KeyValue::new(name, value));
            }
        }
    }
    ours.end();
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(value.to_str().ok()?.to_owned())
}

/// A method by name; anybody may invent others, so that these share one.
pub(super) fn known_method(method: &Method) -> &str {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::OPTIONS,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::CONNECT,
        Method::TRACE,
    ];
    if known.contains(method) {
        method.as_str()
    } else {
        "_OTHER"
    }
}

fn version(version: Version) -> Option<&'static str> {
    match version {
        Version::HTTP_10 => Some("1.0"),
        Version::HTTP_11 => Some("1.1"),
        Version::HTTP_2 => Some("2"),
        _ => None,
    }
}
