//! Export: spans are queued, and sent in batches by a thread that no request waits for.

use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{Key, KeyValue};
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use reqwest::Url;
use tracing::{Level, Metadata};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use super::collector::{Collector, PATIENCE};
use super::request::TracedRequests;

/// Where traces go, and how many of them.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceOptions {
    /// Address of a collector that takes OTLP over HTTP: `http://127.0.0.1:4318`.
    pub collector: String,
    /// The share, 0 to 1, that is exported of the traces that begin here. Whether one that a client began is exported
    /// is the client's to say.
    pub sample: f64,
}

/// Why traces cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The address is none.
    #[error(
        "traces cannot be sent to `{address}`: {why}; give the address of a collector that takes OTLP over HTTP, such as http://127.0.0.1:4318"
    )]
    Address {
        /// As it was given.
        address: String,
        /// What is wrong with it.
        why: String,
    },
    /// The share is none.
    #[error("{0} is no share of the traces: give a number from 0 (none) to 1 (all)")]
    Sample(f64),
    /// The client.
    #[error("cannot connect to collectors of traces: {0}")]
    Client(#[from] reqwest::Error),
    /// The exporter, which reads settings of its own from the environment (`OTEL_EXPORTER_OTLP_...`).
    #[error("traces cannot be exported: {0}; do the variables OTEL_EXPORTER_OTLP_... fit?")]
    Exporter(#[from] ExporterBuildError),
}

/// Traces on their way to a collector.
#[derive(Debug, Clone)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Starts to export. The collector need not be there yet.
    ///
    /// Also read are, from the environment, `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_EXPORTER_OTLP_HEADERS`
    /// and `OTEL_BSP_...` (the queue).
    ///
    /// # Errors
    /// [`TraceError`] when the options make no sense.
    ///
    /// # Panics
    /// Outside a tokio runtime, or when the system refuses a thread.
    pub fn start(options: &TraceOptions) -> Result<Self, TraceError> {
        if !(0.0..=1.0).contains(&options.sample) {
            return Err(TraceError::Sample(options.sample));
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::new()?)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint(&options.collector)?)
            .with_timeout(PATIENCE)
            .build()?;
        let own = Sampler::TraceIdRatioBased(options.sample);
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(own)))
            .with_resource(resource())
            .build();
        Ok(Self { provider })
    }

    /// The layer of a subscriber that makes traces of our spans, and of our warnings within them.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: tracing::Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("gable"))
            .with_context_activation(false)
            .with_tracked_inactivity(false)
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_filter(filter_fn(is_ours))
    }

    /// The layer around a router that gives each request a span; `scheme` is that of its address, `http` or `https`.
    pub fn requests(&self, scheme: &'static str) -> TracedRequests {
        TracedRequests::new(scheme)
    }

    /// Sends what is queued; what cannot be sent in that time is lost. Blocks.
    pub fn end(&self, time: Duration) {
        if let Err(error) = self.provider.shutdown_with_timeout(time) {
            tracing::warn!(%error, "the last traces are lost");
        }
    }
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("gable")
        && (metadata.is_span() || *metadata.level() <= Level::WARN)
}

/// Where a collector takes traces: below its address, as the standard says.
fn endpoint(address: &str) -> Result<String, TraceError> {
    let wrong = |why: &str| TraceError::Address {
        address: address.to_owned(),
        why: why.to_owned(),
    };
    let url = Url::parse(address).map_err(|error| wrong(&error.to_string()))?;
    if !["http", "https"].contains(&url.scheme()) {
        return Err(wrong("it begins with neither http:// nor https://"));
    }
    let base = url.as_str().trim_end_matches('/');
    Ok(format!(
        "{}/v1/traces",
        base.strip_suffix("/v1/traces").unwrap_or(base)
    ))
}

/// Who sends the traces.
fn resource() -> Resource {
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = Resource::builder().with_attribute(version);
    let named = Resource::builder().build().get(&Key::new("service.name"));
    // The standard's name for what has none.
    if named.is_none_or(|name| name.as_str().starts_with("unknown_service")) {
        resource.with_service_name("gable").build()
    } else {
        resource.build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_that_of_the_collector_or_of_its_traces() {
        for address in [
            "http://[::1]:4318",
            "http://[::1]:4318/",
            "http://[::1]:4318/v1/traces",
        ] {
            assert_eq!(endpoint(address).unwrap(), "http://[::1]:4318/v1/traces");
        }
        assert_eq!(
            endpoint("https://otel.example/team/").unwrap(),
            "https://otel.example/team/v1/traces"
        );
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_cure() {
        for (address, why) in [
            ("localhost:4318", "neither http://"),
            ("127.0.0.1:4318", "relative URL"),
            ("http://", "empty host"),
            ("http://host:port", "invalid port"),
            ("grpc://host:4317", "neither http://"),
        ] {
            let message = endpoint(address).unwrap_err().to_string();
            assert!(
                message.contains(why) && message.contains("such as http://127.0.0.1:4318"),
                "{message}"
            );
        }
    }
}
