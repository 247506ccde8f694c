//! When something may go out, by what the rules say of each moment.

use super::{StepKind, StepState};
use crate::Time;
use crate::guardrail::{Outgoing, QuietHours, Refusal, check};

/// How often a later moment is tried.
const LATER_MAX: u32 = 16;

/// From when on something may go out, at or after `start`. What it is may depend on when it is.
///
/// # Errors
/// With the rules that refuse for good at the first moment at which time does not help.
pub(super) fn earliest<'a>(start: Time, out: impl Fn(Time) -> Outgoing<'a>) -> Result<Time, Vec<Refusal>> {
    let mut at = start;
    let mut refusals = Vec::new();
    for _ in 0..LATER_MAX {
        refusals = check(&out(at));
        if refusals.is_empty() {
            return Ok(at);
        }
        let ends: Option<Vec<Time>> = refusals.iter().map(|refusal| refusal.until).collect();
        match ends.and_then(|ends| ends.into_iter().max()) {
            Some(later) if later > at => at = later,
            _ => break,
        }
    }
    let for_good = |refusal: &Refusal| refusal.until.is_none();
    if refusals.iter().any(for_good) {
        refusals.retain(for_good);
    }
    Err(refusals)
}

/// Where a step stands whose message may go out from `start` on, after another step or by itself; with
/// what refuses it now, or for good.
pub(super) fn timed<'a>(
    now: Time,
    start: Time,
    after: Option<StepKind>,
    out: impl Fn(Time) -> Outgoing<'a>,
) -> (StepState, Vec<Refusal>) {
    match earliest(start, &out) {
        Ok(at) if at <= now && after.is_none() => (StepState::Now, Vec::new()),
        Ok(not_before) => (StepState::Later { not_before, after }, check(&out(start))),
        Err(refusals) => (StepState::Blocked, refusals),
    }
}

/// The last moment before an end at which the buyer may be written to; none if there is no end, or no
/// such moment.
pub(super) fn last_open(hours: &QuietHours, end: Time) -> Option<Time> {
    if end == Time::MAX { None } else { hours.last_open_before(end) }
}
