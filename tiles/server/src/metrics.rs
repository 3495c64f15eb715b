//! Counts and times, in the text format of Prometheus.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use gable_placement::Decision;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::service::Service;

/// Labels of requests.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: &'static str,
    status: u16,
}

/// Labels of decisions.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DecisionLabels {
    placement: &'static str,
    reason: &'static str,
}

/// What is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    requests: Family<RequestLabels, Counter>,
    decisions: Family<DecisionLabels, Counter>,
    bytes_sent: Counter,
    generation: Histogram,
    cache_full: AtomicBool,
    next_decision: AtomicU64,
}

/// Seconds of CPU of a generation: bounds of the histogram.
const SECONDS: [f64; 12] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0,
];

impl Default for Metrics {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            decisions: Family::default(),
            bytes_sent: Counter::default(),
            generation: Histogram::new(SECONDS),
            cache_full: AtomicBool::new(false),
            next_decision: AtomicU64::new(0),
        }
    }
}

impl Metrics {
    pub(crate) fn answered(&self, route: &'static str, status: u16, bytes: u64) {
        self.requests
            .get_or_create(&RequestLabels { route, status })
            .inc();
        self.bytes_sent.inc_by(bytes);
    }

    pub(crate) fn decided(&self, decision: &Decision) {
        let labels = DecisionLabels {
            placement: decision.placement.code(),
            reason: decision.reason.code(),
        };
        self.decisions.get_or_create(&labels).inc();
    }

    pub(crate) fn generated(&self, seconds: f64) {
        self.generation.observe(seconds);
    }

    pub(crate) fn cache_full(&self) -> bool {
        self.cache_full.load(Ordering::Relaxed)
    }

    pub(crate) fn set_cache_full(&self, full: bool) {
        self.cache_full.store(full, Ordering::Relaxed);
    }

    /// A number for the next decision.
    pub(crate) fn decision_number(&self) -> u64 {
        self.next_decision.fetch_add(1, Ordering::Relaxed)
    }
}

impl Service {
    /// The page at `/metrics`.
    pub(crate) fn metrics_text(&self) -> String {
        let mut registry = Registry::with_prefix("gable");
        let metrics = &self.metrics;
        registry.register(
            "requests",
            "Answers by route and status",
            metrics.requests.clone(),
        );
        registry.register(
            "decisions",
            "Placements by reason",
            metrics.decisions.clone(),
        );
        registry.register("sent_bytes", "Bytes of bodies", metrics.bytes_sent.clone());
        registry.register(
            "generation_seconds",
            "Seconds of CPU of a generation",
            metrics.generation.clone(),
        );
        let gauge = |registry: &mut Registry, name: &str, help: &str, value: u64| {
            let gauge = Gauge::<i64>::default();
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
            registry.register(name, help, gauge);
        };
        let connections = self.options.open_connections.load(Ordering::Relaxed);
        gauge(
            &mut registry,
            "connections",
            "Open connections",
            connections as u64,
        );
        gauge(
            &mut registry,
            "jobs",
            "Generations that wait or run",
            self.workshop.jobs() as u64,
        );
        let statistics = serde_json::to_value(self.cache.statistics()).unwrap_or_default();
        for (name, value) in statistics.as_object().into_iter().flatten() {
            let help = format!("Cache: {}", name.replace('_', " "));
            gauge(
                &mut registry,
                &format!("cache_{name}"),
                &help,
                value.as_u64().unwrap_or(0),
            );
        }
        let mut page = String::new();
        if text::encode(&mut page, &registry).is_err() {
            tracing::error!("metrics could not be written");
        }
        page
    }
}
