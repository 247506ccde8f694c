//! Whether everything that was acknowledged is stored, exactly once.
//!
//! Each acknowledged signal is sent again and must be answered DUPLICATE; and
//! the figures of the shop, which has no other signals, must be what exactly
//! those signals add up to.

use std::collections::HashSet;

use amends_client::{Client, v1};
use v1::SignalDisposition::{Accepted, Duplicate};

use super::ledger::Ledger;
use super::signals::Plan;

/// Signals sent again in one call.
const BATCH: usize = 1_000;

/// Whether every signal of an answer is stored, now or before.
pub(crate) fn is_stored(results: &[v1::SignalResult]) -> bool {
    results.iter().all(|r| r.disposition() == Accepted || r.disposition() == Duplicate)
}

/// Why a signal of an answer is not stored.
pub(crate) fn refusal(results: &[v1::SignalResult]) -> String {
    let refused = results.iter().find_map(|r| r.rejection.as_ref());
    refused.map_or_else(
        || "a signal was not stored".to_owned(),
        |rejection| {
            let fields = rejection
                .field_violations
                .iter()
                .map(|v| format!("{}: {}", v.field.rsplit(']').next().unwrap_or_default(), v.description));
            format!("a signal was rejected: {} {}", rejection.message, fields.collect::<Vec<_>>().join("; "))
        },
    )
}

/// Checks; says what differs.
pub(crate) async fn verify(client: &Client, plan: &Plan, ledger: &Ledger) -> Result<(), String> {
    // What was never answered may or may not be stored; it is settled first,
    // so that the figures have one right value.
    let unknown: Vec<u64> = ledger.unknown().collect();
    for part in unknown.chunks(BATCH) {
        let results = send(client, plan, part).await?;
        if !is_stored(&results) {
            return Err(format!("of what was never answered, {}", refusal(&results)));
        }
    }
    let known: Vec<u64> = ledger.signals().collect();
    for part in known.chunks(BATCH) {
        let results = send(client, plan, part).await?;
        if let Some(lost) = results.iter().find(|r| r.disposition() != Duplicate) {
            return Err(format!("signal {} was acknowledged and is not stored", lost.signal_id));
        }
    }
    figures(client, plan, known.iter().chain(&unknown).copied()).await
}

async fn send(client: &Client, plan: &Plan, numbers: &[u64]) -> Result<Vec<v1::SignalResult>, String> {
    let signals = numbers.iter().map(|n| plan.signal(*n)).collect();
    let request = v1::RecordRequest { parent: plan.parent.clone(), signals, ..Default::default() };
    client.call(request).await.map(|answer| answer.results).map_err(|e| e.to_string())
}

async fn figures(client: &Client, plan: &Plan, signals: impl Iterator<Item = u64>) -> Result<(), String> {
    let (mut ordered, mut delivered, mut negative) = (HashSet::new(), HashSet::new(), 0_i64);
    for adds in signals.map(Plan::adds) {
        ordered.extend(adds.ordered);
        delivered.extend(adds.delivered);
        negative += i64::from(adds.negative);
    }
    // A delivery of the whole order counts once the order is known.
    let units = i64::try_from(ordered.intersection(&delivered).count()).unwrap_or(i64::MAX);
    let cohort =
        Some(v1::DateRange { start_date: "2026-01-01".to_owned(), end_date: "2026-03-01".to_owned() });
    let request =
        v1::GetReturnsRequest { parent: plan.parent.clone(), cohort: cohort.clone(), ..Default::default() };
    let returns = client.call(request).await.map_err(|e| e.to_string())?;
    let counted = returns
        .rows
        .first()
        .and_then(|row| row.return_rate_units.as_ref())
        .map_or(0, |rate| rate.denominator);
    if counted != units {
        return Err(format!("{counted} units are counted as delivered, {units} were"));
    }
    let request = v1::GetReviewReversalRequest { parent: plan.parent.clone(), cohort, ..Default::default() };
    let reviews = client.call(request).await.map_err(|e| e.to_string())?;
    let counted =
        reviews.rows.first().and_then(|row| row.funnel.as_ref()).map_or(0, |funnel| funnel.negative);
    if counted != negative {
        return Err(format!("{counted} reviews are counted as negative, {negative} were"));
    }
    Ok(())
}
