//! Logs, traces and metrics: set up once, flushed at the end.
//!
//! OTLP is off unless the standard `OTEL_EXPORTER_OTLP_ENDPOINT` is set. Trace
//! context is taken from callers and handed on in either case.

use std::io::IsTerminal;
use std::time::Duration;

use anyhow::Context;
use opentelemetry::trace::TracerProvider;
use opentelemetry::{KeyValue, global};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use prometheus::Registry;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, FilterFn, LevelFilter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::config::LogFormat;

/// What must be flushed before the process ends.
#[derive(Debug)]
pub struct Telemetry {
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
    /// What Prometheus scrapes.
    pub registry: Registry,
}

/// Libraries whose spans would flood the traces, or carry statements with what buyers wrote, and whose
/// logs would loop back into the exporter.
const QUIET: [&str; 8] = ["h2", "hyper", "tonic", "reqwest", "opentelemetry", "tower", "sqlx", "sea"];

/// How long telemetry may take to leave at the end.
const FLUSH_WITHIN: Duration = Duration::from_secs(5);

/// What becomes part of a trace.
fn is_traced(of: &Metadata<'_>) -> bool {
    *of.level() <= Level::INFO && !QUIET.iter().any(|quiet| of.target().starts_with(quiet))
}

/// Sets logs, traces and metrics up for the whole process.
///
/// # Errors
/// When the log filter or the OTLP endpoint cannot be used.
pub fn start(log: &str, format: LogFormat, otlp: bool) -> anyhow::Result<Telemetry> {
    let filter = EnvFilter::try_new(log).with_context(|| format!("log: {log:?} is no log filter"))?;
    let resource = Resource::builder().with_service_name("amends").with_attribute(version()).build();
    let registry = Registry::new();
    let metrics = meter_provider(&registry, resource.clone(), otlp)?;
    let traces = tracer_provider(resource, otlp)?;
    global::set_text_map_propagator(TraceContextPropagator::new());
    global::set_meter_provider(metrics.clone());
    global::set_tracer_provider(traces.clone());
    let spans = tracing_opentelemetry::layer().with_tracer(traces.tracer("amends")).with_filter(
        FilterFn::new(is_traced)
            // A span that is not wanted is not even described: its fields would be printed first.
            .with_max_level_hint(LevelFilter::INFO),
    );
    let lines = match format {
        LogFormat::Pretty => {
            let colours = std::io::stderr().is_terminal();
            fmt::layer().with_writer(std::io::stderr).with_ansi(colours).boxed()
        }
        LogFormat::Json => fmt::layer().json().with_writer(std::io::stderr).with_current_span(true).boxed(),
    };
    tracing_subscriber::registry()
        .with(spans)
        .with(lines.with_filter(filter))
        .try_init()
        .context("logs are set up already")?;
    Ok(Telemetry { traces, metrics, registry })
}

fn version() -> KeyValue {
    KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))
}

fn meter_provider(registry: &Registry, resource: Resource, otlp: bool) -> anyhow::Result<SdkMeterProvider> {
    let prometheus = opentelemetry_prometheus::exporter().with_registry(registry.clone()).build()?;
    let builder = SdkMeterProvider::builder().with_reader(prometheus).with_resource(resource);
    if !otlp {
        return Ok(builder.build());
    }
    let exporter = opentelemetry_otlp::MetricExporter::builder().with_tonic().build()?;
    Ok(builder.with_reader(PeriodicReader::builder(exporter).build()).build())
}

fn tracer_provider(resource: Resource, otlp: bool) -> anyhow::Result<SdkTracerProvider> {
    let builder = SdkTracerProvider::builder().with_resource(resource);
    if !otlp {
        // Nobody reads spans, but the caller's trace id still travels on.
        return Ok(builder.with_sampler(Sampler::AlwaysOff).build());
    }
    let exporter = opentelemetry_otlp::SpanExporter::builder().with_tonic().build()?;
    Ok(builder.with_batch_exporter(exporter).build())
}

impl Telemetry {
    /// Sends what is left. On a thread of its own and with a limit: the
    /// exporters wait for the runtime, and the runtime must not wait for them.
    pub async fn flush(self) {
        let Self { traces, metrics, .. } = self;
        let flushing = tokio::task::spawn_blocking(move || {
            let traced = traces.shutdown();
            let measured = metrics.shutdown();
            (traced, measured)
        });
        match tokio::time::timeout(FLUSH_WITHIN, flushing).await {
            Ok(Ok((Ok(()), Ok(())))) => {}
            Ok(Ok(results)) => tracing::debug!(?results, "some telemetry did not leave"),
            Ok(Err(error)) => tracing::debug!(%error, "telemetry was not flushed"),
            Err(_) => tracing::debug!("telemetry took too long to leave"),
        }
    }
}

/// Whether the standard variables ask for OTLP.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the standard OTEL variables are part of the configuration")]
pub fn otlp_is_on() -> bool {
    let names = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
    names.iter().any(|name| std::env::var(name).is_ok_and(|value| !value.is_empty()))
}
