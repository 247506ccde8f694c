//! Every metric of the service: its name, unit and meaning, in one place.
//!
//! Attributes are of few values each; never a shop, case or buyer.

use std::sync::LazyLock;
use std::time::Duration;

use amends_domain::event::Event;
use amends_domain::sla::Metric;
use opentelemetry::metrics::{Counter, Gauge, Histogram};
use opentelemetry::{KeyValue, global};

/// Boundaries in seconds: the library's own are meant for milliseconds.
const SECONDS: [f64; 14] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

struct Metrics {
    signals: Counter<u64>,
    batch: Histogram<u64>,
    detections: Counter<u64>,
    events: Counter<u64>,
    refusals: Counter<u64>,
    command: Histogram<f64>,
    retries: Counter<u64>,
    rpc: Histogram<f64>,
    shed: Counter<u64>,
    outbox: Gauge<u64>,
    deadlines: Counter<u64>,
    sla_warnings: Counter<u64>,
    sla_breaches: Counter<u64>,
}

static METRICS: LazyLock<Metrics> = LazyLock::new(|| {
    let meter = global::meter("amends");
    Metrics {
        signals: meter
            .u64_counter("amends.signals")
            .with_description("Signals by kind and result (accepted, duplicate, rejected)")
            .build(),
        batch: meter
            .u64_histogram("amends.ingest.batch.size")
            .with_boundaries(vec![1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0])
            .with_description("Signals committed together in one transaction")
            .build(),
        detections: meter
            .u64_counter("amends.detections")
            .with_description("Texts read, by what they are and what was heard")
            .build(),
        events: meter
            .u64_counter("amends.events")
            .with_description(
                "Events written to timelines, by type: cases opened and solved, offers and answers, …",
            )
            .build(),
        refusals: meter
            .u64_counter("amends.guardrail.refusals")
            .with_description("Actions refused, by rule")
            .build(),
        command: meter
            .f64_histogram("amends.command.duration")
            .with_unit("s")
            .with_boundaries(SECONDS.to_vec())
            .with_description("Time from a command's start to its commit, retries included")
            .build(),
        retries: meter
            .u64_counter("amends.command.retries")
            .with_description("Transactions tried again because another writer was in the way")
            .build(),
        rpc: meter
            .f64_histogram("rpc.server.duration")
            .with_unit("s")
            .with_boundaries(SECONDS.to_vec())
            .with_description("Time a call took, by service, method and status")
            .build(),
        shed: meter
            .u64_counter("amends.shed")
            .with_description("Calls refused because there was too much to do, by where")
            .build(),
        outbox: meter
            .u64_gauge("amends.outbox.pending")
            .with_description("Events that wait for a position")
            .build(),
        deadlines: meter
            .u64_counter("amends.deadlines")
            .with_description("Deadlines that came, by kind")
            .build(),
        sla_warnings: meter
            .u64_counter("amends.sla.warnings")
            .with_description("Promises of which three quarters had passed, by metric")
            .build(),
        sla_breaches: meter
            .u64_counter("amends.sla.breaches")
            .with_description("Promises that were broken, by metric")
            .build(),
    }
});

/// Signals of a kind came to a result.
pub fn signals(kind: &'static str, result: &'static str, count: u64) {
    METRICS.signals.add(count, &[KeyValue::new("kind", kind), KeyValue::new("result", result)]);
}

/// So many signals were committed together.
pub fn batch_committed(signals: usize) {
    METRICS.batch.record(u64::try_from(signals).unwrap_or(u64::MAX), &[]);
}

/// A text was read.
pub fn text_read(kind: &'static str, heard: &'static str) {
    METRICS.detections.add(1, &[KeyValue::new("kind", kind), KeyValue::new("heard", heard)]);
}

/// An event was written.
pub fn event_written(event: &Event) {
    METRICS.events.add(1, &[KeyValue::new("type", event.word())]);
    let by_metric = |metric: &Metric| [KeyValue::new("metric", metric.as_str())];
    match event {
        Event::ActionRefused { rule, also, .. } => {
            for rule in std::iter::once(rule).chain(also) {
                METRICS.refusals.add(1, &[KeyValue::new("rule", rule.as_str())]);
            }
        }
        Event::SlaWarned { metric, .. } => METRICS.sla_warnings.add(1, &by_metric(metric)),
        Event::SlaBreached { metric, .. } => METRICS.sla_breaches.add(1, &by_metric(metric)),
        _ => {}
    }
}

/// A command ended.
pub fn command_done(name: &'static str, took: Duration, ok: bool) {
    METRICS.command.record(took.as_secs_f64(), &[KeyValue::new("command", name), KeyValue::new("ok", ok)]);
}

/// A transaction was tried again.
pub fn command_retried(name: &'static str) {
    METRICS.retries.add(1, &[KeyValue::new("command", name)]);
}

/// A call ended; `status` is the gRPC code's number.
pub fn rpc_done(service: String, method: String, status: i64, took: Duration) {
    let attributes = [
        KeyValue::new("rpc.system", "grpc"),
        KeyValue::new("rpc.service", service),
        KeyValue::new("rpc.method", method),
        KeyValue::new("rpc.grpc.status_code", status),
    ];
    METRICS.rpc.record(took.as_secs_f64(), &attributes);
}

/// A call was refused because there was too much to do.
pub fn shed(place: &'static str) {
    METRICS.shed.add(1, &[KeyValue::new("where", place)]);
}

/// So many events wait for a position.
pub fn outbox_pending(events: i64) {
    METRICS.outbox.record(u64::try_from(events).unwrap_or(0), &[]);
}

/// A deadline came.
pub fn deadline_came(kind: &'static str) {
    METRICS.deadlines.add(1, &[KeyValue::new("kind", kind)]);
}
