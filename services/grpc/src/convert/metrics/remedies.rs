//! Figures about remedies.

use amends_app::metrics::{
    Days, Fairness, Group, KindRow, Naive, RemedyFigures, RemedyQuestion, StarRow, Verdict,
};
use amends_domain::ShopId;
use amends_domain::detection::Reason;
use amends_domain::learning::estimate::{Causal, OffPolicy};
use amends_domain::learning::moments::Estimate;
use amends_domain::learning::stop::Stop;
use amends_domain::rate::Rate;
use amends_domain::remedy::RemedyKind;
use amends_proto::v1 as pb;

use super::super::{Word, time};
use super::days;
use crate::fields::Fields;

/// The most kinds one may name.
const KINDS_MAX: usize = 20;

fn reason(fields: &mut Fields, number: Option<i32>) -> Option<Option<Reason>> {
    match number {
        None => Some(None),
        Some(number) => fields.word("reason", number).map(Some),
    }
}

/// A question about what became of remedies.
pub fn performance(fields: &mut Fields, m: pb::GetRemedyPerformanceRequest) -> Option<RemedyQuestion> {
    let shop: Option<ShopId> = fields.shop("parent", &m.parent);
    let days = days(fields, m.cohort);
    let reason = reason(fields, m.reason);
    let kinds = if m.kinds.len() > KINDS_MAX {
        fields.refuse("kinds", "must have at most 20 entries")
    } else {
        fields.words("kinds", m.kinds)
    };
    let immature = m.include_immature;
    Some(RemedyQuestion { shop: shop?, days: days?, reason: reason?, kinds: kinds?, immature })
}

/// A question about what was granted by star.
pub fn fairness(
    fields: &mut Fields,
    m: pb::GetRemedyFairnessRequest,
) -> Option<(ShopId, Days, Option<Reason>)> {
    let shop: Option<ShopId> = fields.shop("parent", &m.parent);
    let days = days(fields, m.cohort);
    let reason = reason(fields, m.reason);
    Some((shop?, days?, reason?))
}

pub(super) fn rate(rate: Rate) -> pb::RemedyRate {
    pb::RemedyRate {
        numerator: rate.numerator,
        denominator: rate.denominator,
        value: rate.value,
        lower: rate.interval.map(|(lower, _)| lower),
        upper: rate.interval.map(|(_, upper)| upper),
    }
}

pub(super) fn estimate(estimate: Estimate) -> pb::Estimate {
    pb::Estimate { value: estimate.value, lower: estimate.lower, upper: estimate.upper }
}

/// The wire form of what became of remedies.
#[must_use]
pub fn render_performance(figures: &RemedyFigures) -> pb::GetRemedyPerformanceResponse {
    pb::GetRemedyPerformanceResponse {
        kinds: figures.kinds.iter().map(kind).collect(),
        naive: Some(naive(&figures.naive)),
        causal: Some(causal(&figures.causal)),
        always: figures.always.iter().map(|(kind, found)| always(*kind, found)).collect(),
        mature_cases: figures.mature,
        immature_cases: figures.immature,
        currency: figures.currency.to_string(),
        as_of_time: Some(time::render(figures.as_of)),
    }
}

fn kind(row: &KindRow) -> pb::RemedyKindPerformance {
    pb::RemedyKindPerformance {
        kind: row.kind.number(),
        suggested_first: row.first,
        offered: row.offered,
        acceptance: Some(rate(row.acceptance)),
        declined: row.declined,
        expired: row.expired,
        fulfilled: row.fulfilled,
        failed: row.failed,
        cost_total: row.cost,
        low_scores: Some(rate(row.low_scores)),
        stopped: row.stopped.map(stop),
        cost_mean: (row.fulfilled > 0).then(|| row.cost as f64 / row.fulfilled as f64),
    }
}

fn stop(stop: Stop) -> pb::RemedyStop {
    pb::RemedyStop {
        low: i64::from(stop.own.0),
        scored: i64::from(stop.own.1),
        others_low: i64::from(stop.others.0),
        others_scored: i64::from(stop.others.1),
    }
}

fn group(group: Group) -> pb::CaseGroup {
    pb::CaseGroup { counted: Some(rate(group.counted)), cost: group.cost.map(estimate) }
}

fn naive(naive: &Naive) -> pb::NaiveComparison {
    pb::NaiveComparison {
        helped: Some(group(naive.helped)),
        not_helped: Some(group(naive.not_helped)),
        difference: naive.difference.map(estimate),
    }
}

pub(super) fn causal(causal: &Causal) -> pb::CausalComparison {
    pb::CausalComparison {
        holdout_cases: causal.holdout,
        treated_cases: causal.treated,
        left_out_cases: causal.left_out,
        rate_difference: causal.rate.map(estimate),
        avoided_causal: causal.avoided.map(estimate),
        saving_per_case: causal.saving.map(estimate),
        net_saving: causal.saved.map(estimate),
    }
}

fn always(kind: RemedyKind, found: &OffPolicy) -> pb::AlwaysFirst {
    pb::AlwaysFirst {
        kind: kind.number(),
        allowed_cases: found.allowed,
        first_cases: found.hits,
        effective_cases: found.effective,
        inverse_propensity: found.inverse.map(estimate),
        self_normalised: found.normalised.map(estimate),
        logged: found.logged.map(estimate),
    }
}

/// The wire form of what was granted by star.
#[must_use]
pub fn render_fairness(told: &Fairness) -> pb::GetRemedyFairnessResponse {
    let verdict = match told.verdict {
        Verdict::Flat => pb::FairnessVerdict::Flat,
        Verdict::NotFlat => pb::FairnessVerdict::NotFlat,
        Verdict::TooFew => pb::FairnessVerdict::TooFew,
    };
    pb::GetRemedyFairnessResponse {
        rows: told.rows.iter().map(star).collect(),
        q: told.q,
        degrees_of_freedom: i32::try_from(told.freedom).unwrap_or(i32::MAX),
        p_value: told.p,
        verdict: verdict.into(),
        as_of_time: Some(time::render(told.as_of)),
    }
}

fn star(row: &StarRow) -> pb::FairnessRow {
    pb::FairnessRow {
        star: row.star.map(i32::from),
        remedies: row.count,
        granted_share: row.share,
        excess: row.excess.map(estimate),
    }
}
