//! How many negative reviews were revised.

use amends_domain::policy::EditWindow;
use amends_domain::rate::Rate;
use amends_domain::statistics::Estimate;
use amends_domain::statistics::difference::difference;
use amends_domain::tally::Measure;
use amends_domain::{Span, Time};

use super::bucket::{Days, Sums};
use super::{Key, MatureRate, Mean};
use crate::shops::ShopInfo;

/// Where reviews can be edited for ever, a reversal counts as recovered for so long.
const WINDOW_MAX: Span = Span::from_days(90);

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
    /// Fallen back, of the reversed.
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
    /// Reversed, whether or not it fell back later.
    pub ever_reversed: i64,
    /// Reversed, and still so.
    pub reversed: i64,
    /// Reversed after the first human action and within the window.
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
        let ever_reversed = sums.get(Measure::Reversed);
        let re_reversed = sums.get(Measure::ReReversed);
        Self {
            negative: sums.get(Measure::Negative),
            eligible: sums.get(Measure::Eligible),
            contacted: sums.get(Measure::Contacted),
            solved: sums.get(Measure::Solved),
            asked: sums.get(Measure::Asked),
            ever_reversed,
            // The ends of the way make up exactly the negative, so who fell back is not also reversed.
            reversed: ever_reversed - re_reversed,
            recovered: sums.get(Measure::Recovered),
            improved: sums.get(Measure::Improved),
            text_only: sums.get(Measure::TextOnly),
            worsened: sums.get(Measure::Worsened),
            follow_up_added: sums.get(Measure::FollowUpAdded),
            removed_by_buyer: sums.get(Measure::RemovedByBuyer),
            removed_by_platform: sums.get(Measure::RemovedByPlatform),
            vanished: sums.get(Measure::Vanished),
            re_reversed,
            unchanged: sums.get(Measure::Unchanged),
        }
    }
}

pub(super) fn row(days: Days, key: Key, sums: &Sums, info: &ShopInfo, now: Time) -> ReversalRow {
    let funnel = Funnel::of(sums);
    let mature = window_end(info.zone.start(days.until), info) <= now;
    let rate = |numerator, denominator| MatureRate { rate: Rate::of(numerator, denominator), mature };
    let of = |measure, denominator| rate(sums.get(measure), denominator);
    let stars = sums.get(Measure::NetStars);
    let contacted = of(Measure::ContactedReversed, funnel.contacted);
    let natural = of(Measure::NaturalReversed, funnel.negative);
    ReversalRow {
        days,
        key,
        all: rate(funnel.ever_reversed, funnel.negative),
        eligible: of(Measure::EligibleReversed, funnel.eligible),
        contacted,
        solved: of(Measure::SolvedReversed, funnel.solved),
        asked: of(Measure::AskedReversed, funnel.asked),
        natural,
        uplift: difference(contacted.rate, natural.rate),
        backslide: rate(funnel.re_reversed, funnel.ever_reversed),
        net_stars: Mean {
            sum: stars,
            count: funnel.negative,
            value: (funnel.negative > 0).then(|| stars as f64 / funnel.negative as f64),
            mature,
        },
        funnel,
    }
}

/// When the last review of the cohort can no longer change within its window.
fn window_end(cohort_end: Time, info: &ShopInfo) -> Time {
    let window = match info.channel_policy(cohort_end).edit_window {
        EditWindow::None => Span::ZERO,
        EditWindow::Always => WINDOW_MAX,
        EditWindow::Days { days, .. } => Span::from_days(i64::from(days)),
    };
    cohort_end + window
}
