//! What buyers answered, as evidence for the next suggestion.
//!
//! An offer that was accepted, declined or left to expire counts once, by the
//! reason and band it was made for; one that was taken back says nothing. The
//! score of the survey after the solution is counted beside it. A public review
//! never is, by any way: a remedy must not depend on one, not even through what
//! was learned.

use std::collections::BTreeMap;

use amends_domain::ShopId;
use amends_domain::detection::Reason;
use amends_domain::learning::Evidence;
use amends_domain::remedy::{Remedy, RemedyKind};
use amends_domain::remedy_policy::RemedyPolicy;
use amends_store::bulk::{Query, Write};
use amends_store::learned::{self, AnswersRow, Counted, Level};
use amends_store::survey::SurveyRow;

use crate::work::Work;

/// The highest score that counts as low, of 5.
const LOW_MAX: u8 = 2;

/// Counts the answer to an offer.
pub(super) fn answered(work: &mut Work, remedy: &Remedy, is_accepted: bool) {
    let Some(stake) = remedy.stake else { return };
    let counted = Counted { answered: 1, accepted: i64::from(is_accepted), ..Counted::default() };
    let row = |level| (remedy.shop.clone(), level, remedy.kind, counted);
    work.write([learned::add(&Level::of(remedy.reason, stake.band).map(row))]);
}

/// Counts new scores of solutions.
pub(crate) fn scored(surveys: &[SurveyRow]) -> Write {
    let rows = surveys.iter().filter_map(|survey| {
        let counted = Counted { scored: 1, low: i64::from(survey.score <= LOW_MAX), ..Counted::default() };
        Some((survey.shop.clone(), Level::Everywhere, survey.remedy?, counted))
    });
    learned::add(&sum(rows))
}

/// Rows of one key made one.
pub(crate) fn sum(rows: impl IntoIterator<Item = AnswersRow>) -> Vec<AnswersRow> {
    let mut sums: BTreeMap<(ShopId, Level, RemedyKind), Counted> = BTreeMap::new();
    for (shop, level, kind, counted) in rows {
        let sum = sums.entry((shop, level, kind)).or_default();
        sum.answered += counted.answered;
        sum.accepted += counted.accepted;
        sum.scored += counted.scored;
        sum.low += counted.low;
    }
    sums.into_iter().map(|((shop, level, kind), counted)| (shop, level, kind, counted)).collect()
}

/// The question for what is known about every alternative under a reason, in all bands of the policy,
/// since what was paid may come with the same trip: one indexed read of a row for each level and kind,
/// however many cases there were.
pub(super) fn of_reason(shop: &ShopId, reason: Reason, policy: &RemedyPolicy) -> Query<AnswersRow> {
    let last = u32::try_from(policy.bands.len()).unwrap_or(u32::MAX);
    let bands = (0..=last).map(|band| Level::Band(reason, band));
    let levels: Vec<Level> = [Level::Everywhere, Level::Reason(reason)].into_iter().chain(bands).collect();
    learned::at(shop, &levels)
}

/// What the answer to that question says of each alternative in one band.
pub(crate) fn gather(rows: &[AnswersRow], band: u32) -> Vec<Evidence> {
    let of_kind = |kind: &RemedyKind| {
        let mut evidence = Evidence::none(*kind);
        for (_, level, _, counted) in rows.iter().filter(|row| row.2 == *kind) {
            match level {
                Level::Everywhere => {
                    evidence.everywhere = counted.tried();
                    let count = |n: i64| u32::try_from(n.max(0)).unwrap_or(u32::MAX);
                    (evidence.scored, evidence.low) = (count(counted.scored), count(counted.low));
                }
                Level::Reason(_) => evidence.reason = counted.tried(),
                Level::Band(_, of) if *of == band => evidence.band = counted.tried(),
                Level::Band(..) => {}
            }
        }
        evidence
    };
    RemedyKind::ALL.iter().map(of_kind).collect()
}
