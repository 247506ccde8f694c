//! Holding the served figures against the market's own books.

use std::collections::{BTreeMap, BTreeSet};

use amends_client::Client;
use amends_proto::v1::{self, TimeBucket};
use anyhow::Context;

use super::{
    shops::Shop,
    time::{END, START, WEEK, day_text},
    truth::{Books, Figures, of_shop},
};

/// What the service says about a shop, over the whole play.
#[derive(Clone, Debug, Default)]
pub(crate) struct Served {
    /// Reviews.
    pub(crate) reversal: v1::ReviewReversalRow,
    /// Returns.
    pub(crate) returns: v1::ReturnsRow,
}

/// The outcome of a look at one shop.
#[derive(Debug)]
pub(crate) struct Audit {
    /// What is served.
    pub(crate) served: Served,
    /// Every figure that differs, in words.
    pub(crate) differences: Vec<String>,
    /// How many figures were compared.
    pub(crate) compared: u64,
}

/// Compares every figure of a shop, over the whole play and week by week.
///
/// # Errors
/// When the figures cannot be read.
pub(crate) async fn audit(client: &Client, shop: &Shop, books: &Books, now: i64) -> anyhow::Result<Audit> {
    let whole = served(client, shop, TimeBucket::Total).await?;
    let weeks = served(client, shop, TimeBucket::Week).await?;
    let mut audit =
        Audit { served: whole.rows().next().unwrap_or_default(), differences: Vec::new(), compared: 0 };
    let mut compare = |what: String, from: i64, until: i64, served: &Served| {
        let truth = of_shop(books, shop.counting, &(from..until), now);
        let (differences, compared) = differences(&truth, &named(served));
        let about = |difference| format!("{}, {what}, on {}: {difference}", shop.id, day_text(now));
        audit.differences.extend(differences.into_iter().map(about));
        audit.compared += compared;
    };
    compare("all weeks".to_owned(), START, horizon(), &audit.served.clone());
    let mut by_week = weeks.by_start();
    for from in (START..horizon()).step_by(usize::try_from(WEEK).unwrap_or(usize::MAX)) {
        let row = by_week.remove(&day_text(from)).unwrap_or_default();
        compare(format!("week of {}", day_text(from)), from, from + WEEK, &row);
    }
    audit.differences.extend(by_week.into_keys().map(|week| format!("{}: a row for {week}", shop.id)));
    Ok(audit)
}

/// Nothing happens later.
fn horizon() -> i64 {
    END + WEEK
}

struct Answers {
    reversal: Vec<v1::ReviewReversalRow>,
    returns: Vec<v1::ReturnsRow>,
}

impl Answers {
    fn rows(self) -> impl Iterator<Item = Served> {
        let pairs = self.reversal.into_iter().zip(self.returns);
        pairs.map(|(reversal, returns)| Served { reversal, returns })
    }

    fn by_start(self) -> BTreeMap<String, Served> {
        let mut weeks: BTreeMap<String, Served> = BTreeMap::new();
        let start = |cohort: &Option<v1::DateRange>| cohort.clone().unwrap_or_default().start_date;
        for row in self.reversal {
            let week = start(&row.cohort);
            weeks.entry(week).or_default().reversal = row;
        }
        for row in self.returns {
            let week = start(&row.cohort);
            weeks.entry(week).or_default().returns = row;
        }
        weeks
    }
}

async fn served(client: &Client, shop: &Shop, bucket: TimeBucket) -> anyhow::Result<Answers> {
    let cohort = Some(v1::DateRange { start_date: day_text(START), end_date: day_text(horizon()) });
    let (parent, bucket) = (shop.name(), Some(bucket.into()));
    let request = v1::GetReviewReversalRequest {
        parent: parent.clone(),
        cohort: cohort.clone(),
        bucket,
        ..Default::default()
    };
    let reversal = client.call(request).await.context("the reversal rates cannot be read")?.rows;
    let request = v1::GetReturnsRequest { parent, cohort, bucket, ..Default::default() };
    let returns = client.call(request).await.context("the return rates cannot be read")?.rows;
    Ok(Answers { reversal, returns })
}

