//! What a run found out, for people and for machines.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::ledger::Ledger;
use super::{Load, Mode, Outcome};

/// The figures of one run.
#[derive(Debug)]
pub(crate) struct Report {
    mode: Mode,
    batch: u64,
    seconds: f64,
    acknowledged: u64,
    errors: BTreeMap<String, u64>,
    latency: hdrhistogram::Histogram<u64>,
    pub(crate) verified: Option<Result<(), String>>,
}

#[derive(Debug, Serialize)]
struct Json<'a> {
    mode: &'static str,
    batch: u64,
    seconds: f64,
    signals_per_second: f64,
    acknowledged: u64,
    errors: u64,
    errors_by_kind: &'a BTreeMap<String, u64>,
    p50_ms: f64,
    p90_ms: f64,
    p99_ms: f64,
    p999_ms: f64,
    max_ms: f64,
    verified: Option<bool>,
}

impl Report {
    pub(crate) fn new(load: &Load, elapsed: Duration, ledger: &Ledger, outcome: Outcome) -> Self {
        Self {
            mode: load.mode,
            batch: load.batch(),
            seconds: elapsed.as_secs_f64(),
            acknowledged: ledger.acknowledged(),
            errors: outcome.errors,
            latency: outcome.latency,
            verified: None,
        }
    }

    fn per_second(&self) -> f64 {
        self.acknowledged as f64 / self.seconds.max(f64::EPSILON)
    }

    fn millis(&self, quantile: f64) -> f64 {
        self.latency.value_at_quantile(quantile) as f64 / 1_000.0
    }

    pub(crate) fn print(&self, json: bool) -> anyhow::Result<()> {
        if json {
            println!("{}", serde_json::to_string(&self.json())?);
        } else {
            self.print_table();
        }
        Ok(())
    }

    fn json(&self) -> Json<'_> {
        Json {
            mode: match self.mode {
                Mode::Unary => "unary",
                Mode::Stream => "stream",
                Mode::Claims => "claims",
                Mode::Suggest => "suggest",
            },
            batch: self.batch,
            seconds: self.seconds,
            signals_per_second: self.per_second(),
            acknowledged: self.acknowledged,
            errors: self.errors.values().sum(),
            errors_by_kind: &self.errors,
            p50_ms: self.millis(0.5),
            p90_ms: self.millis(0.9),
            p99_ms: self.millis(0.99),
            p999_ms: self.millis(0.999),
            max_ms: self.millis(1.0),
            verified: self.verified.as_ref().map(Result::is_ok),
        }
    }

    fn print_table(&self) {
        println!("acknowledged   {} signals in {:.1} s", self.acknowledged, self.seconds);
        println!("throughput     {:.0} signals/s in batches of {}", self.per_second(), self.batch);
        println!(
            "latency        p50 {:.2} ms   p90 {:.2} ms   p99 {:.2} ms   p99.9 {:.2} ms   max {:.2} ms",
            self.millis(0.5),
            self.millis(0.9),
            self.millis(0.99),
            self.millis(0.999),
            self.millis(1.0)
        );
        println!("errors         {}", self.errors.values().sum::<u64>());
        for (what, count) in &self.errors {
            println!("               {count} × {what}");
        }
        match &self.verified {
            None => println!("verified       not asked for"),
            Some(Ok(())) => println!("verified       everything acknowledged is stored, exactly once"),
            Some(Err(difference)) => println!("verified       NO: {difference}"),
        }
    }
}
