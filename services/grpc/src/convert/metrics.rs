//! Figures.

use amends_app::metrics::{
    Avoided, Bucket, Days, Dimension, Figures, Key, MatureRate, Mean, Question, ReturnsRow, ReversalRow,
};
use amends_proto::v1 as pb;

use super::{Word, time};
use crate::fields::Fields;

pub mod agent_performance;
pub mod lag;
pub mod remedies;
pub mod response;
pub mod savings;

impl Word for Dimension {
    type Wire = pb::Dimension;

    fn wire(self) -> pb::Dimension {
        match self {
            Self::Shop => pb::Dimension::Shop,
            Self::Channel => pb::Dimension::Channel,
            Self::Region => pb::Dimension::Region,
            Self::Sku => pb::Dimension::Sku,
            Self::Reason => pb::Dimension::Reason,
            Self::RemedyKind => pb::Dimension::RemedyKind,
            Self::Agent => pb::Dimension::Agent,
            Self::Language => pb::Dimension::Language,
            Self::Star => pb::Dimension::Star,
            Self::Priority => pb::Dimension::Priority,
            Self::Target => pb::Dimension::Target,
        }
    }

    fn of(wire: pb::Dimension) -> Option<Self> {
        match wire {
            pb::Dimension::Unspecified => None,
            pb::Dimension::Shop => Some(Self::Shop),
            pb::Dimension::Channel => Some(Self::Channel),
            pb::Dimension::Region => Some(Self::Region),
            pb::Dimension::Sku => Some(Self::Sku),
            pb::Dimension::Reason => Some(Self::Reason),
            pb::Dimension::RemedyKind => Some(Self::RemedyKind),
            pb::Dimension::Agent => Some(Self::Agent),
            pb::Dimension::Language => Some(Self::Language),
            pb::Dimension::Star => Some(Self::Star),
            pb::Dimension::Priority => Some(Self::Priority),
            pb::Dimension::Target => Some(Self::Target),
        }
    }
}

/// The parts that both questions have.
#[derive(Debug)]
pub struct Asked {
    /// The shop, by name.
    pub parent: String,
    /// The days of the cohort.
    pub cohort: Option<pb::DateRange>,
    /// How they are cut.
    pub bucket: Option<i32>,
    /// What to split by.
    pub dimensions: Vec<i32>,
    /// Only these values.
    pub filters: Vec<pb::DimensionValue>,
}

/// The domain form of a question.
pub fn parse(fields: &mut Fields, asked: Asked) -> Option<Question> {
    let shop = fields.shops("parent", &asked.parent);
    let days = days(fields, asked.cohort);
    let bucket = bucket(fields, asked.bucket);
    let dimensions = fields.words("dimensions", asked.dimensions);
    let filters = if asked.filters.len() > 100 {
        fields.refuse("filters", "must have at most 100 entries")
    } else {
        fields.each("filters", asked.filters, |f, filter| {
            let dimension = f.word("dimension", filter.dimension);
            let value = f.text("value", filter.value, 200);
            Some((dimension?, value?))
        })
    };
    Some(Question { shop: shop?, days: days?, bucket: bucket?, dimensions: dimensions?, filters: filters? })
}

/// The days of a cohort.
fn days(fields: &mut Fields, cohort: Option<pb::DateRange>) -> Option<Days> {
    days_of(fields, "cohort", cohort)
}

pub(super) fn days_of(
    fields: &mut Fields,
    field: &'static str,
    range: Option<pb::DateRange>,
) -> Option<Days> {
    let cohort = fields.required(field, range)?;
    fields.inside(field, |f| {
        let from = f.day("start_date", &cohort.start_date);
        let until = f.day("end_date", &cohort.end_date);
        Some(Days { from: from?, until: until? })
    })
}

pub(super) fn bucket(fields: &mut Fields, number: Option<i32>) -> Option<Bucket> {
    match number.map(pb::TimeBucket::try_from) {
        None | Some(Ok(pb::TimeBucket::Total)) => Some(Bucket::Total),
        Some(Ok(pb::TimeBucket::Day)) => Some(Bucket::Day),
        Some(Ok(pb::TimeBucket::Week)) => Some(Bucket::Week),
        Some(Ok(pb::TimeBucket::Month)) => Some(Bucket::Month),
        Some(Ok(pb::TimeBucket::Unspecified)) => fields.refuse("bucket", "must be set or left out"),
        Some(Err(_)) => fields.refuse("bucket", "is no value that can be sent here"),
    }
}