/// The served figures under the names that the books use.
fn named(served: &Served) -> Figures {
    let funnel = served.reversal.funnel.unwrap_or_default();
    let rate =
        |rate: &Option<v1::Rate>| rate.as_ref().map_or((0, 0), |rate| (rate.numerator, rate.denominator));
    let counts = |counts: &Option<v1::AvoidedCounts>| counts.unwrap_or_default();
    let row = &served.returns;
    let (all, units, orders) = (
        rate(&served.reversal.reversal_rate_all),
        rate(&row.return_rate_units),
        rate(&row.return_rate_orders),
    );
    let rescue = rate(&row.rescue_rate);
    let (wished, requested) = (counts(&row.avoided_intent_only), counts(&row.avoided_withdrawn));
    [
        ("negative", funnel.negative),
        ("reversed", funnel.reversed),
        ("re_reversed", funnel.re_reversed),
        ("improved", funnel.improved),
        ("worsened", funnel.worsened),
        ("text_only", funnel.text_only),
        ("removed_by_buyer", funnel.removed_by_buyer),
        ("removed_by_platform", funnel.removed_by_platform),
        ("vanished", funnel.vanished),
        ("unchanged", funnel.unchanged),
        ("asked", funnel.asked),
        ("reversal_rate_all.numerator", all.0),
        ("reversal_rate_all.denominator", all.1),
        ("net_stars", served.reversal.net_stars_recovered.as_ref().map_or(0, |mean| mean.sum)),
        ("units.delivered", units.1),
        ("units.returned", units.0),
        ("lines.delivered", orders.1),
        ("lines.returned", orders.0),
        ("units.requested", rate(&row.requested_rate).0),
        ("units.wished", rate(&row.intent_rate).0),
        ("lines.wanted", rescue.1),
        ("lines.rescued", rescue.0),
        ("avoided.wished.provisional", wished.provisional),
        ("avoided.wished.confirmed", wished.confirmed),
        ("avoided.wished.failed", wished.failed),
        ("avoided.requested.provisional", requested.provisional),
        ("avoided.requested.confirmed", requested.confirmed),
        ("avoided.requested.failed", requested.failed),
    ]
    .into_iter()
    .collect()
}

/// What differs, and how much was compared. What only one side names is zero on the other.
fn differences(truth: &Figures, served: &Figures) -> (Vec<String>, u64) {
    let mut truth = truth.clone();
    truth.insert("reversal_rate_all.denominator", truth.get("negative").copied().unwrap_or(0));
    let names: BTreeSet<&str> = truth.keys().chain(served.keys()).copied().collect();
    let compared = names.len() as u64;
    let mut differences = Vec::new();
    for name in names {
        let of = |figures: &Figures| figures.get(name).copied().unwrap_or(0);
        let (was, is) = (of(&truth), of(served));
        if is != was {
            differences.push(format!("{name} is served as {is} and was {was}"));
        }
    }
    (differences, compared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_differs_is_told_with_both_numbers() {
        let truth: Figures = [("negative", 3), ("units.returned", 1)].into();
        let mut served = named(&Served::default());
        served.insert("negative", 3);
        served.insert("reversal_rate_all.denominator", 3);
        let (differences, compared) = differences(&truth, &served);
        assert_eq!(differences, ["units.returned is served as 0 and was 1"]);
        assert_eq!(compared, served.len() as u64);
    }

    #[test]
    fn a_figure_that_nobody_serves_is_missed() {
        let truth: Figures = [("hidden", 2)].into();
        let (differences, _) = differences(&truth, &named(&Served::default()));
        assert_eq!(differences, ["hidden is served as 0 and was 2"]);
    }

    #[test]
    fn weeks_without_a_row_are_empty_weeks() {
        let row = v1::ReturnsRow {
            cohort: Some(v1::DateRange { start_date: "2026-01-12".into(), end_date: "2026-01-19".into() }),
            ..Default::default()
        };
        let weeks = Answers { reversal: Vec::new(), returns: vec![row] }.by_start();
        assert_eq!(weeks.keys().collect::<Vec<_>>(), ["2026-01-12"]);
    }
}
