//! What avoided returns were worth.

use amends_app::metrics::{CausalMissing, Days, Distance, Repeat, Retained, Savings};
use amends_domain::ShopId;
use amends_domain::remedy_policy::Comparator;
use amends_domain::saving::RetainedBy;
use amends_proto::v1 as pb;

use super::days;
use super::remedies::{causal, rate};
use crate::convert::time;
use crate::fields::Fields;

/// A question about savings.
pub fn parse(fields: &mut Fields, m: pb::GetSavingsRequest) -> Option<(ShopId, Days)> {
    let shop: Option<ShopId> = fields.shop("parent", &m.parent);
    let days = days(fields, m.cohort);
    Some((shop?, days?))
}

/// The wire form of savings.
#[must_use]
pub fn render(told: &Savings) -> pb::GetSavingsResponse {
    pb::GetSavingsResponse {
        naive: Some(pb::NaiveAvoided {
            provisional: told.naive.provisional,
            confirmed: told.naive.confirmed,
            failed: told.naive.failed,
        }),
        causal: told.causal.as_ref().ok().map(causal),
        causal_missing: told.causal.as_ref().err().map(|why| missing(*why).into()),
        retained: told.retained.iter().map(retained).collect(),
        net_saving: Some(pb::NetSaving {
            cases: told.saved.cases,
            avoided_loss: told.saved.avoided_loss,
            remedy_cost: told.saved.remedy_cost,
            net_saving: told.saved.avoided_loss - told.saved.remedy_cost,
            immature_cases: told.saved.immature,
        }),
        repeat_purchases: Some(pb::RepeatPurchases {
            solved: Some(repeat(told.solved)),
            failed: Some(repeat(told.failed)),
            without_case: Some(repeat(told.without)),
            sampled: told.sampled,
        }),
        threshold: told.distance.map(threshold),
        currency: told.currency.to_string(),
        as_of_time: Some(time::render(told.as_of)),
    }
}

const fn missing(why: CausalMissing) -> pb::CausalMissing {
    match why {
        CausalMissing::NoMatureCase => pb::CausalMissing::NoMatureCase,
        CausalMissing::NoHoldout => pb::CausalMissing::NoHoldout,
        CausalMissing::NoneTreated => pb::CausalMissing::NoneTreated,
        CausalMissing::TooFew => pb::CausalMissing::TooFew,
    }
}

fn retained(kept: &Retained) -> pb::RetainedRevenue {
    pb::RetainedRevenue {
        by: retained_by(kept.by).into(),
        currency: kept.currency.to_string(),
        units: kept.units,
        revenue: kept.revenue,
        confirmed_revenue: kept.confirmed,
    }
}

const fn retained_by(by: RetainedBy) -> pb::RetainedBy {
    match by {
        RetainedBy::Exchange => pb::RetainedBy::Exchange,
        RetainedBy::Credit => pb::RetainedBy::Credit,
        RetainedBy::KeepItem => pb::RetainedBy::KeepItem,
        RetainedBy::Part => pb::RetainedBy::Part,
        RetainedBy::Replacement => pb::RetainedBy::Replacement,
        RetainedBy::TalkedThrough => pb::RetainedBy::TalkedThrough,
        RetainedBy::Withdrawn => pb::RetainedBy::Withdrawn,
        RetainedBy::Unknown => pb::RetainedBy::Unknown,
    }
}

fn repeat(repeat: Repeat) -> pb::RepeatRate {
    pb::RepeatRate { rate: Some(rate(repeat.rate)), waiting: repeat.waiting }
}

fn threshold(distance: Distance) -> pb::ThresholdDistance {
    let comparator = match distance.target.comparator {
        Comparator::AtMost => pb::ThresholdComparator::AtMost,
        Comparator::Below => pb::ThresholdComparator::Below,
    };
    pb::ThresholdDistance {
        current: Some(rate(distance.current)),
        target: distance.target.share as f64 / 10_000.0,
        comparator: comparator.into(),
        days: i32::try_from(distance.target.days).unwrap_or(i32::MAX),
        returns_until_penalty: distance.until,
        penalty: distance.target.penalty,
    }
}
