//! The trial of a case: what its first suggestion began with and by which
//! chance, kept so that what the order causes can be measured.

use amends_domain::CaseId;
use amends_domain::learning::trial::{Outcome, Trial, chances};
use amends_domain::order::Units;
use amends_domain::remedy::{Remedy, RemedyKind};
use amends_domain::suggestion::Suggestion;
use amends_store::trial;

use super::Suggested;
use crate::shops::ShopInfo;
use crate::work::Work;

/// Begins the trial of a case with its first suggestion, if anything can be offered. Later suggestions keep it.
pub(super) fn begin(
    work: &mut Work,
    info: &ShopInfo,
    case: CaseId,
    suggested: &Suggested,
    counted: Option<Units>,
) -> Option<Trial> {
    let trial = of(info, case, suggested)?;
    let outcome = Outcome { returned: trial.returned(counted), ..Outcome::default() };
    work.write(trial::begin(&[(info.shop.id.clone(), trial.clone(), outcome)]));
    Some(trial)
}

/// The trial that a first suggestion makes; none if nothing can be offered.
///
/// Whether a case is held out is a chance like that of the draw: how likely something was to come
/// first is worked out over both, so the other order is made as well.
fn of(info: &ShopInfo, case: CaseId, suggested: &Suggested) -> Option<Trial> {
    let inputs = &suggested.inputs;
    let other = inputs.otherwise(&info.remedy);
    let (learned, fixed) = match suggested.holdout() {
        true => (&other, &suggested.suggestion),
        false => (&suggested.suggestion, &other),
    };
    let first = suggested.suggestion.alternatives.first()?;
    let loss = first.explanation.iter().find(|(name, _)| *name == "loss_of_return")?.1;
    let shares: Vec<(RemedyKind, f64)> =
        learned.alternatives.iter().map(|a| (a.kind, a.propensity)).collect();
    Some(Trial {
        case,
        at: suggested.at,
        channel: info.shop.channel.as_str().to_owned(),
        reason: inputs.reason,
        band: info.remedy.band(inputs.paid()),
        holdout: suggested.holdout(),
        first: first.kind,
        chances: chances(&shares, first_of(fixed)?, info.remedy.learning.holdout),
        units: inputs.units,
        line: suggested.line.clone(),
        loss: loss.round() as i64,
        currency: inputs.currency,
        matures_at: suggested.at + info.channel_policy(suggested.at).avoid_window,
    })
}

fn first_of(suggestion: &Suggestion) -> Option<RemedyKind> {
    suggestion.alternatives.first().map(|a| a.kind)
}

/// Lets the trial follow a remedy that took a step and is written. It stays that of the case on
/// which the remedy was proposed, whatever that was merged into.
pub(super) fn follow(work: &mut Work, remedy: &Remedy) {
    if let Some(stake) = remedy.stake {
        work.write([trial::follow_remedies(&[(remedy.shop.clone(), stake.case)])]);
    }
}
