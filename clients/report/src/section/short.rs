//! What a shop owner wants to know first, each in a sentence.

use amends_proto::v1;

use super::promises;
use crate::Report;
use crate::html::{Html, el};
use crate::number::{count, decimal, percent, things};
use crate::table::Share;

pub(super) fn body(report: &Report) -> Html {
    let cards =
        [reviews(report), returned(report), avoided(report), kept(report), fair(report), incidents(report)];
    el("ul", &[("class", "cards")], cards.into_iter().collect::<Html>())
}

fn card(figure: String, sentence: String, more: Vec<String>) -> Html {
    let mut inside = el("strong", &[("class", "figure")], figure).and(el("p", &[], sentence));
    for line in more {
        inside = inside.and(el("p", &[("class", "note")], line));
    }
    el("li", &[], inside)
}

fn chance(share: &Share) -> Vec<String> {
    let mut more = Vec::new();
    if let Some((lower, upper)) = share.bounds {
        more.push(format!(
            "With so many seen, the true share lies between {} and {} (95 % interval).",
            percent(lower),
            percent(upper)
        ));
    }
    if share.open {
        more.push("It may still change: some of their time is not over.".to_owned());
    }
    more
}

fn reviews(report: &Report) -> Html {
    let row = report.reversal.rows.first();
    let share: Share = row.and_then(|row| row.reversal_rate_all).unwrap_or_default().into();
    if share.denominator == 0 {
        return card("–".into(), "No negative review was seen in these days.".into(), Vec::new());
    }
    let (revised, negative) = (count(share.numerator), things(share.denominator, "review", "reviews"));
    let sentence = format!("{revised} of {negative} that began negative are now above the threshold.");
    card(share.value(), sentence, chance(&share))
}

fn returned(report: &Report) -> Html {
    let row = report.returns.rows.first();
    let share: Share = row.and_then(|row| row.return_rate_units).unwrap_or_default().into();
    if share.denominator == 0 {
        return card("–".into(), "Nothing was delivered in these days.".into(), Vec::new());
    }
    let (back, delivered) = (count(share.numerator), things(share.denominator, "unit", "units"));
    let sentence = format!("{back} of {delivered} delivered count as returned on this channel.");
    card(share.value(), sentence, chance(&share))
}

fn avoided(report: &Report) -> Html {
    let counts = report.returns.rows.first().and_then(|row| row.avoided).unwrap_or_default();
    let sentence = format!(
        "{} whose buyer wanted to return them stayed out of the channel's count for good; {} more may still.",
        things(counts.confirmed, "unit", "units"),
        count(counts.provisional)
    );
    let causal = report.remedies.causal.and_then(|causal| causal.avoided_causal);
    let naive = "Counted naively: some would not have been returned anyway.";
    let cause = match causal {
        Some(v1::Estimate { value, lower, upper }) => format!(
            "Caused by the learned order of suggestions: {} (between {} and {}).",
            decimal(value, 1),
            decimal(lower, 1),
            decimal(upper, 1)
        ),
        None => "What suggestions caused cannot be told from so few cases.".to_owned(),
    };
    card(count(counts.confirmed), sentence, vec![naive.to_owned(), cause])
}

fn kept(report: &Report) -> Html {
    let (met, over) = promises::kept(&report.promises);
    if over == 0 {
        return card("–".into(), "No promise to a buyer fell due in these days.".into(), Vec::new());
    }
    let sentence = format!("{} of {} to buyers were kept.", count(met), things(over, "promise", "promises"));
    let share = promises::share(met, over);
    let more = if report.promises.more {
        vec![format!("Of the newest {} cases.", count(report.promises.cases))]
    } else {
        Vec::new()
    };
    card(share.value(), sentence, more)
}

fn fair(report: &Report) -> Html {
    let (word, sentence) = match report.fairness.verdict() {
        v1::FairnessVerdict::Flat => ("Even", "Stars make no difference to what buyers are granted."),
        v1::FairnessVerdict::NotFlat => {
            ("Uneven", "Stars make a difference to what buyers are granted. They must not: look into it.")
        }
        _ => ("–", "Too few remedies to tell whether stars make a difference to what buyers are granted."),
    };
    card(word.into(), sentence.into(), Vec::new())
}

fn incidents(report: &Report) -> Html {
    let open = report.incidents.iter().filter(|one| one.state() == v1::IncidentState::Open).count();
    let all = i64::try_from(report.incidents.len()).unwrap_or(i64::MAX);
    let open = i64::try_from(open).unwrap_or(i64::MAX);
    let sentence =
        format!("{} in these days, {} still open.", things(all, "incident", "incidents"), count(open));
    card(count(all), sentence, Vec::new())
}
