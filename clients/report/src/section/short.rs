//! What a shop owner wants to know first, each in a sentence.

use amends_proto::v1;

use super::promises;
use crate::Report;
use crate::html::{Html, el};
use crate::number::{count, decimal, things};
use crate::table::Share;

pub(super) fn body(report: &Report) -> Html {
    let cards =
        [reviews(report), returned(report), avoided(report), kept(report), fair(report), incidents(report)];
    el("ul", &[("class", "cards")], cards.into_iter().collect::<Html>())
}

fn card(name: &str, figure: String, sentence: String, more: Vec<String>) -> Html {
    let mut inside =
        el("h3", &[], name).and(el("strong", &[("class", "figure")], figure)).and(el("p", &[], sentence));
    for line in more {
        inside = inside.and(el("p", &[("class", "note")], line));
    }
    el("li", &[], inside)
}

fn chance(share: &Share) -> Vec<String> {
    let mut more = Vec::new();
    if share.bounds.is_some() {
        more.push(format!("The margin of chance: {} (95\u{a0}% interval).", share.interval()));
    }
    if share.open {
        more.push("It may still change: for some of them the time is not over.".to_owned());
    }
    more
}

fn reviews(report: &Report) -> Html {
    let name = "Reviews revised";
    let row = report.reversal.rows.first();
    let share: Share = row.and_then(|row| row.reversal_rate_all).unwrap_or_default().into();
    if share.denominator == 0 {
        return card(name, "–".into(), "No negative review was first seen in these days.".into(), Vec::new());
    }
    let (revised, negative) = (count(share.numerator), things(share.denominator, "review", "reviews"));
    let sentence = format!("{revised} of {negative} that began negative are above the threshold now.");
    let mut more = chance(&share);
    let fell_back = row.and_then(|row| row.funnel).unwrap_or_default().re_reversed;
    if fell_back > 0 {
        more.push(format!("Another {} rose and fell back.", count(fell_back)));
    }
    card(name, share.value(), sentence, more)
}

fn returned(report: &Report) -> Html {
    let name = "Units returned";
    let row = report.returns.rows.first();
    let share: Share = row.and_then(|row| row.return_rate_units).unwrap_or_default().into();
    if share.denominator == 0 {
        return card(name, "–".into(), "Nothing was delivered in these days.".into(), Vec::new());
    }
    let (back, delivered) = (count(share.numerator), things(share.denominator, "unit", "units"));
    let sentence = format!("{back} of {delivered} delivered count as returned on this channel.");
    card(name, share.value(), sentence, chance(&share))
}

fn avoided(report: &Report) -> Html {
    let counts = report.returns.rows.first().and_then(|row| row.avoided).unwrap_or_default();
    let sentence = format!(
        "{} whose buyer wanted to return them stayed out of the channel's count for good; {} more may still \
         come back.",
        things(counts.confirmed, "unit", "units"),
        count(counts.provisional)
    );
    let causal = report.remedies.causal.and_then(|causal| causal.avoided_causal);
    let naive = "Counted naively: some would not have been returned anyway.";
    let cause = match causal {
        Some(v1::Estimate { value, lower, upper }) => format!(
            "Caused by the learned order of suggestions: {} ({} to {}, 95\u{a0}% interval).",
            decimal(value, 1),
            decimal(lower, 1),
            decimal(upper, 1)
        ),
        None => "What the order of suggestions caused cannot be told from so few cases.".to_owned(),
    };
    card("Returns avoided", count(counts.confirmed), sentence, vec![naive.to_owned(), cause])
}

fn kept(report: &Report) -> Html {
    let name = "Promises kept";
    let (met, over) = promises::kept(&report.promises);
    if over == 0 {
        return card(
            name,
            "–".into(),
            "No promise to a buyer was due in the cases looked at.".into(),
            Vec::new(),
        );
    }
    let sentence = format!("{} of {} to buyers were kept.", count(met), things(over, "promise", "promises"));
    let mut more = Vec::new();
    if report.promises.more {
        more.push(format!("In the newest {} cases.", count(report.promises.cases)));
    }
    card(name, promises::share(met, over).value(), sentence, more)
}

fn fair(report: &Report) -> Html {
    let (word, sentence) = match report.fairness.verdict() {
        v1::FairnessVerdict::Flat => ("Even", "Stars make no difference to what buyers are granted."),
        v1::FairnessVerdict::NotFlat => {
            ("Uneven", "Stars make a difference to what buyers are granted. They must not: look into it.")
        }
        _ => ("–", "Too few remedies to tell whether stars make a difference to what buyers are granted."),
    };
    card("Fairness", word.into(), sentence.into(), Vec::new())
}

fn incidents(report: &Report) -> Html {
    let open = report.incidents.iter().filter(|one| one.state() == v1::IncidentState::Open).count();
    let all = i64::try_from(report.incidents.len()).unwrap_or(i64::MAX);
    let open = i64::try_from(open).unwrap_or(i64::MAX);
    let sentence = if all == 0 {
        "No fault behind many cases was on file in these days.".to_owned()
    } else {
        format!("{} in these days, {} still open.", things(all, "incident", "incidents"), count(open))
    };
    card("Incidents", count(all), sentence, Vec::new())
}