pub(super) fn range(days: Days) -> Option<pb::DateRange> {
    Some(pb::DateRange { start_date: time::print_day(days.from), end_date: time::print_day(days.until) })
}

fn key(key: &Key) -> Vec<pb::DimensionValue> {
    key.iter().map(|(d, value)| pb::DimensionValue { dimension: d.number(), value: value.clone() }).collect()
}

pub(super) fn rate(rate: MatureRate) -> Option<pb::Rate> {
    Some(pb::Rate {
        numerator: rate.rate.numerator,
        denominator: rate.rate.denominator,
        value: rate.rate.value,
        lower: rate.rate.interval.map(|(lower, _)| lower),
        upper: rate.rate.interval.map(|(_, upper)| upper),
        mature: rate.mature,
    })
}

fn mean(mean: Mean) -> Option<pb::Mean> {
    Some(pb::Mean { sum: mean.sum, count: mean.count, value: mean.value, mature: mean.mature })
}

fn avoided(counts: Avoided) -> Option<pb::AvoidedCounts> {
    Some(pb::AvoidedCounts {
        provisional: counts.provisional,
        confirmed: counts.confirmed,
        failed: counts.failed,
    })
}

/// The wire form of review reversal.
#[must_use]
pub fn render_reversal(figures: &Figures<ReversalRow>) -> pb::GetReviewReversalResponse {
    let rows = figures.rows.iter().map(reversal_row).collect();
    pb::GetReviewReversalResponse { rows, as_of_time: Some(time::render(figures.as_of)) }
}

/// The wire form of returns.
#[must_use]
pub fn render_returns(figures: &Figures<ReturnsRow>) -> pb::GetReturnsResponse {
    let rows = figures.rows.iter().map(returns_row).collect();
    pb::GetReturnsResponse { rows, as_of_time: Some(time::render(figures.as_of)) }
}

fn returns_row(row: &ReturnsRow) -> pb::ReturnsRow {
    pb::ReturnsRow {
        cohort: range(row.days),
        key: key(&row.key),
        return_rate_units: rate(row.return_rate_units),
        return_rate_orders: rate(row.return_rate_lines),
        requested_rate: rate(row.requested_rate),
        intent_rate: rate(row.intent_rate),
        rescue_rate: rate(row.rescue_rate),
        avoided_intent_only: avoided(row.avoided_intent),
        avoided_withdrawn: avoided(row.avoided_request),
        avoided: avoided(row.avoided()),
    }
}

fn reversal_row(row: &ReversalRow) -> pb::ReviewReversalRow {
    let funnel = &row.funnel;
    pb::ReviewReversalRow {
        cohort: range(row.days),
        key: key(&row.key),
        funnel: Some(pb::ReviewFunnel {
            negative: funnel.negative,
            eligible: funnel.eligible,
            contacted: funnel.contacted,
            solved: funnel.solved,
            asked: funnel.asked,
            reversed: funnel.reversed,
            recovered: funnel.recovered,
            improved: funnel.improved,
            text_only: funnel.text_only,
            worsened: funnel.worsened,
            follow_up_added: funnel.follow_up_added,
            removed_by_buyer: funnel.removed_by_buyer,
            removed_by_platform: funnel.removed_by_platform,
            vanished: funnel.vanished,
            re_reversed: funnel.re_reversed,
            unchanged: funnel.unchanged,
        }),
        reversal_rate_all: rate(row.all),
        reversal_rate_eligible: rate(row.eligible),
        reversal_rate_contacted: rate(row.contacted),
        reversal_rate_solved: rate(row.solved),
        reversal_rate_asked: rate(row.asked),
        natural_rate: rate(row.natural),
        backslide_rate: rate(row.backslide),
        net_stars_recovered: mean(row.net_stars),
        uplift: row.uplift.map(remedies::estimate),
    }
}
