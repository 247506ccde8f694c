//! What avoided returns were worth.

use amends_proto::v1;
use clap::Args;

use super::columns::{estimate, named, remedy_rate, time};
use super::days::Days;
use super::form::Form;
use super::remedies::{interval, rate};
use super::sheet::{Line, Sheet};
use crate::amount::{money, units};
use crate::codes::word;
use crate::connection::Session;
use crate::output::table::{pairs, table, text};

/// Which savings.
#[derive(Args)]
pub struct Savings {
    #[command(flatten)]
    days: Days,
    #[command(flatten)]
    form: Form,
}

impl Savings {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        let request = v1::GetSavingsRequest {
            parent: session.shop().await?,
            cohort: Some(self.days.range(session).await?),
        };
        let answer = session.client.call(request).await?;
        self.form.tell(&output, &answer, || sheet(&answer), || shown(&answer))
    }
}

const WAYS: [v1::RetainedBy; 8] = [
    v1::RetainedBy::Exchange,
    v1::RetainedBy::Credit,
    v1::RetainedBy::KeepItem,
    v1::RetainedBy::Part,
    v1::RetainedBy::Replacement,
    v1::RetainedBy::TalkedThrough,
    v1::RetainedBy::Withdrawn,
    v1::RetainedBy::Unknown,
];

fn sheet(answer: &v1::GetSavingsResponse) -> Sheet {
    let mut line = Line::default();
    let naive = answer.naive.unwrap_or_default();
    line.put("naive.provisional", naive.provisional);
    line.put("naive.confirmed", naive.confirmed);
    line.put("naive.failed", naive.failed);
    let causal = answer.causal.as_ref();
    line.put("causal.holdout_cases", causal.map(|causal| causal.holdout_cases));
    line.put("causal.treated_cases", causal.map(|causal| causal.treated_cases));
    estimate(&mut line, "causal.rate_difference", causal.and_then(|causal| causal.rate_difference));
    estimate(&mut line, "causal.avoided_causal", causal.and_then(|causal| causal.avoided_causal));
    estimate(&mut line, "causal.net_saving", causal.and_then(|causal| causal.net_saving));
    line.put(
        "causal_missing",
        answer.causal_missing.map_or(super::sheet::Value::Nothing, named::<v1::CausalMissing>),
    );
    for way in WAYS {
        // Of the shop's own currency; what is in others stands in --json.
        let mine = |one: &&v1::RetainedRevenue| one.by() == way && one.currency == answer.currency;
        let kept = answer.retained.iter().find(mine);
        let path = format!("retained.{}", word::<v1::RetainedBy>(way.into()).replace('-', "_"));
        line.put(format!("{path}.units"), kept.map(|kept| kept.units));
        line.put(format!("{path}.revenue"), kept.map(|kept| kept.revenue));
        line.put(format!("{path}.confirmed_revenue"), kept.map(|kept| kept.confirmed_revenue));
    }
    let saved = answer.net_saving.unwrap_or_default();
    line.put("net_saving.cases", saved.cases);
    line.put("net_saving.avoided_loss", saved.avoided_loss);
    line.put("net_saving.remedy_cost", saved.remedy_cost);
    line.put("net_saving.net_saving", saved.net_saving);
    line.put("net_saving.immature_cases", saved.immature_cases);
    let repeats = answer.repeat_purchases.unwrap_or_default();
    for (name, repeat) in
        [("solved", repeats.solved), ("failed", repeats.failed), ("without_case", repeats.without_case)]
    {
        remedy_rate(&mut line, &format!("repeat_purchases.{name}"), repeat.and_then(|repeat| repeat.rate));
        line.put(format!("repeat_purchases.{name}.waiting"), repeat.map(|repeat| repeat.waiting));
    }
    let threshold = answer.threshold.as_ref();
    remedy_rate(&mut line, "threshold.current", threshold.and_then(|threshold| threshold.current));
    line.put("threshold.target", threshold.map(|threshold| threshold.target));
    line.put(
        "threshold.returns_until_penalty",
        threshold.and_then(|threshold| threshold.returns_until_penalty),
    );
    line.put("currency", answer.currency.clone());
    line.put("as_of_time", time(answer.as_of_time));
    Sheet::new(line.clone(), [line])
}

fn shown(answer: &v1::GetSavingsResponse) -> String {
    let mut parts = vec![returns(answer)];
    if !answer.retained.is_empty() {
        parts.push(retained(answer));
    }
    parts.push(repeats(answer));
    parts.extend(answer.threshold.as_ref().map(|threshold| distance(threshold, &answer.currency)));
    parts.join("\n\n")
}

fn amount(minor_units: i64, currency: &str) -> String {
    money(&v1::Money { minor_units, currency: currency.to_owned() })
}

