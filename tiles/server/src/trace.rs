//! Traces for OpenTelemetry: a span for each request, and within it one for each thing that takes time.
//!
//! ```text
//! GET content                       the request: where it was decided to make the tile, and why
//! ├─ disk read                      from the cache
//! ├─ GET upstream                   from another Gable server, which goes on with the trace
//! └─ generate                       a job of the workshop; also `code` and `check`
//!    ├─ queue                       until a thread is free
//!    ├─ run                         the grammar: gas, bytes
//!    ├─ pack                        mesh compression
//!    └─ code                        brotli, zstd or gzip
//! ```
//!
//! Spans are those of the crate `tracing`, at its level TRACE, to which nobody listens until the layer of [`Traces`] is
//! among the subscriber's. Without it a span costs a look at a number, and requests go past [`TracedRequests`].

mod collector;
mod export;
mod request;

use std::fmt::Display;

use axum::http::{HeaderMap, Method};
use gable_placement::Decision;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{Status, TraceContextExt as _};
use opentelemetry::{KeyValue, Value};
use opentelemetry_http::HeaderInjector;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Level, Span, trace_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

pub use export::{TraceError, TraceOptions, Traces};
pub use request::{Traced, TracedRequests};

/// Whether anybody listens to spans.
#[inline]
fn is_on() -> bool {
    tracing::span_enabled!(Level::TRACE)
}

/// The request at hand has a route, by which alike requests are told together.
#[inline]
pub(crate) fn routed(method: &Method, route: &'static str) {
    if is_on() {
        let context = Span::current().context();
        let request = context.span();
        request.update_name(format!("{} {route}", request::known_method(method)));
        request.set_attribute(KeyValue::new("http.route", route));
    }
}

/// It is decided who makes the content of the request at hand.
#[inline]
pub(crate) fn decided(decision: &Decision) {
    if is_on() {
        let context = Span::current().context();
        context.span().set_attributes(attributes(decision));
    }
}

fn attributes(decision: &Decision) -> Vec<KeyValue> {
    let price = |(name, price): (&str, f64)| match name {
        "worth" => KeyValue::new("gable.worth", price),
        name => KeyValue::new(format!("gable.cost.{}", name.replace('-', "_")), price),
    };
    let mut attributes = vec![
        KeyValue::new("gable.placement", decision.placement.code()),
        KeyValue::new("gable.reason", decision.reason.code()),
    ];
    attributes.extend(decision.costs.named().map(price));
    attributes
}

/// Says something of the span at hand.
#[inline]
pub(crate) fn note(name: &'static str, value: impl Into<Value>) {
    if is_on() {
        Span::current().set_attribute(name, value);
    }
}

/// What a span stands for has failed.
pub(crate) fn failed(span: &Span, why: &impl Display) {
    if !span.is_disabled() {
        span.set_status(Status::error(why.to_string()));
    }
}

/// The span of a question to another server; none for those that no request asks for.
pub(crate) fn fetch(server: &str, path: &str) -> Span {
    if !is_on() || Span::current().is_none() {
        return Span::none();
    }
    let span = trace_span!(
        "GET upstream",
        otel.kind = "client",
        http.request.method = "GET"
    );
    if let Ok(mut url) = reqwest::Url::parse(&format!("{server}{path}")) {
        // Who may ask is nobody's business; addresses that cannot have a password have none.
        let _none = url.set_password(None);
        let _none = url.set_username("");
        if let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) {
            span.set_attribute("server.address", host.to_owned());
            span.set_attribute("server.port", i64::from(port));
        }
        span.set_attribute("url.full", String::from(url));
    }
    span
}

/// The headers by which another server goes on with the trace at hand.
pub(crate) fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    if is_on() {
        let context = Span::current().context();
        TraceContextPropagator::new().inject_context(&context, &mut HeaderInjector(&mut headers));
    }
    headers
}
