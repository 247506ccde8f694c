//! How many negative reviews were revised.

use amends_domain::rate::Rate;
use amends_domain::statistics::Estimate;
use amends_domain::statistics::difference::nested;
use amends_domain::tally::Measure;

use super::bucket::{Days, Sums};
use super::{Key, MatureRate, Mean};

/// Review reversal of one cohort.
#[derive(Debug, Clone, PartialEq)]
pub struct ReversalRow {
    /// The days of the cohort.
    pub days: Days,
    /// The values it is about; empty if there is no split.
    pub key: Key,
    /// The way from a negative review to a revised one.
    pub funnel: Funnel,
    /// Reversed of all negative.
    pub all: MatureRate,
    /// Reversed of those still editable a day later.
    pub eligible: MatureRate,
    /// Reversed after the contact, of those whose buyer a person reached.
    pub contacted: MatureRate,
    /// Reversed of those whose case was solved.
    pub solved: MatureRate,
    /// Reversed after the ask, of those asked.
    pub asked: MatureRate,
    /// Reversed before any human action or without one, of all negative.
    pub natural: MatureRate,
    /// Fallen back, of all that were ever reversed.
    pub backslide: MatureRate,
    /// Stars won or lost per negative review.
    pub net_stars: Mean,
    /// The rate of the contacted less the natural one.
    pub uplift: Option<Estimate>,
}

/// Numbers of reviews.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Funnel {
    /// Negative when first seen.
    pub negative: i64,
    /// Still editable a day later.
    pub eligible: i64,
    /// Buyer reached by a person.
    pub contacted: i64,
    /// Case solved.
    pub solved: i64,
    /// Buyer asked.
    pub asked: i64,
    /// Reversed, and still so.
    pub reversed: i64,
    /// Of the reversed: after the first human action and within the window.
    pub recovered: i64,
    /// Higher, still negative.
    pub improved: i64,
    /// Other words only.
    pub text_only: i64,
    /// Lower than at first.
    pub worsened: i64,
    /// An addition without a rating only.
    pub follow_up_added: i64,
    /// Removed by its author.
    pub removed_by_buyer: i64,
    /// Removed by the channel.
    pub removed_by_platform: i64,
    /// Gone, nobody says why.
    pub vanished: i64,
    /// Reversed once, and fallen back.
    pub re_reversed: i64,
    /// As it was.
    pub unchanged: i64,
}

impl Funnel {
    fn of(sums: &Sums) -> Self {
        Self {
            negative: sums.get(Measure::Negative),
            eligible: sums.get(Measure::Eligible),
            contacted: sums.get(Measure::Contacted),
            solved: sums.get(Measure::Solved),
            asked: sums.get(Measure::Asked),
            // The ends of the way make up exactly the negative, so who fell back is not also reversed.
            reversed: sums.get(Measure::Reversed),
            recovered: sums.get(Measure::Recovered),
            improved: sums.get(Measure::Improved),
            text_only: sums.get(Measure::TextOnly),
            worsened: sums.get(Measure::Worsened),
            follow_up_added: sums.get(Measure::FollowUpAdded),
            removed_by_buyer: sums.get(Measure::RemovedByBuyer),
            removed_by_platform: sums.get(Measure::RemovedByPlatform),
            vanished: sums.get(Measure::Vanished),
            re_reversed: sums.get(Measure::ReReversed),
            unchanged: sums.get(Measure::Unchanged),
        }
    }
}

pub(super) fn row(days: Days, key: Key, sums: &Sums, mature: bool) -> ReversalRow {
    let funnel = Funnel::of(sums);
    let rate = |numerator, denominator| MatureRate { rate: Rate::of(numerator, denominator), mature };
    let of = |measure, denominator| rate(sums.get(measure), denominator);
    let stars = sums.get(Measure::NetStars);
    let contacted = of(Measure::ContactedReversed, funnel.contacted);
    let natural = of(Measure::NaturalReversed, funnel.negative);
    ReversalRow {
        days,
        key,
        all: rate(funnel.reversed, funnel.negative),
        eligible: of(Measure::EligibleReversed, funnel.eligible),
        contacted,
        solved: of(Measure::SolvedReversed, funnel.solved),
        asked: of(Measure::AskedReversed, funnel.asked),
        natural,
        uplift: nested(
            (contacted.rate.numerator, contacted.rate.denominator),
            (natural.rate.numerator, natural.rate.denominator),
        ),
        backslide: rate(funnel.re_reversed, funnel.reversed + funnel.re_reversed),
        net_stars: Mean {
            sum: stars,
            count: funnel.negative,
            value: (funnel.negative > 0).then(|| stars as f64 / funnel.negative as f64),
            mature,
        },
        funnel,
    }
}