fn downwards(rows: impl IntoIterator<Item = (&'static str, String)>) -> String {
    text(&pairs(rows.into_iter().map(|(name, value)| (name.to_owned(), comfy_table::Cell::new(value)))))
}

fn returns(answer: &v1::GetSavingsResponse) -> String {
    let (naive, saved) = (answer.naive.unwrap_or_default(), answer.net_saving.unwrap_or_default());
    let (unit, digits) = units(&answer.currency);
    let why = match answer.causal_missing() {
        v1::CausalMissing::NoMatureCase => "- (no case whose window has closed)",
        v1::CausalMissing::NoHoldout => "- (no case was kept in the fixed order)",
        v1::CausalMissing::NoneTreated => "- (all cases were kept in the fixed order)",
        _ => "- (too few cases to compare)",
    };
    let causal =
        |of: &dyn Fn(&v1::CausalComparison) -> String| answer.causal.as_ref().map_or(why.to_owned(), of);
    downwards([
        (
            "returns avoided (naive)",
            format!(
                "{} confirmed, {} provisional, {} failed",
                naive.confirmed, naive.provisional, naive.failed
            ),
        ),
        ("returns avoided (causal)", causal(&|one| interval(one.avoided_causal.as_ref(), 1.0, 1))),
        ("avoided loss (naive)", amount(saved.avoided_loss, &answer.currency)),
        ("cost of remedies", amount(saved.remedy_cost, &answer.currency)),
        (
            "net saving (naive)",
            format!(
                "{} of {} case(s), {} more are open",
                amount(saved.net_saving, &answer.currency),
                saved.cases,
                saved.immature_cases
            ),
        ),
        (
            "net saving (causal)",
            causal(&|one| format!("{} {}", interval(one.net_saving.as_ref(), unit, digits), answer.currency)),
        ),
    ])
}

fn retained(answer: &v1::GetSavingsResponse) -> String {
    let mut rows = table(&["revenue kept by", "units", "revenue", "confirmed"]);
    for kept in &answer.retained {
        rows.add_row([
            word::<v1::RetainedBy>(kept.by),
            kept.units.to_string(),
            amount(kept.revenue, &kept.currency),
            amount(kept.confirmed_revenue, &kept.currency),
        ]);
    }
    text(&rows)
}

fn repeats(answer: &v1::GetSavingsResponse) -> String {
    let repeats = answer.repeat_purchases.unwrap_or_default();
    let mut rows = table(&["ordered again within 90 days", "buyers", "waiting"]);
    let without = if repeats.sampled { "without a case (sample)" } else { "without a case" };
    for (name, repeat) in
        [("case solved", repeats.solved), ("case failed", repeats.failed), (without, repeats.without_case)]
    {
        let repeat = repeat.unwrap_or_default();
        rows.add_row([name.to_owned(), rate(repeat.rate.as_ref()), repeat.waiting.to_string()]);
    }
    text(&rows)
}

fn distance(threshold: &v1::ThresholdDistance, currency: &str) -> String {
    let than = match threshold.comparator() {
        v1::ThresholdComparator::Below => "below",
        _ => "at most",
    };
    let left = match threshold.returns_until_penalty {
        Some(0) => "the target is missed already".to_owned(),
        Some(left) => format!("{left} more recorded return(s) until the penalty"),
        None => "nothing was delivered that a share could be of".to_owned(),
    };
    let penalty = amount(threshold.penalty, currency);
    downwards([
        ("recorded returns", rate(threshold.current.as_ref())),
        ("target", format!("{than} {:.2} % over {} days", threshold.target * 100.0, threshold.days)),
        ("distance", format!("{left} ({penalty})")),
    ])
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn answer() -> v1::GetSavingsResponse {
        v1::GetSavingsResponse {
            causal_missing: Some(v1::CausalMissing::NoHoldout.into()),
            retained: vec![v1::RetainedRevenue {
                by: v1::RetainedBy::KeepItem.into(),
                currency: "EUR".into(),
                units: 2,
                revenue: 3_123,
                confirmed_revenue: 0,
            }],
            threshold: Some(v1::ThresholdDistance {
                target: 0.05,
                days: 30,
                returns_until_penalty: Some(3),
                penalty: 50_000,
                ..Default::default()
            }),
            currency: "EUR".into(),
            ..Default::default()
        }
    }

    #[test]
    fn what_cannot_be_said_of_causes_says_why() {
        let told = shown(&answer());
        assert!(told.contains("no case was kept in the fixed order"), "{told}");
        assert!(told.contains("keep-item") && told.contains("31.23 EUR"), "{told}");
        assert!(told.contains("at most 5.00 % over 30 days"), "{told}");
        assert!(told.contains("3 more recorded return(s) until the penalty (500.00 EUR)"), "{told}");
        assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    }

    #[test]
    fn a_sheet_has_one_line_with_every_way_of_keeping_revenue() {
        let csv = sheet(&answer()).csv().unwrap();
        assert!(csv.contains("retained.talked_through.units") && csv.contains(",3123,"), "{csv}");
        assert_eq!(csv.lines().count(), 2);
    }
}
